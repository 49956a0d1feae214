"""What a file of another program is, and what of it was passed over, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from khata.cli.env import Env

_FEW = 10
"""Vouchers that are named."""


def told(env: Env, found: Mapping[str, Any]) -> Iterator[str]:
    """The sentences on `found` of an import: what it is, on which day its openings stand, what was passed over."""
    from khata.i18n.dates import day

    kind = found["kind"].replace("-", "_")
    yield env.words.count(
        f"imported.{kind}", found["vouchers"], ledgers=env.words.count(f"imported.{kind}.ledgers", found["ledgers"])
    )
    if found.get("openings_on"):
        yield env.say("imported.openings_on", day=day(found["openings_on"], env.words))
    for why, passed in found["passed"].items():
        names = passed["vouchers"]
        vouchers = ", ".join(names[:_FEW]) + ("…" if passed["count"] > _FEW else "")
        key = f"imported.passed.{why}"
        by_line = f"{key}.lines"
        key = by_line if "lines" in found and env.words.has(by_line) else key
        yield env.words.count(key, passed["count"], vouchers=vouchers)
