"""khata held against the format: vectors made by hand, golden bytes kept for ever, and another library's JSON."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from khata.events import codec
from khata.events.base import MalformedError, Recorded, Unknown
from khata.events.money import Paid, SaleRecorded
from khata.events.registry import KINDS
from khata.events.shapes import emit
from khata.log.book import Detail
from khata.log.chain import EMPTY, Entry, Head, broken, leaf, seal, sealed
from khata.store.sqlite.create import create
from khata.units import At, Day, Paise, Party, Seq
from khata.verifying.verify import verify
from tests.books import balances_in
from tests.reading import canonical, emitted, key_by_key, read_by_type, read_together

HERE = Path(__file__).parent
FILES = sorted((HERE / "vectors").glob("*.json"))
FROZEN = HERE / "frozen"

Json = dict[str, Any]


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def vectors(request: pytest.FixtureRequest) -> Json:
    """One file of vectors after the other."""
    value: Json = json.loads(request.param.read_text(encoding="utf-8"))
    return value


def entries_of(vectors: Json) -> list[Entry]:
    return [Entry(row["seq"], row["body"].encode(), bytes.fromhex(row["hash"])) for row in vectors["events"]]


def details_of(vectors: Json, first: int = 0) -> list[Detail]:
    """The details that the whole book has, or those that its first entries had, before any erasure."""
    keys = [key for key in vectors if key.startswith("details")] if first else ["details"]
    rows = [row for key in keys for row in vectors[key] if not first or row["entry"] <= first]
    return [Detail(row["entry"], bytes.fromhex(row["salt"]), row["body"].encode()) for row in rows]


def in_place_of_the_fifth(vectors: Json, body: bytes) -> list[Entry]:
    """The first five entries, the fifth with another body and the hash that goes with it."""
    return [*entries_of(vectors)[:4], Entry(Seq(5), body, leaf(body))]


def impossible(sound: bytes) -> Iterator[bytes]:
    before, amount, after = re.split(rb'("amount_paise":)\d+', sound, maxsplit=1)
    for bad in (b"1" * 5000, b"[" * 60000, b'"\xed\xa0\x80"'):
        yield before + amount + bad + after


def test_a_stranger_reads_the_vectors_without_khata() -> None:
    done = subprocess.run(
        [sys.executable, "-I", HERE / "vectors" / "read_vectors.py"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("every statement") == len(FILES) >= 2


def test_every_entry_is_read_and_written_again_to_the_same_bytes(vectors: Json) -> None:
    before = EMPTY
    for entry in entries_of(vectors):
        assert broken(entry, before) is None
        recorded = codec.read(entry.body)
        assert not isinstance(recorded.event, Unknown)
        if b'"x_' not in entry.body:  # a plugin's keys are kept in the book, not in the event
            assert seal(codec.encode(recorded, before.hash.hex()), before) == entry
        before = Head(entry.seq, entry.hash)


def test_many_at_once_are_sealed_as_one_by_one(vectors: Json) -> None:
    entries = entries_of(vectors)
    bodies = [entry.body.replace(json.loads(entry.body)["@prev"].encode(), b"0" * 64, 1) for entry in entries]
    assert sealed(bodies, EMPTY) == entries
    assert sealed(bodies[2:], Head(entries[1].seq, entries[1].hash)) == entries[2:]
    assert sealed([], EMPTY) == []


def test_a_body_of_another_place_is_not_sealed(vectors: Json) -> None:
    body = entries_of(vectors)[0].body
    for wrong in (body.replace(b'"@seq":1', b'"@seq":2'), body.replace(b"0", b"1", 1), b" " + body, b""):
        with pytest.raises(ValueError, match="another place"):
            sealed([wrong], EMPTY)


def test_many_at_once_are_read_as_one_by_one(vectors: Json) -> None:
    bodies = [entry.body for entry in entries_of(vectors)]
    assert read_together(bodies) == list(map(key_by_key, bodies))
    assert read_by_type(bodies) == [b'"x_' not in body for body in bodies]


def test_details_are_what_was_committed_to(vectors: Json) -> None:
    rows = [row for key, rows in vectors.items() if key.startswith("details") for row in rows]
    for row in rows:
        body = row["body"].encode()
        assert codec.commitment(bytes.fromhex(row["salt"]), body) == row["commitment"]
        assert codec.detail_body(json.loads(body)) == body
        assert codec.read(entries_of(vectors)[row["entry"] - 1].body).event.detail == row["commitment"]


def test_what_must_be_refused_is(vectors: Json, tmp_path: Path) -> None:
    sound = vectors["events"][4]["body"].encode()
    bodies = [row["body"].encode() for row in vectors["must_be_refused_in_the_place_of_entry_5"]]
    for number, body in enumerate([*bodies, *impossible(sound)]):
        refused = False
        try:
            codec.read(body)
        except MalformedError:
            refused = True
        wrong_place = broken(Entry(Seq(5), body, leaf(body)), Head(Seq(4), entries_of(vectors)[3].hash)) is not None
        path = tmp_path / f"{number}.khata"
        create(path, in_place_of_the_fifth(vectors, body), details_of(vectors, 4))
        verdict = verify(path)
        assert refused or wrong_place or ("chain", 5, "clock_not_behind") in verdict.faults, body
        assert verdict.result == "broken", body
        assert verdict.first_bad_entry in {4, 5}, body


def test_what_is_of_later_holds_and_is_not_understood(vectors: Json, tmp_path: Path) -> None:
    for number, row in enumerate(vectors["hashes_hold_meaning_unknown"]):
        body = row["body"].encode()
        assert isinstance(codec.read(body).event, Unknown), row
        path = tmp_path / f"{number}.khata"
        create(path, in_place_of_the_fifth(vectors, body), details_of(vectors, 4))
        verdict = verify(path)
        assert (verdict.result, verdict.unknown, verdict.to_receive_paise) == ("incomplete", 1, None), row
        assert dict(verdict.checks)["chain"] == "ok"
        assert dict(verdict.checks)["replay"] == "not_checked"


def test_the_book_of_the_vectors_verifies_and_has_their_balances(vectors: Json, tmp_path: Path) -> None:
    from khata.store.sqlite.book import SqliteBook
    from khata.views.cache import Cache
    from khata.views.catch_up import catch_up

    path = tmp_path / "vectors.khata"
    create(path, entries_of(vectors), details_of(vectors))
    cache = Cache(tmp_path / "cache.sqlite")
    catch_up(SqliteBook(path), cache)
    verdict = verify(path, cache.path)
    assert (verdict.result, verdict.faults) == ("unbroken", ())
    assert verdict.compared_upto == verdict.entries == len(vectors["events"])
    balances = next(
        each["balance_paise"]
        for each in vectors["questions"]
        if each["known_at"] is None and each["as_on"] >= max(json.loads(row["body"])["on"] for row in vectors["events"])
    )
    assert {int(party): paise for party, paise in balances.items() if paise} == balances_in(cache)
    assert verdict.to_receive_paise == sum(paise for paise in balances.values() if paise > 0)
    assert verdict.to_give_paise == -sum(paise for paise in balances.values() if paise < 0)


@pytest.mark.parametrize(("kind", "v"), sorted(KINDS))
def test_every_kind_has_a_golden_event_that_is_read_for_ever(kind: str, v: int) -> None:
    body = (FROZEN / f"{kind}-{v}.json").read_bytes()
    envelope = codec.canonical(body)
    recorded = codec.decode(envelope)
    assert (envelope["kind"], envelope["v"]) == (kind, v)
    assert type(recorded.event) is KINDS[kind, v]
    again = json.loads(codec.encode(recorded, envelope["@prev"]))
    plugins = {key: value for key, value in envelope["data"].items() if key.startswith("x_")}
    again["data"] |= plugins
    assert emit(again) == body


def test_every_golden_event_is_of_a_kind_that_is_still_read() -> None:
    assert {path.stem for path in FROZEN.iterdir()} == {f"{kind}-{v}" for kind, v in KINDS}


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_LEAF = st.one_of(st.integers(-(2**53) + 1, 2**53 - 1), _TEXT, st.booleans())
_KEY = st.text(st.characters(min_codepoint=0, max_codepoint=127), max_size=8)
_VALUE = st.recursive(
    _LEAF, lambda held: st.one_of(st.lists(held, max_size=4), st.dictionaries(_KEY, held, max_size=4)), max_leaves=12
)


@settings(deadline=None)
@given(st.dictionaries(_KEY, _VALUE, max_size=6))
def test_the_canonical_bytes_are_those_of_rfc_8785(value: Json) -> None:
    expected = rfc8785.dumps(value)
    assert emit(value) == emitted(value) == expected
    assert codec.parse(expected) == value


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_the_standard_library_refuses_and_accepts_the_same(body: bytes) -> None:
    outcomes: list[object] = []
    for read in (codec.canonical, canonical):
        try:
            outcomes.append(read(body))
        except MalformedError:
            outcomes.append("refused")
    assert outcomes[0] == outcomes[1]


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(FILES), st.integers(0, 12), st.data())
def test_a_changed_value_is_judged_alike_one_by_one_and_all_at_once(path: Path, at: int, data: st.DataObject) -> None:
    values = [json.loads(row["body"]) for row in json.loads(path.read_text(encoding="utf-8"))["events"]]
    values = [value for value in values if "clock" not in value]
    place = values[at % len(values)]
    where = place if data.draw(st.booleans()) else place["data"]
    if where:
        key = data.draw(st.sampled_from(sorted(where)))
        where[key] = data.draw(st.one_of(_LEAF, st.floats(), st.none(), st.just([]), st.just({}), _VALUE))

    bodies = [json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")) for value in values]
    encoded = [body.encode("utf-8", "surrogatepass") for body in bodies]

    def judged(many: bool) -> list[Recorded] | str:
        try:
            return read_together(encoded) if many else list(map(key_by_key, encoded))
        except MalformedError as e:
            return e.code

    assert judged(many=True) == judged(many=False)


def test_in_bulk_too_nothing_is_written_that_could_not_be_read() -> None:
    bad = SaleRecorded(amount_paise=Paise(5), party=Party(1), paid=(Paid("cash", Paise(6)),))
    strange = SaleRecorded(amount_paise=Paise(5), party=Party(1), paid=(Paid("cowries", Paise(5)),))
    good = SaleRecorded(amount_paise=Paise(5), party=Party(1))
    for event, on in ((bad, "2026-11-22"), (strange, "2026-11-22"), (good, "2026-02-30")):
        recorded = Recorded(Seq(1), At("2026-11-22T04:30:00.000000Z"), Day(on), "c0ffee00", "ab" * 16, event)
        with pytest.raises(MalformedError):
            codec.encode(recorded, "0" * 64)
        with pytest.raises(MalformedError):
            codec.write_many([recorded])
