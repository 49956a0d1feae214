"""docs/verify.html: what its script answers, run under node, and that the page stands by itself."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.evidence.made import BALANCES, GOOD, RFC_8032, SALE, SEEN, SHOP, THE_BOOK, WITNESS, Sample, party_id
from tests.evidence.tampered import ORDER, TAMPERED
from tests.evidence.test_verify_py import handed_out
from tests.evidence.workshop import Workshop

PAGE = Path(__file__).parents[2] / "docs" / "verify.html"
TEXT = PAGE.read_text(encoding="utf-8")
SCRIPT = TEXT.split('<script id="check">', 1)[1].split("</script>", 1)[0]
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="there is no node to run the script of the page")

Json = dict[str, Any]

RUNNER = """
const fs = require("fs"), [page, given] = process.argv.slice(1);
const script = fs.readFileSync(page, "utf8").match(/<script id="check">([^]*?)<\\/script>/)[1];
const code = new Function(script + "; return {check, unpacked, isSigned, sha256, sha512, hex, bytesOf};")();
const asked = JSON.parse(fs.readFileSync(given, "utf8"));
const bytes = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));
const opened = (file, keys) => new Promise((done) => code.unpacked(file, (found, why) => {
  done(why ? {holds: false, why, about: ""} : code.check(found, keys));
}));
const answer = ({text, hex, keys}) => hex === null ? code.check(text, keys) : opened(bytes(hex), keys);
Promise.all(asked.samples.map(answer)).then((samples) => console.log(JSON.stringify({
  samples,
  signed: asked.signed.map((row) => code.isSigned(...row.map(bytes))),
  hashed: asked.hashed.map((hex) => [code.hex(code.sha256(bytes(hex))), code.hex(code.sha512(bytes(hex)))]),
})));
"""
"""Takes the script out of the page, and asks it everything at once."""

ONE_FILE = [sample for sample in (*GOOD, *TAMPERED) if len(sample.files) == 1]
"""What the page can be given: it takes one file."""
PIECES = [hashlib.sha512(b"%d" % size).digest() * 5 for size in range(5)]
MESSAGES = [PIECES[size % 5][:size] for size in range(300)]


def is_a_book(sample: Sample) -> bool:
    """Whether it is given as lines, which the page does not take."""
    given = sample.files[0]
    return isinstance(given, str) and given.startswith('{"@prev"')


def signatures() -> list[list[str]]:
    """Keys, messages and signatures in hex: those of RFC 8032, then each of them changed in six ways."""
    rows = [[public, message, signature] for _, public, message, signature in RFC_8032]
    changed = []
    for public, message, signature in rows:
        blob = bytes.fromhex(signature)
        higher = (int.from_bytes(blob[32:], "little") + ORDER).to_bytes(32, "little")
        not_canonical = ((int.from_bytes(bytes.fromhex(public), "little") + 2**255 - 19) % 2**256).to_bytes(
            32, "little"
        )
        changed += [
            [public, message + "00", signature],
            [public, message, (bytes([blob[0] ^ 1]) + blob[1:]).hex()],
            [public, message, (blob[:63] + bytes([blob[63] ^ 1])).hex()],
            [public, message, (blob[:32] + higher).hex()],
            [public, message, signature[:-2]],
            [not_canonical.hex(), message, signature],
        ]
    return rows + changed


def given(sample: Sample) -> Json:
    """A sample as the script is given it: a text, or bytes in hex."""
    (content,) = sample.files
    if isinstance(content, bytes):
        return {"text": "", "hex": content.hex(), "keys": sample.keys}
    return {"text": content, "hex": None, "keys": sample.keys}


def asked(questions: Json, path: Path) -> Json:
    """What the page's script answers."""
    path.write_text(json.dumps(questions), encoding="utf-8")
    process = subprocess.run(
        [str(NODE), "-e", RUNNER, str(PAGE), str(path)], capture_output=True, check=False, text=True, encoding="utf-8"
    )
    assert (process.returncode, process.stderr) == (0, "")
    found: Json = json.loads(process.stdout)
    return found


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Json:
    """What the page's script says of everything."""
    questions = {
        "samples": [given(sample) for sample in ONE_FILE],
        "signed": signatures(),
        "hashed": [each.hex() for each in MESSAGES],
    }
    found = asked(questions, tmp_path_factory.mktemp("page") / "given.json")
    return found | {"by name": {sample.name: each for sample, each in zip(ONE_FILE, found["samples"], strict=True)}}


@needs_node
@pytest.mark.parametrize("sample", [each for each in GOOD if each in ONE_FILE], ids=lambda sample: sample.name)
def test_what_holds_is_said_to_hold(sample: Sample, answers: Json) -> None:
    found = answers["by name"][sample.name]
    if is_a_book(sample):
        assert (found["holds"], found["why"]) == (False, "whole_book")
        return
    assert (found["holds"], found["why"]) == (True, ""), found
    shops = [key for key in sample.keys if key.startswith("khata/")]
    assert (found["key"], found["ownKey"]) == ((shops or [str(SHOP)])[0], not shops)
    assert [each["key"] for each in found["seen"]] == [key for key in sample.keys if key not in shops]


@needs_node
def test_what_was_changed_does_not_hold(answers: Json) -> None:
    known = words_of("WHY", "en") - {"old_browser"}
    for sample in TAMPERED:
        if sample in ONE_FILE:
            found = answers["by name"][sample.name]
            assert found["holds"] is False, (sample.name, found)
            assert sorted(found) == ["about", "holds", "why"], sample.name
            assert found["why"] in known, (sample.name, found)


@needs_node
def test_what_a_proof_shows_is_what_the_book_says(answers: Json) -> None:
    said = answers["by name"]
    statement = said["a statement, own key"]
    assert (statement["kind"], statement["size"], statement["entry"]) == ("statement", len(THE_BOOK.bodies), 0)
    assert statement["customers"] == [{"party": 1, "name": "Ramesh Kumar"}]
    sale = {"paise": 45000, "paid": 20000, "discount": 0, "cancels": 0, "side": "", "on": "2026-11-22", "seq": 3}
    assert [each for each in statement["entries"] if each["seq"] == 3] == [
        sale | {"kind": "sale_recorded", "name": "", "note": 'उधार, "कल" \u2028\\'}
    ]
    assert [each["cancels"] for each in statement["entries"]] == [0, 0, 0, 3]
    assert [each["discount"] for each in statement["entries"]] == [0, 0, 500, 0]
    assert said["a sale, own key"]["entry"] == 3
    assert said["five paise, own key"]["entries"][1]["side"] == "give"
    owes = said["what the shop owes, own key"]
    owed = {"on": "2026-11-21", "paise": -5, "counted": 8, "party": party_id(THE_BOOK, 5), "seq": 11}
    assert (owes["kind"], owes["balance"]) == ("balance", owed)
    assert "-5" in BALANCES[1]
    assert said["a checkpoint, seen"]["seen"] == [{"name": WITNESS.key.name, "key": str(WITNESS), "on": "2026-11-28"}]
    assert SEEN % 86400 > 86400 - 19800, "the day in India is another one than in London"


@needs_node
def test_what_khata_hands_out_holds(workshop: Workshop, tmp_path: Path) -> None:
    folder = tmp_path / "handed out"
    folder.mkdir()
    samples = [sample for sample in handed_out(workshop, folder) if len(sample.files) == 1]
    found = asked({"samples": [given(sample) for sample in samples], "signed": [], "hashed": []}, tmp_path / "given")
    assert [(each["holds"], each["kind"]) for each in found["samples"]] == [
        (True, kind) for kind in ("entry", "entry", "statement", "balance", "checkpoint")
    ]


@needs_node
def test_half_a_letter_is_no_text(tmp_path: Path) -> None:
    """A page can be given what no file can hold: a text that UTF-8 has no bytes for."""
    text = SALE.text() + "\u2014 some\ud800one AAAAAAA=\n"
    found = asked(
        {"samples": [given(Sample("", (text,), (str(SHOP),)))], "signed": [], "hashed": []}, tmp_path / "given"
    )
    assert found["samples"] == [{"holds": False, "why": "changed", "about": ""}]


@needs_node
def test_ed25519_is_that_of_rfc_8032(answers: Json) -> None:
    good = len(RFC_8032)
    assert answers["signed"][:good] == [True] * good
    assert answers["signed"][good:] == [False] * (len(answers["signed"]) - good)
    assert len(answers["signed"]) == 7 * good


@needs_node
def test_its_hashes_are_those_of_sha_2(answers: Json) -> None:
    made = [[hashlib.sha256(each).hexdigest(), hashlib.sha512(each).hexdigest()] for each in MESSAGES]
    assert answers["hashed"] == made


def words_of(table: str, language: str) -> set[str]:
    """The keys of one of the page's tables of words."""
    body = TEXT.split(f"var {table} = {{", 1)[1].split("\n  };", 1)[0]
    part = body.split(f"{language}: {{", 1)[1].split("\n    }", 1)[0]
    return set(re.findall(r'([a-z_]+): ""', re.sub(r'"(?:[^"\\]|\\.)*"', '""', part)))


@pytest.mark.parametrize("table", ["SAYS", "WHY", "KINDS"])
def test_both_languages_say_the_same_things(table: str) -> None:
    english, hindi = words_of(table, "en"), words_of(table, "hi")
    assert english == hindi
    assert len(english) > 15


def test_each_reason_has_its_words() -> None:
    asked = set(re.findall(r', "([a-z_]+)"(?:, [^")]+)?\);', SCRIPT)) | set(re.findall(r'Fault\("([a-z_]+)"', SCRIPT))
    assert len(asked) > 15
    assert asked <= words_of("WHY", "en")
    assert words_of("WHY", "en") <= set(re.findall(r'"([a-z_]+)"', SCRIPT))


def test_each_place_of_the_page_has_its_words() -> None:
    places = set(re.findall(r'data-say="([a-z_]+)"', TEXT)) | set(re.findall(r'say\("([a-z_]+)"', TEXT))
    assert places
    assert places <= words_of("SAYS", "en")


def test_the_page_refers_to_nothing_outside_itself() -> None:
    assert re.findall(r"https?:|//[a-z0-9-]+\.|\bftp:|@import|url\(", TEXT) == []
    markup = re.sub(r"<(script|style)[^>]*>[^\0]*?</\1>", "", TEXT)
    assert re.findall(r"\s(?:src|srcset|action|formaction|poster|data|ping)\s*=", markup) == []
    assert re.findall(r'href\s*=\s*"([^"]*)"', TEXT) == ["data:,"]
    for word in ("fetch", "XMLHttpRequest", "WebSocket", "EventSource", "sendBeacon", "importScripts", "import("):
        assert word not in TEXT
    assert "default-src 'none'" in TEXT
    assert "crypto.subtle" not in TEXT


def test_nothing_of_a_file_becomes_part_of_the_page_but_as_text() -> None:
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
        assert word not in TEXT


def test_an_old_phone_can_read_the_script() -> None:
    script = "".join(re.findall(r"<script[^>]*>([^\0]*?)</script>", TEXT))
    script = re.sub(r'/\*[^\0]*?\*/|// .*|"(?:[^"\\]|\\.)*"', "", script)
    # What came after BigInt, or is a mistake to a browser that has none: the page could not even say so there.
    assert re.findall(r"\b\d+n\b|\?\.[a-z(\[]|\?\?|\*\*|\(\?<|=>|`|\bconst\b|\blet\b|\.\.\.", script) == []
