"""Makes the golden book of a release, and what that release answers: run once, with the release's own code.

    python tests/golden/make.py FOLDER [3|3-locked|4|4-asked]

3: with what version 3 of the format brought, and the evidence of it; 3-locked: and with locked days; 4: and with what
version 4 brought; 4-asked: and with due days, disputes and reminders.

Clock, ids and salts are fixed, so the same code makes the same entries again. See README.md beside this file.
"""

from __future__ import annotations

import hashlib
import json
import shlex
import shutil
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from khata.cli.env import Env, Streams
from khata.cli.main import run
from khata.events import codec
from khata.events.base import Recorded
from khata.events.book import FormatRaised
from khata.log.chain import seal
from khata.store import keys
from khata.store.sqlite.book import SqliteBook
from khata.units import At, Day, Seq

SHOP_ZONE = timezone(timedelta(hours=5, minutes=30))
NAME = "shop.khata"
ASKED_AT = "2027-01-05 09:00"
"""When the questions are put, by the shop's clock, and again: after all that was recorded."""

ROWS = """date,type,party,amount,mode,paid,ref,note,phone
2026-11-02,opening,அன்பு ஸ்டோர்ஸ்,1200,,,,பழைய கணக்கு,
2026-11-03,sale,அன்பு ஸ்டோர்ஸ்,"1,845.50",,,B-31,,
2026-11-04,receive,அன்பு ஸ்டோர்ஸ்,1000,bank,,NEFT77120,,
2026-11-05,sale,counter,320,upi,,,,
2026-11-06,sale,দেবাশীষ সেন,640,,240:upi,,চাল,9876543210
2026-11-07,return,দেবাশীষ সেন,40,,,,,
"""

DAYS = """
2026-11-20 09:30  init शर्मा किराना --state MH --gstin 27AAPFU0939F1ZV --phone 9822012345 --lang hi
2026-11-20 09:40  party add "Ramesh Kumar" --phone 9876543210 --alias रमेश --address "Main Road, Pune"
2026-11-20 09:41  party add सीता देवी
2026-11-20 09:42  opening ramesh 800 --on 31-10-2026 --ref PAGE-12 --note "पुरानी बही, पन्ना १२"
2026-11-20 09:43  opening सीता 150.75 --advance --on 31-10-2026
2026-11-20 10:00  sale ramesh 450 --item "Atta 5kg x2 @ 150" --item "दाल = 150" --ref BILL-101
2026-11-20 10:05  sale सीता 1250 --paid 500:upi --paid 250.50:cash --note "त्योहार का सामान"
2026-11-20 10:10  sale counter 120 --paid 70:cash --paid 50:card --item "मसाला @ 120"
2026-11-20 10:20  import rows.csv --new-parties all
2026-11-20 11:00  receive ramesh 200 --mode upi --ref 431598712004
2026-11-20 11:10  return ramesh 90 --item "Atta 5kg @ 90" --note "damp"
2026-11-20 11:15  return counter 20 --paid all:cash
2026-11-20 11:25  refund सीता 25 --mode cheque --ref CHQ-000123
2026-11-20 11:30  discount ramesh 5
2026-11-20 11:35  write-off দেবাশীষ 10 --reason "ছোট বাকি"
2026-11-20 12:00  sale محمد علی 75 --new --by Meena
2026-11-20 12:05  receive محمد 75 --mode cash --by Meena
2026-11-20 12:10  party forget محمد --yes --by Meena
2026-11-21 10:00  sale ramesh 999 --by Meena
2026-11-21 10:01  reverse 29 --reason "महेश का था"
2026-11-21 10:10  sale સુરેશ પટેલ 540 --new
2026-11-21 10:11  correct 32 450 --reason "लिखने में भूल"
2026-11-21 10:20  party rename सीता --to "सीता देवी जोशी"
2026-11-21 10:25  party alias સુરેશ --add Suresh
2026-11-21 10:30  receive suresh 449.50 --full --mode card
2026-11-21 09:45  sale ramesh 60 --note "the clock was an hour behind"
2026-11-22 10:00  FORMAT 1 1
2026-12-24 10:00  sale ramesh 33 --note "the clock ran a month ahead"
2026-11-23 10:00  clock fix --reason "बैटरी बदली"
2026-11-23 10:05  reverse 40 --reason "recorded anew" --on 23-11-2026
2026-11-23 10:06  sale ramesh 33
2026-11-24 10:00  sale सीता 210.25 --on 15-11-2026 --note "पर्ची दराज़ में थी"
2026-11-24 10:05  sale نسیم اسٹور 15.01 --new --paid 5:upi --paid 5:bank
"""
"""What was typed, and when, by the shop's clock; FORMAT stands for an entry that no command writes."""

DAYS_3 = """
2026-11-25 10:00  charge ramesh 20 --note "घर तक पहुँचाया"
2026-11-25 10:01  transfer ramesh suresh 100
2026-11-25 10:02  party merge ramesh suresh
2026-11-25 10:03  party part ramesh suresh
2026-11-25 10:04  shop set --payee "Sharma Kirana" --upi sharma@upi
2026-11-25 10:05  sale ramesh --item "Chini x1.25 kg @ 43.50" --round
2026-11-25 10:10  COPY
2026-11-25 10:11  sale ramesh 10
2026-11-25 10:12  BACK
2026-11-25 10:13  adopt --reason "लैपटॉप टूट गया"
2026-11-26 10:00  key rotate
2026-11-26 10:05  proof --balance ramesh -o ramesh.balance
2026-11-26 10:06  proof 30 -o 30.tlog-proof
2026-11-26 10:07  proof --statement ramesh -o ramesh.statement
2026-11-26 10:08  checkpoint -o shop.checkpoint
2026-11-26 10:10  key lost --reason "पेन ड्राइव खो गई"
2026-11-26 10:11  receive ramesh 33
"""
"""After that; COPY lays the book aside, and BACK puts it back, as somebody does by hand."""

DAYS_LOCKED = """
2026-11-27 10:00  lock --upto 24-11-2026 --known-at 40
2026-11-27 10:05  sale ramesh 41 --on 20-11-2026 --note "बंद दिन की पर्ची"
2026-11-27 10:06  reverse 6 --reason "गलत"
2026-11-27 10:10  unlock --reason "एक बिल छूट गया था"
2026-11-27 10:11  sale ramesh 42 --on 20-11-2026
2026-11-27 10:12  lock --upto 26-11-2026
"""
"""And after that, days that are locked."""

DAYS_4 = """
2026-11-28 10:00  receive ramesh 25 --upi-pending --ref 431598712105
2026-11-28 10:01  receive suresh 15 --upi-pending --note "मशीन अटकी"
2026-11-28 10:02  confirm 68
2026-11-28 10:03  failed 69 --reason "UPI ने मना किया"
2026-11-28 10:04  receive --for ramesh=10,suresh=12 --mode upi --ref 431598712106
2026-11-28 10:05  receive ramesh 70 --mode cheque --ref CHQ-004512
2026-11-28 10:06  every month ramesh 45 --note दूध --from 1-10-2026
2026-11-28 10:07  every week suresh 20 --as charge --from 20-11-2026
2026-11-28 10:08  every skip 76 1-11-2026
2026-11-28 10:09  due-lines --yes
2026-11-28 10:11  receive ramesh 17 --mode upi
2026-11-28 10:12  every stop 77 --reason "बंद"
2026-11-29 10:00  bounced 75 --charge 250 --reason "खाते में पैसे नहीं"
2026-11-29 10:05  reconcile bank.csv --profile hdfc --yes --answer 4=suresh
"""
"""And after that, what version 4 brought."""

DAYS_ASKED = """
2026-11-30 10:00  party due ramesh 20d
2026-11-30 10:01  sale ramesh 300 --paid 100:cash --item "Atta 5kg x2 @ 150"
2026-11-30 10:02  sale suresh 120 --due 10-12-2026 --on 25-11-2026
2026-11-30 10:03  sale suresh 80
2026-11-30 10:04  party lang suresh gu
2026-11-30 10:05  dispute 93 --note "નથી લીધું"
2026-11-30 10:06  remind --mark-sent
2026-12-01 10:00  dispute 93 --over --note "મળ્યું"
2026-12-01 10:01  dispute 34
2026-12-08 10:00  remind --mark-sent --over 10
2026-12-08 10:05  receive suresh 50
"""
"""And after that, who was asked for what is due, and what was denied."""

BANK = """Date,Narration,Chq./Ref.No.,Value Dt,Withdrawal Amt.,Deposit Amt.,Closing Balance
28/11/26,UPI-RAMESH KUMAR-RAMESH.K89@OKSBI-SBIN0001234-431598712105-UPI,0000431598712105,28/11/26,,25.00,1025.00
28/11/26,UPI-RAMESH KUMAR-RAMESH.K89@OKSBI-SBIN0001234-431598712107-UPI,0000431598712107,28/11/26,,17.00,1042.00
28/11/26,UPI-MEENA PATEL-MEENA.P@YBL-SBIN0001234-431598712108-UPI,0000431598712108,28/11/26,,13.00,1055.00
29/11/26,UPI-LANDLORD-LL@YBL-SBIN0001234-431598712109-RENT,0000431598712109,29/11/26,500.00,,555.00
"""

EVIDENCE = (".balance", ".tlog-proof", ".statement", ".checkpoint")
"""What is handed out stands in the folder beside the book."""

QUESTIONS = """
balance --all
balance --as-on 10-11-2026
balance --as-on 30-11-2026 --known-at 20-11-2026
balance --known-at 30
balance ramesh
dues
dues --as-on 22-11-2026 --known-at 22-11-2026
statement @1 --all
statement @1 --as-on 20-11-2026 --known-at 24
statement @1 --from 01-11-2026 --to 22-11-2026 --known-at "23 Nov 2026"
statement @2 --all
statement @3 --all
statement @4 --all
statement @5 --all
statement @6 --all
statement @7 --all
daybook --on 20-11-2026
daybook --from 01-11-2026 --to 24-11-2026
party list
party show @1
log
show 1
show 25
show 34
show 41
verify
"""

QUESTIONS_LOCKED = """
edit-log
edit-log --by-day
sales --per mode
receipts --per customer
trial
trial --period Nov-2026
modebook cash
changes --as-on 24-11-2026 --since 40
audit numbers
"""
"""What is asked besides of the book with locked days."""

QUESTIONS_4 = """
pending
pending --known-at 66
every
due-lines
"""
"""What is asked besides of version 4."""

QUESTIONS_ASKED = """
dues --as-on 30-11-2026
dues --as-on 10-12-2026
statement suresh --all
party show ramesh
audit old
"""
"""What is asked besides of due days and disputes."""

TEXTS = {
    "book.jsonl": "export --format jsonl",
    "book.csv": "export --format csv",
    "statement.csv": "statement @1 --all --format csv",
}
"""What is answered as text, by the file in which it is kept."""


def numbered(seed: str) -> Callable[[], str]:
    """32 hex, another one each time, the same ones in each run."""
    count = iter(range(1_000_000))
    return lambda: hashlib.sha256(f"golden {seed} {next(count)}".encode()).hexdigest()[:32]


def instant(text: str) -> datetime:
    """`2026-11-20 10:00` by the shop's clock, in UTC."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=SHOP_ZONE).astimezone(UTC)


@dataclass
class Till:
    """A counter in a home of its own at which lines are typed."""

    home: Path

    def __call__(self, line: str, at: str) -> tuple[int, str, str]:
        """The exit code, what was printed, and what was complained of."""
        out, err = StringIO(), StringIO()
        files = ("rows.csv", "bank.csv", *EVIDENCE)
        words = [str(self.home / word) if word.endswith(files) else word for word in shlex.split(line)]
        if words[0] == "init":
            words += ["--book", str(self.home / NAME)]
        env = Env(
            {"HOME": str(self.home), "USER": "asha", "KHATA_BOOK": str(self.home / NAME)},
            lambda: instant(at),
            numbered(f"{at} {line}"),
            Streams(StringIO(), out, err, asks=False, terminal=False),
        )
        seeds = numbered(f"key {at} {line}")
        with mock.patch.object(keys, "new_seed", side_effect=lambda: bytes.fromhex(seeds() + seeds())):
            return run(words, env), out.getvalue(), err.getvalue()


def raise_format(book: Path, at: str, min_reader: str, min_writer: str) -> None:
    """Add the entry that no command of 0.1.0 writes."""
    now = instant(at)
    event = FormatRaised(min_reader=int(min_reader), min_writer=int(min_writer))
    with closing(SqliteBook(book)) as store, store.writing() as pages:
        head = pages.head()
        by = json.loads(next(iter(pages.entries(1, 1))).body)["by"]
        day = Day(now.astimezone(SHOP_ZONE).date().isoformat())
        recorded = Recorded(Seq(head.seq + 1), At(f"{now:%Y-%m-%dT%H:%M:%S.%fZ}"), day, by, numbered(at)(), event)
        pages.append([seal(codec.encode(recorded, head.hash.hex()), head)])


def record(till: Till, days: str) -> None:
    """Type the days."""
    (till.home / "rows.csv").write_text(ROWS, encoding="utf-8")
    (till.home / "bank.csv").write_text(BANK, encoding="utf-8")
    for row in days.strip().splitlines():
        at, line = row[:16], row[18:]
        if line in ("COPY", "BACK"):
            book, aside = till.home / NAME, till.home / "aside"
            shutil.copyfile(*((book, aside) if line == "COPY" else (aside, book)))
            continue
        if line.startswith("FORMAT"):
            raise_format(till.home / NAME, at, *line.split()[1:])
            continue
        code, _, complaint = till(line, at)
        if code:
            raise SystemExit(f"{row}\n{complaint}")


def answers(till: Till, questions: str) -> str:
    """What the book answers, a line of JSON for each question: its words, and its `data`."""
    found = []
    for line in questions.strip().splitlines():
        code, out, complaint = till(f"{line} --json", ASKED_AT)
        if code:
            raise SystemExit(f"{line}\n{complaint}{out}")
        found.append(json.dumps({"asked": line, "data": json.loads(out)["data"]}, ensure_ascii=False))
    return "[\n" + ",\n".join(found) + "\n]\n"


def make(folder: Path, days: str = DAYS, questions: str = QUESTIONS) -> None:
    """Write the book and its answers into a folder."""
    with TemporaryDirectory() as home:
        till = Till(Path(home))
        record(till, days)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / NAME).write_bytes((till.home / NAME).read_bytes())
        (folder / "answers.json").write_text(answers(till, questions), encoding="utf-8")
        for name, line in TEXTS.items():
            _, out, _ = till(line, ASKED_AT)
            (folder / name).write_text(out, encoding="utf-8", newline="")
        for path in till.home.iterdir():
            if path.name.endswith(EVIDENCE):
                shutil.copyfile(path, folder / path.name)


if __name__ == "__main__":
    locked = DAYS_3.rstrip() + DAYS_LOCKED
    days_4, questions_4 = locked.rstrip() + DAYS_4, QUESTIONS_LOCKED.lstrip() + QUESTIONS_4.lstrip()
    further = {"3": DAYS_3, "3-locked": locked, "4": days_4, "4-asked": days_4.rstrip() + DAYS_ASKED}
    besides = {
        "3-locked": QUESTIONS_LOCKED.lstrip(),
        "4": questions_4,
        "4-asked": questions_4 + QUESTIONS_ASKED.lstrip(),
    }
    named = "".join(sys.argv[2:])
    asked = QUESTIONS + besides.get(named, "")
    make(Path(sys.argv[1]), DAYS.rstrip() + further[named] if named else DAYS, asked)
