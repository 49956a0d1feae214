"""Each rule of the shell's quick lines, and each row of their table, in Latin and Devanagari letters."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khata import names
from khata.cli import registry, spoken
from khata.grammar.fault import CODES, Unreadable
from khata.grammar.meaning import (
    By,
    Certainty,
    Expanded,
    Fix,
    Found,
    Help,
    Leave,
    Meaning,
    QuickEntry,
    Run,
    Turn,
    Which,
)
from khata.grammar.quick import read, spelt
from khata.grammar.splitting import joined, split, without_note

TODAY = date(2026, 11, 22)


class Book:
    """The customers of a shop, found as the book finds them."""

    PARTIES: ClassVar = {
        1: ("Ramesh Kumar", "रमेश"),
        2: ("Mahesh",),
        3: ("Jama",),
        4: ("Suresh", "Suresh Patil"),
        5: ("Suresh Jama",),
        6: ("Flat 12",),
        7: ("Sunita Rao",),
        8: ("Sunita Bi",),
        9: ("Doctor Sahab",),
        10: ("Om; Sons",),
        11: ('Tall "Lambu" Singh', "Lambu Singh"),
        12: ("सीता देवी",),
        13: ("7 Hills",),
    }

    def command(self, word: str) -> str | None:
        return spoken.find(word)

    def said(self, what: str) -> frozenset[str]:
        return spoken.said(what)

    def verb(self, word: str) -> str | None:
        name = self.command(word)
        return name if name and registry.COMMANDS[name].between else None

    def party(self, text: str) -> Found:
        if text.startswith("@") and text[1:].isdecimal() and int(text[1:]) in self.PARTIES:
            return Found(Certainty.EXACT, text, self.PARTIES[int(text[1:])][0])
        key = names.exact_key(text)
        for how, hit in (
            (Certainty.EXACT, self._exact),
            (Certainty.ONE, self._word),
            (Certainty.LOOSER, self._beginning),
        ):
            found = [number for number in self.PARTIES if hit(key, number)]
            if len(found) == 1:
                return Found(how, f"@{found[0]}", self.PARTIES[found[0]][0])
            if found:
                return Found(Certainty.SEVERAL, text, text)
        return Found(Certainty.NOBODY, text, text)

    def _exact(self, key: str, number: int) -> bool:
        return key in map(names.exact_key, self.PARTIES[number])

    def _word(self, key: str, number: int) -> bool:
        return any(key in names.words(name) for name in self.PARTIES[number])

    def _beginning(self, key: str, number: int) -> bool:
        return any(word.startswith(key) for name in self.PARTIES[number] for word in names.words(name))


def meant(line: str) -> Meaning | None:
    return read(line, Book(), TODAY)


def command(line: str) -> str:
    """A line that means one command, as it would be typed after `khata`."""
    found = meant(line)
    assert isinstance(found, Run | QuickEntry), found
    return joined(found.words if isinstance(found, Run) else found.words())


def asked(line: str) -> list[str]:
    """The ways to read a line that is asked about."""
    found = meant(line)
    assert isinstance(found, Which), found
    return [joined(each.words()) for each in found.choices]


def expanded(line: str) -> str:
    found = meant(line)
    assert isinstance(found, Expanded), found
    return found.line


def refused(line: str) -> str:
    with pytest.raises(Unreadable) as fault:
        meant(line)
    assert fault.value.code in CODES
    return str(fault.value.facts["what"]) if fault.value.code == "bad_line" else fault.value.code


# --- the table


@pytest.mark.parametrize(
    ("line", "means"),
    [
        ("ramesh 450", "sale -- @1 450"),
        ("रमेश ४५०", "sale -- @1 ४५०"),
        ("ramesh ko 450", "sale -- @1 450"),
        ("रमेश को ४५०", "sale -- @1 ४५०"),
        ("RAMESH 450", "sale -- @1 450"),
        ("ramesh kumar 1,23,456.50", "sale -- @1 1,23,456.50"),
        ("ramesh ₹450", "sale -- @1 ₹450"),
        ("ramesh Rs 450", 'sale -- @1 "Rs 450"'),
        ("ramesh 120+45+3x40", "sale -- @1 120+45+3x40"),
        ("@1 450", "sale -- @1 450"),
        ("ramesh jama 200 upi", "receive --mode=upi -- @1 200"),
        ("रमेश जमा २००", "receive -- @1 २००"),
        ("रमेश जमा २०० नकद", "receive --mode=cash -- @1 २००"),
        ("ramesh 200 jama", "receive -- @1 200"),
        ("ramesh jama 200 cheque", "receive --mode=cheque -- @1 200"),
        ("ramesh 450 paid 200 cash ; atta", "sale --paid=200.00:cash --note=atta -- @1 450"),
        ("रमेश ४५० दिए २०० ; आटा", "sale --paid=200.00:cash --note=आटा -- @1 ४५०"),
        ("ramesh 450 paid 200", "sale --paid=200.00:cash -- @1 450"),
        ("ramesh 450 paid 200:upi paid 50", "sale --paid=200.00:upi --paid=50.00:cash -- @1 450"),
        ("ramesh 450 paid all gpay", "sale --paid=all:upi -- @1 450"),
        ("ramesh jama 640 full", "receive --full -- @1 640"),
        ("रमेश जमा ६४० पूरा upi", "receive --mode=upi --full -- @1 ६४०"),
        ("ramesh kasar 5", "discount -- @1 5"),
        ("रमेश कसर ५", "discount -- @1 ५"),
        ("ramesh wapas 90", "return -- @1 90"),
        ("रमेश वापस ९०", "return -- @1 ९०"),
        ("ramesh wapas 90 paid 40 upi", "return --paid=40.00:upi -- @1 90"),
        ("ramesh refund 90 upi", "refund --mode=upi -- @1 90"),
        ("ramesh udhaar 450", "sale -- @1 450"),
        ("counter 350 upi", "sale --paid=all:upi -- counter 350"),
        ("नकद ३५०", "sale -- counter ३५०"),
        ("counter 350", "sale -- counter 350"),
        ("counter 350 paid", "sale --paid=all:cash -- counter 350"),
        ("counter 350 paid upi", "sale --paid=all:upi -- counter 350"),
        ("counter 350 paid 200 upi paid 150", "sale --paid=200.00:upi --paid=150.00:cash -- counter 350"),
        ("counter wapas 90", "return -- counter 90"),
        ("ramesh 450 on 21-11", "sale --on=2026-11-21 -- @1 450"),
        ("ramesh 450 on kal", "sale --on=2026-11-21 -- @1 450"),
        ("ramesh jama 200 on 20 nov 2026 upi", "receive --mode=upi --on=2026-11-20 -- @1 200"),
        ("ramesh? ", "balance -- ramesh"),
        ("रमेश?", "balance -- रमेश"),
        ("ramesh ?", "balance -- ramesh"),
        ("ramesh kumar??", "statement -- ramesh kumar"),
        ("ramesh ? ?", "statement -- ramesh"),
        ("?", "status"),
        ("??", "daybook"),
        ("ramesh baki", "balance -- ramesh"),
        ("रमेश का हिसाब", "statement -- रमेश"),
        ("undo", "undo"),
        ("undo --yes", "undo --yes"),
    ],
)
def test_a_line_means_a_command(line: str, means: str) -> None:
    assert command(line) == means.replace("-- ramesh kumar", '-- "ramesh kumar"')


@pytest.mark.parametrize(
    ("line", "fix"),
    [
        ("fix 540", Fix(None, "540", 54000)),  # type: ignore[arg-type]
        ("fix ५४०", Fix(None, "५४०", 54000)),  # type: ignore[arg-type]
        ("FIX 540 ; half", Fix(None, "540", 54000, reason="half")),  # type: ignore[arg-type]
        ("fix mahesh", Fix(None, handle="@2", name="Mahesh")),
        ("fix 41 540", Fix(41, "540", 54000)),  # type: ignore[arg-type]
        ("fix e41 540", Fix(41, "540", 54000)),  # type: ignore[arg-type]
        ("fix entry 41 540", Fix(41, "540", 54000)),  # type: ignore[arg-type]
        ("fix 41 mahesh", Fix(41, handle="@2", name="Mahesh")),  # type: ignore[arg-type]
        ("fix 41 ramesh kumar", Fix(41, handle="@1", name="Ramesh Kumar")),  # type: ignore[arg-type]
        ("fix 41 counter", Fix(41, handle="counter", name="counter")),  # type: ignore[arg-type]
        ("fix 41 Bholu", Fix(41, handle="Bholu", name="Bholu")),  # type: ignore[arg-type]
    ],
)
def test_fix_says_what_was_meant(line: str, fix: Fix) -> None:
    assert meant(line) == fix


def test_the_words_of_a_correction() -> None:
    found = meant("fix 41 mahesh ; wrong man")
    assert isinstance(found, Fix)
    assert joined(found.words()) == 'correct --party=@2 --reason="wrong man" -- 41'


@pytest.mark.parametrize("line", ["fix", "fix e41", "fix entry 41", "fix mahesh 540", "fix 41 540 upi"])
def test_a_fix_that_says_too_little_or_too_much_is_refused(line: str) -> None:
    assert refused(line) == "fix"


def test_a_fix_with_a_name_of_digits_is_asked_about() -> None:
    assert asked("fix 7 hills") == ["correct --party=@13 -- None", "correct --party=@13 -- 7"]
    assert meant("fix 7 bholu") == Fix(7, handle="bholu", name="bholu")  # type: ignore[arg-type]
    assert expanded("fix mahe") == "fix Mahesh"
    assert expanded("fix 41 mahe ; wrong man") == "fix 41 Mahesh ; wrong man"
    assert isinstance(meant("fix --help"), Run)


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("", None),
        ("  ", None),
        ("day 21-11", Turn("2026-11-21")),  # type: ignore[arg-type]
        ("दिन २१-११", Turn("2026-11-21")),  # type: ignore[arg-type]
        ("day 21 nov", Turn("2026-11-21")),  # type: ignore[arg-type]
        ("day today", Turn("2026-11-22")),  # type: ignore[arg-type]
        ("day", Turn(None)),
        ("by meena rao", By("meena rao")),
        ("by", By("")),
        ("help", Help()),
        ("मदद", Help()),
        ("help sale", Run(("sale", "--help"))),
        ("exit", Leave()),
        ("QUIT", Leave()),
        ("bas", Leave()),
        ("बस", Leave()),
    ],
)
def test_what_only_the_shell_knows(line: str, meaning: Meaning | None) -> None:
    assert meant(line) == meaning


def test_a_day_that_is_none_is_refused() -> None:
    assert refused("day 31-11") == "bad_day"
    assert refused("ramesh 450 on 31-11") == "bad_day"
    assert refused("ramesh 450 on") == "bad_day"


# --- a command's word first is a command


@pytest.mark.parametrize(
    ("line", "means"),
    [
        ("jama ramesh 200", "receive ramesh 200"),
        ("जमा रमेश २००", "receive रमेश २००"),
        ("Sale ramesh 450 --paid 200:upi", "sale ramesh 450 --paid 200:upi"),
        ("jama 450", "receive 450"),
        ("doctor sahab 450", "doctor sahab 450"),
        ("sale ramesh 450 ; atta and dal", 'sale ramesh 450 "--note=atta and dal"'),
        ("khata sale ramesh 450", "sale ramesh 450"),
        ("khata", ""),
        ("--lang hi balance", "--lang hi balance"),
        ("--by meena jama ramesh 200", "--by meena receive ramesh 200"),
        ("--version", "--version"),
        ("log --from 3", "log --from 3"),
    ],
)
def test_a_commands_word_first_is_a_command(line: str, means: str) -> None:
    found = meant(line)
    assert isinstance(found, Run)
    assert found.words == tuple(split(means))


@pytest.mark.parametrize(("line", "party"), [("@jama 450", "@3"), ("@Doctor Sahab 450", "@9"), ("@ jama 450", "@3")])
def test_such_a_party_is_written_with_a_sign(line: str, party: str) -> None:
    assert command(line) == f"sale -- {party} 450"
    assert command("@jama?") == "balance -- jama"
    assert spelt("Jama", Book()) == "@Jama"
    assert spelt("By the Way", Book()) == "@By the Way"
    assert spelt("Ramesh Kumar", Book()) == "Ramesh Kumar"


# --- the longest run of words that is exactly a party


def test_the_longest_run_that_is_exactly_a_party_wins() -> None:
    assert command("suresh patil 450") == "sale -- @4 450"
    assert command("flat 12 450") == "sale -- @6 450"
    assert command("7 hills 450") == "sale -- @13 450"


def test_a_shorter_reading_that_also_parses_is_listed_beside_it_and_neither_is_the_default() -> None:
    assert asked("suresh jama 200") == ["sale -- @5 200", "receive -- @4 200"]
    assert asked("suresh jama 200 upi") == [
        "sale --paid=all:upi -- @5 200",
        "receive --mode=upi -- @5 200",
        "receive --mode=upi -- @4 200",
    ]


def test_a_name_alone_is_no_sale_of_the_number_in_it() -> None:
    assert asked("flat 12") == ["sale -- @6 12"]


def test_a_name_in_quotes_is_one_name() -> None:
    assert command('"Flat 14" 450') == 'sale -- "Flat 14" 450'
    assert refused("flat 14 450") == "two_sums"


# --- direction is never guessed


@pytest.mark.parametrize(
    ("line", "ways"),
    [
        ("ramesh 450 upi", ["sale --paid=all:upi -- @1 450", "receive --mode=upi -- @1 450"]),
        ("रमेश ४५० नकद", ["sale --paid=all:cash -- @1 ४५०", "receive --mode=cash -- @1 ४५०"]),
        ("ramesh 450 paid", ["sale --paid=all:cash -- @1 450", "receive --mode=cash -- @1 450"]),
        ("ramesh 450 paid upi", ["sale --paid=all:upi -- @1 450", "receive --mode=upi -- @1 450"]),
        ("ramesh paid 450 upi", ["sale --paid=all:upi -- @1 450", "receive --mode=upi -- @1 450"]),
        ("ramesh diya 450", ["sale --paid=all:cash -- @1 450", "receive --mode=cash -- @1 450"]),
        ("ramesh gave 450", ["sale -- @1 450", "receive -- @1 450"]),
        ("ramesh got 450", ["sale -- @1 450", "receive -- @1 450"]),
        ("ramesh 450 cheque", ["receive --mode=cheque -- @1 450"]),
        ("ramesh 450 upi full", ["receive --mode=upi --full -- @1 450"]),
    ],
)
def test_direction_is_never_guessed(line: str, ways: list[str]) -> None:
    assert asked(line) == ways


@pytest.mark.parametrize(
    "line", ["+450", "-200", "ramesh +450", "ramesh -200", "रमेश -२००", "ramesh jama -200", "ramesh 450 paid -9"]
)
def test_a_sign_says_no_direction(line: str) -> None:
    assert refused(line) == "sign"


def test_a_sign_is_refused_with_the_bare_sum() -> None:
    with pytest.raises(Unreadable) as fault:
        meant("ramesh −२००")
    assert fault.value.facts["amount"] == "200"


# --- names


def test_an_exact_name_or_a_whole_word_of_one_party_is_an_entry() -> None:
    assert command("ramesh kumar 450") == command("kumar 450") == command("रमेश 450") == "sale -- @1 450"


@pytest.mark.parametrize(
    ("line", "whole"),
    [
        ("rames 450 ; atta", "Ramesh Kumar 450 ; atta"),
        ("rame jama 200 upi --by meena", "Ramesh Kumar jama 200 upi --by=meena"),
        ("सीत ४५०", "सीता देवी ४५०"),
        ("rame 450 upi", "Ramesh Kumar 450 upi"),
        ("doc 450", "@Doctor Sahab 450"),
        ("om 450", '"Om; Sons" 450'),
        ("lamb 450", "@11 450"),
        ('rame "Rs 450"', 'Ramesh Kumar "Rs 450"'),
    ],
)
def test_a_looser_name_is_written_out_and_waits(line: str, whole: str) -> None:
    assert expanded(line) == whole
    if "upi" not in line or "jama" in line:
        assert isinstance(meant(whole), QuickEntry)


def test_several_or_nobody_is_left_to_whoever_can_ask() -> None:
    assert command("sunita 450") == "sale -- sunita 450"
    assert command("Bholu Ram 450") == 'sale -- "Bholu Ram" 450'


# --- what cannot be read is refused


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("ramesh", "no_sum"),
        ("ramesh jama", "no_sum"),
        ("ramesh jama upi", "no_sum"),
        ("450", "name_first"),
        ("450 ramesh", "name_first"),
        ("ramesh 450 500", "two_sums"),
        ("ramesh 450 kumar", "word"),
        ("ramesh 450 upi cash", "word"),
        ("ramesh 450 paid paid", "word"),
        ("ramesh 450 upi paid 200", "word"),
        ("ramesh jama 200 paid 100", "paid_with"),
        ("ramesh sale 450 upi", "mode_with"),
        ("ramesh wapas 90 upi", "mode_with"),
        ("ramesh kasar 5 upi", "discount_with"),
        ("ramesh kasar 5 paid 5", "discount_with"),
        ("ramesh kasar 5 full", "full_with"),
        ("ramesh 450 full", "full_with"),
        ("counter wapas 90 upi", "mode_with"),
        ("counter 350 cheque", "bad_mode"),
        ("ramesh 450 paid 200:gold", "bad_mode"),
        ("ramesh 12.3.4", "bad_amount"),
        ("ramesh 0", "amount_zero"),
        ("ramesh 9876543210", "amount_too_large"),
        ("ramesh 450 --note", "option"),
        ("ramesh 450 --paid 200", "option"),
        ("ramesh 450 --by", "option"),
        ("balance --book other.khata", "book"),
        ('ramesh "450', "quote"),
        ("ramesh 450\njama ramesh 200", "block"),
        ("ramesh 450\r\n\r\nsuresh 20\r\n", "block"),
        ("x" * 1001, "too_long"),
    ],
)
def test_what_cannot_be_read_is_refused(line: str, what: str) -> None:
    assert refused(line) == what


def test_one_line_with_its_end_is_no_block() -> None:
    assert command("ramesh 450\n") == "sale -- @1 450"


def test_a_large_sum_wants_its_option() -> None:
    assert command("ramesh 9876543210 --large") == "sale --large -- @1 9876543210"


def test_a_note_begins_at_the_first_semicolon_outside_quotes() -> None:
    assert without_note('"a;b" 5;c ; d') == ('"a;b" 5', "c ; d")
    assert without_note("ramesh's 5 ; it's") == ("ramesh's 5 ", "it's")
    assert command("ramesh 450 ;") == "sale -- @1 450"
    assert command("ramesh 450;'atta") == 'sale --note="\'atta" -- @1 450'


@given(st.text(alphabet="rameshjpuid ४५०450+-?;@\"'\n", max_size=40))
def test_any_line_is_read_or_refused(line: str) -> None:
    code = None
    try:
        meant(line)
    except Unreadable as fault:
        code = fault.code
    assert code is None or code in CODES


@given(st.lists(st.text(alphabet="ab ;'=\"", min_size=1, max_size=6).map(str.strip).filter(bool), max_size=4))
def test_a_line_that_is_put_together_again_is_the_same_words(words: list[str]) -> None:
    whole = [word for word in words if '"' not in word and not word.startswith("--")]
    assert split(joined(whole)) == [" ".join(word.split(" ")) for word in whole]


@pytest.mark.parametrize("line", ["ramesh ''", 'ramesh "" 450', "''", "'' 450", "ramesh 450 ''", "fix ''", "day ''"])
def test_an_empty_word_in_quotes_is_unreadable_or_nothing(line: str) -> None:
    with suppress(Unreadable):
        read(line, Book(), TODAY)
