"""What verification found: each check with its result, and the seal or the first bad entry."""

from __future__ import annotations

from collections.abc import Sequence

from khata.grammar.days import business_day_of
from khata.i18n import dates
from khata.i18n.messages import Words
from khata.i18n.money import count, rupees
from khata.render.terminal.table import Cell, Column, Table
from khata.render.terminal.text import visible
from khata.units import At
from khata.verifying.against import Comparison
from khata.verifying.verdict import Verdict

_MARKS = {"ok": "verify.ok", "bad": "verify.bad", "not_checked": "verify.not_checked"}
_STYLES = {"ok": "green", "bad": "bold red", "not_checked": "yellow"}
_FAULTS_SHOWN = 10


def table(verdict: Verdict, compared: Sequence[Comparison], path: str, shop: str | None, words: Words) -> Table:
    """A line a check, the faults, and last the result: plainly unbroken, or the first bad entry."""
    say = words.say
    made = Table([Column(""), Column(""), Column("")])
    made.title(visible(shop or ""), visible(path))
    for check, result in verdict.checks:
        mark = Cell(say(_MARKS[result]), _STYLES[result])
        made.row(mark, say(f"verify.check.{check}"), _about(check, result, verdict, words))
    for each in compared:
        result = "ok" if each.result == "ok" else "bad"
        made.row(Cell(say(_MARKS[result]), _STYLES[result]), say("verify.check.against"), _compared(each, words))
    for fault in verdict.faults[:_FAULTS_SHOWN]:
        where = say("word.entry", entry=fault.entry) if fault.entry else say(f"verify.check.{fault.check}")
        key = f"verify.fault.{fault.code}"
        made.row("", where, say(key) if words.has(key) else fault.code.replace("_", " "))
    if verdict.fault_count > _FAULTS_SHOWN:
        made.line(words.count("faults.more", verdict.fault_count - _FAULTS_SHOWN))
    made.total(*_result(verdict, words))
    return made


def _about(check: str, result: str, verdict: Verdict, words: Words) -> str:
    say = words.say
    changed = next((fault.entry for fault in verdict.faults if fault.code == "not_as_verified"), None)
    if check == "anchor" and changed is not None:
        return say("verify.anchor.changed", entry=changed)
    if check == "anchor" and verdict.written is not None:
        key = "older" if result == "not_checked" else result
        return say(f"verify.anchor.{key}", entry=verdict.written)
    if result != "ok":
        return say(f"verify.{check}.{result}")
    if check == "chain" and verdict.since is not None:
        day = dates.day(business_day_of(At(verdict.since.at)), words.language)
        return words.count("verify.chain.since", verdict.entries - verdict.since.seq, last=verdict.since.seq, day=day)
    if check == "chain":
        return words.count("verify.chain.links" if verdict.links else "verify.chain.ok", verdict.entries)
    if check == "details":
        before = verdict.since.tally.details if verdict.since else 0
        return words.count("verify.details.ok", verdict.names_and_notes - before)
    if check == "replay":
        due, advance = verdict.to_receive_paise or 0, verdict.to_give_paise or 0
        return say("verify.replay.ok", due=rupees(due), advance=rupees(advance))
    return say(f"verify.{check}.ok")


def _compared(each: Comparison, words: Words) -> str:
    return words.say(f"verify.against.{each.result}", entry=each.entry or 0, file=visible(str(each.path)))


def _result(verdict: Verdict, words: Words) -> tuple[Cell, str]:
    say, language = words.say, words.language
    if verdict.result == "unbroken":
        at = dates.clock(verdict.last_at, language) if verdict.last_at else ""
        seal = f"{verdict.head[:4]}… ({len(verdict.head)} hex)"
        text = words.count("verify.unbroken.text", verdict.entries, at=at, seal=seal)
        return Cell(say("verify.unbroken"), "bold green"), text
    if verdict.result == "incomplete":
        text = words.count("verify.incomplete.text", verdict.unknown)
        return Cell(say("verify.incomplete"), "bold yellow"), text
    entry = verdict.first_bad_entry
    if entry is None and any(fault.code == "other_history" for fault in verdict.faults):
        return Cell(say("verify.broken"), "bold red"), say("verify.broken.other_history")
    if entry is None:
        return Cell(say("verify.broken"), "bold red"), say("verify.broken.elsewhere", n=count(verdict.holds_upto))
    on = f" ({dates.day(verdict.first_bad_on, language)})" if verdict.first_bad_on else ""
    code = next((fault.code for fault in verdict.faults if fault.entry == entry), "")
    why = say(f"verify.fault.{code}") if words.has(f"verify.fault.{code}") else code.replace("_", " ")
    holds = say("verify.holds", last=verdict.holds_upto) if verdict.holds_upto else ""
    return Cell(say("verify.broken"), "bold red"), say("verify.broken.text", entry=entry, on=on, why=why, holds=holds)
