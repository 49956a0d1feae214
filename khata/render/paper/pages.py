"""Pages on paper that are no statement: a document to be signed, and any table."""

from __future__ import annotations

from typing import Any

from khata.i18n.messages import Words
from khata.render.document import Document
from khata.render.paper.typesetting import typeset
from khata.render.terminal.table import Table
from khata.render.text import visible


def document_pdf(document: Document, words: Words) -> bytes:
    """A document on A4. Raises PaperMissing as `typeset` does."""
    sections = [
        {
            "head": visible(section.head),
            "facts": [[visible(name), visible(said)] for name, said in section.facts],
            "sentences": [visible(each) for each in section.sentences],
            "typed": [visible(each) for each in section.typed],
        }
        for section in document.sections
    ]
    return typeset("document.typ", {**_about(document.title, words), "sections": sections}, "pdf")


def table_pdf(table: Table, title: str, words: Words) -> bytes:
    """A table on A4, lying. Raises PaperMissing as `typeset` does."""
    return typeset("table.typ", {**_about(title, words), **table.on_paper()}, "pdf")


def _about(title: str, words: Words) -> dict[str, Any]:
    return {"title": visible(title), "lang": words.language, "dir": words.direction}
