"""What a command answers with: a value for a script, and words for a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from khata.cli.env import Env
from khata.log.bulk import no_collector
from khata.views.cache import CacheError

if TYPE_CHECKING:
    from khata.rules.base import Command

Data = Mapping[str, Any] | Callable[[], Mapping[str, Any]]
Warned = tuple[str, Mapping[str, object]]


class Reply(NamedTuple):
    """An answer.

    Attributes:
        data: the `data` of the JSON envelope, or what makes it: nobody waits for what nobody reads.
        show: prints the answer for a person; None if there is nothing to say.
        warnings: codes with facts, said on stderr or put into the envelope.
        exit_code: 0 unless a check failed.
    """

    data: Data
    show: Callable[[Env], None] | None = None
    warnings: Sequence[Warned] = ()
    exit_code: int = 0

    def warning(self, *warnings: Warned) -> Reply:
        """The same answer with further warnings, after its own."""
        return self._replace(warnings=(*self.warnings, *warnings))


class Pending(NamedTuple):
    """What is to be recorded, and how: by itself at once, or with others in a batch.

    Attributes:
        command: for the rules.
        carry_out: records it and answers.
    """

    command: Command
    carry_out: Callable[[Env], Reply]


def told(data: Data) -> Mapping[str, Any]:
    """The `data` of the JSON envelope."""
    return data() if callable(data) else data


def warned(env: Env, warning: Warned) -> dict[str, object]:
    """A warning as the envelope has it."""
    code, facts = warning
    return {"code": code, "facts": dict(facts), "message": env.say(f"warning.{code}", **facts)}


def envelope(env: Env, **content: object) -> str:
    """The one line of JSON: `data`, `refused` or `failed`, with the book it is about."""
    import json

    from khata.render.text import escaped

    about = None
    with suppress(CacheError):  # a complaint that the views cannot be read needs none
        about = env.about if env.looked else None
    head = {
        "khata_result": 1,
        "book": about.book if about else None,
        "shop": about.shop if about else None,
        "command": env.command,
    }
    # What may be very long is no list before it is written.
    return escaped(json.dumps(head | {"warnings": []} | content, ensure_ascii=False, default=lambda each: each.data()))


def warnings_of(env: Env, reply: Reply) -> list[Warned]:
    """The warnings of an answer, after those of the book that was asked."""
    warnings = list(reply.warnings)
    if env.views_differed:
        warnings.insert(0, ("views_differed", {}))
        env.views_differed = False
    if env.to_come is not None:
        code = "day_to_come" if isinstance(env.to_come.asked, str) else "entry_to_come"
        warnings.insert(0, (code, env.to_come._asdict()))
        env.to_come = None
    if env.reach_held:
        warnings.insert(0, ("book_held", {"entry": env.about.entries if env.about else 0}))
    if env.other_book is not None:
        warnings.insert(0, ("other_book", {"written": env.other_book.seq}))
    if env.missed is not None:
        entries = env.about.entries if env.about else 0
        warnings.insert(0, ("book_behind", {"entries": entries, "written": env.missed.seq}))
    return warnings


@no_collector()
def give(env: Env, reply: Reply) -> int:
    """Print an answer; returns the exit code."""
    warnings = warnings_of(env, reply)
    if env.json:
        env.out(envelope(env, warnings=[warned(env, each) for each in warnings], data=told(reply.data)))
        return reply.exit_code
    for code, facts in warnings:
        env.say_aside(f"warning.{code}", **facts)
    if reply.show is not None and env.streams.terminal:
        from khata.cli.paging import paged

        paged(env, reply.show)
    elif reply.show is not None:
        reply.show(env)
    return reply.exit_code
