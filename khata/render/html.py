"""Text within a page of HTML."""

from html import escape

from khata.render.text import visible


def safe(text: str) -> str:
    """A text as it stands in HTML: what steers is visible, and nothing in it is a tag."""
    return escape(visible(text))
