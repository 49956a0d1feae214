"""The chain alone: hashes and links, however wrong what stands in the rows."""

from __future__ import annotations

import pytest

from khata.verifying import crew
from khata.verifying.verdict import Verdict
from khata.verifying.verify import verify
from tests.verifying.conftest import Patient


def links(patient: Patient, *, alone: bool = True) -> Verdict:
    return verify(patient.book, patient.cache, links=True, alone=alone)


def test_a_whole_chain_is_unbroken_and_what_was_not_looked_at_is_named(patient: Patient) -> None:
    verdict = links(patient)
    assert (verdict.result, verdict.entries, verdict.first_bad_entry) == ("unbroken", patient.size(), None)
    assert set(verdict.not_checked) == {"details", "replay", "anchor", "checkpoint"}
    assert (verdict.to_receive_paise, verdict.point) == (None, None)


@pytest.mark.parametrize("rehash", [False, True])
@pytest.mark.parametrize("seq", [1, 2, 9, 18, 19])
def test_a_changed_entry_is_the_first_bad_one(patient: Patient, seq: int, rehash: bool) -> None:
    patient.change(seq, lambda body: body.replace(b'"v":1', b'"v":2'), rehash=rehash)
    verdict = links(patient)
    if rehash and seq == patient.size():
        assert verdict.result == "unbroken", "nothing links to the last one"
    else:
        assert (verdict.result, verdict.first_bad_entry) == ("broken", seq)


@pytest.mark.parametrize("links", [True, False], ids=["the chain alone", "all checks"])
@pytest.mark.parametrize("entries", [1, 2, 3, None], ids=lambda entries: f"of {entries or 'all'}")
def test_a_whole_chain_that_begins_with_another_hash_than_zeros_is_broken(
    patient: Patient, links: bool, entries: int | None
) -> None:
    """All of it made anew, so that every hash and every later link holds: a tail that passes for a book."""
    with patient.opened() as connection:
        connection.execute("DELETE FROM event WHERE seq > ?", (entries or patient.size(),))
        connection.execute("DELETE FROM detail WHERE entry > ?", (entries or patient.size(),))
    patient.rechain(1, lambda body: body.replace(b"0" * 64, b"f" * 64))
    verdict = verify(patient.book, None, links=links)
    assert (verdict.result, verdict.first_bad_entry) == ("broken", 1)
    assert [fault for fault in verdict.faults if fault.check == "chain"] == [("chain", 1, "link_differs")]


def test_it_says_what_all_checks_say_of_the_chain(patient: Patient) -> None:
    patient.change(7, lambda body: body.replace(b'"@seq":7', b'"@seq":8'), rehash=True)
    whole, alone = patient.verify(), links(patient)
    assert [fault for fault in whole.faults if fault.check == "chain"][: len(alone.faults)] == list(alone.faults)


@pytest.mark.parametrize("seq", [1, 5, 19])
def test_an_entry_that_is_gone_is_found(patient: Patient, seq: int) -> None:
    last = patient.size()
    with patient.opened() as connection:
        connection.execute("DELETE FROM event WHERE seq = ?", (seq,))
    verdict = links(patient)
    assert verdict.result == ("unbroken" if seq == last else "broken")


@pytest.mark.parametrize(("column", "value"), [("body", "'text of a length'"), ("hash", "zeroblob(32)")])
def test_rows_that_are_not_what_they_should_be_are_found(patient: Patient, column: str, value: str) -> None:
    with patient.opened() as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(f"UPDATE event SET {column} = CAST({value} AS BLOB) WHERE seq = 6")
    assert links(patient).first_bad_entry == 6


def test_a_missing_trigger_is_a_fault_of_the_schema(patient: Patient) -> None:
    with patient.opened(guards=True) as connection:
        connection.execute("DROP TRIGGER event_no_update")
    assert [fault.code for fault in links(patient).faults] == ["missing_trigger"]


def test_two_processes_find_what_one_finds(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "RANGE", 3)
    monkeypatch.setattr(crew, "LARGE", 1)
    assert links(patient, alone=False) == links(patient)
    patient.change(11, lambda body: body.replace(b'"v":1', b'"v":2'))
    assert links(patient, alone=False) == links(patient)
    assert links(patient).first_bad_entry == 11
