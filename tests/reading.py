"""Bodies read by their types, and key by key: the two must not part."""

from __future__ import annotations

import json
from typing import Any

from khata.events import codec, shapes
from khata.events.base import LONGEST, MalformedError, Recorded


def emitted(value: Any) -> bytes:
    """Canonical bytes, made by the standard library."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def canonical(body: bytes) -> Any:
    """What codec.canonical says, by the standard library. Raises MalformedError."""
    try:
        value = json.loads(body)
        if 2 <= len(body) <= LONGEST and type(value) is dict and emitted(value) == body:
            return value
    except (ValueError, RecursionError):
        pass
    raise MalformedError("not_canonical")


def key_by_key(body: bytes) -> Recorded:
    """What a body records, read without its type. Raises MalformedError."""
    return codec.decode(codec.canonical(body))


def read_together(bodies: list[bytes]) -> list[Recorded]:
    """What bodies record, read as verification reads them. Raises MalformedError."""
    return codec.read_many(bodies)


def read_by_type(bodies: list[bytes]) -> list[bool]:
    """Which of the bodies need not be read key by key."""
    left: list[bytes] = []

    def other(body: bytes) -> Recorded:
        left.append(body)
        return key_by_key(body)

    shapes.read(bodies, other)
    return [body not in left for body in bodies]
