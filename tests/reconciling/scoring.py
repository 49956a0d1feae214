"""How what khata makes of a year is counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.reconciling.statements import AccountRow
from tests.reconciling.truths import RowTruth
from tests.reconciling.year import Year

MOST_CANDIDATES = 5


class BookEntry(NamedTuple):
    """A payment as it stands in the book, read from it by whoever drives khata; `day` is ISO."""

    ref: str
    note: str
    party: str
    day: str
    paise: int


class SureWrong(NamedTuple):
    """A row of which khata was sure, and wrong."""

    file: str
    row: int
    why: str
    said: str
    truth: RowTruth | None


@dataclass
class Score:
    """What came of a year.

    A receipt is a payment of a customer that came to one of the shop's accounts: there are 3,600, and each counts
    once, however many rows show it. Settlements, strangers, the shop's own money, cheques that were returned and
    payments that failed are none. Sure is what khata did without asking: `matched` or `recorded`.

    `sure_wrong` are rows, of receipts and of others: a payment that stands in the book recorded once more, on a wrong
    account, with another amount, or linked with an entry that does not stand for it; a row that is no customer's
    payment recorded or matched; a row of which nobody could know whose it is (a guess, though it may be a lucky one);
    a row that is answered twice or that the file does not have.

    Every receipt is one of `sure_right`, `proposed_right` (doubtful, and right among at most five candidates: for what
    the book has already, its entry; else the customer), `missed` (left, or asked about without the right one), `wrong`.
    What a later row says of a receipt counts only where it was missed before, or where it is wrong.
    """

    receipts: int
    sure_right: int = 0
    proposed_right: int = 0
    missed: int = 0
    wrong: int = 0
    sure_wrong: list[SureWrong] = field(default_factory=list)
    by_kind: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    asked_in_vain: int = 0

    @property
    def share_sure(self) -> str:
        """Sure and right, of all receipts, in percent with one decimal; rounded down."""
        thousandth = self.sure_right * 1000 // self.receipts
        return f"{thousandth // 10}.{thousandth % 10} %"

    def told(self) -> str:
        """The score as a few lines."""
        whys = Counter(each.why for each in self.sure_wrong)
        lines = [
            f"{self.receipts} receipts: {self.sure_right} sure and right ({self.share_sure})",
            f"  {self.proposed_right} proposed, {self.missed} missed, {self.wrong} wrong",
            f"  {len(self.sure_wrong)} rows sure and wrong; {self.asked_in_vain} asked about that are no customer's",
            *(f"  {count:5} {why}" for why, count in whys.most_common()),
        ]
        for kind, counts in sorted(self.by_kind.items()):
            lines.append(f"  {kind}: " + ", ".join(f"{count} {what}" for what, count in sorted(counts.items())))
        return "\n".join(lines)


def score(
    results_per_file: Mapping[str, Mapping[str, Any]],
    year: Year,
    parties: Mapping[int, str],
    entries: Mapping[int, BookEntry],
    answered: Mapping[tuple[str, int], int] | None = None,
) -> Score:
    """Count the answers of `khata reconcile FILE --json` to the files of a year.

    Args:
        results_per_file: by the name of each file, the `data` of its answer.
        year: the year.
        parties: of each number of a customer, the name.
        entries: of each entry that is a payment, what stands in the book; those that reconciling recorded with them.
        answered: of doubtful rows that the driver has answered, the entry that stands for the payment since.
    """
    counting = _Counting(year, parties, entries)
    for name in year.files:
        counting.take(name, results_per_file.get(name, {}), answered or {})
    return counting.ended()


class _Counting:
    def __init__(self, year: Year, parties: Mapping[int, str], entries: Mapping[int, BookEntry]) -> None:
        self._year, self._parties, self._entries = year, parties, entries
        self._outcome: dict[int, str] = {}
        self._truth: dict[int, RowTruth] = {}
        self._standing = _standing(year, entries)
        self._rows = {(file.name, number): row for file in year.statements for number, row in file.rows.items()}
        self.score = Score(len(year.receipts))

    def take(self, file: str, answer: Mapping[str, Any], answered: Mapping[tuple[str, int], int]) -> None:
        """One file's answer, in the order of its rows."""
        said: dict[int, list[tuple[str, Mapping[str, Any]]]] = defaultdict(list)
        for what in ("matched", "recorded", "doubtful"):
            for each in answer.get(what, ()):
                said[int(each["row"])].append((what, each))
        for row in sorted({*said, *(number for name, number in self._year.truth if name == file)}):
            truth = self._year.truth.get((file, row))
            found = said.get(row, [("left", {})])
            if len(found) > 1:
                self._is_wrong(file, row, "answered twice", str(found), truth)
                continue
            self._row(file, row, *found[0], truth)
            if truth is not None and truth.receipt is not None and (entry := answered.get((file, row))) is not None:
                self._standing[truth.receipt].add(entry)

    def _row(self, file: str, row: int, what: str, each: Mapping[str, Any], truth: RowTruth | None) -> None:
        if truth is None:
            self._is_wrong(file, row, "the file has no such row", what, truth)
        elif what in ("matched", "recorded"):
            wrong = next(self._wrong(what, each, truth, self._rows[file, row]), "")
            if what == "recorded" and truth.receipt is not None and self._name(each) == truth.party:
                self._standing[truth.receipt].add(int(each["entry"]))
            if wrong:
                self._is_wrong(file, row, wrong, f"{what} {each}", truth)
            else:
                self._comes_to(truth, "sure and right")
        elif truth.receipt is None:
            self.score.asked_in_vain += what == "doubtful"
        else:
            right = what == "doubtful" and self._proposes(each, truth)
            self._comes_to(truth, "proposed" if right else "missed")

    def _wrong(self, what: str, each: Mapping[str, Any], truth: RowTruth, row: AccountRow) -> Iterator[str]:
        """What is wrong about something sure; the first counts."""
        entry = int(each["entry"])
        if truth.receipt is None:
            yield f"{truth.why}: {what}"
            return
        standing = self._standing[truth.receipt]
        if what == "matched":
            if entry not in standing:
                yield "matched with an entry that does not stand for it"
        else:
            if standing:
                yield "recorded though the book has it"
            if self._name(each) != truth.party:
                yield "recorded on another customer's account"
            if entry not in self._entries:
                yield "recorded in an entry that the book does not have"
            elif self._entries[entry].paise != row.paise or self._entries[entry].party != truth.party:
                yield "recorded otherwise than it says"
        if truth.kind == "unknowable":
            yield f"a guess: {truth.why}"

    def _proposes(self, each: Mapping[str, Any], truth: RowTruth) -> bool:
        candidates = each["candidates"]
        if len(candidates) > MOST_CANDIDATES:
            return False
        standing = self._standing[truth.receipt or 0]
        if standing:
            return any(one.get("entry") in standing for one in candidates)
        return any(self._name(one) == truth.party for one in candidates)

    def _name(self, each: Mapping[str, Any]) -> str:
        number = each.get("party")
        return self._parties.get(int(number), "") if number is not None else ""

    def _comes_to(self, truth: RowTruth, outcome: str) -> None:
        if truth.receipt is not None:
            self._truth.setdefault(truth.receipt, truth)
            if self._outcome.get(truth.receipt, "missed") == "missed":
                self._outcome[truth.receipt] = outcome

    def _is_wrong(self, file: str, row: int, why: str, said: str, truth: RowTruth | None) -> None:
        self.score.sure_wrong.append(SureWrong(file, row, why, said, truth))
        if truth is not None and truth.receipt is not None:
            self._truth.setdefault(truth.receipt, truth)
            self._outcome[truth.receipt] = "wrong"

    def ended(self) -> Score:
        """The score, once all files were taken."""
        counted = Counter(self._outcome.values())
        made = self.score
        made.sure_right, made.proposed_right = counted["sure and right"], counted["proposed"]
        made.wrong = counted["wrong"]
        made.missed = made.receipts - made.sure_right - made.proposed_right - made.wrong
        for receipt, outcome in self._outcome.items():
            made.by_kind[_kind(self._truth[receipt])][outcome] += 1
        return made


def _kind(truth: RowTruth) -> str:
    return f"{truth.kind}, {truth.why}" if truth.why else truth.kind


def _standing(year: Year, entries: Mapping[int, BookEntry]) -> dict[int, set[int]]:
    """Of each receipt the entries that came of the lines which the shop typed for it."""
    by_words: dict[BookEntry, set[int]] = defaultdict(set)
    for number, entry in entries.items():
        by_words[entry._replace(ref=entry.ref or "", note=entry.note or "")].add(number)
    found: dict[int, set[int]] = defaultdict(set)
    for receipt in year.receipts:
        for line in receipt.lines:
            key = BookEntry(line.ref, line.note, line.party, line.day.isoformat(), line.paise)
            found[receipt.number] |= by_words[key]
    return found
