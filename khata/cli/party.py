"""Customers: add, list, show, rename, alias, forget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import typer

from khata.api.naming import number_of, persons_called
from khata.cli.completing import party_name
from khata.cli.env import Env
from khata.cli.failing import recorded_already
from khata.cli.groups import Group
from khata.cli.helping import placed
from khata.cli.record import carry_out, event_id, recorded_reply, standing
from khata.cli.refusals import Misused, UnknownLanguage
from khata.cli.reply import Reply
from khata.cli.speech import called
from khata.cli.typed import Terminal, contiguous, to_ask, two_names
from khata.events.book import DetailErased
from khata.events.party import PartyChanged
from khata.grammar.days import parse_days
from khata.grammar.phones import is_phone
from khata.grammar.splitting import joined
from khata.grammar.text import clean_name
from khata.i18n.messages import languages
from khata.questions import balances, entries, parties
from khata.questions.collecting import last_reminded
from khata.questions.entries import EntryRow
from khata.questions.parties import PartyRow
from khata.questions.pending import bounces, pending
from khata.questions.persons import persons
from khata.questions.recurring import recurring
from khata.render import json_recurring
from khata.rules.base import Named
from khata.rules.erasure import ForgetParty
from khata.rules.goods import due_days
from khata.rules.refused import Refused, UnknownParty
from khata.units import Party
from khata.writing import Outcome, handle

if TYPE_CHECKING:
    from khata.api.wanted import Wanted

NewName = Annotated[list[str] | None, typer.Argument(metavar="NAME", autocompletion=party_name)]
PartyAndLanguage = Annotated[list[str] | None, typer.Argument(metavar="PARTY LANG", autocompletion=party_name)]
PartyAndDays = Annotated[list[str] | None, typer.Argument(metavar="PARTY DAYS", autocompletion=party_name)]
TwoParties = Annotated[list[str] | None, typer.Argument(metavar="PARTY PARTY", autocompletion=party_name)]
Phone = Annotated[str | None, typer.Option("--phone", metavar="NUMBER")]
Alias = Annotated[list[str] | None, typer.Option("--alias", metavar="NAME")]
Address = Annotated[str | None, typer.Option("--address", metavar="TEXT")]


def _reply(env: Env, outcome: Outcome, key: str, number: Party, **facts: object) -> Reply:
    row = parties.party(env.cache.connection, number)
    record: dict[str, Any] = dict(row.record) if row else dict(facts)
    data = {
        "party": number,
        "party_id": row.party_id if row else None,
        "name": record.get("name"),
        "aliases": list(record.get("aliases", ())),
        "phone": record.get("phone"),
        "address": record.get("address"),
    }
    said = {"name": called(record.get("name"), number), "party": number, "entry": outcome.made.seq, **facts}
    return recorded_reply(env, outcome, data, lambda env: env.say(key, **said))


def add(
    ctx: typer.Context, name: NewName = None, phone: Phone = None, alias: Alias = None, address: Address = None
) -> Reply:
    """A new customer."""
    env: Env = ctx.obj
    contiguous(env, name or [])
    from khata.api.commands import AddParty

    if not name:
        raise Misused(what="missing", name=placed("NAME", env))
    typed = " ".join(name)
    if len(name) > 1 and is_phone(name[-1]):
        line = joined([*env.command.split(), *name[:-1], "--phone", name[-1]])
        raise Misused(what="extra", words=name[-1], nearest=[line])
    outcome = _record(env, AddParty(typed, aliases=alias or (), phone=phone, address=address))
    assert outcome.party is not None  # noqa: S101 - it declared one
    return _reply(env, outcome, "said.party_added", outcome.party, name=clean_name(typed))


def _record(env: Env, wanted: Wanted) -> Outcome:
    wanted.event_id = event_id(env)
    return carry_out(env, wanted.resolved(Terminal(env)))[0]


def list_(ctx: typer.Context) -> Reply:
    """Everybody, with what they owe."""
    from khata.cli.tabled import cut_of
    from khata.render.terminal.parties import table

    env: Env = ctx.obj
    views = env.ask_views()
    cut = cut_of(env, views)
    owed = {each.party: each.balance_paise for each in balances.balances(views, cut, settled=True)}
    rows = [row for row in parties.all_parties(views) if row.party in owed]
    data = {
        "as_on": cut.as_on,
        "known_at_entry": cut.known,
        "parties": [_as_json(row) | {"balance_paise": owed[row.party]} for row in rows],
    }
    return Reply(data, lambda env: env.show(table(rows, owed, env.about, cut, env.words)))


def _as_json(row: PartyRow) -> dict[str, Any]:
    return {
        "party": row.party,
        "party_id": row.party_id,
        "name": row.name,
        "aliases": list(row.record.get("aliases", ())),
        "phone": row.record.get("phone"),
        "address": row.record.get("address"),
        "lang": row.record.get("lang"),
        "due_days": due_days(row.record),
        "forgotten": row.forgotten,
        "vpas": list(row.record.get("vpas", ())),
        "payers": list(row.record.get("payers", ())),
    }


def show(ctx: typer.Context, name: NewName = None) -> Reply:
    """One customer."""
    from khata.cli.tabled import cut_of
    from khata.render.terminal.parties import card

    env: Env = ctx.obj
    views = env.ask_views()
    cut = cut_of(env, views)
    row = to_ask(env, views, name or [], cut.known)
    owed = balances.balance_of(views, row.party, cut)
    khatas = persons(views, cut.known).khatas(row.party)
    others = [each for number in khatas[1:] if (each := parties.party(views, number)) is not None]
    lines = [each for each in recurring(views, cut) if each.party == khatas[0]]
    data = _as_json(row) | {"khatas": khatas, "as_on": cut.as_on, "known_at_entry": cut.known, "balance_paise": owed}
    coming, back = pending(views, cut, khatas), bounces(views, khatas, cut)
    data |= {"pending_paise": sum(each.amount_paise for each in coming), "times_bounced": back.times}
    data["bounced_last_on"] = back.last_on
    data["reminded_on"] = reminded = last_reminded(views, khatas, cut)
    data |= {"every": list(map(json_recurring.recurring, lines))}

    def show(env: Env) -> None:
        from khata.render.account import came_back, on_its_way

        said = [*(on_its_way(each, env.words) for each in coming), *came_back(back, env.words)]
        env.show(card(row, owed, cut, env.words, others, said, lines, reminded))

    return Reply(data, show)


def _old_and_new(words: list[str] | None, new: str | None) -> tuple[list[str], str | None]:
    """`@1 Ramesh Patil`: whom a number means, and the name behind it. Two names say of themselves where one ends."""
    words = words or []
    if new is None and len(words) > 1 and number_of(words[0]) is not None:
        return words[:1], " ".join(words[1:])
    return words, new


def _existing(env: Env, words: list[str] | None, option: str = "") -> Party:
    """The customer of a name; `option` is what takes another name, should one stand behind it."""
    contiguous(env, words or [])
    line = _renamed(env, words or [], option) if option else ""
    if line:
        raise UnknownParty(name=" ".join(words or ()), what="renamed", nearest=[], line=line)
    try:
        who = Terminal(env).party(" ".join(words or ()), env.command, env.option("event_id"), new=False)
    except Refused:
        tried = _tried(env)  # a retry of what took the name away
        if tried is None or tried.party is None:
            raise
        return tried.party
    if isinstance(who, Named):
        raise UnknownParty(name=who.name, nearest=[])
    return who


def _renamed(env: Env, words: list[str], option: str) -> str:
    """The line that was meant, where nobody is called by all the words, and the new name stands behind the old."""
    if len(words) < 2 or persons_called(env.ask_views(wait=True), " ".join(words)) is not None:
        return ""
    from khata.cli.near import renamed

    return renamed(env, words, option) if _tried(env) is None else ""


def _tried(env: Env) -> EntryRow | None:
    """The change or the erasure that an earlier try under this event id recorded."""
    row = entries.with_id(env.cache.connection, event_id(env))
    return row if row is not None and row.kind in (PartyChanged.KIND, DetailErased.KIND) else None


def rename(
    ctx: typer.Context,
    name: NewName = None,
    to: Annotated[str | None, typer.Option("--to", metavar="NAME")] = None,
    phone: Phone = None,
    address: Address = None,
) -> Reply:
    """Another name, phone or address."""
    env: Env = ctx.obj
    name, to = _old_and_new(name, to)
    number = _existing(env, name, "--to")
    from khata.api.commands import ChangeParty

    outcome = _record(env, ChangeParty(number, name=to, phone=phone, address=address))
    return _reply(env, outcome, "said.party_changed", number)


def alias(
    ctx: typer.Context,
    name: NewName = None,
    add: Annotated[list[str] | None, typer.Option("--add", "--alias", metavar="NAME")] = None,
    remove: Annotated[list[str] | None, typer.Option("--remove", metavar="NAME")] = None,
) -> Reply:
    """A further name under which a customer is found."""
    env: Env = ctx.obj
    name, new = _old_and_new(name, None)
    number = _existing(env, name, "--add")
    from khata.api.commands import AliasParty

    outcome = _record(
        env, AliasParty(number, add_aliases=[*(add or ()), *([new] if new else ())], remove_aliases=remove or ())
    )
    return _reply(env, outcome, "said.party_changed", number)


def lang(ctx: typer.Context, name: PartyAndLanguage = None) -> Reply:
    """The language in which a customer reads his statements and receipts."""
    env: Env = ctx.obj
    *who, code = name or [""]
    code = code.strip().lower()
    if code not in languages():
        raise UnknownLanguage(language=code, languages=languages())
    number = _existing(env, who)
    from khata.api.commands import LanguageParty

    return _reply(env, _record(env, LanguageParty(number, lang=code)), "said.party_changed", number)


def due(ctx: typer.Context, name: PartyAndDays = None) -> Reply:
    """After how many days what a customer buys is due."""
    env: Env = ctx.obj
    words = name or [""]
    many = 2 if len(words) > 2 and words[-2].isdecimal() and not words[-1][:1].isdecimal() else 1  # `15 days`
    if len(words) <= many:
        raise Misused(what="missing", name=placed("DAYS" if words[0] else "PARTY", env))
    after = 0 if words[-1] in NO_DAYS else parse_days(" ".join(words[-many:]))
    number = _existing(env, words[:-many])
    from khata.api.commands import TermsParty

    return _reply(env, _record(env, TermsParty(number, due_days=after)), "said.party_changed", number)


def forget(ctx: typer.Context, name: NewName = None) -> Reply:
    """Erase a customer's name, phone and notes; the entries and the chain stay."""
    env: Env = ctx.obj
    number = _existing(env, name)
    row = parties.party(env.cache.connection, number)
    command = ForgetParty(id=event_id(env), party=number)
    if env.asks and not env.option("dry_run"):
        handle([command], env.books, dry_run=True)  # what is refused anyway nobody is asked about
    env.agree("ask.forget", name=called(row.name if row else None, number), party=number)
    outcome, _ = carry_out(env, command)
    if not env.option("dry_run"):
        with recorded_already(env):
            env.ask_views()
    reply = _reply(env, outcome, "said.party_forgotten", number)
    return reply if env.option("dry_run") else reply.warning(("still_in_copies", {}))


def merge(ctx: typer.Context, names: TwoParties = None) -> Reply:
    """Two khatas of one person become one."""
    from khata.api.commands import MergeParties

    env: Env = ctx.obj
    one, other = two_names(env, names or [])
    outcome = _record(env, MergeParties(one, other))
    return _of_two(env, outcome, "said.party_merged", other)


def part(ctx: typer.Context, names: TwoParties = None) -> Reply:
    """They are two after all."""
    from khata.api.commands import PartParties

    env: Env = ctx.obj
    one, other = two_names(env, names or [])
    outcome = _record(env, PartParties(one, other))
    return _of_two(env, outcome, "said.party_parted", other)


def _of_two(env: Env, outcome: Outcome, key: str, other: str) -> Reply:
    """What came of it for the one who stays, whose balance is that of both, or his own again."""
    event: Any = outcome.made.event
    row = parties.with_identity(env.cache.connection, event.same)
    data = {
        "party": outcome.party,
        "name": outcome.name,
        "other": row.party if row else None,
        "other_name": row.name if row else None,
        "same": event.same,
        "balance_paise": outcome.balance_paise,
    }
    facts: dict[str, object] = {
        "name": called(outcome.name, outcome.party),
        "other": f"{called(row.name, row.party)} (@{row.party})" if row else other,
    }
    facts |= {"entry": outcome.made.seq, "balance": standing(env, outcome.balance_paise)}
    return recorded_reply(env, outcome, data, lambda env: env.say(key, **facts))


NO_DAYS = ("none", "no")
"""In place of a number of days: at once again."""


class PARTY(Group):
    """`khata party …`."""

    COMMANDS: ClassVar = {
        "add": (add, ("changing",)),
        "list": (list_, ("clocks",)),
        "show": (show, ("clocks",)),
        "rename": (rename, ("changing",)),
        "alias": (alias, ("changing",)),
        "lang": (lang, ("changing",)),
        "due": (due, ("changing",)),
        "merge": (merge, ("changing",)),
        "part": (part, ("changing",)),
        "forget": (forget, ("changing",)),
    }
