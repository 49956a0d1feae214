"""What follows a name in a quick line: `[VERB] SUM [paid SUM] [MODE] [on DAY]`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from khata.grammar.amounts import TIMES, of_two_words, parse_amount, product_of_words
from khata.grammar.days import parse_day
from khata.grammar.digits import ascii_digits
from khata.grammar.fault import Unreadable
from khata.grammar.meaning import Lookup
from khata.grammar.modes import ALL, PaidPart, parse_mode, parse_paid
from khata.units import MODES, Day, Paise

_AGENT, _SOURCE = "by", "from"
# `ramesh ne 200 diye`, Ramesh gave 200, and `ramesh se 200 mile`, 200 came from Ramesh, say which way money went.
# Who gave or got, and whose it was, is not said by one of the words alone: `gave`, `ramesh ne 200`, `200 mile`.
_AGAINST = {("to", "return"), (_SOURCE, "sale")}
"""`ramesh ko 20 wapas`, `gita se 45 udhaar`: goods do not go that way, but money may."""

_CAME_IN = {_AGENT: ("paid",), _SOURCE: ("taken",)}


@dataclass(frozen=True, slots=True)
class AfterName:
    """What was said after a name.

    Attributes:
        verb: what was done, a command; None if that was not said.
        both_ways: whether a word was used that says who moved something, but not what.
        amount: the sum as it was typed; `paise` is what it comes to.
        paid: what was paid of it at once.
        paid_at_once: `paid` was said, and no sum with it.
        mode: how money changed hands.
        full: whether the rest is let go of.
        on: the business day.
        new: whether somebody is to be added.
        to_them: whether it went to the one who is named: `ramesh ko`.
    """

    verb: str | None
    both_ways: bool
    amount: str
    paise: Paise
    paid: tuple[PaidPart, ...] = ()
    paid_at_once: bool = False
    mode: str | None = None
    full: bool = False
    on: Day | None = None
    new: bool = False
    to_them: bool = False

    @property
    def unsaid(self) -> bool:
        """Whether money is spoken of, but not which way it went."""
        if self.both_ways:
            return True
        return not self.verb and not self.paid and (bool(self.mode) or self.paid_at_once)


def looks_like_sum(word: str) -> bool:
    """Whether a word is an amount, or would be one but for its sign, its size or its decimals."""
    try:
        parse_amount(word)
    except Unreadable as fault:
        return fault.code != "bad_amount" or bool(fault.facts)
    return True


def paise_of(amount: str, *, large: bool) -> Paise:
    """A sum in paise; a sign is no word for who gave and who got. Raises Unreadable."""
    try:
        return parse_amount(amount, large=large).paise
    except Unreadable as fault:
        if fault.code == "amount_minus" or fault.facts.get("plus"):
            bare = (ascii_digits(amount) or amount).strip("+-()\u2010\u2011\u2012\u2013\u2014\u2212 ") or "450"
            raise Unreadable("bad_line", amount, what="sign", amount=bare) from None
        raise


class TailReader:
    """Reads what follows a name.

    Args:
        line: the whole line, for complaints.
        known: who knows the words: the command that one means between a name and a sum, and what else is said.
        today: the day of the clock.
        large: whether sums above the usual limit are taken.
    """

    def __init__(self, line: str, known: Lookup, today: date, *, large: bool) -> None:
        self._line, self._known, self._today, self._large = line, known, today, large

    def read(self, words: Sequence[str]) -> AfterName | None:
        """The tail; None if the words do not begin as one. Raises Unreadable if they do not go on as one."""
        case = next((each for each in ("to", _AGENT, _SOURCE, "of") if self._is(words[0], each)), "")
        start = 1 if case else 0
        verb, at = self._verb(words, start)
        moved = not verb and at < len(words) - 1 and self._moved(words[at])
        amount, at = self._sum(words, at + bool(moved))
        if not amount:
            self._check_quantity(words)
            return None
        if not verb and not moved:
            verb, at = self._verb(words, at)  # `ramesh 200 jama`
            if not verb and case in _CAME_IN and at < len(words):
                moved = self._moved(words[at])
                at += bool(moved)
        if not verb and moved in _CAME_IN.get(case, ()):
            verb, moved = "receive", ""
        both_ways = bool(moved) or any(self._is(word, "either") for word in words[:at])
        both_ways = both_ways or (not verb and case in _CAME_IN) or (case, verb) in _AGAINST
        paid = moved == "paid" and case != "to"
        tail = AfterName(
            verb, both_ways, amount, paise_of(amount, large=self._large), paid_at_once=paid, to_them=case == "to"
        )
        while at < len(words):
            tail, at = self._said(tail, words, at)
        return tail

    def _check_quantity(self, words: Sequence[str]) -> None:
        """Refuse `500g x 80` where a sum would stand: of a kilo, or of a gram? It is nobody's name."""
        for at in range(len(words) - 2):
            if words[at][:1].isdigit() and words[at + 1] in TIMES and words[at + 2][:1].isdigit():
                raise Unreadable("bad_amount", " ".join(words[at : at + 3]))

    def _is(self, word: str, what: str) -> bool:
        return word.casefold() in self._known.said(what)

    def _moved(self, word: str) -> str:
        """What a word says of money that is no command: `paid`, `taken`, or `either` of both; "" for nothing."""
        return next((what for what in ("paid", "taken", "either") if self._is(word, what)), "")

    def _verb(self, words: Sequence[str], at: int) -> tuple[str | None, int]:
        verb = self._known.verb(words[at]) if at < len(words) else None
        return (verb, at + 1) if verb else (None, at)

    def _sum(self, words: Sequence[str], at: int) -> tuple[str, int]:
        """The sum that stands there, perhaps after `Rs`; "" if none does."""
        if many := product_of_words(words, at):
            return " ".join(words[at : at + many]), at + many
        here = list(words[at : at + 2])
        if len(here) == 2 and of_two_words(here):
            return " ".join(here), at + 2
        return (here[0], at + 1) if here and looks_like_sum(here[0]) else ("", at)

    def _said(self, tail: AfterName, words: Sequence[str], at: int) -> tuple[AfterName, int]:
        """One thing more that was said of the sum."""
        word = words[at].casefold()
        if self._is(word, "paid"):
            return self._paid(tail, words, at + 1)
        if word in ("full", *ALL) and not tail.full:
            return replace(tail, full=True), at + 1
        if self._is(word, "new") and not tail.new:
            return replace(tail, new=True), at + 1
        if self._is(word, "filler"):
            return tail, at + 1
        if self._moved(word):
            return replace(tail, both_ways=tail.both_ways or not (tail.verb or tail.paid)), at + 1
        if self._is(word, "on") and tail.on is None:
            day, after = self._day(words, at + 1)
            return replace(tail, on=day), after
        mode = _mode(word)
        if mode and tail.mode is None and not tail.paid:
            return replace(tail, mode=mode), at + 1
        if tail.on is None and (said := self._day_said(words, at)) is not None:
            return replace(tail, on=said[0]), said[1]
        if looks_like_sum(word):
            raise self._wrong("two_sums", first=tail.amount, second=words[at])
        raise self._wrong("word", word=words[at])

    def _paid(self, tail: AfterName, words: Sequence[str], at: int) -> tuple[AfterName, int]:
        part = words[at] if at < len(words) else ""
        amount = part.partition(":")[0]
        if not part or not (amount.casefold() in ALL or looks_like_sum(amount)):
            if tail.paid_at_once or tail.paid:
                raise self._wrong("word", word=words[at - 1])
            return replace(tail, paid_at_once=True), at
        if tail.mode or tail.paid_at_once:
            raise self._wrong("word", word=part)
        mode = _mode(words[at + 1]) if at + 1 < len(words) and ":" not in part else None
        if amount.casefold() not in ALL:
            paise_of(amount, large=self._large)
        whole = parse_paid(f"{part}:{mode}" if mode else part, large=self._large)
        return replace(tail, paid=(*tail.paid, whole)), at + (2 if mode else 1)

    def _day(self, words: Sequence[str], at: int) -> tuple[Day, int]:
        """The longest run of words that is a day."""
        for length in (3, 2):
            if at + length <= len(words):
                try:
                    return parse_day(" ".join(words[at : at + length]), self._today), at + length
                except Unreadable:
                    continue
        return parse_day(" ".join(words[at : at + 1]) or words[at - 1], self._today), at + 1

    def _day_said(self, words: Sequence[str], at: int) -> tuple[Day, int] | None:
        """A day that stands there by itself, `kal` or `21-11`; None if no word there is one."""
        try:
            return self._day(words, at)
        except Unreadable:
            return None

    def _wrong(self, what: str, **facts: object) -> Unreadable:
        return Unreadable("bad_line", self._line, what=what, **facts)


def _mode(word: str) -> str | None:
    try:
        return parse_mode(word, MODES)
    except Unreadable:
        return None
