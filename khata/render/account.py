"""A customer's account in words: what stands on the page, for whatever lays it out."""

from __future__ import annotations

from typing import NamedTuple

from khata.i18n import dates
from khata.i18n.messages import Words
from khata.questions.parties import PartyRow
from khata.questions.pending import Bounces, PendingPayment
from khata.questions.statement import Shown, Statement
from khata.render import told
from khata.render.line import called, clocks, masked, shop
from khata.views.about import About
from khata.views.cut import Cut


class AccountRow(NamedTuple):
    """A line of the account; "" where there is nothing to say.

    `folded`: with its reversal it came to nothing. `balance_paise`: what the balance is, for its colour.
    """

    day: str
    given: str
    received: str
    balance: str
    entry: str
    what: str
    folded: bool = False
    balance_paise: int = 0


class Account(NamedTuple):
    """The page: who and whose, which days, a line an entry, in `total` what it comes to, and what is to be said below.

    `notes`: money that is on its way, and payments that came back unpaid.
    """

    who: str
    shop: str
    span: str
    heads: AccountRow
    rows: list[AccountRow]
    total: AccountRow
    notes: list[str]


def account(answer: Statement, party: PartyRow, about: About | None, cut: Cut, words: Words) -> Account:
    """Brought forward, a line an entry, and what it comes to."""
    say = words.say
    who = called(party.name, party.party)
    if phone := party.record.get("phone"):
        who += f" · {say('word.phone')} {masked(phone)}"
    days = [*([answer.first] if answer.first is not None else []), *(line.row.on for line in answer.lines)]
    day = dates.in_a_table(days, words)
    rows = []
    if answer.first is not None:
        opening = _balance(answer.opening_paise, words)
        paise = answer.opening_paise
        rows.append(
            AccountRow(day(answer.first), "", "", opening, "", say("word.brought_forward"), balance_paise=paise)
        )
    shown = list(answer.shown())
    rows += [_row(line, day(line.row.on), words) for line in shown]
    counting = [line.effect for line in shown if not line.folded]
    closing = answer.closing_paise
    word = "word.due_total" if closing > 0 else "word.advance" if closing < 0 else "word.settled"
    given, received = sum(did.debit_paise for did in counting), sum(did.credit_paise for did in counting)
    return Account(
        who,
        shop(about),
        _span(answer, cut, words),
        AccountRow(
            say("head.date"),
            say("head.given"),
            say("head.received"),
            say("head.balance"),
            say("head.entry"),
            say("head.what"),
        ),
        rows,
        AccountRow(
            "",
            _amount(given, words),
            _amount(received, words),
            words.rupees(abs(closing)),
            "",
            say(word),
            balance_paise=closing,
        ),
        [*(on_its_way(each, words) for each in answer.pending), *came_back(answer.bounces, words)],
    )


def on_its_way(payment: PendingPayment, words: Words) -> str:
    """Money that is on its way, and so in no balance."""
    on = dates.day(payment.on, words)
    return words.say("pending.line", amount=words.rupees(payment.amount_paise), day=on, entry=payment.entry)


def came_back(found: Bounces, words: Words) -> list[str]:
    """How often payments came back unpaid; nothing if none did."""
    if not found.times or found.last_on is None:
        return []
    return [words.count("bounced.times", found.times, day=dates.day(found.last_on, words))]


def _row(line: Shown, day: str, words: Words) -> AccountRow:
    row, did = line.row, line.effect
    if line.folded:
        text = words.say(
            told.taken_back("statement.cancelled", row),
            amount=words.rupees(row.amount_paise or 0),
            entry=row.reversed_by,
        )
        return AccountRow(day, "", "", "", words.figures(row.entry), text, folded=True)
    what, balance = told.on_account(row, did, words), _balance(line.balance_paise, words)
    if line.taken_back:
        what = words.say(told.taken_back("statement.taken_back", row), what=what, entry=row.reversed_by)
    return AccountRow(
        day,
        _amount(did.debit_paise, words),
        _amount(did.credit_paise, words),
        balance,
        words.figures(row.entry),
        what,
        balance_paise=line.balance_paise,
    )


def _span(answer: Statement, cut: Cut, words: Words) -> str:
    first = answer.first or (answer.lines[0].row.on if answer.lines else answer.last)
    span = dates.span(min(first, answer.last), answer.last, words)
    return f"{span} · {clocks(cut, words) if cut.given else words.say('statement.known_now', entry=cut.known)}"


def _amount(paise: int, words: Words) -> str:
    return words.rupees(paise) if paise else ""


def _balance(paise: int, words: Words) -> str:
    """A running balance: an advance says so, a sign would not be enough."""
    return f"{words.say('word.advance')} {words.rupees(-paise)}" if paise < 0 else words.rupees(paise)
