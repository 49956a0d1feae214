"""Whose signatures make a checkpoint good, as a file: https://c2sp.org/tlog-policy.

Lines of `log KEY`, `witness NAME KEY`, `group NAME all|any|K NAME…`, and one `quorum NAME`; `none` asks for no witness.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from khata.log.note import KINDS, LONGEST, Note, NoteError, VerifierKey, read_key

NONE = "none"
MOST_LINES = 1000

_COUNT = re.compile("[0-9]{1,9}")
"""How many members are wanted. No policy has as many as would need more digits, which cost time to read."""


class PolicyError(ValueError):
    """A policy that is none. `line` is counted from 1, 0 for what is missing; `why` is a code."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line, self.why = line, why


class Policy(NamedTuple):
    """A policy that was read.

    Attributes:
        logs: the keys of which one must have signed; without any, those that are known otherwise.
        witnesses: keys by the names that they have in the policy.
        groups: how many of which members make a group.
        quorum: the witness or group that must have seen a checkpoint, or `none`.
    """

    logs: Sequence[VerifierKey]
    witnesses: Mapping[str, VerifierKey]
    groups: Mapping[str, tuple[int, Sequence[str]]]
    quorum: str

    def seen(self, note: Note) -> dict[str, int]:
        """Which of the witnesses signed a note, by the names of their keys, and when (POSIX seconds).

        Raises:
            NoteError: `forged`, where a line is in the name of one of them and not by it.
        """
        found = {name: note.seen(key) for name, key in self.witnesses.items()}
        return {name: at for name, at in found.items() if at is not None}

    def is_met(self, note: Note) -> bool:
        """Whether enough witnesses signed a note. Raises NoteError, as `seen`."""
        seen = self.seen(note)
        counts = {NONE: True, **{name: name in seen for name in self.witnesses}}
        for name, (wanted, members) in self.groups.items():  # the members of each are declared before it
            counts[name] = sum(counts[each] for each in members) >= wanted
        return counts[self.quorum]


def read_policy(given: bytes) -> Policy:
    """The policy of a file. Raises PolicyError."""
    logs: list[VerifierKey] = []
    witnesses: dict[str, VerifierKey] = {}
    groups: dict[str, tuple[int, Sequence[str]]] = {}
    quorum = ""
    if any((sign < 32 and sign not in b"\t\n") or sign == 127 for sign in given):
        raise PolicyError(0, "not_a_policy")
    lines = given.decode("utf-8", "surrogateescape").removesuffix("\n").split("\n")
    if len(lines) > MOST_LINES or len(given) > LONGEST:  # what was left out might be what it asks for
        raise PolicyError(min(len(lines), MOST_LINES + 1), "too_long")
    for number, line in enumerate(lines, 1):
        words = line.replace("\t", " ").split(" ")
        match [word for word in words if word]:
            case [] | [""]:
                continue
            case [first, *_] if first.startswith("#"):
                continue
            case ["log", key] | ["log", key, _]:
                logs.append(_key(number, key, logs, timed=False))
            case ["witness", name, key] | ["witness", name, key, _]:
                _is_new(number, name, witnesses, groups)
                witnesses[name] = _key(number, key, list(witnesses.values()), timed=True)
            case ["group", name, wanted, *members] if members:
                _is_new(number, name, witnesses, groups)
                groups[name] = _group(number, wanted, members, {*witnesses, *groups})
            case ["quorum", name] if not quorum:
                if name not in {NONE, *witnesses, *groups}:
                    raise PolicyError(number, "unknown_name")
                quorum = name
            case _:
                raise PolicyError(number, "not_a_policy")
    _belongs_once(groups)
    if not quorum:
        raise PolicyError(0, "no_quorum")
    return Policy(logs, witnesses, groups, quorum)


def _key(number: int, text: str, others: Sequence[VerifierKey], *, timed: bool) -> VerifierKey:
    try:
        key = read_key(text)
    except NoteError as e:
        raise PolicyError(number, e.code) from e
    if KINDS[key.kind].timed is not timed:
        raise PolicyError(number, "key_kind")
    if any(each.public == key.public for each in others):
        raise PolicyError(number, "key_twice")
    return key


def _is_new(number: int, name: str, *known: Mapping[str, object]) -> None:
    if name == NONE or any(name in each for each in known):
        raise PolicyError(number, "name_twice")


def _group(number: int, wanted: str, members: Sequence[str], known: set[str]) -> tuple[int, Sequence[str]]:
    if not known.issuperset(members):
        raise PolicyError(number, "unknown_name")
    count = {"all": len(members), "any": 1}.get(wanted, int(wanted) if _COUNT.fullmatch(wanted) else 0)
    if not 1 <= count <= len(members):
        raise PolicyError(number, "not_a_policy")
    return count, members


def _belongs_once(groups: Mapping[str, tuple[int, Sequence[str]]]) -> None:
    """Each name is a member at most once: so each witness counts in one way only."""
    members = [each for _, some in groups.values() for each in some]
    if len(set(members)) != len(members):
        raise PolicyError(0, "member_twice")
