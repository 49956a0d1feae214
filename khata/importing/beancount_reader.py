"""A file of beancount, line by line, as data: the part of its language that docs/IMPORT.md names.

What is not part of it is given as Strange, never left out. Source: the language syntax of beancount, version 3, with
its rules for the tolerance of a balance.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from khata.importing.journal_amounts import Marks, NotAnAmountError, amount, commodity_and_paise
from khata.importing.journal_items import Assertion, Beside, JournalEntry, JournalItem, JournalPosting, Pad, Strange

_DIRECTIVE = re.compile(
    r"(?P<day>[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2})\s+(?P<what>[a-z]+|[*!&#?%A-Z])(?:\s+(?P<rest>.*))?",
    re.DOTALL,
)
_TRANSACTION = re.compile("txn|[*!&#?%PSTCURM]")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ACCOUNT = r"[^\W\d_a-z]\w*(?::[\w-]+)+|[A-Z][\w-]*(?::[\w-]+)+"
_LABELS = re.compile(r"(?:\s|\||[#^][\w./-]+(?!\S))*")
"""What may stand beside the strings of a transaction: tags and links."""

_OPEN = re.compile(rf"(?P<account>{_ACCOUNT})(?:\s.*)?")
_POSTING = re.compile(rf"(?:[*!&#?%A-Z]\s+)?(?P<account>{_ACCOUNT})(?:\s+(?P<rest>.*))?")
_META = re.compile(r"(?P<name>[a-z][\w-]*):(?:\s+(?P<value>.*))?", re.DOTALL)
_BALANCE = re.compile(rf"(?P<account>{_ACCOUNT})\s+(?P<held>[^~]*?)(?:~\s*(?P<within>[0-9.,]+)\s*(?P<of>\S+))?\s*")
_IN_RUPEES = re.compile(r"[-+]?\s*[0-9.,]+\s+INR")
_COST = re.compile(r"[@{]")
_TEXT = re.compile("[:*#!&?%|]")
"""How a line begins that beancount takes for a heading, and passes over."""

_OPTION = re.compile(r'option\s+"name_(?P<root>assets|liabilities|equity|income|expenses)"\s+"(?P<called>[^"]+)"\s*')
_DECLARED = re.compile(r"(?:option|pushtag|poptag|pushmeta|popmeta)\b")
_MOVE_NOTHING = frozenset(("price", "note", "document", "event", "custom", "query"))
_DECLARING = frozenset(("close", "commodity"))


class BeancountReader:
    """Reads the lines of one file, each with its number, into items.

    Attributes:
        names: of accounts that were opened, what the metadata `name` call whoever it is.
    """

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self._roots: dict[str, str] = {}
        self._entry: JournalEntry | None = None
        self._opened = ""

    def read(self, lines: Iterable[tuple[int, str]]) -> Iterator[JournalItem]:
        """The items, in the order of their lines."""
        for number, line in _whole(lines):
            if line[:1] in (" ", "\t") and line.strip():
                yield from self._indented(number, line.strip())
                continue
            yield from self._ended()
            if line.strip():
                yield from self._top(number, line.rstrip())
        yield from self._ended()

    def _ended(self) -> Iterator[JournalItem]:
        entry, self._entry, self._opened = self._entry, None, ""
        if entry is not None:
            entry.complete()
            yield entry

    def _top(self, number: int, line: str) -> Iterator[JournalItem]:
        found = _DIRECTIVE.fullmatch(line)
        if found is None:
            yield from self._undated(number, line)
            return
        what, rest = found["what"], found["rest"] or ""
        day = "-".join(part.zfill(2) for part in re.split("[-/]", found["day"]))
        if _TRANSACTION.fullmatch(what):
            said = [_unescaped(each) for each in _STRING.findall(rest)]
            payee = said[0] if len(said) > 1 else ""
            self._entry = JournalEntry(number, day, said[-1] if said else "", payee)
            if len(said) > 2 or not _LABELS.fullmatch(_STRING.sub(" ", rest)):
                self._entry.is_wrong("line", text=rest)
        elif what == "open" and (opened := _OPEN.fullmatch(rest)) is not None:
            self._opened = self._called(opened["account"])
        elif what == "balance":
            yield self._balance(number, day, rest)
        elif what in _MOVE_NOTHING:
            self._opened = "-"
            yield Beside(number, "beside_money", line)
        elif what in _DECLARING:
            self._opened = "-"
        else:
            self._opened = "-"
            accounts = tuple(map(self._called, re.findall(_ACCOUNT, rest)))
            yield Pad(number, line, accounts) if what == "pad" and accounts else Strange(number, "line", line)

    def _undated(self, number: int, line: str) -> Iterator[JournalItem]:
        if (found := _OPTION.fullmatch(line)) is not None:
            self._roots[found["called"]] = found["root"].title()
        elif line.startswith("plugin"):
            yield Beside(number, "plugin", line)
        elif line.startswith("include"):
            yield Strange(number, "include", line)
        elif not _DECLARED.match(line):
            self._opened = "-"
            yield Strange(number, "line", line)

    def _balance(self, number: int, day: str, rest: str) -> JournalItem:
        found = _BALANCE.fullmatch(rest)
        self._opened = "-"
        if found is None:
            return Strange(number, "line", rest)
        account, held = self._called(found["account"]), found["held"].strip()
        try:
            paise = amount(held, Marks())
            within = amount(f"{found['within']} {found['of']}", Marks()) if found["within"] else _tolerance(held)
        except NotAnAmountError as e:
            if e.why == "commodity":
                return Beside(number, "unchecked", rest)
            return Strange(number, e.why, rest)
        return Assertion(number, day, account, paise, whole=True, within=within, before=True)

    # --- what stands below

    def _indented(self, number: int, said: str) -> Iterator[JournalItem]:
        entry = self._entry
        meta = _META.fullmatch(said)
        if meta is not None:
            string = _STRING.fullmatch((meta["value"] or "").strip())
            value = _unescaped(string[1]) if string else (meta["value"] or "").strip()
            if entry is not None and not entry.postings:
                entry.tags.setdefault(meta["name"], value)
            elif self._opened and meta["name"] == "name" and value:
                self.names[self._opened] = value
            elif entry is None and not self._opened:
                yield Strange(number, "line", said)
        elif entry is None:
            if not self._opened:
                yield Strange(number, "line", said)
        elif said[0] not in "#^":
            self._posting(entry, number, said)

    def _posting(self, entry: JournalEntry, number: int, said: str) -> None:
        found = _POSTING.fullmatch(said)
        if found is None:
            entry.is_wrong("line", text=said)
            return
        account, written = self._called(found["account"]), (found["rest"] or "").strip()
        paise: int | None = None
        if written:
            paise = 0
            if _COST.search(written):
                entry.is_wrong("cost", text=written)
            elif not _IN_RUPEES.fullmatch(written):
                entry.is_wrong(_why(written), text=written)
            else:
                try:
                    paise = amount(written, Marks())
                except NotAnAmountError as e:
                    entry.is_wrong(e.why, text=written)
        entry.postings.append(JournalPosting(number, account, paise))

    def _called(self, account: str) -> str:
        """An account, its root by its English name."""
        root, _, rest = account.partition(":")
        return f"{self._roots.get(root, root)}:{rest}"


def _why(written: str) -> str:
    """Why an amount is none of rupees."""
    try:
        symbol, _ = commodity_and_paise(written, Marks())
    except NotAnAmountError as e:
        return e.why
    return "amount" if not symbol else "commodity"


def _tolerance(held: str) -> int:
    """By how many paise a balance may differ that says nothing on it: one of its last decimal."""
    _, point, part = held.split(maxsplit=1)[0].partition(".")
    return 10 ** max(0, 2 - len(part)) if point and part else 0


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", " ".join(text.split("\n")))


def _whole(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Lines without their comments; one in which a string stays open goes on until that is closed.

    A string that goes on over the beginning of the next directive was never closed: its lines are each by themselves.
    """
    held: list[tuple[int, str]] = []
    for number, typed in lines:
        line = typed.rstrip()
        if held and (_DIRECTIVE.match(line) or len(held) == _MOST_LINES):
            yield from ((at, _without_comment(text)[0]) for at, text in held)
            held = []
        if not held and _TEXT.match(line):
            continue
        held.append((number, line))
        bare, is_open = _without_comment("\n".join(text for _, text in held))
        if not is_open:
            yield held[0][0], bare
            held = []
    yield from ((at, _without_comment(text)[0]) for at, text in held)


_MOST_LINES = 40
"""Lines of one string."""


def _without_comment(text: str) -> tuple[str, bool]:
    """A line as far as its comment, and whether a string in it is still open.

    >>> _without_comment('a "b;c" ; d'), _without_comment('a "b')
    (('a "b;c" ', False), ('a "b', True))
    """
    if '"' not in text:
        return text.partition(";")[0], False
    quoted, escaped = False, False
    for place, sign in enumerate(text):
        if escaped:
            escaped = False
        elif quoted and sign == "\\":
            escaped = True
        elif sign == '"':
            quoted = not quoted
        elif sign == ";" and not quoted:
            return text[:place], False
    return text, quoted
