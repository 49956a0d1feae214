"""What is to be known of a period before it is filed, as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from khata.i18n import dates
from khata.i18n.messages import Words
from khata.questions.editlog import CORRECTION, IMPORT_REVERSED, REVERSAL
from khata.questions.filing import FilingFacts
from khata.render.terminal.table import Cell, Column, Table
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
    made.row(str(verdict.sealed.protected_upto), say("filing.protected"))
    made.row(str(after), say("filing.unprotected"))
    missing = [say(f"filing.tier.{each['tier']}") for each in tiers if each["result"] == "not_checked"]
    for each in missing:
        made.row(Cell(say("verify.not_checked"), "yellow"), each)
    made.total(Cell(say(f"filing.{result}"), _STYLES[result]), words.count("filing.text", len(missing)))
    return made


def _period(made: Table, facts: FilingFacts, words: Words) -> None:
    say = words.say
    days = dates.span(facts.first, facts.last, words.language) if facts.first else dates.day(facts.last, words.language)
    made.title(say("filing.title", days=days))
    made.row(str(facts.entries), say("filing.entries"))
    late = str(facts.late)
    made.row(late, words.count("filing.late", facts.most_days_late) if facts.late else say("filing.none_late"))
    taken_back = facts.edits.get(REVERSAL, 0) + facts.edits.get(IMPORT_REVERSED, 0)
    made.row(str(taken_back), say("filing.reversed"))
    made.row(str(facts.edits.get(CORRECTION, 0)), say("filing.corrected"))
    if facts.lock is not None:
        made.row(str(facts.after_lock), say("filing.after_lock", entry=facts.lock.entry))
    if facts.locked is not None and facts.locked >= facts.last:
        made.line(say("filing.locked", day=dates.day(facts.locked, words.language)))
    else:
        made.line(say("filing.not_locked", day=facts.last))
