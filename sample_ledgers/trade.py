"""A shop's year, day by day: who comes, what they take, when they pay.

Only whole-number arithmetic on what `Random` gives, so that every machine draws the same year.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from model import COUNTER, YEAR_FIRST, YEAR_LAST, Habit, Item, Row, Shop

DIWALI = date(2025, 10, 20)
BANKS = ("SBIN", "HDFC", "ICIC", "BARB", "CNRB", "UTIB", "IOBA", "MAHB")
TOP_UPS_PAISE = (100000, 200000, 200000, 300000, 500000)


@dataclass(slots=True)
class Customer:
    """Where one customer stands while the year is drawn."""

    name: str
    habit: Habit
    joined: date
    pays_next: date
    gone: date | None = None
    written_off: date | None = None
    refunded: date | None = None
    balance_paise: int = 0
    returnable: list[tuple[date, int]] = field(default_factory=list)


class Year:
    """The year of one shop; `rows` is its trade as it really happened, slips not yet among it."""

    def __init__(self, shop: Shop, rng: Random) -> None:
        self.shop = shop
        self.rng = rng
        self.rows: list[Row] = []
        self.refs: set[str] = set()
        self.bills = 0
        self.customers = [
            self._customer(name, habit, first=place == 0)
            for habit, names in shop.people
            for place, name in enumerate(names)
        ]

    def draw(self) -> list[Row]:
        """The rows of the year, in the order in which they happened."""
        for customer in self.customers:
            self._open(customer)
        day = YEAR_FIRST
        while day <= YEAR_LAST:
            busy = self.shop.visits_on(day)
            low, high = self.shop.counter_a_day
            here: list[Customer | None] = [c for c in self.customers if c.joined <= day]
            here += [None] * (self.rng.randint(low, high) * busy // 100)
            self.rng.shuffle(here)
            for who in here:
                if who is None:
                    self._counter_sale(day)
                else:
                    self._day_of(who, day, busy)
            day += timedelta(days=1)
        return self.rows

    # who they are

    def _customer(self, name: str, habit: Habit, *, first: bool) -> Customer:
        rng = self.rng
        old = first or rng.randrange(100) < 72
        joined = YEAR_FIRST if old else YEAR_FIRST + timedelta(days=rng.randint(4, 290))
        customer = Customer(name, habit, joined, joined)
        customer.pays_next = self._next_payment(customer, joined)
        if habit.settles == "gone":
            customer.joined = YEAR_FIRST + timedelta(days=rng.randint(0, 20))
            customer.gone = YEAR_FIRST + timedelta(days=rng.randint(50, 190))
            # Some are still hoped for when the year ends.
            wait = rng.choice((110, 130, 150, 400))
            customer.written_off = customer.gone + timedelta(days=wait + rng.randint(0, 20))
        if habit.settles == "advance" and rng.randrange(100) < 45:
            customer.refunded = YEAR_LAST - timedelta(days=rng.randint(0, 70))
        return customer

    def _open(self, customer: Customer) -> None:
        low, high = customer.habit.owes
        if customer.joined > YEAR_FIRST or not high or self.rng.randrange(100) < 25:
            return
        amount = self.rng.randint(low, high) * 100
        advance = customer.habit.settles == "advance"
        if not advance and self.rng.randrange(100) < 30:
            amount += 50
        row = Row(YEAR_FIRST, "opening", customer.name, amount, mode="advance" if advance else "")
        if self.rng.randrange(100) < 25:
            row.note = self.shop.words.opening
        customer.balance_paise = -amount if advance else amount
        self.rows.append(row)

    # a day

    def _day_of(self, customer: Customer, day: date, busy: int) -> None:
        if customer.gone and day >= customer.gone:
            if customer.written_off == day and customer.balance_paise > 0:
                note = self.rng.choice(self.shop.words.gone)
                self._add(customer, Row(day, "write-off", customer.name, customer.balance_paise, note=note))
            return
        if customer.refunded and day >= customer.refunded:
            self._refund(customer, day, full=True)
            return
        self._bring_back(customer, day)
        chance = customer.habit.visits * busy
        if customer.habit.settles == "payday" and day.day <= 7:
            chance = chance * 135 // 100
        if self.rng.randrange(10000) < chance:
            self._sale(customer, day)
        if busy >= 20 and day >= customer.pays_next:
            self._settle(customer, day)
            customer.pays_next = self._next_payment(customer, day)

    def _basket(self, shelf: tuple[Item, ...], lines: tuple[int, int], day: date) -> tuple[int, str]:
        rng = self.rng
        count = max(1, rng.randint(*lines) * self.shop.basket_on(day) // 100)
        total = 0
        taken: dict[str, int] = {}
        for item in rng.choices(shelf, [item.share for item in shelf], k=count):
            quantity = rng.randint(1, item.most)
            total += quantity * item.rate_paise
            taken[item.label] = taken.get(item.label, 0) + quantity
        labels = [f"{label} x{quantity}" if quantity > 1 else label for label, quantity in taken.items()]
        step = self.shop.round_paise
        total = max(step, (total + step // 2) // step * step)
        note = ", ".join(labels) if len(labels) <= 3 and rng.randrange(100) < self.shop.note_share else ""
        occasion = self.shop.occasion_on(day)
        if not note and occasion and rng.randrange(100) < 30:
            note = occasion
        return total, note

    def _counter_sale(self, day: date) -> None:
        lines = self.shop.counter_lines
        amount, note = self._basket(self.shop.shelves["retail"], lines, day)
        row = Row(day, "sale", COUNTER, amount, note=note)
        self._paid_at_once(row)
        row.ref = self._bill_number()
        self.rows.append(row)

    def _sale(self, customer: Customer, day: date) -> None:
        habit = customer.habit
        amount, note = self._basket(self.shop.shelves[habit.shelf], habit.lines, day)
        row = Row(day, "sale", customer.name, amount, note=note, ref=self._bill_number())
        how = self.rng.randrange(100)
        if how < habit.khata or customer.balance_paise <= -amount:
            if self.rng.randrange(100) < 4:
                row.mode = "credit"
        elif how < habit.khata + habit.part and amount >= 20000:
            row.paid_paise = amount * self.rng.randint(25, 75) // 100 // 5000 * 5000
            row.paid_mode = self._draw_mode(self.shop.modes_at_once) if row.paid_paise else ""
        else:
            self._paid_at_once(row)
        self._add(customer, row)
        if self.rng.randrange(100) < habit.returns:
            back = day + timedelta(days=self.rng.randint(1, 6))
            part = max(100, amount * self.rng.randint(10, 45) // 100 // 500 * 500)
            customer.returnable.append((back, min(part, amount)))

    def _bring_back(self, customer: Customer, day: date) -> None:
        for due, amount in customer.returnable:
            if due == day:
                note = self.rng.choice(self.shop.words.goods_back)
                self._add(customer, Row(day, "return", customer.name, amount, note=note))
                if customer.habit.settles != "advance" and self.rng.randrange(100) < 70:
                    self._refund(customer, day, full=False)
        customer.returnable = [one for one in customer.returnable if one[0] > day]

    def _refund(self, customer: Customer, day: date, *, full: bool) -> None:
        left = -customer.balance_paise
        if left < 100:
            return
        mode = self.rng.choice(("cash", "upi"))
        amount = left if mode == "upi" or full else left // 100 * 100
        row = Row(day, "refund", customer.name, amount, mode=mode, note=self.shop.words.refund)
        row.ref = self._reference(mode, day)
        self._add(customer, row)

    # paying

    def _settle(self, customer: Customer, day: date) -> None:
        settles, due = customer.habit.settles, customer.balance_paise
        if settles == "advance":
            if due > -20000:
                top_up = max(due, 0) // 100 * 100 + self.rng.choice(TOP_UPS_PAISE)
                self._receive(customer, day, top_up, note=self.shop.words.advance)
            return
        if due < 5000:
            return
        how = self.rng.randrange(100)
        part = {"payday": 18, "weekly": 35, "slow": 82, "gone": 88}[settles]
        if how < part:
            step = 50000 if due > 500000 else 10000
            share = due * self.rng.randint(25, 70) // 100 // step * step
            self._receive(customer, day, share or min(due, step))
        elif how < part + (100 - part) // 2:
            self._receive_rounded(customer, day)
        else:
            self._receive(customer, day, due)

    def _receive_rounded(self, customer: Customer, day: date) -> None:
        due = customer.balance_paise
        step = 100000 if due > 2000000 else 10000 if due > 100000 else 1000
        round_sum = due // step * step
        self._receive(customer, day, round_sum)
        rest = due - round_sum
        if 0 < rest <= self.shop.kasar_most_paise:
            self._add(customer, Row(day, "discount", customer.name, rest, note=self.shop.words.kasar))

    def _receive(self, customer: Customer, day: date, amount: int, note: str = "") -> None:
        mode = self._draw_mode(self.shop.modes_received)
        if mode == "cheque" and amount < 500000:
            mode = "upi"
        if mode == "cash":
            amount = amount // 100 * 100 or 100
        row = Row(day, "receive", customer.name, amount, mode=mode, ref=self._reference(mode, day), note=note)
        self._add(customer, row)

    def _next_payment(self, customer: Customer, day: date) -> date:
        rng, settles = self.rng, customer.habit.settles
        if settles in {"payday", "advance"}:
            first = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
            late = rng.randint(8, 24) if rng.randrange(100) < 15 else 0
            return first + timedelta(days=rng.randint(0, 6) + late)
        if settles == "weekly":
            return day + timedelta(days=rng.randint(6, 9))
        after = day + timedelta(days=rng.randint(30, 75))
        # Old dues are asked for before the lamps are lit and new books are opened.
        if day < DIWALI - timedelta(days=15) and after > DIWALI and rng.randrange(100) < 70:
            return DIWALI - timedelta(days=rng.randint(1, 10))
        return after

    # small things

    def _add(self, customer: Customer, row: Row) -> None:
        self.rows.append(row)
        if row.kind == "sale":
            customer.balance_paise += 0 if row.mode not in {"", "credit"} else row.amount_paise - row.paid_paise
        elif row.kind == "refund":
            customer.balance_paise += row.amount_paise
        else:
            customer.balance_paise -= row.amount_paise

    def _paid_at_once(self, row: Row) -> None:
        row.mode = self._draw_mode(self.shop.modes_at_once)
        if row.mode == "cash":
            row.amount_paise = max(100, (row.amount_paise + 50) // 100 * 100)

    def _draw_mode(self, weights: dict[str, int]) -> str:
        return self.rng.choices(list(weights), list(weights.values()))[0]

    def _bill_number(self) -> str:
        if not self.shop.bill or self.rng.randrange(100) >= self.shop.bill_share:
            return ""
        self.bills += 1
        return self.shop.bill.format(self.bills)

    def _reference(self, mode: str, day: date) -> str:
        rng, ref = self.rng, ""
        if mode in {"cash", "card"} or (mode == "upi" and rng.randrange(100) < 35):
            return ""
        while not ref or ref in self.refs:
            if mode == "upi":
                ref = f"{day:%y%j}"[1:] + f"{rng.randint(8, 21):02d}{rng.randrange(1000000):06d}"
            elif mode == "cheque":
                ref = f"CHQ {rng.randrange(1000, 999999):06d}"
            else:
                ref = f"{rng.choice(BANKS)}N{day:%y%j}{rng.randrange(1000000):06d}"
        self.refs.add(ref)
        return ref
