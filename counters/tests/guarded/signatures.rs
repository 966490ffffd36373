//! Every form of signature that `src/guarded_signatures.md` maps, a test a row.

use raceproof::guarded;
use std::panic::Location;

#[derive(Debug, PartialEq)]
struct TooLarge;

/// Counts.
#[guarded]
#[derive(Debug)]
struct Counter {
    value: u64,
}

#[guarded]
#[allow(clippy::needless_arbitrary_self_type)]
impl Counter {
    /// The largest value.
    pub const MAX: u64 = 100;
    const STEP: u64 = 1;
    #[allow(clippy::declare_interior_mutable_const)]
    pub const ZERO: Self = Self { value: 0 };

    /// A counter at 0.
    #[must_use]
    pub const fn new() -> Self {
        Self { value: 0 }
    }
    pub fn at(value: u64) -> Counter {
        Counter { value }
    }
    pub const fn checked(value: u64) -> Option<Self> {
        if value <= Self::MAX { Some(Self { value }) } else { None }
    }
    pub fn try_at(value: u64) -> Result<Self, TooLarge> {
        Self::checked(value).ok_or(TooLarge)
    }
    pub fn larger_of(a: Self, b: Counter) -> Self {
        if a.value < b.value { b } else { a }
    }
    pub fn limit() -> u64 {
        Self::MAX
    }

    pub fn get(&self) -> u64 {
        self.value
    }
    pub fn get_typed(self: &Self) -> u64 {
        self.value
    }
    pub fn increment(&mut self) {
        self.add(Self::STEP);
    }
    pub fn add(&mut self, n: u64) -> u64 {
        self.value += n;
        self.value
    }
    pub fn add_typed(self: &mut Self, n: u64) {
        self.value += n;
    }
    pub fn into_value(self) -> u64 {
        self.value
    }
    pub fn plus(mut self, n: u64) -> Self {
        self.value += n;
        self
    }
    fn double(&mut self) {
        self.value *= 2;
    }
    pub fn four_times(&mut self) {
        self.double();
        self.double();
    }

    pub fn split(&mut self) -> Self {
        self.value /= 2;
        Self { value: self.value }
    }
    pub fn take(&mut self) -> Option<Self> {
        (self.value > 0).then(|| Self { value: std::mem::take(&mut self.value) })
    }
    pub fn absorb(&mut self, other: Self) {
        self.value += other.value;
    }

    pub fn add_all(&mut self, all: &[u64]) {
        self.value += all.iter().sum::<u64>();
    }
    pub fn parse(&mut self, text: &str) -> Result<u64, std::num::ParseIntError> {
        self.value = text.parse()?;
        Ok(self.value)
    }
    pub fn add_pair(&mut self, (a, b): (u64, u64), mut c: u64) -> u64 {
        c += a + b;
        self.value += c;
        c
    }
    pub fn write_to(&self, out: &mut String) {
        out.push_str(&self.value.to_string());
    }
    pub fn longest<'a>(&self, a: &'a str, b: &'a str) -> &'a str {
        if a.len() < b.len() { b } else { a }
    }
    pub fn name(&self) -> &'static str {
        "counter"
    }
    pub fn extend(&mut self, items: impl IntoIterator<Item = u64>) {
        self.value += items.into_iter().sum::<u64>();
    }
    #[explored(T = u128)]
    pub fn convert<T: From<u64>>(&self) -> T {
        T::from(self.value)
    }
    pub fn repeat<const N: usize>(&self) -> [u64; N] {
        [self.value; N]
    }
    pub fn show<T>(&self, value: &T) -> String
    where
        T: std::fmt::Display + ?Sized,
    {
        format!("{value}{}", self.value)
    }
    #[allow_callback]
    pub fn update(&mut self, change: impl FnOnce(u64) -> u64) -> u64 {
        self.value = change(self.value);
        self.value
    }
    #[allow_callback]
    pub fn each(&self, look: &mut dyn FnMut(u64)) {
        (0..self.value).for_each(look);
    }
    #[must_use]
    #[inline(never)]
    pub fn r#type(&self, r#in: u8) -> u8 {
        r#in
    }
    #[track_caller]
    pub fn here() -> &'static Location<'static> {
        Location::caller()
    }
    pub fn boxed(&self) -> Box<dyn Iterator<Item = u64> + Send> {
        Box::new(0..self.value)
    }
    pub fn bounded(&self, #[arg(0..3u64)] n: u64) -> [u64; Self::MAX as usize / 50] {
        [n; Self::MAX as usize / 50]
    }
}

static HITS: Counter = Counter::new();

#[test]
fn constants_on_both_sides() {
    assert_eq!(Counter::MAX, 100);
    let zero = Counter::ZERO;
    assert_eq!(zero.get(), 0);
}

#[test]
fn const_constructor_and_static() {
    HITS.increment();
    assert_eq!(HITS.get(), 1);
}

#[test]
fn constructors_by_either_name_and_inside_option_and_result() {
    assert_eq!(Counter::at(3).get(), 3);
    assert_eq!(Counter::checked(3).map(|counter| counter.get()), Some(3));
    assert!(Counter::checked(101).is_none());
    assert_eq!(Counter::try_at(3).map(|counter| counter.get()), Ok(3));
    assert_eq!(Counter::try_at(101).map(|counter| counter.get()), Err(TooLarge));
}

#[test]
fn functions_without_receiver() {
    assert_eq!(Counter::larger_of(Counter::at(1), Counter::at(2)).get(), 2);
    assert_eq!(Counter::limit(), 100);
}

#[test]
fn receivers() {
    let counter = Counter::new();
    counter.increment();
    assert_eq!(counter.add(2), 3);
    counter.add_typed(1);
    assert_eq!((counter.get(), counter.get_typed()), (4, 4));
    assert_eq!(counter.plus(5).into_value(), 9);
}

#[test]
fn private_methods_run_inside() {
    let counter = Counter::at(3);
    counter.four_times();
    assert_eq!(counter.get(), 12);
}

#[test]
fn objects_as_results_and_as_arguments_by_value() {
    let counter = Counter::at(8);
    let half = counter.split();
    assert_eq!((counter.get(), half.get()), (4, 4));
    assert_eq!(half.take().map(Counter::into_value), Some(4));
    assert!(half.take().is_none());
    counter.absorb(Counter::at(3));
    assert_eq!(counter.get(), 7);
}

#[test]
fn borrowed_arguments() {
    let counter = Counter::new();
    counter.add_all(&[1, 2, 3]);
    let mut out = String::new();
    counter.write_to(&mut out);
    assert_eq!(out, "6");
    assert_eq!(counter.parse("12"), Ok(12));
    assert!(counter.parse("x").is_err());
    assert_eq!(counter.longest("ab", "abc"), "abc");
    assert_eq!(counter.name(), "counter");
}

#[test]
fn patterns_as_parameters() {
    assert_eq!(Counter::new().add_pair((1, 2), 3), 6);
}

#[test]
fn generic_methods_and_impl_trait_arguments() {
    let counter = Counter::at(1);
    counter.extend([1, 2]);
    counter.extend(vec![3]);
    assert_eq!(counter.convert::<u128>(), 7);
    assert_eq!(counter.repeat::<2>(), [7, 7]);
    assert_eq!(counter.show("x"), "x7");
}

#[test]
fn callbacks_where_they_are_allowed() {
    let counter = Counter::at(2);
    let add = 3;
    assert_eq!(counter.update(|value| value + add), 5);
    let mut seen = 0;
    counter.each(&mut |_| seen += 1);
    assert_eq!(seen, 5);
}

#[test]
fn raw_names_and_attributes() {
    assert_eq!(Counter::new().r#type(3), 3);
    let line = line!() + 1;
    assert_eq!(Counter::here().line(), line);
}

#[test]
fn owned_iterators_and_constants_in_types() {
    assert_eq!(Counter::at(3).boxed().sum::<u64>(), 3);
    assert_eq!(Counter::new().bounded(7), [7, 7]);
}
