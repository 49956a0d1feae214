"""`khata shell` at a terminal of its own: a line is typed once the one before it was answered."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from contextlib import suppress

from tests.torture.till import KHATA, Till

PLAIN = f"import sys; sys.modules.update(prompt_toolkit=None, readline=None); {KHATA}"
"""khata without what would draw the typed line again and again."""

PATIENCE_S = 180.0
_TOLD = re.compile(r"on khata: .*   now .*   entry (\d+)   ")


class Shell:
    """One shell.

    Attributes:
        process: to be killed at any moment.
        shown: all that stood on the terminal.
        prompt: what stands before a line.
    """

    def __init__(self, till: Till, by: str) -> None:
        self._fd, end = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", PLAIN, "shell", "--by", by],
            env=till.environ,
            cwd=till.folder,
            stdin=end,
            stdout=end,
            stderr=end,
            start_new_session=True,
        )
        os.close(end)
        self.shown, self.prompt = "", f"{by}> "

    def wait(self) -> bool:
        """Wait until a line may be typed; whether one may: else the shell has ended."""
        end = time.monotonic() + PATIENCE_S
        while not self.shown.endswith(self.prompt):
            assert time.monotonic() < end, self.shown
            if self.shown.endswith("] "):  # a question: nothing of what was typed is wanted
                self._type("n\r")
                self.shown += "n"
            if not self._look():
                return False
        return True

    def enter(self, line: str) -> str:
        """Type a line; gives what is shown up to the next prompt, or to the end of the shell."""
        since = len(self.shown)
        self.shown += " "  # the prompt before the line is not the one after it
        self._type(line + "\r")
        self.wait()
        return self.shown[since:]

    def entry_told(self, answer: str) -> int:
        """The entry that a sale was told to be; 0 if none was."""
        found = _TOLD.search(answer)
        return int(found[1]) if found else 0

    def end(self, begun: str) -> int:
        """Leave, or be killed in a line that is begun; gives the exit code, a signal's as a shell does."""
        if begun:
            self._type(begun)
            self.process.kill()
        elif self.wait():
            self._type("exit\r")
        while self._look():
            pass
        os.close(self._fd)
        code = self.process.wait(PATIENCE_S)
        return code if code >= 0 else 128 - code

    def _type(self, text: str) -> None:
        with suppress(OSError):
            os.write(self._fd, text.encode())

    def _look(self) -> bool:
        """Read what is shown; False once there is no more: nobody has the terminal."""
        if not select.select([self._fd], [], [], 0.2)[0]:
            return True
        try:
            more = os.read(self._fd, 65536)
        except OSError:
            return False
        self.shown += more.decode("utf-8", "replace")
        return True
