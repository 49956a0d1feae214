"""The one place where a refusal or a fault becomes a sentence and an exit code."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from khata.cli.env import Env
from khata.cli.registry import can_add
from khata.cli.reply import envelope
from khata.cli.speech import listed, number_of
from khata.grammar.fault import Unreadable
from khata.log import errors
from khata.rules.refused import Refused
from khata.store.sqlite.connection import is_of_the_machine as of_sqlite
from khata.views.cache import CacheError

BROKEN, REFUSED, BUSY, NEWER, MACHINE, BUG, STOPPED = 1, 2, 3, 4, 5, 70, 130

_KNOWN = 10
"""Books that are named where none is found."""

_EXITS: dict[type[errors.BookError], int] = {
    errors.NoBookError: REFUSED,
    errors.NotABookError: REFUSED,
    errors.PathTakenError: REFUSED,
    errors.BookBrokenError: BROKEN,
    errors.ViewsDifferError: BROKEN,
    errors.NewerBookError: NEWER,
    errors.BusyError: BUSY,
    errors.ReplacedError: BUSY,
    errors.DiskError: MACHINE,
    errors.KeyUnreadableError: MACHINE,
    errors.SignedDiffersError: BROKEN,
    errors.UnconfirmedError: MACHINE,
}


def exit_code_of(error: BaseException) -> int:
    """The exit code for an exception (design: the pinned exit codes)."""
    if isinstance(error, Refused | Unreadable | UnicodeEncodeError):
        return REFUSED
    if isinstance(error, errors.BookError):
        return _EXITS[type(error)]
    if isinstance(error, KeyboardInterrupt):
        return STOPPED
    return MACHINE if is_of_the_machine(error) else BUG


def is_of_the_machine(error: BaseException) -> bool:
    """Whether it is the machine that would not go on: no file, no room, no memory, no module that khata stands on."""
    if isinstance(error, ImportError):
        return (error.name or "").partition(".")[0] != "khata"
    # SystemError: a library ran out of memory, and did not say so.
    return isinstance(error, OSError | MemoryError | SystemError) or of_sqlite(error)


@contextmanager
def recorded_already(env: Env) -> Iterator[None]:
    """A block that follows a commit: if the machine fails in it, nobody may be told that nothing was recorded."""
    env.done = True
    try:
        yield
    except errors.DiskError as e:
        raise errors.DiskError(**e.facts, recorded=True) from e
    except OSError as e:
        raise errors.DiskError(path=e.filename or "", reason=e.strerror or str(e), recorded=True) from e


def complaint(env: Env, error: BaseException) -> dict[str, object]:
    """What was wrong as JSON has it: a code, facts and a sentence."""
    error = _certain(env, error)
    code, facts = _facts_of(env, error)
    return {"code": code, "facts": _plain(facts), "message": _sentence(env, code, facts)}


def complain(env: Env, error: BaseException) -> int:
    """Say what was wrong, on stderr or as an envelope; returns the exit code."""
    error = _certain(env, error)
    exit_code = exit_code_of(error)
    try:
        _say(env, error, exit_code)
    except (OSError, MemoryError, ImportError) as e:
        # A machine that has no room for one more file has none for the words of a language either.
        env.err(f"khata: {e}")
    if exit_code == BUG and env.environ.get("KHATA_DEBUG"):
        traceback.print_exception(error, file=env.streams.stderr)
    return exit_code


def _certain(env: Env, error: BaseException) -> BaseException:
    if isinstance(error, CacheError) and is_of_the_machine(error):  # all that asks the book says what it means
        return errors.DiskError(path=str(env.cache_path), reason=str(error), **{"what": "views", **_so_far(env)})
    return env.certain(error) if isinstance(error, Exception) else error


def _say(env: Env, error: BaseException, exit_code: int) -> None:
    if env.json:
        kind = "refused" if exit_code == REFUSED else "failed"
        said = envelope(env, **{kind: complaint(env, error)})
        with suppress(OSError):  # the exit code says it
            env.out(said)
            env.streams.stdout.flush()
        return
    _say_aloud(env, error)


def say_of(env: Env, what: str, error: Exception) -> None:
    """Say what was wrong with one of several files, on stderr, behind its name."""
    _say_aloud(env, _certain(env, error), f"{what}: ")


def _say_aloud(env: Env, error: BaseException, before: str = "") -> None:
    code, facts = _facts_of(env, error)
    env.err(before + _sentence(env, code, facts))
    if isinstance(facts.get("faults"), list):
        if facts.get("read_as"):
            env.err(env.say("said.read_as", profile=facts["read_as"]))
        list_faults(env, facts["faults_by_kind"])  # type: ignore[arg-type]


def _facts_of(env: Env, error: BaseException) -> tuple[str, dict[str, object]]:
    if isinstance(error, Unreadable):
        return error.code, {"value": error.value, **error.facts}
    if isinstance(error, Refused | errors.BookError):
        facts = dict(error.facts)
        if isinstance(error, errors.NoBookError) and facts.get("what") != "no_file":
            known = sorted(env.places.known(), key=_changed, reverse=True)
            facts["known"] = [str(path) for path in known[:_KNOWN]]
            if len(known) > _KNOWN:
                facts["known_more"] = len(known) - _KNOWN
            facts["backups"] = [str(each.path) for each in env.places.backups() if each.is_there()][-3:]
            if facts["backups"]:
                facts.setdefault("what", "backups")
        return error.code, facts
    if isinstance(error, UnicodeEncodeError):  # bytes that are not UTF-8, typed in another locale's letters
        character = error.object[error.start]
        return "bad_text", {"value": error.object, "character": f"U+{ord(character):04X}"}
    if isinstance(error, KeyboardInterrupt):
        return "stopped", {"what": "batch"} if env.command == "batch" else env.stopped()
    if is_of_the_machine(error):
        return "disk_error", {**_of_the_machine(error), **_so_far(env)}
    return "bug", {"error": f"{type(error).__name__}: {error}"}


def _changed(path: Path) -> float:
    """When a file was changed; 0 where nobody can tell."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _of_the_machine(error: BaseException) -> dict[str, object]:
    """Where the machine failed, and why."""
    if isinstance(error, OSError):
        return {"path": str(error.filename or ""), "reason": error.strerror or str(error)}
    if isinstance(error, MemoryError | SystemError):
        return {"path": "", "reason": "memory"}
    return {"path": str(getattr(error, "path", None) or getattr(error, "name", None) or ""), "reason": str(error)}


def _so_far(env: Env) -> dict[str, object]:
    """Whether the machine failed after it was done."""
    if env.command == "batch":
        return {"what": "lines"}
    late = env.stopped().get("what")
    return {"recorded": True} if late in ("recorded", "done") else {"what": late} if late else {}


def _sentence(env: Env, code: str, facts: Mapping[str, object]) -> str:
    """The sentence for a code; a more particular one where the facts allow it."""
    try:
        words = env.words
    except Refused:  # an unknown --lang: the environment has dropped it, what was wrong first is said without it
        words = env.words
    total = facts.get("faults_total")
    if isinstance(total, int):
        only_names = facts.get("faults_by_code") == {"unknown_party": total} and not _of_numbers(facts)
        return env.words.count("refused.bad_rows.unknown" if only_names else "refused.bad_rows", total)
    facts = {"number": number_of(facts), **facts}
    if code == "disk_error":  # of a machine without memory no file is to be named
        facts["fault"] = ": ".join(filter(None, [str(facts.get("reason", "")), str(facts.get("path", ""))]))
    if isinstance(more := facts.get("known_more"), int):
        facts["known"] = env.words.count("books.more", more, known=listed(facts["known"]))  # type: ignore[arg-type]
    hints = _particulars(code, facts)
    if code in ("unknown_party", "not_exact") and "what" not in facts and not can_add(env.command):
        hints = [f"{code}.asked.some", f"{code}.asked"] if f"{code}.some" in hints else [f"{code}.asked"]
    for hint in hints:
        if words.has(f"refused.{hint}"):
            return env.say(f"refused.{hint}", **facts)
    return env.say(f"refused.{code}", **facts)


def _of_numbers(facts: Mapping[str, object]) -> bool:
    """Whether a file says `@9` and there is none: no option adds that."""
    faults = facts.get("faults")
    return isinstance(faults, list) and any(fault.get("facts", {}).get("what") == "number" for fault in faults)


def _particulars(code: str, facts: Mapping[str, object]) -> list[str]:
    """Keys of sentences from the most particular: with names to offer before without."""
    telling = ("why", "what", "reason", "outcome")
    found = [f"{code}.{value}" for name in telling if isinstance(value := facts.get(name), str)]
    found += [f"{code}.{name}" for name, value in facts.items() if value is True]
    if facts.get("nearest") or facts.get("candidates") or facts.get("known"):
        found = [f"{key}.some" for key in (*found, code)] + found
    return found


def _plain(facts: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in facts.items() if _is_json(value)}


def _is_json(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(_is_json(each) for each in value.values())
    if isinstance(value, list | tuple):
        return all(_is_json(each) for each in value)
    return value is None or isinstance(value, str | int | bool)


def list_faults(env: Env, kinds: list[Mapping[str, object]]) -> None:
    """Say on stderr what is wrong with a file, a line a kind."""
    from khata.render.terminal.faults import table

    env.show_aside(table(kinds, env.words))
