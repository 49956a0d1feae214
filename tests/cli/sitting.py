"""A shell to type into: lines from a list, the clock and the ids of the test's own counter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from io import StringIO

from khata.cli.env import Env, Streams
from khata.cli.shell.sitting import Sitting
from tests.cli.conftest import Counter
from tests.transcripts import numbered

Typed = str | type[BaseException] | Callable[[], str]
"""A line; Ctrl-C or Ctrl-D; or something that is done before a line is typed."""


@dataclass
class Keys:
    """A keyboard that types a list of lines."""

    shop: Counter
    lines: list[Typed] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    remembered: list[str] = field(default_factory=list)

    def line(self, prompt: str, text: str = "") -> str:
        self.prompts.append(prompt)
        self.texts.append(text)
        if not self.lines:
            raise EOFError
        typed = self.lines.pop(0)
        self.shop.now += timedelta(minutes=1)
        if isinstance(typed, type):
            raise typed
        return (typed if isinstance(typed, str) else typed()) or text

    def remember(self, line: str) -> None:
        self.remembered.append(line)


@dataclass
class Sat:
    """What came of a sitting."""

    said: str
    keys: Keys
    code: int

    @property
    def lines(self) -> list[str]:
        """What was said, without the greeting and the end of the line that Ctrl-D leaves open."""
        return self.said.splitlines()[1:-1]


@contextmanager
def surroundings(shop: Counter, out: StringIO, answers: str = "", **options: object) -> Iterator[Env]:
    """Surroundings in which a person sits at a terminal, who answers questions with these lines."""
    streams = Streams(StringIO(answers), out, out, asks=True, terminal=False, width=100)
    shop.count += 1
    environ = {"HOME": str(shop.home), "USER": "asha", **shop.environ}
    env = Env(environ, lambda: shop.now, numbered(f"shell {shop.count}"), streams, dict(options))
    try:
        yield env
    finally:
        env.close()


def sit(shop: Counter, *lines: Typed, answers: str = "", **options: object) -> Sat:
    """Type these lines into a shell, then Ctrl-D."""
    out = StringIO()
    keys = Keys(shop, list(lines))
    with surroundings(shop, out, answers, **options) as env:
        code = Sitting(env, keys).run()
    return Sat(out.getvalue(), keys, code)
