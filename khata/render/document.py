"""A page of sentences and facts, laid out as text for any screen, or as HTML for a browser and for paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

from khata.render.html import safe
from khata.render.text import folded, visible, width

PAGE = 78
"""Cells in a line of text."""

BLANK = "____________________"
"""What is to be filled in by hand."""

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 48rem; margin: 1rem auto; padding: 0 1rem;
  color: #111; background: #fff }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 1.5rem }
table { border-collapse: collapse; width: 100% } td { padding: .2rem .5rem; vertical-align: top;
  border-bottom: 1px solid #ccc; overflow-wrap: anywhere } td:first-child { width: 32%; color: #444 }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f4f4f4; padding: .5rem }
@media (max-width: 30rem) { td, td:first-child { display: block; width: auto; border: 0 } }
@media print { body { font-size: 11pt; margin: 0; max-width: none } pre { background: none } h2 { break-after: avoid } }
"""


class Section(NamedTuple):
    """A part of a page: its head, facts each with its name, sentences, and lines to be typed as they stand."""

    head: str = ""
    facts: Sequence[tuple[str, str]] = ()
    sentences: Sequence[str] = ()
    typed: Sequence[str] = ()


class Document(NamedTuple):
    """A page in one language (a code of BCP 47). Facts come before sentences in each of its parts."""

    title: str
    language: str
    sections: Sequence[Section]


def as_text(document: Document) -> str:
    """The page as text: lines of at most 78 cells, but for what must not be parted. No character steers a terminal."""
    return "".join(f"{line}".rstrip() + "\n" for line in _lines(document))


def _lines(document: Document) -> Iterator[str]:
    yield document.title
    yield "=" * min(width(document.title), PAGE)
    for section in document.sections:
        yield ""
        if section.head:
            yield section.head
            yield "-" * min(width(section.head), PAGE)
        if section.facts:
            wide = min(max(width(name) for name, _ in section.facts), PAGE // 3)
            for name, said in section.facts:
                yield from _fact(name, said, wide)
        for number, sentence in enumerate(section.sentences):
            if number or section.facts:
                yield ""
            yield from folded(visible(sentence), PAGE, PAGE)
        if section.typed:
            yield ""
            yield from (f"    {visible(line)}" for line in section.typed)


def _fact(name: str, said: str, wide: int) -> Iterator[str]:
    """The name and, beside it, what is said; below it where the name is long or what is said is one long word."""
    text = visible(said)
    if width(name) > wide:
        yield name
        name = ""
    room = PAGE - wide - 2
    first, *rest = [text] if " " not in text else folded(text, room, room)
    yield f"{name}{' ' * (wide - width(name))}  {first}"
    yield from (" " * (wide + 2) + line for line in rest)


def as_html(document: Document) -> str:
    """The page as one HTML file that loads nothing; it reads on a phone and prints on A4."""
    body = "".join(_html(section) for section in document.sections)
    return (
        f'<!doctype html>\n<html lang="{escape(document.language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{safe(document.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{safe(document.title)}</h1>\n{body}</body>\n</html>\n"
    )


def _html(section: Section) -> str:
    parts = [f"<h2>{safe(section.head)}</h2>\n"] if section.head else []
    if section.facts:
        rows = "".join(f"<tr><td>{safe(name)}</td><td>{safe(said)}</td></tr>\n" for name, said in section.facts)
        parts.append(f"<table>\n{rows}</table>\n")
    parts += [f"<p>{safe(sentence)}</p>\n" for sentence in section.sentences]
    if section.typed:
        parts.append("<pre>" + "\n".join(map(safe, section.typed)) + "</pre>\n")
    return "".join(parts)
