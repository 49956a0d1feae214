"""What files brought into the book, and how all of that is taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from khata.api.asked import words_of
from khata.api.commands import Reverse
from khata.cli.completing import entry_number
from khata.cli.env import Env
from khata.cli.progress import bar
from khata.cli.record import event_id
from khata.cli.recording import recorder
from khata.cli.refusals import Misused
from khata.cli.reply import Pending, Reply, Warned
from khata.cli.tabled import Form, Output, check_form, cut_of, tabled
from khata.grammar.days import parse_day
from khata.grammar.entries import parse_entry
from khata.grammar.text import clean_text
from khata.log.errors import UnconfirmedError
from khata.units import Day
from khata.views.cut import Cut

if TYPE_CHECKING:
    from khata.importing.taking_back import BatchTakenBack
    from khata.questions.entries import EntryRow
    from khata.render.terminal.table import Table


def imports(
    ctx: typer.Context,
    of: Annotated[str | None, typer.Option("--entries", metavar="ENTRY", autocompletion=entry_number)] = None,
    form: Form = None,
    file: Output = None,
) -> Reply:
    """The files that were imported, or the entries of one."""
    from khata.questions import imports as question
    from khata.render import json

    env: Env = ctx.obj
    form = check_form(form, file)
    wanted = parse_entry(of) if of is not None else None
    views = env.ask_views()
    cut = cut_of(env, views)
    found = question.imports(views, cut, wanted)
    if wanted is not None:
        if not found:
            from khata.importing.taking_back import not_an_import

            raise not_an_import(views, wanted, cut)
        return _entries(env, question.behind(views, wanted, cut), found[0].first, cut, form, file)

    def page(env: Env) -> Table:
        from khata.render.terminal.imports import table

        return table(found, env.about, cut, env.words)

    def csv() -> Iterable[str]:
        from khata.exporting.review_csv import imports as as_csv

        return as_csv(found)

    return tabled(env, lambda: json.imports(found, cut), page, csv, form, file)


def _entries(env: Env, rows: list[EntryRow], begin: Day | None, cut: Cut, form: str, file: str | None) -> Reply:
    """The entries of an import, as they were known by the clocks."""
    from khata.questions.entries import as_known
    from khata.render import json

    known = [as_known(row, cut.known) for row in rows]

    def page(env: Env) -> Table:
        from khata.render.terminal.log import table

        return table(known, cut, env.words)

    def csv() -> Iterable[str]:
        from khata.exporting import figures_csv

        return figures_csv.entries(known)

    def data() -> Mapping[str, object]:
        about: dict[str, object] = {"from": begin, "to": cut.as_on, "as_on": cut.as_on, "known_at_entry": cut.known}
        return about | {"lines": [json.entry(row) for row in known]}

    return tabled(env, data, page, csv, form, file)


def reverse(
    ctx: typer.Context,
    entry: Annotated[list[str] | None, typer.Argument(metavar="ENTRY", autocompletion=entry_number)] = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT")] = None,
    batch: Annotated[str | None, typer.Option("--import", metavar="ENTRY", autocompletion=entry_number)] = None,
) -> Pending | Reply:
    """Undo an entry by a new one; or all that stands of a file."""
    env: Env = ctx.obj
    if batch is None:
        return recorder(Reverse)(ctx, entry=entry, reason=reason)
    if env.on_line:  # a line of a batch records with others, and this records by itself
        raise Misused(what="batch", command="reverse --import")
    if entry:
        raise Misused(what="extra", words=" ".join(entry))
    return _reverse_import(env, batch, clean_text(reason, what="reason") if reason else "")


def _reverse_import(env: Env, batch: str, reason: str) -> Reply:
    from khata.importing.taking_back import BatchWanted, about_batch, take_back
    from khata.questions.entries import with_id
    from khata.rules.refused import ReasonMissing

    on, note, dry = env.option("on"), env.option("note"), bool(env.option("dry_run"))
    wanted = BatchWanted(
        of=parse_entry(batch),
        reason=reason,
        event_id=event_id(env),
        on=parse_day(words_of(on), env.today_date) if on else None,
        note=clean_text(note, what="note") if note else None,
        dry_run=dry,
    )
    if not reason:
        raise ReasonMissing
    asked = env.asks and not dry and not env.option("yes")
    if asked:
        views = env.ask_views(wait=True)
        if with_id(views, wanted.event_id) is None:  # a retry asks nothing
            about = about_batch(views, wanted.of)
            for told in _others(env, about):
                env.err(told)
            env.agree("ask.reverse_import", **_facts(about), entries=env.words.number(about.sums.entries))
    try:
        with bar(env, "progress.reverse_import") as told_:
            done = take_back(wanted, env.books, told_, env.importing_marker)
    except UnconfirmedError as e:
        raise UnconfirmedError(**e.facts, event_id=wanted.event_id) from e
    env.reach_held = False  # it has been waited for
    env.recorded = not dry and not done.already
    env.books.checkpoint_due = env.recorded
    return _told_of(env, done, reason, [] if asked and not done.already else _others(env, done))


def _facts(about: BatchTakenBack) -> dict[str, Any]:
    return {
        "entry": about.batch.entry,
        "file": about.batch.file or "",
        "given_paise": about.sums.given_paise,
        "received_paise": about.sums.received_paise,
    }


def _told_of(env: Env, done: BatchTakenBack, reason: str, others: Sequence[str]) -> Reply:
    """The answer; `others`: what is to be said of what was not taken back, where it was not said with the question."""
    made, dry = done.outcome.made, bool(env.option("dry_run"))
    data: dict[str, Any] = {
        "import_id": done.batch.entry,
        "file": done.batch.file,
        "rows": done.batch.rows,
        "recorded": done.batch.recorded,
        "reversed": done.sums.entries,
        "reversed_before": done.before,
        "corrected": list(done.corrected),
        "given_paise": done.sums.given_paise,
        "received_paise": done.sums.received_paise,
        "reason": reason,
        "entry": made.seq,
        "event_id": made.id,
        "already_recorded": done.already,
        **({"dry_run": True} if dry else {}),
    }

    def show(env: Env) -> None:
        env.out(env.words.count("said.import_reversed", done.sums.entries, **_spoken(env, _facts(done))))
        for told in others:
            env.out(told)
        if done.already:
            env.say_aside("said.already", entry=made.seq)
        if dry:
            env.say_aside("said.dry_run")

    return Reply(data, show, _moved(done))


def _spoken(env: Env, facts: dict[str, Any]) -> dict[str, object]:
    from khata.cli.speech import spoken

    return spoken(facts, env.words)


def _others(env: Env, about: BatchTakenBack) -> list[str]:
    """What of the import is not taken back, in words: it was before, or somebody corrected it."""
    said = []
    if about.before:
        said.append(env.words.count("said.import_reversed_before", about.before))
    if about.corrected:
        from khata.cli.speech import listed

        shown, more = about.corrected[:_SHOWN], len(about.corrected) - _SHOWN
        stay = listed(shown) if more <= 0 else env.words.count("changes.more", more, entries=listed(shown))
        said.append(env.words.count("said.import_corrected", len(about.corrected), entries=stay))
    return said


_SHOWN = 9
"""Entries that are named; how many more there are is said."""


def _moved(done: BatchTakenBack) -> list[Warned]:
    """What went on today's day, as its own is locked: said once, however many there are."""
    moved, entries = done.outcome.moved, done.outcome.moved_entries
    if moved is None:
        return []
    return [("period_locked_entries", {"upto": moved.upto, "today": moved.today, "entries": entries})]
