// A mutex holds both numbers: no thread reads one without the other.

use std::sync::Mutex;
use std::thread;

struct Served {
    requests: u64,
    bytes: u64,
}

static SERVED: Mutex<Served> = Mutex::new(Served { requests: 0, bytes: 0 });

fn record(bytes: u64) {
    let mut served = SERVED.lock().unwrap();
    served.requests += 1;
    served.bytes += bytes;
}

fn main() {
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..1_000).for_each(|_| record(512)));
        }
    });
    let served = SERVED.lock().unwrap();
    assert_eq!(served.requests, 4_000);
    assert_eq!(served.bytes, 4_000 * 512);
}
