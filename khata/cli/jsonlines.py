"""The door for lines of JSON: each is one of the commands of khata/api/commands.py. Loads pydantic."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from khata.api.commands import AnyCommand
from khata.api.refusals import BadField
from khata.cli.refusals import BadJson
from khata.rules.refused import Refused

_ADAPTER: TypeAdapter[AnyCommand] = TypeAdapter(Annotated[AnyCommand, Field(discriminator="command")])

_WHY = {
    "missing": "missing",
    "union_tag_not_found": "missing",
    "unexpected_keyword_argument": "unknown",
    "union_tag_invalid": "value",
}


def parse(line: bytes) -> AnyCommand:
    """The command of a line. Raises BadJson, BadField."""
    try:
        wanted = _ADAPTER.validate_json(line)
    except ValidationError as e:
        raise _refused(e.errors(include_url=False)[0], line) from e
    _ONCE.decode(line.decode())
    return wanted


def _once(pairs: Sequence[tuple[str, object]]) -> None:
    """Refuse a field that stands twice: pydantic takes the last one, and which was meant nobody knows."""
    if len(dict(pairs)) < len(pairs):
        raise BadField(field=Counter(name for name, _ in pairs).most_common(1)[0][0], why="repeated")


_ONCE = json.JSONDecoder(object_pairs_hook=_once, parse_int=str)


def _refused(error: ErrorDetails, line: bytes) -> Refused:
    kind, where = error["type"], error["loc"]
    if kind == "json_invalid":
        return _bad_json(error["ctx"]["error"], line)
    if not where:
        # Of the line itself: it is no object, or says nothing of a command that there is.
        return BadField(field="command", why=_WHY[kind]) if kind in _WHY else _bad_json(error["msg"], line)
    # `where` is the command, the field, and what is wrong inside it.
    return BadField(field=str(where[1]), why=_WHY.get(kind, "type") if len(where) == 2 else "type")


def _bad_json(reason: str, line: bytes) -> BadJson:
    # The reader counts bytes, and in a line of its own; whoever looks for the place counts characters.
    column = re.search(r" column ([1-9]\d*)$", reason)
    before = line[: int(column[1]) - 1].decode(errors="ignore") if column else ""
    return BadJson(at=len(before) + 1, reason=reason)
