"""Khata's own reader of proofs, given all that the two others are given; and proofs that are packed."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from khata.log import packed as packing
from khata.log.note import LONGEST, NoteError, read_key
from khata.log.packed import SMALL, begin, packed, unpacked
from khata.verifying.proofs import ProofFault, hold, read
from tests.evidence.made import GOOD, LARGE, OTHER_BOOK, OTHER_KEY, OWES, SALE, Sample
from tests.evidence.tampered import TAMPERED
from tests.evidence.test_verify_py import is_book
from tests.evidence.workshop import Workshop

LEFT = frozenset(
    (
        "one of two keys is of another book",  # any of the shop's keys may have signed: it may have changed it
        "an entry, a key that is none, the shop's key",  # the file's own is not asked then
        "a statement, a key that is none, the shop's key",
        "a balance, a key that is none, the shop's key",
        "an entry, another customer is there too",
        "an entry, another entry of the customer is there too",
        "an entry, an entry of nobody is there too",
        "an entry, a customer of an entry of nobody",
        "the shop's own, an entry with a link to nowhere",
        "the shop's own, an entry that cancels what moved no money",
        "the shop's own, a first entry that follows another",
        "a statement, a customer twice",
    )
)
"""What the page refuses besides: only the shop could have made it, and what is shown of it is what was signed."""


def held(sample: Sample) -> bool:
    """Whether a file holds with the keys of its sample."""
    given = sample.files[0] if sample.files else b""
    try:
        hold(read(given if isinstance(given, bytes) else given.encode()), [read_key(key) for key in sample.keys])
    except (NoteError, ProofFault):
        return False
    return True


def test_what_holds_is_said_to_hold() -> None:
    assert [sample.name for sample in GOOD if not is_book(sample) and not held(sample)] == []


def test_what_was_changed_does_not_hold() -> None:
    holding = {sample.name for sample in TAMPERED if not is_book(sample) and held(sample)}
    assert {name if name in LEFT else name.removesuffix(", the shop's key") for name in holding} == LEFT


def test_another_key_is_named_where_the_proof_brings_it_along(workshop: Workshop) -> None:
    """A shop that changed its key is no forger."""
    old = workshop.shop("key", "export").out.strip()
    workshop.well(workshop.shop, "key", "rotate")
    workshop.well(workshop.shop, "sale", "ramesh", "7")
    new = workshop.shop("key", "export").out.strip()
    entry = str(len(workshop.entries()))
    for number, words in enumerate((("proof", entry), ("proof", "--statement", "ramesh"), ("checkpoint",))):
        file = workshop.file(f"new {number}")
        workshop.well(workshop.shop, *words, "-o", file)
        said = workshop.customer("verify-proof", file, "--key", old, "--json")
        assert (said.code, said.data["result"]) == (1, "does_not_hold")
        brought = {"why": "other_key", "key": new} if number < 2 else {"why": "not_signed", "key": None}
        assert {"why": said.data["why"], "key": said.data["facts"].get("key")} == brought
    for sample in (replace(SALE, key=str(OTHER_KEY)), replace(SALE, key=str(OTHER_BOOK))):  # nobody signed with those
        with pytest.raises(ProofFault) as fault:
            hold(read(sample.text().encode()), [read_key(str(OTHER_KEY))])
        assert fault.value.code == "not_signed"


def test_the_proof_of_a_balance_in_a_large_book_has_at_most_2_kb() -> None:
    assert SMALL == 2048
    assert len(LARGE.text()) > SMALL
    assert len(packed(LARGE.text())) <= SMALL
    assert unpacked(packed(LARGE.text())) == LARGE.text().encode()


def test_a_small_one_stays_a_text() -> None:
    assert packed(OWES.text()) == OWES.text().encode()
    assert packed("x" * SMALL) == b"x" * SMALL
    assert packed("x" * SMALL + "y").startswith(b"\x1f\x8b")


def test_what_is_packed_has_an_end() -> None:
    most = LONGEST
    assert unpacked(gzip.compress(b"x" * most)) == b"x" * most
    for content in (gzip.compress(b"x" * (most + 1)), gzip.compress(b"x" * (64 * most)), packed("x" * 9999) + b"\0"):
        with pytest.raises(NoteError, match="not_a_proof"):
            unpacked(content)


def test_its_begin_is_read_of_the_first_bytes() -> None:
    content = gzip.compress(LARGE.text().encode())
    assert begin(content[:1000], 20) == LARGE.text().encode()[:20]
    assert begin(b"\x1f\x8b no, it is not packed", 20) == b""
    assert begin(b"a text", 20) == b"a text"


def test_a_packed_proof_is_read_by_every_command(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "SMALL", 100)
    folder = tmp_path / "kept"
    folder.mkdir()
    file = str(folder / "ramesh.balance")
    workshop.well(workshop.shop, "proof", "--balance", "ramesh", "-o", file)
    assert Path(file).read_bytes().startswith(b"\x1f\x8b")
    assert workshop.customer("verify-proof", file, "--json").data["balance"]["balance_paise"] == 41_500
    for against in (file, str(folder)):
        found = workshop.shop("verify", "--against", against, "--json").data
        assert found["against"][0]["result"] == "ok", against
        assert found["result"] == "unbroken", found
    workshop.well(workshop.shop, "proof", "3", "-o", workshop.file("entry"))
    assert Path(workshop.file("entry")).read_text(encoding="utf-8").startswith("c2sp.org/")
    shown = workshop.shop("proof", "--balance", "ramesh", "-o", "-").out
    assert shown.startswith("khata/balance-proof@v1\n")
