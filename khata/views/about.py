"""What the book says of itself and of its shop, and where the views stand."""

import sqlite3
from typing import NamedTuple

from khata.units import At, Day, Party, Seq
from khata.views.cut import position_of


class About(NamedTuple):
    """The book: its id (32 hex), its shop, its language, when it was opened and last written."""

    book: str
    shop: str
    lang: str
    opened_on: Day
    last_at: At
    entries: Seq
    state: str | None
    gstin: str | None
    payee: str | None
    upi: str | None
    phone: str | None
    address: str | None
    signing_key: str | None
    locked_upto: Day | None


def about(connection: sqlite3.Connection) -> About | None:
    """What is known of the book; None while the views hold nothing."""
    try:
        facts = dict(connection.execute("SELECT key, value FROM fact UNION ALL SELECT key, value FROM meta").fetchall())
    except sqlite3.OperationalError:  # a file that was opened for a book that is not there has no tables yet
        return None
    if "book" not in facts:
        return None
    return About(
        facts["book"],
        facts["shop"],
        facts["lang"],
        Day(facts["opened_on"]),
        At(facts["last_at"]),
        position_of(connection),
        **{
            key: facts.get(key) or None
            for key in ("state", "gstin", "payee", "upi", "phone", "address", "signing_key", "locked_upto")
        },
    )


def kept_parties(views: sqlite3.Connection) -> tuple[int, Party]:
    """How many parties there are, and the highest number of one, as it was noted when they were declared."""
    row = views.execute("SELECT value FROM meta WHERE key = 'parties'").fetchone()
    count, _, highest = (row[0] if row else "0 0").partition(" ")
    return int(count), Party(int(highest))
