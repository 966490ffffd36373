#!/usr/bin/env python3
"""What rust-analyzer still knows of a guarded type while somebody types in it: the table of docs/editors.md.

It drives rust-analyzer as an editor does, over its standard input, on a crate in a temporary folder: one edit at a time,
and three questions after each. Does the type's name lead to its definition, does a call of a method resolve, and is
a method offered after a point? With `--plain` the same edits without the attributes, to tell what is rust-analyzer's own.

It needs rust-analyzer and the standard library's sources (`rustup component add rust-analyzer rust-src`; the second changes
what rustc quotes, and with it the gallery's snapshots: put it into a toolchain of its own, and name that in RUSTUP_TOOLCHAIN).
"""
import json
import os
import pathlib
import queue
import subprocess
import sys
import tempfile
import threading

HERE = pathlib.Path(__file__).resolve().parents[2]
MANIFEST = f"""[package]
name = "half"
version = "0.1.0"
edition = "2024"
[workspace]
[dependencies]
raceproof = {{ path = "{HERE}/counters" }}
[dev-dependencies]
raceproof-test = {{ path = "{HERE}/race-tests" }}
"""
WHOLE = """use raceproof::guarded;

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
BODY = "self.balance = self.balance.saturating_add(amount);"
LAST = "pub fn balance(&self)"
# What is typed: its name, what it replaces, and by what; where a completion is asked for inside, and what it must offer.
CASES = [
    ("nothing", "", "", None),
    ("`self.`", BODY, "self.", ("{\n        self.", "balance")),
    ("`self.balance = self.`", BODY, "self.balance = self.", ("= self.", "balance")),
    ("`let x =`", BODY, "let x = ", None),
    ("`if self.balance >`", BODY, "if self.balance > ", None),
    ("`match self.balance { 0 =>`", BODY, "match self.balance { 0 => ", None),
    ("a method without its last brace", "saturating_add(amount);\n    }", "saturating_add(amount);\n", None),
    ("`pub` above a method", LAST, "pub \n    " + LAST, None),
    ("`pub fn` above a method", LAST, "pub fn \n    " + LAST, None),
    ("`pub fn more` above a method", LAST, "pub fn more\n    " + LAST, None),
    ("`pub fn more(&mut self,` above a method", LAST, "pub fn more(&mut self, \n    " + LAST, None),
    ("`limit:` below a field", "balance: u64,\n", "balance: u64,\n    limit: \n", None),
    ("`lim` below a field", "balance: u64,\n", "balance: u64,\n    lim\n", None),
    ("`#[guarded(rw)]`", "#[guarded]\n#[derive", "#[guarded(rw)]\n#[derive", None),
    ("`#[guarded(`", "#[guarded]\n#[derive", "#[guarded(\n#[derive", None),
    ("a public field", "    balance: u64,\n", "    pub balance: u64,\n", None),
    ("a method that returns a reference", LAST, "pub fn look(&self) -> &u64 { &self.balance }\n    " + LAST, None),
    ("a struct with the attribute, its impl without", "#[guarded]\nimpl", "impl", None),
]


class Editor:
    """rust-analyzer, with one file open."""

    def __init__(self, folder):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self.server = subprocess.Popen(["rust-analyzer"], cwd=folder, **pipes)
        self.answers, self.ready, self.number, self.version = queue.Queue(), threading.Event(), 0, 0
        self.uri = (folder / "src/lib.rs").as_uri()
        threading.Thread(target=self.listen, daemon=True).start()
        options = {"checkOnSave": False, "cachePriming": {"enable": False}}
        capabilities = {"experimental": {"serverStatusNotification": True}}
        start = {"processId": os.getpid(), "rootUri": folder.as_uri(), "capabilities": capabilities}
        self.ask("initialize", start | {"initializationOptions": options})
        self.tell("initialized", {})

    def listen(self):
        while line := self.server.stdout.readline():
            length = 0
            while line.strip():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
                line = self.server.stdout.readline()
            message = json.loads(self.server.stdout.read(length))
            if "method" in message and "id" in message:
                self.send({"id": message["id"], "result": None})
            elif message.get("method") == "experimental/serverStatus" and message["params"]["quiescent"]:
                self.ready.set()
            elif "id" in message:
                self.answers.put(message)

    def send(self, message):
        text = json.dumps({"jsonrpc": "2.0"} | message).encode()
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(text) + text)
        self.server.stdin.flush()

    def tell(self, method, params):
        self.send({"method": method, "params": params})

    def ask(self, method, params):
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params})
        while True:
            message = self.answers.get(timeout=300)
            if message["id"] == self.number:
                return message.get("result")

    def show(self, text):
        self.version += 1
        document = {"uri": self.uri, "version": self.version}
        if self.version == 1:
            self.tell("textDocument/didOpen", {"textDocument": document | {"languageId": "rust", "text": text}})
        else:
            self.tell("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})

    def at(self, method, text, before):
        end = text.index(before) + len(before)
        place = {"line": text.count("\n", 0, end), "character": end - text.rfind("\n", 0, end) - 1}
        return self.ask("textDocument/" + method, {"textDocument": {"uri": self.uri}, "position": place})

    def offered(self, text, before):
        found = self.at("completion", text, before) or []
        return {item["label"].split("(")[0] for item in (found["items"] if isinstance(found, dict) else found)}


def main():
    plain = "--plain" in sys.argv
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "src").mkdir()
        (folder / "Cargo.toml").write_text(MANIFEST)
        (folder / "Cargo.lock").write_bytes((HERE / "Cargo.lock").read_bytes())
        (folder / "src/lib.rs").write_text(WHOLE)
        editor = Editor(folder)
        editor.show(WHOLE)
        editor.ready.wait(600)
        print("| typed | the type's name | a call of the last method | `account.` offers the first method | offered inside |")
        print("|---|---|---|---|---|")
        for name, old, new, inside in CASES:
            text = WHOLE.replace(old, new, 1)
            assert old in WHOLE, name
            if plain:
                text = text.replace("#[guarded]\n", "").replace("use raceproof::guarded;\n", "")
            editor.show(text)
            hover = editor.at("hover", text, "fresh.bal")
            cells = [
                bool(editor.at("definition", text, "account: &Acc")),
                "fn balance" in json.dumps(hover or ""),
                "deposit" in editor.offered(text, "    account."),
            ]
            words = ["yes" if cell else "no" for cell in cells]
            words.append(("yes" if inside[1] in editor.offered(text, inside[0]) else "no") if inside else "")
            print(f"| {name} | {' | '.join(words)} |", flush=True)
        editor.server.kill()


if __name__ == "__main__":
    main()
