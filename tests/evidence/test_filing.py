"""Before a period is filed: every check is named, nothing that was not made passes in silence; and the certificate."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

import pytest

from tests.evidence.test_timestamps import Authority
from tests.evidence.workshop import Workshop, amount_of

FILING = ("verify", "--for-filing", "--period", "Nov")


def tiers(data: dict[str, object]) -> dict[str, str]:
    found = data["tiers"]
    assert isinstance(found, list)
    return {each["tier"]: each["result"] for each in found}


def test_a_book_of_which_nobody_outside_knows_is_partly_checked_and_says_what_was_not(workshop: Workshop) -> None:
    khata = workshop.customer
    workshop.well(khata, "init", "Gupta Kirana")
    workshop.well(khata, "sale", "Ramesh", "450", "--new")
    answer = khata(*FILING, "--json")
    assert (answer.code, answer.data["result"]) == (0, "partly")
    not_checked = {tier for tier, result in tiers(answer.data).items() if result == "not_checked"}
    assert not_checked >= {"witness", "timestamp", "against"}
    assert khata(*FILING, "--strict", "--json").code == 1
    shown = khata(*FILING).out
    assert "PARTLY" in shown
    assert "UNBROKEN" not in shown
    assert shown.count("NOT CHECKED") >= len(not_checked)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl here")
def test_a_book_that_everybody_vouches_for_is_checked(workshop: Workshop, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "authority")
    assert workshop.cosign("again") == 0
    workshop.well(workshop.shop, "checkpoint", "-o", workshop.file("now.checkpoint"))
    asked, answer = workshop.file("ask.tsq"), workshop.file("answer.tsr")
    workshop.well(workshop.shop, "timestamp", "request", "-o", asked)
    authority.answer(asked, answer)
    workshop.well(workshop.shop, "timestamp", "add", answer, "--ca", str(authority.certificate))
    filing = (*FILING[:-1], "22-11-2026")
    found = workshop.shop(*filing, "--against", workshop.file("now.checkpoint"), "--strict", "--json")
    assert (found.code, found.data["result"]) == (0, "unbroken")
    assert set(tiers(found.data).values()) == {"ok"}
    assert found.data["protected_upto"] == 8
    # One thing less, and it is not.
    for against, period, lacks in (
        ((), "22-11-2026", "against"),
        (("--against", workshop.file("saved.checkpoint")), "22-11-2026", "against"),
        (("--against", workshop.file("now.checkpoint")), "Nov", "period"),
    ):
        found = workshop.shop(*FILING[:-1], period, *against, "--strict", "--json")
        assert (found.code, found.data["result"]) == (1, "partly")
        assert [tier for tier, result in tiers(found.data).items() if result != "ok"] == [lacks]
    workshop.well(workshop.shop, "sale", "ramesh", "6")
    found = workshop.shop(*filing, "--against", workshop.file("now.checkpoint"), "--json")
    assert {tier for tier, result in tiers(found.data).items() if result == "not_checked"} == {
        *("checkpoint", "witness", "timestamp", "against")
    }


def test_what_was_typed_late_and_taken_back_and_locked_is_counted(workshop: Workshop) -> None:
    shop = workshop.shop
    workshop.well(shop, "sale", "ramesh", "20", "--on", "10-11-2026")
    workshop.well(shop, "sale", "ramesh", "21", "--on", "20-11-2026")
    workshop.well(shop, "reverse", "4", "--reason", "wrong")
    workshop.well(shop, "correct", "7", "65")
    data = shop("verify", "--for-filing", "--period", "10-11-2026", "--json").data
    assert (data["late_entries"], data["most_days_late"], data["period_entries"], data["locked"]) == (1, 12, 1, None)
    data = shop(*FILING, "--json").data
    assert data["late_entries"] == 2
    assert (data["edits"]["reversal"], data["edits"]["correction"]) == (1, 1)
    workshop.well(shop, "lock", "--upto", "20-11-2026")
    data = shop("verify", "--for-filing", "--period", "20-11-2026", "--json").data
    assert (data["locked"], data["entries_after_lock"]) == ("2026-11-20", 0)
    workshop.well(shop, "unlock", "--reason", "forgotten")
    workshop.well(shop, "sale", "ramesh", "22", "--on", "20-11-2026")
    data = shop("verify", "--for-filing", "--period", "20-11-2026", "--json").data
    assert (data["locked"], data["entries_after_lock"], data["late_entries"]) == (None, 1, 2)


def test_a_broken_book_is_broken_and_of_its_period_nothing_is_said(workshop: Workshop) -> None:
    workshop.rewrite(amount_of(3, 99900), forget=False)
    answer = workshop.shop(*FILING, "--against", workshop.file("saved.checkpoint"), "--json")
    assert (answer.code, answer.data["result"]) == (1, "broken")
    assert tiers(answer.data)["against"] == "bad"
    assert "BROKEN" in workshop.shop(*FILING).out
    assert workshop.shop("certificate", "--period", "Nov", "--json").refused == "not_certified"
    refused = workshop.shop("pack", "Nov", "-o", workshop.file("year.zip"), "--json")
    assert refused.refused == "not_certified"
    assert not Path(workshop.file("year.zip")).exists()


def test_of_a_folder_each_file_is_told_though_one_is_damaged(workshop: Workshop) -> None:
    saved = Path(workshop.file("saved.checkpoint"))
    folder = workshop.files / "given"
    folder.mkdir()
    shutil.copy(saved, folder / "good.checkpoint")
    (folder / "bad.checkpoint").write_bytes(saved.read_bytes()[:60])
    answer = workshop.shop("verify", "--against", str(folder), "--json")
    found = {Path(each["file"]).name: each["result"] for each in answer.data["against"]}
    assert found == {"bad.checkpoint": "bad", "good.checkpoint": "ok"}
    assert answer.code == 1


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("verify --for-filing", "misused"),
        ("verify --period Nov", "misused"),
        ("verify --strict", "misused"),
        ("verify --for-filing --period Nov --since last", "misused"),
        ("verify --for-filing --period Diwali", "bad_period"),
        ("certificate", "misused"),
        ("certificate --period Nov --format doc", "unknown_format"),
        ("certificate --period Nov --format pdf", "misused"),
        ("certificate --period Nov --format txt -o a.html", "unknown_format"),
        ("pack -o year.zip", "misused"),
        ("pack Nov", "misused"),
    ],
)
def test_what_is_missing_is_said(workshop: Workshop, line: str, code: str) -> None:
    assert workshop.shop(*line.split(), "--json").refused == code


def test_what_is_in_a_certificates_file_follows_from_its_name(workshop: Workshop) -> None:
    for name, begin in (("a.html", b"<!doctype html>"), ("a.txt", b"Certificate")):
        workshop.well(workshop.shop, "certificate", "--period", "Nov", "-o", workshop.file(name))
        assert Path(workshop.file(name)).read_bytes().startswith(begin)


def test_the_certificate_states_what_anybody_can_work_out_again(workshop: Workshop) -> None:
    shop = workshop.shop
    data = shop("certificate", "--period", "Nov", "--json").data
    shop("export", "--format", "jsonl", "-o", workshop.file("shop.jsonl"))
    log = Path(workshop.file("shop.jsonl")).read_bytes()
    assert data["log_sha256"] == hashlib.sha256(log).hexdigest()
    assert data["log_bytes"] == len(log)
    assert data["head"] == shop("verify", "--json").data["head"]
    assert data["signed"]["size"] == data["entries"] == 8
    assert data["signed"]["key"] == shop("key", "export", "--json").data["key"]
    assert [(each["name"], each["upto"]) for each in data["witnesses"]] == [("mehta-ca", 7)]
    assert data["operators"] == ["asha"]
    assert data["period_entries"] == 5
    for words in (("--lang", "en"), ("--lang", "hi"), ("--format", "html")):
        page = shop("certificate", "--period", "Nov", *words).out
        for said in (data["head"], data["log_sha256"], data["signed"]["root"], "mehta-ca", "SHA-256"):
            assert said in page
    assert "63(4)" in shop("certificate", "--period", "Nov").out


def test_the_pages_keep_what_somebody_typed_from_steering_them(workshop: Workshop) -> None:
    workshop.well(workshop.shop, "shop", "set", "--name", "<script>alert(1)</script> & Sons")
    page = workshop.shop("certificate", "--period", "Nov", "--format", "html").out
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r"https?://|src=|@import", page)


def test_a_certificate_is_written_whole_or_not_at_all(workshop: Workshop) -> None:
    file = workshop.file("certificate.html")
    workshop.well(workshop.shop, "certificate", "--period", "Nov", "--format", "html", "-o", file)
    assert workshop.shop("certificate", "--period", "Nov", "-o", file, "--json").refused == "path_taken"
