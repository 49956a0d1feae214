"""The workshop: a shop, its accountant who is a witness, a customer with one proof. Each is a home of its own."""

from __future__ import annotations

import copy
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from khata.log.chain import EMPTY, Entry, Head, seal
from khata.store.sqlite.schema import OBJECTS
from tests.cli.conftest import Counter
from tests.homes import copied

TRIGGERS = [name for name in OBJECTS if name.startswith("event_")]


class Workshop:
    """Three homes, and the hand of whoever owns the shop's computer.

    Attributes:
        shop: the shop; `ca` the accountant, who signed entries 1 to 7; `customer` somebody else's computer.
        proof: of entry 4, in the customer's hands.
    """

    def __init__(self, folder: Path) -> None:
        for name in ("shop", "ca", "customer"):
            (folder / name).mkdir()
        self.shop, self.ca, self.customer = (
            Counter(folder / "shop"),
            Counter(folder / "ca"),
            Counter(folder / "customer"),
        )
        self.files = folder / "files"
        self.files.mkdir()
        for line in (
            "init Sharma Kirana",
            "sale Ramesh 450 --new",
            "receive ramesh 100",
            "sale Sita 700 --new",
            "sale ramesh 60",
        ):
            self.well(self.shop, *line.split())
        (self.book,) = (folder / "shop" / "Khata").glob("*.khata")
        self.well(self.ca, "witness", "init", "--name", "mehta-ca")
        self.cosign()
        self.well(self.shop, "checkpoint", "-o", self.file("saved.checkpoint"))
        self.well(self.shop, "proof", "4", "-o", self.file("4.tlog-proof"))
        self.well(self.shop, "sale", "ramesh", "5")

    def copied(self, folder: Path) -> Workshop:
        """The same in another folder, with the same keys."""
        other = copy.copy(self)
        for name in ("shop", "ca", "customer"):
            counter: Counter = getattr(self, name)
            copied(counter.home, folder / name)
            setattr(other, name, replace(counter, home=folder / name, environ=dict(counter.environ)))
        other.files = Path(shutil.copytree(self.files, folder / "files"))
        other.book = folder / self.book.relative_to(self.files.parent)
        return other

    def well(self, who: Counter, *words: str) -> None:
        answer = who(*words)
        assert answer.code == 0, (words, answer)

    def file(self, name: str) -> str:
        return str(self.files / name)

    def cosign(self, name: str = "first") -> int:
        """A request, the answer to it, and that added; the exit code of the witness."""
        asked, answer = self.file(f"{name}.request"), self.file(f"{name}.answer")
        self.well(self.shop, "witness", "request", "-o", asked)
        code = self.ca("witness", "sign", asked, "-o", answer).code
        if code == 0:
            self.well(self.shop, "witness", "add", answer)
        return code

    # --- the attacker's hand

    def entries(self) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(self.book)) as connection:
            return [json.loads(body) for (body,) in connection.execute("SELECT body FROM event ORDER BY seq")]

    def rewrite(self, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], *, forget: bool = True) -> None:
        """Change entries, chain all of them anew, and wipe what this computer remembers but for the key."""
        made: list[Entry] = []
        head: Head = EMPTY
        for each in change(self.entries()):
            moved = each | {"@prev": head.hash.hex(), "@seq": head.seq + 1}
            body = json.dumps(moved, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
            made.append(seal(body, head))
            head = Head(made[-1].seq, made[-1].hash)
        with closing(sqlite3.connect(self.book, isolation_level=None)) as connection:
            for name in TRIGGERS:
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute("DELETE FROM event")
            connection.executemany("INSERT INTO event VALUES (?, ?, ?)", made)
            connection.execute("DELETE FROM detail WHERE entry > ?", (len(made),))
            for name in TRIGGERS:
                connection.execute(OBJECTS[name])
        if forget:
            self.forget()

    def forget(self) -> None:
        """What the owner can do to his own computer: everything but the key is gone."""
        home = self.shop.home
        for folder in (home / ".cache", home / ".local" / "state", home / "Khata" / "checkpoints"):
            shutil.rmtree(folder, ignore_errors=True)

    # --- the evidence

    def chain_alone(self) -> bool:
        """Whether the book is unbroken by itself, to who asks nobody else."""
        return self.shop("verify").code == 0

    def caught_by(self) -> set[str]:
        """Which evidence tells that the book is not what it was."""
        found = set()
        for name, file in (("saved checkpoint", "saved.checkpoint"), ("customer's proof", "4.tlog-proof")):
            answer = self.shop("verify", "--against", self.file(file), "--json")
            (compared,) = answer.data["against"]
            if compared["result"] == "bad":
                assert answer.code == 1
                found.add(name)
        asked = self.file("later.request")
        Path(asked).unlink(missing_ok=True)
        self.well(self.shop, "witness", "request", "--old", "7", "-o", asked)
        beside = self.file("witness")  # asked beside, so that it has not signed this the next time
        shutil.copytree(self.ca.home / ".local" / "share" / "khata" / "witness", beside, dirs_exist_ok=True)
        if self.ca("witness", "sign", asked, "--dir", beside).code != 0:
            found.add("witness")
        return found


Change = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]
"""What an attacker does to the entries."""


def amount_of(entry: int, paise: int) -> Change:
    def change(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        entries[entry - 1]["data"]["amount_paise"] = paise
        return entries

    return change
