"""How the shop stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from khata.i18n import dates
from khata.i18n.messages import Words
from khata.questions.entries import EntryRow
from khata.render import told
from khata.render.line import clocks, shop, style_of
from khata.render.terminal.table import Cell, Column, Table
from khata.render.text import visible
from khata.views.about import About
from khata.views.cut import Cut

_OWED: Final = {"to_receive_paise": 1, "to_give_paise": -1}
"""Which figures are of one side: that of what is owed to the shop, and that of advances."""
_COMMANDS = (
    ("khata sale NAME 450", "help.sale"),
    ("khata receive NAME 500", "help.receive"),
    ("khata balance", "help.balance"),
    ("khata statement NAME", "help.statement"),
    ("khata undo", "help.undo"),
    ("khata --help", "status.commands.all"),
)
_BEGIN = (("  khata demo", "demo"), ("  khata init SHOP NAME", "init"), ("  khata use FILE", "use"))


def table(data: Mapping[str, Any], last: EntryRow | None, about: About | None, cut: Cut, words: Words) -> Table:
    """Today, what is owed, and the last entry."""
    say = words.say
    made = Table([Column("", "right", 14), Column("")])
    made.title(Cell(shop(about), "bold"), visible(data["path"]))
    if cut.given:
        made.title(clocks(cut, words))
    for key in ("sales_today_paise", "received_today_paise", "to_receive_paise", "to_give_paise"):
        name = key.removesuffix("_paise")
        if cut.given:
            name = name.replace("_today", "_that_day")
        owed = _OWED.get(key, 0) if data[key] else 0
        made.row(Cell(words.rupees(data[key]), style_of(owed) if owed else None), say(f"status.{name}"))
    if data["pending_paise"]:
        made.row(words.rupees(data["pending_paise"]), say("status.pending"))
    if last is not None:
        amount = words.rupees(last.amount_paise) if last.amount_paise else ""
        what = told.of_what_kind(last, words)
        parts = [say("word.entry", entry=last.entry), what, amount, told.whose(last, words)]
        parts.append(dates.clock(last.at, words))
        made.line(say("status.last") + "  " + " · ".join(part for part in parts if part))
    if data["due_lines"]:
        made.line(words.count("status.due_lines", data["due_lines"]))
    if data["other_disk_backup_at"]:
        made.line(say("status.backup", at=dates.clock(data["other_disk_backup_at"], words)))
    if data["last_backup_other_disk"] is False:
        made.line(say("status.backup.same_disk", at=dates.clock(data["last_backup_at"], words)))
    if data["locked_upto"]:
        made.line(say("status.locked", upto=dates.day(data["locked_upto"], words)))
    return made


def commands(words: Words) -> Table:
    """The commands that one needs, each with what it is for."""
    made = Table([Column(""), Column("")])
    made.line("")
    for typed, key in _COMMANDS:
        made.row(typed, words.say(key))
    return made


def begin(words: Words) -> Table:
    """What can be done where there is no book yet."""
    made = Table([Column(""), Column("")])
    made.title(words.say("status.begin"))
    for typed, key in _BEGIN:
        made.row(typed, words.say(f"status.begin.{key}"))
    return made
