"""What an accountant looked for, as a spreadsheet reads it: amounts in rupees, several entries in one cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from khata.exporting.cells import line, rupees, text
from khata.questions.audit.cash import CashReceipts
from khata.questions.audit.numbers import NumberSeries
from khata.questions.audit.old import OldDue
from khata.units import Seq

CASH = ("date", "party", "party_number", "cash", "rule", "why", "bill", "entries")
OLD = (
    "party",
    "party_number",
    "due",
    "balance",
    "oldest",
    "last_received",
    "debit_on",
    "part_paid_on",
    "lapses_on",
    "days_left",
    "brought_forward",
    "due_on",
)
NUMBERS = ("series", "suffix", "kind", "first", "last", "count", "missing_total", "finding", "ref", "entries")


def cash(lines: Iterable[CashReceipts]) -> str:
    """Cash above the limit: a row for a person's day or bill; a counter sale has no party."""
    return _rows(
        CASH,
        (
            (
                each.on,
                text(each.name or ""),
                each.party or "",
                rupees(each.cash_paise),
                each.rule,
                each.why,
                each.bill or "",
                _entries(each.entries),
            )
            for each in lines
        ),
    )


def old(lines: Iterable[OldDue]) -> str:
    """Dues near three years: a row for a person."""
    return _rows(
        OLD,
        (
            (
                text(each.name or ""),
                each.party,
                rupees(each.due_paise),
                rupees(each.balance_paise),
                each.oldest_on,
                each.last_received_on or "",
                each.debit_on,
                each.part_paid_on or "",
                each.lapses_on,
                each.days_left,
                "yes" if each.brought_forward else "",
                each.due_on or "",
            )
            for each in lines
        ),
    )


def numbers(lines: Iterable[NumberSeries]) -> str:
    """Series: a row for each, without a finding, and one for each number that is missing, double or cancelled."""
    return _rows(NUMBERS, (cells for each in lines for cells in _of_series(each)))


def _of_series(each: NumberSeries) -> Iterator[tuple[object, ...]]:
    about = (
        text(each.series),
        text(each.suffix),
        each.kind,
        text(each.first),
        text(each.last),
        each.how_many,
        each.missing_total,
    )
    elsewhere = {found.ref: found.entry for found in each.elsewhere}
    yield (*about, "", "", "")
    yield from ((*about, "missing", text(ref), elsewhere.get(ref, "")) for ref in each.missing)
    yield from ((*about, "double", text(found.ref), _entries(found.entries)) for found in each.doubles)
    yield from ((*about, "cancelled", text(found.ref), found.entry) for found in each.cancelled)


def _entries(entries: Iterable[Seq]) -> str:
    return " ".join(map(str, entries))


def _rows(columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    return "".join(line(cells) + "\n" for cells in (columns, *rows))
