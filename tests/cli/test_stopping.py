"""Ctrl-C at any moment, and a machine that gives up: one line, an exit code, and never "nothing" after a commit."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from khata.cli import main as module
from khata.cli import stopping
from khata.cli.stopping import Heeding
from khata.log.errors import BusyError
from khata.store.sqlite.book import SqliteBook
from khata.views.cache import Cache
from khata.writing import Books
from tests.cli.conftest import Counter

FIRST = "khata.cli.env"
"""A module that is loaded early, after the first lines."""

PRESSED = """
import os, signal, sys
class Presser:
    def find_spec(self, name, *_):
        if name == {when!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Presser())
from khata.__main__ import main
sys.argv = ["khata", *{words!r}]
main()
"""


def pressed(home: Path, when: str, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """A command at which somebody presses Ctrl-C when a module is looked for."""
    program = [sys.executable, "-c", PRESSED.format(when=when, words=words)]
    known = {"HOME": str(home), "USER": "asha", "PATH": os.environ["PATH"]} | environ
    return subprocess.run(program, env=known, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "when",
    [
        "khata.cli",
        "khata.cli.stopping",
        FIRST,
        "typer.core",
        "khata.cli.main",
        "khata.cli.asking",
        "khata.questions.balances",
    ],
)
def test_ctrl_c_while_the_program_is_loaded_is_130_and_one_line(tmp_path: Path, when: str) -> None:
    done = pressed(tmp_path, when, "balance")
    assert (done.returncode, done.stderr, done.stdout) == (130, "Stopped. Nothing was recorded.\n", "")


def test_ctrl_c_speaks_the_language_of_who_pressed_it(tmp_path: Path) -> None:
    done = pressed(tmp_path, FIRST, "balance", KHATA_LANG="hi")
    assert (done.returncode, done.stderr.count("\n")) == (130, 1)
    assert "रोक" in done.stderr


def test_ctrl_c_while_names_are_completed_is_130_and_one_line(tmp_path: Path) -> None:
    words = {"_KHATA_COMPLETE": "complete_bash", "COMP_WORDS": "khata balance R", "COMP_CWORD": "2"}
    done = pressed(tmp_path, "typer._completion_classes", **words)
    assert (done.returncode, done.stderr) == (130, "Stopped. Nothing was recorded.\n")


def test_in_the_background_of_a_script_ctrl_c_stays_ignored(tmp_path: Path) -> None:
    program = [sys.executable, "-c", PRESSED.format(when=FIRST, words=["--version"])]
    line = 'trap "" INT; exec "$@"'
    done = subprocess.run(["/bin/sh", "-c", line, "sh", *program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_program_that_cannot_be_loaded_says_so_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("raise MemoryError('no room')")
    program = "import sys; sys.path.insert(0, sys.argv.pop()); from khata.__main__ import main; main()"
    line = [sys.executable, "-c", program, str(tmp_path)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (5, "khata: no room\n")


# --- what was pressed is noted, and raised where somebody makes a sentence of it


@pytest.fixture
def noting() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    stopping.note()
    yield
    stopping._pressed.clear()
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("noting")
def test_what_was_pressed_before_a_block_ends_it_at_its_beginning() -> None:
    os.kill(os.getpid(), signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), Heeding():
        pytest.fail("it began")
    os.kill(os.getpid(), signal.SIGINT)  # while that is told


@pytest.mark.usefixtures("noting")
def test_what_is_pressed_in_a_block_ends_it_and_after_it_nothing() -> None:
    with pytest.raises(KeyboardInterrupt), Heeding():
        os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.usefixtures("noting")
def test_a_second_ctrl_c_does_not_end_the_telling_of_the_first(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    def again(*given: Any) -> int:
        os.kill(os.getpid(), signal.SIGINT)
        return told(*given)

    told = module.told_wrong
    monkeypatch.setattr(module, "told_wrong", again)
    monkeypatch.setattr(module, "answer", lambda *_: os.kill(os.getpid(), signal.SIGINT))
    answer = shop("balance")
    assert (answer.code, answer.err) == (130, "Stopped. Nothing was recorded.\n")


# --- after the commit nobody says that nothing was recorded


def fails_after_commit(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let the first thing after a commit fail."""
    commit = SqliteBook._commit

    def failing(self: SqliteBook, *given: Any) -> None:
        commit(self, *given)
        raise error

    monkeypatch.setattr(SqliteBook, "_commit", failing)


def fails_before_commit(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let a commit fail before it begins."""

    def failing(*_: object) -> None:
        raise error

    monkeypatch.setattr(SqliteBook, "_commit", failing)


ERRORS: list[tuple[BaseException, int]] = [
    (KeyboardInterrupt(), 130),
    (MemoryError(), 5),
    (OSError(24, "Too many open files"), 5),
    (SystemError("error return without exception set"), 5),
    (ImportError("no room", name="msgspec"), 5),
    (sqlite3.OperationalError("disk I/O error"), 5),
]


@pytest.mark.parametrize(("error", "code"), ERRORS, ids=repr)
@pytest.mark.parametrize("line", ["sale ramesh 5", "party add Sita", "party forget ramesh --yes", "import ROWS"])
def test_what_fails_after_the_commit_is_told_as_recorded(
    shop: Counter, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, line: str
) -> None:
    (shop.home / "rows.csv").write_text("date,type,party,amount\n2026-11-01,sale,counter,5\n")
    shop("receive", "ramesh", "450")
    before = shop("verify", "--json").data["entries"]
    with monkeypatch.context() as patched:
        fails_after_commit(patched, error)
        answer = shop(*line.replace("ROWS", str(shop.home / "rows.csv")).split())
    assert answer.code == code, answer
    assert "recorded" in answer.err
    assert "Nothing" not in answer.err
    assert shop("verify", "--json").data["entries"] > before


@pytest.mark.parametrize(("error", "code"), ERRORS, ids=repr)
def test_what_fails_before_the_commit_is_told_as_not_recorded(
    shop: Counter, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int
) -> None:
    with monkeypatch.context() as patched:
        fails_before_commit(patched, error)
        answer = shop("sale", "ramesh", "5")
    assert answer.code == code
    assert "Nothing was recorded" in answer.err or "The book itself is as it was" in answer.err
    assert shop("verify", "--json").data["entries"] == 3
    assert shop("sale", "ramesh", "5").code == 0


def test_where_the_book_cannot_be_asked_that_is_said(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    def held(*_: object, **__: object) -> None:
        raise BusyError

    fails_after_commit(monkeypatch, KeyboardInterrupt())
    commit = SqliteBook._commit

    def failing(self: SqliteBook, *given: Any) -> None:
        monkeypatch.setattr(SqliteBook, "reading", held)
        commit(self, *given)

    monkeypatch.setattr(SqliteBook, "_commit", failing)
    answer = shop("sale", "ramesh", "5", "--json")
    assert answer.envelope["failed"]["facts"] == {"what": "unknown"}
    assert "not known" in answer.envelope["failed"]["message"]


def test_an_entry_of_another_counter_in_its_place_is_not_taken_for_its_own(
    shop: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = SqliteBook._commit

    def faster(self: SqliteBook, connection: sqlite3.Connection) -> None:
        monkeypatch.setattr(SqliteBook, "_commit", commit)
        connection.execute("ROLLBACK")
        assert shop("sale", "ramesh", "7").code == 0
        raise KeyboardInterrupt

    monkeypatch.setattr(SqliteBook, "_commit", faster)
    assert shop("sale", "ramesh", "5").err == "Stopped. Nothing was recorded.\n"


def test_a_retry_that_is_stopped_recorded_nothing(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    line = ("sale", "ramesh", "5", "--event-id", "ab" * 16)
    assert shop(*line).code == 0
    fails_after_commit(monkeypatch, KeyboardInterrupt())
    assert shop(*line).err == "Stopped. Nothing was recorded.\n"


@pytest.mark.parametrize(
    ("line", "patched"),
    [
        ("init Second --another", "khata.api.places.Places.remember"),
        ("backup usb", "khata.api.places.Places.note_backup"),
        ("restore COPY --book new.khata", "khata.api.places.Places.remember"),
    ],
)
@pytest.mark.parametrize(("error", "said"), [(KeyboardInterrupt(), "done"), (OSError(5, "I/O"), "recorded")])
def test_what_is_stopped_once_it_is_done_is_told_as_done(
    shop: Counter, monkeypatch: pytest.MonkeyPatch, line: str, patched: str, error: BaseException, said: str
) -> None:
    def failing(*_: object) -> None:
        raise error

    monkeypatch.chdir(shop.home)
    copy = shop("backup", "copies", "--json").data["path"]
    monkeypatch.setattr(patched, failing)
    answer = shop(*line.replace("COPY", copy).split())
    assert answer.code == (130 if said == "done" else 5)
    assert f"{said}" in answer.err
    assert "Nothing" not in answer.err


def test_a_batch_that_the_machine_ends_does_not_say_that_nothing_was_recorded(
    shop: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    from io import StringIO

    count = iter(range(9))

    def forgetful(self: Books) -> Cache:
        if next(count) > 3:
            raise MemoryError
        return caches(self)

    caches: Callable[[Books], Cache] = Books.cache.fget  # type: ignore[attr-defined]
    monkeypatch.setattr(Books, "cache", property(forgetful))
    answer = shop("batch", stdin=StringIO("sale ramesh 5\nsale ramesh 6\nsale ramesh 7\n"))
    assert answer.code == 5
    assert "Lines with an answer: recorded." in answer.err


# --- the words themselves


def test_where_no_words_can_be_loaded_the_machines_own_are_said(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr("khata.cli.env.words_for", full)
    answer = shop("balance", "nobody")
    assert answer.code == 5
    assert answer.err == "khata: [Errno 24] Too many open files\n"
    monkeypatch.setitem(sys.modules, "khata.render.text", None)
    assert shop("balance", "nobody").err == "'khata: [Errno 24] Too many open files'\n"


def test_a_fault_of_khatas_own_module_is_khatas(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise ImportError("cannot import name", name="khata.views.nothing")

    monkeypatch.setattr("khata.cli.asking.cut_of", gone)
    assert shop("balance").code == 70


def test_a_file_with_the_tables_of_a_book_and_nothing_in_them_takes_no_entry(khata: Counter) -> None:
    from khata.store.sqlite.schema import OBJECTS
    from tests.hostile.books import database

    path = database(khata.home / "empty.khata", *OBJECTS.values())
    for line in ("sale Sita 5 --new", "party add Sita", "clock fix --reason slow", "batch"):
        from io import StringIO

        answer = khata(*line.split(), "--book", str(path), stdin=StringIO("sale Sita 5 --new\n"))
        assert answer.code == 1, line
    assert khata("verify", "--book", str(path), "--json").data["entries"] == 0
    assert khata("backup", "usb", "--json", "--book", str(path)).refused == "backup_broken"
