"""Answers that go to a file, or to stdout as they are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from khata.cli.env import Env
from khata.cli.reply import Reply
from khata.log.errors import DiskError, PathTakenError


def written(env: Env, data: Mapping[str, Any], text: Callable[[Env], str | Iterable[str]], file: str | None) -> Reply:
    """A reply that is a file's text: to stdout, or to a new file (never over one that is there).

    `text` gives the whole, or its lines without line ends.

    Raises:
        PathTakenError, DiskError: nothing was written.
    """
    if file is None or file == "-":
        return Reply(data, lambda env: env.streams.stdout.writelines(_lines(text(env))))
    path = Path(file).expanduser()
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(fd, "w", encoding="utf-8", newline="") as to:
            to.writelines(_lines(text(env)))
    except FileExistsError as e:
        raise PathTakenError(path=str(path)) from e
    except OSError as e:
        path.unlink(missing_ok=True)
        raise DiskError(path=str(path), reason=e.strerror or str(e)) from e
    return Reply({**data, "file": str(path)}, lambda env: env.say_aside("said.written", path=str(path)))


def _lines(text: str | Iterable[str]) -> Iterable[str]:
    return [text] if isinstance(text, str) else (line + "\n" for line in text)
