"""The envelope, and the fields that every event may carry.

A field of an event is declared once, by its type: its key in the file, what it may be, and whether it must be there.
Reading and writing many at once, reading one with the reason why it is refused (events/codec.py), and the tables of
docs/FORMAT.md, which a test holds against it, follow from that. The source of every rule here is docs/FORMAT.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar

from msgspec import Meta, Struct, field

from khata.units import LARGEST, At, Day, Paise, Party, Seq

FORMAT = 4
"""The newest version of the format that this khata reads and writes."""

SHORTEST, LONGEST = 2, 65535
"""Bytes of a body; the book file has the same bounds as a CHECK."""


class MalformedError(ValueError):
    """A body that no khata would have written. `code` says why, for a program; there is no prose."""

    def __init__(self, code: str, key: str = "") -> None:
        super().__init__(f"{code} {key}".strip())
        self.code = code
        self.key = key


class LaterError(ValueError):
    """A body of a khata newer than this one: its hash can be checked, its meaning cannot be known."""


FieldCheck = Callable[[Any], Any]
"""Takes the JSON value, returns what the event holds, raises MalformedError or LaterError."""


_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")
_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z\Z")
_HALF = re.compile("[\ud800-\udfff]").search


def natural(value: Any) -> int:
    """A whole number from 1 to 2^53 - 1; `true` is not one, though Python thinks so."""
    if type(value) is int and 0 < value <= LARGEST:
        return value
    raise MalformedError("not_a_natural_number")


def amount_from(least: int) -> FieldCheck:
    """An amount in paise, at least so much."""

    def check(value: Any) -> int:
        if type(value) is int and least <= value <= LARGEST:
            return value
        raise MalformedError("bad_amount")

    return check


paise = amount_from(1)
"""An entry over nothing moves nothing."""


def text(value: Any) -> str:
    """Any text that is not empty."""
    if whole(value):
        return str(value)
    raise MalformedError("not_a_text")


def whole(value: Any) -> str:
    """Any text that UTF-8 can hold: JSON can spell halves of characters, which nothing can print or keep."""
    if type(value) is str and not _HALF(value):
        return value
    raise MalformedError("not_a_text")


def pattern(expression: str, code: str) -> FieldCheck:
    """A text that matches from end to end; another one is a fault of this code."""
    matches = re.compile(expression).fullmatch

    def check(value: Any) -> str:
        if type(value) is str and matches(value):
            return value
        raise MalformedError(code)

    return check


hex8, hex32, hex64 = (pattern(f"[0-9a-f]{{{length}}}", "not_hex") for length in (8, 32, 64))


@lru_cache(maxsize=4096)
def is_day(value: str) -> bool:
    """Whether the calendar has a day that is written so."""
    if not _DAY.match(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def day(value: Any) -> Day:
    """A business day that the calendar has, as `2026-11-22`."""
    if type(value) is str and is_day(value):
        return Day(value)
    raise MalformedError("bad_day")


@lru_cache(maxsize=4096)
def _is_instant(value: str) -> bool:
    if not _AT.match(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def instant(value: Any) -> At:
    """An instant in UTC with exactly six digits of microseconds."""
    if type(value) is str and _is_instant(value):
        return At(value)
    raise MalformedError("bad_instant")


DEEPEST = 8
"""Levels of nesting; the body is level 1."""


def check_key(key: str) -> None:
    """Keys are ASCII, so that every language sorts them alike."""
    if not key.isascii():
        raise MalformedError("key_not_ascii")


def check_subset(value: Any, level: int = 1) -> None:
    """Raise MalformedError unless a value keeps to the subset: no float, no null, integers below 2^53, 8 levels.

    Known fields are checked one by one as they are read; this is for what khata does not know.
    """
    kind = type(value)
    if kind is str or kind is bool:
        return
    if kind is int:
        if not -LARGEST <= value <= LARGEST:
            raise MalformedError("too_large_a_number")
        return
    if kind is dict or kind is list:
        if level > DEEPEST:
            raise MalformedError("too_deep")
        if kind is dict:
            for key, held in value.items():
                check_key(key)
                check_subset(held, level + 1)
        else:
            for held in value:
                check_subset(held, level + 1)
        return
    raise MalformedError("not_in_the_subset")


def one_of(*known: str, later: bool = False) -> FieldCheck:
    """One of the given words; another one is a fault, or with `later` the mark of a newer khata."""

    def check(value: Any) -> str:
        if type(value) is str:
            if value in known:
                return value
            if later:
                raise LaterError(value)
        raise MalformedError("not_one_of")

    return check


def checked(check: FieldCheck, **bounds: Any) -> Meta:
    """What a field's type says for msgspec, and the check that says why a value is refused."""
    return Meta(extra={"check": check}, **bounds)


_WHOLE = {"ge": 1, "le": LARGEST}
Natural = Annotated[int, checked(natural, **_WHOLE)]
Amount = Annotated[Paise, checked(paise, **_WHOLE)]
EntryNumber = Annotated[Seq, checked(natural, **_WHOLE)]
"""An entry's number."""
Number = Annotated[Party, checked(natural, **_WHOLE)]
"""A party's number."""
Text = Annotated[str, checked(text, min_length=1)]
Ref = Annotated[str, checked(pattern(r"[\x20-\x7e]{1,40}", "bad_ref"))]
"""Somebody else's reference: printable ASCII."""
StateCode = Annotated[str, checked(pattern(r"[A-Z]{2,6}", "bad_state"))]
"""A state's letters, as `MH`."""
Hex8 = Annotated[str, checked(hex8)]
Hex32 = Annotated[str, checked(hex32)]
Hex64 = Annotated[str, checked(hex64)]


class Imported(Struct, gc=False):
    """Where an imported entry came from: the entry of its `import_started`, and the row in the file (header = 1)."""

    entry: EntryNumber
    row: Natural


class Event(Struct, kw_only=True, omit_defaults=True, gc=False):
    """What all events share, and any may carry. `detail` commits to the free text that may be forgotten.

    `NEEDS` is the version of the format with which this kind and version of it came: without it nobody can tell what a
    book comes to.
    """

    KIND: ClassVar[str]
    V: ClassVar[int] = 1
    NEEDS: ClassVar[int] = 1

    detail: Hex64 | None = None
    imported: Imported | None = field(name="import", default=None)
    corrects: EntryNumber | None = None

    def check(self) -> None:
        """Raise MalformedError if fields that are well by themselves do not fit together."""


def mark_of(event: type[Event]) -> bytes:
    """By which a body of a kind is told before it is parsed: no other body has these bytes outside of a text."""
    return b'"kind":"%b"' % event.KIND.encode()


class Unknown(Event, kw_only=True):
    """An event of a newer khata: its hash was checked, its meaning is not known."""

    KIND: ClassVar[str] = ""
    kind: str
    v: int


class Recorded(Struct, omit_defaults=True, gc=False):
    """An event in its envelope, as it stands in the book.

    `at` is the instant of recording (UTC), `on` the business day (+05:30), `by` the counter (8 hex), `clock` the
    reading of a clock that was behind the book, held back by the rule of `at`.
    """

    seq: EntryNumber = field(name="@seq")
    at: At
    on: Day
    by: str
    id: str
    event: Any = field(name="data")
    clock: At | None = None

    def __eq__(self, other: object) -> bool:
        """Whether both say the same, whoever read them."""
        return isinstance(other, Recorded) and _ALL(self) == _ALL(other)

    __hash__ = None  # type: ignore[assignment]


_ALL = attrgetter("seq", "at", "on", "by", "id", "event", "clock")

E = TypeVar("E")
K = TypeVar("K")
V = TypeVar("V")


class Envelope(Recorded, Generic[E, K, V], kw_only=True):
    """What a body of one kind is read into, and written from: an entry with all that its body says."""

    event: E = field(name="data")
    prev: str = field(name="@prev")
    envelope_v: Literal[1] = field(name="@v")
    kind: K
    v: V
