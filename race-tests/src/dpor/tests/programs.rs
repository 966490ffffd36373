//! Small random programs over the whole facade, which say what each thread has seen.

use super::Body;
use raceproof::explore::native::{Arc, Mutex as NativeMutex};
use raceproof::sync::atomic::{AtomicU64, Ordering::SeqCst};
use raceproof::sync::mpsc::{Receiver, Sender, channel};
use raceproof::sync::{Condvar, Mutex, RwLock};
use raceproof::thread;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// One operation, or a section of some.
#[derive(Clone, Debug)]
enum Act {
    Load(usize),
    Store(usize, u64),
    Swap(usize, u64),
    Exchange(usize, u64, u64),
    Lock(usize, Vec<Act>),
    TryLock(usize, Vec<Act>),
    Read(Vec<Act>),
    Write(Vec<Act>),
    TryRead(Vec<Act>),
    TryWrite(Vec<Act>),
    /// Waits, once, unless the flag is up.
    Wait,
    /// Puts the flag up, and wakes one or all; in the section or after it.
    Notify {
        all: bool,
        inside: bool,
    },
    /// A thread in the thread, which is joined at once.
    Spawn(Vec<Act>),
    Send(u64),
    TryRecv,
    Recv,
    /// A panic with a lock held, which is caught.
    Panic(usize),
    Yield,
}

/// Threads, each with its acts.
#[derive(Clone)]
pub(super) struct Program {
    threads: Vec<Vec<Act>>,
    seen: Arc<NativeMutex<Vec<Vec<u64>>>>,
}

impl std::fmt::Debug for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.threads.fmt(f)
    }
}

struct Shared {
    words: [AtomicU64; 2],
    locks: [Mutex<u64>; 2],
    lock: RwLock<u64>,
    flag: Mutex<u64>,
    news: Condvar,
    sender: Sender<u64>,
    /// Touched by one thread at a time.
    receiver: Mutex<Receiver<u64>>,
}

struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    /// `held`: a bit for each lock that must not be taken again; 4 is the `RwLock`'s.
    fn act(&mut self, depth: usize, held: u64) -> Act {
        let place = self.below(2) as usize;
        let value = 1 + self.below(3);
        let free = held & (1 << place) == 0;
        match self.below(if depth == 0 { 22 } else { 8 }) {
            0 | 1 => Act::Load(place),
            2 => Act::Store(place, value),
            3 => Act::Swap(place, value),
            4 => Act::Exchange(place, self.below(2), value),
            5 | 8 if free => Act::Lock(place, self.acts(depth, held | 1 << place)),
            6 | 9 if free => Act::TryLock(place, self.acts(depth, held | 1 << place)),
            10 if held & 4 == 0 => Act::Read(self.acts(depth, held | 4)),
            11 if held & 4 == 0 => Act::Write(self.acts(depth, held | 4)),
            12 if held & 4 == 0 => Act::TryRead(self.acts(depth, held | 4)),
            13 if held & 4 == 0 => Act::TryWrite(self.acts(depth, held | 4)),
            14 => Act::Wait,
            15 | 16 => Act::Notify { all: self.below(2) == 0, inside: self.below(2) == 0 },
            17 => Act::Spawn(self.acts(depth, held)),
            18 => Act::Send(value),
            19 => Act::TryRecv,
            20 => Act::Recv,
            21 if free => Act::Panic(place),
            _ => Act::Yield,
        }
    }

    fn acts(&mut self, depth: usize, held: u64) -> Vec<Act> {
        if depth > 1 {
            return Vec::new();
        }
        (0..self.below(2)).map(|_| self.act(depth + 1, held)).collect()
    }
}

impl Program {
    /// One of the larger random ones, by which a sleeping thread was found out that counted for too much.
    pub(super) fn asleep() -> Self {
        let threads = vec![
            vec![Act::Lock(0, vec![]), Act::Read(vec![Act::Swap(1, 1)])],
            vec![Act::Write(vec![Act::Load(0)])],
            vec![Act::Swap(0, 1)],
        ];
        Self { threads, seen: Arc::default() }
    }

    pub(super) fn random(seed: u64) -> Self {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        (0..8).for_each(|_| _ = random.below(2));
        // Few of the larger ones: plain search comes to the end of the smaller ones.
        let threads = 2 + u64::from(random.below(6) == 0);
        let longest = if threads == 2 { 2 + random.below(2) } else { 1 };
        let acts = |random: &mut Random| (0..1 + random.below(longest)).map(|_| random.act(0, 0)).collect();
        Self { threads: (0..threads).map(|_| acts(&mut random)).collect(), seen: Arc::default() }
    }
}

impl Shared {
    fn act(&self, act: &Act, see: &mut dyn FnMut(u64)) {
        match act {
            Act::Load(at) => see(self.words[*at].load(SeqCst)),
            Act::Store(at, value) => self.words[*at].store(*value, SeqCst),
            Act::Swap(at, value) => see(self.words[*at].swap(*value, SeqCst)),
            Act::Exchange(at, old, new) => {
                see(self.words[*at].compare_exchange(*old, *new, SeqCst, SeqCst).unwrap_or_else(|found| 10 + found));
            }
            Act::Lock(at, acts) => {
                let guard = self.locks[*at].lock();
                see(u64::from(guard.is_err()));
                let mut guard = guard.unwrap_or_else(|e| e.into_inner());
                *guard = *guard * 5 % 1009;
                see(*guard);
                self.acts(acts, see);
            }
            Act::TryLock(at, acts) => match self.locks[*at].try_lock() {
                Ok(mut guard) => {
                    *guard = *guard * 7 % 1009;
                    see(*guard);
                    self.acts(acts, see);
                }
                Err(_) => see(2000),
            },
            Act::Read(acts) => {
                let guard = self.lock.read().unwrap_or_else(|e| e.into_inner());
                see(*guard);
                self.acts(acts, see);
            }
            Act::Write(acts) => {
                let mut guard = self.lock.write().unwrap_or_else(|e| e.into_inner());
                *guard = *guard * 5 % 1009;
                see(*guard);
                self.acts(acts, see);
            }
            Act::TryRead(acts) => match self.lock.try_read() {
                Ok(guard) => {
                    see(*guard);
                    self.acts(acts, see);
                }
                Err(_) => see(2001),
            },
            Act::TryWrite(acts) => match self.lock.try_write() {
                Ok(mut guard) => {
                    *guard = *guard * 7 % 1009;
                    see(*guard);
                    self.acts(acts, see);
                }
                Err(_) => see(2002),
            },
            Act::Wait => {
                let mut flag = self.flag.lock().unwrap();
                if *flag == 0 {
                    flag = self.news.wait(flag).unwrap();
                    see(3000);
                }
                see(*flag);
            }
            Act::Notify { all, inside } => {
                let mut flag = self.flag.lock().unwrap();
                *flag += 1;
                if !inside {
                    drop(flag);
                }
                if *all { self.news.notify_all() } else { self.news.notify_one() }
            }
            Act::Spawn(acts) => {
                let mut theirs = Vec::new();
                thread::scope(|scope| scope.spawn(|| self.acts(acts, &mut |value| theirs.push(value))).join()).unwrap();
                theirs.into_iter().for_each(see);
            }
            Act::Send(value) => self.sender.send(*value).unwrap(),
            Act::TryRecv => see(self.receiver.lock().unwrap().try_recv().unwrap_or(4000)),
            Act::Recv => see(self.receiver.lock().unwrap().recv().unwrap()),
            Act::Panic(at) => {
                let panicked = catch_unwind(AssertUnwindSafe(|| {
                    let mut guard = self.locks[*at].lock().unwrap_or_else(|e| e.into_inner());
                    *guard += 1;
                    panic!("on purpose");
                }));
                see(u64::from(panicked.is_err()));
            }
            Act::Yield => thread::yield_now(),
        }
    }

    fn acts(&self, acts: &[Act], see: &mut dyn FnMut(u64)) {
        for act in acts {
            self.act(act, see);
        }
    }
}

impl Body for Program {
    fn run(&self) -> String {
        *self.seen.lock().unwrap() = vec![Vec::new(); self.threads.len()];
        let (sender, receiver) = channel();
        let shared = Arc::new(Shared {
            words: [AtomicU64::new(0), AtomicU64::new(0)],
            locks: [Mutex::new(1), Mutex::new(1)],
            lock: RwLock::new(1),
            flag: Mutex::new(0),
            news: Condvar::new(),
            sender,
            receiver: Mutex::new(receiver),
        });
        let handles: Vec<_> = (0..self.threads.len())
            .map(|number| {
                let (program, shared) = (self.clone(), Arc::clone(&shared));
                thread::spawn(move || {
                    let mut see = |value| program.seen.lock().unwrap()[number].push(value);
                    shared.acts(&program.threads[number], &mut see);
                })
            })
            .collect();
        handles.into_iter().for_each(|handle| handle.join().unwrap());
        let last = (
            self.so_far(),
            [0, 1].map(|at| shared.words[at].load(SeqCst)),
            [0, 1].map(|at| *shared.locks[at].lock().unwrap_or_else(|e| e.into_inner())),
            *shared.lock.read().unwrap_or_else(|e| e.into_inner()),
        );
        format!("{last:?}")
    }

    fn so_far(&self) -> String {
        format!("{:?}", self.seen.lock().unwrap())
    }
}
