"""Writes docs/CLI.md from the commands themselves: `python -m tests.make_cli_docs`. A test holds it against them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

from msgspec.structs import fields
from typer._click import Command, Context, Parameter
from typer.core import TyperGroup

from khata.api.commands import COMMANDS
from khata.cli import options, registry
from khata.cli import spoken as spoken_words
from khata.cli.env import Env
from khata.cli.examples import EXAMPLES
from khata.cli.main import build
from khata.i18n.messages import languages
from tests.cli_docs_files import FILES
from tests.cli_docs_shapes import FAULT, ID, SHAPES

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
    2: "refused, misused, or bad input: nothing was recorded (of a batch: not the lines that were refused)",
    3: "busy for longer than the wait",
    4: "a newer khata is needed",
    5: "could not be done: disk full, no permission, I/O error",
    70: "a fault in khata (KHATA_DEBUG=1 shows where)",
    130: "stopped by Ctrl-C",
}

_TEXT, _TEXTS, _PAISE, _FLAG = "text", "list of texts", "whole number", "true or false"

FIELDS: dict[str, tuple[str, str]] = {
    "party": ("text or whole number", "A name as it is typed, or the number; `null` in a sale: the counter"),
    "amount_paise": (_PAISE, "Paise"),
    "amount": (_TEXT, 'As it is typed, in place of `amount_paise`: `"450.50"`, `"3x40"`'),
    "event_id": (_TEXT, "32 hex digits, made before the first try; the same id again records nothing"),
    "on": (_TEXT, "The business day as it is typed; today unless said"),
    "note": (_TEXT, "Kept where it can be forgotten"),
    "ref": (_TEXT, "Bill number, UPI or cheque reference: once in the whole book"),
    "once": (_FLAG, "With `ref`: if it is recorded already, record nothing"),
    "new": (_FLAG, "Add the customer if nobody has that name"),
    "large": (_FLAG, "The amount may be above ₹9,99,99,999.99"),
    "round_to": (
        "1, 5, 10, 50 or 100",
        "The whole is rounded half up to so many rupees; the difference is the bill's round off",
    ),
    "due": (_TEXT, "When what is not paid is due: `15d`, or a day; the customer's own days unless said"),
    "paid": ("list of pairs", 'What is paid at once: `[["upi",5000],["cash",null]]`; `null` is all the rest'),
    "items": (
        _TEXTS,
        'The bill as it is typed, at most 500: `["Atta 5kg x2 @ 225"]`; the amount then need not be said',
    ),
    "mode": (_TEXT, "`cash` unless said; `upi`, `card`, `bank`, `cheque`"),
    "full": (_FLAG, "What is left of the debt is kasar"),
    "agreed": (_FLAG, "That kasar may be above ₹10"),
    "advance": (_FLAG, "The shop owes them"),
    "again": (_FLAG, "To an account that has begun already, or who was asked within seven days; and meant so"),
    "reason": (_TEXT, "Why"),
    "entry": (_PAISE, "The number of the entry"),
    "upi_pending": (_FLAG, "The money is on its way, and in no balance yet"),
    "shares": (
        "list of [customer, paise]",
        "For several: what each paid of it; `party` is then left out, and the amount, or that is the whole",
    ),
    "charge_paise": (_PAISE, "What the customer owes for a payment that came back"),
    "every": ("`day`, `week` or `month`", "How often it comes again"),
    "first": (_TEXT, "The first day; it may be to come"),
    "last": (_TEXT, "The last day that is left out"),
    "made_as": ("`sale` or `charge`", "What is recorded each time; `sale` unless said"),
    "by_hand": (_TEXT, "Who brought the money, if it was somebody else"),
    "to": ("text or whole number", "Who takes over what `party` owes"),
    "other": ("text or whole number", "The second of two customers"),
    "name": (_TEXT, "What the customer, or the shop, is called from now on"),
    "aliases": (_TEXTS, "Further names"),
    "add_aliases": (_TEXTS, "Further names to add"),
    "remove_aliases": (_TEXTS, "Further names to take away"),
    "phone": (_TEXT, ""),
    "address": (_TEXT, ""),
    "payee": (_TEXT, "Whom a payment by UPI names, in Latin letters"),
    "upi": (_TEXT, "The shop's UPI address"),
    "gstin": (_TEXT, ""),
    "state": (_TEXT, "`MH`, or its number"),
    "lang": (_TEXT, "The book's language, or the customer's"),
    "due_days": (_PAISE, "After how many days what the customer buys is due; 0 for at once"),
    "over": (_FLAG, "The customer denies it no more"),
    "without": (_TEXTS, "What the shop has no longer: `upi`, `phone` …"),
}
"""Every field of a line of JSON: its type, and what it means."""

ANSWERS: dict[str, dict[str, Any]] = {
    "recorded": {
        "line": 1,
        "entry": 17,
        "event_id": ID,
        "kind": "sale_recorded",
        "party": 3,
        "balance_paise": 45000,
        "already_recorded": False,
    },
    "refused": {"line": 2, "refused": {"code": "unknown_party", "facts": {}, "message": "…"}},
    "asked": {"line": 3, "data": {}, "warnings": []},
    "failed": {
        "line": 4,
        "last_line": 9,
        "failed": {"code": "unconfirmed", "facts": {}, "message": "…"},
        "event_ids": {"4": ID},
    },
}
"""What a line may be answered. tests/cli/test_batch.py holds it against the answers."""

_LINES = """\
A line is a command as it is typed, without `khata`, or an object of JSON with the fields below. Empty lines and those
that begin with `#` are passed over. A line of words must end: of `sale ramesh 450` a script that was killed may have
written `sale ramesh 45`.

`sale`, `receive`, `return`, `refund`, `discount`, `write-off`, `opening`, `reverse` and `correct` are recorded
together: a group is committed when it has N lines, when one of them adds a customer, and whenever the next line is not
there yet. `undo`, `party …`, the questions, and what has `--dry-run` are done by themselves, after all lines before
them. Other commands are not for a batch. Nobody is ever asked.

Each line is answered by one line, in their order, after the commit:

```json
{answers}
```

A line that is refused undoes no other; the exit code is then 2. With `warnings` an entry is recorded all the same. At
a `failed` the batch ends: what was told is recorded, and the lines from `line` to `last_line` are not. Where nobody
knows whether they are (`unconfirmed`, `stopped`), `event_ids` has an id for each: send them again with it, and each is
recorded once. Give each line an `event_id` of its own, and all of it can be sent again at any time.

With `--json` an envelope with the counts ends the answers; without it the counts are said on stderr.
"""

_MORE = {
    "import": FILES
    + """\
Of several files, or of a pattern, each is recorded whole or not at all, one after the other. `data` is then
`{"files":[{"file":"a.csv", …},{"file":"b.csv","refused":{"code":"bad_rows", …}}],"recorded":98,"refused":1}`: of each
file what it would be alone, or why nothing of it was recorded. With a refused one the exit code is 2; at a fault of the
book or the machine the last file has `failed` in place of `refused`, and none after it is tried.
""",
    "imports": """\
`reversed` are all entries of an import that were taken back, the `corrected` ones among them: these stand in another
way. `standing` count as they were recorded.
""",
    "reverse": """\
With `--import` all that stands of a file is taken back in one commit, each entry on its own day. What was corrected
since stays. `data` has `import_id`, `file`, `reversed` (how many now), `reversed_before` (how many were by then),
`corrected` (the entries that stay), `given_paise` and `received_paise` (of what was taken back), and `entry`, the last
of the reversals, on which the event id stands. Once nothing of it stands, the same file can be imported again.
""",
}
"""What else is to be known of a command."""

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
            setattr(option, "help", env.say(f"option.{option.name}", languages=" ".join(languages())))  # noqa: B010 - Parameter does not declare it
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
    for word, name in spoken_words.every().items():
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
    yield f"```sh\n{EXAMPLES[key]}\n```\n"
    if name in SHAPES:
        yield f"`data` in JSON:\n\n```json\n{_json(SHAPES[name])}\n```\n"
    if name in _MORE:
        yield _MORE[name]
    if name == "batch":
        yield from _batch()


def _batch() -> Iterator[str]:
    """What the lines may be, from the commands themselves: `khata/api/commands.py`."""
    yield _LINES.replace("{answers}", "\n".join(map(_json, ANSWERS.values())))
    yield "| `command` | must be there | may be there |\n|---|---|---|"
    for name, wanted in COMMANDS.items():
        must = [f"`{each.name}`" for each in fields(wanted) if each.required]
        may = [f"`{each.name}`" for each in fields(wanted) if not each.required and each.name != "dry_run"]
        if "`amount_paise`" in may and "`party`" in must:
            must.append("`amount_paise` or `amount`")
            may = [each for each in may if each not in ("`amount_paise`", "`amount`")]
        yield f"| `{name}` | {', '.join(must)} | {', '.join(may)} |"
    yield "\n| field | is | |\n|---|---|---|"
    yield from (f"| `{name}` | {kind} | {about} |" for name, (kind, about) in FIELDS.items())
    yield ""


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
        default = getattr(each, "default", None)
        if isinstance(default, str | int) and not isinstance(default, bool) and getattr(each, "show_default", True):
            notes += [f"Default: {default}"]
        yield f"| `{typed}` | {'. '.join(note.rstrip('.') for note in notes if note)} |"
    yield ""


def _json(shape: object) -> str:
    return json.dumps(shape, ensure_ascii=False)


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
