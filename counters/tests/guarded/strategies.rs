//! One impl, three strategies: what a user writes does not depend on how the state is kept.

use raceproof::{Poison, guarded};

macro_rules! under {
    ($module:ident, $strategy:ident) => {
        mod $module {
            use raceproof::guarded;

            #[guarded($strategy)]
            #[derive(Clone, Debug, Default)]
            pub struct Gauge {
                value: i32,
            }

            #[guarded]
            impl Gauge {
                pub const fn new() -> Self {
                    Self { value: 0 }
                }
                pub fn up(&mut self) {
                    self.value = self.value.wrapping_add(1);
                }
                pub fn down(&mut self, by: i32) {
                    self.value = self.value.wrapping_sub(by);
                }
                pub fn scale(&mut self, by: i32) -> Result<i32, String> {
                    self.value = self.value.checked_mul(by).ok_or("too large")?;
                    Ok(self.value)
                }
                pub fn fail(&mut self) {
                    self.value = 1000;
                    panic!("on purpose");
                }
                pub fn get(&self) -> i32 {
                    self.value
                }
                pub fn into_value(self) -> i32 {
                    self.value
                }
            }

            static GAUGE: Gauge = Gauge::new();

            #[test]
            fn the_same_results() {
                super::threads(&GAUGE, Gauge::up);
                GAUGE.down(50);
                assert_eq!(GAUGE.get(), -10);
                assert_eq!(GAUGE.scale(-3), Ok(30));
                assert!(GAUGE.scale(i32::MAX).is_err());
                assert_eq!(format!("{GAUGE:?}"), "Gauge { value: 30 }");
                assert_eq!(GAUGE.clone().into_value(), 30);
                assert_eq!(Gauge::default().get(), 0);
            }

            #[test]
            fn wraps_at_the_edge_of_the_fields_own_type() {
                let gauge = Gauge::new();
                gauge.down(i32::MIN);
                assert_eq!(gauge.get(), i32::MIN);
                gauge.down(1);
                assert_eq!(gauge.get(), i32::MAX);
            }
        }
    };
}
under!(mutex, mutex);
under!(rwlock, rwlock);
under!(atomic, atomic);

/// Calls the method 10 times on each of 4 threads.
fn threads<T: Sync>(object: &T, call: fn(&T)) {
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..10).for_each(|_| call(object)));
        }
    });
}

#[test]
fn a_panic_poisons_a_lock_and_leaves_a_word_as_it_was() {
    let fail = |call: &dyn Fn()| assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(call)).is_err());
    let (mutex, rwlock, atomic) = (mutex::Gauge::new(), rwlock::Gauge::new(), atomic::Gauge::new());
    fail(&|| mutex.fail());
    fail(&|| rwlock.fail());
    fail(&|| atomic.fail());
    assert!(mutex.is_poisoned() && rwlock.is_poisoned() && !atomic.is_poisoned());
    assert_eq!(atomic.get(), 0);
}

type Amount = u64;

#[guarded(atomic)]
#[derive(Default)]
struct Aliased {
    value: Amount,
}

#[guarded]
impl Aliased {
    pub fn add(&mut self, n: Amount) {
        self.value = self.value.wrapping_add(n);
    }
    pub fn get(&self) -> Amount {
        self.value
    }
}

#[guarded(atomic)]
#[derive(Debug, Default)]
struct Flag(bool);

#[guarded]
impl Flag {
    pub fn raise(&mut self) -> bool {
        !std::mem::replace(&mut self.0, true)
    }
    pub fn is_up(&self) -> bool {
        self.0
    }
}

#[test]
fn a_word_of_any_integer_or_a_flag() {
    let aliased = Aliased::default();
    aliased.add(2);
    assert_eq!(aliased.get(), 2);
    let flag = Flag::default();
    assert_eq!((flag.raise(), flag.raise(), flag.is_up()), (true, false, true));
    assert_eq!(format!("{flag:?}"), "Flag(true)");
}

/// `wrapping_add` is the field's own method here, and the amount no integer: no read-modify-write, under any strategy.
#[derive(Default)]
struct Names(String);

impl Names {
    fn wrapping_add(&self, name: &'static str) -> Self {
        Self(format!("{}{name}", self.0))
    }
}

#[guarded]
#[derive(Default)]
struct Joined {
    names: Names,
}

#[guarded]
impl Joined {
    pub fn join(&mut self, name: &'static str) {
        self.names = self.names.wrapping_add(name);
    }
    pub fn get(&self) -> String {
        self.names.0.clone()
    }
}

#[test]
fn what_is_spelt_like_an_addition_need_not_be_one() {
    let joined = Joined::default();
    joined.join("a");
    joined.join("b");
    assert_eq!(joined.get(), "ab");
}

#[test]
fn a_word_is_a_word() {
    if !raceproof::EXPLORE {
        assert_eq!(size_of::<Flag>(), size_of::<std::sync::atomic::AtomicU64>());
    }
}
