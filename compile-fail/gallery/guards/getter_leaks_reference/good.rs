// The getter copies the name out before the lock is released.

use std::sync::Mutex;
use std::thread;

struct Scoreboard {
    names: Mutex<Vec<String>>,
}

impl Scoreboard {
    fn leader(&self) -> String {
        self.names.lock().unwrap()[0].clone()
    }

    fn overtake(&self) {
        self.names.lock().unwrap().swap(0, 1);
    }
}

fn main() {
    let board = Scoreboard { names: Mutex::new(vec!["ada".to_owned(), "grace".to_owned()]) };
    thread::scope(|scope| {
        scope.spawn(|| board.overtake());
        let leader = board.leader();
        assert!(leader == "ada" || leader == "grace");
    });
    assert_eq!(board.leader(), "grace");
}
