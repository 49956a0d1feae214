"""A receipt as the picture that a thermal printer burns: its own letters have no rupee sign and no Indian script."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Final

from khata.render.paper.typesetting import PaperMissing, typeset
from khata.render.qr import inline
from khata.render.receipt import Receipt

if TYPE_CHECKING:
    from PIL.Image import Image

DOTS: Final = {58: 384, 80: 576}
"""Dots across a strip so many millimetres wide, at 203 to the inch (Epson's and nearly all others')."""

_PPI: Final = 203.0
_BAND: Final = 128
"""Rows that are sent at once: small printers keep little more."""
_DARK: Final = 160
"""Greys below this are burnt: at half of all greys thin strokes would go."""

_BEGIN, _FEED, _CUT = b"\x1b@", b"\x1bd\x04", b"\x1dV\x42\x00"
_RASTER: Final = b"\x1dv0\x00"


def png(made: Receipt, millimetres: int) -> bytes:
    """The strip in black and white, one dot of the printer a dot. Raises PaperMissing as `typeset` does."""
    out = BytesIO()
    _picture(made, millimetres).save(out, "PNG", optimize=True)
    return out.getvalue()


def escpos(made: Receipt, millimetres: int) -> bytes:
    """What a printer takes: begin, the picture in bands (GS v 0), feed, cut. Raises PaperMissing as `typeset` does."""
    return b"".join([_BEGIN, *_bands(_picture(made, millimetres)), _FEED, _CUT])


def _bands(picture: Image) -> Iterator[bytes]:
    across = picture.width // 8
    for top in range(0, picture.height, _BAND):
        band = picture.crop((0, top, picture.width, min(top + _BAND, picture.height)))
        size = across.to_bytes(2, "little") + band.height.to_bytes(2, "little")
        # Of a picture a set bit is light; of the printer it is a dot.
        yield _RASTER + size + bytes(byte ^ 0xFF for byte in band.tobytes())


def _picture(made: Receipt, millimetres: int) -> Image:
    try:
        from PIL import Image
    except ModuleNotFoundError as error:
        raise PaperMissing from error
    dots, to = DOTS[millimetres], made.payment
    page = {
        "dots": dots,
        "shop": made.shop,
        "about": made.about,
        "lines": [line._asdict() for line in made.lines],
        "pay": made.pay,
        "qr": inline(to.link) if to else "",
        "payee": to.payee if to else "",
        "upi": to.upi if to else "",
        "seal": made.seal,
        "lang": made.language,
        "dir": made.direction,
    }
    grey = Image.open(BytesIO(typeset("receipt.typ", page, "png", _PPI))).convert("L")
    strip = Image.new("L", (dots, grey.height), 255)
    strip.paste(grey, (0, 0))
    return strip.point(lambda each: 255 if each >= _DARK else 0).convert("1")
