"""Whether this computer is a good place for the book, and what to do where it is not."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import closing, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer

from khata import __version__
from khata.api.places import LARGEST, Backup
from khata.api.refusals import SeveralBooks
from khata.api.verified import Verified
from khata.cli.backup_age import copies_of, last_copies
from khata.cli.env import Env
from khata.cli.failing import BROKEN
from khata.cli.progress import bar
from khata.cli.reply import Reply
from khata.events.book import BookOpened
from khata.log.errors import BookError, NoBookError
from khata.store import machine
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.verifying import checkup
from khata.verifying.checkup import Copy, Finding
from khata.verifying.stored import opened as opened_in
from khata.verifying.verdict import Verdict

LIBRARIES = (
    *("typer", "rich", "sqlite-utils", "pydantic", "babel", "msgspec", "rapidfuzz", "cryptography", "segno"),
    "python-calamine",
    "pyperclip",
)

_COMPLETIONS = {
    "bash": (".bashrc", ".bash_profile", ".profile", ".local/share/bash-completion/completions/khata"),
    "zsh": (".zshrc", ".zfunc/_khata"),
    "fish": (".config/fish/config.fish", ".config/fish/completions/khata.fish"),
}
"""Where a shell looks for what `khata completion` prints, from the home folder."""


def doctor(ctx: typer.Context, of_terminal: Annotated[bool, typer.Option("--terminal")] = False) -> Reply:
    """Look over this computer and the place of the book."""
    env: Env = ctx.obj
    if of_terminal:
        from khata.cli.measuring import measured

        return measured(env)
    findings = list(_of_the_machine(env))
    path, opened = _book_path(env, findings), None
    if path is not None:
        opened = _of_the_book(env, path, findings)
        findings += _of_the_place(env, path)
        findings += _of_its_copies(env, path, opened)
    return _reply(env, findings, path, opened)


def _reply(env: Env, findings: list[Finding], path: Path | None, opened: BookOpened | None) -> Reply:
    from khata.render.terminal.doctor import found, remedy, table

    def message(each: Finding) -> str:
        said = found(each, env.words)
        if each.result == "ok":
            return said
        return env.words.say("doctor.message", found=said, remedy=remedy(each, env.words))

    result = checkup.worst(findings)
    data = {
        "result": result,
        "path": str(path) if path else None,
        "checks": [
            {
                "check": each.check,
                "result": each.result,
                "code": each.code,
                "facts": each.facts,
                "message": message(each),
            }
            for each in findings
        ],
    }

    def show(env: Env) -> None:
        if not env.quiet:
            shop = opened.shop if opened else None
            env.show(table(findings, shop, env.places.tilde(path) if path else "", env.words))

    return Reply(data, show, exit_code=BROKEN if result == "bad" else 0)


# --- the machine


def _of_the_machine(env: Env) -> Iterator[Finding]:
    yield checkup.versions(__version__, platform.python_version(), {name: _version(name) for name in LIBRARIES})
    yield checkup.sqlite(machine.build())
    yield checkup.terminal(getattr(env.streams.stdout, "encoding", None) or "utf-8", env.words.language)
    yield _completion(env)
    for check, folder in (("state", env.places.state), ("cache", env.places.cache)):
        yield checkup.own_folder(check, folder, machine.access(folder), usable=machine.usable(folder))


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _completion(env: Env) -> Finding:
    shell = Path(env.environ.get("SHELL", "")).name
    if shell not in _COMPLETIONS:
        return Finding("completion", "ok", "other_shell", {"shell": shell})
    for name in _COMPLETIONS[shell]:
        path = env.places.home / name
        with suppress(OSError):
            if path.is_file():
                with path.open("rb") as file:
                    if b"khata" in file.read(LARGEST):
                        return Finding("completion", "ok", "ok", {"shell": shell, "path": str(path)})
    return Finding("completion", "ok", "none", {"shell": shell})


# --- the book


def _book_path(env: Env, findings: list[Finding]) -> Path | None:
    """The book that is meant; None where there is none, or where one must be chosen first."""
    try:
        return env.book_path
    except NoBookError as e:
        if e.facts.get("what"):
            findings.append(Finding("book", "look", "not_chosen", {"paths": list(map(str, env.places.known()))}))
        return None
    except SeveralBooks as e:
        findings.append(Finding("book", "look", "not_chosen", {"paths": e.facts["books"]}))
        return None


def _of_the_book(env: Env, path: Path, findings: list[Finding]) -> BookOpened | None:
    """The book itself, and what lies beside it; gives its first entry if it can be read."""
    journal = {"path": f"{os.path.realpath(path)}-journal"}
    if machine.journal_is_hot(path):
        # Whoever opens it now rolls it back; a doctor writes nothing.
        findings.append(Finding("journal", "look", "left", journal))
        return None
    if machine.is_wal(path):
        findings.append(Finding("journal", "bad", "wal", journal))
    else:
        findings.append(Finding("journal", "ok", "ok", journal))
    try:
        with bar(env, "progress.verify") as told:
            verdict = Verified(env).verify(told)
        findings.append(_book(path, verdict))
        if verdict.last_at is not None:
            findings.append(checkup.clock(verdict.last_at, env.now()))
        return _opened(path)
    except BookError as e:
        facts = {"path": str(path), "reason": str(e.facts.get("reason", ""))}
        findings.append(Finding("book", "look" if e.code == "busy" else "bad", e.code, facts))
        return None


def _book(path: Path, verdict: Verdict) -> Finding:
    facts = {"path": str(path), "entries": verdict.entries, "head": verdict.head}
    bad = {check for check, result in verdict.checks if result == "bad"}
    if bad == {"anchor"} and verdict.mark == "bad":
        return Finding("book", "bad", "book_behind", facts | {"written": verdict.written})
    if bad == {"anchor"}:
        verified = verdict.earlier.entry if verdict.earlier else None
        return Finding("book", "bad", "not_as_verified", facts | {"verified": verified})
    if bad == {"replay"}:
        return Finding("book", "bad", "views_differ", facts)
    if verdict.result == "broken":
        return Finding("book", "bad", "book_broken", facts | {"entry": verdict.first_bad_entry})
    if verdict.result == "incomplete":
        return Finding("book", "bad", "newer_book", facts | {"unknown": verdict.unknown})
    return Finding("book", "ok", "ok", facts)


def _opened(path: Path) -> BookOpened | None:
    if machine.journal_is_hot(path):
        return None
    with suppress(BookError), closing(ReadOnlyBook(path)) as pages:
        return opened_in(pages)
    return None


# --- where it lies


def _of_the_place(env: Env, path: Path) -> Iterator[Finding]:
    folder = Path(os.path.realpath(path)).parent
    file, room = machine.access(path), machine.access(folder)
    if file is not None:
        yield checkup.permissions(path, file)
    yield checkup.folder(folder, room)
    if room is not None and room.writable:
        yield from _tried(folder, f".khata-doctor-{env.new_id()[:8]}")
    yield checkup.drive(machine.mount_of(folder))
    yield checkup.space(machine.free_bytes(folder), path.stat().st_size if file is not None else 0)
    yield checkup.cloud(path)


def _tried(folder: Path, name: str) -> Iterator[Finding]:
    try:
        probe = machine.probe(folder, name)
    except OSError as e:
        yield checkup.durability(None, e.strerror or str(e))
    except BookError as e:
        yield checkup.durability(None, str(e.facts.get("reason", e.code)))
    else:
        yield checkup.durability(probe)
        yield checkup.links(probe)


# --- its copies


def _of_its_copies(env: Env, path: Path, opened: BookOpened | None) -> Iterator[Finding]:
    if opened is not None:
        real = os.path.realpath(path)
        others = [each for each in env.places.known() if os.path.realpath(each) != real]
        same = [each for each in others if (its := _opened(each)) is not None and its.book == opened.book]
        yield checkup.copies(same)
        copies_made = last_copies(env, opened.book)
    else:
        # A book that cannot say which one it is: its backups are known by their names.
        named = (each for each in env.places.backups() if each.path.name.startswith(f"{path.stem}."))
        copies_made = copies_of(env, named)
    yield checkup.backup(_looked_at(path, copies_made.other), _looked_at(path, copies_made.same), env.now())


def _looked_at(book: Path, made: Backup | None) -> Copy | None:
    if made is None:
        return None
    return Copy(made.at, made.path, made.is_there(), machine.is_on_another_disk(made.path, book))
