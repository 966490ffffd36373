// There is a lock, but no name for it: what can be called holds it already.

use std::thread;

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Orders {
    list: Vec<u32>,
}

#[guarded]
impl Orders {
    pub fn add(&mut self, id: u32) {
        self.list.push(id);
    }

    pub fn sorted(&self) -> Vec<u32> {
        let mut list = self.list.clone();
        list.sort_unstable();
        list
    }
}

fn main() {
    let orders = Orders::default();
    thread::scope(|scope| {
        scope.spawn(|| orders.add(102));
        scope.spawn(|| orders.add(101));
    });
    assert_eq!(orders.sorted(), [101, 102]);
}
