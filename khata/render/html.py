"""Text within a page of HTML, and the colours of pages and pictures."""

from html import escape
from typing import Final

from khata.render.text import in_order, visible

PALETTE: Final = """
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fff; --line: #d5d5d5; --soft: #666; --red: #a3001c;
  --green: #00622b; --blue: #1f4e9c; --box: #f6f6f4 }
@media (prefers-color-scheme: dark) { :root { --ink: #ececec; --paper: #141414; --line: #3b3b3b; --soft: #a5a5a5;
  --red: #ff8f9b; --green: #7fdb9b; --blue: #8fb8ff; --box: #1e1e1e } }
"""
"""The colours of pages and pictures, light or dark as whoever looks has it."""


def safe(text: str, direction: str = "ltr") -> str:
    """A text as it stands in HTML: what steers is visible, nothing in it is a tag, and no number is turned round."""
    return escape(in_order(visible(text), direction))
