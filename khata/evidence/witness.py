"""The witness: it signs that a log went on from what it signed before, and nothing else (C2SP tlog-witness).

It sees sizes and roots: no name, no number, no amount. What it signed it has on its disk before anybody gets to see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from khata.log.checkpoint import SignedCheckpoint, WitnessRequest
from khata.log.errors import DiskError
from khata.log.merkle import goes_on
from khata.log.note import COSIGNATURE, ED25519, Note, NoteError, NoteSignature, VerifierKey, is_signed, sign
from khata.rules.refused import Refused
from khata.store.files import read_file, replace_file
from khata.store.keys import PrivateKey, make_key_file, read_key_file
from khata.store.witnessed import SHOPS, SeenFile, SignedLast

LONGEST_NAME = 4096
"""Bytes of a witness's name."""


class NotSigned(Refused):
    """The witness does not sign. `status` is what C2SP has for it."""

    status: ClassVar[int]

    def __init__(self, **facts: object) -> None:
        super().__init__(**{"status": self.status, **facts})


class WitnessBadRequest(NotSigned):
    """A request that contradicts itself. Facts: `old`, `size`; `what` is `first` for one that was never seen."""

    code, status = "witness_bad_request", 400


class WitnessWrongKey(NotSigned):
    """The log is signed by none of the keys that the witness knows of it, or by nobody."""

    code, status = "witness_wrong_key", 403


class WitnessConflict(NotSigned):
    """The request goes on from another size than the witness signed last. Facts: `old`, `seen`, `size`, `origin`.

    `what` is `shrunk` for a checkpoint of fewer entries than were signed (of a file that lay about, or of a book that
    lost some), and `first` where nothing was ever signed of this log.
    """

    code, status = "witness_conflict", 409


class WitnessFork(NotSigned):
    """The log does not go on from what the witness signed: an entry was changed since. Facts: `seen`, `size`."""

    code, status = "witness_fork", 422


class NoWitness(Refused):
    """Nobody is a witness in this folder yet."""

    code = "no_witness"


class Witness:
    """A witness and what it signed.

    Args:
        folder: where its key and its file of shops are.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._shops = SeenFile(folder / SHOPS)

    def key(self) -> PrivateKey:
        """Its key. Raises NoWitness, KeyUnreadableError."""
        name = self._name()
        found = read_key_file(self.folder / "key.pem", name, COSIGNATURE) if name else None
        if found is None:
            raise NoWitness(path=str(self.folder))
        return found

    def make(self, name: str) -> PrivateKey:
        """A new one of this name. Raises DiskError, PathTakenError."""
        path = self.folder / "name"
        try:
            replace_file(path, f"{name}\n".encode(), lasting=True)  # before the key: one without a name is nobody's
        except OSError as e:
            raise DiskError(path=str(path), reason=e.strerror or str(e)) from e
        return make_key_file(self.folder / "key.pem", name, COSIGNATURE)

    def _name(self) -> str:
        return (read_file(self.folder / "name", LONGEST_NAME) or b"").decode("utf-8", "replace").strip()

    def shops(self) -> list[SignedLast]:
        """What it signed last of each log. Raises DiskError."""
        return list(self._shops.read().values())

    def sign(
        self, request: WitnessRequest, at: int, trusted: VerifierKey | None = None
    ) -> tuple[tuple[NoteSignature, ...], bool]:
        """Its cosignature, and a line that introduces its key; and whether it saw this log for the first time.

        Args:
            request: what is asked for.
            at: the clock, POSIX seconds.
            trusted: the log's key from now on; None for the one that is known, or at the first time the one that the
                request brings along.

        Raises:
            NotSigned: it does not sign, and says why.
            DiskError: what it was about to sign could not be noted.
        """
        key = self.key()
        with self._shops.alone():
            origin = request.signed.checkpoint.origin
            before = self._shops.read().get(origin)
            log_key = trusted or (before.key if before is not None else _introduced(request.signed))
            _check(request, before, log_key)
            checkpoint = request.signed.checkpoint
            self._shops.note(SignedLast(log_key, checkpoint.size, checkpoint.root, at))
        text = checkpoint.text()
        return (sign(text, key, at), sign(text, key.introducing())), before is None


def _introduced(signed: SignedCheckpoint) -> VerifierKey:
    """The key that a log brings along. Raises WitnessWrongKey: none, or a forged one."""
    try:
        key = signed.note.introduced()
    except NoteError:
        key = None
    if key is None:
        raise WitnessWrongKey(origin=signed.checkpoint.origin, what="no_key")
    return key


def _check(request: WitnessRequest, before: SignedLast | None, key: VerifierKey) -> None:
    checkpoint, old = request.signed.checkpoint, request.old
    if key.kind != ED25519 or key.name != checkpoint.origin or not is_signed(request.signed.note, [key]):
        raise WitnessWrongKey(origin=checkpoint.origin, key=str(key))
    size = checkpoint.size
    if before is None:
        _check_first(request)
        return
    seen = before.size
    if (size, checkpoint.root) == (seen, before.root):
        return  # signed already, and the answer may be lost: nothing new is said by saying it again
    if size < seen:
        raise WitnessConflict(seen=seen, old=old, size=size, origin=checkpoint.origin, what="shrunk")
    if old > size:
        raise WitnessBadRequest(old=old, size=size)
    if old != seen:
        raise WitnessConflict(seen=seen, old=old, size=size, origin=checkpoint.origin)
    if not goes_on(seen, before.root, size, checkpoint.root, request.path):
        raise WitnessFork(seen=seen, size=size)


def _check_first(request: WitnessRequest) -> None:
    """Of a log of which nothing was signed there is nothing to go on from, and nobody to accuse. Raises NotSigned."""
    checkpoint, old = request.signed.checkpoint, request.old
    if old > checkpoint.size:
        raise WitnessBadRequest(old=old, size=checkpoint.size)
    if old:
        raise WitnessConflict(seen=0, old=old, size=checkpoint.size, origin=checkpoint.origin, what="first")
    if request.path or not checkpoint.size:
        raise WitnessBadRequest(old=old, size=checkpoint.size, what="first")


def cosigned(
    kept: Sequence[SignedCheckpoint], lines: Sequence[NoteSignature], keys: Sequence[VerifierKey]
) -> tuple[SignedCheckpoint, VerifierKey, int] | None:
    """The checkpoint among some that a witness signed, with its signature; by which key, and when. None if none is."""
    for each in kept:
        for key in keys:
            for line in lines:
                try:
                    at = Note(each.note.text, (line,)).seen(key)  # this line alone: not what stands there already
                except NoteError:  # of another checkpoint
                    continue
                if at is not None:
                    return SignedCheckpoint(each.checkpoint, each.note.with_signatures(line)), key, at
    return None


def introduced_by(signed: SignedCheckpoint, lines: Sequence[NoteSignature]) -> VerifierKey | None:
    """The key that a witness brings along with its answer, as that of cosignatures."""
    try:
        key = Note(signed.note.text, tuple(lines)).introduced()
    except NoteError:
        return None
    return key._replace(kind=COSIGNATURE) if key is not None else None
