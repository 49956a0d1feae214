"""The shop's private key: never lost, never another's, and a way out of every state that its file can be in."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from khata.log.checkpoint import Checkpoint, SignedCheckpoint
from khata.log.errors import BusyError, NewerBookError
from khata.log.note import Note, sign
from khata.store.checkpoints import Checkpoints
from khata.store.keys import Keys, PrivateKey
from tests.cli.conftest import Counter
from tests.evidence.workshop import Workshop

BOOK = "ab" * 16
NAME = f"khata/{BOOK}"


def folder_of(who: Counter) -> Path:
    return who.home / ".local" / "share" / "khata" / "keys"


def place_of(who: Counter) -> Path:
    """The file of the key that signs."""
    (found,) = (each for each in folder_of(who).glob("*.pem") if each.name.count(".") == 1)
    return found


def files_of(who: Counter) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder_of(who).iterdir()}


def exported(who: Counter, *words: str) -> str:
    return str(who("key", "export", "--json", *words).data["key"])


# --- changing


def test_two_rotations_at_once_lose_no_key(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    first = keys.make(BOOK, NAME)
    winner = keys.make_next(BOOK, NAME)
    loser = keys.make_next(BOOK, NAME)  # before the winner's entry is on the disk
    found = keys.current(BOOK, NAME, str(winner.key))
    assert found is not None
    assert found.key == winner.key
    keys.discard(BOOK, loser.key)
    assert {each.key for each in Keys(tmp_path).all(BOOK, NAME)} == {winner.key, first.key}
    # A copy from before the rotation names the old key: it signs again.
    back = keys.current(BOOK, NAME, str(first.key))
    assert back is not None
    assert (back.key, keys.path(BOOK).read_bytes()) == (first.key, first.pem())


def test_a_rotation_that_another_one_came_before_leaves_no_key_behind(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Keys.make_next
    inner: list[PrivateKey] = []

    def meanwhile(keys: Keys, book: str, name: str) -> PrivateKey:
        mine = made(keys, book, name)
        if not inner:
            inner.append(mine)
            workshop.well(workshop.shop, "key", "rotate")
        return mine

    monkeypatch.setattr(Keys, "make_next", meanwhile)
    assert workshop.shop("key", "rotate", "--json").refused == "key_not_current"
    assert inner[0].pem() not in files_of(workshop.shop).values()
    named = workshop.entries()[-1]["data"]["new"]
    assert exported(workshop.shop) == named
    workshop.well(workshop.shop, "checkpoint")


@pytest.mark.parametrize("how", [("rotate",), ("lost", "--reason", "stolen")])
def test_a_trial_makes_no_key(workshop: Workshop, how: tuple[str, ...]) -> None:
    before = files_of(workshop.shop)
    answer = workshop.shop("key", *how, "--dry-run")
    assert (answer.code, answer.out) == (0, "A new key would sign from here on.\n")
    assert workshop.shop("key", *how, "--dry-run", "--json").data["key"] is None
    assert files_of(workshop.shop) == before


def test_a_trial_makes_no_first_key_either(tmp_path: Path) -> None:
    shop = Counter(tmp_path / "shop")
    assert shop("init", "Sharma").code == 0
    assert shop("key", "rotate", "--dry-run").code == 0
    assert not folder_of(shop).exists()


@pytest.mark.parametrize("how", [("rotate",), ("lost", "--reason", "stolen")])
def test_a_retry_prints_the_key_that_was_recorded(workshop: Workshop, how: tuple[str, ...]) -> None:
    first = workshop.shop("key", *how, "--event-id", "cd" * 16, "--json").data
    before = files_of(workshop.shop)
    again = workshop.shop("key", *how, "--event-id", "cd" * 16, "--json").data
    assert (again["key"], again["entry"], again["already_recorded"]) == (first["key"], first["entry"], True)
    assert exported(workshop.shop) == first["key"]
    assert files_of(workshop.shop) == before


def test_who_changes_the_key_is_told_what_else_is_to_be_done(workshop: Workshop) -> None:
    said = workshop.shop("key", "rotate").out
    assert "customers" in said
    assert "khata key backup -o FILE" in said


# --- bringing a copy


def test_another_shops_key_is_not_taken(workshop: Workshop, tmp_path: Path) -> None:
    other = Counter(tmp_path / "other")
    workshop.well(other, "init", "Verma")
    workshop.well(other, "key", "backup", "-o", workshop.file("verma.pem"))
    workshop.well(workshop.shop, "key", "backup", "-o", workshop.file("right.pem"))
    place_of(workshop.shop).unlink()
    before = files_of(workshop.shop)
    assert workshop.shop("key", "restore", workshop.file("verma.pem"), "--json").refused == "other_key"
    assert files_of(workshop.shop) == before
    workshop.well(workshop.shop, "key", "restore", workshop.file("right.pem"))
    workshop.well(workshop.shop, "checkpoint")


def test_an_older_key_is_not_taken(workshop: Workshop) -> None:
    workshop.well(workshop.shop, "key", "backup", "-o", workshop.file("old.pem"))
    workshop.well(workshop.shop, "key", "rotate")
    answer = workshop.shop("key", "restore", workshop.file("old.pem"))
    said = f"Another key signs (entry {len(workshop.entries())}): "
    assert (answer.code, said in answer.err) == (2, True)
    workshop.well(workshop.shop, "checkpoint")


def test_the_right_key_takes_the_place_of_one_that_a_new_computer_made(workshop: Workshop, tmp_path: Path) -> None:
    workshop.well(workshop.shop, "key", "backup", "-o", workshop.file("right.pem"))
    laptop, copy = Counter(tmp_path / "laptop"), str(workshop.book)
    wrong = exported(laptop, "--book", copy, "--yes")
    content = place_of(laptop).read_bytes()
    answer = laptop("key", "restore", workshop.file("right.pem"), "--book", copy)
    assert answer.code == 0
    assert "was set aside" in answer.out
    assert wrong != exported(laptop, "--book", copy) == exported(workshop.shop)
    assert content in files_of(laptop).values()
    workshop.well(laptop, "checkpoint", "--book", copy)


def test_what_was_signed_here_is_not_given_up_for_a_key_that_never_did(workshop: Workshop, tmp_path: Path) -> None:
    other = Counter(tmp_path / "other")
    workshop.well(other, "key", "backup", "--book", str(workshop.book), "-o", workshop.file("other.pem"), "--yes")
    answer = workshop.shop("key", "restore", workshop.file("other.pem"))
    assert (answer.code, "khata key lost --reason TEXT" in answer.err) == (2, True)


def test_no_second_key_is_made_on_a_new_computer_without_a_word(workshop: Workshop, tmp_path: Path) -> None:
    laptop, copy = Counter(tmp_path / "laptop"), str(workshop.book)
    file = workshop.file("answer")
    for words in (
        "checkpoint",
        "proof 4",
        "proof 4 --qr",
        "proof --statement ramesh",
        "proof --balance ramesh",
        "key show",
        "key export",
        "key rotate",
        f"key backup -o {file}",
        f"witness request -o {file}",
        f"timestamp request -o {file}",
    ):
        answer = laptop(*words.split(), "--book", copy, "--json")
        assert answer.refused == "not_agreed", words
        assert "khata key restore FILE" in answer.envelope["refused"]["message"]
        assert not folder_of(laptop).exists(), words
    assert laptop("key", "show", "--book", copy, typed="n\n").code == 2
    assert not folder_of(laptop).exists()
    assert laptop("key", "show", "--book", copy, typed="y\n").code == 0
    assert laptop("key", "show", "--book", copy).code == 0


def test_whoever_sits_at_a_terminal_is_asked_before_the_key_is_changed(workshop: Workshop) -> None:
    before = len(workshop.entries())
    for words in (("key", "rotate"), ("key", "lost", "--reason", "stolen")):
        answer = workshop.shop(*words, typed="n\n")
        assert (answer.code, "Another key signs from now on" in answer.err) == (2, True)
        assert len(workshop.entries()) == before
    assert workshop.shop("key", "rotate", typed="y\n").code == 0


def test_a_sale_on_a_new_computer_makes_no_key(workshop: Workshop, tmp_path: Path) -> None:
    """It comes with the day's first entry there, before anybody thought of the key."""
    laptop = Counter(tmp_path / "laptop")
    copy = shutil.copy(workshop.book, tmp_path / "copy.khata")
    laptop.now += timedelta(days=1)
    workshop.well(laptop, "sale", "ramesh", "5", "--book", str(copy))
    assert not folder_of(laptop).exists()
    workshop.well(workshop.shop, "key", "backup", "-o", workshop.file("right.pem"))
    workshop.well(laptop, "key", "restore", workshop.file("right.pem"), "--book", str(copy))
    workshop.well(laptop, "checkpoint", "--book", str(copy))


def test_what_is_no_copy_of_a_key_is_called_so(workshop: Workshop) -> None:
    workshop.well(workshop.shop, "key", "export", "-o", workshop.file("shop.key"))
    answer = workshop.shop("key", "restore", workshop.file("shop.key"))
    assert (answer.code, "Not a copy of a private key" in answer.err, "restore" in answer.err) == (2, True, False)


# --- a file that is damaged


def test_a_copy_takes_the_place_of_a_damaged_file(workshop: Workshop) -> None:
    workshop.well(workshop.shop, "key", "backup", "-o", workshop.file("right.pem"))
    place_of(workshop.shop).write_bytes(b"garbage")
    assert workshop.shop("key", "show", "--json").code != 0
    workshop.well(workshop.shop, "key", "restore", workshop.file("right.pem"))
    workshop.well(workshop.shop, "checkpoint")
    assert place_of(workshop.shop).with_suffix(".pem.damaged").read_bytes() == b"garbage"


@pytest.mark.parametrize("named", [False, True])
def test_a_damaged_key_can_be_declared_lost(workshop: Workshop, *, named: bool) -> None:
    if named:
        workshop.well(workshop.shop, "key", "rotate")
        for each in folder_of(workshop.shop).glob("*.*.pem"):
            each.unlink()
    place_of(workshop.shop).write_bytes(b"garbage")
    new = workshop.shop("key", "lost", "--reason", "damaged", "--json").data["key"]
    assert exported(workshop.shop) == new
    workshop.well(workshop.shop, "checkpoint")


def test_a_damaged_file_heals_where_the_key_is_still_here(workshop: Workshop) -> None:
    workshop.well(workshop.shop, "key", "rotate")
    place = place_of(workshop.shop)
    content = place.read_bytes()
    place.write_bytes(b"garbage")
    workshop.well(workshop.shop, "checkpoint")
    assert place.read_bytes() == content


# --- no key is made on what is not known


@pytest.mark.parametrize("error", [BusyError, NewerBookError])
def test_no_key_is_made_while_it_is_not_known_which_one_the_book_names(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    from khata.api.desk import Desk

    def failing(*_: object, **__: object) -> None:
        raise error(path=str(workshop.book), entry=1, needs=9, reason="x")  # type: ignore[call-arg]

    workshop.well(workshop.shop, "key", "rotate")
    laptop = Counter(tmp_path / "laptop")
    monkeypatch.setattr(Desk, "ask_views", failing)
    assert laptop("checkpoint", "--book", str(workshop.book), "--json").code != 0
    assert not folder_of(laptop).exists()
    workshop.well(workshop.shop, "checkpoint")  # a key that is here signs all the same


# --- checkpoints


def signed_of(size: int, root: bytes, *keys: PrivateKey) -> SignedCheckpoint:
    made = Checkpoint(NAME, size, root)
    return SignedCheckpoint(made, Note(made.text(), tuple(sign(made.text(), key) for key in keys)))


def test_what_another_key_signed_last_hides_nothing(tmp_path: Path) -> None:
    kept = Checkpoints(tmp_path / "kept", tmp_path / "signed", BOOK)
    one, two = (PrivateKey(NAME, bytes([seed]) * 32) for seed in (1, 2))
    kept.keep(signed_of(5, b"a" * 32, one))
    kept.note_signed(signed_of(7, b"b" * 32, two))
    found = kept.last(one.key)
    assert found is not None
    assert found.checkpoint.size == 5


def test_a_checkpoint_of_other_entries_is_not_written_over(tmp_path: Path) -> None:
    kept = Checkpoints(tmp_path / "kept", tmp_path / "signed", BOOK)
    one, two = (PrivateKey(NAME, bytes([seed]) * 32) for seed in (1, 2))
    lost, grown = signed_of(5, b"a" * 32, one), signed_of(5, b"b" * 32, two)
    kept.keep(lost)
    kept.keep(grown)
    assert (kept.read(5), kept.sizes(), list(kept.all())) == (grown, [5], [grown, lost])
    seen = signed_of(5, b"a" * 32, one, two)  # a witness's answer comes late
    assert kept.keep(seen).name == f"000000005.{'61' * 4}.checkpoint"
    assert (kept.read(5), list(kept.all())) == (grown, [grown, seen])
    kept.keep(grown)
    assert len(list(kept.all())) == 2


def test_what_is_given_out_is_of_the_book_and_not_of_the_other_of_its_size(workshop: Workshop) -> None:
    """The true copy is back, after another one grew to the same size and was signed."""
    workshop.well(workshop.shop, "checkpoint")
    book = workshop.entries()[0]["data"]["book"]
    kept = Checkpoints(workshop.shop.home / "Khata" / "checkpoints", workshop.files / "signed", book)
    other = Checkpoint(f"khata/{book}", 8, b"b" * 32)
    key = PrivateKey(f"khata/{book}", b"\2" * 32)
    kept.keep(SignedCheckpoint(other, Note(other.text(), (sign(other.text(), key),))))
    workshop.well(workshop.shop, "checkpoint", "-o", workshop.file("given.checkpoint"))
    assert other.text() not in Path(workshop.file("given.checkpoint")).read_text(encoding="utf-8")


def test_a_verification_knows_what_was_signed_where_the_folder_is_gone(workshop: Workshop) -> None:
    workshop.well(workshop.shop, "checkpoint")
    shutil.rmtree(workshop.shop.home / "Khata" / "checkpoints")
    assert workshop.shop("verify", "--json").data["signed_upto"] == 8
    anchors = workshop.shop.home / ".local" / "state" / "khata" / "anchors"
    kept = shutil.copytree(workshop.shop.home / ".local" / "state" / "khata" / "signed", workshop.files / "signed")
    workshop.rewrite(lambda entries: entries[:-1])
    shutil.copytree(kept, workshop.shop.home / ".local" / "state" / "khata" / "signed", dirs_exist_ok=True)
    assert not anchors.exists()
    faults = [fault["code"] for fault in workshop.shop("verify", "--json").data["faults"]]
    assert faults == ["signed_cut_off"]
