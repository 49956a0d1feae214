"""Answers as a script reads them: the pinned shapes of `data`. Amounts are integer paise in keys that end in _paise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from khata.questions.audit.cash import CashReceipts
    from khata.questions.audit.numbers import NumberSeries
    from khata.questions.audit.old import OldDue
    from khata.questions.balances import Balance
    from khata.questions.changes import Changes
    from khata.questions.daybook import DayBook
    from khata.questions.dues import Age, Due
    from khata.questions.editlog import Edit, EditLog
    from khata.questions.entries import Again, EntryRow
    from khata.questions.figures import FigureRow
    from khata.questions.filing import FilingFacts
    from khata.questions.imports import ImportedFile
    from khata.questions.modebook import ModeBook
    from khata.questions.parties import PartyRow
    from khata.questions.pending import PendingPayment
    from khata.questions.statement import Statement
    from khata.questions.trend import Month
    from khata.questions.trial import TrialRow, Turnover
    from khata.render.certificate import CertificateFacts
    from khata.units import Day, Party
    from khata.verifying.against import Comparison
    from khata.verifying.proofs import HeldProof, ShownEntry
    from khata.verifying.verdict import Verdict
    from khata.views.cut import Cut

Json = dict[str, Any]


def balances(rows: Sequence[Balance], on_its_way: Mapping[Party, int], cut: Cut) -> Json:
    """`balance`; `on_its_way`: by customer, paise that are in no balance yet."""
    to_receive = sum(row.balance_paise for row in rows if row.balance_paise > 0)
    to_give = -sum(row.balance_paise for row in rows if row.balance_paise < 0)
    return {
        "as_on": cut.as_on,
        "known_at_entry": cut.known,
        "parties": [row._asdict() | {"pending_paise": on_its_way.get(row.party, 0)} for row in rows],
        "pending_paise": sum(on_its_way.values()),
        "to_receive_paise": to_receive,
        "to_give_paise": to_give,
        "net_paise": to_receive - to_give,
    }


def dues(rows: Sequence[Due], cut: Cut) -> Json:
    """`dues`."""
    from khata.questions.dues import BUCKET_DAYS

    return {
        "as_on": cut.as_on,
        "known_at_entry": cut.known,
        "basis": "oldest_first",
        "bucket_days": list(BUCKET_DAYS),
        "parties": [{**row._asdict(), "by_age_paise": list(row.by_age_paise)} for row in rows],
    }


def dues_by_age(found: Sequence[Age], customers: int, cut: Cut) -> Json:
    """`chart dues`: `upto_days` is None for the last age, `from_days` for what is not due yet."""
    return {
        "as_on": cut.as_on,
        "known_at_entry": cut.known,
        "ages": [each._asdict() for each in found],
        "due_paise": sum(each.due_paise for each in found),
        "customers": customers,
    }


def trend(months: Sequence[Month], first: Day, cut: Cut) -> Json:
    """`chart trend`: of each month what was sold and what came in, and what was due at the end of `due_on`."""
    return _of_days(first, cut.as_on, cut) | {"months": [each._asdict() for each in months]}


def audit_cash(lines: Sequence[CashReceipts], first: Day | None, last: Day, cut: Cut) -> Json:
    """`audit cash`: `from` is None for the beginning of the book."""
    return _of_days(first, last, cut) | {"lines": [line._asdict() for line in lines]}


def audit_numbers(lines: Sequence[NumberSeries], first: Day | None, last: Day, cut: Cut) -> Json:
    """`audit numbers`: `from` is None for the beginning of the book."""
    found = [
        {
            "series": line.series,
            "suffix": line.suffix,
            "kind": line.kind,
            "first": line.first,
            "last": line.last,
            "count": line.how_many,
            "missing": line.missing,
            "missing_total": line.missing_total,
            "doubles": [each._asdict() for each in line.doubles],
            "cancelled": [each._asdict() for each in line.cancelled],
            "elsewhere": [each._asdict() for each in line.elsewhere],
        }
        for line in lines
    ]
    return _of_days(first, last, cut) | {"lines": found}


def audit_old(lines: Sequence[OldDue], within_days: int, cut: Cut) -> Json:
    """`audit old`."""
    return {
        "as_on": cut.as_on,
        "known_at_entry": cut.known,
        "basis": "oldest_first",
        "within_days": within_days,
        "lines": [line._asdict() for line in lines],
    }


def _of_days(first: Day | None, last: Day, cut: Cut) -> Json:
    return {"as_on": cut.as_on, "known_at_entry": cut.known, "from": first, "to": last}


def pending(rows: Sequence[PendingPayment], cut: Cut) -> Json:
    """`pending`: payments on their way, which are in no balance."""
    return {
        "as_on": cut.as_on,
        "known_at_entry": cut.known,
        "pending": [row._asdict() for row in rows],
        "pending_paise": sum(row.amount_paise for row in rows),
    }


def statement(answer: Statement, party: PartyRow, cut: Cut) -> Json:
    """`statement`."""
    return {
        "party": party.party,
        "party_id": party.party_id,
        "name": party.name,
        "from": answer.first,
        "to": answer.last,
        "as_on": cut.as_on,
        "known_at_entry": cut.known,
        "opening_paise": answer.opening_paise,
        "lines": [
            {
                "entry": line.row.entry,
                "on": line.row.on,
                "at": line.row.at,
                "by": line.row.by,
                "by_name": line.row.by_name,
                "kind": line.row.kind,
                "debit_paise": line.debit_paise,
                "credit_paise": line.credit_paise,
                "balance_paise": line.balance_paise,
                "ref": line.row.ref,
                "note": line.row.note,
                "by_hand": line.row.by_hand,
                "reverses": line.row.reverses,
                "reversed_by": line.row.reversed_by if line.cancelled else None,
                "bounced": line.row.bounced,
                "due_on": line.row.due_on,
                "disputed_by": line.row.disputed_by,
            }
            for line in answer.lines
        ],
        "closing_paise": answer.closing_paise,
        "pending": [each._asdict() for each in answer.pending],
        "times_bounced": answer.bounces.times,
    }


def statements(answers: Iterable[tuple[PartyRow, Statement]], cut: Cut) -> Json:
    """`statement --all-parties`."""
    return {
        "as_on": cut.as_on,
        "known_at_entry": cut.known,
        "parties": [statement(answer, row, cut) for row, answer in answers],
    }


def entry(row: EntryRow) -> Json:
    """One entry, as `log`, `show` and the day book list it."""
    return {
        "entry": row.entry,
        "event_id": row.event_id,
        "kind": row.kind,
        "on": row.on,
        "at": row.at,
        "by": row.by,
        "by_name": row.by_name,
        "party": row.party,
        "name": row.party_name,
        "amount_paise": row.amount_paise,
        "ref": row.ref,
        "note": row.note,
        "by_hand": row.by_hand,
        "items": [
            {"name": name, "quantity_milli": quantity, "rate_paise": rate, "amount_paise": amount}
            for name, quantity, rate, amount in row.items
        ],
        "reverses": row.reverses,
        "reversed_by": row.reversed_by,
        "corrects": row.corrects,
        "import": {"entry": row.import_entry, "row": row.import_row} if row.import_entry else None,
        **({"pending_paise": row.pending_paise} if row.pending_paise is not None else {}),
        **({"settles": row.settles, "outcome": row.outcome} if row.settles is not None else {}),
        **({"bounced": True} if row.bounced else {}),
        **({} if row.again is None else {"again": _again(row.again)}),
        **({} if row.reminded_paise is None else {"reminded_paise": row.reminded_paise}),
        **({} if row.disputes is None else {"disputes": row.disputes, "status": row.dispute_status}),
        **({} if row.due_on is None else {"due_on": row.due_on}),
        **({} if row.disputed_by is None else {"disputed_by": row.disputed_by}),
    }


def _again(said: Again) -> Json:
    return {
        "entry": said.entry,
        "amount_paise": said.amount_paise,
        "every": said.every,
        "as": said.made_as,
        "from": said.first,
        "to": said.last,
    }


def daybook(answer: DayBook, cut: Cut) -> Json:
    """`daybook`: the entries as they were recorded, what was typed for other days, the sums, what they are made of."""
    from khata.questions.daybook import totalled
    from khata.units import MODES

    sums = answer.by_account_paise
    days = [(on, *totalled(lines)) for on, lines in answer.days()]
    return {
        "from": answer.first,
        "to": answer.last,
        "as_on": cut.as_on,
        "known_at_entry": cut.known,
        "lines": [
            entry(line.row)
            | {
                "debit_paise": line.effect.debit_paise,
                "credit_paise": line.effect.credit_paise,
                "by_mode_paise": line.effect.by_mode,
            }
            for line in sorted(answer.lines, key=lambda line: line.row.entry)
        ],
        "typed_for_other_days": [entry(row) for row in answer.typed_for_other_days],
        "sales_paise": -sums.get("sales", 0),
        "returns_paise": sums.get("returns", 0),
        "discount_paise": sums.get("discount", 0),
        "written_off_paise": sums.get("written_off", 0),
        "received_by_mode_paise": {mode: sums.get(mode, 0) for mode in MODES},
        "received_paise": sum(sums.get(mode, 0) for mode in MODES),
        "opening_paise": -sums.get("opening", 0),
        "khata_change_paise": sums.get("party", 0),
        "movements": [each._asdict() for each in answer.movements()],
        "days": [{"on": on, "given_paise": given, "received_paise": received} for on, given, received in days],
    }


def figures(rows: Sequence[FigureRow], per: str, first: Day | None, cut: Cut) -> Json:
    """`sales`, `receipts` …: a row for each part, and what they come to."""
    kept = {"customer": ("party", "name"), "item": ("quantity_milli",)}.get(per, ())
    return {
        "per": per,
        "from": first,
        "to": cut.as_on,
        "known_at_entry": cut.known,
        "rows": [
            {"key": row.key, "amount_paise": row.amount_paise, "entries": row.entries}
            | {name: getattr(row, name) for name in kept}
            for row in rows
        ],
        "amount_paise": sum(row.amount_paise for row in rows),
    }


def trial(rows: Sequence[TrialRow] | Sequence[Turnover], first: Day | None, cut: Cut) -> Json:
    """`trial`: every account, and the sums of both sides, which are the same."""
    return {
        "from": first,
        "as_on": cut.as_on,
        "known_at_entry": cut.known,
        "accounts": [row._asdict() for row in rows],
        "debit_paise": sum(row.debit_paise for row in rows),
        "credit_paise": sum(row.credit_paise for row in rows),
    }


def modebook(answer: ModeBook, cut: Cut) -> Json:
    """`modebook`: a line an entry, with the balance after it."""
    return {
        "mode": answer.mode,
        "from": answer.first,
        "to": answer.last,
        "known_at_entry": cut.known,
        "opening_paise": answer.opening_paise,
        "lines": [
            entry(line.row)
            | {"in_paise": line.in_paise, "out_paise": line.out_paise, "balance_paise": line.balance_paise}
            for line in answer.lines
        ],
        "in_paise": sum(line.in_paise for line in answer.lines),
        "out_paise": sum(line.out_paise for line in answer.lines),
        "closing_paise": answer.closing_paise,
    }


def imports(found: Sequence[ImportedFile], cut: Cut) -> Json:
    """`imports`: one line for each; `reversed` are all of its entries that were taken back, the corrected ones too."""
    return {
        "as_on": cut.as_on,
        "known_at_entry": cut.known,
        "imports": [
            {
                "import_id": each.entry,
                "at": each.at,
                "by": each.by,
                "by_name": each.by_name,
                "file": each.file,
                "rows": each.rows,
                "recorded": each.recorded,
                "reversed": each.reversed,
                "corrected": each.corrected,
                "standing": each.standing,
                "given_paise": each.given_paise,
                "received_paise": each.received_paise,
                "from": each.first,
                "to": each.last,
            }
            for each in found
        ],
    }


def edit_log(answer: EditLog, cut: Cut) -> Json:
    """`edit-log`: one line for each change; null where nothing is to be said."""
    return {
        "as_on": cut.as_on,
        "known_at_entry": cut.known,
        "from": answer.first,
        "to": answer.last,
        "by_day": answer.by_day,
        "lines": [_edit(each) for each in answer.lines],
    }


def _edit(each: Edit) -> Json:
    """A line; `on`, `party` and `name` as they are now, and with `before_` as they were in the entry `of`.

    `entries`: how many of an import's were taken back together; `of` is then the import, `on` the day of the last one.
    """
    row, before = each.row, each.before
    return {
        "entry": row.entry,
        "on": each.for_day,
        "at": row.at,
        "by": row.by,
        "by_name": row.by_name,
        "what": each.what,
        "kind": row.kind,
        "of": before.entry if before is not None else None,
        "of_kind": before.kind if before is not None else None,
        "reversal": each.reversal.entry if each.reversal is not None else None,
        "party": row.party,
        "name": row.party_name,
        "before_party": before.party if before is not None else None,
        "before_name": before.party_name if before is not None else None,
        "before_on": before.on if before is not None else None,
        "before_paise": each.before_paise,
        "after_paise": each.after_paise,
        "changed": list(each.changed),
        "reason": each.reason,
        "days_late": each.days_late,
        "rows": each.file[1] if each.file is not None else None,
        "entries": each.batch.entries if each.batch is not None else None,
        "upto": each.upto,
        "rows_here": each.rows_here[0] if each.rows_here is not None else None,
    }


def changes(answer: Changes, cut: Cut) -> Json:
    """`changes`: each balance then and now, positive debit; the counter has none, and its entries stand under null."""
    return {
        "as_on": cut.as_on,
        "since_entry": answer.since,
        "known_at_entry": cut.known,
        "parties": [each._asdict() for each in answer.parties],
        "accounts": [each._asdict() for each in answer.accounts],
    }


def filing(facts: FilingFacts | None) -> Json:
    """What `verify --for-filing` says of the period; null where the book could not be asked."""
    return {
        "from": facts.first if facts else None,
        "to": facts.last if facts else None,
        "period_entries": facts.entries if facts else None,
        "late_entries": facts.late if facts else None,
        "most_days_late": facts.most_days_late if facts else None,
        "brought_late": facts.brought if facts else None,
        "most_days_brought": facts.most_days_brought if facts else None,
        "ends_on": facts.ends_on if facts else None,
        "last_entry": facts.last_entry if facts else None,
        "edits": dict(facts.edits) if facts else None,
        "locked": facts.locked if facts else None,
        "entries_after_lock": facts.after_lock if facts and facts.lock else None,
    }


def certificate(facts: CertificateFacts) -> Json:
    """`certificate`."""
    said = facts._asdict() | filing(facts.period)
    signed, stamp = facts.signed, facts.stamp
    said["signed"] = None if signed is None else {"size": signed.size, "root": signed.root, "key": str(signed.key)}
    said["witnesses"] = [each._asdict() for each in said.pop("seen")]
    said["timestamp"] = stamp._asdict() if stamp is not None else None
    said["device"] = facts.device._asdict()
    said["algorithm"] = "sha256"
    del said["period"], said["stamp"]
    return said


def proof(found: HeldProof) -> Json:
    """`verify-proof`."""
    party = found.party
    words = (party.words or {}) if party is not None else {}
    return {
        "result": "holds",
        "kind": found.kind,
        "origin": found.checkpoint.origin,
        "size": found.checkpoint.size,
        "root": found.checkpoint.root.hex(),
        "key": str(found.key),
        "own_key": found.own_key,
        "witnesses": [each._asdict() for each in found.seen],
        "entry": _shown(found.entry) if found.entry is not None else None,
        "entries": [_shown(each) for each in found.entries],
        "party_id": party.recorded.id if party is not None else None,
        "name": words.get("name"),
        "other_party_ids": [each.recorded.id for each in found.others],
        "balance": found.balance._asdict() if found.balance is not None else None,
        "claimed": found.claimed,
    }


def _shown(each: ShownEntry) -> Json:
    """An entry that a proof shows."""
    recorded = each.recorded
    facts = {name: getattr(recorded.event, name, None) for name in ("amount_paise", "party", "ref")}
    return {"entry": recorded.seq, "kind": recorded.event.KIND, "on": recorded.on, "at": recorded.at, **facts} | {
        "words": each.words
    }


def comparison(found: Comparison) -> Json:
    """A check of `verify --against`."""
    said: Json = {"check": "against", "file": str(found.path), "result": found.result, "relation": found.relation}
    said |= {"why": found.why, "entry": found.entry, "entries": found.entries, "missing": found.missing}
    fork = found.fork
    if fork is not None:
        said["fork"] = {"entry": fork.entry, "upto": fork.upto, "here": _body(fork.here), "there": _body(fork.there)}
    return said


def _body(body: bytes | None) -> str | None:
    return body.decode("utf-8", "replace") if body is not None else None


def verdict(found: Verdict) -> Json:
    """`verify`."""
    return {
        "result": found.result,
        "entries": found.entries,
        "head": found.head,
        "first_bad_entry": found.first_bad_entry,
        "holds_upto": found.holds_upto,
        "checks": [check._asdict() for check in found.checks],
        "faults": [fault._asdict() for fault in found.faults],
        "faults_total": found.fault_count,
        "read": found.read,
        "unknown": found.unknown,
        "unknown_details": found.forms,
        "not_checked": list(found.not_checked),
        "to_receive_paise": found.to_receive_paise,
        "to_give_paise": found.to_give_paise,
        "since": {"entry": found.since.seq, "at": found.since.at} if found.since else None,
        "mark": {"result": found.mark, "entry": found.written},
        "verified_before": found.earlier._asdict() if found.earlier else None,
        "other_book": {"entry": found.other_book} if found.other_book else None,
        "notices": [each._asdict() for each in found.notices],
        "signed_upto": found.sealed.upto,
        "protected_upto": found.sealed.protected_upto,
        "witnesses": [each._asdict() for each in found.sealed.seen],
    }
