"""What signs at the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from khata.api.evidence import Evidence, evidence
from khata.cli.env import Env


@contextmanager
def signing(env: Env) -> Iterator[Evidence]:
    """A block with the evidence of the book, and the key that signs for it, made where there was none.

    Where the book was begun on another machine that is asked before: a second key would say "somebody else" to all who
    have what the first one signed.

    Raises:
        NotAgreed: nothing was made.
        BookError: as `evidence`, `Evidence.key_here`.
    """
    with evidence(env) as found:
        if found.may_lie_elsewhere():
            env.agree("ask.new_key")
        yield found
