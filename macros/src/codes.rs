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
    /// Why it is refused, for its page.
    #[cfg_attr(not(test), expect(dead_code, reason = "the messages say it of the very item"))]
    pub(crate) why: &'static str,
}

macro_rules! codes {
    ($($(#[$note:meta])* $name:ident = $number:literal, $title:literal, $help:literal $(, $why:literal)?;)*) => {
        $($(#[$note])* pub(crate) static $name: Code = Code { number: $number, title: $title, help: $help, why: concat!($($why)?) };)*
        /// All of them, in order.
        #[cfg(test)]
        pub(crate) static ALL: &[&Code] = &[$(&$name),*];
    };
}

codes! {
    OPTION = "RP0001", "an option that `#[guarded]` does not have",
        "on a struct: `#[guarded]`, `#[guarded(mutex)]` or another strategy with its own options, `tests = off`; on an impl: `#[guarded]`, `block = 2`",
        "An option that is not known is not skipped: it may have been meant to change how the type is locked or tested.";
    STRATEGY = "RP0002", "a strategy that does not exist",
        "choose one of those named above; without one it is `mutex`, which carries any state",
        "The strategy decides how the state is locked. A misspelt one must not fall back to another in silence.";
    PUBLIC_FIELD = "RP0003", "a public field",
        "make the field private and write a method: a field that anyone can touch cannot be behind a lock",
        "`#[guarded]` hides the struct's fields behind a lock, and its methods are the only way to them. A public field would be a way past the lock.";
    NOT_A_STRUCT = "RP0004", "`#[guarded]` on something that is neither a struct nor an impl",
        "wrap it in a struct with one private field, `struct Door { state: State }`, and put `#[guarded]` on that",
        "The wrapper that `#[guarded]` makes is a struct with the lock inside. The variants of an enum could only be matched from outside by taking the lock for as long as the match lasts, and reading a union needs `unsafe` under a lock as elsewhere.";
    DERIVE_TWO = "RP0005", "a derive that would lock two objects",
        "derive it on a plain type that a method returns, a snapshot, and compare snapshots",
        "`a == b` would have to lock `a`, then `b`. Another thread that compares `b == a` locks them the other way round, and the two wait for each other for ever. A hash of a value that other threads change would move under the map that holds it.";
    DERIVE_UNKNOWN = "RP0006", "a derive that `#[guarded]` does not know",
        "`Debug`, `Default`, `Clone`, `Copy`, `Serialize` and `Deserialize` are known; write any other trait as `#[guarded] impl Trait for Type`",
        "A derive writes an impl for the hidden state, of which nobody outside can make use. For the traits that are known, `#[guarded]` writes the impl for the wrapper; of another it cannot know what its methods do.";
    CANNOT_HOLD = "RP0007", "a strategy that cannot hold the state",
        "`#[guarded(atomic)]` takes fields of at most 64 bits together: integers, `bool`, `char`, and enums by `raceproof::pack!`; `#[guarded(mutex)]` takes any state",
        "The strategy `atomic` keeps the whole state in one machine word, so that a method is one instruction, or a loop of compare-and-exchange. What does not fit one word cannot be changed at once.";
    /// Said by rustc, in the words of the trait `StateSend`: only it knows which types are `Send`.
    #[cfg_attr(not(test), expect(dead_code, reason = "its words are those of the trait `StateSend`"))]
    NOT_SEND = "RP0008", "a field that is not `Send`",
        "use `Arc` for `Rc`, and keep raw pointers and thread-bound handles out of the state",
        "The state is used by whichever thread has the lock, so it goes from thread to thread, as if it were sent. An `Rc` counts its owners without synchronisation; with one of them in the state and another outside, the count is a data race.";
    /// Said by rustc, in the words of the trait `StateShare`.
    #[cfg_attr(not(test), expect(dead_code, reason = "its words are those of the trait `StateShare`"))]
    NOT_SYNC = "RP0009", "a field that readers cannot share, under `rwlock`",
        "use `#[guarded(mutex)]`, where readers are alone too, or a plain field and a `&mut self` method in place of the cell",
        "Under `rwlock` the methods with `&self` run at the same time. A `Cell` or `RefCell` in the state would be written by two readers at once.";
    NO_STRUCT = "RP0010", "a guarded impl whose type is not guarded",
        "put `#[guarded]` on the struct too; an impl in another module names the struct by its path, `impl super::Counter`",
        "The impl's methods take the lock of the wrapper that `#[guarded]` on the struct makes. Without it there is no lock to take; and the hidden state can be named only in the module where the struct is.";
    STRATEGY_ON_IMPL = "RP0011", "a strategy on an impl",
        "write it on the struct, `#[guarded(rwlock)] struct ..`: the methods are the same under every strategy",
        "All impls of a type share its one lock. So how it is locked is said once, where the struct is.";
    SELF_TYPE = "RP0012", "a guarded impl for something that is not a struct's name",
        "write `impl Counter { .. }` or `impl Trait for Counter { .. }`",
        "The attribute makes the same methods twice, for the hidden state and for the wrapper, and finds the state by the struct's name.";
    TRAIT_REFERENCE = "RP0013", "a trait that hands out references into the state",
        "write a method that takes what the caller wants to do, or one that returns a copy: nothing leaves the lock by reference",
        "A trait such as `Deref` or `Index` returns a reference into the state, which lives on when the lock is long released. Whoever holds it would read what another thread writes.";
    TRAIT_TWO = "RP0014", "a trait that would lock two objects",
        "implement it for a plain type that a method returns, a snapshot, and compare snapshots",
        "Comparing two objects locks two, in an order that the caller chooses: two threads that choose differently wait for each other for ever.";
    RETURNS_REFERENCE = "RP0015", "a reference into the state returned from a method",
        "return an owned value (`.clone()`, `.cloned()`, `.to_vec()`), or do the work inside the method",
        "The lock is held while the method runs and no longer. A reference that the method returns would still point into the state when another thread has the lock.";
    RETURNS_GUARD = "RP0016", "a guard or a borrowing iterator returned from a method",
        "do the work inside the method, or collect into a `Vec` and return that",
        "A guard or an iterator that borrows from the state would be used after the lock is released.";
    RETURNS_SELF_REFERENCE = "RP0017", "a builder method that returns `&mut Self`",
        "return nothing and call the methods one after another, or take `mut self` and return `Self`",
        "`&mut Self` is the state itself, unlocked, in the hands of the caller.";
    RETURNS_IMPL = "RP0018", "`impl Trait` as a result",
        "name the type: the result has to outlive the lock, so collect into a `Vec`, or box it (`Box<dyn Iterator<Item = u64> + Send>`) if it owns what it needs",
        "A call is carried out by an operation, a value with a type for its result. An `impl Trait` has no name, and says not whether it borrows from the state.";
    RETURNS_SELF_INSIDE = "RP0019", "`Self` deep inside a result",
        "return `Self`, `Option<Self>` or `Result<Self, E>`: of those the plain value can be put behind a lock of its own",
        "Inside the impl, `Self` is the plain state. Where a method returns one, the wrapper puts a lock around it; deep inside another type there is no place where that could be done.";
    ASYNC = "RP0020", "an `async fn`",
        "make it a plain `fn` that does the part under the lock, and await outside: a lock held across an `.await` stops every other task",
        "An `async fn` would hold the lock across its `.await`s: for as long as it waits, every other caller waits too, and a task on the same thread waits for ever.";
    UNSAFE = "RP0021", "an `unsafe fn` or a foreign calling convention",
        "make the public method safe, or keep this one private and call it from a safe one",
        "The generated tests call each public method from several threads in any order. They could not keep the contract of an `unsafe` one; and a foreign calling convention is that of one function, where the attribute makes two.";
    CONST_METHOD = "RP0022", "a `const fn` with a receiver",
        "take away `const`: a lock cannot be taken at compile time (constructors may stay `const`)",
        "A method takes the lock, which is done at run time.";
    TWO_OBJECTS = "RP0023", "a parameter `&Self`, which would lock two objects",
        "take what is needed of the other object as a plain value, or take it by value, `other: Self`",
        "The method runs under the lock of `self`; looking at `other` takes a second lock. `a.merge(&b)` on one thread and `b.merge(&a)` on another wait for each other for ever, and `a.merge(&a)` waits for itself.";
    SELF_INSIDE = "RP0024", "`Self` deep inside a parameter",
        "take `other: Self`: the plain value can be taken out of one object, not out of a collection of them",
        "Inside the impl, `Self` is the plain state; outside it is the wrapper with its lock. For `other: Self` the wrapper's state is taken out; a collection of wrappers is no collection of states.";
    CALLBACK = "RP0025", "a closure called under the lock",
        "call it outside, on a value that a method returns; or, if it is short and never calls this object, say so with `#[allow_callback]` on the method",
        "A closure of the caller's that runs under the lock may do anything: take long, panic, or call the same object, and then it waits for the lock that it runs under.";
    RECEIVER = "RP0026", "a receiver other than `self`, `&self` and `&mut self`",
        "write `&self` or `&mut self`; callers may hold the object in an `Arc` all the same",
        "The method runs on the plain state behind the lock, which is in no `Arc`, `Box` or `Pin` of its own.";
    TOO_MANY_BLOCKS = "RP0027", "more than four guarded impls of one type",
        "merge some of them: the explorer looks for four",
        "The generated tests gather a type's methods from its impls, each of which has a number. There are four numbers.";
    MEMBER = "RP0028", "an item that a guarded impl cannot hold",
        "write functions and constants; call the macro inside a function",
        "A macro that makes methods is expanded after the attribute: its methods would stay on the hidden state, where nobody can call them.";
    RACE_TESTS = "RP0029", "a malformed `race_tests!`",
        "`race_tests!(Type)`, `race_tests!(Type = expression)`, then `, key = value` with the keys `threads`, `operations`, `budget`, `strict`, `name`",
        "An option that is not known is not skipped: the tests would explore something else than was meant.";
    ARGUMENT = "RP0030", "a malformed or misplaced `#[arg]`",
        "`#[arg(0..8)]`, with a proptest strategy in the parentheses, on a parameter of a public `&self` or `&mut self` method",
        "`#[arg]` says where the generated tests take a parameter's values from. On a function that they do not call it says nothing.";
    UNSAFE_IMPL = "RP0031", "an `unsafe` or negative impl",
        "leave it out: the wrapper is `Send` and `Sync` where the state allows it",
        "A promise that a type is `Send` or `Sync`, made by hand, would hold for the wrapper whatever the state is. The compiler makes it where it is true.";
    CFG_PARAMETER = "RP0032", "`#[cfg]` on a parameter",
        "write two methods, each with a `#[cfg]` of its own",
        "A method becomes an operation, a struct with a field a parameter, for the tests and for mailboxes. It has one shape.";
    RETURNS_NEVER = "RP0033", "a method that never returns",
        "return a value: the lock would never be free again",
        "The lock would be held for ever, and every later call would wait for ever.";
    UNREADABLE = "RP0034", "an item that cannot be read",
        "finish the line: until then the rest of the item expands as far as it can be read",
        "The text is no item, so there is nothing to guard yet. What can be read of it expands, so that the type's other methods stay known, here and in editors.";
    KEY = "RP0035", "a misplaced `#[key]`",
        "mark one parameter of a public `&self` or `&mut self` method: the one that says which part of the state the method works on",
        "A sharded state is several, and the key says which of them a call works on. Two keys would be two parts at once, and on a constructor there is nothing to choose from yet.";
    MERGE = "RP0036", "a malformed or misplaced `#[merge]`",
        "on a public `&self` or `&mut self` method without `#[key]`: `#[merge(sum)]`, `min`, `max`, `any`, `all`, `extend`, for a method without result `each`, or `#[merge(with = path::to::function)]` with a `fn(Out, Out) -> Out`",
        "A method without a key looks at all parts of a sharded state, each under its own lock, and `#[merge]` says how their answers become one. A way that does not fit the result, or a second one, leaves open what the caller gets.";
    CONSISTENCY = "RP0037", "a malformed or misplaced `#[consistency]`",
        "`#[consistency(sequential)]` or `#[consistency(quiescent)]`, on a public `&self` method: what changes the state is always linearizable",
        "What a method promises is what the explorer holds it to. A method that changes the state has to be linearizable, for otherwise nothing that is said of the others would hold.";
    COMMUTES = "RP0038", "a misplaced `#[commutes]`",
        "it stands alone, on a public `&mut self` method without result: the order of what returns something can be told",
        "Calls that commute may be carried out in any order, or each on its own part, and nobody can tell. A result would tell.";
    DERIVE_IN_PARTS = "RP0039", "a derive that this strategy cannot carry",
        "write a method that returns what is wanted, or choose `#[guarded(mutex)]`, which carries every derive that is known",
        "The state is several states, or the same one several times. A derive such as `Clone` would copy one of them, or each at another moment.";
    /// Said by rustc, in the words of the trait `Neutral`.
    #[cfg_attr(not(test), expect(dead_code, reason = "its words are those of the trait `Neutral`"))]
    NEUTRAL = "RP0040", "a `sharded` object that nobody knows a neutral state for",
        "derive `Default` below `#[guarded(sharded)]`, or write a constructor without arguments (`pub fn new() -> Self`) in the impl that builds it otherwise",
        "The first part of a sharded state gets what the constructor makes, and the others a neutral state that adds nothing to it. For some types that is the default; for others only their author knows.";
    /// Said by rustc, in the words of the trait `Repeatable`.
    #[cfg_attr(not(test), expect(dead_code, reason = "its words are those of the trait `Repeatable`"))]
    SIDE_EFFECT = "RP0041", "a side effect in a method that may run more than once, under `atomic`",
        "return what is to be printed, sent or counted, and do that with the result, outside; or choose `#[guarded(mutex)]`, which runs each body once",
        "A method of an atomic word is tried on a copy of the state, and tried again if another thread was faster. Trying is free as long as the body changes nothing but the state; what it prints or sends has happened, however often it was tried.";
    /// Said by rustc, in the words of the trait `Commutes`.
    #[cfg_attr(not(test), expect(dead_code, reason = "its words are those of the trait `Commutes`"))]
    RINGS_COMMUTE = "RP0042", "a posted method that does not say that it commutes, under `mailbox = rings`",
        "write `#[commutes]` above it, if the order of its calls among all that say so cannot be told; or leave out `mailbox = rings`, and one queue keeps the order",
        "With rings each sender has a queue of its own, so that none waits for another; in return nobody knows in which order the calls of two senders are run. Where the order shows in the state, some results would have no explanation. Calls that wait for a result keep their order, and so does what one thread posts.";
    CONCURRENT_ITEM = "RP0050", "`#[concurrent]` on something that is not the one impl of a type's own methods",
        "write it on `impl Stack { .. }`, once a type: the methods that threads share stand there, `&self`",
        "The attribute explores calls from several threads against one spec. A struct has no methods, the methods of a trait's impl are somebody else's promise, and with two impls it would not know which one names the spec.";
    CONCURRENT_OPTION = "RP0051", "an option that `#[concurrent]` does not have",
        "`#[concurrent(spec = VecDeque<u8>)]`, and then `start = expression` (or `start = |object| expression`), `threads = 2`, `tests = off`",
        "A misspelt option that were passed over would leave the type explored otherwise than its author believes.";
    NO_SPEC = "RP0052", "a `#[concurrent]` impl without a spec",
        "`#[concurrent(spec = Type)]`: a plain struct with methods of the same names says what each call must return",
        "Of a guarded type the plain struct is known, and what it does is right by definition. Here the code under test is the synchronisation itself, so somebody has to say what its calls must return when they come one after the other.";
    ROLE = "RP0053", "a malformed or misplaced attribute of a `#[concurrent]` method",
        "on a public `&self` method: `#[blocking]`, `#[single(group)]`, `#[spurious(None)]` with the failure as a pattern; `#[skip]`; on a `usize` parameter: `#[thread]`",
        "These attributes make the tests accept more, or call less. On a method that no test calls they would promise something that nobody looks at.";
    INVARIANT = "RP0054", "an invariant that cannot be checked",
        "one method a type, `#[invariant] fn holds(&self)`, that panics if the object is not as it must be when nothing is under way",
        "It is called once all threads are done, with nothing but the object.";
    /// Said by rustc: only it knows the spec's methods. The words are a trait's name.
    #[cfg_attr(not(test), expect(dead_code, reason = "its words are the name of a trait in the expansion"))]
    SPEC_LACKS = "RP0055", "a spec without a method of that name",
        "write the method on the spec (on a type of another crate, by a trait of your own), or `#[skip]` on this one",
        "Each call is made on the spec too, by the same name and with the same arguments; a method that the spec lacks cannot be judged.";
    /// Said by rustc, in the words of the traits `spec::Answer` and `spec::Waits`.
    #[cfg_attr(not(test), expect(dead_code, reason = "its words are those of the trait `Answer`"))]
    SPEC_RETURNS = "RP0056", "a spec's method that returns something else",
        "return the same type, or `raceproof::spec::Allowed` of it where several results are legal",
        "The two results are compared, so they have to be of one type.";
    /// Said by rustc, in the words of the trait `spec::PutBack`.
    #[cfg_attr(not(test), expect(dead_code, reason = "its words are those of the trait `PutBack`"))]
    SPEC_CLONE = "RP0057", "`#[spurious]` with a spec that is not `Clone`",
        "derive `Clone` on the spec: a spurious failure leaves it as it was",
        "Whether a failure was spurious is known only once the spec has been asked, and then it has to be put back.";
    RACE_TEST_OPTION = "RP0070", "a malformed `#[race_test]`",
        "`#[race_test]`, or in parentheses `engines = [loom, dpor, shuttle, threads]`, `preemptions = 3`, `executions = 1000`, `budget = 2.0`, `seed = 7`, `strict`, `outcomes = [1, 2]`, `replay = \"rp1~..\"`",
        "An option that is not known is not skipped: the test would explore something else than was meant.";
    RACE_TEST_ITEM = "RP0071", "`#[race_test]` on something that is not a plain function",
        "write `#[race_test] fn transfer() { .. }`: no arguments, no generics, neither `unsafe` nor `const`; the function builds all that it uses",
        "The function is run again and again, once an execution, and everything in it has to belong to that execution. What came in from outside would be shared by all of them.";
    RACE_TEST_OUTCOMES = "RP0072", "outcomes of a race test that has no result to compare",
        "return a value whose type is named, `Debug` and `PartialEq`: `fn bar() -> u32`",
        "`outcomes` are compared with what the executions return, and each result is kept until the end and printed.";
}
