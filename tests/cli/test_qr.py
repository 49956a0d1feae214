"""A QR to be paid: what stands in it is read back by a reader that is not ours."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import zxingcpp
from PIL import Image

from khata.cli.env import Streams
from khata.grammar.upi import upi_link
from tests.cli.conftest import Counter

ADDRESS = ("shop", "set", "--upi", "sharma.kirana@okhdfcbank", "--payee", "Sharma & Sons")


@pytest.fixture
def paid(shop: Counter) -> Counter:
    assert shop(*ADDRESS).code == 0
    return shop


def read(image: object) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(image)]


def squares(drawn: str) -> Image.Image:
    """What a terminal shows of half blocks, light on dark, as a picture with eight dots for each square."""
    rows = [re.sub("\x1b\\[[0-9;]*m", "", line) for line in drawn.splitlines()]
    wide = max(map(len, rows))
    image = Image.new("L", (wide * 8, len(rows) * 16), 0)
    for y, row in enumerate(rows):
        for x, each in enumerate(row.ljust(wide)):
            for half, light in enumerate((each in "█▀", each in "█▄")):
                if light:
                    image.paste(255, (x * 8, y * 16 + half * 8, x * 8 + 8, y * 16 + half * 8 + 8))
    return image


def test_a_picture_asks_for_what_is_due(paid: Counter, tmp_path: Path) -> None:
    answer = paid("qr", "ramesh", "-o", str(tmp_path / "ramesh.png"))
    assert (answer.code, answer.out) == (0, "")
    (text,) = read(Image.open(tmp_path / "ramesh.png"))
    link = urlsplit(text)
    assert (link.scheme, link.netloc) == ("upi", "pay")
    asked = {key: value for key, (value,) in parse_qs(link.query, strict_parsing=True).items()}
    assert asked == {
        "pa": "sharma.kirana@okhdfcbank",
        "pn": "Sharma & Sons",
        "am": "450.00",
        "cu": "INR",
        "tn": "khata 1",
    }
    assert "+" not in text, "apps show a plus for a blank"


def test_what_a_terminal_shows_is_the_same(paid: Counter) -> None:
    shown = paid("qr", "ramesh", "20.50", terminal=True).out
    drawn, _, told = shown.rstrip("\n").rpartition("\n")
    assert read(squares(drawn)) == [paid("qr", "ramesh", "20.50", "--json").data["upi"]]
    assert told == "₹20.50   Sharma & Sons · sharma.kirana@okhdfcbank   Ramesh Kumar"


def test_where_it_would_be_folded_the_link_is_shown_and_how_to_get_a_picture(
    paid: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Streams, "size", lambda *_: (30, 24))
    answer = paid("qr", "ramesh", "20.50", terminal=True)
    assert answer.out.startswith(paid("qr", "ramesh", "20.50").out.strip())
    assert "-o FILE.png" in answer.err
    assert not re.search("[▀▄█]", answer.out)


def test_a_script_gets_the_link(paid: Counter) -> None:
    said = paid("qr", "ramesh", "--json").data
    assert said == {"party": 1, "name": "Ramesh Kumar", "amount_paise": 45000, "upi": paid("qr", "ramesh").out.strip()}


def test_a_svg_is_a_picture_too_and_no_other_ending_is(paid: Counter, tmp_path: Path) -> None:
    assert paid("qr", "ramesh", "-o", str(tmp_path / "a.svg")).code == 0
    assert "<svg" in (tmp_path / "a.svg").read_text(encoding="utf-8")
    for name in ("a.jpg", "a.svg", "-"):
        assert paid("qr", "ramesh", "-o", str(tmp_path / name) if name != "-" else name).code != 0
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["a.svg"]


def test_where_nothing_is_due_the_payer_types_the_sum(paid: Counter) -> None:
    paid("receive", "ramesh", "450")
    said = paid("qr", "ramesh", "--json")
    assert "&am=" not in said.data["upi"]
    assert [each["code"] for each in said.envelope["warnings"]] == ["nothing_due"]
    assert "&am=5.00&" in paid("qr", "ramesh", "5").out


def test_a_sum_that_apps_refuse_is_said_so_and_drawn(paid: Counter) -> None:
    said = paid("qr", "ramesh", "100000.01", "--json")
    assert "&am=100000.01&" in said.data["upi"]
    assert [each["code"] for each in said.envelope["warnings"]] == ["above_upi"]
    assert paid("qr", "ramesh", "100000", "--json").envelope["warnings"] == []


def test_whoever_is_called_so_comes_before_a_sum(paid: Counter) -> None:
    paid("sale", "Flat 12", "30", "--new")
    assert paid("qr", "flat 12", "--json").data["amount_paise"] == 3000
    assert paid("qr", "flat", "12", "--json").data["amount_paise"] == 3000
    assert paid("qr", "flat", "12", "5", "--json").data["amount_paise"] == 500


def test_without_an_address_or_a_name_that_apps_can_show_nothing_is_drawn(shop: Counter) -> None:
    assert shop("qr", "ramesh", "--json").envelope["refused"]["facts"] == {"what": "upi"}
    shop("shop", "set", "--upi", "sharma@okaxis")
    assert "pn=Sharma%20Kirana%20Store&" in shop("qr", "ramesh").out
    shop("shop", "set", "--name", "शर्मा किराना")
    refused = shop("qr", "ramesh")
    assert (refused.code, "--payee" in refused.err) == (2, True)


def test_no_link_is_made_for_nothing() -> None:
    for paise in (0, -5):
        with pytest.raises(ValueError, match="above 0"):
            upi_link("a@b", "A", paise)
    assert len(upi_link("a@b", "A", None, "x" * 80).partition("&tn=")[2]) == 50
