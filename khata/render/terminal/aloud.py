"""A table as it is read aloud: a row a line, whom it is about first, then fact after fact. No column, box or colour."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from khata.render.line import spoken
from khata.render.terminal.cells import Column, LaidRow, Pair

NOTHING_THERE = "-"
"""What stands in a cell of a table for nothing; it is not read."""
_FIGURE = re.compile(r"[-+]?₹?\d")


def read_aloud(columns: Sequence[Column], body: Sequence[LaidRow | Pair | None], comma: str) -> Iterator[str]:
    """The lines of a table for a screen reader: `Ramesh Kumar: ₹850.00 due, oldest 22 days`."""
    headed = any(column.head for column in columns)
    for row in body:
        if isinstance(row, Pair):
            yield from filter(None, [spoken(" · ".join(filter(None, [row.left.text, row.right.text])), comma)])
        elif isinstance(row, LaidRow):
            said = [cell.aloud or cell.text for cell in row.cells]
            yield from filter(
                None, [spoken(_row(columns, said, row.right.text) if headed else _bare(said, row), comma)]
            )


def _bare(said: Sequence[str], row: LaidRow) -> str:
    """A row without heads: an amount reads on (`₹450.00 sold today`); a name, or a line to type, ends audibly."""
    if len(said) > 1 and all(said) and not _FIGURE.match(said[0]):
        said = [f"{' '.join(said[:-1])}: {said[-1].lstrip()}"]
    return " ".join(filter(None, [*said, row.right.text]))


def _row(columns: Sequence[Column], said: Sequence[str], right: str) -> str:
    """Whom it is about, its facts in the order of the columns, and what was remarked of it."""
    about = _about(columns, said)
    who, _, remark = (said[about] if about is not None else "").partition(" · ")
    if about == 0 and who.replace(", ", "").isdigit():
        who = f"{columns[0].head} {who}"
    facts: list[str] = []
    pairs = sum(1 for index in range(len(columns) - 1) if columns[index].head and not columns[index + 1].head)
    for index, text in enumerate(said):
        column = columns[index]
        if index == about or not text or text == NOTHING_THERE:
            continue
        beside = pairs == 1 and index + 1 < min(len(said), len(columns)) and not columns[index + 1].head
        if not column.head and facts and said[index - 1]:
            facts[-1] += f" {text}"
        else:
            runs_on = index == len(said) - 1 < len(columns) - 1
            known = (
                column.tells or runs_on or (beside and said[index + 1]) or ("₹" in text and _begins_with_a_letter(text))
            )
            facts.append(text if known else f"{_small(column.head)} {text}".strip())
    told = " · ".join(filter(None, [*facts, remark, right]))
    # Two colons in a line are heard as one thing said twice.
    return f"{who}{' · ' if ': ' in who else ': '}{told}" if who and told else who or told


def _about(columns: Sequence[Column], said: Sequence[str]) -> int | None:
    """The cell that says whom, or what, a row is about: of a row of sums, what they are sums of. Else the first one."""
    named = next((index for index, column in enumerate(columns) if column.names), 0)
    last = len(said) - 1
    if named < last or (named == last and said[named]):
        return named if said[named] else None
    return last if columns[last].head and _begins_with_a_letter(said[last]) else None


def _begins_with_a_letter(text: str) -> bool:
    return text.lstrip()[:1].isalpha()


def _small(head: str) -> str:
    """A head within a line: `Oldest` is `oldest`, and `UPI` stays."""
    return head[:1].lower() + head[1:] if head[1:2].islower() else head
