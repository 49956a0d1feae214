"""Lines sent to `khata batch`, and what each of them was answered."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.cli.conftest import Answer, Counter

Given = str | bytes | Mapping[str, object]


@dataclass
class Sent:
    """The answers to lines, in their order, and how it ended."""

    answers: list[dict[str, Any]]
    answer: Answer

    @property
    def entries(self) -> list[Any]:
        """Of each line its entry, or the code of what was wrong; None for a question."""
        return [each["refused"]["code"] if "refused" in each else each.get("entry") for each in self.answers]

    @property
    def codes(self) -> list[str]:
        """The codes of the refusals."""
        return [each["refused"]["code"] for each in self.answers if "refused" in each]


def spelt(line: Given) -> bytes:
    """A line as it stands in the stream."""
    if isinstance(line, bytes):
        return line
    return (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)).encode()


def stream(lines: tuple[Given, ...]) -> bytes:
    return b"".join(spelt(line) + b"\n" for line in lines)


def send(counter: Counter, *lines: Given, group: int = 1, options: str = "", end: bytes = b"") -> Sent:
    """Send lines; `end` is what follows the last of them without a line end of its own."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as file:
        file.buffer.write(stream(lines) + end)
        file.seek(0)
        answer = counter("batch", "--group", str(group), *options.split(), stdin=file)
    return Sent([json.loads(line) for line in answer.out.splitlines()], answer)


def recorded(counter: Counter) -> list[Any]:
    """What stands in the book, but for ids and instants."""
    lines = counter("log", "--json").data["lines"]
    return [{key: line[key] for key in line if key not in ("event_id", "at")} for line in lines]
