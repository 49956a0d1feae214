"""The files that khata makes: for their owner alone, never over another one, never through a link, never hanging."""

from __future__ import annotations

import faulthandler
import os
import shutil
import signal
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from khata.verifying.verify import verify
from khata.views.cache import path_for
from tests.cli.conftest import Answer, Counter

pytestmark = pytest.mark.wide

CSV = "date,type,party,amount\n2026-11-20,sale,Ramesh Kumar,99\n"
KEPT = b"somebody's own\n"
PATIENCE_S = 10


class Hanging(BaseException):
    """Nothing but the end of a block: no `except` of khata's may swallow it."""


@contextmanager
def in_time() -> Iterator[None]:
    """A block that fails where it would hang; inside of SQLite the process ends, since nothing else stops it there."""

    def late(*_: object) -> None:
        raise Hanging

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(PATIENCE_S)
    faulthandler.dump_traceback_later(2 * PATIENCE_S, exit=True)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture
def here(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> Counter:
    """A shop's counter in its home."""
    monkeypatch.chdir(shop.home)
    (shop.home / "rows.csv").write_text(CSV, encoding="utf-8")
    return shop


def book(shop: Counter) -> Path:
    return shop.home / "Khata" / "sharma-kirana-store.khata"


def cache(shop: Counter) -> Path:
    return path_for(shop.home / ".cache/khata", book(shop))


# --- whose they are


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077], ids=oct)
def test_every_file_is_its_owners_alone(khata: Counter, monkeypatch: pytest.MonkeyPatch, umask: int) -> None:
    monkeypatch.chdir(khata.home)
    foreign = khata.home / "rows.csv"
    foreign.write_text(CSV, encoding="utf-8")
    before = os.umask(umask)
    try:
        everything(khata)
        # Another process that looks at the views keeps SQLite's own files beside the cache.
        with closing(sqlite3.connect(cache(khata))) as looking:
            looking.execute("SELECT count(*) FROM entry").fetchone()
            assert khata("sale", "ramesh", "5").code == 0
            check_modes(khata.home, foreign)
    finally:
        os.umask(before)


def everything(khata: Counter) -> None:
    """Every command that makes a file."""
    for line in (
        "init Sharma Kirana Store",
        "sale Ramesh Kumar 450 --new",
        "import rows.csv",
        "export -o rows-out.csv",
        "export --format jsonl -o book.jsonl",
        "statement ramesh --format csv -o ramesh.csv",
        "backup usb",
        "import-log book.jsonl --book again.khata",
        "use Khata/sharma-kirana-store.khata",
        "checkpoint -o shop.checkpoint",
        "key backup -o key.pem",
        "key export -o shop.key",
        "proof 3 -o 3.tlog-proof",
        "proof 3 --qr -o 3.png",
        "witness init --name mehta-ca",
        "witness request -o request",
        "witness sign request -o answer",
        "witness add answer",
        "timestamp request -o ask.tsq",
        "key rotate",
    ):
        answer = khata(*line.split())
        assert answer.code == 0, (line, answer.err)
    (khata.home / "broken.khata").write_bytes(damaged(khata))
    (khata.home / "broken.khata").chmod(0o600)
    assert khata("salvage", "broken.khata", "-o", "salvaged.khata").code == 0
    (backup,) = (khata.home / "usb").glob("*.khata")
    assert khata("restore", str(backup), "--book", "restored.khata").code == 0
    assert khata("restore", str(backup), "--book", "broken.khata").code == 0


def check_modes(home: Path, *foreign: Path) -> None:
    made = [path for path in home.rglob("*") if path not in foreign]
    own = {path.relative_to(home) for path in made if path.is_dir() and "khata" in path.relative_to(home).parts}
    own |= {Path("Khata/checkpoints"), *(path.relative_to(home) for path in (home / "Khata/checkpoints").iterdir())}
    assert {Path(".cache/khata"), Path(".local/state/khata"), Path(".local/share/khata/keys")} <= own
    assert {stat.S_IMODE((home / path).stat().st_mode) for path in own} == {0o700}
    files = {str(path.relative_to(home)): stat.S_IMODE(path.stat().st_mode) for path in made if path.is_file()}
    assert {name: oct(mode) for name, mode in files.items() if mode != 0o600} == {}
    endings = {"".join(Path(name).suffixes[-1:]) or Path(name).name for name in files}
    wanted = {".khata", ".khata-journal", ".csv", ".jsonl", ".sqlite", ".sqlite-wal", ".sqlite-shm", ".importing"}
    assert (
        wanted | {"chosen", "known", "counter", "backups", ".pem", ".tree", ".checkpoint", "shops", "name"} <= endings
    )


# --- what is in the way of a new file


def _file(path: Path, _: Path) -> None:
    path.write_bytes(KEPT)


def _empty(path: Path, _: Path) -> None:
    path.write_bytes(b"")


def _folder(path: Path, _: Path) -> None:
    path.mkdir()


def _link(path: Path, other: Path) -> None:
    other.write_bytes(KEPT)
    path.symlink_to(other)


def _dangling(path: Path, other: Path) -> None:
    path.symlink_to(other)


def _pipe(path: Path, _: Path) -> None:
    os.mkfifo(path)


def _device(path: Path, _: Path) -> None:
    path.symlink_to("/dev/zero")


OBSTACLES: dict[str, Callable[[Path, Path], None]] = {
    "a file": _file,
    "an empty file": _empty,
    "a folder": _folder,
    "a link": _link,
    "a dangling link": _dangling,
    "a pipe": _pipe,
    "a device": _device,
}

NEW_FILES = {
    "new": "init Second --another --book new",
    "csv": "export -o csv",
    "jsonl": "export --format jsonl -o jsonl",
    "account": "statement ramesh --format csv -o account",
    "again": "import-log book.jsonl --book again",
    "usb/sharma-kirana-store.2026-11-22-100500.khata": "backup usb",
    "salvaged": "salvage broken.khata -o salvaged",
}
"""By the file that a command would make: the command."""


def prepare(here: Counter) -> None:
    """What the commands read: the book's lines, and a copy that is damaged after its third entry."""
    assert here("sale", "ramesh", "99").code == 0
    assert here("export", "--format", "jsonl", "-o", "book.jsonl").code == 0
    (here.home / "broken.khata").write_bytes(damaged(here))


def damaged(shop: Counter) -> bytes:
    """The book with a sum of ₹99 changed."""
    stored = book(shop).read_bytes()
    assert b'"amount_paise":9900' in stored
    return stored.replace(b'"amount_paise":9900', b'"amount_paise":9100')


def stood(path: Path) -> tuple[int, int, bytes | None]:
    """What stands at a path: the thing itself, and its bytes if it is a file."""
    found = path.lstat()
    return found.st_ino, found.st_mode, path.read_bytes() if stat.S_ISREG(found.st_mode) else None


@pytest.mark.parametrize("name", NEW_FILES)
@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_what_is_there_stays_there(here: Counter, name: str, obstacle: str) -> None:
    prepare(here)
    path, other = here.home / name, here.home / "other"
    path.parent.mkdir(exist_ok=True)
    OBSTACLES[obstacle](path, other)
    before, beside = stood(path), sorted(path.parent.iterdir())
    with in_time():
        answer = here(*NEW_FILES[name].split(), "--json")
    assert answer.refused == "path_taken"
    assert stood(path) == before
    assert sorted(path.parent.iterdir()) == beside
    assert not other.exists() or other.read_bytes() == KEPT


def test_the_commands_would_have_made_those_files(here: Counter) -> None:
    prepare(here)
    at = here.now
    for name, line in NEW_FILES.items():
        here.now = at
        assert not (here.home / name).exists()
        assert here(*line.split()).code == 0, line
        assert (here.home / name).is_file(), line
        (here.home / ".local/state/khata/chosen").unlink(missing_ok=True)


def test_an_output_that_stops_half_way_leaves_nothing(here: Counter) -> None:
    book(here).write_bytes(book(here).read_bytes().replace(b'"kind":"sale_recorded"', b'"kind":\n"ale_recorded"'))
    before = sorted(here.home.iterdir())
    assert here("export", "--format", "jsonl", "-o", "half.jsonl").code == 1
    assert sorted(here.home.iterdir()) == before


# --- what is in the way of khata's own files


@pytest.mark.parametrize("name", ["chosen", "known", "backups", "counter", "reminded"])
@pytest.mark.parametrize("obstacle", ["a file", "a folder", "a link", "a dangling link", "a pipe", "a device"])
def test_state_is_not_written_through_what_stands_in_its_place(here: Counter, name: str, obstacle: str) -> None:
    state, other = here.home / ".local/state/khata", here.home / "other"
    (state / name).unlink(missing_ok=True)
    OBSTACLES[obstacle](state / name, other)
    with in_time():
        for line in ("where", "books", "sale ramesh 5 --book Khata/sharma-kirana-store.khata", "backup usb"):
            here(*line.split(), environ={"KHATA_BOOK": str(book(here))})
        used = here("use", str(book(here)))
        assert here("balance", "--book", str(book(here))).code == 0
    assert used.code == (5 if (name, obstacle) == ("chosen", "a folder") else 0)
    assert not other.exists() or other.read_bytes() == KEPT
    assert not [path for path in state.iterdir() if path.name.startswith(f"{name}.")]


@pytest.mark.parametrize("ending", ["", "-wal", "-shm", "-journal"])
@pytest.mark.parametrize("obstacle", ["a file", "a folder", "a link", "a dangling link", "a pipe", "a device"])
def test_the_views_are_not_written_through_what_stands_in_their_place(
    here: Counter, ending: str, obstacle: str
) -> None:
    path, other = cache(here).with_name(cache(here).name + ending), here.home / "other"
    path.unlink(missing_ok=True)
    OBSTACLES[obstacle](path, other)
    with in_time():
        answers = [here(*line.split()) for line in ("verify", "balance", "sale ramesh 5", "balance ramesh", "rebuild")]
    assert [answer.code for answer in answers] == [0] * 5, [answer.err for answer in answers]
    assert "₹455.00" in answers[3].out
    assert not other.exists() or other.read_bytes() == KEPT


def test_a_verification_that_may_change_nothing_does_without_such_views(here: Counter) -> None:
    pipe = Path(f"{cache(here)}-journal")
    os.mkfifo(pipe)
    with in_time():
        verdict = verify(book(here), cache(here))
    assert (verdict.result, verdict.compared_upto) == ("unbroken", 0)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_book_is_never_taken_for_its_own_views(here: Counter) -> None:
    before = book(here).read_bytes()
    cache(here).unlink()
    cache(here).symlink_to(book(here))
    assert "₹450.00" in here("balance", "ramesh").out
    assert book(here).read_bytes() == before
    assert here("verify").code == 0
    assert cache(here).is_file()
    assert not cache(here).is_symlink()


@pytest.mark.parametrize("obstacle", ["a folder", "a link", "a dangling link", "a pipe", "a device"])
def test_the_mark_of_an_import(here: Counter, obstacle: str) -> None:
    mark, other = cache(here).with_suffix(".importing"), here.home / "other"
    OBSTACLES[obstacle](mark, other)
    before = stood(mark)
    with in_time():
        assert here("import", "rows.csv").code == 0
    assert stood(mark) == before
    assert not other.exists() or other.read_bytes() == KEPT


@pytest.mark.parametrize("obstacle", ["a folder", "a link", "a dangling link", "a pipe", "a device"])
def test_the_mark_of_what_was_written_last(here: Counter, obstacle: str) -> None:
    (mark,) = (here.home / ".local/state/khata/anchors").iterdir()
    other = here.home / "other"
    mark.unlink()
    OBSTACLES[obstacle](mark, other)
    before = stood(mark)
    with in_time():
        assert [here(*line.split()).code for line in ("sale ramesh 5", "verify", "balance")] == [0, 0, 0]
    assert stood(mark) == before
    assert not other.exists() or other.read_bytes() == KEPT


@pytest.mark.parametrize("obstacle", ["a folder", "a link", "a dangling link", "a pipe", "a device"])
def test_the_point_up_to_which_was_verified(here: Counter, obstacle: str) -> None:
    assert here("verify").code == 0
    (point,) = (here.home / ".local/state/khata/verified").iterdir()
    other = here.home / "other"
    point.unlink()
    OBSTACLES[obstacle](point, other)
    with in_time():
        assert [here(*line.split()).code for line in ("verify --since last", "verify", "balance")] == [0, 0, 0]
    assert not other.exists() or other.read_bytes() == KEPT


@pytest.mark.parametrize("obstacle", ["a folder", "a link", "a dangling link", "a pipe", "a device"])
def test_what_stands_in_the_place_of_the_books_journal_is_named(here: Counter, obstacle: str) -> None:
    journal, other = Path(f"{book(here)}-journal"), here.home / "other"
    journal.unlink()
    OBSTACLES[obstacle](journal, other)
    before, stored = stood(journal), book(here).read_bytes()
    with in_time():
        answers = [here(*line.split()) for line in ("balance", "sale ramesh 5", "verify", "export --format jsonl")]
    for answer in answers:
        assert answer.code == 2
        assert f"Not a file: {journal}" in answer.err
    assert (stood(journal), book(here).read_bytes()) == (before, stored)
    assert not other.exists() or other.read_bytes() == KEPT


def test_a_journal_is_looked_for_where_a_link_leads(here: Counter) -> None:
    real = here.home / "stick" / "shop.khata"
    real.parent.mkdir()
    shutil.copyfile(book(here), real)
    book(here).unlink()
    book(here).symlink_to(real)
    os.mkfifo(f"{real}-journal")
    with in_time():
        assert here("balance").code == 2


# --- what is read


READ = [
    "import {}",
    "import-log {} --book again",
    "use {}",
    "balance --book {}",
    "verify --book {}",
    "verify --against {}",
]


@pytest.mark.parametrize("line", READ)
@pytest.mark.parametrize("obstacle", ["a folder", "a dangling link", "a pipe", "a device"])
def test_what_is_no_file_is_refused_at_once(here: Counter, line: str, obstacle: str) -> None:
    OBSTACLES[obstacle](here.home / "it", here.home / "other")
    with in_time():
        answer: Answer = here(*line.format("it").split())
    assert answer.code == 2, answer.err
    assert not (here.home / "other").exists()
    assert not (here.home / "again").exists()


# --- a path is a path

PATHS = ["file:x.khata?mode=memory", "file:///x.khata", ":memory:", "x.khata?cache=shared", "%41.khata", "#1.khata"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("given", ["--book", "KHATA_BOOK", "use"])
def test_what_looks_like_a_uri_is_a_path(here: Counter, path: str, given: str) -> None:
    environ = {"KHATA_BOOK": path} if given == "KHATA_BOOK" else {}
    words = ["--book", path] if given == "--book" else []
    if given == "use":
        assert here("use", path, "--json").refused == "no_book"
    else:
        assert (
            here(
                "sale",
                "ramesh",
                "5",
                *words,
                environ=environ,
            ).code
            == 2
        )
    assert sorted(each.name for each in here.home.iterdir() if not each.name.startswith(".")) == ["Khata", "rows.csv"]
    made = Path(path)
    made.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(book(here), made)
    if given == "use":
        assert here("use", path).code == 0
    assert here("sale", "ramesh", "5", *words, environ=environ).code == 0
    assert here("balance", "ramesh", "--json", *words, environ=environ).data["parties"][0]["balance_paise"] == 45500
    assert here("verify", "--book", path).code == 0
    assert here("balance", "ramesh", "--book", str(book(here)), "--json").data["parties"][0]["balance_paise"] == 45000


@pytest.mark.parametrize("path", PATHS)
def test_what_is_made_or_read_under_such_a_name(here: Counter, path: str) -> None:
    assert here("import", path, "--json").refused == "no_file"
    made = Path(path)
    made.parent.mkdir(parents=True, exist_ok=True)
    made.write_text(CSV, encoding="utf-8")
    assert here("import", path).code == 0
    made.unlink()
    assert here("init", "Second", "--another", "--book", path).code == 0
    assert made.read_bytes().startswith(b"SQLite format 3\0")
    made.unlink()
    for line in ("export --format jsonl", "statement ramesh --format csv"):
        assert here(*line.split(), "-o", path, "--book", str(book(here))).code == 0
        assert made.stat().st_size > 50
        made.unlink()
    assert here("export", "--format", "jsonl", "-o", "book.jsonl", "--book", str(book(here))).code == 0
    assert here("import-log", "book.jsonl", "--book", path).code == 0
    assert made.stat().st_size > 4096


def test_a_path_that_is_no_utf8_is_kept_as_it_is(here: Counter) -> None:
    path = os.fsdecode(b"dukan-\xe9.khata")
    shutil.copyfile(book(here), path)
    assert here("use", path).code == 0
    assert here("balance", "ramesh").code == 0
    assert os.fsencode(path) in (here.home / ".local/state/khata/chosen").read_bytes()
