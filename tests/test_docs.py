"""The documents say what is so: links lead somewhere, named functions exist, the format is that of khata/events."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import sqlite3
import tomllib
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from khata import __version__
from khata.cli import registry
from khata.cli.env import Env, Streams
from khata.cli.main import run
from khata.events import codec
from khata.events.base import FORMAT as FORMAT_NOW
from khata.events.base import Event, MalformedError, Unknown
from khata.events.bill import BillLine, ReturnBilled, SaleBilled
from khata.events.fields import fields_of
from khata.events.money import EntryReversed, Line, SaleRecorded
from khata.events.registry import KINDS
from khata.events.shapes import emit
from khata.store.sqlite.schema import APPLICATION_ID, OBJECTS, USER_VERSION
from khata.units import MODES
from khata.verifying.verify import verify
from tests import cli_docs_shapes, make_cli_docs
from tests.books import Clock, Ids

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "CHANGELOG.md"])
DECISIONS = sorted((DOCS / "decisions").glob("*.md"))
FORMAT = (DOCS / "FORMAT.md").read_text(encoding="utf-8")
ARCHITECTURE = (DOCS / "ARCHITECTURE.md").read_text(encoding="utf-8")

_LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
_NAMED = re.compile(r"\[`[^`\]]+\.py`\]\(([^)\s]+)\) → ((?:`[\w.]+`(?:, )?)+)")


def unfenced(text: str) -> str:
    """A page without its blocks of code."""
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def fenced(text: str, language: str) -> list[str]:
    """The blocks of code in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """The anchors that the headings of a page get."""
    headings = re.findall(r"^#+ (.+)$", unfenced(page.read_text(encoding="utf-8")), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for link in _LINK.findall(unfenced(page.read_text(encoding="utf-8"))):
        if link.startswith(("https://", "http://")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if anchor:
            assert anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_speaks_of_nothing_outside_the_project(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"/(?:home|root|tmp|work)/", text)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@cache
def names_in(source: Path) -> frozenset[str]:
    """What a module defines: functions, classes, `Class.method`, and what it assigns."""
    found: set[str] = set()
    for node in ast.parse(source.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef)}
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if hasattr(node, "target") else []
        found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return frozenset(found)


def test_every_function_that_a_page_names_exists() -> None:
    named = 0
    for page in PAGES:
        for link, names in _NAMED.findall(page.read_text(encoding="utf-8")):
            source = (page.parent / link).resolve()
            for name in re.findall(r"`([\w.]+)`", names):
                assert name in names_in(source), f"{page.name}: {link} → {name}"
                named += 1
    assert named > 60


def test_the_layers_are_those_of_import_linter() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = next(each["layers"] for each in config["tool"]["importlinter"]["contracts"] if each["type"] == "layers")
    assert fenced(ARCHITECTURE, "")[-1].splitlines() == layers


# --- the format


def section(kind: str) -> str:
    """What FORMAT.md says of a kind."""
    return FORMAT.partition(f"### `{kind}`\n")[2].partition("\n### ")[0].partition("\n## ")[0]


def keys(text: str) -> dict[str, bool]:
    """The keys of a table, and whether they must be there."""
    rows = re.findall(r"^\| `(\w+)` \| (must|may) \|", text, flags=re.MULTILINE)
    return {key: how == "must" for key, how in rows}


@pytest.mark.parametrize(("kind", "v"), sorted(KINDS))
def test_the_keys_of_each_kind_are_those_of_the_code(kind: str, v: int) -> None:
    said = keys(section(kind).partition("#### Version 2\n")[0])
    if kind == EntryReversed.KIND:
        said = keys(section(kind).partition("#### Version 2")[0 if v == 1 else 2]) | {"entry": True}
    elif v == 2:
        said |= keys(FORMAT.partition("#### Version 2\n")[2].partition("\n### ")[0])
        said = {key: must for key, must in said.items() if key != "against" or kind == "goods_returned"}
    assert said == {
        key: field.required for key, field in fields_of(KINDS[kind, v]).items() if key not in fields_of(Event)
    }


def test_the_keys_of_a_line_of_a_bill_are_those_of_the_code() -> None:
    table = FORMAT.partition("| key of a line |")[2].partition("\n\n")[0]
    said = set(re.findall(r"`(\w+)`", "".join(row.split("|")[1] for row in table.splitlines()[2:])))
    assert said == fields_of(BillLine).keys() - fields_of(Line).keys()


def test_each_version_of_the_format_says_what_came_with_it() -> None:
    rows = dict(re.findall(r"^\| (\d) \| (.*) \|$", FORMAT.partition("## Changing")[2], flags=re.MULTILINE))
    assert sorted(rows) == [str(version) for version in range(1, FORMAT_NOW + 1)]
    added = fields_of(ReturnBilled).keys() | fields_of(SaleBilled).keys() - fields_of(SaleRecorded).keys()
    new = (added - fields_of(SaleRecorded).keys()) | (fields_of(BillLine).keys() - fields_of(Line).keys())
    kinds = {event.KIND for event in KINDS.values() if event.NEEDS == 2 and event.V == 1}
    assert set(re.findall(r"`(\w+)`", rows["2"])) == new | kinds | {
        "sale_recorded",
        "goods_returned",
        "lines",
        "amount_paise",
    }
    assert set(re.findall(r"`(\w+)`", rows["3"])) == {event.KIND for event in KINDS.values() if event.NEEDS == 3}
    fourth = {event.KIND for event in KINDS.values() if event.NEEDS == 4} | {"because"}
    assert set(re.findall(r"`(\w+)`", rows["4"])) == fourth
    assert {event.NEEDS for event in KINDS.values()} == {1, 2, 3, 4}


def test_no_other_kind_has_a_heading_and_the_common_keys_are_there() -> None:
    assert sorted(re.findall(r"^### `(\w+)`$", FORMAT, flags=re.MULTILINE)) == sorted({kind for kind, _ in KINDS})
    common = FORMAT.partition("## Kinds\n")[2].partition("### ")[0]
    assert keys(common) == {key: field.required for key, field in fields_of(Event).items()}
    assert ", ".join(f"`{mode}`" for mode in MODES[:-1]) + f" or `{MODES[-1]}`" in FORMAT


def example() -> tuple[list[str], list[dict[str, Any]], dict[str, Any]]:
    """The bodies, the details and the last line of the example, as lines of JSON."""
    third, others = fenced(FORMAT.partition("## Words")[0], "json")
    *lines, head = others.splitlines()
    bodies = [line for line in lines if line.startswith('{"@prev"')]
    return [*bodies, third.rstrip()], [json.loads(line) for line in lines[len(bodies) :]], json.loads(head)


def test_the_schema_of_the_example_is_the_schema() -> None:
    (texts,) = fenced(FORMAT, "sql")
    assert texts.splitlines() == list(OBJECTS.values())
    assert f"`PRAGMA application_id` is {APPLICATION_ID} " in FORMAT
    assert f"`PRAGMA user_version` is {USER_VERSION}." in FORMAT


def test_the_example_is_a_book_that_verifies(tmp_path: Path) -> None:
    bodies, details, head = example()
    path = tmp_path / "shop.khata"
    (texts,) = fenced(FORMAT, "sql")
    with sqlite3.connect(path) as book:
        book.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        book.execute(f"PRAGMA user_version = {USER_VERSION}")
        for text in texts.splitlines():
            book.execute(text)
        for seq, body in enumerate(bodies, 1):
            sealed = hashlib.sha256(b"\0" + body.encode()).digest()
            book.execute("INSERT INTO event VALUES (?, ?, ?)", (seq, body.encode(), sealed))
        for each in details:
            values = (each["entry"], bytes.fromhex(each["salt"]), each["body"].encode())
            book.execute("INSERT INTO detail (entry, salt, body) VALUES (?, ?, ?)", values)
    book.close()
    verdict = verify(path)
    assert (verdict.result, verdict.head, verdict.entries) == ("unbroken", head["head"], head["size"])
    assert verdict.to_receive_paise == 45000 - 20000


def test_the_hashes_that_the_example_prints_are_right() -> None:
    bodies, details, _ = example()
    hashes = [hashlib.sha256(b"\0" + body.encode()).hexdigest() for body in bodies]
    printed = re.findall(r"^([0-9a-f]{64})(?:  -)?$", fenced(FORMAT, "sh")[0], flags=re.MULTILINE)
    assert printed == [hashes[2], hashes[2], hashes[1]]
    assert f"one line of {len(bodies[2].encode())} bytes" in FORMAT
    second = details[1]
    commitment = codec.commitment(bytes.fromhex(second["salt"]), second["body"].encode())
    shown = next(block for block in fenced(FORMAT, "sh") if "khata-detail-v1" in block)
    assert f"\n{commitment}  -\n" in shown
    assert f"printf {second['salt']} | xxd" in shown
    assert f"printf %s '{second['body']}'" in shown


def codes_in_the_source() -> set[str]:
    """The codes with which a body or an entry is refused, as they stand in the code; the cache's own aside."""
    text = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("events", "verifying")
        for path in (ROOT / "khata" / folder).glob("*.py")
    )
    made = re.findall(r'MalformedError\("(\w+)"', text)
    made += re.findall(r'\bcode = "(\w+)"', text)
    made += re.findall(r'\.fault\("(?:chain|details)", .*?"(\w+)"(?: if [^"]*"(\w+)")?\)', text)
    return {code for found in made for code in ([found] if isinstance(found, str) else found) if code}


def test_every_code_of_a_refusal_is_explained_and_no_other() -> None:
    refusals = FORMAT.partition("## What a verifier refuses")[2].partition("## Test vectors")[0]
    chain = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", refusals, flags=re.MULTILINE))))
    details = set(re.findall(r"`(\w+)`", refusals.partition("**details**")[2].partition("\n")[0]))
    explained = chain | details
    missing = (
        codes_in_the_source() - explained - {"too_long", "meaning_unknown"}
    )  # which a writer refuses, never a verifier
    assert not missing
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "khata").rglob("*.py"))
    assert all(f'"{code}"' in text for code in explained)


MALFORMED: list[dict[str, Any]] = [
    {"amount_paise": 2, "paid": [{"mode": "cash", "amount_paise": 1}]},
    {"amount_paise": 2, "party": 1, "paid": [{"mode": "cash", "amount_paise": 3}]},
    {"amount_paise": 2, "party": 1, "lines": [{"amount_paise": 1}]},
    {"amount_paise": 2, "party": 1, "ref": ""},
    {"amount_paise": 2, "party": 1, "ref": "r" * 41},
    {"amount_paise": 2, "party": 1, "ref": "रसीद"},
]
UNKNOWN: list[dict[str, Any]] = [
    {"amount_paise": 2, "paid": [{"mode": "shells", "amount_paise": 2}]},
    {"amount_paise": 2, "party": 1, "tax_paise": 1},
]


def sale(data: dict[str, Any]) -> bytes:
    """The example's sale, with other facts."""
    return emit(json.loads(example()[0][2]) | {"data": data})


@pytest.mark.parametrize("data", MALFORMED, ids=str)
def test_what_the_format_calls_malformed_is(data: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        codec.read(sale(data))


@pytest.mark.parametrize("data", UNKNOWN, ids=str)
def test_what_the_format_calls_unknown_is(data: dict[str, Any]) -> None:
    assert type(codec.read(sale(data)).event) is Unknown


# --- the decisions, the changelog


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.name)
def test_a_decision_says_what_was_asked_chosen_refused_and_why_on_half_a_page(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    parts = [text.find(f"\n**{part}.**") for part in ("Asked", "Chosen", "Refused", "Why")]
    assert -1 not in parts
    assert parts == sorted(parts)
    assert len(text.split()) < 400
    assert text.startswith(f"# {int(page.name[:4])}. ")


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_the_changelog_has_this_version_and_a_heading_for_the_book_format() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    version = text.partition(f"\n## {__version__} - ")[2].partition("\n## ")[0]
    assert "\n### Book format\n" in version


# --- the commands


def test_the_page_of_the_commands_is_what_the_commands_say() -> None:
    assert make_cli_docs.TARGET.read_text(encoding="utf-8") == make_cli_docs.text(), "python -m tests.make_cli_docs"


def test_every_command_has_its_place_there() -> None:
    text = make_cli_docs.text()
    shown = [name for name, entry in registry.COMMANDS.items() if entry.section != "hidden"]
    assert [name for name in shown if f"\n### khata {name}\n" not in text] == []
    assert "\n### khata party forget\n" in text
    assert "\n### khata clock fix\n" in text


class Counter:
    """Somebody who types with --json, in a home of their own."""

    def __init__(self, home: Path) -> None:
        self._environ = {"HOME": str(home), "USER": "raju"}
        self._clock, self._ids = Clock(), Ids()

    def __call__(self, *words: str) -> dict[str, Any]:
        """What a command says."""
        out = StringIO()
        streams = Streams(StringIO(), out, StringIO(), asks=False, terminal=False)
        run([*words, "--json"], Env(dict(self._environ), self._clock, self._ids, streams, {}))
        found: dict[str, Any] = json.loads(out.getvalue())
        return found


def has(answer: Any, pinned: Any) -> bool:
    """Whether an answer has all keys of a shape, inside lists and objects, too, where it has something there."""
    if isinstance(pinned, dict):
        return isinstance(answer, dict) and all(
            key in answer and (answer[key] is None or has(answer[key], held)) for key, held in pinned.items()
        )
    if isinstance(pinned, list) and pinned:
        return isinstance(answer, list) and all(has(each, pinned[0]) for each in answer)
    return True


def test_the_shapes_of_json_are_those_of_the_answers(tmp_path: Path) -> None:
    said = Counter(tmp_path)
    said("init", "Sharma Kirana Store")
    said("sale", "Mahesh", "200000", "--new", "--paid", "all:cash")
    for number in (1, 2, 4):
        said("sale", "Mahesh", "10", "--on", "2020-02-29", "--ref", f"B{number}")
    said("every", "month", "Mahesh", "450")
    file = tmp_path / "rows.csv"
    file.write_text("date,type,party,amount\n2026-10-01,sale,Suresh,10\n", encoding="utf-8")
    asked = {
        "sale": ("sale", "ramesh", "450", "--new", "--paid", "200:upi"),
        "receive": ("receive", "ramesh", "100"),
        "balance": ("balance",),
        "statement": ("statement", "ramesh"),
        "dues": ("dues",),
        "chart trend": ("chart", "trend"),
        "chart dues": ("chart", "dues"),
        "every list": ("every", "list"),
        "due-lines": ("due-lines", "--yes"),
        "import": ("import", str(file), "--new-parties", "all"),
        "audit cash": ("audit", "cash"),
        "audit old": ("audit", "old"),
        "audit numbers": ("audit", "numbers"),
        "imports": ("imports",),
        "verify": ("verify",),
        "doctor": ("doctor",),
    }
    assert asked.keys() == cli_docs_shapes.SHAPES.keys()
    for name, words in asked.items():
        answer = said(*words)
        assert has(answer.get("data"), cli_docs_shapes.SHAPES[name]), (name, answer)


def test_the_shape_of_a_fault_is_that_of_a_refused_file(tmp_path: Path) -> None:
    said = Counter(tmp_path)
    said("init", "Sharma Kirana Store")
    file = tmp_path / "rows.csv"
    file.write_text("date,type,party,amount\n2026-10-01,sale,Suresh,12.3.4\n", encoding="utf-8")
    faults = said("import", str(file))["refused"]["facts"]["faults"]
    assert faults
    assert all(has(fault, cli_docs_shapes.FAULT) for fault in faults)


def test_the_page_for_customers_says_the_same_in_both_languages_and_loads_nothing() -> None:
    text = (ROOT / "docs" / "for-customers.html").read_text(encoding="utf-8")
    english, hindi = re.findall(r'<section lang="(?:en|hi)">(.*?)</section>', text, re.DOTALL)
    tags = [re.findall(r"<(/?\w+)", each) for each in (english, hindi)]
    assert tags[0] == tags[1]
    assert not re.search(r"(src|href)=|url\(|@import|<script", text)
    for named in re.findall(r"<code>(.*?)</code>", text):
        assert (ROOT / "docs" / named).exists()
