"""What an attacker tries, and the evidence that should catch it: each fails where that evidence is left out."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from khata.log.chain import leaf
from tests.cli.conftest import Counter
from tests.evidence.workshop import Change, Workshop, amount_of

ALL = {"saved checkpoint", "customer's proof", "witness"}


def swapped(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for key in ("kind", "data", "id"):
        entries[2][key], entries[3][key] = entries[3][key], entries[2][key]
    return entries


def test_an_honest_book_is_caught_by_nothing(workshop: Workshop) -> None:
    assert workshop.chain_alone()
    assert workshop.caught_by() == set()
    assert workshop.cosign("second") == 0


@pytest.mark.parametrize(
    ("change", "caught"),
    [
        (amount_of(4, 9_000), ALL),
        (amount_of(6, 100), ALL),
        (swapped, ALL),
        (lambda entries: entries[:5], ALL),
        (lambda entries: entries[:4], ALL),
    ],
    ids=["a payment", "a sale", "two entries swapped", "the end cut off", "more of it"],
)
def test_who_chains_everything_anew_is_caught_by_what_has_left_the_shop(
    workshop: Workshop, change: Change, caught: set[str]
) -> None:
    workshop.rewrite(change)
    assert workshop.chain_alone()  # the chain says nothing against its owner
    assert workshop.caught_by() == caught


def test_what_came_after_the_last_signature_can_be_written_anew(workshop: Workshop) -> None:
    """What nobody has seen nobody can tell: that is why `verify` says up to where somebody has."""
    workshop.rewrite(amount_of(8, 1))
    assert workshop.chain_alone()
    assert workshop.caught_by() == set()


def test_an_old_backup_that_is_put_back_is_caught_by_the_witness_and_the_checkpoint(workshop: Workshop) -> None:
    workshop.well(workshop.shop, "backup", workshop.file("usb"))
    (old,) = Path(workshop.file("usb")).glob("*.khata")
    workshop.well(workshop.shop, "sale", "ramesh", "7")
    assert workshop.cosign("second") == 0
    workshop.well(workshop.shop, "checkpoint", "-o", workshop.file("later.checkpoint"))
    shutil.copy(old, workshop.book)
    workshop.forget()
    assert workshop.chain_alone()
    assert workshop.shop("verify", "--against", workshop.file("later.checkpoint")).code == 1
    assert workshop.shop("verify", "--against", workshop.file("saved.checkpoint")).code == 0
    workshop.well(workshop.shop, "witness", "request", "--old", "7", "-o", workshop.file("old.request"))
    refused = workshop.ca("witness", "sign", workshop.file("old.request"), "--json")
    assert (refused.refused, refused.envelope["refused"]["facts"]["status"]) == ("witness_conflict", 409)


def test_who_chains_the_copy_on_the_stick_anew_too_is_caught_by_the_checkpoint_beside_it(workshop: Workshop) -> None:
    usb = Path(workshop.file("usb"))
    workshop.well(workshop.shop, "backup", str(usb))
    (copy,) = usb.glob("*.khata")
    workshop.rewrite(amount_of(8, 1))
    shutil.copy(workshop.book, copy)
    assert workshop.shop("verify", "--against", str(copy)).code == 0
    assert workshop.shop("verify", "--against", str(usb)).code == 1


def test_a_book_with_two_futures_gets_one_of_them_signed(workshop: Workshop, tmp_path: Path) -> None:
    """What immudb's clients did not notice (CVE-2022-36111): a server that shows each of two people another history."""
    other = tmp_path / "other"
    shutil.copytree(workshop.shop.home, other)
    workshop.well(workshop.shop, "sale", "ramesh", "7")
    twin = Counter(other)
    (copy,) = (other / "Khata").glob("*.khata")
    twin("sale", "ramesh", "9", "--book", str(copy))
    assert workshop.cosign("second") == 0
    workshop.well(twin, "witness", "request", "-o", workshop.file("twin.request"), "--book", str(copy))
    refused = workshop.ca("witness", "sign", workshop.file("twin.request"), "--json")
    assert refused.refused == "witness_conflict"
    workshop.well(twin, "witness", "request", "--old", "9", "-o", workshop.file("twin8.request"), "--book", str(copy))
    refused = workshop.ca("witness", "sign", workshop.file("twin8.request"), "--json")
    assert (refused.refused, refused.envelope["refused"]["facts"]["status"]) == ("witness_fork", 422)
    # And the two customers who hold a proof from each side need no witness: their files contradict each other's book.
    workshop.well(twin, "proof", "9", "-o", workshop.file("twin.tlog-proof"), "--book", str(copy))
    found = workshop.shop("verify", "--against", workshop.file("twin.tlog-proof"), "--json").data["against"][0]
    assert (found["relation"], found["fork"]["entry"]) == ("fork", 9)


def test_a_stolen_key_signs_nothing_that_the_witness_takes(workshop: Workshop, tmp_path: Path) -> None:
    thief = Counter(tmp_path / "thief")
    shutil.copytree(workshop.shop.home / ".local" / "share", thief.home / ".local" / "share")
    workshop.rewrite(amount_of(4, 9_000))
    copy = Path(shutil.copy(workshop.book, workshop.file("stolen.khata")))
    workshop.well(thief, "witness", "request", "--old", "7", "-o", workshop.file("thief.request"), "--book", str(copy))
    assert workshop.ca("witness", "sign", workshop.file("thief.request"), "--json").refused == "witness_fork"


def test_a_name_that_was_changed_is_found_by_its_commitment(workshop: Workshop) -> None:
    with closing(sqlite3.connect(workshop.book, isolation_level=None)) as connection:
        connection.execute("UPDATE detail SET body = ? WHERE entry = 2", (b'{"name":"Suresh"}',))
    workshop.forget()
    assert workshop.shop("verify").code == 1


@pytest.mark.wide
@pytest.mark.parametrize("place", range(0, 1400, 37))
def test_a_proof_of_which_one_sign_is_changed_does_not_hold(workshop: Workshop, place: int) -> None:
    """But for what nobody vouches for: where the excerpt is written another way and says the same."""
    proof = Path(workshop.file("4.tlog-proof"))
    text = proof.read_text(encoding="utf-8")
    at = place % len(text)
    other = "B" if text[at] != "B" else "C"
    changed = workshop.files / "changed.tlog-proof"
    changed.write_text(text[:at] + other + text[at + 1 :], encoding="utf-8")
    answer = workshop.customer("verify-proof", str(changed), "--json")
    assert (answer.code, answer.data["result"]) == (1, "does_not_hold")


def test_the_proof_of_another_customer_does_not_pass_for_ones_own(workshop: Workshop) -> None:
    workshop.well(workshop.shop, "proof", "6", "-o", workshop.file("6.tlog-proof"))
    workshop.well(workshop.shop, "proof", "5", "-o", workshop.file("5.tlog-proof"))
    said = workshop.customer("verify-proof", workshop.file("6.tlog-proof"), "--json").data
    assert (said["entry"]["entry"], said["name"]) == (6, "Sita")
    text = Path(workshop.file("6.tlog-proof")).read_text(encoding="utf-8")
    lines = Path(workshop.file("4.tlog-proof")).read_text(encoding="utf-8").splitlines()
    mixed = "\n".join([text.splitlines()[0], lines[1], *text.splitlines()[2:]]) + "\n"
    Path(workshop.file("mixed.tlog-proof")).write_text(mixed, encoding="utf-8")
    assert workshop.customer("verify-proof", workshop.file("mixed.tlog-proof")).code == 1


def test_a_key_that_was_given_must_have_signed(workshop: Workshop) -> None:
    proof = workshop.file("4.tlog-proof")
    key = workshop.shop("key", "export", "--json").data["key"]
    witness = workshop.ca("witness", "init", "--json").data["key"]
    said = workshop.customer("verify-proof", proof, "--key", key, "--key", witness, "--json")
    assert (said.code, said.data["own_key"], [each["name"] for each in said.data["witnesses"]]) == (
        0,
        False,
        ["mehta-ca"],
    )
    workshop.well(workshop.customer, "init", "Another")
    other = workshop.customer("key", "export", "--json").data["key"]
    assert workshop.customer("verify-proof", proof, "--key", other, "--json").data["why"] == "not_signed"
    stranger = Counter(workshop.files / "stranger")
    stranger_key = stranger("witness", "init", "--name", "somebody", "--json").data["key"]
    answer = workshop.customer("verify-proof", proof, "--key", key, "--key", stranger_key, "--json")
    assert answer.data["why"] == "not_witnessed"


def test_an_answer_that_is_played_again_protects_nothing_new(workshop: Workshop) -> None:
    workshop.rewrite(amount_of(4, 9_000))
    workshop.well(workshop.shop, "checkpoint", "-o", workshop.file("rewritten.checkpoint"))
    assert workshop.shop("witness", "add", workshop.file("first.answer"), "--json").refused == "not_ours"
    assert workshop.shop("verify", "--json").data["protected_upto"] == 0


def test_a_witness_that_lost_its_file_is_not_taken_for_one_that_never_signed(workshop: Workshop) -> None:
    (shops,) = (workshop.ca.home / ".local" / "share" / "khata" / "witness").glob("shops")
    for content in (b"", b"\xff", b"nonsense\n"):
        shops.write_bytes(content)
        asked = workshop.file(f"again{len(content)}.request")
        workshop.well(workshop.shop, "witness", "request", "--old", "0", "-o", asked)
        assert workshop.ca("witness", "sign", asked).code == 5


def test_the_witness_has_on_its_disk_what_it_signs_before_it_answers(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from khata.store import witnessed

    def no_room(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(witnessed, "replace_file", no_room)
    workshop.well(workshop.shop, "witness", "request", "-o", workshop.file("full.request"))
    answer = workshop.ca("witness", "sign", workshop.file("full.request"), "-o", workshop.file("full.answer"))
    assert answer.code == 5
    assert not Path(workshop.file("full.answer")).exists()


def test_hundreds_of_shops_are_one_small_file(tmp_path: Path) -> None:
    from khata.store.witnessed import SeenFile, SignedLast
    from tests.log.test_notes import Own

    file = SeenFile(tmp_path / "shops")
    for number in range(300):
        key = Own(f"khata/{number:032x}").key
        file.note(SignedLast(key, number + 1, leaf(b"%d" % number), 1_800_000_000))
    assert len(file.read()) == 300
    assert (tmp_path / "shops").stat().st_size < 100_000


def test_a_first_signature_asks_for_no_proof_and_takes_none(workshop: Workshop, tmp_path: Path) -> None:
    new = Counter(tmp_path / "new")
    workshop.well(new, "witness", "init", "--name", "new")
    asked = Path(workshop.file("first.request"))
    padded = asked.read_text(encoding="utf-8").replace("old 0\n", f"old 0\n{'A' * 43}=\n", 1)
    Path(workshop.file("padded.request")).write_text(padded, encoding="utf-8")
    assert new("witness", "sign", workshop.file("padded.request"), "--json").refused == "witness_bad_request"
    assert new("witness", "sign", str(asked)).code == 0


def test_the_short_form_on_a_receipt_holds_the_shop_to_that_entry(workshop: Workshop) -> None:
    text = workshop.shop("proof", "4", "--qr", "--json").data["qr"]
    assert len(text) < 300
    receipt = Path(workshop.file("receipt"))
    receipt.write_text(text + "\n", encoding="utf-8")
    key = workshop.shop("key", "export", "--json").data["key"]
    assert workshop.customer("verify-proof", str(receipt), "--json").data["why"] == "no_key"
    said = workshop.customer("verify-proof", str(receipt), "--key", key, "--json")
    assert (said.code, said.data["claimed"], said.data["entry"]) == (0, 4, None)
    assert workshop.shop("verify", "--against", str(receipt)).code == 0
    workshop.rewrite(amount_of(4, 9_000))
    found = workshop.shop("verify", "--against", str(receipt), "--json").data["against"][0]
    assert (found["relation"], found["fork"]["entry"]) == ("fork", 4)


@pytest.mark.wide
@pytest.mark.parametrize("place", range(0, 290, 7))
def test_a_short_form_of_which_one_sign_is_changed_does_not_hold(workshop: Workshop, place: int) -> None:
    text = workshop.shop("proof", "4", "--qr", "--json").data["qr"]
    key = workshop.shop("key", "export", "--json").data["key"]
    at = place % len(text)
    other = "A" if text[at] != "A" else "B"
    changed = Path(workshop.file("changed"))
    changed.write_text(text[:at] + other + text[at + 1 :], encoding="utf-8")
    assert workshop.customer("verify-proof", str(changed), "--key", key).code == 1


def test_a_picture_of_it_is_made_and_nothing_else(workshop: Workshop) -> None:
    for ending, begin in ((".svg", b"<?xml"), (".png", b"\x89PNG")):
        workshop.well(workshop.shop, "proof", "4", "--qr", "-o", workshop.file("receipt" + ending))
        assert Path(workshop.file("receipt" + ending)).read_bytes().startswith(begin)
    assert workshop.shop("proof", "4", "--qr", "-o", workshop.file("receipt.txt"), "--json").refused == "unknown_format"


def test_a_policy_says_whose_signatures_are_wanted(workshop: Workshop) -> None:
    proof, policy = workshop.file("4.tlog-proof"), Path(workshop.file("policy"))
    key = workshop.shop("key", "export", "--json").data["key"]
    witness = workshop.ca("witness", "init", "--json").data["key"]
    other = Counter(workshop.files / "other")("witness", "init", "--name", "other", "--json").data["key"]
    lines = [f"log {key}", f"witness mehta {witness}", f"witness other {other}"]

    def held(quorum: str) -> int:
        policy.write_text("\n".join([*lines, quorum, ""]), encoding="utf-8")
        return workshop.customer("verify-proof", proof, "--policy", str(policy), "--json").code

    assert held("quorum mehta") == 0
    assert held("group either any mehta other\nquorum either") == 0
    assert held("quorum other") == 1
    assert held("quorum nobody") == 2
    lines[0] = f"log {key.replace('+A', '+B', 1)}"
    assert held("quorum none") == 2
