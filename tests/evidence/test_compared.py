"""What is no word against a sound book: whose signature it has not, and what was given up. And what is one."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from khata.log import note as notes
from khata.verifying.proofs import ProofFault, hold, read
from tests.evidence.made import STATEMENT, THE_BOOK, proof
from tests.evidence.workshop import Workshop, amount_of


def compared(workshop: Workshop, file: str) -> tuple[int, str, dict[str, Any]]:
    answer = workshop.shop("verify", "--against", file, "--json")
    return answer.code, answer.data["result"], answer.data["against"][0]


@pytest.mark.parametrize("size", [3, 50_000])
def test_what_nobody_signed_says_nothing_of_a_book(workshop: Workshop, size: int) -> None:
    text = Path(workshop.file("saved.checkpoint")).read_text(encoding="utf-8")
    origin = text.split("\n")[0]
    Path(workshop.file("junk")).write_text(f"{origin}\n{size}\n{'A' * 43}=\n\n— nobody {'A' * 96}\n", encoding="utf-8")
    code, result, found = compared(workshop, workshop.file("junk"))
    assert (code, result, found["result"], found["why"]) == (0, "unbroken", "not_checked", "unsigned")


def test_whoever_signs_in_the_name_of_the_shops_key_says_nothing_of_its_book(workshop: Workshop) -> None:
    lines = Path(workshop.file("saved.checkpoint")).read_text(encoding="utf-8").split("\n")
    lines[1] = "6"
    Path(workshop.file("junk")).write_text("\n".join(lines), encoding="utf-8")
    code, result, found = compared(workshop, workshop.file("junk"))
    assert (code, result, found["why"]) == (1, "unbroken", "forged")
    assert "NOT COMPARED" in workshop.shop("verify", "--against", workshop.file("junk")).out


def test_a_replaced_key_does_not_make_a_book_shorter(workshop: Workshop) -> None:
    from khata.log.checkpoint import Checkpoint
    from khata.log.note import Note, sign
    from khata.store.keys import read_key_file

    (pem,) = (workshop.shop.home / ".local" / "share" / "khata" / "keys").glob("*.pem")
    shutil.copy(pem, workshop.file("stolen.pem"))
    workshop.well(workshop.shop, "key", "rotate")
    key = read_key_file(Path(workshop.file("stolen.pem")), f"khata/{workshop.entries()[0]['data']['book']}")
    assert key is not None
    text = Checkpoint(key.key.name, 5_000, b"r" * 32).text()
    Path(workshop.file("thief")).write_text(Note(text, (sign(text, key),)).encoded(), encoding="utf-8")
    code, result, found = compared(workshop, workshop.file("thief"))
    assert (code, result, found["why"]) == (1, "unbroken", "revoked")


def test_a_receipt_that_was_changed_with_a_pen_accuses_nobody(workshop: Workshop) -> None:
    text = workshop.shop("proof", "4", "--qr", "--json").data["qr"]
    Path(workshop.file("pen")).write_text(text.replace(":4:", ":5:", 1), encoding="utf-8")
    key = workshop.shop("key", "export", "--json").data["key"]
    assert workshop.customer("verify-proof", workshop.file("pen"), "--key", key, "--json").code == 1
    code, result, found = compared(workshop, workshop.file("pen"))
    assert (code, result, found["why"]) == (1, "unbroken", "forged")


def test_a_receipt_of_another_machine_is_not_compared_where_the_key_is_not_known(workshop: Workshop) -> None:
    text = workshop.shop("proof", "4", "--qr", "--json").data["qr"]
    Path(workshop.file("receipt")).write_text(text, encoding="utf-8")
    asked = workshop.customer("verify", "--book", str(workshop.book), "--against", workshop.file("receipt"), "--json")
    assert (asked.code, asked.data["against"][0]["why"]) == (0, "unknown_key")


def test_a_proof_of_a_copy_that_was_given_up_is_no_word_against_the_book(workshop: Workshop) -> None:
    shutil.copy(workshop.book, workshop.file("backup"))
    workshop.well(workshop.shop, "sale", "ramesh", "77")
    workshop.well(workshop.shop, "proof", "9", "-o", workshop.file("lost.tlog-proof"))
    shutil.copy(workshop.file("backup"), workshop.book)
    assert compared(workshop, workshop.file("lost.tlog-proof"))[2]["relation"] == "behind"
    workshop.well(workshop.shop, "adopt", "--reason", "laptop broke")
    code, result, found = compared(workshop, workshop.file("lost.tlog-proof"))
    assert (code, result, found["result"], found["why"]) == (0, "unbroken", "not_checked", "given_up")
    workshop.rewrite(amount_of(4, 9_000))  # what was there before the copies parted is given up by nothing
    assert compared(workshop, workshop.file("4.tlog-proof"))[2]["relation"] == "fork"


def test_a_stranger_who_contradicts_a_book_is_called_one(workshop: Workshop) -> None:
    """It may be anybody; it may be the shop's own key, from before everything was written anew."""
    other = workshop.file("8.checkpoint")
    workshop.well(workshop.shop, "checkpoint", "-o", other)
    shutil.rmtree(workshop.shop.home / ".local" / "share" / "khata" / "keys")
    workshop.rewrite(amount_of(4, 9_000))
    workshop.well(workshop.shop, "checkpoint", "--yes")
    answer = workshop.shop("verify", "--against", other)
    assert answer.code == 1
    assert "unknown to this book" in " ".join(answer.out.split())


def test_the_accountant_who_signed_notices_a_book_that_was_rewritten(workshop: Workshop) -> None:
    asked = ("verify", "--book", str(workshop.book), "--json")
    assert workshop.ca(*asked).data["against"][0]["relation"] == "ahead"
    workshop.rewrite(amount_of(4, 9_000))
    answer = workshop.ca(*asked)
    assert (answer.code, answer.data["result"]) == (1, "broken")
    assert answer.data["against"][0]["relation"] == "fork"
    assert workshop.customer(*asked).code == 0  # who signed nothing knows nothing


def test_a_checkpoint_without_a_key_is_not_called_bad(workshop: Workshop) -> None:
    answer = workshop.customer("verify-proof", workshop.file("saved.checkpoint"), "--json")
    assert (answer.code, answer.data["result"], answer.data["why"]) == (2, "not_known", "no_key")


def test_a_statement_of_two_customers_names_both() -> None:
    found = hold(read(proof(THE_BOOK, STATEMENT, (2, 3, 5, 6)).text().encode()))
    assert [each.recorded.seq for each in (found.party, *found.others) if each is not None] == [2, 5]
    assert hold(read(proof(THE_BOOK, STATEMENT, (2, 3)).text().encode())).others == ()


def test_an_entry_does_not_belong_to_who_was_declared_after_it() -> None:
    with pytest.raises(ProofFault, match="party"):
        hold(read(proof(THE_BOOK, STATEMENT, (6,)).text().encode()))


def test_a_proof_that_nobody_would_read_is_not_given_out(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "LONGEST", 500)
    answer = workshop.shop("proof", "--statement", "ramesh", "-o", workshop.file("long"), "--json")
    assert (answer.code, answer.refused, Path(workshop.file("long")).exists()) == (2, "proof_too_long", False)


@pytest.mark.parametrize("what", [("--statement", "ramesh"), ("--balance", "ramesh")])
def test_what_has_no_short_form_is_refused(workshop: Workshop, what: tuple[str, str]) -> None:
    answer = workshop.shop("proof", *what, "--qr", "--json")
    assert (answer.code, answer.refused) == (2, "misused")


def test_what_shows_the_change_later_does_not_make_the_changed_entry_hold(workshop: Workshop) -> None:
    """A sealed balance in entry 10 disagrees; entry 4 is what was changed, and signed before."""
    workshop.well(workshop.shop, "proof", "--balance", "ramesh", "-o", workshop.file("balance"))
    workshop.rewrite(amount_of(4, 9_000), forget=False)
    found = workshop.shop("verify", "--json").data
    checks = {each["check"]: each["result"] for each in found["checks"] if each["check"] != "against"}
    assert (found["first_bad_entry"], checks["checkpoint"]) == (10, "bad")
    assert found["holds_upto"] < 4
    said = workshop.shop("verify", "--against", workshop.file("4.tlog-proof"), "--json").data
    assert said["holds_upto"] < 4
    assert (
        "first different entry: 4"
        in workshop.shop("verify", "--against", workshop.file("4.tlog-proof")).out.split("BROKEN")[-1]
    )
    assert "Change after signing" in workshop.shop("verify").out.replace("\n", " ").split("BROKEN")[-1]


@pytest.mark.parametrize(("where", "code"), [(".", 5), ("", 5), ("folder", 2)])
def test_a_folder_is_no_place_for_an_answer_and_nothing_is_recorded_for_it(
    workshop: Workshop, where: str, code: int
) -> None:
    Path(workshop.file("folder")).mkdir()
    before = len(workshop.entries())
    to = workshop.file(where) if where == "folder" else where
    answer = workshop.shop("proof", "--balance", "ramesh", "-o", to, "--json")
    assert (answer.code, len(workshop.entries())) == (code, before)
    assert workshop.shop("checkpoint", "-o", to).code == code


def test_a_balance_says_that_it_was_sealed_for_this(workshop: Workshop) -> None:
    said = workshop.shop("proof", "--balance", "ramesh", "-o", workshop.file("first"))
    assert "seal on everybody's balance: entry 10" in said.err
    assert workshop.shop("proof", "--balance", "sita", "-o", workshop.file("second")).err == ""


def test_the_proof_of_a_cancelled_entry_says_so_to_the_shop(workshop: Workshop) -> None:
    workshop.well(workshop.shop, "reverse", "4")
    said = workshop.shop("proof", "4", "-o", workshop.file("cancelled"))
    assert (said.code, "Entry 4: cancelled. See entry 9." in said.err) == (0, True)


def test_a_new_key_signs_nothing_that_the_one_before_it_would_not(workshop: Workshop) -> None:
    workshop.well(workshop.shop, "checkpoint")
    workshop.rewrite(amount_of(4, 9_000), forget=False)
    workshop.shop("sale", "ramesh", "1")
    workshop.shop("adopt", "--reason", "the counter's copy is right")
    workshop.shop("key", "rotate")
    answer = workshop.shop("checkpoint", "-o", workshop.file("washed"))
    assert (answer.code, Path(workshop.file("washed")).exists()) == (1, False)
    assert "Signed up to: entry 7" in answer.err  # the witness saw that, too


def test_after_another_copy_went_on_an_adoption_gives_up_what_the_shop_alone_signed(workshop: Workshop) -> None:
    """The lost entry 9 was signed here; the copy that goes on has an entry 9 of its own, and more."""
    shutil.copy(workshop.book, workshop.file("backup"))
    workshop.well(workshop.shop, "sale", "ramesh", "77")
    workshop.well(workshop.shop, "checkpoint")
    shutil.copy(workshop.file("backup"), workshop.book)
    for amount in ("1", "2", "3"):
        asked = ("sale", "ramesh", amount, "--event-id", amount * 32, "--book", str(workshop.book))
        workshop.well(workshop.customer, *asked)
    workshop.well(workshop.shop, "adopt", "--reason", "laptop broke")
    assert workshop.shop("verify", "--json").data["result"] == "unbroken"
    assert "To begin a new key: khata key rotate" in workshop.shop("checkpoint").err
    workshop.well(workshop.shop, "key", "rotate")
    workshop.well(workshop.shop, "checkpoint")
    assert workshop.shop("verify", "--json").data["result"] == "unbroken"


def test_what_was_given_up_stays_so_when_the_book_that_said_it_is_lost_too(workshop: Workshop) -> None:
    shutil.copy(workshop.book, workshop.file("backup"))
    for amount in ("77", "78", "79"):
        workshop.well(workshop.shop, "sale", "ramesh", amount)
    workshop.well(workshop.shop, "checkpoint")
    for _ in range(2):  # the second adoption gives up entry 9, the first one
        shutil.copy(workshop.file("backup"), workshop.book)
        assert workshop.shop("verify", "--json").data["result"] == "broken"
        workshop.well(workshop.shop, "adopt", "--reason", "laptop broke")
        assert workshop.shop("verify", "--json").data["result"] == "unbroken"
    workshop.rewrite(amount_of(4, 9_000), forget=False)
    assert workshop.shop("verify", "--json").data["checks"][-1]["result"] == "bad"
