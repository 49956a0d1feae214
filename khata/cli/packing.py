"""One file for the accountant: the book, who vouches for it, the year in tables, and how to check it without khata."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import typer

from khata.api.evidence import evidence
from khata.api.places import typed_path
from khata.cli.certifying import certified
from khata.cli.env import Env
from khata.cli.examining import examine
from khata.cli.filing import conclude, pages
from khata.cli.output import Output, could_be_written, to_a_file
from khata.cli.refusals import Misused
from khata.cli.reply import Reply
from khata.grammar.days import ZONE
from khata.log.chain import Head
from khata.store.sqlite.atomic import atomic_write
from khata.units import Seq
from khata.views.cut import Cut, position_of

if TYPE_CHECKING:
    from khata.cli.examining import Examined
    from khata.render.certificate import CertificateFacts

LOG, SUMS = "shop.jsonl", "SHA256SUMS"


def pack(
    ctx: typer.Context,
    period: Annotated[list[str] | None, typer.Argument(metavar="PERIOD")] = None,
    output: Output = None,
) -> Reply:
    """The year for the accountant, in one file."""
    env: Env = ctx.obj
    if not period:
        raise Misused(what="missing", name="PERIOD")
    named = to_a_file(output, "zip")
    could_be_written(named)
    asked, path = " ".join(period), typed_path(named)
    found = examine(env)
    facts = certified(env, asked, found)
    with atomic_write(path) as temporary, ZipFile(temporary, "w", ZIP_DEFLATED) as made:
        names = _Filling(made, env).fill(_members(env, asked, found, facts), facts)
    data = {"file": str(path), "files": names, "entries": facts.entries, "head": facts.head}
    return Reply(data, lambda env: env.out(env.words.count("said.packed", len(names), path=env.places.tilde(path))))


class _Filling:
    """A pack that is being filled: each file with its hash."""

    def __init__(self, made: ZipFile, env: Env) -> None:
        self._made, self._words = made, env.words
        self._at = env.now().astimezone(ZONE).timetuple()[:6]
        self._sums: list[str] = []

    def fill(self, members: Iterable[Member], facts: CertificateFacts) -> list[str]:
        """Write them all, and then the page that tells of them, and the hashes; gives the names."""
        from khata.render.document import as_html, as_text
        from khata.render.pack_page import pack_page

        told: dict[str, str] = {}
        names: list[str] = []
        for name, about, content in members:
            self._add(name, content)
            folder, slash, _ = name.rpartition("/")
            told.setdefault(f"{folder}/" if slash else name, about)
            names.append(name)
        page = pack_page(facts, list(told.items()), self._words)
        for name, text in (("README.txt", as_text(page)), ("README.html", as_html(page))):
            self._add(name, text)
        self._add(SUMS, "".join(self._sums))
        return [*names, "README.txt", "README.html", SUMS]

    def _add(self, name: str, content: str | bytes | Iterator[str]) -> None:
        about = ZipInfo(name, self._at)
        about.compress_type, about.external_attr = ZIP_DEFLATED, 0o644 << 16
        digest = sha256()
        with self._made.open(about, "w", force_zip64=True) as to:
            for part in _parts(content):
                digest.update(part)
                to.write(part)
        self._sums.append(f"{digest.hexdigest()}  {name}\n")


def _parts(content: str | bytes | Iterator[str]) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
    elif isinstance(content, str):
        yield content.encode()
    else:
        yield from (f"{line}\n".encode() for line in content)


Member = tuple[str, str, "str | bytes | Iterator[str]"]
"""A file of the pack: its name, by which sentence it is told what it is, and what it holds: whole, or line by line."""


def _members(env: Env, asked: str, found: Examined, facts: CertificateFacts) -> Iterator[Member]:
    from khata.exporting.jsonl import lines
    from khata.exporting.pages import BY_HAND, VERIFY_SCRIPT, page
    from khata.exporting.year_tables import year_tables
    from khata.render.certificate import certificate
    from khata.render.document import as_html, as_text

    made = certificate(facts, env.words)
    yield "certificate.txt", "certificate", as_text(made)
    yield "certificate.html", "certificate", as_html(made)
    checked = pages(env, found, conclude(env, found, asked))
    yield "verification.txt", "verification", "\n".join(each.plain() for each in checked)
    yield LOG, "log", lines(env.store, upto=Head(facts.entries, bytes.fromhex(facts.head)))
    yield from _evidence(env, facts.entries)
    views = env.ask_views()
    # As the certificate has it, whatever other counters record meanwhile.
    cut = Cut(facts.period.last, facts.entries, everything=position_of(views) == facts.entries)
    for table in year_tables(views, facts.period.first, cut):
        yield table.name, table.about, iter(table.lines)
    yield VERIFY_SCRIPT, "verify_script", page(VERIFY_SCRIPT)
    yield BY_HAND, "by_hand", page(BY_HAND)


def _evidence(env: Env, entries: Seq) -> Iterator[Member]:
    """The shop's key, its checkpoints of no more than so many entries, and what was signed and stamped of them."""
    with evidence(env) as found:
        key = found.key_here()
        kept = found.kept
        signed = [each for each in kept.all() if each.checkpoint.size <= entries]
        stamps = sorted(kept.folder.glob("*.tsr")) if kept.folder.is_dir() else []
    if key is not None:
        yield "shop.key", "key", f"{key.key}\n"
    if signed:
        yield "shop.checkpoint", "checkpoint", signed[0].note.encoded()
    written = set()
    for each in signed:
        size = each.checkpoint.size
        if size not in written:
            written.add(size)
            yield f"checkpoints/{size:09d}.checkpoint", "checkpoints", each.note.encoded()
    for stamp in stamps:
        yield f"checkpoints/{stamp.name}", "stamps", stamp.read_bytes()
