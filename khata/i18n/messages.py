"""Sentences from the catalogs, looked up by key: `refused.unknown_party`, `head.amount`.

Facts that are text (names, notes) must have been made safe for where they are shown by the caller.
"""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from typing import Final
from unicodedata import bidirectional

from khata.i18n import money
from khata.i18n.catalogs import CHECKED_BY, LOCALES, MADE_FROM, MESSAGES, compiled, fingerprint
from khata.i18n.mofile import Catalog

BASE: Final = "en"
"""The language that has every message; the others fall back to it, key by key."""


class Words:
    """What one language says, in which digits it writes amounts, days and counts, and how long amounts are.

    Attributes:
        language: the code under which the catalog stands, `hi`.
        strict: whether a missing key or fact raises KeyError. A shop is rather shown the key than a crash.
        aloud: whether it is listened to: then the name comes first in a line, and nothing stands in columns.
    """

    __slots__ = ("_codes", "_compact", "_digits", "_found", "aloud", "language", "strict")

    def __init__(
        self,
        language: str,
        codes: tuple[str, ...],
        *,
        strict: bool = False,
        native: bool = False,
        compact: bool = False,
        aloud: bool = False,
    ) -> None:
        self.language = language
        self.strict = strict
        self._codes = codes  # its own catalog, and English, which is only read where that has nothing
        self._found: dict[str, str | None] = {}
        self._compact = compact
        self.aloud = aloud
        own = self._looked_up("language.digits") if native else None
        self._digits = str.maketrans("0123456789", own) if own else None

    def has(self, key: str) -> bool:
        """Whether this language, or English, has a message of that key."""
        return self._singular(key) is not None

    def say(self, key: str, /, **facts: object) -> str:
        """The message of that key with its `{facts}` filled in.

        Raises:
            KeyError: strict, and there is no such message, or it asks for a fact that was not given.
        """
        return self._filled(key, self._singular(key), facts)

    def count(self, key: str, n: int, /, **facts: object) -> str:
        """As `say`, in the plural form that belongs to `n`; `{n}` is the number, grouped in lakhs."""
        return self._filled(key, self._plural(key, n), {"n": self.number(n), **facts})

    def listed(self, parts: Iterable[str]) -> str:
        """What is there of several texts, one after the other with the language's comma between them."""
        return self.say("word.comma").join(filter(None, parts))

    def own(self, key: str) -> str | None:
        """The message as it stands in this language's own catalog; None where only English has it."""
        return _catalog(self._codes[0]).one(key)

    @property
    def right_to_left(self) -> bool:
        """Whether the language is written so, as its own name for itself shows."""
        return bidirectional(self.say("language.name")[0]) in ("R", "AL")

    @property
    def direction(self) -> str:
        """Which way it runs, as HTML calls it: `ltr` or `rtl`."""
        return "rtl" if self.right_to_left else "ltr"

    @property
    def messages(self) -> int:
        """How many messages this language's own catalog has."""
        return int(self.own(MESSAGES) or 0)

    @property
    def checked_by(self) -> str | None:
        """The speaker who has read all of this language's catalog; None where nobody has."""
        return self.own(CHECKED_BY)

    def rupees(self, paise: int, *, sign: bool = False) -> str:
        """An amount of paise as `khata.i18n.money.rupees` writes it, in this reader's digits; or in a word."""
        if not self._compact:
            return self.figures(money.rupees(paise, sign=sign))
        amount, unit = money.compact(paise, sign=sign)
        if unit is None:
            return self.figures(amount)
        one = 1 if amount.lstrip("-+") == "₹1" else 2
        return self.count(f"amount.compact_{unit}", one, amount=self.figures(amount))

    def number(self, n: int) -> str:
        """A number of things, grouped in lakhs, in this reader's digits."""
        return self.figures(money.count(n))

    def figures(self, text: str | int) -> str:
        """A text, or the number of an entry, with its 0-9 in this reader's digits."""
        return str(text) if self._digits is None else str(text).translate(self._digits)

    def _singular(self, key: str) -> str | None:
        if key not in self._found:  # a table says the same word in each of its rows
            self._found[key] = self._looked_up(key)
        return self._found[key]

    def _looked_up(self, key: str) -> str | None:
        return next(filter(None, (_catalog(code).one(key) for code in self._codes)), None)

    def _plural(self, key: str, n: int) -> str | None:
        found = next(filter(None, (_catalog(code).form(key, n) for code in self._codes)), None)
        return self._singular(key) if found is None else found

    def _filled(self, key: str, sentence: str | None, facts: Mapping[str, object]) -> str:
        if sentence is not None:
            try:
                return sentence.format_map(facts if self._digits is None else _Figures(facts, self))
            except (KeyError, IndexError, ValueError):
                if self.strict:
                    raise
        elif self.strict:
            raise KeyError(key)
        return " ".join([key, *(f"{name}={value}" for name, value in facts.items())])


class _Figures(dict[str, object]):
    """Facts of which whole numbers are written in a reader's digits. A text may be an id or a file: it stays."""

    def __init__(self, facts: Mapping[str, object], words: Words) -> None:
        super().__init__({name: words.figures(fact) if type(fact) is int else fact for name, fact in facts.items()})


@cache
def words_for(
    language: str, *, strict: bool = False, native: bool = False, compact: bool = False, aloud: bool = False
) -> Words:
    """The words of a language that `languages()` lists; of English for any other.

    Args:
        language: its code.
        strict: whether a missing key or fact raises.
        native: whether numbers are written in the digits of its script.
        compact: whether amounts from a lakh on are said in a word, `₹12.3 lakh`.
        aloud: whether it is listened to, and not looked at.
    """
    known = [code for code in dict.fromkeys((language, BASE)) if code in languages()]
    return Words(known[0], tuple(known), strict=strict, native=native, compact=compact, aloud=aloud)


@cache
def languages() -> list[str]:
    """The codes of all languages that have a catalog, sorted."""
    return sorted({found.parent.parent.name for found in LOCALES.glob("*/LC_MESSAGES/khata.[mp]o")})


def choose_language(asked: str | None, env: Mapping[str, str], book: str | None = None) -> str:
    """The language to speak.

    Args:
        asked: what was said on the command line; wins.
        env: the environment; `KHATA_LANG` comes second.
        book: the language of the book, third. After it the machine's locale, and then English.

    Raises:
        LookupError: there is no catalog for what was asked for, or for `KHATA_LANG`; carries that language.
    """
    for wanted in (asked, env.get("KHATA_LANG")):
        if wanted:
            if (code := code_of(wanted)) not in languages():
                raise LookupError(wanted)
            return code
    machine = next(filter(None, map(env.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), None)
    for offered in (book, machine):
        if offered and (code := code_of(offered)) in languages():
            return code
    return BASE


def code_of(name: str) -> str:
    """`hi` of `hi`, `HI`, `hi-IN` and `hi_IN.UTF-8`."""
    return re.split(r"[-_.@]", name.strip().lower(), maxsplit=1)[0]


@cache
def _catalog(language: str) -> Catalog:
    folder = LOCALES / language / "LC_MESSAGES"
    source, ready = folder / "khata.po", folder / "khata.mo"
    if ready.exists() and not source.exists():
        return Catalog(ready.read_bytes())
    catalog = None
    with suppress(OSError):  # a damaged one is made again
        catalog = Catalog(ready.read_bytes())
    text = source.read_bytes()
    # an edited .po must not be shadowed by the .mo of yesterday: slower until compiled, never wrong
    if catalog is None or catalog.one(MADE_FROM) != fingerprint(text):
        catalog = Catalog(compiled(text))
    return catalog
