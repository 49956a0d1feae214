"""What a hostile witness, a hostile shop, a hostile authority and a wrong order of files came to once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest

from khata.evidence import timestamps
from khata.evidence.refused import NotEvidence, given
from khata.i18n.messages import words_for
from khata.log import note as notes
from khata.log.checkpoint import Checkpoint, read_checkpoint
from khata.log.errors import DiskError
from khata.log.excerpt import read_balance
from khata.log.note import LAST_INSTANT, Note, NoteError
from khata.log.policy import MOST_LINES, PolicyError, read_policy
from khata.render.terminal.proof import day_of, on_day
from khata.store import witnessed
from khata.store.witnessed import SeenFile, SignedLast
from tests.cli.conftest import Counter
from tests.evidence.test_timestamps import Authority
from tests.evidence.test_timestamps import pytestmark as needs_openssl
from tests.evidence.workshop import Workshop
from tests.log.test_notes import Own

OWN = Own("mehta-ca", notes.COSIGNATURE, b"\7" * 32)
STRANGER = Own("stranger", notes.COSIGNATURE, b"\x08" * 32)
"""Witnesses whose keys are in the hands of these tests."""


def answer_of(workshop: Workshop, witness: Own, at: int, name: str = "made.answer") -> str:
    """What a witness answers to the checkpoint of now, made by hand."""
    file = Path(workshop.file(f"{name}.checkpoint"))
    workshop.well(workshop.shop, "checkpoint", "-o", str(file))
    text = read_checkpoint(file.read_bytes()).checkpoint.text()
    seed = witness.private.private_bytes_raw()
    introducing = Own(witness.key.name, notes.WITH_ITS_KEY, seed)
    lines = notes.sign(text, witness, at).line() + notes.sign(text, introducing).line()
    Path(workshop.file(name)).write_text(lines, encoding="utf-8")
    return workshop.file(name)


# --- times of an authority


def der(tag: int, content: bytes) -> bytes:
    assert len(content) < 128
    return bytes((tag, len(content))) + content


@needs_openssl
def test_what_a_rejected_reply_says_of_itself_is_no_time(workshop: Workshop) -> None:
    said = b"Verification: OK\nTime stamp: Jan  1 00:00:00 2020 GMT\nTSA: DirName:Controller\n"
    rejected = der(0x30, der(0x30, der(0x02, b"\x02") + der(0x30, der(0x0C, said))))
    file, authority = Path(workshop.file("rejected.tsr")), Authority(workshop.files / "authority")
    file.write_bytes(rejected)
    refused = workshop.shop("timestamp", "add", str(file), "--ca", str(authority.certificate), "--json")
    assert refused.refused == "timestamp_refused"
    with pytest.raises(timestamps.TimestampRefused):
        timestamps.checked("text\n", rejected, authority.certificate.read_bytes(), 1)


@needs_openssl
def test_the_words_of_a_reply_that_holds_are_not_read_for_its_time(tmp_path: Path) -> None:
    """The status of a reply is signed by nobody, and may be written anew around a token that holds."""
    authority = Authority(tmp_path / "authority")
    asked, answer = tmp_path / "ask.tsq", tmp_path / "answer.tsr"
    asked.write_bytes(timestamps.query("text\n"))
    authority.answer(str(asked), str(answer))
    reply, certificate = answer.read_bytes(), authority.certificate.read_bytes()
    honest = timestamps.checked("text\n", reply, certificate, 1)
    assert reply[:2] == b"\x30\x82"
    status_end = 4 + 2 + reply[5]  # SEQUENCE, then the status, then the token
    lie = b"\nTime stamp: Jan  1 00:00:00 2020 GMT\nTSA: DirName:Controller\n"
    content = der(0x30, der(0x02, b"\0") + der(0x30, der(0x0C, lie))) + reply[status_end:]
    forged = b"\x30\x82" + len(content).to_bytes(2, "big") + content
    assert timestamps.checked("text\n", forged, certificate, 1) == honest


# --- days


@pytest.mark.parametrize("language", ["en", "hi"])
def test_every_day_of_a_year_is_said(language: str) -> None:
    from khata.cli.speech import spoken

    words = words_for(language, strict=True)
    for number in range(366):
        at = 1_798_700_000 + number * 86_400
        facts = spoken({"day": on_day(at), "name": "mehta-ca", "entry": 7}, words)
        assert day_of(at, words) in words.say("said.seen", **facts)
        assert day_of(at, words) in words.say("said.stamped", **facts)


@pytest.mark.parametrize("day", range(1, 10))
def test_an_answer_is_kept_on_the_first_days_of_a_month_as_on_all_others(workshop: Workshop, day: int) -> None:
    at = 1_793_491_200 + (day - 1) * 86_400  # from 1 Nov 2026 on
    answer = workshop.shop("witness", "add", answer_of(workshop, STRANGER, at), "--key", str(STRANGER.key))
    assert (answer.code, on_day(at)) == (0, f"2026-11-0{day}"), answer
    assert answer.out.endswith(f" · {day} Nov 2026\n")


def test_whatever_instant_somebody_signed_has_a_day() -> None:
    words = words_for("en")
    shown = [on_day(at) for at in (-(10**20), -1, 0, LAST_INSTANT, 10**12, 1 << 62, 10**30)]
    assert shown == ["0001-01-01", "1970-01-01", "1970-01-01", *["9999-12-31"] * 4]
    assert day_of(1 << 62, words) == "31 Dec 9999"
    day, last = date(2026, 1, 1), date(2027, 1, 1)
    while day < last:
        assert day_of(int((day - date(1970, 1, 1)).total_seconds()), words).startswith(f"{day.day} ")
        day += timedelta(1)


# --- a hostile witness


@pytest.mark.parametrize("at", [LAST_INSTANT + 1, 10**12, 1 << 62])
def test_a_signature_of_no_year_is_none(workshop: Workshop, at: int) -> None:
    text = Checkpoint("khata/" + "ab" * 16, 5, bytes(32)).text()
    with pytest.raises(NoteError):
        Note(text, (notes.sign(text, STRANGER, at),)).seen(STRANGER.key)
    answer = workshop.shop("witness", "add", answer_of(workshop, STRANGER, at), "--json")
    assert answer.refused == "not_ours"
    assert workshop.shop("verify").code == 0


def test_a_signature_of_a_later_day_is_not_kept(workshop: Workshop) -> None:
    now = int(workshop.shop("witness", "add", workshop.file("first.answer"), "--json").data["at"])
    late = workshop.shop("witness", "add", answer_of(workshop, STRANGER, now + 3 * 86_400), "--json")
    assert (late.refused, late.envelope["refused"]["facts"]["why"]) == ("not_ours", "not_yet")
    assert workshop.shop("witness", "add", answer_of(workshop, STRANGER, now + 86_400, "b"), "--json").code == 0


# --- what a witness remembers


def test_a_record_that_is_too_long_is_refused_and_not_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = SeenFile(tmp_path / "shops")
    last = [SignedLast(Own(f"khata/{number:032x}").key, 1, bytes(32), 1) for number in range(3)]
    for each in last[:2]:
        file.note(each)
    size = (tmp_path / "shops").stat().st_size
    monkeypatch.setattr(witnessed, "MOST", size)
    assert len(file.read()) == 2
    with pytest.raises(DiskError):
        file.note(last[2])
    assert len(file.read()) == 2
    monkeypatch.setattr(witnessed, "MOST", size // 2)  # the end of the first line
    with pytest.raises(DiskError):
        file.read()


def test_names_are_no_longer_than_c2sp_can_write_them() -> None:
    assert notes.is_key_name("x" * 255)
    assert not notes.is_key_name("x" * 256)
    assert not notes.is_key_name("क" * 86)
    assert not notes.is_key_name("\udcff")


# --- a shop that vouches for itself


def test_the_shop_is_no_witness_of_its_own_book(workshop: Workshop) -> None:
    file, key = workshop.file("own.checkpoint"), workshop.shop("key", "export", "--json").data["key"]
    workshop.well(workshop.shop, "checkpoint", "-o", file)
    signed = read_checkpoint(Path(file).read_bytes())
    text = signed.note.encoded().partition("\n\n")[2]
    Path(workshop.file("junk.txt")).write_text(text, encoding="utf-8")
    before = workshop.shop("verify", "--json").data["protected_upto"]
    refused = workshop.shop("witness", "add", workshop.file("junk.txt"), "--key", key, "--json")
    assert (refused.refused, refused.envelope["refused"]["facts"]["why"]) == ("not_ours", "no_witness")
    namesake = Own(signed.checkpoint.origin, notes.COSIGNATURE, b"\x09" * 32)
    refused = workshop.shop("witness", "add", answer_of(workshop, namesake, 1_790_000_000), "--json")
    assert (refused.refused, refused.envelope["refused"]["facts"]["why"]) == ("not_ours", "no_witness")
    assert workshop.shop("verify", "--json").data["protected_upto"] == before


def test_what_stands_under_a_checkpoint_already_is_no_answer(workshop: Workshop) -> None:
    """A line of somebody else, and the key of the witness that signed before: nothing new was answered."""
    stranger = answer_of(workshop, STRANGER, 1_790_000_000)
    workshop.well(workshop.shop, "witness", "request", "-o", workshop.file("8.request"))
    workshop.well(workshop.ca, "witness", "sign", workshop.file("8.request"), "-o", workshop.file("8.answer"))
    workshop.well(workshop.shop, "witness", "add", workshop.file("8.answer"))
    key = workshop.ca("witness", "init", "--json").data["key"]
    assert workshop.shop("witness", "add", stranger, "--key", key, "--json").refused == "not_ours"


# --- hostile files


def test_hostile_files_are_refused_and_nothing_breaks(tmp_path: Path, workshop: Workshop) -> None:
    with pytest.raises(NoteError):
        read_balance(b"khata/balance-proof@v1\nparts\na\nb\nc\nd\n\nx")
    witness = f"witness w {STRANGER.key}"
    for lines in ([f"group g {'9' * 5000} w", "quorum g"], [*["#"] * MOST_LINES, "quorum w"]):
        with pytest.raises(PolicyError):
            read_policy("\n".join([witness, *lines]).encode())
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    for path in (loop, tmp_path / ("x" * 5000)):
        with pytest.raises(NotEvidence):
            given(path)
    assert workshop.shop("witness", "add", str(loop)).code == 2


def test_groups_in_groups_are_counted_however_deep() -> None:
    groups = ["group g0 any w", *(f"group g{at} any g{at - 1}" for at in range(1, MOST_LINES - 2))]
    policy = read_policy("\n".join([f"witness w {STRANGER.key}", *groups, f"quorum g{MOST_LINES - 3}", ""]).encode())
    text = Checkpoint("khata/" + "ab" * 16, 5, bytes(32)).text()
    assert policy.is_met(Note(text, (notes.sign(text, STRANGER, 1),)))
    assert not policy.is_met(Note(text, (notes.sign(text, OWN, 1),)))


# --- signing


def test_what_could_not_be_written_was_not_signed(workshop: Workshop) -> None:
    asked, there = workshop.file("8.request"), Path(workshop.file("there"))
    workshop.well(workshop.shop, "witness", "request", "-o", asked)
    there.write_text("mine", encoding="utf-8")
    for output in (str(there), workshop.file("no such folder/answer")):
        assert workshop.ca("witness", "sign", asked, "-o", output).code != 0
        assert workshop.ca("witness", "list", "--json").data["shops"][0]["size"] == 7
    assert there.read_text(encoding="utf-8") == "mine"


def test_the_same_checkpoint_is_signed_again(workshop: Workshop) -> None:
    for name, old in (("again", "7"), ("from 0", "0"), ("from 3", "3")):
        asked, answer = workshop.file(f"{name}.request"), workshop.file(f"{name}.answer")
        workshop.well(workshop.shop, "witness", "request", "--old", old, "-o", asked)
        workshop.well(workshop.ca, "witness", "sign", asked, "-o", answer)
    assert workshop.ca("witness", "list", "--json").data["shops"][0]["size"] == 8


def test_an_older_request_accuses_nobody(workshop: Workshop) -> None:
    workshop.well(workshop.shop, "witness", "request", "-o", workshop.file("8.request"))
    workshop.well(workshop.ca, "witness", "sign", workshop.file("8.request"), "-o", workshop.file("8.answer"))
    refused = workshop.ca("witness", "sign", workshop.file("first.request"))
    assert refused.code == 2
    assert "older than what was signed here. Entries in the request: 7. Signed here: 8." in refused.err


def test_a_first_request_that_is_none_accuses_nobody(workshop: Workshop, tmp_path: Path) -> None:
    new = Counter(tmp_path / "new")
    workshop.well(new, "witness", "init", "--name", "new")
    workshop.well(workshop.shop, "witness", "request", "-o", workshop.file("8.request"))
    refused = new("witness", "sign", workshop.file("8.request"))
    assert "khata witness request --old 0 -o FILE" in refused.err
    assert "last signature here" not in refused.err
    honest = Path(workshop.file("first.request")).read_text(encoding="utf-8")
    padded = honest.replace("old 0\n", f"old 0\n{'A' * 43}=\n", 1)
    Path(workshop.file("padded.request")).write_text(padded, encoding="utf-8")
    refused = new("witness", "sign", workshop.file("padded.request"))
    assert refused.code == 2
    assert "changed" not in refused.err


def test_each_unknown_witness_is_to_be_asked_by_telephone(workshop: Workshop) -> None:
    first = workshop.shop("witness", "add", answer_of(workshop, STRANGER, 1_790_000_000))
    assert str(STRANGER.key) in first.out
    again = workshop.shop("witness", "add", answer_of(workshop, STRANGER, 1_790_000_060, "again.answer"))
    assert again.code == 0
    assert str(STRANGER.key) not in again.out


def test_a_witness_that_signs_into_a_pipe_is_told_of_a_new_key(workshop: Workshop, tmp_path: Path) -> None:
    key = workshop.shop("key", "export", "--json").data["key"]
    for name, words in (("one", ()), ("two", ("-o", "-"))):
        new = Counter(tmp_path / name)
        workshop.well(new, "witness", "init", "--name", name)
        answer = new("witness", "sign", workshop.file("first.request"), *words)
        assert (answer.code, key in answer.err, key in answer.out) == (0, True, False)
        assert key not in new("witness", "sign", workshop.file("first.request"), *words).err


def test_an_answer_is_kept_by_one_process_at_a_time(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[str] = []
    alone, note = SeenFile.alone, SeenFile.note

    @contextmanager
    def watched(self: SeenFile) -> Iterator[None]:
        with alone(self):
            held.append("locked")
            yield
            held.append("free")

    def noted(self: SeenFile, seen: SignedLast) -> None:
        held.append("noted")
        note(self, seen)

    monkeypatch.setattr(SeenFile, "alone", watched)
    monkeypatch.setattr(SeenFile, "note", noted)
    workshop.well(workshop.shop, "witness", "add", workshop.file("first.answer"))
    assert held == ["locked", "noted", "free"]
