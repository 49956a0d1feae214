"""What a period came to, held against plain SQL over the shops' own files; and that every figure opens."""

from __future__ import annotations

from pathlib import Path

import pytest

from khata.postings.base import PARTY
from khata.questions.balances import balances
from khata.questions.figures import COUNTER, FIGURES, FigureRow, Span, behind, figure
from khata.questions.modebook import modebook
from khata.questions.statement import statements
from khata.questions.trial import trial, turnovers
from khata.units import MODES, Day, Seq
from khata.views.cut import Cut, known_at
from tests.sample_shops import SHOPS, Fact, SampleShop, facts, instant, opened, summed

FIRST, LAST = Day("2025-04-01"), Day("2026-03-31")


@pytest.fixture(scope="module", params=SHOPS)
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> SampleShop:
    return opened(request.param, tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="module")
def said(shop: SampleShop) -> list[Fact]:
    found = facts(shop.folder, shop.about["import_at"])
    assert len(found) > 3000
    return found


def cuts(shop: SampleShop) -> list[tuple[str, Cut]]:
    """Each moment at which the shop is asked, and the cut at the end of the year."""
    seqs = [(at, known_at(shop.cache.connection, instant(at))) for at in shop.about["known_at"].values()]
    last = shop.cache.position().seq
    return [(at, Cut(LAST, seq, everything=seq == last)) for at, seq in seqs]


def by_key(rows: list[FigureRow], per: str) -> dict[str, int]:
    keys = {COUNTER: "counter"} | {row.key: row.name or "" for row in rows if row.party is not None}
    return {keys[row.key] if per == "customer" else row.key: row.amount_paise for row in rows if row.amount_paise}


@pytest.mark.parametrize("what", [each for each in FIGURES if each != "charges"])
def test_every_figure_is_what_plain_sql_says_by_both_clocks(shop: SampleShop, said: list[Fact], what: str) -> None:
    asked = 0
    for at, cut in cuts(shop):
        for first, last in ((FIRST, LAST), (None, LAST), (Day("2025-10-21"), Day("2025-11-03"))):
            mine = [
                fact for fact in said if fact.figure == what and fact.at <= at and str(first or "") <= fact.day <= last
            ]
            for per, column in (("month", "month"), ("day", "day"), ("mode", "mode"), ("customer", "party")):
                rows = figure(shop.cache.connection, what, per, Span(first, last, cut.known))
                found = by_key(rows, per)
                if PARTY in found:
                    found["khata"] = found.pop(PARTY)
                assert found == summed(mine, column), (per, first, at)
                assert sum(row.amount_paise for row in rows) == sum(fact.paise for fact in mine)
                asked += bool(found)
    assert asked >= 4


@pytest.mark.parametrize("what", FIGURES)
def test_every_part_of_a_figure_opens_to_the_entries_it_is_made_of(shop: SampleShop, what: str) -> None:
    found = FIGURES[what]
    cut = cuts(shop)[-1][1]
    span = Span(Day("2025-10-21"), Day("2026-01-03"), cut.known)
    for per in found.ways:
        for row in figure(shop.cache.connection, what, per, span)[:8]:
            entries = behind(shop.cache.connection, what, per, row.key, span)
            assert len(entries) == row.entries, (per, row)
            assert sum(each.part_paise for each in entries) == row.amount_paise, (per, row)
            if per in ("month", "day", "customer"):  # the part of an entry is what it moved, seen from its postings
                nets = [dict(each.row.effect.nets()) for each in entries]
                moved = [found.sign * sum(net.get(account, 0) for account in found.accounts) for net in nets]
                assert moved == [each.part_paise for each in entries], (per, row)


def test_the_trial_balance_agrees_with_itself_with_the_balances_and_with_the_figures(
    shop: SampleShop, said: list[Fact]
) -> None:
    for at, cut in cuts(shop):
        for as_on in (*map(Day, shop.about["as_on"]), Day("2025-10-31")):
            here = cut._replace(as_on=as_on)
            rows = {row.account: row for row in trial(shop.cache.connection, here)}
            debit = sum(row.debit_paise for row in rows.values())
            credit = sum(row.credit_paise for row in rows.values())
            assert debit == credit > 0
            owed = [each.balance_paise for each in balances(shop.cache.connection, here)]
            assert rows[PARTY].debit_paise == sum(each for each in owed if each > 0)
            assert rows[PARTY].credit_paise == -sum(each for each in owed if each < 0)
            mine = [fact for fact in said if fact.at <= at and fact.day <= as_on]
            assert rows["sales"].credit_paise == sum(fact.paise for fact in mine if fact.figure == "sales")
            received = summed((fact for fact in mine if fact.figure == "receipts"), "mode")
            assert {mode: rows[mode].debit_paise - rows[mode].credit_paise for mode in received} == received


def test_what_moved_an_account_in_a_period_leads_from_before_to_after(shop: SampleShop) -> None:
    for _, cut in cuts(shop):
        here = cut._replace(as_on=Day("2025-11-17"))
        rows = turnovers(shop.cache.connection, Day("2025-10-21"), here)
        assert sum(row.debit_paise for row in rows) == sum(row.credit_paise for row in rows) > 0
        assert sum(row.opening_paise for row in rows) == 0
        at_end = {row.account: row.debit_paise - row.credit_paise for row in trial(shop.cache.connection, here)}
        assert {row.account: row.closing_paise for row in rows if row.closing_paise} == at_end


@pytest.mark.parametrize("mode", MODES)
def test_the_book_of_a_mode_leads_from_before_to_after_line_by_line(
    shop: SampleShop, said: list[Fact], mode: str
) -> None:
    at, cut = cuts(shop)[-1]
    first, last = Day("2025-10-21"), Day("2025-11-17")
    made = modebook(shop.cache.connection, mode, first, cut._replace(as_on=last))
    mine = [fact for fact in said if fact.figure == "receipts" and fact.mode == mode and fact.at <= at]
    assert made.opening_paise == sum(fact.paise for fact in mine if fact.day < first)
    assert made.closing_paise == sum(fact.paise for fact in mine if fact.day <= last)
    balance = made.opening_paise
    for line in made.lines:
        balance += line.in_paise - line.out_paise
        assert line.balance_paise == balance
    assert balance == made.closing_paise


def test_all_accounts_together_are_all_balances(shop: SampleShop) -> None:
    for _, cut in cuts(shop):
        found = {row.party: made for row, made in statements(shop.cache.connection, cut, Day("2026-01-01"), LAST)}
        before = balances(shop.cache.connection, cut._replace(as_on=Day("2025-12-31")))
        after = balances(shop.cache.connection, cut)
        assert {each.party: each.balance_paise for each in before} == {
            party: made.opening_paise for party, made in found.items() if made.opening_paise
        }
        assert {each.party: each.balance_paise for each in after} == {
            party: made.closing_paise for party, made in found.items() if made.closing_paise
        }


def test_a_period_without_anything_is_empty(shop: SampleShop, tmp_path: Path) -> None:
    span = Span(Day("2001-01-01"), Day("2001-12-31"), Seq(99999))
    for what, found in FIGURES.items():
        for per in found.ways:
            assert figure(shop.cache.connection, what, per, span) == []
