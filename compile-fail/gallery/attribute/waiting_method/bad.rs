// A queue whose consumers wait inside it.

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Mailbox {
    messages: Vec<String>,
}

#[guarded]
impl Mailbox {
    pub fn put(&mut self, message: String) {
        self.messages.push(message);
    }

    pub async fn take(&mut self) -> String {
        while self.messages.is_empty() {
            std::future::ready(()).await; // waits, with the lock, for somebody who needs the lock
        }
        self.messages.remove(0)
    }
}

fn main() {
    Mailbox::default().put("hello".to_owned());
}
