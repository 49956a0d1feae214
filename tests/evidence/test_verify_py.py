"""docs/verify.py, run as a customer runs it: by itself, where no khata is."""

from __future__ import annotations

import ast
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.evidence.made import CHECKPOINT, GOOD, OWES, RAMESH, RFC_8032, SALE, SHOP, THE_BOOK, Proof, Sample, lines_of
from tests.evidence.tampered import ORDER, TAMPERED

FILE = Path(__file__).parents[2] / "docs" / "verify.py"
LONGEST = 250
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
    samples = [*GOOD, *TAMPERED]
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


@pytest.mark.parametrize("sample", GOOD, ids=lambda sample: sample.name)
def test_what_holds_is_said_to_hold(sample: Sample, answers: dict[str, tuple[int, str]]) -> None:
    code, said = answers[sample.name]
    assert (code, said.splitlines()[-1]) == (0, "HOLDS"), said
    assert [each for each in sample.says if each not in said] == [], said
    shops = [key for key in sample.keys if key.startswith("khata/")]
    assert [key for key in sample.keys if key not in said] == []
    assert ("ask the shop" in said) == (str(SHOP) in said and not shops)


@pytest.mark.parametrize("sample", TAMPERED, ids=lambda sample: sample.name)
def test_what_was_changed_does_not_hold(sample: Sample, answers: dict[str, tuple[int, str]]) -> None:
    code, said = answers[sample.name]
    assert code == 1, said
    (line,) = said.splitlines()
    assert line.startswith("DOES NOT HOLD: ")
    assert len(line.split()) > 5, line


@pytest.mark.parametrize("files", [(SALE.text(),), (RAMESH.text(),), (OWES.text(),), (lines_of(THE_BOOK), CHECKPOINT)])
def test_a_process_by_itself_says_the_same(files: tuple[str, ...], tmp_path: Path) -> None:
    sample = Sample("", files, (str(SHOP),))
    process = subprocess.run(
        [*ALONE, str(FILE), *arguments_of(sample, tmp_path)], capture_output=True, check=False, cwd=tmp_path, text=True
    )
    assert (process.returncode, process.stderr) == (0, "")
    assert process.stdout.splitlines()[-1] == "HOLDS"


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


def test_no_file_and_a_folder_are_nothing_that_holds(tmp_path: Path) -> None:
    for arguments in ([], [str(tmp_path / "nothing")], [str(tmp_path)]):
        process = subprocess.run([*ALONE, str(FILE), *arguments], capture_output=True, check=False, text=True)
        assert (process.returncode, process.stderr) == (1, "")
        assert process.stdout.startswith("DOES NOT HOLD: ")


@pytest.mark.parametrize("of", [SALE, RAMESH, OWES], ids=["an entry", "a statement", "a balance"])
def test_no_sign_of_a_proof_can_be_another(of: Proof, program: ModuleType, tmp_path: Path) -> None:
    text, path = of.text(), tmp_path / "proof"
    path.write_text(text, encoding="utf-8")
    assert program.main([str(path)])[-1] == "HOLDS"
    for at in range(0, len(text), 41):
        path.write_text(text[:at] + ("1" if text[at] != "1" else "2") + text[at + 1 :], encoding="utf-8")
        assert program.main([str(path)])[-1].startswith("DOES NOT HOLD: "), at


def test_what_a_name_says_cannot_look_like_an_answer(tmp_path: Path) -> None:
    path = tmp_path / "HOLDS\nHOLDS"
    process = subprocess.run([*ALONE, str(FILE), str(path)], capture_output=True, check=False, text=True)
    assert "HOLDS\n" not in process.stdout


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
