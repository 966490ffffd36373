//! The facade outside any exploration, in both builds: as it ships, and with the feature `explore`.

use raceproof::cell::UnsafeCell;
use raceproof::sync::atomic::{AtomicBool, AtomicI64, AtomicPtr, AtomicU8, AtomicU64, AtomicUsize, Ordering, fence};
use raceproof::sync::mpsc::{TryRecvError, TrySendError, channel, sync_channel};
use raceproof::sync::{Arc, Barrier, Condvar, LazyLock, Mutex, Once, OnceLock, RwLock, TryLockError, WaitGroup, Weak};
use raceproof::{hint, thread};
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

static MUTEX: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static RWLOCK: RwLock<u8> = RwLock::new(1);
static CONDVAR: Condvar = Condvar::new();
static ONCE: OnceLock<String> = OnceLock::new();
const _: Mutex<u8> = Mutex::new(0);

raceproof::thread::thread_local! {
    static MINE: Cell<u8> = const { Cell::new(1) };
    static LIST: RefCell<Vec<u8>> = RefCell::new(vec![1]);
}

/// What is `Send` and `Sync` in std is here, and nothing more.
#[test]
fn marker_traits_are_stds() {
    fn both<T: Send + Sync>() {}
    both::<Mutex<Cell<u8>>>();
    both::<RwLock<u8>>();
    both::<Condvar>();
    both::<OnceLock<u8>>();
    both::<AtomicU64>();
    both::<AtomicPtr<Cell<u8>>>();
    both::<WaitGroup>();
    both::<thread::JoinHandle<u8>>();
    both::<raceproof::sync::mpsc::Sender<u8>>();
    both::<thread::LocalKey<Cell<u8>>>();
    fn send<T: Send>() {}
    send::<raceproof::sync::mpsc::Receiver<u8>>();
    send::<UnsafeCell<u8>>();
}

#[test]
fn statics_work() {
    MUTEX.lock().unwrap().push(1);
    assert_eq!(MUTEX.lock().unwrap().len(), 1);
    *RWLOCK.write().unwrap() += 1;
    assert_eq!(*RWLOCK.read().unwrap(), 2);
    CONDVAR.notify_all();
    assert_eq!(ONCE.get_or_init(|| "once".to_owned()), "once");
    assert_eq!(ONCE.get().map(String::as_str), Some("once"));
}

#[test]
fn locks_unsize_and_exclude() {
    let lock: Arc<Mutex<dyn FnMut() -> u32 + Send>> = Arc::new(Mutex::new({
        let mut calls = 0;
        move || {
            calls += 1;
            calls
        }
    }));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..1000).for_each(|_| assert!(lock.lock().unwrap()() > 0)));
        }
    });
    assert_eq!(lock.lock().unwrap()(), 4001);
    let lock: Box<RwLock<[u8]>> = Box::new(RwLock::new([1, 2, 3]));
    lock.write().unwrap()[0] = 7;
    assert_eq!(lock.read().unwrap().iter().sum::<u8>(), 12);
}

#[test]
fn panics_poison() {
    let mutex = Arc::new(Mutex::new(0));
    let other = Arc::clone(&mutex);
    let thread = thread::spawn(move || {
        let _guard = other.lock().unwrap();
        std::panic::resume_unwind(Box::new("on purpose"));
    });
    assert!(thread.join().is_err());
    assert!(mutex.is_poisoned());
    assert!(matches!(mutex.try_lock(), Err(TryLockError::Poisoned(_))));
    mutex.clear_poison();
    assert_eq!(Arc::into_inner(mutex).unwrap().into_inner().unwrap(), 0);
    let lock = RwLock::new(0);
    let caught = catch_unwind(AssertUnwindSafe(|| {
        let _guard = lock.write();
        std::panic::resume_unwind(Box::new("on purpose"));
    }));
    assert!(caught.is_err() && lock.read().is_err());
}

#[test]
fn conditions_wake() {
    let pair = Arc::new((Mutex::new(0), Condvar::new()));
    let other = Arc::clone(&pair);
    let thread = thread::spawn(move || {
        *other.0.lock().unwrap() = 1;
        other.1.notify_one();
    });
    let guard = pair.1.wait_while(pair.0.lock().unwrap(), |value| *value == 0).unwrap();
    let (guard, timed_out) = pair.1.wait_timeout_while(guard, Duration::from_millis(2), |_| true).unwrap();
    assert!(timed_out.timed_out() && *guard == 1);
    thread.join().unwrap();
}

#[test]
fn channels_hang_up() {
    let (sender, receiver) = channel();
    let thread = thread::spawn(move || (0..3).for_each(|i| sender.send(i).unwrap()));
    assert_eq!(receiver.iter().sum::<i32>(), 3);
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Disconnected));
    thread.join().unwrap();
}

#[test]
fn atomics_count() {
    let (byte, signed, count, flag) =
        (AtomicU8::new(255), AtomicI64::new(-1), AtomicUsize::new(0), AtomicBool::new(false));
    assert_eq!(byte.fetch_add(1, Ordering::Relaxed), 255);
    assert_eq!(signed.fetch_max(3, Ordering::AcqRel), -1);
    assert_eq!(count.fetch_update(Ordering::AcqRel, Ordering::Acquire, |old| Some(old + 2)), Ok(0));
    assert!(!flag.fetch_or(true, Ordering::SeqCst));
    fence(Ordering::SeqCst);
    assert_eq!((byte.into_inner(), signed.into_inner(), count.into_inner(), flag.into_inner()), (0, 3, 2, true));
}

#[test]
fn threads_have_names_and_locals() {
    MINE.set(2);
    LIST.with_borrow_mut(|list| list.push(2));
    let handle = thread::Builder::new().name("worker".to_owned()).spawn(|| {
        thread::yield_now();
        hint::spin_loop();
        thread::sleep(Duration::from_millis(1));
        (MINE.get(), LIST.take(), thread::current().name().map(str::to_owned))
    });
    let handle = handle.unwrap();
    let id = handle.thread().id();
    assert_ne!(id, thread::current().id());
    assert_eq!(handle.join().unwrap(), (1, vec![1], Some("worker".to_owned())));
    assert_eq!(MINE.replace(1), 2);
    assert!(thread::available_parallelism().unwrap().get() >= 1);
    assert!(!thread::panicking());
}

#[test]
fn groups_wait() {
    let group = WaitGroup::new();
    let count = Arc::new(AtomicUsize::new(0));
    for _ in 0..4 {
        let (part, count) = (group.clone(), Arc::clone(&count));
        thread::spawn(move || {
            count.fetch_add(1, Ordering::Relaxed);
            drop(part);
        });
    }
    group.wait();
    assert_eq!(count.load(Ordering::Relaxed), 4);
    let weak: Weak<AtomicUsize> = Arc::downgrade(&count);
    assert!(weak.upgrade().is_some());
}

#[test]
fn cells_lend() {
    let cell = UnsafeCell::new(1);
    // SAFETY: one thread.
    cell.with_mut(|value| unsafe { *value += 1 });
    // SAFETY: one thread.
    assert_eq!(cell.with(|value| unsafe { *value }), 2);
}

/// As it ships, the facade is std.
#[cfg(not(feature = "explore"))]
#[test]
fn shipping_costs_nothing() {
    use std::any::TypeId;
    assert_eq!(TypeId::of::<Mutex<u8>>(), TypeId::of::<std::sync::Mutex<u8>>());
    assert_eq!(TypeId::of::<RwLock<u8>>(), TypeId::of::<std::sync::RwLock<u8>>());
    assert_eq!(TypeId::of::<AtomicU64>(), TypeId::of::<std::sync::atomic::AtomicU64>());
    assert_eq!(TypeId::of::<thread::JoinHandle<u8>>(), TypeId::of::<std::thread::JoinHandle<u8>>());
    assert_eq!(size_of::<UnsafeCell<u64>>(), 8);
}

static BARRIER: Barrier = Barrier::new(2);
static ONLY: Once = Once::new();
static LAZY: LazyLock<String> = LazyLock::new(|| "lazy".to_owned());

/// What came later than the locks: the same names, the same signatures, the same behaviour as std's.
#[test]
fn what_threads_meet_at() {
    let led = thread::scope(|scope| {
        let other = scope.spawn(|| BARRIER.wait().is_leader());
        let mine = BARRIER.wait().is_leader();
        [mine, other.join().unwrap()]
    });
    assert_eq!(led.iter().filter(|leads| **leads).count(), 1);
    let mut times = 0;
    ONLY.call_once(|| times += 1);
    ONLY.call_once(|| times += 1);
    ONLY.call_once_force(|state| assert!(!state.is_poisoned()));
    ONLY.wait();
    assert!(times == 1 && ONLY.is_completed());
    assert_eq!((LAZY.len(), LazyLock::force(&LAZY).as_str()), (4, "lazy"));
}

#[test]
fn bounded_channels_parking_and_times() {
    let (sender, receiver) = sync_channel(1);
    let other = sender.clone();
    let thread = thread::spawn(move || (0..3).for_each(|i| other.send(i).unwrap()));
    assert_eq!(receiver.iter().take(3).collect::<Vec<_>>(), [0, 1, 2]);
    thread.join().unwrap();
    sender.try_send(7).unwrap();
    assert!(matches!(sender.try_send(8), Err(TrySendError::Full(8))));
    drop(receiver);
    assert!(sender.send(9).is_err());
    let (handed, takes) = sync_channel(0);
    let thread = thread::spawn(move || handed.send(1).is_ok());
    assert_eq!(takes.recv_timeout(Duration::from_secs(60)), Ok(1));
    assert!(thread.join().unwrap());
    assert!(takes.recv_timeout(Duration::from_millis(1)).is_err());
    thread::current().unpark();
    thread::park();
    thread::park_timeout(Duration::from_millis(1));
}
