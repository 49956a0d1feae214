"""Verification, whole and of what is new, and rebuilding the views."""

from __future__ import annotations

import json
from statistics import median

from process import Command, Took, alternately, floor, khata, run
from shop import WHO, Shop
from table import Results

ROUNDS = {10_000: 3, 100_000: 3, 1_000_000: 2}
NEW = 10
SINCE_ROUNDS = 5


def measure(shops: dict[int, Shop], main: int, results: Results) -> None:
    """Every size; the lines against the targets are those of `main`, memory is compared over all."""
    took: dict[int, dict[str, Took]] = {}
    for entries, shop in shops.items():
        commands: dict[str, Command] = {"verify": shop.ask("verify"), "rebuild": shop.ask("rebuild")}
        commands["alone"] = _elsewhere(shop)
        if entries <= main:
            commands["floor"] = floor(shop.home, "verify", str(shop.book))
            commands["views"] = floor(shop.home, "views", str(shop.cache), str(shop.home / "views.sqlite"))
        commands["chain"] = shop.ask("verify", "--check", "chain")
        shop.bring_in()
        took[entries] = alternately(commands, ROUNDS.get(entries, 1), warm=entries <= 100_000)
        results.who("verify, all checks", "khata", entries, took[entries]["verify"])
        results.who("verify, all checks, a book without views", "khata", entries, took[entries]["alone"])
        results.who("verify, the chain", "khata", entries, took[entries]["chain"])
        results.who("rebuild", "khata", entries, took[entries]["rebuild"])
        if entries <= main:
            results.who("verify, the chain", "floor, one loop", entries, took[entries]["floor"])
            results.who("rebuild", "floor, the views' rows and indexes", entries, took[entries]["views"])
    _targets(took, shops, main, results)
    _since_last(shops, results)


def _elsewhere(shop: Shop) -> Command:
    """The verification by somebody who has the book alone, as an accountant has."""
    home = shop.home / "accountant"
    home.mkdir(exist_ok=True)
    return khata(home, "verify", "--book", str(shop.book))


def _targets(took: dict[int, dict[str, Took]], shops: dict[int, Shop], main: int, results: Results) -> None:
    recorded = json.loads(run(shops[main].ask("verify", "--json")).out)["data"]["entries"]
    each = took[main]
    for name, work, most in (
        ("chain", "`khata verify --check chain`", 0.5),
        ("verify", "`khata verify`, all checks", 2),
        ("alone", "… of a book without views, as an accountant has it", 2),
    ):
        seconds = each[name].seconds
        rate = f"{recorded / seconds:,.0f} entries/s"
        results.ratio(work, seconds / each["floor"].seconds, most, "x the floor's seconds", rate)
    peaks = {entries: all_took["verify"].peak_mb for entries, all_took in took.items()}
    shown = ", ".join(f"{peak:.0f} MB at {entries:,}" for entries, peak in peaks.items())
    large = [peak for entries, peak in peaks.items() if entries > 10_000] or list(peaks.values())
    results.add(
        "… peak memory of its largest process",
        shown,
        "flat: at most 1.3 x from 100,000 on",
        met=max(large) <= 1.3 * min(large),
    )
    seconds = each["rebuild"].seconds
    rate = f"{recorded / seconds:,.0f} entries/s"
    results.at_least("`khata rebuild`", each["views"].seconds / seconds, 0.7, "x the floor's speed", rate)


def _since_last(shops: dict[int, Shop], results: Results) -> None:
    """Some new entries after a verification: the same time whatever stands before them. Sizes in turn."""
    took: dict[int, list[float]] = {entries: [] for entries in shops}
    for shop in shops.values():
        run(shop.ask("verify"))
    for _ in range(SINCE_ROUNDS):
        for entries, shop in shops.items():
            for _ in range(NEW):
                run(shop.ask("sale", WHO, "450"))
            took[entries].append(run(shop.ask("verify", "--since", "last")).seconds)
    times = {entries: median(each) for entries, each in took.items()}
    shown = ", ".join(f"{seconds * 1000:.0f} ms at {entries:,}" for entries, seconds in times.items())
    work = f"`khata verify --since last`, {NEW} new entries ({shown})"
    results.ratio(work, max(times.values()) / min(times.values()), 1.3, "x, largest against smallest")
