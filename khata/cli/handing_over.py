"""A text to the clipboard, a link to the browser: with what this machine has for it."""

from __future__ import annotations

from khata.rules.refused import Refused


class NoClipboard(Refused):
    """Nothing here reaches a clipboard, or (`what` is `browser`) opens a link."""

    code = "no_clipboard"


def copied(text: str) -> None:
    """Put a text into the clipboard. Raises NoClipboard."""
    import pyperclip

    try:
        pyperclip.copy(text)
    except pyperclip.PyperclipException as e:
        raise NoClipboard from e


def browsed(link: str) -> None:
    """Open a link as this machine opens links, by what `BROWSER` names first. Raises NoClipboard."""
    import webbrowser

    if not webbrowser.open(link):
        raise NoClipboard(what="browser", link=link)
