"""Questions and a sale as whole processes, on every size in turn: against the bare interpreter and each other."""

from __future__ import annotations

import ledger
from process import Command, Took, alternately, bare
from shop import WHO, Shop
from table import Results, cell

ROUNDS = 15
YEAR = ("--from", "2025-11-01", "--to", "2026-10-31")
DAY = ("--on", "2026-10-15")
SHARES = (10, 50, 90)
"""Hundredths of the book at which it is asked about the past: early, in the middle, late."""

GROWTH = {
    "balance NAME": ("balance", WHO),
    "balance": ("balance",),
    "dues": ("dues",),
    "statement of a year": ("statement", WHO, *YEAR),
    "day book": ("daybook", *DAY),
}
PAST = ("as-on", "known-at")


def measure(shops: dict[int, Shop], main: int, results: Results) -> None:
    """Every question on every size; the lines of the table are those of the size `main`."""
    commands: dict[str, Command] = {"bare": bare(shops[main].home), "help": shops[main].ask("--help")}
    for entries, shop in shops.items():
        commands |= {f"{name} {entries}": shop.ask(*words) for name, words in GROWTH.items()}
        commands[f"sale {entries}"] = shop.ask("sale", WHO, "450")
        if entries <= main:
            commands |= _about_the_past(shop, shop.recorded())
    took = alternately(commands, ROUNDS)
    for name in GROWTH:
        results.growth[f"khata {name}"] = {entries: took[f"{name} {entries}"].seconds for entries in shops}
    for name in ("balance NAME", "sale", "statement of a year", "day book"):
        for entries in shops:
            results.who(name, "khata", entries, took[f"{name} {entries}"])
    _starts(took, shops, main, results)
    _past(took, main, results)
    _windows(took, shops, results)


def _about_the_past(shop: Shop, recorded: int) -> dict[str, Command]:
    commands = {}
    for share in SHARES:
        day = ledger.day(shop.entries, shop.entries * share // 100)
        entry = str(recorded * share // 100)
        for past, at in (("as-on", day), ("known-at", entry)):
            commands[f"one {past} {share} {shop.entries}"] = shop.ask("balance", WHO, f"--{past}", at)
            commands[f"all {past} {share} {shop.entries}"] = shop.ask("balance", f"--{past}", at)
    return commands


def _starts(took: dict[str, Took], shops: dict[int, Shop], main: int, results: Results) -> None:
    bare_s = took["bare"].seconds
    results.add("the bare interpreter", cell(took["bare"]))
    for name, most, growth in (("balance NAME", 9, 1.2), ("sale", 13, 1.3)):
        one = took[f"{name} {main}"]
        results.ratio(f"`khata {name}`, {main:,} entries", one.seconds / bare_s, most, "x bare", cell(one))
        each = {entries: took[f"{name} {entries}"].seconds for entries in shops}
        if len(each) > 1:
            work = f"… the slowest of {', '.join(f'{entries:,}' for entries in each)} against the fastest"
            results.ratio(work, max(each.values()) / min(each.values()), growth, "x")
    results.ratio("`khata --help`", took["help"].seconds / bare_s, 13, "x bare", cell(took["help"]))


def _past(took: dict[str, Took], main: int, results: Results) -> None:
    """The slowest of three moments of the past against today."""
    slowest = {
        (who, past): max((took[f"{who} {past} {share} {main}"] for share in SHARES), key=lambda each: each.seconds)
        for who in ("one", "all")
        for past in PAST
    }
    today = {"one": took[f"balance NAME {main}"], "all": took[f"balance {main}"]}
    called = {"one": "one party", "all": "all parties"}
    for who, most in (("one", 1.5), ("all", 1.5)):
        each = slowest[who, "as-on"]
        work = f"`--as-on`, {called[who]}, the slowest of three days"
        results.ratio(work, each.seconds / today[who].seconds, most, "x today", cell(each))
    each = slowest["all", "known-at"]
    work = "`--known-at`, all parties, the slowest of three entries"
    results.ratio(work, each.seconds / today["all"].seconds, 4, "x today", cell(each))
    each = slowest["one", "known-at"]
    work = "`--known-at`, one party, the slowest of three entries"
    results.ratio(work, each.seconds / today["one"].seconds, 2, "x today", cell(each))


def _windows(took: dict[str, Took], shops: dict[int, Shop], results: Results) -> None:
    for name, work in (("statement of a year", "statement of one party's year"), ("day book", "day book of one day")):
        ratios = {
            entries: took[f"{name} {entries}"].seconds / took[f"balance NAME {entries}"].seconds for entries in shops
        }
        entries = max(ratios, key=lambda each: ratios[each])
        results.ratio(
            f"{work}, worst at {entries:,} entries",
            ratios[entries],
            1.5,
            "x balance NAME",
            cell(took[f"{name} {entries}"]),
        )


def among_many(shop: Shop, results: Results) -> None:
    """The same among 50,000 parties, and Tab as bash asks for it."""
    begun = WHO.split()[0][:3]
    bash = (("_KHATA_COMPLETE", "complete_bash"), ("COMP_WORDS", f"khata\nbalance\n{begun}"), ("COMP_CWORD", "2"))
    commands = {
        "bare": bare(shop.home),
        "completion": shop.ask()._replace(more=bash),
        "balance NAME": shop.ask("balance", WHO),
        "sale": shop.ask("sale", WHO, "450"),
    }
    took = alternately(commands, ROUNDS)
    if begun not in took["completion"].out:
        raise SystemExit("Tab offers nobody")
    among = f"among {shop.parties:,} parties"
    for name, called, most in (
        ("completion", "completion of a party's name", 9),
        ("balance NAME", "`khata balance NAME`", 9),
        ("sale", "`khata sale`", 13),
    ):
        results.ratio(f"{called} {among}", took[name].seconds / took["bare"].seconds, most, "x bare", cell(took[name]))
