"""What to type instead: the faults of a file, each with its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from khata.cli.env import Env
from khata.cli.speech import number_of
from khata.importing.faults import BadRows


class HintedRows(BadRows):
    """Faulty rows, each with a hint in the reader's language."""

    def __init__(self, facts: dict[str, object]) -> None:
        Exception.__init__(self, self.code)
        self.facts = facts


def hinted(env: Env, refused: BadRows) -> HintedRows:
    """The faults with their sentences."""
    return HintedRows({**refused.facts, **with_hints(env, refused.facts)})


def with_hints(env: Env, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The faults among some facts, and their kinds, with their sentences."""
    told = {}
    for name in ("faults", "faults_by_kind"):
        told[name] = [
            fault | {"hint": hint(env, fault) if fault["facts"] is not None else None} for fault in facts[name]
        ]
    return told


def hint(env: Env, fault: Mapping[str, Any]) -> str:
    """The sentence for one fault: `fault.<code>`, or that of the grammar that refused it."""
    given = fault.get("facts", {})
    facts: dict[str, Any] = {"value": fault.get("value") or "", "number": number_of(given), **given}
    code = fault["code"]
    for key in _keys(code, facts):
        if env.words.has(key):
            return env.say(key, **facts)
    return env.say(f"refused.{code}", **facts)


def _keys(code: str, facts: Mapping[str, Any]) -> list[str]:
    some = facts.get("nearest") or facts.get("candidates") or facts.get("resembles")
    marks = [name for name, value in facts.items() if value is True]
    marks += [str(facts[name]) for name in ("what", "reason") if isinstance(facts.get(name), str)]
    keys = [f"{kind}.{code}.{mark}" for mark in marks for kind in ("fault", "refused")]
    if some:
        keys += [f"fault.{code}.some", f"refused.{code}.some"]
    return [*keys, f"fault.{code}"]
