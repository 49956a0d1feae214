"""The private keys of one user on one machine: a file for each, outside of every book, for its owner alone.

A key is PKCS #8 in PEM, as openssl reads and writes it (RFC 8410). What signs is `cryptography`, loaded at the first
signature: reading a file takes none.
"""

from __future__ import annotations

import hashlib
import os
from base64 import b64decode, b64encode
from contextlib import suppress
from pathlib import Path

from khata.log.errors import DiskError, KeyUnreadableError
from khata.log.note import ED25519, WITH_ITS_KEY, VerifierKey
from khata.store.files import read_file, replace_file
from khata.store.sqlite.atomic import atomic_write

SEED = 32
"""Bytes of a private key."""

_BEGIN, _END = b"-----BEGIN PRIVATE KEY-----\n", b"\n-----END PRIVATE KEY-----\n"
_PKCS8 = bytes.fromhex("302e020100300506032b657004220420")
"""What stands before the 32 bytes of every Ed25519 key (RFC 8410, section 7)."""

_LARGEST = 4096


class PrivateKey:
    """A key that signs notes.

    Args:
        name: what it is called under them.
        seed: its 32 bytes.
        kind: what its signatures are, see log/note.py.
    """

    def __init__(self, name: str, seed: bytes, kind: int = ED25519) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self._seed = seed
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.key = VerifierKey(name, kind, self._private.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of its signature."""
        return self._private.sign(message)

    def introducing(self) -> PrivateKey:
        """The same key, whose signatures bring it along."""
        return PrivateKey(self.key.name, self._seed, WITH_ITS_KEY)

    def pem(self) -> bytes:
        """As it stands in a file."""
        return _BEGIN + b64encode(_PKCS8 + self._seed) + _END


class Keys:
    """Where the keys of books are.

    The one that signs lies in `<book>.pem`. Every other, whether it waits for its entry or was replaced, lies in a file
    named after its public key: so none is ever written over by another, whoever changes keys at the same time.

    Args:
        folder: `~/.local/share/khata/keys`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, book: str) -> Path:
        """The file of a book's key (32 hex)."""
        return self.folder / f"{book}.pem"

    def own_path(self, book: str, key: VerifierKey) -> Path:
        """The file that is this key's alone, whatever becomes of the others."""
        return self.folder / f"{book}.{hashlib.sha256(key.public).hexdigest()[:16]}.pem"

    def read(self, book: str, name: str) -> PrivateKey | None:
        """The key of a book; None if there is none. Raises KeyUnreadableError."""
        return read_key_file(self.path(book), name)

    def all(self, book: str, name: str) -> list[PrivateKey]:
        """Every key of a book that can be read here, the one in its place first."""
        found: list[PrivateKey] = []
        with suppress(OSError):
            for path in (self.path(book), *sorted(self.folder.glob(f"{book}.*.pem"))):
                with suppress(KeyUnreadableError):
                    key = read_key_file(path, name)
                    if key is not None and all(key.key != each.key for each in found):
                        found.append(key)
        return found

    def current(self, book: str, name: str, said: str | None) -> PrivateKey | None:
        """The key that signs for a book; whichever of its keys the book names takes the place.

        Args:
            book: 32 hex.
            name: what the key is called.
            said: the verifier key that the book names; None if it names none.

        Returns:
            None if it is not here.

        Raises:
            KeyUnreadableError: something else stands in its place, and it is nowhere else.
        """
        if said is None:
            return self.read(book, name)
        for each in self.all(book, name):
            if str(each.key) == said:
                with suppress(DiskError):  # it signs all the same, from where it lies
                    self.put(book, each)
                return each
        self.read(book, name)  # for what it raises
        return None

    def make_next(self, book: str, name: str) -> PrivateKey:
        """A new key that waits for the book to name it. Raises DiskError; it is on the disk then."""
        made = PrivateKey(name, new_seed())
        self._lay(book, made)
        return made

    def discard(self, book: str, key: VerifierKey) -> None:
        """Take a key away that waited for an entry which, as is known for certain, was not made."""
        with suppress(OSError):
            self.own_path(book, key).unlink()

    def put(self, book: str, key: PrivateKey) -> Path | None:
        """Put a key in the place. What was there is set aside under a name of its own, for a copy may still need it.

        Returns:
            Where that lies now; None if nothing else was there.

        Raises:
            DiskError: it is not in the place.
        """
        place, aside = self.path(book), None
        try:
            here = self.read(book, key.key.name)
        except KeyUnreadableError:
            here, aside = None, _set_aside(place)
        if here is not None:
            if here.key == key.key:
                return None
            self._lay(book, here)
            aside = self.own_path(book, here.key)
        self._lay(book, key)  # whoever else changes the place meanwhile loses nothing
        _replace(place, key)
        return aside

    def make(self, book: str, name: str) -> PrivateKey:
        """A new key for a book that has none here. Raises DiskError, PathTakenError; the key is on the disk then."""
        return make_key_file(self.path(book), name)

    def _lay(self, book: str, key: PrivateKey) -> None:
        """See that a key is in the file that is its own. Raises DiskError."""
        path = self.own_path(book, key.key)
        with suppress(KeyUnreadableError):
            there = read_key_file(path, key.key.name)
            if there is not None and there.key == key.key:
                return
        _replace(path, key)


def _set_aside(path: Path) -> Path:
    """Give what is no key another name, which nothing has. Raises DiskError."""
    to, count = path.with_name(f"{path.name}.damaged"), 1
    while os.path.lexists(to):
        count += 1
        to = path.with_name(f"{path.name}.damaged-{count}")
    try:
        path.rename(to)
    except OSError as e:
        raise DiskError(path=str(path), reason=e.strerror or str(e)) from e
    return to


def _replace(path: Path, key: PrivateKey) -> None:
    try:
        replace_file(path, key.pem(), lasting=True)
    except OSError as e:
        raise DiskError(path=str(path), reason=e.strerror or str(e)) from e


def read_key_file(path: Path, name: str, kind: int = ED25519) -> PrivateKey | None:
    """The key in a file, to be called so; None if there is no file. Raises KeyUnreadableError."""
    content = read_file(path, _LARGEST)
    if content is None:
        return None
    blob = b""
    with suppress(ValueError):
        lines = content.replace(b"\r\n", b"\n").strip() + b"\n"
        if lines.startswith(_BEGIN) and lines.endswith(_END):
            blob = b64decode(lines[len(_BEGIN) : -len(_END)].replace(b"\n", b""), validate=True)
    if len(blob) != len(_PKCS8) + SEED or not blob.startswith(_PKCS8):
        raise KeyUnreadableError(path=str(path))
    return PrivateKey(name, blob[-SEED:], kind)


def make_key_file(path: Path, name: str, kind: int = ED25519) -> PrivateKey:
    """A new key, in a file that was not there. Raises DiskError, PathTakenError."""
    key = PrivateKey(name, new_seed(), kind)
    write_key_file(path, key)
    return key


def new_seed() -> bytes:
    """32 random bytes."""
    return os.urandom(SEED)


def write_key_file(path: Path, key: PrivateKey) -> None:
    """Lay a key down in a new file. Raises DiskError, PathTakenError."""
    with atomic_write(path) as temporary:
        temporary.write_bytes(key.pem())
