"""The money entries as a table for an accountant's spreadsheet: one row an entry, the first columns those of an import.

Rupees are plain numbers with two decimals. Text that a spreadsheet would run as a formula is guarded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from khata.events.fields import fields_of
from khata.events.money import EntryReversed
from khata.exporting.cells import line, rupees, text, thousandths
from khata.postings.effect import Effect
from khata.postings.kinds import MONEY
from khata.questions import entries, parties
from khata.questions.entries import ANY, EntryRow, Sought
from khata.questions.persons import persons
from khata.units import Day, Party, Seq
from khata.views.cache import Cache

BYTE_ORDER_MARK = "\ufeff"


class Changed(NamedTuple):
    """How money changed hands in an entry: the columns for it, here and in a statement.

    `paid` is what was paid at once of a sale or return, `200.00:upi`; `discount` the kasar given on a payment.
    """

    mode: str = ""
    paid: str = ""
    discount: str = ""


COLUMNS = (
    "entry",
    "date",
    "type",
    "party",
    "party_number",
    "amount",
    *Changed._fields,
    "ref",
    "note",
    "reverses",
    "reversed_by",
    "corrects",
    "at",
    "by",
    "by_name",
    "items",
)


def word_of(kind: str) -> str | None:
    """What an import takes, and one word for reversals; None for what moves no money."""
    if kind == EntryReversed.KIND:
        return "reverse"
    known = MONEY.get(kind)
    return known.word if known is not None else None


def rows(views: Cache, known: Seq, last_on: Day | None = None, sought: Sought = ANY) -> Iterator[list[str]]:
    """The header and the rows, up to an entry and, if given, up to a business day; by entry.

    `sought` says whose they are and from which day on, where not all are wanted.
    """
    yield list(COLUMNS)
    who = persons(views.connection, known)
    joined = {number: _called(views, who.of(number)) for number in who.joined}
    for entry in entries.log(views.connection, Seq(1), known, sought._replace(last_on=last_on)):
        if (word := word_of(entry.kind)) is not None:
            yield _cells(views, entry, word, joined, known, last_on)


def lines(
    views: Cache, known: Seq, last_on: Day | None = None, sought: Sought = ANY, *, mark: bool = False
) -> Iterator[str]:
    """Header and rows as lines of CSV, without line ends.

    `mark` begins with the byte order mark by which Excel knows UTF-8.
    """
    found = map(line, rows(views, known, last_on, sought))
    if mark:
        yield BYTE_ORDER_MARK + next(found)
    yield from found


def _cells(
    views: Cache, entry: EntryRow, word: str, joined: Mapping[Party, str], known: Seq, last_on: Day | None
) -> list[str]:
    original = entries.entry(views.connection, entry.reverses) if entry.reverses is not None else None
    amount = original.amount_paise if original else entry.amount_paise
    undone = entry.reversed_by if entry.reversed_by is not None and entry.reversed_by <= known else None
    if undone is not None and last_on is not None:  # on the last day of the table it may still have stood
        reversal = entries.entry(views.connection, undone)
        undone = undone if reversal is not None and reversal.on <= last_on else None
    return [
        str(entry.entry),
        entry.on,
        word,
        text(_whose(entry, joined)),
        _number(entry.party),
        rupees(amount or 0),
        *changed(entry.effect),
        text(entry.ref or ""),
        text(entry.note or ""),
        _number(entry.reverses),
        _number(undone),
        _number(entry.corrects),
        entry.at,
        entry.by,
        text(entry.by_name or ""),
        text("; ".join(_item(*each) for each in entry.items)),
    ]


def _whose(entry: EntryRow, joined: Mapping[Party, str]) -> str:
    """On whose account an entry stands: of joined khatas the one that stands for all, as in every balance.

    The number beside it stays that of the khata on which it was recorded.
    """
    if entry.party is None:
        return "counter"
    return joined.get(entry.party) or entry.party_name or f"@{entry.party}"


def _called(views: Cache, number: Party) -> str:
    row = parties.party(views.connection, number)
    return (row.name if row is not None else None) or f"@{number}"


def _item(name: str, quantity_milli: int | None, rate_paise: int | None, amount_paise: int) -> str:
    """`Atta 5kg x2 @150 = 300`; without its name once that was erased."""
    said = [name] if name else []
    if quantity_milli is not None:
        said.append(f"x{thousandths(quantity_milli).rstrip('0').rstrip('.')}")
    if rate_paise is not None:
        said.append(f"@{_shortest(rate_paise)}")
    return " = ".join(filter(None, (" ".join(said), _shortest(amount_paise))))


def _shortest(paise: int) -> str:
    return rupees(paise).removesuffix(".00")


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def changed(did: Effect) -> Changed:
    """How money changed hands in an entry, as it stands in the table."""
    sums = {mode: abs(paise) for mode, paise in did.by_mode.items()}
    kind = MONEY.get(did.kind)
    fields = fields_of(kind.event) if kind is not None else {}
    if "paid" in fields:
        if not sums:
            return Changed("credit")
        if len(sums) == 1 and did.paid_paise == did.amount_paise:
            return Changed(next(iter(sums)))
        return Changed("", " ".join(f"{rupees(amount)}:{mode}" for mode, amount in sums.items()))
    if kind is not None and kind.by_two:
        return Changed("to" if did.credit_paise else "from")
    if "side" in fields:
        return Changed("advance" if did.credit_paise else "")
    given = rupees(did.kasar_paise) if "discount_paise" in fields and did.kasar_paise else ""
    return Changed(" ".join(sums), "", given)
