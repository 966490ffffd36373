// A worker fills a picture through its address.

use std::thread;

fn main() {
    let mut picture = vec![0u8; 1_000];
    let start = picture.as_mut_ptr();
    let worker = thread::spawn(move || {
        unsafe { *start = 255 } // is the picture still there? is anybody reading it?
    });
    worker.join().unwrap();
    println!("{}", picture[0]);
}
