// `Arc` shares the map, and a mutex inside it decides whose turn it is.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::thread;

fn main() {
    let sessions = Arc::new(Mutex::new(HashMap::new()));
    let logins = ["ada", "grace"].map(|user| {
        let sessions = Arc::clone(&sessions);
        thread::spawn(move || {
            sessions.lock().unwrap().insert(user, "online");
        })
    });
    for login in logins {
        login.join().unwrap();
    }
    assert_eq!(sessions.lock().unwrap().len(), 2);
}
