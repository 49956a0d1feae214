"""A disk that may lose whatever was not synced, and the states in which a power cut can leave a folder on it.

What was written and not synced may be there or not, by sectors of 512 bytes and in any order; a file may have been
made longer without its contents; a truncation, and a name that was made, changed or taken away, may not have happened.
A name is durable after a sync of its folder only, and the folder's own after one of the folder above.
"""

from __future__ import annotations

import random  # noqa: TID251 - seeded: the same states in each run
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.torture.recording import Op

SECTOR = 512
ENUMERATED = 9
"""Up to so many separate changes every subset is a state of its own; above, a sample is."""

Files = dict[str, bytes]
"""What is there, by names from the root; a folder's name ends with a slash."""


class Atom(NamedTuple):
    """A change to one file that is either done or not: a sector, a new size, a truncation."""

    what: str
    at: int
    data: bytes = b""


@dataclass
class File:
    """What is on the disk for sure, and what may be."""

    durable: bytes = b""
    pending: list[Atom] = field(default_factory=list)
    size: int = 0

    def write(self, at: int, data: bytes) -> None:
        if at + len(data) > self.size:
            self.size = at + len(data)
            self.pending.append(Atom("size", self.size))
        while data:
            part = data[: SECTOR - at % SECTOR]
            self.pending.append(Atom("data", at, part))
            at, data = at + len(part), data[len(part) :]

    def truncate(self, size: int) -> None:
        self.size = size
        self.pending.append(Atom("truncate", size))

    def sync(self) -> None:
        self.durable, self.pending = self.after(self.pending), []

    def after(self, atoms: list[Atom], stale: random.Random | None = None) -> bytes:
        """The contents when these changes and no others were done.

        `stale`: a file that grew without its contents holds what was on the disk before, not zeros.
        """
        made = bytearray(self.durable)
        for atom in atoms:
            end = atom.at + len(atom.data)
            if atom.what == "truncate":
                del made[atom.at :]
            if len(made) < end:
                grown = end - len(made)
                made += stale.randbytes(grown) if stale else bytes(grown)
            made[atom.at : end] = atom.data
        return bytes(made)


@dataclass
class Disk:
    """Files by number, names for sure and names that may be."""

    files: list[File] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)
    durable: dict[str, int] = field(default_factory=dict)
    pending: list[Op] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)

    def do(self, op: Op) -> None:
        """Let an operation happen."""
        match op.what:
            case "sync_folder":
                for each in self.pending:
                    if folder_of(each.name) == op.name:
                        _enter(self.durable, each, self.numbers[id(each)])
                self.pending = [each for each in self.pending if folder_of(each.name) != op.name]
            case "create" | "link" | "rename" | "unlink":
                self._enter(op)
            case "write":
                self.files[self.names[op.name]].write(op.at, op.data)
            case "truncate":
                self.files[self.names[op.name]].truncate(op.at)
            case "sync":
                self.files[self.names[op.name]].sync()

    def _enter(self, op: Op) -> None:
        if op.what == "create":
            self.files.append(File())
            number = len(self.files) - 1
        else:
            number = self.names[op.name]
        self.numbers[id(op)] = number
        _enter(self.names, op, number)
        self.pending.append(op)

    def states(self, chance: random.Random, most: int) -> Iterator[Files]:
        """The states in which a power cut may leave the disk now."""
        changes: list[tuple[int, int]] = [(-1, place) for place in range(len(self.pending))]
        for number in sorted({*self.names.values(), *self.durable.values()}):
            changes += [(number, place) for place in range(len(self.files[number].pending))]
        for kept in _subsets(len(changes), chance, most):
            chosen = {change for change, keep in zip(changes, kept, strict=True) if keep}
            yield self._with(chosen, chance if chance.random() < 0.3 else None)

    def _with(self, chosen: set[tuple[int, int]], stale: random.Random | None) -> Files:
        names = dict(self.durable)
        for place, op in enumerate(self.pending):
            if (-1, place) in chosen:
                _enter(names, op, self.numbers[id(op)])
        return {
            name: self.files[number].after(
                [atom for place, atom in enumerate(self.files[number].pending) if (number, place) in chosen], stale
            )
            for name, number in names.items()
            if folder_of(name) in {"", *names}
        }


def folder_of(name: str) -> str:
    """The folder in which a name stands; empty for the root."""
    return name[: name.rstrip("/").rfind("/") + 1]


def _enter(names: dict[str, int], op: Op, number: int) -> None:
    if op.what in {"rename", "unlink"}:
        names.pop(op.name, None)
    if op.what != "unlink":
        names[op.to or op.name] = number


def _subsets(count: int, chance: random.Random, most: int) -> Iterator[list[bool]]:
    """Which of so many changes were done: every way if they are few, else all, none, one, all but one, by chance."""
    if count <= ENUMERATED and 1 << count <= most:
        yield from ([bool(bits >> place & 1) for place in range(count)] for bits in range(1 << count))
        return
    yield [True] * count
    yield [False] * count
    for turn in range(most - 2):
        one = chance.randrange(count)
        match turn % 4:
            case 0:
                yield [place != one for place in range(count)]
            case 1:
                yield [place == one for place in range(count)]
            case 2:
                yield [place <= one for place in range(count)]
            case _:
                share = chance.choice((0.1, 0.5, 0.9))
                yield [chance.random() < share for _ in range(count)]
