"""Facts as a person reads them: paise as rupees, days and instants in words, names made safe for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from khata.i18n import dates
from khata.i18n.messages import Words
from khata.units import At, Day

_DAYS = frozenset({"on", "due_on", "today", "as_on", "asked", "upto", "day", "first", "last_on", "original_on"})
_LONGEST_VALUE = 60
_FIELDS = {name: f"head.{name}" for name in ("name", "note", "phone", "ref")} | {"address": "card.address"}
"""What is typed of an entry or a customer, by the key of its word."""
_INSTANTS = frozenset({"clock", "last_at", "at"})


def spoken(facts: Mapping[str, object], words: Words) -> dict[str, object]:
    """The facts of a sentence: `amount_paise` is also there as `amount`, in rupees; texts are made visible."""
    from khata.render.text import visible

    said: dict[str, object] = {}
    for name, value in facts.items():
        if name.endswith("_paise") and isinstance(value, int):
            said[name[:-6]] = words.rupees(value)
            continue
        if isinstance(value, str):
            if not value.strip():
                value = f'"{visible(value)}"'  # noqa: PLW2901 - a sentence about nothing says that it was nothing
            elif name in _DAYS and len(value) == 10:
                value = dates.day(Day(value), words)  # noqa: PLW2901
            elif name in _INSTANTS and value.endswith("Z"):
                value = dates.clock(At(value), words)  # noqa: PLW2901
            elif name == "what" and value in _FIELDS:
                value = words.say(_FIELDS[value])  # noqa: PLW2901
            else:
                if name == "value" and len(value) > _LONGEST_VALUE:
                    value = value[:_LONGEST_VALUE] + "…"  # noqa: PLW2901
                value = visible(value)  # noqa: PLW2901
        elif isinstance(value, list | tuple):
            value = listed(value)  # noqa: PLW2901
        said[name] = value
    return said


def called(name: str | None, party: int | None) -> str:
    """How a party is called; `@2` once forgotten."""
    return name or f"@{party}"


def listed(values: Iterable[object]) -> str:
    """Parties or words, one after the other."""
    from khata.render.text import visible

    return ", ".join(visible(_party(each) if isinstance(each, Mapping) else str(each)) for each in values)


def _party(fact: Mapping[str, object]) -> str:
    """A party by name and number; one that a file would add has no number yet."""
    name, party = fact.get("name"), fact.get("party")
    return f"{name or f'@{party}'} (@{party})" if party is not None else str(name)


def number_of(facts: Mapping[str, object]) -> str:
    """The number of the first who is offered, as it is typed."""
    for name in ("candidates", "nearest", "parties"):
        offered = facts.get(name)
        if isinstance(offered, list | tuple) and offered:
            first = offered[0].get("party") if isinstance(offered[0], Mapping) else offered[0]
            return f"@{first}"
    return "@3"
