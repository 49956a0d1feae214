"""Keys that change, and balances that are sealed: what holds, and what an attacker tries with them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from khata.log.chain import leaf
from tests.cli.conftest import Counter
from tests.evidence.workshop import Workshop, amount_of

# --- keys that change


def test_after_a_rotation_the_new_key_signs_and_the_old_ones_checkpoints_still_hold(workshop: Workshop) -> None:
    before = workshop.shop("key", "export", "--json").data["key"]
    workshop.well(workshop.shop, "key", "rotate")
    after = workshop.shop("key", "export", "--json").data["key"]
    assert before != after
    workshop.well(workshop.shop, "checkpoint", "-o", workshop.file("after.checkpoint"))
    verdict = workshop.shop("verify", "--json").data
    assert (verdict["result"], verdict["signed_upto"], verdict["protected_upto"]) == ("unbroken", 10, 7)
    workshop.well(workshop.shop, "proof", "9", "-o", workshop.file("9.tlog-proof"))
    assert workshop.customer("verify-proof", workshop.file("9.tlog-proof"), "--key", before, "--json").code == 1
    assert workshop.customer("verify-proof", workshop.file("9.tlog-proof"), "--key", after, "--json").code == 0


def test_the_witness_takes_a_new_key_only_when_it_is_told(workshop: Workshop) -> None:
    workshop.well(workshop.shop, "key", "rotate")
    asked = workshop.file("rotated.request")
    workshop.well(workshop.shop, "witness", "request", "-o", asked)
    assert workshop.ca("witness", "sign", asked, "--json").refused == "witness_wrong_key"
    key = workshop.shop("key", "export", "--json").data["key"]
    assert workshop.ca("witness", "sign", asked, "--key", key).code == 0
    assert workshop.ca("witness", "list", "--json").data["shops"][0]["key"] == key


@pytest.mark.parametrize("how", [("rotate",), ("lost", "--reason", "stolen")])
def test_a_signature_of_a_key_that_was_replaced_is_none(workshop: Workshop, how: tuple[str, ...]) -> None:
    """The thief still has the old key, and signs the book as it is now."""
    workshop.well(workshop.shop, "checkpoint")
    (pem,) = (workshop.shop.home / ".local" / "share" / "khata" / "keys").glob("*.pem")
    stolen = pem.read_bytes()
    workshop.well(workshop.shop, "key", *how)
    workshop.well(workshop.shop, "sale", "ramesh", "5")
    kept = workshop.shop.home / "Khata" / "checkpoints"
    (folder,) = kept.iterdir()
    size = len(workshop.entries())
    signed_by(stolen, workshop, folder / f"{size:09d}.checkpoint")
    assert workshop.shop("verify", "--json").data["signed_upto"] == 8
    answer = workshop.shop("verify", "--against", str(folder / f"{size:09d}.checkpoint"), "--json")
    assert (answer.code, answer.data["against"][0]["why"]) == (1, "revoked")
    assert pem.read_bytes() != stolen


def signed_by(pem: bytes, workshop: Workshop, to: Path) -> None:
    """A checkpoint of the whole book by a key."""
    from khata.log.checkpoint import Checkpoint
    from khata.log.merkle import root_of
    from khata.log.note import Note, sign
    from khata.store.keys import read_key_file

    (to.parent / "stolen.pem").write_bytes(pem)
    book = workshop.entries()[0]["data"]["book"]
    key = read_key_file(to.parent / "stolen.pem", f"khata/{book}")
    assert key is not None
    with closing(sqlite3.connect(workshop.book)) as connection:
        leaves = [leaf(body) for (body,) in connection.execute("SELECT body FROM event ORDER BY seq")]
    text = Checkpoint(f"khata/{book}", len(leaves), root_of(leaves)).text()
    to.write_text(Note(text, (sign(text, key),)).encoded(), encoding="utf-8")


def test_a_rotation_that_the_old_key_did_not_sign_breaks_the_book(workshop: Workshop) -> None:
    workshop.well(workshop.shop, "key", "rotate")
    assert workshop.chain_alone()

    def forged(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        entries[-1]["data"]["signature"] = "AAAA" + entries[-1]["data"]["signature"][4:]
        return entries

    workshop.rewrite(forged)
    verdict = workshop.shop("verify", "--json")
    assert (verdict.code, [fault["code"] for fault in verdict.data["faults"]]) == (1, ["key_not_signed"])


def test_a_rotation_from_a_key_that_did_not_sign_breaks_the_book(workshop: Workshop) -> None:
    workshop.well(workshop.shop, "key", "rotate")
    workshop.well(workshop.shop, "key", "rotate")

    def skipped(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [*entries[:-2], entries[-1]]

    workshop.rewrite(skipped)
    assert workshop.chain_alone()  # it began with another key, and says so
    workshop.rewrite(lambda entries: [*entries, entries[-1] | {"id": "ab" * 16}])
    assert [fault["code"] for fault in workshop.shop("verify", "--json").data["faults"]] == ["key_not_current"]


def test_a_key_waits_until_the_book_names_it(workshop: Workshop) -> None:
    """Cut off between the entry and the key's file: the next command puts the key in its place."""
    from khata.store import keys

    (pem,) = (workshop.shop.home / ".local" / "share" / "khata" / "keys").glob("*.pem")
    old = pem.read_bytes()
    workshop.well(workshop.shop, "key", "rotate")
    new = pem.read_bytes()
    pem.write_bytes(old)
    workshop.well(workshop.shop, "checkpoint")
    assert pem.read_bytes() == new
    # And one that waits for an entry that was never made changes nothing.
    pem.with_suffix(".0123456789abcdef.pem").write_bytes(keys.PrivateKey("x", b"\5" * 32).pem())
    workshop.well(workshop.shop, "sale", "ramesh", "1")
    workshop.well(workshop.shop, "checkpoint")
    assert pem.read_bytes() == new


def test_a_key_comes_back_from_its_copy(workshop: Workshop, tmp_path: Path) -> None:
    workshop.well(workshop.shop, "key", "rotate")
    workshop.well(workshop.shop, "key", "backup", "-o", workshop.file("copy.pem"))
    assert Path(workshop.file("copy.pem")).stat().st_mode & 0o777 == 0o600
    laptop = Counter(tmp_path / "laptop")
    copy = str(workshop.book)
    assert laptop("checkpoint", "--book", copy, "--json").refused == "key_not_here"
    workshop.well(laptop, "key", "restore", workshop.file("copy.pem"), "--book", copy)
    workshop.well(laptop, "checkpoint", "--book", copy)


# --- balances


def test_one_balance_is_proven_and_nobody_elses_is_seen(workshop: Workshop) -> None:
    workshop.well(workshop.shop, "proof", "--balance", "ramesh", "-o", workshop.file("ramesh.balance"))
    text = Path(workshop.file("ramesh.balance")).read_text(encoding="utf-8")
    assert len(text.encode()) <= 2048
    sita = next(each["id"] for each in workshop.entries() if each["data"].get("party") == 2)
    assert all(each not in text for each in ("Sita", "Ramesh", "70000", sita, '"party":2'))
    said = workshop.customer("verify-proof", workshop.file("ramesh.balance"), "--json").data
    ramesh = next(each["id"] for each in workshop.entries() if each["data"].get("party") == 1)
    assert (said["balance"]["party_id"], said["balance"]["balance_paise"]) == (ramesh, 41_500)
    assert said["balance"]["entry"] == 8
    assert workshop.shop("verify", "--json").data["result"] == "unbroken"


def test_a_balance_as_on_a_day_and_as_known_then(workshop: Workshop) -> None:
    workshop.well(workshop.shop, "sale", "ramesh", "99", "--on", "2026-11-20")
    file = workshop.file("then.balance")
    workshop.well(workshop.shop, "proof", "--balance", "ramesh", "--as-on", "2026-11-20", "-o", file)
    said = workshop.customer("verify-proof", file, "--json").data["balance"]
    assert (said["as_on"], said["balance_paise"], said["entry"]) == ("2026-11-20", 9_900, 9)
    file = workshop.file("known.balance")
    workshop.well(workshop.shop, "proof", "--balance", "ramesh", "--known-at", "4", "-o", file)
    said = workshop.customer("verify-proof", file, "--json").data["balance"]
    assert (said["balance_paise"], said["upto"]) == (35_000, 4)
    assert workshop.shop("verify", "--json").data["result"] == "unbroken"


def test_what_is_sealed_already_is_not_sealed_again(workshop: Workshop) -> None:
    workshop.well(workshop.shop, "proof", "--balance", "ramesh", "-o", workshop.file("1.balance"))
    size = len(workshop.entries())
    workshop.well(workshop.shop, "proof", "--balance", "sita", "-o", workshop.file("2.balance"))
    assert len(workshop.entries()) == size
    workshop.well(workshop.shop, "sale", "ramesh", "1")
    workshop.well(workshop.shop, "proof", "--balance", "sita", "-o", workshop.file("3.balance"))
    assert len(workshop.entries()) == size + 2


def test_two_khatas_of_one_person_are_one_leaf(workshop: Workshop) -> None:
    workshop.well(workshop.shop, "party", "merge", "ramesh", "sita")
    workshop.well(workshop.shop, "proof", "--balance", "sita", "-o", workshop.file("both.balance"))
    said = workshop.customer("verify-proof", workshop.file("both.balance"), "--json").data["balance"]
    assert said["balance_paise"] == 41_500 + 70_000
    assert workshop.shop("verify", "--json").data["result"] == "unbroken"


@pytest.mark.parametrize("cache", ["kept", "gone"])
def test_a_balance_that_was_sealed_wrong_breaks_the_book(workshop: Workshop, cache: str) -> None:
    """The shop seals what is not so: it shows the customer one balance, and the accountant another."""
    workshop.well(workshop.shop, "proof", "--balance", "ramesh", "-o", workshop.file("ramesh.balance"))
    workshop.rewrite(amount_of(8, 400))  # what the seal was made of; its own hash is made anew
    if cache == "kept":
        workshop.well(workshop.shop, "balance")
    verdict = workshop.shop("verify", "--json")
    assert (verdict.code, [fault["code"] for fault in verdict.data["faults"]]) == (1, ["sealed_differs"])
    assert verdict.data["first_bad_entry"] == len(workshop.entries())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"balance_paise":41500', '"balance_paise":1500'),
        ('"as_on":"2026-11-22","balance', '"as_on":"2026-11-21","balance'),
        ("index 0", "index 1"),
        ("index 1", "index 0"),
        ('"upto":8', '"upto":7'),
        ("\nparts\n", "\n"),
    ],
)
def test_a_proof_of_a_balance_that_was_changed_does_not_hold(workshop: Workshop, old: str, new: str) -> None:
    workshop.well(workshop.shop, "proof", "--balance", "ramesh", "-o", workshop.file("ramesh.balance"))
    text = Path(workshop.file("ramesh.balance")).read_text(encoding="utf-8")
    if old.startswith("index") and old not in text:
        return  # it is the other place
    assert old in text
    Path(workshop.file("changed.balance")).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert workshop.customer("verify-proof", workshop.file("changed.balance")).code == 1
