// The mailbox answers at once; whoever has to wait does so outside.

use std::collections::VecDeque;
use std::thread;

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Mailbox {
    messages: VecDeque<String>,
}

#[guarded]
impl Mailbox {
    pub fn put(&mut self, message: String) {
        self.messages.push_back(message);
    }

    pub fn try_take(&mut self) -> Option<String> {
        self.messages.pop_front()
    }
}

fn main() {
    let mailbox = Mailbox::default();
    let message = thread::scope(|scope| {
        let consumer = scope.spawn(|| {
            loop {
                match mailbox.try_take() {
                    Some(message) => break message,
                    None => thread::park(), // no lock is held here
                }
            }
        });
        mailbox.put("hello".to_owned());
        consumer.thread().unpark();
        consumer.join().unwrap()
    });
    assert_eq!(message, "hello");
}
