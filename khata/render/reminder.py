"""What a customer is sent who owes something: a few polite lines, in his language."""

from __future__ import annotations

from collections.abc import Sequence

from khata.i18n import dates
from khata.i18n.messages import Words
from khata.questions.reminders import Reminder
from khata.render.line import called
from khata.render.sheet import Payment
from khata.render.text import in_order, visible
from khata.units import Day
from khata.views.about import About


def text(asked: Reminder, payment: Payment | None, about: About, as_on: Day, languages: Sequence[Words]) -> str:
    """The lines, in each language after the other; how it is paid stands once, at the end."""
    said = [_in_one(asked, about, as_on, words) for words in languages]
    return "\n\n".join([*said, *_payment(payment, languages[0]), *_from(about)])


def _in_one(asked: Reminder, about: About, as_on: Day, words: Words) -> str:
    amount, day = words.rupees(asked.asked_paise), dates.day(as_on, words)
    lines = [
        words.say("reminder.hello", name=called(asked.row.name, asked.row.party)),
        words.say("reminder.due", amount=amount, shop=visible(about.shop), day=day),
    ]
    if asked.received is not None:
        paid, on = words.rupees(asked.received.paid_paise), dates.day(asked.received.on, words)
        lines.append(words.say("reminder.last_paid", amount=paid, day=on))
    return "\n".join(map(in_order, [*lines, words.say("reminder.thanks")]))


def _payment(payment: Payment | None, words: Words) -> list[str]:
    """Whom to pay by UPI, and the link on a line of its own, which a phone can open."""
    if payment is None:
        return []
    return [words.say("reminder.pay", upi=f"{payment.payee}, {payment.upi}") + f"\n{payment.link}"]


def _from(about: About) -> list[str]:
    return [" · ".join(visible(each) for each in (about.shop, about.phone) if each)]
