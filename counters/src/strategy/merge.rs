//! The folds that `#[merge(..)]` has a name for: one result from the results of two parts.

/// A result that `#[merge(sum)]` can add up.
#[diagnostic::on_unimplemented(
    message = "`#[merge(sum)]` cannot add up `{Self}`",
    label = "not a number",
    note = "say how two results become one: `#[merge(with = path::to::function)]`, or one of `min`, `max`, `any`, `all`, `extend`"
)]
pub trait Total {
    /// The sum. Integers wrap around, in debug and release builds alike: parts that wrap add up to what the whole would be.
    fn total(self, other: Self) -> Self;
}
macro_rules! total {
    ($($integer:ty)*) => { $(
        impl Total for $integer {
            #[inline]
            fn total(self, other: Self) -> Self {
                self.wrapping_add(other)
            }
        }
    )* };
}
total!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);
impl Total for f32 {
    fn total(self, other: Self) -> Self {
        self + other
    }
}
impl Total for f64 {
    fn total(self, other: Self) -> Self {
        self + other
    }
}

/// `#[merge(sum)]`
#[inline]
pub fn sum<T: Total>(first: T, next: T) -> T {
    first.total(next)
}

/// `#[merge(each)]`: the method has no result.
#[inline]
pub fn each((): (), (): ()) {}

/// `#[merge(min)]`
#[inline]
pub fn min<T: Ord>(first: T, next: T) -> T {
    first.min(next)
}

/// `#[merge(max)]`
#[inline]
pub fn max<T: Ord>(first: T, next: T) -> T {
    first.max(next)
}

/// `#[merge(any)]`
#[inline]
pub fn any(first: bool, next: bool) -> bool {
    first || next
}

/// `#[merge(all)]`
#[inline]
pub fn all(first: bool, next: bool) -> bool {
    first && next
}

/// `#[merge(extend)]`: collections.
#[inline]
pub fn extend<T: IntoIterator + Extend<T::Item>>(mut first: T, next: T) -> T {
    first.extend(next);
    first
}
