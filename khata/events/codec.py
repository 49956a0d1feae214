"""An envelope and its canonical bytes: the RFC 8785 subset of docs/FORMAT.md, in both directions.

A body is read by its type (events/shapes.py). Where that does not do, it is read key by key: what a newer khata wrote
is known by that, what may be ignored is ignored, and what is wrong is named.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

import msgspec

from khata.events import shapes
from khata.events.base import (
    LONGEST,
    SHORTEST,
    Event,
    LaterError,
    MalformedError,
    Recorded,
    Unknown,
    check_key,
    check_subset,
    day,
    hex8,
    hex32,
    hex64,
    instant,
    natural,
    whole,
)
from khata.events.fields import checks_of, fields_of
from khata.events.registry import KINDS
from khata.events.shapes import emit
from khata.units import Seq

_SAID = frozenset(
    (
        "name",
        "phone",
        "address",
        "note",
        "reason",
        "file",
        "upi",
        "counter",
        "payee",
        "by_hand",
        "seed",
        "lang",
        "due_days",
    )
)
_LISTED = frozenset(("aliases", "items", "vpas", "payers"))
_DETAIL_PREFIX = b"khata-detail-v1\x00"

parse = msgspec.json.Decoder().decode
"""The value of some JSON. Raises ValueError, RecursionError."""

_ENVELOPE = frozenset({"@prev", "@seq", "@v", "at", "by", "data", "id", "kind", "on", "v"})
_PARTS = itemgetter("@prev", "@seq", "@v", "at", "by", "data", "id", "kind", "on", "v")


def encode(recorded: Recorded, prev: str) -> bytes:
    """The canonical bytes of an event in its envelope.

    Args:
        recorded: the event and where it stands.
        prev: the hash of the event before, 64 hex; 64 zeros for the first.

    Raises:
        MalformedError: `too_long` if the body would have more than 65,535 bytes, or a field that does not fit.
    """
    try:
        body = emit(shapes.in_envelope(recorded, prev))
    except (ValueError, TypeError, OverflowError) as e:
        raise MalformedError("not_in_the_subset") from e
    if len(body) > LONGEST:
        raise MalformedError("too_long")
    # What could not be read again is not written.
    if isinstance(read(body).event, Unknown):
        raise MalformedError("meaning_unknown")
    return body


def canonical(body: bytes) -> dict[str, Any]:
    """The JSON object of a body, if it is exactly the canonical bytes of that object.

    Raises:
        MalformedError: `not_canonical` for anything that does not re-emit to the same bytes (equal keys twice, a
            space, `-0`, an exponent, escapes that need not be), `not_json` for what cannot be read at all.
    """
    if not SHORTEST <= len(body) <= LONGEST:
        raise MalformedError("bad_length")
    try:
        value = parse(body)
        again = emit(value)
    except (ValueError, RecursionError, TypeError, OverflowError) as e:
        raise MalformedError("not_json") from e
    if again != body:
        raise MalformedError("not_canonical")
    if type(value) is not dict:
        raise MalformedError("not_an_object")
    return value


def decode(envelope: dict[str, Any]) -> Recorded:
    """The event of a canonical object.

    Its place in the chain (`@seq`, `@prev`) is the log's to check. An unknown kind, key or higher version gives an
    event of type `Unknown`.

    Raises:
        MalformedError: for what no khata would have written.
    """
    try:
        prev, place, at_v, at, by, data, event_id, kind, on, v = _PARTS(envelope)
    except KeyError:
        raise MalformedError("missing_key", min(_ENVELOPE - envelope.keys())) from None
    later = False
    if type(at_v) is not int or at_v != 1:
        natural(at_v)
        later = True
    hex64(prev), instant(at), day(on), hex8(by), hex32(event_id)
    clock = None
    if len(envelope) > len(_ENVELOPE):
        for key in envelope.keys() - _ENVELOPE:
            if key == "clock":
                clock = instant(envelope[key])
            else:
                check_key(key)
                check_subset(envelope[key], 2)
                later = later or not key.startswith("x_")
    if type(kind) is not str or not kind:
        raise MalformedError("bad_kind")
    if type(data) is not dict:
        raise MalformedError("not_an_object", "data")
    return Recorded(Seq(natural(place)), at, on, by, event_id, _event(kind, natural(v), data, later=later), clock)


def _event(kind: str, v: int, data: dict[str, Any], *, later: bool) -> Event:
    cls = KINDS.get((kind, v))
    if cls is None:
        check_subset(data, 2)
        return Unknown(kind=kind, v=v)
    checks, values = checks_of(cls), dict[str, Any]()
    for key, value in data.items():
        if key not in checks:
            check_subset(value, 3)
            check_key(key)
            later = later or not key.startswith("x_")
            continue
        attribute, check = checks[key]
        try:
            values[attribute] = check(value)
        except LaterError:
            check_subset(value, 3)
            later = True
        except MalformedError as e:
            raise MalformedError(e.code, key) from None
    missing = [key for key, field in fields_of(cls).items() if field.required and key not in data]
    if missing:
        raise MalformedError("missing_key", min(missing))
    if later:
        return Unknown(kind=kind, v=v)
    event = cls(**values)
    try:
        event.check()
    except LaterError:
        return Unknown(kind=kind, v=v)
    return event


def read(body: bytes) -> Recorded:
    """The event that a body holds. Raises MalformedError."""
    return read_many((body,))[0]


def read_many(bodies: Sequence[bytes]) -> list[Recorded]:
    """The events that bodies hold, in their order. Raises MalformedError for the first that holds none."""
    return shapes.read(bodies, _key_by_key)


def _key_by_key(body: bytes) -> Recorded:
    return decode(canonical(body))


def write_many(many: Sequence[Recorded]) -> list[bytes]:
    """The canonical bytes of events, each with zeros in the place of the hash before it. Raises as `encode`."""
    return shapes.write(many, lambda recorded: encode(recorded, "0" * 64))


def detail_body(words: Mapping[str, Any]) -> bytes:
    """The canonical bytes of an event's free text."""
    return emit(dict(words))


def words_of(value: Any) -> dict[str, Any]:
    """The free text that a detail's JSON holds: texts and lists of texts under the keys that khata knows.

    Raises:
        MalformedError: `not_an_object`, `not_a_list`, `not_a_text`.
    """
    if type(value) is not dict:
        raise MalformedError("not_an_object")
    for key, said in value.items():
        if key in _SAID:
            whole(said)
        elif key in _LISTED:
            if type(said) is not list:
                raise MalformedError("not_a_list", key)
            for each in said:
                whole(each)
    return value


SALT = 16
"""Bytes; a fixed length, so that no two details share what is hashed."""


def said(committed: str | None, salt: Any, body: Any) -> dict[str, Any]:
    """The free text of a detail of form 0, held against what its entry says of it (64 hex; None: nothing).

    Raises:
        MalformedError: `no_commitment`, `not_bytes`, `bad_salt`, `detail_differs`, `not_canonical`.
    """
    if committed is None:
        raise MalformedError("no_commitment")
    if type(salt) is not bytes or type(body) is not bytes:
        raise MalformedError("not_bytes")
    if len(salt) != SALT:
        raise MalformedError("bad_salt")
    if commitment(salt, body) != committed:
        raise MalformedError("detail_differs")
    try:
        value = parse(body)
        if emit(value) == body:
            return words_of(value)
    except (ValueError, RecursionError, TypeError, OverflowError):
        pass
    raise MalformedError("not_canonical")


def commitment(salt: bytes, body: bytes) -> str:
    """What an event says of its free text: SHA-256("khata-detail-v1" || 0x00 || salt || body), 64 hex.

    The prefix and the salt come first and have fixed lengths, so that no two inputs share a preimage.
    """
    return hashlib.sha256(_DETAIL_PREFIX + salt + body).hexdigest()
