"""A table as it is read aloud: a row a line, whom it is about first, then fact after fact. No column, box or colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from khata.render.line import spoken
from khata.render.terminal.cells import Column, LaidRow, Pair

NOTHING_THERE = "-"
"""What stands in a cell of a table for nothing; it is not read."""


def read_aloud(columns: Sequence[Column], body: Sequence[LaidRow | Pair | None]) -> Iterator[str]:
    """The lines of a table for a screen reader: `Ramesh Kumar: ₹850.00 due, oldest 22 days`."""
    about = _about(columns)
    for row in body:
        if isinstance(row, Pair):
            yield from filter(None, [spoken(_joined([row.left.text, row.right.text]))])
        elif isinstance(row, LaidRow):
            yield from filter(None, [spoken(_row(columns, row, about))])


def _about(columns: Sequence[Column]) -> int | None:
    """The column that says whom a row is about; None where no column has a head: such rows read on by themselves."""
    if not any(column.head for column in columns):
        return None
    named = [index for index, column in enumerate(columns) if column.names]
    return (named or [len(columns) - 1])[0]


def _row(columns: Sequence[Column], row: LaidRow, about: int | None) -> str:
    said = [cell.aloud or cell.text for cell in row.cells]
    if about is None:
        return " ".join(filter(None, [*said, row.right.text]))
    who = said[about] if about < len(said) else ""
    facts: list[str] = []
    for index, text in enumerate(said):
        if index == about or not text or text == NOTHING_THERE:
            continue
        column = columns[index]
        beside = index + 1 < len(columns) and not columns[index + 1].head and index + 1 < len(said) and said[index + 1]
        if not column.head and facts:
            facts[-1] += f" {text}"
        else:
            facts.append(text if beside else f"{_small(column.aloud or column.head)} {text}".strip())
    if row.right.text:
        facts.append(row.right.text)
    return f"{who}: {_joined(facts)}" if who and facts else who or _joined(facts)


def _small(head: str) -> str:
    """A head within a line: `Oldest` is `oldest`, and `UPI` stays."""
    return head[:1].lower() + head[1:] if head[1:2].islower() else head


def _joined(parts: Sequence[str]) -> str:
    return ", ".join(filter(None, parts))
