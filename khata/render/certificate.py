"""The certificate for electronic evidence, in words.

Bharatiya Sakshya Adhiniyam 2023, section 63(4)(c) and the Schedule: Part A is for whoever is in charge of the device,
Part B for an expert. What khata knows is filled in; what only these persons can say is left blank for them to write.
"""

from __future__ import annotations

from typing import NamedTuple

from khata.i18n import dates
from khata.i18n.messages import Words
from khata.log.note import VerifierKey
from khata.questions.filing import FilingFacts
from khata.render.document import BLANK, Document, Section
from khata.render.terminal.proof import day_of
from khata.store.machine import Device
from khata.units import At, Seq
from khata.verifying.verdict import SeenBy, Timestamp


class SignedState(NamedTuple):
    """The checkpoint of the book: of so many entries, its root (64 hex), and the key that signed it."""

    size: int
    root: str
    key: VerifierKey


class CertificateFacts(NamedTuple):
    """What is certified.

    Attributes:
        shop: its name; `book` its id, 32 hex; `path` its file.
        entries: how many it has; `head` the hash of the last one, 64 hex.
        log_sha256: of the whole book as a file of lines, 64 hex; `log_bytes` how long that is.
        period: what is known of the days that it is made for.
        operators: who recorded entries for them.
        signed: the checkpoint of these entries; None where none could be signed.
        seen: who outside of the shop signed up to which entry; `stamp` what an authority that keeps time did.
        device: the machine; `khata` the version of this program.
        made_at: when it was made; `login` by whom, as the machine calls him.
    """

    shop: str
    book: str
    path: str
    entries: Seq
    head: str
    log_sha256: str
    log_bytes: int
    period: FilingFacts
    operators: list[str]
    signed: SignedState | None
    seen: tuple[SeenBy, ...]
    stamp: Timestamp | None
    device: Device
    khata: str
    made_at: At
    login: str


def certificate(facts: CertificateFacts, words: Words) -> Document:
    """The page: the record, its hashes, who vouches for it, the device, and the two parts to be signed."""
    say = words.say
    sections = [
        Section("", _about(facts, words), [say("certificate.purpose")]),
        Section(say("certificate.hashes"), _hashes(facts, words), [say("certificate.hashes.how")]),
        Section(say("certificate.vouched"), _vouched(facts, words), [say("certificate.vouched.how")]),
        Section(say("certificate.device"), _device(facts, words), [say("certificate.device.which")]),
        Section(
            say("certificate.part_a"),
            _person(words, "certificate.part_a.signed"),
            [
                say(f"certificate.part_a.{number}", hash=facts.head)
                for number in ("record", "control", "faults", "hash")
            ],
        ),
        Section(
            say("certificate.part_b"),
            _person(words, "certificate.part_b.signed"),
            [say(f"certificate.part_b.{number}", hash=facts.head) for number in ("record", "hash")],
        ),
        Section("", (), [say("certificate.law")]),
    ]
    return Document(say("certificate.title"), words.language, sections)


def _about(facts: CertificateFacts, words: Words) -> list[tuple[str, str]]:
    say, period = words.say, facts.period
    days = dates.span(period.first, period.last, words) if period.first else dates.day(period.last, words)
    if not period.over:
        days = say("certificate.not_over", days=days, day=dates.day(period.ends_on, words))
    locked = dates.day(period.locked, words) if period.locked else say("certificate.not_locked")
    return [
        (say("certificate.shop"), facts.shop),
        (say("certificate.book"), facts.book),
        (say("certificate.file"), facts.path),
        (say("certificate.period"), days),
        (say("certificate.period_entries"), str(period.entries)),
        (say("certificate.late"), say("certificate.late.of", n=period.late, brought=period.brought)),
        (say("certificate.locked"), locked),
        (say("certificate.operators"), ", ".join(facts.operators) or "-"),
        (say("certificate.made"), f"{dates.clock(facts.made_at, words)} (IST), {facts.login}"),
    ]


def _hashes(facts: CertificateFacts, words: Words) -> list[tuple[str, str]]:
    say = words.say
    return [
        (say("certificate.algorithm"), "SHA-256 (FIPS 180-4)"),
        (say("certificate.entries"), str(facts.entries)),
        (say("certificate.head"), facts.head),
        (say("certificate.log"), facts.log_sha256),
        (say("certificate.log_bytes"), str(facts.log_bytes)),
    ]


def _vouched(facts: CertificateFacts, words: Words) -> list[tuple[str, str]]:
    say = words.say
    rows = []
    if facts.signed is not None:
        rows.append((say("certificate.checkpoint"), say("certificate.checkpoint.of", n=facts.signed.size)))
        rows.append((say("certificate.root"), facts.signed.root))
        rows.append((say("certificate.key"), str(facts.signed.key)))
    else:
        rows.append((say("certificate.checkpoint"), say("certificate.none")))
    seen = [say("certificate.seen", name=each.name, entry=each.upto, day=day_of(each.at, words)) for each in facts.seen]
    rows.append((say("certificate.witnesses"), seen[0] if seen else say("certificate.none")))
    rows += [("", each) for each in seen[1:]]
    stamp = facts.stamp
    said = say("certificate.none")
    if stamp is not None:
        said = say("certificate.seen", name=stamp.authority, entry=stamp.size, day=day_of(stamp.at, words))
    rows.append((say("certificate.timestamp"), said))
    return rows


def _device(facts: CertificateFacts, words: Words) -> list[tuple[str, str]]:
    say, device = words.say, facts.device
    return [
        (say("certificate.computer"), f"{device.name}, {device.machine}"),
        (say("certificate.system"), device.system),
        (say("certificate.program"), f"khata {facts.khata}, Python {device.python}, SQLite {device.sqlite}"),
        (say("certificate.make"), BLANK),
        (say("certificate.serial"), BLANK),
    ]


def _person(words: Words, signed: str) -> list[tuple[str, str]]:
    """Who signs: written by hand."""
    keys = ("certificate.name", "certificate.parent", "certificate.residence", signed, "certificate.date_place")
    return [(words.say(key), BLANK) for key in keys]
