"""What a sample shop is made of: its shelf, its people, its year."""

from dataclasses import dataclass
from datetime import date

YEAR_FIRST = date(2025, 4, 1)
YEAR_LAST = date(2026, 3, 31)
IMPORT_AT = "2026-04-01T04:30:00Z"
ALL_KNOWN_AT = "2026-07-31T18:30:00Z"
QUESTION_DAYS = ("2025-06-30", "2025-10-21", "2025-12-31", "2026-03-31")
COUNTER = "counter"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing on the shelf; `most` is how many of it an ordinary customer takes, `share` how often it is taken."""

    label: str
    rate_paise: int
    most: int = 1
    share: int = 10


@dataclass(frozen=True, slots=True)
class Habit:
    """How a kind of customer comes, buys and pays. Percentages are whole numbers."""

    shelf: str
    visits: int
    lines: tuple[int, int]
    khata: int
    part: int
    settles: str
    returns: int = 2
    owes: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Season:
    """Days on which more (or fewer) people come, with larger or smaller baskets, in per cent of an ordinary day."""

    first: date
    last: date
    visits: int
    basket: int = 100
    note: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """What this shopkeeper writes beside an entry."""

    opening: str
    kasar: str
    goods_back: tuple[str, ...]
    refund: str
    advance: str
    gone: tuple[str, ...]
    twice: tuple[str, ...]
    bounced: str
    wrong_sum: tuple[str, ...]
    wrong_party: tuple[str, ...]
    wrong_day: str
    late: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop and all that its year is drawn from."""

    slug: str
    name: str
    state: str
    lang: str
    seed: str
    people: tuple[tuple[Habit, tuple[str, ...]], ...]
    shelves: dict[str, tuple[Item, ...]]
    weekdays: tuple[int, int, int, int, int, int, int]
    seasons: tuple[Season, ...]
    counter_lines: tuple[int, int]
    counter_a_day: tuple[int, int]
    modes_at_once: dict[str, int]
    modes_received: dict[str, int]
    bill: str
    bill_share: int
    note_share: int
    round_paise: int
    kasar_most_paise: int
    slips: int
    words: Words

    def visits_on(self, day: date) -> int:
        """How busy a day is, in per cent of an ordinary one."""
        percent = self.weekdays[day.weekday()]
        for season in self.seasons:
            if season.first <= day <= season.last:
                percent = percent * season.visits // 100
        return percent

    def basket_on(self, day: date) -> int:
        """How full a basket is on a day, in per cent of an ordinary one."""
        percent = 100
        for season in self.seasons:
            if season.first <= day <= season.last:
                percent = percent * season.basket // 100
        return percent

    def occasion_on(self, day: date) -> str:
        """The word written beside a purchase of that day, if the day has one."""
        return next((s.note for s in self.seasons if s.note and s.first <= day <= s.last), "")


@dataclass(slots=True)
class Row:
    """One line of trade.csv, still with numbers in it."""

    on: date
    kind: str
    party: str
    amount_paise: int
    mode: str = ""
    paid_paise: int = 0
    paid_mode: str = ""
    ref: str = ""
    note: str = ""
    phone: str = ""

    @property
    def on_khata(self) -> bool:
        """Nothing of it was paid when it was typed."""
        return self.mode in {"", "credit"} and not self.paid_paise

    @property
    def paid(self) -> str:
        """The cell for what was paid in part."""
        return f"{rupees(self.paid_paise)}:{self.paid_mode}" if self.paid_paise else ""


def rupees(paise: int) -> str:
    """An amount as people write it: `450`, or `450.50`."""
    whole, rest = divmod(paise, 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)
