"""The text of the book file's schema: for ever, and compared letter by letter, by readers as by `verify`."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

APPLICATION_ID = 1263026516
"""ASCII "KHAT"."""

USER_VERSION = 1

MAGIC = b"SQLite format 3\x00"

OBJECTS = {
    "event": (
        "CREATE TABLE event (seq INTEGER PRIMARY KEY, body BLOB NOT NULL CHECK (length(body) BETWEEN 2 AND 65535),"
        " hash BLOB NOT NULL CHECK (length(hash) = 32)) STRICT"
    ),
    "detail": (
        "CREATE TABLE detail (entry INTEGER PRIMARY KEY, salt BLOB NOT NULL, body BLOB NOT NULL,"
        " form INTEGER NOT NULL DEFAULT 0) STRICT"
    ),
    "event_no_update": (
        "CREATE TRIGGER event_no_update BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT,'append only'); END"
    ),
    "event_no_delete": (
        "CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT,'append only'); END"
    ),
    "event_next": (
        "CREATE TRIGGER event_next BEFORE INSERT ON event WHEN NEW.seq IS NOT"
        " (SELECT coalesce(max(seq),0)+1 FROM event) BEGIN SELECT RAISE(ABORT,'append only'); END"
    ),
}

_KINDS = {name: text.split(maxsplit=2)[1].lower() for name, text in OBJECTS.items()}
PRAGMAS = {"application_id": APPLICATION_ID, "user_version": USER_VERSION, "encoding": "UTF-8"}
"""What else makes a file a book."""


def amiss(objects: Iterable[Sequence[Any]], pragmas: Mapping[str, Any]) -> list[str]:
    """What in a file's schema is not as in every book: triggers that are gone, tables that were added, other texts.

    Args:
        objects: type, name and text of everything in it.
        pragmas: the values of `PRAGMAS`.

    Returns:
        Codes: missing_, altered_ and extra_ with table, trigger, index or view; wrong_ with the pragma's name.
    """
    codes: list[str] = []
    found: set[str] = set()
    for kind, name, text in objects:
        if name in OBJECTS and name not in found and _KINDS[name] == kind:
            found.add(name)
            if text != OBJECTS[name]:
                codes.append(f"altered_{kind}")
        else:
            codes.append(f"extra_{kind}")
    codes += [f"missing_{_KINDS[name]}" for name in OBJECTS if name not in found]
    return codes + [f"wrong_{name}" for name, value in PRAGMAS.items() if pragmas[name] != value]
