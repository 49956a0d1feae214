"""What a journal of plain-text accounting holds, whichever program wrote it: data, with the line where each begins.

Amounts are in paise, positive debit. What is wrong with a part of it is a word (`why`) and facts for a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class JournalPosting(NamedTuple):
    """A line of a transaction; paise None where it is what makes the transaction come to nothing."""

    line: int
    account: str
    paise: int | None


class Assertion(NamedTuple):
    """That an account holds so much.

    Attributes:
        line: where it stands.
        on: the day, as text.
        account: with all below it where `whole`.
        paise: what it should hold.
        whole: whether the accounts below it count.
        within: by how many paise it may differ.
        before: whether it is meant before all of the day, not behind the posting on whose line it stands.
    """

    line: int
    on: str
    account: str
    paise: int
    whole: bool = False
    within: int = 0
    before: bool = False


class Strange(NamedTuple):
    """A line that is not understood; where `code` is given, it is that fault of a file, with facts."""

    line: int
    why: str
    text: str
    code: str = ""
    facts: Mapping[str, object] | None = None


class Beside(NamedTuple):
    """A directive that moves no money."""

    line: int
    why: str
    text: str


@dataclass(slots=True)
class JournalEntry:
    """A transaction.

    Attributes:
        line: where it begins.
        on: its day as text, as khata reads days.
        title: what stands behind the day: description, or narration.
        payee: of beancount, who it is with.
        ref: the code in brackets, or what the metadata call `ref`.
        tags: what its comments or its metadata say of it, by name.
        postings: what it moves.
        wrong: why it cannot be read; "" where it can.
        facts: for the sentence on `wrong`.
    """

    line: int
    on: str
    title: str
    payee: str = ""
    ref: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    postings: list[JournalPosting] = field(default_factory=list)
    wrong: str = ""
    facts: dict[str, str] = field(default_factory=dict)

    def is_wrong(self, why: str, **facts: str) -> None:
        """Note why it cannot be read; the first reason stays."""
        if not self.wrong:
            self.wrong, self.facts = why, facts

    def complete(self) -> None:
        """Give the one posting without an amount what the others leave; note it where they do not come to nothing."""
        open_ = [place for place, each in enumerate(self.postings) if each.paise is None]
        rest = -sum(each.paise or 0 for each in self.postings)
        if self.wrong:
            return
        if len(open_) > 1:
            self.is_wrong("several_open")
        elif open_:
            self.postings[open_[0]] = self.postings[open_[0]]._replace(paise=rest)
        elif rest or not self.postings:
            self.is_wrong("unbalanced" if self.postings else "no_sides")


class Pad(NamedTuple):
    """An amount that beancount makes up so that an account holds what is asserted next; from which account it comes."""

    line: int
    text: str
    accounts: tuple[str, ...]


JournalItem = JournalEntry | Assertion | Strange | Beside | Pad
