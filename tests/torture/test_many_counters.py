"""Ten counters, shells, an import, backups and restores, killed at any moment: what was told is in the book, once."""

from __future__ import annotations

import json
import random  # noqa: TID251 - seeded: the same choices in each run
import shutil
from collections.abc import Iterable, Sequence
from copy import deepcopy
from functools import partial
from pathlib import Path

import pytest

from khata.log.chain import EMPTY, Entry, Head, seal
from khata.verifying.verify import verify
from tests.books import faults_of
from tests.torture.counters import PARTIES, Counters, Log, refusal
from tests.torture.figures import Figures
from tests.torture.oracle import faults
from tests.torture.till import KILLED, REFUSED, WELL, Till, assert_sound, entries_of, ids_in

SECONDS = 60.0
WRITERS, READERS, SHELLS = 10, 3, 2
ROWS = 2000


def chained(bodies: Iterable[bytes]) -> list[Entry]:
    """These bodies as a book of their own, in which every link holds."""
    entries, head = [], EMPTY
    for body in bodies:
        _, _, rest = body.partition(b'"@v"')
        entries.append(seal(b'{"@prev":"%s","@seq":%d,"@v"' % (head.hash.hex().encode(), head.seq + 1) + rest, head))
        head = Head(entries[-1].seq, entries[-1].hash)
    return entries


def assert_the_oracle_sees(entries: Sequence[Entry], log: Log) -> None:
    """The control: one entry that was told is taken away, or stands there twice; an answer is wrong by a paisa."""
    last = max(told["entry"] for told in log.told)
    bodies = [entry.body for entry in entries]
    assert [entry.body for entry in chained(bodies)] == bodies
    for changed in (bodies[: last - 1] + bodies[last:], [*bodies, bodies[last - 1]]):
        book = chained(changed)
        assert not list(faults_of(book))
        assert faults(book, log)
    wrong = deepcopy(log)
    data = next(data for words, data in wrong.answers if words == ("balance",))
    data["parties"][0]["balance_paise"] += 1
    assert faults(entries, wrong)


def opened(folder: Path) -> Till:
    """A till with the customers to whom all sell."""
    till = Till(folder)
    till.folder.mkdir()
    assert till("init", "Sharma Kirana Store", "--book", str(till.book)).code == WELL
    for name in PARTIES:
        assert till("party", "add", name).code == WELL
    return till


def assert_in_order(till: Till) -> None:
    """What killed processes left behind stands in nobody's way, and khata itself finds nothing amiss."""
    assert till("sale", "Asha", "1").code == WELL
    assert till("rebuild").code == WELL
    assert till("verify").code == WELL
    shutil.rmtree(till.cache.parent)
    assert till("verify").code == WELL
    made = json.loads(till("backup", str(till.folder / "last"), "--json").out)["data"]["path"]
    assert refusal(till("restore", made, "--json")) == "nothing_to_restore"


def left_behind(till: Till) -> list[str]:
    """What stands in the book's folder beside the book, its empty journal and the temporaries of killed processes."""
    journal = till.book.with_name(till.book.name + "-journal")
    assert not journal.exists() or not journal.stat().st_size
    names = {each.name for each in till.book.parent.iterdir()} - {till.book.name, journal.name}
    hidden = {name for name in names if name.lstrip(".").startswith(f"{till.book.name}.") and ".incoming" in name}
    assert all(name.startswith(".") for name in hidden)
    # A writer killed before its journal was synced: it begins with zeros and holds nothing; a restore puts it aside.
    cold = {name for name in names if name.startswith(f"{journal.name}.left-")}
    assert not any(till.book.with_name(name).read_bytes()[:1].strip(b"\0") for name in cold)
    return sorted(names - hidden - cold)


def assert_forgotten(till: Till, entries: Sequence[Entry], log: Log) -> None:
    """Whoever is forgotten stands nowhere in the book's file and the views', killed or not."""
    there = set(ids_in(entries))
    files = [till.book, *till.cache.parent.iterdir()]
    contents = b"".join(each.read_bytes() for each in files)
    for forgetting, (name, _, _) in log.forgotten.items():
        assert (name.encode() in contents) == (forgetting not in there), name


def assert_backups(till: Till, entries: Sequence[Entry], log: Log) -> None:
    """What has a backup's name is whole and the book of then, told or not."""
    sizes = {}
    for each in till.stick.glob("*.khata"):
        assert verify(each, alone=True).result == "unbroken", each
        held = entries_of(each)
        assert held == entries[: len(held)], each
        sizes[str(each)] = len(held)
    for told in log.backups:
        assert sizes[told["path"]] == told["entries"]
        assert entries[told["entries"] - 1].hash.hex() == told["head"]


@pytest.mark.slow
def test_many_counters_and_a_killer(tmp_path: Path, figures: Figures) -> None:
    till = opened(tmp_path / "till")
    counters = Counters(till, SECONDS)
    log = counters.work(
        *(partial(counters.sell, f"Counter {n}") for n in range(WRITERS)),
        partial(counters.bring_in, ROWS),
        *[counters.ask] * READERS,
        *(partial(counters.sit, f"Shell {n}") for n in range(SHELLS)),
        partial(counters.forget, "Counter of the forgotten"),
        counters.back_up,
        counters.bring_back,
        counters.adopt,
    )
    counters.forget("Counter of the forgotten", random.Random("last"))  # no later one is written over its bytes
    entries = assert_sound(till)
    assert not log.others, "\n".join(log.others)
    assert not faults(entries, log)
    assert_the_oracle_sees(entries, log)
    assert_backups(till, entries, log)
    assert till("balance").code == WELL
    assert_forgotten(till, entries, log)
    assert_in_order(till)
    assert left_behind(till) == []
    files = sum(told for _, told in log.files.values())
    kills = sum(count for (_, code), count in log.ends.items() if code == KILLED)
    untold = sum(told["already_recorded"] for told in log.told) + len(log.killed & set(ids_in(entries)))
    lines = sum(entry > 0 for _, entry in log.lines.values())
    forgotten = sum(told for *_, told in log.forgotten.values())
    figures(
        f"counters, {SECONDS:.0f} s: {log.ends.total()} commands, {kills} of them killed; told of {len(log.told)} "
        f"sales, {lines} lines of shells, {files} files, {len(log.answers)} answers, {len(log.backups)} backups, "
        f"{forgotten} forgotten; {untold} sales were recorded and killed before they told; "
        f"the longest sale that told: {log.longest_s:.1f} s; {len(entries)} entries; {dict(log.ends)}"
    )
    for command in ("restore", "adopt"):
        assert (log.ends[command, WELL], log.ends[command, REFUSED] > 0) == (0, True), command
    assert min(files, untold, lines, forgotten, len(log.backups), log.ends["rebuild", WELL]) > 0
    assert len(log.told) > 2 * WRITERS
    assert len(log.answers) > 2 * READERS
