"""What is read without Click is what Click reads."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import asdict

from khata.cli import registry
from khata.cli.env import Env, Streams
from khata.cli.main import build
from khata.cli.plain import Typed, by_click
from khata.cli.reply import Pending
from khata.grammar.fault import Unreadable
from khata.rules.refused import Refused
from tests.books import Clock
from tests.cli.conftest import Counter

OPTIONS = [
    "--on", "--on=2026-11-20", "--note", "--note=atta", "--note=", "--ref", "--ref=B1", "--once", "--once=1",
    "--event-id",
    "--dry-run", "--new", "--large", "--yes", "--paid", "--paid=all:upi", "--paid=1:upi", "--item", "--item=Atta = 5",
    "--mode", "--mode=upi", "--full", "--reason", "--reason=gone", "--party", "--party=@1", "--advance", "--json",
    "--lang", "-h", "-q", "-o", "-", "--", "-5", "--help", "--frequently", "--book=x", "", "=", "--=",
]  # fmt: skip
WORDS = ["ramesh", "3", "4.50", "kal", "upi", "nobody", "counter", "entry", "a" * 32, "5:cash"]


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> Env:
    home: Path = tmp_path_factory.mktemp("home")
    counter = Counter(home)
    assert counter("init", "Store").code == 0
    assert counter("sale", "Ramesh", "450", "--new").code == 0
    streams = Streams(StringIO(), StringIO(), StringIO(), asks=False, terminal=False)
    env = Env({"HOME": str(home), "USER": "asha"}, Clock(counter.now), lambda: "ab" * 16, streams, {})
    env.views_kept = env.ask_views()
    return env


def meant(env: Env, name: str, words: list[str], read: Any) -> object:
    """What words are taken for: the command, and what else was asked; or what was wrong with them."""
    env.command = name
    with env.line(words):
        try:
            wish = read(words)
        except (Refused, Unreadable) as e:
            return type(e), e.args, getattr(e, "facts", None)
        assert isinstance(wish, Pending), (name, words, wish)
        return type(wish.command), asdict(wish.command), env.option("dry_run")


@given(
    st.sampled_from([name for name, entry in registry.COMMANDS.items() if entry.batch == registry.TOGETHER]),
    st.lists(st.one_of(st.sampled_from(OPTIONS), st.sampled_from(WORDS)), max_size=7),
)
@example("sale", ["ramesh", "4.50", "--paid=1:upi", "--item=Atta = 4.50"])
@example("receive", ["ramesh", "3", "--mode=upi", "--full", "--yes"])
@example("write-off", ["--reason=gone", "ramesh", "3"])
@example("opening", ["ramesh", "3", "--advance"])
@example("reverse", ["3", "--reason=gone"])
@example("correct", ["entry", "3", "4.50", "--party=@1"])
def test_what_is_plain_is_taken_for_what_click_takes_it(env: Env, name: str, words: list[str]) -> None:
    typed = Typed(name, env)
    assert meant(env, name, words, typed.answer) == meant(
        env, name, words, lambda words: by_click(build(name, env), name, words, env)
    )


@pytest.mark.parametrize(
    "words", ["ramesh 450", "ramesh 450 --note atta --ref=B1 --new", "ramesh 4 --paid 1:upi --paid all"]
)
def test_what_is_typed_all_day_is_plain(env: Env, words: str) -> None:
    with env.line():
        assert Typed("sale", env)._plain(words.split()) is not None


@pytest.mark.parametrize("words", ["ramesh 4 --json", "-h", "ramesh 4 --note", "ramesh 4 --new=1", "-- ramesh 4", "-5"])
def test_what_is_not_plain_is_left_to_click(env: Env, words: str) -> None:
    with env.line():
        assert Typed("sale", env)._plain(words.split()) is None
