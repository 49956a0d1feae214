"""Where things are on this machine: the books, the chosen one, who types here, the caches (XDG base directories)."""

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from khata.api.refusals import SeveralBooks
from khata.log.errors import NoBookError
from khata.store.files import replace_file
from khata.units import At

ENDING = ".khata"

HISTORY = "history"
KEPT_LINES = 500
"""Lines of the shell that Up goes back to."""

LARGEST = 1 << 20
"""Bytes of a state file that are read."""


KEPT_BACKUPS = 1_000
"""Backups that are remembered whose files are not at their place: on a stick that is in a drawer."""

LONGEST_PATH = 4096
"""Bytes that a system takes for a path."""

_BACKUP = r"([0-9a-f]{32}) ([0-9T:.-]{26}Z) (?:(other|same) )?(/[^\0]*)"


class Backup(NamedTuple):
    """A copy that was made here.

    Attributes:
        book: 32 hex.
        at: the instant, UTC text.
        path: the file; it may be gone, or on a stick that is not plugged in.
        other_disk: whether it went to another disk than the book's; None where that was not noted.
    """

    book: str
    at: At
    path: Path
    other_disk: bool | None

    def is_there(self) -> bool:
        """Whether the file is at its place."""
        return _is_file(self.path)


def typed_path(text: str) -> Path:
    """A path as it was typed; `~` is a home, and `~nobody` stays as it is, as a shell leaves it."""
    path = Path(text)
    with suppress(RuntimeError):
        return path.expanduser()
    return path


def existing_book(text: str) -> Path:
    """A copy of a book as it was typed. Raises NoBookError where there is no such file."""
    path = typed_path(text)
    if not os.path.lexists(path):
        raise NoBookError(path=str(path), what="no_file")
    return path


def _each_once(paths: Iterable[Path]) -> list[Path]:
    """The paths, of several names of one file only the first."""
    found: dict[str, Path] = {}
    for path in paths:
        found.setdefault(os.path.realpath(path), path)
    return list(found.values())


class Places:
    """The folders of one user, worked out from the environment."""

    def __init__(self, environ: Mapping[str, str], login: str) -> None:
        home = Path(environ.get("HOME") or "/")
        self._environ = environ
        self.home = home
        self.login = login
        self.books = home / "Khata"
        self.cache = self._xdg("XDG_CACHE_HOME", ".cache") / "khata"
        self.state = self._xdg("XDG_STATE_HOME", ".local/state") / "khata"
        self.keys = self._xdg("XDG_DATA_HOME", ".local/share") / "khata" / "keys"
        self.witness = self._xdg("XDG_DATA_HOME", ".local/share") / "khata" / "witness"
        self.checkpoints = self.books / "checkpoints"
        self.signed = self.state / "signed"
        self.witnesses = self.state / "witnesses"
        self.anchors = self.state / "anchors"
        self.verified = self.state / "verified"

    def _xdg(self, name: str, default: str) -> Path:
        given = self._environ.get(name, "")
        return Path(given) if given.startswith("/") else self.home / default

    def tilde(self, path: Path) -> str:
        """A path as people write it: `~/Khata/shop.khata`."""
        return f"~/{path.relative_to(self.home)}" if path.is_relative_to(self.home) else str(path)

    # --- which book

    def book(self, asked: str | None) -> Path:
        """The book that is meant: asked for, KHATA_BOOK, chosen with `khata use`, or the only one in ~/Khata.

        Raises:
            SeveralBooks: ~/Khata holds more than one and none was chosen.
            NoBookError: there is none, or which one was chosen cannot be read (`what` is `chosen`).
        """
        for given in (asked, self._environ.get("KHATA_BOOK")):
            if given:
                return typed_path(given)
        chosen = self.chosen()
        if chosen:
            return chosen
        here = self.in_books_folder()
        if len(here) > 1:
            raise SeveralBooks(books=[str(path) for path in here])
        if here:
            return here[0]
        raise NoBookError(path=str(self.books))

    def in_books_folder(self) -> list[Path]:
        """The books in ~/Khata, by name; a link to one of them is none of its own."""
        with suppress(OSError):
            found = [path for path in self.books.iterdir() if path.suffix == ENDING and path.is_file()]
            return sorted(_each_once(sorted(found, key=Path.is_symlink)))
        return []

    def known(self) -> list[Path]:
        """Every book that this user has made or used and that is still there."""
        listed = [Path(line) for line in (self._read("known") or "").splitlines() if line]
        return _each_once(path for path in [*self.in_books_folder(), *listed] if _is_file(path))

    def knows(self, path: Path) -> bool:
        """Whether this user has made, used or chosen the book at a path."""
        listed = [*(self._read("known") or "").splitlines(), self._read("chosen") or ""]
        return os.path.realpath(path) in {os.path.realpath(line) for line in listed if line}

    def remember(self, path: Path) -> None:
        """Note that a book is used here."""
        line, known = str(path.absolute()), (self._read("known") or "").splitlines()
        if line not in known:
            self._write("known", "".join(f"{each}\n" for each in (*known, line)))

    def choose(self, path: Path) -> None:
        """Make a book the one that is meant from now on. Raises OSError."""
        self._write("chosen", str(path.absolute()) + "\n", needed=True)

    def chosen(self) -> Path | None:
        """The book chosen with `khata use`. Raises NoBookError: one was, and nobody can read which."""
        chosen = self._read("chosen")
        if chosen and "\0" not in chosen and len(os.fsencode(chosen)) <= LONGEST_PATH:
            return Path(chosen)
        with suppress(FileNotFoundError, NotADirectoryError):
            path = self.state / "chosen"
            with suppress(PermissionError):
                path.lstat()
            # Another one in its place would be guessed.
            raise NoBookError(path=str(path), what="chosen")
        return None

    # --- backups

    def backups(self) -> list[Backup]:
        """Backups made here, oldest first."""
        return [made for line in (self._read("backups") or "").splitlines() if (made := _backup(line)) is not None]

    def note_backup(self, made: Backup) -> None:
        """Note that a backup was made; of those that are not at their place only what may be in a drawer is kept."""
        others = [each for each in self.backups() if each.path != made.path]
        away = [each for each in others if not each.is_there()]
        gone = {each for each in away if each.other_disk is False or each.path.parent == made.path.parent}
        gone |= {*away[:-KEPT_BACKUPS]}
        self._write("backups", "".join(map(_line, [*(each for each in others if each not in gone), made])))

    def reminded(self) -> str | None:
        """What `note_reminded` noted last."""
        return self._read("reminded")

    def note_reminded(self, of: str) -> None:
        """Note of what, and on which day, somebody was reminded."""
        self._write("reminded", of + "\n")

    # --- what was typed into the shell

    def history(self) -> list[str]:
        """The lines that were typed into the shell lately, oldest first; cut short where the file has grown long."""
        lines = [line for line in (self._read(HISTORY) or "").splitlines() if line.isprintable()]
        kept = lines[-KEPT_LINES:]
        if len(lines) > 2 * KEPT_LINES:
            self._write(HISTORY, "".join(f"{line}\n" for line in kept))
        return kept

    def note_history(self, line: str) -> None:
        """Note a line that was typed. In one write: several shells note theirs at once."""
        with suppress(OSError):
            self.state.mkdir(parents=True, exist_ok=True, mode=0o700)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            fd = os.open(self.state / HISTORY, flags, 0o600)
            try:
                if stat.S_ISREG(os.fstat(fd).st_mode):
                    os.fchmod(fd, 0o600)  # names of customers are in it, whoever made the file
                    os.write(fd, os.fsencode(line + "\n"))
            finally:
                os.close(fd)

    def drop_history(self) -> None:
        """Delete what was typed: the name of a customer who is forgotten may be in it, however it was spelt."""
        with suppress(OSError):
            (self.state / HISTORY).unlink()

    # --- who types

    def counter(self, new_id: str) -> str:
        """The counter of this machine and user, 8 hex: made once and kept in the state folder.

        Where no state can be kept it is worked out from machine and user, so that it is the same one every time.
        """
        if self._read("counter") is None:
            self._make_counter(new_id)
        kept = self._read("counter") or ""
        if len(kept) == 8 and all(digit in "0123456789abcdef" for digit in kept):
            return kept
        return hashlib.sha256(f"{self.login}@{os.uname().nodename}".encode()).hexdigest()[:8]

    def _make_counter(self, new_id: str) -> None:
        temporary = self.state / f"counter.{new_id}"
        with suppress(OSError):
            self._lay(temporary, new_id[:8] + "\n")
            try:
                # Linked, not written in place: two first sales at once must end up as one counter.
                os.link(temporary, self.state / "counter")
            finally:
                temporary.unlink(missing_ok=True)

    def own_counter(self) -> str | None:
        """The counter of this machine and user if it was made already."""
        return self._read("counter")

    def _read(self, name: str) -> str | None:
        with suppress(OSError):
            # O_NONBLOCK: a FIFO put in its place must not hang every command.
            fd = os.open(self.state / name, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            with os.fdopen(fd, "rb") as file:
                if stat.S_ISREG(os.fstat(fd).st_mode):
                    return os.fsdecode(file.read(LARGEST)).strip("\n") or None
        return None

    def _write(self, name: str, text: str, *, needed: bool = False) -> None:
        try:
            # After a power cut an empty `chosen` would mean another book.
            replace_file(self.state / name, os.fsencode(text), lasting=True)
        except OSError:
            if needed:
                raise

    def _lay(self, path: Path, text: str) -> None:
        """Write a new file for its owner alone. A path in it may be no UTF-8."""
        self.state.mkdir(parents=True, exist_ok=True, mode=0o700)
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(fd, "wb") as file:
            file.write(os.fsencode(text))
            file.flush()
            os.fsync(fd)


def _is_file(path: Path) -> bool:
    """Whether a file is there; what was read from a damaged list may not even be a path."""
    with suppress(OSError, ValueError):
        return path.is_file()
    return False


def _backup(line: str) -> Backup | None:
    """A backup from its line; None if it is none, as where the file was damaged."""
    found = re.fullmatch(_BACKUP, line)
    if found is None:
        return None
    try:
        datetime.fromisoformat(found[2])
    except ValueError:
        return None
    noted = {"other": True, "same": False}.get(found[3] or "")
    return Backup(found[1], At(found[2]), Path(found[4]), noted)


def _line(made: Backup) -> str:
    where = {True: "other ", False: "same ", None: ""}[made.other_disk]
    return f"{made.book} {made.at} {where}{made.path}\n"
