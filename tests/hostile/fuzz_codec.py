"""The codec on any bytes. By itself: `python -m tests.hostile.fuzz_codec` where atheris is installed."""

from __future__ import annotations

from pathlib import Path

from khata.events import codec
from khata.events.base import MalformedError, Unknown
from khata.log.book import Detail
from khata.units import Seq
from khata.views.stored import words_in
from tests.hostile.fuzzing import fuzz
from tests.reading import read_together

BULK = codec.bulk()
BODIES = [path.read_bytes().strip() for path in sorted((Path(__file__).parent.parent / "frozen").glob("*.json"))]
FRAME = [body for body in BODIES if b'"sale_recorded"' in body or b'"payment_received"' in body]
"""Good bodies before and after the one in question, which must not lend it anything."""


def TestOneInput(body: bytes) -> None:  # noqa: N802 - the name that fuzzers call
    """Malformed, for both engines alike; or an event that encodes to these very bytes."""
    words_in(Detail(Seq(1), b"s" * 16, body))
    found = [_read(body, engine) for engine in (codec.PLAIN, BULK)]
    assert found[0] == found[1]


def _read(body: bytes, engine: codec.Engine) -> object:
    try:
        value = codec.canonical(body, engine)
        recorded = codec.decode(value)
    except MalformedError:
        _refused_together(body)
        return None
    assert read_together([body]) == [recorded]
    assert read_together([FRAME[0], body, FRAME[1]])[1] == recorded
    extra = value.keys() - {"@prev", "@seq", "@v", "at", "by", "clock", "data", "id", "kind", "on", "v"}
    kept = {key for key in value["data"] if key.startswith("x_")}
    if type(recorded.event) is not Unknown and not extra and not kept:
        assert codec.encode(recorded, value["@prev"], engine) == body
    return recorded


def _refused_together(body: bytes) -> None:
    for bodies in ([body], [FRAME[0], body, FRAME[1]]):
        try:
            read_together(bodies)
        except MalformedError:
            continue
        raise AssertionError("read together, and not one by one")


if __name__ == "__main__":
    fuzz(TestOneInput, BODIES)
