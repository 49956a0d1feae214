"""The key that signs for the shop: shown, copied, brought back, changed."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, ClassVar

import typer

from khata.api.evidence import evidence
from khata.api.places import typed_path
from khata.cli.env import Env
from khata.cli.failing import recorded_already
from khata.cli.groups import Group
from khata.cli.output import Output, written
from khata.cli.record import carry_out, event_id, recorded_reply
from khata.cli.refusals import Misused
from khata.cli.reply import Reply
from khata.grammar.text import clean_text
from khata.log.checkpoint import origin_of
from khata.log.errors import KeyUnreadableError, PathTakenError
from khata.rules.base import Command


def show(ctx: typer.Context) -> Reply:
    """The key that signs for this shop, and where it is."""
    env: Env = ctx.obj
    with evidence(env) as found:
        key, path = str(found.key().key), found.keys.path(found.book)
    data = {"key": key, "file": str(path)}
    return Reply(data, lambda env: env.out(env.say("said.key", key=key, path=env.places.tilde(path))))


def export(ctx: typer.Context, output: Output = None) -> Reply:
    """The shop's verifier key, one line: for whoever checks."""
    env: Env = ctx.obj
    with evidence(env) as found:
        key = str(found.key().key)
    return written(env, {"key": key}, lambda _: key + "\n", output)


def backup(ctx: typer.Context, output: Output = None) -> Reply:
    """A copy of the private key, on a stick that is kept where the shop's money is."""
    from khata.store.keys import write_key_file

    env: Env = ctx.obj
    if output is None:
        raise Misused(what="missing", name="-o FILE")
    path = typed_path(output)
    with evidence(env) as found:
        key = found.key()
    write_key_file(path, key)
    return Reply(
        {"key": str(key.key), "file": str(path)}, lambda env: env.out(env.say("said.key_copied", path=str(path)))
    )


def restore(ctx: typer.Context, file: Annotated[str, typer.Argument(metavar="FILE")]) -> Reply:
    """The private key from such a copy, on a machine that has none."""
    from khata.store.keys import read_key_file, write_key_file

    env: Env = ctx.obj
    path = typed_path(file)
    with evidence(env) as found:
        key, place = read_key_file(path, origin_of(found.book)), found.keys.path(found.book)
        here, current = found.keys.read(found.book, origin_of(found.book)), found.current
        if key is None:
            raise Misused(what="no_file", path=str(path))
        if here is None:
            write_key_file(place, key)
        elif str(key.key) == current:  # the one that is here was replaced
            found.keys.put(found.book, key)
        elif here.key != key.key:
            raise PathTakenError(path=str(place), what="key")
    said = str(key.key)
    return Reply({"key": said, "file": str(place)}, lambda env: env.out(env.say("said.key_restored", key=said)))


def rotate(ctx: typer.Context) -> Reply:
    """Another key signs from here on; the one until now says so."""
    from khata.events.evidence import rotation_text
    from khata.log.note import sign
    from khata.rules.evidence import RotateKey

    env: Env = ctx.obj
    with evidence(env) as found:
        old, book = found.key(), found.book
        new = found.keys.make_next(book, old.key.name)
    signed = sign(rotation_text(book, str(old.key), str(new.key)), old)
    command = RotateKey(id=event_id(env), old=str(old.key), new=str(new.key), signature=signed.encoded())
    return _changed(env, command, str(new.key))


def lost(ctx: typer.Context, reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT")] = None) -> Reply:
    """The key is lost, or in other hands: another one signs from here on."""
    from khata.rules.evidence import ReplaceLostKey

    env: Env = ctx.obj
    said = clean_text(reason, what="reason") if reason else ""
    with evidence(env) as found:
        name, old = origin_of(found.book), None
        with suppress(KeyUnreadableError):
            old = found.keys.current(found.book, name, found.current)
        new = str(found.keys.make_next(found.book, name).key) if said else ""
    before = str(old.key) if old is not None else None
    return _changed(env, ReplaceLostKey(id=event_id(env), old=before, new=new, reason=said), new)


def _changed(env: Env, command: Command, new: str) -> Reply:
    """Record that another key signs; it takes its place once that is on the disk."""
    outcome, warnings = carry_out(env, command)
    if not env.option("dry_run"):
        with recorded_already(env), evidence(env) as found:
            found.key()
    entry = outcome.made.seq
    facts = {"key": new, "entry": entry}
    return recorded_reply(env, outcome, facts, lambda env: env.say("said.key_changed", entry=entry, key=new), warnings)


class KEY(Group):
    """`khata key …`."""

    COMMANDS: ClassVar = {
        "show": (show, ()),
        "export": (export, ()),
        "rotate": (rotate, ("changing",)),
        "backup": (backup, ()),
        "restore": (restore, ()),
        "lost": (lost, ("changing",)),
    }
