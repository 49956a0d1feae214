"""The first page of what an accountant gets: what is in it, where the answers are, how it is checked without khata."""

from __future__ import annotations

from collections.abc import Sequence

from khata.i18n import dates
from khata.i18n.messages import Words
from khata.render.certificate import CertificateFacts
from khata.render.document import Document, Section

CHECKS = (
    "sha256sum -c SHA256SUMS",
    'python3 verify.py shop.checkpoint "$(cat shop.key)"',
    "sha256sum shop.jsonl",
    "tail -n 1 shop.jsonl",
)
"""What is typed to check it; all else is in VERIFY.md, whose commands are for these very files."""


def pack_page(facts: CertificateFacts, files: Sequence[tuple[str, str]], words: Words) -> Document:
    """The page; `files` are names, each with the end of the key of its sentence."""
    say, period = words.say, facts.period
    days = dates.span(period.first, period.last, words) if period.first else dates.day(period.last, words)
    if not period.over:
        days = say("certificate.not_over", days=days, day=dates.day(period.ends_on, words))
    about = [
        (say("certificate.shop"), facts.shop),
        (say("certificate.period"), days),
        (say("certificate.entries"), str(facts.entries)),
        (say("certificate.head"), facts.head),
        (say("certificate.made"), f"{dates.clock(facts.made_at, words)} (IST)"),
    ]
    told = [(name, say(f"pack.file.{about_it}")) for name, about_it in files]
    sections = [
        Section("", about, [say("pack.what"), say("pack.amounts")]),
        Section(say("pack.check"), (), [say("pack.check.how")], CHECKS),
        Section("", (), [say("pack.check.means"), say("pack.check.key")]),
        Section(say("pack.files"), told),
    ]
    return Document(say("pack.title", shop=facts.shop), words.language, sections)
