"""Books of any content, for hypothesis: bodies made by docs/FORMAT.md alone, without a rule or an event of khata."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from hypothesis import strategies as st

from khata.log.chain import EMPTY, Entry, Head, seal

Json = dict[str, Any]

COUNTER = "c0ffee00"
DAYS = (
    *("2025-07-31", "2025-08-01", "2026-01-05", "2026-02-10", "2026-02-28", "2026-05-25", "2026-05-26", "2026-06-01"),
    *("2026-08-23", "2026-08-24", "2026-09-22", "2026-09-23", "2026-10-22", "2026-10-23", "2026-10-31", "2026-11-01"),
    *("2026-11-21", "2026-11-22"),
)
"""Both sides of the borders of months, of the ages of dues, and of the half year before the last of them."""

MODES = ("cash", "upi", "card", "bank", "cheque")
GOODS = ("sale_recorded", "goods_returned")
MONEY = (
    *GOODS,
    *("payment_received", "money_refunded", "discount_allowed", "debt_written_off", "opening_recorded"),
)


class Deed(NamedTuple):
    """One thing that is written: what of it does not apply is passed over.

    `whose` 0 is the counter; `shares` are parts paid, in hundredths; `more` is a discount, a side, or which entry.
    """

    what: str
    whose: int
    paise: int
    day: int
    shares: tuple[tuple[str, int], ...] = ()
    more: int = 0
    imported: bool = False


deeds = st.builds(
    Deed,
    st.sampled_from(
        (*MONEY, *GOODS, *("reverse", "reverse", "correct", "begin", "settle", "bounce", "share", "dispute", "remind"))
    ),
    st.integers(0, 3),
    st.integers(1, 99) | st.integers(1, 10**9),
    st.integers(0, len(DAYS) - 1),
    st.lists(st.tuples(st.sampled_from(MODES), st.integers(0, 100)), max_size=3).map(tuple),
    st.integers(0, 9),
    st.booleans(),
)


class Writer:
    """Writes bodies and seals them, one after the other."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._data: dict[int, tuple[str, str, Json]] = {}
        self._gone: set[int] = set()
        self._parties: dict[int, int] = {}
        self._begun: dict[int, Json] = {}
        self._import = 0
        ours = {"currency": "INR", "lang": "en", "min_reader": 1, "min_writer": 1, "shop": "Any", "zone": "+05:30"}
        self._write("book_opened", DAYS[-1], {"book": "b0" * 16, "counter": COUNTER} | ours)

    def _write(self, kind: str, on: str, data: Json, v: int = 1) -> int:
        before = Head(self.entries[-1].seq, self.entries[-1].hash) if self.entries else EMPTY
        seq = before.seq + 1
        said = {
            "@prev": before.hash.hex(),
            "@seq": seq,
            "@v": 1,
            "at": f"2026-11-22T05:{seq // 60:02d}:{seq % 60:02d}.000000Z",
            "by": COUNTER,
            "data": data,
            "id": hashlib.sha256(b"%d" % seq).hexdigest()[:32],
            "kind": kind,
            "on": on,
            "v": v,
        }
        body = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
        self.entries.append(seal(body, before))
        return seq

    def do(self, deed: Deed) -> None:
        """Write what a deed says."""
        if deed.what in ("reverse", "correct"):
            self._take_back(deed)
            return
        if deed.what in _PAYING:
            _PAYING[deed.what](self, deed)
            return
        data = self._money(deed)
        if deed.imported:
            self._import = self._import or self._write(
                "import_started", DAYS[-1], {"profile": "khata", "rows": 9, "sha256": "ab" * 32}
            )
            data["import"] = {"entry": self._import, "row": len(self.entries)}
        self._moved(deed.what, DAYS[deed.day], data)

    def _moved(self, kind: str, on: str, data: Json) -> None:
        self._data[self._write(kind, on, data, 2 if "due_on" in data else 1)] = kind, on, data

    def _take_back(self, deed: Deed) -> None:
        open_ones = sorted(self._data.keys() - self._gone)
        if not open_ones:
            return
        entry = open_ones[deed.more % len(open_ones)]
        self._gone.add(entry)
        kind, on, data = self._data[entry]
        if deed.what == "reverse":
            self._write("entry_reversed", DAYS[deed.day] if deed.paise % 2 else on, {"entry": entry})
            return
        self._write("entry_reversed", on, {"entry": entry})
        anew = data | {"amount_paise": data["amount_paise"] + deed.paise, "corrects": entry}
        if kind in GOODS and "party" not in data:
            anew["paid"] = [{"amount_paise": anew["amount_paise"], "mode": "bank"}]
        self._moved(kind, on, {key: value for key, value in anew.items() if key != "import"})

    def _begin(self, deed: Deed) -> None:
        """Money sets out; a reference of its own now and then."""
        ref = {"ref": f"B-{len(self.entries)}"} if deed.more % 2 else {}
        said = {"amount_paise": deed.paise, "party": self._party(deed.whose or 1), "mode": "upi"}
        self._begun[self._write("payment_begun", DAYS[deed.day], said | ref)] = said | ref

    def _settle(self, deed: Deed) -> None:
        """What set out comes, or does not; some of it settled already, as no writer of khata would."""
        if not self._begun:
            return
        entry = sorted(self._begun)[deed.more % len(self._begun)]
        said, outcome = self._begun[entry], ("received", "failed")[deed.paise % 2]
        if deed.more % 4:
            del self._begun[entry]
        settled = {"entry": entry, "outcome": outcome, "party": said["party"]}
        self._write("payment_settled", DAYS[deed.day], settled)
        if outcome == "received":
            self._moved("payment_received", DAYS[deed.day], said)

    def _bounce(self, deed: Deed) -> None:
        """A payment comes back, the charge for it before."""
        paid = [entry for entry in self._data.keys() - self._gone if self._data[entry][0] == "payment_received"]
        if not paid:
            return
        entry, on = sorted(paid)[deed.more % len(paid)], DAYS[deed.day]
        self._gone.add(entry)
        if deed.paise % 2:
            self._moved("charge_made", on, {"amount_paise": deed.paise, "party": self._data[entry][2]["party"]})
        self._write("entry_reversed", on, {"because": "bounced", "entry": entry}, 2)

    def _share(self, deed: Deed) -> None:
        """One payment for two, under one reference."""
        ref = f"S-{len(self.entries)}"
        for whose in (deed.whose or 1, (deed.whose or 1) % 3 + 1):
            said = {"amount_paise": deed.paise, "mode": "bank", "party": self._party(whose), "ref": ref}
            self._moved("payment_received", DAYS[deed.day], said)

    def _party(self, whose: int) -> int:
        if whose not in self._parties:
            self._parties[whose] = len(self._parties) + 1
            self._write("party_added", DAYS[-1], {"party": self._parties[whose]})
        return self._parties[whose]

    def _dispute(self, deed: Deed) -> None:
        """Any entry of a party is denied, or is not any more, also what no writer of khata would deny."""
        known = [entry for entry, (_, _, data) in self._data.items() if "party" in data]
        if known:
            entry = sorted(known)[deed.more % len(known)]
            status = ("open", "open", "closed")[deed.paise % 3]
            said = {"entry": entry, "party": self._data[entry][2]["party"], "status": status}
            self._write("entry_disputed", DAYS[deed.day], said)

    def _remind(self, deed: Deed) -> None:
        said = {"amount_paise": deed.paise, "party": self._party(deed.whose or 1)}
        self._write("reminder_sent", DAYS[deed.day], said)

    def _money(self, deed: Deed) -> Json:
        data: Json = {"amount_paise": deed.paise}
        if deed.what in GOODS:
            if paid := _parts(deed):
                data["paid"] = paid
            if deed.more > 5:  # also a day that was over, as a correction makes it, and at the counter
                data["due_on"] = DAYS[(deed.day + deed.more - 4) % len(DAYS)]
            return data | ({"party": self._party(deed.whose)} if deed.whose else {})
        data["party"] = self._party(deed.whose or 1)
        mode = deed.shares[0][0] if deed.shares else "cash"
        if deed.what in ("payment_received", "money_refunded"):
            data["mode"] = mode
        if deed.what == "payment_received" and deed.more:
            data["discount_paise"] = deed.more
        if deed.what == "opening_recorded":
            data["side"] = ("receive", "give")[deed.more % 2]
        return data


_PAYING = {
    "begin": Writer._begin,
    "settle": Writer._settle,
    "bounce": Writer._bounce,
    "share": Writer._share,
    "dispute": Writer._dispute,
    "remind": Writer._remind,
}


def _parts(deed: Deed) -> list[Json]:
    """What is paid at once: never more than all, and all of it at the counter."""
    left, parts = deed.paise, list[Json]()
    for mode, share in deed.shares:
        if part := min(left, deed.paise * share // 100):
            parts.append({"amount_paise": part, "mode": mode})
            left -= part
    if not deed.whose and left:
        parts.append({"amount_paise": left, "mode": "upi"})
    return parts


def entries_of(done: Sequence[Deed]) -> list[Entry]:
    """The book in which all this was done, in this order."""
    writer = Writer()
    for deed in done:
        writer.do(deed)
    return writer.entries
