"""How the shop stands, the entries as they were recorded, and the story of one."""

from __future__ import annotations

from typing import Annotated

import typer

from khata.cli.backup_age import Copies, age_warning, last_copies
from khata.cli.completing import entry_number, party_name
from khata.cli.env import Env
from khata.cli.refusals import Misused, UnknownChoice
from khata.cli.reply import Reply
from khata.cli.tabled import Period, cut_of, period_of
from khata.cli.typed import entry_asked, entry_of, to_ask
from khata.grammar.digits import LONGEST, ascii_digits
from khata.grammar.entries import parse_entry
from khata.grammar.modes import parse_mode
from khata.i18n.in_words import in_words
from khata.log.errors import NoBookError
from khata.names import exact_key
from khata.questions import balances, entries
from khata.questions.daybook import totals
from khata.questions.locks import locked_upto
from khata.questions.pending import by_customer, pending
from khata.questions.recurring import due
from khata.render import json, told
from khata.units import MODES, Seq
from khata.views.cache import Connection


def status(ctx: typer.Context) -> Reply:
    """How the shop stands; without a book, how to begin."""
    env: Env = ctx.obj
    try:
        views = env.ask_views()
    except NoBookError:
        if env.option("book") or env.environ.get("KHATA_BOOK") or env.places.chosen():
            raise
        return Reply({"begin": True}, _begin)
    cut = cut_of(env, views)
    rows = balances.balances(views, cut)
    sales, received = totals(views, cut, MODES)
    data = json.balances(rows, by_customer(pending(views, cut), {}), cut)
    del data["parties"]
    about = env.about
    copies = last_copies(env, about.book) if about else Copies(None, None)
    made, elsewhere = copies.last, copies.other
    last = entries.entry(views, cut.known)
    data |= {
        "path": str(env.book_path),
        "sales_today_paise": sales,
        "received_today_paise": received,
        "entries": cut.known,
        "last_at": about.last_at if about else None,
        "locked_upto": locked_upto(views, cut.known),
        "due_lines": len(due(views, cut, cut.as_on if env.option("as_on") else min(cut.as_on, env.today))),
        "last_backup_at": made.at if made else None,
        "last_backup": str(made.path) if made else None,
        "last_backup_other_disk": made is elsewhere if made else None,
        "other_disk_backup_at": elsewhere.at if elsewhere else None,
        "other_disk_backup": str(elsewhere.path) if elsewhere else None,
    }

    def show(env: Env) -> None:
        from khata.render.terminal.status import commands, table

        env.show(table({**data, "path": env.places.tilde(env.book_path)}, last, about, cut, env.words))
        env.show(commands(env.words))

    return Reply(data, show, age_warning(env, copies))


def _begin(env: Env) -> None:
    """In the language that is spoken here, and how to have it in another: nobody has said yet which."""
    from khata.i18n.messages import languages, words_for
    from khata.render.terminal.status import begin

    env.show(begin(env.words))
    env.out("")
    others = [code for code in languages() if code != env.words.language]
    said = "--lang " + " · ".join(f"{code}={words_for(code).say('language.name')}" for code in others)
    env.out(said)


def log(
    ctx: typer.Context,
    first: Annotated[str | None, typer.Option("--from", metavar="ENTRY", autocompletion=entry_number)] = None,
    party: Annotated[str | None, typer.Option("--party", metavar="PARTY", autocompletion=party_name)] = None,
    period: Period = None,
    counter: Annotated[str | None, typer.Option("--counter", metavar="NAME")] = None,
    kind: Annotated[str | None, typer.Option("--kind", metavar="KIND")] = None,
    mode: Annotated[str | None, typer.Option("--mode", metavar="MODE")] = None,
    last: Annotated[str | None, typer.Option("--last", metavar="COUNT")] = None,
) -> Reply:
    """The entries in the order of recording, or the last ones, the newest first."""
    from khata.render.terminal.log import table

    env: Env = ctx.obj
    views = env.ask_views()
    cut = cut_of(env, views, period)
    first_on, last_on = period_of(env, views, cut, period, None, None)
    sought = entries.Sought(
        to_ask(env, views, party).party if party else None,
        first_on,
        last_on if period or env.option("as_on") else None,
        _counters(views, counter) if counter else (),
        kinds_of(kind) if kind else (),
        parse_mode(mode) if mode else None,
    )
    begin = parse_entry(first) if first else Seq(1)
    found = entries.log(views, begin, cut.known, sought, last=_many(last) if last else None)
    rows = [entries.as_known(row, cut.known) for row in found]

    def data() -> dict[str, object]:
        lines = [json.entry(row) | {"description": told.described(row, env.words)} for row in rows]
        return {"as_on": cut.as_on, "known_at_entry": cut.known, "lines": lines}

    return Reply(data, lambda env: env.show(table(rows, cut, env.words)))


def _many(typed: str) -> int:
    """How many. Raises Misused."""
    digits = (ascii_digits(typed) or "").strip()
    if not (digits.isdecimal() and 0 < len(digits) <= LONGEST and int(digits)):
        raise Misused(what="value", option="--last")
    return int(digits)


def _counters(views: Connection, name: str) -> list[str]:
    """The counters (8 hex) of a name, or the one that was given as it is. Raises UnknownChoice."""
    known = entries.counters(views)
    key = exact_key(name)
    found = [by for by, called in known.items() if by == name or (called and exact_key(called) == key)]
    if not found:
        raise UnknownChoice(value=name, known=[*dict.fromkeys(called or by for by, called in known.items())])
    return found


def kinds_of(word: str) -> tuple[str, ...]:
    """The stored kinds that a word means: `sale` as a file has it, or the kind's own name. Raises UnknownChoice."""
    from khata.events.registry import KINDS
    from khata.exporting.plain_csv import word_of

    stored = dict.fromkeys(kind for kind, _ in KINDS)
    words = {said: kind for kind in stored if (said := word_of(kind)) is not None}
    typed = word.casefold().replace("-", "_")
    if typed in stored:
        return (typed,)
    if word.casefold() in words:
        return (words[word.casefold()],)
    raise UnknownChoice(value=word, known=[*words, *(kind for kind in stored if kind not in words.values())])


def show(
    ctx: typer.Context,
    entry: Annotated[list[str] | None, typer.Argument(metavar="ENTRY", autocompletion=entry_number)] = None,
    with_bytes: Annotated[bool, typer.Option("--bytes")] = False,
) -> Reply:
    """The story of one entry; with `--bytes` what stands in the book, to the byte."""
    from khata.render.terminal.log import Stored, story

    env: Env = ctx.obj
    seq = entry_of(env, entry)
    views = env.ask_views()
    cut = cut_of(env, views)
    row = entry_asked(views, cut, seq)
    made = entries.moved(views, seq)
    stored = None
    if not env.reach_held:
        with env.store.reading() as reading:
            found = next(iter(reading.entries(seq, seq)))
            detail = next(iter(reading.details(seq, seq)), None)
        text = detail.body.decode("utf-8", "replace") if detail else None
        stored = Stored(found.body.decode("utf-8", "replace"), found.hash.hex(), text)
    by = entries.corrected_by(views, seq, cut.known)
    data = json.entry(row) | {
        "description": told.described(row, env.words),
        "amount_in_words": in_words(abs(row.amount_paise), env.words) if row.amount_paise else None,
        "corrected_by": by,
        "postings": [each._asdict() for each in made],
        "body": stored.body if stored else None,
        "hash": stored.hash if stored else None,
        "detail": stored.detail if stored else None,
    }
    return Reply(data, lambda env: env.show(story(row, made, by, stored if with_bytes else None, env.words)))
