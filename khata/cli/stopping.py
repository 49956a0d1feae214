"""Ctrl-C, and the end of the program. Loaded before all else, and so loads nothing itself.

A program that is half loaded, or half ended, can say nothing sensible: Python would print a traceback. So Ctrl-C is
noted, and raised only inside `Heeding`, where somebody makes a sentence of it.
"""

import os
import signal
import sys

MACHINE = 5
_pressed: list[int] = []


def note() -> None:
    """From here on Ctrl-C is noted, unless it is ignored already, as in the background of a script."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _note)


def _note(number: int, _: object) -> None:
    _pressed.append(number)


class Heeding:
    """A block that Ctrl-C ends with KeyboardInterrupt, also one that was pressed before."""

    def __enter__(self) -> None:
        self._noting = signal.getsignal(signal.SIGINT) is _note
        if self._noting:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            if _pressed:
                signal.signal(signal.SIGINT, _note)
                raise KeyboardInterrupt

    def __exit__(self, *_: object) -> None:
        if self._noting:
            signal.signal(signal.SIGINT, _note)


def leave(code: int) -> None:
    """End the program at once, with what it has printed and nothing of what Python does at its end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):  # full, closed, or never there: the exit code says enough
            continue
    os._exit(code)


def cannot_start(error: Exception) -> None:
    """Say in the machine's own words why not even the words of a language could be loaded, and end."""
    if "KHATA_DEBUG" in os.environ:
        raise error
    try:
        os.write(2, f"khata: {error}\n".encode())
    finally:
        leave(MACHINE)
