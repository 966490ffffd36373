"""What `half_typed.py` asks about: a file for each attribute, the edits that are made to it, and the questions.

A subject is its name, its text, questions (a heading, a request, the text before the place that is asked about, and the
words that the answer must have), and edits: a name, what is replaced, by what, and for some a completion inside.
"""
import re

GUARDED = """use raceproof::guarded;

#[guarded]
#[derive(Debug, Default)]
pub struct Account {
    balance: u64,
}

#[guarded]
impl Account {
    pub const fn new() -> Self {
        Self { balance: 5 }
    }
    pub fn deposit(&mut self, amount: u64) {
        self.balance = self.balance.saturating_add(amount);
    }
    pub fn balance(&self) -> u64 {
        self.balance
    }
}

pub fn user(account: &Account) -> u64 {
    account.deposit(3);
    let fresh = Account::new();
    fresh.balance() + account.balance()
}
"""
DEPOSIT = "self.balance = self.balance.saturating_add(amount);"
BALANCE = "pub fn balance(&self)"

CONCURRENT = """use raceproof::concurrent;
use raceproof::sync::atomic::{AtomicU64, Ordering};

#[derive(Default)]
pub struct Tickets {
    next: AtomicU64,
}

#[concurrent(spec = Numbers)]
impl Tickets {
    pub fn draw(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed) + 1
    }
    pub fn drawn(&self) -> u64 {
        self.next.load(Ordering::Relaxed)
    }
}

#[derive(Clone, Default)]
pub struct Numbers(u64);

impl Numbers {
    pub fn draw(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }
    pub fn drawn(&self) -> u64 {
        self.0
    }
}

pub fn user(tickets: &Tickets) -> u64 {
    tickets.draw();
    let fresh = Tickets::default();
    fresh.drawn() + tickets.drawn()
}
"""
DRAW = "self.next.fetch_add(1, Ordering::Relaxed) + 1"
DRAWN = "pub fn drawn(&self) -> u64 {\n        self.next"
SPEC = "#[concurrent(spec = Numbers)]"

RACE_TEST = """use raceproof::sync::{Arc, Mutex};
use raceproof::{guarded, race_test, thread};

#[guarded(tests = off)]
#[derive(Debug, Default)]
pub struct Account {
    balance: u64,
}

#[guarded]
impl Account {
    pub fn balance(&self) -> u64 {
        self.balance
    }
}

fn twice(value: &Mutex<u32>) -> u32 {
    2 * *value.lock().unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[race_test(outcomes = [2])]
    fn what_is_the_value() -> u32 {
        let value = Arc::new(Mutex::new(0));
        let other = Arc::clone(&value);
        thread::spawn(move || *other.lock().unwrap() += 1).join().unwrap();
        twice(&value)
    }

    raceproof_test::race_tests!(Account, threads = 2);

    fn after(account: &Account, value: &Mutex<u32>) -> u64 {
        account.balance() + u64::from(twice(value))
    }
}
"""
RESULT = "        twice(&value)\n    }"
TESTS = "race_tests!(Account, threads = 2);"

SUBJECTS = [
    (
        "guarded",
        GUARDED,
        [
            ("the type's name", "definition", "account: &Acc", None),
            ("a call of the last method", "hover", "fresh.bal", "fn balance"),
            ("`account.` offers the first method", "completion", "    account.", "deposit"),
        ],
        [
            ("nothing", "", "", None),
            ("`self.`", DEPOSIT, "self.", ("{\n        self.", "balance")),
            ("`self.balance = self.`", DEPOSIT, "self.balance = self.", ("= self.", "balance")),
            ("`let x =`", DEPOSIT, "let x = ", None),
            ("`if self.balance >`", DEPOSIT, "if self.balance > ", None),
            ("`match self.balance { 0 =>`", DEPOSIT, "match self.balance { 0 => ", None),
            ("a method without its last brace", "saturating_add(amount);\n    }", "saturating_add(amount);\n", None),
            ("`pub` above a method", BALANCE, "pub \n    " + BALANCE, None),
            ("`pub fn` above a method", BALANCE, "pub fn \n    " + BALANCE, None),
            ("`pub fn more` above a method", BALANCE, "pub fn more\n    " + BALANCE, None),
            ("`pub fn more(&mut self,` above a method", BALANCE, "pub fn more(&mut self, \n    " + BALANCE, None),
            ("`limit:` below a field", "balance: u64,\n", "balance: u64,\n    limit: \n", None),
            ("`lim` below a field", "balance: u64,\n", "balance: u64,\n    lim\n", None),
            ("`#[guarded(rw)]`", "#[guarded]\n#[derive", "#[guarded(rw)]\n#[derive", None),
            ("`#[guarded(`", "#[guarded]\n#[derive", "#[guarded(\n#[derive", None),
            ("a public field", "    balance: u64,\n", "    pub balance: u64,\n", None),
            (
                "a method that returns a reference",
                BALANCE,
                "pub fn look(&self) -> &u64 { &self.balance }\n    " + BALANCE,
                None,
            ),
            ("a struct with the attribute, its impl without", "#[guarded]\nimpl", "impl", None),
        ],
    ),
    (
        "concurrent",
        CONCURRENT,
        [
            ("the type's name", "definition", "tickets: &Tick", None),
            ("a call of the last method", "hover", "fresh.dra", "fn drawn"),
            ("`tickets.` offers the first method", "completion", "    tickets.", "draw"),
        ],
        [
            ("nothing", "", "", None),
            ("`self.`", DRAW, "self.", ("{\n        self.", "next")),
            ("`self.next.`", DRAW, "self.next.", ("{\n        self.next.", "fetch_add")),
            ("`let x = self.next.`", DRAW, "let x = self.next.", ("let x = self.next.", "fetch_add")),
            ("`let x =`", DRAW, "let x = ", None),
            ("`match self.next. { 0 =>`", DRAW, "match self.next. { 0 => ", None),
            ("a method without its last brace", DRAW + "\n    }", DRAW + "\n", None),
            ("`pub fn` above a method", DRAWN, "pub fn \n    " + DRAWN, None),
            ("`pub fn more` above a method", DRAWN, "pub fn more\n    " + DRAWN, None),
            ("`pub fn more(&self,` above a method", DRAWN, "pub fn more(&self, \n    " + DRAWN, None),
            ("a method that the spec lacks", DRAWN, "pub fn more(&self) {}\n    " + DRAWN, None),
            ("`#[concurrent]`", SPEC, "#[concurrent]", None),
            ("`#[concurrent(spec =)]`", SPEC, "#[concurrent(spec =)]", None),
            ("`#[concurrent(spec = Num)]`", SPEC, "#[concurrent(spec = Num)]", None),
            ("`#[concurrent(`", SPEC, "#[concurrent(", None),
        ],
    ),
    (
        "race_test",
        RACE_TEST,
        [
            ("a name inside the test", "hover", "Arc::clone(&val", "Mutex"),
            ("a call in the function behind it", "hover", "account.bal", "fn balance"),
            ("completion there", "completion", "        account.", "balance"),
        ],
        [
            ("nothing", "", "", None),
            ("`value.`", RESULT, "        value.\n    }", ("        value.", "lock")),
            ("`let x = value.`", RESULT, "        let x = value.\n    }", ("let x = value.", "lock")),
            ("`let x =`", RESULT, "        let x = \n    }", None),
            ("`if *value.`", RESULT, "        if *value.\n    }", ("if *value.", "lock")),
            ("the test without its last brace", RESULT, "        twice(&value)\n", None),
            ("`fn what_is_the_value() ->`", "() -> u32 {\n        let", "() -> {\n        let", None),
            ("`#[race_test(out)]`", "(outcomes = [2])", "(out)", None),
            ("`#[race_test(outcomes =)]`", "(outcomes = [2])", "(outcomes =)", None),
            ("`#[race_test(outcomes = [`", "(outcomes = [2])", "(outcomes = [", None),
            ("`race_tests!()`", TESTS, "race_tests!();", None),
            ("`race_tests!(Acc)`", TESTS, "race_tests!(Acc);", None),
            ("`race_tests!(Account, thr)`", TESTS, "race_tests!(Account, thr);", None),
            ("`race_tests!(Account, threads =)`", TESTS, "race_tests!(Account, threads =);", None),
            ("`race_tests!(Account = Account::)`", TESTS, "race_tests!(Account = Account::);", ("= Account::", "default")),
            ("`race_tests!(Account`", TESTS, "race_tests!(Account\n", None),
        ],
    ),
]

# What is renamed, in which subject, and the text before the place where it is asked for.
RENAMES = [
    ("a method, at a call", "guarded", "fresh.bal"),
    ("a method, where it is defined", "guarded", "pub fn bal"),
    ("a type, where it is used", "guarded", "account: &Acc"),
    ("a type, where it is defined", "guarded", "pub struct Acc"),
    ("a field, in a method", "guarded", "self.balance = self.bal"),
    ("a field, where it is defined", "guarded", "    bal"),
    ("a method of a `#[concurrent]` type, at a call", "concurrent", "fresh.dra"),
    ("a field of one, where it is defined", "concurrent", "    nex"),
    ("a type that stands in `race_tests!`, where it is used", "race_test", "account: &Acc"),
]


def plain_text(text):
    """The same without our attributes and macros."""
    text = re.sub(r"^ *#\[(guarded|concurrent|race_test)(\([^\n]*\))?\]\n", "", text, flags=re.M)
    text = re.sub(r"^use raceproof::(guarded|concurrent);\n", "", text, flags=re.M)
    text = text.replace("{guarded, race_test, thread}", "thread")
    return re.sub(r"^ *raceproof_test::race_tests![^;\n]*;\n", "", text, flags=re.M)
