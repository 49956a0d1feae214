"""`khata`, and `python -m khata`: the lines that run first."""

from khata.cli import stopping


def main() -> None:
    """The entry point of the program. Never returns."""
    stopping.note()
    try:
        from khata.cli.main import main as start
    except (ImportError, MemoryError, OSError) as e:
        stopping.cannot_start(e)
    start()


if __name__ == "__main__":
    main()
