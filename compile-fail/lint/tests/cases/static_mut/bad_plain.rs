static mut N: u32 = 0; //~ static_mut
