"""What can be recorded, in the words of a caller. Each command is declared here, once.

From a class follow its options on the command line (cli/recording.py), its line in a batch, in words and in JSON
(cli/jsonlines.py), and the method of an open book (api/book.py). Which of these words become which facts of a command
for the rules says `READERS` (api/reading.py), field by field.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from khata.api import naming
from khata.api.naming import Door, Whom
from khata.api.reading import Fields, amount_of, paise_of, rounded
from khata.api.refusals import BadField, NotTogether, SharesDoNotAddUp
from khata.api.wanted import (
    OfEntry,
    OfEntryAmount,
    OfGoods,
    OfMoney,
    OfName,
    OfParty,
    OfTwoParties,
    PaidParts,
    Wanted,
)
from khata.grammar.text import LONGEST_NAME, clean_text
from khata.rules.allowance import AllowDiscount, WriteOffDebt
from khata.rules.base import Command
from khata.rules.bouncing import BouncePayment
from khata.rules.charge import MakeCharge
from khata.rules.collecting import DisputeEntry, SendReminder
from khata.rules.correction import CorrectEntry, ReverseEntry
from khata.rules.goods import RecordReturn, RecordSale
from khata.rules.merging import JoinParties, SeparateParties
from khata.rules.money import ReceivePayment, RefundMoney
from khata.rules.opening import RecordOpening
from khata.rules.party import AmendParty as Change
from khata.rules.party import DeclareParty as Add
from khata.rules.pending import BeginPayment, ConfirmPayment, FailPayment
from khata.rules.recurring import BeginRecurring, EndRecurring, SkipRecurring
from khata.rules.refused import UnknownParty
from khata.rules.sharing import ReceiveForSeveral
from khata.rules.shop import AmendShop
from khata.rules.transfer import TransferBalance

if TYPE_CHECKING:
    from khata.api.asked import DayGiven
else:
    from khata.api.wanted import DayGiven


class Sale(OfGoods, kw_only=True, tag_field="command", tag="sale"):
    """Goods went out; what is not `paid` goes on the khata. `party` None or "counter": nobody in particular.

    `items` are lines of the bill as they are typed: `Atta 5kg x2 @ 225`. `round_to`: the whole is rounded half up to so
    many rupees (1, 5, 10, 50, 100), and what that adds or takes off is the bill's round off. `due`: when what is not
    paid is due, "15d" or a day; None for the customer's own days.
    """

    RULE: ClassVar = RecordSale

    round_to: int | None = None
    due: DayGiven | None = None

    def _amount_paise(self, door: Door) -> Fields:
        facts = super()._amount_paise(door)
        return facts if self.round_to is None else facts | rounded(facts, self.round_to)


class Return(OfGoods, kw_only=True, tag_field="command", tag="return"):
    """Goods came back; what is not `paid` back lowers the balance."""

    RULE: ClassVar = RecordReturn


class Receive(OfMoney, kw_only=True, tag_field="command", tag="receive"):
    """Money came in. `full`: the rest of what is owed is kasar; above ₹10 only with `agreed`.

    `by_hand`: who brought it, where that was somebody else. `upi_pending`: it is on its way, and not there yet.
    `shares`: it is for several, each with a share in paise; an amount that is given is then the whole.
    """

    RULE: ClassVar = ReceivePayment

    mode: str | None = None
    full: bool = False
    agreed: bool = False
    by_hand: str | None = None
    upi_pending: bool = False
    shares: Sequence[tuple[Whom, int]] = ()

    def resolved(self, door: Door) -> Command:
        """The command for the rules: money that is there, money on its way, or money for several."""
        told = {"--upi-pending": self.upi_pending, "--for": self.shares, "--full": self.full}
        told["--mode"] = self.upi_pending and self.mode not in (None, "upi")
        told["--new"] = self.shares and self.new
        one, *others = [option for option, said in told.items() if said] or [""]
        if others:
            raise NotTogether(one=one, other=others[0])
        if self.shares:
            return self._for_several(door)
        facts = self._facts(door)
        if not self.upi_pending:
            return ReceivePayment(**facts)
        return BeginPayment(**{field: facts[field] for field in facts if field not in ("full", "agreed", "mode")})

    def _for_several(self, door: Door) -> Command:
        """Of a whole that is given the shares must be the parts."""
        if self.party:
            raise NotTogether(one="--for", other=str(self.party), what="party")
        if not all(isinstance(each, tuple | list) and len(each) == 2 for each in self.shares):
            raise BadField(field="shares", why="type")
        try:
            shares = [
                (door.party(whom, self.named(), self.event_id, new=False), paise_of(paise, large=self.large))
                for whom, paise in self.shares
            ]
        except UnknownParty as e:
            raise UnknownParty(**{"what": "share", **e.facts}) from e
        facts = self._facts(door, but=("party", "amount_paise", "agreed"))
        stated = None if self.amount_paise is None and self.amount is None else amount_of(self, door)["amount_paise"]
        if stated is not None and stated != (total := sum(paise for _, paise in shares)):
            raise SharesDoNotAddUp(amount_paise=stated, shares_paise=total)
        return ReceiveForSeveral(shares=shares, **facts)


class Refund(OfMoney, kw_only=True, tag_field="command", tag="refund"):
    """Money was given back."""

    RULE: ClassVar = RefundMoney

    mode: str = "cash"


class Discount(OfMoney, kw_only=True, tag_field="command", tag="discount"):
    """Part of what is owed is let go: kasar, vatav."""

    RULE: ClassVar = AllowDiscount


class Charge(OfMoney, kw_only=True, tag_field="command", tag="charge"):
    """What a customer owes for no goods: delivery, a cheque that came back."""

    RULE: ClassVar = MakeCharge


class Transfer(OfMoney, kw_only=True, tag_field="command", tag="transfer"):
    """What `party` owes, `to` owes from now on; two entries, of which the answer names the second."""

    RULE: ClassVar = TransferBalance

    to: Whom

    def _party(self, door: Door) -> Fields:
        return {"party": door.party(self.party or "", self.named(), self.event_id, new=False)}

    def _to(self, door: Door) -> Fields:
        return {"to": door.party(self.to, self.named(), self.event_id, new=self.new)}


class WriteOff(OfMoney, kw_only=True, tag_field="command", tag="write-off"):
    """A debt that will not be paid, and why."""

    RULE: ClassVar = WriteOffDebt

    reason: str

    def _reason(self, _: Door) -> Fields:
        return {"reason": clean_text(self.reason, what="reason") if self.reason else ""}


class Opening(OfMoney, kw_only=True, tag_field="command", tag="opening"):
    """Brought forward from the paper book: they owe us, or with `advance` we owe them.

    `again`: to an account that has begun already, and meant so.
    """

    RULE: ClassVar = RecordOpening

    advance: bool = False
    again: bool = False


class Reverse(OfEntry, kw_only=True, tag_field="command", tag="reverse"):
    """Undo an entry by a new one, once; its day is the original's unless `on` says otherwise."""

    RULE: ClassVar = ReverseEntry

    reason: str | None = None


class Bounced(OfEntry, kw_only=True, tag_field="command", tag="bounced"):
    """A payment came back unpaid: it is owed again from today, or the day `on`, and `charge_paise` besides."""

    RULE: ClassVar = BouncePayment

    reason: str | None = None
    charge_paise: int | None = None

    def _charge_paise(self, _: Door) -> Fields:
        return {"charge_paise": paise_of(self.charge_paise or 0)}


class Confirm(OfEntry, kw_only=True, tag_field="command", tag="confirm"):
    """A payment that was on its way has come, today or on the day `on`."""

    RULE: ClassVar = ConfirmPayment

    ref: str | None = None
    once: bool = False


class Failed(OfEntry, kw_only=True, tag_field="command", tag="failed"):
    """A payment that was on its way will not come."""

    RULE: ClassVar = FailPayment

    reason: str | None = None


class Correct(OfEntryAmount, kw_only=True, tag_field="command", tag="correct"):
    """Reverse an entry and record it anew, linked, in one commit; what is not given stays as it was."""

    RULE: ClassVar = CorrectEntry

    amount: str | None = None
    party: Whom | None = None
    paid: PaidParts | None = None
    mode: str | None = None
    reason: str | None = None
    ref: str | None = None
    due: DayGiven | None = None
    new: bool = False
    large: bool = False

    def _amount_paise(self, door: Door) -> Fields:
        return {} if self.amount_paise is None and self.amount is None else amount_of(self, door)

    def _party(self, door: Door) -> Fields:
        if self.party is None:
            return {}
        if isinstance(self.party, str) and naming.is_counter(self.party):
            return {"at_counter": True}
        return {"party": door.party(self.party, self.named(), self.event_id, new=self.new)}


class _Owed(Wanted):
    party: Whom
    amount_paise: int | None = None


class Every(_Owed, kw_only=True, tag_field="command", tag="every"):
    """A customer owes the same again and again: `every` "day", "week" or "month", from `first` on, None for today.

    A month's 31st is the last day of a shorter month. Nothing is recorded by this: what is due is asked for, and
    recorded. `made_as`: what is recorded each time, "sale" or "charge".
    """

    RULE: ClassVar = BeginRecurring

    every: str
    amount: str | None = None
    note: str | None = None
    first: DayGiven | None = None
    made_as: str = "sale"
    new: bool = False
    large: bool = False

    def _party(self, door: Door) -> Fields:
        return {"party": door.party(self.party, f"every {self.every}", self.event_id, new=self.new)}


class _AboutEntry(Wanted):
    entry: int


class StopEvery(_AboutEntry, kw_only=True, tag_field="command", tag="every stop"):
    """From the day `on` (None for today) it does not come again; what was due before that is due still."""

    RULE: ClassVar = EndRecurring

    on: DayGiven | None = None
    reason: str | None = None


class SkipEvery(_AboutEntry, kw_only=True, tag_field="command", tag="every skip"):
    """It is left out from `first` to `last`, both included; without both, the first time that is not recorded yet."""

    RULE: ClassVar = SkipRecurring

    first: DayGiven | None = None
    last: DayGiven | None = None
    reason: str | None = None


class Remind(_Owed, kw_only=True, tag_field="command", tag="remind"):
    """A customer was asked for what he owes: for `amount_paise`, today. Nobody twice in seven days, but `again`.

    What there is to ask for, and whom, says `reminders()`.
    """

    RULE: ClassVar = SendReminder

    again: bool = False

    def _party(self, door: Door) -> Fields:
        return {"party": door.party(self.party, self.named(), self.event_id, new=False)}

    def _amount_paise(self, _: Door) -> Fields:
        if self.amount_paise is None:
            raise BadField(field="amount_paise", why="missing")
        return {"amount_paise": paise_of(self.amount_paise, large=True)}


class Dispute(_AboutEntry, kw_only=True, tag_field="command", tag="dispute"):
    """A customer denies an entry: it stays on his account, and nobody is reminded of it. `over`: he does so no more."""

    RULE: ClassVar = DisputeEntry

    note: str | None = None
    over: bool = False


class AddParty(OfName, kw_only=True, tag_field="command", tag="party add"):
    """A new customer; `.party` of the answer is the number."""

    RULE: ClassVar = Add
    changes_names: ClassVar[bool] = True

    aliases: Sequence[str] = ()
    phone: str | None = None
    address: str | None = None


class ChangeParty(OfParty, kw_only=True, tag_field="command", tag="party rename"):
    """Another name, phone, address or language of a customer, further names, or fewer.

    `due_days`: what he buys from now on is due after so many days, 0 for at once.
    """

    RULE: ClassVar = Change
    changes_names: ClassVar[bool] = True

    name: str | None = None
    add_aliases: Sequence[str] = ()
    remove_aliases: Sequence[str] = ()
    phone: str | None = None
    address: str | None = None
    lang: str | None = None
    due_days: int | None = None


class TermsParty(ChangeParty, kw_only=True, tag="party due"):
    """`party change` as the command line calls it where it is said after how many days his purchases are due."""


class LanguageParty(ChangeParty, kw_only=True, tag="party lang"):
    """`party change` as the command line calls it where a customer's language is said."""


class AliasParty(ChangeParty, kw_only=True, tag="party alias"):
    """`party change` as the command line calls it where another name is added."""


class MergeParties(OfTwoParties, kw_only=True, tag_field="command", tag="party merge"):
    """Two khatas are one person's: `other` belongs to `party` from now on, with all that stands there.

    `other` may be the id (32 hex) of a party of another book.
    """

    RULE: ClassVar = JoinParties
    changes_names: ClassVar[bool] = True

    def _other(self, door: Door) -> Fields:
        return naming.with_id(door.views, self.other) or {
            "other": door.party(self.other, self.named(), self.event_id, new=False)
        }


class PartParties(OfTwoParties, kw_only=True, tag_field="command", tag="party part"):
    """They are two after all: `other` is by itself again."""

    RULE: ClassVar = SeparateParties
    changes_names: ClassVar[bool] = True

    def _other(self, door: Door) -> Fields:
        return naming.with_id(door.views, self.other) or {
            "other": naming.own_khata(door.views, self.other, self.named())
        }


class ChangeShop(Wanted, kw_only=True, tag_field="command", tag="shop set"):
    """What the shop says of itself; `payee` is whom a payment by UPI names. `without`: what is no longer so."""

    RULE: ClassVar = AmendShop

    name: str | None = None
    payee: str | None = None
    upi: str | None = None
    phone: str | None = None
    address: str | None = None
    gstin: str | None = None
    state: str | None = None
    lang: str | None = None
    without: Sequence[str] = ()

    def _name(self, _: Door) -> Fields:
        if not isinstance(self.name, str | None):
            raise BadField(field="name", why="type")
        return {"shop": clean_text(self.name, what="shop", longest=LONGEST_NAME)} if self.name else {}


def _declared(of: type[Wanted]) -> Iterator[type[Wanted]]:
    for cls in of.__subclasses__():
        if cls.__struct_config__.tag is not None:
            yield cls
        yield from _declared(cls)


COMMANDS: dict[str, type[Wanted]] = {cls.named(): cls for cls in _declared(Wanted)}
"""Every command, by its name."""

PUBLIC = {cls.__name__: cls for cls in COMMANDS.values()}
"""Every command by the name of its class, as `from khata import Sale` asks for it."""
