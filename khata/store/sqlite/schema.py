"""The text of the book file's schema: for ever, and compared letter by letter by `verify`."""

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
