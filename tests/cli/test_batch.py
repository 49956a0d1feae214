"""Many commands from stdin: the same entries as one by one, an answer to each line, and a refused one stands alone."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from khata.api.commands import COMMANDS
from khata.cli.jsonlines import parse
from khata.cli.lines import LONGEST
from khata.cli.refusals import BadJson
from tests import make_cli_docs
from tests.books import event_id
from tests.cli.batches import Given, recorded, send
from tests.cli.conftest import Counter

DAY: list[tuple[str, dict[str, object]]] = [
    ("sale ramesh 450 --ref B1", {"command": "sale", "party": "ramesh", "amount_paise": 45000, "ref": "B1"}),
    (
        'sale Suresh 100 --new --on 20-11-2026 --note "for the feast"',
        {
            "command": "sale",
            "party": "Suresh",
            "amount": "100",
            "new": True,
            "on": "20-11-2026",
            "note": "for the feast",
        },
    ),
    ("udhaar suresh 3x40", {"command": "sale", "party": "suresh", "amount": "3x40"}),
    (
        "sale counter 75 --paid all:upi",
        {"command": "sale", "party": None, "amount_paise": 7500, "paid": [["upi", None]]},
    ),
    (
        "sale @1 200 --paid 50:upi --paid=20:cash",
        {"command": "sale", "party": 1, "amount_paise": 20000, "paid": [["upi", 5000], ["cash", 2000]]},
    ),
    (
        "sale ramesh 450 --item 'Atta 5kg x2 @ 225'",
        {"command": "sale", "party": "ramesh", "amount_paise": 45000, "items": ["Atta 5kg x2 @ 225"]},
    ),
    ("return ramesh 50", {"command": "return", "party": "ramesh", "amount_paise": 5000}),
    ("receive ramesh 200 --mode upi", {"command": "receive", "party": "ramesh", "amount_paise": 20000, "mode": "upi"}),
    (
        "receive suresh 219 --full",
        {"command": "receive", "party": "suresh", "amount_paise": 21900, "full": True},
    ),
    ("refund ramesh 1", {"command": "refund", "party": "ramesh", "amount_paise": 100}),
    ("discount ramesh 5", {"command": "discount", "party": "ramesh", "amount_paise": 500}),
    (
        "write-off ramesh 5 --reason gone",
        {"command": "write-off", "party": "ramesh", "amount_paise": 500, "reason": "gone"},
    ),
    ("opening ramesh 5 --advance", {"command": "opening", "party": "ramesh", "amount_paise": 500, "advance": True}),
    ("reverse 4 --reason twice", {"command": "reverse", "entry": 4, "reason": "twice"}),
    ("correct 3 540 --reason typed", {"command": "correct", "entry": 3, "amount_paise": 54000, "reason": "typed"}),
    (
        "party add Mahesh --alias Mahi --phone 9876543210",
        {"command": "party add", "name": "Mahesh", "aliases": ["Mahi"], "phone": "9876543210"},
    ),
    ("party rename mahi --to Mohan", {"command": "party rename", "party": "mahi", "name": "Mohan"}),
    ("party lang mohan ta", {"command": "party lang", "party": "mohan", "lang": "ta"}),
    ("party due mohan 15d", {"command": "party due", "party": "mohan", "due_days": 15}),
    ("sale mohan 7 --due 5d", {"command": "sale", "party": "mohan", "amount_paise": 700, "due": "5d"}),
    ("party alias mohan --add Monu", {"command": "party alias", "party": "mohan", "add_aliases": ["Monu"]}),
    ("sale monu 12", {"command": "sale", "party": "monu", "amount_paise": 1200}),
]
"""Each line as words and as JSON."""

SALE: dict[str, object] = {"command": "sale", "party": "ramesh", "amount_paise": 100}


@pytest.fixture
def alone(tmp_path_factory: pytest.TempPathFactory) -> Counter:
    """A second counter with the same book, at which each line is typed by itself."""
    import shlex

    typed = Counter(tmp_path_factory.mktemp("typed"))
    for line in ["init 'Sharma Kirana Store'", "sale 'Ramesh Kumar' 450 --new", *(words for words, _ in DAY)]:
        assert typed(*shlex.split(line)).code == 0, line
    return typed


@pytest.mark.parametrize("form", [0, 1], ids=["words", "JSON"])
@pytest.mark.parametrize("group", [1, 3, 500])
def test_what_a_batch_records_is_what_the_commands_record_one_by_one(
    shop: Counter, alone: Counter, form: int, group: int
) -> None:
    sent = send(shop, *[line[form] for line in DAY], group=group)
    assert sent.answer.code == 0, sent.answers
    assert [each["line"] for each in sent.answers] == list(range(1, len(DAY) + 1))
    assert recorded(shop) == recorded(alone)
    assert shop("balance", "--json").data["net_paise"] == alone("balance", "--json").data["net_paise"]
    assert shop("verify", "--json").data["result"] == "unbroken"


def test_each_line_gets_one_line_of_json(shop: Counter) -> None:
    sent = send(shop, SALE, "receive ramesh 500", group=2)
    sold, received = sent.answers
    assert sold == {
        "line": 1,
        "entry": 4,
        "event_id": sold["event_id"],
        "kind": "sale_recorded",
        "party": 1,
        "balance_paise": 45100,
        "already_recorded": False,
    }
    assert received["balance_paise"] == -4900
    (warning,) = received["warnings"]
    assert warning["code"] == "becomes_advance"
    assert warning["message"]
    assert sent.answer.err.splitlines()[0] == "Lines: 2. Recorded: 2. Recorded before: 0. Refused: 0."


def test_a_group_is_one_commit_and_has_so_many_lines_at_the_most(
    shop: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    from khata.store.sqlite.book import SqliteBook

    commits: list[int] = []
    really = SqliteBook._commit

    def counted(book: SqliteBook, connection: Any) -> None:
        commits.append(1)
        really(book, connection)

    monkeypatch.setattr(SqliteBook, "_commit", counted)
    for group, expected in ((1, 7), (3, 3), (7, 1), (500, 1)):
        commits.clear()
        assert send(shop, *[SALE] * 7, group=group).answer.code == 0
        assert len(commits) == expected


def test_a_refused_line_undoes_no_other_of_its_group(shop: Counter) -> None:
    sent = send(
        shop,
        SALE,
        "sale ramseh 5",
        {"command": "sale", "party": "nobody", "amount_paise": 5},
        "reverse 99",
        "{",
        "sold ramesh 5",
        SALE | {"paid": [["upi", 101]]},
        SALE,
        group=500,
    )
    refused = ["unknown_party", "unknown_party", "unknown_entry", "bad_json", "misused", "paid_above_amount"]
    assert sent.entries == [4, *refused, 5]
    assert sent.answer.code == 2
    assert sent.answer.err.splitlines()[0] == "Lines: 8. Recorded: 2. Recorded before: 0. Refused: 6."
    assert "Nearest: Ramesh Kumar (@1)" in sent.answers[1]["refused"]["message"]
    assert set(sent.answers[1]["refused"]) == {"code", "facts", "message"}


@pytest.mark.parametrize("group", [1, 500])
def test_lines_that_are_sent_again_with_their_ids_record_once(shop: Counter, group: int) -> None:
    lines: list[Given] = [SALE | {"event_id": event_id(1)}, f"receive ramesh 5 --event-id {event_id(2)}"]
    first = send(shop, *lines, group=group)
    again = send(shop, *lines, lines[0], SALE | {"event_id": event_id(1), "amount_paise": 7}, group=group)
    assert first.entries == [4, 5]
    assert again.entries == [4, 5, 4, "id_reused"]
    assert [each["already_recorded"] for each in again.answers[:3]] == [True] * 3
    assert again.answer.err.splitlines()[0] == "Lines: 4. Recorded: 0. Recorded before: 3. Refused: 1."
    assert len(recorded(shop)) == 5


def test_an_id_that_stands_twice_in_one_group_records_once(shop: Counter) -> None:
    line = SALE | {"event_id": event_id(1)}
    sent = send(shop, line, line, SALE | {"event_id": event_id(1), "amount_paise": 7}, group=3)
    assert sent.entries == [4, 4, "id_reused"]


@pytest.mark.parametrize("form", ["words", "JSON"])
def test_a_retry_finds_its_entry_when_the_name_has_become_anybodys(shop: Counter, form: str) -> None:
    line: Given = f"sale ramesh 1 --event-id {event_id(1)}"
    if form == "JSON":
        line = SALE | {"event_id": event_id(1)}
    assert send(shop, line).entries == [4]
    shop("party", "add", "Ramesh", "Patil")
    assert send(shop, "sale ramesh 1").codes == ["ambiguous_party"]
    assert send(shop, line).answers[0]["already_recorded"]


@pytest.mark.parametrize(
    "added",
    [
        "sale 'Sita Devi' 5 --new",
        "party add Sita Devi",
        "party rename ramesh --to Sita",
        {"command": "sale", "party": "Sita Devi", "amount_paise": 5, "new": True},
        {"command": "party add", "name": "Sita Devi"},
        {"command": "party rename", "party": 1, "name": "Sita"},
    ],
    ids=str,
)
def test_a_name_that_a_line_adds_is_known_to_the_next(shop: Counter, added: Given) -> None:
    sent = send(shop, SALE, added, "sale sita 5", {"command": "sale", "party": "sita", "amount_paise": 7}, group=500)
    assert sent.codes == []
    assert sent.answers[3]["party"] == sent.answers[2]["party"]


def test_an_id_that_is_no_id_finds_no_earlier_try(shop: Counter) -> None:
    assert send(shop, "sale nobody 5 --event-id zz").codes == ["bad_event_id"]
    assert shop("sale", "nobody", "5", "--event-id", "zz", "--json").refused == "bad_event_id"


def test_a_file_that_is_there_already_stops_nothing(shop: Counter) -> None:
    line = f"statement ramesh --format csv -o {shop.home}/ramesh.csv"
    sent = send(shop, line, line, SALE)
    assert sent.entries == [None, "path_taken", 4]


def test_a_question_is_answered_after_all_lines_before_it(shop: Counter) -> None:
    sent = send(shop, SALE, "balance ramesh", SALE, "baki ramesh", "statement ramesh --format csv", group=500)
    assert [each["line"] for each in sent.answers] == [1, 2, 3, 4, 5]
    paise = [sent.answers[at]["data"]["parties"][0]["balance_paise"] for at in (1, 3)]
    assert paise == [45100, 45200]
    assert sent.answers[4]["data"]["closing_paise"] == 45200
    assert sent.answer.err.splitlines()[0] == "Lines: 5. Recorded: 2. Recorded before: 0. Refused: 0."


@pytest.mark.parametrize("line", ["sale ramesh 5", "reverse 3", "undo --yes", "party add Mahesh"])
def test_a_dry_run_tells_and_records_nothing(shop: Counter, line: str) -> None:
    before = recorded(shop)
    sent = send(shop, f"{line} --dry-run", group=500)
    assert sent.answers[0]["data"]["dry_run"] is True
    assert sent.answer.err == "Lines: 1. Recorded: 0. Recorded before: 0. Refused: 0.\n"
    assert recorded(shop) == before


def test_nobody_is_asked_even_at_a_terminal(shop: Counter) -> None:
    answer = shop("batch", typed="undo\nsale rame 5\nreceive ramesh 1000\nundo --yes\n")
    assert answer.code == 2
    assert '"not_agreed"' in answer.out
    assert '"not_exact"' in answer.out
    assert answer.err.splitlines()[0] == "Lines: 4. Recorded: 2. Recorded before: 0. Refused: 2."


@pytest.mark.parametrize(
    "line",
    [
        "verify", "batch", "init Another", "import x.csv", "export", "backup", "pay ramesh 5", "clock fix",
        "sale ramesh 5 --json", "sale ramesh 5 --book x", "sale ramesh 5 --by Vijay", "balance --lang hi", "sale -q 5",
        "sale --help", "sale -h", "sale -hq", "party --help", "party add -h", "balance --help", "--version",
        "--lang hi",
        "sale ramesh 5 --frequently", "sale ramesh 5 --note", "sale ramesh 5 --ref=", "sale ramesh 5 --new=1",
        "correct 3 --paid", "party", "party shout", "''", "undo -x", "sale ramesh '5", "sale ramesh 5\\",
    ],
)  # fmt: skip
def test_what_is_not_for_a_line_is_refused_and_nothing_is_printed_beside_it(
    shop: Counter, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = recorded(shop)
    sent = send(shop, line, group=2)
    assert sent.codes == ["misused"]
    assert recorded(shop) == before
    assert capsys.readouterr() == ("", "")


def test_a_value_may_look_like_an_option(shop: Counter) -> None:
    assert send(shop, "sale ramesh 5 --note --json", "sale ramesh 6 --note=-h").codes == []
    assert [line["note"] for line in shop("log", "--from", "4", "--json").data["lines"]] == ["--json", "-h"]


def test_lines_that_say_nothing_are_passed_over_and_counted_as_lines_of_the_stream(shop: Counter) -> None:
    sent = send(shop, b"\xef\xbb\xbf# a day", "", "   ", b"sale ramesh 5\r", "  # and more", b"\r", SALE)
    assert [(each["line"], each["entry"]) for each in sent.answers] == [(4, 4), (7, 5)]
    assert sent.answer.err.splitlines()[0].startswith("Lines: 2. Recorded: 2.")


@pytest.mark.parametrize("line", ["sale ramesh 5", '{"command":"sale","party":"ramesh","amount_paise":500}'])
def test_a_byte_order_mark_is_no_part_of_the_first_line(shop: Counter, line: str) -> None:
    assert send(shop, b"\xef\xbb\xbf" + line.encode()).entries == [4]
    assert send(shop, "sale ramesh 5", b"\xef\xbb\xbf" + line.encode()).answer.code == 2


def test_a_last_line_without_an_end_may_be_cut_off(shop: Counter) -> None:
    """`sale ramesh 45` may be the beginning of `sale ramesh 450`; a JSON object says itself where it ends."""
    sent = send(shop, SALE, end=b"sale ramesh 45")
    assert sent.entries == [4, "cut_off"]
    assert "sale ramesh 45" in sent.answers[1]["refused"]["message"]
    assert send(shop, end=b'{"command":"sale","party":"ramesh","amount_paise":500}').entries == [5]
    assert send(shop, end=b'{"command":"sale","party":"ramesh","amount_paise":50').codes == ["bad_json"]


def test_an_empty_stream_is_well(shop: Counter) -> None:
    sent = send(shop)
    assert (sent.answers, sent.answer.code) == ([], 0)
    assert sent.answer.err == "Lines: 0. Recorded: 0. Recorded before: 0. Refused: 0.\n"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"sale ramesh \xff", "bad_text"),
        (b"sale ram\x00esh 5 --new", "bad_text"),
        (b"sale 'ram\x1besh' 5 --new", "bad_text"),
        (b"sale ramesh 5 --note " + b"x" * LONGEST, "too_long"),
        (b'{"command":"sale","party":"ramesh","note":"' + b"x" * (3 * LONGEST) + b'","amount_paise":1}', "too_long"),
        (b"x" * 100_000, "misused"),
        (b"\xff\xfes\x00a\x00l\x00e\x00", "bad_text"),
    ],
    ids=lambda given: str(given)[:30],
)
def test_bytes_that_are_no_command_are_refused_and_the_next_line_is_read(shop: Counter, line: bytes, code: str) -> None:
    sent = send(shop, line, SALE, group=2)
    assert sent.entries == [code, 4]
    assert len(sent.answer.out) < 5_000


JSON_REFUSED: list[tuple[str, str]] = [
    ("{", "bad_json"),
    ("{} {}", "bad_json"),
    ('{"command":"sale","party":"\\ud800","amount_paise":1}', "bad_json"),
    ('{"command":"sale","party":"ramesh","amount_paise":1,"items":["\\udfff @ 0.01"]}', "bad_json"),
    ('{"command":"party add","name":"Sita","aliases":["\\ud800"]}', "bad_json"),
    ('{"a":' * 3000 + "1" + "}" * 3000, "bad_json"),
    ("{}", "bad_field"),
    ('{"command":"sell"}', "bad_field"),
    ('{"command":5}', "bad_field"),
    ('{"command":"sale","amount_paise":1}', "bad_field"),
    ('{"command":"sale","party":"ramesh"}', "bad_field"),
    ('{"command":"sale","party":"ramesh","amount_paise":1,"amount":"1"}', "bad_field"),
    ('{"command":"sale","party":"ramesh","amount_paise":1,"amount_paise":2}', "bad_field"),
    ('{"command":"sale","party":"ramesh","party":"suresh","amount_paise":1}', "bad_field"),
    ('{"command":"sale","party":"ramesh","amount_paise":1,"paise":2}', "bad_field"),
    ('{"command":"sale","party":"ramesh","amount_paise":1,"dry_run":true}', "bad_field"),
    ('{"command":"sale","party":"ramesh","amount_paise":450.0}', "bad_field"),
    ('{"command":"sale","party":"ramesh","amount_paise":1e2}', "bad_field"),
    ('{"command":"sale","party":"ramesh","amount_paise":NaN}', "bad_field"),
    ('{"command":"sale","party":"ramesh","amount_paise":true}', "bad_field"),
    ('{"command":"sale","party":"ramesh","amount_paise":"450"}', "bad_field"),
    ('{"command":"sale","party":"ramesh","amount":450}', "bad_field"),
    ('{"command":"sale","party":true,"amount_paise":1}', "bad_field"),
    ('{"command":"sale","party":1.0,"amount_paise":1}', "bad_field"),
    ('{"command":"sale","party":["ramesh"],"amount_paise":1}', "bad_field"),
    ('{"command":"sale","party":"ramesh","amount_paise":1,"new":1}', "bad_field"),
    ('{"command":"sale","party":"ramesh","amount_paise":1,"on":20261120}', "bad_field"),
    ('{"command":"sale","party":"ramesh","amount_paise":1,"once":true}', "bad_field"),
    ('{"command":"sale","party":"ramesh","amount_paise":1,"items":"Atta @ 0.01"}', "bad_field"),
    ('{"command":"sale","party":"ramesh","amount_paise":1,"paid":[["upi",0.5]]}', "bad_field"),
    ('{"command":"receive","party":null,"amount_paise":1}', "bad_field"),
    ('{"command":"reverse","entry":"3"}', "bad_field"),
    ('{"command":"sale","party":"ramesh","amount_paise":-5}', "amount_minus"),
    ('{"command":"sale","party":"ramesh","amount_paise":-0}', "amount_zero"),
    ('{"command":"sale","party":"ramesh","amount":"4.505"}', "amount_decimals"),
    ('{"command":"sale","party":"ramesh","amount_paise":' + "9" * 400 + "}", "amount_too_large"),
    ('{"command":"sale","party":"ramesh","amount_paise":' + "9" * 5000 + "}", "bad_json"),
    ('{"command":"sale","party":' + "9" * 400 + ',"amount_paise":1}', "unknown_party"),
    ('{"command":"reverse","entry":' + "9" * 400 + "}", "unknown_entry"),
    ('{"command":"correct","entry":' + "9" * 400 + ',"amount_paise":5}', "unknown_entry"),
    ('{"command":"sale","party":"ramesh","amount_paise":1,"on":"1700000000"}', "bad_day"),
    ('{"command":"sale","party":"ramesh","amount_paise":1,"event_id":"XYZ"}', "bad_event_id"),
    ('{"command":"sale","party":"ramesh","amount_paise":1,"event_id":"' + "A" * 32 + '"}', "bad_event_id"),
    ('{"command":"sale","party":"nobody","amount_paise":1,"event_id":"12"}', "bad_event_id"),
    ('{"command":"receive","party":"ramesh","amount_paise":1,"mode":"barter"}', "bad_mode"),
    ('{"command":"receive","party":"counter","amount_paise":1}', "not_at_the_counter"),
    ('{"command":"receive","party":"ramesh","amount_paise":1,"full":true}', "large_kasar"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "code"), JSON_REFUSED, ids=lambda given: given[:70])
def test_a_line_of_json_that_does_not_say_exactly_one_thing_is_refused(shop: Counter, line: str, code: str) -> None:
    before = recorded(shop)
    sent = send(shop, line)
    assert sent.codes == [code]
    assert sent.answer.code == 2
    message = sent.answers[0]["refused"]["message"]
    assert message
    assert "{" not in message.replace(line, "")
    assert recorded(shop) == before


@pytest.mark.parametrize(
    "line",
    [
        '{"command":"sale","party":"रमेश" "amount":"5"}',
        '{"command":"sale" "party":"ramesh"}',
        '{"command":"sale","party":"ramesh"} {}',
    ],
)
def test_where_a_line_stops_being_json_is_said_in_characters(shop: Counter, line: str) -> None:
    with pytest.raises(json.JSONDecodeError) as python:
        json.loads(line)
    refused = send(shop, line, options="--lang hi").answers[0]["refused"]
    assert refused["facts"]["at"] == python.value.pos + 1
    assert refused["message"].endswith(f"इस अक्षर से आगे पढ़ी नहीं गई: {python.value.pos + 1}")
    assert not re.search(r"\b(?!JSON)[a-z]{3,}", refused["message"])


def test_a_byte_that_is_no_letter_counts_as_one_character() -> None:
    with pytest.raises(BadJson) as refused:
        parse('{"party":"रा'.encode() + b'\xff"}')
    assert refused.value.facts["at"] == 13


def test_with_json_an_envelope_ends_it_and_nothing_is_said_beside(shop: Counter) -> None:
    sent = send(shop, SALE, "sale nobody 5", options="--json")
    assert sent.answer.err == ""
    assert sent.answer.code == 2
    assert sent.answers[-1]["command"] == "batch"
    assert sent.answers[-1]["data"] == {"lines": 2, "recorded": 1, "already_recorded": 0, "refused": 1}
    assert send(shop, SALE, options="-q").answer.err == ""


def test_it_speaks_the_language_that_was_asked_for(shop: Counter) -> None:
    sent = send(shop, "sale nobody 5", "{", options="--lang hi")
    assert "ग्राहक" in sent.answers[0]["refused"]["message"]
    assert "लाइनें" in sent.answer.err


def test_whoever_records_is_named_once_for_all_lines(shop: Counter) -> None:
    send(shop, SALE, "sale ramesh 5", options="--by Vijay")
    assert [line["by_name"] for line in shop("log", "--from", "5", "--json").data["lines"]] == ["Vijay"] * 2


def test_without_a_book_no_line_is_taken(khata: Counter) -> None:
    answer = khata("batch", stdin=StringIO("sale ramesh 5\n"))
    assert (answer.code, answer.out) == (2, "")


@pytest.mark.parametrize("group", ["0", "-1", "x", ""])
def test_a_group_has_at_least_one_line(shop: Counter, group: str) -> None:
    assert shop("batch", "--group", group, "--json").refused == "misused"


def test_a_forgotten_name_is_gone_and_the_lines_after_it_are_taken(shop: Counter, tmp_path: Path) -> None:
    sent = send(shop, "receive ramesh 450", "party forget ramesh --yes", "sale Sita 5 --new", "sale ramesh 5", group=9)
    assert [each.get("refused", {}).get("code") for each in sent.answers] == [None, None, None, "unknown_party"]
    assert sent.answer.err.splitlines()[0] == "Lines: 4. Recorded: 3. Recorded before: 0. Refused: 1."


def test_the_page_of_the_commands_shows_what_a_line_may_hold_and_be_answered(shop: Counter) -> None:
    known = {each for wanted in COMMANDS.values() for each in wanted.__struct_fields__} - {"dry_run"}
    assert known == make_cli_docs.FIELDS.keys()
    answers = send(shop, SALE, "sale nobody 5", "balance").answers
    for answer, kind in zip(answers, ("recorded", "refused", "asked"), strict=True):
        assert answer.keys() == make_cli_docs.ANSWERS[kind].keys()


def test_what_was_still_to_come_in_a_line_that_was_refused_is_not_said_of_the_next(shop: Counter) -> None:
    sent = send(shop, "daybook --as-on 2027-01-01 --from 2026-11-20 --to 2026-11-19", "party add Mahesh", "balance")
    assert sent.answers[0]["refused"]["code"] == "period_backwards"
    assert [each["warnings"] for each in sent.answers[1:]] == [[], []]
