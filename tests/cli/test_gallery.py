"""Each code has a sentence in each catalog, and a section in tests/errors/ that shows it."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from io import StringIO
from pathlib import Path

import pytest

import khata
from khata.cli.env import Env, Streams
from khata.cli.failing import complain
from khata.cli.refusals import UnknownLanguage
from khata.evidence.refused import ProofTooLong
from khata.exporting.excel import ExcelMissing
from khata.grammar.fault import CODES
from khata.i18n.catalogs import LOCALES
from khata.i18n.messages import Words, languages, words_for
from khata.log import errors
from khata.rules.book import BookNotEmpty
from khata.rules.evidence import KeyNotCurrent
from khata.rules.goods import TooManyItems
from khata.rules.importing import BookMovedOn, FileImported
from khata.rules.refused import AmbiguousParty, Refused
from khata.rules.sums import SumTooLarge

ERRORS = Path(__file__).parent.parent / "errors"
FILES = Path(khata.__file__).parent / "importing"

UNCONFIRMED = (
    "The disk did not confirm (I/O error). Perhaps the entry is recorded, perhaps not: repeat the command with"
    f" --event-id {'ab' * 16}"
)
NOT_STAGED = {
    "key_not_current": "another computer would have to replace the key while this one does",
    "sum_too_large": "a shop would have to sell for ninety lakh crore rupees",
    "views_differ": "the views would have to differ again right after they were built anew",
    "replaced": "a copy would have to be restored while a book is read",
    "busy": "another process would have to hold the book for half a minute",
    "unconfirmed": "the disk would have to fail while it commits",
    "stopped": "somebody would have to press Ctrl-C",
    "bug": "khata would have to have a fault",
    "book_moved_on": "another counter would have to record between the check of a file and its commit, three times",
    "file_imported": "another counter would have to import the same file at the same moment",
    "book_not_empty": "init makes a file of its own, and never opens one that is there",
    "ambiguous_party": "of a file: no two customers can be given the same name, save by two counters at once",
    "cell_too_long": "a cell of ten thousand characters",
    "line_too_long": "a line of a million characters",
    "too_many_columns": "a header of a thousand cells",
    "too_many_names": "a file with a thousand new names",
    "file_changed": "another program would have to write to a file while it is read",
    "too_many_items": "a bill of five hundred and one items",
    "workbook_locked": "a workbook with a password",
    "too_large_unpacked": "a workbook of half a gigabyte",
    "several_sheets": "a workbook of several sheets",
    "sheet_too_large": "a workbook with a cell far from its table",
    "bad_bundle": "a damaged database of another program, in a ZIP",
    "document_not_understood": "a database of another program, in a ZIP",
    "proof_too_long": "a customer with some two thousand entries",
    "excel_missing": "the library that writes workbooks would have to be taken away",
    "no_clipboard": "the computer would have to be without a clipboard, or a browser",
    "paper_missing": "the part that sets pages, or a font, would have to be taken away",
}


def every(kind: type[Exception]) -> Iterator[type[Exception]]:
    for sub in kind.__subclasses__():
        yield sub
        yield from every(sub)


def refusals() -> set[str]:
    for module in pkgutil.walk_packages(khata.__path__, "khata."):
        if module.name != "khata.__main__":
            importlib.import_module(module.name)
    classes = [*every(Refused), *every(errors.BookError)]
    return {vars(each)["code"] for each in classes if "code" in vars(each) and each.__module__.startswith("khata.")}


def faults() -> set[str]:
    """The codes of importing/: the words that stand where a code is given."""
    found: set[str] = set()
    for path in FILES.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                place = {
                    "_fault": 3,
                    "add": 3,
                    "insert": 4,
                    "UnreadableFileError": 0,
                    "Unreadable": 0,
                    "Wrong": 2,
                    "Left": 2,
                }.get(name)
                given = node.args[place : place + 1] if place is not None else []
                found |= {
                    each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)
                }
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
                first = node.value.elts[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str) and "_" in first.value:
                    found.add(first.value)
            elif isinstance(node, ast.Assign) and [getattr(to, "id", "") for to in node.targets] == ["code"]:
                found |= {node.value.value} if isinstance(node.value, ast.Constant) else set()  # type: ignore[arg-type]
    return found


def sections() -> dict[str, str]:
    """What stands under the headings of a code, in all pages."""
    found: dict[str, str] = {}
    for path in ERRORS.glob("*.md"):
        for heading, text in re.findall(
            r"^## (\w+).*\n((?:(?!## ).*\n)*)", path.read_text(encoding="utf-8"), re.MULTILINE
        ):
            found[heading] = found.get(heading, "") + text
    return found


def sentences(words: Words, kind: str, code: str) -> list[str]:
    """The patterns of all sentences for a code, the particular ones too."""
    keys = [key for key in all_keys() if re.fullmatch(rf"{kind}\.{code}(\.\w+)*", key)]
    said = [words._singular(key) or "" for key in keys] + [words._plural(key, 2) or "" for key in keys]
    return [re.sub(r"\\\{\w+\\\}", r"[^\\n]*", re.escape(each)) for each in said if each]


@cache
def all_keys() -> list[str]:
    catalog = (LOCALES / "en" / "LC_MESSAGES" / "khata.po").read_text(encoding="utf-8")
    return re.findall(r'^msgid "(.+)"$', catalog, re.MULTILINE)


def test_the_search_finds_the_codes_of_files() -> None:
    assert {"not_utf8", "not_utf16", "ref_twice", "bad_type", "column_twice", "maybe_duplicate", "no_rows"} <= faults()


@pytest.mark.parametrize("language", languages())
def test_every_code_has_a_sentence(language: str) -> None:
    words = words_for(language, strict=True)
    missing = [code for code in sorted(refusals() | set(CODES)) if not words.has(f"refused.{code}")]
    missing += [code for code in sorted(faults()) if not (words.has(f"fault.{code}") or words.has(f"refused.{code}"))]
    assert not missing


def test_every_code_has_a_section_that_shows_its_sentence() -> None:
    shown, words = sections(), words_for("en")
    missing = []
    for kind, codes in (("refused", refusals() | set(CODES)), ("fault", faults())):
        for code in codes - NOT_STAGED.keys():
            known = sentences(words, kind, code) or sentences(words, "refused", code)
            if not any(re.search(sentence, shown.get(code, "")) for sentence in known):
                missing.append(f"{kind}.{code}")
    assert not sorted(missing)


def test_every_section_is_of_a_code() -> None:
    assert sections().keys() <= refusals() | set(CODES) | faults()


UNSTAGED: list[tuple[BaseException, int, str]] = [
    (errors.BusyError(), 3, "Another counter has held the book for too long. Nothing was recorded; try again."),
    (errors.BusyError(what="not_known"), 3, "That is not known now: another counter is saving. Try again in a moment."),
    (errors.ViewsDifferError(party=1), 1, "What is kept beside the book for quick answers was changed by somebody."),
    (KeyNotCurrent(current="khata/b0+c1+AQ=="), 2, "Another key signs for this book by now: khata/b0+c1+AQ=="),
    (SumTooLarge(account="party"), 2, "The sums of this book would become larger than any program can hold exactly."),
    (errors.ReplacedError(), 3, "Another copy was put in the book's place while it was being read. Try again."),
    (
        errors.UnconfirmedError(reason="I/O error", event_id="ab" * 16),
        5,
        UNCONFIRMED,
    ),
    (KeyboardInterrupt(), 130, "Stopped. Nothing was recorded."),
    (ZeroDivisionError("1/0"), 70, "A fault in khata itself: ZeroDivisionError: 1/0. Nothing is lost; "),
    (
        OSError(28, "No space left on device", "/media/usb/x"),
        5,
        "The computer could not do this (No space left on device: /media/usb/x). ",
    ),
    (MemoryError(), 5, "The computer could not do this (memory)"),
    (BookMovedOn(checked_upto=4, head=9), 2, "Entries came in meanwhile. Run it again."),
    (FileImported(entry=7), 2, "This same file was imported already: entry 7."),
    (BookNotEmpty(), 2, "This book is open already."),
    (AmbiguousParty(name="RK", parties=[1, 2]), 2, "RK: more than one customer. Say which by number: @1"),
    (TooManyItems(items=501, most=500), 2, "Too many items for one entry: 501. At most: 500. Part the bill."),
    (ProofTooLong(most=1 << 20), 2, "These are too many entries for one proof. Single ones: khata proof ENTRY -o FILE"),
    (ExcelMissing(), 2, "To write a workbook khata needs one part more: pip install 'khata[excel]'."),
    (UnknownLanguage(language="xx", languages=["en", "hi"]), 2, "No such language: xx. There are: en, hi"),
]


@pytest.mark.parametrize(("error", "exit_code", "sentence"), UNSTAGED, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize("language", languages())
def test_what_cannot_be_staged_is_said_all_the_same(
    error: BaseException, exit_code: int, sentence: str, language: str, tmp_path: Path
) -> None:
    out, err = StringIO(), StringIO()
    streams = Streams(StringIO(), out, err, asks=False, terminal=False)
    env = Env({"HOME": str(tmp_path), "KHATA_LANG": language}, streams=streams)
    assert complain(env, error) == exit_code
    assert out.getvalue() == ""
    assert err.getvalue().count("\n") == 1
    assert "refused." not in err.getvalue()
    assert "{" not in err.getvalue()
    if language == "en":
        assert err.getvalue().startswith(sentence)
