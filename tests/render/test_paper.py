"""What is set on paper: read back as Chrome and Android read it, its QR by a reader that is not ours."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter as Count
from pathlib import Path

import pypdfium2
import pytest
import typst
import zxingcpp

from khata.i18n.messages import languages
from khata.render.paper.typesetting import PACKAGE, PaperMissing, chosen_fonts, scripts, typeset
from tests.cli.conftest import Counter
from tests.render import rich_book


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Counter:
    """The rich book of a shop that can be paid by UPI."""
    counter = Counter(tmp_path_factory.mktemp("paper"))
    rich_book.make(counter)
    counter("shop", "set", "--upi", "venkat@okaxis", "--payee", "Venkateshwara")
    return counter


def pages(path: Path) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path)]


def amounts(text: str) -> list[str]:
    return re.findall(r"₹[\d,]+\.\d\d", text)


@pytest.mark.paper
def test_every_amount_of_the_screen_stands_on_the_paper(rich: Counter, tmp_path: Path) -> None:
    for whose in ("@1", "@2", "@6"):
        assert rich("statement", whose, "-o", str(tmp_path / f"{whose}.pdf")).code == 0
        screen = Count(amounts("\n".join(rich("statement", whose).out.splitlines()[2:])))
        assert screen <= Count(amounts("".join(pages(tmp_path / f"{whose}.pdf"))))


@pytest.mark.paper
@pytest.mark.parametrize("language", languages())
def test_it_is_set_in_every_language(rich: Counter, tmp_path: Path, language: str) -> None:
    path = tmp_path / "a.pdf"
    assert rich("statement", "@1", "--lang", language, "-o", str(path)).code == 0
    (text,) = pages(path)
    assert text.count("1,622.00") >= 3
    if language != "ur":  # a reader of a page that runs to the left gives its Latin words from the right
        assert text.index("Ramesh") < text.index("Kumar"), "whoever copies it out reads it in order"
    assert "�" not in text


@pytest.mark.paper
def test_the_qr_on_the_paper_is_that_of_khata_qr(rich: Counter, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    rich("statement", "@1", "-o", str(path))
    image = pypdfium2.PdfDocument(path)[0].render(scale=150 / 72).to_pil()
    assert [found.text for found in zxingcpp.read_barcodes(image)] == [rich("qr", "@1").out.strip()]


@pytest.mark.paper
def test_everybody_begins_on_a_page_of_his_own(rich: Counter, tmp_path: Path) -> None:
    path = tmp_path / "all.pdf"
    assert rich("statement", "--all-parties", "-o", str(path), "--lang", "en,hi").code == 0
    assert len(pages(path)) == len(rich("statement", "--all-parties", "--json").data["parties"])


@pytest.mark.paper
def test_a_day_book_and_a_certificate_are_set_too(rich: Counter, tmp_path: Path) -> None:
    assert rich("daybook", "--from", "2026-10-01", "--lang", "ta", "-o", str(tmp_path / "day.pdf")).code == 0
    assert "₹25,85,082.00" in "".join(pages(tmp_path / "day.pdf"))
    path = tmp_path / "certificate.pdf"
    assert rich("certificate", "--period", "Nov", "--lang", "hi", "-o", str(path)).code == 0
    head = rich("verify", "--json").envelope["data"]["head"]
    assert head in "".join(pages(path)).replace("\r\n", "").replace("\n", "")


def test_a_page_is_a_file_and_nothing_for_a_screen(rich: Counter) -> None:
    for words in (("statement", "@1", "--format", "pdf"), ("daybook", "--format", "pdf", "-o", "-")):
        assert rich(*words, "--json").envelope["refused"]["facts"] == {"what": "missing", "name": "-o FILE.pdf"}


def test_letters_without_a_font_are_a_refusal_and_no_boxes(
    rich: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Few:
        def families(self) -> list[str]:
            return ["Noto Sans", "Noto Sans Devanagari"]

    monkeypatch.setattr(typst, "Fonts", Few)
    refused = rich("statement", "@3", "-o", str(tmp_path / "a.pdf"))
    assert (refused.code, list(tmp_path.iterdir())) == (2, [])
    assert "Tamil" in refused.err
    assert f"apt install {PACKAGE}" in refused.err


def test_without_typst_it_is_said_what_to_install(
    rich: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    refused = rich("statement", "@1", "-o", str(tmp_path / "a.pdf"))
    assert (refused.code, list(tmp_path.iterdir())) == (2, [])
    assert "pip install 'khata[paper]'" in refused.err
    assert rich("statement", "@1", "-o", str(tmp_path / "a.html")).code == 0


def test_the_scripts_of_a_text_are_known_by_its_letters() -> None:
    assert scripts(["₹450.00 · 3–5 ॥"]) == ["LATIN"]
    assert scripts(["रमेश १२", "ரமேஷ்"]) == ["LATIN", "DEVANAGARI", "TAMIL"]
    assert scripts(["محمد ۱۲", "ৰমেশ", "ਸਿੰਘ", "e\u0301", "क\u200dष"]) == [
        "LATIN", "DEVANAGARI", "BENGALI", "GURMUKHI", "ARABIC"]  # fmt: skip
    assert scripts(["สมชาย"]) == ["LATIN", "THAI"]


def test_the_best_font_that_there_is_is_taken() -> None:
    assert chosen_fonts(["रमेश"], ["Noto Sans", "Lohit Devanagari", "Nirmala UI"]) == ["Noto Sans", "Lohit Devanagari"]
    for text in ("ரமேஷ்", "สมชาย"):
        with pytest.raises(PaperMissing):
            chosen_fonts([text], ["Noto Sans", "Noto Sans Devanagari"])


def test_a_text_is_set_in_the_way_of_the_page_it_stands_on(monkeypatch: pytest.MonkeyPatch) -> None:
    set_: list[dict[str, str]] = []

    def compiled(*_: object, sys_inputs: dict[str, str], **__: object) -> bytes:
        set_.append(sys_inputs)
        return b""

    monkeypatch.setattr(typst, "compile", compiled)
    monkeypatch.setattr("khata.render.paper.typesetting.chosen_fonts", lambda *_: [])
    typeset("any.typ", {"dir": "rtl", "facts": ["12 MG Road"], "rows": [{"dir": "ltr", "text": "12 MG Road"}]}, "pdf")
    page = json.loads(set_[0]["page"])
    assert page["facts"] == ["\u206612 MG Road\u2069"]
    assert page["rows"][0]["text"] == "12 MG Road"
