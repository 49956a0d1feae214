"""Another program's double entry as a source of rows: its vouchers wait for the end of the file, and become rows then.

What a voucher is shows only once the whole file is known: which ledger is a customer's, and what takes back what.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import BinaryIO, Generic, TypeVar

from msgspec import Struct, msgpack

from khata.importing.columns import COLUMNS
from khata.importing.given import Documents
from khata.importing.source import Tell
from khata.importing.vouchers import Ledger, Leg, Meant, NotUnderstood, PassedOver, row, rupees
from khata.nameless import nameless_database
from khata.names import exact_key

_TABLES = """
    CREATE TABLE voucher (nth INTEGER PRIMARY KEY, day TEXT, mark TEXT, number TEXT, takes TEXT, body BLOB NOT NULL);
"""

CONCERNS = frozenset(("customer", "unknown", "sales"))
"""What a voucher moves that is a shopkeeper's business here, or may be."""


class VoucherSide(Struct, array_like=True, frozen=True):
    """One side of a voucher.

    Attributes:
        ledger: as the file calls it.
        paise: positive debit.
        line: of the file, where that has lines.
        crooked: whether its side says otherwise than its sign.
    """

    ledger: str
    paise: int
    line: int = 0
    crooked: bool = False


class KeptVoucher(Struct, array_like=True, frozen=True, kw_only=True):
    """A voucher as it waits for the end of the file.

    Attributes:
        on: its day, as text.
        sides: what it moves.
        ref, note: as they go into the row.
        own: whether khata wrote it.
        passed: why it is passed over whatever it moves; "" where it is not.
        wrong: why it is no row if it concerns a customer; "" where it may be one.
        facts: what the sentence for `wrong` is made of.
    """

    on: str
    sides: list[VoucherSide]
    ref: str = ""
    note: str = ""
    own: bool = False
    passed: str = ""
    wrong: str = ""
    facts: dict[str, str] = {}

    @property
    def label(self) -> str:
        """How the program calls it."""
        raise NotImplementedError


_Kept = TypeVar("_Kept", bound=KeptVoucher)


class VoucherSource(Documents, Generic[_Kept]):
    """A file of vouchers, read whole; they wait in a database without a name.

    A subclass has `kept`, its type of vouchers, and says what a ledger is, `_made`.
    """

    kept: type[_Kept]

    def __init__(self, raw: BinaryIO, name: str, tell: Tell | None = None) -> None:
        super().__init__(raw, name)
        self._tell = tell
        self._known: dict[str, Ledger] = {}
        self._alike: dict[str, str] = {}
        self._vouchers = nameless_database(_TABLES)
        self._count = 0
        self._taken_back: frozenset[int] = frozenset()

    # --- what is in the file

    def _wait(self, kept: _Kept, *, mark: str = "", number: str = "", takes: str | None = None) -> None:
        """Lay a voucher down: `number` by which another may take it back, `takes` that of the one it takes back."""
        self._count += 1
        values = (kept.on, mark, number, None if kept.passed else takes, msgpack.encode(kept))
        self._vouchers.execute("INSERT INTO voucher (day, mark, number, takes, body) VALUES (?, ?, ?, ?, ?)", values)

    def _waiting(self, order: str = "nth") -> Iterator[tuple[int, _Kept]]:
        decode = msgpack.Decoder(self.kept).decode
        for nth, body in self._vouchers.execute(f"SELECT nth, body FROM voucher ORDER BY {order}"):
            yield nth, decode(body)

    def _pairs(self) -> frozenset[int]:
        """What khata's own export says is taken back, and what takes it back, where they come to nothing together."""
        decode = msgpack.Decoder(self.kept).decode
        self._vouchers.execute("CREATE INDEX by_number ON voucher (number)")
        found: set[int] = set()
        both = "SELECT r.nth, r.body, t.nth, t.body FROM voucher r JOIN voucher t ON t.number = r.takes"
        for by, taking, of, taken in self._vouchers.execute(both):
            one, other = decode(taking), decode(taken)
            sums: Counter[str] = Counter()
            for side in (*one.sides, *other.sides):
                sums[self._folded(side.ledger)] += side.paise
            if other.own and not (other.passed or any(sums.values()) or one.wrong or other.wrong or of in found):
                found |= {by, of}
        return frozenset(found)

    # --- what a ledger is

    def _folded(self, called: str) -> str:
        """A ledger's name as the program compares it."""
        return called

    def _made(self, called: str) -> Ledger:
        raise NotImplementedError

    def _ledger(self, called: str) -> Ledger:
        folded = self._folded(called)
        if folded not in self._known:
            self._known[folded] = self._made(called)
        return self._known[folded]

    def _ledgers_alike(self, called: Iterator[str]) -> dict[str, str]:
        """Customers whose names khata would take for one name, each ledger with the other."""
        seen: dict[str, str] = {}
        found: dict[str, str] = {}
        for each in called:
            ledger = self._ledger(each)
            if ledger.role == "customer":
                other = seen.setdefault(exact_key(ledger.name), each)
                if self._folded(other) != self._folded(each):
                    found |= {self._folded(other): each, self._folded(each): other}
        return found

    def _is_alike(self, called: str) -> NotUnderstood | None:
        """Why what moves this ledger is no row: khata would take another one for the same customer."""
        other = self._alike.get(self._folded(called))
        return NotUnderstood("ledgers_alike", {"names": f"{called}, {other}"}) if other else None

    # --- the rows

    def _legs(self, kept: _Kept) -> tuple[Leg, ...]:
        return tuple(Leg(self._ledger(side.ledger), side.paise) for side in kept.sides)

    def _stopped(self, kept: _Kept) -> NotUnderstood | PassedOver | None:
        """Why a voucher is no row, before it is asked what it is."""
        if kept.wrong:
            concerned = any(self._ledger(side.ledger).role in CONCERNS for side in kept.sides)
            return NotUnderstood(kept.wrong, kept.facts) if concerned or not kept.sides else PassedOver("no_customer")
        for side in kept.sides:
            if side.crooked and self._ledger(side.ledger).role == "customer":
                return NotUnderstood("side", {"ledger": side.ledger})
            if (alike := self._is_alike(side.ledger)) is not None:
                return alike
        return None

    def _row(self, kept: _Kept, said: Meant) -> list[str]:
        """The cells of a voucher."""
        if isinstance(said, NotUnderstood):
            self._not_understood(kept.label, what=said.why, **said.facts)
            return self._as_far(kept)
        if isinstance(said, PassedOver):
            return self._pass_over(said.why, kept.label, kept.on)
        return said

    def _as_far(self, kept: _Kept) -> list[str]:
        """The cells of a voucher as far as they are plain, for whoever enters the rest: without a type it is no row."""
        people = Counter[str]()
        for leg in self._legs(kept):
            if leg.ledger.role == "customer":
                people[leg.ledger.name] += leg.paise
        alone = len(people) == 1 and not kept.wrong
        amount = abs(people.total()) if alone else 0
        cells = row(kept.on, "", next(iter(people)) if alone else "", amount, ref=self._ref(kept), note=kept.note)
        cells[COLUMNS.index("amount")] = rupees(amount) if amount else ""
        return cells

    def _ref(self, kept: _Kept) -> str:
        """By what a voucher is known again."""
        return kept.ref

    @cached_property
    def _marked_twice(self) -> frozenset[str]:
        """Marks that more than one voucher has, those aside that were taken back or take one back."""
        rows = self._vouchers.execute("SELECT nth, mark FROM voucher WHERE mark != ''")
        counted = Counter(mark for nth, mark in rows if nth not in self._taken_back)
        return frozenset(mark for mark, count in counted.items() if count > 1)
