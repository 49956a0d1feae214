"""What a bank writes beside a row: each in its own way, names cut at their width, numbers where it has them."""

from __future__ import annotations

from typing import NamedTuple

from tests.reconciling.others import SHOP
from tests.reconciling.trade import APP, HDFC, ICICI, SBI

SBI_WIDE_FROM = 10
"""The month from which SBI writes twenty letters of a name and not eight: its heads stay as they are."""

WIDTHS = {SBI: 8, HDFC: 20, ICICI: 14, APP: 40}


class Passage(NamedTuple):
    """Money on its way: whose, by which address, how; `paise` less than 0 for what goes out."""

    name: str
    vpa: str
    bank: str
    way: str
    utr: str
    paise: int
    remark: str
    wide: bool = False
    without_ref: bool = False
    without_name: bool = False


class Shown(NamedTuple):
    """What a statement shows of it: its text and reference, and of these the name and the VPA; `cut`: of the name."""

    text: str
    ref: str
    name: str = ""
    vpa: str = ""
    cut: bool = False
    utr: str = ""


def shown(channel: str, passage: Passage) -> Shown:
    """A passage as a bank, or the UPI app, shows it."""
    return {SBI: _sbi, HDFC: _hdfc, ICICI: _icici, APP: _app}[channel](passage)


def _name(passage: Passage, width: int) -> tuple[str, bool]:
    name = "" if passage.without_name else passage.name
    return name[:width].rstrip(), len(name) > width


def _app(passage: Passage) -> Shown:
    name, cut = _name(passage, WIDTHS[APP])
    utr = "" if passage.without_ref else passage.utr
    return Shown(passage.remark, utr, name, passage.vpa, cut, utr)


def _sbi(passage: Passage) -> Shown:
    out = passage.paise < 0
    by, side = ("TO TRANSFER", "DR") if out else ("BY TRANSFER", "CR")
    name, cut = _name(passage, 20 if passage.wide else WIDTHS[SBI])
    number = "489769" if out else "489773"
    beside = f"TRANSFER {'TO' if out else 'FROM'} {number}3162{int(passage.utr[-3:]) % 900 + 95:03d}"
    utr = passage.utr  # SBI never leaves it out
    match passage.way:
        case "upi":
            vpa = passage.vpa[:10]
            text = f"   {by}-UPI/{side}/{utr}/{name or 'NA'}/{passage.bank}/{vpa}/{passage.remark[:5] or 'UPI'}--"
            return Shown(text, f"{beside}   ", name, vpa, cut, utr)
        case "reversal":
            return Shown(f"   {by}-UPI/{utr}/REVERSAL--", f"{beside}   ", utr=utr)
        case "imps" if passage.vpa[:10].isdecimal() and not out:
            # Sent to the number of an account: the phone of the sender is there, and no name.
            text = f"   {by}-INB IMPS{utr}/{passage.vpa[:10]}/XX{utr[-4:]}/{passage.remark[:12]}--"
            return Shown(text, f"MAA000{utr[-9:]}", vpa=passage.vpa[:10], utr=utr)
        case "imps":
            return Shown(f"   {by}-IMPS/P2A/{utr}/{name}/{passage.bank}/IMPS--", f"{beside}   ", name, "", cut, utr)
        case "neft":
            name, cut = _name(passage, 18)
            text = f"   {by}-NEFT*{passage.bank}0000123*{utr}*{name}--"
            return Shown(text, f"{beside}   ", name, "", cut, utr)
        case "cheque" if out:
            return Shown(
                f"   CHEQUE RETURN-I/W RTN CHQ {passage.utr} FUNDS INSUFFICIENT--", f"{passage.utr} / ", utr=utr
            )
        case "cheque":
            return Shown("   CHEQUE DEPOSIT--MICR CLG", f"{passage.utr} / ", utr=passage.utr)
        case "cash":
            return Shown("   CASH DEPOSIT-CASH DEPOSIT SELF--", "")
        case "interest":
            return Shown("   CREDIT INTEREST--", "")
    return Shown("   DEBIT-ACHDr SMS AND LEDGER CHARGES--", "")


def _hdfc(passage: Passage) -> Shown:
    name, cut = _name(passage, WIDTHS[HDFC])
    utr = "" if passage.without_ref else passage.utr
    ref = utr.rjust(16, "0") if utr.isdecimal() else utr or "0"
    match passage.way:
        case "upi":
            vpa = passage.vpa.upper()
            text = f"UPI-{name}-{vpa}-{passage.bank}0001234"
            return Shown(f"{text}-{utr}-{passage.remark.upper() or 'UPI'}" if utr else text, ref, name, vpa, cut, utr)
        case "reversal":
            return Shown(f"REV-UPI-{name}-{passage.vpa.upper()}-{utr}-PAYMENT FAILED", ref, utr=utr)
        case "imps":
            tail = "X" * 6 + passage.utr[-4:]
            return Shown(f"IMPS-{utr}-{name}-{passage.bank}-{tail}-{passage.remark.upper()}", ref, name, "", cut, utr)
        case "neft":
            side = "DR" if passage.paise < 0 else "CR"
            text = f"NEFT {side}-{passage.bank}0001234-{name}-{SHOP}-{utr}"
            return Shown(text, ref, name, "", cut, utr)
        case "settled":
            return Shown(f"NEFT CR-YESB0000001-PHONEPE PRIVATE LIMITED-{SHOP}-{utr}", ref, utr=utr)
        case "cheque":
            return Shown(
                f"CHQ DEP - MICR CLG - {passage.bank} - MANDI ROAD", passage.utr.rjust(16, "0"), utr=passage.utr
            )
        case "cash":
            return Shown("CASH DEPOSIT BY - SELF - MANDI ROAD", "0")
        case "interest":
            return Shown("CREDIT INTEREST CAPITALISED", "000000000000000")
    return Shown("FEE-SMS ALERT CHG INCL GST", "0")


def _icici(passage: Passage) -> Shown:
    name, cut = _name(passage, WIDTHS[ICICI])
    utr = "" if passage.without_ref else passage.utr
    match passage.way:
        case "upi":
            vpa = passage.vpa[:18]
            mark = f"ICI{int(passage.utr[-7:]) * 7919:011x}"
            text = f"UPI/{name or 'NA'}/{vpa}/{passage.remark[:12] or 'UPI'}/{passage.bank}/{utr}/{mark}"
            return Shown(text, "-", name, vpa, cut, utr)
        case "imps":
            return Shown(
                f"MMT/IMPS/{utr}/{passage.remark[:12] or 'OK'}/{name}/{passage.bank}0000443", "-", name, "", cut, utr
            )
        case "neft":
            name, cut = _name(passage, 20)
            return Shown(f"NEFT-{utr}-{name}-{passage.remark or '/ATTN/'}", "-", name, "", cut, utr)
        case "cheque":
            return Shown(f"CLG/{name}/{passage.bank}/{passage.utr}", passage.utr, name, "", cut, passage.utr)
        case "cash":
            return Shown("BY CASH -MANDI ROAD", "-")
        case "interest":
            return Shown("Int.Pd:01-10-2025 to 31-12-2025", "-")
    return Shown("SMSChgsOct25-Dec25+GST", "-")
