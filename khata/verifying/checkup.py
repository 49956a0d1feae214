"""What `khata doctor` makes of the facts: for each check a result, a code and the facts, no prose."""

from __future__ import annotations

import codecs
import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, NamedTuple

from khata.store.machine import Access, Build, Mount, Probe
from khata.units import At

Health = Literal["ok", "look", "bad"]


class Finding(NamedTuple):
    """One check: `ok`, worth a `look`, or `bad`; a code that says what was found, and the facts of it."""

    check: str
    result: Health
    code: str
    facts: Mapping[str, Any]


LEAST_FREE = 100_000_000
"""Bytes. A book needs room for its journal, for its views, and for years."""

NONE_FREE = 2_000_000
"""Bytes with which the next entry may already fail."""

BACKUP_OLD = timedelta(days=1)
CLOCK_WRONG = timedelta(hours=24)
"""Further ahead than this the last entry keeps everything from being recorded (docs/FORMAT.md)."""

CLOUDS = (
    *("dropbox", "onedrive", "googledrive", "gdrive", "mydrive", "nextcloud", "owncloud", "iclouddrive"),
    *("mobiledocuments", "pclouddrive", "megasync", "syncthing", "insync"),
)
"""How folders are called that a program copies elsewhere while files in them change; small letters, no spaces."""


def versions(khata: str, python: str, libraries: Mapping[str, str | None]) -> Finding:
    """Khata, Python and the libraries by their versions; None for one that is not installed."""
    facts = {"khata": khata, "python": python, "libraries": dict(libraries)}
    missing = [name for name, version in libraries.items() if version is None]
    if missing:
        return Finding("versions", "bad", "missing", facts | {"missing": missing})
    return Finding("versions", "ok", "ok", facts)


def sqlite(build: Build) -> Finding:
    """The SQLite that Python uses."""
    facts = {"version": build.version, "source_id": build.source_id, "options": build.options}
    if not build.new_enough:
        return Finding("sqlite", "bad", "too_old", facts)
    if "THREADSAFE=0" in build.options:
        return Finding("sqlite", "look", "one_thread", facts)
    return Finding("sqlite", "ok", "ok", facts)


def terminal(encoding: str, language: str) -> Finding:
    """Whether what is printed can be read: the rupee sign and Devanagari."""
    facts = {"encoding": encoding, "language": language}
    try:
        codecs.encode("₹ रमेश", encoding)
    except (LookupError, UnicodeError):
        return Finding("terminal", "look", "no_rupee", facts)
    return Finding("terminal", "ok", "ok", facts)


def own_folder(check: str, path: Path, found: Access | None, *, usable: bool) -> Finding:
    """A folder of khata's own: `state` or `cache`. What is not there yet is made when it is needed."""
    facts = {"path": str(path)}
    if not usable or (found is not None and not found.writable):
        return Finding(check, "look", "unusable", facts)
    if found is None:
        return Finding(check, "ok", "later", facts)
    if not found.mine:
        return Finding(check, "look", "foreign", facts)
    if found.others:
        return Finding(check, "look", "open", facts)
    return Finding(check, "ok", "ok", facts)


def permissions(path: Path, found: Access) -> Finding:
    """Who may read and write the book file."""
    facts = {"path": str(path)}
    if not found.writable:
        return Finding("permissions", "bad", "read_only", facts)
    if not found.mine:
        return Finding("permissions", "look", "foreign", facts)
    if found.others & 0o022:
        return Finding("permissions", "look", "others_write", facts)
    if found.others:
        return Finding("permissions", "look", "others_read", facts)
    return Finding("permissions", "ok", "ok", facts)


def folder(path: Path, found: Access | None) -> Finding:
    """The folder of the book: SQLite writes a journal beside it."""
    facts = {"path": str(path)}
    if found is None or not found.writable:
        return Finding("folder", "bad", "read_only", facts)
    if found.others & 0o022:
        return Finding("folder", "look", "others_write", facts)
    return Finding("folder", "ok", "ok", facts)


def durability(probe: Probe | None, reason: str = "") -> Finding:
    """Whether khata's settings took in the folder; `probe` is None where it could not be tried, for a `reason`."""
    if probe is None:
        return Finding("durability", "bad", "not_taken", {"reason": reason})
    facts = {
        "journal_mode": probe.journal_mode,
        "synchronous": probe.synchronous,
        "secure_delete": probe.secure_delete,
    }
    if not probe.secure_delete:
        return Finding("durability", "bad", "keeps_erased", facts)
    return Finding("durability", "ok", "ok", facts)


def links(probe: Probe) -> Finding:
    """Whether a finished file can be given its name without ever standing over another one."""
    facts = {"links": probe.links}
    return Finding("links", "ok", "ok", facts) if probe.links else Finding("links", "look", "none", facts)


def drive(mount: Mount | None) -> Finding:
    """What the book lies on; None where the system does not say."""
    if mount is None:
        return Finding("drive", "ok", "unknown_system", {})
    facts = {"kind": mount.kind, "point": mount.point}
    results: dict[str, Health] = {"local": "ok", "shared": "bad"}
    return Finding("drive", results.get(mount.nature, "look"), mount.nature, facts)


def space(free: int | None, book: int) -> Finding:
    """The room that is left, in bytes, for a book of this size."""
    if free is None:
        return Finding("space", "ok", "unknown", {})
    facts = {"free_bytes": free, "wanted_bytes": max(10 * book, LEAST_FREE)}
    if free < NONE_FREE:
        return Finding("space", "bad", "none", facts)
    if free < facts["wanted_bytes"]:
        return Finding("space", "look", "little", facts)
    return Finding("space", "ok", "ok", facts)


def cloud(path: Path) -> Finding:
    """Whether another program copies the book elsewhere while it is written."""
    for part in (*path.absolute().parts, *Path(os.path.realpath(path)).parts):
        plain = part.casefold().replace(" ", "").replace("-", "").replace("_", "")
        if any(plain.startswith(name) for name in CLOUDS):
            return Finding("cloud", "look", "synced", {"part": part, "path": str(path)})
    return Finding("cloud", "ok", "ok", {})


def copies(others: Sequence[Path]) -> Finding:
    """Other files of the same book that are known here."""
    facts = {"paths": [str(path) for path in others]}
    return Finding("copies", "look", "several", facts) if others else Finding("copies", "ok", "ok", facts)


def clock(last_at: At, now: datetime) -> Finding:
    """Whether the last entry lies in the future of this computer's clock."""
    ahead = datetime.fromisoformat(last_at) - now
    facts = {"last_at": last_at}
    if ahead >= CLOCK_WRONG:
        return Finding("clock", "bad", "far_behind", facts)
    if ahead > timedelta(0):
        return Finding("clock", "look", "behind", facts)
    return Finding("clock", "ok", "ok", facts)


class Copy(NamedTuple):
    """A backup: when it was made (UTC text), its file, whether that is there, and whether its disk is plugged in."""

    at: At
    path: Path
    there: bool
    plugged: bool


def backup(other: Copy | None, same: Copy | None, now: datetime) -> Finding:
    """The last backups that were made on this machine: on another disk, and on the book's own."""
    made = other or same
    if made is None:
        return Finding("backup", "look", "none", {})
    facts = {"at": made.at, "path": str(made.path), "other_disk": other is not None}
    if other is None:
        return Finding("backup", "look", "same_disk", facts)
    if other.plugged and not other.there:
        return Finding("backup", "look", "gone", facts)
    if now - datetime.fromisoformat(other.at) > BACKUP_OLD:
        return Finding("backup", "look", "old", facts)
    if not other.there:
        return Finding("backup", "ok", "unplugged", facts)
    return Finding("backup", "ok", "ok", facts)


def worst(findings: Sequence[Finding]) -> Health:
    """The result of all checks together."""
    found = {finding.result for finding in findings}
    return "bad" if "bad" in found else "look" if "look" in found else "ok"
