"""Exported logs that somebody changed: refused with a sentence and no book made, or the same book to the byte."""

from __future__ import annotations

import json
import random  # noqa: TID251 - seeded: the same logs in each run
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khata.exporting.jsonl import BadLog, import_log, lines
from khata.log.errors import NewerBookError
from khata.rules.erasure import ForgetParty
from khata.store.sqlite.book import SqliteBook
from tests.books import Shop, in_memory
from tests.cli.conftest import Counter
from tests.hostile.naughty import ALL
from tests.hostile.screen import harmful
from tests.torture.figures import Figures


def exported() -> list[str]:
    shop = in_memory()
    shop.sell("Ramesh", 5, note="atta")
    shop.sell("Suresh", 7)
    shop.receive("Suresh", 7)
    shop.record(ForgetParty(party=shop.party("Suresh")))
    return list(lines(shop.store))


GOOD = exported()
ABSURD: list[Any] = [
    2**63,
    2**64,
    2**53,
    -1,
    0,
    0.5,
    1e308,
    True,
    None,
    "",
    "zz",
    "00",
    "\ud800",
    [],
    {},
    "[" * 99,
    10**5000,
]


def emitted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def with_another_value(given: list[str], dice: random.Random) -> list[str]:
    """A key of a detail, or of the head, made absurd, gone, or doubled."""
    place = dice.randrange(next(at for at, line in enumerate(given) if line.startswith('{"entry"')), len(given))
    value = json.loads(given[place])
    key = dice.choice([*value, "form", "x"])
    changed = {**value, key: dice.choice(ABSURD)}
    if dice.random() < 0.2:
        changed.pop(key)
    try:
        said = emitted(changed)
    except ValueError:  # a number that Python does not write either
        said = emitted({**changed, key: 0}).replace(f'"{key}":0', f'"{key}":{"9" * 5000}')
    return [*given[:place], said, *given[place + 1 :]]


def with_another_order(given: list[str], dice: random.Random) -> list[str]:
    one, other = dice.randrange(len(given)), dice.randrange(len(given))
    made = list(given)
    made[one], made[other] = made[other], made[one]
    return made if dice.random() < 0.5 else [*given[:one], *given[one + 1 :]]


def with_another_character(given: list[str], dice: random.Random) -> list[str]:
    place = dice.randrange(len(given))
    line = given[place]
    at = dice.randrange(len(line))
    put = dice.choice(["", "\0", '"', "{", "9", "\n", "\r", "\x1b", "\u202e", " "])
    return [*given[:place], line[:at] + put + line[at + dice.randrange(3) :], *given[place + 1 :]]


CHANGES: list[Callable[[list[str], random.Random], list[str]]] = [
    with_another_value,
    with_another_order,
    with_another_character,
]


def plain(line: str) -> object:
    """A body as it is; what else stands in a log may be spelt in more than one way."""
    line = line.strip("\r\n")
    if line.startswith('{"@prev":'):
        return line
    value = json.loads(line)
    return {"form": 0, **value} if "entry" in value else value


def try_bytes(folder: Path, content: bytes, number: int) -> bool:
    """Whether a log makes a book; if it does, the lines of that book are the log's."""
    path, book = folder / f"{number}.jsonl", folder / f"{number}.khata"
    path.write_bytes(content)
    try:
        import_log(path, book)
    except (BadLog, NewerBookError):
        assert not book.exists()
        return False
    store = SqliteBook(book)
    assert list(map(plain, lines(store))) == list(map(plain, filter(None, content.decode().split("\n"))))
    store.close()
    book.unlink()
    return True


def try_changes(folder: Path, count: int, seed: int) -> int:
    dice = random.Random(seed)
    made = 0
    for number in range(count):
        changed = CHANGES[number % len(CHANGES)](GOOD, dice)
        content = "".join(line + "\n" for line in changed).encode("utf-8", "surrogatepass")
        made += try_bytes(folder, content, number) and changed != GOOD
    return made


def test_a_changed_log_makes_no_other_book(tmp_path: Path) -> None:
    assert try_bytes(tmp_path, "".join(line + "\n" for line in GOOD).encode(), 0)
    assert try_changes(tmp_path, 150, seed=1) < 5


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 6))
def test_thousands_of_changed_logs_make_no_other_book(tmp_path: Path, seed: int, figures: Figures) -> None:
    made = try_changes(tmp_path, 2_000, seed)
    figures(f"2000 changed logs (seed {seed}): {made} taken, each told again as it was given")


@given(st.binary(max_size=200))
def test_any_bytes_are_no_log(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    assert not try_bytes(tmp_path_factory.getbasetemp(), content, 0)


@pytest.mark.parametrize(
    "content",
    [b"[" * 900_000, b'{"@prev":' * 90_000, b'{"entry":' + b"9" * 90_000, b"\n" * 90_000, b'{"head":' + b"[" * 90_000],
    ids=lambda content: str(content[:12]),
)
def test_absurd_logs_are_refused(tmp_path: Path, content: bytes) -> None:
    assert not try_bytes(tmp_path, content, 0)
    assert not try_bytes(tmp_path, (GOOD[0] + "\n").encode() + content, 1)


@pytest.mark.parametrize("form", [2**63, 2**64, 2**53, -1])
def test_a_form_that_no_file_can_hold_is_refused(tmp_path: Path, form: int) -> None:
    at = next(at for at, line in enumerate(GOOD) if line.startswith('{"entry"'))
    said = emitted({**json.loads(GOOD[at]), "body": "00", "form": form})
    assert not try_bytes(tmp_path, "\n".join([*GOOD[:at], said, *GOOD[at + 1 :]]).encode(), 0)


def test_a_refused_log_is_told_harmlessly(khata: Counter) -> None:
    for number, text in enumerate(ALL[::25]):
        path = khata.home / f"{number}.jsonl"
        path.write_bytes("".join(line + "\n" for line in (*GOOD[:3], text, *GOOD[3:])).encode("utf-8", "surrogatepass"))
        answer = khata("import-log", str(path), f"--book={khata.home}/{number}.khata")
        assert answer.code == 2, (text, answer)
        assert harmful(answer.err) == []


def test_a_shop_of_these_lines_is_whole(tmp_path: Path) -> None:
    """The control: a log that is not checked would pass; what is checked is the very bytes."""
    shop: Shop = in_memory()
    assert list(lines(shop.store)) != GOOD
    with pytest.raises(AssertionError):
        assert try_bytes(tmp_path, "\n".join([*GOOD[:-1], GOOD[-1].replace("0", "1")]).encode(), 1)
