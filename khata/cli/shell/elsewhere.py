"""What other counters recorded for a customer since this shell last showed how that customer stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from khata.cli.env import Env
from khata.i18n.dates import clock, day
from khata.questions import entries
from khata.questions.entries import EntryRow
from khata.render import told
from khata.units import Party, Seq

MOST = 5
"""Entries that are told one by one; of more only how many."""


class Elsewhere:
    """Up to which entry this shell has shown each customer, and what it recorded itself.

    Args:
        start: the book's last entry when the shell began: what is older is no news.
    """

    def __init__(self, start: Seq) -> None:
        self._start = start
        self._shown: dict[Party, Seq] = {}
        self._own: set[Seq] = set()

    def is_own(self, entry: Seq) -> bool:
        """Whether this shell recorded an entry."""
        return entry in self._own

    def heed(self, env: Env, data: Mapping[str, Any]) -> None:
        """Before an answer is printed: tell what others did to its customer, and note what it shows."""
        if "event_id" in data:
            if not data.get("dry_run"):
                self._recorded(env, Seq(data["entry"]), data.get("party"))
            return
        known = data.get("known_at_entry")
        if known is not None and not env.option("known_at") and not env.option("as_on"):
            for each in data.get("parties", [data]):
                if each.get("party") is not None:
                    self._shown[each["party"]] = Seq(known)

    def _recorded(self, env: Env, entry: Seq, party: Party | None) -> None:
        views = env.cache.connection
        last = entries.entry(views, entry)
        # What one commit holds has one instant: a correction, or the customer who was added with a sale.
        for each in range(entry, self._start, -1):
            row = entries.entry(views, Seq(each))
            if last is None or row is None or (row.at, row.by) != (last.at, last.by):
                break
            self._own.add(Seq(each))
        if party is None:
            return
        since = Seq(self._shown.get(party, self._start) + 1)
        found = [row for row in entries.log(views, since, entry, entries.Sought(party)) if row.entry not in self._own]
        for row in found if len(found) <= MOST else found[: MOST - 1]:
            env.say_aside("shell.elsewhere", **_facts(env, row))
        if len(found) > MOST:
            env.say_aside("shell.elsewhere.more", n=len(found) - MOST + 1)
        self._shown[party] = max(entry, self._shown.get(party, self._start))


def _facts(env: Env, row: EntryRow) -> dict[str, object]:
    time = clock(row.at, env.words)
    today = day(env.today, env.words)
    return {
        "by_name": row.by_name or row.by,
        "time": time.removeprefix(today).strip(),
        "moved": told.moved(row.effect, env.words),
        "entry": row.entry,
    }
