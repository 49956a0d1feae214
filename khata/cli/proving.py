"""Checkpoints and proofs: made for who is outside of the shop, and checked there, where there is no book."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from khata.api.naming import to_ask
from khata.api.places import typed_path
from khata.cli.completing import entry_number, party_name
from khata.cli.env import Env
from khata.cli.failing import BROKEN, NEWER, REFUSED
from khata.cli.helping import placed
from khata.cli.output import Output, could_be_written, file_named, in_bytes, pictured, show_qr, written
from khata.cli.refusals import Misused
from khata.cli.reply import Reply, Warned
from khata.cli.signing import signing
from khata.cli.typed import entry_of
from khata.log.checkpoint import SignedCheckpoint
from khata.log.note import NoteError
from khata.log.packed import packed
from khata.questions import entries
from khata.questions.evidence import shown_with
from khata.rules.refused import UnknownEntry
from khata.units import Seq
from khata.views.cut import position_of

if TYPE_CHECKING:
    from khata.verifying.proofs import HeldProof


def checkpoint(ctx: typer.Context, output: Output = None) -> Reply:
    """A signed checkpoint of all entries."""
    env: Env = ctx.obj
    with signing(env) as found:
        made = found.checkpoint()
        kept = found.kept.path(made.checkpoint.size)
    reply = written(env, {**facts_of(made), "file": str(kept)}, lambda _: made.note.encoded(), output)
    named = file_named(output)
    if named is None:
        return reply

    def show(env: Env) -> None:
        env.out(env.words.count("said.checkpoint", made.checkpoint.size, path=env.places.tilde(typed_path(named))))

    return Reply(reply.data, show)


def facts_of(made: SignedCheckpoint) -> dict[str, object]:
    """What JSON says of a checkpoint: its size, its root (64 hex), and of which log it is."""
    return {"size": made.checkpoint.size, "root": made.checkpoint.root.hex(), "origin": made.checkpoint.origin}


def proof(
    ctx: typer.Context,
    entry: Annotated[list[str] | None, typer.Argument(metavar="ENTRY", autocompletion=entry_number)] = None,
    statement: Annotated[str | None, typer.Option("--statement", metavar="PARTY", autocompletion=party_name)] = None,
    balance: Annotated[str | None, typer.Option("--balance", metavar="PARTY", autocompletion=party_name)] = None,
    qr: Annotated[bool, typer.Option("--qr")] = False,
    output: Output = None,
) -> Reply:
    """What shows a customer that an entry is in the book, and stays there; or what his balance is."""
    env: Env = ctx.obj
    if qr and (balance or statement):
        raise Misused(what="only", option="--qr", forms=f"khata proof {placed('ENTRY', env)}")
    if balance:
        if entry or statement:
            raise Misused(what="extra", words=" ".join(entry or ["--statement"]))
        return _balance(env, balance, output)
    if env.option("as_on") or env.option("known_at"):
        raise Misused(what="extra", words="--as-on" if env.option("as_on") else "--known-at")
    if statement:
        if entry:
            raise Misused(what="extra", words=" ".join(entry))
        return _statement(env, statement, output)
    seq = entry_of(env, entry)
    return _short(env, seq, output) if qr else _entry(env, seq, output)


def _entry(env: Env, seq: Seq, output: str | None) -> Reply:
    views = env.ask_views(wait=True)
    row = entries.entry(views, seq)
    if row is None:
        raise UnknownEntry(entry=seq, last=position_of(views))
    with signing(env) as found:
        made = found.proof(seq, sorted(shown_with(views, [row]) - {seq}))
    data = {"entry": seq, "index": made.leaf_index, **facts_of(made.signed)}
    undone: list[Warned] = [("proof_cancelled", {"entry": seq, "by": row.reversed_by})] if row.reversed_by else []
    return _laid(env, data, made.encoded(), output, undone)


def _short(env: Env, seq: Seq, output: str | None) -> Reply:
    """The short form, to be scanned: on the terminal, or as a picture in a file that ends in .svg or .png."""
    views = env.ask_views(wait=True)
    if entries.entry(views, seq) is None:
        raise UnknownEntry(entry=seq, last=position_of(views))
    with signing(env) as found:
        text = found.short(seq).encoded()
    data, named = {"entry": seq, "qr": text}, file_named(output)
    if named is None:
        return Reply(data, lambda env: show_qr(env, text))
    return pictured(data, text, named)


def _statement(env: Env, party: str, output: str | None) -> Reply:
    views = env.ask_views(wait=True)
    last = position_of(views)
    whose = to_ask(views, party, "proof")
    rows = list(entries.log(views, Seq(1), last, entries.Sought(whose.party)))
    with signing(env) as found:
        made = found.statement(sorted(shown_with(views, rows)))
    data = {"party": whose.party, "name": whose.name, "entries": [row.entry for row in rows]}
    return _laid(env, {**data, **facts_of(made.signed)}, made.encoded(), output)


def _balance(env: Env, party: str, output: str | None) -> Reply:
    from khata.cli.sealing import sealed
    from khata.cli.tabled import cut_of

    views = env.ask_views(wait=True)
    could_be_written(output)
    cut, last = cut_of(env, views), position_of(views)
    whose = to_ask(views, party, "proof", cut.known)
    seal, tree = sealed(env, views, cut)
    with signing(env) as found:
        made = found.balance(seal, tree.shown(whose.party_id))
    data = {"party": whose.party, "name": whose.name, "as_on": cut.as_on, "sealed": seal, **facts_of(made.signed)}
    new: list[Warned] = [("sealed_for_this", {"entry": seal})] if seal > last else []
    return _laid(env, data, made.encoded(), output, new, small=True)


def _laid(
    env: Env,
    data: dict[str, object],
    text: str,
    output: str | None,
    warnings: Sequence[Warned] = (),
    *,
    small: bool = False,
) -> Reply:
    """A proof, shown as text or in a file; `small` packs a long one there, to be sent."""
    named = file_named(output)
    if named is None:
        return written(env, data, lambda _: text, None).warning(*warnings)
    reply = in_bytes(data, lambda: packed(text) if small else text.encode(), named, "proof")
    path = env.places.tilde(typed_path(named))
    return Reply(reply.data, lambda env: env.out(env.say("said.proof", path=path)), [*warnings])


def verify_proof(
    ctx: typer.Context,  # noqa: ARG001 - every command takes it
    file: Annotated[str, typer.Argument(metavar="FILE")],
    key: Annotated[list[str] | None, typer.Option("--key", metavar="KEY")] = None,
    policy: Annotated[str | None, typer.Option("--policy", metavar="FILE")] = None,
) -> Reply:
    """Whether a proof holds: yes, or what is wrong with it."""
    from khata.evidence.refused import given, given_key, given_policy
    from khata.verifying.proofs import ProofFault, hold, read

    keys = [given_key(each) for each in key or ()]
    asked = given_policy(typed_path(policy)) if policy is not None else None
    content = given(typed_path(file))
    try:
        found = hold(read(content), keys, asked)
    except NoteError as e:
        return _fault(e.code, {})
    except ProofFault as e:
        return _fault(e.code, e.facts)

    def show(env: Env) -> None:
        from khata.render.terminal.proof import table

        env.show(table(found, env.words))

    return Reply(_held(found), show)


_UNTOLD = {"no_key": REFUSED, "newer": NEWER, "key_kind": NEWER}
"""Where it cannot be told whether a proof holds, which is no word against it; and the exit code."""


def _fault(code: str, facts: dict[str, object]) -> Reply:
    result = "not_known" if code in _UNTOLD else "does_not_hold"

    def show(env: Env) -> None:
        env.out(env.say(f"proof.{result}", why=env.say(f"proof.fault.{code}", **facts)))

    return Reply({"result": result, "why": code, "facts": facts}, show, exit_code=_UNTOLD.get(code, BROKEN))


def _held(found: HeldProof) -> dict[str, object]:
    from khata.render import json

    return json.proof(found)
