"""When the last backup was made, and who is told that it is old."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from khata.cli.env import Env
from khata.cli.reply import Warned
from khata.units import At

OLD = timedelta(days=1)
"""A backup older than this is worth a word (Income-tax Rules 2026 r.46(8) asks for one a day)."""


def last_backup(env: Env, book: str) -> tuple[At, Path] | None:
    """When and where the last backup of a book was made on this machine."""
    made = [(At(at), path) for whose, at, path in env.places.backups() if whose == book]
    return made[-1] if made else None


def remind(env: Env) -> None:
    """Say once a day, to whoever records, that the last backup is old."""
    about = env.about
    if env.quiet or about is None or env.places.reminded() == f"{about.book} {env.today}":
        return
    made = last_backup(env, about.book)
    if made is None and about.opened_on == env.today:  # a book of today has nothing yet that paper does not have
        return
    for code, facts in age_warning(env, made[0] if made else None):
        env.places.note_reminded(f"{about.book} {env.today}")
        env.say_aside(f"warning.{code}", **facts)


def age_warning(env: Env, at: At | None) -> list[Warned]:
    """A word about a backup that is older than a day, or was never made."""
    if at is None:
        return [("no_backup", {})]
    if env.now() - datetime.fromisoformat(at) > OLD:
        return [("old_backup", {"at": at})]
    return []
