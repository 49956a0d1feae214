"""The messages of a .mo, each looked up where it lies in the file.

gettext reads all of a catalog before it says the first word, two catalogs for a reader of Hindi; a command says some
twenty of two thousand messages. The format: https://www.gnu.org/software/gettext/manual/html_node/MO-Files.html
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from gettext import c2py
from struct import Struct
from typing import Final

_LITTLE_ENDIAN: Final = b"\xde\x12\x04\x95"


class Catalog:
    """A .mo: a table of keys, in their order, and beside it one of their texts.

    Args:
        data: the bytes of the file.
    """

    def __init__(self, data: bytes) -> None:
        order = "<" if data[:4] == _LITTLE_ENDIAN else ">"
        self._data = data
        self._pair = Struct(f"{order}II")  # a length, and where it begins
        self._count, self._keys = self._pair.unpack_from(data, 8)
        (self._texts,) = Struct(f"{order}I").unpack_from(data, 16)

    def one(self, key: str) -> str | None:
        """The text of a key, of several forms the one for 1; None where there is none."""
        found = self._found(key)
        return None if found is None else found[0] if len(found) == 1 else found[self.plural(1)]

    def form(self, key: str, n: int) -> str | None:
        """The text of a key for a number; None where there is none, or none that goes by a number."""
        found = self._found(key, counted=True)
        return found[self.plural(n)] if found else None

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
        length, begins = self._pair.unpack_from(self._data, table + 8 * index)
        return self._data[begins : begins + length]
