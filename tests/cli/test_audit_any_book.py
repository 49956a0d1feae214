"""The audits of generated books, held against the plainest reading of their exported entries."""

from __future__ import annotations

import csv
import random  # noqa: TID251 - seeded: the same choices in each run
import re
from calendar import isleap
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.cli.batches import send
from tests.cli.conftest import Counter

LIMIT_PAISE = 2_00_000_00
PEOPLE = ("Asha", "Bala", "Chand", "Dev")
DAYS = (
    *("2017-03-31", "2017-04-01", "2020-02-29", "2023-02-27", "2023-02-28", "2023-03-01", "2023-11-22", "2024-02-29"),
    *("2025-05-20", "2025-05-21", "2026-02-27", "2026-03-31", "2026-04-01", "2026-04-02", "2026-11-21", "2026-11-22"),
)
RUPEES = ("1", "99999.99", "100000", "100000", "150000", "199999.99", "200000", "200000.01", "350000")


class Fact(NamedTuple):
    """An exported entry; amounts in paise. `debit` is what the person is to pay after what was paid at once."""

    entry: int
    on: str
    what: str
    who: int | None
    debit: int
    credit: int
    cash: int
    money: int
    ref: str
    reverses: int | None


def filled(khata: Counter, seed: int) -> int:
    """Fill a book; the entry from which on Asha and Bala are known to be one."""
    chance = random.Random(seed)
    assert khata("init", "Any").code == 0
    for name in PEOPLE:
        assert khata("party", "add", name).code == 0
    joined = 0
    for turn in range(3):
        lines = ["date,type,party,amount,mode,paid,ref", *_rows(chance, turn)]
        path = khata.home / f"rows{turn}.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        answer = khata("import", str(path), "--same-rows", "record", "--json")
        assert answer.code == 0, answer.out
        last = khata("status", "--json").data["entries"]
        taken = chance.sample(range(last - 40, last + 1), 12)
        for entry in taken[:8]:
            day = chance.choice(DAYS)
            send(khata, f"reverse {entry} --on {day}" if chance.random() < 0.5 else f"reverse {entry}")
        for entry in taken[8:]:
            send(
                khata,
                f"correct {entry} {chance.choice(RUPEES)}",
                f"correct {entry} --ref B{chance.randrange(24 * turn + 1)}",
            )
        for _ in range(6):  # what is left is kasar: refused where nothing is
            who, rupees, day = chance.choice(PEOPLE), chance.choice(RUPEES), chance.choice(DAYS)
            said = {"command": "receive", "party": who, "amount": rupees, "on": day, "full": True, "agreed": True}
            send(khata, said)
        if turn == 1:
            assert khata("party", "merge", "Asha", "Bala").code == 0
            joined = khata("status", "--json").data["entries"]
    return joined


def _rows(chance: random.Random, turn: int) -> Iterator[str]:
    number, last = turn * 24, turn * 24 + 23
    for _ in range(45):
        on, who, rupees = chance.choice(DAYS), chance.choice(PEOPLE), chance.choice(RUPEES)
        what = chance.choice(
            ("sale", "sale", "sale", "receive", "receive", "receive", "return", "refund", "discount", "opening")
        )
        ref = ""
        if number < last and chance.random() < (0.9 if what == "sale" else 0.1):
            number += chance.choice((1, 1, 1, 2))
            ref = f"B{number:0{chance.choice((1, 1, 3))}}"
        mode = paid = ""
        if what == "sale":
            who = chance.choice((who, who, who, "counter"))
            mode = chance.choice(("cash", "upi") if who == "counter" else ("cash", "credit", "credit"))
            if mode == "credit" and chance.random() < 0.3:
                mode, paid = "", "0.50:cash 0.25:upi"
        elif what in ("receive", "refund"):
            mode = chance.choice(("cash", "cash", "upi"))
        yield f"{on},{what},{who},{rupees},{mode},{paid},{ref}"


def facts_of(khata: Counter) -> list[Fact]:
    """What stands in the book, as `export` tells it."""
    found: dict[int, Fact] = {}
    answer = khata("export", "--format", "csv")
    for row in csv.DictReader(StringIO(answer.out)):
        entry, amount = int(row["entry"]), _paise(row["amount"])
        who = int(row["party_number"]) if row["party_number"] else None
        if row["reverses"]:
            old = found[int(row["reverses"])]
            fact = Fact(entry, row["date"], "reverse", who, old.credit, old.debit, 0, 0, "", old.entry)
        else:
            by_mode = {row["mode"]: amount} if row["mode"] in ("cash", "upi") else {}
            by_mode |= {mode: _paise(part) for part, _, mode in (each.partition(":") for each in row["paid"].split())}
            money, cash = sum(by_mode.values()), by_mode.get("cash", 0)
            debit, credit = {
                "sale": (amount - money, 0),
                "return": (0, amount - money),
                "receive": (0, amount + _paise(row["discount"] or "0.00")),
                "refund": (amount, 0),
                "discount": (0, amount),
                "opening": (amount, 0),
            }[row["type"]]
            came_in = row["type"] in ("sale", "receive")
            into = (cash, money) if came_in else (0, 0)
            fact = Fact(entry, row["date"], row["type"], who, debit, credit, *into, row["ref"], None)
        found[entry] = fact
    return list(found.values())


def _paise(rupees: str) -> int:
    return int(rupees.replace(".", ""))


class Book(NamedTuple):
    """The facts at a cut, without the pairs that cancel each other there; all of a person under one number."""

    standing: list[Fact]
    every: list[Fact]
    cancelled: set[int]
    whole: Callable[[Fact], int]


def at(facts: list[Fact], as_on: str, known: int, joined: int) -> Book:
    seen = [fact for fact in facts if fact.on <= as_on and fact.entry <= known]
    if known >= joined:
        seen = [fact._replace(who=1) if fact.who == 2 else fact for fact in seen]
    here = {fact.entry for fact in seen}
    gone = {each for fact in seen if fact.reverses in here for each in (fact.entry, fact.reverses) if each}
    amounts = {fact.entry: fact.debit + fact.money for fact in seen}
    return Book([fact for fact in seen if fact.entry not in gone], seen, gone, lambda fact: amounts[fact.entry])


def overlaps(book: Book, who: int) -> Iterator[tuple[Fact, int, list[tuple[Fact, int, int]]]]:
    """Each debit, what of it is open, and what settled it: debits and payments laid along one line of paise."""
    own = sorted((fact for fact in book.standing if fact.who == who), key=lambda fact: (fact.on, fact.entry))
    paid, place = [], 0
    for fact in own:
        if fact.credit:
            paid.append((fact, place, place + fact.credit))
            place += fact.credit
    start = 0
    for fact in own:
        if fact.debit:
            end = start + fact.debit
            parts = [
                (by, max(low, start) - low, min(high, end) - low)
                for by, low, high in paid
                if low < end and high > start
            ]
            yield fact, fact.debit - sum(last - first for _, first, last in parts), parts
            start = end


def _sum(cash: list[tuple[str, int, int]]) -> int:
    return sum(paise for _, _, paise in cash)


def cash_expected(book: Book, first: str, last: str) -> list[tuple[Any, ...]]:
    first = max(first, "2017-04-01")
    found: list[tuple[Any, ...]] = []
    by_day: defaultdict[tuple[int, str], list[Fact]] = defaultdict(list)
    for fact in book.standing:
        if fact.cash and fact.who is None and fact.cash >= LIMIT_PAISE:
            found.append((fact.on, None, "day", None, fact.cash, [fact.entry]))
        elif fact.cash and fact.who is not None:
            by_day[fact.who, fact.on].append(fact)
    for (who, on), facts in by_day.items():
        if (paise := sum(fact.cash for fact in facts)) >= LIMIT_PAISE:
            found.append((on, who, "day", None, paise, sorted(fact.entry for fact in facts)))
    for who in {fact.who for fact in book.standing if fact.who}:
        for fact, _, parts in overlaps(book, who):
            if fact.what != "sale" or book.whole(fact) < LIMIT_PAISE:
                continue
            came = [(fact, fact.cash)] + [(by, min(end, by.cash) - start) for by, start, end in parts]
            cash = sorted([(by.on, by.entry, paise) for by, paise in came if paise > 0 and by.on >= "2017-04-01"])
            days, whole = {on for on, _, _ in cash}, sum(paise for _, _, paise in cash)
            if whole >= LIMIT_PAISE and len(days) > 1:
                reached = (on for place, (on, _, _) in enumerate(cash, 1) if _sum(cash[:place]) >= LIMIT_PAISE)
                found.append((next(reached), who, "bill", fact.entry, whole, [entry for _, entry, _ in cash]))
    kept = [line for line in found if first <= line[0] <= last]
    return sorted(kept, key=lambda line: (line[0], line[1] or 0, line[2], line[5]))


def _ends(day: str) -> str:
    start = date.fromisoformat(day)
    year = start.year + 3
    if start.month == 2 and start.day == 29 and not isleap(year):
        return f"{year}-02-28"
    return start.replace(year=year).isoformat()


def old_expected(book: Book, as_on: str, within: int) -> list[tuple[Any, ...]]:
    found = []
    limit = (date.fromisoformat(as_on) + timedelta(within)).isoformat()
    for who in {fact.who for fact in book.standing if fact.who}:
        unpaid = [(fact, left, parts) for fact, left, parts in overlaps(book, who) if left]
        times = []
        for fact, left, parts in unpaid:
            ends = _ends(fact.on)
            for by, start, _ in parts:
                if start < by.money and fact.on < by.on <= ends:
                    ends = max(ends, _ends(by.on))
            times.append((ends, left))
        soon = [(ends, left) for ends, left in times if ends <= limit]
        if soon:
            ends = min(soon)[0]
            days = (date.fromisoformat(ends) - date.fromisoformat(as_on)).days
            received = [
                fact.on for fact in book.every if fact.who == who and fact.money and fact.entry not in book.cancelled
            ]
            due = sum(left for _, left in soon)
            found.append((ends, -due, who, unpaid[0][0].on, max(received, default=None), days))
    return sorted(found, key=lambda line: line[:3])


def numbers_expected(book: Book) -> list[tuple[Any, ...]]:
    groups: defaultdict[str, list[Fact]] = defaultdict(list)
    for fact in book.every:
        if re.fullmatch("B[0-9]{1,9}", fact.ref):
            groups[fact.what].append(fact)
    found = []
    for what, facts in groups.items():
        there = sorted({int(fact.ref[1:]) for fact in facts})
        borders = [0, *(place for place, (one, other) in enumerate(pairwise(there), 1) if other > one + 50), len(there)]
        for start, end in pairwise(borders):
            mine = there[start:end]
            if len(mine) < 3 or len(mine) * 2 < mine[-1] - mine[0] + 1:
                continue
            by_number = {number: [fact for fact in facts if int(fact.ref[1:]) == number] for number in mine}
            stand = {
                number: [fact.entry for fact in having if fact.entry not in book.cancelled]
                for number, having in by_number.items()
            }
            found.append(
                (
                    what,
                    len(mine),
                    [number for number in range(mine[0], mine[-1]) if number not in by_number],
                    [entries for entries in stand.values() if len(entries) > 1],
                    [by_number[number][-1].entry for number, entries in stand.items() if not entries],
                )
            )
    return sorted(found, key=str)


KINDS = {
    "sale_recorded": "sale",
    "payment_received": "receive",
    "goods_returned": "return",
    "money_refunded": "refund",
    "discount_allowed": "discount",
    "opening_recorded": "opening",
}


@pytest.mark.wide
@pytest.mark.parametrize("seed", range(6))
def test_given_any_book_each_audit_says_what_its_entries_say(tmp_path: Path, seed: int) -> None:
    khata = Counter(tmp_path)
    joined = filled(khata, seed)
    facts, chance = facts_of(khata), random.Random(seed)
    last = khata("status", "--json").data["entries"]
    told = [0, 0, 0]
    for known in (last, joined - 1, *(chance.randrange(10, last) for _ in range(3))):
        for as_on in ("2026-11-22", *chance.sample(DAYS, 2)):
            book = at(facts, as_on, known, joined)
            clocks = ("--as-on", as_on, "--known-at", str(known), "--json")
            first, until = sorted(chance.sample(DAYS, 2))
            for begin, end in (("", as_on), (first, min(until, as_on))):
                words = ["--from", begin, "--to", until] if begin else []
                if begin > as_on:
                    assert khata("audit", "cash", *words, *clocks).refused == "period_to_come"
                    continue
                lines = khata("audit", "cash", *words, *clocks).data["lines"]
                keys = ("on", "party", "why", "bill", "cash_paise", "entries")
                expected = cash_expected(book, begin, end)
                assert [tuple(line[key] for key in keys) for line in lines] == expected
                told[0] += len(lines)
            within = chance.choice((0, 1, 180, 1100, 99999))
            lines = khata("audit", "old", "--within", str(within), *clocks).data["lines"]
            assert [
                (
                    line["lapses_on"],
                    -line["due_paise"],
                    line["party"],
                    line["oldest_on"],
                    line["last_received_on"],
                    line["days_left"],
                )
                for line in lines
            ] == old_expected(book, as_on, within)
            told[1] += len(lines)
            lines = khata("audit", "numbers", *clocks).data["lines"]
            found = [
                (
                    KINDS[line["kind"]],
                    line["count"],
                    [int(ref[1:]) for ref in line["missing"]],
                    [each["entries"] for each in line["doubles"]],
                    [each["entry"] for each in line["cancelled"]],
                )
                for line in lines
            ]
            assert sorted(found, key=str) == numbers_expected(book)
            told[2] += len(lines)
    assert all(told), told
