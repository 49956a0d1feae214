"""Before a period is filed: what of the book was checked and what was not, on one page."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from khata.cli.env import Env
from khata.cli.examining import Examined, examine
from khata.cli.failing import BROKEN
from khata.cli.output import could_be_written
from khata.cli.refusals import Misused
from khata.cli.reply import Reply
from khata.cli.tabled import PAGE, check_form, cut_of, period_of, tabled
from khata.grammar.days import parse_period
from khata.log.errors import BookError
from khata.questions.filing import FilingFacts, filing_facts
from khata.render import json

if TYPE_CHECKING:
    from khata.render.terminal.table import Table

PARTLY = "partly"


def filed(env: Env, against: Sequence[str], period: str | None, file: str | None, *, strict: bool) -> Reply:
    """`verify --for-filing`: every check, each with what came of it, and what is to be known of the period.

    Args:
        env: the surroundings.
        against: files and folders to hold the book against.
        period: as it was typed.
        file: where the page goes; None for stdout.
        strict: whether it is a failure that something was not checked.

    Raises:
        Misused: no period is given.
        BookError: the book, or a file that was named, cannot be read.
    """
    if period is None:
        raise Misused(what="missing", name="--period PERIOD")
    form = check_form(None, file, PAGE)
    could_be_written(file)
    found = examine(env, against)
    made = conclude(env, found, period)
    data = found.data | {"result": made.result, "tiers": made.tiers} | json.filing(made.facts)
    reply = tabled(env, data, lambda env: pages(env, found, made), lambda: "", form, file)
    return reply._replace(exit_code=BROKEN if strict and made.result == PARTLY else found.code)


class Concluded(NamedTuple):
    """What a book and a period come to before filing.

    Attributes:
        result: as `verify` has it; `partly` where all that was checked is well, and something was not.
        tiers: every check with its result.
        facts: what is known of the period; None where the book could not be asked.
    """

    result: str
    tiers: list[dict[str, str]]
    facts: FilingFacts | None


def conclude(env: Env, found: Examined, period: str) -> Concluded:
    """What a book that was examined comes to, for a period as it was typed. Raises Unreadable."""
    facts = period_facts(env, period)
    tiers = tiers_of(found, facts)
    result = found.data["result"]
    if result == "unbroken" and any(each["result"] == "not_checked" for each in tiers):
        result = PARTLY
    return Concluded(result, tiers, facts)


def pages(env: Env, found: Examined, made: Concluded) -> list[Table]:
    """The checks, and what is to be known of the period."""
    from khata.render.terminal import filing, verdict

    path = env.places.tilde(env.book_path)
    concluded = made.result not in (PARTLY, "unbroken")
    checks = verdict.table(found.verdict, found.compared, found.stamp, path, found.shop, env.words, concluded=concluded)
    return [checks, filing.table(made.facts, made.result, made.tiers, found.verdict, env.words)]


def period_facts(env: Env, period: str) -> FilingFacts | None:
    """What is to be known of a period; None where the book cannot be asked. Raises Unreadable, PeriodToCome."""
    with suppress(BookError):
        views = env.ask_views()
        cut = cut_of(env, views, period)
        begin, _ = period_of(env, views, cut, period, None, None)
        return filing_facts(views, begin, parse_period(period, env.today_date)[1], cut)
    return None


def tiers_of(found: Examined, facts: FilingFacts | None) -> list[dict[str, str]]:
    """Every check with its result, from the file itself to what people outside of the shop hold.

    What somebody signed, stamped or kept is a check of this period only where it reaches the period's last entry.
    """
    last = facts.last_entry if facts is not None else found.verdict.entries
    sealed, stamp = found.verdict.sealed, found.stamp
    tiers = {check.check: str(check.result) for check in found.verdict.checks}
    if tiers["checkpoint"] == "ok" and sealed.upto < last:
        tiers["checkpoint"] = "not_checked"
    tiers["witness"] = "ok" if sealed.seen and sealed.protected_upto >= last else "not_checked"
    tiers["timestamp"] = "ok" if stamp is not None and stamp.size >= last else "not_checked"
    results = [each.result for each in found.compared]
    reached = any(each.result == "ok" and each.entry >= last for each in found.compared)
    tiers["against"] = "bad" if "bad" in results else "ok" if reached else "not_checked"
    tiers["period"] = "ok" if facts is not None and facts.over else "not_checked"
    return [{"tier": tier, "result": result} for tier, result in tiers.items()]
