"""`khata doctor --terminal`: how wide this terminal draws each script, asked of the terminal itself."""

from __future__ import annotations

import os
import re
import select
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from khata.cli.env import Env
from khata.cli.reply import Reply
from khata.render.text import width

SCRIPTS: Final = {
    "Latin": "Ramesh ₹1,234.50",
    "Devanagari": "श्रीमती क्षेत्रपाल",
    "Bengali": "শ্রী দেবাশীষ",
    "Gujarati": "શ્રી ગોપાલભાઈ",
    "Gurmukhi": "ਸ੍ਰੀ ਗੁਰਪ੍ਰੀਤ",
    "Odia": "ଶ୍ରୀ ଜଗନ୍ନାଥ",
    "Tamil": "ஸ்ரீ கிருஷ்ணன்",
    "Telugu": "శ్రీ లక్ష్మి",
    "Kannada": "ಶ್ರೀ ಕೃಷ್ಣ",
    "Malayalam": "ക്ഷേത്രം ന്\u200d",
    "Arabic": "محمد علی خان",
}
"""A text in each script, with the letters that terminals measure otherwise."""

PATIENCE_S: Final = 0.3
"""A terminal answers at once, or not at all."""

_WHERE: Final = re.compile(rb"\x1b\[\d+;(\d+)R")


def measured(env: Env) -> Reply:
    """The reply of `khata doctor --terminal`."""
    there = env.streams.terminal
    columns, rows = env.streams.size(env.environ) if there else (None, None)
    cells = _asked(env) if there else {}
    data = {
        "terminal": {
            "columns": columns,
            "rows": rows,
            "encoding": getattr(env.streams.stdout, "encoding", None),
            "term": env.environ.get("TERM"),
            "scripts": [
                {"script": script, "text": text, "khata": width(text), "terminal": cells.get(script)}
                for script, text in SCRIPTS.items()
            ],
        }
    }

    def show(env: Env) -> None:
        if columns is None:
            env.out(env.say("ruler.no_terminal"))
            return
        from khata.render.terminal.ruler import ruler, table

        env.out(ruler(columns))
        env.show(table(data["terminal"], env.words))

    return Reply(data, show)


def _asked(env: Env) -> dict[str, int]:
    """By script, how many cells the cursor moved; nothing of a terminal that does not say where it is."""
    found: dict[str, int] = {}
    try:
        read, write = env.streams.stdin.fileno(), env.streams.stdout.fileno()
        if not (os.isatty(read) and os.isatty(write)):
            return found
        env.streams.stdout.flush()
        with _raw(read):
            for script, text in SCRIPTS.items():
                os.write(write, f"\r{text}\x1b[6n".encode())
                column = _answer(read)
                os.write(write, b"\r\x1b[K")
                if column is None:
                    break
                found[script] = column - 1
    except (OSError, ValueError, ImportError):  # no descriptor, or a machine whose terminals are of another kind
        pass
    return found


@contextmanager
def _raw(fd: int) -> Iterator[None]:
    """A block in which the terminal hands on each byte, and shows none; an answer that comes late is dropped."""
    import termios
    import tty

    before = termios.tcgetattr(fd)
    try:
        tty.setcbreak(fd, termios.TCSANOW)
        yield
    finally:
        with suppress(termios.error):
            termios.tcsetattr(fd, termios.TCSAFLUSH, before)


def _answer(fd: int) -> int | None:
    """The column, from 1, in which the terminal says that its cursor is."""
    said, end = b"", time.monotonic() + PATIENCE_S
    while (left := end - time.monotonic()) > 0 and select.select([fd], [], [], left)[0]:
        said += os.read(fd, 64)
        if found := _WHERE.search(said):
            return int(found[1])
    return None
