"""What the shopkeeper typed wrong or forgot, and how it is put right later.

The year is drawn as it really happened; here some of it is spoiled, which gives trade.csv, and for each
spoiling the remedy is noted, which gives later.csv. With everything known, the books say what happened.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random

from model import COUNTER, YEAR_FIRST, YEAR_LAST, Row, Shop, rupees

FIRST_INSTANT = datetime(2026, 4, 1, 5, 10, tzinfo=UTC)
LAST_DAYS = 121


@dataclass(slots=True)
class Remedy:
    """One line of later.csv; `target` is the row of trade.csv it concerns."""

    do: str
    reason: str = ""
    target: Row | None = None
    entry: Row | None = None
    amount_paise: int = 0
    party: str = ""
    on: date | None = None
    at: str = ""

    def line(self, numbers: dict[int, int]) -> list[str]:
        """The cells of later.csv, the target by its number."""
        if self.entry is not None:
            entry = self.entry
            cells = [entry.kind, entry.party, rupees(entry.amount_paise), entry.mode, entry.paid]
            return [self.at, self.do, "", *cells, entry.on.isoformat(), entry.ref, entry.note, ""]
        assert self.target is not None  # noqa: S101 - a remedy that records nothing concerns a row
        amount = rupees(self.amount_paise) if self.amount_paise else ""
        on = self.on.isoformat() if self.on else ""
        row = str(numbers[id(self.target)])
        paid = self.target.paid if self.do == "correct" else ""
        return [self.at, self.do, row, "", self.party, amount, "", paid, on, "", "", self.reason]


class Slips:
    """Spoils a year, one slip at a time; no row is touched twice."""

    def __init__(self, shop: Shop, rng: Random, rows: list[Row]) -> None:
        self.shop = shop
        self.rng = rng
        self.rows = rows
        self.touched: set[int] = set()
        kinds = {"refund", "write-off"}
        # A refund or a write-off was reckoned from the balance of its day, so these parties stay as they are.
        self.settled = {row.party for row in rows if row.kind in kinds} | {
            row.party for row in rows if row.kind == "opening" and row.mode == "advance"
        }
        self.remedies: list[Remedy] = []

    def make(self) -> tuple[list[Row], list[Remedy]]:
        """The rows as they were typed, and the remedies in the order in which they are typed."""
        ways: tuple[tuple[int, Callable[[], None]], ...] = (
            (22, self._typed_twice),
            (6, self._bounced),
            (24, self._wrong_sum),
            (14, self._wrong_party),
            (8, self._wrong_day),
            (26, self._forgotten),
        )
        for percent, way in ways:
            for _ in range(max(1, self.shop.slips * percent // 100)):
                way()
        self.rows.sort(key=lambda row: row.on)
        self.rng.shuffle(self.remedies)
        days = sorted(self.rng.randint(0, LAST_DAYS - 1) for _ in self.remedies)
        instants = sorted(FIRST_INSTANT + timedelta(days=day, seconds=self.rng.randint(0, 9 * 3600)) for day in days)
        for remedy, at in zip(self.remedies, instants, strict=True):
            remedy.at = f"{at:%Y-%m-%dT%H:%M:%SZ}"
        return self.rows, self.remedies

    def _pick(self, fits: Callable[[Row], bool]) -> Row:
        """A row not yet touched, from one of the twelve months by turns, so that slips spread over the year."""
        month = len(self.touched) * 5 % 12 + 1
        fitting = [
            row
            for row in self.rows
            if row.party not in self.settled and row.party != COUNTER and id(row) not in self.touched and fits(row)
        ]
        row = self.rng.choice([row for row in fitting if row.on.month == month] or fitting)
        self.touched.add(id(row))
        return row

    def _typed_twice(self) -> None:
        row = self._pick(lambda row: row.kind == "sale" and row.on_khata)
        again = replace(row, ref="", note="")
        self.touched.add(id(again))
        self.rows.insert(next(n for n, one in enumerate(self.rows) if one is row) + 1, again)
        self.remedies.append(Remedy("reverse", self.rng.choice(self.shop.words.twice), again))

    def _bounced(self) -> None:
        """A payment that never came: what really happened has no such row."""
        row = self._pick(lambda row: row.kind == "receive" and row.mode in {"cheque", "upi"} and bool(row.ref))
        self.remedies.append(Remedy("reverse", self.shop.words.bounced, row))

    def _wrong_sum(self) -> None:
        row = self._pick(mistyped)
        true_paise = row.amount_paise
        digits = str(true_paise // 100)
        if len(digits) <= 3 and self.rng.randrange(100) < 45:
            row.amount_paise = true_paise * 10
        elif digits[0] != digits[1] and digits[1] != "0" and not row.paid_paise:
            row.amount_paise = int(digits[1] + digits[0] + digits[2:]) * 100
        else:
            row.amount_paise = true_paise + 10000
        reason = self.rng.choice(self.shop.words.wrong_sum)
        self.remedies.append(Remedy("correct", reason, row, amount_paise=true_paise))

    def _wrong_party(self) -> None:
        row = self._pick(lambda row: row.kind in {"sale", "receive"} and (row.on_khata or row.kind == "receive"))
        names = sorted({r.party for r in self.rows if r.on <= row.on} - self.settled - {COUNTER, row.party})
        first = row.party.split()[0]
        alike = [name for name in names if name.split()[0] == first]
        true_party, row.party = row.party, self.rng.choice(alike or names)
        reason = self.rng.choice(self.shop.words.wrong_party)
        self.remedies.append(Remedy("correct", reason, row, party=true_party))

    def _wrong_day(self) -> None:
        row = self._pick(lambda row: row.kind in {"sale", "receive"} and (row.on_khata or row.kind == "receive"))
        true_day = row.on
        away = timedelta(days=self.rng.randint(1, 9))
        row.on = max(YEAR_FIRST, row.on - away) if self.rng.randrange(2) else min(YEAR_LAST, row.on + away)
        if row.on == true_day:
            row.on = true_day + timedelta(days=3)
        self.remedies.append(Remedy("correct", self.shop.words.wrong_day, row, on=true_day))

    def _forgotten(self) -> None:
        row = self._pick(lambda row: row.kind in {"sale", "receive", "discount"})
        self.rows[:] = [one for one in self.rows if one is not row]
        row.note = row.note or self.rng.choice(self.shop.words.late)
        self.remedies.append(Remedy("record", entry=row))


def mistyped(row: Row) -> bool:
    """Whether a digit of the amount is easily mistyped: two digits at least, no paise, not a counter's receipt."""
    owing = row.kind == "receive" or (row.kind == "sale" and row.mode in {"", "credit"})
    return owing and row.amount_paise % 100 == 0 and row.amount_paise >= 2000
