"""The example that stands in the help of each command: words to be typed, the same in every language."""

from typing import Final

EXAMPLES: Final = {
    "adopt": 'khata adopt --reason "laptop stolen, backup of Tuesday"',
    "audit": "khata audit cash --period FY2025-26",
    "audit.cash": "khata audit cash --period FY2025-26",
    "audit.numbers": "khata audit numbers --period FY2025-26",
    "audit.old": "khata audit old --within 365d",
    "backup": ("khata backup /media/usb\nkhata backup /media/usb --keep 90"),
    "balance": ('khata balance\nkhata balance ramesh --as-on 31-03-2026 --known-at "20 Jul 2026"'),
    "batch": "khata batch --group 500 < day.jsonl",
    "books": "khata books",
    "bounced": "khata bounced 17 --charge 250 --reason 'funds insufficient'",
    "certificate": (
        "khata certificate --period FY2025-26 -o certificate.txt\n"
        "khata certificate --period FY2025-26 --format html -o certificate.html"
    ),
    "changes": 'khata changes --as-on 31-03-2026 --since "20 Apr 2026"',
    "charge": "khata charge ramesh 20 --note delivery",
    "charges": "khata charges --period FY2025-26",
    "chart": "khata chart trend",
    "chart.dues": "khata chart dues\nkhata chart dues -o dues.svg",
    "chart.trend": "khata chart trend\nkhata chart trend --period FY2025-26 -o year.svg",
    "checkpoint": "khata checkpoint -o /media/usb/shop.checkpoint",
    "clock": 'khata clock fix --reason "the laptop\'s battery was dead"',
    "clock.fix": 'khata clock fix --reason "the laptop\'s battery was dead"',
    "completion": "khata completion bash > ~/.local/share/bash-completion/completions/khata",
    "confirm": "khata confirm 17 --ref 431598712004",
    "correct": ("khata correct 41 540\nkhata correct 41 --party mahesh"),
    "daybook": "khata daybook --on yesterday",
    "demo": "khata demo",
    "discount": "khata discount ramesh 5",
    "discounts": "khata discounts --per customer --period FY2025-26",
    "dispute": "khata dispute 41 --note 'took only one bag'\nkhata dispute 41 --over",
    "doctor": "khata doctor",
    "due_lines": ("khata due-lines\nkhata due-lines --except 12"),
    "dues": "khata dues --over 60",
    "edit_log": (
        "khata edit-log --period FY2025-26\nkhata edit-log --from 1-11-2026 --by-day --format csv -o edits.csv"
    ),
    "every": ("khata every month ramesh 450 --note milk\nkhata every"),
    "every.day": "khata every day ramesh 30 --note milk",
    "every.list": "khata every list",
    "every.month": (
        "khata every month ramesh 450 --note newspaper --from 1/11\n"
        "khata every month ramesh 4000 --note rent --as charge"
    ),
    "every.skip": ('khata every skip 12\nkhata every skip 12 5/11 --to 12/11 --reason "in the village"'),
    "every.stop": 'khata every stop 12 --reason "moved away"',
    "every.week": "khata every week ramesh 70 --note flowers --from 1/11",
    "export": (
        "khata export -o entries.csv --excel\n"
        "khata export -o books.xlsx --period FY2025-26\n"
        "khata export -o books.journal\n"
        "khata export --format tally -o tally.xml\n"
        "khata export --format jsonl -o book.jsonl"
    ),
    "failed": "khata failed 17 --reason 'UPI said no'",
    "import": (
        "khata import year.csv --new-parties safe --dry-run\n"
        "khata import april.csv 'months/*.csv'\n"
        "khata import bank.csv --profile sbi --new-parties safe\n"
        "khata import --make-profile ledger.csv -o mine.toml"
    ),
    "import_log": "khata import-log book.jsonl --book copy.khata",
    "imports": ("khata imports\nkhata imports --entries 40"),
    "init": "khata init Sharma Kirana Store --state MH --lang hi",
    "key": ("khata key show\nkhata key backup -o /media/usb/shop-key.pem"),
    "key.backup": "khata key backup -o /media/usb/shop-key.pem",
    "key.export": "khata key export -o shop.key",
    "key.lost": 'khata key lost --reason "the laptop was stolen"',
    "key.restore": "khata key restore /media/usb/shop-key.pem",
    "key.rotate": "khata key rotate",
    "key.show": "khata key show",
    "languages": ("khata languages\nkhata statement ramesh --lang hi"),
    "lock": ("khata lock --upto 31-03-2026\nkhata lock --upto 31-03-2026 --known-at 20-07-2026"),
    "log": "khata log --from 100 --party ramesh",
    "modebook": ("khata modebook cash --period Nov\nkhata modebook upi --period FY2025-26 --format csv -o upi.csv"),
    "opening": ('khata opening "Ramesh Kumar" 800 --new --on 2026-03-31\nkhata opening suresh 100 --advance'),
    "openings": "khata openings --per customer",
    "pack": "khata pack FY2025-26 -o year.zip",
    "party": 'khata party add "Ramesh Kumar" --phone 9123456780 --alias रमेश',
    "party.add": 'khata party add "Ramesh Kumar" --phone 9123456780 --alias रमेश',
    "party.due": "khata party due ramesh 15d",
    "party.lang": "khata party lang ramesh ta",
    "party.alias": "khata party alias ramesh --add रमेश",
    "party.forget": "khata party forget @3",
    "party.list": "khata party list",
    "party.merge": 'khata party merge "Ramesh Kumar" Ramu',
    "party.part": 'khata party part "Ramesh Kumar" Ramu',
    "party.rename": 'khata party rename ramesh --to "Ramesh Patil"',
    "party.show": "khata party show ramesh",
    "pay": "khata receive ramesh 500",
    "pending": "khata pending",
    "profiles": ("khata profiles\nkhata import ledger.xlsx --profile gave-got --new-parties safe"),
    "proof": (
        "khata proof 17 -o ramesh-17.tlog-proof\n"
        "khata proof --statement ramesh -o ramesh.proof\n"
        "khata proof --balance ramesh -o ramesh-balance.proof"
    ),
    "qr": "khata qr ramesh\nkhata qr ramesh 200 -o ramesh.png",
    "rebuild": "khata rebuild",
    "receipt": (
        "khata receipt 12\nkhata receipt 12 --lang hi -o receipt.png\nkhata receipt 12 --paper 80 -o receipt.escpos"
    ),
    "receipts": (
        "khata receipts --per mode --period FY2025-26\n"
        "khata receipts --per day --period Nov --format csv -o receipts.csv"
    ),
    "receive": (
        "khata receive ramesh 500 --mode upi\n"
        "khata receive ramesh 640 --full\n"
        "khata receive --for ramesh=300,sunita=200 --mode upi\n"
        "khata receive ramesh 500 --upi-pending"
    ),
    "reconcile": ("khata reconcile statement.csv\nkhata reconcile statement.csv --yes --answer 17=ramesh"),
    "refund": "khata refund suresh 25 --mode cash",
    "remind": (
        "khata remind ramesh --open\n"
        "khata remind --over 30\n"
        "khata remind --over 30 --format csv -o send.csv --mark-sent"
    ),
    "restore": "khata restore /media/usb/sharma-kirana-store.2026-11-22-210000.khata",
    "return": ("khata return ramesh 90\nkhata return counter 40 --paid all:cash"),
    "returns": "khata returns --per customer --period FY2025-26",
    "reverse": ('khata reverse 41 --reason "wrong customer"\nkhata reverse --import 40 --reason "wrong month"'),
    "sale": (
        "khata sale ramesh 450\n"
        'khata sale ramesh 450 --paid 200:upi --note "atta"\n'
        "khata sale counter 120 --paid all:upi\n"
        "khata sale ramesh 450 --due 15d"
    ),
    "sales": (
        "khata sales --period FY2025-26\n"
        "khata sales --per customer --period Nov\n"
        "khata sales --per month --period FY2025-26 --entries 2026-01"
    ),
    "salvage": "khata salvage ~/Khata/sharma-kirana-store.khata",
    "shell": ("khata shell\nkhata shell --by meena"),
    "shop": ("khata shop show\nkhata shop set --phone 9876543210"),
    "shop.set": (
        'khata shop set --upi sharma.kirana@okhdfcbank --payee "Sharma Kirana"\n'
        'khata shop set --address "12 MG Road, Pune" --lang hi'
    ),
    "shop.show": "khata shop show",
    "show": "khata show 41",
    "statement": (
        "khata statement ramesh --lang hi\n"
        "khata statement ramesh --from FY2025-26 --format csv -o ramesh.csv\n"
        "khata statement ramesh --lang hi,en -o ramesh.html"
    ),
    "status": "khata",
    "timestamp": ("khata timestamp request -o ask.tsq\nkhata timestamp add answer.tsr --ca authority.pem"),
    "timestamp.add": "khata timestamp add answer.tsr --ca authority.pem",
    "timestamp.request": "khata timestamp request -o ask.tsq",
    "transfer": 'khata transfer ramesh suresh 200 --note "his brother pays"',
    "trial": (
        "khata trial --as-on 31-03-2026\n"
        "khata trial --period FY2025-26\n"
        "khata trial --period FY2025-26 --entries discount"
    ),
    "undo": "khata undo",
    "unlock": 'khata unlock --reason "a bill of March was forgotten"',
    "use": "khata use ~/Khata/sharma-kirana-store.khata",
    "verify": ("khata verify\nkhata verify --against /media/usb/shop.khata"),
    "verify_proof": "khata verify-proof ramesh-17.tlog-proof",
    "where": "khata where",
    "witness": ("khata witness request -o /media/usb/for-the-accountant.txt\nkhata witness add /media/usb/answer.txt"),
    "witness.add": "khata witness add /media/usb/answer.txt",
    "witness.init": "khata witness init --name mehta-ca",
    "witness.list": "khata witness list",
    "witness.request": "khata witness request -o /media/usb/for-the-accountant.txt",
    "witness.sign": "khata witness sign /media/usb/for-the-accountant.txt -o /media/usb/answer.txt",
    "write_off": 'khata write-off ramesh 650 --reason "moved away"',
    "write_offs": "khata write-offs --per customer --period FY2025-26",
}
"""By the key of the command: `sale`, `party.merge`. A line each, as it is typed."""
