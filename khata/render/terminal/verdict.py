"""What verification found: each check with its result, and the seal or the first bad entry.

Each line says what was done in this run, and with which entries: never that something holds which was not read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from khata.events import codec
from khata.events.base import MalformedError, Unknown
from khata.grammar.days import business_day_of
from khata.i18n import dates
from khata.i18n.messages import Words
from khata.postings.kinds import did
from khata.render.terminal.proof import day_of
from khata.render.terminal.table import Cell, Column, Table
from khata.render.text import visible
from khata.render.told import moved
from khata.units import At
from khata.verifying.against import Comparison
from khata.verifying.verdict import OF_SEALS, Earlier, Fault, Timestamp, Verdict

_MARKS = {"ok": "verify.ok", "bad": "verify.bad", "not_checked": "verify.not_checked", "careful": "verify.careful"}
_STYLES = {"ok": "green", "bad": "bold red", "not_checked": "yellow", "careful": "yellow"}
_FAULTS_SHOWN, _NOTICES_SHOWN = 10, 20
_DAMAGE = frozenset(("unreadable", "damaged_pages"))
_BEFORE = {"ok": "ok", "given_up": "careful", "bad": "bad"}


def table(
    verdict: Verdict,
    compared: Sequence[Comparison],
    stamp: Timestamp | None,
    path: str,
    shop: str | None,
    words: Words,
    *,
    concluded: bool = True,
) -> Table:
    """A line a check, the faults, and last (`concluded`) the result: plainly unbroken, or the first bad entry."""
    say = words.say
    made = Table([Column(""), Column(""), Column("")])
    made.title(visible(shop or ""), visible(path))

    def row(result: str, check: str, text: str) -> None:
        made.row(Cell(say(_MARKS[result]), _STYLES[result]), say(f"verify.check.{check}"), text)

    for check, result in verdict.checks:
        if check == "anchor":
            row({"ok": "ok", "bad": "bad"}.get(verdict.mark, "not_checked"), check, _marked(verdict, words))
            if verdict.other_book is not None:
                row("careful", check, say("verify.anchor.other_book", entry=verdict.other_book))
            if verdict.earlier is not None:
                row(_BEFORE.get(verdict.earlier.result, "not_checked"), "before", _before(verdict.earlier, words))
        else:
            row(result, check, _about(check, result, verdict, words))
    for how, text in notices(verdict, words):
        row(how, "itself", text)
    if stamp is not None:
        day = day_of(stamp.at, words)
        row("ok", "time", say("verify.time.ok", entry=stamp.size, day=day, name=visible(stamp.authority)))
    for each in compared:
        row(each.result, "against", _compared(each, words))
        for text in _both(each, words):
            made.row("", "", text)
    for fault in verdict.faults[:_FAULTS_SHOWN]:
        where = say("word.entry", entry=fault.entry) if fault.entry else say(f"verify.check.{fault.check}")
        made.row("", where, _why(fault, words))
    if verdict.fault_count > _FAULTS_SHOWN:
        made.line(words.count("faults.more", verdict.fault_count - _FAULTS_SHOWN))
    if concluded:
        made.total(*_result(verdict, compared, words))
    return made


def notices(verdict: Verdict, words: Words) -> list[tuple[str, str]]:
    """What the book says of itself, the last ones: whether that is a reason to be careful, and the sentence."""
    found = []
    for each in verdict.notices[-_NOTICES_SHOWN:]:
        lost = each.notice == "adopted" and each.upto is not None and each.upto >= each.entry
        key = f"verify.itself.{each.notice}{'.lost' if lost else ''}"
        how = "ok" if each.notice == "rotated" else "careful"
        found.append((how, words.say(key, entry=each.entry, last=each.upto)))
    return found


def _why(fault: Fault, words: Words) -> str:
    key = f"verify.fault.{fault.code}"
    if words.has(key):
        return words.say(key)
    # Any table of the views may differ.
    return words.say("verify.fault.view_differs" if fault.check == "replay" else "verify.fault.other", code=fault.code)


def _marked(verdict: Verdict, words: Words) -> str:
    return words.say(f"verify.anchor.{verdict.mark}", entry=verdict.written)


def _before(earlier: Earlier, words: Words) -> str:
    return words.say(
        f"verify.before.{earlier.result}",
        entry=earlier.entry,
        day=_day(earlier.at, words),
        adopted=earlier.adopted,
        on=dates.day(earlier.adopted_on, words) if earlier.adopted_on else "",
    )


def _day(at: str | None, words: Words) -> str:
    return dates.day(business_day_of(At(at)), words) if at else ""


def _about(check: str, result: str, verdict: Verdict, words: Words) -> str:
    say = words.say
    if check == "chain" and result != "not_checked":
        return _chain(verdict, words)
    if check == "chain" and verdict.since is not None:
        return say("verify.chain.nothing_new", last=verdict.since.seq, day=_day(verdict.since.at, words))
    if check == "schema" and result == "bad" and _DAMAGE.issuperset(_codes(verdict, "schema")):
        return say("verify.schema.damaged")
    if check == "checkpoint" and result == "not_checked":
        return _unsealed(verdict, words)
    if result != "ok":
        return say(f"verify.{check}.{result}")
    if check == "details":
        found = verdict.names_and_notes - (verdict.since.tally.details if verdict.since else 0)
        return words.count("verify.details.ok", found) if found else say("verify.details.none")
    if check == "replay":
        return _replay(verdict, words)
    if check == "checkpoint":
        return _sealed(verdict, words)
    return say(f"verify.{check}.ok")


def _unsealed(verdict: Verdict, words: Words) -> str:
    """Why nothing was held against what was signed."""
    if verdict.sealed.given_up:
        return words.say("verify.checkpoint.given_up", entry=verdict.sealed.given_up)
    if verdict.links or any(fault.check == "schema" or fault.code in OF_SEALS for fault in verdict.faults):
        return words.say("verify.checkpoint.chain_only" if verdict.links else "verify.checkpoint.no_chain")
    return words.say("verify.checkpoint.not_checked")


def _sealed(verdict: Verdict, words: Words) -> str:
    """How far the book is out of its owner's hands, or how to get there."""
    sealed = verdict.sealed
    if not sealed.seen:
        return words.say("verify.checkpoint.unseen", entry=sealed.upto)
    first = sealed.seen[0]
    said = words.say("verify.checkpoint.ok", entry=first.upto, name=visible(first.name), day=day_of(first.at, words))
    later = verdict.entries - first.upto
    return _beside(said, words.count("verify.checkpoint.later", later)) if later > 0 else said


def _lost(verdict: Verdict, words: Words) -> str:
    """What was signed, and does not stand there any more."""
    sealed = verdict.sealed
    if sealed.missing_upto:
        missing = sealed.missing_upto - verdict.entries
        return words.count("verify.broken.signed_cut_off", missing, upto=sealed.missing_upto)
    return words.say("verify.broken.not_as_signed", first=sealed.upto + 1, upto=sealed.differs, held=sealed.upto)


def _chain(verdict: Verdict, words: Words) -> str:
    codes = _codes(verdict, "chain")
    if codes:
        how = "bad" if codes & OF_SEALS else "meaning"
        return words.count(f"verify.chain.{how}", verdict.read) if verdict.read else words.say("verify.chain.empty")
    if verdict.since is not None:
        day = _day(verdict.since.at, words)
        return words.count("verify.chain.since", verdict.read, last=verdict.since.seq, day=day)
    return words.count("verify.chain.links" if verdict.links else "verify.chain.ok", verdict.read)


def _codes(verdict: Verdict, check: str) -> set[str]:
    return {fault.code for fault in verdict.faults if fault.check == check}


def _replay(verdict: Verdict, words: Words) -> str:
    due, advance = words.rupees(verdict.to_receive_paise or 0), words.rupees(verdict.to_give_paise or 0)
    since = verdict.since.seq if verdict.since else 0
    made = words.say("verify.replay.since" if since else "verify.replay.ok", due=due, advance=advance, last=since)
    if verdict.compared_upto == verdict.entries:
        return made
    how = "part" if verdict.compared_upto else "alone"
    return _beside(made, words.say(f"verify.replay.{how}", last=verdict.compared_upto))


def _compared(each: Comparison, words: Words) -> str:
    file, entry = visible(str(each.path)), each.entry
    if each.relation is None:
        return words.say(f"verify.against.{each.why}", file=file)
    if each.stranger:
        return _beside(_compared(replace(each, stranger=False), words), words.say("verify.against.stranger"))
    if each.relation == "fork" and each.fork is not None:
        upto = ".upto" if each.fork.upto else ""
        return words.say(f"verify.against.fork{upto}", file=file, entry=each.fork.entry)
    key = f"verify.against.{each.relation}"
    if each.relation == "ahead" and each.more is not None:
        return words.count(key, each.more, file=file, entry=entry)
    return words.count(key, each.missing or each.entries, file=file, entry=entry, entries=each.entries)


def _both(each: Comparison, words: Words) -> list[str]:
    """What this book and the other say of the entry at which they part."""
    if each.fork is None:
        return []
    said = (("verify.here", each.fork.here), ("verify.there", each.fork.there))
    return [words.say(key, what=what) for key, body in said if body is not None and (what := _said(body, words))]


def _said(body: bytes, words: Words) -> str:
    """What an entry records, as far as its bytes alone tell."""
    try:
        recorded = codec.read(body)
    except MalformedError:
        return ""
    if isinstance(recorded.event, Unknown):
        return ""
    return _beside(moved(did(recorded.event), words), dates.day(recorded.on, words))


def _result(verdict: Verdict, compared: Sequence[Comparison], words: Words) -> tuple[Cell, str]:
    """The last word, which the exit code goes by."""
    say = words.say
    bad = [each for each in compared if each.result == "bad"]
    apart = next((each for each in bad if each.contradicts), bad[0] if bad else None)
    fork = apart.fork if apart is not None else None
    earlier = fork is not None and not fork.upto and fork.entry < (verdict.first_bad_entry or verdict.entries + 1)
    if verdict.result == "broken" and not earlier:
        return Cell(say("verify.broken"), "bold red"), _broken(verdict, words)
    if apart is not None:
        if not apart.contradicts:  # the other is of no use, and this book may be as sound as it was
            return Cell(say("verify.not_compared"), "bold red"), say("verify.broken.copy", what=_compared(apart, words))
        key = "verify.broken.against" if apart.relation == "fork" else "verify.broken.copy"
        return Cell(say("verify.broken"), "bold red"), say(key, what=_compared(apart, words))
    if verdict.result == "incomplete":
        key, many = ("entries", verdict.unknown) if verdict.unknown else ("details", verdict.forms)
        facts = {"first": _first(verdict), "last": verdict.holds_upto}
        return Cell(say("verify.incomplete"), "bold yellow"), words.count(f"verify.incomplete.{key}", many, **facts)
    at = dates.clock(verdict.last_at, words) if verdict.last_at else ""
    sealed = {"at": at, "seal": f"{verdict.head[:4]}… ({len(verdict.head)} hex)"}
    if verdict.since is not None:
        key = "verify.unbroken.since" if verdict.read else "verify.unbroken.nothing_new"
        text = words.count(key, verdict.read, last=verdict.since.seq, **sealed)
    else:
        text = words.count(f"verify.unbroken.{'links' if verdict.links else 'text'}", verdict.entries, **sealed)
    return Cell(say("verify.unbroken"), "bold green"), text


def _broken(verdict: Verdict, words: Words) -> str:
    say, entry = words.say, verdict.first_bad_entry
    bad = {check for check, result in verdict.checks if result == "bad"}
    codes = {fault.code for fault in verdict.faults}
    if entry is None:
        if "other_history" in codes:
            return say("verify.broken.other_history", entry=verdict.written)
        held = _held(verdict, words)
        if "checkpoint" in bad and not bad & {"schema", "replay"}:
            return _lost(verdict, words)
        return _sentences(held, *(say(f"verify.broken.{check}") for check in ("schema", "replay") if check in bad))
    if verdict.sealed.differs and verdict.sealed.upto < entry:  # it was changed before the entry that shows it
        return _lost(verdict, words)
    if not bad - {"anchor", "replay"} and "not_as_verified" in codes and entry <= verdict.entries:
        return say("verify.broken.not_as_verified", entry=entry)
    at_entry = [fault for fault in verdict.faults if fault.entry == entry and fault.check != "replay"]
    why = _why(at_entry[0] if at_entry else Fault("chain", entry, ""), words)
    on = say("verify.broken.on", day=dates.day(verdict.first_bad_on, words)) if verdict.first_bad_on else ""
    told = say("verify.broken.text", entry=entry, why=why)
    return _sentences(told, on, _held(verdict, words), say("verify.broken.stop"))


def _sentences(*said: str) -> str:
    """Sentences, each whole by itself, one after the other."""
    return " ".join(filter(None, said))


def _beside(*said: str) -> str:
    """Phrases that say of one thing what each can say alone."""
    return " · ".join(said)


def _first(verdict: Verdict) -> int:
    """The first entry that was read."""
    return verdict.since.seq + 1 if verdict.since else 1


def _held(verdict: Verdict, words: Words) -> str:
    """Which of the entries that were read hold; that none was read, where that is so."""
    first = _first(verdict)
    if not verdict.read:
        return words.say("verify.held.none")
    if verdict.holds_upto < first:
        return ""
    return words.say("verify.held.seals" if verdict.links else "verify.held", first=first, last=verdict.holds_upto)
