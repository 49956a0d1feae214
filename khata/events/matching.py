"""Which entries a statement of a bank, or of an app, has shown: what was matched once is not taken for another one."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from khata.events.base import EntryNumber, Event, Hex64, Natural, Ref


class MatchedLine(Struct, frozen=True, omit_defaults=True, gc=False):
    """A line of the statement: the entry that stands for it, its row, and its reference where it has one."""

    entry: EntryNumber
    row: Natural
    ref: Ref | None = None


class StatementMatched(Event, kw_only=True):
    """A statement was held against the book. It moves no money. The file's name is in the detail, key `file`."""

    KIND: ClassVar[str] = "statement_matched"
    NEEDS: ClassVar[int] = 4

    sha256: Hex64
    matched: Annotated[tuple[MatchedLine, ...], Meta(min_length=1)]
