import subprocess
import sys

import pytest
from babel import Locale

from khata.i18n import dates
from khata.i18n.messages import languages, words_for
from khata.units import At, Day

en, hi = words_for("en", strict=True), words_for("hi", strict=True)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(("full", "theirs"), [(False, "abbreviated"), (True, "wide")])
def test_months_are_those_of_babel_or_numbers(language: str, full: bool, theirs: str) -> None:
    names = Locale.parse(language).months["format"][theirs]
    ours = dates.months(words_for(language, strict=True), full=full)
    numbers = tuple(f"{number:02d}" for number in range(1, 13))
    assert ours in (tuple(names[number] for number in range(1, 13)), *([] if full else [numbers]))


def test_months_that_are_numbers_have_the_digits_of_the_day() -> None:
    urdu = words_for("ur", strict=True, native=True)
    assert dates.day(Day("2026-11-28"), urdu) == "۲۸-۱۱-۲۰۲۶"
    assert dates.day_short(Day("2026-01-02"), urdu) == "۲-۰۱"


def test_a_day_is_written_day_first() -> None:
    assert dates.day(Day("2026-11-22"), en) == "22 Nov 2026"
    assert dates.day(Day("2026-11-02"), hi) == "2 नव॰ 2026"
    assert dates.day_short(Day("2026-11-01"), en) == "1 Nov"
    assert dates.month(Day("2026-11-01"), hi) == "नवंबर 2026"


@pytest.mark.parametrize(
    ("at", "there"),
    [
        ("2026-11-22T16:17:59.999999Z", "22 Nov 2026 21:47"),
        ("2026-03-31T18:29:59.999999Z", "31 Mar 2026 23:59"),
        ("2026-03-31T18:30:00.000000Z", "1 Apr 2026 00:00"),
        ("2026-12-31T18:30:00.000000Z", "1 Jan 2027 00:00"),
    ],
)
def test_the_clock_is_the_shops_whatever_the_machines_zone(
    at: str, there: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    assert dates.clock(At(at), en) == there


@pytest.mark.parametrize(
    ("first", "last", "english", "hindi"),
    [
        ("2026-11-22", "2026-11-22", "22 Nov 2026", "22 नव॰ 2026"),
        ("2026-11-01", "2026-11-22", "1 to 22 Nov 2026", "1 से 22 नव॰ 2026 तक"),
        ("2026-10-28", "2026-11-03", "28 Oct to 3 Nov 2026", "28 अक्टू॰ से 3 नव॰ 2026 तक"),
        ("2025-12-28", "2026-01-03", "28 Dec 2025 to 3 Jan 2026", "28 दिस॰ 2025 से 3 जन॰ 2026 तक"),
        ("2025-11-01", "2026-11-22", "1 Nov 2025 to 22 Nov 2026", "1 नव॰ 2025 से 22 नव॰ 2026 तक"),
    ],
)
def test_a_span_says_once_what_its_ends_share(first: str, last: str, english: str, hindi: str) -> None:
    assert dates.span(Day(first), Day(last), en) == english
    assert dates.span(Day(first), Day(last), hi) == hindi


def test_english_and_hindi_dates_and_money_do_not_load_babel() -> None:
    code = (
        "import sys; from khata.i18n import dates; from khata.i18n.messages import words_for; hi = words_for('hi');"
        "dates.months(hi, full=True), dates.clock('2026-11-22T16:17:59.999999Z', hi), hi.rupees(1);"
        "sys.exit('babel' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
