"""Importing a file: read, checked without the lock, recorded all or nothing under it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from khata.events.book import ImportStarted
from khata.grammar.days import business_day
from khata.importing import names_list, rejecting
from khata.importing.check import Checked, Options, check, commands, still_holds
from khata.importing.columns import COLUMNS, OTHERS
from khata.importing.duplicates import Duplicates
from khata.importing.effect import BalanceEffect
from khata.importing.faults import LISTED, MOST, BadRows, ProfileNotSure
from khata.importing.file import File
from khata.importing.journal_accounts import ACCOUNTS_AS, Accounts
from khata.importing.people import Candidate, candidates, renumber
from khata.importing.profile import JOURNALS, KHATA, TableProfile, mapped, profile
from khata.importing.profile_file import BadProfile
from khata.importing.rejecting import Rejected, rejected
from khata.importing.rows import Manner, first_rows, read_file
from khata.log.bulk import no_collector
from khata.log.errors import BusyError, ViewsDifferError
from khata.rules.base import Command
from khata.rules.importing import BookMovedOn, FileImported, RecordRows
from khata.store.importing_marker import hold
from khata.store.sqlite.atomic import atomic_write
from khata.units import MODES, Party, Seq
from khata.writing import Books, Outcome, handle

TRIES = 100
"""How often the book may move on between a check and the lock; nearly all of these checks look at a few entries."""

Phase = Literal["reading", "recording"]
ImportProgress = Callable[[Phase, int, int | None], None]
"""Is told the phase, how much is done, and of how much: bytes while reading (None: not known), rows while recording."""


@dataclass(frozen=True, slots=True)
class AddedParty:
    """A party that the file brought; its id (32 hex) is None after a dry run."""

    party: Party
    party_id: str | None
    name: str
    row: int
    resembles: list[Candidate]


@dataclass(slots=True)
class ImportResult:
    """What came of a file.

    `rows` are its data rows, `recorded` those recorded now, `duplicates` (row, entry) those that the book held before.
    `warnings` counts what is worth a look about rows, and `worth_a_look` lists the first thousand of each code;
    `import_id` is the entry of `import_started`, None where nothing was recorded.
    `found` is what a file of another program is, with what of it was passed over and why; None for a table.
    """

    rows: int
    recorded: int = 0
    duplicates: Duplicates = field(default_factory=Duplicates)
    parties_added: list[AddedParty] = field(default_factory=list)
    warnings: int = 0
    warnings_by_code: dict[str, int] = field(default_factory=dict)
    worth_a_look: list[dict[str, Any]] = field(default_factory=list)
    dry_run: bool = False
    import_id: Seq | None = None
    profile: str = ""
    header_row: int = 1
    passed_over: Sequence[int] = ()
    passed_for: Mapping[str, Sequence[int]] = field(default_factory=dict)
    balance_checked: bool = False
    rejected: Rejected = field(default_factory=Rejected)
    effect: BalanceEffect | None = None
    found: dict[str, Any] | None = None

    def data(self) -> dict[str, Any]:
        """The `data` of `khata import --json`; what may be as long as the file gives its own `data` when written."""
        return {
            "rows": self.rows,
            "recorded": self.recorded,
            "duplicates": self.duplicates,
            "rejected": len(self.rejected),
            "faults": [fault.data() for faults in self.rejected.rows.values() for fault in faults],
            "faults_by_kind": [kind.data() for kind in self.rejected.kinds],
            "parties_added": [
                {
                    "party": added.party,
                    "party_id": added.party_id,
                    "name": added.name,
                    "row": added.row,
                    "resembles": candidates(added.resembles),
                }
                for added in self.parties_added
            ],
            "warnings": self.warnings,
            "warnings_by_code": self.warnings_by_code,
            "worth_a_look": self.worth_a_look,
            "dry_run": self.dry_run,
            "import_id": self.import_id,
            "profile": self.profile,
            "header_row": self.header_row,
            "passed_over": list(self.passed_over),
            "passed_for": {why: list(rows) for why, rows in self.passed_for.items() if why},
            "balance_checked": self.balance_checked,
            **({"effect": self.effect.data()} if self.effect is not None else {}),
            **({"found": self.found} if self.found else {}),
        }


def import_file(
    path: str,
    books: Books,
    options: Options | None = None,
    progress: ImportProgress | None = None,
    marker: Path | None = None,
) -> ImportResult:
    """Import a file: all of its new rows, or nothing.

    Args:
        path: a regular file, or `-` for standard input.
        books: where to.
        options: see there.
        progress: see there.
        marker: the file that tells other counters that an import holds the book; None for none.

    Raises:
        NoFile, NotAFile, BadRows: with everything that is wrong; nothing is recorded.
        Refused: by the rules.
        BookError: the book or the machine is at fault; BusyError also when the book never stood still.
    """
    options = options or Options()
    tell = None if progress is None else lambda done, size: progress("reading", done, size)
    today = business_day(books.now())
    most = MOST if options.rejects is not None or options.every else LISTED
    how = Manner(
        options.large, options.encoding, options.keep_time, options.words, options.sheet, options.month_first,
        Accounts(options.profile if options.profile in JOURNALS else "", _of_accounts(options.mapping)),
    )  # fmt: skip
    chosen = chosen_profile(options.profile, options.mapping, options.ignored)
    with closing(read_file(path, today, chosen, how, tell, most)) as file:
        _are_fitting(options.mapping, file)
        if file.guessed and not file.faults.total:
            facts = {"profile": file.profile, "header_row": file.header_row, "columns": file.called}
            days = {"first": file.first, "last_on": file.last}
            raise ProfileNotSure(**facts, rows=file.count, **days, first_rows=first_rows(file))
        if options.names_to is not None:
            catch_up_whole(books)
            if names := names_list.written(file, books.cache, options.names_to):
                raise names_list.NamesListed(path=str(options.names_to), names=names)
        return _import(file, path, books, options, progress, marker)


def chosen_profile(named: str | None, mapping: Mapping[str, str], ignored: Sequence[str]) -> TableProfile | None:
    """The profile that was asked for; None where the file is to show whose it is. Raises UnknownProfile, BadProfile."""
    if named is None and not (mapping or ignored):
        return None
    base = profile(named) if named is not None else KHATA
    heads = {head: column for head, column in mapping.items() if column not in MODES}
    return mapped(base, heads, ignored)


def _of_accounts(mapping: Mapping[str, str]) -> dict[str, str]:
    """What was said of the accounts of a journal."""
    return {account: meant for account, meant in mapping.items() if meant in ACCOUNTS_AS}


def _are_fitting(mapping: Mapping[str, str], file: File) -> None:
    """Raise BadProfile where what was said to be a column is none, or is none of an account in a journal."""
    if any(fault.facts.get("stopped") for fault in file.faults.listed):  # what it is was not found out
        return
    known = ACCOUNTS_AS if file.profile in JOURNALS else (*COLUMNS, *OTHERS, "sale", "receive")
    for head, meant in mapping.items():
        if (file.profile in JOURNALS or meant in MODES) and meant not in known:
            raise BadProfile(what="column", path=head, why=meant, known=list(known))


def _import(
    file: File, path: str, books: Books, options: Options, progress: ImportProgress | None, marker: Path | None
) -> ImportResult:
    checked: Checked | None = None
    for _ in range(TRIES):
        catch_up_whole(books)
        try:
            if checked is None or not still_holds(checked, file, books.cache):
                checked = check(file, books.cache, options)
                if checked.faults.total:
                    _set_aside(file, checked, options)
            with _rejects(path, file, checked, options):
                if len(checked.duplicates) == file.count or not any(True for _ in checked.new_rows(file)):
                    return _of_file(ImportResult(file.count, dry_run=options.dry_run), file, checked)
                return _of_file(_record(file, checked, books, options, progress, marker), file, checked)
        except (BookMovedOn, FileImported):
            continue
        except ViewsDifferError:  # somebody changed them; nothing is recorded
            books.rebuild()
    raise BusyError(reason="the book moved on at every try", tries=TRIES)


def _set_aside(file: File, checked: Checked, options: Options) -> None:
    """Part the rows that are wrong from those that are recorded. Raises BadRows where that was not asked for."""
    if options.rejects is None:
        raise BadRows(checked.faults, file.count, file.read_as)
    checked.rejected = rejected(file, checked.faults)
    wrong = checked.rejected.rows
    checked.duplicates = Duplicates((row, entry) for row, entry in checked.duplicates if row not in wrong)
    checked.added = renumber(checked.new_rows(file), checked.added, checked.parties)


@contextmanager
def _rejects(path: str, file: File, checked: Checked, options: Options) -> Iterator[None]:
    """A block in which rows are recorded: the file of those that are set aside stands there once it ends well."""
    if options.rejects is None or options.dry_run or not checked.rejected:
        yield
        return
    with atomic_write(options.rejects) as temporary:
        with temporary.open("w", encoding="utf-8-sig", newline="") as to:
            to.writelines(line + "\r\n" for line in rejecting.lines(path, file, checked.rejected, options.said))
        yield


def _of_file(result: ImportResult, file: File, checked: Checked) -> ImportResult:
    """A result with what was understood of the file, known of it, and set aside."""
    result.duplicates, result.rejected = checked.duplicates, checked.rejected
    result.profile, result.header_row, result.passed_over = file.profile, file.header_row, file.passed_over
    result.passed_for, result.balance_checked = file.passed_for, file.balance_checked
    result.found = file.found
    return result


def catch_up_whole(books: Books) -> None:
    """Bring the views up with all that the book has, however long another counter holds it. Raises BusyError."""
    while books.catch_up().held:
        # A check against old views would name faults that are none: wait as for any entry, then look again.
        with books.store.writing():
            pass


def _record(
    file: File,
    checked: Checked,
    books: Books,
    options: Options,
    progress: ImportProgress | None,
    marker: Path | None,
) -> ImportResult:
    held: AbstractContextManager[None] = nullcontext() if marker is None or options.dry_run else hold(marker)
    new = sum(1 for _ in checked.new_rows(file)) if checked.rejected else len(file.rows) - len(checked.duplicates)
    effect = BalanceEffect() if options.dry_run else None
    made = commands(file, checked)
    with held, no_collector():
        asked = _counted(made if effect is None else effect.passing(made), new, progress)
        outcome = handle(asked, books, dry_run=options.dry_run)
    if effect is not None:
        effect.settle(books.cache, ((each.number, each.name) for each in checked.added))
    return ImportResult(
        file.count,
        new,
        checked.duplicates,
        _parties(checked, outcome, dry_run=options.dry_run),
        outcome.entries_with_slips + file.worth_a_look.total,
        dict(sorted((outcome.slips_by_code | file.worth_a_look.by_code).items())),
        _listed(file, outcome),
        options.dry_run,
        None if options.dry_run else _started(outcome),
        effect=effect,
    )


def _listed(file: File, outcome: Outcome) -> list[dict[str, Any]]:
    """Every row that is worth a look, by row."""
    found = [fault.data() for fault in file.worth_a_look.listed]
    for row, slip in outcome.rows_with_slips:
        found.append({"row": row, "column": "", "value": "", "code": slip.code, "facts": slip.facts})
    return sorted(found, key=lambda each: int(each["row"]))


def _counted(asked: Iterator[Command], rows: int, progress: ImportProgress | None) -> Iterator[Command]:
    if progress is None:
        yield from asked
        return
    done = 0
    for command in asked:
        progress("recording", done, rows)
        yield command
        done += len(command.rows) if isinstance(command, RecordRows) else 0
    progress("recording", rows, rows)


def _started(outcome: Outcome) -> Seq | None:
    return next((one.seq for one in outcome.recorded if isinstance(one.event, ImportStarted)), None)


def _parties(checked: Checked, outcome: Outcome, *, dry_run: bool) -> list[AddedParty]:
    ids = {getattr(one.event, "party", None): one.id for one in outcome.parties_added}
    return [
        AddedParty(new.number, None if dry_run else ids.get(new.number), new.name, new.row, new.resembles)
        for new in checked.added
    ]
