"""Bodies that no khata wrote: malformed, or read and written again to the same bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khata.events import codec
from tests.hostile.fuzz_codec import BODIES, TestOneInput

NUMBERS = st.integers(-(2**64), 2**64) | st.sampled_from([0, 1, -1, 2**53 - 1, 2**53, True, False, 0.5, 1e300])
VALUES = st.recursive(
    NUMBERS | st.text(max_size=8) | st.none() | st.sampled_from(["2026-11-20", "0" * 32, "cash", "upi", "receive"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def emitted(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


@st.composite
def changed(draw: st.DrawFn) -> bytes:
    """A good body with keys changed, gone or added, in the envelope and in its data."""
    value = json.loads(draw(st.sampled_from(BODIES)))
    for _ in range(draw(st.integers(1, 3))):
        within = value["data"] if draw(st.booleans()) and isinstance(value.get("data"), dict) else value
        key = draw(st.sampled_from([*sorted(within), "note", "x_y", "clock", "party", "paid", "lines"]))
        if draw(st.booleans()):
            within.pop(key, None)
        else:
            within[key] = draw(VALUES)
    return emitted(value)


@st.composite
def cut_and_pasted(draw: st.DrawFn) -> bytes:
    body = bytearray(draw(st.sampled_from(BODIES)))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(body)))
        body[place : place + draw(st.integers(0, 4))] = draw(st.binary(max_size=3))
    return bytes(body)


def test_the_bodies_that_it_begins_with_are_good() -> None:
    assert len(BODIES) > 10
    for body in BODIES:
        codec.read(body)
        TestOneInput(body)


@given(st.binary(max_size=200) | changed() | cut_and_pasted())
def test_any_body_is_malformed_or_written_again_the_same(body: bytes) -> None:
    TestOneInput(body)


@pytest.mark.slow
@settings(max_examples=50_000, deadline=None)
@given(changed() | cut_and_pasted())
def test_many_more_bodies_are_malformed_or_written_again_the_same(body: bytes) -> None:
    TestOneInput(body)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 60_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b"9" * 60_000,
        b"-" * 60_000,
        b'"' + b"\\u0000" * 9_000 + b'"',
        b'{"a":"\\ud800"}',
        b"\xef\xbb\xbf{}",
        b"",
        b"{}",
        b"1e999",
        b"NaN",
        b'{"a":1,"a":1}',
    ],
    ids=lambda body: str(body[:12]),
)
def test_absurd_bodies_are_malformed(body: bytes) -> None:
    TestOneInput(body)


def test_the_fuzzer_sees_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: an encoder that rounds."""
    encode = codec.encode
    monkeypatch.setattr(
        codec,
        "encode",
        lambda *given: encode(*given).replace(b'"amount_paise":45000', b'"amount_paise":45001'),
    )
    (sale,) = [body for body in BODIES if b'"kind":"sale_recorded"' in body and b'"v":1}' in body]
    with pytest.raises(AssertionError):
        TestOneInput(sale)
