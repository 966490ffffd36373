//! The expansion names nothing by a name that a user's module could have taken.

#![allow(dead_code, non_camel_case_types, unused_imports, clippy::upper_case_acronyms)]

struct Option;
struct Some;
struct None;
struct Result;
struct Box;
struct Vec;
struct String;
struct Default;
struct Clone;
struct Debug;
struct PhantomData;
struct Add;
struct Get;
struct str;
trait Sized {}
trait Send {}
mod core {}
mod std {}
mod raceproof {}

/// The user's types are called what operations are called.
#[derive(::core::fmt::Debug, ::core::clone::Clone)]
pub struct Increment(pub u8);

macro_rules! inside_a_macro {
    ($name:ident, $field:ident, $ty:ty, $method:ident) => {
        #[::raceproof::guarded]
        #[derive(Debug, Default, Clone)]
        pub struct $name {
            $field: $ty,
        }

        #[::raceproof::guarded]
        impl $name {
            pub fn $method(&mut self, by: $ty) -> $ty {
                let increment = Increment(by);
                self.$field += increment.0;
                self.$field
            }
            pub fn increment(&mut self, by: Increment) -> $ty {
                self.$field += by.0;
                self.$field
            }
            pub fn a0(&self, a0: u8, state: u8, op: u8) -> u8 {
                a0 + state + op + self.$field
            }
            pub fn maybe() -> ::core::option::Option<Self> {
                ::core::option::Option::Some(Self { $field: 1 })
            }
        }
    };
}
inside_a_macro!(Tally, value, u8, raise);

#[test]
fn works_where_every_name_is_taken() {
    let tally = <Tally as ::core::default::Default>::default();
    assert_eq!(tally.raise(2), 2);
    assert_eq!(tally.increment(Increment(1)), 3);
    assert_eq!(tally.a0(1, 1, 1), 6);
    assert_eq!(format!("{:?}", ::core::clone::Clone::clone(&tally)), "Tally { value: 3 }");
    assert!(Tally::maybe().is_some());
}
