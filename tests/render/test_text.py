import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khata.render.text import cells, clusters, folded, in_order, right_to_left, uncertain, visible, width

ANY_TEXT = st.text(st.characters(), max_size=40)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("\x1b[31mRed", r"\x1b[31mRed"),
        ("a\nb\tc\rd\x00\x7f", r"a\x0ab\x09c\x0dd\x00\x7f"),
        ("\x9b2J", r"\x9b2J"),
        ("abc\u202efed", "abc<U+202E>fed"),
        ("\u2066a\u2069\u200e\u200f\u061c", "<U+2066>a<U+2069><U+200E><U+200F><U+061C>"),
        ("zero\u200bwidth\ufeff\u00ad", "zero<U+200B>width<U+FEFF><U+00AD>"),
        ("a\u2028b\u2029", "a<U+2028>b<U+2029>"),
        ("half \ud800", "half <U+D800>"),
        ("tag \U000e0041", "tag <U+E0041>"),
    ],
)
def test_what_could_steer_a_terminal_or_hide_is_written_out(typed: str, shown: str) -> None:
    assert visible(typed) == shown


@pytest.mark.parametrize(
    "name", ["रमेश", "क\u094d\u200dष", "சுரேஷ்", "محمد\u200cعلی", "[bold]x[/]", ":smile:", "😀", r"a\x1b"]
)
def test_names_as_people_spell_them_stay_as_they_are(name: str) -> None:
    assert visible(name) == name


@given(ANY_TEXT)
def test_nothing_visible_is_a_control_and_all_of_it_can_be_encoded(text: str) -> None:
    shown = visible(text)
    shown.encode()
    kinds = {unicodedata.category(character) for character in shown if character not in "\u200c\u200d"}
    assert not kinds & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("Ramesh", 6),
        ("₹1,250.00", 9),
        ("रमेश कुमार", 8),
        ("सीता", 4),
        ("சுரேஷ்", 5),
        ("দেবাশীষ", 7),
        ("क\u094d\u200dष", 2),
        ("محمد علی", 8),
        ("e\u0301", 1),
        ("店", 2),
        ("\u1112\u1161\u11ab", 2),
        ("😀", 2),
        ("", 0),
    ],
)
def test_widths_are_those_of_common_terminals(text: str, taken: int) -> None:
    assert width(text) == taken


@given(ANY_TEXT, ANY_TEXT)
def test_widths_add_up(one: str, two: str) -> None:
    assert width(one) + width(two) == width(one + two)
    assert all(cells(character) in {0, 1, 2} for character in one)


def test_only_text_that_terminals_may_disagree_on_is_uncertain() -> None:
    assert not any(map(uncertain, ["Ramesh", "₹450.00", "रम", "22 Nov · x…"]))
    assert all(map(uncertain, ["सीता", "रमेश", "क\u200dष", "محمد", "😀"]))
    assert right_to_left("a محمد")
    assert not right_to_left("सीता 450")


@given(st.text(st.sampled_from("ab कीा்\u094d\u200d店م"), max_size=60), st.integers(4, 20))
def test_folding_loses_nothing_but_spaces_and_keeps_within_the_room(text: str, room: int) -> None:
    lines = folded(text, room, room)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        assert width(line) <= room or len(clusters(line)) == 1


def test_folding_breaks_at_spaces_and_never_between_a_letter_and_its_signs() -> None:
    assert folded("आटा चावल दाल", 9, 9) == ["आटा चावल", "दाल"]
    assert folded("कीकीकी", 5, 5) == ["कीकी", "की"]
    assert clusters("क्षेत्र") == ["क्षे", "त्र"]
    assert folded("", 10, 10) == [""]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("تاریخ: 28-11", "تاریخ: \u206628-11\u2069"),
        ("باقی: ₹1,070.00 · تاریخ: 28-11-2026", "باقی: \u2066₹1,070.00\u2069 · تاریخ: \u206628-11-2026\u2069"),
        ("۱-۱۰ تاریخ ۲۸-۱۱", "۱-۱۰ تاریخ \u2066۲۸-۱۱\u2069"),
        ("فون ******3210", "فون \u2066******3210\u2069"),
        ("فون +919876543210", "فون \u2066+919876543210\u2069"),
        ("چاول 120+45+30", "چاول \u2066120+45+30\u2069"),
        ("2 kg rice, 1 soap، دیر", "\u20662 kg rice, 1 soap\u2069، دیر"),
        ("نقد، 2kg (big)، 3", "نقد، \u20662kg\u2069 (big)، 3"),
        ("2 kg rice, 1 soap", "2 kg rice, 1 soap"),
        ("28-11 محمد", "28-11 محمد"),
        ("1-10 – 28-11-2026", "1-10 – 28-11-2026"),
        ("محمد khata show 3", "محمد khata show 3"),
        ("28 नव॰ 2026", "28 नव॰ 2026"),
    ],
)
def test_a_number_is_isolated_only_behind_a_letter_that_runs_right_to_left(text: str, shown: str) -> None:
    """Checked with eyes in a browser and in a PDF: without it 28-11 reads 11-28."""
    assert in_order(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2 kg rice", "\u20662 kg rice\u2069"),
        ("12, Gandhi Rd", "\u206612, Gandhi Rd\u2069"),
        ("Shop 12, Gandhi Rd", "Shop 12, Gandhi Rd"),
        ("28-11", "28-11"),
    ],
)
def test_what_is_typed_in_latin_keeps_its_number_before_it_on_a_page_that_runs_right_to_left(
    text: str, shown: str
) -> None:
    assert in_order(text, "rtl") == shown
    assert in_order(text, "ltr") == text
