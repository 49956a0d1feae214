"""Who owes what, a customer's account, how old the dues are, a day in the shop."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from khata.api import asked
from khata.cli.completing import party_name
from khata.cli.env import Env
from khata.cli.output import in_bytes
from khata.cli.refusals import Misused
from khata.cli.reply import Reply, Warned
from khata.cli.tabled import FORMS, PAGE, TO_HAND_OUT, From, Output, PageForm, To, check_form, cut_of, tabled
from khata.cli.typed import to_ask, with_day
from khata.grammar.days import earlier, later, parse_days, parse_period
from khata.grammar.fault import Unreadable
from khata.questions import balances
from khata.questions.pending import by_customer, pending
from khata.questions.persons import persons
from khata.render import json
from khata.units import Day, Party
from khata.views.cache import Connection
from khata.views.cut import Cut

if TYPE_CHECKING:
    from khata.render.terminal.table import Table

PartyName = Annotated[list[str] | None, typer.Argument(metavar="PARTY", autocompletion=party_name)]

LATELY_DAYS = 90


def balance(
    ctx: typer.Context, party: PartyName = None, everybody: Annotated[bool, typer.Option("--all")] = False
) -> Reply:
    """What one customer owes, or everybody."""
    env: Env = ctx.obj
    views = env.ask_views()
    party, day = with_day(env, views, party or [])
    if day is not None:
        env.options["as_on"] = day
    cut = cut_of(env, views)
    if party:
        row = to_ask(env, views, party, cut.known)
        owed = balances.balance_of(views, row.party, cut)
        coming = pending(views, cut, persons(views, cut.known).khatas(row.party))
        one = balances.Balance(row.party, row.party_id, row.name, owed)

        def say(env: Env) -> None:
            from khata.render.line import balance_line

            env.out_cells(balance_line(one, cut, env.words, given=cut.given))
            for each in coming:  # nearly never: a customer's account is not loaded for nothing
                from khata.render.account import on_its_way

                env.out(f"   {on_its_way(each, env.words)}")

        return Reply(lambda: json.balances([one], {row.party: sum(each.amount_paise for each in coming)}, cut), say)
    coming = pending(views, cut)
    rows = balances.balances(views, cut, settled=everybody)

    def show(env: Env) -> None:
        from khata.questions import dues as dues_view
        from khata.render.terminal.balances import Ages, table

        oldest = dues_view.oldest_on(views, cut, [each for each in rows if each.balance_paise > 0])
        paid = balances.last_received_on(views, [each.party for each in rows], cut)
        ages = {each.party: Ages(paid.get(each.party), oldest.get(each.party)) for each in rows}
        settled = 0 if everybody else balances.known_parties(views, cut) - len(rows)
        env.show(table(rows, ages, settled, env.about, cut, env.words, coming))

    who = persons(views, cut.known)
    return Reply(lambda: json.balances(rows, by_customer(coming, who.joined), cut), show)


def dues(
    ctx: typer.Context,
    over: Annotated[str, typer.Option("--over", metavar="DAYS")] = "0",
) -> Reply:
    """How old what is owed is."""
    from khata.questions import dues as dues_view
    from khata.render.terminal.dues import table

    env: Env = ctx.obj
    views = env.ask_views()
    cut = cut_of(env, views)
    rows = dues_view.dues(views, cut, over_days=parse_days(over))
    return Reply(lambda: json.dues(rows, cut), lambda env: env.show(table(rows, env.about, cut, env.words)))


def statement(
    ctx: typer.Context,
    party: PartyName = None,
    first: From = None,
    last: To = None,
    everything: Annotated[bool, typer.Option("--all")] = False,
    all_parties: Annotated[bool, typer.Option("--all-parties")] = False,
    form: PageForm = None,
    file: Output = None,
) -> Reply:
    """A customer's account."""
    from khata.questions import statement as statement_view

    env: Env = ctx.obj
    form = check_form(form, file, {**FORMS, **TO_HAND_OUT})
    if form not in TO_HAND_OUT and len(env.languages_asked) > 1:
        raise Misused(what="only", option=f"--lang {env.option('lang')}", forms=", ".join(TO_HAND_OUT))
    views = env.ask_views()
    cut = cut_of(env, views, first)
    if all_parties:
        return _ledgers(env, views, party or [], cut, *asked.period(views, env.today, first, last), form, file)
    row = to_ask(env, views, party or [], cut.known)
    begin, end = asked.period(views, env.today, first, last)
    warnings: list[Warned] = []
    if env.streams.terminal and form == "table" and not (begin or end or everything or env.json or file):
        begin = _lately(views, row.party, cut)
        if begin is not None:
            warnings.append(("statement_since", {"day": begin}))
    answer = statement_view.statement(views, row.party, cut, begin, end)

    def data() -> json.Json:
        return json.statement(answer, row, cut)

    def page(env: Env) -> Table:
        from khata.render.account import account
        from khata.render.terminal.statement import table

        return table(account(answer, row, env.about, cut, env.words))

    def csv() -> str:
        from khata.exporting.statement_csv import statement as as_csv

        return as_csv(answer)

    if form in TO_HAND_OUT:
        from khata.cli.sheets import handed_out

        return handed_out(env, views, [(row, answer)], cut, data, form, file)
    return tabled(env, data, page, csv, form, file, warnings)


def _ledgers(
    env: Env,
    views: Connection,
    party: list[str],
    cut: Cut,
    begin: Day | None,
    end: Day | None,
    form: str,
    file: str | None,
) -> Reply:
    """The accounts of everybody, one after the other. Raises Misused where somebody is named as well."""
    from khata.questions.statement import statements

    if party:
        raise Misused(what="extra", words=" ".join(party))
    answers = list(statements(views, cut, begin, end))

    def pages(env: Env) -> list[Table]:
        from khata.render.account import account
        from khata.render.terminal.statement import table

        return [table(account(answer, row, env.about, cut, env.words)) for row, answer in answers]

    def csv() -> Iterable[str]:
        from khata.exporting.statement_csv import statements as as_csv

        return as_csv(answers)

    if form in TO_HAND_OUT:
        from khata.cli.sheets import handed_out

        return handed_out(env, views, answers, cut, lambda: json.statements(answers, cut), form, file)
    return tabled(env, lambda: json.statements(answers, cut), pages, csv, form, file)


def _lately(views: Connection, party: Party, cut: Cut) -> Day | None:
    """Since the account was last settled, or 90 days, whichever is longer; None for everything."""
    from khata.questions import statement as statement_view

    ago = earlier(cut.as_on, LATELY_DAYS)
    settled = statement_view.last_settled_on(views, party, cut)
    if settled is None:
        return None
    since = min(ago, later(settled, 1))
    first = statement_view.first_day(views, party)
    return since if first is not None and first < since else None


def daybook(
    ctx: typer.Context,
    day: Annotated[list[str] | None, typer.Argument(metavar="DAY")] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DAY")] = None,
    first: From = None,
    last: To = None,
    form: Annotated[str | None, typer.Option("--format", metavar="table|pdf")] = None,
    file: Output = None,
) -> Reply:
    """A day in the shop."""
    from khata.questions.daybook import daybook as daybook_view
    from khata.render.terminal.daybook import table

    env: Env = ctx.obj
    form = check_form(form, file, {**PAGE, "pdf": (".pdf",)})
    views = env.ask_views()
    if day:
        if on or first or last:
            raise Misused(what="extra", words=" ".join(day))
        first, last = _period(env, " ".join(day))
    cut = cut_of(env, views, on, first)
    begin, end = asked.days(views, env.today, on, first, last, cut.as_on)
    answer = daybook_view(views, begin, end, cut, asked.between(begin, end))

    def page(env: Env) -> Table:
        return table(answer, env.about, cut, env.words)

    if form == "pdf":
        from khata.render.paper.pages import table_pdf

        title = env.say("title.daybook")
        return in_bytes(json.daybook(answer, cut), lambda: table_pdf(page(env), title, env.words), file, form)
    return tabled(env, lambda: json.daybook(answer, cut), page, str, form, file)


def _period(env: Env, words: str) -> tuple[Day, Day]:
    """The period that stands behind the command. Raises Unreadable; Misused for a customer."""
    try:
        return parse_period(words, env.today_date)
    except Unreadable as fault:
        from khata.cli.near import no_day

        raise no_day(env, fault) from None
