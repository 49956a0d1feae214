"""`khata`, and `python -m khata`: the lines that run first. Whoever loads this starts the program."""

# Built in: before anything is looked for on a disk Ctrl-C is made to wait for somebody who notes it.
import _signal  # type: ignore[import-not-found] # mypy does not know it

_signal.pthread_sigmask(_signal.SIG_BLOCK, (_signal.SIGINT,))

from khata.cli import stopping  # noqa: E402 - see above

stopping.note()
_signal.pthread_sigmask(_signal.SIG_UNBLOCK, (_signal.SIGINT,))


def main() -> None:
    """The entry point of the program. Never returns."""
    try:
        from khata.cli.main import main as start
    except (ImportError, MemoryError, OSError) as e:
        stopping.cannot_start(e)
    start()


if __name__ == "__main__":
    main()
