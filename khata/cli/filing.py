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
    reply.exit_code = BROKEN if strict and made.result == PARTLY else found.code
    return reply


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
    """What is to be known of a period; None where the book cannot be asked. Raises Unreadable."""
    with suppress(BookError):
        views = env.ask_views()
        cut = cut_of(env, views, period)
        begin, end = period_of(env, views, cut, period, None, None)
        return filing_facts(views, begin, cut._replace(as_on=end))
    return None


def tiers_of(found: Examined, facts: FilingFacts | None) -> list[dict[str, str]]:
    """Every check with its result, from the file itself to what people outside of the shop hold."""
    tiers = [{"tier": check.check, "result": check.result} for check in found.verdict.checks]
    seen, stamped = found.verdict.sealed.seen, found.stamp is not None
    tiers.append({"tier": "witness", "result": "ok" if seen else "not_checked"})
    tiers.append({"tier": "timestamp", "result": "ok" if stamped else "not_checked"})
    results = {each.result for each in found.compared}
    compared = next((each for each in ("bad", "not_checked", "ok") if each in results), "not_checked")
    tiers.append({"tier": "against", "result": compared})
    tiers.append({"tier": "period", "result": "ok" if facts is not None else "not_checked"})
    return tiers
