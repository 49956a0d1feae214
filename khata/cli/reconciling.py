"""A statement of a bank, or of an app, held against the book: what is sure is recorded, the doubtful asked about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer

from khata.cli.env import Env
from khata.cli.importing import encoding_of, mapped, spoken_types
from khata.cli.refusals import Misused, NotAgreed
from khata.cli.reply import Reply
from khata.cli.speech import called
from khata.cli.typed import Terminal
from khata.grammar.entries import parse_entry
from khata.grammar.fault import Unreadable
from khata.log.errors import UnconfirmedError
from khata.questions import parties
from khata.units import Party

if TYPE_CHECKING:
    from khata.reconciling.run import Reconciled, Statement
    from khata.reconciling.verdicts import LineVerdict

_NOBODYS = ("-", "–", "—")


def reconcile(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE")],
    answer: Annotated[list[str] | None, typer.Option("--answer", metavar="ROW=PARTY|ENTRY|-")] = None,
    profile: Annotated[str | None, typer.Option("--profile", metavar="NAME|FILE.toml")] = None,
    mapping: Annotated[list[str] | None, typer.Option("--map", metavar="HEADER=COLUMN")] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", metavar="NAME")] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", metavar="NAME")] = None,
    month_first: Annotated[bool, typer.Option("--month-first")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
) -> Reply:
    """Hold a bank's or an app's statement against the book, and record what is sure."""
    from khata.importing.faults import BadRows
    from khata.importing.rows import Manner
    from khata.importing.run import chosen_profile
    from khata.reconciling.run import Statement

    env: Env = ctx.obj
    how = Manner(True, encoding_of(encoding), False, spoken_types(env.words.language), sheet, month_first)
    chosen = chosen_profile(profile, dict(map(mapped, mapping or ())), ())
    try:
        statement = Statement(file, env.books, chosen, how)
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
    names = _names(env, found)

    def show(env: Env) -> None:
        from khata.render.terminal.reconciled import tables

        for table in tables(found, names, env.words):
            env.show(table)
        if found.sure and not asks:
            env.say_aside("reconciled.how")
        if dry_run:
            env.say_aside("said.dry_run")

    return Reply(lambda: _data(found, names, dry_run=dry_run), show)


def _recorded(
    env: Env, statement: Statement, answers: Mapping[int, LineVerdict], *, dry_run: bool = False
) -> Reconciled:
    try:
        found = statement.reconcile(answers, record=True, dry_run=dry_run)
    except UnconfirmedError as e:
        raise UnconfirmedError(**e.facts, what="file") from e
    env.books.checkpoint_due = env.books.checkpoint_due or (bool(found.recorded) and not dry_run)
    return found


def _answer(env: Env, said: str, statement: Statement) -> tuple[int, LineVerdict]:
    """`17=ramesh`, `17=entry 45`, `17=-`: what a row is. Raises Misused, and as a name does."""
    from khata.reconciling.verdicts import LeftOver, Settled

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
        return number, Settled(payment.party, entry, "answer")
    who = Terminal(env).party(what.strip(), "receive", None, new=False)
    if not isinstance(who, int):
        raise Unreadable("bad_name", what)
    return number, Settled(Party(who), None, "answer")


def _at_the_counter(
    env: Env, statement: Statement, answers: dict[int, LineVerdict], found: Reconciled, *, dry_run: bool
) -> Reconciled:
    """Record what is sure after a look, then ask about the rest, line by line; Enter leaves one for later."""
    from khata.reconciling.verdicts import Settled
    from khata.render.terminal.reconciled import line_of, recorded_table

    if found.sure or found.matched:
        if found.sure:
            env.show(recorded_table(found.sure, found, _names(env, found), env.words))
        with suppress(NotAgreed):
            env.agree("ask.reconcile", lines=len(found.sure), known=len(found.matched))
            found = _recorded(env, statement, answers, dry_run=dry_run)
    for row in sorted(found.doubtful):
        asked = found.doubtful.get(row)
        if asked is None or dry_run:
            continue
        names = _names(env, found)
        choices = [_choice(env, each.party, each.entry, names) for each in asked.candidates]
        chosen = env.choose("ask.whose_line", choices, line=line_of(found.lines[row], env.words))
        if chosen is not None:
            one = asked.candidates[chosen]
            answers[row] = Settled(one.party, one.entry, "answer")
            before, found = found, _recorded(env, statement, answers)
            found.recorded = [*before.recorded, *found.recorded]
    return found


def _choice(env: Env, party: Party | None, entry: int | None, names: Mapping[Party, str | None]) -> str:
    name = called(names.get(party), party) if party is not None else env.say("word.counter")
    return env.say("reconciled.stands", name=name, entry=entry) if entry is not None else name


def _names(env: Env, found: Reconciled) -> dict[Party, str | None]:
    """What the customers are called of whom something is said."""
    said: set[Party | None] = {each.party for each in found.matched}
    said |= {each.party for each in (*found.recorded, *found.sure)} | {each.party for each in found.unseen}
    said |= {each.party for asked in found.doubtful.values() for each in asked.candidates}
    views = env.cache.connection
    rows = {party: parties.party(views, party) for party in said if party is not None}
    return {party: row.name if row is not None else None for party, row in rows.items()}


def _data(found: Reconciled, names: Mapping[Party, str | None], *, dry_run: bool) -> dict[str, Any]:
    """The `data` of `reconcile`; rows as a spreadsheet counts them, amounts in paise."""

    def recorded(lines: Sequence[Any]) -> list[dict[str, Any]]:
        return [
            {
                "row": each.row,
                "entry": each.entry,
                "party": each.party,
                "name": names.get(each.party),
                "amount_paise": each.paise,
                "why": each.why,
                "confirms": each.confirms,
            }
            for each in lines
        ]

    def line(row: int) -> dict[str, Any]:
        one = found.lines[row]
        return {"row": row, "on": one.on, "amount_paise": abs(one.paise), "text": one.text, "payer": one.name}

    return {
        "file": found.file.name,
        "profile": found.file.profile,
        "balance_checked": found.file.balance_checked,
        "import_id": found.import_id,
        "matched": [each._asdict() for each in found.matched],
        "recorded": recorded(found.recorded),
        "sure": recorded(found.sure),
        "doubtful": [
            line(row)
            | {"candidates": [each._asdict() | {"name": _name(names, each.party)} for each in asked.candidates]}
            for row, asked in found.doubtful.items()
        ],
        "left": [line(row) | {"why": each.why} for row, each in found.left.items()],
        "out": [line(each.row) for each in found.out],
        "returned": [{"row": row, "out_row": out} for row, out in found.returned.items()],
        "unseen": [
            {
                "entry": each.entry,
                "party": each.party,
                "name": _name(names, each.party),
                "on": each.on,
                "amount_paise": each.paise,
                "mode": each.mode,
                "ref": each.ref,
            }
            for each in found.unseen
        ],
        "unseen_at_counter": found.unseen_at_counter,
        "dry_run": dry_run,
    }


def _name(names: Mapping[Party, str | None], party: Party | None) -> str | None:
    return names.get(party) if party is not None else None
