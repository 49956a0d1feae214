"""A customer's account as it is shown and printed."""

from __future__ import annotations

from collections.abc import Iterable

from khata.grammar.days import business_day_of
from khata.i18n import dates
from khata.i18n.messages import Words
from khata.i18n.money import rupees
from khata.render.terminal.line import called, clocks, masked, shop
from khata.render.terminal.table import Cell, Column, Table
from khata.render.terminal.text import visible
from khata.units import Seq
from khata.views.about import About
from khata.views.cut import Cut
from khata.views.entries import EntryRow
from khata.views.parties import PartyRow
from khata.views.statement import Line, Statement


def table(answer: Statement, party: PartyRow, about: About | None, cut: Cut, words: Words) -> Table:
    """Brought forward, a line an entry, and what it comes to; a cancelled entry and its reversal are one line."""
    say, language = words.say, words.language
    made = Table(
        [
            Column(say("head.date"), "right"),
            Column(say("head.given"), "right", 11),
            Column(say("head.received"), "right", 11),
            Column(say("head.balance"), "right", 12),
            Column(say("head.entry"), "right"),
            Column(say("head.what")),
        ]
    )
    who = called(party.name, party.party)
    if phone := party.record.get("phone"):
        who += f" · {say('word.phone')} {masked(phone)}"
    made.title(who, shop(about))
    made.title(_heading(answer, cut, words))
    if answer.first is not None:
        opening = _amount(answer.opening_paise, words)
        made.row(dates.day_short(answer.first, language), "", "", opening, "", say("word.brought_forward"))
    years = {line.row.on[:4] for line in answer.lines}
    taken_back = _taken_back(answer)
    balance = answer.opening_paise
    for line in answer.lines:
        cancelled = line.row.entry in taken_back
        if cancelled and line.row.reverses is not None:
            continue
        day = dates.day_short(line.row.on, language) if len(years) < 2 else dates.day(line.row.on, language)
        if cancelled:
            text = say("statement.cancelled", amount=rupees(line.row.amount_paise or 0), entry=line.row.reversed_by)
            made.row(day, "", "", "", str(line.row.entry), Cell(text, "dim"))
            continue
        balance += line.debit_paise - line.credit_paise
        made.row(
            day,
            _part(line.debit_paise),
            _part(line.credit_paise),
            _amount(balance, words),
            str(line.row.entry),
            what(line, words),
        )
    word = "word.due_total" if balance > 0 else "word.advance" if balance < 0 else "word.settled"
    given, received = _sums(line for line in answer.lines if line.row.entry not in taken_back)
    made.total("", _part(given), _part(received), rupees(abs(balance)), "", say(word))
    return made


def _taken_back(answer: Statement) -> set[Seq]:
    """The entries that are shown without amounts: cancelled ones and what cancels them, if both lie in the period."""
    listed = {line.row.entry for line in answer.lines}
    return {
        line.row.entry
        for line in answer.lines
        if line.cancelled and (line.row.reverses or line.row.reversed_by) in listed
    }


def _sums(lines: Iterable[Line]) -> tuple[int, int]:
    sums = [(line.debit_paise, line.credit_paise) for line in lines]
    return sum(debit for debit, _ in sums), sum(credit for _, credit in sums)


def _heading(answer: Statement, cut: Cut, words: Words) -> str:
    first = answer.first or (answer.lines[0].row.on if answer.lines else answer.last)
    span = dates.span(min(first, answer.last), answer.last, words.language)
    if cut.given:
        return f"{span} · {clocks(cut, words)}"
    return f"{span} · {words.say('statement.known_now', entry=cut.known)}"


def _part(paise: int) -> str:
    return rupees(paise) if paise else ""


def _amount(paise: int, words: Words) -> str:
    """A running balance: an advance says so, a sign would not be enough."""
    return f"{words.say('word.advance')} {rupees(-paise)}" if paise < 0 else rupees(paise)


def what(line: Line, words: Words) -> str:
    """What an entry was for: its items, its note, how it was paid, its reference; else its kind."""
    row, say = line.row, words.say
    how = ", ".join(say(f"mode.{mode}") for mode in line.modes)
    reference = visible(row.ref or "")
    parts = [*items(row), *([visible(row.note)] if row.note else [])]
    if row.reverses is not None:
        parts.insert(0, say("statement.reverses", entry=row.reverses))
    elif row.kind == "sale_recorded":
        if how:
            parts += [say("statement.part_paid" if line.debit_paise != line.credit_paise else "statement.paid"), how]
        parts += [reference] if parts else [say("kind.sale_recorded"), reference]
    elif row.kind == "payment_received":
        # The mode and the reference are what the customer's own phone shows.
        parts.insert(0, f"{how} {reference}".strip())
    else:
        parts = [say(f"kind.{row.kind}"), how, reference, *parts]
    if row.corrects is not None:
        parts.insert(0, say("statement.corrects", entry=row.corrects))
    if row.import_entry is None and business_day_of(row.at) != row.on and row.kind != "opening_recorded":
        parts.append(say("statement.late", day=dates.day_short(business_day_of(row.at), words.language)))
    return ", ".join(part for part in parts if part)


def items(row: EntryRow) -> list[str]:
    """`Atta 5kg x2`: the items of a sale."""
    found = []
    for name, quantity, _, amount in row.items:
        count = f" x{thousandths(quantity)}" if quantity is not None else ""
        found.append(f"{visible(name)}{count}" if name else rupees(amount))
    return found


def thousandths(quantity_milli: int) -> str:
    """`2`, `1.5`, `0.25`: a quantity without the zeros that say nothing."""
    whole, rest = divmod(quantity_milli, 1000)
    return f"{whole}.{rest:03d}".rstrip("0") if rest else str(whole)
