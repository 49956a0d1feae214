"""The words of the trade are commands: in Latin letters and in Devanagari, however the letters are put together."""

from __future__ import annotations

import shlex
from typing import Literal
from unicodedata import normalize

import pytest

from khata.cli import registry, spoken
from khata.cli.examples import EXAMPLES
from khata.i18n.messages import languages, words_for
from tests.cli.conftest import Counter

Form = Literal["NFC", "NFD"]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_spoken_word_is_its_command(form: Form) -> None:
    for word, command in spoken.every().items():
        assert spoken.find(normalize(form, word)) == command, word
        assert spoken.find(normalize(form, word).upper()) == command, word


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("word", ["baki", "Baki", "बाकी"])
def test_baki_as_a_first_word_is_always_what_is_due(language: str, word: str) -> None:
    assert spoken.find(word, language) == "balance"


def test_a_word_means_what_it_means_in_the_language_that_is_spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    meant = {"en": {"naam": "sale"}, "hi": {"naam": "statement", "khata": "statement"}}
    monkeypatch.setattr(spoken, "commands", lambda language: meant.get(language, {}))
    assert (spoken.find("naam", "hi"), spoken.find("naam", "en")) == ("statement", "sale")
    assert spoken.find("khata", "en") == "statement"
    assert spoken.every("hi") == {"naam": "statement", "khata": "statement"}


def test_of_one_language_no_word_says_two_things_in_one_place() -> None:
    """`tarikh` sets the day as a first word, and may say the day behind a sum."""
    for language in languages():
        words = words_for(language)
        for place in ("end help day new", "to from by", "paid taken either filler on new", "paid taken either of"):
            told = [word for what in place.split() for word in words.say(f"spoken.{what}").split()]
            assert len(told) == len(set(told)), (language, place)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_day_in_the_words_of_the_trade(shop: Counter, form: Form) -> None:
    for line in [
        "उधार ramesh ४५०",
        "जमा ramesh ₹२००",
        "वापस ramesh 20",
        "कसर ramesh 5",
        "रद्द 4",
        "fix 5 100",
        "बाकी ramesh",
        "हिसाब ramesh",
        "रोज़मेल",
        "udhaar ramesh 10 --on kal",
        "jama ramesh 10 --on आज",
    ]:
        answer = shop(*normalize(form, line).split(), typed="y\n" * 3)
        assert answer.code == 0, (line, answer.err)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("name", ["रोज़ी", "ड़ाकू राम", "Renée", "கோபால்"])
def test_a_name_is_one_name_in_every_form(shop: Counter, name: str, form: Form) -> None:
    assert shop("sale", normalize(form, name), "5", "--new").code == 0
    other: Form = "NFD" if form == "NFC" else "NFC"
    assert shop("sale", *normalize(other, name).upper().split(), "5", "--json").data["balance_paise"] == 1000


def test_the_counter_is_nobody_in_every_script(shop: Counter) -> None:
    for word in ("counter", "Nakad", "नकद", normalize("NFD", "नकद")):
        assert shop("sale", word, "5", "--json").data["party"] is None


def test_every_example_of_the_help_can_be_typed(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop.home)
    stick = shop.home / "usb"  # there is one, whatever is plugged into the machine
    stick.mkdir()
    for name in [each for each in registry.COMMANDS if each != "shell"]:  # it takes a person: test_shell_lines
        for line in EXAMPLES[name.replace("-", "_")].splitlines():
            command = line.partition(" > ")[0].partition(" < ")[0]
            words = shlex.split(command.replace("/media/usb", str(stick)))
            answer = shop(*words[1:], "--json")
            refused = answer.envelope.get("refused", {})
            assert refused.get("code") not in ("misused", "bad_amount", "bad_day", "amount_comes_last"), line
            assert "failed" not in answer.envelope, line


def test_the_first_page_of_help_names_every_command(khata: Counter, capsys: pytest.CaptureFixture[str]) -> None:
    assert khata("--help").code == 0
    page = capsys.readouterr().out
    assert all(f"\n  {name} " in page for name, entry in registry.COMMANDS.items() if entry.section != "hidden")
    assert khata("--help", "--lang", "hi").code == 0
    assert "CA के लिए" in capsys.readouterr().out
