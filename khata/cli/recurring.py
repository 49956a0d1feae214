"""What comes again (milk, rent): begun, listed, stopped, left out; and what is due, recorded after a look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, ClassVar

import typer
from typer._click import Command, Context

from khata.cli import options, spoken
from khata.cli.completing import entry_number, party_then_amount
from khata.cli.env import Env
from khata.cli.failing import recorded_already
from khata.cli.groups import Group
from khata.cli.record import carry_out, event_id, recorded_reply, still_there
from khata.cli.refusals import Misused, UnknownChoice
from khata.cli.reply import Reply, Warned
from khata.cli.tabled import cut_of
from khata.cli.typed import Terminal, entry_of, split_amount
from khata.events.recurring import RecurringBegun
from khata.grammar.days import parse_day, parse_near_day, parse_near_period
from khata.grammar.entries import parse_entry
from khata.grammar.recurring import time_of, times
from khata.questions import entries
from khata.questions import recurring as question
from khata.questions.entries import EntryRow
from khata.questions.recurring import DueLine
from khata.render import json_recurring
from khata.rules.recurring import DueTime, NotRecurring, RecordDue
from khata.units import MADE_AS, Day, Seq
from khata.views.cache import Connection
from khata.views.cut import Cut
from khata.writing import Outcome

WhoAndHowMuch = Annotated[list[str] | None, typer.Argument(metavar="PARTY AMOUNT", autocompletion=party_then_amount)]
NoteOption = Annotated[str | None, typer.Option("--note", metavar="TEXT")]
First = Annotated[str | None, typer.Option("--from", metavar="DAY")]
As = Annotated[str, typer.Option("--as", metavar="sale|charge")]
New = Annotated[bool, typer.Option("--new")]
Large = Annotated[bool, typer.Option("--large")]
EntryWords = Annotated[list[str] | None, typer.Argument(metavar="ENTRY", autocompletion=entry_number)]
Reason = Annotated[str | None, typer.Option("--reason", metavar="TEXT")]


def day(
    ctx: typer.Context,
    words: WhoAndHowMuch = None,
    note: NoteOption = None,
    first: First = None,
    made_as: As = "sale",
    new: New = False,
    large: Large = False,
) -> Reply:
    """The same every day: milk."""
    return _begin(ctx.obj, "day", words, note=note, first=first, made_as=made_as, new=new, large=large)


def week(
    ctx: typer.Context,
    words: WhoAndHowMuch = None,
    note: NoteOption = None,
    first: First = None,
    made_as: As = "sale",
    new: New = False,
    large: Large = False,
) -> Reply:
    """The same every week."""
    return _begin(ctx.obj, "week", words, note=note, first=first, made_as=made_as, new=new, large=large)


def month(
    ctx: typer.Context,
    words: WhoAndHowMuch = None,
    note: NoteOption = None,
    first: First = None,
    made_as: As = "sale",
    new: New = False,
    large: Large = False,
) -> Reply:
    """The same every month; of the 31st on the last day of a shorter month."""
    return _begin(ctx.obj, "month", words, note=note, first=first, made_as=made_as, new=new, large=large)


def _begin(env: Env, every: str, words: list[str] | None, *, large: bool, **said: Any) -> Reply:
    from khata.api.commands import Every

    if said["made_as"] not in MADE_AS:
        raise UnknownChoice(value=said["made_as"], known=list(MADE_AS))
    if large:
        env.options["large"] = True
    name, amount = split_amount(words or [], env)
    wanted = Every(name, amount.paise, every=every, event_id=event_id(env), large=large, **said)
    outcome, warnings = carry_out(env, wanted.resolved(Terminal(env)))
    event: RecurringBegun = outcome.made.event
    due = sum(1 for _ in times(Day(event.first), event.every, env.today))
    facts = {
        "party": outcome.party,
        "name": outcome.name,
        "amount_paise": event.amount_paise,
        "every": event.every,
        "as": event.made_as,
        "from": event.first,
        "note": said["note"] or None,
        "due": due,
    }

    def line(env: Env) -> str:
        from khata.render import told
        from khata.render.line import apart, called

        often = told.how_often(event.amount_paise, event.every, env.words)
        first = env.say("said.every", often=often, first=event.first)
        parts = [first, env.say("said.entry", entry=outcome.made.seq)]
        said = apart(parts, called(outcome.name, outcome.party), env.words)
        return said + (f"\n{env.words.count('said.due_lines', due)}" if due else "")

    return recorded_reply(env, outcome, facts, line, warnings)


def list_(ctx: typer.Context) -> Reply:
    """What comes again, and when it is due next."""
    env: Env = ctx.obj
    views = env.ask_views()
    cut = cut_of(env, views)
    found = question.recurring(views, cut)
    data = {"as_on": cut.as_on, "known_at_entry": cut.known, "lines": list(map(json_recurring.recurring, found))}

    def show(env: Env) -> None:
        from khata.render.terminal.recurring import table

        env.show(table(found, env.about, cut, env.words))

    return Reply(data, show)


def stop(
    ctx: typer.Context,
    entry: EntryWords = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DAY")] = None,
    reason: Reason = None,
) -> Reply:
    """It does not come again from today, or from a day before; what was due until then is due still."""
    from khata.api.commands import StopEvery

    env: Env = ctx.obj
    wanted = StopEvery(entry_of(env, entry), event_id=event_id(env), on=on, reason=reason)
    outcome, warnings = carry_out(env, wanted.resolved(Terminal(env)))
    line = _line(env, wanted.entry)
    left = len(_due_of(env, wanted.entry)) if not env.option("dry_run") else 0
    facts = _of_line(outcome, line) | {"on": outcome.made.on, "due": left}

    def say(env: Env) -> str:
        first = env.say("said.every_stopped", day=outcome.made.on, **_said(env, outcome, line))
        return first + (f"\n{env.words.count('said.due_before', left)}" if left else "")

    stay = question.recorded_from(env.cache.connection, line.entry, outcome.made.on)
    return recorded_reply(env, outcome, facts, say, [*warnings, *still_there(stay)])


def skip(
    ctx: typer.Context,
    entry: Annotated[list[str] | None, typer.Argument(metavar="ENTRY [DAY]", autocompletion=entry_number)] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DAY")] = None,
    reason: Reason = None,
) -> Reply:
    """Leave out one time, or all from a day to another."""
    from khata.api.commands import SkipEvery

    env: Env = ctx.obj
    words = entry or []
    many = 2 if words and words[0].casefold() == "entry" else 1
    number, typed = entry_of(env, words[:many]), " ".join(words[many:])
    begin, end = parse_near_period(typed, env.today_date) if typed else (None, None)
    if last is not None:
        if begin is None:
            raise Misused(what="missing", name="DAY")
        end = parse_near_day(last, env.today_date)
        if end < begin:
            raise Misused(what="value", option="--to")
    wanted = SkipEvery(number, event_id=event_id(env), first=begin, last=end, reason=reason)
    outcome, warnings = carry_out(env, wanted.resolved(Terminal(env)))
    line, event = _line(env, number), outcome.made.event
    facts = _of_line(outcome, line) | {"from": event.first, "to": event.last}

    def say(env: Env) -> str:
        from khata.i18n import dates

        days = dates.span(event.first, event.last, env.words)
        return env.say("said.every_skipped", days=days, **_said(env, outcome, line))

    return recorded_reply(env, outcome, facts, say, warnings)


def _line(env: Env, entry: Seq | int) -> EntryRow:
    """What began with an entry."""
    row = entries.entry(env.cache.connection, Seq(entry))
    assert row is not None  # noqa: S101 - the rules have found it
    return row


def _of_line(outcome: Outcome, line: EntryRow) -> dict[str, Any]:
    return {"line": line.entry, "party": outcome.party, "name": outcome.name}


def _said(env: Env, outcome: Outcome, line: EntryRow) -> dict[str, Any]:
    """How what began with an entry is named in a sentence."""
    from khata.render import told
    from khata.render.line import called

    often = told.how_often(line.again.amount_paise, line.again.every, env.words) if line.again else ""
    return {"often": often, "name": called(outcome.name, outcome.party), "line": line.entry, "entry": outcome.made.seq}


def _due_of(env: Env, entry: int) -> list[DueLine]:
    """What of one line is due, now that it was changed."""
    with recorded_already(env):
        views = env.ask_views()
        return [each for each in question.due(views, cut_of(env, views), env.today) if each.line.entry == entry]


def due_lines(
    ctx: typer.Context,
    upto: Annotated[str | None, typer.Option("--upto", metavar="DAY")] = None,
    only: Annotated[list[str] | None, typer.Option("--only", metavar="ENTRY,ENTRY")] = None,
    but: Annotated[list[str] | None, typer.Option("--except", metavar="ENTRY,ENTRY")] = None,
) -> Reply:
    """What of it is due, and record that after a look."""
    env: Env = ctx.obj
    tried = event_id(env) if env.option("event_id") else None
    views = env.ask_views()
    if tried is not None and entries.with_id(views, tried) is not None:
        outcome, warnings = carry_out(env, RecordDue(id=tried, times=()))
        return _recorded(env, [], outcome, warnings)
    clocks = env.option("as_on") or env.option("known_at")
    if clocks and env.option("yes"):
        raise Misused(what="together", one="--yes", other="--as-on" if env.option("as_on") else "--known-at")
    cut = cut_of(env, views, upto)
    # The latest day of a book is one to come, where a clock once ran ahead.
    last = min(parse_day(upto, env.today_date), cut.as_on) if upto else _until(env, cut)
    found = _chosen(views, cut, question.due(views, cut, last), only or [], but or [])

    def page(env: Env) -> None:
        from khata.render.terminal.recurring import due_table

        env.show(due_table(found, env.about, last, cut, env.words))

    dry, asked = bool(env.option("dry_run")), env.asks and not env.option("yes") and not env.option("dry_run")
    if not found or clocks or not (asked or dry or env.option("yes")):
        return Reply(
            _data(found, []) | ({"dry_run": True} if dry else {}), lambda env: _shown(env, found, page, clocks)
        )
    if asked:  # the question is about the page
        page(env)
        env.agree("ask.due_lines" if len(found) > 1 else "ask.due_line")
        env.options["yes"] = True
    command = RecordDue(id=event_id(env), times=[DueTime(each.line.entry, each.on) for each in found])
    outcome, warnings = carry_out(env, command)
    return _recorded(env, found, outcome, warnings, None if asked or not dry else page)


def _until(env: Env, cut: Cut) -> Day:
    """Up to which day is looked: that of the question, and without one today."""
    return cut.as_on if env.option("as_on") else min(cut.as_on, env.today)


def _chosen(views: Connection, cut: Cut, due: list[DueLine], only: Sequence[str], but: Sequence[str]) -> list[DueLine]:
    """What is due of these lines, or of all but these. Raises Misused, NotRecurring, Unreadable."""
    if only and but:
        raise Misused(what="together", one="--only", other="--except")
    named = [parse_entry(each) for words in (*only, *but) for each in words.split(",") if each.strip()]
    if not named:
        return due
    there = {each.entry for each in question.recurring(views, cut, ended=True)}
    for entry in named:
        if entry not in there:  # of a slip of the hand after --except all would be recorded
            raise NotRecurring(entry=entry)
    return [each for each in due if (each.line.entry in named) == bool(only)]


def _data(due: Sequence[DueLine], recorded: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"due": list(map(json_recurring.due_line, due)), "recorded": list(recorded)}


def _shown(env: Env, due: Sequence[DueLine], page: Callable[[Env], None], clocks: object) -> None:
    """What is due, where nothing is recorded."""
    page(env)
    if due and not clocks:
        env.say_aside("said.due_lines_shown")


def _recorded(
    env: Env,
    due: Sequence[DueLine],
    outcome: Outcome,
    warnings: list[Warned],
    page: Callable[[Env], None] | None = None,
) -> Reply:
    """What was recorded of what is due, or would be; or by an earlier try, and then nobody asks what is due by now."""
    again, dry = outcome.already is not None, bool(env.option("dry_run"))
    rows = [] if dry or outcome.entry is None else _entries(env, outcome)
    made = [
        {
            "entry": row.entry,
            "line": said[0] if (said := time_of(row.ref or "")) else None,
            "kind": row.kind,
            "party": row.party,
            "name": row.party_name,
            "on": row.on,
            "amount_paise": row.amount_paise,
            "ref": row.ref,
        }
        for row in rows
    ]
    data = _data(due, made) | {"already_recorded": again} | ({"dry_run": True} if dry else {})
    if outcome.entry is not None:
        data |= {"entry": outcome.entry.seq, "event_id": outcome.entry.id}
    count = outcome.total if dry else len(rows)
    total = sum(each.line.amount_paise for each in due) if dry else sum(row.amount_paise or 0 for row in rows)

    def show(env: Env) -> None:
        if page is not None:
            page(env)
        if rows or dry:
            env.out(env.words.count("said.due_recorded", count, total=env.words.rupees(total)))
        else:
            env.out(env.say("said.due_meanwhile"))
        if again:
            env.say_aside("said.already", entry=outcome.made.seq)
        if dry:
            env.say_aside("said.dry_run")

    if outcome.moved is not None and outcome.moved_entries > 1:
        moved = {"upto": outcome.moved.upto, "today": outcome.moved.today, "entries": outcome.moved_entries}
        warnings = [("period_locked_lines", moved)]
    return Reply(data, show, warnings)


def _entries(env: Env, outcome: Outcome) -> list[EntryRow]:
    """The entries that were recorded together, that of the outcome last."""
    with recorded_already(env):
        views = env.ask_views()
        found = question.recorded_with(views, outcome.made.seq, outcome.total or None)
        return [row for seq in found if (row := entries.entry(views, seq)) is not None]


class EVERY(Group):
    """`khata every …`; alone it lists."""

    COMMANDS: ClassVar = {
        "day": (day, ("changing", "doubting")),
        "week": (week, ("changing", "doubting")),
        "month": (month, ("changing", "doubting")),
        "list": (list_, ("clocks",)),
        "stop": (stop, ("changing",)),
        "skip": (skip, ("changing",)),
    }

    def __init__(self, name: str, env: Env) -> None:
        from khata.cli.main import explain

        super().__init__(name, env)
        self.no_args_is_help, self.invoke_without_command = False, True
        clocks = options.clocks()
        explain(clocks, name, env)
        self.params += clocks

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """The command that a word means, built: `har mahina` is `every month`."""
        return super().get_command(ctx, spoken.among(self.topic, cmd_name, self.COMMANDS))

    def invoke(self, ctx: Context) -> Any:
        """Without a command: the list."""
        if ctx._protected_args:  # noqa: SLF001 - as TyperGroup.invoke asks it
            return super().invoke(ctx)
        listed = super().get_command(ctx, "list")
        assert listed is not None  # noqa: S101 - it stands above
        return listed.main([], prog_name="khata every list", standalone_mode=False, obj=self.env)
