"""How banks write the name of a person, and whom of a book such a name could mean."""

from __future__ import annotations

import re
from functools import cache
from random import Random  # noqa: TID251 - seeded: the same year in each run

OTHERWISE = (
    ("LAKSHMI", "LAXMI"), ("GUPTA", "GUPTHA"), ("CHOUDHARY", "CHAUDHARI"), ("AGRAWAL", "AGARWAL"),
    ("SUNITA", "SUNEETA"), ("MOHAMMED", "MOHD"), ("DEEPAK", "DIPAK"), ("POOJA", "PUJA"), ("SRINIVAS", "SREENIVAS"),
    ("VENKATESH", "VENKATESHA"), ("KRISHNA", "KRISHNAA"), ("SINGH", "SINH"), ("JADHAV", "JADHAO"),
    ("SHEIKH", "SHAIKH"), ("QURESHI", "KURESHI"), ("MUKHERJEE", "MUKHARJI"), ("BANERJEE", "BANARJEE"),
    ("MESH", "MESHH"), ("NESH", "NEESH"), ("YADAV", "YADHAV"), ("VERMA", "VARMA"), ("REDDY", "REDDI"),
    ("NAIR", "NAYAR"), ("PILLAI", "PILLAY"), ("GEETA", "GITA"), ("VIJAY", "VIJEY"), ("SANTOSH", "SANTHOSH"),
    ("GH", "GG"), ("EE", "I"), ("OO", "U"), ("SH", "S"), ("V", "W"), ("A", "AA"),
)  # fmt: skip
TITLES = ("MR", "MRS", "MS", "SMT", "SHRI", "DR")
MIDDLE = ("KUMAR", "LAL", "PRASAD", "CHANDRA", "NATH", "KUMARI", "DEVI")


def misspelt(name: str) -> str:
    """A name in capitals as another clerk hears it."""
    for usual, other in OTHERWISE:
        if usual in name:
            return name.replace(usual, other, 1)
    return f"{name}H"


def as_held(rng: Random, latin: str) -> str:
    """A person's name as the bank that keeps the account has it."""
    name = latin.upper().replace(".", "")
    first, *rest = name.split()
    last = rest[-1] if rest else ""
    chance = rng.randrange(100)
    if chance < 52 or not last:
        return name
    if chance < 64:
        return misspelt(name)
    if chance < 71:
        return f"{first[0]} {last}"
    if chance < 77:
        return f"{first} {last[0]}"
    if chance < 83:
        return f"{last} {first}"
    if chance < 91:
        return f"{first} {rng.choice(MIDDLE)} {last}"
    if chance < 96:
        return f"{rng.choice(TITLES)} {name}"
    return name.replace(" ", "")


@cache
def tokens(name: str) -> tuple[str, ...]:
    """The words of a name by how they sound; what stands in brackets, titles and honorifics left out."""
    bare = re.sub(r"\([^)]*\)", " ", name.upper())
    words = [word for word in re.findall(r"[A-Z]+", bare) if word not in TITLES]
    return tuple(_sound(word) for word in words if word not in ("BHAI", "JI", "DIDI", "UNCLE", "AUNTY"))


@cache
def _sound(word: str) -> str:
    if len(word) == 1:
        return word
    if word in ("MOHD", "MD"):
        return _sound("MOHAMMED")
    for usual, other in (("X", "KS"), ("W", "V"), ("Q", "K"), ("J", "Y"), ("Z", "Y"), ("C", "K"), ("Y", "I")):
        word = word.replace(usual, other)
    word = re.sub(r"(.)\1+", r"\1", re.sub(r"(?<=.)H", "", word))
    return word[0] + re.sub(r"[AEIOU]", "", word[1:])


@cache
def likeness(shown: str, name: str, *, cut: bool) -> int:
    """How well a name on a statement fits one in a book: 2 word for word, 1 in part, 0 not at all.

    `cut`: the bank may have cut off its end.

    >>> likeness("RAMESHH KUMAR", "Ramesh Kumar (Sector 4)", cut=False), likeness("R KUMAR", "Rajesh Kumar", cut=False)
    (2, 1)
    >>> likeness("RAMESH KUL", "Ramesh Kulkarni", cut=True), likeness("RAMESH KUL", "Suresh Gupta", cut=True)
    (2, 0)
    """
    theirs, ours = tokens(shown), tokens(name)
    if not theirs or not ours:
        return 0
    if sorted(theirs) == sorted(ours) or "".join(theirs) == "".join(ours):
        return 2
    if cut and "".join(ours).startswith("".join(theirs)):
        return 2 if len(theirs) > 1 else 1
    fewer, more = sorted((theirs, ours), key=len)
    left = list(more)
    for word in fewer:
        found = next((each for each in left if _fits(word, each, cut=cut)), None)
        if found is None:
            return 0
        left.remove(found)
    return 1


def _fits(one: str, other: str, *, cut: bool) -> bool:
    if one == other:
        return True
    shorter, longer = sorted((one, other), key=len)
    return longer.startswith(shorter) and (len(shorter) == 1 or (cut and len(shorter) > 1))
