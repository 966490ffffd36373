// Requests and bytes served, kept in one global that needs no `mut`.

use std::cell::Cell;

#[derive(Clone, Copy)]
struct Served {
    requests: u64,
    bytes: u64,
}

static SERVED: Cell<Served> = Cell::new(Served { requests: 0, bytes: 0 }); // a global is seen by every thread

fn record(bytes: u64) {
    let before = SERVED.get();
    SERVED.set(Served { requests: before.requests + 1, bytes: before.bytes + bytes });
}

fn main() {
    record(512);
}
