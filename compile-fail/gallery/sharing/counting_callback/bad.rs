// A server calls the handler from several threads; the handler counts.

use std::thread;

fn serve(handler: impl Fn(&str) + Sync) {
    thread::scope(|scope| {
        scope.spawn(|| handler("/"));
        scope.spawn(|| handler("/about"));
    });
}

fn main() {
    let mut hits = 0;
    serve(|page| {
        hits += 1; // on which thread?
        println!("{page}");
    });
    println!("{hits} hits");
}
