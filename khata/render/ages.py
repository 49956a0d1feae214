"""How old what is due is, in words. By itself: a sale says nothing of it."""

from __future__ import annotations

from itertools import pairwise

from khata.i18n.messages import Words
from khata.questions.dues import BUCKET_DAYS


def age_heads(words: Words) -> list[str]:
    """How old each part of what is owed is: `not yet due`, `to 30 days`, `31–60 days`, …, `90+ days`."""
    return [
        words.say("head.not_due"),
        words.say("head.up_to_days", n=BUCKET_DAYS[0]),
        *(words.say("head.days_between", first=low + 1, last=high) for low, high in pairwise(BUCKET_DAYS)),
        words.say("head.over_days", n=BUCKET_DAYS[-1]),
    ]
