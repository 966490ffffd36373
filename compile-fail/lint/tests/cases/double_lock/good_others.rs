use std::sync::{Arc, Mutex};
struct Node { value: Mutex<u32>, next: Vec<Arc<Node>> }
fn transfer(from: &Node, to: &Node) {
    let mut a = from.value.lock().unwrap();
    let mut b = to.value.lock().unwrap();
    *a -= 1;
    *b += 1;
    let first = to.next[0].value.lock().unwrap();
    let second = to.next[1].value.lock().unwrap();
    drop((first, second));
}
fn walk(node: &Node) {
    let here = node.value.lock().unwrap();
    for next in &node.next {
        *next.value.lock().unwrap() += *here;
    }
}
