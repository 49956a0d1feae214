"""Sealing everybody's balances by an entry, so that one of them can be shown by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from khata.cli.env import Env
from khata.cli.record import carry_out, event_id
from khata.events import codec
from khata.events.evidence import BalancesSealed
from khata.postings.seals import BalanceTree
from khata.questions.sealing import everybody
from khata.rules.evidence import SealBalances
from khata.units import Seq
from khata.views.cache import Connection
from khata.views.cut import Cut


def sealed(env: Env, views: Connection, cut: Cut) -> tuple[Seq, BalanceTree]:
    """The entry that seals everybody's balance by both clocks, and the tree under it: the last one, or a new one.

    Raises:
        Refused, BookError: none was recorded.
    """
    rows = everybody(views, cut)
    for entry, event, seed in _last_seal(env):
        tree = BalanceTree(rows, cut.as_on, seed)
        if event.as_on == cut.as_on and event.root == tree.root().hex():
            return entry, tree
    seed = bytes.fromhex(env.new_id() + env.new_id())
    tree = BalanceTree(rows, cut.as_on, seed)
    command = SealBalances(
        id=event_id(env), as_on=cut.as_on, upto=cut.known, leaves=tree.size, root=tree.root().hex(), seed=seed.hex()
    )
    outcome, _ = carry_out(env, command)
    return outcome.made.seq, tree


def _last_seal(env: Env) -> Iterator[tuple[Seq, BalancesSealed, bytes]]:
    """The last entry of the book and its seed, if it seals balances."""
    with env.store.reading() as reading:
        head = reading.head()
        entry = next(iter(reading.entries(head.seq, head.seq)), None)
        detail = next(iter(reading.details(head.seq, head.seq)), None)
    event = codec.read(entry.body).event if entry is not None else None
    if isinstance(event, BalancesSealed) and detail is not None:
        with suppress(ValueError):  # a seed that is none: then the balances are sealed once more
            yield head.seq, event, bytes.fromhex(codec.said(event.detail, detail.salt, detail.body).get("seed", ""))
