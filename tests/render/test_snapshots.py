"""How tables look at 60, 80 and 120 columns, in six scripts; KHATA_REWRITE=1 writes the files anew, to be looked at."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from khata.i18n.messages import languages
from khata.i18n.money import rupees
from khata.render.terminal.table import Column, Table
from khata.render.text import width
from tests.cli.conftest import Counter
from tests.render.test_every_table import tables, text

SNAPSHOTS = Path(__file__).with_name("snapshots")
ASKED = (
    "balance",
    "dues",
    "chart trend --compact",
    "chart dues",
    "daybook",
    "statement @3",
    "statement @2 --from 2026-01-01",
    "trial --period Nov",
    "pending",
)
WIDTHS = (60, 80, 120)

WORDS = {
    "devanagari": "शेषरक्कम येणेबाकी ग्राहकाचेसंपूर्णनाव श्रीमती विजयालक्ष्मी क्षीरसागर दुकानवाले हिशेबनीसाकडून मिळालेली",
    "bengali": "বকেয়া পরিমাণ ক্রেতারসম্পূর্ণনাম শ্রীযুক্ত দেবাশীষ চট্টোপাধ্যায় বাজারের দোকানদারের কাছে পাওয়া",
    "gujarati": "બાકીરકમ ચૂકવેલી ગ્રાહકનુંઆખુંનામ શ્રીમતી ગોપાલભાઈ પટેલ દુકાનવાળા પાસેથી મળેલી રકમનોંધ",
    "tamil": "நிலுவைத்தொகை பெறப்பட்டது வாடிக்கையாளர்பெயர் கிருஷ்ணமூர்த்தி சுரேஷ்குமார் மளிகைக்கடைக்காரரிடமிருந்து வாங்கியது",
    "malayalam": "കുടിശ്ശികത്തുക ലഭിച്ചത് ഉപഭോക്താവിന്റെപേര് ക്ഷേത്രന്\u200d രാമചന്ദ്രന്\u200d പലചരക്കുകടക്കാരനിൽനിന്ന് വാങ്ങിയത്",
    "urdu": "بقایارقم وصولشدہ گاہککاپورانام محمد علی خان صاحب دکاندار سے وصول کی گئی تفصیل",
}
"""By script: words for heads, then for a name, then for a note."""


def of_script(script: str) -> Table:
    """A table of that script: amounts small and large, an empty column, a name and a long note, a sum."""
    one, two, name, *rest = WORDS[script].split()
    person, note = " ".join(rest[:3]), " ".join(rest * 4)
    money = [Column(head, "right", 14) for head in (one, two, f"{one} {two}", name)]
    table = Table([*money, Column(two), Column(one, yields=1), Column(name, names=True)])
    table.title(f"{person} · {note} · 22-11-2026", person)
    for number in range(3):
        amounts = [rupees(45000 * 10 ** (number + place)) for place in range(3)]
        about = f"{person} · {note}" if number == 1 else person
        table.row(*amounts, "", rest[0], "22-11-2026", about)
    table.rule()
    table.total(rupees(123456700), rupees(0), f"{one} {two}", right=name)
    table.line(note)
    return table


def drawn(table: Table, columns: int) -> str:
    lines = [text(line) for line in table.lines(columns, moves=True)]
    assert all(width(line) <= columns for line in lines)
    return "".join(line.rstrip() + "\n" for line in lines)


def held(name: str, page: str) -> None:
    path = SNAPSHOTS / name
    if os.environ.get("KHATA_REWRITE"):
        SNAPSHOTS.mkdir(exist_ok=True)
        path.write_text(page, encoding="utf-8")
    assert page == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("script", WORDS)
def test_a_table_of_a_script_looks_as_it_did(script: str, columns: int) -> None:
    held(f"{script}-{columns}.txt", drawn(of_script(script), columns))


@pytest.mark.parametrize("columns", [40, 47, 53, 71, 97])
@pytest.mark.parametrize("script", WORDS)
def test_it_fits_at_every_width_and_nothing_is_lost(script: str, columns: int) -> None:
    page = drawn(of_script(script), columns)
    assert sorted(amounts(page)) == sorted(amounts(of_script(script).plain()))
    for word in WORDS[script].split():
        assert word in page.replace("\u200e", "")


def amounts(page: str) -> list[str]:
    return [word for word in page.split() if word.startswith("₹")]


LOOKED_AT = [
    language
    for language in languages()
    if os.environ.get("KHATA_REWRITE") or (SNAPSHOTS / f"book-{language}-60.txt").exists()
]
"""A language whose pages nobody has looked at yet has none; that its lines fit is held by test_every_table."""


@pytest.fixture(scope="module")
def pages(rich: Counter) -> dict[str, list[tuple[str, Table]]]:
    return {each: [(one.asked, one.table) for one in tables(rich, each, ASKED)] for each in LOOKED_AT}


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("language", LOOKED_AT)
def test_the_tables_of_a_rich_book_look_as_they_did(
    pages: dict[str, list[tuple[str, Table]]], language: str, columns: int
) -> None:
    made = "\n".join(f"$ khata {asked}\n{drawn(table, columns)}" for asked, table in pages[language])
    held(f"book-{language}-{columns}.txt", made)
