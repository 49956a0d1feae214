"""The witness: `init`, `sign`, `list` are its own side, `request` and `add` the shop's. Files travel between them."""

from __future__ import annotations

from typing import Annotated, ClassVar

import typer

from khata.api.evidence import evidence
from khata.api.places import typed_path
from khata.cli.env import Env
from khata.cli.groups import Group
from khata.cli.output import Output, file_named, written
from khata.cli.proving import facts_of
from khata.cli.refusals import Misused
from khata.cli.reply import Reply
from khata.cli.signing import signing
from khata.grammar.entries import parse_entry

Folder = Annotated[str | None, typer.Option("--dir", metavar="FOLDER")]
KeyTyped = Annotated[str | None, typer.Option("--key", metavar="KEY")]


def init(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME")] = None,
    folder: Folder = None,
) -> Reply:
    """Become a witness: make its key."""
    from khata.evidence.witness import NoWitness, Witness
    from khata.log.note import is_key_name

    env: Env = ctx.obj
    witness = Witness(typed_path(folder) if folder else env.places.witness)
    called = name or f"witness/{env.places.login}".replace("+", "-").replace(" ", "-")
    if not is_key_name(called):
        raise Misused(what="key_name", value=called)
    try:
        key = witness.key()
    except NoWitness:
        key = witness.make(called)
    if name is not None and key.key.name != name:
        raise Misused(what="witness_named", value=key.key.name)
    data = {"name": key.key.name, "key": str(key.key), "dir": str(witness.folder)}
    return Reply(data, lambda env: env.out(env.say("said.witness", **data)))


def sign(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE")],
    output: Output = None,
    folder: Folder = None,
    key: KeyTyped = None,
) -> Reply:
    """Sign that a shop's book went on from what was signed before."""
    from khata.evidence.refused import given_as, given_key
    from khata.evidence.witness import Witness
    from khata.log.checkpoint import read_request

    env: Env = ctx.obj
    request = given_as(typed_path(file), read_request, why="not_a_request")
    witness = Witness(typed_path(folder) if folder else env.places.witness)
    trusted = given_key(key) if key else None
    facts = facts_of(request.signed) | {"key": str(witness.key().key)}

    def answer(env: Env) -> str:
        lines, facts["first"] = witness.sign(request, int(env.now().timestamp()), trusted)
        return "".join(each.line() for each in lines)

    to_stdout = file_named(output) is None
    if to_stdout:
        text = answer(env)
        reply = written(env, facts, lambda _: text, None)
    else:  # a file is begun before anything is signed: what is signed is remembered, and nobody would have it
        reply = written(env, facts, answer, output)
    unknown = str(request.signed.note.introduced()) if facts["first"] and trusted is None else ""

    def show(env: Env) -> None:
        if to_stdout and reply.show is not None:
            reply.show(env)
            if unknown:  # aside: the answer goes into a pipe
                env.say_aside("said.first_seen", key=unknown)
            return
        origin, size = request.signed.checkpoint.origin, request.signed.checkpoint.size
        env.out(env.words.count("said.witnessed", size, origin=origin))
        if unknown:
            env.out(env.say("said.first_seen", key=unknown))

    return Reply(reply.data, show)


def list_(ctx: typer.Context, folder: Folder = None) -> Reply:
    """What this witness signed last of each shop."""
    from khata.evidence.witness import Witness

    env: Env = ctx.obj
    witness = Witness(typed_path(folder) if folder else env.places.witness)
    shops = [
        {"origin": each.key.name, "key": str(each.key), "size": each.size, "root": each.root.hex(), "at": each.at}
        for each in witness.shops()
    ]

    def show(env: Env) -> None:
        from khata.render.terminal.proof import witnessed

        env.show(witnessed(witness.shops(), env.words))

    return Reply({"name": witness.key().key.name, "shops": shops}, show)


def request(
    ctx: typer.Context,
    output: Output = None,
    old: Annotated[str | None, typer.Option("--old", metavar="ENTRY")] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="NAME")] = None,
) -> Reply:
    """A file for the witness: a checkpoint of now, and that it goes on from what was signed before."""
    from khata.evidence.refused import NotOurs

    env: Env = ctx.obj
    with signing(env) as found:
        known = found.witnesses.read()
        if to is not None and to not in known:
            raise NotOurs(why="no_such_witness", witness=to, known=sorted(known))
        if to is None and old is None and len(known) > 1:
            raise NotOurs(why="several", known=sorted(known))
        last = known[to].size if to is not None else max([each.size for each in known.values()], default=0)
        made = found.request((0 if old == "0" else parse_entry(old)) if old is not None else last)
    data = {"old": made.old, **facts_of(made.signed)}
    reply = written(env, data, lambda _: made.encoded(), output)
    named = file_named(output)
    if named is None:
        return reply
    path = env.places.tilde(typed_path(named))
    return Reply(reply.data, lambda env: env.out(env.say("said.request", path=path, entry=made.signed.checkpoint.size)))


def add(ctx: typer.Context, file: Annotated[str, typer.Argument(metavar="FILE")], key: KeyTyped = None) -> Reply:
    """Keep what the witness answered."""
    from khata.evidence.refused import given_as, given_key
    from khata.log.checkpoint import read_answer
    from khata.render.terminal.proof import on_day

    env: Env = ctx.obj
    lines = given_as(typed_path(file), read_answer, why="not_an_answer")
    with evidence(env) as found:
        known = found.witnesses.read()
        seen = found.add_answer(lines, given_key(key) if key else None)
    first = not key and seen.key.name not in known
    data = {"name": seen.key.name, "key": str(seen.key), "size": seen.size, "at": seen.at}

    def show(env: Env) -> None:
        env.out(env.say("said.seen", name=seen.key.name, entry=seen.size, day=on_day(seen.at)))
        if first:
            env.out(env.say("said.first_seen", key=str(seen.key)))

    return Reply(data, show)


class WITNESS(Group):
    """`khata witness …`."""

    COMMANDS: ClassVar = {
        "request": (request, ("agreeing",)),
        "add": (add, ()),
        "init": (init, ()),
        "sign": (sign, ()),
        "list": (list_, ()),
    }
