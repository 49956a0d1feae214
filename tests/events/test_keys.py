"""Keys that are not listed, at every place where an object stands: malformed, ignored, or the mark of a newer khata."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from khata.events import codec
from khata.events.base import Event, MalformedError, Unknown
from khata.events.fields import fields_of
from khata.events.registry import KINDS
from tests.reading import key_by_key

Json = dict[str, Any]

SALE: Json = {
    "@prev": "ab" * 32,
    "@seq": 7,
    "@v": 1,
    "at": "2026-11-22T04:30:00.000000Z",
    "by": "c0ffee00",
    "data": {
        "amount_paise": 45000,
        "import": {"entry": 2, "row": 9},
        "lines": [{"amount_paise": 45000, "quantity_milli": 1500}],
        "paid": [{"amount_paise": 1, "mode": "cash"}, {"amount_paise": 2, "mode": "upi"}],
        "party": 1,
    },
    "id": "cd" * 16,
    "kind": "sale_recorded",
    "on": "2026-11-22",
    "v": 1,
}
OPENED: Json = SALE | {
    "kind": "book_opened",
    "data": {
        "book": "a5" * 16,
        "continues": {"book": "a6" * 16, "head": "ab" * 32, "size": 9},
        "counter": "c0ffee00",
        "currency": "INR",
        "lang": "en",
        "min_reader": 1,
        "min_writer": 1,
        "shop": "Sharma",
        "state": "MH",
        "zone": "+05:30",
    },
}
PLACES: dict[str, tuple[Json, tuple[str | int, ...]]] = {
    "the envelope": (SALE, ()),
    "data": (SALE, ("data",)),
    "where it was imported from": (SALE, ("data", "import")),
    "a part paid": (SALE, ("data", "paid", 1)),
    "an item": (SALE, ("data", "lines", 0)),
    "what it goes on from": (OPENED, ("data", "continues")),
}


def with_keys(where: str, **more: Any) -> bytes:
    """A good body with more keys in one of its objects."""
    body, path = PLACES[where]
    value = copy.deepcopy(body)
    inner = value
    for step in path:
        inner = inner[step]  # type: ignore[index]
    inner.update(more)
    return emitted(value)


def emitted(value: Json) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def judged(body: bytes) -> str:
    """The code of what is malformed, `unknown` or `known`: the same by every way of reading."""
    found = set()
    for read in (codec.read, key_by_key):
        try:
            found.add("unknown" if isinstance(read(body).event, Unknown) else "known")
        except MalformedError as e:
            found.add(e.code)
    (one,) = found
    return one


@pytest.mark.parametrize("where", PLACES)
def test_a_key_of_a_plugin_is_ignored_and_any_other_is_of_later(where: str) -> None:
    assert judged(with_keys(where)) == "known"
    assert judged(with_keys(where, x_a=1, x_b={"c": [True, "d"]})) == "known"
    assert judged(with_keys(where, fee=1)) == "unknown"
    assert judged(with_keys(where, fee=1, x_a=1)) == "unknown", "a plugin's key beside it makes it no better known"


@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("key", ["é", "x_é", "शुल्क"])
def test_a_key_that_is_not_ascii_is_malformed_however_deep(where: str, key: str) -> None:
    assert judged(with_keys(where, **{key: 1})) == "key_not_ascii"
    assert judged(with_keys(where, **{key: 1, "fee": 1})) == "key_not_ascii"
    for outer in ("x_a", "fee"):
        assert judged(with_keys(where, **{outer: {key: 1}})) == "key_not_ascii"
        assert judged(with_keys(where, **{outer: [{"b": {key: 1}}]})) == "key_not_ascii"


@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize(
    ("held", "code"),
    [
        (None, "not_in_the_subset"),
        (1.5, "not_in_the_subset"),
        (2**53, "too_large_a_number"),
        (-(2**53), "too_large_a_number"),
    ],
    ids=str,
)
def test_what_stands_under_a_key_that_is_not_known_keeps_to_the_subset(where: str, held: object, code: str) -> None:
    for outer in ("x_a", "fee"):
        assert judged(with_keys(where, **{outer: held})) == code
        assert judged(with_keys(where, **{outer: [{"b": held}]})) == code


@pytest.mark.parametrize("where", PLACES)
def test_nesting_is_counted_from_the_body_wherever_it_is_deep(where: str) -> None:
    """Eight levels of objects and lists, of which the body is the first."""
    free = 8 - 1 - len(PLACES[where][1])
    for outer in ("x_a", "fee"):
        assert judged(with_keys(where, **{outer: nested(free)})) in {"known", "unknown"}
        assert judged(with_keys(where, **{outer: nested(free + 1)})) == "too_deep"


def nested(levels: int) -> object:
    return [nested(levels - 1)] if levels > 1 else []


def test_of_several_that_are_missing_the_first_is_named() -> None:
    with pytest.raises(MalformedError) as missing:
        codec.read(emitted({name: value for name, value in SALE.items() if name not in ("id", "kind", "v")}))
    assert (missing.value.code, missing.value.key) == ("missing_key", "id")


def needed(event: type[Event]) -> list[str]:
    return [key for key, field in fields_of(event).items() if field.required]


@pytest.mark.parametrize("key", sorted(SALE))
def test_a_key_that_is_missing_is_named(key: str) -> None:
    with pytest.raises(MalformedError) as missing:
        codec.read(emitted({name: value for name, value in SALE.items() if name != key}))
    assert (missing.value.code, missing.value.key) == ("missing_key", key)


@pytest.mark.parametrize(("kind", "v"), [name for name, event in sorted(KINDS.items()) if needed(event)])
def test_a_key_that_is_missing_in_what_happened_is_named(kind: str, v: int) -> None:
    with pytest.raises(MalformedError) as missing:
        codec.read(emitted(SALE | {"kind": kind, "v": v, "data": {}}))
    assert (missing.value.code, missing.value.key) == ("missing_key", min(needed(KINDS[kind, v])))


@pytest.mark.parametrize("state", ["mh", "M", "MAHARASH", "M H", "MH\n", "म", "", 27, ["MH"]])
def test_a_state_is_two_to_six_capital_letters(state: object) -> None:
    assert judged(emitted(OPENED)) == "known"
    assert judged(emitted(OPENED | {"data": OPENED["data"] | {"state": state}})) == "bad_state"
