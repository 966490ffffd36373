fn f() -> std::thread::JoinHandle<()> {
    std::thread::spawn(|| ())
}
