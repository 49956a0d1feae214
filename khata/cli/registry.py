"""The commands, without loading any: where each one is, what it is called in speech, and where help shows it."""

from typing import NamedTuple

NAME, ENTRY = "name", "entry"
TOGETHER, ALONE = "together", "alone"


class Listing(NamedTuple):
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
        languages: whether what it makes can be in several languages at once.
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
    languages: bool = False


def _money(function: str, section: str = "day", *, between: bool = False) -> Listing:
    """What records money for a customer: `khata WORD NAME SUM`."""
    return Listing("recording", function, ("recording",), section, NAME, TOGETHER, dated=True, between=between)


COMMANDS = {
    "sale": _money("Sale", between=True),
    "receive": _money("Receive", between=True),
    "balance": Listing("asking", "balance", ("clocks",), about=NAME, batch=ALONE),
    "statement": Listing("asking", "statement", ("clocks",), about=NAME, batch=ALONE, languages=True),
    "dues": Listing("asking", "dues", ("clocks",), batch=ALONE),
    "chart": Listing("charting", "CHART", batch=ALONE),
    "daybook": Listing("asking", "daybook", ("clocks",), batch=ALONE),
    "undo": Listing("correcting", "undo", ("changing",), batch=ALONE),
    "correct": Listing("recording", "Correct", ("recording",), about=ENTRY, batch=TOGETHER),
    "reverse": Listing("imported", "reverse", ("reversing",), about=ENTRY, batch=TOGETHER),
    "return": _money("Return", between=True),
    "refund": _money("Refund", between=True),
    "discount": _money("Discount", between=True),
    "every": Listing("recurring", "EVERY", batch=ALONE),
    "due-lines": Listing("recurring", "due_lines", ("changing", "clocks"), batch=ALONE),
    "party": Listing("party", "PARTY", batch=ALONE),
    "reconcile": Listing("reconciling", "reconcile", ("agreeing",), section="book", in_shell=True, reads=True),
    "receipt": Listing("slip", "slip", ("clocks",), about=ENTRY, batch=ALONE),
    "qr": Listing("collecting", "qr", about=NAME, batch=ALONE),
    "remind": Listing("reminding", "remind", ("changing", "clocks"), about=NAME, batch=ALONE, languages=True),
    "dispute": Listing("reminding", "dispute", ("changing",), about=ENTRY, batch=ALONE),
    "pending": Listing("waiting", "pending", ("clocks",), batch=ALONE),
    "confirm": Listing("recording", "Confirm", ("confirming",), about=ENTRY, batch=TOGETHER),
    "failed": Listing("recording", "Failed", ("reversing",), about=ENTRY, batch=TOGETHER),
    "bounced": Listing("recording", "Bounced", ("reversing",), about=ENTRY, batch=TOGETHER),
    "shop": Listing("shop", "SHOP", section="book", batch=ALONE),
    "shell": Listing("shell.sitting", "shell", in_shell=False, reads=True),
    "status": Listing("looking", "status", ("clocks",), batch=ALONE),
    "opening": _money("Opening", "book"),
    "init": Listing("opening", "init", section="book", in_shell=False),
    "use": Listing("opening", "use", section="book", in_shell=False),
    "where": Listing("opening", "where", section="book"),
    "books": Listing("opening", "books", section="book"),
    "backup": Listing("backup", "backup", ("agreeing",), section="book"),
    "restore": Listing("restoring", "restore", section="book", in_shell=False),
    "adopt": Listing("restoring", "adopt", ("changing",), section="book"),
    "salvage": Listing("salvaging", "salvage", section="accountant"),
    "languages": Listing("speaking", "languages", section="book", batch=ALONE),
    "doctor": Listing("doctor", "doctor", section="book"),
    "demo": Listing("demo", "demo", section="book", in_shell=False),
    "charge": _money("Charge", between=True),
    "transfer": _money("Transfer"),
    "write-off": _money("WriteOff", "accountant"),
    "log": Listing("looking", "log", ("clocks",), section="accountant", batch=ALONE),
    "show": Listing("looking", "show", ("clocks",), section="accountant", about=ENTRY, batch=ALONE),
    "sales": Listing("figuring", "sales", ("clocks",), section="accountant", batch=ALONE),
    "receipts": Listing("figuring", "receipts", ("clocks",), section="accountant", batch=ALONE),
    "returns": Listing("figuring", "returns", ("clocks",), section="accountant", batch=ALONE),
    "discounts": Listing("figuring", "discounts", ("clocks",), section="accountant", batch=ALONE),
    "write-offs": Listing("figuring", "write_offs", ("clocks",), section="accountant", batch=ALONE),
    "charges": Listing("figuring", "charges", ("clocks",), section="accountant", batch=ALONE),
    "openings": Listing("figuring", "openings", ("clocks",), section="accountant", batch=ALONE),
    "trial": Listing("figuring", "trial_balance", ("clocks",), section="accountant", batch=ALONE),
    "modebook": Listing("figuring", "modebook", ("clocks",), section="accountant", batch=ALONE),
    "lock": Listing("locking", "lock", ("changing",), section="accountant"),
    "unlock": Listing("locking", "unlock", ("changing",), section="accountant"),
    "imports": Listing("imported", "imports", ("clocks",), section="accountant", batch=ALONE),
    "edit-log": Listing("reviewing", "edit_log", ("clocks",), section="accountant", batch=ALONE),
    "changes": Listing("reviewing", "changes", ("clocks",), section="accountant", batch=ALONE),
    "audit": Listing("auditing", "AUDIT", section="accountant", batch=ALONE),
    "verify": Listing("checking", "verify", section="accountant"),
    "certificate": Listing("certifying", "certificate", section="accountant"),
    "pack": Listing("packing", "pack", section="accountant"),
    "checkpoint": Listing("proving", "checkpoint", ("agreeing",), section="accountant"),
    "proof": Listing("proving", "proof", ("clocks", "agreeing"), section="accountant", about=ENTRY),
    "verify-proof": Listing("proving", "verify_proof", section="accountant"),
    "witness": Listing("witnessing", "WITNESS", section="accountant"),
    "timestamp": Listing("timestamping", "TIMESTAMP", section="accountant"),
    "key": Listing("keys", "KEY", section="accountant"),
    "export": Listing("exporting", "export", ("clocks",), section="accountant"),
    "clock": Listing("checking", "CLOCK", section="accountant"),
    "batch": Listing("batch", "batch", ("doubting",), section="scripts", in_shell=False, reads=True),
    "import": Listing("importing", "import_", section="scripts", reads=True),
    "profiles": Listing("importing", "profiles", section="scripts"),
    "import-log": Listing("importing", "import_log", section="scripts", in_shell=False),
    "rebuild": Listing("checking", "rebuild", section="scripts"),
    "completion": Listing("completing", "completion", section="scripts"),
    "pay": Listing("recording", "pay", section="hidden"),
}

SECTIONS = ("day", "book", "accountant", "scripts")


def can_add(command: str) -> bool:
    """Whether a command takes `--new`."""
    return command in COMMANDS and "recording" in COMMANDS[command].options
