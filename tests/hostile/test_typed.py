"""Every naughty string typed in every place: recorded and told exactly, or refused with a sentence and nothing done."""

from __future__ import annotations

import re
from collections import Counter as Counted
from collections.abc import Callable, Iterator

import pytest

from khata.api.naming import is_counter, number_of
from khata.names import exact_key
from khata.render import text as shown
from tests.cli.conftest import Answer, Counter
from tests.hostile.naughty import ALL, kept
from tests.hostile.screen import harmful
from tests.torture.figures import Figures

Line = Callable[[str], list[str]]
"""From what is typed to the words of a command."""

COME_BACK: dict[str, tuple[Line, str]] = {
    "name": (lambda s: ["sale", "--new", "--", s, "450"], "name"),
    "rename": (lambda s: ["party", "rename", "@1", f"--to={s}"], "name"),
    "added": (lambda s: ["party", "add", "--", s], "name"),
    "alias": (lambda s: ["party", "alias", "@1", f"--add={s}"], "aliases"),
    "address": (lambda s: ["party", "rename", "@1", f"--address={s}"], "address"),
    "note": (lambda s: ["sale", "@1", "5", f"--note={s}"], "note"),
    "ref": (lambda s: ["sale", "@1", "5", f"--ref={s}"], "ref"),
    "reason": (lambda s: ["write-off", "@1", "5", f"--reason={s}"], "note"),
    "item": (lambda s: ["sale", "@1", "5", f"--item={s} = 5"], "items"),
    "counter": (lambda s: [f"--by={s}", "sale", "@1", "5"], "by_name"),
    "shop": (lambda s: ["init", "--another", "--", s], "shop"),
}
"""Places whose text is stored, and the key under which it is told."""

OTHERS: dict[str, Line] = {
    "phone": lambda s: ["party", "rename", "@1", f"--phone={s}"],
    "gstin": lambda s: ["init", "Second", "--another", f"--gstin={s}"],
    "upi": lambda s: ["init", "Second", "--another", f"--upi={s}"],
    "state": lambda s: ["init", "Second", "--another", f"--state={s}"],
    "amount": lambda s: ["sale", "--", "@1", s],
    "large": lambda s: ["receive", "--large", "--", "@1", s],
    "alone": lambda s: ["sale", "--", s],
    "day": lambda s: ["sale", "@1", "5", f"--on={s}"],
    "as on": lambda s: ["balance", f"--as-on={s}"],
    "known at": lambda s: ["balance", f"--known-at={s}"],
    "from": lambda s: ["statement", "@1", f"--from={s}"],
    "to": lambda s: ["daybook", f"--to={s}"],
    "entry": lambda s: ["show", "--", s],
    "reversed": lambda s: ["reverse", "--yes", "--", s],
    "log from": lambda s: ["log", f"--from={s}"],
    "mode": lambda s: ["receive", "@1", "5", f"--mode={s}"],
    "paid": lambda s: ["sale", "@1", "5", f"--paid={s}"],
    "bill line": lambda s: ["sale", "@1", "5", f"--item={s}"],
    "asked": lambda s: ["balance", "--", s],
    "asked of": lambda s: ["log", f"--party={s}"],
    "format": lambda s: ["export", f"--format={s}"],
    "language": lambda s: ["balance", f"--lang={s}"],
    "event id": lambda s: ["sale", "@1", "5", f"--event-id={s}"],
    "days": lambda s: ["dues", f"--over={s}"],
    "keep": lambda s: ["backup", f"--keep={s}"],
    "shell": lambda s: ["completion", "--", s],
    "choice": lambda s: ["import", "x.csv", f"--new-parties={s}"],
    "command": lambda s: [s, "@1", "5"],
    "second command": lambda s: ["party", s],
    "option": lambda s: ["balance", f"--{s}"],
    "short option": lambda s: ["balance", f"-{s}"],
    "too many": lambda s: ["use", "--", "x.khata", s],
    "flag's value": lambda s: ["balance", f"--all={s}"],
    "clock": lambda s: ["clock", "fix", f"--reason={s}"],
}
"""Places whose text is read into a value, or refused."""

PATHS: dict[str, Line] = {
    "book": lambda s: ["balance", f"--book={s}"],
    "used": lambda s: ["use", "--", s],
    "imported": lambda s: ["import", "--", s],
    "log": lambda s: ["import-log", "--book=out/new.khata", "--", s],
    "against": lambda s: ["verify", f"--against={s}"],
    "written": lambda s: ["export", f"--output=out/{s}"],
    "statement": lambda s: ["statement", "@1", f"--output=out/{s}"],
    "backup": lambda s: ["backup", "--", f"out/{s}"],
    "new book": lambda s: ["init", "Second", f"--book=out/{s}"],
    "where": lambda s: ["where", f"--book={s}"],
}
"""Paths. What is written goes into a folder of its own."""


def typable(text: str) -> bool:
    """Whether a shell can hand it over."""
    return "\0" not in text and not re.search("[\ud800-\udc7f\udd00-\udfff]", text)


def stays_here(text: str) -> bool:
    """Whether a path leads nowhere else."""
    return ".." not in text and not text.startswith(("/", "~root"))


def dealt(place: int, places: int, *, whole: bool) -> Iterator[tuple[int, str]]:
    """The strings for one place: all of them, or its share, so that each is typed somewhere."""
    for number, text in enumerate(ALL):
        if typable(text) and (whole or (number + place) % places == 0):
            yield number, text


def type_in(counter: Counter, number: int, words: list[str], codes: set[int]) -> Answer:
    """Type it, in one of two languages, at a terminal or into a pipe; what is printed can do no harm."""
    terminal = number % 2 == 0
    answer = counter(*words, terminal=terminal, environ={"KHATA_LANG": "hi" if number % 4 < 2 else "en"})
    assert answer.code in codes, (words, answer.code, answer.err)
    assert answer.err.strip() or not answer.code, words
    assert "Traceback" not in answer.err
    assert harmful(answer.out, terminal=terminal) == [], (words, answer.out)
    assert harmful(answer.err) == [], (words, answer.err)
    return answer


def entries(counter: Counter) -> int:
    count = counter("status", "--json").data["entries"]
    assert isinstance(count, int)
    return count


def told(counter: Counter, place: str) -> list[str]:
    """What a place holds now, as a script is told."""
    if place == "shop":
        return [counter("status", "--json").envelope["shop"]]
    last = counter("log", "--json").data["lines"][-1]
    key = COME_BACK[place][1]
    if last["kind"].startswith("party_") or place == "name":
        party = counter("party", "show", f"@{last['party']}", "--json").data
        return list(party["aliases"]) if key == "aliases" else [party[key]]
    return [item["name"] for item in last["items"]] if key == "items" else [last[key]]


def try_stored(counter: Counter, place: str, number: int, text: str) -> int:
    before = entries(counter)
    answer = type_in(counter, number, COME_BACK[place][0](text), {0, 2})
    if answer.code:
        assert answer.out == ""
        assert entries(counter) == before
    elif not text and place == "note":
        assert told(counter, place) == [None]  # `--note ""` is none
    else:
        assert place == "shop" or entries(counter) > before
        # `@1` is whoever has that number, and `nakad` is nobody in particular.
        is_no_name = place == "name" and (number_of(text) is not None or is_counter(text))
        assert is_no_name or exact_key(text) in map(exact_key, told(counter, place))
        if place not in {"name", "counter"}:  # these find whoever is called so in another form
            assert kept(text) in told(counter, place)
    return answer.code


SAMPLE = list(enumerate(COME_BACK))
SAMPLE_OTHERS = list(enumerate([*OTHERS, *PATHS]))


@pytest.mark.parametrize(("place", "name"), SAMPLE, ids=list(COME_BACK))
def test_what_is_stored_comes_back_exactly(counter: Counter, place: int, name: str) -> None:
    codes = [try_stored(counter, name, number, text) for number, text in dealt(place, 4 * len(SAMPLE), whole=False)]
    assert len(codes) > 5


@pytest.mark.parametrize(("place", "name"), SAMPLE_OTHERS, ids=[name for _, name in SAMPLE_OTHERS])
def test_what_is_read_or_refused_is_told_harmlessly(counter: Counter, place: int, name: str) -> None:
    count = 0
    for number, text in dealt(place, 2 * len(SAMPLE_OTHERS), whole=False):
        try_read(counter, name, number, text)
        count += 1
    assert count > 3


def try_read(counter: Counter, name: str, number: int, text: str) -> None:
    if name in PATHS:
        if stays_here(text):
            type_in(counter, number, PATHS[name](text), {0, 1, 2, 5})
        return
    before = entries(counter)
    answer = type_in(counter, number, OTHERS[name](text), {0, 2})
    if answer.code:
        assert answer.out == ""
        assert entries(counter) == before


@pytest.mark.slow
@pytest.mark.parametrize("name", COME_BACK)
def test_every_string_in_every_place_that_is_stored(counter: Counter, name: str, figures: Figures) -> None:
    codes = Counted(try_stored(counter, name, number, text) for number, text in dealt(0, 1, whole=True))
    figures(f"naughty strings as {name}: {codes[0]} taken and told exactly, {codes[2]} refused")


@pytest.mark.slow
@pytest.mark.parametrize("name", [*OTHERS, *PATHS])
def test_every_string_in_every_place_that_is_read(counter: Counter, name: str) -> None:
    for number, text in dealt(0, 1, whole=True):
        try_read(counter, name, number, text)


def test_without_the_guard_the_screen_is_steered(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: with `visible` taken out, the judge sees it."""
    monkeypatch.setattr(shown, "visible", lambda text: text)
    assert harmful(counter("sale\x1b[2J").err) == ["U+001B"]
