"""What an entry did, read off its postings: everything that is told of it, on any output, begins here."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from khata.postings.base import DISCOUNT, OPENING, PARTY, SALES
from khata.units import MODES, Party, Seq


class Effect(NamedTuple):
    """An entry's kind and amount, and what it moved, in paise.

    Attributes:
        party: whose account it moved; None for nobody's.
        debit_paise: what that account was debited, 0 for nobody's; `credit_paise` what it was credited.
        by_mode: money, each mode once in the order of the postings; positive when it came in.
        by_account: what the shop's other accounts were debited, less what they were credited.
        reverses: the entry that it takes back.
    """

    kind: str
    amount_paise: int | None
    party: Party | None
    debit_paise: int
    credit_paise: int
    by_mode: Mapping[str, int]
    by_account: Mapping[str, int]
    reverses: Seq | None = None

    @property
    def paid_paise(self) -> int:
        """The money that moved, whichever way."""
        return abs(self._money)

    @property
    def kasar_paise(self) -> int:
        """What was let go."""
        return self.by_account.get(DISCOUNT, 0)

    @property
    def given_paise(self) -> int:
        """What went to the customer, goods or money; at the counter likewise."""
        return self.debit_paise if self.party is not None else _in(self._goods) + _in(-self._money)

    @property
    def received_paise(self) -> int:
        """What came from the customer, money or goods; at the counter likewise."""
        return self.credit_paise if self.party is not None else _in(-self._goods) + _in(self._money)

    @property
    def sold(self) -> bool:
        """Whether goods went out."""
        return SALES in self.by_account

    @property
    def evident(self) -> bool:
        """Whether the amounts alone, given or received, say what it was: a sale, or money that came in for a debt."""
        return self.sold or (self._money > 0 and not self.by_account.keys() - {DISCOUNT})

    @property
    def brought(self) -> bool:
        """Whether it brings forward what was before the book."""
        return OPENING in self.by_account

    def nets(self) -> Iterator[tuple[str, int]]:
        """What each account was debited less credited; those of all parties are one."""
        if self.party is not None:
            yield PARTY, self.debit_paise - self.credit_paise
        yield from self.by_mode.items()
        yield from self.by_account.items()

    @property
    def _money(self) -> int:
        return sum(self.by_mode.values())

    @property
    def _goods(self) -> int:
        return -sum(self.by_account.values())


def _in(paise: int) -> int:
    return max(paise, 0)


def effect_of(
    kind: str,
    amount_paise: int | None,
    party: Party | None,
    made: Iterable[tuple[str, Party | None, int]],
    reverses: Seq | None = None,
) -> Effect:
    """What an entry did; `made` are its postings: account, party, paise (positive debit)."""
    debit = credit = 0
    by_mode: dict[str, int] = {}
    by_account: dict[str, int] = {}
    for account, _, paise in made:
        if account == PARTY:
            debit, credit = debit + _in(paise), credit + _in(-paise)
        else:
            sums = by_mode if account in MODES else by_account
            sums[account] = sums.get(account, 0) + paise
    return Effect(kind, amount_paise, party, debit, credit, by_mode, by_account, reverses)
