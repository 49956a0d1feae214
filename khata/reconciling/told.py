"""What came of a statement, as JSON has it, and as the tables for a person are made from."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from khata.importing.columns import BAD_STATUS
from khata.questions import parties
from khata.reconciling.run import Reconciled, RecordedLine
from khata.units import Party

Called = Mapping[Party, str | None]


def names_in(found: Reconciled, views: sqlite3.Connection) -> dict[Party, str | None]:
    """What the customers are called of whom something is said; None once forgotten."""
    said: set[Party | None] = {each.party for each in found.matched}
    said |= {each.party for each in (*found.recorded, *found.sure)} | {each.party for each in found.unseen}
    said |= {each.party for asked in found.doubtful.values() for each in asked.candidates}
    rows = {party: parties.party(views, party) for party in said if party is not None}
    return {party: row.name if row is not None else None for party, row in rows.items()}


def data(found: Reconciled, names: Called, *, dry_run: bool = False) -> dict[str, Any]:
    """The `data` of `khata reconcile`; rows as a spreadsheet counts them, amounts in paise."""

    def name(party: Party | None) -> str | None:
        return names.get(party) if party is not None else None

    back = {out: row for row, out in found.returned.items()}
    entries = {each.row: each.entry for each in found.matched}
    return {
        "file": found.file.name,
        "profile": found.file.profile,
        "balance_checked": found.file.balance_checked,
        "import_id": found.import_id,
        "matched": [each._asdict() for each in found.matched],
        "recorded": recorded(found.recorded, found, names),
        "sure": recorded(found.sure, found, names),
        "doubtful": [
            line(found, row)
            | {"candidates": [each._asdict() | {"name": name(each.party)} for each in asked.candidates]}
            for row, asked in found.doubtful.items()
        ],
        "left": [line(found, row) | {"why": each.why} for row, each in found.left.items()],
        "out": [
            line(found, each.row) | {"returns_row": back.get(each.row), "returns": entries.get(back.get(each.row, 0))}
            for each in found.out
        ],
        "unseen": [
            {
                "entry": each.entry,
                "party": each.party,
                "name": name(each.party),
                "on": each.on,
                "amount_paise": each.paise,
                "mode": each.mode,
                "ref": each.ref,
            }
            for each in found.unseen
        ],
        "unseen_at_counter": found.unseen_at_counter,
        "came_to_nothing": list(found.file.passed_for.get(BAD_STATUS, ())),
        "dry_run": dry_run,
    }


def recorded(lines: Sequence[RecordedLine], found: Reconciled, names: Called) -> list[dict[str, Any]]:
    """Lines that were recorded, or would be: `entry` is None then."""
    return [
        line(found, each.row)
        | {
            "entry": each.entry,
            "party": each.party,
            "name": names.get(each.party),
            "why": each.why,
            "confirms": each.confirms,
        }
        for each in lines
    ]


def line(found: Reconciled, row: int) -> dict[str, Any]:
    """A line of the statement: its day, its paise whichever way they went, its text, and whom it names."""
    one = found.lines[row]
    return {"row": row, "on": one.on, "amount_paise": abs(one.paise), "text": one.text, "payer": one.name}
