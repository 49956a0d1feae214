"""An envelope and its canonical bytes: the RFC 8785 subset of docs/FORMAT.md, in both directions.

Two engines give the same bytes: the standard library's json, which starts at once, and msgspec, which costs
27 ms to load and is three times as fast in bulk. Which one runs is the caller's choice; a test holds one against
the other.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from khata.events.base import (
    COMMON,
    LONGEST,
    SHORTEST,
    Event,
    Field,
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
    is_day,
    natural,
    seq,
    whole,
)
from khata.events.registry import KINDS

_SAID = frozenset(("name", "phone", "address", "note", "reason", "file", "upi", "counter"))
_LISTED = frozenset(("aliases", "items"))
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
_CHECKS = {name: {key: (f.attribute, f.check) for key, f in fields.items()} for name, fields in _FIELDS.items()}
_ENVELOPE = frozenset({"@prev", "@seq", "@v", "at", "by", "data", "id", "kind", "on", "v"})
_PARTS = itemgetter("@prev", "@seq", "@v", "at", "by", "data", "id", "kind", "on", "v")
_SHAPE = re.compile(
    r"[0-9a-f]{64} [0-9a-f]{32} [0-9a-f]{8} (\d{4}-\d\d-\d\d) "
    r"(\d{4}-\d\d-\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{6}Z\Z",
    re.ASCII,
)


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
    # What could not be read again is not written.
    if isinstance(decode(envelope).event, Unknown):
        raise MalformedError("meaning_unknown")
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
    if not _in_shape(prev, event_id, by, on, at):
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
    return Recorded(seq(place), at, on, by, event_id, _event(kind, natural(v), data, later=later), clock)


def _in_shape(*parts: Any) -> bool:
    """Whether the texts of an envelope are all well: one look for the five of them, since every entry passes here.

    What fails is looked at again one by one, to say which.
    """
    try:
        found = _SHAPE.match(" ".join(parts))
    except TypeError:
        return False
    return found is not None and is_day(found[1]) and is_day(found[2])


def _event(kind: str, v: int, data: dict[str, Any], *, later: bool) -> Event:
    plan = None if later else _plan(kind, v, tuple(data))
    if plan is None:
        return _event_by_key(kind, v, data, later=later)
    cls, checks, plain = plan
    try:
        if plain:
            for check, value in zip(checks, data.values(), strict=True):
                check(value)
            event = cls(**data)
        else:
            event = cls(**{attribute: check(data[key]) for attribute, key, check in checks})
        event.check()
    except (LaterError, MalformedError):
        return _event_by_key(kind, v, data, later=later)
    return event


@lru_cache(maxsize=1024)
def _plan(kind: str, v: int, keys: tuple[str, ...]) -> tuple[type[Event], tuple[Any, ...], bool] | None:
    """How to read data that has exactly these keys, all known and none missing; None for any other."""
    fields = _FIELDS.get((kind, v))
    if fields is None or not all(key in fields for key in keys) or not _REQUIRED[kind, v] <= set(keys):
        return None
    found = [fields[key] for key in keys]
    if all(field.attribute == field.key and field.emit is None for field in found):
        return KINDS[kind, v], tuple([field.check for field in found]), True
    return KINDS[kind, v], tuple([(field.attribute, field.key, field.check) for field in found]), False


def _event_by_key(kind: str, v: int, data: dict[str, Any], *, later: bool) -> Event:
    name = (kind, v)
    checks = _CHECKS.get(name)
    if checks is None:
        check_subset(data, 2)
        return Unknown(kind=kind, v=v)
    values: dict[str, Any] = {}
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


def said(committed: str | None, salt: Any, body: Any, engine: Engine = PLAIN) -> dict[str, Any]:
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
        value = engine.parse(body)
        if engine.emit(value) == body:
            return words_of(value)
    except (ValueError, RecursionError, TypeError, OverflowError):
        pass
    raise MalformedError("not_canonical")


def commitment(salt: bytes, body: bytes) -> str:
    """What an event says of its free text: SHA-256("khata-detail-v1" || 0x00 || salt || body), 64 hex.

    The prefix and the salt come first and have fixed lengths, so that no two inputs share a preimage.
    """
    return hashlib.sha256(_DETAIL_PREFIX + salt + body).hexdigest()
