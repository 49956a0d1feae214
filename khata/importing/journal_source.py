"""A journal of plain-text accounting as a source of rows: hledger's and ledger's, and beancount's.

A row's number is the line on which it begins. Of a transaction that moves several customers each has a row of his own,
on the line of his posting. What khata's own export wrote comes back as it was; in what others wrote nothing is guessed.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import BinaryIO, NamedTuple

from khata.grammar.fault import Unreadable
from khata.grammar.text import clean_ref, ref_key
from khata.importing.assertions import failed
from khata.importing.beancount_reader import BeancountReader
from khata.importing.columns import COLUMNS
from khata.importing.journal_accounts import is_charge, is_transfer, ledger_of
from khata.importing.journal_items import Assertion, Beside, JournalEntry, JournalItem, Pad, Strange
from khata.importing.journal_reader import JournalReader
from khata.importing.profile import BEANCOUNT, TableProfile
from khata.importing.row_types import TYPES
from khata.importing.source import Tell, UnreadableFileError, text_of
from khata.importing.voucher_source import CONCERNS, KeptVoucher, VoucherSide, VoucherSource
from khata.importing.vouchers import Ledger, Leg, NotUnderstood, PassedOver, Voucher, meant, opening

_OWN = re.compile(r"(?P<word>[a-z]+(?:-[a-z]+)?) (?P<entry>[0-9]+)(?:, cancels [0-9]+)?")
_WORDS = frozenset((*TYPES, "transfer", "reverse"))
"""How khata's own export begins the title of an entry."""

_BROUGHT = "opening balances"
"""What it calls that which was brought forward before the first day of an extract."""

_TOLD_AT = 1 << 12


class JournalVoucher(KeptVoucher, array_like=True, frozen=True, kw_only=True):
    """A transaction of a journal: the line where it begins, and what stands behind its day."""

    line: int
    title: str

    @property
    def label(self) -> str:
        """`sale 17`."""
        return self.title or self.on


class _Row(NamedTuple):
    """What stands on a line: the cells, and what is wrong with it as a whole."""

    line: int
    cells: list[str]
    bad: tuple[str, dict[str, object]] | None = None


class JournalSource(VoucherSource[JournalVoucher]):
    """A journal, read whole; `beancount` says which language it is in, `accounts` what somebody said of its accounts.

    Raises:
        UnreadableFileError: `no_vouchers` where it has no transactions; `no_such_account` where one was named that it
            does not have; `seems_utf8`.
        UnicodeDecodeError: it is no UTF-16.
    """

    kept = JournalVoucher
    code = "transaction_not_understood"
    column = "transaction"

    def __init__(
        self,
        raw: BinaryIO,
        name: str,
        profile: TableProfile,
        encoding: str | None = None,
        tell: Tell | None = None,
        accounts: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(raw, name, tell)
        self.profile = profile.name
        self._said = {account.casefold(): meant for account, meant in (accounts or {}).items()}
        self._accounts: dict[str, None] = {}
        self._assertions: list[Assertion] = []
        self._others: dict[int, Strange | Beside] = {}
        reader = BeancountReader() if profile is BEANCOUNT else JournalReader()
        self._names = reader.names
        self._hashing, self._text = text_of(raw, encoding)
        self._crooked: list[int] = []
        self._padded: list[str] = []
        for item in reader.read(self._lines()):
            self._take(item)
        if not self._count and not self._others:
            raise UnreadableFileError("no_vouchers", what="journal")
        self.sha256, self.size = self._hashing.hash.hexdigest(), self._hashing.count
        self.done = self.size
        self._is_there(accounts or {})
        self._taken_back = self._pairs()
        self._alike = self._ledgers_alike(iter(self._accounts))
        self._failed = {each.line: each for each in self._not_held()}
        told = {"kind": profile.name, "vouchers": self._count, "ledgers": len(self._accounts), "lines": self._text.row}
        self.found = {**told, "passed": self.passed}
        self.records = self._cells()

    # --- what is in the file

    def _lines(self) -> Iterator[tuple[int, str]]:
        """The lines with their numbers; one with bytes that are no letters is a fault, whatever it says."""
        for number, line in enumerate(self._text, start=1):
            self._text.row = number
            if self._tell is not None and not number % _TOLD_AT:
                self._tell(self._hashing.count, None)
            if self._text.bad is not None:
                code, facts = self._text.bad
                self._text.bad = None
                self._others[number] = Strange(number, "", _shown(line), code, facts)
                self._crooked.append(number)
            yield number, _shown(line)

    def _take(self, item: JournalItem) -> None:
        if isinstance(item, JournalEntry):
            self._keep(item)
        elif isinstance(item, Pad):
            concerned = any(self._ledger(each).role in CONCERNS for each in item.accounts)
            strange = Strange(item.line, "pad", item.text)
            self._others[item.line] = strange if concerned else Beside(item.line, "pad", item.text)
            self._padded += item.accounts
        elif isinstance(item, Assertion):
            self._assertions.append(item)
            self._accounts.setdefault(item.account)
        else:
            self._others.setdefault(item.line, item)

    def _keep(self, entry: JournalEntry) -> None:
        self._accounts.update(dict.fromkeys(each.account for each in entry.postings))
        last = max((each.line for each in entry.postings), default=entry.line)
        if bisect_left(self._crooked, entry.line) < bisect_right(self._crooked, last):
            entry.is_wrong("line", text=entry.title)
        number, own = entry.tags.get("entry", ""), _OWN.fullmatch(entry.title)
        is_own = own is not None and own["word"] in _WORDS and own["entry"] == number
        note = entry.tags.get("note", "") if is_own else " | ".join(filter(None, (entry.payee, entry.title)))
        ref = entry.ref or entry.tags.get("ref", "")
        kept = JournalVoucher(
            on=entry.on, ref=ref, note=note, own=is_own, wrong=entry.wrong, facts=entry.facts,
            sides=[VoucherSide(each.account, each.paise or 0, each.line) for each in entry.postings],
            line=entry.line, title=entry.title or entry.payee,
        )  # fmt: skip
        takes = entry.tags.get("reverses") if is_own else None
        self._wait(kept, mark=ref_key(ref), number=number if is_own else "", takes=takes)

    def _is_there(self, accounts: Mapping[str, str]) -> None:
        """Raise UnreadableFileError where an account was named that is not there: a slip would leave it unread."""
        for named in accounts:
            said = named.casefold()
            if not any(each == said or each.startswith(said + ":") for each in map(str.casefold, self._accounts)):
                raise UnreadableFileError("no_such_account", account=named)

    def _not_held(self) -> Iterable[Assertion]:
        """Assertions that hold neither as the lines stand nor by the days."""
        if not self._assertions:
            return ()
        # What is made up between two assertions is not known: those of such an account hold or not, nobody can say.
        self._assertions = [each for each in self._assertions if each.account not in self._padded]
        in_order = (kept for _, kept in self._waiting())
        found = failed(self._assertions, in_order, by_day=False)
        return failed(found, (kept for _, kept in self._waiting("day, nth")), by_day=True) if found else ()

    def _made(self, called: str) -> Ledger:
        return ledger_of(called, self._said, self._names)

    # --- the rows

    def _cells(self) -> Iterator[list[str]]:
        """A record for each line: its cells where something begins there, and empty ones anywhere else."""
        at = 0
        for row in self._rows():
            if row.line <= at:  # what is wrong with a line was said there
                continue
            for _ in range(at + 1, row.line):
                yield [""] * len(COLUMNS)
            at, self.lines.bad = row.line, row.bad
            yield row.cells
        self._vouchers.close()

    def _rows(self) -> Iterator[_Row]:
        """What stands on the lines, in their order."""
        directives = {**self._others}
        for each in self._failed.values():
            if each.before:
                directives[each.line] = Strange(each.line, "assertion", each.account)
        beside = iter(sorted(directives.values()))
        following = next(beside, None)
        for nth, kept in self._waiting():
            for row in sorted(self._of(nth, kept)):
                while following is not None and following.line <= row.line:
                    yield self._beside(following)
                    following = next(beside, None)
                yield row
        while following is not None:
            yield self._beside(following)
            following = next(beside, None)

    def _beside(self, each: Strange | Beside) -> _Row:
        if isinstance(each, Beside):
            return _Row(each.line, self._pass_over(each.why, f"{each.line} ({each.text[:60]})"))
        if each.code:
            return _Row(each.line, [""] * len(COLUMNS), (each.code, dict(each.facts or {}) | {"value": each.text}))
        return self._refused(each.line, each.text, NotUnderstood(each.why, {"text": each.text}))

    def _refused(self, line: int, value: str, why: NotUnderstood, cells: list[str] | None = None) -> _Row:
        nothing = self._not_understood(value, what=why.why, **why.facts)
        bad, self.lines.bad = self.lines.bad, None
        return _Row(line, cells or nothing, bad)

    def _of(self, nth: int, kept: JournalVoucher) -> list[_Row]:
        """The rows of a transaction."""
        said = self._asserted(kept) or self._stopped(kept)
        if said is None and nth in self._taken_back:
            said = PassedOver("taken_back")
        if said is not None:
            return [self._one(kept, said)]
        owed: dict[str, tuple[int, Ledger, int]] = {}
        rest: list[Leg] = []
        for side, leg in zip(kept.sides, self._legs(kept), strict=True):
            if leg.ledger.role == "customer":
                line, _, before = owed.get(leg.ledger.name, (side.line, leg.ledger, 0))
                owed[leg.ledger.name] = line, leg.ledger, before + leg.paise
            else:
                rest.append(leg)
        moved = [each for each in owed.values() if each[2]]
        brought = (kept.title == _BROUGHT and not kept.own) or _brings(rest)
        if moved and all(leg.ledger.role != "unknown" for leg in rest) and (brought or len(moved) > 1):
            return self._several(kept, moved, rest, brought=brought)
        return [self._one(kept, meant(self._voucher(kept, kept.sides, self._legs(kept))))]

    def _several(
        self, kept: JournalVoucher, moved: Sequence[tuple[int, Ledger, int]], rest: Sequence[Leg], *, brought: bool
    ) -> list[_Row]:
        """The rows of a transaction that moves several customers, or that brings forward what accounts begin with.

        Where one account stands against all of them, each has his part of it; where none does, one takes over what
        another owed, and both are brought forward.
        """
        against = {leg.ledger for leg in rest}
        ref = self._ref(kept) if len(moved) == 1 else ""
        if brought:
            return [
                _Row(line, opening(kept.on, who.name, paise, ref=ref, note=kept.note)) for line, who, paise in moved
            ]
        if not rest:
            note = kept.note or kept.title
            return [_Row(line, opening(kept.on, who.name, paise, note=note)) for line, who, paise in moved]
        if len(against) == 1:
            (other,) = against
            parts = [(line, (Leg(who, paise), Leg(other, -paise))) for line, who, paise in moved]
            said = [(line, meant(self._voucher(kept, kept.sides, legs, ref=""))) for line, legs in parts]
            if all(isinstance(each, list) for _, each in said):
                return [_Row(line, each) for line, each in said if isinstance(each, list)]
        return [self._one(kept, meant(self._voucher(kept, kept.sides, self._legs(kept))))]

    def _one(self, kept: JournalVoucher, said: list[str] | NotUnderstood | PassedOver) -> _Row:
        if isinstance(said, NotUnderstood):
            return self._refused(kept.line, kept.label, said, self._as_far(kept))
        if isinstance(said, PassedOver):
            return _Row(kept.line, self._pass_over(said.why, f"{kept.line} ({kept.label})", kept.on))
        return _Row(kept.line, said)

    def _voucher(
        self, kept: JournalVoucher, sides: Sequence[VoucherSide], legs: tuple[Leg, ...], ref: str | None = None
    ) -> Voucher:
        """A transaction as double entry knows it: an income other than a charge is what a customer was sold."""
        people = [leg.ledger.name for leg in legs if leg.ledger.role == "customer"]
        sold = any(leg.ledger.role == "income" and not is_charge(leg.ledger.name) for leg in legs)
        given = self._ref(kept) if ref is None else ref
        note = kept.note or (kept.title if any(is_transfer(side.ledger) for side in sides) else "")
        for name in people if not kept.own else ():
            note = note.removeprefix(f"{name} | ")
        if kept.ref and not given:
            note = f"{kept.ref} {note}".strip()
        return Voucher("sales" if people and sold else "journal", kept.on, legs, given, note)

    def _asserted(self, kept: JournalVoucher) -> NotUnderstood | None:
        """Why a transaction is no row whose assertion fails."""
        wrong = next((self._failed[side.line] for side in kept.sides if side.line in self._failed), None)
        return NotUnderstood("assertion", {"text": wrong.account}) if wrong is not None and not wrong.before else None

    def _ref(self, kept: JournalVoucher) -> str:
        """The code of a transaction, where khata can have it, and no other one has it: such is no bill's number."""
        if ref_key(kept.ref) in self._marked_twice:
            return ""
        try:
            return clean_ref(kept.ref) if kept.ref else ""
        except Unreadable:
            return ""


def _brings(rest: Sequence[Leg]) -> bool:
    """Whether what stands against customers shows that their accounts begin so: openings, and no trade."""
    roles = {leg.ledger.role for leg in rest if not is_transfer(leg.ledger.name)}
    return "opening" in roles and roles <= {"opening", "money", "other", "tax"}


def _shown(line: str) -> str:
    """A line whose bytes are no letters, as far as it can be shown."""
    return "".join("\ufffd" if "\ud800" <= sign <= "\udfff" or sign == "\0" else sign for sign in line)
