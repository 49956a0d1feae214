"""What every test may ask for."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import typer.main
from hypothesis import HealthCheck, settings
from typer.utils import get_params_from_function

from hatch_build import compile_catalogs
from khata.store import machine
from khata.views.cache import Cache
from tests import programs, watched
from tests.books import Clock, Ids, Shop, in_memory, new_file, on_disk

NOBODY = 65534
_ATTACKS = frozenset(("hostile", "torture"))
"""Folders whose tests try many inputs, each of them soon read: all of them are `wide`."""

# The everyday suite tries the same examples each time: what is new is looked for by `make torture`, not by a landing.
# How slowly inputs come says how loaded the machine is, and no test here asserts seconds.
_ANY_SPEED = (HealthCheck.too_slow,)
settings.register_profile("everyday", derandomize=True, deadline=None, suppress_health_check=_ANY_SPEED)
settings.register_profile("explore", deadline=None, suppress_health_check=_ANY_SPEED)
settings.load_profile("explore" if os.environ.get("KHATA_EXPLORE") else "everyday")


# Every book that is written is synced to the disk, and most of what a test waits for is that.
_MEMORY, _ROOM = Path("/dev/shm"), 4 << 30  # noqa: S108 - pytest makes a folder of its own in it
if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))

# A process builds one command; here thousands are built of the same functions.
typer.main.get_params_from_function = cache(get_params_from_function)  # type: ignore[attr-defined]


def pytest_configure(config: pytest.Config) -> None:
    """The messages are compiled once, before any worker reads them."""
    # Whoever runs the tests in the background has Ctrl-C ignored, and so would every program that they start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    watched.watch()
    if not hasattr(config, "workerinput"):
        compile_catalogs()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is not of the everyday suite runs when it is asked for: `make wide`, `make torture`, or its file."""
    for item in items:
        if _ATTACKS.intersection(item.path.parts):
            item.add_marker("wide")
    if config.getoption("markexpr"):
        return
    others = {item for item in items if any(item.get_closest_marker(name) for name in programs.MARKS)}
    if others and len(others) < len(items):
        config.hook.pytest_deselected(items=list(others))
        items[:] = [item for item in items if item not in others]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """What a test needs that is not khata's own must be there."""
    programs.asked_for(item)


def pytest_sessionstart() -> None:
    """To khata, what lies in the memory is gone when the computer goes off; here it stands for a disk."""
    if os.environ.get("PYTEST_DEBUG_TEMPROOT") == str(_MEMORY):
        table = Path(tempfile.mkdtemp(prefix="khata-")) / "mountinfo"
        lines = machine.MOUNTINFO.read_text(encoding="utf-8").splitlines(keepends=True)
        table.write_text("".join(line for line in lines if f" {_MEMORY} " not in line), encoding="utf-8")
        machine.MOUNTINFO = table
        atexit.register(shutil.rmtree, table.parent)


def pytest_collection_finish() -> None:
    """What was collected stays to the end: the garbage collector need not look through it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def clock() -> Clock:
    """A clock that goes on by a second with each look."""
    return Clock()


@pytest.fixture
def new_id() -> Ids:
    """Ids that are the same in each run."""
    return Ids()


@pytest.fixture
def shop(clock: Clock) -> Shop:
    """A shop with an opened book in memory."""
    return in_memory(clock=clock)


@pytest.fixture
def book_path(tmp_path: Path) -> Path:
    """A new book file."""
    return new_file(tmp_path / "shop.khata")


@pytest.fixture
def disk_shop(book_path: Path, tmp_path: Path, clock: Clock) -> Shop:
    """A shop with a book file and a cache beside it."""
    return on_disk(book_path, tmp_path / "cache", clock=clock)


@pytest.fixture
def plain_user() -> Iterator[Path]:
    """A folder of a user whom file permissions bind (they do not bind root), and the test runs as that user."""
    Cache(None).close()  # loads what that user may not be able to read
    folder = Path(tempfile.mkdtemp(prefix="khata-"))
    root = os.geteuid() == 0
    if root:
        os.chown(folder, NOBODY, NOBODY)
        os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
        for inner in folder.rglob("*"):
            if inner.is_dir():
                inner.chmod(0o700)
        shutil.rmtree(folder)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the long runs measured, as lines for docs/RELIABILITY.md."""
    found = [
        line
        for report in terminalreporter.getreports("passed")
        for name, line in report.user_properties
        if name == "figures"
    ]
    if found:
        terminalreporter.section("figures")
        for line in sorted(map(str, found)):
            terminalreporter.write_line(line)
