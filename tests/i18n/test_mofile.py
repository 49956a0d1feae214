"""What is looked up in a .mo is what gettext finds in it."""

from gettext import GNUTranslations
from io import BytesIO
from struct import pack, unpack_from

import pytest

from khata.i18n.catalogs import LOCALES
from khata.i18n.catalogs import compiled as made
from khata.i18n.messages import languages
from khata.i18n.mofile import Catalog

RUSSIAN = """
msgid ""
msgstr "Plural-Forms: nplurals=3; plural=(n%10==1 ? 0 : n%10>=2 && n%10<=4 ? 1 : 2);\\n"

msgid "a"
msgstr "first"

msgid "book"
msgid_plural "book"
msgstr[0] "книга"
msgstr[1] "книги"
msgstr[2] "книг"

msgid "bookmark"
msgstr "закладка"
"""


def compiled(text: str) -> bytes:
    return made(text.encode())


@pytest.mark.parametrize("language", languages())
def test_each_message_is_the_one_that_gettext_finds(language: str) -> None:
    data = made((LOCALES / language / "LC_MESSAGES" / "khata.po").read_bytes())
    ours, theirs = Catalog(data), GNUTranslations(BytesIO(data))
    known = theirs._catalog  # type: ignore[attr-defined]
    for key, text in known.items():
        if isinstance(key, tuple):
            assert {ours.form(key[0], n) == text for n in range(200) if ours.plural(n) == key[1]} == {True}
            assert ours.one(key[0]) == theirs.ngettext(key[0], key[0], 1)
        elif key:
            assert ours.one(key) == text
            assert ours.form(key, 2) is None
    assert len(known) > 400


@pytest.mark.parametrize("key", ["", "0", "a.", "a", "zzz", "book\0book", "₹"])
def test_a_key_that_is_not_there_has_no_text(key: str) -> None:
    catalog = Catalog(compiled(RUSSIAN.replace('msgid "a"', 'msgid "b"')))
    assert (catalog.one(key) if key else None) is None
    assert catalog.form(key, 1) is None


def test_three_forms_are_chosen_as_the_head_says() -> None:
    catalog = Catalog(compiled(RUSSIAN))
    assert [catalog.form("book", n) for n in (1, 2, 5, 11, 21)] == ["книга", "книги", "книг", "книга", "книга"]
    assert (catalog.one("book"), catalog.one("bookmark"), catalog.one("a")) == ("книга", "закладка", "first")


def test_without_a_rule_one_is_one_and_all_else_is_many() -> None:
    catalog = Catalog(compiled('msgid "a.b"\nmsgid_plural "a.b"\nmsgstr[0] "book"\nmsgstr[1] "books"\n'))
    assert [catalog.form("a.b", n) for n in (0, 1, 2)] == ["books", "book", "books"]


@pytest.mark.parametrize("cut", [0, 3, 12, 20, 60, -2])
def test_a_file_that_is_cut_off_is_none(cut: int) -> None:
    with pytest.raises(OSError, match="catalog"):
        Catalog(compiled(RUSSIAN)[:cut])


@pytest.mark.parametrize("data", [b"x" * 200, b"\0" * 200])
def test_something_else_is_none(data: bytes) -> None:
    with pytest.raises(OSError, match="catalog"):
        Catalog(data)


def test_a_file_made_on_a_machine_of_the_other_byte_order_is_read() -> None:
    little = compiled(RUSSIAN)
    head = unpack_from("<7I", little)
    count, keys, texts = head[2:5]
    other = bytearray(little)
    other[:28] = pack(">7I", *head)
    for table in (keys, texts):
        other[table : table + 8 * count] = pack(f">{2 * count}I", *unpack_from(f"<{2 * count}I", little, table))
    assert Catalog(bytes(other)).form("book", 5) == "книг"
