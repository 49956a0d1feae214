"""A new book, and which book is meant."""

from __future__ import annotations

import os
import re
from contextlib import closing, suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from khata.api.places import ENDING, typed_path
from khata.api.refusals import SeveralBooks
from khata.cli.env import Env
from khata.cli.failing import recorded_already
from khata.cli.refusals import BookInUse, ShopNameMissing
from khata.cli.reply import Reply
from khata.grammar.shop import check_gstin, clean_upi, parse_state
from khata.grammar.text import clean_phone, clean_text
from khata.i18n.messages import choose_language
from khata.log.errors import BookError, NoBookError, PathTakenError
from khata.rules.book import OpenBook
from khata.store.memory import MemoryBook
from khata.store.sqlite.connection import check_file
from khata.store.sqlite.create import create
from khata.views.cache import Cache
from khata.writing import Books, Till, handle


def init(
    ctx: typer.Context,
    shop: Annotated[list[str] | None, typer.Argument(metavar="SHOP NAME")] = None,
    state: Annotated[str | None, typer.Option("--state", metavar="MH|27")] = None,
    gstin: Annotated[str | None, typer.Option("--gstin")] = None,
    upi: Annotated[str | None, typer.Option("--upi", metavar="VPA")] = None,
    phone: Annotated[str | None, typer.Option("--phone", metavar="NUMBER")] = None,
    another: Annotated[bool, typer.Option("--another")] = False,
) -> Reply:
    """Open a new book."""
    env: Env = ctx.obj
    before = _in_use(env)
    if not another:
        _check_none_in_use(env)
    name = " ".join(shop or ()) or env.ask_text("ask.shop")
    if not name.strip():
        raise ShopNameMissing
    name = clean_text(name, what="shop", longest=100)
    named = env.environ.get("KHATA_BOOK")
    asked = env.option("book") or (named if named and not typed_path(named).exists() else None)
    path = typed_path(asked) if asked else env.places.books / (file_name(name) + ENDING)
    who = env.till
    by = who.by or env.new_id()[:8]
    command = OpenBook(
        id=env.new_id(),
        book=env.new_id(),
        shop=name,
        lang=choose_language(env.option("lang"), env.environ),
        counter_name=clean_text(who.name, what="counter", longest=100),
        state=parse_state(state) if state else None,
        gstin=check_gstin(gstin) if gstin else None,
        upi=clean_upi(upi) if upi else None,
        phone=clean_phone(phone) if phone else None,
    )
    _create(env, path, command, Till(who.name, by))
    with recorded_already(env):
        env.places.remember(path)
        if another and not asked:
            env.places.choose(path)
        env.turn_to(path)
        env.ask_views()
        env.anchor.advance(command.book, env.cache.position())
    data = {"path": str(path), "book": command.book, "shop": name, "entry": 1, "by": by, "by_name": who.name}
    changed = before if another and not asked else None

    def show(env: Env) -> None:
        env.out(env.say("said.opened", shop=name, path=env.places.tilde(path)))
        if changed is not None:
            key = "said.in_use_still" if named else "said.in_use_now"
            env.out(env.say(key, path=env.places.tilde(path), before=env.places.tilde(changed)))
        env.out(env.say("said.first_steps"))

    return Reply(data, show)


def _in_use(env: Env) -> Path | None:
    """The book that is meant where none is named; None where there is none, or several."""
    with suppress(NoBookError, SeveralBooks):
        path = env.places.book(env.option("book"))
        return path if path.exists() else None
    return None


def _check_none_in_use(env: Env) -> None:
    """A second book by accident is two khatas for one customer. Raises BookInUse, PathTakenError."""
    if env.option("book"):
        path = typed_path(env.option("book"))
        if path.exists():
            raise PathTakenError(path=str(path))
        return
    try:
        path = env.places.book(None)
    except NoBookError as e:
        if e.facts.get("what"):
            raise
        return
    except SeveralBooks as e:
        raise BookInUse(path=e.facts["books"][0]) from e  # type: ignore[index]
    if path.exists():
        raise BookInUse(path=str(path), **({"what": "variable"} if env.environ.get("KHATA_BOOK") else {}))


def file_name(shop: str) -> str:
    """`sharma-kirana-store`: letters and digits of any script (with their vowel signs), the rest as dashes."""
    import unicodedata

    folded = unicodedata.normalize("NFC", shop.casefold())
    kept = "".join(each if unicodedata.category(each)[0] in "LMN" else "-" for each in folded)
    name = re.sub("-+", "-", kept).strip("-")[:60]
    return name or "khata"


def _create(env: Env, path: Path, command: OpenBook, who: Till) -> None:
    # Written in memory by the same `handle` as everything, then laid down whole: never a half-made book.
    memory = MemoryBook()
    handle([command], Books(memory, lambda: Cache(None), env.now, env.new_id, who))
    with memory.reading() as reading:
        create(path, list(reading.entries(1, 1)), list(reading.details(1, 1)))


def use(ctx: typer.Context, file: Annotated[str, typer.Argument(metavar="FILE")]) -> Reply:
    """Choose the book that is meant from now on."""
    env: Env = ctx.obj
    path = _called(env, file)
    check_file(path)
    env.turn_to(path)
    env.ask_views()  # a book that cannot be understood is not chosen
    env.places.choose(path)
    env.places.remember(path)
    data = {"path": str(path.absolute()), "shop": env.about.shop if env.about else None}
    return Reply(data, lambda env: env.out(env.say("said.using", shop=data["shop"], path=env.places.tilde(path))))


def _called(env: Env, typed: str) -> Path:
    """The file that was typed; where there is none, the one known book whose file is called so: `gupta-kirana`."""
    path = typed_path(typed)
    if path.exists() or os.sep in typed:
        return path
    known = [each for each in env.places.known() if typed.casefold() in (each.stem.casefold(), each.name.casefold())]
    return known[0] if len(known) == 1 else path


def where(ctx: typer.Context) -> Reply:
    """Where the book, its views and the state are."""
    env: Env = ctx.obj
    data = {
        "path": str(env.book_path.absolute()),
        "exists": env.book_path.is_file(),
        "cache": str(env.cache_path),
        "state": str(env.places.state),
        "counter": env.places.own_counter(),
    }

    def show(env: Env) -> None:
        from khata.render.terminal.table import Column, Table

        made = Table([Column("", "right", 8), Column("")])
        for key in ("path", "cache", "state"):
            made.row(env.say(f"where.{key}"), str(data[key]))
        env.show(made)
        if not data["exists"]:
            env.say_aside("where.missing")

    return Reply(data, show)


def books(ctx: typer.Context) -> Reply:
    """Every book that is known here."""
    env: Env = ctx.obj
    meant = None
    with suppress(NoBookError, SeveralBooks):
        meant = os.path.realpath(env.places.book(env.option("book")))
    rows: list[dict[str, Any]] = [
        {"path": str(path), "shop": _shop_of(env, path), "in_use": os.path.realpath(path) == meant}
        for path in env.places.known()
    ]

    def show(env: Env) -> None:
        for row in rows:
            env.out(f"{'*' if row['in_use'] else ' '} {row['path']}   {row['shop'] or ''}")
        if not rows:
            env.out(env.say("books.none"))

    return Reply({"books": rows}, show)


def _shop_of(env: Env, path: Path) -> str | None:
    from khata.cli.env import Env as Another

    other = Another(env.environ, env.now, env.new_id, env.streams, {"book": str(path)})
    with suppress(BookError, OSError), closing(other):
        other.ask_views()
        return other.about.shop if other.about else None
    return None
