// Two threads log visitors in to one map of sessions.

use std::collections::HashMap;
use std::sync::Arc;
use std::thread;

fn main() {
    let sessions = Arc::new(HashMap::new());
    let logins = ["ada", "grace"].map(|user| {
        let sessions = Arc::clone(&sessions);
        thread::spawn(move || {
            sessions.insert(user, "online"); // an `Arc` shares, so it lends its content for reading only
        })
    });
    for login in logins {
        login.join().unwrap();
    }
    println!("{} online", sessions.len());
}
