"""Reconciles a year as a shop does: file after file; what is doubtful is answered where the right one is offered."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from khata.importing.check import Options
from khata.importing.profile import profile
from khata.importing.rows import Manner
from khata.importing.run import import_file
from khata.questions.parties import all_parties
from khata.reconciling.run import ReadStatement, Reconciled
from khata.reconciling.verdicts import Asked, LineVerdict, SureLine
from khata.rules.party import AmendParty
from tests.books import Shop, in_memory
from tests.reconciling.scoring import BookEntry, Score, score
from tests.reconciling.year import Year

Answer = dict[str, list[dict[str, Any]]]


@dataclass
class DrivenYear:
    """A shop whose book is a year's, and what khata made of the statements that were put to it so far.

    Attributes:
        results: by the name of each file the answer, as `khata reconcile --json` has it.
        answered: of rows that were asked about and answered, the entry that stands for the payment since.
    """

    year: Year
    shop: Shop = field(default_factory=in_memory)
    results: dict[str, Answer] = field(default_factory=dict)
    answered: dict[tuple[str, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        import_file(str(self.year.book), self.shop.books, Options(new_parties="all"))
        for name, alias in self.year.aliases:
            self.shop.record(AmendParty(party=self.shop.party(name), add_aliases=(alias,)))
        self.names: dict[int, str] = {each.party: each.name or "" for each in all_parties(self.views)}

    @property
    def views(self) -> sqlite3.Connection:
        self.shop.books.catch_up()
        return self.shop.books.cache.connection

    def drive(self, name: str) -> None:
        """Reconcile one file: what is sure is recorded, what is asked about is answered, and recorded then."""
        statement = self.read(name)
        found = statement.reconcile({}, record=True)
        rows = _rows(found)
        answers = {row: said for row, asked in found.doubtful.items() if (said := self._said(name, row, asked))}
        if answers:
            then = statement.reconcile(answers, record=True)
            made = {each.row: each.entry for each in then.recorded} | {each.row: each.entry for each in then.matched}
            self.answered |= {(name, row): entry for row in answers if (entry := made.get(row))}
            # What an answer taught may have made other rows clear.
            clear = {row: said for row, said in _rows(then).items() if row not in answers}
            rows |= {row: said for row, said in clear.items() if rows[row][0] in ("doubtful", "left")}
        self.results[name] = self._told(rows)

    def read(self, name: str) -> ReadStatement:
        """One file of the year, read."""
        chosen = profile(self.year.profiles[name])
        return ReadStatement(str(self.year.folder / name), self.shop.books, chosen, Manner())

    def scored(self) -> Score:
        """What came of it all."""
        rows = self.views.execute("SELECT seq, ref, note, party, day, credit_paise FROM entry")
        entries = {
            seq: BookEntry(ref or "", note or "", self.names.get(party, ""), day, paise or 0)
            for seq, ref, note, party, day, paise in rows
        }
        return score(self.results, self.year, self.names, entries, self.answered)

    def _said(self, name: str, row: int, asked: Asked) -> LineVerdict | None:
        """What the shopkeeper says where the right one is offered: this entry, or this customer; else nothing."""
        who, lines = self.year.answer_for(name, row), self.year.lines_for(name, row)
        for each in asked.candidates:
            if lines and each.entry is not None and self._typed_in(each.entry) in lines:
                return SureLine(each.party, each.entry, "answer")
            if not lines and each.entry is None and each.party is not None and self.names[each.party] == who:
                return SureLine(each.party, None, "answer")
        return None

    def _typed_in(self, entry: int) -> int:
        """The row of book.csv in which an entry was typed; 0 for one that came with a statement."""
        found = self.views.execute(
            "SELECT import_row FROM entry e JOIN import i ON i.entry = e.import_entry WHERE e.seq = ? AND i.file = ?",
            (entry, self.year.book.name),
        ).fetchone()
        return int(found[0]) if found else 0

    def _told(self, rows: Mapping[int, tuple[str, dict[str, Any]]]) -> Answer:
        told: Answer = {"matched": [], "recorded": [], "doubtful": [], "left": []}
        for row, (what, said) in rows.items():
            for each in said.get("candidates", ()):
                each["name"] = self.names.get(each["party"])
            told[what].append({"row": row, **said})
        return told


def _rows(found: Reconciled) -> dict[int, tuple[str, dict[str, Any]]]:
    """Of each row what it is, and what is said of it."""
    rows: dict[int, tuple[str, dict[str, Any]]] = {row: ("left", {}) for row in found.left}
    rows |= {
        row: ("doubtful", {"candidates": [c._asdict() for c in x.candidates]}) for row, x in found.doubtful.items()
    }
    rows |= {each.row: ("matched", {"entry": each.entry}) for each in found.matched}
    rows |= {each.row: ("recorded", {"entry": each.entry, "party": each.party}) for each in found.recorded}
    return rows
