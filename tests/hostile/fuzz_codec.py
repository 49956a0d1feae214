"""The codec on any bytes. By itself: `python -m tests.hostile.fuzz_codec` where atheris is installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from khata.events import codec
from khata.events.base import MalformedError, Unknown
from khata.log.book import Detail
from khata.units import Seq
from khata.views.stored import words_in
from tests.hostile.fuzzing import fuzz
from tests.reading import canonical, key_by_key, read_together

BODIES = [path.read_bytes().strip() for path in sorted((Path(__file__).parent.parent / "frozen").glob("*.json"))]
FRAME = [body for body in BODIES if b'"sale_recorded"' in body or b'"payment_received"' in body]
"""Good bodies before and after the one in question, which must not lend it anything."""


def TestOneInput(body: bytes) -> None:  # noqa: N802 - the name that fuzzers call
    """Malformed, by each way of reading; or an event that encodes to these very bytes."""
    words_in(Detail(Seq(1), b"s" * 16, body))
    try:
        recorded = key_by_key(body)
    except MalformedError:
        _refused_together(body)
        with pytest.raises(MalformedError):
            codec.decode(canonical(body))
        return
    value = codec.canonical(body)
    assert canonical(body) == value
    assert read_together([body]) == [recorded]
    assert read_together([FRAME[0], body, FRAME[1]])[1] == recorded
    extra = value.keys() - {"@prev", "@seq", "@v", "at", "by", "clock", "data", "id", "kind", "on", "v"}
    kept = {key for key in value["data"] if key.startswith("x_")}
    if type(recorded.event) is not Unknown and not extra and not kept:
        assert codec.encode(recorded, value["@prev"]) == body


def _refused_together(body: bytes) -> None:
    for bodies in ([body], [FRAME[0], body, FRAME[1]]):
        try:
            read_together(bodies)
        except MalformedError:
            continue
        raise AssertionError("read together, and not one by one")


if __name__ == "__main__":
    fuzz(TestOneInput, BODIES)
