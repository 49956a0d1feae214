"""A statement to be handed out: the same account as on the screen, in a file that loads nothing."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from khata.i18n.messages import languages
from khata.render.sheet_html import page
from tests.cli.conftest import Counter
from tests.render import rich_book

VOID = {"meta", "br", "path"}


class Read(HTMLParser):
    """A page as it was read: whether every element ends where it should, its texts, its cells, what it points to."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.texts: list[str] = []
        self.cells: list[str] = []
        self.tables: list[tuple[str | None, list[str]]] = []
        self.notes: list[str] = []
        self.points_to: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()
        assert self.open == [], "an element without its end"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.points_to += [value or "" for name, value in attrs if name in ("href", "src", "action", "data")]
        assert not [name for name, _ in attrs if name.startswith("on")]
        if tag == "table":
            self.tables.append((dict(attrs)["class"], []))
        if tag in ("td", "th"):
            self.cells.append("")
            self.tables[-1][1].append("")
        if tag == "p":
            self.notes.append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            assert "url(" not in data
            assert "@import" not in data
            return
        self.texts.append(data)
        if {"td", "th"} & set(self.open):
            self.cells[-1] += data
            self.tables[-1][1][-1] += data
        if "p" in self.open and not {"header", "footer", "div"} & set(self.open):
            self.notes[-1] += data

    @property
    def said(self) -> str:
        return " ".join(" ".join(self.texts).split())


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Counter:
    """The rich book of a shop that can be paid by UPI: one of its own, for it is written into."""
    counter = Counter(tmp_path_factory.mktemp("paid"))
    rich_book.make(counter)
    counter("shop", "set", "--upi", "venkat@okaxis", "--payee", "Venkateshwara", "--address", "12 MG Road, Pune")
    return counter


def made(khata: Counter, *words: str) -> Read:
    answer = khata("statement", *words, "--format", "html")
    assert answer.code == 0, answer.err
    return Read(answer.out)


def amounts(text: str) -> list[str]:
    return sorted(re.findall(r"₹[\d,]+\.\d\d", text))


@pytest.mark.parametrize("whose", ["@1", "@2", "@3", "@6", "@8"])
@pytest.mark.parametrize("language", ["en", "hi", "ur"])
def test_every_line_of_the_screen_stands_in_it(rich: Counter, whose: str, language: str) -> None:
    screen = amounts("\n".join(rich("statement", whose, "--lang", language).out.splitlines()[2:]))
    read = made(rich, whose, "--lang", language)
    (table,) = [cells for kind, cells in read.tables if kind == "account"]
    assert sorted(amounts(" ".join(table)) + amounts(" ".join(read.notes))) == screen
    assert len(table) % 6 == 0
    entries = [int(cell) for cell in table[6 + 1 :: 6] if cell]
    assert entries == sorted(set(entries), key=entries.index), "an entry stands once"
    assert set(entries) <= {line["entry"] for line in rich("statement", whose, "--json").data["lines"]}


@pytest.mark.parametrize("language", languages())
def test_it_is_in_the_language_and_runs_its_way(rich: Counter, language: str) -> None:
    read = made(rich, "@1", "--lang", language)
    (html,) = [attrs for tag, attrs in read.tags if tag == "html"]
    assert html == {"lang": language, "dir": "rtl" if language == "ur" else "ltr"}
    assert not re.search(r"\b(word|head|title|statement)\.[a-z_]+", read.said)


def test_it_loads_nothing_and_points_nowhere_but_to_a_payment(rich: Counter) -> None:
    read = made(rich, "@1")
    link = rich("qr", "@1").out.strip()
    assert read.points_to == [link]
    assert "script" not in {tag for tag, _ in read.tags}
    assert "Venkateshwara · venkat@okaxis" in read.said


def test_it_opens_with_what_is_due_and_ends_with_the_seal(rich: Counter) -> None:
    read = made(rich, "@1")
    entries = rich("status", "--json").data["entries"]
    seal = rich("show", str(entries), "--json").data["hash"]
    assert read.said.index("₹1,622.00 due") < read.said.index("Given")
    assert read.said.endswith(f"up to entry {entries} · seal {seal}")
    assert "one thousand six hundred twenty-two rupees only" in read.said


def test_of_what_was_known_then_it_has_the_seal_of_then(rich: Counter) -> None:
    read = made(rich, "@1", "--known-at", "30")
    assert read.said.endswith(f"up to entry 30 · seal {rich('show', '30', '--json').data['hash']}")


def test_two_languages_stand_together_and_what_is_alike_stands_once(rich: Counter) -> None:
    read = made(rich, "@1", "--lang", "hi,en")
    for both in ("तारीखDate", "दियाGiven", "बिक्रीsale"):
        assert both in read.cells
    assert "₹1,234.00" in read.cells
    assert [attrs for tag, attrs in read.tags if tag == "bdi" and attrs.get("lang") == "en"]
    urdu = made(rich, "@1", "--lang", "en,ur")
    assert {attrs["dir"] for tag, attrs in urdu.tags if tag == "bdi" and attrs.get("lang") == "ur"} == {"rtl"}
    assert made(rich, "@1", "--lang", "hi,hi").said == made(rich, "@1", "--lang", "hi").said
    assert made(rich, "@1", "--lang", "HI, en-IN").said == made(rich, "@1", "--lang", "hi,en").said


def test_several_languages_are_for_a_page_only(rich: Counter) -> None:
    for words in (("statement", "@1", "--lang", "hi,en"), ("balance", "--lang", "hi,en")):
        refused = rich(*words, "--json").envelope["refused"]
        assert (refused["code"], refused["facts"]["what"]) == ("misused", "only")
    for wrong in ("xx,en", "en,xx"):
        assert rich("statement", "@1", "--lang", wrong, "--format", "html", "--json").refused == "unknown_language"


def test_everybody_has_a_page_of_the_same_file(rich: Counter) -> None:
    read = made(rich, "--all-parties")
    assert [tag for tag, _ in read.tags].count("section") == len(
        rich("statement", "--all-parties", "--json").data["parties"]
    )


def test_the_ages_are_bars_that_make_up_the_whole(rich: Counter) -> None:
    read = made(rich, "@2")
    shares = [
        int(str(attrs["style"]).removeprefix("width:").removesuffix("%")) for tag, attrs in read.tags if tag == "i"
    ]
    assert len(shares) == 3, "of what is not due yet, too"
    assert 98 <= sum(shares) <= 100


def test_an_advance_is_not_asked_for_and_has_no_age(rich: Counter) -> None:
    read = made(rich, "@8")
    assert read.points_to == []
    assert "₹1,475.00 ADVANCE" in read.said
    assert "how old the dues are" not in read.said


def test_a_file_of_the_name_gets_it_and_none_is_written_over(rich: Counter, tmp_path: Path) -> None:
    path = tmp_path / "ramesh.html"
    assert rich("statement", "@1", "-o", str(path)).code == 0
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert rich("statement", "@1", "-o", str(path)).code != 0
    assert (
        rich("statement", "@1", "-o", str(tmp_path / "a.csv"), "--format", "html", "--json").refused == "unknown_format"
    )


def test_what_somebody_typed_is_text_and_nothing_else(tmp_path: Path) -> None:
    shop = Counter(tmp_path)
    shop("init", "Gupta")
    typed = "<script>alert(1)</script> & \"x\" 'y'"
    shop("party", "add", f"{typed} Kumar")
    shop("sale", "@1", "5", "--note", typed)
    shop("shop", "set", "--name", typed)
    read = made(shop, "@1")
    assert read.said.count(typed) >= 3
    assert "script" not in {tag for tag, _ in read.tags}


def test_a_customer_reads_in_his_own_language_unless_another_is_asked_for(tmp_path: Path) -> None:
    shop = Counter(tmp_path)
    shop("init", "Gupta")
    shop("sale", "Ramesh", "5", "--new")
    shop("sale", "Meena", "7", "--new")
    assert shop("party", "lang", "ramesh", "ur").code == 0
    assert shop("party", "show", "ramesh", "--json").data["lang"] == "ur"
    assert "ur" in shop("party", "show", "ramesh").out
    for words, languages_of in (
        (("ramesh",), ["ur"]),
        (("ramesh", "--lang", "hi,en"), ["hi"]),
        (("meena",), ["en"]),
        (("--all-parties",), ["en", "ur"]),
    ):
        read = made(shop, *words)
        sections = [attrs for tag, attrs in read.tags if tag == "section"]
        assert [attrs["lang"] for attrs in sections] == languages_of
        assert [attrs["dir"] for attrs in sections] == ["rtl" if each == "ur" else "ltr" for each in languages_of]
    assert "فروخت" in shop("receipt", "3").out
    assert "sale" in shop("receipt", "3", "--lang", "en").out
    assert "given" in shop("statement", "ramesh").out.lower(), "on the screen the shop's own"
    assert shop("party", "lang", "ramesh", "xx", "--json").refused == "unknown_language"
    assert shop("party", "lang", "ramesh", "ur", "--json").refused == "nothing_changed"
    shop("party", "alias", "ramesh", "--add", "Ramu")
    assert shop("party", "show", "ramu", "--json").data["lang"] == "ur", "another change leaves it"
    shop("receive", "ramesh", "5")
    assert shop("party", "forget", "ramesh", "--yes").code == 0
    assert shop("party", "show", "@1", "--json").data["lang"] is None


def test_no_page_is_made_of_nothing() -> None:
    with pytest.raises(ValueError, match="nothing"):
        page([])


def test_a_note_in_latin_letters_keeps_its_number_before_it_in_urdu(rich: Counter) -> None:
    assert rich("sale", "2 Star Hotel", "40", "--new", "--note", "2 kg rice & 1 soap").code == 0
    assert "2 kg rice & 1 soap" in made(rich, "2 Star Hotel", "--lang", "en").said
    urdu = rich("statement", "2 Star Hotel", "--lang", "ur,en", "--format", "html").out
    assert "\u20662 kg rice &amp; 1 soap\u2069" in urdu
