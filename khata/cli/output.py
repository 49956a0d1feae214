"""Answers that go to a file, or to stdout as they are."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import typer

from khata.api.places import typed_path
from khata.cli.endings import form_of
from khata.cli.env import Env
from khata.cli.refusals import Misused
from khata.cli.reply import Data, Reply, told
from khata.log.errors import DiskError
from khata.store.sqlite.atomic import atomic_write, free

Output = Annotated[str | None, typer.Option("-o", "--output", metavar="FILE")]
"""Where an answer goes that is a file."""


def file_named(output: str | None) -> str | None:
    """The file that an answer goes to; None for stdout: nothing is named, or `-`."""
    return None if output == "-" else output


def written(env: Env, data: Data, text: Callable[[Env], str | Iterable[str]], file: str | None) -> Reply:
    """A reply that is a file's text: to stdout, or to a new file (whole or not at all, never over one that is there).

    `text` gives the whole, or its lines without line ends.

    Raises:
        PathTakenError, DiskError: nothing was written; nor is it if `text` raises.
    """
    named = file_named(file)
    if named is None:
        return Reply(data, lambda env: env.streams.stdout.writelines(_shown(_lines(text(env)), env)))
    path = typed_path(named)
    could_be_written(file)
    with atomic_write(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as to:
        to.writelines(_lines(text(env)))
    return _laid_down(data, path)


def filled(data: Data, fill: Callable[[Path], None], file: str) -> Reply:
    """A reply that is a new file, not of text, which `fill` fills. Raises as `written`."""
    path = typed_path(file)
    could_be_written(file)
    with atomic_write(path) as temporary:
        fill(temporary)
    return _laid_down(data, path)


PICTURES = {"png": (".png",), "svg": (".svg",)}


def pictured(data: Data, text: str, file: str) -> Reply:
    """A reply that is a picture of a QR, in a new file that ends in .png or .svg.

    Raises:
        UnknownFormat: another ending.
        Misused, PathTakenError, DiskError: nothing was written.
    """
    kind = form_of(None, file, PICTURES, any_other=False)

    def made() -> bytes:
        from khata.render.qr import picture

        return picture(text, kind)

    return in_bytes(data, made, file, kind)


def show_qr(env: Env, text: str) -> None:
    """A QR where somebody can scan it; else, and where it would be folded, what stands in it."""
    if not env.streams.terminal or env.plain:
        env.out(text, folded=False)
        return
    from khata.render.qr import drawn

    lines = drawn(text)
    columns = max(map(len, lines.splitlines()))
    if columns > env.streams.size(env.environ)[0]:
        env.say_aside("warning.qr_too_wide", columns=columns)
        lines = text
    env.out(lines, folded=False)


def in_bytes(data: Data, made: Callable[[], bytes], file: str | None, ending: str) -> Reply:
    """A reply that is a new file, not of text, made once it is known that it can be written; or goes to a device.

    Raises:
        Misused: no file is named: nothing but text goes to stdout.
        PathTakenError, DiskError: nothing was written; nor is it if `made` raises.
    """
    named = to_a_file(file, ending)
    path = typed_path(named)
    if path.is_char_device() or path.is_fifo():  # a printer: there is nothing to be made whole, and nothing is lost
        _sent(made(), path)
        return _laid_down(data, path)

    def fill(path: Path) -> None:
        path.write_bytes(made())

    return filled(data, fill, named)


def to_a_file(file: str | None, ending: str) -> str:
    """The file that was named for what is not text. Raises Misused: none was, or stdout."""
    named = file_named(file)
    if named is None:
        raise Misused(what="missing", name=f"-o FILE.{ending}")
    return named


def _sent(raw: bytes, path: Path) -> None:
    try:
        with path.open("wb", buffering=0) as to:
            while raw:
                raw = raw[to.write(raw) or 0 :]
    except OSError as error:
        raise DiskError(path=str(path), reason=os.strerror(error.errno or errno.EIO)) from error


def _laid_down(data: Data, path: Path) -> Reply:
    return Reply({**told(data), "file": str(path)}, lambda env: env.say_aside("said.written", path=str(path)))


def could_be_written(file: str | None) -> None:
    """Whether an answer could go where it is to go; asked before anything is recorded for it. Raises as `written`."""
    named = file_named(file)
    if named is not None:
        path = typed_path(named)
        if not path.parent.is_dir():  # more likely mistyped than wanted
            raise DiskError(path=str(path), reason=os.strerror(errno.ENOENT))
        free(path)


def _shown(lines: Iterable[str], env: Env) -> Iterable[str]:
    """A log's lines are the book's own bytes, and go so into a pipe; nobody's terminal is to obey them."""
    from khata.render.text import harmless

    return map(harmless, lines) if env.streams.terminal else lines


def _lines(text: str | Iterable[str]) -> Iterable[str]:
    return [text] if isinstance(text, str) else (line + "\n" for line in text)
