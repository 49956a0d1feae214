"""What can be typed in the shell, a line each with its meaning: in the words of the trade of the reader's language."""

from __future__ import annotations

from typing import Final

from khata.i18n.messages import Words
from khata.render.terminal.table import Column, Table

EXAMPLES: Final = (
    ("{ramesh} 450", "sale"),
    ("{ramesh} 450 {paid} 200 upi ; {atta}", "part_paid"),
    ("{ramesh} {receive} 200 upi", "receive"),
    ("{ramesh} {receive} 640 full", "full"),
    ("{ramesh} {discount} 5", "discount"),
    ("{ramesh} {return} 90", "return"),
    ("counter 350 upi", "counter"),
    ("{new} {suresh} 450", "new"),
    ("{ramesh} 450 {on} 21-11", "on"),
    ("{day} 21-11", "day"),
    ("{day} today", "today"),
    ("fix 540", "fix"),
    ("fix {mahesh}", "fix_customer"),
    ("fix 41 540", "fix_entry"),
    ("undo", "undo"),
    ("{ramesh}?", "balance"),
    ("{ramesh}??", "statement"),
    ("?", "status"),
    ("??", "daybook"),
    ("by {meena}", "by"),
)
"""Lines that can be typed as they stand, each with the end of the key of its meaning."""

KEYS: Final = (
    ("sale {ramesh} 450 --ref 118", "command"),
    ("@NAME 450", "at_name"),
    ("Tab", "tab"),
    ("Ctrl-C", "stop"),
    ("{end}", "end"),
)

_NAMES = ("ramesh", "suresh", "mahesh", "meena", "atta")
_TRADE = ("paid", "receive", "discount", "return", "new", "on", "day", "end")


def table(words: Words) -> Table:
    """All of it."""
    made = Table([Column(""), Column("")])
    for rows in (EXAMPLES, KEYS):
        if rows is KEYS:
            made.line("")
        for typed, key in rows:
            made.row(line(typed, words), words.say(f"shell.help.{key}"))
    return made


def line(typed: str, words: Words) -> str:
    """A line as it is typed in a language: its first word for each thing, and the names in its letters."""
    trade = {what: words.say(f"spoken.{what}").split()[0] for what in _TRADE}
    names = dict(zip(_NAMES, words.say("shell.help.names").split(), strict=True))
    return typed.format_map(trade | names)
