"""What becomes of a line of a statement: it is sure, it is to be asked about, or it is left."""

from __future__ import annotations

from typing import NamedTuple

from khata.units import Party, Seq

MOST_ASKED = 5
"""Customers, or entries, that are offered for one line."""


class Proposed(NamedTuple):
    """Whose payment a line may be: by an entry that stands for it already, or (None) as a payment that is not there."""

    party: Party | None
    entry: Seq | None
    why: str


class SureLine(NamedTuple):
    """A line that is sure.

    Attributes:
        party: whose payment it is; None for one of nobody in particular.
        entry: what stands for it in the book already; None: it is to be recorded.
        confirms: a payment on its way that has come with it.
        same_as: an earlier row of the file that shows the same payment.
        why: what makes it sure: `ref`, `vpa`, `phone`, `name`, `entry`, `again`, `answer`.
    """

    party: Party | None
    entry: Seq | None
    why: str
    confirms: Seq | None = None
    same_as: int | None = None


class Asked(NamedTuple):
    """A line that is to be asked about, with those who may be meant, the likeliest first."""

    candidates: tuple[Proposed, ...]


class LeftOver(NamedTuple):
    """A line that is no customer's payment as far as anybody can see.

    `why`: `nobody` fits it, its money `went_back`, another amount is `on_its_way` under its reference, or somebody gave
    that `answer`.
    """

    why: str


LineVerdict = SureLine | Asked | LeftOver
