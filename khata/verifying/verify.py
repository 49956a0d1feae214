"""The whole of a book, checked: `verify(book, cache)`."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from khata.events.base import is_day
from khata.events.book import DetailErased
from khata.log.bulk import no_collector
from khata.log.chain import Head
from khata.log.errors import BookBrokenError
from khata.store.anchor import Anchor
from khata.store.sqlite.readonly import ReadOnlyBook, Standing
from khata.units import At, Day, Paise, Seq
from khata.verifying.against_anchor import End
from khata.verifying.against_signed import Signed
from khata.verifying.conclude import (
    about_details,
    across_entries,
    against_cache,
    fresh_against_cache,
    ids_in_cache,
    totals,
)
from khata.verifying.crew import Crew
from khata.verifying.ids import alike, second_ones
from khata.verifying.keys import check_keys
from khata.verifying.memory import Memory, Remembered
from khata.verifying.point import Point, carried
from khata.verifying.schema import readable, schema_faults
from khata.verifying.seals import check_seals
from khata.verifying.stored import ids_of, of_kind, opened, recorded
from khata.verifying.sums import Sums, first_beyond
from khata.verifying.tally import LISTED, Erasure, Tally
from khata.verifying.verdict import CHECKS, Check, CheckResult, Fault, Notice, Result, Verdict
from khata.views.compare import CacheLook, look

VerifyProgress = Callable[[int, int], None]
"""Told how many entries are done, of how many."""


def verify(
    book: Path,
    cache: Path | None = None,
    *,
    anchor: Anchor | None = None,
    progress: VerifyProgress | None = None,
    alone: bool = False,
    since: Point | None = None,
    earlier: Point | None = None,
    links: bool = False,
    signed: Signed | None = None,
) -> Verdict:
    """Check a book: its schema, its chain, its details, and its views against a fresh fold.

    Nothing is written. A book that is broken gets a verdict; an error is raised only for what cannot be judged.

    Args:
        book: the file.
        cache: the file of its views, where there may be one; one of another history is no fault.
        anchor: what this machine wrote last, to be compared with what stands there.
        progress: told how far it is.
        alone: never use a second process.
        since: a verified point to go on from; entries up to it are not read again. Where the book does not have it,
            or the schema is not as it must be, all entries are read.
        earlier: a verified point to be compared, while all entries are read. Where the book does not have it, or that
            of `since`, that is a fault, unless an adoption gave it up.
        links: check schema, hashes and links alone, and do not look at what the entries say.
        signed: checkpoints of this book whose signatures hold; none is looked at with `links`.

    Raises:
        NoBookError: nothing there.
        NotABookError: some other file.
        NewerBookError: a later version of the file.
        BusyError: another process held the book for too long.
        DiskError: the machine cannot read it.
    """
    with closing(ReadOnlyBook(book)) as pages, no_collector():
        try:
            standing = pages.standing()
        except BookBrokenError:
            return _unreadable([Fault("schema", None, "unreadable")])
        faults = schema_faults(standing)
        if not readable(standing):
            return _unreadable(faults)
        held = None if faults else _held(pages, standing, since)
        # Going on from a point must cost what is new, and this reads every page.
        sound = not faults and held is None and pages.sound()
        if not sound and pages.overfull(held.seq if held else 0):
            # To read what its pages pretend to hold would take for ever.
            return _unreadable([*faults, Fault("schema", None, "damaged_pages")])
        if not sound and not faults and held is None:
            faults.append(Fault("schema", None, "damaged_pages"))
        crew = Crew(pages, cache, progress, alone=alone, links=links)
        views = None if links else look(cache)
        if held is None and signed is not None:
            signed = signed._replace(blocks=b"")
        memory = Memory(anchor, since or earlier, None if links else signed)
        try:
            return (
                _judge_links(pages, standing, faults, crew, memory)
                if links
                else _judge(pages, standing, faults, views, crew, memory, held)
            )
        finally:
            crew.close()
            if views is not None:
                views.close()


def _judge_links(pages: ReadOnlyBook, standing: Standing, schema: list[Fault], crew: Crew, memory: Memory) -> Verdict:
    last = min(standing.head.seq, standing.most)
    tally = crew.read(1, last, 0, None)
    _ends(tally, standing, last)
    seen = memory.compare(tally, pages, End(last, standing.torn))
    verdict = _verdict(pages, tally, schema, standing.head, seen, frozenset(("details", "replay")))
    verdict.links = True
    return verdict


def _judge(
    pages: ReadOnlyBook,
    standing: Standing,
    schema: list[Fault],
    views: CacheLook | None,
    crew: Crew,
    memory: Memory,
    held: Point | None,
) -> Verdict:
    head = standing.head
    last = min(head.seq, standing.most)
    after = held.seq if held else Seq(0)
    upto = _reach(pages, views, last)
    compares = upto > after
    fresh = crew.read(after + 1, last, upto, views if compares else None)
    tally = Tally()
    if held is not None:
        tally.merge(held.tally)
    tally.merge(fresh)
    _ends(tally, standing, last)
    _all_entries(tally, pages, held, last)
    if halves := alike(crew.ids):
        for seq in second_ones(ids_of(pages, after + 1, last), halves):
            tally.fault("chain", seq, "id_twice")
    if held is not None and views is not None and upto:
        ids_in_cache(tally, views, ids_of(pages, after + 1, last))
    about_details(tally, _erased_since(pages, last), lambda seq: pages.has_detail(Seq(seq)))
    if compares and views is not None and tally.compared and not tally.bad:
        if held is None:
            against_cache(tally, views, upto)
        else:
            fresh_against_cache(tally, fresh, held.tally, views, upto)
    if fresh.seals and not tally.bad and not tally.unknown:
        check_seals(tally, pages, views, upto if compares and tally.compared and not tally.fault_count else 0)
    left_out = set() if fresh.rows else {"details", "replay"}
    if held is not None and not fresh.rows:
        left_out.add("chain")  # nothing is new, and nothing was read
    if tally.unknown or tally.bad:
        left_out.add("replay")
    seen = memory.compare(tally, pages, End(last, standing.torn))
    verdict = _verdict(pages, tally, schema, head, seen, frozenset(left_out))
    verdict.read, verdict.notices = fresh.rows, _notices(tally)
    if "replay" not in left_out:
        due, advance = totals(tally)
        verdict.to_receive_paise, verdict.to_give_paise = Paise(due), Paise(advance)
        verdict.parties = len(tally.parties)
        verdict.compared_upto = Seq(upto if compares and tally.compared else 0)
    verdict.counters = frozenset(tally.counters)
    if verdict.result == "unbroken" and seen.may_move:
        verdict.point = Point(head.seq, head.hash, "", carried(tally))
    verdict.since = held
    return verdict


def _all_entries(tally: Tally, pages: ReadOnlyBook, held: Point | None, last: int) -> None:
    """What depends on all entries together; where one is of a newer khata that is not judged."""
    across_entries(tally)
    if tally.unknown:
        return
    first = opened(pages)
    if tally.keys and first is not None:
        check_keys(tally, first.book)
    if not Sums(tally.seen, tally.later).fit():
        before, after = (held.tally.seen, held.seq) if held is not None else ({}, 0)
        tally.fault("chain", first_beyond(pages, before, after + 1, last) or last, "sum_too_large")


def _held(pages: ReadOnlyBook, standing: Standing, since: Point | None) -> Point | None:
    """The point to go on from; None if there is none, or the book does not have it."""
    if since is None or since.seq > min(standing.head.seq, standing.most):
        return None
    return since if since.holds(pages) else None


def _reach(pages: ReadOnlyBook, views: CacheLook | None, last: int) -> int:
    """How far the cache can be compared: not at all if it is of another history."""
    if views is None:
        return 0
    seq, digest = views.position
    if seq > last:
        return 0  # it saw entries that are not here: an older copy of the book, or entries recorded just now
    _, rows, _ = pages.entries(seq, seq)
    return seq if rows and rows[0][2] == digest else 0


def _notices(tally: Tally) -> tuple[Notice, ...]:
    found = [Notice(Seq(entry), "adopted", Seq(size)) for entry, size in tally.adoptions]
    found += [Notice(Seq(entry), "rotated" if signed else "lost") for entry, _, _, signed in tally.keys]
    return tuple(sorted(found))


def _ends(tally: Tally, standing: Standing, last: int) -> None:
    """What lies outside 1 to the last entry."""
    if standing.head.seq > last:
        tally.fault("chain", last + 1, "missing")
    if standing.head.seq and standing.first < 1:
        tally.fault("chain", 1, "out_of_place")
    if standing.details[0] < 0 or (standing.details[1] > standing.head.seq and not standing.torn):
        tally.fault("details", max(standing.details[1], 1), "no_commitment")
    if standing.torn:
        tally.fault("chain", last + 1, "unreadable")
    elif not standing.head.seq:
        tally.fault("chain", 1, "not_opened")


def _erased_since(pages: ReadOnlyBook, last: int) -> list[Erasure]:
    """Erasures recorded while the book was being read; they explain what is missing since."""
    found = of_kind(pages, last + 1, None, DetailErased)
    return [(seq, event.party or 0, event.upto or 0, list(event.entries or ())) for seq, _, event in found]


def _verdict(
    pages: ReadOnlyBook, tally: Tally, schema: list[Fault], head: Head, seen: Remembered, left_out: frozenset[str]
) -> Verdict:
    found = sorted(tally.faults, key=lambda fault: (CHECKS.index(fault[0]), fault[1]))
    bad = {"schema"} if schema else set()
    bad |= {check for check, _, _ in found}
    if seen.mark.mark == "bad":
        bad.add("anchor")
    how: dict[str, CheckResult] = dict.fromkeys(CHECKS, "ok")
    how |= dict.fromkeys(
        (*left_out, *(() if seen.sealed.compared else ("checkpoint",)), *(() if seen.compared else ("anchor",))),
        "not_checked",
    )
    how |= dict.fromkeys(bad, "bad")
    result: Result = "unbroken"
    if bad:
        result = "broken"
    elif tally.unknown or tally.forms:
        result = "incomplete"
    first_bad = Seq(tally.bad[0]) if tally.bad else None
    # A name or a note may stand behind the last entry: what is not there is not good.
    held = Seq(min(first_bad - 1, head.seq)) if first_bad else head.seq
    bad_one = recorded(pages, first_bad) if first_bad else None
    last_one = recorded(pages, head.seq)
    return Verdict(
        result=result,
        entries=tally.rows,
        read=tally.rows,
        head=head.hash.hex(),
        checks=tuple(Check(check, how[check]) for check in CHECKS),
        faults=(*schema, *(Fault(check, Seq(entry) if entry else None, code) for check, entry, code in found))[:LISTED],
        fault_count=len(schema) + tally.fault_count,
        first_bad_entry=first_bad,
        first_bad_on=bad_one.on if bad_one else _day_of(pages, first_bad),
        holds_upto=Seq(min(held, seen.sealed.upto)) if seen.sealed.differs else held,
        chain_upto=Seq(tally.bad_chain[0] - 1) if tally.bad_chain else head.seq,
        mark=seen.mark.mark,
        written=seen.mark.written,
        other_book=seen.mark.other_book,
        earlier=seen.earlier,
        sealed=seen.sealed,
        unknown=tally.unknown,
        forms=tally.forms,
        last_on=last_one.on if last_one else None,
        last_at=At(last_one.at) if last_one else None,
        names_and_notes=tally.details,
    )


def _day_of(pages: ReadOnlyBook, seq: Seq | None) -> Day | None:
    """The day that stands in an entry which is not what an event must be."""
    body = pages.body(seq) if seq else None
    if body is None:
        return None
    try:
        said = json.loads(body)
        on = said["on"]
        return Day(on) if type(on) is str and is_day(on) else None
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _unreadable(faults: list[Fault]) -> Verdict:
    return Verdict(
        result="broken",
        entries=0,
        head=Head(Seq(0), bytes(32)).hash.hex(),
        checks=tuple(Check(check, "bad" if check == "schema" else "not_checked") for check in CHECKS),
        faults=tuple(faults[:LISTED]),
        fault_count=len(faults),
    )
