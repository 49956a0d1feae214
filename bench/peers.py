"""hledger, ledger and beancount on the same entries: their files, what they are asked, and whether they agree.

Each is taken from PATH, or from HLEDGER, LEDGER, BEAN_CHECK and BEAN_QUERY where these name a program.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import ledger
from ledger import Row
from process import Command, Took, middle, run
from shop import Shop
from table import Results, cell, tell

PARTIES = "Assets:Parties"
SHOWN = {
    "dues": ("dues", "khata"),
    "bean-check": ("every balance", "beancount (bean-check: read and checked, none shown)"),
    "bean-query": ("every balance", "beancount (bean-query)"),
}
"""Where a command stands in the table of who takes how long, if not by its own name."""

OWN = ("khata", "dues")
ROUNDS = {10_000: 5, 100_000: 3}
LARGEST = 1_000_000
"""A larger book is khata's alone: hledger takes a minute and seven GB for this one."""


def found() -> dict[str, str]:
    """The peers that are installed, with their programs."""
    paths = {
        name: os.environ.get(name.upper().replace("-", "_")) or shutil.which(name)
        for name in ("ledger", "hledger", "bean-check", "bean-query")
    }
    return {name: path for name, path in paths.items() if path}


def account(party: str) -> str:
    """A party's account, in letters that all three allow."""
    return f"{PARTIES}:{party.replace(' ', '-')}"


def _legs(row: Row) -> tuple[str, str, str]:
    """What an entry is called, the account that it is added to, and the one that it comes from."""
    customer = "Assets:Upi" if row.party is None else account(row.party)
    if row.type == "sale":
        return "sale", customer, "Income:Sales"
    return ("payment", "Assets:Upi", customer) if row.type == "receive" else ("return", "Income:Returns", customer)


def write(rows: Iterable[Row], journal: Path, beancount: Path, parties: int) -> None:
    """The entries as hledger and ledger read them, and as beancount does."""
    with journal.open("w", encoding="utf-8") as plain, beancount.open("w", encoding="utf-8") as beans:
        beans.write('option "operating_currency" "INR"\n')
        accounts = ["Assets:Upi", "Income:Sales", "Income:Returns", *(account(ledger.name(n)) for n in range(parties))]
        beans.writelines(f"1990-01-01 open {each}\n" for each in accounts)
        for row in rows:
            what, to, of = _legs(row)
            amount = ledger.rupees(row.amount_paise)
            note = f" {row.note}" if row.note else ""
            ref = f"({row.ref}) " if row.ref else ""
            plain.write(f"{row.day} {ref}{what}{note}\n    {to}  {amount} INR\n    {of}\n")
            beans.write(f'{row.day} * "{what}{note}"\n')
            if row.ref:
                beans.write(f'  ref: "{row.ref}"\n')
            beans.write(f"  {to}  {amount} INR\n  {of}\n")


def every_balance(peer: str, program: str, journal: Path, beancount: Path) -> Command:
    """The command that answers with what every party owes; bean-check only reads and checks."""
    words = {
        "ledger": ("-f", str(journal), "balance", PARTIES, "--flat", "--no-total"),
        "hledger": ("-f", str(journal), "balance", PARTIES, "--flat", "--no-total"),
        "bean-check": ("--no-cache", str(beancount)),
        "bean-query": (str(beancount), f"SELECT account, sum(position) WHERE account ~ '{PARTIES}' GROUP BY account"),
    }
    return Command((program, *words[peer]), journal.parent, (("BEANCOUNT_DISABLE_LOAD_CACHE", "1"),))


def measure(shops: dict[int, Shop], folder: Path, results: Results) -> None:
    """Every party's balance, from khata and from each peer, in turn; the answers are compared at the smallest size."""
    programs = found()
    for name in ("ledger", "hledger", "bean-check", "bean-query"):
        if name not in programs:
            results.note(f"{name} is not installed here, and is left out.")
    compared = False
    for entries, shop in shops.items():
        commands = {"khata": shop.ask("balance"), "dues": shop.ask("dues")}
        journal, beancount = folder / f"{entries}.journal", folder / f"{entries}.beancount"
        if entries <= LARGEST:
            write(ledger.rows(entries, shop.parties), journal, beancount, shop.parties)
            if not compared:
                _compare(shop, programs, journal, beancount)
                compared = True
            commands |= {
                name: every_balance(name, path, journal, beancount)
                for name, path in programs.items()
                if name != "bean-query" or entries < LARGEST  # bean-check takes minutes there, and one is enough
            }
        took = _in_turn(commands, ROUNDS.get(entries, 1))
        for name, each in took.items():
            work, who = SHOWN.get(name, ("every balance", name))
            results.who(work, who, entries, each)
            if name in ("ledger", "hledger", "bean-check"):
                results.growth.setdefault(name, {})[entries] = each.seconds
        _ratios(took, entries, results)
        journal.unlink(missing_ok=True)
        beancount.unlink(missing_ok=True)


def among_many(shop: Shop, folder: Path, results: Results) -> None:
    """Everybody's balance where there are many parties, most of whom owe: with the ages of it, and as JSON without."""
    journal, beancount = folder / "many.journal", folder / "many.beancount"
    write(ledger.rows(shop.entries, shop.parties), journal, beancount, shop.parties)
    own = {"khata": shop.ask("balance"), "json": shop.ask("balance", "--json")}
    others = {name: every_balance(name, found()[name], journal, beancount) for name in ("ledger",) if name in found()}
    took = _in_turn(own | others, 3, own=tuple(own))
    who = f"of {shop.parties:,} parties"
    for name, work, least in (("khata", "`khata balance`", 10), ("json", "`khata balance --json`", 15)):
        each = took[name]
        if "ledger" in took:
            times = took["ledger"].seconds / each.seconds
            results.at_least(f"{work} {who}", times, least, "times as fast as ledger", cell(each))
        results.add("… its peak memory", f"{each.peak_mb:.0f} MB", "under 120 MB", met=each.peak_mb < 120)
    journal.unlink()
    beancount.unlink()


def _in_turn(commands: dict[str, Command], rounds: int, own: tuple[str, ...] = OWN) -> dict[str, Took]:
    """A peer once a round, khata's own around it: a minute of one peer is not worth a second one."""
    took: dict[str, list[Took]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            tell(f"  {name} …")
            if name not in own:
                took[name].append(run(command))
            for each in own:
                took[each].append(run(commands[each]))
    return {name: middle(runs) for name, runs in took.items()}


def _ratios(took: dict[str, Took], entries: int, results: Results) -> None:
    for work, name in (("`khata balance`, all parties", "khata"), ("`khata dues`", "dues")):
        for peer, least in (("ledger", 40), ("hledger", 250)):
            if peer not in took:
                continue
            times = took[peer].seconds / took[name].seconds
            if entries == LARGEST:
                results.at_least(f"{work}, {entries:,} entries", times, least, f"times as fast as {peer}")
            else:
                results.add(f"{work}, {entries:,} entries", f"{times:,.1f} times as fast as {peer}")


def _compare(shop: Shop, programs: dict[str, str], journal: Path, beancount: Path) -> None:
    """Stop unless every party owes the same in each of them."""
    told = json.loads(run(shop.ask("balance", "--all", "--json")).out)["data"]["parties"]
    ours = {account(each["name"]): each["balance_paise"] for each in told if each["balance_paise"]}
    answers = {
        "ledger": ("--balance-format", "%(account)\t%(quantity(scrub(total)))\n"),
        "hledger": ("--output-format", "csv"),
    }
    for peer, more in answers.items():
        if peer in programs:
            asked = every_balance(peer, programs[peer], journal, beancount)
            theirs = _balances(peer, run(asked._replace(words=(*asked.words, *more))).out)
            if theirs != ours:
                raise SystemExit(f"{peer} and khata do not agree: {sorted(theirs.items() ^ ours.items())[:6]}")
    if "bean-check" in programs:
        # bean-check shows no balances, and checks those that it is told.
        stated = beancount.with_name("stated.beancount")
        after = (ledger.LAST_DAY + timedelta(days=1)).isoformat()
        lines = [f"{after} balance {name}  {_signed(paise)} INR\n" for name, paise in ours.items()]
        stated.write_text(beancount.read_text(encoding="utf-8") + "".join(lines), encoding="utf-8")
        run(every_balance("bean-check", programs["bean-check"], journal, stated))
        stated.unlink()
    tell(f"the balances of {len(ours)} parties are the same in khata and its peers")


def _balances(peer: str, out: str) -> dict[str, int]:
    rows = list(csv.reader(out.splitlines(), delimiter="\t" if peer == "ledger" else ","))
    read = {row[0]: _paise(row[1]) for row in rows if row and row[0].startswith(PARTIES)}
    return {name: paise for name, paise in read.items() if paise}


def _signed(paise: int) -> str:
    return ("-" if paise < 0 else "") + ledger.rupees(abs(paise))


def _paise(amount: str) -> int:
    whole, _, part = amount.replace("INR", "").strip().lstrip("-").partition(".")
    paise = int(whole) * 100 + int(part.ljust(2, "0") or 0)
    return -paise if amount.strip().startswith("-") else paise
