static N: std::sync::Mutex<u32> = std::sync::Mutex::new(0);
