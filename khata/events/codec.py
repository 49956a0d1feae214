"""An envelope and its canonical bytes: the RFC 8785 subset of docs/FORMAT.md, in both directions.

Two engines give the same bytes: the standard library's json, which starts at once, and msgspec, which costs
27 ms to load and is three times as fast in bulk. Which one runs is the caller's choice; a test holds one against
the other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from khata.events.base import (
    COMMON,
    LARGEST,
    Event,
    Field,
    LaterError,
    MalformedError,
    Recorded,
    Unknown,
    day,
    hex8,
    hex32,
    hex64,
    instant,
    natural,
    seq,
)
from khata.events.registry import KINDS

SHORTEST, LONGEST = 2, 65535
"""Bytes of a body; the book file has the same bounds as a CHECK."""

DEEPEST = 8
"""Levels of nesting; the body is level 1."""

_DETAIL_PREFIX = b"khata-detail-v1\x00"


class Engine(NamedTuple):
    """One way to turn a JSON value into canonical bytes, and back."""

    emit: Callable[[Any], bytes]
    parse: Callable[[bytes], Any]


_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode

PLAIN = Engine(lambda value: _encode(value).encode("utf-8"), json.loads)


def bulk() -> Engine:
    """The engine for many thousand entries at once."""
    import msgspec

    return Engine(msgspec.json.Encoder(order="sorted").encode, msgspec.json.Decoder().decode)


def _fields() -> dict[tuple[str, int], dict[str, Field]]:
    return {name: {f.key: f for f in (*event.FIELDS, *COMMON)} for name, event in KINDS.items()}


_FIELDS = _fields()
_REQUIRED = {name: frozenset(f.key for f in fields.values() if f.required) for name, fields in _FIELDS.items()}
_EMITTED = {event: (*event.FIELDS, *COMMON) for event in KINDS.values()}
_ENVELOPE = frozenset({"@prev", "@seq", "@v", "at", "by", "data", "id", "kind", "on", "v"})


def data_of(event: Event) -> dict[str, Any]:
    """The `data` object of an event: keys that are absent or default are left out, never null or empty."""
    data: dict[str, Any] = {}
    for attribute, key, _, _, emit in _EMITTED[type(event)]:
        value = getattr(event, attribute)
        if value is not None:
            data[key] = value if emit is None else emit(value)
    return data


def encode(recorded: Recorded, prev: str, engine: Engine = PLAIN) -> bytes:
    """The canonical bytes of an event in its envelope.

    Args:
        recorded: the event and where it stands.
        prev: the hash of the event before, 64 hex; 64 zeros for the first.
        engine: see the module.

    Raises:
        MalformedError: `too_long` if the body would have more than 65,535 bytes, or a field that does not fit.
    """
    recorded.event.check()
    event = recorded.event
    envelope: dict[str, Any] = {
        "@prev": prev,
        "@seq": recorded.seq,
        "@v": 1,
        "at": recorded.at,
        "by": recorded.by,
        "data": data_of(event),
        "id": recorded.id,
        "kind": event.KIND,
        "on": recorded.on,
        "v": event.V,
    }
    if recorded.clock is not None:
        envelope["clock"] = recorded.clock
    body = engine.emit(envelope)
    if len(body) > LONGEST:
        raise MalformedError("too_long")
    return body


def canonical(body: bytes, engine: Engine = PLAIN) -> dict[str, Any]:
    """The JSON object of a body, if it is exactly the canonical bytes of that object.

    Raises:
        MalformedError: `not_canonical` for anything that does not re-emit to the same bytes (equal keys twice, a
            space, `-0`, an exponent, escapes that need not be), `not_json` for what cannot be read at all.
    """
    if not SHORTEST <= len(body) <= LONGEST:
        raise MalformedError("bad_length")
    try:
        value = engine.parse(body)
        again = engine.emit(value)
    except (ValueError, RecursionError, TypeError, OverflowError) as e:
        raise MalformedError("not_json") from e
    if again != body:
        raise MalformedError("not_canonical")
    if type(value) is not dict:
        raise MalformedError("not_an_object")
    return value


def check_subset(value: Any, level: int = 1) -> None:
    """Raise MalformedError unless a value keeps to the subset: no float, no null, integers below 2^53, 8 levels.

    Known fields are checked one by one as they are read; this is for what khata does not know.
    """
    kind = type(value)
    if kind is str or kind is bool:
        return
    if kind is int:
        if not -LARGEST <= value <= LARGEST:
            raise MalformedError("too_large_a_number")
        return
    if kind is dict or kind is list:
        if level > DEEPEST:
            raise MalformedError("too_deep")
        if kind is dict:
            for key, held in value.items():
                if not key.isascii():
                    raise MalformedError("key_not_ascii")
                check_subset(held, level + 1)
        else:
            for held in value:
                check_subset(held, level + 1)
        return
    raise MalformedError("not_in_the_subset")


def decode(envelope: dict[str, Any]) -> Recorded:
    """The event of a canonical object.

    Its place in the chain (`@seq`, `@prev`) is the log's to check. An unknown kind, key or higher version gives an
    event of type `Unknown`.

    Raises:
        MalformedError: for what no khata would have written.
    """
    if not envelope.keys() >= _ENVELOPE:
        raise MalformedError("missing_key", min(_ENVELOPE - envelope.keys()))
    later = envelope["@v"] != 1
    natural(envelope["@v"])
    hex64(envelope["@prev"])
    clock = None
    if len(envelope) > len(_ENVELOPE):
        for key in envelope.keys() - _ENVELOPE:
            if key == "clock":
                clock = instant(envelope[key])
            else:
                check_subset(envelope[key], 2)
                later = later or not key.startswith("x_")
    kind, v, data = envelope["kind"], natural(envelope["v"]), envelope["data"]
    if type(kind) is not str or not kind:
        raise MalformedError("bad_kind")
    if type(data) is not dict:
        raise MalformedError("not_an_object", "data")
    return Recorded(
        seq(envelope["@seq"]),
        instant(envelope["at"]),
        day(envelope["on"]),
        hex8(envelope["by"]),
        hex32(envelope["id"]),
        _event(kind, v, data, later=later),
        clock,
    )


def _event(kind: str, v: int, data: dict[str, Any], *, later: bool) -> Event:
    name = (kind, v)
    fields = _FIELDS.get(name)
    if fields is None:
        check_subset(data, 2)
        return Unknown(kind=kind, v=v)
    values: dict[str, Any] = {}
    for key, value in data.items():
        known = fields.get(key)
        if known is None:
            check_subset(value, 3)
            if not key.isascii():
                raise MalformedError("key_not_ascii")
            later = later or not key.startswith("x_")
            continue
        try:
            values[known.attribute] = known.check(value)
        except LaterError:
            check_subset(value, 3)
            later = True
        except MalformedError as e:
            raise MalformedError(e.code, key) from None
    required = _REQUIRED[name]
    if not data.keys() >= required:
        raise MalformedError("missing_key", min(required - data.keys()))
    if later:
        return Unknown(kind=kind, v=v)
    event = KINDS[name](**values)
    try:
        event.check()
    except LaterError:
        return Unknown(kind=kind, v=v)
    return event


def read(body: bytes, engine: Engine = PLAIN) -> Recorded:
    """`decode(canonical(body))`: the event that a body holds."""
    return decode(canonical(body, engine))


def detail_body(words: Mapping[str, Any], engine: Engine = PLAIN) -> bytes:
    """The canonical bytes of an event's free text."""
    return engine.emit(dict(words))


def commitment(salt: bytes, body: bytes) -> str:
    """What an event says of its free text: SHA-256("khata-detail-v1" || 0x00 || salt || body), 64 hex.

    The prefix and the salt come first and have fixed lengths, so that no two inputs share a preimage.
    """
    return hashlib.sha256(_DETAIL_PREFIX + salt + body).hexdigest()
