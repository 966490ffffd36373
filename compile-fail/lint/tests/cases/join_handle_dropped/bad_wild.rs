fn f() {
    let _ = std::thread::spawn(|| ()); //~ join_handle_dropped
}
