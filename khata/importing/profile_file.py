"""A profile as it is written down: TOML into what rows are read by. Whatever is none of it is refused by its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from khata.grammar.signs import SIGNS
from khata.importing.arranging import Ways
from khata.importing.columns import COLUMNS, OTHERS, PASSED_OVER
from khata.importing.narration import BadPatternError, narration
from khata.importing.row_types import TYPES
from khata.importing.words import folded
from khata.rules.refused import Refused
from khata.units import MODES

FLAGS = ("others", "nameless", "keep_time", "ref_by_type")
TEXTS = ("status", "counter", "cash_types", "end", "party_in", "ref_in", "vpa_in")
KEYS = ("about", *FLAGS, "mode", "pairs", "signs", *TEXTS, "mode_in", "columns", "types")
"""What a profile may say."""

MEANT = (*TYPES, PASSED_OVER)
"""What a word, a sign or a column of amounts may stand for."""


class BadProfile(Refused):
    """A profile that cannot be read, or says what no profile says. Facts: `path`, `why`.

    With `what` "column": a head (`path`) was to be what is no column (`why`).
    """

    code = "bad_profile"


@dataclass(frozen=True, slots=True)
class SaidProfile:
    """What a file says: of each head, folded, its column, and the rest as `TableProfile` has it."""

    columns: Mapping[str, str]
    ways: Ways
    others: bool
    keep_time: bool
    about: str


class ProfileReader:
    """Reads one profile. Every method raises BadProfile."""

    def __init__(self, said: Mapping[str, Any], path: str) -> None:
        self._said, self._path = said, path

    def read(self) -> SaidProfile:
        """The whole of it."""
        for key in self._said:
            if key not in KEYS:
                raise self._bad(key)
        ways = Ways(
            types={folded(word): self._meant("types", meant) for word, meant in self._table("types").items()},
            pairs=self._pairs(),
            signs=self._signs(),
            status=frozenset(map(folded, self._texts("status"))),
            counter=frozenset(map(folded, self._texts("counter"))),
            cash_types=frozenset(map(folded, self._texts("cash_types"))),
            end=tuple(map(folded, self._texts("end"))),
            mode=self._mode(self._said.get("mode", "")),
            nameless=self._flag("nameless") or bool(self._said.get("party_in")),
            ref_by_type=self._flag("ref_by_type"),
            narration=self._narration(),
        )
        about = str(self._said.get("about", ""))
        return SaidProfile(self._columns(), ways, self._flag("others"), self._flag("keep_time"), about)

    def _bad(self, why: str) -> BadProfile:
        return BadProfile(path=self._path, why=why)

    def _columns(self) -> dict[str, str]:
        columns: dict[str, str] = {}
        for column, heads in self._table("columns").items():
            if column not in (*COLUMNS, *OTHERS):
                raise self._bad(column)
            for head in self._list(column, heads):
                if columns.setdefault(folded(head), column) != column:
                    raise self._bad(head)
        if not columns:
            raise self._bad("[columns]")
        return columns

    def _pairs(self) -> tuple[str, str]:
        pairs = self._said.get("pairs", ("sale", "receive"))
        if not isinstance(pairs, list | tuple) or len(pairs) != 2:
            raise self._bad("pairs")
        return self._meant("pairs", pairs[0]), self._meant("pairs", pairs[1])

    def _signs(self) -> dict[str, str]:
        signs = self._table("signs")
        if not set(signs) <= set(SIGNS):
            raise self._bad("signs")
        return {sign: self._meant("signs", meant) for sign, meant in signs.items()}

    def _narration(self) -> Any:
        modes = self._table("mode_in")
        try:
            return narration(
                self._texts("party_in"),
                self._texts("ref_in"),
                {self._mode(mode): self._list("mode_in", found) for mode, found in modes.items()},
                self._texts("vpa_in"),
            )
        except BadPatternError as e:
            raise self._bad(str(e)) from e

    def _mode(self, mode: object) -> str:
        if mode and mode not in MODES:
            raise self._bad(f"mode: {mode}")
        return str(mode)

    def _meant(self, key: str, meant: object) -> str:
        if meant not in MEANT:
            raise self._bad(f"{key}: {meant}")
        return str(meant)

    def _flag(self, key: str) -> bool:
        flag = self._said.get(key, False)
        if not isinstance(flag, bool):
            raise self._bad(key)
        return flag

    def _table(self, key: str) -> Mapping[str, Any]:
        table = self._said.get(key, {})
        if not isinstance(table, dict):
            raise self._bad(key)
        return table

    def _texts(self, key: str) -> list[str]:
        return self._list(key, self._said.get(key, []))

    def _list(self, key: str, given: object) -> list[str]:
        """One text, or several."""
        texts = given if isinstance(given, list) else [given]
        if not all(isinstance(text, str) and text.strip() for text in texts):
            raise self._bad(key)
        return [*texts]
