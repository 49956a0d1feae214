"""A copy of the book on another disk, verified before it counts."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from khata.api.places import typed_path
from khata.cli.env import Env
from khata.cli.failing import recorded_already
from khata.cli.refusals import BackupBroken, UnknownChoice, broken_at
from khata.cli.reply import Reply, Warned
from khata.events.book import BookOpened
from khata.grammar.days import ZONE
from khata.log.errors import DiskError, NewerBookError
from khata.pen import stamp
from khata.store.sqlite.backup import WAIT_S, copy
from khata.views.stored import event_of


def backup(
    ctx: typer.Context,
    to: Annotated[str | None, typer.Argument(metavar="FOLDER")] = None,
    keep: Annotated[str, typer.Option("--keep", metavar="N")] = "30",
) -> Reply:
    """Copy the book, whole and verified."""
    env: Env = ctx.obj
    if not (keep.isascii() and keep.isdigit() and len(keep) <= 4 and int(keep)):
        raise UnknownChoice(value=keep, known=["1", "30", "365"])
    warnings, book = _looked_at(env)
    folder = typed_path(to) if to else env.places.books / "backups"
    at = env.now()
    path = folder / f"{env.book_path.stem}.{at.astimezone(ZONE):%Y-%m-%d-%H%M%S}.khata"
    head = copy(env.store, path, lambda copied: _check(copied, path, env.book_path))
    with recorded_already(env):
        env.places.note_backup(book, stamp(at), path.absolute())
        gone = _thin_out(env, book, path, int(keep))
    data = {
        "path": str(path.absolute()),
        "entries": head.seq,
        "head": head.hash.hex(),
        "at": stamp(at),
        "removed": [str(each) for each in gone],
    }

    def show(env: Env) -> None:
        env.out(env.words.count("said.backed_up", head.seq, path=env.places.tilde(path)))
        if folder.absolute() == (env.places.books / "backups").absolute():
            env.say_aside("said.same_disk")

    return Reply(data, show, warnings)


def _looked_at(env: Env) -> tuple[list[Warned], str]:
    """What there is to warn of, and the book (32 hex).

    A book in which a newer khata wrote is copied, too: its hashes can be checked, and a copy needs no meaning.

    Raises:
        NewerBookError: not even the book's id can be read.
    """
    try:
        env.ask_views()
    except NewerBookError as e:
        with env.store.reading(wait_s=WAIT_S) as reading:
            opened = [event_of(first).event for first in reading.entries(1, 1)]
        if not opened or not isinstance(opened[0], BookOpened):
            raise
        return [("newer_book", e.facts)], opened[0].book
    assert env.about is not None  # noqa: S101 - a book that was caught up with has a first entry
    return [], env.about.book


def _check(copied: Path, path: Path, book: Path) -> None:
    """Whether a copy that is to stand at a path holds; if it does not, the book is looked at before it is blamed."""
    from khata.verifying.verify import verify

    if verify(copied, None, alone=True).result != "broken":
        return
    verdict = verify(book, None, alone=True)
    if verdict.result != "broken":
        raise DiskError(path=str(path), what="copy")
    raise BackupBroken(**broken_at(verdict.first_bad_entry))


def _thin_out(env: Env, book: str, newest: Path, keep: int) -> list[Path]:
    """Delete this book's oldest backups of that folder, beyond so many: only those that khata made and noted here."""
    here = [
        path for whose, _, path in env.places.backups() if whose == book and path.parent == newest.absolute().parent
    ]
    gone = here[:-keep]
    for path in gone:
        with suppress(OSError):
            path.unlink()
    return gone
