"""The one way in which the grammar says no."""

CODES = (
    "bad_amount",
    "amount_minus",
    "amount_zero",
    "amount_too_large",
    "amount_decimals",
    "bad_day",
    "bad_days",
    "bad_due",
    "bad_period",
    "bad_known_at",
    "bad_entry",
    "bad_mode",
    "bad_paid",
    "bad_share",
    "bad_item",
    "bad_line",
    "bad_text",
    "empty_text",
    "too_long",
    "name_reserved",
    "bad_name",
    "bad_ref",
    "bad_phone",
    "bad_gstin",
    "bad_state",
    "bad_upi",
    "bad_payee",
)
"""Every code that an `Unreadable` may carry: each needs a sentence in the catalogs."""


class Unreadable(ValueError):  # noqa: N818  a refusal is a noun phrase, an Error is something broken
    """What was typed cannot be read.

    Attributes:
        code: one of `CODES`.
        value: what was typed, unchanged. It may hold any character: make it visible before printing.
        facts: further JSON values by which the sentence can help.
    """

    code: str
    value: str
    facts: dict[str, object]

    def __init__(self, code: str, value: str, /, **facts: object) -> None:
        super().__init__(code, value)
        self.code = code
        self.value = value
        self.facts = facts
