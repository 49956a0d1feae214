"""What a process really asks of the disk, written down by strace and read again."""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.torture.till import KHATA, WELL, Till, entries_of

CALLS = (
    "openat,creat,write,writev,pwrite64,pwritev,ftruncate,fsync,fdatasync,close,"
    "rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,dup,dup2,dup3"
)
LESS_DURABLE = f"""
import khata.store.sqlite.book, khata.store.sqlite.create
def less(connection, path):
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("PRAGMA synchronous = FULL")
khata.store.sqlite.book.make_durable = khata.store.sqlite.create.make_durable = less
{KHATA}
"""
"""khata with the settings that SQLite has by default: the control."""

_LINE = re.compile(r"(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)(.*)")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@functools.cache
def why_no_strace() -> str | None:
    """Why no process can be watched here; None where one can."""
    if shutil.which("strace") is None:
        return "strace is not installed: what a process asks of the disk cannot be watched"
    tried = subprocess.run(
        ["strace", "-f", "--seccomp-bpf", "-o", "/dev/null", "true"], capture_output=True, text=True, check=False
    )
    return f"strace cannot watch a process here: {tried.stderr.strip()}" if tried.returncode else None


def need_strace() -> None:
    """Skip the test where no process can be watched."""
    if reason := why_no_strace():
        pytest.skip(reason)


class Call(NamedTuple):
    """One call that went well: its name, the texts among its arguments, the numbers, the flags, its result."""

    name: str
    texts: tuple[bytes, ...]
    numbers: tuple[int, ...]
    flags: str
    result: int


class Op(NamedTuple):
    """What happened to the disk: create, write, truncate, sync, link, rename, unlink, sync_folder, told.

    Names go from the root: `books/shop.khata`. A folder's ends with a slash, the root's is empty.
    """

    what: str
    name: str = ""
    to: str = ""
    at: int = 0
    data: bytes = b""


@dataclass
class Recording:
    """A run of commands: everything that they asked of the watched folders, and how many entries each was told of.

    `by_command[i]` is what command i asked, `said[i]` what it answered; `told[i]` are the entries in the book after
    it, `caches[i]` the views' file as it was left then.
    """

    by_command: list[list[Op]] = field(default_factory=list)
    told: list[int] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    caches: list[bytes] = field(default_factory=list)
    book: Path = field(default_factory=Path)
    entries: list[tuple[bytes, bytes]] = field(default_factory=list)

    @property
    def ops(self) -> list[Op]:
        """Everything that was asked, in order."""
        return [op for done in self.by_command for op in done]


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def calls(log: str) -> Iterator[Call]:
    """The calls of a log in which every text is written in hex."""
    for line in log.splitlines():
        found = _LINE.fullmatch(line)
        assert found or "+++" in line or "---" in line, line[:200]
        if found is None or found[3] == "-1":
            continue
        texts = tuple(_bytes(text) for text in _TEXT.findall(found[2]))
        flags = _TEXT.sub("", found[2])
        numbers = tuple(int(number) for number in re.findall(r"(?<![\w.])\d+(?!\w)", flags))
        yield Call(found[1], texts, numbers, flags, int(found[3]))


class _Reader:
    """Turns the calls of one process into what they did to a few folders that stand side by side in one."""

    def __init__(self, root: Path, folders: Collection[str], exists: set[str]) -> None:
        self.root, self.folders, self.exists = root, folders, exists
        self.files: dict[int, str] = {}
        self.places: dict[int, int] = {}
        self.silent = True

    def _inside(self, text: bytes) -> str | None:
        """The name from the root of what is watched."""
        path = Path(text.decode())
        if path == self.root:
            return ""
        if path.parent == self.root and path.name in self.folders:
            return path.name + "/"
        if path.parent.parent == self.root and path.parent.name in self.folders:
            return f"{path.parent.name}/{path.name}"
        return None

    def read(self, call: Call) -> Iterator[Op]:
        if call.name in {"openat", "creat"}:
            yield from self._open(call)
        elif call.name == "close":
            self.files.pop(call.numbers[0], None)
        elif call.name in {"mkdir", "mkdirat"}:
            if name := self._inside(call.texts[0]):
                yield Op("create", name)
        elif call.name.startswith(("link", "rename", "unlink")):
            yield from self._entry(call)
        elif call.numbers[0] == 1 and call.name == "write":
            if self.silent:
                yield Op("told")
            self.silent = False
        elif call.numbers[0] in self.files:
            yield self._file(call, self.files[call.numbers[0]])

    def _open(self, call: Call) -> Iterator[Op]:
        name = self._inside(call.texts[0])
        if name is None:
            return
        self.files[call.result], self.places[call.result] = name, 0
        if "O_CREAT" in call.flags and name not in self.exists:
            self.exists.add(name)
            yield Op("create", name)
        elif "O_TRUNC" in call.flags:
            yield Op("truncate", name)

    def _entry(self, call: Call) -> Iterator[Op]:
        names = [self._inside(text) for text in call.texts]
        if names[0] is None:
            return
        what = re.match("link|rename|unlink", call.name)
        assert what is not None
        to = names[1] if len(names) > 1 else ""
        assert to is not None
        if what[0] != "link":
            self.exists.discard(names[0])
        if to:
            self.exists.add(to)
        yield Op(what[0], names[0], to)

    def _file(self, call: Call, name: str) -> Op:
        fd = call.numbers[0]
        if call.name in {"fsync", "fdatasync"}:
            return Op("sync" if name and not name.endswith("/") else "sync_folder", name)
        if call.name == "ftruncate":
            return Op("truncate", name, at=call.numbers[1])
        assert call.name in {"write", "pwrite64"}, call
        data = call.texts[0][: call.result]
        at = call.numbers[2] if call.name == "pwrite64" else self.places[fd]
        self.places[fd] = at + len(data)
        return Op("write", name, at=at, data=data)


def record(till: Till, commands: Sequence[Sequence[str]], program: str = KHATA) -> Recording:
    """Run commands one after the other, each in a process of its own that is watched."""
    found = Recording(book=till.book)
    log, exists, folders = till.folder / "strace.log", set[str](), {till.book.parent.name, till.stick.name}
    before = ("strace", "-f", "--seccomp-bpf", "-xx", "-s", "1000000", "-o", str(log), "-e", f"trace={CALLS}")
    for words in commands:
        said = till.run(words, before=before, program=("-c", program))
        assert said.code == WELL, said
        reader = _Reader(till.folder, folders, exists)
        done = [op for call in calls(log.read_text()) for op in reader.read(call)]
        assert sum(op.what == "told" for op in done) == 1, words
        found.by_command.append(done)
        found.told.append(len(entries_of(till.book)))
        found.said.append(said.out)
        found.caches.append(till.cache.read_bytes())
    found.entries = [(entry.body, entry.hash) for entry in entries_of(till.book)]
    return found
