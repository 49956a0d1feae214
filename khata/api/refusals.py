"""What any door can refuse before a rule is asked: words that do not name one party, one book, one period."""

from khata.grammar.fault import Unreadable
from khata.rules.refused import Refused


class Unclear(Refused):
    """An amount, a day or a name that cannot be read. Its code is the grammar's, its facts hold the `value`."""

    def __init__(self, fault: Unreadable) -> None:
        self.code = fault.code
        super().__init__(value=fault.value, **fault.facts)


class BadField(Refused):
    """A field is missing, unknown, given twice, or of another type than it should be: `field`, `why`."""

    code = "bad_field"


class NotExact(Refused):
    """Close to a name, but to write it must be exact, an alias, `@3`, or one whole word of one party only."""

    code = "not_exact"


class NotTogether(Refused):
    """Two things were said that do not go with each other: `one` and `other`, as options are called."""

    code = "not_together"


class SharesDoNotAddUp(Refused):
    """The shares of a payment for several come to another sum than the whole that was given with them."""

    code = "shares_do_not_add_up"


class NameMissing(Refused):
    """A customer must be named."""

    code = "name_missing"


class NotAtTheCounter(Refused):
    """This is done with somebody in particular."""

    code = "not_at_the_counter"


class SeveralBooks(Refused):
    """More than one book could be meant."""

    code = "several_books"


class NoPayee(Refused):
    """The shop cannot be paid by UPI: it has no address (`what` is `upi`), or no name in Latin letters (`payee`)."""

    code = "no_payee"


class BadEventId(Refused):
    """An event id is 32 hex digits."""

    code = "bad_event_id"


class PeriodToCome(Refused):
    """Nothing of a period has begun. Facts: `on`, its first day, and `upto`, the last one asked about."""

    code = "period_to_come"


class BadPeriod(Refused):
    """The period ends before it begins."""

    code = "period_backwards"
