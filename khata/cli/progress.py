"""A progress bar on a terminal; nothing anywhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from khata.cli.env import Env

Told = Callable[[int, int | None], None]


@contextmanager
def bar(env: Env, key: str) -> Iterator[Told | None]:
    """A bar on stderr, with what is done and the time left, if a person looks at it and it lasts.

    Gives a function that is told how much is done, and of how much (None: not known); None where nobody looks.
    """
    if not env.streams.stderr.isatty() or env.quiet or env.json:
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from khata.render.terminal.console import make_console

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = make_console(env.streams.stderr, terminal=True, no_color="NO_COLOR" in env.environ)
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(env.say(key), total=None)

        of: list[int | None] = [None]

        def told(done: int, total: int | None) -> None:
            if total != of[0]:  # another part of the work begins, at a speed of its own
                of[0] = total
                progress.reset(task, total=total)
            progress.update(task, completed=done, total=total)

        yield told
