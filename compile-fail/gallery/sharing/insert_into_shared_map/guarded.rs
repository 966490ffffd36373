// The map is the state of a guarded type, and each of its methods is one critical section.

use std::collections::HashMap;
use std::sync::Arc;
use std::thread;

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Sessions {
    online: HashMap<String, u32>,
}

#[guarded]
impl Sessions {
    /// Says whether the user was away until now.
    pub fn log_in(&mut self, user: &str) -> bool {
        let windows = self.online.entry(user.to_owned()).or_default();
        *windows += 1;
        *windows == 1
    }

    pub fn online(&self) -> usize {
        self.online.len()
    }
}

fn main() {
    let sessions = Arc::new(Sessions::default());
    let logins = ["ada", "grace", "ada"].map(|user| {
        let sessions = Arc::clone(&sessions);
        thread::spawn(move || sessions.log_in(user))
    });
    let first_windows = logins.into_iter().map(|login| login.join().unwrap()).filter(|first| *first);
    assert_eq!(first_windows.count(), 2);
    assert_eq!(sessions.online(), 2);
}
