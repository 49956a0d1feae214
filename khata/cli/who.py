"""From the words that were typed to the party that is meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from khata.cli.env import Env
from khata.cli.refusals import AmountComesLast, EntryMissing, NameMissing, NotAtTheCounter, NotExact, WordsApart
from khata.cli.speech import called
from khata.grammar.amounts import Amount, parse_amount
from khata.grammar.digits import ascii_digits
from khata.grammar.entries import parse_entry
from khata.grammar.fault import Unreadable
from khata.grammar.text import clean_name
from khata.rules.refused import AmbiguousParty, UnknownParty
from khata.units import Party, Seq
from khata.views import parties
from khata.views.cache import Connection
from khata.views.parties import How, PartyRow

if TYPE_CHECKING:
    from khata.rules.base import Who

COUNTER = frozenset({"counter", "nakad", "नकद"})
_NUMBER = re.compile(r"@([0-9]{1,9})")


def split_amount(words: Sequence[str], env: Env) -> tuple[str, Amount]:
    """The name and the amount: the amount comes last.

    Raises:
        AmountComesLast: fewer than two words, or an amount that stands elsewhere.
        Unreadable: the last word is no amount.
    """
    if not words:
        raise AmountComesLast(command=env.command, name="NAME", amount="450")
    *before, last = words
    name = " ".join(before)
    if not before:
        if _is_amount(last):
            raise AmountComesLast(command=env.command, name="NAME", amount=last)
        raise AmountComesLast(command=env.command, name=last, amount="450")
    try:
        amount = parse_amount(last, large=bool(env.option("large")))
    except Unreadable:
        if any(_is_amount(word) for word in before):
            typed = next(word for word in before if _is_amount(word))
            rest = " ".join(word for word in words if word != typed)
            raise AmountComesLast(command=env.command, name=rest, amount=typed) from None
        raise
    if amount.summed:
        env.say_aside("said.sum", amount_paise=amount.paise, typed=last)
    return name, amount


def _is_amount(word: str) -> bool:
    try:
        parse_amount(word)
    except Unreadable:
        return False
    return True


def is_counter(name: str) -> bool:
    """Whether a name means nobody in particular."""
    return name.strip().casefold() in COUNTER


def _number(text: str) -> Party | None:
    match = _NUMBER.fullmatch(ascii_digits(text.strip()) or "")
    return Party(int(match[1])) if match else None


def _facts(rows: Sequence[PartyRow]) -> list[dict[str, object]]:
    return [{"party": row.party, "name": row.name} for row in rows[:5]]


def to_write(env: Env, text: str) -> Who:
    """The party that an entry is for: exact, an alias, `@3`, or one whole word that belongs to one party only.

    Anything looser is offered on a terminal and refused elsewhere; `--new` adds a name that nobody has.

    Raises:
        NameMissing, NotAtTheCounter, UnknownParty, AmbiguousParty, NotExact, Unreadable: as they say.
    """
    if not text.strip():
        raise NameMissing(command=env.command)
    if is_counter(text):
        raise NotAtTheCounter(command=env.command)
    views = env.ask_views()
    number = _number(text)
    if number is not None:
        return _by_number(views, number, text).party
    match = parties.find(views, text)
    if match is not None and match.how is How.EXACT and len(match.parties) == 1:
        return match.parties[0].party
    if env.option("new") and (match is None or match.how is not How.EXACT):
        return _new(text)
    if match is not None and match.how is How.WORD and len(match.parties) == 1:
        return match.parties[0].party
    return _not_exact(env, views, text, match)


def _new(text: str) -> Who:
    from khata.rules.base import Named

    return Named(clean_name(text), add=True)


def _not_exact(env: Env, views: Connection, text: str, match: parties.Match | None) -> Who:
    candidates = match.parties if match else parties.nearest(views, text)
    if env.asks and candidates:
        choices = [f"{called(row.name, row.party)} (@{row.party})" for row in candidates[:5]]
        chosen = env.choose("ask.which_party", [*choices, env.say("ask.new_party", name=text)], name=text)
        if chosen is not None:
            return candidates[chosen].party if chosen < len(choices) else _new(text)
    elif env.asks:
        env.agree("ask.add_party", name=text)
        return _new(text)
    if match is None:
        raise UnknownParty(name=text, nearest=_facts(candidates))
    if match.how in (How.EXACT, How.WORD):
        raise AmbiguousParty(name=text, candidates=_facts(candidates))
    raise NotExact(name=text, candidates=_facts(candidates))


def _by_number(views: Connection, number: Party, text: str) -> PartyRow:
    row = parties.party(views, number)
    if row is None:
        raise UnknownParty(name=text, party=number, nearest=[], what="number")
    return row


def to_ask(env: Env, views: Any, words: Sequence[str] | str) -> PartyRow:
    """The party that a question is about: beginnings and sound-alikes suffice if only one fits.

    Raises:
        NameMissing, UnknownParty, AmbiguousParty: as they say.
    """
    text = words if isinstance(words, str) else " ".join(words)
    if not text.strip():
        raise NameMissing(command=env.command)
    number = _number(text)
    if number is not None:
        return _by_number(views, number, text)
    match = parties.find(views, text)
    if match is None:
        raise UnknownParty(name=text, nearest=_facts(parties.nearest(views, text)))
    if len(match.parties) == 1:
        return match.parties[0]
    if env.asks:
        choices = [f"{called(row.name, row.party)} (@{row.party})" for row in match.parties[:9]]
        chosen = env.choose("ask.which_party", choices, name=text)
        if chosen is not None:
            return match.parties[chosen]
    raise AmbiguousParty(name=text, candidates=_facts(match.parties))


def entry_of(env: Env, words: Sequence[str] | None) -> Seq:
    """The entry that is meant. Raises EntryMissing, Unreadable."""
    if not words:
        raise EntryMissing(command=env.command)
    return parse_entry(" ".join(words))


def contiguous(env: Env, words: Sequence[str]) -> None:
    """Refuse a name whose words stand apart: in `rename ramesh --to Ramesh Patil` the last one belongs to `--to`.

    Raises:
        WordsApart: with the words.
    """
    places = [place for place, word in enumerate(env.args) if word in words]
    run = env.args[places[0] : places[-1] + 1] if places else []
    if any(word.startswith("-") for word in run):
        raise WordsApart(words=list(words))
