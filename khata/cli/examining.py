"""A book examined: verified, and held against whatever else tells of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from khata.api.places import typed_path
from khata.cli.env import Env
from khata.cli.failing import BROKEN, NEWER
from khata.cli.progress import bar
from khata.log.errors import BookBrokenError, BookError, NotABookError
from khata.render import json

if TYPE_CHECKING:
    from khata.api.verified import Verified
    from khata.log.note import VerifierKey
    from khata.verifying.against import Comparison
    from khata.verifying.verdict import Timestamp, Verdict


class Examined(NamedTuple):
    """What was found of a book.

    Attributes:
        verified: what this machine verified of it before.
        verdict: the verification.
        compared: how it stands to each file that it was held against.
        stamp: when an authority saw the largest checkpoint that holds; None if none did.
        shop: its name, as the first entry has it; None where that cannot be read.
        data: what `verify --json` says.
        code: the exit code.
    """

    verified: Verified
    verdict: Verdict
    compared: list[Comparison]
    stamp: Timestamp | None
    shop: str | None
    data: json.Json
    code: int


def examine(env: Env, against: Sequence[str] = (), *, since: bool = False, links: bool = False) -> Examined:
    """Verify the book, hold it against files and what is in folders, and note where that left off, if all was well.

    Args:
        env: the surroundings.
        against: files and folders.
        since: go on from where the last verification left off.
        links: hashes and links alone.

    Raises:
        BookError: the book, or a file that was named, cannot be read.
    """
    from khata.api.verified import Verified

    with bar(env, "progress.verify") as told:
        verified = Verified(env)
        verdict = verified.verify(told, since=since, links=links)
    own = verified.own_keys() if against else []
    paths = [(path, typed_path(each).is_dir()) for each in against for path in _files(typed_path(each))]
    compared = [_against(env, path, own, among=among) for path, among in paths]
    compared += _witnessed(env, verified.book)
    data = json.verdict(verdict)
    stamp = verified.stamped(verdict)
    data["timestamp"] = stamp._asdict() if stamp is not None else None
    if compared:
        data["against"] = [json.comparison(each) for each in compared]
        data["checks"] += data["against"]
    if any(each.contradicts for each in compared):
        data["result"] = "broken"
        data["holds_upto"] = min(data["holds_upto"], *(_agree_upto(each, verdict) for each in compared))
    if data["result"] == "unbroken" and verdict.read:
        verified.keep(verdict)
    code = {"unbroken": 0, "broken": BROKEN, "incomplete": NEWER}[data["result"]]
    if not code and any(each.result == "bad" for each in compared):  # what was asked for could not be done
        code = BROKEN
    return Examined(verified, verdict, compared, stamp, _shop(env), data, code)


def _files(path: Path) -> list[Path]:
    """A file by itself; of a folder the files in it that tell of a book. Raises NotABookError: none does."""
    from khata.verifying.against import tells_of_a_book

    if not path.is_dir():
        return [path]
    found = [each for each in sorted(path.iterdir()) if each.is_file() and tells_of_a_book(each)]
    if not found:
        raise NotABookError(path=str(path), why="empty_folder")
    return found


def _agree_upto(each: Comparison, verdict: Verdict) -> int:
    """The last entry that nothing of a comparison speaks against."""
    if each.relation != "fork" or each.fork is None:
        return verdict.holds_upto
    if each.fork.upto:  # somewhere among them
        return verdict.sealed.upto if verdict.sealed.upto < each.fork.entry else 0
    return each.fork.entry - 1


def _against(env: Env, path: Path, own: Sequence[VerifierKey], *, among: bool) -> Comparison:
    """Hold the book against a file; `among` others of a folder, one that is damaged hides none of them."""
    from khata.verifying.against import Comparison, against

    if os.path.realpath(path) == os.path.realpath(env.book_path):
        return Comparison(path, why="this_file")
    try:
        return against(env.book_path, path, own)
    except BookBrokenError as e:
        return Comparison(path, why="not_compared" if e.facts.get("path") == str(env.book_path) else "broken")
    except NotABookError:
        if not among:
            raise
        return Comparison(path, why="broken")


def _witnessed(env: Env, book: str) -> list[Comparison]:
    """What this user signed last of a book (32 hex) as a witness of it. What cannot be read there is no part of it."""
    from khata.log.checkpoint import Checkpoint, origin_of
    from khata.store.witnessed import SHOPS, SeenFile
    from khata.verifying.against import against_signed_last

    path = env.places.witness / SHOPS
    with suppress(BookError):
        last = SeenFile(path).read().get(origin_of(book))
        if last is not None:
            origin = last.key.name
            return [against_signed_last(env.book_path, path, Checkpoint(origin, last.size, last.root))]
    return []


def _shop(env: Env) -> str | None:
    """The shop's name as the first entry has it, read without the cache: verification leaves no trace."""
    from khata.store.sqlite.readonly import ReadOnlyBook
    from khata.verifying.stored import opened

    with suppress(BookError), closing(ReadOnlyBook(env.book_path)) as pages:
        first = opened(pages)
        return first.shop if first is not None else None
    return None
