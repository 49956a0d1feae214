"""What was meant: for what people type that is no command, no option or no amount, the line that would be one.

Nothing here is done. A refusal carries the lines, and whoever reads it types one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from difflib import get_close_matches
from itertools import takewhile

from khata.api import asked
from khata.api.naming import persons_called
from khata.cli import registry, spoken
from khata.cli.customers import Customers
from khata.cli.env import Env
from khata.cli.refusals import AmountComesLast, Misused
from khata.grammar.amounts import is_amount, of_two_words, product_of_words
from khata.grammar.days import parse_day
from khata.grammar.digits import LONGEST
from khata.grammar.fault import Unreadable
from khata.grammar.meaning import Certainty, Expanded, QuickEntry, Run, Which
from khata.grammar.quick import read
from khata.grammar.splitting import joined
from khata.log.errors import BookError
from khata.questions import balances
from khata.questions.parties import How, PartyRow
from khata.rules.refused import Refused

_SUM = "450"
"""The amount of an example."""

_FEW = 8
"""Words that are said again; more would hide what is meant."""

NEAR = {
    "": {
        "party add": "add create जोड़ो",
        "party add, init": "new",
        "init": "setup start begin",
        "reverse, undo": "cancel cancle",
        "reverse, party forget": "delete del remove erase hatao हटाओ",
        "correct, party rename": "edit modify change update alter",
        "party rename": "rename",
        "party alias": "alias nickname",
        "party forget": "forget",
        "party show, statement": "search find lookup look dhundo खोजो",
        "party list": "customers customer parties clients people names grahak ग्राहक",
        "party list, log": "list ls all",
        "sale": "sell sold bill invoice give lend order",
        "sale, receive": "credit debit entry record transaction txn diya liya len den लेना देना",
        "sale counter 450": "nakad cash नकद",
        "receive": "received recieve payment payments paid collect collection collected recovery",
        "receive NAME AMOUNT --full": "settle settled clear",
        "receive NAME AMOUNT --advance": "advance prepaid",
        "balance": "bal baaki baqi owe owes owed who kitna कितना",
        "remind": "reminder reminders tagada takaza तगादा तकाज़ा",
        "dispute": "deny denied disputed",
        "dues": "due outstanding overdue ageing aging old unpaid",
        "chart trend": "graph growth progress",
        "statement": "ledger account passbook khata hisaab history खाता",
        "status, daybook": "report reports summary total totals today aaj day आज",
        "daybook yesterday": "yesterday kal कल",
        "log": "entries journal events",
        "edit-log": "audit-log audit-trail edits edited",
        "opening": "open-balance openingbalance opening-balance purana पुराना",
        "use": "open switch select",
        "where": "path location file which",
        "backup": "save copy sync upload cloud",
        "restore, salvage": "recover repair fix-book",
        "verify, doctor": "check validate test",
        "export": "download csv excel",
        "import": "load upload-csv",
        "batch": "script run bulk",
        "--version": "version ver",
        "languages": "lang language hindi हिंदी हिन्दी bhasha",
        "write-off": "writeoff bad-debt baddebt",
        "discount": "kami less",
        "every": "recurring repeat repeating subscription subscriptions standing fixed niyamit",
        "every day": "daily rozana रोज़ाना",
        "every week": "weekly",
        "every month": "monthly rent kiraya किराया",
        "due-lines": "due-line duelines lines",
        "refund": "moneyback",
        "return": "returned goods-return",
    },
    "every": {
        "every list": "all ls",
        "every stop": "end remove delete del cancel",
        "every skip": "pause leave miss",
    },
    "party": {
        "party add": "new create naya नया",
        "party list": "all ls",
        "party show": "search find get view info",
        "party rename": "edit change update modify phone address",
        "party forget": "delete del remove erase",
    },
}
"""What to type instead of a word that is no command, by the command that the word was typed after."""

TO_COME = (
    "stock item items inventory purchase supplier suppliers vendor expense expenses gst tax gstr hsn cashbook drawer"
    " bank sms whatsapp print interest emi profit salary staff"
)
"""What other programs of this kind do, and this one does not yet."""

_OPTIONS = {
    "on": "--date --day --dated",
    "as_on": "--as-of --asof --upto --until --date",
    "note": "--comment --remark --remarks --description --desc --memo --for --narration",
    "ref": "--bill --bill-no --invoice --invoice-no --receipt --utr --number --no",
    "party": "--customer --name --to",
    "paid": "--mode --cash --upi --card --bank --payment --advance",
    "mode": "--paid --cash --upi --card --bank --cheque --by-cash --via --method",
    "item": "--items --goods --product",
    "full": "--settle --clear --close",
    "to": "--name --new-name",
    "over": "--days --older --age",
    "yes": "--force -y -f --confirm",
    "dry_run": "--test --preview --check",
    "form": "--csv --table --pdf --html",
    "file": "--out --to --save",
    "first": "--since --start --after --begin",
    "last": "--until --end --before --till",
    "lang": "--language",
    "digits": "--numerals --native",
    "by": "--user --counter --who",
    "new": "--add --create",
}
"""What is typed for an option, by its name in the command."""

_EXTRA = {
    "dues": ("dues --over {}", "balance {}"),
    "undo": ("reverse {}", "statement {}"),
    "log": ("show {}", "statement {}"),
    "verify": ("show {}", "statement {}"),
    "status": ("show {}", "balance {}"),
    "daybook": ("", "statement {}"),
    "export": ("", "statement {} --format csv"),
    "party list": ("party show @{}", "party show {}"),
}
"""What was meant by a word too much after a command: if it is a number, and if it is a customer."""


# --- commands


def unknown_command(typed: str, known: Iterable[str], env: Env | None = None, *, after: str = "") -> Misused:
    """The refusal of a word that is no command, with what was meant, as far as that can be told.

    Args:
        typed: the word.
        known: the commands that it could have been.
        env: the surroundings, where it may have been a customer or a line of the shell, `ramesh 450`.
        after: the command that has commands of its own, if it was typed after one.
    """
    known, word = list(known), typed[:LONGEST].casefold()
    meant = [each for each in _near(word, after) if after or each.startswith("--") or each.split()[0] in known]
    if not meant and not after and word in TO_COME.split():
        return Misused(what="later", command=typed)
    close = get_close_matches(word, known, cutoff=0.7)
    if not meant and env is not None:
        meant = _of_topic(env, typed, after, close) if after else _quick(env, anybody=not close)
    if env is not None and typed in env.args:
        behind = list(takewhile(lambda each: not each.startswith("-"), env.args[env.args.index(typed) + 1 :]))
        meant, close = _gone_on(meant, behind), _gone_on(close, behind)
    return Misused(what="command", command=typed, nearest=meant or close)


def is_near(word: str) -> bool:
    """Whether a word is another program's for a command of this one."""
    return bool(_near(word[:LONGEST].casefold(), ""))


def _near(word: str, after: str) -> list[str]:
    return next((lines.split(", ") for lines, words in NEAR.get(after, {}).items() if word in words.split()), [])


def _gone_on(lines: list[str], words: Sequence[str]) -> list[str]:
    """The lines with the words that were typed behind; of several those alone with which the words can go."""
    if not words or len(words) > _FEW:
        return lines
    about = registry.ENTRY if words[0].isdigit() else registry.NAME
    whole = [f"{line} {joined(words)}" for line in lines if _about(line) == about]
    return whole or lines


def _of_topic(env: Env, typed: str, topic: str, close: Sequence[str]) -> list[str]:
    """What was meant by a customer behind a command that has commands of its own: `every ramesh 450`."""
    if topic != "every":
        return _customer(env, typed, "party show {}")
    words = env.args[env.args.index(typed) :] if typed in env.args and not close else []
    return [f"every month {joined(words[:_FEW])}"] if words and is_amount(words[-1]) else []


def _about(line: str) -> str:
    """What a command's first word names; "" where a line has more than its command already."""
    name = spoken.find(line)
    if name is not None:
        return registry.COMMANDS[name].about
    return registry.NAME if line.startswith("party ") and line.count(" ") == 1 and line != "party list" else ""


def _quick(env: Env, *, anybody: bool) -> list[str]:
    """What a line of the shell would have done, typed after `khata`; `anybody`: also for a name that nobody has."""
    known = Customers(env)
    try:
        meaning = read(joined(env.args), known, date.fromisoformat(env.today))
        if isinstance(meaning, Expanded):
            meaning = read(meaning.line, known, date.fromisoformat(env.today))
    except (Unreadable, Refused, BookError):
        return _customer(env, " ".join(env.args), "balance {}", "statement {}")
    match meaning:
        case Run(words) if words and words[0] in registry.COMMANDS:
            line = joined([word for word in words if word != "--"])
            return [line] if line.strip() else []
        case QuickEntry():
            meaning = Which((meaning,))
    entries = [each for each in meaning.choices if isinstance(each, QuickEntry)] if isinstance(meaning, Which) else []
    return [_line(each) for each in entries if anybody or known.party(each.handle).how is not Certainty.NOBODY]


def _line(entry: QuickEntry) -> str:
    """A line of the shell as a command: its name and its sum first, so that it reads as it is said."""
    verb, *options, _, _, _ = entry.words()
    return joined([verb, *entry.name.split(), *entry.amount.split(), *options])


# --- options and words too much


def unknown_option(option: str, has: Iterable[str], close: Sequence[str]) -> Misused:
    """The refusal of an option that a command does not have, with the one that was meant.

    Args:
        option: as it was typed.
        has: the names of the command's parameters.
        close: the options that are spelt almost so.
    """
    said = option[2:] if option[2:] in ("cash", "upi", "card", "bank", "cheque") else ""
    lines = {"paid": f"--paid all:{said or 'upi'}", "mode": f"--mode {said or 'upi'}", "form": "--format csv"}
    lines |= {"first": "--from", "last": "--to", "file": "-o"}
    meant = [lines.get(name, f"--{name.replace('_', '-')}") for name in has if option in _OPTIONS.get(name, "").split()]
    return Misused(what="option", option=option, nearest=meant or get_close_matches(option, close, cutoff=0.7))


def too_much(env: Env, words: str, has: Iterable[str], *, takes_words: bool) -> Misused:
    """The refusal of words that no command takes there, with what was meant; `takes_words`: it takes others."""
    number, name = _EXTRA.get(env.command, ("", ""))
    with suppress(Unreadable):
        parse_day(words, date.fromisoformat(env.today))
        for option in ("as_on", "upto"):
            if option in has:
                line = f"{env.command} --{option.replace('_', '-')} {joined([words])}"
                return Misused(what="extra", words=words, nearest=[line])
    if words.isdigit():
        meant = [number.format(words)] if number else []
    else:
        meant = _customer(env, words, name) if name else []
    if meant:
        return Misused(what="extra", words=words, nearest=meant)
    return Misused(what="extra" if takes_words else "no_words", words=words)


def no_day(env: Env, fault: Unreadable) -> Exception:
    """The refusal of what is no period where one may stand: of a customer, with what was meant."""
    meant = _customer(env, fault.value, "statement {}")
    return Misused(what="extra", words=fault.value, nearest=meant) if meant else fault


def no_entry(env: Env, fault: Unreadable) -> Unreadable:
    """The refusal of what is no entry's number, with where it stands."""
    if env.command == "reverse" and fault.value.casefold() in ("last", "latest", "aakhri", "आखिरी"):
        return Unreadable(fault.code, fault.value, **fault.facts, nearest=["undo"])
    words = fault.value.split()
    if words and is_amount(words[-1]):
        words = words[:-1]
    nearest = _customer(env, " ".join(words), "statement {}")
    return Unreadable(fault.code, fault.value, **fault.facts, **({"nearest": nearest} if nearest else {}))


# --- a name and a sum


def amount_elsewhere(env: Env, words: Sequence[str], fault: Unreadable) -> Exception:
    """The refusal of words that do not end with a sum: a name alone, or a sum with something behind it.

    Args:
        env: the surroundings.
        words: at least one.
        fault: why the last of them is no amount.
    """
    if fault.code != "bad_amount" or fault.facts:
        return fault
    from khata.grammar.modes import ALL

    whole = words[-1].casefold() in (*ALL, "full") and len(words) > 1
    name = " ".join(words[:-1] if whole else words)
    due = _due(env, name) if whole or "--full" in env.args else 0
    if due:
        amount = f"{due // 100}.{due % 100:02}".removesuffix(".00")
        return comes_last(env, words, "due", name, amount, due_paise=due)
    place, many = next(((at, size) for at in range(len(words)) if (size := _sum_at(words, at))), (-1, 0))
    if place < 0:
        if words[-1].lstrip(".,")[:1].isdigit():  # `.5`
            return fault
        return comes_last(env, words, "whole" if whole else "missing", name, _SUM)
    amount, behind = " ".join(words[place : place + many]), words[place + many :]
    if place == 0 or "to" in _fields(env):  # `450 ramesh`, `transfer suresh 5000 ramesh`
        return comes_last(env, words, "", joined([*words[:place], *behind]), amount)
    option, what = _behind(env, behind)
    return comes_last(env, words, what, " ".join(words[:place]), amount, option) if option else fault


def _sum_at(words: Sequence[str], at: int) -> int:
    """How many words make a sum there; 0 for none."""
    many = product_of_words(words, at)
    if many or not is_amount(words[at]):
        return many
    return 2 if of_two_words(words[at : at + 2]) and is_amount(" ".join(words[at : at + 2])) else 1


def comes_last(
    env: Env, words: Sequence[str], what: str, name: str, amount: str, option: str = "", **facts: object
) -> AmountComesLast:
    """The refusal, with the whole line that was meant: what was typed as options stands in it as it was.

    Args:
        env: the surroundings, with all that was typed.
        words: what was typed and is no option.
        what: what is wrong about it, of which the sentence tells; "" where the amount is not the last.
        name: as it was meant.
        amount: as it was meant.
        option: what was typed behind the amount, as an option.
        facts: what else is known.
    """
    left = [*env.command.split(), *words]
    typed = []
    for word in env.args:
        if word in left:
            left.remove(word)
        else:
            typed.append(word)
    if option.startswith("--paid all:") and "--paid" in typed[:-1]:  # `--paid 30 cash`
        at = typed.index("--paid") + 1
        if is_amount(typed[at]):
            option, typed = f"--paid {typed[at]}:{option.rpartition(':')[2]}", [*typed[: at - 1], *typed[at + 1 :]]
    line = " ".join(filter(None, [env.command, name, amount, option, joined(typed)]))
    more: dict[str, object] = {"what": what} if what else {}
    more |= {"option": option} if option else {}
    return AmountComesLast(command=env.command, name=name, amount=amount, line=line, **more, **facts)


def _fields(env: Env) -> tuple[str, ...]:
    """The fields of the command that was typed."""
    from khata.api.commands import COMMANDS

    return COMMANDS[env.command].__struct_fields__ if env.command in COMMANDS else ()


def _behind(env: Env, words: Sequence[str]) -> tuple[str, str]:
    """What stands behind a sum, as options, and what it is: a way to pay, a day, or a note.

    Nothing where there are words for a way to pay or a day, and others that would have to be left out.
    """
    options, kinds, left = [], [], list(words)
    while left:
        many, option, what = _option_of(env, left)
        if not many:
            break
        options.append(option)
        kinds.append(what)
        del left[:many]
    if left and not options and not any(_option_of(env, left[at:])[0] or _is_paid(left[at]) for at in range(len(left))):
        return f"--note {joined([' '.join(left)])}", "note"
    return (" ".join(options), kinds[0]) if options and not left else ("", "")


def _option_of(env: Env, words: Sequence[str]) -> tuple[int, str, str]:
    """How many of the first words are an option, the option, and what it is; 0 where they are none."""
    if option := _how(words[0], env):
        return 1, option, "mode"
    start = 1 if words[0].casefold() == "on" else 0
    for many in (3, 2, 1):
        day = words[start : start + many]
        if len(day) == many:
            with suppress(Unreadable):
                parse_day(" ".join(day), date.fromisoformat(env.today))
                return start + many, f"--on {joined([' '.join(day)])}", "day"
    return 0, "", ""


def _is_paid(word: str) -> bool:
    return word.casefold() in spoken.said("paid")


def _how(word: str, env: Env) -> str:
    """The option that says how money moved, of a word for it: `--paid all:upi`, `--mode upi`; "" if there is none."""
    from khata.grammar.modes import PAID_MODES, parse_mode

    fields = _fields(env)
    try:
        if "paid" in fields:
            return f"--paid all:{parse_mode(word, PAID_MODES)}"
        return f"--mode {parse_mode(word)}" if "mode" in fields else ""
    except Unreadable:
        return ""


# --- customers


def renamed(env: Env, words: Sequence[str], option: str) -> str:
    """The line that gives a customer another name, where the new one was typed behind the old; "" if none is known."""
    for exact, order in ((True, range(len(words) - 1, 0, -1)), (False, range(1, len(words)))):
        for many in order:
            row = _found(env, " ".join(words[:many]), exact=exact)
            if row is not None:
                return joined([*env.command.split(), *words[:many], option, " ".join(words[many:])])
    return ""


def _customer(env: Env, name: str, *lines: str) -> list[str]:
    """The lines with a name, where it means exactly one customer."""
    row = _found(env, name)
    return [line.format(joined([row.name or f"@{row.party}"])) for line in lines] if row else []


def _found(env: Env, name: str, *, exact: bool = False) -> PartyRow | None:
    with suppress(BookError, Refused, Unreadable):
        match = persons_called(env.ask_views(), name)
        if match is not None and len(match.parties) == 1 and match.how is not How.SOUND:
            return match.parties[0] if match.how is How.EXACT or not exact else None
    return None


def _due(env: Env, name: str) -> int:
    """What one customer owes, in paise; 0 where nobody or nothing is known."""
    row = _found(env, name)
    if row is None:
        return 0
    views = env.cache.connection
    return max(0, balances.balance_of(views, row.party, asked.cut(views, env.today, None, None)))
