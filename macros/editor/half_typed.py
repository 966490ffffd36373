#!/usr/bin/env python3
"""What rust-analyzer still knows of a type or a test while somebody types in it: the tables of docs/editors.md.

It drives rust-analyzer as an editor does, over its standard input, on a crate in a temporary folder: one edit at a time,
and some questions after each. Does the type's name lead to its definition, does a call of a method resolve, and is
a method offered after a point? With `--plain` the same edits without the attributes, to tell what is rust-analyzer's own.
The subjects are in `subjects.py`; a name or several, `guarded concurrent race_test`, asks about these alone. With
`--rename` no edits: how many places a renaming changes, and how many without the attributes.

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

from subjects import RENAMES, SUBJECTS, plain_text

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

    def at(self, method, text, before, more=None):
        end = text.index(before) + len(before)
        place = {"line": text.count("\n", 0, end), "character": end - text.rfind("\n", 0, end) - 1}
        where = {"textDocument": {"uri": self.uri}, "position": place}
        return self.ask("textDocument/" + method, where | (more or {}))

    def renamed(self, text, before):
        """How many places a renaming changes."""
        self.show(text)
        found = self.at("rename", text, before, {"newName": "renamed"}) or {}
        return sum(len(change.get("edits", [])) for change in found.get("documentChanges", []))

    def offered(self, text, before):
        found = self.at("completion", text, before) or []
        return {item["label"].split("(")[0] for item in (found["items"] if isinstance(found, dict) else found)}

    def knows(self, text, question):
        """One cell: does `definition` lead anywhere, does `hover` say these words, does `completion` offer them?"""
        method, before, words = question
        if before not in text:
            return "gone"
        if method == "completion":
            return "yes" if words in self.offered(text, before) else "no"
        answer = self.at(method, text, before)
        return "yes" if (words in json.dumps(answer or "") if words else bool(answer)) else "no"


def main():
    plain = "--plain" in sys.argv
    asked = [name for name in sys.argv[1:] if not name.startswith("-")]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "src").mkdir()
        (folder / "Cargo.toml").write_text(MANIFEST)
        (folder / "Cargo.lock").write_bytes((HERE / "Cargo.lock").read_bytes())
        (folder / "src/lib.rs").write_text("")
        editor = Editor(folder)
        editor.show("")
        editor.ready.wait(900)
        if "--rename" in sys.argv:
            texts = {name: whole for name, whole, *_ in SUBJECTS}
            print("| renamed | places that change | in plain code |\n|---|---|---|")
            for what, name, before in RENAMES:
                places = [editor.renamed(text, before) for text in (texts[name], plain_text(texts[name]))]
                print(f"| {what} | {places[0]} | {places[1]} |", flush=True)
            editor.server.kill()
            return
        for name, whole, questions, cases in SUBJECTS:
            if asked and name not in asked:
                continue
            headings = [heading for heading, *_ in questions]
            print(f"\n{name}\n\n| typed | {' | '.join(headings)} | offered inside |\n|{'---|' * (len(headings) + 2)}")
            for typed, old, new, inside in cases:
                assert old in whole, typed
                text = whole.replace(old, new, 1)
                text = plain_text(text) if plain else text
                editor.show(text)
                cells = [editor.knows(text, question) for _, *question in questions]
                cells.append(editor.knows(text, ("completion", *inside)) if inside else "")
                print(f"| {typed} | {' | '.join(cells)} |", flush=True)
        editor.server.kill()


if __name__ == "__main__":
    main()
