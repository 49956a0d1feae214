"""The commands, without loading any: where each one is, what it is called in speech, and where help shows it."""

from __future__ import annotations

from typing import NamedTuple

from khata.grammar.digits import LONGEST

NAME, ENTRY = "name", "entry"
TOGETHER, ALONE = "together", "alone"


class Entry(NamedTuple):
    """A command.

    Attributes:
        module: its module in this package; `function` what it is there.
        options: the groups of options that it shares with others.
        section: its part of the help.
        about: what its first word names: a customer, an entry, or neither.
        batch: as a line of a batch it is committed with others, done by itself after all before it, or refused.
        dated: whether it is recorded for the day that is set in the shell. A cancelled entry's day is its own.
        between: whether its word may stand between a name and a sum: `ramesh jama 200`.
        in_shell: whether the shell takes it: not what reads the same keyboard, or turns to another book.
        reads: whether it takes its input once, so that it cannot be done again from its words alone.
    """

    module: str
    function: str
    options: tuple[str, ...] = ()
    section: str = "day"
    about: str = ""
    batch: str = ""
    dated: bool = False
    between: bool = False
    in_shell: bool = True
    reads: bool = False


def _money(function: str, section: str = "day", *, between: bool = False) -> Entry:
    """What records money for a customer: `khata WORD NAME SUM`."""
    return Entry("recording", function, ("recording",), section, NAME, TOGETHER, dated=True, between=between)


COMMANDS = {
    "sale": _money("Sale", between=True),
    "receive": _money("Receive", between=True),
    "balance": Entry("asking", "balance", ("clocks",), about=NAME, batch=ALONE),
    "statement": Entry("asking", "statement", ("clocks",), about=NAME, batch=ALONE),
    "dues": Entry("asking", "dues", ("clocks",), batch=ALONE),
    "daybook": Entry("asking", "daybook", ("clocks",), batch=ALONE),
    "undo": Entry("correcting", "undo", ("changing",), batch=ALONE),
    "correct": Entry("recording", "Correct", ("recording",), about=ENTRY, batch=TOGETHER),
    "reverse": Entry("recording", "Reverse", ("reversing",), about=ENTRY, batch=TOGETHER),
    "return": _money("Return", between=True),
    "refund": _money("Refund", between=True),
    "discount": _money("Discount", between=True),
    "party": Entry("party", "PARTY", batch=ALONE),
    "shell": Entry("shell.sitting", "shell", in_shell=False, reads=True),
    "status": Entry("looking", "status", ("clocks",), batch=ALONE),
    "opening": _money("Opening", "book"),
    "init": Entry("opening", "init", section="book", in_shell=False),
    "use": Entry("opening", "use", section="book", in_shell=False),
    "where": Entry("opening", "where", section="book"),
    "books": Entry("opening", "books", section="book"),
    "backup": Entry("backup", "backup", ("agreeing",), section="book"),
    "restore": Entry("restoring", "restore", section="book", in_shell=False),
    "adopt": Entry("restoring", "adopt", ("changing",), section="book"),
    "salvage": Entry("salvaging", "salvage", section="accountant"),
    "doctor": Entry("doctor", "doctor", section="book"),
    "demo": Entry("demo", "demo", section="book", in_shell=False),
    "write-off": _money("WriteOff", "accountant"),
    "log": Entry("looking", "log", ("clocks",), section="accountant", batch=ALONE),
    "show": Entry("looking", "show", ("clocks",), section="accountant", about=ENTRY, batch=ALONE),
    "verify": Entry("checking", "verify", section="accountant"),
    "export": Entry("moving", "export", ("clocks",), section="accountant"),
    "clock": Entry("checking", "CLOCK", section="accountant"),
    "batch": Entry("batch", "batch", section="scripts", in_shell=False, reads=True),
    "import": Entry("moving", "import_", section="scripts", reads=True),
    "import-log": Entry("moving", "import_log", section="scripts", in_shell=False),
    "rebuild": Entry("checking", "rebuild", section="scripts"),
    "completion": Entry("completing", "completion", section="scripts"),
    "pay": Entry("recording", "pay", section="hidden"),
}

SECTIONS = ("day", "book", "accountant", "scripts")

SPOKEN = {
    "udhaar": "sale",
    "udhar": "sale",
    "उधार": "sale",
    "gave": "sale",
    "jama": "receive",
    "जमा": "receive",
    "got": "receive",
    "wapas": "return",
    "वापस": "return",
    "kasar": "discount",
    "कसर": "discount",
    "vatav": "discount",
    "वटाव": "discount",
    "radd": "reverse",
    "रद्द": "reverse",
    "ulta": "reverse",
    "उल्टा": "reverse",
    "fix": "correct",
    "baki": "balance",
    "बाकी": "balance",
    "hisab": "statement",
    "हिसाब": "statement",
    "rojmel": "daybook",
    "रोजमेल": "daybook",
    "रोज़मेल": "daybook",
}


def find(word: str) -> str | None:
    """The command that a word means: its name, or how it is called in speech, in any Unicode form."""
    if word in COMMANDS:
        return word
    if len(word) > LONGEST:
        return None
    from unicodedata import normalize

    spoken = normalize("NFC", word).casefold()
    return SPOKEN.get(spoken) or next((SPOKEN[each] for each in SPOKEN if normalize("NFC", each) == spoken), None)
