"""A text as a QR: on a terminal, or as a picture. segno draws it, and is loaded only then."""

from __future__ import annotations

from io import BytesIO, StringIO

ERROR = "m"
"""15 in 100 of it may be smudged."""

SCALE = 4
"""Dots of a picture for each of its squares."""


def drawn(text: str) -> str:
    """The lines for a terminal, dark on light as it wants them; two rows of squares in one of letters."""
    import segno

    out = StringIO()
    segno.make(text, error=ERROR, micro=False).terminal(out, compact=True, border=2)
    return out.getvalue().rstrip("\n")


def inline(text: str) -> str:
    """An SVG to stand in a page of HTML, dark on what is behind it."""
    import segno

    return segno.make(text, error=ERROR, micro=False).svg_inline(scale=SCALE, border=2, omitsize=True)


def picture(text: str, kind: str) -> bytes:
    """An image, `svg` or `png`."""
    import segno

    out = BytesIO()
    segno.make(text, error=ERROR, micro=False).save(out, kind=kind, scale=SCALE)
    return out.getvalue()
