"""Amounts in words, as on a receipt or a cheque.

The words stand in the catalogs: a hundred numbers, for no Indian language builds those below a hundred by a rule, and
a pattern for hundred, thousand, lakh and crore. Above a crore the crores are counted in the same way, so that nothing
overflows and nobody hears a "trillion": one lakh crore. Numbers of en, hi and gu are CLDR's, save that Gujarati's
crore is written without a nukta, which that script lacks.
"""

from typing import Final

from khata.i18n.messages import Words

_STEPS: Final = ((1_00_00_000, "crore"), (1_00_000, "lakh"), (1_000, "thousand"), (100, "hundred"))


def in_words(paise: int, words: Words) -> str | None:
    """An amount in words: `one lakh twenty-three thousand rupees and fifty paise only`.

    None in a language that has no numbers in its catalog: no words are better than words of another language.

    Raises:
        ValueError: the amount is below zero.
    """
    if paise < 0:
        raise ValueError(paise)
    said = words.own("amount.numbers")
    if said is None:
        return None
    numbers = said.split()
    whole, part = divmod(paise, 100)
    # Of nothing one speaks in the plural, whatever the language's rule says of 0.
    rupees = words.count("amount.rupees", whole or 2, words=_number(whole, numbers, words))
    change = words.count("amount.paise", part, words=_number(part, numbers, words))
    if part:
        rupees = change if not whole else words.say("amount.rupees_and_paise", rupees=rupees, paise=change)
    return words.say("amount.only", amount=rupees)


def _number(n: int, numbers: list[str], words: Words) -> str:
    if n < 100:
        return numbers[n]
    step, name = next(each for each in _STEPS if n >= each[0])
    head = words.say(f"amount.{name}", words=_number(n // step, numbers, words))
    return f"{head} {_number(n % step, numbers, words)}" if n % step else head
