"""Ten counters, an import and questions at once, killed at any moment: what was told is in the book, once, for ever."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from khata.log.chain import EMPTY, Entry, Head, seal
from tests.books import faults_of
from tests.torture.counters import PARTIES, Counters, Log
from tests.torture.figures import Figures
from tests.torture.replay import Replay
from tests.torture.till import KILLED, WELL, Till, assert_sound, ids_in

SECONDS = 60.0
WRITERS, READERS = 10, 3
ROWS = 2000

FIRST = range(1, len(PARTIES) + 1)
"""The parties that were there before: every other one comes with its first sale."""

Said = Mapping[str, Any]


def faults(entries: Sequence[Entry], log: Log) -> list[str]:
    """What is in the book and should not be, or the reverse; and every answer that was never true."""
    book = [json.loads(entry.body) for entry in entries]
    return [*sales_amiss(book, log), *files_amiss(book, log), *answers_amiss(entries, log)]


def sales_amiss(book: Sequence[Said], log: Log) -> Iterator[str]:
    ids = Counter(said["id"] for said in book)
    yield from (f"{each}: {count} times" for each, count in ids.items() if count > 1)
    for told in log.told:
        said: Said = book[told["entry"] - 1] if told["entry"] <= len(book) else {"id": None}
        if said["id"] != told["event_id"]:
            yield f"entry {told['entry']}: another one than was told"
        elif (said["kind"], said["data"]["party"], said["data"]["amount_paise"]) != (
            "sale_recorded",
            told["party"],
            told["amount_paise"],
        ):
            yield f"entry {told['entry']}: not what was told"
        if (told["name"], told["amount_paise"]) != log.sales[told["event_id"]]:
            yield f"entry {told['entry']}: not what was typed"
    known = log.killed | {told["event_id"] for told in log.told}
    for said in book:
        if said["kind"] == "sale_recorded" and "import" not in said["data"] and said["id"] not in known:
            yield f"entry {said['@seq']}: nobody was told of it, and nobody was killed"
    nothing: Said = {"data": {}}
    for said, after in zip(book, [*book[1:], nothing], strict=True):
        if said["kind"] == "party_added" and said["data"]["party"] not in {*FIRST, after["data"].get("party")}:
            yield f"entry {said['@seq']}: half a command"


def files_amiss(book: Sequence[Said], log: Log) -> Iterator[str]:
    found = Counter((said["data"]["ref"], said["data"]["amount_paise"]) for said in book if said["data"].get("ref"))
    for number, (rows, told) in log.files.items():
        whole = Counter({(f"{number}-{n}", 100 * (100 + n)): 1 for n in range(rows)})
        there = Counter({row: count for row, count in found.items() if row[0].startswith(f"{number}-")})
        if there != whole and (told or there):
            yield f"file {number}: {there.total()} of {rows} rows, of which {len(there - whole)} too many"


def answers_amiss(entries: Sequence[Entry], log: Log) -> Iterator[str]:
    """An answer up to an entry must be what the book came to then."""
    asked = sorted(log.answers, key=lambda each: reach(each[1]))
    replay, done = Replay(), 0
    for words, data in asked:
        upto = reach(data)
        if upto > len(entries):
            yield f"{words} up to entry {upto}: that is not in the book"
            return
        while done < upto:
            replay.add(entries[done].body)
            done += 1
        if not is_true(words, data, replay, entries[upto - 1]):
            yield f"{words} up to entry {upto}: it was never so"


def reach(data: Said) -> int:
    """The last entry that an answer counts."""
    return int(data["entries"] if "result" in data else data["known_at_entry"])


def is_true(words: Sequence[str], data: Said, replay: Replay, last: Entry) -> bool:
    owed = replay.balances()
    if words[0] == "verify":
        total = sum(paise for paise in owed.values() if paise > 0)
        return (data["result"], data["head"], data["to_receive_paise"]) == ("unbroken", last.hash.hex(), total)
    if words[0] == "statement":
        lines = sorted(line["entry"] for line in data["lines"])
        return (data["closing_paise"], lines) == (owed.get(data["party"], 0), replay.lines[data["party"]])
    told = {party["party"]: party["balance_paise"] for party in data["parties"]}
    if len(words) == 1:
        return told == owed
    (party,) = told
    return bool(told[party] == owed.get(party, 0))


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


@pytest.mark.slow
def test_many_counters_and_a_killer(tmp_path: Path, figures: Figures) -> None:
    till = Till(tmp_path / "till")
    till.folder.mkdir()
    assert till("init", "Sharma Kirana Store", "--book", str(till.book)).code == WELL
    for name in PARTIES:
        assert till("party", "add", name).code == WELL
    counters = Counters(till, SECONDS)
    log = counters.work(
        *(partial(counters.sell, f"Counter {n}") for n in range(WRITERS)),
        partial(counters.bring_in, ROWS),
        *[counters.ask] * READERS,
    )
    entries = assert_sound(till)
    assert not log.others, "\n".join(log.others)
    assert not faults(entries, log)
    assert_the_oracle_sees(entries, log)
    files = sum(told for _, told in log.files.values())
    kills = sum(count for (_, code), count in log.ends.items() if code == KILLED)
    untold = sum(told["already_recorded"] for told in log.told) + len(log.killed & set(ids_in(entries)))
    figures(
        f"counters, {SECONDS:.0f} s: {log.ends.total()} commands, {kills} of them killed; told of {len(log.told)} "
        f"sales, {files} files, {len(log.answers)} answers; {untold} sales were recorded and killed before they told; "
        f"the longest sale that told: {log.longest_s:.1f} s; {len(entries)} entries; {dict(log.ends)}"
    )
    assert files > 0
    assert untold > 0
    assert len(log.told) > 2 * WRITERS
    assert len(log.answers) > 2 * READERS
