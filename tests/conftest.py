"""What every test may ask for."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from hatch_build import compile_catalogs
from khata.views.cache import Cache
from tests import watched
from tests.books import Clock, Ids, Shop, in_memory, new_file, on_disk

NOBODY = 65534

# The everyday suite tries the same examples each time: what is new is looked for by `make torture`, not by a landing.
# How slowly inputs come says how loaded the machine is, and no test here asserts seconds.
_ANY_SPEED = (HealthCheck.too_slow,)
settings.register_profile("everyday", derandomize=True, deadline=None, suppress_health_check=_ANY_SPEED)
settings.register_profile("explore", deadline=None, suppress_health_check=_ANY_SPEED)
settings.load_profile("explore" if os.environ.get("KHATA_EXPLORE") else "everyday")


def pytest_configure(config: pytest.Config) -> None:
    """The messages are compiled once, before any worker reads them."""
    # Whoever runs the tests in the background has Ctrl-C ignored, and so would every program that they start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    watched.watch()
    if not hasattr(config, "workerinput"):
        compile_catalogs()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Slow tests run when they are asked for: `make torture`."""
    if config.getoption("markexpr"):
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    if slow and len(slow) < len(items):
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]


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
