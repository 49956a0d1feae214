"""Every kind of event, by its stored name and version."""

from khata.events.base import Event
from khata.events.bill import ReturnBilled, SaleBilled
from khata.events.book import (
    BookOpened,
    ClockCorrected,
    CopyAdopted,
    CounterAdded,
    DetailErased,
    FormatRaised,
    ImportStarted,
)
from khata.events.collecting import EntryDisputed, ReminderSent
from khata.events.evidence import BalancesSealed, KeyLost, KeyRotated
from khata.events.matching import StatementMatched
from khata.events.money import (
    BalanceTransferred,
    ChargeMade,
    DebtWrittenOff,
    DiscountAllowed,
    EntryReversed,
    GoodsReturned,
    MoneyRefunded,
    OpeningRecorded,
    PaymentBounced,
    PaymentReceived,
    SaleRecorded,
)
from khata.events.party import PartyAdded, PartyChanged, PartyMerged, PartyParted
from khata.events.pending import PaymentBegun, PaymentSettled
from khata.events.period import PeriodLocked, PeriodUnlocked
from khata.events.recurring import RecurringBegun, RecurringEnded, RecurringSkipped
from khata.events.shop import ShopChanged

KINDS: dict[tuple[str, int], type[Event]] = {
    (event.KIND, event.V): event
    for event in (
        BookOpened,
        FormatRaised,
        ClockCorrected,
        CopyAdopted,
        CounterAdded,
        DetailErased,
        ImportStarted,
        PartyAdded,
        PartyChanged,
        SaleRecorded,
        SaleBilled,
        GoodsReturned,
        ReturnBilled,
        PaymentReceived,
        MoneyRefunded,
        DiscountAllowed,
        DebtWrittenOff,
        OpeningRecorded,
        ChargeMade,
        BalanceTransferred,
        EntryReversed,
        PaymentBounced,
        PaymentBegun,
        PaymentSettled,
        StatementMatched,
        RecurringBegun,
        RecurringEnded,
        RecurringSkipped,
        ReminderSent,
        EntryDisputed,
        ShopChanged,
        PartyMerged,
        PartyParted,
        KeyRotated,
        KeyLost,
        BalancesSealed,
        PeriodLocked,
        PeriodUnlocked,
    )
}
