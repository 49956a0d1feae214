"""What is to be known of a period before it is filed, as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from khata.i18n import dates
from khata.i18n.messages import Words
from khata.questions.editlog import CORRECTION, IMPORT_REVERSED, REVERSAL
from khata.questions.filing import FilingFacts
from khata.render.terminal.table import Cell, Column, Table
from khata.render.terminal.verdict import notices
from khata.verifying.verdict import Verdict

_STYLES = {"unbroken": "bold green", "partly": "bold yellow", "broken": "bold red", "incomplete": "bold yellow"}


def table(
    facts: FilingFacts | None, result: str, tiers: Sequence[Mapping[str, str]], verdict: Verdict, words: Words
) -> Table:
    """How many entries there are, what was done to them afterwards, how far others vouch, and what was not checked."""
    say = words.say
    made = Table([Column("", "right"), Column("")])
    if facts is None:
        made.line(say("filing.not_known"))
    else:
        _period(made, facts, words)
    after = verdict.entries - verdict.sealed.protected_upto
    made.row(words.number(verdict.sealed.protected_upto), say("filing.protected"))
    made.row(words.number(after), words.count("filing.unprotected", after))
    for how, told in notices(verdict, words):
        made.row(Cell(say("verify.careful"), "yellow") if how == "careful" else "", told)
    missing = [say(f"filing.tier.{each['tier']}") for each in tiers if each["result"] == "not_checked"]
    for each in missing:
        made.row(Cell(say("verify.not_checked"), "yellow"), each)
    text = words.count("filing.text", len(missing)) if missing else say("filing.all")
    made.total(Cell(say(f"filing.{result}"), _STYLES[result]), "" if result in ("broken", "incomplete") else text)
    return made


def _period(made: Table, facts: FilingFacts, words: Words) -> None:
    say = words.say
    days = dates.span(facts.first, facts.last, words) if facts.first else dates.day(facts.last, words)
    made.title(say("filing.title", days=days))
    made.row(words.number(facts.entries), words.count("filing.entries", facts.entries))
    made.row(
        words.number(facts.late),
        words.count("filing.late", facts.most_days_late) if facts.late else say("filing.none_late"),
    )
    if facts.brought:
        made.row(words.number(facts.brought), words.count("filing.brought", facts.most_days_brought))
    taken_back = facts.edits.get(REVERSAL, 0) + facts.edits.get(IMPORT_REVERSED, 0)
    corrected = facts.edits.get(CORRECTION, 0)
    made.row(words.number(taken_back), words.count("filing.reversed", taken_back))
    made.row(words.number(corrected), words.count("filing.corrected", corrected))
    if facts.lock is not None:
        made.row(words.number(facts.after_lock), say("filing.after_lock", entry=facts.lock.counted))
    if not facts.over:
        made.line(say("filing.not_over", day=dates.day(facts.ends_on, words)))
    elif facts.locked is not None and facts.locked >= facts.last:
        made.line(say("filing.locked", day=dates.day(facts.locked, words)))
    else:
        made.line(say("filing.not_locked", day=facts.last))
