"""An authority that keeps time says when a checkpoint was there. Nothing is sent: the shop carries its files."""

from __future__ import annotations

from typing import Annotated, ClassVar

import typer

from khata.api.evidence import evidence
from khata.api.places import typed_path
from khata.cli.env import Env
from khata.cli.groups import Group
from khata.cli.output import Output, to_a_file
from khata.cli.proving import facts_of
from khata.cli.reply import Reply
from khata.cli.signing import signing


def request(ctx: typer.Context, output: Output = None) -> Reply:
    """What an authority is asked to stamp: a checkpoint of now."""
    from khata.evidence.timestamps import query
    from khata.store.sqlite.atomic import atomic_write

    env: Env = ctx.obj
    path = typed_path(to_a_file(output, "tsq"))
    with signing(env) as found:
        made = found.checkpoint()
    asked = query(made.checkpoint.text())
    with atomic_write(path) as temporary:
        temporary.write_bytes(asked)
    size = made.checkpoint.size
    data = {**facts_of(made), "file": str(path)}
    return Reply(data, lambda env: env.out(env.say("said.stamp_asked", path=env.places.tilde(path), entry=size)))


def add(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE")],
    authorities: Annotated[str | None, typer.Option("--ca", metavar="FILE")] = None,
) -> Reply:
    """Keep what the authority answered."""
    from khata.evidence.refused import given
    from khata.evidence.timestamps import SYSTEM, Timestamps
    from khata.render.terminal.proof import on_day

    env: Env = ctx.obj
    reply, trusted = given(typed_path(file)), given(typed_path(authorities) if authorities else SYSTEM)
    with evidence(env) as found:
        stamp = Timestamps(found.kept).add(reply, trusted)

    def show(env: Env) -> None:
        env.out(env.say("said.stamped", entry=stamp.size, day=on_day(stamp.at), name=stamp.authority))

    return Reply(stamp._asdict(), show)


class TIMESTAMP(Group):
    """`khata timestamp …`."""

    COMMANDS: ClassVar = {"request": (request, ("agreeing",)), "add": (add, ())}
