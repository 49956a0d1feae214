"""A journal of hledger or ledger, line by line, as data: the part of the format that docs/IMPORT.md names.

What is not part of it is given as Strange, never left out. Sources: the manuals of hledger (journal format: directives,
transactions, postings, assertions, comments) and ledger (command directives, transactions, automated transactions).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from khata.importing.journal_amounts import Marks, NotAnAmountError, amount, decimal_mark, is_rupee
from khata.importing.journal_items import Assertion, Beside, JournalEntry, JournalItem, JournalPosting, Strange

_HEAD = re.compile(
    r"(?P<day>(?:[0-9]{4}[-/.])?[0-9]{1,2}[-/.][0-9]{1,2})(?:=[0-9][0-9/.-]*)?(?=\s|$)"
    r"(?:\s+[*!](?=\s|$|\())?(?:\s*\((?P<code>[^)]*)\))?\s*(?P<rest>.*)"
)
_COMMENT = re.compile(r"[;#%*|]")
_POSTING = re.compile(r"(?:[*!]\s+)?(?P<account>.*?)(?:(?: {2,}|\t| \t)\s*(?P<rest>.*)|(?=\s;)\s+(?P<comment>;.*)|)")
_ASSERTED = re.compile(r"(?P<amount>[^=]*)(?P<sign>==?\*?)(?P<held>.*)")
_TAG = re.compile(r"(?P<name>[A-Za-z][\w-]*):(?:\s+|$)(?P<value>.*)")
_OWN_DAY = re.compile(r"(?:^|[\s,;])date:\s*[0-9]|\[=?[0-9][0-9/.=-]*\]")
_YEAR = re.compile(r"(?:Y|(?:apply\s+)?year\b)\s*(?P<year>[0-9]{4})")
_COMMODITY = re.compile(r"(?:commodity|D)\s+(?P<said>.*)")
_FORMAT = re.compile(r"\s+format\s+(?P<said>.*)")
_SUB_ALIAS = re.compile(r"\s+alias\s+(?P<said>\S.*)")
_ALIAS = re.compile(r"alias\s+(?P<old>[^=/]+?)\s*=\s*(?P<new>\S.*)")
_ACCOUNT = re.compile(r"account\s+(?P<said>\S.*)")
_APPLY = re.compile(r"apply\s+account\s+(?P<said>\S.*)")
_DECIMAL = re.compile(r"decimal-mark\s+(?P<said>[.,])\s*")
_SKIP = re.compile(r"(?:comment|test)\s*")
_SKIPPED = re.compile(r"end\s+(?:comment|test)\s*")
_DECLARED = re.compile(r"(?:tag|payee|N|apply\s+tag|end\s+apply\s+tag|end\s+tag|end\s+apply\s+year)\b")
_ENDS = re.compile(r"end(?:\s+(?P<what>aliases|apply\s+account|apply))?\s*")
_BESIDE = (("beside_money", re.compile(r"P\s")), ("periodic", re.compile("~")))
_STRANGE = (("include", re.compile(r"include\b")), ("automated", re.compile(r"=")))
_SUBS = re.compile(r"\s+(?:note|check|assert|eval|nomarket|format|alias)\b")
"""What may stand below an `account` or a `commodity` of ledger; its `default` and `payee` would move money there."""


class JournalReader:
    """Reads the lines of one journal, each with its number, into items."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self._year = ""
        self._marks = Marks()
        self._parents: list[str] = []
        self._aliases: list[tuple[str, str]] = []
        self._below = ""
        self._declared = ""
        self._entry: JournalEntry | None = None
        self._asserted: list[Assertion] = []

    def read(self, lines: Iterable[tuple[int, str]]) -> Iterator[JournalItem]:
        """The items, in the order of their lines; a transaction comes before what it asserts."""
        skipping = False
        for number, typed in lines:
            line = typed.rstrip()
            if skipping:
                skipping = not _SKIPPED.fullmatch(line)
            elif not line.strip():
                yield from self._ended()
                self._below = ""
            elif line[0] in " \t":
                yield from self._indented(number, line)
            elif not _COMMENT.match(line):
                yield from self._ended()
                self._below = ""
                skipping = bool(_SKIP.fullmatch(line))
                if not skipping:
                    yield from self._top(number, line)
        yield from self._ended()

    def _ended(self) -> Iterator[JournalItem]:
        """The transaction that was being read, whole."""
        entry, asserted = self._entry, self._asserted
        self._entry, self._asserted = None, []
        if entry is not None:
            entry.complete()
            yield entry
            yield from asserted

    # --- what stands at the beginning of a line

    def _top(self, number: int, line: str) -> Iterator[JournalItem]:
        if (head := _HEAD.fullmatch(line)) is not None:
            self._begin(number, head)
            return
        said = line.removeprefix("!").removeprefix("@")
        if self._told(said):
            return
        for why, begins in _BESIDE:
            if begins.match(said):
                self._below = "any"
                yield Beside(number, why, line)
                return
        self._below = "any"
        yield Strange(number, next((why for why, begins in _STRANGE if begins.match(said)), "line"), line)

    def _begin(self, number: int, head: re.Match[str]) -> None:
        title, _, comment = _parted(head["rest"])
        day = [part.zfill(2) for part in re.split("[-/.]", head["day"])]
        entry = JournalEntry(number, "-".join(day), title.strip(), ref=(head["code"] or "").strip())
        if len(day) == 2:
            entry.on = f"{self._year}-{entry.on}" if self._year else head["day"]
            if not self._year:
                entry.is_wrong("year", text=head["day"])
        self._entry = entry
        self._remark(comment)

    def _told(self, line: str) -> bool:
        """Whether a directive is one that is followed, or that changes nothing; it is followed then."""
        if found := _YEAR.fullmatch(line):
            self._year = found["year"]
        elif found := _DECIMAL.fullmatch(line):
            self._marks = self._marks._replace(decimal=found["said"])
        elif found := _COMMODITY.fullmatch(line):
            self._below = "commodity"
            self._declared = _parted(found["said"])[0].strip()
            self._style(self._declared, default=line.startswith("D"))
        elif found := _APPLY.fullmatch(line):
            self._parents.append(found["said"].strip())
        elif found := _ACCOUNT.fullmatch(line):
            self._below, self._declared = "account", _parted(found["said"])[0].strip()
        elif found := _ALIAS.fullmatch(line):
            self._aliases.insert(0, (found["old"].strip(), found["new"].strip()))
        elif found := _ENDS.fullmatch(line):
            if found["what"] == "aliases":
                self._aliases.clear()
            elif self._parents:
                self._parents.pop()
        elif not _DECLARED.match(line):
            return False
        else:
            self._below = "any"
        return True

    def _style(self, sample: str, *, default: bool = False) -> None:
        """Learn how amounts of rupees are written from one, and, of `D`, what those without a commodity are in."""
        symbol = re.sub(r"[-+0-9.,'\s]+", "", sample)
        if re.match(r'^"?[A-Za-z]+\.', sample):  # the point of `Rs.` is no decimal mark
            sample = sample.partition(".")[2]
        if is_rupee(symbol):
            self._marks = self._marks._replace(decimal=decimal_mark(sample) or self._marks.decimal)
        if default:
            self._marks = self._marks._replace(commodity="" if is_rupee(symbol) else symbol)

    # --- what stands below

    def _indented(self, number: int, line: str) -> Iterator[JournalItem]:
        said = line.strip()
        if self._entry is not None:
            if said[0] in ";#%":
                self._remark(said[1:], of_posting=bool(self._entry.postings))
            else:
                self._posting(self._entry, number, said)
        elif self._below == "account" and (found := _SUB_ALIAS.fullmatch(line)):
            self._aliases.insert(0, (found["said"].strip(), self._declared))
        elif self._below == "commodity" and (found := _FORMAT.fullmatch(line)):
            self._style(found["said"])
        elif self._below != "any" and said[0] not in ";#%*" and not (self._below and _SUBS.match(line)):
            yield Strange(number, "line", said)

    def _remark(self, comment: str, *, of_posting: bool = False) -> None:
        entry = self._entry
        if entry is None or not comment.strip():
            return
        if of_posting and _OWN_DAY.search(comment):
            entry.is_wrong("posting_date", text=comment.strip())
        if not of_posting and (found := _TAG.fullmatch(comment.strip())):
            entry.tags.setdefault(found["name"].casefold(), found["value"].strip())

    def _posting(self, entry: JournalEntry, number: int, said: str) -> None:
        found = _POSTING.fullmatch(said)
        account = found["account"].strip() if found else ""
        if found is None or not account:
            entry.is_wrong("line", text=said)
            return
        if (account[0], account[-1]) in (("(", ")"), ("[", "]"), ("<", ">")):
            entry.is_wrong("virtual", text=account)
            account = account[1:-1].strip()
        account = self._called(account)
        written, _, comment = _parted(found["rest"] or found["comment"] or "")
        self._remark(comment, of_posting=True)
        paise = self._amount(entry, number, account, written.strip())
        entry.postings.append(JournalPosting(number, account, paise))

    def _amount(self, entry: JournalEntry, number: int, account: str, written: str) -> int | None:
        """What a posting moves; None where nothing stands there. What it asserts is kept."""
        asserted = _ASSERTED.fullmatch(written)
        bare = asserted["amount"].strip() if asserted else written
        paise = None
        try:
            paise = amount(bare, self._marks) if bare else None
        except NotAnAmountError as e:
            entry.is_wrong(e.why, text=e.text.strip())
            paise = 0
        if asserted is None:
            return paise
        if not bare:
            entry.is_wrong("assignment", text=written)
            return 0
        try:
            held = amount(asserted["held"].strip(), self._marks)
        except NotAnAmountError as e:
            entry.is_wrong(e.why, text=written)
        else:
            self._asserted.append(Assertion(number, entry.on, account, held, whole="*" in asserted["sign"]))
        return paise

    def _called(self, account: str) -> str:
        """An account below those that were applied, by its own name and not by an alias."""
        account = ":".join([*self._parents, account])
        for old, new in self._aliases:
            if account == old or account.startswith(old + ":"):
                account = new + account[len(old) :]
        return account


def _parted(text: str) -> tuple[str, str, str]:
    """What stands before a comment, and the comment; a semicolon within quotes is a name's.

    >>> _parted('"a;b" 450 ; paid'), _parted('sale ; "x')
    (('"a;b" 450 ', ';', ' paid'), ('sale ', ';', ' "x'))
    """
    quoted = False
    for place, sign in enumerate(text if '"' in text else ""):
        if sign == '"':
            quoted = not quoted
        elif sign == ";" and not quoted:
            return text[:place], sign, text[place + 1 :]
    return text.partition(";")
