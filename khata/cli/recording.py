"""What is typed all day: sales and payments, returns and refunds, discounts, write-offs, openings."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from khata.api.who import is_counter
from khata.cli.completing import party_then_amount
from khata.cli.env import Env
from khata.cli.record import common, parts_of, to_record
from khata.cli.refusals import PayIsKept
from khata.cli.reply import Reply, Wish
from khata.cli.who import split_amount, to_write
from khata.events.money import Line
from khata.grammar.items import Item, parse_item
from khata.grammar.modes import parse_mode
from khata.grammar.text import clean_text
from khata.rules.allowance import AllowDiscount, WriteOffDebt
from khata.rules.base import Who
from khata.rules.goods import GoodsCommand, RecordReturn, RecordSale
from khata.rules.money import ReceivePayment, RefundMoney
from khata.rules.opening import RecordOpening

Words = Annotated[list[str] | None, typer.Argument(metavar="PARTY AMOUNT", autocompletion=party_then_amount)]
Paid = Annotated[list[str] | None, typer.Option("--paid", metavar="AMOUNT|all[:MODE]")]
Items = Annotated[list[str] | None, typer.Option("--item", metavar="'NAME x2 @ 225'")]
Mode = Annotated[str | None, typer.Option("--mode", metavar="MODE")]


def sale(ctx: typer.Context, words: Words = None, paid: Paid = None, item: Items = None) -> Wish:
    """Goods on the khata, or at the counter."""
    return _goods(ctx.obj, RecordSale, words, paid, item)


def return_(ctx: typer.Context, words: Words = None, paid: Paid = None, item: Items = None) -> Wish:
    """Goods came back."""
    return _goods(ctx.obj, RecordReturn, words, paid, item)


def _goods(
    env: Env,
    command: type[GoodsCommand],
    words: list[str] | None,
    paid: list[str] | None,
    item: list[str] | None,
) -> Wish:
    name, amount = split_amount(words or [], env)
    party = None if is_counter(name) else to_write(env, name)
    items = [parse_item(each, large=bool(env.option("large"))) for each in item or ()]
    return to_record(
        command(
            **common(env),
            party=party,
            amount_paise=amount.paise,
            paid=parts_of(env, paid or ()),
            lines=[_line(each) for each in items],
            items=[each.name for each in items],
        ),
    )


def _line(item: Item) -> Line:
    return Line(item.amount_paise, item.quantity_milli, item.rate_paise)


def _party_amount(env: Env, words: list[str] | None) -> dict[str, Any]:
    name, amount = split_amount(words or [], env)
    party: Who = to_write(env, name)
    return {**common(env), "party": party, "amount_paise": amount.paise}


def receive(
    ctx: typer.Context, words: Words = None, mode: Mode = None, full: Annotated[bool, typer.Option("--full")] = False
) -> Wish:
    """Money came in."""
    env: Env = ctx.obj
    facts = _party_amount(env, words)
    command = ReceivePayment(
        **facts, mode=parse_mode(mode) if mode else "cash", full=full, agreed=bool(env.option("yes"))
    )
    return to_record(command)


def refund(ctx: typer.Context, words: Words = None, mode: Mode = None) -> Wish:
    """Money was given back."""
    env: Env = ctx.obj
    return to_record(RefundMoney(**_party_amount(env, words), mode=parse_mode(mode) if mode else "cash"))


def discount(ctx: typer.Context, words: Words = None) -> Wish:
    """Kasar, vatav."""
    env: Env = ctx.obj
    return to_record(AllowDiscount(**_party_amount(env, words)))


def write_off(
    ctx: typer.Context, words: Words = None, reason: Annotated[str | None, typer.Option("--reason")] = None
) -> Wish:
    """A debt that will not be paid."""
    env: Env = ctx.obj
    said = clean_text(reason, what="reason") if reason else ""
    return to_record(WriteOffDebt(**_party_amount(env, words), reason=said))


def opening(
    ctx: typer.Context, words: Words = None, advance: Annotated[bool, typer.Option("--advance")] = False
) -> Wish:
    """Brought forward from the paper book."""
    env: Env = ctx.obj
    return to_record(RecordOpening(**_party_amount(env, words), advance=advance))


def pay(words: Annotated[list[str] | None, typer.Argument()] = None) -> Reply:  # noqa: ARG001 - whatever follows
    """Kept for paying suppliers."""
    raise PayIsKept
