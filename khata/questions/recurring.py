"""What comes again, and what of it is due: recorded neither, nor left out."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from khata.grammar.recurring import HORIZON, REF_FROM, REF_UPTO, ref_of, time_of, times
from khata.questions.persons import persons
from khata.units import Day, Paise, Party, Seq
from khata.views.cut import Cut
from khata.views.schema import REF_KEY


class Recurring(NamedTuple):
    """What began to come again with an entry.

    Attributes:
        entry: the entry with which it began.
        party: the person who owes it, by the number that stands for all of his khatas.
        name: what he is called; None once forgotten, and then nothing is due of it.
        amount_paise: of each time.
        every: `day`, `week` or `month`.
        first: the first day on which it is due.
        made_as: what is recorded each time, `sale` or `charge`.
        note: what it is for.
        ended_on: from which day on it does not come again; None while it does.
        next_on: the first day on which it is due, or will be; None where it is not any more.
    """

    entry: Seq
    party: Party
    name: str | None
    amount_paise: Paise
    every: str
    first: Day
    made_as: str
    note: str | None
    ended_on: Day | None = None
    next_on: Day | None = None


class DueLine(NamedTuple):
    """A time of it that is due: its day, and the reference by which its entry will be known."""

    line: Recurring
    on: Day
    ref: str


def recurring(views: sqlite3.Connection, cut: Cut, *, ended: bool = False) -> list[Recurring]:
    """What comes again as on a day, as known at an entry, in the order in which it began; with `ended` all that did.

    A line that begins later stands already on the day on which it was typed.
    """
    found = [line for line, typed_on in _begun(views, cut) if ended or min(typed_on, line.first) <= cut.as_on]
    if not ended:
        found = [line for line in found if line.ended_on is None or line.ended_on > cut.as_on]
    if not found:
        return []
    recorded, gone = _recorded(views, cut), _left_out(views, cut)
    return [line._replace(next_on=next(_times(line, HORIZON, recorded, gone), None)) for line in found]


def due(views: sqlite3.Connection, cut: Cut, upto: Day | None = None) -> list[DueLine]:
    """All that is due up to a day, as known at an entry, the oldest first; None for the day as on which is asked.

    Every time counts, however long ago. Of a customer who was forgotten nothing is due: nobody knows who it is.
    """
    lines = [line for line, _ in _begun(views, cut)]
    if not lines:
        return []
    recorded, gone = _recorded(views, cut), _left_out(views, cut)
    found = [
        DueLine(line, on, ref_of(line.entry, line.every, on))
        for line in lines
        for on in _times(line, upto or cut.as_on, recorded, gone)
    ]
    return sorted(found, key=lambda each: (each.on, each.line.entry))


Stretches = dict[Seq, list[tuple[Day, Day]]]
"""For what began with an entry from which days to which it is left out."""


def _times(line: Recurring, upto: Day, recorded: set[str], gone: Stretches) -> Iterator[Day]:
    """The times of a line that are neither recorded nor left out, nor after its end."""
    if line.name is None:
        return
    stretches = gone.get(line.entry, ())
    for on in times(line.first, line.every, upto):
        if line.ended_on is not None and on >= line.ended_on:
            return
        if ref_of(line.entry, line.every, on) in recorded or any(first <= on <= last for first, last in stretches):
            continue
        yield on


def _begun(views: sqlite3.Connection, cut: Cut) -> list[tuple[Recurring, Day]]:
    """All that began by an entry, each with the day on which it did."""
    rows = views.execute(
        "SELECT r.entry, r.party, r.amount_paise, r.every, r.first, r.made_as, e.note, d.day, e.day"
        " FROM recurring r CROSS JOIN entry e ON e.seq = r.entry"
        " LEFT JOIN ended d ON d.entry = r.entry AND d.by <= ? WHERE r.entry <= ? ORDER BY r.entry",
        (cut.known, cut.known),
    ).fetchall()
    if not rows:
        return []
    who, called = persons(views, cut.known), dict[Party, str | None]()
    found = []
    for entry, party, amount, every, first, made_as, note, ended, typed_on in rows:
        person = who.of(Party(party))
        if person not in called:
            (record,) = views.execute("SELECT record FROM party WHERE party = ?", (person,)).fetchone()
            called[person] = json.loads(record).get("name")
        ended_on = Day(ended) if ended else None
        line = Recurring(Seq(entry), person, called[person], Paise(amount), every, Day(first), made_as, note, ended_on)
        found.append((line, Day(typed_on)))
    return found


def _recorded(views: sqlite3.Connection, cut: Cut) -> set[str]:
    """The references of what was recorded, as known at an entry."""
    return {
        ref
        for (ref,) in views.execute(
            f"SELECT {REF_KEY} FROM entry WHERE {REF_KEY} >= ? AND {REF_KEY} < ? AND ref IS NOT NULL AND seq <= ?"
            " AND (reversed_by IS NULL OR reversed_by > ?)",
            (REF_FROM, REF_UPTO, cut.known, cut.known),
        )
    }


def _left_out(views: sqlite3.Connection, cut: Cut) -> Stretches:
    found: Stretches = {}
    for of, first, last in views.execute("SELECT of, first, last FROM skipped WHERE entry <= ?", (cut.known,)):
        found.setdefault(Seq(of), []).append((Day(first), Day(last)))
    return found


def recorded_from(views: sqlite3.Connection, entry: Seq, first: Day) -> list[Seq]:
    """The entries that stand for times of one line, from a day on, in their order."""
    said, after = f"{REF_FROM}{entry}/", f"{REF_FROM}{entry}0"  # a nought is the next sign behind a slash
    rows = views.execute(
        f"SELECT seq FROM entry WHERE {REF_KEY} >= ? AND {REF_KEY} < ? AND ref IS NOT NULL AND day >= ?"
        " AND reversed_by IS NULL ORDER BY seq",
        (said, after, first),
    )
    return [Seq(seq) for (seq,) in rows]


def recorded_with(views: sqlite3.Connection, entry: Seq, most: int | None = None) -> list[Seq]:
    """The entries of what is due that were recorded along with one, that one last; `most`: not more of them.

    They stand one right behind the other, at one instant and by one counter.
    """
    asked = "SELECT seq, ref, at, by FROM entry WHERE seq <= ? ORDER BY seq DESC LIMIT ?"
    found: list[Seq] = []
    first: tuple[str, str] | None = None
    for seq, ref, *when in views.execute(asked, (entry, -1 if most is None else most)):
        first = first or tuple(when)
        if tuple(when) != first or time_of(ref or "") is None:
            break
        found.append(Seq(seq))
    return found[::-1]
