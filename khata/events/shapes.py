"""Bodies read into their types at once: many in a fraction of the time that each takes key by key.

A decoder made of an event's declaration checks types, ranges and keys while it reads, and an encoder gives back the
very bytes. What cannot be read so is left to events/codec.py, which says why: nothing is refused here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, Literal, NamedTuple, get_args, get_origin

import msgspec

from khata.events.base import (
    LONGEST,
    Envelope,
    Event,
    FieldCheck,
    LaterError,
    MalformedError,
    Recorded,
    hex8,
    hex32,
    hex64,
    is_day,
)
from khata.events.fields import fields_of, parts
from khata.events.registry import KINDS

emit = msgspec.json.Encoder(order="sorted").encode
"""The canonical bytes of a value."""
_emit_lines = msgspec.json.Encoder(order="sorted").encode_lines

_AT = "0000-00-00T00:00:00.000000Z"
_DIGITS = str.maketrans("123456789", "000000000")
_HEX_DIGITS = b"0123456789abcdef"
_HEX: dict[FieldCheck, int] = {hex8: 8, hex32: 32, hex64: 64}
_ENVELOPE = attrgetter("prev", "at", "by", "id", "on", "clock", "event")
_NO_HASH = "0" * 64
_NONE = frozenset({None})

_KIND, _V = slice(-38, -25), slice(-2, -1)
"""Where a body says its kind, or the end of it, and the version: what follows is `,"on":"2026-11-22","v":1}`."""


def _mark(kind: str, v: int) -> bytes:
    return f'"kind":"{kind}"'.encode()[-13:] + str(v).encode()


@cache
def marks() -> dict[bytes, type[Event]]:
    """Each kind and version by the end of its name."""
    found = {_mark(*name): event for name, event in KINDS.items()}
    assert len(found) == len(KINDS)  # noqa: S101 - two kinds that end alike want a longer mark
    return found


class _Text(NamedTuple):
    """Texts whose type says less than their check: where they are, or where the objects are in which they are.

    `many`: what is there is a list.
    """

    of: Callable[[Any], Any]
    check: FieldCheck | None = None
    many: bool = False
    inner: tuple[_Text, ...] = ()

    def gathered(self, holders: list[Any]) -> Iterator[tuple[FieldCheck, set[str]]]:
        """Each check, and all that it is to be asked of."""
        found = [value for value in map(self.of, holders) if value is not None]
        if self.many:
            found = [each for some in found for each in some]
        if self.check is not None:
            yield self.check, set(found)
            return
        for text in self.inner if found else ():
            yield from text.gathered(found)


def _texts(cls: type[msgspec.Struct]) -> tuple[_Text, ...]:
    found = []
    for field in fields_of(cls).values():
        of = attrgetter(field.name)
        held, said = parts(field.type)
        if many := get_origin(held) is tuple:
            held, said = parts(get_args(held)[0])
        if held is str and "check" in said:
            found.append(_Text(of, said["check"], many))
        elif isinstance(held, type) and issubclass(held, msgspec.Struct) and (inner := _texts(held)):
            found.append(_Text(of, None, many, inner))
    return tuple(found)


class Shape(NamedTuple):
    """How bodies of one kind are read: the decoder, the texts that it does not check, whether fields must fit."""

    decoder: msgspec.json.Decoder[Any]
    texts: tuple[_Text, ...]
    fits: bool

    def read(self, lines: bytes, count: int) -> list[Recorded] | None:
        """What so many bodies record, one in a line, if all of them are canonical and well."""
        made = self.decoded(lines, count)
        # No canonical body has a line break, and so each line that is given back is one body.
        if made is None or _emit_lines(made) != lines + b"\n":
            return None
        return made if self.well(made) else None

    def decoded(self, lines: bytes, count: int) -> list[Recorded] | None:
        """What so many lines say, if the types allow all of it."""
        try:
            made: list[Recorded] = self.decoder.decode_lines(lines)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
        return made if len(made) == count else None

    def well(self, made: list[Recorded]) -> bool:
        """What the types do not say: hex, days, instants, references; parts that make the whole."""
        prevs, ats, bys, ids, ons, clocks, events = zip(*map(_ENVELOPE, made), strict=True)
        try:
            for text in self.texts:
                for check, values in text.gathered(list(events)):
                    if check in _HEX:
                        if not _are_hex(list(values), _HEX[check]):
                            return False
                    else:
                        for value in values:
                            check(value)
            if self.fits:
                for event in events:
                    event.check()
        except (MalformedError, LaterError):
            return False
        return (
            all(map(is_day, set(ons)))
            and _are_instants(list({*ats, *clocks} - _NONE))
            and _are_hex(prevs, 64)
            and _are_hex(ids, 32)
            and _are_hex(list(set(bys)), 8)
        )


@cache
def shape_of(cls: type[Event]) -> Shape:
    """How bodies of a kind are read."""
    whole = Envelope[cls, Literal[cls.KIND], Literal[cls.V]]  # type: ignore[valid-type, name-defined]
    return Shape(msgspec.json.Decoder(whole), _texts(cls), cls.check is not Event.check)


def read(bodies: Sequence[bytes], other: Callable[[bytes], Recorded]) -> list[Recorded]:
    """What bodies record, in their order.

    Args:
        bodies: canonical or not; a body that is read here is.
        other: reads what cannot be read by its type; what it raises is passed on.
    """
    places: dict[type[Event], list[int]] = {}
    known = marks()
    for place, body in enumerate(bodies):
        if (cls := known.get(body[_KIND] + body[_V])) is not None and len(body) <= LONGEST:
            places.setdefault(cls, []).append(place)
    found: list[Recorded | None] = [None] * len(bodies)
    for cls, alike in places.items():
        _fill(found, bodies, alike, shape_of(cls))
    return [each if each is not None else other(body) for each, body in zip(found, bodies, strict=True)]


def _fill(found: list[Recorded | None], bodies: Sequence[bytes], places: list[int], shape: Shape) -> None:
    """Read the bodies at these places; where they cannot be read together, in halves, so that few are left out."""
    made = shape.read(b"\n".join([bodies[place] for place in places]), len(places))
    if made is not None:
        for place, each in zip(places, made, strict=True):
            found[place] = each
    elif len(places) > 1:
        half = len(places) // 2
        _fill(found, bodies, places[:half], shape)
        _fill(found, bodies, places[half:], shape)


def write(many: Sequence[Recorded], other: Callable[[Recorded], bytes]) -> list[bytes]:
    """The canonical bodies of events, in their order, each with zeros where the hash before it belongs.

    Args:
        many: the events.
        other: makes the body of what could not be read again; what it raises is passed on.
    """
    places: dict[type[Event], list[int]] = {}
    for place, each in enumerate(many):
        places.setdefault(type(each.event), []).append(place)
    found: list[bytes | None] = [None] * len(many)
    for cls, alike in places.items():
        bodies = _written([many[place] for place in alike], shape_of(cls)) if (cls.KIND, cls.V) in KINDS else None
        if bodies is not None:
            for place, body in zip(alike, bodies, strict=True):
                found[place] = body
    return [body if body is not None else other(each) for body, each in zip(found, many, strict=True)]


def in_envelope(each: Recorded, prev: str = _NO_HASH) -> Recorded:
    """An entry with all that stands in its body."""
    event = each.event
    return _in_envelope(
        seq=each.seq,
        at=each.at,
        on=each.on,
        by=each.by,
        id=each.id,
        event=event,
        clock=each.clock,
        prev=prev,
        envelope_v=1,
        kind=event.KIND,
        v=event.V,
    )


_in_envelope: Callable[..., Recorded] = Envelope


def _written(many: Sequence[Recorded], shape: Shape) -> list[bytes] | None:
    """The bodies of events of one kind, if all of them can be read again."""
    try:
        lines = _emit_lines(list(map(in_envelope, many)))[:-1]
    except (ValueError, TypeError, OverflowError):
        return None
    bodies = lines.split(b"\n")
    # What this encoder made has the bytes that it would make again: only what they say can be wrong.
    again = shape.decoded(lines, len(many)) if max(map(len, bodies)) <= LONGEST else None
    return bodies if again is not None and shape.well(again) else None


def _are_hex(texts: Sequence[str], length: int) -> bool:
    try:
        return {*map(len, texts)} <= {length} and not "".join(texts).encode("ascii").translate(None, _HEX_DIGITS)
    except UnicodeEncodeError:
        return False


def _are_instants(texts: Sequence[str]) -> bool:
    joined = "".join(texts)
    try:
        # Any other length would show: the shape has no period of its own.
        return joined.translate(_DIGITS) == _AT * len(texts) and all(map(datetime.fromisoformat, texts))
    except ValueError:
        return False
