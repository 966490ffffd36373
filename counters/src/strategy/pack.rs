//! What fits an atomic word, and how: each field as bits, side by side, at the upper end of the word.
//!
//! At the upper end, since the processor's additions and comparisons of words are then those of a field that is alone in
//! its word and narrower: what overflows leaves the word, and the sign is where it looks for it.

/// A type that can be part of an atomic word: a field of a `#[guarded(atomic)]` struct.
///
/// Integers of at most 64 bits, `bool` and `char` are; an enum without fields is when [`pack!`](crate::pack) says so:
///
/// ```
/// use raceproof::guarded;
///
/// #[derive(Clone, Copy, Debug, PartialEq)]
/// pub enum Light { Red, Green }
/// raceproof::pack!(Light { Red, Green });
///
/// #[guarded(atomic)]
/// pub struct Crossing { cars: Light, waiting: u16, broken: bool }
///
/// #[guarded]
/// impl Crossing {
///     pub const fn new() -> Self { Self { cars: Light::Green, waiting: 0, broken: false } }
///     pub fn press(&mut self) {
///         self.waiting += 1;
///         self.cars = Light::Red;
///     }
///     pub fn state(&self) -> (Light, u16, bool) { (self.cars, self.waiting, self.broken) }
/// }
///
/// static CROSSING: Crossing = Crossing::new();
/// CROSSING.press();
/// assert_eq!(CROSSING.state(), (Light::Red, 1, false));
/// ```
#[diagnostic::on_unimplemented(
    message = "RP0007: `{Self}` does not fit one atomic word",
    label = "neither an integer of at most 64 bits nor a `bool`, a `char` or a packed enum",
    note = "an enum without fields does if you say `raceproof::pack!(Name {{ Variant, Other }})`; `#[guarded(mutex)]` takes any state"
)]
pub trait Pack: Copy {
    /// How many bits it takes. `self as u64`, cut to these, is what they hold: structs with such fields have `const`
    /// constructors, and there a cast is all that can be done.
    const BITS: u32;
    /// What the processor can do with it.
    #[doc(hidden)]
    const KIND: Kind = Kind::Other;
    /// The bits, and nothing above them.
    fn to_bits(self) -> u64;
    /// The value of these bits.
    fn from_bits(bits: u64) -> Self;
}

/// What the processor can do with a field that is alone in its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An unsigned integer: everything.
    Unsigned,
    /// A signed integer: everything.
    Signed,
    /// A `bool`: bitwise operations, and the exchange.
    Bool,
    /// The exchange.
    Other,
}

macro_rules! integers {
    ($($kind:ident: $($integer:ident)*;)*) => { $($(
        impl Pack for $integer {
            const BITS: u32 = $integer::BITS;
            const KIND: Kind = Kind::$kind;
            #[inline]
            fn to_bits(self) -> u64 {
                cut(self as u64, Self::BITS)
            }
            #[inline]
            fn from_bits(bits: u64) -> Self {
                bits as $integer
            }
        }
    )*)* };
}
integers! {
    Unsigned: u8 u16 u32 u64 usize;
    Signed: i8 i16 i32 i64 isize;
}

impl Pack for bool {
    const BITS: u32 = 1;
    const KIND: Kind = Kind::Bool;
    #[inline]
    fn to_bits(self) -> u64 {
        u64::from(self)
    }
    #[inline]
    fn from_bits(bits: u64) -> Self {
        bits != 0
    }
}

impl Pack for char {
    const BITS: u32 = 21;
    #[inline]
    fn to_bits(self) -> u64 {
        u64::from(self)
    }
    #[inline]
    fn from_bits(bits: u64) -> Self {
        match char::from_u32(bits as u32) {
            Some(char) => char,
            None => unreachable!("these bits were a `char`"),
        }
    }
}

/// The lower bits.
#[inline]
const fn cut(bits: u64, width: u32) -> u64 {
    if width >= 64 { bits } else { bits & ((1 << width) - 1) }
}

/// Says that an enum without fields can be a part of an atomic word: see [`Pack`].
///
/// All of its variants are named, so that one that is added later is not forgotten here.
///
/// ```
/// #[derive(Clone, Copy)]
/// pub enum Mode { Idle = 1, Busy = 200 }
/// raceproof::pack!(Mode { Idle, Busy });
/// ```
///
/// ```compile_fail,E0004
/// #[derive(Clone, Copy)]
/// pub enum Mode { Idle, Busy }
/// raceproof::pack!(Mode { Idle });
/// ```
#[macro_export]
macro_rules! pack {
    ($name:ident { $($variant:ident),+ $(,)? }) => {
        impl $crate::Pack for $name {
            const BITS: ::core::primitive::u32 = 8 * ::core::mem::size_of::<$name>() as ::core::primitive::u32;
            #[inline]
            fn to_bits(self) -> ::core::primitive::u64 {
                match self {
                    $($name::$variant => $name::$variant as ::core::primitive::u64 & (u64::MAX >> (64 - Self::BITS.max(1))),)+
                }
            }
            #[inline]
            fn from_bits(bits: ::core::primitive::u64) -> Self {
                $(if bits == $crate::Pack::to_bits($name::$variant) {
                    return $name::$variant;
                })+
                ::core::unreachable!("these bits were one of the variants")
            }
        }
    };
}

/// Puts fields side by side.
#[derive(Clone, Copy)]
pub struct Packer {
    word: u64,
    bits: u32,
}

impl Packer {
    /// With nothing in it.
    #[expect(clippy::new_without_default, reason = "generated code calls it in a `const`")]
    #[inline]
    pub const fn new() -> Self {
        Self { word: 0, bits: 0 }
    }

    /// Adds a field, of which these are the bits; what stands above them does not count.
    #[inline]
    #[must_use]
    pub const fn put(self, bits: u64, width: u32) -> Self {
        assert!(self.bits + width <= 64, "RP0007: the fields take more than 64 bits together");
        if width == 0 {
            return self;
        }
        // The first field is the lowest one.
        Self { word: self.word | cut(bits, width) << self.bits, bits: self.bits + width }
    }

    /// The word, its content at the upper end.
    #[inline]
    pub const fn finish(self) -> u64 {
        if self.bits == 0 { 0 } else { self.word << (64 - self.bits) }
    }
}

/// Takes fields apart, in the order in which they were put together.
#[derive(Clone, Copy)]
pub struct Unpacker(u64);

impl Unpacker {
    /// Of a word with so many bits.
    #[inline]
    pub const fn new(word: u64, bits: u32) -> Self {
        Self(if bits == 0 { 0 } else { word >> (64 - bits) })
    }

    /// The bits of the next field, which takes so many.
    #[inline]
    pub fn take(&mut self, width: u32) -> u64 {
        let bits = cut(self.0, width);
        self.0 = if width >= 64 { 0 } else { self.0 >> width };
        bits
    }
}

/// A state that fits a word. The attribute implements it, with `#[guarded(striped)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be counted in stripes",
    note = "`#[guarded(striped)]` takes a struct of one unsigned field; `#[guarded(mutex)]` takes any"
)]
pub trait Word: Copy {
    /// The bits that stand for this state.
    fn to_word(self) -> u64;
    /// The state that these bits stand for.
    fn from_word(word: u64) -> Self;
}

/// A field type whose `as u64` and back loses nothing.
#[diagnostic::on_unimplemented(
    message = "RP0007: `{Self}` cannot be counted in stripes",
    label = "no integer of at most 64 bits",
    note = "`#[guarded(striped)]` takes a struct of one unsigned field; `#[guarded(mutex)]` takes any"
)]
pub trait Integer: Copy {
    /// The bits that stand for this value, sign-extended: additions of words are then additions of values.
    fn to_word(self) -> u64;
    /// The value that these bits stand for; those that it has no room for are not looked at.
    fn from_word(word: u64) -> Self;
}
macro_rules! numbers {
    ($($integer:ty)*) => { $(
        impl Integer for $integer {
            #[inline]
            fn to_word(self) -> u64 {
                self as u64
            }
            #[inline]
            fn from_word(word: u64) -> Self {
                word as $integer
            }
        }
    )* };
}
numbers!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize);
impl Integer for bool {
    #[inline]
    fn to_word(self) -> u64 {
        u64::from(self)
    }
    #[inline]
    fn from_word(word: u64) -> Self {
        word != 0
    }
}

/// An amount in a read-modify-write, whatever its type: the impl's expansion sees how a type is spelt, and not what it
/// is. `(&Amount(&n)).word()` finds [`KnownAmount`] for what is [`Pack`], and otherwise, one reference further,
/// [`UnknownAmount`].
pub struct Amount<'a, T>(pub &'a T);

/// The amount fits a word.
pub trait KnownAmount {
    /// Its bits.
    fn word(&self) -> Option<u64>;
    /// Its bits, if they are a number's: of those `!` is the opposite of each. What an enum means by it, only the enum knows.
    fn number(&self) -> Option<u64>;
}

impl<T: Pack> KnownAmount for Amount<'_, T> {
    #[inline]
    fn word(&self) -> Option<u64> {
        Some(self.0.to_bits())
    }
    #[inline]
    fn number(&self) -> Option<u64> {
        if matches!(T::KIND, Kind::Other) { None } else { Some(self.0.to_bits()) }
    }
}

/// The amount is something else.
pub trait UnknownAmount {
    /// No bits.
    #[inline]
    fn word(&self) -> Option<u64> {
        None
    }
    /// No bits.
    #[inline]
    fn number(&self) -> Option<u64> {
        None
    }
}

impl<T> UnknownAmount for &Amount<'_, T> {}

#[cfg(test)]
mod tests {
    use super::{Pack, Packer, Unpacker};

    #[derive(Clone, Copy, Debug, PartialEq)]
    #[repr(i8)]
    enum Side {
        Left = -1,
        Middle = 0,
        Right = 1,
    }
    crate::pack!(Side { Left, Middle, Right });

    #[test]
    fn fields_come_back_as_they_went_in() {
        for (a, b, c, d) in
            [(i8::MIN, true, Side::Left, '\u{10ffff}'), (-1, false, Side::Right, 'x'), (7, true, Side::Middle, '\0')]
        {
            let packer = Packer::new()
                .put(a as u64, i8::BITS)
                .put(b as u64, bool::BITS)
                .put(c as u64, Side::BITS)
                .put(d as u64, char::BITS);
            let mut unpacker = Unpacker::new(packer.finish(), 8 + 1 + 8 + 21);
            assert_eq!(i8::from_bits(unpacker.take(8)), a);
            assert_eq!(bool::from_bits(unpacker.take(1)), b);
            assert_eq!(Side::from_bits(unpacker.take(8)), c);
            assert_eq!(char::from_bits(unpacker.take(21)), d);
        }
        let full = Packer::new().put(u64::MAX, 64).finish();
        assert_eq!(Unpacker::new(full, 64).take(64), u64::MAX);
        assert_eq!(Packer::new().finish(), 0);
    }

    #[test]
    fn a_cast_is_as_good_as_the_conversion() {
        for value in [i16::MIN, -1, 0, 1, i16::MAX] {
            assert_eq!(Packer::new().put(value as u64, 16).finish(), value.to_bits() << 48);
        }
        assert_eq!(Side::Left.to_bits(), 0xff);
    }

    #[test]
    #[should_panic = "RP0007"]
    fn more_than_a_word_is_refused() {
        let _ = Packer::new().put(0, 64).put(0, 1);
    }
}
