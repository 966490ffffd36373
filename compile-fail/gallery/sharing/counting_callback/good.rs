// An atomic is changed through a shared reference, so that the closure is `Fn`.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

fn serve(handler: impl Fn(&str) + Sync) {
    thread::scope(|scope| {
        scope.spawn(|| handler("/"));
        scope.spawn(|| handler("/about"));
    });
}

fn main() {
    let hits = AtomicU32::new(0);
    serve(|page| {
        hits.fetch_add(1, Ordering::Relaxed); // a count alone orders nothing
        assert!(page.starts_with('/'));
    });
    assert_eq!(hits.into_inner(), 2);
}
