"""What a batch tells where the disk, another counter, or whoever reads its answers fails in the middle of it."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

import pytest

from khata.log.errors import BookBrokenError, BookError, BusyError, DiskError, NewerBookError, UnconfirmedError
from khata.store.sqlite.book import SqliteBook, SqliteWriting
from tests import make_cli_docs
from tests.cli.batches import recorded, send, stream
from tests.cli.conftest import PROGRAM, Counter

pytestmark = pytest.mark.wide

SALE: dict[str, object] = {"command": "sale", "party": "ramesh", "amount_paise": 100}
Commit = Callable[[SqliteBook, sqlite3.Connection], None]
REAL: Commit = SqliteBook._commit


@contextmanager
def commits(act: Callable[[int, Commit, SqliteBook, sqlite3.Connection], None]) -> Iterator[None]:
    """A block in which each commit is done by `act`, which is told how many there were before."""
    count = iter(range(1000))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(SqliteBook, "_commit", lambda book, connection: act(next(count), REAL, book, connection))
        yield


def test_a_line_is_told_only_once_it_is_committed(shop: Counter, tmp_path: Path) -> None:
    seen: list[int] = []
    answers = tmp_path / "answers"

    def look(_: int, commit: Commit, book: SqliteBook, connection: sqlite3.Connection) -> None:
        seen.append(answers.read_text(encoding="utf-8").count("\n"))
        commit(book, connection)
        seen.append(answers.read_text(encoding="utf-8").count("\n"))

    from khata.cli import env as surroundings

    with answers.open("w", encoding="utf-8") as out, commits(look), pytest.MonkeyPatch.context() as patched:
        init = surroundings.Env.__init__

        def with_file(env: Any, *given: Any, **more: Any) -> None:
            init(env, *given, **more)
            env.streams = env.streams._replace(stdout=out)

        patched.setattr(surroundings.Env, "__init__", with_file)
        send_to = stream((SALE, SALE, SALE, SALE))
        (tmp_path / "lines").write_bytes(send_to)
        with (tmp_path / "lines").open(encoding="utf-8") as lines:
            assert shop("batch", "--group", "2", stdin=lines).code == 0
    assert seen == [0, 0, 2, 2]
    assert answers.read_text(encoding="utf-8").count("\n") == 4


@pytest.mark.parametrize("really", [False, True], ids=["lost", "written"])
def test_after_a_commit_that_nobody_confirmed_the_ids_are_told_and_the_lines_can_be_sent_again(
    shop: Counter, really: bool
) -> None:
    def failing(before: int, commit: Commit, book: SqliteBook, connection: sqlite3.Connection) -> None:
        if before != 1:
            commit(book, connection)
            return
        if really:
            commit(book, connection)
        else:
            connection.execute("ROLLBACK")
        raise UnconfirmedError(path="", reason="the stick was pulled")

    lines = [SALE | {"amount_paise": paise} for paise in (1, 2, 3, 4, 5)]
    with commits(failing):
        sent = send(shop, lines[0], "sale nobody 5", *lines[1:], group=2)
    assert sent.answer.code == 5
    assert [each.get("entry") for each in sent.answers[:2]] == [4, None]
    last = sent.answers[-1]
    assert last.keys() == make_cli_docs.ANSWERS["failed"].keys()
    assert (last["line"], last["last_line"], last["failed"]["code"]) == (3, 4, "unconfirmed")
    assert "Lines 3 – 4: perhaps recorded, perhaps not." in last["failed"]["message"]
    assert last["failed"]["message"] in sent.answer.err
    ids = last["event_ids"]
    assert list(ids) == ["3", "4"]
    again = [line | {"event_id": ids[at]} for at, line in zip(("3", "4"), lines[1:3], strict=True)]
    assert [each["already_recorded"] for each in send(shop, *again, *lines[3:]).answers] == [
        really,
        really,
        False,
        False,
    ]
    assert shop("balance", "--json").data["net_paise"] == 45015
    assert len(recorded(shop)) == 8


@pytest.mark.parametrize(
    ("fault", "code", "sentence"),
    [
        (BusyError(), 3, "Lines 3 – 4: not recorded."),
        (DiskError(path="x", reason="disk full"), 5, "Lines 3 – 4: not recorded."),
        (OSError(28, "No space left on device"), 5, "Lines 3 – 4: not recorded."),
        (BookBrokenError(entry=2, reason="x"), 1, ""),
        (NewerBookError(min_writer=2), 4, ""),
    ],
    ids=lambda given: type(given).__name__,
)
def test_a_fault_before_the_commit_leaves_nothing_of_the_group_and_says_of_which_lines(
    shop: Counter, fault: BookError | OSError, code: int, sentence: str
) -> None:
    writing, count = SqliteBook.writing, iter(range(1000))

    def failing(book: SqliteBook) -> AbstractContextManager[SqliteWriting]:
        if next(count) == 1:
            raise fault
        return writing(book)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(SqliteBook, "writing", failing)
        sent = send(shop, *[SALE] * 6, group=2)
    assert sent.answer.code == code
    assert [each.get("entry") for each in sent.answers] == [4, 5, None]
    last = sent.answers[-1]
    assert (last["line"], last["last_line"]) == (3, 4)
    assert "event_ids" not in last
    assert sentence in last["failed"]["message"]
    assert len(recorded(shop)) == 5


def test_a_fault_while_a_name_is_looked_for_says_of_all_lines_that_wait(shop: Counter) -> None:
    from khata.cli.env import Env

    really, count = Env.ask_views, iter(range(1000))

    def failing(env: Env, *, wait: bool = False) -> Any:
        if env.views_kept is None and next(count) == 1:  # the first is asked before any line
            raise DiskError(path="x", reason="I/O error")
        return really(env, wait=wait)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Env, "ask_views", failing)
        sent = send(shop, "sold 5", SALE, SALE, group=3)
    assert sent.answer.code == 5
    assert [(each["line"], each.get("last_line")) for each in sent.answers] == [(1, 2)]
    assert len(recorded(shop)) == 3


@pytest.mark.parametrize("line", ["undo --yes", "party add Mahesh"])
def test_a_line_by_itself_that_nobody_confirmed_tells_its_id(shop: Counter, line: str) -> None:
    def failing(before: int, commit: Commit, book: SqliteBook, connection: sqlite3.Connection) -> None:
        commit(book, connection)
        if before:
            raise UnconfirmedError(path="", reason="I/O error")

    with commits(failing):
        sent = send(shop, SALE, line, SALE, group=9)
    assert sent.answer.code == 5
    last = sent.answers[-1]
    assert (last["line"], last["failed"]["code"]) == (2, "unconfirmed")
    again = send(shop, f"{line} --event-id {last['failed']['facts']['event_id']}")
    assert again.answers[0]["data"]["already_recorded"] is True


def test_ctrl_c_at_the_commit_tells_the_ids(shop: Counter) -> None:
    def stopping(before: int, commit: Commit, book: SqliteBook, connection: sqlite3.Connection) -> None:
        commit(book, connection)
        if before:
            raise KeyboardInterrupt

    with commits(stopping):
        sent = send(shop, *[SALE] * 4, group=2)
    assert sent.answer.code == 130
    assert "Stopped. Lines with an answer: recorded." in sent.answer.err
    last = sent.answers[-1]
    assert last["failed"]["code"] == "stopped"
    again = send(shop, *[SALE | {"event_id": each} for each in last["event_ids"].values()])
    assert [each["already_recorded"] for each in again.answers] == [True, True]
    assert len(recorded(shop)) == 7


def test_a_fault_in_khata_takes_no_line_for_recorded(shop: Counter) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    with commits(broken):
        sent = send(shop, SALE)
    assert (sent.answer.code, sent.answers) == (70, [])
    assert len(recorded(shop)) == 3


def test_a_stream_that_cannot_be_read_on_is_no_end_of_it(shop: Counter) -> None:
    from khata.cli import lines

    chunks = iter([stream((SALE, SALE, SALE)) + b"sale ramesh 5"])

    def read(*_: int) -> bytes:
        for chunk in chunks:
            return chunk
        raise OSError(5, "Input/output error")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(lines, "os", SimpleNamespace(read=read))
        sent = send(shop, SALE, group=2)
    assert sent.answer.code == 5
    assert sent.entries == [4, 5, 6]
    assert "The next lines could not be read (Input/output error)" in sent.answer.err


# --- in a process of its own


def environ(home: Path) -> dict[str, str]:
    return {"HOME": str(home), "USER": "asha", "PATH": os.environ["PATH"]}


def typed(home: Path, *words: str, cache: str = ".cache") -> dict[str, Any]:
    """What a command of another process answers: its clock is the same as that of the batch."""
    surroundings = environ(home) | {"XDG_CACHE_HOME": str(home / cache)}
    done = subprocess.run([*PROGRAM, *words, "--json"], env=surroundings, capture_output=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)["data"]
    return found


class Running:
    """`khata batch` as a script runs it."""

    def __init__(self, home: Path, *words: str, stdout: int | IO[bytes] = subprocess.PIPE, **more: Any) -> None:
        self.process = subprocess.Popen(
            [*PROGRAM, "batch", *words],
            env=environ(home),
            stdin=more.pop("stdin", subprocess.PIPE),
            stdout=stdout,
            stderr=subprocess.PIPE,
            **more,
        )

    def write(self, *lines: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(stream(lines))
        self.process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found

    def end(self) -> tuple[int, str]:
        out, err = self.process.communicate(timeout=60)
        del out
        return self.process.returncode, err.decode()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with the book of `shop`, recorded by the clock of this machine."""
    typed(tmp_path, "init", "Sharma Kirana Store")
    typed(tmp_path, "sale", "Ramesh Kumar", "450", "--new")
    return tmp_path


def entries(home: Path) -> int:
    with closing(sqlite3.connect(next((home / "Khata").glob("*.khata")))) as connection:
        return int(connection.execute("SELECT max(seq) FROM event").fetchone()[0])


def test_each_line_is_answered_before_the_next_is_waited_for(home: Path) -> None:
    running = Running(home, "--group", "500")
    for count in range(3):
        running.write(SALE)
        assert running.answer()["line"] == count + 1
    running.write(b"sale ramesh 5", SALE)
    assert [running.answer()["line"] for _ in range(2)] == [4, 5]
    assert running.end() == (0, "Lines: 5. Recorded: 5. Recorded before: 0. Refused: 0.\n")


def test_what_another_counter_adds_meanwhile_is_known_to_the_next_line(home: Path) -> None:
    running = Running(home, "--group", "9")
    for line in ("sale sita 5", SALE | {"party": "sita"}):
        running.write(line)
        assert running.answer()["refused"]["code"] == "unknown_party"
    typed(home, "party", "add", "Sita", cache="of-another")
    for line in ("sale sita 5", SALE | {"party": "sita"}):
        running.write(line)
        assert running.answer()["party"] == 2
    running.end()


def test_ctrl_c_while_it_waits_leaves_what_was_told(home: Path) -> None:
    running = Running(home)
    running.write(SALE)
    told = running.answer()["entry"]
    running.process.send_signal(signal.SIGINT)
    code, err = running.end()
    assert code == 130
    assert "Traceback" not in err
    assert "Lines with an answer: recorded." in err
    assert entries(home) >= told


def test_what_was_told_is_in_the_book_after_a_kill(home: Path) -> None:
    running = Running(home, "--group", "20")
    assert running.process.stdin is not None
    running.process.stdin.write(stream(tuple([SALE] * 900)))  # no more than a pipe takes
    told = [running.answer()["entry"] for _ in range(60)]
    running.process.kill()
    running.process.communicate()
    with closing(sqlite3.connect(next((home / "Khata").glob("*.khata")))) as connection:
        kept = {seq for (seq,) in connection.execute("SELECT seq FROM event")}
    assert set(told) <= kept
    assert typed(home, "verify")["result"] == "unbroken"


def test_an_answer_that_cannot_be_written_stops_it_and_is_no_silence(home: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        running = Running(home, "--group", "2", stdout=full)
        running.write(*[SALE] * 6)
        code, err = running.end()
    assert code == 5
    assert "The answer could not be written (" in err
    assert "). Lines 1 – 2: done. All lines after them: not done." in err
    assert "Traceback" not in err
    assert entries(home) == 5


def test_a_reader_that_has_gone_stops_it(home: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    running = Running(home, "--group", "2", stdout=write)
    os.close(write)
    running.write(*[SALE] * 6)
    code, err = running.end()
    assert code == 5
    assert "Lines 1 – 2: done." in err
    assert "Traceback" not in err
    assert entries(home) == 5


def test_a_pipe_that_does_not_block_is_waited_for(home: Path) -> None:
    read, write = os.pipe()
    os.set_blocking(read, False)
    running = Running(home, stdin=read)
    os.close(read)
    for _ in range(2):
        os.write(write, stream((SALE,)))
        running.answer()
    os.close(write)
    assert running.end()[0] == 0


def test_other_counters_record_meanwhile_and_nothing_is_lost(home: Path) -> None:
    batches = [Running(home, "--group", "7", "--by", name, stdout=subprocess.DEVNULL) for name in ("Vijay", "Meena")]
    for running in batches:
        running.write(*[f"sale ramesh {rupees}" for rupees in range(1, 61)])
        assert running.process.stdin is not None
        running.process.stdin.close()
        running.process.stdin = None
    for rupees in range(5):
        typed(home, "sale", "ramesh", str(1000 + rupees))
    assert [running.end()[0] for running in batches] == [0, 0]
    assert typed(home, "balance")["net_paise"] == 45000 + 2 * 183000 + 501000
    assert typed(home, "verify")["result"] == "unbroken"
