"""Signed notes and the keys that they are checked with, to the byte as https://c2sp.org/signed-note has them.

A key has a name, a kind (the signature type) and its public bytes. What kinds there are is `KINDS`: a further one is a
line there. Whatever signs or checks is `cryptography`, which is loaded only then.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol

ED25519, COSIGNATURE, ML_DSA_44, WITH_ITS_KEY = 0x01, 0x04, 0x06, 0xFF
"""Signature types. The last one is khata's own, for who has no key yet to check with: see `KeyKind.own_key`."""

LONGEST = 1 << 20
"""Bytes of a note that are read."""

MOST_SIGNATURES = 64
"""Signatures that are looked at; C2SP asks for 16."""

_SMALL_ORDER = frozenset(
    bytes.fromhex(point)
    for point in (
        "00" * 32,
        "01" + "00" * 31,
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    )
)
"""The points of order 1, 2, 4 and 8 as they may be written, without the bit of the sign."""

LONGEST_NAME = 255
"""Bytes of a key's name: where C2SP writes one before its length, that is one byte (tlog-cosignature)."""

LAST_INSTANT = 253_402_300_800 - 19_800 - 1
"""The last second of the year 9999 on the shop's clock (+05:30), POSIX: no calendar has a day for what comes after."""

_DASH = "\u2014 "
_TIME = 8
"""Bytes of the instant before a cosignature."""


class NoteError(ValueError):
    """What is not a signed note, or not a key, of any kind. `code` says which, for a program."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Signer(Protocol):
    """A private key."""

    key: VerifierKey

    def sign(self, message: bytes) -> bytes:
        """The signature over a message."""


class KeyKind(NamedTuple):
    """A kind of key.

    Attributes:
        algorithm: what it signs with.
        public: bytes of a public key.
        signature: bytes of a signature.
        timed: whether a signature states an instant, and is over another message for that (a cosignature).
        own_key: whether a signature has the public key before it. Such a key proves nothing but that whoever signed
            has it; it introduces itself, and whom it belongs to is asked elsewhere.
        label: what stands in place of the type's byte where C2SP has assigned none.
    """

    algorithm: str
    public: int = 32
    signature: int = 64
    timed: bool = False
    own_key: bool = False
    label: bytes = b""


KINDS: dict[int, KeyKind] = {
    ED25519: KeyKind("ed25519"),
    COSIGNATURE: KeyKind("ed25519", timed=True),
    ML_DSA_44: KeyKind("ml-dsa-44", 1312, 2420, timed=True),
    WITH_ITS_KEY: KeyKind("ed25519", own_key=True, label=b"khata/ed25519-with-its-key"),
}


class VerifierKey(NamedTuple):
    """A public key: its name, its kind (the byte), and its bytes."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """SHA-256(name LF kind public), the first 4 bytes."""
        mark = bytes((self.kind,)) + KINDS[self.kind].label
        return hashlib.sha256(self.name.encode() + b"\n" + mark + self.public).digest()[:4]

    def __str__(self) -> str:
        """The verifier key, `name+id+key`."""
        return f"{self.name}+{self.id.hex()}+{_text(bytes((self.kind,)) + self.public)}"


class NoteSignature(NamedTuple):
    """A line under a note: the key's name and 4 bytes, and what it says."""

    name: str
    id: bytes
    said: bytes

    def encoded(self) -> str:
        """The key's 4 bytes and what it says, base64."""
        return _text(self.id + self.said)

    def line(self) -> str:
        """As it stands under a note, with its line end."""
        return f"{_DASH}{self.name} {self.encoded()}\n"


class Note(NamedTuple):
    """A text and the signatures under it."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def encoded(self) -> str:
        """The note as it stands in a file."""
        return self.text + "\n" + "".join(each.line() for each in self.signatures)

    def with_signatures(self, *more: NoteSignature) -> Note:
        """The same text with these under it too, each once."""
        return Note(self.text, tuple(dict.fromkeys((*self.signatures, *more))))

    def seen(self, key: VerifierKey) -> int | None:
        """When a key signed this: POSIX seconds, 0 for a kind that says no time; None if it did not.

        Raises:
            NoteError: `forged`, where a line has the key's name and id, and is not its signature. Then nothing in this
                note is to be believed.
        """
        found = None
        for each in self.signatures[:MOST_SIGNATURES]:
            if (each.name, each.id) == (key.name, key.id):
                at = _checked(self.text, each.said, key)
                found = at if found is None else max(found, at)
        return found

    def introduced(self) -> VerifierKey | None:
        """The key under whose own name somebody signed who brought it along; it is ED25519's for what follows."""
        for each in self.signatures[:MOST_SIGNATURES]:
            public = each.said[:32]
            own = VerifierKey(each.name, WITH_ITS_KEY, public)
            if len(each.said) == 32 + 64 and each.id == own.id and not is_weak(own):
                _checked(self.text, each.said, own)
                return VerifierKey(each.name, ED25519, public)
        return None


def read_note(given: bytes) -> Note:
    """The note of a file.

    Raises:
        NoteError: `not_a_note`.
    """
    text, lines = _parts(given)
    signatures = tuple(map(read_signature, lines))
    if not signatures or not text:
        raise NoteError("not_a_note")
    return Note(text, signatures)


def _parts(given: bytes) -> tuple[str, list[str]]:
    if len(given) > LONGEST:
        raise NoteError("not_a_note")
    try:
        said = given.decode()
    except UnicodeDecodeError as e:
        raise NoteError("not_a_note") from e
    text, cut, signed = said.rpartition("\n\n")
    if not cut or not signed.endswith("\n") or any(sign < " " and sign != "\n" for sign in said):
        raise NoteError("not_a_note")
    return text + "\n", signed[:-1].split("\n")


def read_signature(line: str) -> NoteSignature:
    """The signature of a line without its end. Raises NoteError."""
    name, _, said = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not is_key_name(name):
        raise NoteError("not_a_note")
    blob = base64(said)
    if len(blob) < 5:
        raise NoteError("not_a_note")
    return NoteSignature(name, blob[:4], blob[4:])


def read_key(text: str) -> VerifierKey:
    """The key of a verifier key `name+id+key`.

    Raises:
        NoteError: `not_a_key`, or `key_kind` for a kind that this khata does not know.
    """
    try:
        name, said_id, said = text.strip().split("+", 2)
        blob = base64(said)
    except (ValueError, NoteError) as e:
        raise NoteError("not_a_key") from e
    if not is_key_name(name) or not blob:
        raise NoteError("not_a_key")
    if blob[0] not in KINDS or KINDS[blob[0]].own_key:
        raise NoteError("key_kind")
    key = VerifierKey(name, blob[0], blob[1:])
    if len(key.public) != KINDS[key.kind].public or key.id.hex() != said_id or is_weak(key):
        raise NoteError("not_a_key")
    return key


def is_weak(key: VerifierKey) -> bool:
    """Whether a key of Ed25519 is a point of a small order: under one any signature may fit any text."""
    without_sign = key.public[:-1] + bytes((key.public[-1] & 0x7F,))
    return KINDS[key.kind].algorithm == "ed25519" and without_sign in _SMALL_ORDER


def is_signed(note: Note, keys: Iterable[VerifierKey]) -> bool:
    """Whether one of these keys signed a note, and nobody in the name of one of them."""
    try:
        return sum(note.seen(key) is not None for key in keys) > 0  # all of them are looked at
    except NoteError:
        return False


def sign(text: str, signer: Signer, at: int = 0) -> NoteSignature:
    """The signature of a key over a note's text; of a timed kind with the instant, POSIX seconds."""
    key = signer.key
    kind = KINDS[key.kind]
    before = at.to_bytes(_TIME, "big") if kind.timed else b""
    signed = signer.sign(_message(text, key, at))
    return NoteSignature(key.name, key.id, (key.public if kind.own_key else b"") + before + signed)


def _checked(text: str, said: bytes, key: VerifierKey) -> int:
    """The instant of a signature that holds. Raises NoteError."""
    kind = KINDS[key.kind]
    at = 0
    if kind.own_key:
        said = said[kind.public :]
    if kind.timed:
        at, said = int.from_bytes(said[:_TIME], "big"), said[_TIME:]
    if len(said) != kind.signature or at > LAST_INSTANT or not _ALGORITHMS[kind.algorithm](key, said, text, at):
        raise NoteError("forged")
    return at


def _message(text: str, key: VerifierKey, at: int) -> bytes:
    """What is signed."""
    if KINDS[key.kind].algorithm == "ml-dsa-44":
        return _subtree(text, key, at)
    return (f"cosignature/v1\ntime {at}\n{text}" if KINDS[key.kind].timed else text).encode()


def _subtree(text: str, key: VerifierKey, at: int) -> bytes:
    """The `cosigned_message` of https://c2sp.org/tlog-cosignature for a whole tree."""
    origin, size, root = text.split("\n")[:3]
    names = [bytes((len(name),)) + name for name in (key.name.encode(), origin.encode())]
    ends = (0).to_bytes(8, "big") + int(size).to_bytes(8, "big")
    return b"subtree/v1\n\0" + names[0] + at.to_bytes(8, "big") + names[1] + ends + base64(root)


def _ed25519(key: VerifierKey, signature: bytes, text: str, at: int) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, _message(text, key, at))
    except (InvalidSignature, ValueError):
        return False
    return True


def _ml_dsa_44(key: VerifierKey, signature: bytes, text: str, at: int) -> bool:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    try:
        from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

        MLDSA44PublicKey.from_public_bytes(key.public).verify(signature, _message(text, key, at))
    except (ImportError, UnsupportedAlgorithm) as e:
        raise NoteError("key_kind") from e  # an older library: not known is not forged
    except (InvalidSignature, ValueError, IndexError, OverflowError):
        return False
    return True


_ALGORITHMS: dict[str, Callable[[VerifierKey, bytes, str, int], bool]] = {"ed25519": _ed25519, "ml-dsa-44": _ml_dsa_44}


def base64(text: str) -> bytes:
    """The bytes of a text in base64 (RFC 4648, section 4), which is the only one that they have. Raises NoteError."""
    try:
        found = b64decode(text, validate=True)
    except (Error, ValueError) as e:
        raise NoteError("not_a_note") from e
    if _text(found) != text:
        raise NoteError("not_a_note")
    return found


def _text(blob: bytes) -> str:
    return b64encode(blob).decode()


def is_key_name(name: str) -> bool:
    """Whether a key can be called so: UTF-8, of at most LONGEST_NAME bytes, with no Unicode space and no plus."""
    try:
        size = len(name.encode())
    except UnicodeEncodeError:  # typed in no encoding
        return False
    return 0 < size <= LONGEST_NAME and "+" not in name and not any(sign.isspace() for sign in name)
