"""Each line of a statement: is it in the book, whose is it, and how sure is that. It asks nobody, and records nothing.

What is sure is said by something that no other payment has: a reference, a UPI id that was this customer's before, the
phone in it, a name that is nobody else's together with an amount that is just what was owed. All else is asked about.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence

from khata.grammar.text import ref_key
from khata.importing.bank_lines import BankLine
from khata.questions.receipts import BookPayment
from khata.reconciling.amounts import DuesByDay, days_apart, is_odd, slipped
from khata.reconciling.payers import Level, Payer, Payers
from khata.reconciling.verdicts import MOST_ASKED, Asked, LeftOver, LineVerdict, Proposed, SureLine
from khata.units import Party, Seq

TYPED_WITHIN = 3
"""Days between the day that somebody typed and that of the bank."""

TYPED_LATE = 10
"""Days after which a payment without a reference is hardly typed any more."""

RETURNED_WITHIN = 15
"""Days after which a cheque has come back, or has not."""

_WENT_BACK = re.compile(
    r"(?i)\b(?:RETURN(?:ED)?|RTN|RET|BOUNCED?|UNPAID|REV(?:ERSAL|ERSED)?|INSUFFICIENT|DISHONOU?R(?:ED)?)\b"
)
_LIKE_UTR = re.compile(r"[A-Za-z]{0,6}\d{9,22}")
_ENDS = re.compile(r"(?<!\d)\d{4,8}(?!\d)")
_NUMBER = re.compile(r"\d{6,}")


class Judge:
    """Judges the lines of one statement.

    Args:
        lines: those of the file, money out included.
        payments: what came in by the book in those days, and under the references of the lines.
        by_ref: the entries that stand under a reference, by its key.
        payers: what is known of who pays how.
        accounts: what was owed.
        answers: of rows that somebody has answered, or that were recorded from this very file, the verdict.
        taken_back: keys of references, and rows of this very file, of which what was recorded was taken back.
        profile: of what kind the file is.
    """

    def __init__(
        self,
        lines: Sequence[BankLine],
        payments: Sequence[BookPayment],
        by_ref: Mapping[str, Seq],
        payers: Payers,
        accounts: DuesByDay,
        answers: Mapping[int, LineVerdict],
        taken_back: Container[str | int] = (),
        profile: str = "",
    ) -> None:
        self._lines = [line for line in lines if line.paise > 0]
        self._same_sum: dict[int, list[BankLine]] = defaultdict(list)
        for line in self._lines:
            self._same_sum[line.paise].append(line)
        self._payers, self._accounts = payers, accounts
        self._by_ref = {ref_key(ref): seq for ref, seq in by_ref.items()}
        self._by_entry: dict[Seq, list[BookPayment]] = defaultdict(list)
        self._by_amount: dict[int, list[BookPayment]] = defaultdict(list)
        self._by_party: dict[Party, list[BookPayment]] = defaultdict(list)
        self._cheques: dict[str, BookPayment] = {}
        for each in payments:
            self._by_entry[each.entry].append(each)
            self._by_amount[each.paise].append(each)
            if each.party is not None:
                self._by_party[each.party].append(each)
            if each.pending and each.ref:
                self._by_ref.setdefault(ref_key(each.ref), each.entry)
            if each.mode == "cheque" and each.ref:
                self._cheques |= dict.fromkeys((number.lstrip("0") for number in _NUMBER.findall(each.ref)), each)
        self.returned = dict(_returned(lines))
        days = {line.row: line.on for line in lines}
        self._back_on = {row: days[out] for row, out in self.returned.items()}
        self._owing = accounts.owing(self._lines)
        self._taken: set[Seq] = set()
        self.verdicts: dict[int, LineVerdict] = {}
        self._answers, self._taken_back, self._profile = answers, taken_back, profile

    def judge(self) -> dict[int, LineVerdict]:
        """The verdict on every line of money that came in, by row."""
        self._answered()
        self._again()
        for line in self._open():
            self._by_reference(line)
        known = -1
        while known != (known := len(self.verdicts)):  # what one line teaches may make another one clear
            for level in (Level.KNOWN, Level.NAMED, Level.PERHAPS):
                for line in self._open():
                    self._by_payer(line, level)
        for line in self._open():
            self.verdicts[line.row] = self._rest(line)
        return self.verdicts

    def _open(self) -> list[BankLine]:
        return [line for line in self._lines if line.row not in self.verdicts]

    def _settle(self, line: BankLine, verdict: SureLine, *, learn: bool = True) -> None:
        self.verdicts[line.row] = verdict
        if verdict.entry is not None:
            self._taken.add(verdict.entry)
        if verdict.confirms is not None:
            self._taken.add(verdict.confirms)
        if verdict.party is not None:
            if verdict.entry is None:
                self._accounts.pay(verdict.party, line.on, line.paise)
            if learn:
                self._payers.learn(line, verdict.party)

    # --- what needs no judging

    def _answered(self) -> None:
        for line in self._lines:
            answer = self._answers.get(line.row)
            if isinstance(answer, SureLine):
                self._settle(line, self._on_its_way(answer))
            elif answer is not None:
                self.verdicts[line.row] = answer

    def _on_its_way(self, answer: SureLine) -> SureLine:
        """An answer that names a payment on its way says that it has come."""
        if answer.entry is not None and any(each.pending for each in self._by_entry.get(answer.entry, ())):
            return answer._replace(entry=None, confirms=answer.entry)
        return answer

    def _again(self) -> None:
        """A payment that stands in the file twice, under one reference."""
        first: dict[tuple[str, int], int] = {}
        for line in self._lines:
            if line.row in self.returned:
                continue  # a cheque may be presented again
            for ref in line.refs:
                row = first.setdefault((ref_key(ref), line.paise), line.row)
                if row != line.row and line.row not in self.verdicts:
                    self.verdicts[line.row] = SureLine(None, None, "again", same_as=row)

    # --- by its reference

    def _by_reference(self, line: BankLine) -> None:
        found = [each for entry in self._entries_of(line) for each in self._by_entry.get(entry, ())]
        if line.row in self._back_on:  # presented again, the cheque stands in the book for another day
            found = [each for each in found if each.on <= self._back_on[line.row]]
        same = next((each for each in found if each.paise == line.paise), None)
        if same is not None:
            self._settle(line, _stands(same, "ref"), learn=self._teaches(line, same))
        elif found and (shares := self._shares(line, found[0])):
            self._taken |= {each.entry for each in shares}
            self._settle(line, SureLine(None, shares[-1].entry, "ref"), learn=False)
        elif found:
            asked = [Proposed(each.party, each.entry, "ref") for each in found if not each.pending]
            self.verdicts[line.row] = Asked(tuple(asked[:MOST_ASKED])) if asked else LeftOver("on_its_way")

    def _shares(self, line: BankLine, one: BookPayment) -> list[BookPayment]:
        """The entries of a payment for several, where they make the line: all that stand under its reference."""
        key = ref_key(one.ref or "")
        shares = [each for day in self._by_entry.values() for each in day if each.ref and ref_key(each.ref) == key]
        return shares if len(shares) > 1 and sum(each.paise for each in shares) == line.paise else []

    def _teaches(self, line: BankLine, payment: BookPayment) -> bool:
        """Whether a payment that was typed shows who pays so: typed for a namesake by mistake, it does not."""
        return payment.party is not None and set(self._payers.of(line).named) <= {payment.party}

    def _entries_of(self, line: BankLine) -> Iterator[Seq]:
        for ref in line.refs:
            if (entry := self._by_ref.get(ref_key(ref))) is not None:
                yield entry
        if line.mode == "cheque":
            for number in _NUMBER.findall(" ".join((*line.refs, line.text))):
                if (each := self._cheques.get(number.lstrip("0"))) is not None:
                    yield each.entry

    # --- by whoever paid

    def _by_payer(self, line: BankLine, level: Level) -> None:
        payer = self._payers.of(line)
        if payer.level != level:
            return
        if line.row in self.returned or self._was_taken_back(line):
            return
        if payer.party is None:
            self._by_only_entry(line, payer)
            return
        exact = self._exact(line, payer.party)
        if exact:
            one = self._the_one(line, payer.party, exact)
            if one is not None:
                self._settle(line, _stands(one, payer.why if level >= Level.NAMED else "entry"))
            return
        if level == Level.PERHAPS or self._doubtful(line, payer):
            return
        if level == Level.KNOWN or (is_odd(line.paise) and self._accounts.fits(payer.party, line)):
            self._settle(line, SureLine(payer.party, None, payer.why))

    def _was_taken_back(self, line: BankLine) -> bool:
        """Whether somebody has seen that what was recorded of this line was wrong."""
        return line.row in self._taken_back or any(ref_key(ref) in self._taken_back for ref in line.refs)

    def _by_only_entry(self, line: BankLine, payer: Payer) -> None:
        """Of several who may have paid one has typed just this payment."""
        if not is_odd(line.paise):
            return
        near = self._near(line)
        if len(near) == 1 and near[0].party in payer.named and not self._twins(line, None):
            self._settle(line, _stands(near[0], "entry"))

    def _exact(self, line: BankLine, party: Party) -> list[BookPayment]:
        return [each for each in self._near(line) if each.party == party]

    def _near(self, line: BankLine) -> list[BookPayment]:
        """Payments over the same sum of these days that no other line stands for, cash aside."""
        return [
            each
            for each in self._by_amount.get(line.paise, ())
            if each.mode != "cash" and each.entry not in self._taken and _may_be(each, line)
        ]

    def _the_one(self, line: BankLine, party: Party, exact: Sequence[BookPayment]) -> BookPayment | None:
        """The entry that stands for a line, where it cannot be that of another line over the same sum.

        Typed for another day, and without any digits of the reference, it may be that of a line in another file.
        """
        noted = [each for each in exact if _is_noted(each, line)]
        if len(noted) == 1:
            return noted[0]
        same_day = [each for each in exact if each.on == line.on]
        if not same_day and not any(each.pending or each.ref for each in exact):
            return None
        if len(exact) > 1 and len(same_day) != 1:
            return None
        chosen = same_day[0] if len(exact) > 1 else exact[0]
        if len(exact) > 1 and any(not each.by_hand and not each.seen_as for each in exact):
            return None
        if not chosen.by_hand and chosen.profile != self._profile and not line.refs:
            return None  # another bank has shown one over the same sum, and neither has a reference
        rivals = [
            each
            for each in self._twins(line, party)
            if days_apart(each.on, chosen.on) <= TYPED_WITHIN and _may_be(chosen, each)
        ]
        return chosen if not rivals else None

    def _twins(self, line: BankLine, party: Party | None) -> list[BankLine]:
        """Other open lines over the same sum, of these days, that may be this customer's."""
        return [
            each
            for each in self._same_sum[line.paise]
            if each.row != line.row
            and each.row not in self.verdicts
            and days_apart(each.on, line.on) <= 2 * TYPED_WITHIN
            and (party is None or self._may_be_of(each, party))
        ]

    def _may_be_of(self, line: BankLine, party: Party) -> bool:
        payer = self._payers.of(line)
        return payer.party == party or (payer.party is None and party in payer.named)

    def _doubtful(self, line: BankLine, payer: Payer) -> bool:
        """Whether the book may have it all the same: mistyped, as cash, in two parts, for a namesake."""
        return next(self._maybe_typed(line, payer), None) is not None

    def _maybe_typed(self, line: BankLine, payer: Payer) -> Iterator[Proposed]:
        party = payer.party
        for each in self._near(line):
            if each.party != party and (each.party in payer.named or (is_odd(line.paise) and each.by_hand)):
                yield Proposed(each.party, each.entry, "entry")
        if party is None:
            return
        free = [
            each
            for each in self._by_party.get(party, ())
            if each.entry not in self._taken and days_apart(each.on, line.on) <= TYPED_WITHIN
        ]
        for each in free:
            if each.mode == "cash" and each.by_hand and each.paise == line.paise:
                yield Proposed(party, each.entry, "cash")
            elif each.mode != "cash" and not each.pending and slipped(each.paise, line.paise) and _may_be(each, line):
                yield Proposed(party, each.entry, "amount")
        for each in self._by_party.get(party, ()):
            lately = days_apart(each.on, line.on) <= TYPED_LATE and each.entry not in self._taken
            told = bool(each.ref and _LIKE_UTR.fullmatch(each.ref.strip())) or bool(_noted(each))
            alone = not each.seen_as and (not told or _is_noted(each, line))
            shown = not each.by_hand and days_apart(each.on, line.on) <= TYPED_WITHIN
            if lately and each.paise == line.paise and (not line.refs or alone) and (each.by_hand or shown):
                yield Proposed(party, each.entry, "entry")
        whole = [each for each in free if each.mode != "cash" and not each.pending]
        parts = [each for each in whole if each.paise < line.paise and _may_be(each, line)]
        for one in parts:
            rest = line.paise - one.paise
            other = next((each for each in parts if each.entry > one.entry and each.paise == rest), None)
            if other is not None:
                yield Proposed(party, one.entry, "parts")
                yield Proposed(party, other.entry, "parts")

    # --- what is asked about, or left

    def _rest(self, line: BankLine) -> LineVerdict:
        if line.row in self.returned:
            return LeftOver("went_back")
        payer = self._payers.of(line)
        found: dict[tuple[Party | None, Seq | None], Proposed] = {}
        for each in self._proposals(line, payer):
            found.setdefault((each.party, each.entry), each)
        asked = tuple(found.values())[:MOST_ASKED]
        return Asked(asked) if asked else LeftOver("nobody")

    def _proposals(self, line: BankLine, payer: Payer) -> Iterator[Proposed]:
        """Who and what may be meant, the likeliest first."""
        near = self._near(line)
        those = [payer.party] if payer.party is not None else list(payer.named)
        yield from (Proposed(each.party, each.entry, "entry") for each in near if each.party in those)
        for party in those:
            yield from self._maybe_typed(line, payer._replace(party=party))
        ranked = sorted(payer.named, key=lambda party: (-payer.named[party], not self._accounts.fits(party, line)))
        if payer.party is not None:
            yield Proposed(payer.party, None, payer.why)
        yield from (Proposed(party, None, "name") for party in ranked)
        if is_odd(line.paise):
            yield from (Proposed(each.party, each.entry, "entry") for each in near)
            owing = [*self._owing.get(line.row, ()), *self._accounts.billed(line.paise, line.on)]
            yield from (Proposed(party, None, "amount") for party in owing)


def _stands(payment: BookPayment, why: str) -> SureLine:
    """A line for which there is an entry; of a payment on its way, one that is to be confirmed."""
    if payment.pending:
        return SureLine(payment.party, None, why, confirms=payment.entry)
    return SureLine(payment.party, payment.entry, why)


def _may_be(payment: BookPayment, line: BankLine) -> bool:
    """Whether a payment over the same sum may be that of a line, by its day and its references."""
    apart = days_apart(payment.on, line.on)
    if apart > (TYPED_WITHIN if payment.by_hand else 1):
        return False
    if (digits := _noted(payment)) and line.refs:
        return _is_noted(payment, line) if len(digits) == 1 else True
    refs = [ref for ref in (payment.ref, *payment.seen_as) if ref and _LIKE_UTR.fullmatch(ref.strip())]
    if not refs or not line.refs:
        return apart == 0 or (not payment.seen_as and payment.by_hand)
    return any(_one_digit_off(ref, other) for ref in refs for other in line.refs)


def _noted(payment: BookPayment) -> list[str]:
    """The ends of references that somebody wrote in a note: `upi 885389`."""
    return _ENDS.findall(payment.note or "")


def _is_noted(payment: BookPayment, line: BankLine) -> bool:
    """Whether the note of a payment has the last digits of a line's reference."""
    return any(ref.endswith(digits) for digits in _noted(payment) for ref in line.refs)


def _one_digit_off(one: str, other: str) -> bool:
    """Whether a reference was mistyped: one digit is another, two are turned round, one is missing or too many."""
    one, other = ref_key(one), ref_key(other)
    if one == other:
        return True
    if len(one) == len(other):
        differing = [place for place in range(len(one)) if one[place] != other[place]]
        return len(differing) == 1 or (
            len(differing) == 2 and differing[1] == differing[0] + 1 and sorted(one) == sorted(other)
        )
    short, long = sorted((one, other), key=len)
    return len(long) - len(short) == 1 and any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


def _returned(lines: Sequence[BankLine]) -> Iterator[tuple[int, int]]:
    """Rows of money that came in and went back, each with the row by which it did."""
    came = [line for line in lines if line.paise > 0]
    for out in lines:
        if out.paise > 0 or not _WENT_BACK.search(out.text):
            continue
        those = [
            line
            for line in came
            if line.paise == -out.paise and line.on <= out.on and days_apart(line.on, out.on) <= RETURNED_WITHIN
        ]
        numbers = {number.lstrip("0") for number in _NUMBER.findall(" ".join((*out.refs, out.text)))}
        by_number = [
            line
            for line in those
            if numbers & {number.lstrip("0") for number in _NUMBER.findall(" ".join((*line.refs, line.text)))}
        ]
        cheques = [line for line in those if line.mode == "cheque"]
        found = by_number or (cheques if len(cheques) == 1 else [])
        if found:
            yield found[-1].row, out.row
