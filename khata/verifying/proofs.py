"""Proofs, checked by themselves: with no book, and with a key that was given or the one that a proof brings along."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Literal, NamedTuple

from khata.events import codec
from khata.events.base import MalformedError, Recorded, Unknown
from khata.events.evidence import BalancesSealed
from khata.events.money import EntryReversed
from khata.events.party import PartyAdded
from khata.log.chain import leaf, place
from khata.log.checkpoint import PROOF, Checkpoint, InclusionProof, SignedCheckpoint, read_checkpoint, read_proof
from khata.log.excerpt import (
    BALANCE,
    STATEMENT,
    BalanceProof,
    Excerpt,
    StatementProof,
    read_balance,
    read_excerpt,
    read_statement,
)
from khata.log.merkle import DoesNotHoldError, root_by_inclusion
from khata.log.note import KINDS, NoteError, VerifierKey, read_key
from khata.log.packed import unpacked
from khata.log.policy import Policy
from khata.log.short import BEGIN, ShortProof, read_short
from khata.units import LARGEST, Day, Party, Seq
from khata.verifying.verdict import SeenBy

_DETAIL = re.compile(r'\{"entry":([1-9][0-9]{0,15}),"salt":"([0-9a-f]+)","body":(".*")\}')
"""A detail as an excerpt has it, and in no other way."""

ProofKind = Literal["entry", "statement", "balance", "short", "checkpoint"]


class ProofFault(Exception):  # noqa: N818 - what is found, as in verdict.py, and no error of this program
    """Why a proof does not hold: a code and facts."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(f"{code} {facts}")
        self.code, self.facts = code, facts


class ShownEntry(NamedTuple):
    """An entry that a proof shows: its bytes, what it records, and its free text where the proof opens it."""

    body: bytes
    recorded: Recorded
    words: dict[str, Any] | None


class ProvenBalance(NamedTuple):
    """What somebody owed at the end of a day, as known at an entry: by the id of the party (32 hex), in paise.

    `entry` is the last one that counts in it; `sealed` the one that says so.
    """

    party_id: str
    as_on: Day
    balance_paise: int
    entry: Seq
    upto: Seq
    sealed: Seq


class HeldProof(NamedTuple):
    """A proof that holds.

    Attributes:
        kind: what it is of.
        checkpoint: the tree that it is in.
        key: the shop's key that signed it.
        own_key: whether that is the one that the proof brings along, and nobody else named it.
        seen: the witnesses that signed, of those whose keys were given.
        entry: the entry that is proven; None for a statement or a bare checkpoint.
        entries: all that are shown, in the order of the book.
        party: the customer; None for nobody's, and in the proof of a balance, which does not name him.
        others: further customers whose entries a statement has: that all are one person it does not show.
        balance: what is proven of a balance.
        claimed: the entry that a short form names: the shop signed that its book has it, and the path is not shown.
    """

    kind: ProofKind
    checkpoint: Checkpoint
    key: VerifierKey
    own_key: bool
    seen: tuple[SeenBy, ...] = ()
    entry: ShownEntry | None = None
    entries: tuple[ShownEntry, ...] = ()
    party: ShownEntry | None = None
    others: tuple[ShownEntry, ...] = ()
    balance: ProvenBalance | None = None
    claimed: Seq | None = None


class ReadProof(NamedTuple):
    """A proof or a checkpoint of a file, before anything of it is checked."""

    kind: ProofKind
    signed: SignedCheckpoint
    excerpt: Excerpt | None = None
    inclusion: InclusionProof | None = None
    balance: BalanceProof | None = None
    short: ShortProof | None = None


def read(given: bytes) -> ReadProof:
    """What a file is, packed or not. Raises NoteError."""
    given = unpacked(given)
    first = given.partition(b"\n")[0]
    if first.startswith(BEGIN.encode()):
        short = read_short(given)
        return ReadProof("short", SignedCheckpoint(short.checkpoint, short.note()), short=short)
    if first == PROOF.encode():
        proof = read_proof(given)
        return ReadProof("entry", proof.signed, read_excerpt(proof.extra), proof)
    if first == STATEMENT.encode():
        statement: StatementProof = read_statement(given)
        return ReadProof("statement", statement.signed, statement.excerpt)
    if first == BALANCE.encode():
        balance = read_balance(given)
        return ReadProof("balance", balance.signed, balance.excerpt, balance=balance)
    return ReadProof("checkpoint", read_checkpoint(given))


def hold(proof: ReadProof, keys: Sequence[VerifierKey] = (), policy: Policy | None = None) -> HeldProof:
    """Check a proof (docs/EVIDENCE.md).

    Args:
        proof: the proof.
        keys: the keys that are trusted: the shop's, and those of witnesses, whose signatures are asked for then.
        policy: further keys of shops, one of which must have signed, and which witnesses must have.

    Raises:
        ProofFault: it does not hold.
    """
    checkpoint = proof.signed.checkpoint
    if not checkpoint.book or (proof.short is None and proof.signed.note.text != checkpoint.text()):
        raise ProofFault("not_khata", origin=checkpoint.origin)
    key, own, seen = _signers(proof, [*keys, *(policy.logs if policy is not None else ())])
    if policy is not None:
        seen += _by_policy(proof, policy)
    held = HeldProof(proof.kind, checkpoint, key, own, seen)
    if proof.short is not None:
        return held._replace(claimed=Seq(proof.short.entry))
    if proof.excerpt is None:
        return held
    shown = _shown(proof.excerpt, checkpoint)
    if proof.balance is not None:
        return held._replace(entries=shown, balance=_balance(proof.balance, shown[0]))
    if proof.inclusion is None:
        party, *others = _whose(shown)
        return held._replace(entries=shown, party=party, others=tuple(others))
    main = next((each for each in shown if each.recorded.seq == proof.inclusion.leaf_index + 1), None)
    if main is None or not proof.inclusion.holds(leaf(main.body)):
        raise ProofFault("path")
    return held._replace(entry=main, entries=shown, party=_party_of(main, shown))


def _signers(proof: ReadProof, keys: Sequence[VerifierKey]) -> tuple[VerifierKey, bool, tuple[SeenBy, ...]]:
    """The shop's key that signed, whether only the proof itself names it, and the witnesses."""
    checkpoint, note = proof.signed.checkpoint, proof.signed.note
    shop = [each for each in keys if not KINDS[each.kind].timed]
    try:
        own = [] if shop or proof.excerpt is None else [read_key(proof.excerpt.key)]
        signed = [each for each in (shop or own) if each.name == checkpoint.origin and note.seen(each) is not None]
        witnesses = [(each, note.seen(each)) for each in keys if KINDS[each.kind].timed]
    except NoteError as e:
        raise ProofFault(e.code) from e
    if not signed:
        raise _unsigned(proof, shop or own)
    for each, at in witnesses:
        if at is None:
            raise ProofFault("not_witnessed", witness=each.name)
    seen = tuple(SeenBy(each.name, Seq(checkpoint.size), at or 0) for each, at in witnesses)
    return signed[0], not shop, seen


def _unsigned(proof: ReadProof, asked: Sequence[VerifierKey]) -> ProofFault:
    """Why none of some keys signed: where another one of this book did, which the proof brings along, it is named."""
    origin = proof.signed.checkpoint.origin
    if not asked:
        return ProofFault("no_key", origin=origin)
    if all(each.name != origin for each in asked):
        return ProofFault("not_signed", origin=origin)
    with suppress(NoteError):
        brought = read_key(proof.excerpt.key) if proof.excerpt is not None else None
        if brought is not None and brought.name == origin and proof.signed.note.seen(brought) is not None:
            return ProofFault("other_key", origin=origin, key=str(brought))
    return ProofFault("not_signed", origin=origin)


def _by_policy(proof: ReadProof, policy: Policy) -> tuple[SeenBy, ...]:
    """The witnesses that a policy asks for, and that signed."""
    try:
        if not policy.is_met(proof.signed.note):
            raise ProofFault("not_witnessed", witness=policy.quorum)
        seen = policy.seen(proof.signed.note)
    except NoteError as e:
        raise ProofFault(e.code) from e
    return tuple(SeenBy(name, Seq(proof.signed.checkpoint.size), at) for name, at in seen.items())


def _shown(excerpt: Excerpt, checkpoint: Checkpoint) -> tuple[ShownEntry, ...]:
    """The entries of an excerpt, each as it was recorded."""
    try:
        if excerpt.root(checkpoint.size) != checkpoint.root:
            raise ProofFault("not_in_tree")
    except DoesNotHoldError as e:
        raise ProofFault("not_in_tree") from e
    opened = _opened(excerpt)
    shown = []
    for body in excerpt.bodies:
        seq = place(body)
        try:
            recorded = codec.read(body)
            words = None
            if seq in opened:
                salt, text = opened.pop(seq)
                words = codec.said(recorded.event.detail, salt, text)
        except MalformedError as e:
            raise ProofFault("entry", entry=seq, why=e.code) from e
        if isinstance(recorded.event, Unknown):
            raise ProofFault("newer", entry=seq)
        shown.append(ShownEntry(body, recorded, words))
    if opened:
        raise ProofFault("entry", entry=min(opened), why="no_commitment")
    return tuple(shown)


def _balance(proof: BalanceProof, sealed: ShownEntry) -> ProvenBalance:
    """What a leaf says, under the root that the book has."""
    event = sealed.recorded.event
    if not isinstance(event, BalancesSealed):
        raise ProofFault("balance")
    try:
        root = root_by_inclusion(leaf(proof.leaf), proof.leaf_index, event.leaves, proof.path)
        said = codec.canonical(proof.leaf)
    except (DoesNotHoldError, MalformedError) as e:
        raise ProofFault("balance") from e
    wanted: dict[str, type] = {"as_on": str, "balance_paise": int, "entry": int, "party": str, "salt": str}
    if root.hex() != event.root or {key: type(value) for key, value in said.items()} != wanted:
        raise ProofFault("balance")
    if said["as_on"] != event.as_on or not 0 < said["entry"] <= event.upto < sealed.recorded.seq:
        raise ProofFault("balance")
    if not (re.fullmatch("[0-9a-f]{32}", said["party"]) and re.fullmatch("[0-9a-f]{64}", said["salt"])):
        raise ProofFault("balance")
    if abs(said["balance_paise"]) > LARGEST:
        raise ProofFault("balance")
    day, paise, entry = Day(said["as_on"]), said["balance_paise"], Seq(said["entry"])
    return ProvenBalance(said["party"], day, paise, entry, event.upto, sealed.recorded.seq)


def _opened(excerpt: Excerpt) -> dict[int, tuple[bytes, bytes]]:
    """The details of an excerpt: salt and bytes by their entries."""
    found: dict[int, tuple[bytes, bytes]] = {}
    for line in excerpt.details:
        said = _DETAIL.fullmatch(line)
        if said is None:
            raise ProofFault("not_a_proof")
        try:
            body = json.loads(said[3])
            again = json.dumps(body, ensure_ascii=False)
            found[int(said[1])] = (bytes.fromhex(said[2]), body.encode())
        except (ValueError, AttributeError, RecursionError) as e:
            raise ProofFault("not_a_proof") from e
        if again != said[3]:
            raise ProofFault("not_a_proof")
    if list(found) != sorted(found) or len(found) != len(excerpt.details):
        raise ProofFault("not_a_proof")
    return found


def _party_of(main: ShownEntry, shown: Sequence[ShownEntry]) -> ShownEntry | None:
    """Whose an entry is, declared in the same tree: a shop must not hand out what is somebody else's."""
    event = main.recorded.event
    if isinstance(event, EntryReversed):
        original = next((each for each in shown if each.recorded.seq == event.entry), None)
        if original is None or original.recorded.seq >= main.recorded.seq:
            raise ProofFault("party", entry=main.recorded.seq)
        event = original.recorded.event
    number: Party | None = getattr(event, "party", None)
    if number is None:
        return None
    return _declared(number, shown, main.recorded.seq)


def _declared(number: Party, shown: Sequence[ShownEntry], entry: Seq) -> ShownEntry:
    for each in shown:
        event = each.recorded.event
        if isinstance(event, PartyAdded) and event.party == number and each.recorded.seq <= entry:
            return each
    raise ProofFault("party", entry=entry)


def _whose(shown: Sequence[ShownEntry]) -> list[ShownEntry]:
    """Whose the entries of a statement are, as they were declared: one customer, or one person with two khatas.

    The shop could put two customers into one, so whoever is named stands there.
    """
    found = [_party_of(each, shown) for each in shown]
    for each, party in zip(shown, found, strict=True):
        if party is None:
            raise ProofFault("party", entry=each.recorded.seq)
    whose = {each.recorded.seq: each for each in found if each is not None}
    return [whose[seq] for seq in sorted(whose)]
