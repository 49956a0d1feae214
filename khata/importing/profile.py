"""Whose file it is: a profile arranges the cells of a row in the order that the row reader knows.

A profile is data: which heads a column may have, which words its types, what a sign means, how a bank writes a name.
khata's own is here; the others are small TOML files in `profiles/`, and anybody's own may be named by its path.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from operator import itemgetter
from pathlib import Path

from khata.grammar.signs import CREDIT, DEBIT, PLUS
from khata.importing.arranging import BALANCE_SIDE, Arranger, Ways
from khata.importing.columns import (
    BALANCE,
    CANCELLED,
    COLUMNS,
    ENTRY,
    GAVE,
    GOT,
    OTHERS,
    PASSED_OVER,
    REASON,
    REQUIRED,
    REVERSES,
    SIDE,
    STATUS,
    Arrange,
)
from khata.importing.faults import Faults
from khata.importing.profile_file import BadProfile, ProfileReader
from khata.importing.words import folded
from khata.rules.refused import Refused


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How the cells of one file are arranged, what its columns are called there, and which have no head at all.

    `steps` gives what a row of a bank moved, and its balance; None where the file has no balance beside each row.
    """

    arrange: Arrange
    called: dict[str, str]
    unnamed: tuple[int, ...] = ()
    steps: Arranger | None = None


class UnknownProfile(Refused):
    """There is no profile of this name. Facts: `value`, `known`."""

    code = "unknown_profile"


@dataclass(frozen=True)
class TableProfile:
    """What is known of a kind of file.

    Attributes:
        name: as `import_started` carries it.
        columns: of each head, folded, the cell that its column is: one of COLUMNS and OTHERS.
        ways: how a row says what it is: `types` (of each word of its own for a type, folded, ours), `pairs` (the types
            of what was given and of what came, where amounts stand in two columns), `signs` (the types that the signs
            of an amount mean), `status` (the words of rows that came to something), `counter` (names that are nobody
            in particular), `cash_types` (of `types`, those that say it was paid in cash), `end` (how what stands below
            the table begins), `mode` (of money, where nothing says it), `nameless` (whether the file may have no column
            for the party), `ref_by_type` (whether each type numbers its own bills, so that `12` is `Sales 12`) and
            `narration`.
        others: whether columns that it does not know are passed over.
        keep_time: whether a time behind the day goes before the note.
        about: one line of what it is, in English.
        single: GAVE or GOT where only that one was said to be a column, so that every row is of that type.
        asked: heads that were named for once, each of which must be there.
    """

    name: str
    columns: Mapping[str, str]
    ways: Ways = field(default_factory=Ways)
    others: bool = False
    keep_time: bool = False
    about: str = ""
    single: str = ""
    asked: tuple[str, ...] = ()

    @property
    def is_statement(self) -> bool:
        """Whether such a file shows what a bank, or an app, saw: its days are theirs."""
        return bool(self.ways.narration.party or self.ways.status)

    def fits(self, header: Sequence[str]) -> bool:
        """Whether a row is a header from which rows can be read."""
        found = {self.columns.get(folded(each)) for each in header}
        amount = "amount" in found and ("type" in found or self._signs_say(found))
        in_place = "note" if self.ways.narration.party else STATUS
        whose = "party" in found or (self.ways.nameless and in_place in found)
        return "date" in found and whose and (amount or {GAVE, GOT} <= found or self.single in found)

    def knows(self, row: Sequence[str]) -> int:
        """How many cells of a row are heads of its columns."""
        return sum(folded(head) in self.columns for head in row if head.strip())

    def _signs_say(self, found: Collection[str | None]) -> bool:
        """Whether signs show what a row is.

        In the statement of a bank each amount may have its own, `-500` or `500 Dr`: the balance shows that it is so.
        """
        own = PLUS in self.ways.signs or (bool(self.ways.narration.party) and BALANCE in found)
        return bool(self.ways.signs) and (SIDE in found or own)

    def spoken(self, words: Mapping[str, str]) -> TableProfile:
        """The same, and the words of the trade for a type with it. khata's own files say what they mean."""
        if self.name in (KHATA.name, EXPORT.name):
            return self
        types = {folded(word): meant for word, meant in words.items()} | dict(self.ways.types)
        return replace(self, ways=replace(self.ways, types=types))

    def arranged(self, header: Sequence[str], row: int, faults: Faults) -> Arrangement | None:
        """How rows are read under a header; None, and faults, if they cannot be."""
        places: dict[str, int] = {}
        called: dict[str, str] = {}
        unnamed = []
        readable = self._has_what_was_asked(header, row, faults)
        for place, typed in enumerate(header):
            column = self.columns.get(folded(typed))
            if typed.strip() == REASON:
                continue
            if column == SIDE and places.get(BALANCE) == place - 1:
                column = BALANCE_SIDE
            if not typed.strip():
                unnamed.append(place)
            elif column is None and not self.others:
                _unknown(row, typed.strip(), faults)
            elif column in places:
                facts = {"columns": [places[column] + 1, place + 1]}
                faults.add(row, typed.strip(), typed.strip(), "column_twice", facts)
                readable = False
            elif column not in (None, PASSED_OVER):
                places[column], called[column] = place, typed.strip()
        if self.single in places and not {GAVE, GOT} <= places.keys() and "amount" not in places:
            own = self._of_one_type()
            places["amount"], called["amount"] = places.pop(self.single), called.pop(self.single)
        else:
            own = self
        for column in own._needed(places):
            faults.add(row, column, "", "missing_column", {"required": list(REQUIRED), **own._way_out(column, called)})
            readable = False
        if not readable:
            return None
        if GAVE in places and GOT in places:
            amount = called[GOT if self.ways.pairs[0] == PASSED_OVER else GAVE]
            called = {"amount": amount, "type": amount} | called
        # Of rows that were set aside those between are elsewhere: their balances cannot add up.
        whole = REASON not in map(str.strip, header)
        return own._arrangement(places, called, len(header), tuple(unnamed), whole=whole)

    def _has_what_was_asked(self, header: Sequence[str], row: int, faults: Faults) -> bool:
        """Whether each head that somebody named is there: a slip of the hand would leave a column unread."""
        heads = [each.strip() for each in header if each.strip()]
        missing = [head for head in self.asked if folded(head) not in map(folded, heads)]
        for head in missing:
            faults.add(row, head, "", "no_such_head", {"heads": heads})
        return not missing

    def _of_one_type(self) -> TableProfile:
        """The same for a file in which every amount is of one type; Dr and Cr in a list of sales say their own."""
        given, came = self.ways.pairs
        signs = {PLUS: given, DEBIT: given, CREDIT: came} if self.single == GAVE else {PLUS: came}
        return replace(self, ways=replace(self.ways, signs=signs))

    def _needed(self, places: Mapping[str, int]) -> list[str]:
        """The columns without which no row can be read, and which are not there."""
        paired = GAVE in places and GOT in places
        there = set(places)
        if paired:
            there |= {"type", "amount"}
        if self._signs_say(places):
            there.add("type")
        if self.ways.nameless:
            there.add("party")
        return [column for column in REQUIRED if column not in there]

    def _way_out(self, column: str, called: Mapping[str, str]) -> dict[str, object]:
        """What else can be said where no column says what a row is, but one how much: facts of a fault."""
        if column != "type" or "amount" not in called:
            return {}
        if self.name == KHATA.name or self.name not in names():
            return {"what": "type", "amount": called["amount"]}
        return {"what": "type_of", "amount": called["amount"], "profile": self.name}

    def _arrangement(
        self, places: Mapping[str, int], called: dict[str, str], width: int, unnamed: tuple[int, ...], *, whole: bool
    ) -> Arrangement:
        paired = GAVE in places and GOT in places
        if self.ways == Ways() and not (paired or CANCELLED in places):
            # The reader puts one empty cell after the last: that is where a column points which the file does not have.
            return Arrangement(itemgetter(*(places.get(column, width) for column in COLUMNS)), called, unnamed)
        made = Arranger(self.ways, places, width, own_party=folded(called.get("party", "")) == "party")
        return Arrangement(made, called, unnamed, made if made.has_balance and whole else None)


def _unknown(row: int, typed: str, faults: Faults) -> None:
    from difflib import get_close_matches

    said = folded(typed)
    near = [column for column in get_close_matches(said, COLUMNS) if column[:1] == said[:1]]  # `rate` is no `date`
    facts: dict[str, object] = {"allowed": list(COLUMNS)}
    if near:
        facts["nearest"] = near[0]
    faults.add(row, typed, typed, "unknown_column", facts)


_OWN_EXPORT = ("party number", "corrects", "at", "by", "by name", "items")

KHATA = TableProfile("khata", {column: column for column in COLUMNS}, about="khata's own columns")
EXPORT = TableProfile(
    "khata-export",
    {column: column for column in (*COLUMNS, ENTRY, REVERSES)}
    | dict.fromkeys(_OWN_EXPORT, PASSED_OVER)
    | {"reversed by": CANCELLED},
    Ways(types={"reverse": PASSED_OVER}),
    about="what khata export --format csv writes",
)

TALLY = TableProfile(
    "tally-xml", KHATA.columns, Ways(types={"ignore": PASSED_OVER}), about="Tally's XML of ledgers and vouchers"
)
BUNDLE = TableProfile(
    "khata-bundle", KHATA.columns, Ways(types={"ignore": PASSED_OVER}), about="the open .khata bundle (Bahi)"
)
JOURNAL = TableProfile(
    "journal", KHATA.columns, Ways(types={"ignore": PASSED_OVER}), about="a journal of hledger or ledger"
)
BEANCOUNT = TableProfile("beancount", KHATA.columns, Ways(types={"ignore": PASSED_OVER}), about="a file of beancount")
JOURNALS = {each.name: each for each in (JOURNAL, BEANCOUNT)}
"""Those of plain-text accounting, by name."""

_MADE = (KHATA, EXPORT, TALLY, BUNDLE, JOURNAL, BEANCOUNT)
"""Those that are no files of their own."""

_FOLDER = Path(__file__).parent / "profiles"


@cache
def names() -> tuple[str, ...]:
    """The profiles that khata brings."""
    return (*(each.name for each in _MADE), *sorted(path.stem for path in _FOLDER.glob("*.toml")))


def profile(name: str) -> TableProfile:
    """A profile by its name, or by the path of its file, which ends in `.toml`.

    Raises:
        UnknownProfile: there is none.
        BadProfile: it cannot be read.
    """
    for own in _MADE:
        if name == own.name:
            return own
    path = Path(name).expanduser() if name.endswith(".toml") else _FOLDER / f"{name}.toml"
    if not name.endswith(".toml") and name not in names():
        raise UnknownProfile(value=name, known=list(names()))
    try:
        said = ProfileReader(tomllib.loads(path.read_text(encoding="utf-8")), str(path)).read()
    except FileNotFoundError as e:
        raise UnknownProfile(value=name, known=list(names())) from e
    except (OSError, ValueError) as e:
        raise BadProfile(path=str(path), why=str(e)) from e
    return TableProfile(path.stem, said.columns, said.ways, said.others, keep_time=said.keep_time, about=said.about)


def mapped(base: TableProfile, mapping: Mapping[str, str], ignored: Sequence[str]) -> TableProfile:
    """A profile with heads that were given for once: head → column, or a type for a column of amounts.

    Raises:
        BadProfile: a head is mapped to what is no column.
    """
    columns, said = dict(base.columns), set()
    for head, column in mapping.items():
        target = folded(column).replace(" ", "-")
        if target in ("sale", "receive"):
            target = GAVE if target == "sale" else GOT
            said.add(target)
        if target not in (*COLUMNS, *OTHERS):
            known = [*COLUMNS, "sale", "receive", PASSED_OVER]
            raise BadProfile(what="column", path=head, why=column, known=known)
        columns[folded(head)] = target
    single = said.pop() if len(said) == 1 else ""
    columns |= dict.fromkeys(map(folded, ignored), PASSED_OVER)
    return replace(base, columns=columns, single=single, asked=(*mapping, *ignored))
