"""The mark that an import holds the book."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from khata.store.importing_marker import hold, is_held
from tests.importing.files import Files

HOLDER = """
import sys, time
from pathlib import Path
from khata.store.importing_marker import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_mark_is_seen_while_it_is_held_and_not_after(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "book.importing"
    assert not is_held(path)
    with hold(path):
        assert is_held(path)
        with hold(path):
            assert is_held(path)
        assert is_held(path)
    assert not is_held(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_killed_importer_lets_go_of_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "book.importing"
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        assert is_held(path)
        os.kill(holder.pid, signal.SIGKILL)
    assert not is_held(path)


def test_where_no_mark_can_be_made_the_import_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the folder's place")
    with hold(tmp_path / "file" / "book.importing"):
        assert not is_held(tmp_path / "file" / "book.importing")


def test_a_link_in_the_marks_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "book.importing").symlink_to(tmp_path / "elsewhere")
    with hold(tmp_path / "book.importing"):
        assert not (tmp_path / "elsewhere").exists()


def test_an_import_marks_the_book_while_it_records(files: Files, tmp_path: Path) -> None:
    from khata.importing.check import Options
    from khata.importing.run import import_file

    marker, seen = tmp_path / "book.importing", []

    def progress(phase: str, _: int, __: int | None) -> None:
        seen.append((phase, is_held(marker)))

    path = files.write(*["2026-11-20,sale,Ramesh,100"] * 5000)
    import_file(path, files.shop.books, Options(new_parties="all"), progress, marker)
    assert set(seen) == {("reading", False), ("recording", True)}
    assert not is_held(marker)
