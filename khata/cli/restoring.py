"""Putting a backup in the book's place, and going on from an older one."""

from __future__ import annotations

import os
from contextlib import closing, suppress
from pathlib import Path
from typing import Annotated

import typer

from khata.api.places import ENDING, existing_book
from khata.api.refusals import SeveralBooks
from khata.api.verified import Verified
from khata.cli.env import Env
from khata.cli.failing import recorded_already
from khata.cli.opening import file_name
from khata.cli.progress import bar
from khata.cli.record import carry_out, event_id, recorded_reply
from khata.cli.refusals import (
    CopyBroken,
    DamagedHoldsMore,
    NothingToRestore,
    OtherBook,
    OtherHistory,
    broken_at,
)
from khata.cli.reply import Reply
from khata.events.book import BookOpened, CopyAdopted
from khata.grammar.days import moment
from khata.grammar.text import clean_text
from khata.log.chain import Head
from khata.log.errors import BookBrokenError, BookError, DiskError, NoBookError
from khata.rules.book import AdoptCopy
from khata.store.sqlite.book import SqliteBook
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.store.sqlite.replacing import replace
from khata.verifying.against import against
from khata.verifying.stored import opened as opened_in
from khata.verifying.verify import verify


def restore(ctx: typer.Context, file: Annotated[str, typer.Argument(metavar="FILE")]) -> Reply:
    """Put a backup in the book's place."""
    env: Env = ctx.obj
    source = existing_book(file)
    with bar(env, "progress.verify") as told:
        verdict = verify(source, progress=told)
    if verdict.result == "broken":
        raise CopyBroken(file=str(source), **broken_at(verdict.first_bad_entry))
    opened = _opened(source)
    if opened is None:  # though it verified a moment ago
        raise CopyBroken(file=str(source), **broken_at(None))
    to = _where(env, opened)
    aside = to.with_name(f"{to.name}.before-{moment(env.now())}")
    with closing(SqliteBook(source)) as book:
        head = replace(
            book,
            to,
            aside,
            lambda copied: _check(copied, to),
            lambda copied: _check_may_replace(to, copied, source, opened),
        )
    there = aside.exists()
    with recorded_already(env):
        env.places.remember(to)
        env.turn_to(to)
        env.ask_views()
        if env.missed is None:
            env.anchor.advance(opened.book, head)
    data = {
        "path": str(to),
        "shop": opened.shop,
        "entries": head.seq,
        "head": head.hash.hex(),
        "aside": str(aside) if there else None,
        "written": env.missed.seq if env.missed else head.seq,
    }

    def show(env: Env) -> None:
        env.out(env.words.count("said.restored", head.seq, shop=opened.shop, path=env.places.tilde(to)))
        if there:
            env.out(env.say("said.aside", path=env.places.tilde(aside)))

    return Reply(data, show)


def _check(copied: Path, to: Path) -> None:
    if verify(copied, alone=True).result == "broken":  # what it was copied from has verified
        raise DiskError(path=str(to), what="incoming")


def _where(env: Env, opened: BookOpened) -> Path:
    """The place that is meant; without any book the one that `khata init` would have taken."""
    try:
        return Path(os.path.realpath(env.places.book(env.option("book"))))
    except SeveralBooks as e:
        for each in env.places.in_books_folder():
            known = _known(each)
            if known is not None and known.book == opened.book:
                return Path(os.path.realpath(each))
        raise SeveralBooks(**e.facts) from e
    except NoBookError as e:
        if e.facts.get("what"):
            raise
        return env.places.books / (file_name(opened.shop) + ENDING)


def _opened(path: Path) -> BookOpened | None:
    """The first entry of a book file; None if it is broken. Raises BookError if the file cannot be read."""
    with closing(ReadOnlyBook(path)) as pages:
        return opened_in(pages)


def _known(path: Path) -> BookOpened | None:
    """The first entry of a book file; None if it cannot be read."""
    with suppress(BookError):
        return _opened(path)
    return None


def _check_may_replace(to: Path, copy: Path, file: Path, asked: BookOpened) -> None:
    """Never over another shop's book, nor over one that holds more.

    Args:
        to: the place; there may be nothing yet.
        copy: what is to stand there, a book that holds.
        file: what it is a copy of, as it was named.
        asked: the first entry of that file, when the place was worked out.

    Raises:
        Refused: with what stands there, or because the file was changed since.
    """
    with closing(ReadOnlyBook(copy)) as pages:
        brings, entries = opened_in(pages), pages.standing().head.seq
    if brings != asked:
        raise CopyBroken(file=str(file), **broken_at(None))
    if not to.exists():
        return
    opened = _known(to)
    if opened is not None and opened.book != asked.book:
        raise OtherBook(path=str(to), shop=opened.shop, file=str(file), other=asked.shop)
    try:
        verdict = verify(to)
    except BookBrokenError:
        return
    if verdict.result == "broken":
        if verdict.chain_upto > entries:
            raise DamagedHoldsMore(path=str(to), file=str(file), holds=verdict.chain_upto, entries=entries)
        return
    compared = against(to, copy)
    if compared.relation not in ("same", "ahead", "behind"):
        entry = compared.fork.entry if compared.fork is not None else 1
        raise OtherHistory(path=str(to), file=str(file), entry=entry)
    if verdict.entries >= entries:
        raise NothingToRestore(path=str(to), file=str(file), entries=verdict.entries, copied=entries)


def adopt(ctx: typer.Context, reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT")] = None) -> Reply:
    """Go on from this copy, without what was written after it."""
    from khata.api.evidence import give_up_checkpoints

    env: Env = ctx.obj
    env.ask_views()
    behind, verified = env.missed is not None, Verified(env).lost()
    command = AdoptCopy(id=event_id(env), reason=clean_text(reason, what="reason") if reason else "", verified=verified)
    if command.reason:
        _check_may_be_adopted(env, env.missed or verified)
    outcome, _ = carry_out(env, command)
    if outcome.already is not None:
        _forget_what_was_given_up(env, outcome.made.event)
    if not env.option("dry_run"):
        env.missed = None
        give_up_checkpoints(env)
    # What the lock let it see, not what a look before showed.
    given_up = [each.event.size for each in outcome.recorded if isinstance(each.event, CopyAdopted)]
    facts = {"written": given_up[0] if behind and given_up else None, "verified": verified.seq if verified else None}
    return recorded_reply(env, outcome, facts, lambda env: env.say("said.adopted", entry=outcome.made.seq))


def _check_may_be_adopted(env: Env, given_up: Head | None) -> None:
    """What the book goes on from must be whole; and whoever sits at a terminal is shown what is given up.

    Raises:
        BookBrokenError: it is not as it was written, and nothing may be laid on top of it.
        NotAgreed: nothing was recorded.
    """
    with bar(env, "progress.verify") as told:
        verdict = verify(env.book_path, progress=told)
    if verdict.result == "broken":
        raise BookBrokenError(path=str(env.book_path), entry=verdict.first_bad_entry, reason="does not verify")
    if env.asks and given_up is not None:
        forked = ".forked" if given_up.seq <= verdict.entries else ""
        env.agree(f"ask.adopt{forked}", first=verdict.entries + 1, last=given_up.seq)


def _forget_what_was_given_up(env: Env, event: object) -> None:
    """Let the mark follow an adoption that was recorded before: the first try may have ended at its commit."""
    env.ask_views()
    about, missed = env.about, env.missed
    if about is None or missed is None or not isinstance(event, CopyAdopted):
        return
    if (event.size, event.head) == (missed.seq, missed.hash.hex()):
        env.anchor.advance(about.book, env.cache.position(), missed)
