"""The commands, without loading any: where each one is, what it is called in speech, and where help shows it."""

from __future__ import annotations

from typing import NamedTuple

from khata.grammar.digits import LONGEST


class Entry(NamedTuple):
    """A command: its module in this package, its function, the options it shares, and its part of the help."""

    module: str
    function: str
    options: tuple[str, ...] = ()
    section: str = "day"


COMMANDS = {
    "sale": Entry("recording", "sale", ("recording",)),
    "receive": Entry("recording", "receive", ("recording",)),
    "balance": Entry("asking", "balance", ("clocks",)),
    "statement": Entry("asking", "statement", ("clocks",)),
    "dues": Entry("asking", "dues", ("clocks",)),
    "daybook": Entry("asking", "daybook", ("clocks",)),
    "undo": Entry("correcting", "undo", ("changing",)),
    "correct": Entry("correcting", "correct", ("recording",)),
    "reverse": Entry("correcting", "reverse", ("reversing",)),
    "return": Entry("recording", "return_", ("recording",)),
    "refund": Entry("recording", "refund", ("recording",)),
    "discount": Entry("recording", "discount", ("recording",)),
    "party": Entry("party", "PARTY"),
    "shell": Entry("counter.sitting", "shell"),
    "status": Entry("looking", "status", ("clocks",)),
    "opening": Entry("recording", "opening", ("recording",), "book"),
    "init": Entry("opening", "init", (), "book"),
    "use": Entry("opening", "use", (), "book"),
    "where": Entry("opening", "where", (), "book"),
    "books": Entry("opening", "books", (), "book"),
    "backup": Entry("backup", "backup", ("agreeing",), "book"),
    "restore": Entry("restoring", "restore", (), "book"),
    "adopt": Entry("restoring", "adopt", ("changing",), "book"),
    "salvage": Entry("salvaging", "salvage", (), "accountant"),
    "doctor": Entry("doctor", "doctor", (), "book"),
    "demo": Entry("demo", "demo", (), "book"),
    "write-off": Entry("recording", "write_off", ("recording",), "accountant"),
    "log": Entry("looking", "log", ("clocks",), "accountant"),
    "show": Entry("looking", "show", ("clocks",), "accountant"),
    "verify": Entry("checking", "verify", (), "accountant"),
    "export": Entry("moving", "export", ("clocks",), "accountant"),
    "clock": Entry("checking", "CLOCK", (), "accountant"),
    "batch": Entry("batch", "batch", (), "scripts"),
    "import": Entry("moving", "import_", (), "scripts"),
    "import-log": Entry("moving", "import_log", (), "scripts"),
    "rebuild": Entry("checking", "rebuild", (), "scripts"),
    "completion": Entry("completing", "completion", (), "scripts"),
    "pay": Entry("recording", "pay", (), "hidden"),
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
