//! Where arguments come from: `proptest::Arbitrary`, or the strategy in `#[arg(...)]`.
//!
//! An argument is named by a [`Code`]: which value of the source, and how far simplified. A scenario is made of codes,
//! so it can be written down, replayed and shrunk whatever the types are. Codes 0, 1 and 2 are the values that small
//! scenarios use: few and small, because races need operations on the *same* few keys.

use proptest::arbitrary::Arbitrary;
use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::any::Any as AnyValue;
use std::marker::PhantomData;

/// Names one value of a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code {
    /// Which value.
    pub seed: u32,
    /// How many times to simplify it.
    pub simplify: u16,
}

/// Makes the values of one parameter.
pub trait Source {
    /// The parameter's owned type.
    type Value;
    /// The value that a code names, always the same.
    fn value(&self, code: Code) -> Self::Value;
}

/// The parameter's type has a generator of its own.
pub struct Any<T>(PhantomData<fn() -> T>);

impl<T> Any<T> {
    /// The source.
    #[expect(clippy::new_without_default, reason = "generated code calls it, where `T` may have no bound")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T: Arbitrary + 'static> Source for Any<T> {
    type Value = T;

    fn value(&self, code: Code) -> T {
        small::<T>(code).unwrap_or_else(|| draw(&proptest::arbitrary::any::<T>(), code))
    }
}

/// The parameter says where its values come from: `#[arg(0..8)]`.
pub struct Given<T>(BoxedStrategy<T>);

impl<T: std::fmt::Debug + 'static> Given<T> {
    /// The source.
    pub fn new(strategy: impl Strategy<Value = T> + 'static) -> Self {
        Self(strategy.boxed())
    }
}

impl<T: std::fmt::Debug> Source for Given<T> {
    type Value = T;

    fn value(&self, code: Code) -> T {
        draw(&self.0, code)
    }
}

/// The parameter is the calling thread's number: the scenario puts it into the code.
pub struct Number;

impl Source for Number {
    type Value = usize;

    fn value(&self, code: Code) -> usize {
        code.seed as usize
    }
}

/// The value of a strategy that a code names.
fn draw<S: Strategy>(strategy: &S, code: Code) -> S::Value {
    // Neighbouring codes must not give neighbouring states: XorShift takes long to tell them apart.
    let mut seed = [0; 16];
    seed[..8].copy_from_slice(&mix(code.seed).to_le_bytes());
    seed[8..].copy_from_slice(&mix(!code.seed).to_le_bytes());
    let config = Config { failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::XorShift, &seed));
    let mut tree = match strategy.new_tree(&mut runner) {
        Ok(tree) => tree,
        Err(reason) => panic!("the argument's strategy rejects every value it makes ({reason}): loosen its filter"),
    };
    for _ in 0..code.simplify {
        if !tree.simplify() {
            break;
        }
    }
    tree.current()
}

/// Integers, mostly small: collisions matter more than range, and a big random amount would overflow at once. The edges
/// and the whole range come too, rarely.
fn small<T: 'static>(code: Code) -> Option<T> {
    macro_rules! integer {
        ($($type:ty)*) => { $(
            if std::any::TypeId::of::<T>() == std::any::TypeId::of::<$type>() {
                let value: $type = match code.seed {
                    0 => 1,
                    1 => 2,
                    2 => 0,
                    seed => match mix(seed) % 16 {
                        0 => <$type>::MAX,
                        1 => <$type>::MIN,
                        2 => mix(seed ^ 0x9e37_79b9) as $type,
                        small => (small % 8) as $type,
                    },
                };
                // Simplifying halves the distance to zero.
                let value = (0..code.simplify).fold(value, |value, _| value / 2);
                return Some(same(value));
            }
        )* };
    }
    integer!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);
    if std::any::TypeId::of::<T>() == std::any::TypeId::of::<bool>() {
        return Some(same(code.seed.is_multiple_of(2) && code.simplify == 0));
    }
    None
}

fn same<A: 'static, T: 'static>(value: A) -> T {
    let mut value = Some(value);
    let any: &mut dyn AnyValue = &mut value;
    match any.downcast_mut::<Option<T>>().and_then(Option::take) {
        Some(value) => value,
        None => unreachable!("compared the types before"),
    }
}

/// A hash of 32 bits (the finaliser of SplitMix64), so that seeds that follow each other give unlike values.
fn mix(seed: u32) -> u64 {
    let mut z = u64::from(seed).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The sources of all parameters of a method.
pub trait Sources {
    /// The owned arguments.
    type Input;
    /// The arguments that these codes name, one code a parameter.
    fn input(&self, codes: &[Code]) -> Self::Input;
}

macro_rules! sources {
    ($($name:ident $index:tt),*) => {
        impl<$($name: Source),*> Sources for ($($name,)*) {
            type Input = ($($name::Value,)*);
            #[allow(clippy::unused_unit, reason = "the tuple without elements")]
            fn input(&self, _codes: &[Code]) -> Self::Input {
                ($(self.$index.value(_codes.get($index).copied().unwrap_or_default()),)*)
            }
        }
    };
}
sources!();
sources!(A 0);
sources!(A 0, B 1);
sources!(A 0, B 1, C 2);
sources!(A 0, B 1, C 2, D 3);
sources!(A 0, B 1, C 2, D 3, E 4);
sources!(A 0, B 1, C 2, D 3, E 4, F 5);
sources!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
sources!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
