"""When a checkpoint was there, by the word of an authority that keeps time: RFC 3161, by the `openssl` of the machine.

What is stamped is the text of a checkpoint, its first three lines: it stays the same whoever signs it besides.
"""

from __future__ import annotations

import os
import re
import subprocess
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from khata.log.errors import DiskError
from khata.rules.refused import Refused
from khata.store.checkpoints import Checkpoints
from khata.store.files import read_file, replace_file
from khata.verifying.verdict import Timestamp

OPENSSL = "openssl"
SYSTEM = Path("/etc/ssl/certs/ca-certificates.crt")
"""Where many systems keep the authorities that they trust."""

LARGEST = 1 << 20
"""Bytes of a reply, or of certificates, that are read."""

WAIT_S = 60

_TIME = re.compile(r"^Time stamp: (\w{3} +\d{1,2} \d\d:\d\d:\d\d)(?:\.\d+)? (\d{4}) GMT$", re.MULTILINE)
_AUTHORITY = re.compile(r"^TSA: (?:DirName:)?(.*)$", re.MULTILINE)


class TimestampRefused(Refused):
    """A reply of an authority that does not hold, or nothing to check it with. Facts: `why`."""

    code = "timestamp_refused"


def query(text: str) -> bytes:
    """What an authority is asked: the SHA-256 of a checkpoint's text (RFC 3161, DER). Raises DiskError: no openssl."""
    with TemporaryDirectory() as folder:
        data = Path(folder) / "checkpoint"
        data.write_text(text, encoding="utf-8", newline="")
        out = Path(folder) / "query"
        _run("ts", "-query", "-data", str(data), "-sha256", "-cert", "-out", str(out))
        return out.read_bytes()


def checked(text: str, reply: bytes, authorities: bytes, size: int) -> Timestamp:
    """What a reply says of a checkpoint's text.

    Args:
        text: the text.
        reply: DER, as it came.
        authorities: certificates in PEM, to which the authority's must lead.
        size: entries of the checkpoint.

    Raises:
        TimestampRefused: it is of another text, or nobody of these signed it.
        DiskError: no openssl.
    """
    with TemporaryDirectory() as folder:
        files = {"data": text.encode(), "in": reply, "CAfile": authorities}
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        paths = [word for name in files for word in (f"-{name}", str(Path(folder) / name))]
        # The exit code alone: what is printed may be the reply's own words, which nobody signed.
        if _run("ts", "-verify", *paths, fails=True) is None:
            raise TimestampRefused(why="does_not_verify")
        # For the same reason the time is read from the token, which is what was signed, and not from the reply.
        token = str(Path(folder) / "token")
        _run("ts", "-reply", "-in", str(Path(folder) / "in"), "-token_out", "-out", token)
        said = _run("ts", "-reply", "-in", token, "-token_in", "-text") or ""
    at, authority = _TIME.search(said), _AUTHORITY.search(said)
    if at is None:
        raise TimestampRefused(why="no_time")
    try:
        when = datetime.strptime(f"{at[1]} {at[2]} +0000", "%b %d %H:%M:%S %Y %z")
    except ValueError as e:
        raise TimestampRefused(why="no_time") from e
    return Timestamp(size, int(when.timestamp()), authority[1].strip() if authority else "")


def _run(*words: str, fails: bool = False) -> str | None:
    """What openssl printed on stdout; None where it said no, and `fails` allows for that.

    Raises:
        DiskError: there is no openssl, or it would not.
    """
    environ = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and paths that were made here
            [OPENSSL, *words], capture_output=True, check=False, timeout=WAIT_S, env=environ, stdin=subprocess.DEVNULL
        )
    except FileNotFoundError as e:
        raise DiskError(path=OPENSSL, reason="not installed", what="no_openssl") from e
    except (OSError, subprocess.TimeoutExpired) as e:
        raise DiskError(path=OPENSSL, reason=str(e)) from e
    if not done.returncode:
        return done.stdout.decode("utf-8", "replace")
    if fails:
        return None
    said = (done.stdout + done.stderr).decode("utf-8", "replace").strip()
    raise DiskError(path=OPENSSL, reason=said.splitlines()[-1] if said else "failed")


class Timestamps:
    """The replies that are kept beside the checkpoints, with the certificates that they lead to.

    Args:
        kept: the checkpoints of a book.
    """

    def __init__(self, kept: Checkpoints) -> None:
        self._kept = kept

    def add(self, reply: bytes, authorities: bytes) -> Timestamp:
        """Keep a reply that holds of one of the checkpoints. Raises TimestampRefused, DiskError."""
        for each in self._kept.all():
            size = each.checkpoint.size
            with suppress(TimestampRefused):
                found = checked(each.checkpoint.text(), reply, authorities, size)
                path = self._path(size, "tsr")
                try:
                    replace_file(self._path(size, "ca"), authorities, lasting=True)  # without it the reply says nothing
                    replace_file(path, reply, lasting=True)
                except OSError as e:
                    raise DiskError(path=str(path), reason=e.strerror or str(e)) from e
                return found
        raise TimestampRefused(why="does_not_verify")

    def upto(self, last: int) -> Timestamp | None:
        """The largest checkpoint of at most so many entries whose reply holds; None if there is none."""
        for size in reversed(self._kept.sizes()):
            reply = read_file(self._path(size, "tsr"), LARGEST) if size <= last else None
            signed = self._kept.read(size)
            if reply and signed is not None:
                with suppress(TimestampRefused, DiskError):
                    authorities = read_file(self._path(size, "ca"), LARGEST) or b""
                    return checked(signed.checkpoint.text(), reply, authorities, size)
        return None

    def _path(self, size: int, ending: str) -> Path:
        return self._kept.path(size).with_suffix(f".{ending}")
