"""What is refused of evidence that somebody gave."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from khata.log.note import LONGEST, NoteError, VerifierKey, read_key
from khata.log.policy import Policy, PolicyError, read_policy
from khata.rules.refused import Refused
from khata.store.files import read_file

Read = TypeVar("Read")


class NotEvidence(Refused):
    """A file, or what was typed, is not what it is wanted for. Facts: `path` or `value`, `why`."""

    code = "not_evidence"


class KeyNotHere(Refused):
    """The key that signs for the book is not on this machine. Facts: `key`."""

    code = "key_not_here"


class ProofTooLong(Refused):
    """More entries than a proof may have. Facts: `most`, bytes."""

    code = "proof_too_long"


class OtherKey(Refused):
    """A key that was brought is not the one that signs for the shop.

    Facts: `why` (`named`: an `entry` names another `key`; `signed`: what is kept is signed, never by this `key`).
    """

    code = "other_key"


class NotOurs(Refused):
    """What a witness answered belongs to nothing here. Facts: `why`, and `witness` where that is known."""

    code = "not_ours"


def given(path: Path) -> bytes:
    """What stands in a file that somebody gave. Raises NotEvidence."""
    try:
        content = read_file(path.resolve() if path.is_symlink() else path, LONGEST + 1)
    except (OSError, RuntimeError, ValueError):  # links that lead to each other, a name that no file can have
        content = None
    if content is None:
        raise NotEvidence(path=str(path), why="no_file")
    if not content:
        raise NotEvidence(path=str(path), why="empty")
    return content


def given_as(path: Path, read: Callable[[bytes], Read], *, why: str) -> Read:
    """What a file that somebody gave is read as. Raises NotEvidence: with this `why` where it cannot be."""
    try:
        return read(given(path))
    except NoteError as e:
        raise NotEvidence(path=str(path), why=why) from e


def given_policy(path: Path) -> Policy:
    """The policy in a file. Raises NotEvidence."""
    try:
        return read_policy(given(path))
    except PolicyError as e:
        raise NotEvidence(path=str(path), why="not_a_policy", line=e.line, fault=e.why) from e


def given_key(text: str) -> VerifierKey:
    """A verifier key as it was typed, or the file in which it stands. Raises NotEvidence."""
    said = text
    if "+" not in text:
        try:
            said = given(Path(text)).decode()
        except UnicodeDecodeError as e:
            raise NotEvidence(value=text, why="not_a_key") from e
    try:
        return read_key(said)
    except NoteError as e:
        raise NotEvidence(value=text, why=e.code) from e
