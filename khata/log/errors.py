"""What can be broken about a book: faults, each with a code and facts, no prose.

The sentence and the exit code are made in one place, at the door (cli/).
"""

from __future__ import annotations

from typing import ClassVar


class BookError(Exception):
    """Something is wrong with the book or the machine, not with what was typed."""

    code: ClassVar[str]

    def __init__(self, **facts: object) -> None:
        super().__init__(f"{self.code} {facts}" if facts else self.code)
        self.facts = facts


class NoBookError(BookError):
    """There is no book at this path."""

    code = "no_book"


class NotABookError(BookError):
    """The file is there, and is not a khata book."""

    code = "not_a_book"


class BookBrokenError(BookError):
    """The book does not hold together: `khata verify` tells where."""

    code = "book_broken"


class NewerBookError(BookError):
    """A newer khata wrote here; this one must not guess."""

    code = "newer_book"


class BusyError(BookError):
    """Another process held the book for longer than the wait."""

    code = "busy"


class ReplacedError(BookError):
    """Another file took the book's place while it was read: what was read of the one says nothing of the other."""

    code = "replaced"


class ViewsDifferError(BookError):
    """The views say two things of one sum: somebody changed them. The book is not at fault; they are built anew."""

    code = "views_differ"


class DiskError(BookError):
    """The machine would not do it: disk full, I/O error, no permission. Nothing was recorded."""

    code = "disk_error"


class KeyUnreadableError(BookError):
    """What stands in the place of a key is none that this khata can sign with."""

    code = "key_unreadable"


class SignedDiffersError(BookError):
    """The book no longer has what was signed of it: it was cut short, or is another one from an earlier entry on.

    Facts: `path`, `size` (entries of the checkpoint), `entries` (that the book has), `adopted` (whether an adoption
    gave up what was signed).
    """

    code = "signed_differs"


class UnconfirmedError(BookError):
    """The disk failed while committing: whether it was recorded must be asked again, with the same event id."""

    code = "unconfirmed"


class PathTakenError(BookError):
    """A file is already there; khata never writes over one."""

    code = "path_taken"
