//! Actors as they ship, on real threads: what only much work, or the operating system, could show.

use raceproof::{Poison, guarded};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Barrier, Mutex, Weak};
use std::thread;
use std::time::{Duration, Instant};

macro_rules! sums {
    ($($name:ident, $($option:ident $(= $value:tt)?),+;)+) => { $(
        #[guarded($($option $(= $value)?),+, tests = off)]
        #[derive(Debug, Default, Clone)]
        struct $name {
            sum: u64,
            calls: u64,
        }

        #[guarded]
        impl $name {
            pub const fn new() -> Self {
                Self { sum: 0, calls: 0 }
            }
            #[commutes]
            pub fn add(&mut self, amount: u64) {
                assert_ne!(amount, 13, "an unlucky amount");
                self.sum += amount;
                self.calls += 1;
            }
            pub fn add_and_get(&mut self, amount: &u64) -> u64 {
                assert_ne!(*amount, 13, "an unlucky amount, loudly");
                self.sum += amount;
                self.calls += 1;
                self.sum
            }
            pub fn get(&self) -> (u64, u64) {
                (self.sum, self.calls)
            }
            pub fn into_sum(self) -> u64 {
                self.sum
            }
        }
    )+ };
}

sums! {
    OnThread, actor, owner = thread;
    OnThreadBounded, actor, mailbox = 16;
    OnThreadRings, actor, mailbox = rings;
    OnCaller, actor, owner = caller;
    OnCallerBounded, actor, owner = caller, mailbox = 2;
}

/// The same test for each kind of actor.
macro_rules! each {
    ($($test:ident),+) => {
        mod on_thread { $( #[test] fn $test() { super::$test!(super::OnThread); } )+ }
        mod on_thread_bounded { $( #[test] fn $test() { super::$test!(super::OnThreadBounded); } )+ }
        mod on_thread_rings { $( #[test] fn $test() { super::$test!(super::OnThreadRings); } )+ }
        mod on_caller { $( #[test] fn $test() { super::$test!(super::OnCaller); } )+ }
        mod on_caller_bounded { $( #[test] fn $test() { super::$test!(super::OnCallerBounded); } )+ }
    };
}

/// How many operations a stress test makes: 10 million where `RACEPROOF_SOAK` is set.
fn operations() -> u64 {
    if std::env::var_os("RACEPROOF_SOAK").is_some() { 10_000_000 } else { 400_000 }
}

/// Whether a thread of this name is alive, where the system says so. Linux keeps 15 bytes of a name.
fn alive(name: &str) -> bool {
    let Ok(tasks) = std::fs::read_dir("/proc/self/task") else { return false };
    tasks.flatten().any(|task| std::fs::read_to_string(task.path().join("comm")).is_ok_and(|comm| comm.trim() == name))
}

fn panic_of<R>(body: impl FnOnce() -> R) -> String {
    let Err(payload) = catch_unwind(AssertUnwindSafe(body)) else { panic!("it did not panic") };
    payload
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| payload.downcast_ref::<&str>().map(|s| (*s).to_owned()))
        .unwrap()
}

macro_rules! nothing_is_lost_from_eight_threads {
    ($actor:ty) => {{
        let each = $crate::operations() / 8;
        let actor = std::sync::Arc::new(<$actor>::new());
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for number in 1..=each {
                        // Mostly posted; a call that waits keeps the mailbox from growing without end.
                        if number % 256 == 0 { _ = actor.add_and_get(&1) } else { actor.add(1) }
                    }
                });
            }
        });
        assert_eq!(actor.get(), (8 * each, 8 * each));
        let actor = std::sync::Arc::into_inner(actor).expect("the last handle");
        assert_eq!(actor.into_sum(), 8 * each);
    }};
}
use nothing_is_lost_from_eight_threads;

macro_rules! a_thread_sees_its_own_calls_in_order {
    ($actor:ty) => {{
        let actor = <$actor>::new();
        for round in 1..=300 {
            actor.add(1);
            actor.add(2);
            assert_eq!(actor.get().0, 3 * round);
        }
        assert!(format!("{actor:?}").ends_with(" { sum: 900, calls: 600 }"), "{actor:?}");
        let copy = actor.clone();
        copy.add(1);
        assert_eq!((actor.get().0, copy.get().0), (900, 901));
    }};
}
use a_thread_sees_its_own_calls_in_order;

macro_rules! a_panic_poisons_and_is_told {
    ($actor:ty) => {{
        use raceproof::Poison as _;
        let actor = <$actor>::new();
        actor.add(1);
        assert!(!actor.is_poisoned());
        // Posted: the panic is nobody's, and the next call that waits is told.
        actor.add(13);
        actor.add(5);
        let told = $crate::panic_of(|| actor.get());
        assert!(told.contains("is poisoned") && told.contains("::add`"), "{told}");
        assert!(actor.is_poisoned());
        assert!(format!("{actor:?}").contains("<poisoned>"));
        actor.clear_poison();
        assert_eq!(actor.get(), (1, 1), "what was posted to a poisoned object is thrown away");
        // Waited for: the panic is the caller's, and poisons all the same.
        assert_eq!(
            $crate::panic_of(|| actor.add_and_get(&13)).lines().next(),
            Some("assertion `left != right` failed: an unlucky amount, loudly")
        );
        assert!($crate::panic_of(|| actor.get()).contains("::add_and_get`"));
        assert!($crate::panic_of(|| actor.into_sum()).contains("is poisoned"));
    }};
}
use a_panic_poisons_and_is_told;

macro_rules! what_was_posted_is_run_before_the_object_goes {
    ($actor:ty) => {{
        let actor = <$actor>::new();
        for _ in 0..1_000 {
            actor.add(1);
        }
        assert_eq!(actor.into_sum(), 1_000);
        // Never called at all.
        assert_eq!(<$actor>::new().into_sum(), 0);
        let _goes_at_once = <$actor>::new();
    }};
}
use what_was_posted_is_run_before_the_object_goes;

each!(
    nothing_is_lost_from_eight_threads,
    a_thread_sees_its_own_calls_in_order,
    a_panic_poisons_and_is_told,
    what_was_posted_is_run_before_the_object_goes
);

#[test]
fn the_thread_comes_with_the_first_call_and_goes_with_the_object() {
    #[guarded(actor, tests = off)]
    #[derive(Default)]
    struct Comes {
        value: u64,
    }
    #[guarded]
    impl Comes {
        pub fn set(&mut self, value: u64) {
            self.value = value;
        }
        pub fn get(&self) -> u64 {
            self.value
        }
    }
    let actor = Comes::default();
    assert!(!alive("Comes"));
    actor.set(1);
    if cfg!(target_os = "linux") {
        assert_eq!(actor.get(), 1);
        assert!(alive("Comes"));
    }
    // It may move meanwhile.
    let moved = Box::new(actor);
    assert_eq!(moved.get(), 1);
    drop(moved);
    assert!(!alive("Comes"));
}

#[test]
fn the_first_calls_do_not_wait_for_each_other_to_make_room() {
    #[guarded(actor, mailbox = 1, tests = off)]
    #[derive(Default)]
    struct Narrow {
        calls: u32,
    }
    #[guarded]
    impl Narrow {
        pub fn call(&mut self) {
            self.calls += 1;
        }
        pub fn calls(&self) -> u32 {
            self.calls
        }
    }

    // Who comes first has to start the thread, and another may have taken the only place before he posts.
    for _ in 0..8 {
        let all: Vec<Narrow> = (0..50).map(|_| Narrow::default()).collect();
        let arrived = AtomicU64::new(0);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    for (narrow, before) in all.iter().zip(0..) {
                        arrived.fetch_add(1, SeqCst);
                        while arrived.load(SeqCst) < 2 * (before + 1) {
                            thread::yield_now();
                        }
                        narrow.call();
                    }
                });
            }
        });
        assert!(all.iter().all(|narrow| narrow.calls() == 2));
    }
}

/// An actor whose method waits until somebody opens a gate.
macro_rules! gates {
    ($($name:ident, $($option:ident $(= $value:tt)?),+;)+) => { $(
        #[guarded($($option $(= $value)?),+, tests = off)]
        #[derive(Default)]
        struct $name {
            passed: u32,
        }

        #[guarded]
        impl $name {
            pub fn pass(&mut self, gate: Arc<Barrier>) {
                gate.wait();
                self.passed += 1;
            }
            pub fn hold(&mut self, entered: Arc<Barrier>, gate: Arc<Barrier>) {
                entered.wait();
                gate.wait();
                self.passed += 100;
            }
            pub fn note(&mut self) {
                self.passed += 10;
            }
            pub fn passed(&self) -> u32 {
                self.passed
            }
        }
    )+ };
}

gates! {
    ThreadGate, actor, mailbox = 1;
    CallerGate, actor, owner = caller, mailbox = 1;
}

#[test]
fn a_method_may_wait_for_what_a_sender_does_when_he_has_found_room() {
    let gate = Arc::new(Barrier::new(2));
    let on_thread = ThreadGate::default();
    on_thread.hold(Arc::clone(&gate), Arc::clone(&gate));
    gate.wait();
    // There is one place, and a method that has begun to run does not keep it.
    on_thread.pass(Arc::clone(&gate));
    gate.wait();
    on_thread.note();
    gate.wait();
    assert_eq!(on_thread.passed(), 111);

    let on_caller = CallerGate::default();
    let (entered, first) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    thread::scope(|scope| {
        scope.spawn({
            let (entered, first, actor) = (Arc::clone(&entered), Arc::clone(&first), &on_caller);
            // Works, and then runs what the other has posted meanwhile.
            move || actor.hold(entered, first)
        });
        entered.wait();
        on_caller.pass(Arc::clone(&gate));
        first.wait();
        on_caller.note();
        gate.wait();
    });
    assert_eq!(on_caller.passed(), 111);
}

#[test]
fn a_call_that_waits_leaves_the_caller_his_own_token() {
    let actor = ThreadGate::default();
    let gate = Arc::new(Barrier::new(2));
    thread::scope(|scope| {
        let caller = scope.spawn(|| {
            actor.pass(Arc::clone(&gate));
            assert_eq!(actor.passed(), 1);
            // Whenever the token was left: before the call, while it slept, or after it.
            let began = Instant::now();
            thread::park_timeout(Duration::from_secs(30));
            assert!(began.elapsed() < Duration::from_secs(20), "the token is gone");
        });
        // It need not sleep by then: the test would show less, and pass.
        // raceproof: allow(sleep_as_synchronization): nothing hangs on how far the other thread is
        thread::sleep(Duration::from_millis(20));
        caller.thread().unpark();
        gate.wait();
    });
}

/// The name of the test below, and what tells its second process that it is that one.
const NO_THREADS: &str = "where_no_thread_is_to_be_had_callers_work";

#[test]
fn where_no_thread_is_to_be_had_callers_work() {
    if std::env::var_os("RACEPROOF_NO_THREADS").is_some() {
        return without_threads();
    }
    // No system has room for such a stack. libtest then runs the test on its main thread.
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", NO_THREADS, "--nocapture"])
        .env("RUST_MIN_STACK", (1_usize << (usize::BITS - 8)).to_string())
        .env("RACEPROOF_NO_THREADS", "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("no thread was to be had"), "{output:?}");
}

fn without_threads() {
    if thread::Builder::new().spawn(|| ()).is_ok() {
        panic!("there are threads, so this shows nothing");
    }
    let actor = OnThread::new();
    for _ in 0..100 {
        actor.add(1);
    }
    // Waited for; a visit, by what cannot be sent; and what a copy does.
    assert_eq!(actor.add_and_get(&1), 101);
    assert!(format!("{actor:?}").ends_with(" { sum: 101, calls: 101 }"), "{actor:?}");
    assert_eq!(actor.clone().add_and_get(&1), 102);
    let narrow = OnThreadBounded::new();
    for _ in 0..100 {
        narrow.add(1);
    }
    assert_eq!(narrow.get(), (100, 100));
    let rings = OnThreadRings::new();
    for _ in 0..1_000 {
        rings.add(1);
    }
    assert_eq!(rings.get(), (1_000, 1_000));
    rings.add(1);
    assert_eq!(rings.into_sum(), 1_001);
    narrow.add(13);
    assert!(panic_of(|| narrow.get()).contains("::add`"), "a panic poisons there too");
    assert_eq!(actor.into_sum(), 101);
    // Who asks himself is told so.
    let done = Arc::new(Mutex::new(Vec::new()));
    let holder = Arc::new(ThreadHolder::default());
    holder.actor.introduce(Arc::downgrade(&holder), Arc::clone(&done));
    assert!(panic_of(|| holder.actor.ask_itself()).contains("from inside one of"));
    let holder = Arc::new(ThreadHolder::default());
    holder.actor.introduce(Arc::downgrade(&holder), Arc::clone(&done));
    holder.actor.tell_itself();
    assert_eq!(*done.lock().unwrap(), ["told", "by itself"]);
    println!("no thread was to be had");
}

/// An argument that panics as it goes.
struct Glass;

impl Drop for Glass {
    fn drop(&mut self) {
        panic!("broken glass");
    }
}

macro_rules! poisoned_and_given_glass {
    ($($test:ident: $name:ident, $($option:ident $(= $value:tt)?),+;)+) => { $(
        #[guarded($($option $(= $value)?),+, tests = off)]
        #[derive(Default)]
        struct $name {
            pieces: u32,
        }

        #[guarded]
        impl $name {
            pub fn take(&mut self, glass: Glass) -> u32 {
                drop(glass);
                self.pieces
            }
            #[commutes]
            pub fn leave(&mut self, glass: Glass) {
                drop(glass);
            }
            pub fn pieces(&self) -> u32 {
                self.pieces
            }
        }

        #[test]
        fn $test() {
            let object = $name::default();
            assert_eq!(panic_of(|| object.take(Glass)), "broken glass");
            for _ in 0..3 {
                // The arguments of a call that is refused go too, and whoever works goes on.
                assert!(panic_of(|| object.take(Glass)).contains("poisoned"));
                object.leave(Glass);
                assert!(panic_of(|| object.pieces()).contains("poisoned"));
            }
            object.clear_poison();
            assert_eq!(object.pieces(), 0);
        }
    )+ };
}

poisoned_and_given_glass! {
    what_is_refused_may_panic_as_it_goes_on_a_thread: GlassOnThread, actor, mailbox = 2;
    what_is_refused_may_panic_as_it_goes_out_of_a_ring: GlassInRings, actor, mailbox = rings;
    what_is_refused_may_panic_as_it_goes_on_a_caller: GlassOnCaller, actor, owner = caller, mailbox = 2;
}

/// A method that takes its time, so that others pile up behind it.
#[guarded(actor, owner = caller, mailbox = 3, tests = off)]
#[derive(Default)]
struct Slow {
    log: Vec<u32>,
}

#[guarded]
impl Slow {
    pub fn work(&mut self, number: u32) {
        thread::sleep(Duration::from_millis(1));
        self.log.push(number);
    }
    pub fn log(&self) -> Vec<u32> {
        self.log.clone()
    }
}

#[test]
fn a_full_mailbox_makes_its_callers_wait_and_loses_nothing() {
    let slow = Slow::default();
    thread::scope(|scope| {
        for first in [0, 100, 200, 300] {
            let slow = &slow;
            scope.spawn(move || (first..first + 20).for_each(|number| slow.work(number)));
        }
    });
    let log = slow.log();
    assert_eq!(log.len(), 80);
    for first in [0, 100, 200, 300] {
        let of_one: Vec<u32> = log.iter().copied().filter(|number| number / 100 * 100 == first).collect();
        assert_eq!(of_one, (first..first + 20).collect::<Vec<_>>(), "one sender's order is kept");
    }
}

/// An actor that has a way back to itself.
macro_rules! selves {
    ($($name:ident, $holder:ident, $($option:ident $(= $value:tt)?),+;)+) => { $(
        #[guarded($($option $(= $value)?),+, tests = off)]
        #[derive(Default)]
        struct $name {
            back: Weak<$holder>,
            seen: Vec<&'static str>,
            done: Option<Arc<Mutex<Vec<&'static str>>>>,
        }

        #[derive(Default)]
        struct $holder {
            actor: $name,
        }

        #[guarded]
        impl $name {
            #[commutes]
            pub fn introduce(&mut self, back: Weak<$holder>, done: Arc<Mutex<Vec<&'static str>>>) {
                self.back = back;
                self.done = Some(done);
            }
            #[commutes]
            pub fn note(&mut self, what: &'static str) {
                self.seen.push(what);
                if let Some(done) = &self.done {
                    done.lock().unwrap().push(what);
                }
            }
            pub fn ask_itself(&mut self) -> u64 {
                self.back.upgrade().map_or(0, |holder| holder.actor.count())
            }
            #[commutes]
            pub fn tell_itself(&mut self) {
                self.note("told");
                if let Some(holder) = self.back.upgrade() {
                    holder.actor.note("by itself");
                }
            }
            pub fn count(&self) -> u64 {
                self.seen.len() as u64
            }
        }
    )+ };
}

selves! {
    ThreadSelf, ThreadHolder, actor;
    RingsSelf, RingsHolder, actor, mailbox = rings;
    CallerSelf, CallerHolder, actor, owner = caller, mailbox = 1;
}

#[test]
fn who_asks_himself_is_told_so_and_does_not_hang() {
    let done = Arc::new(Mutex::new(Vec::new()));
    let on_thread = Arc::new(ThreadHolder::default());
    on_thread.actor.introduce(Arc::downgrade(&on_thread), Arc::clone(&done));
    let told = panic_of(|| on_thread.actor.ask_itself());
    assert!(told.contains("`ThreadSelf::count` is called from inside one of `ThreadSelf`'s own methods"), "{told}");
    let in_rings = Arc::new(RingsHolder::default());
    in_rings.actor.introduce(Arc::downgrade(&in_rings), Arc::clone(&done));
    let told = panic_of(|| in_rings.actor.ask_itself());
    assert!(told.contains("`RingsSelf::count` is called from inside one of `RingsSelf`'s own methods"), "{told}");
    let on_caller = Arc::new(CallerHolder::default());
    on_caller.actor.introduce(Arc::downgrade(&on_caller), Arc::clone(&done));
    let told = panic_of(|| on_caller.actor.ask_itself());
    assert!(told.contains("`CallerSelf::count` is called from inside one of `CallerSelf`'s own methods"), "{told}");
}

#[test]
fn who_tells_himself_is_heard_afterwards() {
    let done = Arc::new(Mutex::new(Vec::new()));
    let on_thread = Arc::new(ThreadHolder::default());
    on_thread.actor.introduce(Arc::downgrade(&on_thread), Arc::clone(&done));
    on_thread.actor.tell_itself();
    while on_thread.actor.count() < 2 {}
    assert_eq!(*done.lock().unwrap(), ["told", "by itself"]);
    done.lock().unwrap().clear();
    let in_rings = Arc::new(RingsHolder::default());
    in_rings.actor.introduce(Arc::downgrade(&in_rings), Arc::clone(&done));
    in_rings.actor.tell_itself();
    while in_rings.actor.count() < 2 {}
    assert_eq!(*done.lock().unwrap(), ["told", "by itself"]);
    done.lock().unwrap().clear();
    let on_caller = Arc::new(CallerHolder::default());
    on_caller.actor.introduce(Arc::downgrade(&on_caller), Arc::clone(&done));
    on_caller.actor.tell_itself();
    on_caller.actor.tell_itself();
    assert_eq!(*done.lock().unwrap(), ["told", "by itself", "told", "by itself"]);
}

/// Says when it is dropped.
struct Told(Arc<AtomicU64>);
impl Drop for Told {
    fn drop(&mut self) {
        self.0.fetch_add(1, SeqCst);
    }
}

macro_rules! snakes {
    ($($test:ident: $snake:ident, $pit:ident, $($option:ident $(= $value:tt)?),+;)+) => { $(
        #[guarded($($option $(= $value)?),+, tests = off)]
        #[derive(Default)]
        struct $snake {
            own: Option<Arc<$pit>>,
            told: Vec<Told>,
        }
        #[derive(Default)]
        struct $pit {
            snake: $snake,
        }
        // One thread calls the first two, and the third is called by the second: where that is all, they commute.
        #[guarded]
        impl $snake {
            #[commutes]
            pub fn swallow(&mut self, own: Arc<$pit>, told: Told) {
                self.own = Some(own);
                self.told.push(told);
            }
            #[commutes]
            pub fn bite(&mut self) {
                let own = self.own.take();
                if let Some(pit) = &own {
                    pit.snake.after(Told(Arc::clone(&self.told[0].0)));
                }
                drop(own);
            }
            #[commutes]
            pub fn after(&mut self, told: Told) {
                self.told.push(told);
            }
        }

        #[test]
        fn $test() {
            let drops = Arc::new(AtomicU64::new(0));
            for round in 1..=50 {
                let pit = Arc::new($pit::default());
                pit.snake.swallow(Arc::clone(&pit), Told(Arc::clone(&drops)));
                pit.snake.bite();
                drop(pit);
                // Whoever was last: all that was posted is run, and nothing leaks.
                let began = Instant::now();
                while drops.load(SeqCst) < 2 * round {
                    assert!(began.elapsed() < Duration::from_secs(120), "{} of {}", drops.load(SeqCst), 2 * round);
                    thread::yield_now();
                }
            }
            let began = Instant::now();
            while alive(stringify!($snake)) {
                assert!(began.elapsed() < Duration::from_secs(120), "its threads are still there");
                thread::yield_now();
            }
        }
    )+ };
}

snakes! {
    the_last_handle_may_go_on_the_actor_s_own_thread: Snake, Pit, actor;
    the_last_handle_may_go_out_of_a_ring: RingSnake, RingPit, actor, mailbox = rings;
}

/// Calls that fit into a slot, that do not, and that do not even fit into the sender's chunk of memory.
#[guarded(actor, mailbox = rings, tests = off)]
#[derive(Default)]
struct Sizes {
    sum: u64,
}

#[guarded]
impl Sizes {
    #[commutes]
    pub fn none(&mut self) {
        self.sum += 1;
    }
    #[commutes]
    pub fn word(&mut self, amount: u64) {
        self.sum += amount;
    }
    #[commutes]
    pub fn text(&mut self, text: String) {
        self.sum += text.len() as u64;
    }
    #[commutes]
    pub fn page(&mut self, page: [u64; 512]) {
        self.sum += page.iter().sum::<u64>();
    }
    pub fn get(&self) -> u64 {
        self.sum
    }
}

#[test]
fn calls_of_each_size_go_through_a_ring() {
    let sizes = Sizes::default();
    for _ in 0..300 {
        sizes.none();
        sizes.word(2);
        sizes.text("three".repeat(2));
        sizes.page([1; 512]);
    }
    assert_eq!(sizes.get(), 300 * (1 + 2 + 10 + 512));
}

/// A thread that ends leaves what it has posted, and the next one of its number goes on in the same ring. More actors than a
/// thread remembers are no obstacle, nor is a thread that ends and posts once more while it does.
#[test]
fn rings_are_handed_on_from_thread_to_thread() {
    struct Last(Arc<Vec<OnThreadRings>>);
    impl Drop for Last {
        fn drop(&mut self) {
            self.0.iter().for_each(|actor| actor.add(1));
        }
    }
    thread_local! {
        static LAST: std::cell::RefCell<Option<Last>> = const { std::cell::RefCell::new(None) };
    }
    let actors: Arc<Vec<OnThreadRings>> = Arc::new((0..40).map(|_| OnThreadRings::new()).collect());
    for _ in 0..20 {
        let actors = Arc::clone(&actors);
        thread::spawn(move || {
            LAST.set(Some(Last(Arc::clone(&actors))));
            for _ in 0..20 {
                actors.iter().for_each(|actor| actor.add(1));
            }
        })
        .join()
        .unwrap();
    }
    // Joined: what each thread has posted came before.
    for actor in actors.iter() {
        assert_eq!(actor.get(), (20 * 21, 20 * 21));
    }
}

#[test]
fn a_static_needs_nothing_before_its_first_call() {
    static THREAD: OnThread = OnThread::new();
    static RINGS: OnThreadRings = OnThreadRings::new();
    static CALLER: OnCaller = OnCaller::new();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..100).for_each(|_| (THREAD.add(1), RINGS.add(1), CALLER.add(1)).0));
        }
    });
    assert_eq!((THREAD.get(), RINGS.get(), CALLER.get()), ((400, 400), (400, 400), (400, 400)));
}

#[test]
fn an_idle_actor_is_a_few_words() {
    // What can be explored knows where it is and what it is called.
    if !raceproof::EXPLORE {
        assert_eq!(size_of::<OnCaller>(), 16 + 8 + 8);
        assert!(size_of::<OnThread>() <= 16 + 8 + 8);
    }
    let many: Vec<OnCaller> = (0..200_000).map(|_| OnCaller::new()).collect();
    for actor in &many {
        actor.add(1);
    }
    assert!(many.iter().all(|actor| actor.get() == (1, 1)));
}

#[test]
fn a_reply_may_borrow_nothing_but_an_argument_may() {
    #[guarded(actor, tests = off)]
    #[derive(Default)]
    struct Words {
        words: Vec<String>,
    }
    #[guarded]
    impl Words {
        pub fn learn(&mut self, word: &str) -> usize {
            self.words.push(word.to_owned());
            self.words.len()
        }
        pub fn knows(&self, word: &str) -> bool {
            self.words.iter().any(|known| known == word)
        }
    }
    let words = Words::default();
    let local = String::from("loan");
    assert_eq!(words.learn(&local), 1);
    assert!(words.knows(&local) && !words.knows("debt"));
    assert!(!words.is_poisoned());
}
