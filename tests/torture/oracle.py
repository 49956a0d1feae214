"""What must hold of a book after many wrote in it: what was told is there, once, and every answer was true."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from khata.log.chain import Entry
from tests.torture.counters import PARTIES, Log
from tests.torture.replay import Replay

FIRST = range(1, len(PARTIES) + 1)
"""The parties that were there before: every other one comes with its first sale."""

Said = Mapping[str, Any]


def faults(entries: Sequence[Entry], log: Log) -> list[str]:
    """What is in the book and should not be, or the reverse; and every answer that was never true."""
    book = [json.loads(entry.body) for entry in entries]
    return [
        *sales_amiss(book, log),
        *lines_amiss(book, log),
        *files_amiss(book, log),
        *forgotten_amiss(book, log),
        *answers_amiss(entries, log),
    ]


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
        if is_typed_in_a_command(said) and said["id"] not in known:
            yield f"entry {said['@seq']}: nobody was told of it, and nobody was killed"
    nothing: Said = {"data": {}}
    for said, after in zip(book, [*book[1:], nothing], strict=True):
        if said["kind"] == "party_added" and said["data"]["party"] not in {*FIRST, after["data"].get("party")}:
            yield f"entry {said['@seq']}: half a command"


def is_typed_in_a_command(said: Said) -> bool:
    """Whether it is a sale by a command of its own: those of a shell are no whole rupees."""
    return said["kind"] == "sale_recorded" and "import" not in said["data"] and not said["data"]["amount_paise"] % 100


def lines_amiss(book: Sequence[Said], log: Log) -> Iterator[str]:
    """Lines of shells: each amount is typed once."""
    there: dict[int, list[Said]] = {}
    for said in book:
        if said["kind"] == "sale_recorded" and said["data"]["amount_paise"] % 100:
            there.setdefault(said["data"]["amount_paise"], []).append(said)
    for paise, (name, entry) in log.lines.items():
        found = [(said["@seq"], PARTIES[said["data"]["party"] - 1]) for said in there.pop(paise, [])]
        if found not in ([[(entry, name)]] if entry else [[], [(seq, name) for seq, _ in found[:1]]]):
            yield f"{name} {paise} paise in a shell, told as entry {entry}: {found}"
    yield from (f"{paise} paise: nobody was told of it, and no shell was killed" for paise in there)


def forgotten_amiss(book: Sequence[Said], log: Log) -> Iterator[str]:
    erased = Counter((said["id"], said["data"]["party"]) for said in book if said["kind"] == "detail_erased")
    for forgetting, (_, party, told) in log.forgotten.items():
        if erased.pop((forgetting, party), 0) < told:
            yield f"@{party}: told as forgotten, and is not"
    yield from (f"@{party}: forgotten, and nobody asked for it" for _, party in erased)


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
    return int(data["known_at_entry"] if "known_at_entry" in data else data["entries"])


def is_true(words: Sequence[str], data: Said, replay: Replay, last: Entry) -> bool:
    owed = replay.balances()
    if words[0] == "verify":
        total = sum(paise for paise in owed.values() if paise > 0)
        return (data["result"], data["head"], data["to_receive_paise"]) == ("unbroken", last.hash.hex(), total)
    if words[0] == "rebuild":
        return True  # it says how far, and nothing else
    if words[0] == "statement":
        lines = sorted(line["entry"] for line in data["lines"])
        return (data["closing_paise"], lines) == (owed.get(data["party"], 0), replay.lines[data["party"]])
    told = {party["party"]: party["balance_paise"] for party in data["parties"]}
    if len(words) == 1:
        return told == owed
    (party,) = told
    return bool(told[party] == owed.get(party, 0))
