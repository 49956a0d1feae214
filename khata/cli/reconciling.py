"""A statement of a bank, or of an app, held against the book: what is sure is recorded, the doubtful asked about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from khata.cli.env import Env
from khata.cli.importing import encoding_of, mapped, spoken_types
from khata.cli.refusals import Misused, NotAgreed
from khata.cli.reply import Reply
from khata.cli.typed import Terminal
from khata.grammar.entries import parse_entry
from khata.grammar.fault import Unreadable
from khata.log.errors import UnconfirmedError
from khata.rules.bouncing import NotAPayment
from khata.units import Party

if TYPE_CHECKING:
    from khata.reconciling.run import ReadStatement, Reconciled
    from khata.reconciling.verdicts import LineVerdict

_NOBODYS = ("-", "–", "—")


def reconcile(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE")],
    answer: Annotated[list[str] | None, typer.Option("--answer", metavar="ROW=PARTY|ENTRY|-")] = None,
    profile: Annotated[str | None, typer.Option("--profile", metavar="NAME|FILE.toml")] = None,
    mapping: Annotated[list[str] | None, typer.Option("--map", metavar="HEADER=COLUMN")] = None,
    ignored: Annotated[list[str] | None, typer.Option("--ignore", metavar="HEADER")] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", metavar="NAME")] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", metavar="NAME")] = None,
    month_first: Annotated[bool, typer.Option("--month-first")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
) -> Reply:
    """Hold a bank's or an app's statement against the book, and record what is sure."""
    from khata.importing.faults import BadRows
    from khata.importing.rows import Manner
    from khata.importing.run import chosen_profile
    from khata.reconciling.run import ReadStatement
    from khata.reconciling.told import data, names_in

    env: Env = ctx.obj
    how = Manner(True, encoding_of(encoding), False, spoken_types(env.words.language), sheet, month_first)
    base = profile or ("bank" if mapping or ignored else None)
    chosen = chosen_profile(base, dict(map(mapped, mapping or ())), ignored or ())
    try:
        statement = ReadStatement(file, env.books, chosen, how)
    except BadRows as e:
        from khata.cli.hints import hinted

        raise hinted(env, e) from e
    answers = dict(_answer(env, each, statement) for each in answer or ())
    asks = env.asks and not env.option("yes") and file != "-"
    found = statement.reconcile(answers, record=False)
    if asks:
        found = _at_the_counter(env, statement, answers, found, dry_run=dry_run)
    elif env.option("yes") or dry_run:
        found = _recorded(env, statement, answers, dry_run=dry_run)
    said = data(found, names_in(found, env.cache.connection), dry_run=dry_run)

    def show(env: Env) -> None:
        from khata.render.terminal.reconciled import tables

        for table in tables(said, env.words):
            env.show(table)
        if found.sure and not asks:
            env.say_aside("reconciled.how")
        if dry_run:
            env.say_aside("said.dry_run")

    return Reply(said, show)


def _recorded(
    env: Env, statement: ReadStatement, answers: Mapping[int, LineVerdict], *, dry_run: bool = False
) -> Reconciled:
    try:
        found = statement.reconcile(answers, record=True, dry_run=dry_run)
    except UnconfirmedError as e:
        raise UnconfirmedError(**e.facts, what="file") from e
    env.books.checkpoint_due = env.books.checkpoint_due or (bool(found.recorded) and not dry_run)
    return found


def _answer(env: Env, said: str, statement: ReadStatement) -> tuple[int, LineVerdict]:
    """`17=ramesh`, `17=entry 45`, `17=-`: what a row is. Raises Misused, and as a name does."""
    from khata.reconciling.verdicts import LeftOver, SureLine

    row, equals, what = said.partition("=")
    number = int(row) if row.strip().isdecimal() and len(row) < 10 else 0
    line = statement.lines.get(number)
    if not (equals and what.strip()) or line is None or line.paise < 0:
        raise Misused(what="value", option="--answer")
    if what.strip() in _NOBODYS:
        return number, LeftOver("answer")
    if what.strip().casefold().startswith("entry "):
        entry = parse_entry(what.strip()[len("entry ") :])
        payment = statement.payment(entry)
        if payment.pending and payment.paise != line.paise:
            raise NotAPayment(entry=entry, what="statement")
        return number, SureLine(payment.party, entry, "answer")
    who = Terminal(env).party(what.strip(), "receive", None, new=False)
    if not isinstance(who, int):
        raise Unreadable("bad_name", what)
    return number, SureLine(Party(who), None, "answer")


def _at_the_counter(
    env: Env, statement: ReadStatement, answers: dict[int, LineVerdict], found: Reconciled, *, dry_run: bool
) -> Reconciled:
    """Record what is sure after a look, then ask about the rest, line by line; Enter leaves one for later."""
    from khata.reconciling.told import line, names_in, recorded
    from khata.reconciling.verdicts import SureLine
    from khata.render.terminal.reconciled import candidate, line_of, recorded_table

    if found.sure:
        names = names_in(found, env.cache.connection)
        env.show(recorded_table(recorded(found.sure, found, names), env.words))
        try:
            env.agree("ask.reconcile", lines=len(found.sure), known=len(found.matched))
        except NotAgreed:
            return found  # an answer about another line must not record these after all
    found = _recorded(env, statement, answers, dry_run=dry_run)
    for row in sorted(found.doubtful):
        asked = found.doubtful.get(row)
        if asked is None or dry_run:
            continue
        names = names_in(found, env.cache.connection)
        said = [each._asdict() | {"name": names.get(each.party) if each.party else None} for each in asked.candidates]
        choices = [candidate(each, env.words) for each in said]
        chosen = env.choose("ask.whose_line", choices, line=line_of(line(found, row), env.words))
        if chosen is not None:
            one = asked.candidates[chosen]
            answers[row] = SureLine(one.party, one.entry, "answer")
            before, found = found, _recorded(env, statement, answers)
            found.recorded = [*before.recorded, *found.recorded]
    return found
