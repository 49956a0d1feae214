"""The key that signs for the shop: shown, copied, brought back, changed."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from khata.api.evidence import evidence
from khata.api.places import typed_path
from khata.cli.env import Env
from khata.cli.failing import recorded_already
from khata.cli.groups import Group
from khata.cli.output import Output, to_a_file, written
from khata.cli.record import carry_out, event_id, recorded_reply
from khata.cli.refusals import Misused
from khata.cli.reply import Reply
from khata.cli.signing import signing
from khata.grammar.text import clean_text
from khata.log.checkpoint import origin_of
from khata.log.errors import BookError, KeyUnreadableError
from khata.rules.base import Command
from khata.rules.refused import Refused

if TYPE_CHECKING:
    from khata.api.evidence import Evidence
    from khata.log.note import VerifierKey
    from khata.store.keys import PrivateKey


def show(ctx: typer.Context) -> Reply:
    """The key that signs for this shop, and where it is."""
    env: Env = ctx.obj
    with signing(env) as found:
        key, path = str(found.key().key), found.keys.path(found.book)
    data = {"key": key, "file": str(path)}
    return Reply(data, lambda env: env.out(env.say("said.key", key=key, path=env.places.tilde(path))))


def export(ctx: typer.Context, output: Output = None) -> Reply:
    """The shop's verifier key, one line: for whoever checks."""
    env: Env = ctx.obj
    with signing(env) as found:
        key = str(found.key().key)
    return written(env, {"key": key}, lambda _: key + "\n", output)


def backup(ctx: typer.Context, output: Output = None) -> Reply:
    """A copy of the private key, on a stick that is kept where the shop's money is."""
    from khata.store.keys import write_key_file

    env: Env = ctx.obj
    path = typed_path(to_a_file(output, "key"))
    with signing(env) as found:
        key = found.key()
    write_key_file(path, key)
    return Reply(
        {"key": str(key.key), "file": str(path)}, lambda env: env.out(env.say("said.key_copied", path=str(path)))
    )


def restore(ctx: typer.Context, file: Annotated[str, typer.Argument(metavar="FILE")]) -> Reply:
    """The private key from such a copy, on a machine that has none."""
    env: Env = ctx.obj
    path = typed_path(file)
    with evidence(env) as found:
        key, place = _copied(path, origin_of(found.book)), found.keys.path(found.book)
        aside = found.take_back(key)
    said = str(key.key)

    def show(env: Env) -> None:
        env.out(env.say("said.key_restored", key=said))
        if aside is not None:
            env.out(env.say("said.key_set_aside", path=env.places.tilde(aside)))

    return Reply({"key": said, "file": str(place), "set_aside": str(aside) if aside is not None else None}, show)


def _copied(path: Path, name: str) -> PrivateKey:
    """The key in a copy that somebody brings. Raises Misused, NotEvidence."""
    from khata.evidence.refused import NotEvidence
    from khata.store.keys import read_key_file

    try:
        key = read_key_file(path, name)
    except KeyUnreadableError as e:
        raise NotEvidence(path=str(path), why="not_a_private_key") from e
    if key is None:
        raise Misused(what="no_file", path=str(path))
    return key


def rotate(ctx: typer.Context) -> Reply:
    """Another key signs from here on; the one until now says so."""
    from khata.events.evidence import rotation_text
    from khata.log.note import sign
    from khata.rules.evidence import RotateKey

    env: Env = ctx.obj
    if env.asks:
        env.agree("ask.new_key_signs")
    with (evidence if env.option("dry_run") else signing)(env) as found:
        book = found.book
        # A trial leaves no key behind, not even the first one of the shop.
        old = found.key_here() or _another(env, found) if env.option("dry_run") else found.key()
        new = _another(env, found)
    signed = sign(rotation_text(book, str(old.key), str(new.key)), old)
    command = RotateKey(id=event_id(env), old=str(old.key), new=str(new.key), signature=signed.encoded())
    return _changed(env, command, new.key)


def lost(ctx: typer.Context, reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT")] = None) -> Reply:
    """The key is lost, or in other hands: another one signs from here on."""
    from khata.rules.evidence import ReplaceLostKey

    env: Env = ctx.obj
    said = clean_text(reason, what="reason") if reason else ""
    if said and env.asks:
        env.agree("ask.lost_key")
    with evidence(env) as found:
        old = None
        with suppress(KeyUnreadableError):
            old = found.keys.current(found.book, origin_of(found.book), found.current)
        new = _another(env, found).key if said else None
    before, after = (str(each) if each is not None else None for each in (old.key if old else None, new))
    return _changed(env, ReplaceLostKey(id=event_id(env), old=before, new=after or "", reason=said), new)


def _another(env: Env, found: Evidence) -> PrivateKey:
    """A new key: one that waits on the disk for the entry that names it, and for a trial one that is forgotten."""
    from khata.store.keys import PrivateKey, new_seed

    name = origin_of(found.book)
    return PrivateKey(name, new_seed()) if env.option("dry_run") else found.keys.make_next(found.book, name)


def _changed(env: Env, command: Command, new: VerifierKey | None) -> Reply:
    """Record that another key signs; it takes its place once that is on the disk."""
    dry = bool(env.option("dry_run"))
    try:
        outcome, warnings = carry_out(env, command)
    except Refused:
        _discard(env, new)
        raise
    event, entry = outcome.made.event, outcome.made.seq
    named = str(getattr(event, "new", ""))  # of an id that was recorded already, the key of then
    if not dry:
        if named != str(new):
            _discard(env, new)
        with recorded_already(env), evidence(env) as found:
            found.key()
    facts = {"key": named if not dry or outcome.already is not None else None, "entry": entry}

    def line(env: Env) -> str:
        if facts["key"] is None:
            return env.say("said.key_would_change")
        return env.say("said.key_changed", entry=entry, key=named)

    return recorded_reply(env, outcome, facts, line, warnings)


def _discard(env: Env, new: VerifierKey | None) -> None:
    """Take the key away that was to sign, where nothing was recorded that names it."""
    if new is not None and not env.option("dry_run"):
        with suppress(BookError), evidence(env) as found:  # what is being said of the entry matters more
            found.keys.discard(found.book, new)


class KEY(Group):
    """`khata key …`."""

    COMMANDS: ClassVar = {
        "show": (show, ("agreeing",)),
        "export": (export, ("agreeing",)),
        "rotate": (rotate, ("changing",)),
        "backup": (backup, ("agreeing",)),
        "restore": (restore, ()),
        "lost": (lost, ("changing",)),
    }
