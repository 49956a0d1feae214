"""One row of somebody's table into the cells that the row reader knows: what it is, how much, whose, how paid.

What khata's own files say is taken as it stands. Other programs say with a sign, a second column or a word of their own
what khata says in `type`; where two of these contradict each other, the row is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import itemgetter

from khata.grammar.digits import BLANKS
from khata.grammar.signs import CREDIT, DEBIT, MINUS, PLUS, side, signed
from khata.importing.below import line_of
from khata.importing.columns import (
    BAD_STATUS,
    BALANCE,
    BELOW,
    CANCELLED,
    COLUMNS,
    ENTRY,
    GAVE,
    GOT,
    LEFT_OUT,
    MONEY_OUT,
    OTHER_TYPE,
    PASSED_OVER,
    REVERSES,
    SIDE,
    STATUS,
    VPA,
    Aside,
    Cells,
    Wrong,
)
from khata.importing.narration import Narration, unfolded
from khata.importing.row_types import ADVANCE, GOODS, MOVING, TO_THEM, TYPES
from khata.importing.running import moved
from khata.importing.undone import Undone
from khata.importing.words import TOTAL, folded

BALANCE_SIDE = "balance_side"
"""A column beside the balance that says Dr or Cr."""

DATE, TYPE, PARTY, AMOUNT, MODE, PAID, REF, NOTE = range(8)

IN, OUT = "in", "out"


@dataclass(frozen=True, slots=True)
class Ways:
    """How rows of one kind of file say what they are; the attributes are those of `TableProfile`."""

    types: Mapping[str, str] = field(default_factory=dict)
    pairs: tuple[str, str] = ("sale", "receive")
    signs: Mapping[str, str] = field(default_factory=dict)
    status: frozenset[str] = frozenset()
    counter: frozenset[str] = frozenset()
    cash_types: frozenset[str] = frozenset()
    end: tuple[str, ...] = ()
    mode: str = ""
    nameless: bool = False
    ref_by_type: bool = False
    narration: Narration = field(default_factory=Narration)


class Arranger:
    """Arranges the rows of one file, in their order: what stands below the table ends it.

    `own_party`: the names stand in a column that the shopkeeper added, so that a dash there is his.
    """

    def __init__(self, ways: Ways, places: Mapping[str, int], width: int, *, own_party: bool = False) -> None:
        self._own_party = own_party
        # The reader puts one empty cell after the last: that is where a column points which the file does not have.
        self._pick = itemgetter(*(places.get(column, width) for column in COLUMNS))
        self._ways, self._places = ways, places
        self._gave, self._got = places.get(GAVE, width), places.get(GOT, width)
        self._side, self._status = places.get(SIDE, width), places.get(STATUS, width)
        self._balance, self._balance_side = places.get(BALANCE, width), places.get(BALANCE_SIDE, width)
        self._cancelled, self._vpa = places.get(CANCELLED, width), places.get(VPA, width)
        self._paired = GAVE in places and GOT in places
        self._over = False

    def __call__(self, cells: list[str]) -> Cells | Aside | Wrong:
        """See `Arrange`."""
        first = next((cell for cell in cells if cell.strip()), None)
        found: list[str] = list(self._pick(cells))
        if first is None:
            return tuple(found)  # type: ignore[return-value] # as many as there are columns
        if (aside := self._aside(cells, found, first)) is not None:
            return aside
        typed = found[TYPE]
        if self._ways.narration.party:
            found[NOTE] = unfolded(found[NOTE])
        kind = self._kind(cells, found)
        if not isinstance(kind, str):
            return kind
        found[TYPE] = kind
        if (stopped := self._whose(found)) is not None:
            return stopped
        self._how(found, typed)
        return tuple(found)  # type: ignore[return-value] # as many as there are columns

    def line(self, cells: list[str]) -> tuple[str, ...] | Aside | Wrong:
        """A row of a statement as it is held against the book, whoever paid: `Cells`, its way, UPI id and references.

        The way is IN or OUT; money that went out is a line, too. References are parted by line ends.
        """
        first = next((cell for cell in cells if cell.strip()), None)
        found: list[str] = list(self._pick(cells))
        if first is None:
            return (*found, "", "", "")
        if (aside := self._aside(cells, found, first)) is not None:
            return aside
        typed, narration = found[TYPE], self._ways.narration
        found[NOTE] = unfolded(found[NOTE])
        kind = self._kind(cells, found)
        if isinstance(kind, Wrong):
            return kind
        way = IN if kind in ("receive", "sale") else OUT
        if self._paired and way == OUT:
            found[AMOUNT] = _nothing(cells[self._gave])
        found[TYPE] = "receive"
        name = found[PARTY].strip(BLANKS)
        found[PARTY] = name if name not in _DASHES else ""
        self._how(found, typed)
        found[PARTY] = found[PARTY] or narration.party_of(found[NOTE])
        vpa = cells[self._vpa].strip() or narration.vpa_of(found[NOTE])
        # The number in the text is that of the payment; that beside it may be the bank's own.
        refs = narration.refs_of((found[NOTE], cells[self._places.get("ref", len(cells) - 1)])) or [found[REF].strip()]
        return (*found, way, vpa, "\n".join(filter(None, refs)))

    def step(self, cells: list[str]) -> tuple[int | None, str]:
        """What a row of a statement moved in paise (money in is more than 0; None: not known), and its balance."""
        balance = f"{cells[self._balance]} {side(cells[self._balance_side])}".strip()
        if self._paired:
            out, into = _nothing(cells[self._gave]), _nothing(cells[self._got])
            paise = moved(into or out)
            return (None if (out and into) or paise is None else paise if into else -paise), balance
        sign, bare = signed(cells[self._places.get("amount", -1)])
        sign = side(cells[self._side]) or sign
        paise = moved(bare)
        return (None if paise is None or not sign else -paise if sign in (MINUS, DEBIT) else paise), balance

    @property
    def ends_in_balance(self) -> bool:
        """Whether nothing that is read stands behind the balance."""
        return self.has_balance and self._places[BALANCE] == max(self._places.values())

    def is_text(self, cells: list[str]) -> bool:
        """Whether a row of a statement with more or fewer cells than its header is a sentence and no entry."""
        first = next((cell for cell in cells if cell.strip()), "")
        date = self._places.get("date", 0)
        return self._over or self._ends(first) or not _DATED.match("".join(cells[date : date + 1]))

    def _ends(self, first: str) -> bool:
        return bool(self._ways.end) and folded(first).startswith(self._ways.end)

    @property
    def has_balance(self) -> bool:
        """Whether the file has a column for the balance."""
        return BALANCE in self._places

    def _aside(self, cells: list[str], found: list[str], first: str) -> Aside | None:
        """Why a row holds no entry, before its amount is looked at."""
        ways = self._ways
        undated = not found[DATE].strip() or TOTAL.match(found[DATE])
        if cells[self._cancelled].strip():
            return Aside(undone=self._undone(cells, found, by=cells[self._cancelled]))
        if TOTAL.match(first) and undated:
            return Aside()
        self._over = self._over or self._ends(first)
        if self._over:
            return Aside(BELOW)
        amounts = [found[AMOUNT], cells[self._gave], cells[self._got]]
        if not _DATED.match(found[DATE]) and (why := line_of(cells, found[DATE], found[PARTY], amounts)) is not None:
            return Aside(why)
        named = found[PARTY].strip() and not _BROUGHT.search(found[PARTY])
        if not (found[DATE].strip() or named or any(map(str.isdigit, "".join(cells)))):
            return Aside()  # the second line of a header of two, a heading, a balance that is not written
        # A letterhead that comes again on each page, and what a bank brings forward.
        no_entry = not _DATED.match(found[DATE]) or bool(_BROUGHT.search(found[NOTE]))
        if self.has_balance and no_entry and not _moves(cells, self._gave, self._got, self._places.get("amount")):
            return Aside()
        if ways.status and folded(cells[self._status]) not in ways.status:
            return Aside(BAD_STATUS)
        return None

    def _undone(self, cells: list[str], found: list[str], *, by: str = "", of: str = "") -> Undone | None:
        return Undone(cells[self._places[ENTRY]], by, of, found[DATE]) if ENTRY in self._places else None

    # --- what it is

    def _kind(self, cells: list[str], found: list[str]) -> str | Aside | Wrong:
        """The type of a row; its amount is put in place without its sign."""
        typed = self._ways.types.get(folded(found[TYPE]), found[TYPE]) if found[TYPE].strip() else ""
        typed = typed.strip().casefold() if typed.strip().casefold() in TYPES else typed
        if typed == PASSED_OVER:
            of = cells[self._places[REVERSES]].strip() if REVERSES in self._places else ""
            return Aside(OTHER_TYPE, self._undone(cells, found, of=of) if of else None)
        meant = self._by_column(cells, found) if self._paired else self._by_sign(cells, found)
        if isinstance(meant, Wrong):
            return meant
        if meant == PASSED_OVER:
            return Aside(MONEY_OUT)
        if not typed or not meant:
            kind = typed or meant
        elif typed not in TYPES or typed == "opening":
            kind = typed
        elif (typed in TO_THEM) != (meant in TO_THEM):
            return Wrong("type", found[TYPE], "sign_against_type", {"type": typed, "what": meant})
        else:
            kind = typed
        if kind == "opening" and meant and meant not in TO_THEM and not found[MODE].strip():
            found[MODE] = ADVANCE
        return kind

    def _by_column(self, cells: list[str], found: list[str]) -> str:
        """Which of two columns for amounts is filled."""
        out, into = _nothing(cells[self._gave]), _nothing(cells[self._got])
        given, came = self._ways.pairs
        if bool(out) == bool(into):  # both or neither: the amount cannot be read, and is told so
            found[AMOUNT] = f"{out} {into}".strip()
            return given if given != PASSED_OVER else came
        found[AMOUNT] = out or into
        return given if out else came

    def _by_sign(self, cells: list[str], found: list[str]) -> str | Wrong:
        """What the sign of the amount means, or the column beside it; "" where there is none, and none is needed."""
        signs = self._ways.signs
        if not signs:
            return ""
        sign, bare = signed(found[AMOUNT])
        beside = side(cells[self._side])
        if SIDE in self._places:
            if not beside:
                return Wrong(SIDE, cells[self._side], "sign_missing") if found[AMOUNT].strip() else ""
            if sign not in ("", beside):
                return Wrong("amount", found[AMOUNT], "sign_twice", {"what": beside})
        if sign == PLUS and PLUS not in signs and {MINUS, CREDIT} <= signs.keys():
            sign = CREDIT  # written out beside minuses, it is no plain amount
            found[AMOUNT] = bare
        sign = beside or sign or (PLUS if found[AMOUNT].strip() else "")
        if sign == PLUS and PLUS not in signs and found[AMOUNT].strip() and not found[TYPE].strip():
            return Wrong("amount", found[AMOUNT], "sign_missing")
        if sign in signs:
            found[AMOUNT] = bare if sign != PLUS else bare.lstrip("+ ")
        return signs.get(sign, "")

    # --- whose it is, and how it was paid

    def _whose(self, found: list[str]) -> Aside | Wrong | None:
        """The name of a row, from its column or from the text of the bank."""
        ways, name = self._ways, found[PARTY].strip(BLANKS)
        if ways.nameless:
            if name in _DASHES:
                if self._own_party:
                    return Aside(LEFT_OUT)
                name = ""
            found[PARTY] = name or ways.narration.party_of(found[NOTE])
            if not found[PARTY]:
                return self._nobody(found)
        elif _BROUGHT.match(name):
            return Wrong("party", found[PARTY], "nobody_named", {"what": "cell"})
        if ways.counter and folded(name) in ways.counter:
            found[PARTY] = "counter"
            if found[TYPE] in GOODS and not found[MODE].strip() and not found[PAID].strip():
                found[MODE] = "cash"
        return None

    def _nobody(self, found: list[str]) -> Wrong:
        """The fault of a row that names nobody."""
        if "party" in self._places and not self._own_party:
            return Wrong("party", found[PARTY], "nobody_named", {"what": "cell"})
        return Wrong("note" if "note" in self._places else "party", found[NOTE], "nobody_named")

    def _how(self, found: list[str], typed: str) -> None:
        """The mode and the reference, and what was paid at once."""
        ways, kind = self._ways, found[TYPE]
        if folded(typed) in ways.cash_types and kind in GOODS and not (found[MODE] + found[PAID]).strip():
            found[MODE] = "cash"
        if kind in MOVING and not found[MODE].strip():
            found[MODE] = ways.narration.mode_of(found[NOTE]) or ways.mode
        if ways.narration.ref:
            found[REF] = ways.narration.ref_of((found[REF], found[NOTE]))
        if ways.ref_by_type and found[REF].strip().isdecimal():
            found[REF] = f"{typed.strip()} {found[REF].strip()}"
        if found[PAID].strip():
            if kind in GOODS and not _nothing(found[PAID]):
                # Programs write the usual mode beside a bill of which nothing is paid.
                found[PAID] = found[MODE] = ""
            elif kind in MOVING and found[PAID].strip() == found[AMOUNT].strip():
                found[PAID] = ""


_DASHES = ("-", "–", "—")
_NIL = re.compile(r"[-–—\s]*|0+(?:\.0+)?")
_DATED = re.compile(r"\W*(?:\d|[^\W\d_]+[ .,-]{0,3}\d)")
"""How a cell begins that may hold a day: `20/11`, `Nov 20`; `Total Debits: 20` is a sentence."""
_BROUGHT = re.compile(r"(?i)\b(?:opening|closing) (?:bal\b|balance)|^\s*b/f\b|\bbrought forward\b|\bcarried forward\b")


def _nothing(cell: str) -> str:
    """A cell for an amount; "" where there is nothing in it, or nothing but a zero or a dash."""
    return "" if _NIL.fullmatch(cell.strip()) else cell


def _moves(cells: list[str], *places: int | None) -> bool:
    amounts = [cells[place] for place in places if place is not None]
    return any(_nothing(each) and any(map(str.isdigit, each)) for each in amounts)
