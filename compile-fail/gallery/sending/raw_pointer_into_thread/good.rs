// A scoped thread borrows its part of the picture, for as long as the scope lasts.

use std::thread;

fn main() {
    let mut picture = vec![0u8; 1_000];
    thread::scope(|scope| {
        let (first, rest) = picture.split_at_mut(500);
        scope.spawn(move || first.fill(255));
        scope.spawn(move || rest.fill(1));
    });
    assert_eq!((picture[0], picture[999]), (255, 1));
}
