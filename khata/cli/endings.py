"""What the ending of a file's name says of the format: nothing is ever in a file whose name says something else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath

from khata.cli.refusals import UnknownFormat

Endings = Mapping[str, Sequence[str]]
"""The formats that a command writes, the usual one first, each with the endings that say so."""

OF_OTHERS = frozenset(
    (
        *(".pdf", ".html", ".htm", ".doc", ".docx", ".odt", ".rtf", ".xls", ".xlsx", ".xlsm", ".ods", ".xml"),
        *(".csv", ".tsv", ".json", ".jsonl", ".journal", ".hledger", ".ledger", ".beancount", ".bean", ".zip"),
        *(".png", ".jpg", ".jpeg", ".svg", ".qif", ".ofx"),
    )
)
"""Endings by which every program knows what is in a file."""


def form_of(form: str | None, file: str | None, known: Endings, *, any_other: bool = True) -> str:
    """The format in which to write: the one that was asked for, else the one that the file's name says, else the usual.

    Args:
        form: as it was typed; None where nothing was.
        file: where to; None or `-` for stdout.
        known: the formats that there are.
        any_other: whether a name with an ending that means nothing may have the usual format.

    Raises:
        UnknownFormat: there is none such, the ending is that of another, or `--format` says something else.
    """
    if form is not None and form not in known:
        raise UnknownFormat(value=form, known=list(known))
    ending = PurePath(file).suffix.lower() if file and file != "-" else ""
    if not ending:
        return form or next(iter(known))
    said = [name for name, endings in known.items() if ending in endings]
    if form is not None:
        if form in said or not (said or ending in OF_OTHERS) or ending == ".txt":
            return form
        raise UnknownFormat(what="ending_of_another", value=ending, form=form)
    if said:
        return said[0]
    if ending in OF_OTHERS or not any_other:
        there = dict.fromkeys(each for endings in known.values() for each in endings)
        raise UnknownFormat(what="ending", value=ending, known=list(there))
    return next(iter(known))
