// The name of the player who leads, straight out of a locked table.

use std::sync::Mutex;

struct Scoreboard {
    names: Mutex<Vec<String>>,
}

impl Scoreboard {
    fn leader(&self) -> &str {
        let names = self.names.lock().unwrap();
        names[0].as_str() // the lock is released here, and the reference would go on
    }
}

fn main() {
    let board = Scoreboard { names: Mutex::new(vec!["ada".to_owned(), "grace".to_owned()]) };
    println!("{} leads", board.leader());
}
