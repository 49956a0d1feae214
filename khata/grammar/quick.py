"""The shell's quick lines, read into the words of a command: `ramesh 450`, `रमेश जमा २००`, `ramesh?`, `fix 540`.

    COMMAND … | NAME [VERB] SUM [paid SUM] [MODE] [on DAY] [; note] | NAME? | NAME??

Nothing is guessed. A line that can be read in several ways gives them all, one that cannot is refused, and a name
that is only near a customer's is written out first. Who the customers are is asked of the caller.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from khata.grammar.amounts import parse_amount
from khata.grammar.days import parse_day
from khata.grammar.digits import ascii_digits
from khata.grammar.entries import parse_entry
from khata.grammar.fault import Unreadable
from khata.grammar.meaning import (
    By,
    Certainty,
    Expanded,
    Fix,
    Found,
    Help,
    Leave,
    Lookup,
    Meaning,
    QuickEntry,
    Run,
    Turn,
    Which,
)
from khata.grammar.modes import PAID_MODES, PaidPart
from khata.grammar.splitting import joined, parted, plain_places, split, without_note
from khata.grammar.tail import AfterName, TailReader, looks_like_sum, paise_of
from khata.grammar.text import RESERVED
from khata.units import Seq

LONGEST_LINE = 1000
"""Characters of a line: a note has 500, a name 100."""

_GOES_WITH = {"sale": {"paid"}, "return": {"paid"}, "receive": {"mode", "full"}, "refund": {"mode"}}
_ASKING = ("balance", "statement")
_TAKEN = frozenset({"by", "khata", "fix"})

SHELL_WORDS = ("day", "by", "fix", "help", "exit")
"""Words that only the shell knows, as Tab offers them."""


def read(line: str, known: Lookup, today: date) -> Meaning | None:
    """What a line means; None for an empty one.

    Args:
        line: as it was typed.
        known: who knows the commands and the customers.
        today: the day of the clock; days without a year are the latest such day up to it.

    Raises:
        Unreadable: `bad_line` with `what`, `too_long`, or the code of the amount, day or mode that cannot be read.
    """
    if len(line) > LONGEST_LINE:
        raise Unreadable("too_long", line, what="line", longest=LONGEST_LINE, length=len(line))
    if len(line.strip().splitlines()) > 1:
        raise Unreadable("bad_line", line.strip(), what="block")
    head, note = without_note(line)
    words = split(head)
    if not words:
        return None
    for word in words:
        if word.partition("=")[0] == "--book":
            raise Unreadable("bad_line", word, what="book")
    places = plain_places(words)
    if places and words[places[0]].casefold() == "khata":
        del words[places[0]]
        return _run(words, note)
    plain = [words[place] for place in places]
    return (
        _shell_word(plain, known, today) or _command(words, places, note, known) or _Line(line, known, today).meaning()
    )


def _shell_word(plain: list[str], known: Lookup, today: date) -> Meaning | None:
    """What only the shell knows."""
    word = plain[0].casefold() if plain else ""
    if word in known.said("end") and len(plain) == 1:
        return Leave()
    if word in known.said("help"):
        return Run((*plain[1:], "--help")) if len(plain) > 1 else Help()
    if word in known.said("day"):
        return Turn(parse_day(" ".join(plain[1:]), today) if len(plain) > 1 else None)
    if word == "by":
        return By(" ".join(plain[1:]))
    return None


def _command(words: list[str], places: list[int], note: str, known: Lookup) -> Run | None:
    """A line whose first word is a command's; `fix` is read as a quick line."""
    if not places or words[places[0]].startswith("--"):
        return _run(words, note)
    first = words[places[0]]
    command = known.command(first)
    if command is None or (_is_fix(first, known) and not {"--help", "-h"} & set(words)):
        return None
    return _run([*words[: places[0]], command, *words[places[0] + 1 :]], note)


def _is_fix(word: str, known: Lookup) -> bool:
    """Whether a word is the shell's short one for a correction, in any language; `correct` itself is the command."""
    return word.casefold() != "correct" and known.command(word) == "correct"


def _run(words: Sequence[str], note: str) -> Run:
    return Run((*words, f"--note={note}") if note else tuple(words))


class _Line:
    """One line being read."""

    def __init__(self, line: str, known: Lookup, today: date) -> None:
        head, self._note = without_note(line)
        self._line, self._known = line.strip(), known
        self._words, self._options = parted(split(head))
        self._large = "--large" in self._options
        self._tails = TailReader(self._line, known, today, large=self._large)

    # --- which of the shapes

    def meaning(self) -> Meaning:
        """A question, a correction, or an entry."""
        if self._words[0].casefold() in self._known.said("new") and not self._is_somebody():
            return self._new(self._words.pop(0))
        if _is_fix(self._words[0], self._known):
            return self._fix()
        text = " ".join(self._words)
        if text.endswith(("?", "؟")):
            return self._question(text)
        asked = self._known.command(self._words[-1]) if len(self._words) > 1 else None
        if asked in _ASKING:
            rest = self._words[
                : -2 if len(self._words) > 2 and self._words[-2].casefold() in self._known.said("of") else -1
            ]
            return self._ask(asked, " ".join(rest))
        return self._entry()

    def _is_somebody(self) -> bool:
        """Whether the line begins with a customer's whole name: Naya Bazaar is nobody new."""
        return any(self._party(k).how is Certainty.EXACT for k in range(1, len(self._words) + 1))

    def _new(self, word: str) -> Meaning:
        """`naya suresh`, `naya suresh 450`: somebody is added, with an entry or without."""
        if not self._words:
            raise self._wrong("new", word=word)
        if not any(map(looks_like_sum, self._words[1:])):
            return Run(("party", "add", *self._options, "--", *self._words))
        self._options = (*self._options, "--new")
        return self._entry()

    def _question(self, text: str) -> Run:
        name = text.rstrip("?؟ ")
        more = text.count("?", len(name)) + text.count("؟", len(name)) > 1
        if not name:
            return Run(("daybook" if more else "status", *self._options))
        return self._ask("statement" if more else "balance", name)

    def _ask(self, command: str, name: str) -> Run:
        return Run((command, *self._options, "--", _called(name)))

    # --- an entry

    def _entry(self) -> Meaning:
        natural, longer = self._readings()
        choices = [each for k, tail in longer for each in self._directions(tail, self._party(k))]
        if isinstance(natural, Unreadable):
            if not choices:
                raise natural
            return _one_of(choices)
        k, tail = natural
        found = self._named(" ".join(self._words[:k]), new=tail.new or "--new" in self._options)
        if not longer and found.how is Certainty.LOOSER:
            return self._written_out(found, self._words[k:])
        if not longer or found.how is not Certainty.NOBODY:
            choices += self._directions(tail, found)
        # `flat 12`, where Flat 12 is a customer: the longest run is a name, and ₹12 for Flat is only what is left.
        only_a_name = self._party(len(self._words)).how is Certainty.EXACT
        return _one_of(choices, asked=only_a_name or _unsaid(tail, found))

    def _readings(self) -> tuple[tuple[int, AfterName] | Unreadable, list[tuple[int, AfterName]]]:
        """The reading with the shortest name, or why it cannot be; and those with a longer one that is exact."""
        natural: tuple[int, AfterName] | Unreadable | None = None
        longer: list[tuple[int, AfterName]] = []
        for k in range(1, len(self._words)):
            try:
                tail = self._tails.read(self._words[k:])
            except Unreadable as fault:
                natural = natural or fault
                continue
            if tail is None:
                continue
            if natural is not None:
                if self._party(k).how is Certainty.EXACT:
                    longer.insert(0, (k, tail))
            elif looks_like_sum(" ".join(self._words[:k])):
                natural = self._name_first()
            else:
                natural = k, tail
        return natural or self._why_not(), longer

    def _why_not(self) -> Unreadable:
        """No word stands where a sum would: which one was meant for it?"""
        if looks_like_sum(self._words[0]):
            return self._name_first()
        for word in self._words[1:]:
            if word and (word[0].isdigit() or word[0] in "₹+-"):
                try:
                    parse_amount(word, large=self._large)
                except Unreadable as fault:
                    return fault
        verbs = [place for place, word in enumerate(self._words) if place and self._known.verb(word)]
        end = verbs[0] if verbs else len(self._words)
        known = (k for k in range(end, 0, -1) if self._party(k).how is not Certainty.NOBODY)
        return self._wrong("no_sum", name=" ".join(self._words[: next(known, end)]))

    def _name_first(self) -> Unreadable:
        amount, *rest = self._words
        paise_of(amount, large=self._large)  # of `+450` the sign is what is wrong
        return self._wrong("name_first", amount=amount, name=" ".join(rest) or "NAME")

    def _party(self, k: int) -> Found:
        return self._named(" ".join(self._words[:k]), new="--new" in self._options)

    def _named(self, text: str, *, new: bool = False) -> Found:
        """Whom a name means; `new`: whoever is not called exactly so is somebody new."""
        if text.casefold() in RESERVED:
            return Found(Certainty.EXACT, "counter", "counter")
        found = self._known.party(_called(text))
        return Found(Certainty.NOBODY, text, text) if new and found.how is not Certainty.EXACT else found

    def _written_out(self, found: Found, rest: Sequence[str], before: Sequence[str] = ()) -> Expanded:
        """The line as it would have been typed with the whole name."""
        name = found.name if before else spelt(found.name, self._known)
        if not _stands_alone(name):  # a name that no quotes can hold is given by its number
            name = joined([found.name]) if '"' not in found.name else found.handle
        line = " ".join([*before, name, *([joined(words)] if (words := [*rest, *self._options]) else [])])
        return Expanded(line + (f" ; {self._note}" if self._note else ""), found.name)

    # --- which way

    def _directions(self, tail: AfterName, found: Found) -> list[QuickEntry]:
        """The ways in which money or goods can have moved: one if a verb says it, never one by guessing."""
        plain = QuickEntry(
            tail.verb or "sale",
            found.handle,
            found.name,
            tail.amount,
            tail.paise,
            on=tail.on,
            note=self._note,
            options=(*self._options, *(("--new",) if tail.new else ())),
        )
        if _unsaid(tail, found):
            return list(self._both(plain, tail, found))
        self._check(tail, found)
        if found.handle != "counter" or plain.verb != "sale":
            return [replace(plain, paid=tail.paid, mode=tail.mode, full=tail.full)]
        mode = tail.mode or ("cash" if tail.paid_at_once else None)
        return [replace(plain, paid=(PaidPart(None, mode),) if mode else tail.paid)]

    def _both(self, plain: QuickEntry, tail: AfterName, found: Found) -> Iterator[QuickEntry]:
        """Sold, and received, as far as what was said goes with each."""
        if tail.to_them:
            yield replace(plain, verb="return" if tail.verb == "return" else "sale")
            if found.handle != "counter":
                yield replace(plain, verb="refund", mode=tail.mode)
            return
        mode = tail.mode or ("cash" if tail.paid_at_once else None)
        if not tail.full and mode in (None, *PAID_MODES):
            yield replace(plain, verb="sale", paid=(PaidPart(None, mode),) if mode else tail.paid)
        if not tail.paid and found.handle != "counter":
            yield replace(plain, verb="receive", mode=mode, full=tail.full)

    def _check(self, tail: AfterName, found: Found) -> None:
        """Refuse what does not go with the verb."""
        verb = tail.verb or "sale"
        at_counter = found.handle == "counter" and verb == "sale"
        goes = _GOES_WITH.get(verb, set()) | ({"mode"} if at_counter else set())
        if at_counter and tail.mode and tail.mode not in PAID_MODES:
            raise Unreadable("bad_mode", tail.mode, allowed=list(PAID_MODES))
        paid = tail.paid or (tail.paid_at_once and not at_counter)
        for what, value in (("paid", paid), ("mode", tail.mode), ("full", tail.full)):
            if value and what not in goes:
                key = "discount" if verb == "discount" and what != "full" else what
                raise self._wrong(f"{key}_with", verb=verb, mode=tail.mode or "upi", name=found.name)

    # --- fix

    def _fix(self) -> Meaning:
        """`fix 540`, `fix mahesh`, `fix 41 540`, `fix 41 mahesh`."""
        rest = self._words[1:]
        if len(rest) == 1 and looks_like_sum(rest[0]):
            return self._fixed(amount=rest[0])
        taken = 2 if rest and rest[0].casefold() == "entry" else 1
        entry, words = _entry(rest[:taken]), rest[taken:]
        if not rest or (entry is not None and not words):
            raise self._wrong("fix")
        if entry is None:
            return self._fix_party(None, rest)
        if len(words) == 1 and looks_like_sum(words[0]):
            return self._fixed(entry, words[0])
        if self._named(" ".join(rest)).how is Certainty.EXACT:  # `fix 7 hills`, where 7 Hills is a customer
            both = [self._fixed(found=self._named(" ".join(rest)))]
            other = self._named(" ".join(words))
            return _one_of(both if other.how is Certainty.NOBODY else [*both, self._fixed(entry, found=other)])
        return self._fix_party(entry, words)

    def _fix_party(self, entry: Seq | None, words: Sequence[str]) -> Meaning:
        found = self._named(" ".join(words))
        if found.how is not Certainty.EXACT and any(map(looks_like_sum, words)):
            raise self._wrong("fix")
        if found.how is Certainty.LOOSER:
            return self._written_out(found, (), ("fix",) if entry is None else ("fix", str(entry)))
        return self._fixed(entry, found=found)

    def _fixed(self, entry: Seq | None = None, amount: str | None = None, found: Found | None = None) -> Fix:
        paise = paise_of(amount, large=self._large) if amount is not None else None
        handle, name = (found.handle, found.name) if found else (None, "")
        return Fix(entry, amount, paise, handle, name, self._note, self._options)

    def _wrong(self, what: str, **facts: object) -> Unreadable:
        return Unreadable("bad_line", self._line, what=what, **facts)


def spelt(name: str, known: Lookup) -> str:
    """A name as it stands at the beginning of a line: after `@` if its first word is a command's."""
    first = name.split(maxsplit=1)[0].casefold() if name.strip() else ""
    taken = (
        known.command(first)
        or first in known.said("end") | known.said("help") | known.said("day") | known.said("new") | _TAKEN
    )
    return f"@{name}" if taken else name


def _stands_alone(name: str) -> bool:
    """Whether a name would be read as it is, without quotes."""
    if name.endswith(("?", "؟")) or ";" in name:
        return False
    try:
        return split(name) == name.split()
    except Unreadable:
        return False


def _one_of(choices: Sequence[QuickEntry | Fix], *, asked: bool = False) -> Meaning:
    return choices[0] if len(choices) == 1 and not asked else Which(tuple(choices))


def _unsaid(tail: AfterName, found: Found) -> bool:
    """Whether money is spoken of, but not which way it went. At the counter it only comes in."""
    return tail.both_ways if found.handle == "counter" else tail.unsaid


def _called(text: str) -> str:
    """`@jama` is the party Jama; `@3` stays a number."""
    bare = text.removeprefix("@").strip()
    return text if not bare or (ascii_digits(bare) or "").isdecimal() else bare


def _entry(words: Sequence[str]) -> Seq | None:
    try:
        return parse_entry(" ".join(words))
    except Unreadable:
        return None
