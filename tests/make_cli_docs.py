"""Writes docs/CLI.md from the commands themselves: `python -m tests.make_cli_docs`. A test holds it against them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

from typer._click import Command, Context, Parameter
from typer.core import TyperGroup

from khata.cli import options, registry
from khata.cli.env import Env
from khata.cli.main import build

TARGET = Path(__file__).parent.parent / "docs" / "CLI.md"

GROUPS: dict[str, tuple[str, Callable[[], list[Parameter]]]] = {
    "recording": ("Recording", options.recording),
    "changing": ("Changing", options.changing),
    "clocks": ("Two clocks", options.clocks),
    "everywhere": ("Everywhere", options.everywhere),
}

OF_GROUPS = {
    "recording": "Every command that records an entry takes these.",
    "changing": "The other commands that write take these.",
    "clocks": "A question can be cut by business day and by what was recorded. With one given the answer states both.",
    "everywhere": "Every command takes these, before its name or after it.",
}

EXIT_CODES = {
    0: "well",
    1: "the book is broken, or a check failed",
    2: "refused, misused, or bad input: nothing was recorded",
    3: "busy for longer than the wait",
    4: "a newer khata is needed",
    5: "could not be done: disk full, no permission, I/O error",
    70: "a fault in khata (KHATA_DEBUG=1 shows where)",
    130: "stopped by Ctrl-C",
}

_ID = "5f0c…32 hex…9a"
_MONEY = {
    "entry": 17,
    "event_id": _ID,
    "kind": "sale_recorded",
    "party": 3,
    "name": "Ramesh Kumar",
    "on": "2026-11-22",
    "by": "9f2c41d0",
    "amount_paise": 45000,
    "paid": [{"mode": "upi", "amount_paise": 20000}],
    "balance_paise": 25000,
    "already_recorded": False,
}

SHAPES: dict[str, dict[str, Any]] = {
    "sale": _MONEY,
    "receive": {**_MONEY, "kind": "payment_received", "paid": []},
    "balance": {
        "as_on": "2026-11-22",
        "known_at_entry": 17,
        "parties": [{"party": 3, "party_id": _ID, "name": "Ramesh Kumar", "balance_paise": 25000}],
        "to_receive_paise": 25000,
        "to_give_paise": 0,
        "net_paise": 25000,
    },
    "statement": {
        "party": 3,
        "name": "Ramesh Kumar",
        "from": None,
        "to": "2026-11-22",
        "as_on": "2026-11-22",
        "known_at_entry": 17,
        "opening_paise": 0,
        "lines": [
            {
                "entry": 17,
                "on": "2026-11-22",
                "at": "2026-11-22T11:30:00.123456Z",
                "by": "9f2c41d0",
                "by_name": "raju",
                "kind": "sale_recorded",
                "debit_paise": 45000,
                "credit_paise": 20000,
                "balance_paise": 25000,
                "ref": None,
                "note": None,
                "reverses": None,
                "reversed_by": None,
            }
        ],
        "closing_paise": 25000,
    },
    "dues": {
        "as_on": "2026-11-22",
        "known_at_entry": 17,
        "basis": "oldest_first",
        "bucket_days": [30, 60, 90],
        "parties": [
            {
                "party": 3,
                "name": "Ramesh Kumar",
                "balance_paise": 25000,
                "oldest_on": "2026-11-22",
                "last_received_on": "2026-11-22",
                "by_age_paise": [25000, 0, 0, 0],
            }
        ],
    },
    "verify": {
        "result": "unbroken",
        "entries": 17,
        "head": "9f2c…64 hex…77",
        "first_bad_entry": None,
        "checks": [{"check": "chain", "result": "ok"}],
        "faults": [{"check": "chain", "entry": 9, "code": "hash_differs"}],
        "not_checked": ["checkpoint"],
    },
    "doctor": {
        "result": "look",
        "path": "…/Khata/shop.khata",
        "checks": [
            {
                "check": "backup",
                "result": "look",
                "code": "none",
                "facts": {},
                "message": "none was ever made on this computer. Plug in a stick and: khata backup /media/usb",
            }
        ],
    },
    "import": {
        "rows": 99,
        "recorded": 98,
        "duplicates": [{"row": 7, "entry": 812}],
        "rejected": 0,
        "faults": [],
        "parties_added": [{"party": 9, "party_id": _ID, "name": "Suresh", "resembles": []}],
        "warnings": 3,
        "dry_run": False,
        "import_id": 41,
    },
}
"""What `data` holds at the least, by command: keys are added, never renamed. test_docs.py runs these commands."""

FAULT = {"row": 9, "column": "amount", "value": "12.3.4", "code": "bad_amount", "hint": "…"}
"""One of the `faults` in the facts of a file that is refused."""

_HEAD = """\
# The commands

This file is made from the commands themselves: `python -m tests.make_cli_docs`. Do not edit it.

A customer's name may be several words without quotes. The amount comes last: `khata sale ramesh kumar 450`.
To record, a name must be exact, an alias, a number (`@3`), or one whole word of one customer only.
To ask, a beginning or a like sound is enough.
"""

_JSON = """\
With `--json` one line is all that stands on stdout. It holds `data`, or in its place `refused` or `failed`:

```json
{"khata_result":1,"book":"<id>","shop":"…","command":"balance","warnings":[],"data":{}}
{"khata_result":1,"book":"<id>","shop":"…","command":"balance","warnings":[],"refused":{"code":"unknown_party","facts":{},"message":"…"}}
```

Amounts are integers of paise, in keys that end in `_paise`. A balance is positive when the party owes the shop.
The keys shown below are kept; others may be added beside them.
"""


def words() -> Env:
    """An environment that speaks English and knows no book."""
    return Env(environ={"HOME": "/nonexistent"}, options={"lang": "en"})


def text() -> str:
    """The whole file."""
    return "\n".join(_lines(words())).rstrip("\n") + "\n"


def _lines(env: Env) -> Iterator[str]:
    yield _HEAD
    yield from _contents(env)
    yield "## Options that many commands take\n"
    for group, (title, make) in GROUPS.items():
        yield f"### {title}\n\n{OF_GROUPS[group]}\n"
        made = make()
        for option in made:
            setattr(option, "help", env.say(f"option.{option.name}"))  # noqa: B010 - Parameter does not declare it
        yield from _options(made)
    yield "## JSON\n"
    yield _JSON
    yield f"A file that is refused has its faults in `facts.faults`, each like this:\n\n```json\n{_json(FAULT)}\n```\n"
    yield "## Exit codes\n\n| code | |\n|---|---|"
    yield from (f"| {code} | {meaning} |" for code, meaning in EXIT_CODES.items())
    yield ""
    for section in registry.SECTIONS:
        yield f"## {env.say(f'help.section.{section}').rstrip(':')}\n"
        for name in _names(section):
            yield from _command(env, name)


def _names(section: str) -> list[str]:
    return [name for name, entry in registry.COMMANDS.items() if entry.section == section]


def _contents(env: Env) -> Iterator[str]:
    spoken: dict[str, list[str]] = {}
    for word, name in registry.SPOKEN.items():
        spoken.setdefault(name, []).append(word)
    yield "| command | | also |\n|---|---|---|"
    for section in registry.SECTIONS:
        for name in _names(section):
            about = env.say("help." + name.replace("-", "_"))
            yield f"| [`{name}`](#{_anchor(name)}) | {about} | {' '.join(spoken.get(name, []))} |"
    yield ""


def _anchor(name: str) -> str:
    return "khata-" + name.replace(" ", "-")


def _command(env: Env, name: str, command: Command | None = None) -> Iterator[str]:
    command = command or build(name, env)
    context = Context(command, info_name=f"khata {name}")
    about, _, _ = (command.help or "").partition("\n")
    yield f"### khata {name}\n\n{about}.\n\n```\n{command.get_usage(context).removeprefix('Usage: ')}\n```\n"
    if isinstance(command, TyperGroup):
        for inner in command.list_commands(context):
            yield from _command(env, f"{name} {inner}", cast("Command", command.get_command(context, inner)))
        return
    shared = [group for group, (_, make) in GROUPS.items() if _has(command, make())]
    if "recording" in shared:
        shared.remove("changing")  # it holds these, too
    known = {parameter.name for group in shared for parameter in GROUPS[group][1]()}
    yield from _options([each for each in command.params if each.name not in known or _own(each)])
    links = [f"[{GROUPS[group][0].lower()}](#{GROUPS[group][0].lower().replace(' ', '-')})" for group in shared]
    yield "Options shared with others: " + ", ".join(links) + ".\n"
    key = name.replace("-", "_").replace(" ", ".")
    yield f"```sh\n{env.say(f'example.{key}')}\n```\n"
    if name in SHAPES:
        yield f"`data` in JSON:\n\n```json\n{_json(SHAPES[name])}\n```\n"


def _has(command: Command, group: list[Parameter]) -> bool:
    """Whether a command takes a group of options whole, as they are made in cli/options.py."""
    shared = {option for each in command.params if not _own(each) for option in each.opts}
    return all(set(each.opts) <= shared for each in group)


def _own(parameter: Parameter) -> bool:
    """Whether a command's function takes it; what is shared is kept in the environment instead."""
    return parameter.expose_value


def _options(parameters: list[Parameter]) -> Iterator[str]:
    if not parameters:
        return
    yield "| | |\n|---|---|"
    for each in parameters:
        metavar = getattr(each, "metavar", None) or ("" if getattr(each, "is_flag", False) else str(each.name).upper())
        takes = "" if getattr(each, "is_flag", False) else metavar
        named = ", ".join(each.opts) if each.param_type_name == "option" else ""
        typed = f"{named} {takes}".strip().replace("|", "\\|")
        notes = [getattr(each, "help", "") or ""]
        if getattr(each, "multiple", False) and "repeat" not in notes[0]:
            notes += ["May be repeated"]
        yield f"| `{typed}` | {'. '.join(note.rstrip('.') for note in notes if note)} |"
    yield ""


def _json(shape: object) -> str:
    return json.dumps(shape, ensure_ascii=False)


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
