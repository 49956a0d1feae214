"""Journals of hledger, ledger and beancount: what becomes a row, what is passed over, what is told by its line."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khata.importing.journal_accounts import Accounts
from khata.importing.journal_amounts import Marks, NotAnAmountError, amount
from khata.importing.opening import opened
from khata.importing.profile_file import BadProfile
from khata.questions.entries import log
from khata.units import Seq
from tests.importing.files import Files
from tests.importing.test_samples import rows

JOURNAL = """\
; one shop
Y2026
2026-11-01 opening balances
    assets:bank                     ₹20,000.00
    assets:receivable:Ramesh           ₹800.00
    assets:receivable:Sita             ₹-50.00
    equity:opening
11/12=11/14 * (B-71) Ramesh | atta  ; tag: x
    ; note: two bags
    assets:receivable:Ramesh           ₹450.00
    income:goods
2026/11/13 ! by UPI
    assets:phonepe                     600 INR  ; upi
    assets:receivable:Ramesh          -600 INR = INR 650
2026.11.13 rent
    expenses:rent\t5000
    assets:cash
"""

BEANCOUNT = """\
option "title" "One shop"
2026-01-01 open Assets:Khata:Ramesh-Kumar INR
  name: "Ramesh; Kumar"
2026-01-01 open Income:Sales
2026-11-12 * "Ramesh" "atta
in two lines" #bag ^b71
  ref: "B-71"
  Assets:Khata:Ramesh-Kumar   1,450.00 INR
    weight: 2
  Income:Sales
2026-11-13 balance Assets:Khata 1450.00 INR
2026-11-13 txn "by cheque"
  ! Assets:Cheque  450.00 INR ; his own
  Assets:Khata:Ramesh-Kumar  -450.00 INR
2026-11-14 price GOLD 7000 INR
"""

CAME, SOLD_BY = "payment_received", "sale_recorded"
SOLD = "2026-11-20 sold\n    assets:receivable:Ramesh  {}\n    income:sales\n"


def take(files: Files, text: str, **options: object) -> list[tuple[str, str, int, str, str, str | None]]:
    files.take(files.raw(text.encode()), **options)
    return rows(files)


def wrong(files: Files, text: str, **options: object) -> list[tuple[int, str]]:
    """The lines and the reasons."""
    faults = files.faults(files.raw(text.encode()), **options)
    return [(each.row, str(each.facts.get("what", each.code))) for each in faults]


def test_a_journal_becomes_rows(files: Files) -> None:
    result = files.take(files.raw(JOURNAL.encode()))
    assert rows(files) == [
        ("opening_recorded", "2026-11-01", 80000, "Ramesh", "", None),
        ("opening_recorded", "2026-11-01", 5000, "Sita", "", None),
        ("sale_recorded", "2026-11-12", 45000, "Ramesh", "", "B-71"),
        ("payment_received", "2026-11-13", 60000, "Ramesh", "upi", None),
    ]
    assert files.shop.balances() == {1: 65000, 2: -5000}
    cache = files.shop.books.cache
    notes = [each.note for each in log(cache.connection, Seq(1), cache.position().seq) if each.amount_paise]
    assert notes == ["opening balances", "opening balances", "atta", "by UPI"]
    assert result.found is not None
    assert result.found["passed"] == {"no_customer": {"count": 1, "vouchers": ["15 (rent)"]}}


def test_a_file_of_beancount_becomes_rows_with_the_names_that_it_says(files: Files) -> None:
    result = files.take(files.raw(BEANCOUNT.encode()))
    assert rows(files) == [
        ("sale_recorded", "2026-11-12", 145000, "Ramesh; Kumar", "", "B-71"),
        ("payment_received", "2026-11-13", 45000, "Ramesh; Kumar", "cheque", None),
    ]
    assert result.found is not None
    assert result.found["passed"] == {"beside_money": {"count": 1, "vouchers": ["15 (2026-11-14 price GOLD 7000 INR)"]}}


@pytest.mark.parametrize(
    ("text", "paise"),
    [
        *(("450", 45000), ("INR 1,23,456.50", 12345650), ("₹450", 45000), ("Rs. 450", 45000), ("Rs.450.5", 45050)),
        *(("450 INR", 45000), ("450.00", 45000), ("-INR 450", -45000), ("INR -450", -45000), ("-450 ₹", -45000)),
        *(("+450", 45000), ("1,000", 100000), ("1,234,567.00", 123456700), ("\u2212450", -45000), ("450.000", 45000)),
        *(('"Rs." 450', 45000), ("1 000.50", 100050), (".50", 50), ("रु 450", 45000), ("450.", 45000), ("0", 0)),
    ],
)
def test_an_amount_is_read_to_the_paisa(text: str, paise: int) -> None:
    assert amount(text, Marks()) == paise


@pytest.mark.parametrize(
    ("text", "why"),
    [
        *(("450,50", "decimal_comma"), ("1.234,50", "decimal_comma"), ("1.005", "paise"), ("$5", "commodity")),
        *(("5 GOLD", "commodity"), ("5 GOLD @ ₹2", "cost"), ("5 {2 INR}", "cost"), ("--5", "amount"), ("", "amount")),
        *(
            ("- INR -5", "amount"),
            ("INR 5 INR", "amount"),
            ("1e5", "amount"),
            ("४५०", "amount"),
            ("12,34", "decimal_comma"),
        ),
        *(("1,2,3", "amount"), (".", "amount"), ("9" * 16, "amount"), ("NaN", "amount"), ("5 5", "amount")),
    ],
)
def test_what_is_no_plain_amount_of_rupees_is_refused(text: str, why: str) -> None:
    with pytest.raises(NotAnAmountError) as refused:
        amount(text, Marks())
    assert refused.value.why == why


@given(st.integers(-(10**12), 10**12))
def test_every_amount_that_is_written_out_is_read(paise: int) -> None:
    text = f"{'-' if paise < 0 else ''}{abs(paise) // 100}.{abs(paise) % 100:02d}"
    for written in (text, f"INR {text}", f"{text} INR", f"₹{text}"):
        assert amount(written, Marks()) == paise


@pytest.mark.parametrize(
    "above",
    [
        "decimal-mark ,",
        "commodity ₹1.000,00",
        "commodity INR\n    format 1.000,00 INR",
        "D 1.000,00 ₹",
        "D Rs. 1.000,00",
    ],
)
def test_a_comma_before_paise_is_read_where_the_journal_says_so(files: Files, above: str) -> None:
    assert take(files, f"{above}\n{SOLD.format('1.450,50')}")[0][2] == 145050


def test_amounts_of_another_default_commodity_are_none_of_rupees(files: Files) -> None:
    assert wrong(files, "D $1,000.00\n" + SOLD.format("5")) == [(2, "commodity")]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("(assets:receivable:Ramesh)  5\n    income:sales  5\n    assets:cash", "virtual"),
        ("[assets:receivable:Ramesh]  5\n    [income:sales]  -5", "virtual"),
        ("assets:receivable:Ramesh  5\n    income:sales  -6", "unbalanced"),
        ("assets:receivable:Ramesh  5", "unbalanced"),
        ("assets:receivable:Ramesh\n    income:sales", "several_open"),
        ("assets:receivable:Ramesh  5  ; date:2026-11-21\n    income:sales", "posting_date"),
        ("assets:receivable:Ramesh  5  ; [2026-11-21]\n    income:sales", "posting_date"),
        ("assets:receivable:Ramesh  = 5\n    income:sales", "assignment"),
        ("assets:receivable:Ramesh  5 = 6\n    income:sales", "assertion"),
        ("assets:receivable  5\n    income:sales", "ledger_not_told"),
        ("assets:receivable:Ramesh  -5\n    expenses:rent", "mixed"),
        ("assets:receivable:Ramesh  -5\n    liabilities:payable:Gupta", "other_ledger"),
        ("assets:receivable:Ramesh  -5\n    assets:cash  2\n    assets:upi", "two_modes"),
        ("assets:receivable:A  -5\n    assets:receivable:B  -3\n    assets:cash  2\n    assets:upi", "two_customers"),
        ("assets:receivable:A  -5\n    assets:debtors:a", "ledgers_alike"),
        ("assets:receivable:A  10\n    income:sales  -6\n    equity:opening", "mixed"),
    ],
)
def test_what_is_no_entry_of_a_customer_is_told_by_the_line_where_it_begins(files: Files, lines: str, why: str) -> None:
    assert wrong(files, f"\n2026-11-20 x\n    {lines}\n", profile="journal") == [(2, why)]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        *(
            ("include other.journal", "include"),
            ("= /x/\n    (budget)  1", "automated"),
            ("bucket assets:cash", "line"),
        ),
        *(
            ("alias /a/=b", "line"),
            ("C 1 kb = 1024 b", "line"),
            ("    lost  5", "line"),
            ("i 2026-11-20 09:00:00 x", "line"),
        ),
        *(
            ("account x\n    default", "line"),
            ("define a = 1", "line"),
            ("2026-11-20x", "line"),
            ("20-11-2026 x", "line"),
        ),
    ],
)
def test_a_line_that_is_not_understood_is_told(files: Files, line: str, why: str) -> None:
    number = 2 if line.startswith("account") else 1
    assert wrong(files, f"{line}\n\n{SOLD.format(5)}", profile="journal") == [(number, why)]


def test_a_day_without_a_year_wants_one(files: Files) -> None:
    text = SOLD.format(5).replace("2026-", "")
    assert wrong(files, text, profile="journal") == [(1, "year")]
    assert take(files, "year 2026\n" + text, profile="journal")[0][1] == "2026-11-20"


def test_directives_are_followed(files: Files) -> None:
    text = """\
account assets:receivable:Ramesh  ; type: A
    note his brother's
    alias r
alias kirana=income:sales
apply account assets
apply tag x
end apply tag
end apply account
comment
2026-11-20 not this
    assets:receivable:Ramesh  5
    income:sales
end comment
2026-11-20 sold
    r  5
    kirana
end aliases
payee Ramesh
tag x
# a remark
* another
2026-11-21 sold
    assets:receivable:Sita  7
    income:sales
"""
    assert [(each[2], each[3]) for each in take(files, text)] == [(500, "Ramesh"), (700, "Sita")]


def test_an_assertion_holds_by_lines_or_by_days(files: Files) -> None:
    """A journal whose days are not in order is right for hledger by its days, and for ledger by its lines."""
    later = "2026-11-21 b\n    assets:receivable:A  5 = {}\n    income:sales\n"
    earlier = "2026-11-20 a\n    assets:receivable:A  7\n    income:sales\n"
    for held in (5, 12):
        assert files.take(files.raw((later.format(held) + earlier).encode()), dry_run=True).recorded == 2
    assert wrong(files, later.format(7) + earlier) == [(1, "assertion")]
    whole = "2026-11-22 c\n    assets:receivable:B  1\n    assets:receivable  0 =* {}\n    income:sales\n"
    assert wrong(files, earlier + whole.format(9))[0] == (4, "assertion")


def test_an_assertion_on_what_could_not_be_read_is_left_to_that(files: Files) -> None:
    assert wrong(files, SOLD.format("$5") + SOLD.format("5 = 10")) == [(1, "commodity")]


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (["assets:khata:A  5", "assets:khata:B  -5"], [("opening_recorded", 500, "A"), ("opening_recorded", 500, "B")]),
        (["assets:khata:A  -5", "assets:khata:B  -3", "assets:upi"], [(CAME, 500, "A"), (CAME, 300, "B")]),
        (["assets:khata:A  5", "assets:khata:B  3", "income:sales"], [(SOLD_BY, 500, "A"), (SOLD_BY, 300, "B")]),
        (["assets:khata:A  5", "income:late fees"], [("charge_made", 500, "A")]),
        (["assets:khata:A  5", "income:wheat"], [("sale_recorded", 500, "A")]),
        (["assets:khata:A  118", "income:sales  -100", "liabilities:cgst"], [(SOLD_BY, 11800, "A")]),
        (["assets:khata:A  -10", "assets:cash  9", "expenses:discount  1"], [("payment_received", 900, "A")]),
        (["assets:khata:A  -10", "expenses:bad debts"], [("debt_written_off", 1000, "A")]),
        (["assets:khata:A  -10", "income:sales returns"], [("goods_returned", 1000, "A")]),
        (["assets:khata:A  10", "assets:bank:sbi"], [("money_refunded", 1000, "A")]),
        (["assets:cash  10", "income:sales"], [("sale_recorded", 1000, "counter")]),
        (["assets:khata:North:A  10", "income:sales"], [("sale_recorded", 1000, "North:A")]),
    ],
)  # fmt: skip
def test_what_a_transaction_is_shows_in_its_accounts(
    files: Files, lines: list[str], wanted: list[tuple[str, int, str]]
) -> None:
    text = "2026-11-20 x\n" + "".join(f"    {line}\n" for line in lines)
    assert [(each[0], each[2], each[3]) for each in take(files, text)] == wanted


def test_a_salary_is_no_sale(files: Files) -> None:
    assert wrong(files, "2026-11-20 pay\n    assets:bank  5\n    income:salary\n") == [(0, "journal")]


def test_accounts_may_be_said(files: Files) -> None:
    text = "2026-11-20 paid\n    assets:hdfc  5\n    assets:clients:Ramesh\n"
    said = {"assets:clients": "party", "assets:hdfc": "card"}
    assert take(files, text, mapping=said) == [("payment_received", "2026-11-20", 500, "Ramesh", "card", None)]
    assert wrong(files, text, mapping={"assets:hdcf": "bank"}) == [(1, "no_such_account")]
    for mapping in ({"assets:hdfc": "note"}, {"assets:hdfc": "tree"}):
        with pytest.raises(BadProfile):
            files.take(files.raw(text.encode()), mapping=mapping)
    with pytest.raises(BadProfile):
        files.take(files.write("2026-11-20,sale,Ramesh,5"), mapping={"amount": "bank"})


def test_a_code_that_several_have_is_no_reference(files: Files) -> None:
    text = "".join(f"2026-11-{day} ({code}) sold\n    assets:khata:A  {day}\n    income:sales\n"
                   for day, code in ((10, "DEB"), (11, "deb"), (12, "B-1")))  # fmt: skip
    assert [each[5] for each in take(files, text)] == [None, None, "B-1"]


def test_a_journal_is_known_again(files: Files) -> None:
    files.take(files.raw(JOURNAL.encode()))
    more = JOURNAL + SOLD.format(9)
    again = files.take(files.raw(more.encode()), same_rows="skip")
    assert (again.recorded, len(again.duplicates)) == (1, 4)


def test_rows_that_are_wrong_are_set_aside_with_what_is_plain_of_them(files: Files) -> None:
    path = files.raw(
        (JOURNAL + "2026-11-20 (B-9) in kind\n    assets:receivable:Sita  -5\n    expenses:rent\n").encode()
    )
    rejects = files.folder / "aside.csv"
    assert files.take(path, rejects=rejects).recorded == 4
    assert rejects.read_text("utf-8-sig").splitlines()[1:] == [
        "2026-11-20,,Sita,5.00,,,B-9,in kind,,,transaction_not_understood"
    ]


def test_bytes_that_are_no_letters_are_told_and_nothing_is_recorded_of_that_transaction(files: Files) -> None:
    raw = SOLD.format(5).encode() + SOLD.replace("Ramesh", "Jos\xe9").format(6).encode("latin-1")
    assert [each.code for each in files.faults(files.raw(raw))] == ["transaction_not_understood", "not_utf8"]
    path = files.folder / "latin.journal"
    path.write_bytes(SOLD.replace("Ramesh", "Jos\xe9").format(6).encode("latin-1"))
    files.take(str(path), encoding="latin-1")
    assert rows(files)[-1][3] == "Jos\xe9"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-01-02 pad Assets:Khata:A Equity:Opening\n", [(1, "pad")]),
        ('include "x.beancount"\n', [(1, "include")]),
        ('2026-01-02 * "x"\n  Assets:Khata:A  2 GOLD\n  Income:Sales\n', [(1, "commodity")]),
        ('2026-01-02 * "x"\n  Assets:Khata:A  2 GOLD @ 5 INR\n  Income:Sales\n', [(1, "cost")]),
        ('2026-01-02 * "x"\n  Assets:Khata:A  (2+3) INR\n  Income:Sales\n', [(1, "amount")]),
        ('2026-01-02 * "x"\n  Assets:Khata:A  2.005 INR\n  Income:Sales\n', [(1, "paise")]),
        ('2026-01-02 * "x"\n  Assets:Khata:A  5\n  Income:Sales\n', [(1, "amount")]),
        ('2026-01-02 * "x"\n  Assets:Khata:A  5 INR\n  Income:Sales -6 INR\n', [(1, "unbalanced")]),
        ("2026-01-02 balance Assets:Khata:A  5.00 INR\n", [(1, "assertion")]),
        ("2026-01-02 strange Assets:Khata:A\n", [(1, "line")]),
        ('2026-01-02 * "never closed\n  Assets:Khata:A  5 INR\n  Income:Sales\n', [(1, "line")]),
        ("strange\n", [(1, "line")]),
    ],
)  # fmt: skip
def test_what_of_beancount_is_not_understood_is_told(files: Files, text: str, found: list[tuple[int, str]]) -> None:
    after = '2026-02-01 * "sold"\n  Assets:Khata:B  5 INR\n  Income:Sales\n'
    assert wrong(files, text + after, profile="beancount") == found


def test_a_string_that_is_never_closed_takes_no_other_transaction_with_it(files: Files) -> None:
    text = "".join(f'2026-01-{day} * "open\n  Assets:Khata:A  5 INR\n  Income:Sales\n' for day in (10, 11))
    assert wrong(files, text, profile="beancount") == [(1, "line"), (4, "line")]


def test_a_balance_of_beancount_may_differ_by_its_tolerance(files: Files) -> None:
    sold = '2026-02-01 * "sold"\n  Assets:Khata:B  5.01 INR\n  Income:Sales\n'
    for held in ("5.00 INR", "5.01 INR", "5 ~ 0.05 INR", "5.1 INR"):
        assert files.take(files.raw(f"{sold}2026-02-02 balance Assets:Khata  {held}\n".encode()), dry_run=True).recorded
    for held in ("4.99 INR", "5 INR", "5 ~ 0.00 INR"):
        assert wrong(files, f"{sold}2026-02-02 balance Assets:Khata  {held}\n") == [(4, "assertion")]


def test_a_pad_of_what_is_no_customers_is_passed_over_with_the_balance_that_it_makes(files: Files) -> None:
    text = "2026-01-01 pad Assets:Bank Equity:Opening\n2026-01-02 balance Assets:Bank 5 INR\n"
    text += '2026-02-01 * "sold"\n  Assets:Khata:B  5 INR\n  Income:Sales\n'
    result = files.take(files.raw(text.encode()))
    assert result.recorded == 1
    assert result.found is not None
    assert result.found["passed"].keys() == {"pad"}


PARTS = st.sampled_from(
    (
        *("assets:khata:A  5", "assets:khata:B  -5", "assets:cash", "assets:upi  3", "income:sales", "income:x  -2"),
        *("expenses:rent", "(assets:khata:A)  1", "equity:opening  4", "assets:khata:A  $1", "liabilities:gst  -1"),
        *("; date:2026-01-01", "assets:khata:B  1 = 1", "bogus", "assets:khata  1", "equity:transfers  -5"),
    )
)


@given(st.lists(st.lists(PARTS, min_size=1, max_size=4), min_size=1, max_size=6))
@settings(deadline=None, max_examples=200)
def test_nothing_is_dropped_without_a_word(tmp_path_factory: pytest.TempPathFactory, made: Iterable[list[str]]) -> None:
    """Each transaction is a row, or is passed over, or is told."""
    text, begins = "", []
    for nth, parts in enumerate(made):
        begins.append(text.count("\n") + 1)
        text += f"2026-01-{nth + 1:02d} t{nth}\n" + "".join(f"    {part}\n" for part in parts)
    path = tmp_path_factory.mktemp("x") / "x.journal"
    path.write_text(text, encoding="utf-8")

    with opened(str(path), accounts=Accounts("journal")) as source:
        said = set()
        for number, cells in enumerate(source.records, start=1):
            if any(cells) or source.lines.bad:
                said.add(max(begin for begin in begins if begin <= number))
            source.lines.bad = None
    assert said == set(begins)
