"""The door for lines of JSON: each is one of the commands of khata/api/commands.py."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from functools import cache, reduce
from operator import or_
from typing import Any

import msgspec

from khata.api.commands import COMMANDS
from khata.api.refusals import BadField
from khata.api.wanted import Wanted
from khata.cli.refusals import BadJson
from khata.rules.refused import Refused


def parse(line: bytes) -> Wanted:
    """The command of a line. Raises BadJson, BadField."""
    try:
        value = _DECODER.decode(line.decode())
        json.dumps(value, ensure_ascii=False).encode()  # JSON can spell halves of characters
    except UnicodeDecodeError as e:
        # Whoever looks for the place counts characters.
        raise BadJson(at=len(line[: e.start].decode()) + 1, reason=e.reason) from e
    except json.JSONDecodeError as e:
        raise BadJson(at=e.pos + 1, reason=e.msg) from e
    except (ValueError, RecursionError) as e:
        raise BadJson(at=1, reason=str(e)) from e
    if isinstance(value, dict) and value.get("shares"):
        value.setdefault("party", None)  # who pays is said by the shares
    try:
        wanted: Wanted = msgspec.convert(value, any_command())
    except msgspec.ValidationError as e:
        raise _refused(str(e)) from e
    if wanted.dry_run:
        raise BadField(field="dry_run", why="unknown")
    return wanted


@cache
def any_command() -> Any:
    """The type of all commands; `command` says which."""
    return reduce(or_, COMMANDS.values())


def _once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    """Refuse a field that stands twice: which was meant nobody knows."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise BadField(field=Counter(name for name, _ in pairs).most_common(1)[0][0], why="repeated")
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_once)


def _refused(said: str) -> Refused:
    """The refusal for a complaint such as "Expected `int`, got `str` - at `$.amount_paise`"."""
    place = re.search(r"`\$\.(\w+)", said)
    if place is not None:
        return BadField(field=place[1], why="value" if said.startswith("Invalid value") else "type")
    named = re.search(r"(missing|unknown) (?:required )?field `(\w+)`", said)
    return BadField(field=named[2], why=named[1]) if named else BadJson(at=1, reason=said)
