"""Many commands from stdin, for scripts: a line of JSON answers each, and many of them are one commit."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Annotated, Any, NamedTuple

import typer

from khata.api.naming import Door
from khata.cli import registry, spoken
from khata.cli.env import Env
from khata.cli.failing import REFUSED, complaint
from khata.cli.lines import LONGEST, InputLine, Lines
from khata.cli.plain import Typed, by_click
from khata.cli.record import warnings_from
from khata.cli.refusals import CutOff, Misused
from khata.cli.reply import Pending, Reply, told, warned, warnings_of
from khata.grammar.fault import Unreadable
from khata.log.errors import BookError, DiskError, PathTakenError, UnconfirmedError
from khata.render.text import escaped
from khata.rules.base import Command
from khata.rules.refused import Refused
from khata.writing import Outcome, handle_each

SHOWN = 200
"""Characters of a line that a refusal repeats."""

_BOM = b"\xef\xbb\xbf"
_SPACES = re.compile(r"[ \t\r]+")


def batch(ctx: typer.Context, group: Annotated[int, typer.Option("--group", min=1, metavar="N")] = 1) -> Reply:
    """Record line by line what stands on stdin."""
    env: Env = ctx.obj
    env.ask_views(wait=True)  # without a book, or a name for who records, no line can be taken
    env.till  # noqa: B018 - the same
    done = Batch(env, group)
    try:
        done.run(Lines(env.streams.stdin))
    finally:
        env.command = "batch"
    counts = done.counts
    env.recorded = bool(counts["recorded"])
    code = REFUSED if counts["refused"] else 0
    return Reply(counts, lambda env: env.say_aside("said.batch", **counts), exit_code=code)


class Taken(NamedTuple):
    """A line that waits for its group: its number, the name of its command, and what is to be recorded or was wrong."""

    line: int
    name: str
    command: Command | Exception


class Batch:
    """The lines of one run.

    Args:
        env: the surroundings.
        size: lines that are committed together, at the most.
    """

    def __init__(self, env: Env, size: int) -> None:
        self._env, self._size = env, size
        self._group: list[Taken] = []
        self._commands: dict[str, Typed] = {}
        self._full = False
        self.counts = {"lines": 0, "recorded": 0, "already_recorded": 0, "refused": 0}

    def run(self, lines: Lines) -> None:
        """Take every line. A group is committed when it is full, and whenever the next line is not there yet.

        Raises:
            BookError: what was told is recorded; nothing after it, or nobody knows.
        """
        for line in lines:
            text = line.text.removeprefix(_BOM) if line.number == 1 else line.text
            if text.strip() and not text.lstrip().startswith(b"#"):
                self._take(line._replace(text=text))
            if self._full or len(self._group) >= self._size or not lines.more():
                self._commit()
        self._commit()
        self._env.books.follow()

    def _take(self, line: InputLine) -> None:
        """Put a line into the group, or do what is done by itself."""
        self.counts["lines"] += 1
        self._env.command = ""
        taken: Command | Exception
        try:
            words = [] if line.text.lstrip().startswith(b"{") else _words(line)
            if words and _is_alone(words, self._env.words.language):
                self._commit()
                self._tell([self._answer(line.number, words)])
                return
            self._look(line.number)
            taken = self._of_words(words) if words else self._of_json(line.text)
        except (Refused, Unreadable, UnicodeError, PathTakenError) as e:
            taken = e
        self._group.append(Taken(line.number, self._env.command, taken))

    # --- what a line asks for

    def _look(self, number: int) -> None:
        """Have the views caught up once for a group: none of its lines is recorded before all of them are read."""
        if self._env.views_kept is None:
            try:
                self._env.views_kept = self._env.ask_views(wait=True)
            except (BookError, OSError) as e:
                raise self._failed([*self._group, Taken(number, "", e)], e) from e

    def _of_json(self, line: bytes) -> Command:
        from khata.cli.jsonlines import parse

        if len(line) > LONGEST:
            raise _too_long(line)
        wanted = parse(line)
        self._env.command = wanted.named()
        command = wanted.resolved(Door(self._env.ask_views(), self._env.today_date))
        self._full = self._full or wanted.changes_names or _adds(command)
        return command

    def _of_words(self, words: Sequence[str]) -> Command:
        self._env.command = name = spoken.find(words[0], self._env.words.language) or ""
        with self._env.line(words):
            if name not in self._commands:
                self._commands[name] = Typed(name, self._env)
            answer = self._commands[name].answer(words[1:])
        assert isinstance(answer, Pending)  # noqa: S101 - what is committed together gives one
        self._full = self._full or _adds(answer.command)
        return answer.command

    def _answer(self, number: int, words: Sequence[str]) -> dict[str, object]:
        """What one line by itself answers, as with `--json`."""
        from khata.cli.main import build

        env = self._env
        env.command = name = spoken.find(words[0], self._env.words.language) or ""
        env.recorded = False
        with env.line(words):
            try:
                answer: Any = by_click(build(name, env), name, words[1:], env)
                reply: Reply = answer.carry_out(env) if isinstance(answer, Pending) else answer
            except PathTakenError:
                raise
            except (BookError, OSError) as e:
                raise self._failed([Taken(number, env.command, e)], e) from e
            warnings = [warned(env, each) for each in warnings_of(env, reply)]
            data = told(reply.data)
        if env.recorded:
            self._count(data)
        return {"line": number, "data": data, "warnings": warnings}

    # --- what came of it

    def _commit(self) -> None:
        """Record the lines that wait, and tell what came of each."""
        group, self._group = self._group, []
        self._env.let_go()
        self._full, self._env.views_kept = False, None
        if not group:
            return
        commands = [each.command for each in group if isinstance(each.command, Command)]
        for each in commands:
            each.id = each.id or self._env.new_id()  # after a fault at the commit they can be tried again
        try:
            came = iter(handle_each(commands, self._env.books) if commands else ())
            self._tell(
                [self._told(each, next(came) if isinstance(each.command, Command) else each.command) for each in group]
            )
        except (BookError, OSError, KeyboardInterrupt) as e:
            if isinstance(e, BookError) and e.facts.get("what") == "untold":
                raise
            raise self._failed(group, e) from e

    def _told(self, taken: Taken, came: Outcome | Exception) -> dict[str, object]:
        env = self._env
        env.command = taken.name
        if isinstance(came, Exception):
            self.counts["refused"] += 1
            return {"line": taken.line, "refused": complaint(env, came)}
        recorded = came.made
        told: dict[str, object] = {
            "line": taken.line,
            "entry": recorded.seq,
            "event_id": recorded.id,
            "kind": recorded.event.KIND,
            "party": came.party,
            "balance_paise": came.balance_paise,
            "already_recorded": came.already is not None,
        }
        self._count(told)
        if warnings := warnings_from(came, came.slips):
            told["warnings"] = [warned(env, each) for each in warnings]
        return told

    def _count(self, told: Mapping[str, object]) -> None:
        self.counts["already_recorded" if told["already_recorded"] else "recorded"] += 1

    def _failed(self, group: Sequence[Taken], error: BaseException) -> BaseException:
        """Tell of lines that were not recorded, or of which nobody knows; gives what to end with."""
        first, last = group[0].line, group[-1].line
        facts: dict[str, object] = {"what": "batch", "first": first, "last": last}
        fault: BaseException = KeyboardInterrupt()
        if isinstance(error, BookError) and error.facts.get("recorded"):
            fault = error
        elif isinstance(error, BookError):
            fault = type(error)(**{**error.facts, **facts})
        elif isinstance(error, OSError):
            fault = DiskError(path=str(error.filename or ""), reason=error.strerror or str(error), **facts)
        self._env.command = "batch"
        told: dict[str, object] = {"line": first, "last_line": last, "failed": complaint(self._env, fault)}
        if isinstance(error, UnconfirmedError | KeyboardInterrupt):
            told["event_ids"] = {each.line: each.command.id for each in group if isinstance(each.command, Command)}
        with suppress(OSError):
            self._write([told])
        return fault

    def _tell(self, told: Sequence[Mapping[str, object]]) -> None:
        """Say what came of lines. Raises DiskError: they are done, and whoever asked has gone."""
        try:
            self._write(told)
        except OSError as e:
            lines = {"first": told[0]["line"], "last": told[-1]["line"]}
            raise DiskError(path="-", reason=e.strerror or str(e), what="untold", **lines) from e

    def _write(self, told: Sequence[Mapping[str, object]]) -> None:
        import json

        out = self._env.streams.stdout
        out.write("".join([escaped(json.dumps(each, ensure_ascii=False)) + "\n" for each in told]))
        out.flush()


def _too_long(line: bytes) -> Unreadable:
    return Unreadable("too_long", "…", what="line", longest=LONGEST, length=len(line))


def _words(line: InputLine) -> list[str]:
    """The words of a line as a shell parts them. Raises CutOff, Misused, Unreadable, UnicodeError."""
    if len(line.text) > LONGEST:
        raise _too_long(line.text)
    text = line.text.decode("utf-8", "surrogateescape")
    text.encode("utf-8")  # of bytes that are not UTF-8 this complains as of those in a command's words
    if not line.ended:
        # Of `sale ramesh 450` a script that was killed may have written `sale ramesh 45`.
        raise CutOff(line=text[:SHOWN])
    if not any(mark in text for mark in "'\"\\"):
        return _SPACES.split(text.strip(" \t\r"))  # shlex takes a tenth of a millisecond
    try:
        return shlex.split(text)
    except ValueError as e:
        raise Misused(what="quotes", words=text[:SHOWN]) from e


def _is_alone(words: Sequence[str], language: str) -> bool:
    """Whether a line is done by itself. Raises Misused: it is nothing for a batch."""
    name = spoken.find(words[0], language)
    if name is not None:
        how = registry.COMMANDS[name].batch
        if not how:
            raise Misused(what="batch", command=words[0])
        return how == registry.ALONE or "--dry-run" in words
    from khata.cli.near import unknown_command

    raise unknown_command(words[0][:SHOWN], [each for each, entry in registry.COMMANDS.items() if entry.batch])


def _adds(command: Command) -> bool:
    """Whether somebody may be added: the names of the lines that follow are looked for after that."""
    return any(isinstance(getattr(command, who, None), tuple) for who in ("party", "to"))
