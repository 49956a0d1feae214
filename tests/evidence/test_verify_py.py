"""docs/verify.py, run as a customer runs it: by itself, where no khata is."""

from __future__ import annotations

import ast
import importlib.util
import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import pytest

from khata.log.checkpoint import PROOF
from tests.evidence import forged
from tests.evidence.made import (
    GOOD,
    OWES,
    RAMESH,
    RFC_8032,
    SALE,
    SHOP,
    Proof,
    Sample,
    compact,
    proof,
)
from tests.evidence.tampered import ORDER, TAMPERED
from tests.evidence.workshop import Workshop

FILE = Path(__file__).parents[2] / "docs" / "verify.py"
LONGEST = 120
ALONE = (sys.executable, "-I", "-S")
"""Python without anything that is installed, and without the folder that it stands in."""

DRIVER = """
import contextlib, io, json, sys, traceback
source, given = sys.argv[1:]
code = compile(open(source, encoding="utf-8").read(), source, "exec")
answers = []
for arguments in json.load(open(given, encoding="utf-8")):
    sys.argv, said, left = [source, *arguments], io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), None
    with contextlib.redirect_stdout(said):
        try:
            exec(code, {"__name__": "__main__"})
        except SystemExit as e:
            left = int(e.code or 0)
        except BaseException:
            print(traceback.format_exc())
    said.flush()
    answers.append([left, said.buffer.getvalue().decode()])
json.dump(answers, sys.stdout)
"""
"""Runs the program once for each list of arguments, all of them in one process."""


LEFT = frozenset(
    (
        "an entry, another customer is there too",
        "an entry, another entry of the customer is there too",
        "an entry, an entry of nobody is there too",
        "an entry, a customer of an entry of nobody",
        "the shop's own, an entry with a fraction",
        "the shop's own, an entry with a null",
        "the shop's own, an entry with a number that not every reader holds",
        "the shop's own, an entry with a key that is not ASCII",
        "the shop's own, an entry with nine levels",
        "the shop's own, an entry with a list of nine levels",
        "the shop's own, an entry with more than 65,535 bytes",
        "the shop's own, an entry with a kind that is no text",
        "the shop's own, an entry with an amount of true",
        "the shop's own, an entry with a fraction where nobody looks",
        "the shop's own, an entry with a list for a day",
        "the shop's own, an entry with a list for a kind",
        "the shop's own, an entry with a kind of two lines",
        "the shop's own, an entry with a kind that says more",
        "the shop's own, an entry with no day",
        "the shop's own, an entry with a link to nowhere",
        "the shop's own, an entry that cancels itself",
        "the shop's own, an entry that cancels what moved no money",
        "the shop's own, a first entry that follows another",
        "the shop's own, a customer without a number",
        "the shop's own, an amount to no known side",
        "the shop's own, an amount to two sides",
        "the shop's own, an entry that cancels a later one",
        "the shop's own, an amount of nothing",
        "the shop's own, words with a name of two",
        "the shop's own, a statement of nobody",
        "a statement, an entry of nobody",
        "a statement, a customer twice",
        "a balance, sealed on no day",
        "a balance, leaves that are no number",
        "a balance, sealed up to true",
        "a balance, sealed up to an entry to come",
        "a balance, a fraction of a balance",
        "a balance, a balance of true",
        "a balance, a balance that not every reader holds",
        "a balance, up to no entry",
        "a balance, of no customer",
        "a balance, of a customer in capitals",
        "a balance, with half a salt",
        "an entry, words twice",
        "an entry, words in another order",
        "an entry, entries in another order",
        "a statement, words twice",
        "a statement, words in another order",
        "a statement, entries in another order",
        "a balance, an entry twice",
    )
)
"""What the page and khata refuse besides: forms that the shop itself has signed, or lines in another order.

Nobody else could have made them, and what is shown of them is what was signed.
"""


def is_book(sample: Sample) -> bool:
    """A whole book as lines is checked by the commands of docs/VERIFY.md, not by this program."""
    first = sample.files[0] if sample.files else ""
    text = first if isinstance(first, str) else first.decode("utf-8", "replace")
    return len(sample.files) > 1 or text.startswith('{"@prev"')


HOLD = [sample for sample in GOOD if not is_book(sample)]
FAIL = [sample for sample in TAMPERED if not is_book(sample)]


def arguments_of(sample: Sample, folder: Path) -> list[str]:
    """The files of a sample, written into a folder, and its keys."""
    paths = []
    for number, given in enumerate(sample.files):
        path = folder / str(number)
        path.write_bytes(given if isinstance(given, bytes) else given.encode())
        paths.append(str(path))
    return [*paths, *sample.keys]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    """What the program leaves with, and what it says, of each sample by its name."""
    samples = [*HOLD, *FAIL]
    folder = tmp_path_factory.mktemp("verify")
    given = []
    for number, sample in enumerate(samples):
        (folder / str(number)).mkdir()
        given.append(arguments_of(sample, folder / str(number)))
    (folder / "given.json").write_text(json.dumps(given), encoding="utf-8")
    process = subprocess.run(
        [*ALONE, "-c", DRIVER, str(FILE), str(folder / "given.json")],
        capture_output=True,
        check=True,
        cwd=folder,
        text=True,
    )
    assert process.stderr == ""
    found = json.loads(process.stdout)
    return {sample.name: tuple(answer) for sample, answer in zip(samples, found, strict=True)}


@pytest.fixture(scope="module")
def program() -> ModuleType:
    """The program, to ask for a part of it."""
    spec = importlib.util.spec_from_file_location("verify_by_itself", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_each_sample_has_a_name_of_its_own() -> None:
    names = [sample.name for sample in (*GOOD, *TAMPERED)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("sample", HOLD, ids=lambda sample: sample.name)
def test_what_holds_is_said_to_hold(sample: Sample, answers: dict[str, tuple[int, str]]) -> None:
    code, said = answers[sample.name]
    assert (code, said.splitlines()[-1]) == (0, "HOLDS"), said
    shops = [key for key in sample.keys if key.startswith("khata/")]
    assert [key for key in sample.keys if key not in said] == []
    assert ("ask the shop" in said) == (str(SHOP) in said and not shops)


def test_what_was_changed_does_not_hold(answers: dict[str, tuple[int, str]]) -> None:
    for sample in FAIL:
        code, said = answers[sample.name]
        if sample.name.removesuffix(", the shop's key") in LEFT:
            assert (code, said.splitlines()[-1]) == (0, "HOLDS"), f"to be taken off the list: {sample.name}"
            continue
        assert code == 1, (sample.name, said)
        (line,) = said.splitlines()
        assert line.startswith("DOES NOT HOLD: "), sample.name


def holds(program: ModuleType, text: str) -> bool:
    """Whether a text holds by its own key; whatever is raised says that it does not."""
    with suppress(AssertionError, LookupError, ValueError, AttributeError, TypeError, StopIteration):
        return bool(program.check(text, [])[-1] == "HOLDS")
    return False


def handed_out(workshop: Workshop, folder: Path) -> list[Sample]:
    """What a shop's khata itself makes: proofs of each kind, a checkpoint."""
    for name, words in (
        ("entry", "proof 4"),
        ("cancelled", "proof 9"),
        ("statement", "proof --statement ramesh"),
        ("balance", "proof --balance ramesh"),
        ("checkpoint", "checkpoint"),
        ("key", "key export"),
    ):
        if name == "cancelled":
            workshop.well(workshop.shop, "reverse", "4", "--reason", "twice", "--yes")
        workshop.well(workshop.shop, *words.split(), "-o", str(folder / name))
    found = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    key = (found["key"].strip(),)
    return [Sample(name, (found[name],), key) for name in ("entry", "cancelled", "statement", "balance", "checkpoint")]


def test_what_khata_hands_out_holds(workshop: Workshop, tmp_path: Path, program: ModuleType) -> None:
    folder = tmp_path / "handed out"
    folder.mkdir()
    for sample in handed_out(workshop, folder):
        assert program.check(sample.files[0], list(sample.keys))[-1] == "HOLDS", sample.name


def test_khata_cannot_be_had_there(tmp_path: Path) -> None:
    process = subprocess.run([*ALONE, "-c", "import khata"], capture_output=True, check=False, cwd=tmp_path, text=True)
    assert "ModuleNotFoundError" in process.stderr


def test_a_terminal_without_hindi_is_no_reason_to_fail(tmp_path: Path) -> None:
    (sample,) = (each for each in GOOD if each.name == "a large sale, own key")
    process = subprocess.run(
        [sys.executable, "-S", str(FILE), *arguments_of(sample, tmp_path)],
        capture_output=True,
        check=False,
        env={"PYTHONIOENCODING": "ascii"},
    )
    assert (process.returncode, process.stderr) == (0, b"")
    assert process.stdout.splitlines()[-1] == b"HOLDS"


def test_a_name_cannot_look_like_an_answer(tmp_path: Path) -> None:
    name = "Ramesh\nHOLDS\u202e\u2028\x1b[2J \u0915\u094d\u200d\u0937"
    book = forged.with_words(compact({"name": name}))
    path = tmp_path / "proof"
    path.write_text(proof(book, PROOF, [2]).text(), encoding="utf-8")
    process = subprocess.run([*ALONE, str(FILE), str(path)], capture_output=True, check=False, encoding="utf-8")
    assert process.returncode == 0
    assert "Ramesh?HOLDS???[2J \u0915\u094d\u200d\u0937\n" in process.stdout
    assert process.stdout.count("HOLDS\n") == 1


def test_without_assertions_it_says_nothing(tmp_path: Path) -> None:
    process = subprocess.run([*ALONE, "-O", str(FILE), "x"], capture_output=True, check=False, text=True)
    assert (process.returncode, process.stdout) == (1, "")


def test_no_file_and_a_folder_are_nothing_that_holds(tmp_path: Path) -> None:
    for arguments in ([], [str(tmp_path / "nothing")], [str(tmp_path)]):
        process = subprocess.run([*ALONE, str(FILE), *arguments], capture_output=True, check=False, text=True)
        assert (process.returncode, process.stderr) == (1, "")
        assert process.stdout.startswith("DOES NOT HOLD: ")


@pytest.mark.parametrize("of", [SALE, RAMESH, OWES], ids=["an entry", "a statement", "a balance"])
def test_no_sign_of_a_proof_can_be_another(of: Proof, program: ModuleType) -> None:
    text = of.text()
    assert program.check(text, [])[-1] == "HOLDS"
    for at in range(0, len(text), 41):
        changed = text[:at] + ("1" if text[at] != "1" else "2") + text[at + 1 :]
        assert not holds(program, changed), at


@pytest.mark.parametrize(("name", "public", "message", "signature"), RFC_8032, ids=[row[0] for row in RFC_8032])
def test_ed25519_is_that_of_rfc_8032(name: str, public: str, message: str, signature: str, program: ModuleType) -> None:
    key, text, signed = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert program.is_signed(key, text, signed)
    assert not program.is_signed(key, text + b"\0", signed)
    for at in (0, 31, 32, 63):
        assert not program.is_signed(key, text, signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :])
    higher = int.from_bytes(signed[32:], "little") + ORDER
    assert not program.is_signed(key, text, signed[:32] + higher.to_bytes(32, "little"))
    not_canonical = (int.from_bytes(key, "little") + 2**255 - 19) % 2**256
    assert not program.is_signed(not_canonical.to_bytes(32, "little"), text, signed)


def test_it_is_short_and_stands_on_nothing_else() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST
    assert max(map(len, text.splitlines())) <= 120
    roots = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            roots |= {each.name.partition(".")[0] for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            roots.add((node.module or "").partition(".")[0])
    assert roots
    assert roots <= sys.stdlib_module_names
