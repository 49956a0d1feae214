"""Tally's XML, object by object: no more of it is in memory than the one that is being read.

Parsed by expat, which is given neither a document type nor entities of its own; depth and text have a limit. Tally
writes references to characters that XML does not have (`&#4;` before `Primary` and `Not Applicable`): they are left
out, as are such characters themselves. Source: XML 1.0, 2.2 (Char) and 4.1.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from xml.parsers import expat

from khata.importing.kinds import encoding_of
from khata.importing.source import LONGEST, LONGEST_CELL, UnreadableFileError

DEEPEST = 64
"""Elements within each other; Tally's own are some ten deep."""

MOST_PARTS = 200_000
"""Elements of one object: a voucher of ten thousand lines."""

_REFERENCE = re.compile(r"&#(?:x([0-9A-Fa-f]{1,8})|([0-9]{1,8}));")
_NONE_SUCH = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF))
_LONGEST_REFERENCE = 12


class Node:
    """An element: its tag, its attributes, the text in it, the elements below it."""

    __slots__ = ("attributes", "children", "tag", "text")

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag, self.attributes = tag, attributes
        self.text = ""
        self.children: list[Node] = []

    def first(self, tag: str) -> str:
        """The text of the first element below it that has a tag, trimmed; "" if there is none."""
        return next((each.text.strip() for each in self.children if each.tag == tag), "")

    def all(self, *tags: str) -> list[Node]:
        """The elements below it that have one of these tags."""
        return [each for each in self.children if each.tag in tags]


def objects(chunks: Iterable[bytes], wanted: frozenset[str]) -> Iterator[Node]:
    """The outermost elements with a wanted tag, in their order.

    Args:
        chunks: the bytes of a file.
        wanted: tags.

    Raises:
        UnreadableFileError: `bad_xml` with `line`, and as `what` `letters`, `doctype` or `deep`; `cell_too_long`,
            `line_too_long`.
    """
    gathering = _Gathering(wanted)
    fed = 0
    try:
        for text in _cleaned(_decoded(chunks)):
            some = text.encode()
            fed += len(some)
            gathering.parser.Parse(some, False)
            if fed - gathering.parser.CurrentByteIndex > LONGEST:
                raise UnreadableFileError("line_too_long", longest=LONGEST)
            yield from gathering.taken()
        gathering.parser.Parse(b"", True)
    except expat.ExpatError as e:
        raise UnreadableFileError("bad_xml", line=e.lineno) from e
    except UnicodeError as e:
        raise UnreadableFileError("bad_xml", what="letters", line=gathering.parser.CurrentLineNumber) from e
    yield from gathering.taken()


def _decoded(chunks: Iterable[bytes]) -> Iterator[str]:
    decoder: codecs.IncrementalDecoder | None = None
    for chunk in chunks:
        if decoder is None:
            decoder = codecs.getincrementaldecoder(encoding_of(chunk[:3]))()
        yield decoder.decode(chunk)
    if decoder is not None:
        yield decoder.decode(b"", final=True)


def _cleaned(texts: Iterable[str]) -> Iterator[str]:
    """Text without what XML cannot have; a reference that a chunk cuts in two is held back until it is whole."""
    held = ""
    for more in texts:
        text = held + more
        at = text.rfind("&", -_LONGEST_REFERENCE)
        held = text[at:] if at >= 0 and ";" not in text[at:] else ""
        yield _REFERENCE.sub(_allowed, text[: len(text) - len(held)].translate(_NONE_SUCH))
    yield held


def _allowed(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else int(match[2])
    known = code in (9, 10, 13) or 32 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
    return match[0] if known else ""


class _Gathering:
    """Gathers what is wanted, as the parser meets it."""

    def __init__(self, wanted: frozenset[str]) -> None:
        self._wanted = wanted
        self._depth = self._parts = self._length = 0
        self._open: list[Node] = []
        self._done: list[Node] = []
        self.parser = expat.ParserCreate("utf-8")  # whatever its first line says: it was decoded
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def taken(self) -> list[Node]:
        """What is whole by now, and was not taken yet."""
        done, self._done = self._done, []
        return done

    def _doctype(self, *_: object) -> None:
        raise UnreadableFileError("bad_xml", what="doctype", line=self.parser.CurrentLineNumber)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._parts += 1
        if self._depth > DEEPEST or (self._open and self._parts > MOST_PARTS):
            raise UnreadableFileError("bad_xml", what="deep", line=self.parser.CurrentLineNumber)
        if not self._open and tag not in self._wanted:
            return
        if not self._open:
            self._parts = 0
        self._length = 0
        self._open.append(Node(tag, attributes))

    def _text(self, text: str) -> None:
        if not self._open or self._open[-1].children:  # between two elements there are blanks
            return
        self._length += len(text)
        if self._length > LONGEST_CELL:
            raise UnreadableFileError("cell_too_long", longest=LONGEST_CELL)
        self._open[-1].text += text

    def _end(self, _: str) -> None:
        self._depth -= 1
        if not self._open:
            return
        node = self._open.pop()
        self._length = 0
        if self._open:
            self._open[-1].children.append(node)
        else:
            self._done.append(node)
