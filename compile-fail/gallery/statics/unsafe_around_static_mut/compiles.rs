// Four threads count requests in a global, and `unsafe` keeps the compiler quiet.

use std::thread;

static mut REQUESTS: u64 = 0;

fn main() {
    let workers: Vec<_> = (0..4)
        .map(|_| {
            thread::spawn(|| {
                for _ in 0..100_000 {
                    unsafe { REQUESTS += 1 } // read, add, write: three steps
                }
            })
        })
        .collect();
    for worker in workers {
        worker.join().unwrap();
    }
    println!("{}", unsafe { REQUESTS }); // some number below 400,000
}
