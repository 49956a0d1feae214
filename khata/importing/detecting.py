"""Whose file it is, where nobody said so: what its header shows."""

from __future__ import annotations

from collections.abc import Sequence

from khata.importing.file import File
from khata.importing.opening import AnySource, look_for, near_the_top
from khata.importing.profile import BUNDLE, EXPORT, JOURNALS, KHATA, TALLY, TableProfile, names, profile
from khata.importing.words import folded

ANY_BANK = "bank"
"""The profile of a statement by heads that no bank has for itself."""

ADDED = "party"
"""The column that a shopkeeper adds to a statement, behind all others, as docs/IMPORT.md has it."""

_OWN = (KHATA, EXPORT, TALLY, BUNDLE, *JOURNALS.values())


def detected(source: AnySource, file: File) -> TableProfile:
    """The profile under which a file is read.

    khata's own columns are no guess, nor is what its export writes. Any other is: `file.guessed` then, and nothing is
    recorded before somebody has agreed. What fits none is read as what knows most of its heads, khata's own where no
    other knows more: the faults then say what is missing.

    Raises:
        UnreadableFileError, csv.Error, UnicodeDecodeError: the file cannot be read as far as its header.
    """
    if _all_known(EXPORT, source.header) and not _all_known(KHATA, source.header) and EXPORT.fits(source.header):
        return EXPORT
    if KHATA.fits(source.header):
        return KHATA
    others = [profile(name) for name in names() if name not in [own.name for own in _OWN]]
    known = [KHATA, EXPORT, *others]
    if not look_for(source, lambda header: any(each.fits(header) for each in known)):
        return _nearest(source, file, known)
    fitting = [each for each in known if each.fits(source.header)]
    best = max(fitting, key=lambda each: _score(each, source.header))
    alike = [each.name for each in fitting if _score(each, source.header)[:2] == _score(best, source.header)[:2]]
    if ANY_BANK in alike and not _has_own_head(best, source.header, others):
        best = profile(ANY_BANK)
    file.guessed = best not in (KHATA, EXPORT)
    return best


def _nearest(source: AnySource, file: File, known: Sequence[TableProfile]) -> TableProfile:
    """The profile that knows most of the heads of a file that fits none; of two khata's own, then the smaller one."""
    rows = near_the_top(source)
    best = max(known, key=lambda each: (max(map(each.knows, rows)), each in (KHATA, EXPORT), -len(each.columns)))
    file.guessed = best not in (KHATA, EXPORT)
    return best


def _has_own_head(each: TableProfile, header: Sequence[str], others: Sequence[TableProfile]) -> bool:
    """Whether a head shows the bank: no profile of another one has it."""
    banks = [other for other in others if other.ways.narration.party and other.name not in (each.name, ANY_BANK)]
    return any(head in each.columns and not any(head in bank.columns for bank in banks) for head in map(folded, header))


def _all_known(each: TableProfile, header: Sequence[str]) -> bool:
    return all(folded(head) in each.columns for head in header if head.strip())


def _score(each: TableProfile, header: Sequence[str]) -> tuple[int, bool, int]:
    """How much of a header a profile knows; of two that know as much, the one that knows little else.

    Where a column names the customers, a bank's statement is the less likely, unless that was added: it stands last.
    """
    last = [folded(head) for head in header if head.strip()][-1:]
    return each.knows(header), each.ways.nameless == (last == [ADDED]), -len(each.columns)
