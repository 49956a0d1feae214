"""What leaves the shop so that its book can be believed: checkpoints, and the key that signs them."""

from __future__ import annotations

from typing import Annotated, ClassVar

import typer

from khata.api.evidence import evidence
from khata.api.places import typed_path
from khata.cli.env import Env
from khata.cli.groups import Group
from khata.cli.output import written
from khata.cli.refusals import Misused
from khata.cli.reply import Reply
from khata.log.checkpoint import SignedCheckpoint, origin_of
from khata.log.errors import PathTakenError

Output = Annotated[str | None, typer.Option("-o", "--output", metavar="FILE")]


def checkpoint(ctx: typer.Context, output: Output = None) -> Reply:
    """A signed checkpoint of all entries."""
    env: Env = ctx.obj
    with evidence(env) as found:
        made = found.checkpoint()
        kept = found.kept.path(made.checkpoint.size)
    reply = written(env, {**facts_of(made), "file": str(kept)}, lambda _: made.note.encoded(), output)
    if output is None:
        return reply

    def show(env: Env) -> None:
        env.out(env.words.count("said.checkpoint", made.checkpoint.size, path=env.places.tilde(typed_path(output))))

    return Reply(reply.data, show)


def facts_of(made: SignedCheckpoint) -> dict[str, object]:
    """What JSON says of a checkpoint: its size, its root (64 hex), and of which log it is."""
    return {"size": made.checkpoint.size, "root": made.checkpoint.root.hex(), "origin": made.checkpoint.origin}


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
        here = found.keys.read(found.book, origin_of(found.book))
    if key is None:
        raise Misused(what="no_file", path=str(path))
    if here is None:
        write_key_file(place, key)
    elif here.key != key.key:
        raise PathTakenError(path=str(place), what="key")
    said = str(key.key)
    return Reply({"key": said, "file": str(place)}, lambda env: env.out(env.say("said.key_restored", key=said)))


class KEY(Group):
    """`khata key …`."""

    COMMANDS: ClassVar = {
        "show": (show, ()),
        "export": (export, ()),
        "backup": (backup, ()),
        "restore": (restore, ()),
    }
