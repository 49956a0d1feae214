"""A profile to begin with: the heads of a file, each with what khata takes it for, as TOML that reads the file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from khata.grammar.signs import PLUS
from khata.importing.arranging import Ways
from khata.importing.columns import COLUMNS, GAVE, GOT, OTHERS, PASSED_OVER, REASON, REQUIRED
from khata.importing.detecting import detected
from khata.importing.file import File
from khata.importing.opening import AnySource, opened
from khata.importing.profile import TableProfile, names, profile
from khata.importing.source import LOOKED_AT
from khata.importing.words import folded


@dataclass(frozen=True, slots=True)
class Made:
    """What is known of the heads of a file.

    Attributes:
        base: the profile whose words and patterns are taken over; None where none fits.
        header_row: the row of the heads.
        columns: of each column, the heads of the file that stand for it.
        unknown: the heads that nobody knows; they are passed over.
        missing: columns without which no row can be read.
    """

    base: TableProfile | None
    header_row: int
    columns: Mapping[str, Sequence[str]]
    unknown: Sequence[str]
    missing: Sequence[str]


def made(path: str, encoding: str | None = None, sheet: str | None = None) -> Made:
    """Look at the heads of a file. Raises as `opening.opened`, and what `table.STOPS` names."""
    with opened(path, encoding, sheet=sheet) as source:
        file = File()
        try:
            base = detected(source, file)
        finally:
            file.close()
        if base.fits(source.header):
            return _made(base, source.header, source.lines.row, {})
        header, row = _likeliest(source)
        return _made(None, header, row, _every_head())


def _every_head() -> dict[str, str]:
    """Of each head that any profile knows, the column; what the first ones say counts."""
    heads: dict[str, str] = {}
    for name in names():
        for head, column in profile(name).columns.items():
            heads.setdefault(head, column)
    return heads


def _likeliest(source: AnySource) -> tuple[Sequence[str], int]:
    """The row near the top with the most heads that somebody knows, or else the most cells, and its number."""
    heads = _every_head()
    rows = [source.header, *islice(source.records, LOOKED_AT)]
    filled = [[cell for cell in row if cell.strip()] for row in rows]
    best = max(
        range(len(rows)), key=lambda at: (sum(folded(cell) in heads for cell in filled[at]), len(filled[at]), -at)
    )
    return rows[best], source.lines.row + best


def _made(base: TableProfile | None, header: Sequence[str], row: int, heads: Mapping[str, str]) -> Made:
    known = base.columns if base is not None else heads
    columns: dict[str, list[str]] = {}
    unknown: list[str] = []
    for head in dict.fromkeys(each.strip() for each in header if each.strip() not in ("", REASON)):
        column = known.get(folded(head))
        if column is None or (column in columns and column != PASSED_OVER):
            unknown.append(head)
        else:
            columns.setdefault(column, []).append(head)
    if base is not None and base.ways.nameless:
        columns.setdefault("party", ["party"])  # the file has none: a shopkeeper may add one
    there = set(columns)
    if {GAVE, GOT} <= there:
        there |= {"type", "amount"}
    missing = [] if base is not None else [column for column in REQUIRED if column not in there]
    return Made(base, row, columns, unknown, missing)


def toml(found: Made, remarks: Mapping[str, str]) -> Iterator[str]:
    """The lines of a profile; `remarks` are what stands above it, the heads nobody knows, and what is missing."""
    ways = found.base.ways if found.base is not None else Ways()
    yield from _remark(remarks["head"])
    yield f"about = {_text(found.base.about if found.base is not None else '')}"
    yield from _said(ways)
    for key, table in (("signs", ways.signs), ("mode_in", _modes(ways))):
        if table:
            yield from ("", f"[{key}]", *(f"{name} = {_value(value)}" for name, value in table.items()))
    yield from ("", "[columns]")
    for column in (*COLUMNS, *OTHERS):
        heads = list(found.columns.get(column, ()))
        if column == PASSED_OVER:
            if found.unknown:
                yield from _remark(remarks["unknown"])
            heads += found.unknown
        if heads:
            yield f"{column} = {_value(heads)}"
    if found.missing:
        yield from _remark(remarks["missing"])
        yield from (f'# {column} = [""]' for column in found.missing)
        if "type" in found.missing and "amount" in found.columns:
            yield ""
            yield from _remark(remarks["one_type"])
            yield from _remark(f'[signs]\n{PLUS} = "sale"')
    if ways.types and "type" in found.columns:
        yield from ("", "[types]", *(f"{_text(word)} = {_text(meant)}" for word, meant in ways.types.items()))


def _said(ways: Ways) -> Iterator[str]:
    """What a profile says before its tables, where it is not what goes without saying."""
    plain, patterns = Ways(), ways.narration
    if ways.pairs != plain.pairs:
        yield f"pairs = {_value(list(ways.pairs))}"
    if ways.mode:
        yield f"mode = {_text(ways.mode)}"
    for key, flag in (("nameless", ways.nameless and not patterns.party), ("ref_by_type", ways.ref_by_type)):
        if flag:
            yield f"{key} = true"
    lists: dict[str, Sequence[str]] = {
        "status": sorted(ways.status),
        "counter": sorted(ways.counter),
        "end": ways.end,
        "party_in": [each.pattern for each in patterns.party],
        "ref_in": [each.pattern for each in patterns.ref],
        "vpa_in": [each.pattern for each in patterns.vpa],
    }
    for key, texts in lists.items():
        if texts:
            yield f"{key} = {_value(list(texts))}"


def _modes(ways: Ways) -> dict[str, list[str]]:
    modes: dict[str, list[str]] = {}
    for mode, pattern in ways.narration.modes:
        modes.setdefault(mode, []).append(pattern.pattern)
    return modes


def _remark(text: str) -> Iterator[str]:
    return (f"# {line}".rstrip() for line in text.splitlines())


def _value(value: str | Sequence[str]) -> str:
    return _text(value) if isinstance(value, str) else "[" + ", ".join(map(_text, value)) + "]"


def _text(text: str) -> str:
    """A TOML string: as it is between single quotes where it has a backslash and none of those, else as JSON has it."""
    if "\\" in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
