"""A receipt of one entry: as text, as a picture, and as a thermal printer takes it."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from khata.i18n.messages import languages
from khata.render.text import width
from tests.cli.conftest import Counter


@pytest.fixture
def paid(shop: Counter) -> Counter:
    """A shop that can be paid, with a sale (entry 6) that was paid in part."""
    shop("shop", "set", "--upi", "sharma@okaxis", "--address", "12 MG Road, Pune", "--phone", "9876543210")
    shop("sale", "ramesh", "1200", "--paid", "500:upi", "--note", "Diwali sweets")
    return shop


def sent(path: Path) -> Image.Image:
    """What a printer would burn of a file of ESC/POS."""
    raw = path.read_bytes()
    assert raw.startswith(b"\x1b@")
    raw = raw[2:]
    bands = []
    while raw.startswith(b"\x1dv0\x00"):
        across, rows = (int.from_bytes(raw[at : at + 2], "little") for at in (4, 6))
        assert rows <= 255
        bits = bytes(byte ^ 0xFF for byte in raw[8 : 8 + across * rows])
        bands.append(Image.frombytes("1", (across * 8, rows), bits))
        raw = raw[8 + across * rows :]
    assert raw == b"\x1bd\x04\x1dV\x42\x00", "feed, and cut"
    whole = Image.new("1", (bands[0].width, sum(band.height for band in bands)))
    top = 0
    for band in bands:
        whole.paste(band, (0, top))
        top += band.height
    return whole


def test_the_strip_says_what_the_entry_did_and_what_is_due(paid: Counter) -> None:
    assert (
        paid("receipt", "6").out
        == f"""\
      Sharma Kirana Store
        12 MG Road, Pune
           9876543210

22 Nov 2026              entry 6
Ramesh Kumar
--------------------------------
sale                   ₹1,200.00
UPI                      ₹500.00
khata                    ₹700.00
--------------------------------
due                    ₹1,150.00
Diwali sweets

UPI: sharma@okaxis

{paid("show", "6", "--json").data["hash"][:32]}
{paid("show", "6", "--json").data["hash"][32:]}
"""
    )


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(("paper", "columns"), [("58", 32), ("80mm", 48)])
def test_no_line_is_wider_than_the_strip(paid: Counter, language: str, paper: str, columns: int) -> None:
    paid("sale", "Shri Balasubramaniam Venkataraghavan & Sons", "1234567.50", "--new", "--note", "x" * 60)
    for entry in ("6", "3", "8"):
        said = paid("receipt", entry, "--lang", language, "--paper", paper).out
        assert max(map(width, said.splitlines())) <= columns
        assert "₹" in said


def test_of_a_cancelled_entry_it_says_so_and_at_the_counter_nobody_owes(paid: Counter) -> None:
    paid("reverse", "6")
    assert "sale · cancelled, see entry 7\n" in paid("receipt", "6", "--paper", "80").out
    assert "cancellation of: 6\n" in paid("receipt", "7").out
    paid("sale", "counter", "40", "--paid", "all")
    said = paid("receipt", "8").out
    assert "due" not in said
    assert "UPI:" not in said


def test_as_on_a_day_it_says_what_was_due_then(paid: Counter) -> None:
    paid("receive", "ramesh", "100")
    assert "due                    ₹1,050.00" in paid("receipt", "6").out
    assert "due                    ₹1,150.00" in paid("receipt", "6", "--known-at", "6").out
    assert paid("receipt", "7", "--known-at", "6", "--json").refused == "unknown_entry"


@pytest.mark.paper
@pytest.mark.parametrize(("paper", "dots"), [("58", 384), ("80", 576)])
def test_the_picture_and_what_the_printer_takes_are_the_same_and_can_be_scanned(
    paid: Counter, tmp_path: Path, paper: str, dots: int
) -> None:
    for name in ("a.png", "a.escpos"):
        assert paid("receipt", "6", "--paper", paper, "--lang", "hi", "-o", str(tmp_path / name)).code == 0
    picture = Image.open(tmp_path / "a.png")
    assert (picture.mode, picture.width) == ("1", dots)
    assert picture.tobytes() == sent(tmp_path / "a.escpos").tobytes()
    (found,) = zxingcpp.read_barcodes(picture.convert("L"))
    assert found.text == paid("qr", "ramesh").out.strip()
    dark = picture.convert("L").histogram()[0] / (picture.width * picture.height)
    assert 0.03 < dark < 0.4, "letters, and no black page"


@pytest.mark.paper
def test_a_printer_is_written_to_and_never_replaced(paid: Counter, tmp_path: Path) -> None:
    printer, got = tmp_path / "lp0", []
    os.mkfifo(printer)
    reader = threading.Thread(target=lambda: got.append(printer.read_bytes()))
    reader.start()
    assert paid("receipt", "6", "--escpos", "-o", str(printer)).code == 0
    reader.join(30)
    assert printer.is_fifo()
    (tmp_path / "copy").write_bytes(got[0])
    assert sent(tmp_path / "copy").width == 384


def test_nothing_but_text_goes_to_a_screen_and_one_form_is_enough(paid: Counter) -> None:
    assert paid("receipt", "6", "--escpos", "--json").envelope["refused"]["facts"]["what"] == "missing"
    assert paid("receipt", "6", "--png", "--text", "--json").envelope["refused"]["facts"]["what"] == "together"
    assert paid("receipt", "6", "--paper", "70", "--json").refused == "unknown_choice"
    assert paid("receipt", "6", "-o", "a.pdf", "--json").refused == "unknown_format"
    assert paid("receipt", "99", "--json").refused == "unknown_entry"
    assert paid("receipt", "--json").code == 2
    assert paid("receipt", "5", "--json").refused == "no_receipt"
