"""What was changed afterwards, as a spreadsheet reads it: the edit log, and what differs from what was known then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from khata.exporting.cells import line, rupees, text
from khata.postings.base import PARTY
from khata.questions.changes import Changes
from khata.questions.editlog import Edit, EditLog
from khata.questions.imports import ImportedFile

EDITS = (
    "entry",
    "date",
    "at",
    "by",
    "by_name",
    "what",
    "of",
    "party",
    "party_number",
    "before",
    "after",
    "changed",
    "before_date",
    "before_party",
    "before_party_number",
    "reason",
    "days_late",
    "rows",
    "upto",
    "entries",
)
"""`of` is the entry that was taken back or replaced; what it was stands in `before…`. Where `entries` is filled, it is
an import, of which so many were taken back together."""

IMPORTS = (
    "import_id",
    "at",
    "by",
    "by_name",
    "file",
    "rows",
    "recorded",
    "reversed",
    "corrected",
    "standing",
    "given",
    "received",
    "from",
    "to",
)
"""`reversed` are all entries of an import that were taken back, the corrected ones too."""

CHANGES = ("account", "party", "party_number", "then", "now", "difference", "entries")
"""`account` is `party` for a customer's own, the number of whom stands beside it; `entries` are parted by blanks."""


def edit_log(answer: EditLog) -> Iterator[str]:
    """One row a change, without line ends; amounts in rupees, empty where there is none; `at` in UTC."""
    yield line(EDITS)
    for each in answer.lines:
        yield line(_edit(each))


def _edit(each: Edit) -> tuple[object, ...]:
    row, before = each.row, each.before
    return (
        row.entry,
        row.on,
        row.at,
        row.by,
        text(row.by_name or ""),
        each.what,
        before.entry if before is not None else "",
        _party(row.party, row.party_name, counter=row.postings is not None),
        _cell(row.party),
        _rupees(each.before_paise),
        _rupees(each.after_paise),
        " ".join(each.changed),
        before.on if before is not None else "",
        _party(before.party, before.party_name, counter=before.postings is not None) if before is not None else "",
        _cell(before.party) if before is not None else "",
        text(each.reason or ""),
        _cell(each.days_late),
        _cell(each.file[1] if each.file is not None else None),
        each.upto or "",
        _cell(each.batch.entries if each.batch is not None else None),
    )


def imports(found: Iterable[ImportedFile]) -> Iterator[str]:
    """One row an import, without line ends; amounts in rupees, `at` in UTC."""
    yield line(IMPORTS)
    for each in found:
        counts = (each.rows, each.recorded, each.reversed, each.corrected, each.standing)
        amounts = (rupees(each.given_paise), rupees(each.received_paise))
        who = (each.by, text(each.by_name or ""), text(each.file or ""))
        yield line((each.entry, each.at, *who, *counts, *amounts, each.first or "", each.last or ""))


def changes(answer: Changes) -> Iterator[str]:
    """One row a customer, then one an account, without line ends; rupees, positive debit, and what now is more.

    The counter has no balance, only entries.
    """
    yield line(CHANGES)
    for each in answer.parties:
        then, now = each.then_paise, each.now_paise
        difference = now - then if then is not None and now is not None else None
        account = PARTY if each.party is not None else ""
        who = _party(each.party, each.name, counter=True)
        amounts = (_rupees(then), _rupees(now), _rupees(difference))
        yield line((account, who, _cell(each.party), *amounts, " ".join(map(str, each.entries))))
    for one in answer.accounts:
        amounts = (rupees(one.then_paise), rupees(one.now_paise), rupees(one.now_paise - one.then_paise))
        account = one.account if one.account != PARTY else "all_parties"
        yield line((account, "", "", *amounts, ""))


def _party(party: int | None, name: str | None, *, counter: bool) -> str:
    """A name as a cell; `counter` where money moved and it was nobody's."""
    if party is None:
        return "counter" if counter else ""
    return text(name or f"@{party}")


def _cell(value: int | None) -> object:
    return "" if value is None else value


def _rupees(paise: int | None) -> str:
    return "" if paise is None else rupees(paise)
