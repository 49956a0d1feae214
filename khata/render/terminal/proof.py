"""What a proof proves, to who holds it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from khata.grammar.days import business_day_of
from khata.i18n import dates
from khata.i18n.messages import Words
from khata.log.note import LAST_INSTANT
from khata.postings.kinds import did
from khata.render.line import called, standing, style_of
from khata.render.terminal.table import Cell, Column, Table
from khata.render.text import visible
from khata.render.told import moved
from khata.store.witnessed import SignedLast
from khata.units import At, Day
from khata.verifying.proofs import HeldProof, ProvenBalance, ShownEntry

_FIRST_INSTANT = -62_135_596_800
"""The first second of the year 1, POSIX."""


def table(found: HeldProof, words: Words) -> Table:
    """Yes, what it is of, and who says so."""
    say = words.say
    made = Table([Column("", "right"), Column("")])
    made.title(Cell(say("proof.holds"), "bold green"), "")
    for each in (found.party, *found.others):
        if each is not None:
            made.row(say("proof.whose"), called((each.words or {}).get("name"), each.recorded.event.party))
            made.row(say("proof.whose_id"), each.recorded.id)
    if found.others:
        made.row("", say("proof.several"))
    if found.claimed is not None:
        made.row(say("word.entry", entry=found.claimed), say("proof.claimed"))
    if found.balance is not None:
        for key, text in _balance(found.balance, words):
            made.row(say(key), Cell(text, style_of(found.balance.balance_paise)) if key == "proof.balance" else text)
    shown = found.entries if found.balance is None and found.entry is None else (found.entry,)
    for each in shown:
        if each is not None and (found.entry is not None or each not in (found.party, *found.others)):
            made.row(say("word.entry", entry=each.recorded.seq), told(each, words))
    made.row(say("proof.tree"), say("proof.upto", entry=found.checkpoint.size, book=found.checkpoint.origin))
    for seen in found.seen:
        made.row(say("proof.seen"), say("proof.seen_by", name=visible(seen.name), day=day_of(seen.at, words)))
    made.row(say("proof.key"), visible(str(found.key)))
    if found.own_key:
        made.row("", say("proof.own_key"))
    return made


def _balance(found: ProvenBalance, words: Words) -> list[tuple[str, str]]:
    """What a balance was, and whose, by the id that stands in the proofs of his entries."""
    amount, word = standing(found.balance_paise, words)
    day = words.say("word.as_on", day=dates.day(found.as_on, words))
    upto = words.say("word.up_to_entry", entry=found.upto)
    return [
        ("proof.whose_id", found.party_id),
        ("proof.balance", " ".join(filter(None, (amount, word)))),
        ("proof.when", f"{day} · {upto}"),
    ]


def told(each: ShownEntry, words: Words) -> str:
    """What an entry says, by itself."""
    return f"{moved(did(each.recorded.event), words)} · {dates.day(each.recorded.on, words)}"


def day_of(at: int, words: Words) -> str:
    """The business day of an instant (POSIX seconds), in words."""
    return dates.day(on_day(at), words)


def on_day(at: int) -> Day:
    """The business day of an instant (POSIX seconds); of one that the calendar does not have, the nearest that it has.

    It raises nothing: whatever a stranger signed, what is right beside it can still be shown.
    """
    instant = datetime.fromtimestamp(min(max(at, _FIRST_INSTANT), LAST_INSTANT), UTC).replace(tzinfo=None)
    return business_day_of(At(instant.isoformat(timespec="microseconds") + "Z"))


def witnessed(shops: Sequence[SignedLast], words: Words) -> Table:
    """What a witness signed last: a line for each shop."""
    say = words.say
    made = Table([Column(say("head.entry"), "right"), Column(say("head.date")), Column("")])
    for each in shops:
        made.row(words.number(each.size), day_of(each.at, words), visible(each.key.name))
    made.total(words.count("witness.shops", len(shops)))
    return made
