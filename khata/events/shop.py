"""The shop's own facts, once the book is open: what stands on its bills and receipts."""

from __future__ import annotations

from typing import ClassVar

from khata.events.base import Event, StateCode, Text

IN_WORDS = ("payee", "upi", "phone", "address")
"""What the shop says of itself in free text: it stands where it can be deleted."""


class ShopChanged(Event, kw_only=True):
    """Another name, language, state or GSTIN of the shop; its other facts are in the detail. Both are the whole."""

    KIND: ClassVar[str] = "shop_changed"
    NEEDS: ClassVar[int] = 2

    shop: Text
    lang: Text
    state: StateCode | None = None
    gstin: Text | None = None
