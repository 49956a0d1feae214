"""Policies: the example of C2SP, and everything that is nearly one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khata.log import note as notes
from khata.log.note import NoteError
from khata.log.policy import PolicyError, read_policy
from tests.log.test_notes import Own, signed

LOG = Own()
WITNESSES = {name: Own(f"ca/{name}", notes.COSIGNATURE, bytes([at]) * 32) for at, name in enumerate("XYZ", 1)}
LINES = [f"witness {name} {each.key}" for name, each in WITNESSES.items()]

EXAMPLE = "\n".join(
    [
        "# whom we believe",
        f"  log\t{LOG.key}  https://shop.example/",
        "",
        *LINES,
        "group two 2 X Y Z",
        "group all-of-it all two",
        "quorum all-of-it",
        "",
    ]
)


def holds(text: str, *signers: str) -> bool:
    note = signed(LOG, *(WITNESSES[name] for name in signers)).note
    return read_policy(text.encode()).is_met(note)


def test_a_group_wants_so_many_of_its_members() -> None:
    policy = read_policy(EXAMPLE.encode())
    assert policy.logs == [LOG.key]
    assert [holds(EXAMPLE, *names) for names in ("", "X", "XY", "YZ", "XYZ")] == [False, False, True, True, True]
    assert policy.seen(signed(LOG, WITNESSES["Y"]).note) == {"Y": 1_800_000_000}


@pytest.mark.parametrize(
    ("lines", "enough", "short"),
    [
        (["quorum none"], "", None),
        ([*LINES, "quorum Y"], "Y", "XZ"),
        ([*LINES, "group g any X Y", "quorum g"], "X", "Z"),
        ([*LINES, "group g all X Y", "quorum g"], "XY", "XZ"),
        ([*LINES, "group g 1 X Y", "group h all g Z", "quorum h"], "XZ", "XY"),
    ],
)
def test_quorums(lines: list[str], enough: str, short: str | None) -> None:
    assert holds("\n".join(lines), *enough)
    assert short is None or not holds("\n".join(lines), *short)


def test_a_forged_line_in_the_name_of_a_witness_fails_all_of_it() -> None:
    note = signed(LOG, WITNESSES["X"]).note
    forged = note.signatures[1]._replace(said=bytes(8) + bytes(64))
    with pytest.raises(NoteError, match="forged"):
        read_policy(EXAMPLE.encode()).is_met(note._replace(signatures=(note.signatures[0], forged)))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no_quorum"),
        ("quorum none\nquorum none", "not_a_policy"),
        ("quorum X", "unknown_name"),
        (f"{LINES[0]}\n{LINES[0]}\nquorum none", "name_twice"),
        (f"{LINES[0]}\n{LINES[0].replace('witness X', 'witness Y')}\nquorum none", "key_twice"),
        (f"log {LOG.key}\nlog {LOG.key}\nquorum none", "key_twice"),
        (f"log {WITNESSES['X'].key}\nquorum none", "key_kind"),
        (f"witness X {LOG.key}\nquorum none", "key_kind"),
        ("witness none abc\nquorum none", "name_twice"),
        ("witness X abc\nquorum none", "not_a_key"),
        (f"{LINES[0]}\ngroup g 2 X\nquorum g", "not_a_policy"),
        (f"{LINES[0]}\ngroup g 0 X\nquorum g", "not_a_policy"),
        (f"{LINES[0]}\ngroup g ٢ X\nquorum g", "not_a_policy"),
        (f"{LINES[0]}\ngroup g all\nquorum g", "not_a_policy"),
        (f"{LINES[0]}\ngroup g all X Y\nquorum g", "unknown_name"),
        ("group g all g\nquorum g", "unknown_name"),
        (f"{LINES[0]}\ngroup g all X\ngroup h all X\nquorum h", "member_twice"),
        (f"{LINES[0]}\ngroup g all X X\nquorum g", "member_twice"),
        ("quorum none\r", "not_a_policy"),
        ("nonsense\nquorum none", "not_a_policy"),
    ],
)
def test_what_is_nearly_a_policy_is_none(text: str, why: str) -> None:
    with pytest.raises(PolicyError) as refused:
        read_policy(text.encode())
    assert refused.value.why == why


@given(st.binary(max_size=300))
def test_whatever_is_given_is_refused_or_read(given: bytes) -> None:
    try:
        read_policy(given)
    except PolicyError:
        return
    assert b"quorum" in given
