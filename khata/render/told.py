"""What an entry did, in words. Every output lays out what is said here; none says it by itself."""

from __future__ import annotations

from khata.grammar.days import business_day_of
from khata.grammar.recurring import time_of
from khata.i18n import dates
from khata.i18n.messages import Words
from khata.postings.base import ROUND_OFF
from khata.postings.effect import Effect
from khata.questions.entries import Again, EntryRow
from khata.render.line import called
from khata.render.text import visible
from khata.units import Day


def moved(did: Effect, words: Words) -> str:
    """A sentence with its amounts: `₹450.00 sold, ₹200.00 paid (UPI), ₹250.00 on khata`."""
    from khata.postings.kinds import MONEY

    kind, amount = MONEY.get(did.kind), did.amount_paise
    wording = kind.wording(did) if kind is not None else ""
    key = f"moved.{did.kind}" + (f".{wording}" if wording else "")
    if amount is None and did.reverses is None:
        return words.say(f"kind.{did.kind}")
    return words.say(
        key,
        amount=words.rupees(amount or 0),
        paid=words.rupees(did.paid_paise),
        rest=words.rupees((amount or 0) - did.paid_paise),
        discount=words.rupees(did.kasar_paise),
        how=how(did, words),
        entry=did.reverses,
    )


def rounded(did: Effect, words: Words) -> list[str]:
    """By how much a bill was rounded, up or down: `round off +₹0.40`; nothing if it was not."""
    paise = did.by_account.get(ROUND_OFF, 0)
    return [f"{words.say('account.round_off')} {words.rupees(-paise, sign=True)}"] if paise else []


def how(did: Effect, words: Words) -> str:
    """The ways in which money moved."""
    return words.listed(words.say(f"mode.{mode}") for mode in did.by_mode)


def parts(did: Effect, words: Words) -> str:
    """As `how`, and with kasar; where there are several parts each has its amount: what was let go never came in."""
    what, amounts = parts_apart(did, words)
    return amounts or what


def parts_apart(did: Effect, words: Words) -> tuple[str, str]:
    """What the parts are, and these with their amounts, if there are several: for a table with a column for each."""
    found = [(words.say(f"mode.{mode}"), abs(paise)) for mode, paise in did.by_mode.items()]
    if found and did.kasar_paise:
        found.append((words.say("account.discount"), abs(did.kasar_paise)))
    amounts = words.listed(f"{what} {words.rupees(paise)}" for what, paise in found) if len(found) > 1 else ""
    return words.listed(what for what, _ in found), amounts


def of_what_kind(row: EntryRow, words: Words, amount: str = "") -> str:
    """The kind of an entry, an amount that is to stand behind it, and what became of it."""
    text = words.say(f"kind.{row.kind}") + amount
    if row.again is not None:
        return _again(row.kind, row.again, words)
    if row.reminded_paise is not None:
        return f"{text} {words.rupees(row.reminded_paise)}"
    if row.disputes:
        return words.say(f"log.dispute.{row.dispute_status}", entry=row.disputes)
    if row.locks_upto:
        return words.say("edit_log.locked", day=dates.day(row.locks_upto, words))
    if row.pending_paise is not None:
        return text + f" {words.rupees(row.pending_paise)}"
    if row.settles:
        return words.say(f"log.settled.{row.outcome}", entry=row.settles)
    if row.reverses:
        return words.say("log.bounced" if row.bounced else "log.cancels", entry=row.reverses)
    if row.reversed_by:
        return words.say(taken_back("log.cancelled_by", row), what=text, entry=row.reversed_by)
    if row.corrects:
        return words.say("log.corrects", what=text, entry=row.corrects)
    return text


def _again(kind: str, said: Again, words: Words) -> str:
    """What an entry says of what comes again: `₹450.00 every month from 1 Nov 2026`."""
    first, last = (dates.day(each or said.first, words) for each in (said.first, said.last))
    key = f"again.{kind}" if first != last or said.last is None else f"again.{kind}.one_day"
    often = how_often(said.amount_paise, said.every, words)
    return words.say(key, often=often, first=first, last=last, entry=said.entry)


def how_often(amount_paise: int, every: str, words: Words) -> str:
    """`₹450.00 every month`."""
    return words.say(f"again.{every}", amount=words.rupees(amount_paise))


def reference(row: EntryRow, words: Words) -> str:
    """The reference of an entry; of what comes again the month or the day that it is for, where that is not its own."""
    said = time_of(row.ref) if row.ref else None
    if said is None:
        return visible(row.ref or "")
    on = said[1]
    if len(on) == len("2026-11"):
        return dates.month(Day(f"{on}-01"), words)
    return dates.day(Day(on), words) if on != row.on else ""


def described(row: EntryRow, words: Words) -> str:
    """An entry in a line, as its reader's language has it: what it did, for whom, and what was typed with it."""
    what = of_what_kind(row, words)
    if row.amount_paise is not None and not (
        row.again or row.reminded_paise or row.pending_paise or row.reverses or row.settles
    ):
        key, other = ("log.cancelled_by", row.reversed_by) if row.reversed_by else ("log.corrects", row.corrects)
        what = moved(row.effect, words)
        what = words.say(taken_back(key, row) if row.reversed_by else key, what=what, entry=other) if other else what
    return " · ".join(part for part in (what, whose(row, words), *more(row, words)) if part)


def taken_back(key: str, row: EntryRow) -> str:
    """The key of a sentence about an entry and the one that cancels it: a payment that came back has one of its own."""
    return f"{key}.bounced" if row.bounced or row.came_back else key


def whose(row: EntryRow, words: Words) -> str:
    """The party of an entry; the counter, where money moved and it was nobody's; else nothing."""
    if row.party is not None:
        return called(row.party_name, row.party)
    return words.say("word.counter") if row.postings is not None else ""


def more(row: EntryRow, words: Words) -> list[str]:
    """What was typed with an entry: its items, who brought the money, its note."""
    return [*items(row, words), *remarks(row, words)]


def remarks(row: EntryRow, words: Words) -> list[str]:
    """Who brought the money, and the note."""
    brought = [words.say("statement.by_hand", name=visible(row.by_hand))] if row.by_hand else []
    return [*brought, *([visible(row.note)] if row.note else [])]


def on_account(row: EntryRow, did: Effect, words: Words) -> str:
    """What an entry was for, as a customer reads it: its items, how it was paid, its reference; else its kind."""
    say, money, ref = words.say, parts(did, words), reference(row, words)
    said = more(row, words)
    if row.reverses is not None:
        said.insert(0, say("statement.bounced" if row.bounced else "statement.reverses", entry=row.reverses))
    elif not did.evident:
        said = [say(f"kind.{row.kind}"), money, ref, *said]
    elif did.sold:
        if money:
            said += [say("statement.part_paid" if did.debit_paise != did.credit_paise else "statement.paid"), money]
        said += [ref] if said else [say(f"kind.{row.kind}"), ref]
    else:
        # The mode and the reference are what the customer's own phone shows.
        said.insert(0, f"{money} {ref}".strip())
    said += rounded(did, words) if row.reverses is None else []
    if row.corrects is not None:
        said.insert(0, say("statement.corrects", entry=row.corrects))
    if late := _late(row, did, words):
        said.append(late)
    return words.listed(said + terms(row, words))


def terms(row: EntryRow, words: Words) -> list[str]:
    """By which day it is to be paid, and that the customer denies it."""
    due = dates.in_a_table([row.on, row.due_on], words)(row.due_on) if row.due_on else ""
    return [
        *([words.say("statement.due_on", day=due)] if due else []),
        *([words.say("statement.disputed")] if row.disputed_by else []),
    ]


def _late(row: EntryRow, did: Effect, words: Words) -> str:
    """That it was typed on another day.

    A file, what is brought forward and what comes again are of other days by nature.
    """
    typed_on = business_day_of(row.at)
    again = row.ref is not None and time_of(row.ref) is not None
    if row.import_entry is not None or typed_on == row.on or did.brought or again:
        return ""
    day = dates.in_a_table([row.on, typed_on], words)
    return words.say("statement.late", day=day(typed_on))


def items(row: EntryRow, words: Words) -> list[str]:
    """`Atta 5kg x2`: the items of a sale."""
    found = []
    for name, quantity, _, amount in row.items:
        count = f" x{thousandths(quantity)}" if quantity is not None else ""
        found.append(f"{visible(name)}{count}" if name else words.rupees(amount))
    return found


def thousandths(quantity_milli: int) -> str:
    """`2`, `1.5`, `-0.25`: a quantity without the zeros that say nothing; more cancelled than sold is negative."""
    sign, (whole, rest) = "-" if quantity_milli < 0 else "", divmod(abs(quantity_milli), 1000)
    return sign + (f"{whole}.{rest:03d}".rstrip("0") if rest else str(whole))
