"""Asking customers for what they owe: what to send, whether it was sent, and what they deny."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, NamedTuple

import typer

from khata.cli.asking import PartyName
from khata.cli.completing import entry_number
from khata.cli.env import Env
from khata.cli.handing_over import NoClipboard, browsed, copied
from khata.cli.output import Output, could_be_written, written
from khata.cli.record import carry_out, event_id, recorded_reply
from khata.cli.refusals import Misused, NotAgreed
from khata.cli.reply import Reply, Warned, envelope
from khata.cli.sheets import payment_of
from khata.cli.tabled import check_form, cut_of
from khata.cli.typed import Terminal, entry_of, to_ask
from khata.grammar.days import parse_days
from khata.grammar.phones import iri_to_read, whatsapp_link
from khata.grammar.upi import AT_ONCE_PAISE
from khata.questions import entries
from khata.questions.reminders import Reminder, reminders
from khata.render.line import called
from khata.render.text import without_isolates
from khata.rules.collecting import AskedFor, RemindedLately, SendReminder, SendReminders
from khata.units import Day, Paise, Seq
from khata.views.cut import Cut

RemindForm = Annotated[str | None, typer.Option("--format", metavar="text|csv|json")]

REMIND_FORMS = {"text": (".txt",), "csv": (".csv",), "json": (".json",)}


class ToSend(NamedTuple):
    """What a customer is sent.

    Attributes:
        asked: whom, and for how much.
        lang: the codes of the languages that the text is in, one or several with a comma.
        text: the message.
        whatsapp: the link that opens a chat with it.
        upi: the link to pay; None where the shop cannot be paid so.
    """

    asked: Reminder
    lang: str
    text: str
    whatsapp: str
    upi: str | None

    @property
    def name(self) -> str:
        """How the customer is called."""
        return called(self.asked.row.name, self.asked.row.party)

    def as_json(self) -> dict[str, Any]:
        """The pinned shape, and what else a sender may want."""
        row, received = self.asked.row, self.asked.received
        return {
            "party": row.party,
            "name": row.name,
            "phone": row.record.get("phone"),
            "lang": self.lang,
            "amount_paise": self.asked.asked_paise,
            "due_since": self.asked.since,
            "last_received_on": received.on if received else None,
            "last_received_paise": received.paid_paise if received else None,
            "reminded_on": self.asked.reminded_on,
            "text": self.text,
            "wa": self.whatsapp,
            "upi": self.upi,
        }


def remind(
    ctx: typer.Context,
    party: PartyName = None,
    over: Annotated[str | None, typer.Option("--over", metavar="DAYS")] = None,
    again: Annotated[bool, typer.Option("--again")] = False,
    copy: Annotated[bool, typer.Option("--copy")] = False,
    open_: Annotated[bool, typer.Option("--open")] = False,
    mark_sent: Annotated[bool, typer.Option("--mark-sent")] = False,
    form: RemindForm = None,
    file: Output = None,
) -> Reply:
    """A polite message to whoever owes, and a note of whom it was sent to."""
    env: Env = ctx.obj
    if env.options.pop("compact", None):  # nobody is asked for a rounded sum
        env.__dict__.pop("words", None)
    form = check_form(form, file, REMIND_FORMS)
    sent_by = "--mark-sent" if mark_sent else "--yes" if env.option("yes") else ""
    at_keyboard = env.asks and env.streams.terminal and form == "text"
    by_hand = at_keyboard and not (file or sent_by or env.option("dry_run") or _clock(env))
    _check(env, party, sent_by, picked=by_hand or not (copy or open_))
    days = None if over is None else parse_days(over)
    tried = event_id(env) if env.option("event_id") else None
    views = env.ask_views()
    cut = cut_of(env, views)
    whom = to_ask(env, views, party, cut.known).party if party else None
    if tried is not None and entries.with_id(views, tried) is not None:
        asked = () if whom is None else (AskedFor(whom, Paise(1)),)
        outcome, warnings = carry_out(env, SendReminders(id=tried, asked=asked))
        data = _data([], [], cut) | {"sent": 0}
        return recorded_reply(env, outcome, data, lambda env: env.say("said.reminded_already"), warnings)
    if days is None and whom is None:
        days = 0  # nobody is reminded of what he bought today
    found = reminders(views, cut, over_days=days, whom=whom)
    ready, lately = _parted(found, cut.as_on, again=again)
    if whom is not None and lately:
        raise RemindedLately(name=called(lately[0].row.name, lately[0].row.party), on=lately[0].reminded_on)
    messages = [_to_send(env, each, cut.as_on) for each in ready]
    data = _data(messages, lately, cut)
    large = any(each.upi and each.asked.asked_paise > AT_ONCE_PAISE for each in messages)
    told: list[Warned] = [("above_upi", {"amount_paise": AT_ONCE_PAISE})] if large else []
    if by_hand and messages:
        return _one_at_a_time(env, messages, lately, data, again=again, copy=copy, browse=open_).warning(*told)
    if file:
        could_be_written(file)
    _handed_over(messages, copy=copy, browse=open_)  # before it is noted as sent, for it may not be possible
    warnings = told + (_marked(env, messages, again=again) if sent_by and messages else [])
    noted = bool(sent_by) and not env.option("dry_run")
    data["sent"] = len(messages) if noted else 0
    if form == "text" and not file:
        return Reply(data, lambda env: _show(env, messages, lately, noted=noted), warnings)
    reply = written(env, data, lambda env: _in_a_file(env, messages, form, data), file).warning(*warnings)
    if not env.json:
        _summed_up(env, messages, lately, noted=noted)
    return reply


def _parted(found: Sequence[Reminder], today: Day, *, again: bool) -> tuple[list[Reminder], list[Reminder]]:
    """Who is asked, and who was within the last seven days."""
    ready, lately = list[Reminder](), list[Reminder]()
    for each in found:
        (lately if each.lately(today) and not again else ready).append(each)
    return ready, lately


def _clock(env: Env) -> str:
    """The clock that was asked for; "" for now."""
    return "--as-on" if env.option("as_on") else "--known-at" if env.option("known_at") else ""


def _check(env: Env, party: Sequence[str] | None, sent_by: str, *, picked: bool) -> None:
    """Refuse what would be recorded of another day, and what would put several customers' sums into one message."""
    if sent_by and _clock(env):
        raise Misused(what="together", one=sent_by, other=_clock(env))
    if env.option("event_id") and not sent_by:
        raise Misused(what="missing", name="--mark-sent")
    if not picked and not party:
        raise Misused(what="missing", name="PARTY")


def _to_send(env: Env, asked: Reminder, as_on: Day) -> ToSend:
    from khata.render.reminder import text

    assert env.about is not None  # noqa: S101 - a book that can be asked was opened
    languages = env.words_of(asked.row.record.get("lang"))
    payment = payment_of(env, asked.row.party, asked.asked_paise)
    made = text(asked, payment, env.about, as_on, languages)
    phone = asked.row.record.get("phone") or ""
    said = ",".join(words.language for words in languages)
    return ToSend(asked, said, made, whatsapp_link(phone, made), payment.link if payment else None)


def _data(ready: Sequence[ToSend], lately: Sequence[Reminder], cut: Cut) -> dict[str, Any]:
    return {
        "as_on": cut.as_on,
        "known_at_entry": cut.known,
        "reminders": [each.as_json() for each in ready],
        "reminded_lately": [
            {"party": each.row.party, "name": each.row.name, "reminded_on": each.reminded_on} for each in lately
        ],
    }


def _marked(env: Env, ready: Sequence[ToSend], *, again: bool) -> list[Warned]:
    """Record that all of them were sent, in one commit."""
    asked = [AskedFor(each.asked.row.party, each.asked.asked_paise) for each in ready]
    return carry_out(env, SendReminders(id=event_id(env), asked=asked, again=again))[1]


def _one_at_a_time(
    env: Env,
    messages: Sequence[ToSend],
    lately: Sequence[Reminder],
    data: dict[str, Any],
    *,
    again: bool,
    copy: bool,
    browse: bool,
) -> Reply:
    """Each by itself, for a link only opens a chat: what was sent is what somebody says was sent."""
    sent, warnings = 0, list[Warned]()
    env.in_shell = False  # what is no answer here is not the next line: some may be noted already
    _left_out(env, lately)
    if not (copy or browse):
        env.say_aside("said.remind_ways")
    for nth, each in enumerate(messages, start=1):
        env.out(("\n" if nth > 1 else "") + _head(env, each, nth, len(messages)) + "\n")
        _out(env, each, link=not (copy or browse))
        try:
            _handed_over([each], copy=copy, browse=browse)
        except NoClipboard:
            env.say_aside("said.by_hand")
            env.out(iri_to_read(each.whatsapp), folded=False)
        try:
            env.agree("ask.reminder_sent", name=each.name)
        except NotAgreed:
            continue
        command = SendReminder(
            id=env.new_id(), party=each.asked.row.party, amount_paise=each.asked.asked_paise, again=again
        )
        outcome, more = carry_out(env, command)
        env.out(env.say("said.entry", entry=outcome.made.seq))
        warnings += more
        sent += 1
    return Reply(data | {"sent": sent}, lambda env: env.out(env.words.count("said.reminders", sent)), warnings)


def _head(env: Env, each: ToSend, nth: int, of: int) -> str:
    """`1 of 12 · Ramesh Kumar · ₹450.00 due since 3 Nov 2026 · 98765 43210`."""
    since = env.say("said.due_since", amount_paise=each.asked.asked_paise, day=each.asked.since)
    phone = each.asked.row.record.get("phone") or env.say("said.no_phone")
    first = [env.say("said.one_of", n=env.words.number(nth), of=env.words.number(of))] if of > 1 else []
    return " · ".join([*first, each.name, since, phone])


def _out(env: Env, each: ToSend, *, link: bool = True) -> None:
    """The message, and the link that a program or a finger opens: links are never folded."""
    read = env.streams.terminal or env.plain
    if not read:
        env.streams.stdout.write(each.text + "\n")
    for line in each.text.split("\n") if read else ():
        env.out(without_isolates(line), folded=not line.startswith("upi:"))
    if link:
        env.out("")
        env.out(iri_to_read(each.whatsapp) if read else each.whatsapp, folded=False)


def _handed_over(messages: Sequence[ToSend], *, copy: bool, browse: bool) -> None:
    """One message to the clipboard, and its chat opened, where that was asked for. Raises NoClipboard."""
    for each in messages[:1]:
        if copy:
            copied(each.text)
        if browse:
            browsed(each.whatsapp)


def _show(env: Env, messages: Sequence[ToSend], lately: Sequence[Reminder], *, noted: bool) -> None:
    for nth, each in enumerate(messages):
        if nth:
            env.out("")
        if env.streams.terminal or len(messages) > 1 or env.plain:
            env.out(_head(env, each, nth + 1, len(messages)) + "\n")
        _out(env, each, link=not env.plain)
    if not messages and not lately:
        env.out(env.say("said.nothing_to_ask"))
    _summed_up(env, messages, lately, noted=noted)


def _summed_up(env: Env, messages: Sequence[ToSend], lately: Sequence[Reminder], *, noted: bool) -> None:
    """Who was left out, and how many are noted as sent."""
    _left_out(env, lately)
    if env.option("dry_run"):
        env.say_aside("said.dry_run")
    elif noted and not env.quiet:
        env.err(env.words.count("said.reminders", len(messages)))


def _left_out(env: Env, lately: Sequence[Reminder]) -> None:
    if lately and not env.quiet:
        names = env.words.listed(called(each.row.name, each.row.party) for each in lately)
        env.err(env.words.count("said.left_out_lately", len(lately), names=names))


def _in_a_file(env: Env, ready: Sequence[ToSend], form: str, data: dict[str, Any]) -> str | Iterator[str]:
    if form == "json":
        return envelope(env, data=data) + "\n"
    if form == "csv":
        from khata.exporting.reminders_csv import as_csv

        return as_csv(each.as_json() for each in ready)
    return "\n\n".join(f"{each.text}\n\n{each.whatsapp}" for each in ready) + "\n"


def dispute(
    ctx: typer.Context,
    entry: Annotated[list[str] | None, typer.Argument(metavar="ENTRY", autocompletion=entry_number)] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="TEXT")] = None,
    over: Annotated[bool, typer.Option("--over")] = False,
) -> Reply:
    """A customer denies an entry: it stays, and nobody is reminded of it."""
    from khata.api.commands import Dispute

    env: Env = ctx.obj
    wanted = Dispute(entry_of(env, entry), event_id=event_id(env), note=note, over=over)
    outcome, warnings = carry_out(env, wanted.resolved(Terminal(env)))
    row = entries.entry(env.cache.connection, Seq(wanted.entry))
    amount = row.effect.debit_paise - row.effect.credit_paise if row else None
    facts = {
        "disputed": wanted.entry,
        "status": outcome.made.event.status,
        "party": outcome.party,
        "name": outcome.name,
        "amount_paise": amount,
        "note": note or None,
    }
    key = f"said.dispute_{outcome.made.event.status}"
    said = {"name": called(outcome.name, outcome.party), "of": wanted.entry, "amount_paise": amount}
    return recorded_reply(env, outcome, facts, lambda env: env.say(key, entry=outcome.made.seq, **said), warnings)
