"""Text within a page of HTML."""

from html import escape

from khata.render.text import in_order, visible


def safe(text: str) -> str:
    """A text as it stands in HTML: what steers is visible, nothing in it is a tag, and no number is turned round."""
    return in_order(escape(visible(text)))
