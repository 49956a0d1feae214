"""A copy of the book on another disk, verified before it counts."""

from __future__ import annotations

import os
from contextlib import closing, suppress
from pathlib import Path
from typing import Annotated

import typer

from khata.api.evidence import checkpoint_quietly
from khata.api.places import Backup, typed_path
from khata.cli.env import Env
from khata.cli.failing import recorded_already
from khata.cli.refusals import BackupBroken, UnknownChoice, broken_at
from khata.cli.reply import Reply, Warned
from khata.events.book import BookOpened
from khata.grammar.days import moment
from khata.log.checkpoint import SignedCheckpoint
from khata.log.errors import (
    BookBrokenError,
    BookError,
    DiskError,
    NewerBookError,
    PathTakenError,
    SignedDiffersError,
)
from khata.pen import stamp
from khata.store import machine
from khata.store.checkpoints import ENDING
from khata.store.sqlite.atomic import atomic_write
from khata.store.sqlite.backup import WAIT_S, copy
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.verifying.stored import opened
from khata.verifying.verify import verify
from khata.views.stored import event_of


def backup(
    ctx: typer.Context,
    to: Annotated[str | None, typer.Argument(metavar="FOLDER")] = None,
    keep: Annotated[str, typer.Option("--keep", metavar="N")] = "30",
) -> Reply:
    """Copy the book, whole and verified."""
    env: Env = ctx.obj
    if not (keep.isascii() and keep.isdigit() and len(keep) <= 4 and int(keep)):
        raise UnknownChoice(value=keep, known=["1 – 9999"])
    folder = typed_path(to) if to else env.places.books / "backups"
    _ask_for_stick(env, folder.absolute())
    warnings, book = _looked_at(env)
    at = env.now()
    path = folder / f"{env.book_path.stem}.{moment(at)}.khata"
    signed = None
    try:
        signed = checkpoint_quietly(env)
    except SignedDiffersError as e:
        warnings.append((e.code, e.facts))
    head = copy(env.store, path, lambda copied: _check(copied, path, env.book_path))
    book = _book_in(path) or book  # another one may have been put there since it was looked at
    with recorded_already(env):
        other_disk = machine.is_on_another_disk(path, env.book_path)
        env.places.note_backup(Backup(book, stamp(at), path.absolute(), other_disk))
        gone = _thin_out(env, book, path, int(keep))
        beside = _laid_beside(path, signed) if signed is not None else None
    data = {
        "path": str(path.absolute()),
        "entries": head.seq,
        "head": head.hash.hex(),
        "at": stamp(at),
        "removed": [str(each) for each in gone],
        "other_disk": other_disk,
        "signed_upto": signed.checkpoint.size if signed is not None else 0,
        "checkpoint": str(beside) if beside is not None else None,
    }
    if not other_disk:
        warnings.append(("same_disk", {}))
    said = env.words.count("said.backed_up", head.seq, path=env.places.tilde(path))
    return Reply(data, lambda env: env.out(said), warnings)


def _laid_beside(copy: Path, signed: SignedCheckpoint) -> Path | None:
    """The file beside a copy in which its checkpoint stands; None where it could not be laid down.

    A copy can be chained anew by whoever finds it, and says nothing against the shop; this does, and stays when copies
    are thinned out.
    """
    path = copy.absolute().with_suffix(ENDING)
    try:
        with atomic_write(path) as temporary:
            temporary.write_text(signed.note.encoded(), encoding="utf-8")
    except (DiskError, PathTakenError):
        return None
    return path


def _ask_for_stick(env: Env, folder: Path) -> None:
    """Before a copy is laid where a stick should be, and is not. Raises NotAgreed; nothing is made then."""
    was_elsewhere = any(each.other_disk and each.path.parent == folder for each in env.places.backups())
    if machine.is_unplugged(folder) or (was_elsewhere and not machine.is_on_another_disk(folder, env.book_path)):
        env.agree("ask.no_stick", folder=str(folder))


def _looked_at(env: Env) -> tuple[list[Warned], str]:
    """What there is to warn of, and the book (32 hex).

    A book in which a newer khata wrote is copied, too: its hashes can be checked, and a copy needs no meaning.

    Raises:
        BackupBroken: the book itself is.
        NewerBookError: not even the book's id can be read.
    """
    try:
        env.ask_views(wait=True)
    except BookBrokenError as e:
        if (verdict := verify(env.book_path, None, alone=True)).result == "broken":
            raise BackupBroken(**broken_at(verdict.first_bad_entry)) from e
        raise
    except NewerBookError as e:
        with env.store.reading(wait_s=WAIT_S) as reading:
            events = [event_of(first).event for first in reading.entries(1, 1)]
        if not events or not isinstance(events[0], BookOpened):
            raise
        return [("newer_book", e.facts)], events[0].book
    if env.about is None:
        raise BookBrokenError(path=str(env.book_path), reason="no entries")
    return [], env.about.book


def _check(copied: Path, path: Path, book: Path) -> None:
    """Whether a copy that is to stand at a path holds; if it does not, the book is looked at before it is blamed."""
    if verify(copied, None, alone=True).result != "broken":
        return
    verdict = verify(book, None, alone=True)
    if verdict.result != "broken":
        raise DiskError(path=str(path), what="copy")
    raise BackupBroken(**broken_at(verdict.first_bad_entry))


def _thin_out(env: Env, book: str, newest: Path, keep: int) -> list[Path]:
    """Delete this book's oldest backups of that folder, beyond so many: only those that khata made and noted here."""
    folder = os.path.realpath(newest.parent)
    here = [
        each.path for each in env.places.backups() if each.book == book and os.path.realpath(each.path.parent) == folder
    ]
    gone = [each for each in here[:-keep] if not each.exists() or _book_in(each) == book]
    for path in gone:
        with suppress(OSError):
            path.unlink()
    return gone


def _book_in(path: Path) -> str | None:
    """The book (32 hex) that a file is a copy of now; None if that cannot be read."""
    with suppress(BookError), closing(ReadOnlyBook(path)) as pages:
        first = opened(pages)
        return first.book if first is not None else None
    return None
