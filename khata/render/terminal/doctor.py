"""What `khata doctor` found: a line a check, under each that is not well what to do, and last all together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from khata.i18n import dates
from khata.i18n.messages import Words
from khata.render.terminal.table import Cell, Column, Table
from khata.render.text import visible
from khata.units import At
from khata.verifying.checkup import Finding, worst

_STYLES = {"ok": "green", "look": "yellow", "bad": "bold red"}


def table(findings: Sequence[Finding], shop: str | None, path: str, words: Words) -> Table:
    """All findings, and the one line that sums them up."""
    made = Table([Column(""), Column(""), Column("")])
    made.title(visible(shop or "khata"), visible(path))
    for each in findings:
        mark = Cell(words.say(f"doctor.result.{each.result}"), _STYLES[each.result])
        made.row(mark, words.say(f"doctor.check.{each.check}"), found(each, words))
        if each.result != "ok":
            made.row("", "", remedy(each, words))
    result = worst(findings)
    many = sum(each.result == result for each in findings)
    mark = Cell(words.say(f"doctor.all.{result}"), _STYLES[result] if result == "bad" else f"bold {_STYLES[result]}")
    made.total(mark, words.count(f"doctor.all.{result}.text", many))
    return made


def found(finding: Finding, words: Words) -> str:
    """What was found, in a few words."""
    return words.say(f"doctor.{finding.check}.{finding.code}", **_spoken(finding.facts, words))


def remedy(finding: Finding, words: Words) -> str:
    """What to do about it: a sentence, in which a path is written as a shell wants it."""
    from shlex import quote

    facts = _spoken(finding.facts, words)
    if "path" in facts:
        facts["path"] = quote(facts["path"])
    return words.say(f"doctor.{finding.check}.{finding.code}.do", **facts)


def _spoken(facts: Mapping[str, object], words: Words) -> dict[str, str]:
    return {name.removesuffix("_bytes"): _fact(name, value, words) for name, value in facts.items()}


def _fact(name: str, value: object, words: Words) -> str:
    if name.endswith("_bytes") and isinstance(value, int):
        return _size(value, words)
    if name in ("at", "last_at"):
        return dates.clock(At(str(value)), words)
    if isinstance(value, Mapping):
        return visible(", ".join(f"{key} {held}" for key, held in value.items()))
    if isinstance(value, list):
        return visible(", ".join(map(str, value)))
    return words.number(value) if type(value) is int else visible(str(value))


def _size(count_: int, words: Words) -> str:
    """Bytes as the shop that sold the disk counts them: 1.2 GB, 350 MB."""
    tenths = count_ // 10**8
    return f"{words.number(tenths // 10)}.{tenths % 10} GB" if tenths >= 10 else f"{count_ // 10**6} MB"
