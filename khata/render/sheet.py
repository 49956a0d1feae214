"""A statement as it is handed out: the account and what stands around it, in one language or in several.

Nothing is laid out here: HTML and paper lay out the same sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from khata.i18n import dates
from khata.i18n.in_words import in_words
from khata.i18n.messages import Words
from khata.questions.parties import PartyRow
from khata.questions.statement import Statement
from khata.render.account import Account, account
from khata.render.ages import age_heads
from khata.render.line import standing
from khata.render.text import visible
from khata.views.about import About
from khata.views.cut import Cut

Texts = tuple[str, ...]
"""What is said in each language of a sheet, in their order."""


class InLanguage(NamedTuple):
    """A text with its language, and the way that runs: `ltr` or `rtl`."""

    text: str
    lang: str
    dir: str


class Payment(NamedTuple):
    """How it is paid: what the QR holds, who is paid, and how much."""

    link: str
    payee: str
    upi: str
    amount_paise: int

    def said(self, owed_paise: int, words: Words) -> str:
        """What one does with the QR; and what it asks for, where that is not all that is owed."""
        what = words.say("statement.pay")
        return what if self.amount_paise == owed_paise else f"{what} · {words.rupees(self.amount_paise)}"


class Around(NamedTuple):
    """What a sheet says besides the account.

    Attributes:
        ages: paise of what is not due yet, and of what is, up to 30, 60, 90 days old and more; empty where nothing is.
        payment: None where nothing is due, or the shop cannot be paid by UPI.
        seal: the hash, in hex, of the last entry that is counted.
    """

    ages: tuple[int, ...]
    payment: Payment | None
    seal: str


class Sheet(NamedTuple):
    """The page.

    Attributes:
        languages: codes; the first is the page's own. `directions`: `ltr` or `rtl`.
        title: what it is.
        shop: whose it is; `facts` where that is.
        accounts: line for line the same, one for each language.
        closing: what it comes to: `₹450.00 due`; `spelt` the amount in words, "" where a language has none.
        closing_paise: the same, above zero where the customer owes.
        ages_title, ages: how old it is: how many days, and the amounts, in each language; and what share of it that is,
            in hundredths.
        pay: what one does with the QR; `payment` what it holds.
        proof: up to which entry the book counts here, and what seals it; `seal` the hash.
    """

    languages: Texts
    directions: Texts
    title: Texts
    shop: str
    facts: list[str]
    accounts: Sequence[Account]
    closing: Texts
    spelt: Texts
    closing_paise: int
    ages_title: Texts
    ages: list[tuple[Texts, Texts, int]]
    pay: Texts
    payment: Payment | None
    proof: Texts
    seal: str

    def told(self, texts: Sequence[str]) -> list[InLanguage]:
        """What is said in each language, no text twice: of two that are alike the first stays."""
        told: dict[str, InLanguage] = {}
        for text, language, direction in zip(texts, self.languages, self.directions, strict=True):
            if text:
                told.setdefault(text, InLanguage(text, language, direction))
        return list(told.values())


def sheet(
    answer: Statement, party: PartyRow, around: Around, about: About | None, cut: Cut, languages: Sequence[Words]
) -> Sheet:
    """The page of an account, in these languages."""

    def each(say: Callable[[Words], str]) -> Texts:
        return tuple(map(say, languages))

    closing = answer.closing_paise
    end = cut._replace(as_on=answer.last)
    return Sheet(
        each(lambda words: words.language),
        each(lambda words: words.direction),
        each(lambda words: words.say("title.statement")),
        visible(about.shop) if about else "",
        where(about) if about else [],
        [account(answer, party, about, cut, words) for words in languages],
        each(lambda words: " ".join(filter(None, standing(closing, words)))),
        each(lambda words: (in_words(abs(closing), words) or "") if closing else ""),
        closing,
        each(lambda words: words.say("title.dues")),
        _ages(around.ages, languages),
        each(lambda words: around.payment.said(closing, words) if around.payment else ""),
        around.payment,
        each(lambda words: _proof(end, words)),
        around.seal,
    )


def _ages(ages: Sequence[int], languages: Sequence[Words]) -> list[tuple[Texts, Texts, int]]:
    """How many days, and what of it is as old: only where there is something."""
    heads = [age_heads(words) for words in languages]
    return [
        (
            tuple(each[place] for each in heads),
            tuple(words.rupees(paise) for words in languages),
            max(1, paise * 100 // sum(ages)),
        )
        for place, paise in enumerate(ages)
        if paise
    ]


def where(about: About) -> list[str]:
    """Where the shop is, as it says itself."""
    gstin = f"GSTIN {about.gstin}" if about.gstin else None
    return [visible(each) for each in (about.address, about.phone, gstin) if each]


def _proof(cut: Cut, words: Words) -> str:
    known = words.say("word.up_to_entry" if cut.known else "word.before_all", entry=cut.known)
    return f"{words.say('word.as_on', day=dates.day(cut.as_on, words))} · {known} · {words.say('word.seal')}"
