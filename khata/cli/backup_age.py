"""When the last backup was made, and who is told that it is old."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from khata.api.places import Backup
from khata.cli.env import Env
from khata.cli.reply import Warned
from khata.store import machine

OLD = timedelta(days=1)
"""A backup older than this is worth a word (Income-tax Rules 2026 r.46(8) asks for one a day)."""


class Copies(NamedTuple):
    """The last backups that were made on this machine: on another disk, and on the book's own."""

    other: Backup | None
    same: Backup | None

    @property
    def last(self) -> Backup | None:
        """The later of the two."""
        return max((each for each in self if each is not None), key=lambda each: each.at, default=None)


def copies_of(env: Env, made: Iterable[Backup]) -> Copies:
    """The last ones among backups of the book that is meant, oldest first."""
    found: dict[bool, Backup] = {}
    for each in made:
        found[_is_elsewhere(env, each)] = each
    return Copies(found.get(True), found.get(False))


def last_copies(env: Env, book: str) -> Copies:
    """The last backups of a book (32 hex)."""
    return copies_of(env, (each for each in env.places.backups() if each.book == book))


def _is_elsewhere(env: Env, made: Backup) -> bool:
    """Whether a backup went to another disk; where an older khata did not note it, as far as it can be seen now."""
    if made.other_disk is not None:
        return made.other_disk
    if made.is_there():
        return machine.is_on_another_disk(made.path, env.book_path)
    return machine.is_for_sticks(made.path)


def remind(env: Env) -> None:
    """Say once a day, to whoever records, that the last backup is old."""
    about = env.about
    if env.quiet or about is None or env.places.reminded() == f"{about.book} {env.today}":
        return
    copies = last_copies(env, about.book)
    if copies.other is None and about.opened_on == env.today:  # it has nothing yet that paper does not have
        return
    for code, facts in age_warning(env, copies):
        env.places.note_reminded(f"{about.book} {env.today}")
        env.say_aside(f"warning.{code}", **facts)


def age_warning(env: Env, copies: Copies) -> list[Warned]:
    """A word about a backup that is older than a day, was never made, or would be lost together with the book."""
    if copies.other is None:
        return [("only_same_disk", {"at": copies.same.at})] if copies.same else [("no_backup", {})]
    if env.now() - datetime.fromisoformat(copies.other.at) > OLD:
        return [("old_backup", {"at": copies.other.at})]
    return []
