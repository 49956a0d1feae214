"""A source whose rows are there once it was opened: a page of HTML, a bundle, another program's vouchers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, ClassVar

from khata.importing.columns import COLUMNS, PASSED_OVER
from khata.importing.source import MOST_COLUMNS, UnreadableFileError, standing

LISTED = 1_000
"""Documents that are named for each reason why they are passed over; the rest are counted."""


class Reached:
    """Where the reading is.

    Attributes:
        row: the row that was read last.
        bad: what is wrong with it as a whole: a code and facts, of which `column` and `value` say where.
    """

    cut_off = False

    def __init__(self, row: int) -> None:
        self.row = row
        self.bad: tuple[str, dict[str, object]] | None = None


class Given:
    """What `Source` is, of rows that were read in one go.

    Attributes:
        profile: the profile that its header has, whoever asks for another; None where the header is to show it.
        found: what it is, as `ImportResult.found` has it; None for a plain table.
    """

    delimiter = ","
    profile: str | None = None
    found: dict[str, Any] | None = None

    def __init__(self, raw: BinaryIO, name: str, row: int = 1) -> None:
        self.name, self._raw = name, raw
        self._stood = standing(raw)
        self.lines = Reached(row)
        self.header: list[str] = []
        self.records: Iterator[list[str]] = iter(())
        self.size = self.done = 0
        self.sha256 = ""

    def _of_rows(self, rows: Sequence[list[str]]) -> None:
        """Take the first row in which something stands for the header, and those below it."""
        self.records = iter(rows)
        for nth, row in enumerate(self.records, start=1):
            if any(map(str.strip, row)):
                self.header, self.lines.row = row, nth
                break
        if len(self.header) > MOST_COLUMNS:
            raise UnreadableFileError("too_many_columns", longest=MOST_COLUMNS)

    def has_changed(self, *, whole: bool) -> bool:  # noqa: ARG002 - as Source has it
        """Whether somebody wrote to the file meanwhile."""
        return standing(self._raw) != self._stood


class Documents(Given):
    """Rows that another program's documents are, under khata's own columns.

    Attributes:
        code: of the fault of a document that is no row.
        column: where that fault stands, unless it says otherwise.
        passed: what was passed over, by why: how many, and the first of them by what they are called.
    """

    code: ClassVar[str]
    column: ClassVar[str]

    def __init__(self, raw: BinaryIO, name: str) -> None:
        super().__init__(raw, name, row=0)
        self.header = list(COLUMNS)
        self.passed: dict[str, dict[str, Any]] = {}

    def _count_passed(self, why: str, called: str) -> None:
        passed = self.passed.setdefault(why, {"count": 0, "vouchers": []})
        passed["count"] += 1
        if len(passed["vouchers"]) < LISTED:
            passed["vouchers"].append(called)

    def _pass_over(self, why: str, called: str, on: str = "") -> list[str]:
        """The cells of a document that is passed over and counted."""
        self._count_passed(why, called)
        return [on, PASSED_OVER, *[""] * (len(COLUMNS) - 2)]

    def _not_understood(self, value: str, *, column: str = "", **facts: Any) -> list[str]:
        """Have a fault noted in place of a row; `what` says why."""
        self.lines.bad = self.code, {"column": column or self.column, "value": value, **facts}
        return [""] * len(COLUMNS)
