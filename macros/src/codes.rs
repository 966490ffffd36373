//! Every refusal: its code, what it is about, and what to write instead.
//!
//! rustc gives `error[E....]` to nobody else, so the code opens the message: `RP0003: ...`. One row a code; a code is
//! never given to another refusal, so that a search for it stays true. `#[guarded]` and `race_tests!` have the numbers
//! below 50, `#[concurrent]` those from 50, `#[race_test]` those from 70: each can grow without renumbering another.

/// One refusal.
pub(crate) struct Code {
    /// `RP0003`.
    pub(crate) number: &'static str,
    /// What is refused, for the page that lists the codes.
    #[cfg_attr(not(test), expect(dead_code, reason = "the messages say it of the very item"))]
    pub(crate) title: &'static str,
    /// What to write instead.
    pub(crate) help: &'static str,
}

macro_rules! codes {
    ($($(#[$note:meta])* $name:ident = $number:literal, $title:literal, $help:literal;)*) => {
        $($(#[$note])* pub(crate) static $name: Code = Code { number: $number, title: $title, help: $help };)*
        /// All of them, in order.
        #[cfg(test)]
        pub(crate) static ALL: &[&Code] = &[$(&$name),*];
    };
}

codes! {
    OPTION = "RP0001", "an option that `#[guarded]` does not have",
        "on a struct: `#[guarded]`, `#[guarded(mutex)]` or another strategy with its own options, `tests = off`; on an impl: `#[guarded]`, `block = 2`";
    STRATEGY = "RP0002", "a strategy that does not exist",
        "choose one of those named above; without one it is `mutex`, which carries any state";
    PUBLIC_FIELD = "RP0003", "a public field",
        "make the field private and write a method: a field that anyone can touch cannot be behind a lock";
    NOT_A_STRUCT = "RP0004", "`#[guarded]` on something that is neither a struct nor an impl",
        "wrap it in a struct with one private field, `struct Door { state: State }`, and put `#[guarded]` on that";
    DERIVE_TWO = "RP0005", "a derive that would lock two objects",
        "derive it on a plain type that a method returns, a snapshot, and compare snapshots";
    DERIVE_UNKNOWN = "RP0006", "a derive that `#[guarded]` does not know",
        "`Debug`, `Default`, `Clone`, `Copy`, `Serialize` and `Deserialize` are known; write any other trait as `#[guarded] impl Trait for Type`";
    CANNOT_HOLD = "RP0007", "a strategy that cannot hold the state",
        "`#[guarded(atomic)]` takes a struct of exactly one integer or `bool` field; `#[guarded(mutex)]` takes any";
    /// Said by rustc, in the words of the trait `StateSend`: only it knows which types are `Send`.
    #[cfg_attr(not(test), expect(dead_code, reason = "its words are those of the trait `StateSend`"))]
    NOT_SEND = "RP0008", "a field that is not `Send`",
        "use `Arc` for `Rc`, and keep raw pointers and thread-bound handles out of the state";
    /// Said by rustc, in the words of the trait `StateShare`.
    #[cfg_attr(not(test), expect(dead_code, reason = "its words are those of the trait `StateShare`"))]
    NOT_SYNC = "RP0009", "a field that readers cannot share, under `rwlock`",
        "use `#[guarded(mutex)]`, where readers are alone too, or a plain field and a `&mut self` method in place of the cell";
    NO_STRUCT = "RP0010", "a guarded impl whose type is not guarded",
        "put `#[guarded]` on the struct too; an impl in another module names the struct by its path, `impl super::Counter`";
    STRATEGY_ON_IMPL = "RP0011", "a strategy on an impl",
        "write it on the struct, `#[guarded(rwlock)] struct ..`: the methods are the same under every strategy";
    SELF_TYPE = "RP0012", "a guarded impl for something that is not a struct's name",
        "write `impl Counter { .. }` or `impl Trait for Counter { .. }`";
    TRAIT_REFERENCE = "RP0013", "a trait that hands out references into the state",
        "write a method that takes what the caller wants to do, or one that returns a copy: nothing leaves the lock by reference";
    TRAIT_TWO = "RP0014", "a trait that would lock two objects",
        "implement it for a plain type that a method returns, a snapshot, and compare snapshots";
    RETURNS_REFERENCE = "RP0015", "a reference into the state returned from a method",
        "return an owned value (`.clone()`, `.cloned()`, `.to_vec()`), or do the work inside the method";
    RETURNS_GUARD = "RP0016", "a guard or a borrowing iterator returned from a method",
        "do the work inside the method, or collect into a `Vec` and return that";
    RETURNS_SELF_REFERENCE = "RP0017", "a builder method that returns `&mut Self`",
        "return nothing and call the methods one after another, or take `mut self` and return `Self`";
    RETURNS_IMPL = "RP0018", "`impl Trait` as a result",
        "name the type: the result has to outlive the lock, so collect into a `Vec`, or box it (`Box<dyn Iterator<Item = u64> + Send>`) if it owns what it needs";
    RETURNS_SELF_INSIDE = "RP0019", "`Self` deep inside a result",
        "return `Self`, `Option<Self>` or `Result<Self, E>`: of those the plain value can be put behind a lock of its own";
    ASYNC = "RP0020", "an `async fn`",
        "make it a plain `fn` that does the part under the lock, and await outside: a lock held across an `.await` stops every other task";
    UNSAFE = "RP0021", "an `unsafe fn` or a foreign calling convention",
        "make the public method safe, or keep this one private and call it from a safe one";
    CONST_METHOD = "RP0022", "a `const fn` with a receiver",
        "take away `const`: a lock cannot be taken at compile time (constructors may stay `const`)";
    TWO_OBJECTS = "RP0023", "a parameter `&Self`, which would lock two objects",
        "take what is needed of the other object as a plain value, or take it by value, `other: Self`";
    SELF_INSIDE = "RP0024", "`Self` deep inside a parameter",
        "take `other: Self`: the plain value can be taken out of one object, not out of a collection of them";
    CALLBACK = "RP0025", "a closure called under the lock",
        "call it outside, on a value that a method returns; or, if it is short and never calls this object, say so with `#[allow_callback]` on the method";
    RECEIVER = "RP0026", "a receiver other than `self`, `&self` and `&mut self`",
        "write `&self` or `&mut self`; callers may hold the object in an `Arc` all the same";
    TOO_MANY_BLOCKS = "RP0027", "more than four guarded impls of one type",
        "merge some of them: the explorer looks for four";
    MEMBER = "RP0028", "an item that a guarded impl cannot hold",
        "write functions and constants; call the macro inside a function";
    RACE_TESTS = "RP0029", "a malformed `race_tests!`",
        "`race_tests!(Type)`, `race_tests!(Type = expression)`, then `, key = value` with the keys `threads`, `operations`, `budget`, `strict`, `name`";
    ARGUMENT = "RP0030", "a malformed or misplaced `#[arg]`",
        "`#[arg(0..8)]`, with a proptest strategy in the parentheses, on a parameter of a public `&self` or `&mut self` method";
    UNSAFE_IMPL = "RP0031", "an `unsafe` or negative impl",
        "leave it out: the wrapper is `Send` and `Sync` where the state allows it";
    CFG_PARAMETER = "RP0032", "`#[cfg]` on a parameter",
        "write two methods, each with a `#[cfg]` of its own";
    RETURNS_NEVER = "RP0033", "a method that never returns",
        "return a value: the lock would never be free again";
    UNREADABLE = "RP0034", "an item that cannot be read",
        "finish the line: until then the rest of the item expands as far as it can be read";
    KEY = "RP0035", "a misplaced `#[key]`",
        "mark one parameter of a public `&self` or `&mut self` method: the one that says which part of the state the method works on";
    MERGE = "RP0036", "a malformed or misplaced `#[merge]`",
        "on a public `&self` or `&mut self` method without `#[key]`: `#[merge(sum)]`, `min`, `max`, `any`, `all`, `extend`, for a method without result `each`, or `#[merge(with = path::to::function)]` with a `fn(Out, Out) -> Out`";
    CONSISTENCY = "RP0037", "a malformed or misplaced `#[consistency]`",
        "`#[consistency(sequential)]` or `#[consistency(quiescent)]`, on a public `&self` method: what changes the state is always linearizable";
    COMMUTES = "RP0038", "a misplaced `#[commutes]`",
        "it stands alone, on a public `&mut self` method without result: the order of what returns something can be told";
    DERIVE_IN_PARTS = "RP0039", "a derive that this strategy cannot carry",
        "write a method that returns what is wanted, or choose `#[guarded(mutex)]`, which carries every derive that is known";
    /// Said by rustc, in the words of the trait `Neutral`.
    #[cfg_attr(not(test), expect(dead_code, reason = "its words are those of the trait `Neutral`"))]
    NEUTRAL = "RP0040", "a `sharded` object that nobody knows a neutral state for",
        "derive `Default` below `#[guarded(sharded)]`, or write a constructor without arguments (`pub fn new() -> Self`) in the impl that builds it otherwise";
}
