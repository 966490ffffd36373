// Each request becomes a task that looks at the request.

use std::future::Future;

/// As a runtime declares it: nobody knows when the task ends.
fn spawn(_task: impl Future<Output = ()> + Send + 'static) {}

fn handle(request: String) {
    spawn(async {
        println!("{}", request.len()); // when? `handle` has returned
    });
}

fn main() {
    handle("GET /".to_owned());
}
