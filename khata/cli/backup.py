"""A copy of the book on another disk, verified before it counts."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from khata.cli.env import Env
from khata.cli.refusals import BackupBroken, UnknownChoice
from khata.cli.reply import Reply, Warned
from khata.grammar.days import ZONE
from khata.shell import stamp
from khata.store.sqlite.backup import copy
from khata.units import At

OLD = timedelta(days=1)
"""A backup older than this is worth a word (Income-tax Rules 2026 r.46(8) asks for one a day)."""


def backup(
    ctx: typer.Context,
    to: Annotated[str | None, typer.Argument(metavar="FOLDER")] = None,
    keep: Annotated[str, typer.Option("--keep", metavar="N")] = "30",
) -> Reply:
    """Copy the book, whole and verified."""
    env: Env = ctx.obj
    if not (keep.isascii() and keep.isdigit() and 0 < int(keep) < 10_000):
        raise UnknownChoice(value=keep, known=["1", "30", "365"])
    env.ask_views()
    about = env.about
    assert about is not None  # noqa: S101 - a book that was caught up with has a first entry
    folder = Path(to).expanduser() if to else env.places.books / "backups"
    at = env.now()
    path = folder / f"{env.book_path.stem}.{at.astimezone(ZONE):%Y-%m-%d-%H%M%S}.khata"
    head = copy(env.store, path, _check)
    env.places.note_backup(about.book, stamp(at), path.absolute())
    gone = _thin_out(env, about.book, path, int(keep))
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

    return Reply(data, show)


def _check(copied: Path) -> None:
    from khata.verifying.verify import verify

    verdict = verify(copied, None, alone=True)
    if verdict.result == "broken":
        raise BackupBroken(entry=verdict.first_bad_entry)


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


def last_backup(env: Env, book: str) -> tuple[At, Path] | None:
    """When and where the last backup of a book was made on this machine."""
    made = [(At(at), path) for whose, at, path in env.places.backups() if whose == book]
    return made[-1] if made else None


def age_warning(env: Env, at: At | None) -> list[Warned]:
    """A word about a backup that is older than a day, or was never made."""
    if at is None:
        return [("no_backup", {})]
    if env.now() - datetime.fromisoformat(at) > OLD:
        return [("old_backup", {"at": at})]
    return []
