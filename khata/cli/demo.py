"""A sample shop in a temporary book, from the import to a tampered copy that is caught.

Every line is a command that anybody can type; clock and ids are fixed, so that it shows the same each time.
"""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import typer

from khata.cli.env import Env, Streams
from khata.cli.reply import Reply

BEGIN = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)
CSV = Path(__file__).with_name("demo.csv")

STEPS: tuple[tuple[str, tuple[str, ...], timedelta], ...] = (
    ("demo.open", ("init", "Sharma", "Kirana", "Store", "--state", "MH"), timedelta(0)),
    ("demo.import", ("import", "november.csv", "--new-parties", "all"), timedelta(minutes=4)),
    ("demo.sale", ("sale", "ramesh", "450", "--paid", "200"), timedelta(hours=20)),
    ("demo.late", ("sale", "ramesh", "250", "--on", "21-11-2026"), timedelta(minutes=2)),
    ("demo.wrong", ("reverse", "30", "--reason", "that was Mahesh"), timedelta(minutes=1)),
    ("demo.balance", ("balance",), timedelta(minutes=1)),
    ("demo.statement", ("statement", "ramesh", "--lang", "hi"), timedelta(0)),
    ("demo.now", ("balance", "ramesh", "--as-on", "21-11-2026"), timedelta(0)),
    ("demo.then", ("balance", "ramesh", "--as-on", "21-11-2026", "--known-at", "21-11-2026"), timedelta(0)),
    ("demo.verify", ("verify",), timedelta(0)),
)


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """The time it stands at."""
        return self.at


def numbered(seed: str) -> Callable[[], str]:
    """Ids that are the same in every run: for a demonstration, never for a shop."""
    count = 0

    def new_id() -> str:
        nonlocal count
        count += 1
        return hashlib.sha256(f"{seed} {count}".encode()).hexdigest()[:32]

    return new_id


def demo(ctx: typer.Context) -> Reply:
    """See khata at work; nothing outside a temporary folder is touched."""
    env: Env = ctx.obj
    with TemporaryDirectory(prefix="khata-demo-") as folder:
        steps, code = _play(env, Path(folder))
    return Reply({"steps": steps}, None if code else lambda env: env.out(env.say("demo.end")), exit_code=code)


def _play(env: Env, home: Path) -> tuple[list[dict[str, object]], int]:
    """The steps that were done, and an exit code; what the machine would not do is the last."""
    (home / "november.csv").write_bytes(CSV.read_bytes())
    clock, new_id = Clock(BEGIN), numbered("demo")
    environ = {"HOME": str(home), "USER": "vijay"} | {
        name: env.environ[name] for name in ("NO_COLOR", "TERM", "KHATA_DEBUG") if name in env.environ
    }
    quiet = env.json
    streams = env.streams._replace(asks=False)
    steps: list[dict[str, object]] = []

    def step(key: str, words: Sequence[str]) -> int:
        from khata.cli.main import run

        if not quiet:
            env.out(f"\n# {env.say(key)}")
            env.out(f"$ khata {shlex.join(words)}")
            env.streams.stdout.flush()
        typed = [str(home / word) if word.endswith((".csv", ".khata")) else word for word in words]
        inner = Env(dict(environ), clock, new_id, _silent() if quiet else streams, {})
        inner.options |= {"lang": env.words.language, "no_pager": True, "plain": env.plain}
        inner.options["digits"] = env.option("digits")
        code = run(typed, inner)
        steps.append({"command": list(words), "exit_code": code})
        return code

    for key, words, later in STEPS:
        clock.at += later
        if code := step(key, words):
            return steps, code
    _tampered(home)
    step("demo.tampered", ("verify", "--book", "tampered.khata"))
    return steps, 0


def _silent() -> Streams:
    from io import StringIO

    return Streams(StringIO(), StringIO(), StringIO(), asks=False, terminal=False)


def _tampered(home: Path) -> None:
    """A copy in which ₹10,250.00 has become ₹10,050.00, byte by byte, so that no guard in the file can object."""
    book = next((home / "Khata").glob("*.khata"))
    stored = book.read_bytes()
    (home / "tampered.khata").write_bytes(stored.replace(b'"amount_paise":1025000', b'"amount_paise":1005000'))
