"""Every naughty string as a line of the shell and of a batch: told harmlessly, and nothing is recorded by accident."""

from __future__ import annotations

import json
import re
from io import StringIO

import pytest

from khata.cli.shell import sitting
from tests.cli.conftest import Counter
from tests.cli.sitting import sit
from tests.hostile.naughty import ALL
from tests.hostile.screen import harmful

LINES = [text for text in ALL if "\0" not in text]
PLACES = ["{}", "{} 450", "ramesh 450 ; {}", "sale ramesh {}", "ramesh {}", "{}?", "day {}", "by {}", "fix {}"]
NEVER = re.compile(r"(?i)\s*(/|@|\?|exit|quit|bas|help|undo|party|backup)")
"""What ends a sitting, or is a command that writes files of its own."""


def is_whole(text: str) -> bool:
    """Whether UTF-8 can hold it: nothing else can come through a pipe."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def typed(place: str) -> list[str]:
    return [place.format(text) for text in LINES if not (place == "{}" and NEVER.match(text))]


@pytest.mark.parametrize("place", PLACES)
def test_a_line_of_the_shell_steers_no_terminal(counter: Counter, place: str) -> None:
    for start in range(0, len(LINES), 100):
        sat = sit(counter, *typed(place)[start : start + 100])
        assert harmful(sat.said) == []
        assert sat.code == 0
        assert "fault in khata" not in sat.said
    assert counter("verify").code == 0


@pytest.mark.parametrize("place", ["{}", "sale ramesh 450 --note '{}'", "sale {} 450", "balance {}"])
def test_a_line_of_a_batch_is_answered_harmlessly(counter: Counter, place: str) -> None:
    lines = [line for line in typed(place) if "\n" not in line and not line.startswith("#") and is_whole(line)]
    answer = counter("batch", "--group", "50", stdin=StringIO("".join(line + "\n" for line in lines)))
    assert harmful(answer.out + answer.err) == []
    assert answer.code in (0, 2), answer.err
    told = [json.loads(line) for line in answer.out.splitlines()]
    assert [each["line"] for each in told] == [at for at, line in enumerate(lines, 1) if line.encode().strip()]
    assert "fault" not in {each.get("refused", {}).get("code") for each in told}
    assert counter("verify").code == 0


@pytest.mark.parametrize("field", ["party", "note", "ref", "amount", "on", "event_id", "command", "x"])
def test_a_field_of_a_line_of_json_is_answered_harmlessly(counter: Counter, field: str) -> None:
    said = [{"command": "sale", "party": "ramesh", "amount": "5"} | {field: text} for text in LINES]
    lines = "".join(json.dumps(each) + "\n" for each in said)
    answer = counter("batch", "--group", "50", stdin=StringIO(lines))
    assert harmful(answer.out + answer.err) == []
    assert answer.code in (0, 2), answer.err
    assert len(answer.out.splitlines()) == len(LINES)
    assert counter("verify").code == 0


def test_without_the_guard_the_prompt_is_steered(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a counter's name stands in the prompt."""
    monkeypatch.setattr(sitting, "visible", lambda text: text)
    sat = sit(counter, by="\x1b[2J")
    assert harmful("".join(sat.keys.prompts)) == ["U+001B"]
