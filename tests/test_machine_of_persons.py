"""Khatas are joined, parted, charged and set against each other in any order, and everybody owes what he owes.

What is right is said by a list of lines and a list of joinings, read anew for each moment that is asked about.
"""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from khata.questions.balances import balance_of, balances
from khata.questions.dues import dues
from khata.questions.statement import statement
from khata.rules.base import Command
from khata.rules.charge import MakeCharge
from khata.rules.correction import ReverseEntry
from khata.rules.merging import JoinParties, SeparateParties
from khata.rules.party import DeclareParty
from khata.rules.refused import Refused
from khata.rules.transfer import TransferBalance
from khata.units import Day, Paise, Party, Seq
from khata.views.cache import Cache
from khata.views.catch_up import catch_up
from khata.views.cut import Cut
from tests.books import contents, in_memory, payment, sale

NUMBERS = st.integers(1, 5)
AMOUNTS = st.integers(1, 500)
LAST = Day("9999-12-31")


class Persons(RuleBasedStateMachine):
    """Five khatas of up to five people."""

    def __init__(self) -> None:
        super().__init__()
        self.shop = in_memory()
        for number in range(1, 6):
            self.shop.record(DeclareParty(name=f"Name {number}"))
        self.moved: list[tuple[int, int, int]] = []  # entry, whose, paise
        self.said: list[tuple[int, int, int, bool]] = []  # entry, who, to whom, together

    # --- the model

    def person(self, number: int, known: int = 10**9) -> int:
        belongs: dict[int, int] = {}
        for entry, one, other, together in self.said:
            if entry <= known:
                belongs = belongs | {one: other} if together else {k: v for k, v in belongs.items() if k != one}
        while number in belongs:
            number = belongs[number]
        return number

    def owed(self, known: int = 10**9) -> dict[int, int]:
        sums: dict[int, int] = {}
        for entry, number, paise in self.moved:
            if entry <= known:
                whose = self.person(number, known)
                sums[whose] = sums.get(whose, 0) + paise
        return {number: paise for number, paise in sums.items() if paise}

    def act(self, command: Command) -> list[Any] | None:
        """What is recorded; None where it is refused."""
        before = len(self.shop.entries())
        try:
            self.shop.record(command)
        except Refused as refused:
            assert refused.code in ("same_party", "not_merged", "already_reversed", "not_reversible")  # noqa: PT017
            assert len(self.shop.entries()) == before
            return None
        return [each for each in self.shop.recorded()[before:] if each.event.KIND != "format_raised"]

    # --- what may happen

    @rule(number=NUMBERS, rupees=AMOUNTS, what=st.sampled_from(["sale", "payment", "charge"]))
    def money(self, number: int, rupees: int, what: str) -> None:
        party, sign = Party(number), -1 if what == "payment" else 1
        command = {
            "sale": sale(party, rupees),
            "payment": payment(party, rupees),
            "charge": MakeCharge(party=party, amount_paise=Paise(rupees * 100)),
        }[what]
        recorded = self.act(command)
        assert recorded is not None
        (made,) = recorded
        assert made.event.party == self.person(number)
        self.moved.append((made.seq, made.event.party, sign * rupees * 100))

    @rule(one=NUMBERS, other=NUMBERS, rupees=AMOUNTS)
    def transfer(self, one: int, other: int, rupees: int) -> None:
        made = self.act(TransferBalance(party=Party(one), to=Party(other), amount_paise=Paise(rupees * 100)))
        assert (made is None) == (self.person(one) == self.person(other))
        for each, sign in zip(made or (), (-1, 1), strict=False):
            self.moved.append((each.seq, each.event.party, sign * rupees * 100))

    @rule(one=NUMBERS, other=NUMBERS)
    def join(self, one: int, other: int) -> None:
        stays, goes = self.person(one), self.person(other)
        made = self.act(JoinParties(party=Party(one), other=Party(other)))
        assert (made is None) == (stays == goes)
        if made:
            self.said.append((made[0].seq, goes, stays, True))

    @rule(one=NUMBERS, other=NUMBERS)
    def part(self, one: int, other: int) -> None:
        made = self.act(SeparateParties(party=Party(one), other=Party(other)))
        assert (made is None) == (self.person(other) == other or self.person(one) != self.person(other))
        if made:
            self.said.append((made[0].seq, other, made[0].event.party, False))

    @rule(which=st.integers(0, 99))
    def taken_back(self, which: int) -> None:
        if not self.moved:
            return
        entry = self.moved[which % len(self.moved)][0]
        for each in self.act(ReverseEntry(entry=Seq(entry))) or ():
            whose, paise = next((w, p) for seq, w, p in self.moved if seq == each.event.entry)
            self.moved.append((each.seq, whose, -paise))

    @rule()
    def the_views_are_lost(self) -> None:
        self.shop.close_views()

    # --- what must always hold

    @invariant()
    def everybody_owes_what_the_model_says(self) -> None:
        self.shop.books.catch_up()
        views, head = self.shop.books.cache.connection, len(self.shop.entries())
        for known in {head, head // 2 + 1}:
            cut, owed = Cut(LAST, Seq(known), everything=known == head), self.owed(known)
            rows = balances(views, cut)
            assert {int(each.party): each.balance_paise for each in rows} == owed
            for number in range(1, 6):
                mine = owed.get(self.person(number, known), 0)
                assert balance_of(views, Party(number), cut) == mine
                assert statement(views, Party(number), cut).closing_paise == mine
            today = cut._replace(as_on=self.shop.recorded()[-1].on)
            young = {int(each.party): each.by_age_paise for each in dues(views, today)}
            assert young == {number: (paise, 0, 0, 0) for number, paise in owed.items() if paise > 0}

    def teardown(self) -> None:
        fresh = Cache(None)
        catch_up(self.shop.store, fresh)
        self.shop.books.catch_up()
        assert contents(self.shop.books.cache) == contents(fresh)


TestPersons = Persons.TestCase
TestPersons.settings = settings(max_examples=25, stateful_step_count=20, suppress_health_check=list(HealthCheck))
