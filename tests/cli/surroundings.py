"""Broken surroundings, to run commands in. Each runs in a fork of this process."""

from __future__ import annotations

import fcntl
import os
import pkgutil
import resource
import shutil
import signal
import sqlite3
import stat
import sys
import traceback
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from select import select

import khata
from khata.cli.env import Env
from khata.cli.main import run
from khata.cli.stopping import leave
from tests.cli.conftest import Counter
from tests.conftest import NOBODY
from tests.hostile.books import database

for _module in pkgutil.walk_packages(khata.__path__, "khata."):
    if not _module.name.endswith("__main__"):
        import_module(_module.name)  # whom permissions bind may not read them

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)

LINES = "sale ramesh 5\nreceive ramesh 3\nbalance ramesh\nsale nobody 5\n"
ROWS = "date,type,party,amount\n2026-11-01,sale,Ramesh Kumar,5\n2026-11-02,receive,Ramesh Kumar,3\n"


STATEMENT = """Date,Narration,Chq./Ref.No.,Value Dt,Withdrawal Amt.,Deposit Amt.,Closing Balance
20/11/26,UPI-RAMESH KUMAR-RAMESH.K89@OKSBI-SBIN0001234-431598712004-UPI,0000431598712004,20/11/26,,455.00,1455.00
21/11/26,UPI-NOBODY HERE-XYZ12@YBL-SBIN0001234-431598712006-UPI,0000431598712006,21/11/26,,50.00,1505.00
"""


def furnish(home: Path) -> None:
    """A home with a book, and with what the samples read."""
    khata = Counter(home)
    (home / "rows.csv").write_text(ROWS, encoding="utf-8")
    (home / "before.csv").write_text(ROWS.replace("-01,", "-05,").replace("-02,", "-06,"), encoding="utf-8")
    (home / "bank.csv").write_text(STATEMENT, encoding="utf-8")
    book = home / "Khata" / "shop.khata"
    for line in (
        f"init Shop --upi sharma@okaxis --book {book}",
        "sale Ramesh Kumar 450 --new",
        "party add Suresh",
        "party add Mahesh",
        "party merge ramesh mahesh",
        f"backup {home}",
        "sale ramesh 5",
        f"export --format jsonl -o {home / 'book.jsonl'}",
        "verify",
        "lock --upto 31-10-2026",
        f"key backup -o {home / 'key.pem'}",
        f"proof 3 -o {home / 'three.tlog-proof'}",
        "witness init --name mehta",
        f"witness request -o {home / 'request'}",
        f"witness sign {home / 'request'} -o {home / 'answer'}",
        f"witness request --old 8 -o {home / 'request2'}",
        f"import {home / 'before.csv'}",
        "receive ramesh 4 --upi-pending",
        "receive ramesh 3 --mode cheque",
    ):
        answer = khata(*line.split())
        assert answer.code == 0, answer.err
    next(home.glob("shop.*.khata")).rename(home / "copy.khata")
    broken = book.read_bytes().replace(b'"amount_paise":500,', b'"amount_paise":900,')
    (home / "broken.khata").write_bytes(broken)


def book_of(home: Path) -> Path:
    return home / "Khata" / "shop.khata"


@dataclass
class Surrounding:
    """What is broken.

    Attributes:
        before: done to the home, by the test.
        inside: done to the process, before the command starts.
        environ: environment variables; `HOME` stands for the home.
        told: whether stderr can be read.
    """

    before: Callable[[Path], object] = lambda _: None
    inside: Callable[[], object] = lambda: None
    environ: Mapping[str, str | None] = field(default_factory=dict)
    told: bool = True


@dataclass
class Came:
    """What came of a command."""

    code: int
    out: str
    err: str


def run_in(home: Path, words: list[str], surrounding: Surrounding) -> Came:
    """Run a command in a process of its own, as the program does; what is `before` is done already."""
    pipes = [os.pipe() for _ in ("out", "err")]
    pid = os.fork()
    if not pid:
        try:
            _become(home, words, surrounding, [write for _, write in pipes])
            leave(run(sys.argv[1:], Env(now=lambda: NOW)))
        except BaseException:  # noqa: BLE001 - the parent tells
            os.write(2, traceback.format_exc().encode())
        finally:
            os._exit(99)
    for _, write in pipes:
        os.close(write)
    out, err = _read([read for read, _ in pipes])
    _, status = os.waitpid(pid, 0)
    return Came(os.waitstatus_to_exitcode(status), out, err)


def _read(fds: list[int]) -> list[str]:
    """What comes through some pipes, until all of them have ended."""
    found = dict.fromkeys(fds, b"")
    left = list(fds)
    while left:
        for fd in select(left, [], [])[0]:
            found[fd] += (piece := os.read(fd, 1 << 16))
            if not piece:
                os.close(fd)
                left.remove(fd)
    return [found[fd].decode("utf-8", "replace") for fd in fds]


def _become(home: Path, words: list[str], surrounding: Surrounding, files: list[int]) -> None:
    given = {"HOME": str(home), "USER": "asha", "PATH": os.environ["PATH"], "SHELL": "/bin/bash"}
    given |= {
        name: value.replace("HOME", str(home)) for name, value in surrounding.environ.items() if value is not None
    }
    os.environ.clear()
    os.environ.update({name: value for name, value in given.items() if surrounding.environ.get(name, "") is not None})
    typed = home / "typed"
    typed.write_text(ROWS if words[:1] == ["import"] else LINES)
    os.chdir(home)
    for number, fd in enumerate((os.open(typed, os.O_RDONLY), *files)):
        os.dup2(fd, number)
    os.closerange(3, 256)
    signal.alarm(20)
    surrounding.inside()
    for name, number, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        stream = None
        with suppress(OSError):
            os.fstat(number)
            stream = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)
    sys.argv = ["khata", *(word.replace("BOOK", str(book_of(home))) for word in words)]


# --- what may be broken


def _in_place_of(name: str, put: Callable[[Path], object]) -> Callable[[Path], object]:
    def before(home: Path) -> None:
        path = home / name
        if path.is_dir():
            shutil.rmtree(path)
        elif path.exists():
            path.unlink()
        put(path)

    return before


def _file(path: Path) -> None:
    path.write_bytes(b"x")


def _nothing(path: Path) -> None:
    del path


def _link(path: Path) -> None:
    (path.parent / "elsewhere").mkdir()
    path.symlink_to(path.parent / "elsewhere")


def _dangling(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere" / "at all")


def _loop(path: Path) -> None:
    path.symlink_to(path)


def _closed(path: Path) -> None:
    path.mkdir()
    path.chmod(0)


def _foreign(path: Path) -> None:
    path.mkdir()
    if os.geteuid() == 0:
        os.chown(path, NOBODY, NOBODY)


def _full(path: Path) -> None:
    path.symlink_to("/dev/full")


def _database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE mine (a)")


def _cut(length: int) -> Callable[[Path], object]:
    return lambda home: os.truncate(book_of(home), length)


def _sql(*statements: str) -> Callable[[Path], object]:
    def before(home: Path) -> None:
        with closing(sqlite3.connect(book_of(home), isolation_level=None)) as connection:
            for statement in statements:
                connection.execute(statement)

    return before


def _limit(which: int, most: int) -> Callable[[], object]:
    return lambda: resource.setrlimit(which, (most, most))


def _memory(more: int) -> Callable[[], object]:
    """So many bytes more than the process has."""

    def inside() -> None:
        pages = int(Path("/proc/self/statm").read_bytes().split()[0])
        most = pages * os.sysconf("SC_PAGE_SIZE") + more
        resource.setrlimit(resource.RLIMIT_AS, (most, most))

    return inside


def _close(*numbers: int) -> Callable[[], object]:
    def inside() -> None:
        for number in numbers:
            os.close(number)

    return inside


def _onto(path: str, *numbers: int, flags: int = os.O_RDWR) -> Callable[[], object]:
    def inside() -> None:
        fd = os.open(path, flags)
        for number in numbers:
            os.dup2(fd, number)
        os.close(fd)

    return inside


def _pipe_without_reader(*numbers: int) -> Callable[[], object]:
    def inside() -> None:
        read, write = os.pipe()
        for number in numbers:
            os.dup2(write, number)
        os.close(read)
        os.close(write)

    return inside


def _pipe_that_does_not_block() -> None:
    read, write = os.pipe()
    os.write(write, Path("typed").read_bytes())
    fcntl.fcntl(read, fcntl.F_SETFL, os.O_NONBLOCK)
    os.dup2(read, 0)
    os.close(read)
    os.close(write)


def _give_away(home: Path) -> None:
    """Let the home be that of somebody whom permissions bind; they do not bind root."""
    if os.geteuid() == 0:
        for path in (home, *home.rglob("*")):
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)


def _as_nobody() -> None:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)


def _read_only(home: Path) -> None:
    _give_away(home)
    book_of(home).parent.chmod(0o500)


def _book_read_only(home: Path) -> None:
    _give_away(home)
    book_of(home).chmod(0o400)


def _closed_off(home: Path) -> None:
    _give_away(home)
    for path in home.rglob("*"):
        if path.is_file() and not path.is_symlink():
            path.chmod(0)


def _gone() -> None:
    Path("gone").mkdir()
    os.chdir("gone")
    Path("../gone").rmdir()


def _book(put: Callable[[Path], object]) -> Callable[[Path], object]:
    return _in_place_of("Khata/shop.khata", put)


FOLDERS = {
    "a file": _file,
    "a link": _link,
    "a dangling link": _dangling,
    "a link to itself": _loop,
    "a closed folder": _closed,
    "somebody else's": _foreign,
    "a pipe": os.mkfifo,
    "nothing": _nothing,
}

BOOKS: dict[str, Callable[[Path], object]] = {
    "a folder": Path.mkdir,
    "a pipe": os.mkfifo,
    "a device": _full,
    "an empty file": Path.touch,
    "a text": _file,
    "another database": _database,
    "a dangling link": _dangling,
    "a link to itself": _loop,
    "nothing": _nothing,
    "an empty database of khata's": database,
    "a book without entries": lambda path: database(path, *_schema()),
}


def _schema() -> list[str]:
    from khata.store.sqlite.schema import OBJECTS

    return list(OBJECTS.values())


SURROUNDINGS: dict[str, Surrounding] = {
    "all is well": Surrounding(),
    **{f"the cache is {name}": Surrounding(_in_place_of(".cache/khata", put)) for name, put in FOLDERS.items()},
    **{f"the state is {name}": Surrounding(_in_place_of(".local/state/khata", put)) for name, put in FOLDERS.items()},
    **{f"the book is {name}": Surrounding(_book(put)) for name, put in BOOKS.items()},
    **{f"the book is cut at {length}": Surrounding(_cut(length)) for length in (99, 100, 4096, 4097, 9000, 12288)},
    "the book may not be read": Surrounding(lambda home: book_of(home).chmod(0)),
    "the book is write-ahead logged": Surrounding(_sql("PRAGMA journal_mode = WAL")),
    "the book is of a newer khata": Surrounding(_sql("PRAGMA user_version = 2")),
    "a trigger is in the book": Surrounding(_sql("CREATE TRIGGER mine BEFORE INSERT ON event BEGIN SELECT 1; END")),
    "a name is gone from the book": Surrounding(_sql("DELETE FROM detail WHERE entry = 3")),
    "the book's journal is a folder": Surrounding(_in_place_of("Khata/shop.khata-journal", Path.mkdir)),
    "the book is not named by the environment": Surrounding(environ={"KHATA_BOOK": None}),
    "the book is a device": Surrounding(environ={"KHATA_BOOK": "/dev/zero"}),
    "the book is nowhere": Surrounding(environ={"KHATA_BOOK": "HOME/nowhere/book.khata"}),
    "the book has a long name": Surrounding(environ={"KHATA_BOOK": "/" + "x" * 5_000}),
    "there is no home": Surrounding(_give_away, _as_nobody, {"HOME": None}),
    "the home is nowhere": Surrounding(environ={"HOME": "HOME/nowhere"}),
    "the home is empty": Surrounding(_give_away, _as_nobody, {"HOME": ""}),
    "the home is a file": Surrounding(environ={"HOME": "HOME/rows.csv"}),
    "the home takes nothing": Surrounding(environ={"HOME": "/sys"}),
    "all belongs to somebody else": Surrounding(inside=_as_nobody),
    "the folder of the book may only be read": Surrounding(_read_only, _as_nobody),
    "the book may only be read": Surrounding(_book_read_only, _as_nobody),
    "no file may be read": Surrounding(_closed_off, _as_nobody),
    "the home is no path": Surrounding(environ={"HOME": "\udcff"}),
    "there is no user": Surrounding(environ={"USER": None}),
    "the user has a bad name": Surrounding(environ={"USER": "\x1b[2J"}),
    "temporary files have no folder": Surrounding(environ={"TMPDIR": "HOME/nowhere", "SQLITE_TMPDIR": "HOME/nowhere"}),
    "temporary files have a file": Surrounding(environ={"TMPDIR": "HOME/rows.csv", "SQLITE_TMPDIR": "HOME/rows.csv"}),
    "the language is C": Surrounding(environ={"LC_ALL": "C", "LANG": "C"}),
    "the language is none": Surrounding(environ={"LC_ALL": "xx_YY.none", "LANG": "\udcff"}),
    "the language is unknown": Surrounding(environ={"KHATA_LANG": "xx"}),
    "the language is Hindi": Surrounding(environ={"KHATA_LANG": "hi"}),
    "the zone is none": Surrounding(environ={"TZ": "Nowhere/None"}),
    "the zone is odd": Surrounding(environ={"TZ": "ABC+99:99:99"}),
    "the columns are no number": Surrounding(environ={"COLUMNS": "many", "LINES": "-1", "TERM": "\x1b"}),
    "the folder is gone": Surrounding(inside=_gone),
    **{
        f"{most} files can be open": Surrounding(inside=_limit(resource.RLIMIT_NOFILE, most))
        for most in (3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 20)
    },
    **{
        f"a file can have {most} bytes": Surrounding(inside=_limit(resource.RLIMIT_FSIZE, most))
        for most in (0, 100, 512, 4096, 16384, 65536)
    },
    **{
        f"there is room for {more >> 10} KB": Surrounding(inside=_memory(more))
        for more in (0, 1 << 18, 1 << 20, 1 << 21, 1 << 22, 1 << 23, 1 << 24)
    },
    "stdin is closed": Surrounding(inside=_close(0)),
    "stdout is closed": Surrounding(inside=_close(1)),
    "stderr is closed": Surrounding(inside=_close(2), told=False),
    "all three are closed": Surrounding(inside=_close(0, 1, 2), told=False),
    "stdin is a folder": Surrounding(inside=_onto("/", 0, flags=os.O_RDONLY)),
    "stdin cannot be read": Surrounding(inside=_onto("/dev/null", 0, flags=os.O_WRONLY)),
    "stdin has nothing": Surrounding(inside=_onto("/dev/null", 0)),
    "stdin does not block": Surrounding(inside=_pipe_that_does_not_block),
    "stdout is full": Surrounding(inside=_onto("/dev/full", 1)),
    "stderr is full": Surrounding(inside=_onto("/dev/full", 2), told=False),
    "stdout and stderr are full": Surrounding(inside=_onto("/dev/full", 1, 2), told=False),
    "stdout has no reader": Surrounding(inside=_pipe_without_reader(1)),
    "stderr has no reader": Surrounding(inside=_pipe_without_reader(2), told=False),
    "nobody reads anything": Surrounding(inside=_pipe_without_reader(1, 2), told=False),
}
"""By what is broken. The book is named by KHATA_BOOK unless that is what is broken."""


def entries_in(book: Path) -> int | None:
    """How many entries a book file holds; None for what is none."""
    with suppress(OSError, sqlite3.Error):
        if stat.S_ISREG(book.stat().st_mode):
            with closing(sqlite3.connect(f"file:{book}?mode=ro&immutable=1", uri=True)) as connection:
                found: int = connection.execute("SELECT count(*) FROM event").fetchone()[0]
                return found
    return None
