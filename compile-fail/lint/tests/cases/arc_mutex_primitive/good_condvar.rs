use std::sync::{Condvar, Mutex};
struct S { ready: Mutex<bool>, signal: Condvar }
