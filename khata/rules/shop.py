"""What the shop says of itself: its name, whom a payment names, where it is, its GSTIN."""

from __future__ import annotations

from typing import ClassVar

from khata.events.shop import IN_WORDS, ShopChanged
from khata.rules.base import Command, Decision, Draft, Facts
from khata.rules.party import NothingChanged
from khata.rules.refused import Refused

MAY_GO = (*IN_WORDS, "gstin", "state")
"""What a shop may be without."""


class AmendShop(Command, kw_only=True):
    """Another name, payee, UPI address, phone, address, GSTIN, state or language; None leaves what there is.

    `payee` is whom a payment by UPI names, in Latin letters. `without`: what is no longer so.
    """

    MAKES: ClassVar = ShopChanged

    shop: str | None = None
    payee: str | None = None
    upi: str | None = None
    phone: str | None = None
    address: str | None = None
    gstin: str | None = None
    state: str | None = None
    lang: str | None = None
    without: tuple[str, ...] = ()

    def decide(self, facts: Facts) -> Decision:
        """All that the shop says of itself, as it is from now on. Raises NotWithout, NothingChanged."""
        if wrong := [each for each in self.without if each not in MAY_GO]:
            raise NotWithout(value=wrong[0], known=list(MAY_GO))
        if both := sorted(self.stated() & set(self.without)):
            raise NotWithout(value=both[0], what="both", known=[])
        before = facts.shop
        now = {key: value for key, value in before.items() if key not in self.without}
        now |= {key: value for key in before.keys() | self.stated() if (value := getattr(self, key))}
        if now == before:
            raise NothingChanged(what="shop")
        event = ShopChanged(shop=now["shop"], lang=now["lang"], state=now.get("state"), gstin=now.get("gstin"))
        return [Draft(event, facts.today, {key: now[key] for key in IN_WORDS if key in now} or None, self.id)]

    def stated(self) -> set[str]:
        """What the command says something of."""
        return {key for key in ("shop", "lang", *MAY_GO) if getattr(self, key)}


class NotWithout(Refused):
    """A shop has a name and a language, and nothing else by that name can be left out."""

    code = "not_without"
