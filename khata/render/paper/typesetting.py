"""Typst sets the pages. For letters that it has no font for it draws boxes and says nothing: that is asked before."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from khata.render.text import in_order
from khata.rules.refused import Refused

FONTS: Final = {
    "LATIN": ("Noto Sans", "DejaVu Sans", "Segoe UI", "Arial Unicode MS"),
    "DEVANAGARI": ("Noto Sans Devanagari", "Lohit Devanagari", "Nirmala UI", "Kohinoor Devanagari"),
    "BENGALI": ("Noto Sans Bengali", "Lohit Bengali", "Nirmala UI", "Kohinoor Bangla"),
    "GUJARATI": ("Noto Sans Gujarati", "Lohit Gujarati", "Nirmala UI", "Kohinoor Gujarati"),
    "GURMUKHI": ("Noto Sans Gurmukhi", "Lohit Gurmukhi", "Nirmala UI", "Gurmukhi MN"),
    "ORIYA": ("Noto Sans Oriya", "Lohit Odia", "Nirmala UI", "Oriya MN"),
    "TAMIL": ("Noto Sans Tamil", "Lohit Tamil", "Nirmala UI", "Tamil MN"),
    "TELUGU": ("Noto Sans Telugu", "Lohit Telugu", "Nirmala UI", "Kohinoor Telugu"),
    "KANNADA": ("Noto Sans Kannada", "Lohit Kannada", "Nirmala UI", "Kannada MN"),
    "MALAYALAM": ("Noto Sans Malayalam", "Lohit Malayalam", "Nirmala UI", "Malayalam MN"),
    "ARABIC": ("Noto Naskh Arabic", "Noto Sans Arabic", "Segoe UI", "Geeza Pro"),
}
"""The fonts that will do for a script, the best first. Latin stands for what is in none: digits, signs, the rupee."""

PageKind = Literal["pdf", "png"]

PACKAGE: Final = "fonts-noto-core"
"""What Debian and Ubuntu call the package that has a font for each of these scripts."""

_HERE: Final = Path(__file__).parent


class PaperMissing(Refused):
    """A page cannot be set: typst is not installed, or (`what` is `font`) there is no font for a `script`."""

    code = "paper_missing"


def scripts(texts: Iterable[str]) -> list[str]:
    """The scripts in which texts are written, by their names in Unicode, in the order of `FONTS`; others as well."""
    found = {_script(character) for character in set("".join(texts))} - {""}
    known = [script for script in FONTS if script in found or script == "LATIN"]
    return [*known, *sorted(found - set(FONTS))]


@cache
def _script(character: str) -> str:
    """The script of a letter or a mark; "" of what stands in all of them: digits of ASCII, blanks, signs."""
    if character.isascii() or unicodedata.category(character)[0] not in "LMN":
        return ""
    first = unicodedata.name(character, "").removeprefix("EXTENDED ").replace("-", " ").partition(" ")[0]
    return "" if first in ("COMBINING", "ZERO", "SUPERSCRIPT", "SUBSCRIPT", "FULLWIDTH", "MODIFIER") else first


def chosen_fonts(texts: Iterable[str], families: Iterable[str]) -> list[str]:
    """A font for each script of these texts, of those that there are.

    Raises:
        PaperMissing: there is none for a script: `script` names it.
    """
    there = set(families)
    chosen = []
    for script in scripts(texts):
        font = next((each for each in FONTS.get(script, ()) if each in there), None)
        if font is None:
            raise PaperMissing(what="font", script=script.capitalize(), package=PACKAGE)
        chosen.append(font)
    return list(dict.fromkeys(chosen))


def typeset(template: str, page: Mapping[str, Any], form: PageKind, ppi: float | None = None) -> bytes:
    """A template of this folder, filled with what `page` says: a PDF, or the PNG of its first page.

    Args:
        template: the file's name, `statement.typ`.
        page: what it reads; `fonts` is added.
        form: `pdf` or `png`.
        ppi: dots of a picture to the inch.

    Raises:
        PaperMissing: typst, or a font for what is written there, is missing.
    """
    try:
        import typst
    except ModuleNotFoundError as error:
        raise PaperMissing from error
    fonts = typst.Fonts()
    chosen = chosen_fonts(_texts(page), fonts.families())
    inputs = {"page": json.dumps({**_in_order(page), "fonts": chosen}, ensure_ascii=False)}
    made: bytes | list[bytes] = typst.compile(
        _HERE / template, root=_HERE, format=form, font_paths=fonts, sys_inputs=inputs, ppi=ppi
    )
    return made[0] if isinstance(made, list) else made


def _in_order(value: Any, direction: str = "ltr") -> Any:
    """The same with every text as it is set: no number is turned round where the nearest `dir` is right to left."""
    if isinstance(value, str):
        return in_order(value, direction)
    if isinstance(value, Mapping):
        return {key: _in_order(each, value.get("dir", direction)) for key, each in value.items()}
    return [_in_order(each, direction) for each in value] if isinstance(value, list | tuple) else value


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
