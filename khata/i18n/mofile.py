"""The messages of a .mo, each looked up where it lies in the file.

gettext reads all of a catalog before it says the first word, two catalogs for a reader of Hindi; a command says some
twenty of two thousand messages. The format: https://www.gnu.org/software/gettext/manual/html_node/MO-Files.html
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from gettext import c2py
from struct import Struct, error
from typing import Final

_ORDERS: Final = {b"\xde\x12\x04\x95": "<", b"\x95\x04\x12\xde": ">"}
"""How a file begins, by the byte order of the machine that made it."""


class Catalog:
    """A .mo: a table of keys, in their order, and beside it one of their texts.

    Args:
        data: the bytes of the file.

    Raises:
        OSError: it is no .mo, or not a whole one.
    """

    def __init__(self, data: bytes) -> None:
        order = _ORDERS.get(data[:4])
        if order is None:
            raise OSError("this is no catalog of messages")
        self._data = data
        self._pair = Struct(f"{order}II")  # a length, and where it begins
        try:
            self._count, self._keys, self._texts = Struct(f"{order}III").unpack_from(data, 8)
            ends = [sum(self._place(table, self._count - 1)) for table in (self._keys, self._texts) if self._count]
        except error as e:
            raise OSError("a catalog of messages is cut off") from e
        if max(ends, default=0) > len(data):
            raise OSError("a catalog of messages is damaged")

    def one(self, key: str) -> str | None:
        """The text of a key, of several forms the one for 1; None where there is none."""
        found = self._found(key)
        return None if found is None else _said(key, found[0] if len(found) == 1 else found[self.plural(1)])

    def form(self, key: str, n: int) -> str | None:
        """The text of a key for a number; None where there is none, or none that goes by a number."""
        found = self._found(key, counted=True)
        return _said(key, found[self.plural(n)]) if found else None

    @cached_property
    def plural(self) -> Callable[[int], int]:
        """Which of the forms belongs to a number, as the head of the catalog says."""
        head = (self._found("") or [""])[0]
        rule = next((line for line in head.splitlines() if line.startswith("Plural-Forms:")), "plural=n != 1;")
        return c2py(rule.partition("plural=")[2].strip(" ;"))

    def _found(self, key: str, *, counted: bool = False) -> list[str] | None:
        """The forms of a key; with `counted` only of one that has a plural, which stands behind it in the table."""
        wanted = key.encode()
        low, high = 0, self._count
        while low < high:
            middle = (low + high) // 2
            known, _, plural = self._at(self._keys, middle).partition(b"\0")
            if known == wanted:
                return None if counted and not plural else self._at(self._texts, middle).decode().split("\0")
            low, high = (middle + 1, high) if known < wanted else (low, middle)
        return None

    def _at(self, table: int, index: int) -> bytes:
        length, begins = self._place(table, index)
        return self._data[begins : begins + length]

    def _place(self, table: int, index: int) -> tuple[int, int]:
        length, begins = self._pair.unpack_from(self._data, table + 8 * index)
        return length, begins


def _said(key: str, text: str) -> str | None:
    """A text; None where it is the key, which compilers put in the place of a form that nobody has translated."""
    return None if text == key else text
