"""What is known of a file once it was read: its rows, its names, and what is wrong with it."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import Any

from khata.importing.faults import Faults, Noted
from khata.importing.file_rows import FileRows
from khata.importing.journal_accounts import Accounts
from khata.units import Day, Party

COUNTER = -1
"""The place, among a file's names, of nobody in particular."""

_NO_DAY = Day("")


@dataclass(slots=True)
class Name:
    """One party as the file calls it: cleaned, its key, where it first stands, its phone if the file has one.

    `number` is set where the file says `@3`.
    """

    text: str
    key: str
    row: int
    number: Party | None = None
    phone: str | None = None


@dataclass(slots=True)
class File:
    """A file read whole: what it is, its rows with their references, its names, and what is wrong with it.

    `count` is the number of its data rows, empty ones aside; `unread` are those that are not among `rows` for their
    faults; `sha256` is that of its raw bytes, 64 hex, and where a sheet was said, of a NUL and the sheet's name behind
    them. `first` and `last` are the days between which its rows lie. `passed_over` are rows that hold no entry, such as
    a total, and `passed_for` the same by why (`columns.REASONS`); `guessed`: whether nobody said whose file it is, and
    its header does not show it beyond doubt; `balance_checked`: whether each row has a balance, and they add up.
    `worth_a_look` are rows that can be read, and may have been mistyped; `encoding` and `sheet` are those which were
    said, None for none; so is `accounts`, of a journal. `found` is what a file of another program is, None for a table;
    `openings`: whether something is brought forward by it.
    """

    name: str = ""
    sha256: str = ""
    profile: str = "khata"
    count: int = 0
    first: Day = _NO_DAY
    last: Day = _NO_DAY
    rows: FileRows = field(default_factory=FileRows)
    unread: array[int] = field(default_factory=lambda: array("q"))
    names: list[Name] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    called: dict[str, str] = field(default_factory=dict)
    header_row: int = 1
    passed_over: array[int] = field(default_factory=lambda: array("q"))
    passed_for: dict[str, array[int]] = field(default_factory=dict)
    guessed: bool = False
    balance_checked: bool = False
    encoding: str | None = None
    sheet: str | None = None
    accounts: Accounts | None = None
    worth_a_look: Noted = field(default_factory=Noted)
    found: dict[str, Any] | None = None
    openings: bool = False

    @property
    def read_as(self) -> str | None:
        """By which profile its rows are read, where that is a guess."""
        return self.profile if self.guessed else None

    def column(self, name: str) -> str:
        """What the file calls a column."""
        return self.called.get(name, name)

    def pass_over(self, row: int, why: str = "") -> None:
        """Note a row that holds no entry."""
        self.passed_over.append(row)
        self.passed_for.setdefault(why, array("q")).append(row)

    def take_up(self, row: int) -> None:
        """Forget that a row was passed over."""
        for rows in (self.passed_over, *self.passed_for.values()):
            if row in rows:
                rows.remove(row)

    def close(self) -> None:
        """Forget its rows."""
        self.rows.close()
