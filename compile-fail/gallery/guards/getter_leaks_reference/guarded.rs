// A method of a guarded type returns what is owned: the lock ends with the method, and nothing points past it.

use std::thread;

use raceproof::guarded;

#[guarded]
pub struct Scoreboard {
    names: Vec<String>,
}

#[guarded]
impl Scoreboard {
    pub fn new(names: &[&str]) -> Self {
        Self { names: names.iter().map(|name| (*name).to_owned()).collect() }
    }

    pub fn leader(&self) -> String {
        self.names[0].clone()
    }

    pub fn overtake(&mut self) {
        self.names.swap(0, 1);
    }
}

fn main() {
    let board = Scoreboard::new(&["ada", "grace"]);
    thread::scope(|scope| {
        scope.spawn(|| board.overtake());
        let leader = board.leader();
        assert!(leader == "ada" || leader == "grace");
    });
    assert_eq!(board.leader(), "grace");
}
