"""What a line of the shell can mean: the words of a command, an entry, a correction, or a question to who typed it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, Protocol

from khata.grammar.modes import PaidPart
from khata.units import Day, Paise, Seq


class Certainty(Enum):
    """How well a run of words names a party."""

    EXACT = "exact"
    ONE = "one"
    LOOSER = "looser"
    SEVERAL = "several"
    NOBODY = "nobody"


class Found(NamedTuple):
    """What is known of a run of words.

    Attributes:
        how: exactly a name or alias; one whole word of one party; near one party's; of several; of nobody.
        handle: what names the party to a command: `@3`, or the words themselves where the command is to ask.
        name: how the party is called, or the words themselves.
    """

    how: Certainty
    handle: str
    name: str


class Lookup(Protocol):
    """What the reader of a line asks of whoever knows the commands and the customers."""

    def command(self, word: str, /) -> str | None:
        """The command that a word means."""

    def verb(self, word: str, /) -> str | None:
        """The command that a word between a name and a sum means: `ramesh jama 200`."""

    def said(self, what: str, /) -> frozenset[str]:
        """The words for what is said in a line and is no command: `to`, `from`, `paid` …, in small letters."""

    def party(self, text: str, /) -> Found:
        """Whom a name means, as far as it can be recorded for."""


@dataclass(frozen=True, slots=True)
class Run:
    """The words of a command, as they would follow `khata`."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuickEntry:
    """One way to read a line that records.

    Attributes:
        verb: the command.
        handle: what names the party to it.
        name: how the party is called.
        amount: the sum as it was typed; `paise` is what it comes to.
        paid: what was paid of it at once.
        mode: how money changed hands, if that was said.
        full: whether the rest is let go of.
        on: the business day, if one was said.
        note: "" for none.
        options: options as they were typed, values joined to their names.
    """

    verb: str
    handle: str
    name: str
    amount: str
    paise: Paise
    paid: tuple[PaidPart, ...] = ()
    mode: str | None = None
    full: bool = False
    on: Day | None = None
    note: str = ""
    options: tuple[str, ...] = ()

    def words(self) -> tuple[str, ...]:
        """The command's words. Names and sums stand after `--`, so that none is ever an option."""
        said = [f"--paid={_part(part)}" for part in self.paid]
        said += [f"--mode={self.mode}"] if self.mode else []
        said += ["--full"] if self.full else []
        said += [f"--on={self.on}"] if self.on else []
        said += [f"--note={self.note}"] if self.note else []
        return (self.verb, *said, *self.options, "--", self.handle, self.amount)


@dataclass(frozen=True, slots=True)
class Fix:
    """A correction: of an entry, or, where none is named, of what this counter recorded last today."""

    entry: Seq | None = None
    amount: str | None = None
    paise: Paise | None = None
    handle: str | None = None
    name: str = ""
    reason: str = ""
    options: tuple[str, ...] = ()

    def words(self) -> tuple[str, ...]:
        """The command's words, once the entry is known."""
        said = [f"--party={self.handle}"] if self.handle else []
        said += [f"--reason={self.reason}"] if self.reason else []
        return ("correct", *said, *self.options, "--", str(self.entry), *([self.amount] if self.amount else []))


@dataclass(frozen=True, slots=True)
class Which:
    """A line that can be read in these ways. None of them is the default."""

    choices: tuple[QuickEntry | Fix, ...]


@dataclass(frozen=True, slots=True)
class Expanded:
    """The line with the name written out. It waits for a second Enter."""

    line: str
    name: str


@dataclass(frozen=True, slots=True)
class Turn:
    """`day 21-11`: the day of the lines that follow; None asks which it is."""

    day: Day | None


@dataclass(frozen=True, slots=True)
class By:
    """`by meena`: who records from here on; "" asks who does."""

    name: str


@dataclass(frozen=True, slots=True)
class Help:
    """`help`."""


@dataclass(frozen=True, slots=True)
class Leave:
    """`exit`, `quit`, `bas`."""


Meaning = Run | QuickEntry | Fix | Which | Expanded | Turn | By | Help | Leave


def _part(part: PaidPart) -> str:
    amount = "all" if part.paise is None else f"{part.paise // 100}.{part.paise % 100:02d}"
    return f"{amount}:{part.mode}"
