import re
import shutil
import string
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel import Locale
from babel.messages import Catalog, Message
from babel.messages.pofile import read_po
from typer._click import Context

from khata.cli import registry
from khata.cli.env import NO, YES
from khata.cli.main import build
from khata.i18n import dates, messages
from khata.i18n.catalogs import LOCALES, compiled
from khata.i18n.in_words import in_words
from khata.i18n.languages import every_language
from khata.i18n.messages import choose_language, languages, words_for
from khata.units import Day
from tests import make_cli_docs
from tests.watched import EmptyTemplateError, unwatched

OTHERS = [language for language in languages() if language != "en"]


@cache
def catalog(language: str) -> Catalog:
    with (LOCALES / language / "LC_MESSAGES" / "khata.po").open("rb") as source:
        return read_po(source, abort_invalid=True)


def sentences(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


@cache
def keyed(language: str) -> dict[str, Message]:
    return {key(message): message for message in catalog(language) if message.id}


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


CUSTOMER = [
    "account",
    "again",
    "ask",
    "balances",
    "bounced",
    "card",
    "changes",
    "count",
    "date",
    "daybook",
    "due_lines",
    "dues",
    "edit_log",
    "every",
    "figures",
    "head",
    "kind",
    "language",
    "log",
    "mode",
    "moved",
    "pending",
    "said",
    "show",
    "statement",
    "status",
    "title",
    "trial",
    "warning",
    "word",
]
"""What a customer reads, and what is said as an entry is recorded, by the first word of the key: whole everywhere."""

WHOLE = ("hi",)
"""The languages that have everything. Some words are left to English for ever: numbers that no source has joined."""


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_keys_of_english_and_no_others(language: str) -> None:
    assert keyed(language).keys() <= keyed("en").keys()


@pytest.mark.parametrize("language", WHOLE)
def test_the_languages_that_are_whole_have_every_key(language: str) -> None:
    assert keyed(language).keys() == keyed("en").keys()


@pytest.mark.parametrize("language", OTHERS)
def test_what_a_customer_reads_is_whole_in_every_language(language: str) -> None:
    wanted = {name for name in keyed("en") if name.split(".")[0] in CUSTOMER and name != "show.in_words"}
    assert wanted <= keyed(language).keys()


@pytest.mark.parametrize("language", languages())
def test_plural_forms_are_counted_as_the_language_counts(language: str) -> None:
    theirs = Locale.parse(language).plural_form
    with (LOCALES / language / "LC_MESSAGES" / "khata.po").open("rb") as source:
        ours = read_po(source, abort_invalid=True)
    assert ours.num_plurals == len({theirs(n) for n in range(200)})
    form = messages._catalog(language).plural
    assert all((form(n) == 0) is (theirs(n) == "one") for n in range(200))


@pytest.mark.parametrize("language", languages())
def test_no_word_for_yes_is_a_no_anywhere(language: str) -> None:
    yes = {*YES, *(words_for(language).own("ask.yes") or "").split()}
    no = {word for each in languages() for word in (words_for(each).own("ask.no") or "").split()}
    assert not yes & {*NO, *no}


SCRIPTS = {"mr": "DEVANAGARI", "hi": "DEVANAGARI", "gu": "GUJARATI", "bn": "BENGALI", "as": "BENGALI"}
SCRIPTS |= {"ta": "TAMIL", "te": "TELUGU", "kn": "KANNADA", "ml": "MALAYALAM", "pa": "GURMUKHI", "or": "ORIYA"}
SCRIPTS |= {"ur": "ARABIC", "en": "LATIN"}
SHARED = re.compile("DEVANAGARI DANDA|ZERO WIDTH|MODIFIER LETTER|ARABIC COMMA")
AS_TYPED = re.compile(
    r"shell\.|help\.|option\.|spoken\.|refused\.|verify\.|doctor\.|filing\.|imported\.|more\.|example\."
)
"""Sentences in which words of other scripts are shown as they are typed."""


@pytest.mark.parametrize("language", languages())
def test_no_letter_of_another_script_has_crept_in(language: str) -> None:
    for name, message in keyed(language).items():
        if AS_TYPED.match(name) and language in ("en", "hi"):
            continue
        for sentence in sentences(message):
            for letter in filter(str.isalpha, sentence):
                called = unicodedata.name(letter)
                assert called.startswith((SCRIPTS[language], "LATIN")) or SHARED.match(called), (name, sentence, called)


@pytest.mark.parametrize("language", languages())
def test_every_sentence_is_in_the_normal_form(language: str) -> None:
    for name, message in keyed(language).items():
        for sentence in sentences(message):
            assert unicodedata.normalize("NFC", sentence) == sentence, name


MADE_UP = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "ask.yes"
msgstr "yebo"

msgid "count.customers"
msgid_plural "count.customers"
msgstr[0] "{n} gora"
msgstr[1] "{n} goras"

msgid "date.months_short"
msgstr "1a 2a 3a 4a 5a 6a 7a 8a 9a 10a 11a 12a"

msgid "language.digits"
msgstr "abcdefghij"

msgid "language.name"
msgstr "Zzorg"

msgid "word.due"
msgstr "pim"
"""


def test_a_new_language_is_one_file_and_no_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(LOCALES, tmp_path / "locales")
    folder = tmp_path / "locales" / "zz" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "khata.po").write_text(MADE_UP, encoding="utf-8")
    monkeypatch.setattr(messages, "LOCALES", tmp_path / "locales")
    forget()
    try:
        assert "zz" in languages()
        words = words_for("zz", strict=True)
        assert words.say("word.due") == "pim"
        assert words.say("word.advance") == "ADVANCE", "sentence by sentence English"
        assert [words.count("count.customers", n) for n in (1, 2)] == ["1 gora", "2 goras"]
        assert dates.day(Day("2026-11-22"), words) == "22 11a 2026"
        assert dates.month(Day("2026-11-22"), words) == "November 2026"
        native = words_for("zz", native=True)
        assert native.rupees(123_45) == "₹bcd.ef"
        assert in_words(100, words) is None
        (found,) = [each for each in every_language() if each.code == "zz"]
        assert (found.name, found.state, found.translated < 0.01) == ("Zzorg", "beta", True)
        assert choose_language("zz", {}) == "zz"
        assert choose_language(None, {"LANG": "zz_IN.UTF-8"}) == "zz"
    finally:
        monkeypatch.undo()
        forget()


def forget() -> None:
    for kept in (words_for, languages, messages._catalog):
        kept.cache_clear()


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_uses_the_facts_that_english_uses(language: str) -> None:
    english = keyed("en")
    for name, message in keyed(language).items():
        theirs = set().union(*map(placeholders, sentences(english[name])))
        for sentence in sentences(message):
            assert placeholders(sentence) == theirs, name


@pytest.mark.parametrize("language", languages())
def test_facts_are_plain_names_and_no_sentence_is_missing(language: str) -> None:
    for name, message in keyed(language).items():
        assert re.fullmatch(r"[a-z_]+(\.[a-z0-9_]+)+", name)
        assert not message.fuzzy, name
        for sentence in sentences(message):
            assert sentence.strip(), name
            assert all(fact.isidentifier() for fact in placeholders(sentence)), name


@pytest.mark.parametrize("language", languages())
def test_a_catalog_is_sorted_by_key_and_has_each_key_once(language: str) -> None:
    text = (LOCALES / language / "LC_MESSAGES" / "khata.po").read_text(encoding="utf-8")
    keys = re.findall(r'^msgid "(.+)"$', text, re.MULTILINE)
    assert keys == sorted(set(keys))


def test_every_kind_of_event_and_every_mode_has_a_word() -> None:
    kinds = """book_opened format_raised clock_corrected copy_adopted counter_added party_added party_changed
        opening_recorded sale_recorded payment_received money_refunded goods_returned discount_allowed debt_written_off
        entry_reversed detail_erased import_started"""
    words = words_for("hi", strict=True)
    assert all(words.has(f"kind.{kind}") for kind in kinds.split())
    assert [words.say(f"mode.{mode}") for mode in ("cash", "upi", "card", "bank", "cheque")]


def test_the_plural_follows_the_language_and_the_number_is_grouped() -> None:
    assert words_for("en").count("count.entries", 0) == "0 entries"
    assert words_for("hi").count("count.entries", 0) == "0 एंट्री"
    assert words_for("en").count("count.entries", 1) == "1 entry"
    assert words_for("hi").count("count.entries", 123456) == "1,23,456 एंट्रियाँ"


def test_a_missing_key_is_an_error_in_tests_and_shown_in_a_shop() -> None:
    with unwatched():
        with pytest.raises(KeyError):
            words_for("hi", strict=True).say("no.such", name="Ramesh")
        with pytest.raises(KeyError):
            words_for("hi", strict=True).count("no.such", 3)
        assert words_for("hi").say("no.such", name="Ramesh") == "no.such name=Ramesh"
        assert not words_for("hi").has("no.such")


def test_a_missing_fact_is_an_error_in_tests_and_shown_in_a_shop() -> None:
    with unwatched():
        with pytest.raises(KeyError):
            words_for("en", strict=True).say("word.as_on")
        assert words_for("en").say("word.as_on", dya="today") == "word.as_on dya=today"


@pytest.mark.parametrize(
    ("key", "facts", "fault"),
    [
        ("word.as_on", {}, "word.as_on wants day, which nobody gives"),
        ("word.as_on", {"day": None}, "word.as_on says None for day"),
        ("word.as_on", {"day": " "}, "word.as_on says ' ' for day"),
        ("word.as_on", {"day": "Ramesh (@None)"}, "word.as_on says 'Ramesh (@None)' for day"),
        ("no.such", {}, "no.such has no sentence"),
    ],
)
def test_a_sentence_of_which_a_part_is_not_there_fails_the_test_that_has_it_said(
    key: str, facts: dict[str, object], fault: str
) -> None:
    with pytest.raises(EmptyTemplateError, match=re.escape(fault)):
        words_for("en").say(key, **facts)


@pytest.mark.parametrize("language", languages())
def test_every_sentence_reads_on_with_its_facts_in_their_places(language: str) -> None:
    """With what khata really says, tests/watched.py looks at each sentence that any test has said."""
    laid_out = re.compile(r"help\.|example\.|shell\.help|said\.first_steps")
    for name, message in keyed(language).items():
        for sentence in sentences(message):
            said = sentence.format_map(Filled())
            assert not {"{", "}"} & set(said), name
            if not laid_out.match(name):
                assert not re.search(r"(?<=\S) {2}(?=\S)|[(] | [),](?! ;)|(?<![.…])\.\.(?!\.)", said), (name, said)


class Filled(dict[str, str]):
    """A fact for whatever is asked for."""

    def __missing__(self, name: str) -> str:
        return "Ramesh"


def test_braces_in_a_fact_are_only_text() -> None:
    assert words_for("en").say("word.as_on", day="{entry} {0.__class__}") == "as on {entry} {0.__class__}"


PO_HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
PO_HEADER += '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'


def po(**sentences_by_key: str) -> bytes:
    entries = [f'msgid "a.{key}"\nmsgstr "{sentence}"\n' for key, sentence in sentences_by_key.items()]
    return (PO_HEADER + "\n".join(entries)).encode()


@pytest.fixture
def locales(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of catalogs in place of khata's own."""
    for language, text in {"en": po(one="one", two="two"), "hi": po(one="एक")}.items():
        folder = tmp_path / language / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "khata.po").write_bytes(text)
    monkeypatch.setattr(messages, "LOCALES", tmp_path)
    forget()
    yield tmp_path
    forget()


def test_each_missing_key_falls_back_to_english_by_itself(locales: Path) -> None:
    words = words_for("hi", strict=True)
    assert [words.say("a.one"), words.say("a.two")] == ["एक", "two"]


COUNTED = """
msgid "a.{key}"
msgid_plural "a.{key}"
msgstr[0] "{one}"
msgstr[1] "{many}"
"""


def test_each_plural_form_that_nobody_has_translated_yet_is_said_in_english(locales: Path) -> None:
    english = "".join(COUNTED.format(key=key, one="one", many="many") for key in ("none", "half"))
    hindi = COUNTED.format(key="none", one="", many="") + COUNTED.format(key="half", one="एक", many="")
    for language, more in {"en": english, "hi": hindi}.items():
        with (locales / language / "LC_MESSAGES" / "khata.po").open("a", encoding="utf-8") as source:
            source.write(more)
    words = words_for("hi", strict=True)
    assert [words.count("a.none", 1), words.count("a.none", 2)] == ["one", "many"]
    assert [words.count("a.half", 1), words.count("a.half", 2)] == ["एक", "many"]
    assert (words.own("a.none"), words.own("a.half")) == (None, "एक")


def test_a_damaged_catalog_is_made_again_and_where_there_is_nothing_to_make_it_of_it_is_a_fault(locales: Path) -> None:
    sources = list(locales.glob("*/LC_MESSAGES/khata.po"))
    for source in sources:
        source.with_suffix(".mo").write_bytes(compiled(source.read_bytes())[:-3])
    assert words_for("hi").say("a.one") == "एक"
    forget()
    for source in sources:
        source.unlink()
    with pytest.raises(OSError, match="damaged"):
        words_for("hi").say("a.one")


def test_a_tree_without_compiled_catalogs_speaks(locales: Path) -> None:
    assert words_for("hi").say("a.one") == "एक"


def test_compiled_catalogs_alone_speak(locales: Path) -> None:
    for source in locales.glob("*/LC_MESSAGES/khata.po"):
        source.with_suffix(".mo").write_bytes(compiled(source.read_bytes()))
        source.unlink()
    assert languages() == ["en", "hi"]
    assert words_for("hi").say("a.one") == "एक"


def test_an_edited_catalog_is_not_shadowed_by_an_old_compiled_one(locales: Path) -> None:
    folder = locales / "hi" / "LC_MESSAGES"
    (folder / "khata.mo").write_bytes(compiled((folder / "khata.po").read_bytes()))
    (folder / "khata.po").write_bytes(po(one="ek"))
    assert words_for("hi").say("a.one") == "ek"


def test_a_compiled_catalog_of_the_same_source_is_not_compiled_again(
    locales: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for source in locales.glob("*/LC_MESSAGES/khata.po"):
        source.with_suffix(".mo").write_bytes(compiled(source.read_bytes()))
    monkeypatch.delattr(messages, "compiled")
    assert words_for("hi").say("a.one") == "एक"


@pytest.mark.parametrize(
    ("asked", "env", "book", "chosen"),
    [
        ("hi", {"KHATA_LANG": "en", "LANG": "en_IN.UTF-8"}, "en", "hi"),
        ("HI-in", {}, None, "hi"),
        (None, {"KHATA_LANG": "hi", "LANG": "en_IN"}, "en", "hi"),
        (None, {"LANG": "en_IN.UTF-8"}, "hi", "hi"),
        (None, {"LANG": "hi_IN.UTF-8"}, "xx", "hi"),
        (None, {"LC_ALL": "hi_IN.UTF-8", "LANG": "en_US.UTF-8"}, None, "hi"),
        (None, {"LC_ALL": "", "LC_MESSAGES": "hi_IN", "LANG": "en_US"}, None, "hi"),
        (None, {"LC_ALL": "C.UTF-8", "LANG": "hi_IN"}, None, "en"),
        (None, {"LANG": "fr_FR.UTF-8"}, None, "en"),
        (None, {}, None, "en"),
    ],
)
def test_the_language_is_the_nearest_one_said(
    asked: str | None, env: dict[str, str], book: str | None, chosen: str
) -> None:
    assert choose_language(asked, env, book) == chosen


@pytest.mark.parametrize(("asked", "env"), [("xx", {}), (None, {"KHATA_LANG": "xx"}), ("../en", {})])
def test_an_unknown_language_that_was_asked_for_is_an_error(asked: str | None, env: dict[str, str]) -> None:
    with pytest.raises(LookupError):
        choose_language(asked, env)


def test_each_sentence_about_an_option_is_about_one_that_there_is() -> None:
    """One that was called otherwise since is explained by what another command says of its own."""
    env, known, said = make_cli_docs.words(), {key for key in keyed("en") if key.startswith("option.")}, set()

    def look(name: str, command: Any) -> None:
        for parameter in command.params:
            shared = f"option.{str(parameter.name).rstrip('_')}"
            own = shared.replace("option.", f"option.{name.replace(' ', '.').replace('-', '_')}.")
            said.add(own if own in known else shared)
        for inner in getattr(command, "commands", ()):
            look(f"{name} {inner}", command.get_command(Context(command), inner))

    for name in registry.COMMANDS:
        look(name, build(name, env))
    assert known - said == {"option.default", "option.help", "option.version"}
