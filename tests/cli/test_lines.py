"""Lines of a stream: however the bytes come, they are the same lines, and nobody waits for one that is there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from io import StringIO
from typing import IO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khata.cli import lines as module
from khata.cli.lines import LONGEST, InputLine, Lines


@pytest.fixture
def pipe() -> Iterator[tuple[IO[str], int]]:
    read, write = os.pipe()
    with open(read, encoding="utf-8") as stream:  # noqa: PTH123 - a descriptor
        yield stream, write


bodies = st.lists(st.sampled_from([b"a", b"bc", b"\r", b"", b"\xff", b"x" * 9]), max_size=8)


@given(bodies, st.booleans(), st.integers(1, 9))
def test_the_lines_are_the_same_in_whatever_pieces_they_come(whole: list[bytes], ended: bool, size: int) -> None:
    sent = b"\n".join(whole) + (b"\n" if ended else b"")
    read, write = os.pipe()
    os.write(write, sent)
    os.close(write)
    with pytest.MonkeyPatch.context() as patched, open(read, encoding="utf-8") as stream:  # noqa: PTH123
        patched.setattr(module, "CHUNK", size)
        found = list(Lines(stream))
    expected = sent.split(b"\n")
    last = expected.pop()
    assert [line.text for line in found] == [
        each.removesuffix(b"\r") for each in (*expected, *([last] if last else []))
    ]
    assert [line.number for line in found] == list(range(1, len(found) + 1))
    assert [line.ended for line in found] == [True] * len(expected) + [False] * bool(last)


def test_a_line_that_is_half_there_is_waited_for(pipe: tuple[IO[str], int]) -> None:
    stream, write = pipe
    lines = Lines(stream)
    assert not lines.more()
    os.write(write, b"one\ntw")
    assert lines.more()
    assert next(iter(lines)) == InputLine(1, b"one", ended=True)
    assert not lines.more()
    os.write(write, b"o\n")
    assert lines.more()
    os.close(write)
    assert next(iter(lines)).text == b"two"
    assert not lines.more()


def test_a_line_without_end_takes_no_more_room_than_the_longest(pipe: tuple[IO[str], int]) -> None:
    stream, write = pipe
    lines = Lines(stream)
    for _ in range(LONGEST // 4096 + 50):
        os.write(write, b"x" * 4096)
        assert not lines.more()
    assert len(lines._rest) == LONGEST + 1
    os.close(write)


def test_a_pipe_that_another_process_was_faster_to_read_is_waited_for_again(
    pipe: tuple[IO[str], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    stream, write = pipe
    os.set_blocking(stream.fileno(), False)
    looks = iter([b"", b"one\n"])
    monkeypatch.setattr(module, "select", lambda *_: os.write(write, next(looks)))
    assert next(iter(Lines(stream))).text == b"one"


def test_a_text_in_memory_has_lines_too() -> None:
    lines = Lines(StringIO("one\ntwo"))
    assert lines.more()
    assert list(lines) == [InputLine(1, b"one", ended=True), InputLine(2, b"two", ended=False)]
