"""What rows would do to balances."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from khata.i18n.messages import Words
from khata.render.line import called
from khata.render.terminal.table import Column, Table


def table(effect: Mapping[str, Any], words: Words) -> Table:
    """A line for each customer whose balance would change most, before and after; and how many more there are."""
    made = Table(
        [
            Column(words.say("head.before"), "right", 12),
            Column(words.say("head.after"), "right", 12),
            Column(words.say("head.name"), names=True),
        ]
    )
    largest = effect["largest"]
    made.title(words.count("imported.effect", effect["parties"], change=words.rupees(effect["change_paise"])))
    for each in largest:
        made.row(
            words.rupees(each["before_paise"]), words.rupees(each["after_paise"]), called(each["name"], each["party"])
        )
    if effect["parties"] > len(largest):
        made.line(words.count("faults.more", effect["parties"] - len(largest)))
    return made
