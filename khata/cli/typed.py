"""From the words that were typed to the party that is meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from khata.api import naming
from khata.api.naming import Door
from khata.cli import registry
from khata.cli.env import Env
from khata.cli.refusals import EntryMissing, TwoNames, WordsApart
from khata.cli.speech import called
from khata.grammar.amounts import TIMES, TypedAmount, of_two_words, parse_amount, product_of_words
from khata.grammar.days import may_be_of_a_day, parse_day
from khata.grammar.entries import parse_entry
from khata.grammar.fault import Unreadable
from khata.questions import entries, parties
from khata.questions.entries import EntryRow
from khata.questions.parties import PartyRow
from khata.rules.refused import Refused, UnknownEntry
from khata.units import Day, Party, Seq
from khata.views.cache import Connection
from khata.views.cut import Cut

if TYPE_CHECKING:
    from khata.rules.base import Who


def split_amount(words: Sequence[str], env: Env) -> tuple[str, TypedAmount]:
    """The name and the amount: the amount comes last.

    Raises:
        AmountComesLast: fewer than two words, or an amount that stands elsewhere.
        Unreadable: the last word is no amount.
    """
    if not words:
        from khata.cli.near import comes_last

        raise comes_last(env, words, "", "NAME", "450")
    at = amount_place(words)
    before, last = words[:at], " ".join(words[at:])
    if len(words) > 3 and words[-2] in TIMES and words[-3][:1].isdigit() and at == len(words) - 1:
        raise Unreadable("bad_amount", " ".join(words[-3:]))  # `250g x 44`: of a kilo or of a gram?
    try:
        amount = parse_amount(last, large=bool(env.option("large")))
    except Unreadable as fault:
        from khata.cli.near import amount_elsewhere

        raise amount_elsewhere(env, words, fault) from None
    if not before:
        from khata.cli.near import comes_last

        raise comes_last(env, words, "no_name", "NAME", last)
    if amount.summed:
        env.say_aside("said.sum", amount_paise=amount.paise, typed=last)
    return " ".join(before), amount


class Terminal(Door):
    """The door of the command line: a name that is not exact is offered where a person can be asked."""

    def __init__(self, env: Env) -> None:
        super().__init__(None, env.today_date)
        self._env = env

    @property
    def views(self) -> Connection:
        """The views, once a name is looked for in them."""
        return self._env.ask_views(wait=True)

    def instead(self, name: str, refused: Refused) -> Who:
        """Whom a person chooses. Raises the refusal, where there is nobody to ask."""
        ask = self._env.asks and refused.facts.get("what") != "number"
        found = _offered(self._env, name, refused, new=registry.can_add(self._env.command)) if ask else None
        if found is None:
            raise refused
        return found


def _offered(env: Env, text: str, refused: Refused, *, new: bool) -> Who | None:
    """Whom a person chooses in the place of a name that is not exact; None if nobody. `new`: somebody may be added."""
    offered: list[Any] = refused.facts.get("candidates") or refused.facts.get("nearest")  # type: ignore[assignment]
    if not offered and not new:
        return None
    if not offered:
        env.agree("ask.add_party", name=text)
        return naming.new_party(text)
    choices = [*map(_choice, offered), *([env.say("ask.new_party", name=text)] if new else [])]
    chosen = env.choose("ask.which_party", choices, name=text)
    if chosen is None:
        return None
    return Party(offered[chosen]["party"]) if chosen < len(offered) else naming.new_party(text)


def _choice(fact: Mapping[str, Any]) -> str:
    return f"{called(fact['name'], fact['party'])} (@{fact['party']})"


def to_ask(env: Env, views: Connection, words: Sequence[str] | str, known: Seq | None = None) -> PartyRow:
    """The person that a question is about, as the book knew after an entry; of several one is chosen on a terminal.

    Raises:
        NameMissing, UnknownParty, AmbiguousParty: as they say.
    """
    text = words if isinstance(words, str) else " ".join(words)
    found = naming.meant(views, text, env.command, known)
    if len(found) > 1 and env.asks:
        choices = [_choice(fact) for fact in naming.facts_of(found, most=9)]
        chosen = env.choose("ask.which_party", choices, name=text)
        if chosen is not None:
            return found[chosen]
    return naming.only_one(found, text)


def amount_place(words: Sequence[str]) -> int:
    """Where the amount begins that ends the words: it may be two words, `450 rs`, or a product."""
    at = next((at for at in range(1, len(words)) if product_of_words(words, at, to_the_end=True)), len(words) - 1)
    return at - 1 if at == len(words) - 1 and of_two_words(words) else at


def two_names(env: Env, words: Sequence[str]) -> tuple[str, str]:
    """Two customers' names, one behind the other; where the first ends is asked of the book.

    Raises:
        TwoNames: there are not two, or it can be read in several ways: names of several words stand in quotes.
    """
    splits = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    if len(splits) > 1:
        views = env.ask_views(wait=True)
        splits = [both for both in splits if all(_is_one(views, name) for name in both)]
    if len(splits) != 1:
        raise TwoNames(command=env.command, words=" ".join(words))
    return splits[0]


def _is_one(views: Connection, name: str) -> bool:
    if naming.number_of(name) is not None or naming.is_event_id(name):
        return True
    match = parties.find(views, name)
    return match is not None and match.how in (parties.How.EXACT, parties.How.WORD)


def with_day(env: Env, views: Connection, words: Sequence[str]) -> tuple[list[str], Day | None]:
    """The words of a question for what was owed, without the day behind them, `ramesh 31-03-2026`; None for no day.

    Whoever is called so, even nearly, comes before the calendar.
    """
    text = " ".join(words)
    asked = env.option("as_on") or env.option("known_at") or naming.number_of(text)
    if asked or not any(map(may_be_of_a_day, words)):
        return list(words), None
    if parties.find(views, text) is None:
        for many in (3, 2, 1):
            with suppress(Unreadable):
                day = parse_day(" ".join(words[-many:]), env.today_date)
                name = list(words[:-many])
                return name[:-1] if name[-1:] == ["on"] else name, day
    return list(words), None


def entry_of(env: Env, words: Sequence[str] | None) -> Seq:
    """The entry that is meant. Raises EntryMissing, Unreadable."""
    if not words:
        raise EntryMissing(command=env.command)
    try:
        return parse_entry(" ".join(words))
    except Unreadable as fault:
        from khata.cli.near import no_entry

        raise no_entry(env, fault) from None


def entry_asked(views: Connection, cut: Cut, seq: Seq) -> EntryRow:
    """The entry that a question is about, as it was known. Raises UnknownEntry."""
    row = entries.entry(views, seq)
    if row is None or seq > cut.known:
        raise UnknownEntry(entry=seq, last=cut.known)
    from khata.questions.collecting import disputes

    return next(
        iter(entries.on_terms(views, [entries.as_known(row, cut.known)], disputes(views, cut.known, cut.as_on)))
    )


def contiguous(env: Env, words: Sequence[str]) -> None:
    """Refuse a name whose words stand apart: in `rename ramesh --to Ramesh Patil` the last one belongs to `--to`.

    Raises:
        WordsApart: with the words.
    """
    places = [place for place, word in enumerate(env.args) if word in words]
    run = env.args[places[0] : places[-1] + 1] if places else []
    if any(word.startswith("-") for word in run):
        raise WordsApart(words=list(words))
