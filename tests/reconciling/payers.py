"""The accounts from which customers pay: their own, a relative's, a business's; each with its name and its VPA."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random  # noqa: TID251 - seeded: the same year in each run
from typing import NamedTuple

from tests.reconciling.names import Regular, Townsfolk
from tests.reconciling.spelling import as_held

BANKS = ("SBIN", "HDFC", "ICIC", "UTIB", "KKBK", "PUNB", "BARB", "CNRB", "UBIN", "YESB", "IDIB", "FDRL")
HANDLES = ("ybl", "oksbi", "okhdfcbank", "okicici", "okaxis", "paytm", "axl", "ibl", "apl", "ptsbi", "sbi", "upi")
CONFUSED = 5
"""Customers for whom a relative pays who is called as another customer is."""

TRADES = ("TRADERS", "ENTERPRISES", "GENERAL STORES", "AND SONS", "TRANSPORT", "ELECTRICALS", "DAIRY FARM")


class PayingAccount(NamedTuple):
    """An account: the name that its bank has, in capitals; its VPA; its bank; how it pays; whose it is."""

    held: str
    vpa: str
    bank: str
    way: str
    whose: str


def accounts_of(rng: Random, town: Townsfolk, one: Regular) -> tuple[PayingAccount, ...]:
    """From where a customer pays: the first account is the usual one."""
    chance = rng.randrange(100)
    if one.kind == "business":
        whose = "business" if chance < 50 else "own"
    elif one.kind == "namesake":
        whose = "own"
    else:
        whose = "relative" if chance < 14 else "business" if chance < 19 else "own"
    found = [_account(rng, town, one, whose)]
    if rng.randrange(10) < 3:
        found.append(_account(rng, town, one, rng.choice(("own", "own", "relative"))))
    return tuple(found)


def confuse(rng: Random, customers: Sequence[Regular], accounts: dict[str, tuple[PayingAccount, ...]]) -> None:
    """Let some customers pay from the account of a relative who has the name of another customer."""
    families = [one for one in customers if one.kind == "family" and one.name == one.latin]
    for one in rng.sample(families, CONFUSED):
        last = one.latin.split()[-1]
        other = rng.choice([each for each in families if each != one and each.latin.endswith(last)])
        first, *rest = accounts[one.name]
        vpa = _vpa(rng, other.latin, "".join(str(rng.randrange(1, 10)) for _ in range(10)))
        accounts[one.name] = (first._replace(held=other.latin.upper(), vpa=vpa, way="upi", whose="relative"), *rest)


def stranger(rng: Random, name: str, town: Townsfolk) -> PayingAccount:
    """The account of somebody who owes nothing."""
    return PayingAccount(as_held(rng, name), _vpa(rng, name, town.phone()), rng.choice(BANKS), "upi", "stranger")


def _account(rng: Random, town: Townsfolk, one: Regular, whose: str) -> PayingAccount:
    chance = rng.randrange(100)
    way = "upi" if chance < 84 else "imps" if chance < 90 else "neft" if chance < 96 else "cheque"
    phone = one.phone or town.phone()
    if whose == "own":
        held, vpa = as_held(rng, one.latin), _vpa(rng, one.latin, phone)
    elif whose == "relative":
        name = town.relative(one.latin)
        # A household often has one phone, and a son pays from an address that was made in his father's name.
        own = rng.randrange(10) < 3
        held, vpa = as_held(rng, name), _vpa(rng, one.latin if own else name, town.phone())
    else:
        firm = one.name.upper() if one.kind == "business" else f"{rng.choice(_firsts(one))} {rng.choice(TRADES)}"
        held, vpa = firm, _vpa(rng, firm, phone)
    return PayingAccount(held, vpa, rng.choice(BANKS), way, whose)


def _firsts(one: Regular) -> list[str]:
    return [one.latin.split()[-1].upper(), "SHREE BALAJI", "OM SAI", "NEW BHARAT", "MAA DURGA"]


def _vpa(rng: Random, name: str, phone: str) -> str:
    handle = rng.choice(HANDLES)
    words = name.lower().replace("(", "").replace(")", "").split()
    chance = rng.randrange(100)
    if chance < 40:
        return f"{phone}@{handle}"
    if chance < 48:
        return f"{phone}-{rng.randrange(2, 5)}@{handle}"
    if chance < 80:
        return f"{rng.choice(('.', '')).join(words)}{rng.randrange(1, 9999)}@{handle}"
    letters = "abcdefghjkmnprstuvwz"
    return f"{''.join(rng.choice(letters) for _ in range(6))}{rng.randrange(10, 999)}@{handle}"
