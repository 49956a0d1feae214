"""The fields of an event as its class declares them, and the check of each that says why a value is refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from msgspec import Meta, Struct
from msgspec.structs import FieldInfo, fields

from khata.events.base import FieldCheck, LaterError, MalformedError, check_key, check_subset

DATA = 3
"""The level of nesting of what stands in an event's `data`."""


@cache
def fields_of(cls: type[Struct]) -> dict[str, FieldInfo]:
    """The fields of an event or of an object in one, by their keys in the file."""
    return {each.encode_name: each for each in fields(cls)}


def parts(kind: Any) -> tuple[Any, dict[str, Any]]:
    """A type without what is said of it, and what is said of it."""
    said: dict[str, Any] = {}
    while True:
        origin = get_origin(kind)
        if origin is Annotated:
            kind, *metas = get_args(kind)
            for meta in metas:
                if isinstance(meta, Meta):
                    said |= meta.extra or {}
        elif origin in (Union, UnionType):
            (kind,) = (each for each in get_args(kind) if each is not type(None))
        else:
            return kind, said


@cache
def checks_of(cls: type[Struct], level: int = DATA) -> dict[str, tuple[str, FieldCheck]]:
    """For each key the attribute, and what takes the JSON value and returns what the attribute holds.

    They raise MalformedError or LaterError.
    """
    return {key: (each.name, _check_of(each.type, level)) for key, each in fields_of(cls).items()}


def _check_of(kind: Any, level: int) -> FieldCheck:
    bare, said = parts(kind)
    if "check" in said:
        found: FieldCheck = said["check"]
        return found
    if get_origin(bare) is tuple:
        return _many(_check_of(get_args(bare)[0], level + 1))
    return _object(bare, level + 1)


def _many(one: FieldCheck) -> FieldCheck:
    def check(value: Any) -> tuple[Any, ...]:
        if type(value) is not list or not value:
            raise MalformedError("not_a_list")
        return tuple([one(item) for item in value])

    return check


def _object(cls: type[Struct], level: int) -> Callable[[Any], Struct]:
    """A small object inside an event, its values at a level of nesting: its keys, each checked, and no others."""

    def check(value: Any) -> Struct:
        if type(value) is not dict:
            raise MalformedError("not_an_object")
        found: dict[str, Any] = {}
        checks, declared = checks_of(cls, level), fields_of(cls)
        for key, (attribute, one) in checks.items():
            if key in value:
                found[attribute] = one(value[key])
            elif declared[key].required:
                raise MalformedError("missing_key", key)
        if len(found) != len(value):
            strange = value.keys() - checks.keys()
            for key in strange:
                check_key(key)
                check_subset(value[key], level)
            if any(not key.startswith("x_") for key in strange):
                raise LaterError("unknown key")
        return cls(**found)

    return check
