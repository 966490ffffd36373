// Two threads count the words of two pages into one total.

use std::thread;

fn main() {
    let (left, right) = ("to be or not to be", "that is the question");
    let mut words = 0;
    thread::scope(|scope| {
        scope.spawn(|| left.split(' ').for_each(|_| words += 1));
        scope.spawn(|| right.split(' ').for_each(|_| words += 1)); // a second way to change `words`
    });
    println!("{words} words");
}
