"""The units that must not be mixed up. No float comes anywhere near money."""

from typing import NewType

Paise = NewType("Paise", int)
"""An amount of money in paise, 100 to the rupee. On an account: positive is debit, negative is credit."""

Party = NewType("Party", int)
"""The small number by which the book knows a customer; `party_added` declares it. Never a person's identity
across books: that is the id of the declaring event."""

Seq = NewType("Seq", int)
"""An entry's place in the book: 1, 2, 3 … without gaps."""

Day = NewType("Day", str)
"""A business day as ISO text, `2026-11-22`, in the book's zone (+05:30). Compares as text as it does as a day."""

At = NewType("At", str)
"""An instant in UTC, `2026-11-22T11:30:00.123456Z`, always six digits of microseconds: compares as text."""

LARGEST = 2**53 - 1
"""The largest integer that every JSON reader holds exactly (RFC 7493)."""

MODES = ("cash", "upi", "card", "bank", "cheque")
"""How money changes hands, as the book stores it; each is an account of that name."""

EVERY = ("day", "week", "month")
"""How often something comes again, as the book stores it."""

MADE_AS = ("sale", "charge")
"""What is recorded each time that it does."""

ROUNDINGS = (1, 5, 10, 50, 100)
"""To so many rupees a bill can be rounded."""

DISPUTE_STATUS = ("open", "closed")
"""Whether an entry is denied still, as the book stores it."""

REMINDED_DAYS = 7
"""Days for which whoever was asked for what is owed is not asked again, the day itself included."""
