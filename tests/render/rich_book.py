"""A book in which every table has something to show that is long: names, notes, amounts, what was cancelled or late."""

from __future__ import annotations

from datetime import timedelta

from tests.cli.conftest import Counter

NOTE = (
    "चावल पाँच किलो, आटा दस किलो, सरसों का तेल दो लीटर, " * 3
    + "and the rest of the list is with his brother, who will pay"
)

NAMES = (
    "Ramesh Kumar",
    "श्रीमती विजयलक्ष्मी चंद्रशेखर त्रिपाठी (बड़ी कोठी वाले)",
    "சுரேஷ் குமார் கிருஷ்ணமூர்த்தி மளிகை",
    "শ্রী দেবাশীষ চট্টোপাধ্যায়, বাজার",
    "ക്ഷേത്രന്\u200d കട രാമചന്ദ്രന്\u200d",
    "محمد علی خان صاحب",
    "Shri Balasubramaniam Venkataraghavan & Sons Provision Stores",
    "ગોપાલભાઈ પટેલ",
)

BANK = (
    "Date,Narration,Chq./Ref.No.,Value Dt,Withdrawal Amt.,Deposit Amt.,Closing Balance\n"
    "20/11/26,UPI-RAMESH KUMAR-RAMESH.K89@OKSBI-SBIN0001234-431598712004,0000431598712004,20/11/26,,457.00,10457.00\n"
    "20/11/26,UPI-SOMEBODY ELSE-XYZ12@YBL-SBIN0001234-431598712006-UPI,0000431598712006,20/11/26,,50.00,10507.00\n"
    "21/11/26,UPI-BALA-BALA@YBL-SBIN0001234-431598712007-UPI,0000431598712007,21/11/26,,1234567.00,1245074.00\n"
    "21/11/26,CHQ RETURN - 4512 FUNDS INSUFFICIENT,0000000000004512,21/11/26,10000.00,,1235074.00\n"
    "21/11/26,UPI-LANDLORD-LL@YBL-SBIN0001234-431598712008-RENT,0000431598712008,21/11/26,5000.00,,1230074.00\n"
)

OLD = (
    "date,type,party,amount,ref,note\n"
    "2026-04-03,sale,Ramesh Kumar,1234,B1,first of the year\n"
    "2026-05-05,sale,counter,640,,\n"
    f"2026-06-06,sale,{NAMES[1]},650000,B2,{NOTE[:120].replace(',', ';')}\n"
    "2026-08-08,receive,Ramesh Kumar,300,,\n"
)

WRONG = (
    "date,type,party,amount,ref\n"
    "2026-14-03,sale,Ramesh Kumar,12x4,B1\n"
    "2026-05-05,sail,Nobody Known To Anybody In The Whole Bazaar,640,\n" + "2023-01-01,sale,Ramesh Kumar,,B2\n" * 3
)

MAKING: tuple[tuple[str, ...], ...] = (
    ("init", "Shri Venkateshwara Provision & General Stores", "--state", "MH", "--upi", "shop@okbank"),
    ("sale", NAMES[0], "457", "--new"),
    ("sale", NAMES[1], "1234567", "--new", "--large", "--note", NOTE),
    ("sale", NAMES[2], "85000.50", "--new", "--on", "2026-09-02", "--large"),
    ("sale", NAMES[3], "4200", "--new", "--paid", "1200:upi", "--ref", "B-101"),
    ("sale", NAMES[4], "650", "--new", "--on", "2026-10-15"),
    ("opening", NAMES[5], "98765.25", "--new", "--on", "2023-12-31", "--large"),
    ("sale", NAMES[6], "1234567", "--new", "--large", "--ref", "B-103"),
    ("opening", NAMES[7], "1500", "--advance", "--new", "--on", "2026-03-31"),
    ("party", "alias", "@2", "--add", "विजया दीदी", "--add", "kothi"),
    ("party", "add", "Gupta Traders", "--phone", "9123456780", "--alias", "गुप्ता जी"),
    ("import", "{home}/old.csv", "--new-parties", "safe"),
    ("receive", NAMES[0], "200", "--mode", "upi", "--ref", "431598712001"),
    ("receive", NAMES[1], "2000", "--mode", "upi", "--on", "2026-11-20"),
    ("receive", "@6", "10000", "--mode", "cheque", "--ref", "004512", "--on", "2026-11-01"),
    ("bounced", "{last}", "--charge", "250", "--reason", "funds insufficient, and he was not to be found at home"),
    ("receive", "@1", "300", "--upi-pending", "--note", "gpay, shown on his phone"),
    ("receive", "@2", "250000", "--mode", "cash", "--large"),
    ("return", "@7", "90", "--paid", "all:cash"),
    ("return", "counter", "40", "--paid", "all:cash"),
    ("refund", "@8", "25", "--mode", "cash", "--note", "asked for it"),
    ("discount", "@1", "5"),
    ("charge", "@1", "20", "--note", "delivery"),
    ("transfer", "@1", "@3", "100", "--note", "his brother pays"),
    ("write-off", "@5", "50", "--reason", "moved away without a word to anybody, says the neighbour"),
    ("sale", "counter", "120", "--paid", "all:upi"),
    ("sale", "@3", "75", "--by", "meena devi at the second counter", "--item", "Atta 5kg x2 @ 37.50"),
    ("receive", "@3", "1234567.50", "--mode", "bank", "--by", "meena devi at the second counter"),
    ("sale", "@1", "540"),
    ("correct", "{last}", "450", "--reason", "read wrong"),
    ("sale", "@4", "33"),
    ("reverse", "{last}", "--reason", "that was somebody else, as she said the next day when she came for her change"),
    ("every", "month", "@1", "450", "--note", "newspaper, and the magazine on Sundays", "--from", "1/10"),
    ("every", "day", "@4", "30", "--note", "milk", "--from", "15/11"),
    ("witness", "init", "--name", "mehta-ca"),
    ("witness", "request", "-o", "{home}/request"),
    ("witness", "sign", "{home}/request", "-o", "{home}/answer"),
    ("witness", "add", "{home}/answer"),
    ("proof", "3", "-o", "{home}/three.tlog-proof"),
    ("proof", "--balance", "@1", "-o", "{home}/balance.proof"),
    ("party", "add", "Bade Miyan"),
    ("party", "merge", "@6", "Bade Miyan"),
    ("party", "forget", "Gupta Traders", "--yes"),
    ("party", "due", "@2", "30d"),
    ("sale", "@2", "640", "--due", "15d", "--note", "for the wedding"),
    ("sale", "@5", "98765", "--due", "31-12-2026"),
    ("dispute", "{last}", "--note", "says that she was in Nagpur that week, and that the shop was closed besides"),
    ("remind", "--mark-sent"),
    ("lock", "--upto", "30-09-2026", "--yes"),
    ("sale", "@1", "66", "--on", "29-09-2026"),
)

ASKED: tuple[str, ...] = (
    "status",
    "status --as-on 2026-11-01",
    "balance",
    "balance --all",
    "balance @1",
    "balance @2 --as-on 2026-11-22",
    "dues",
    "statement @5",
    "remind --again",
    "chart trend",
    "chart trend --compact",
    "chart dues",
    "daybook",
    "daybook --from 2026-10-01 --to 2026-11-22",
    "statement @1",
    "statement @2 --from 2026-01-01",
    "statement @3",
    "statement @6",
    "statement --all-parties",
    "pending",
    "party list",
    "party show @1",
    "party show @6",
    "log",
    "log --known-at 20",
    "show 4",
    "show 8",
    "show 4 --bytes",
    "sales --per customer",
    "sales --per item",
    "sales --per month",
    "sales --per day",
    "receipts --per mode",
    "receipts --per mode --entries cash",
    "trial",
    "trial --period Nov",
    "modebook cash",
    "modebook upi --period Nov",
    "edit-log",
    "edit-log --by-day",
    "changes --since 12",
    "imports",
    "audit cash",
    "audit old",
    "audit numbers",
    "every",
    "due-lines --dry-run",
    "verify",
    "verify --for-filing --period FY2026-27",
    "verify --against {home}/stranger.khata",
    "doctor",
    "doctor --terminal",
    "shop show",
    "key show",
    "witness list",
    "verify-proof {home}/three.tlog-proof",
    "verify-proof {home}/balance.proof",
    "lock --upto 31-10-2026 --dry-run",
    "import {home}/wrong.csv --dry-run",
    "import {home}/more.csv --dry-run",
    "reconcile {home}/bank.csv --dry-run",
    "reconcile {home}/bank.csv --dry-run --answer 2=@1 --answer 4=@7",
    "languages",
    "profiles",
    "books",
    "where",
    "backup {home}/backups",
    "salvage {home}/damaged.khata",
)
"""Questions that change nothing: every command that shows a table."""


def make(khata: Counter) -> None:
    """Make the book in the home of a counter."""
    for name, text in (("old.csv", OLD), ("bank.csv", BANK), ("wrong.csv", WRONG), ("more.csv", more())):
        (khata.home / name).write_text(text, encoding="utf-8")
    (khata.home / "backups").mkdir()
    for words in MAKING:
        last = khata("log", "--last", "1").out.splitlines()[-1].split()[0] if "{last}" in words else ""
        typed = [word.format(home=khata.home, last=last) for word in words]
        done = khata(*typed)
        assert done.code == 0, (words, done.err)
    khata.now += timedelta(hours=2)
    assert khata("books").code == 0
    book = next((khata.home / "Khata").glob("*.khata"))
    damaged = bytearray(book.read_bytes())
    at = damaged.index(b'"amount_paise":65000,')
    damaged[at : at + 21] = b'"amount_paise":65001,'
    (khata.home / "damaged.khata").write_bytes(damaged)
    (khata.home / "stranger.khata").write_bytes(damaged)


def more() -> str:
    """A file that could be imported."""
    rows = [f'2026-11-{day:02d},sale,"{NAMES[day % 4]}",{day * 1111},M{day}' for day in range(1, 13)]
    return "date,type,party,amount,ref\n" + "\n".join(rows) + "\n"
