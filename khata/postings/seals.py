"""Balances under one root: each customer's leaf can be shown by itself, and tells nothing of anybody else's.

A leaf is SHA-256(0x00 || text) of canonical JSON (docs/EVIDENCE.md). Its salt is made of a seed that stands in the
book's detail; the leaves lie in the order of their hashes, filled up to a power of two with hashes that only the seed
explains. So a path shows neither who stands beside whom nor how many there are.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

from khata.log.chain import leaf
from khata.log.merkle import inclusion, root_of
from khata.units import Day, Seq


class SealedBalance(NamedTuple):
    """What one person owed, in paise: by the id of the party (32 hex), and the last entry that counts."""

    party_id: str
    balance_paise: int
    entry: Seq

    def text(self, as_on: Day, seed: bytes) -> bytes:
        """The bytes of its leaf."""
        salt = _keyed(seed, bytes.fromhex(self.party_id)).hex()
        return (
            f'{{"as_on":"{as_on}","balance_paise":{self.balance_paise},"entry":{self.entry},'
            f'"party":"{self.party_id}","salt":"{salt}"}}'
        ).encode()


class BalanceTree:
    """The tree over some balances.

    Args:
        balances: of everybody.
        as_on: the day at whose end they were.
        seed: 32 bytes.
    """

    def __init__(self, balances: Iterable[SealedBalance], as_on: Day, seed: bytes) -> None:
        self._texts = {each.party_id: each.text(as_on, seed) for each in balances}
        leaves = [leaf(text) for text in self._texts.values()]
        missing = (1 << max(0, len(leaves) - 1).bit_length()) - len(leaves)
        leaves += [leaf(_keyed(seed, b"padding %d" % number)) for number in range(missing)]
        self._leaves = sorted(leaves)

    @property
    def size(self) -> int:
        """How many leaves there are: a power of two."""
        return len(self._leaves)

    def root(self) -> bytes:
        """The root, 32 bytes."""
        return root_of(self._leaves)

    def shown(self, party_id: str) -> tuple[bytes, int, list[bytes]]:
        """The text of a party's leaf, its place and its path. Raises KeyError: there is none."""
        text = self._texts[party_id]
        index = self._leaves.index(leaf(text))
        return text, index, inclusion(lambda first, end: root_of(self._leaves[first:end]), index, self.size)


def _keyed(seed: bytes, what: bytes) -> bytes:
    return hmac.digest(seed, what, sha256)
