//! The process's panic hook: inside an exploration a panic is a result, and is kept instead of printed.

use super::super::native::Once;
use super::unwinding::{now_unwinds, simulating};
use super::{Refused, World, aborting, current, give_up};
use std::cell::{Cell, RefCell};
use std::panic::Location;

thread_local! {
    static LAST_PANIC: RefCell<Option<(String, Option<String>)>> = const { RefCell::new(None) };
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Installs the process's panic hook, once: a panic inside an exploration is kept instead of printed, because it is
/// a result there and a test's failure elsewhere; every other panic goes to the hook that was there before.
pub fn install_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let theirs = std::panic::take_hook();
        // shuttle installs a hook of its own at its first execution, for good: let it, and throw it away.
        let mut config = shuttle::Config::new();
        config.failure_persistence = shuttle::FailurePersistence::None;
        shuttle::Runner::new(shuttle::scheduler::RoundRobinScheduler::new(1), config).run(|| ());
        drop(std::panic::take_hook());
        std::panic::set_hook(Box::new(move |info| {
            let quiet = current() != World::Std || QUIET.get();
            if !quiet {
                return theirs(info);
            }
            let message = info
                .payload()
                .downcast_ref::<Refused>()
                .map(|refused| refused.0.clone())
                .or_else(|| info.payload_as_str().map(str::to_owned))
                .unwrap_or_default();
            let location = info.location().map(ToString::to_string);
            let _ = LAST_PANIC.try_with(|last| {
                // What follows the engine's giving up is a consequence: the first words are kept.
                if let Ok(mut last) = last.try_borrow_mut()
                    && !(aborting() && last.is_some())
                {
                    *last = Some((message, location));
                }
            });
            panic_began(info.location().map(Location::file));
        }));
    });
}

/// Keeps this OS thread's panics from being printed while `body` runs: they are results.
pub fn quietly<R>(body: impl FnOnce() -> R) -> R {
    struct Back(bool);
    impl Drop for Back {
        fn drop(&mut self) {
            QUIET.set(self.0);
        }
    }
    install_hook();
    let _back = Back(QUIET.replace(true));
    body()
}

/// Whether this OS thread's panics are results. A thread that it starts takes that over, with [`quietly`].
pub fn quiet() -> bool {
    QUIET.get()
}

/// The words and the place of this OS thread's last quiet panic, once.
pub fn take_last_panic() -> Option<(String, Option<String>)> {
    LAST_PANIC.with_borrow_mut(Option::take)
}

/// The panic hook's report: the thread that runs now begins to unwind.
fn panic_began(raised_in: Option<&str>) {
    if current() == World::Std {
        return;
    }
    // The engine finds a deadlock also where the facade has not asked it anything: at the end of a thread. A panic of
    // its own always means that it has given up.
    if raised_in.is_some_and(is_engine_source) {
        give_up();
    }
    if simulating() {
        now_unwinds();
    }
}

fn is_engine_source(file: &str) -> bool {
    let file = file.replace('\\', "/");
    ["/loom-0.7.2/src/", "/loom/src/rt/", "/generator-0.8", "/generator/src/", "/shuttle-engine"]
        .iter()
        .any(|part| file.contains(part))
}
