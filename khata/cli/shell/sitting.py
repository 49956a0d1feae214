"""`khata shell`: line by line, all day. Between two lines nothing of the book is held."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from importlib.util import find_spec
from typing import IO, Any, cast

import typer
from typer._click.exceptions import ClickException

from khata.cli import registry
from khata.cli.correcting import last_own, shown
from khata.cli.customers import Customers, offers
from khata.cli.env import SPEAKING, Env
from khata.cli.failing import complain
from khata.cli.main import Khata, answer, tell, told_wrong
from khata.cli.near import is_near, unknown_command
from khata.cli.refusals import CutOff, Misused, NextLine
from khata.cli.reply import Reply, told
from khata.cli.shell import sheet
from khata.cli.shell.choices import told_choice
from khata.cli.shell.elsewhere import Elsewhere
from khata.cli.shell.keyboard import Keyboard, Offers, OneAnswer, PlainKeyboard, ReadlineKeyboard
from khata.grammar.meaning import By, Certainty, Expanded, Fix, Help, Leave, Meaning, QuickEntry, Run, Turn, Which
from khata.grammar.quick import LONGEST_LINE, read
from khata.grammar.splitting import plain_places
from khata.grammar.text import LONGEST_NAME, clean_text
from khata.i18n.dates import day as spoken_day
from khata.i18n.dates import day_short
from khata.questions import entries
from khata.render.text import visible
from khata.rules.entry import FutureDay
from khata.rules.refused import Refused
from khata.rules.slips import LONG_AGO_DAYS
from khata.units import Day
from khata.views.cut import position_of


def shell(ctx: typer.Context) -> int:
    """One process for a day at the counter."""
    env: Env = ctx.obj
    if not env.asks:
        raise Misused(what="shell")
    return Sitting(env, keyboard_for(env, lambda line: offers(env, line))).run()


def keyboard_for(env: Env, offers: Offers) -> Keyboard:
    """The best way to read lines here."""
    streams = env.streams
    if streams.stdin is not sys.stdin or streams.stdout is not sys.stdout or not streams.terminal:
        return PlainKeyboard(streams)
    past = env.places.history()
    if env.environ.get("TERM", "dumb") != "dumb" and find_spec("prompt_toolkit") is not None:
        from khata.cli.shell.prompt import PromptKeyboard

        return PromptKeyboard(past, offers)
    if find_spec("readline") is not None:
        return ReadlineKeyboard(past, offers)
    return PlainKeyboard(streams)


class Sitting:
    """The lines of one shell, whoever types them.

    Args:
        env: the surroundings; its options are those of the whole sitting.
        keyboard: where the lines come from.
    """

    def __init__(self, env: Env, keyboard: Keyboard) -> None:
        self._env, self._keyboard = env, keyboard
        self._options: dict[str, Any] = {
            name: env.options[name]
            for name in ("book", "by", "lang", "digits", "plain", "quiet")
            if name in env.options
        }
        self._khata = Khata(env)
        env.in_shell = True
        env.streams = env.streams._replace(stdin=cast("IO[str]", OneAnswer(env.streams.stdin)))
        self._elsewhere = Elsewhere(position_of(env.ask_views()))
        env.let_go()
        self._today = env.today
        self._day: Day | None = None
        self._pending, self._left = "", False

    # --- the lines

    def run(self) -> int:
        """Take lines until there are no more; returns the exit code."""
        about = self._env.about
        self._env.say_aside("shell.begin", shop=about.shop if about else "")
        while not self._left:
            waits = self._pending
            try:
                line = self._keyboard.line(self.prompt, self._pending)
            except KeyboardInterrupt:
                self._pending = ""
                self._env.err("")
                continue
            except (EOFError, CutOff) as e:
                self._env.err("")
                return complain(self._env, e) if isinstance(e, CutOff) else 0
            self._pending = ""
            if waits and line.strip() != waits:
                self._env.err(self._env.say("shell.not_for", line=waits))
            self.take(line)
        return 0

    @property
    def prompt(self) -> str:
        """Who records, if that was said, and the day, if one was set."""
        words = [visible(str(self._options.get("by") or "khata"))]
        if self._day:
            words.append((day_short if self._day[:4] == self._today[:4] else spoken_day)(self._day, self._env.words))
        return " ".join(words) + "> "

    def take(self, line: str) -> None:
        """Do what one line says; whatever goes wrong is told."""
        following: str | None = line
        while following is not None:
            following = self._taken(following)

    def _taken(self, line: str) -> str | None:
        """Do what a line says; gives the next one, where that was typed in the place of an answer."""
        env = self._env
        with self._line():
            try:
                if line.strip() and self._past_midnight(line):
                    return None
                self._remember(line.strip())
                meaning = read(line, Customers(env), date.fromisoformat(self._today))
                if meaning is not None:
                    self._do(meaning)
            except NextLine as e:
                env.err(env.say("shell.not_for", line=line.strip()))
                return e.line
            except KeyboardInterrupt as e:
                env.err("")
                told_wrong(env, e)
            except Exception as e:  # noqa: BLE001 - a line that goes wrong does not end the day
                told_wrong(env, e)
        return None

    def _remember(self, line: str) -> None:
        """Let Up go back to a line, also to one that is refused, and in another shell; not to a block."""
        if len(line) <= LONGEST_LINE and len(line.splitlines()) == 1:
            self._keyboard.remember(line)
            self._env.places.note_history(line)

    @contextmanager
    def _line(self) -> Iterator[None]:
        """The surroundings of one line: its options are gone with it."""
        env = self._env
        env.options, env.command, env.recorded, env.done = dict(self._options), "shell", False, False
        try:
            yield
        finally:
            env.let_go()
            env.__dict__.pop("books", None)  # made for who typed
            if any(env.option(name) != self._options.get(name) for name in SPEAKING):
                env.__dict__.pop("words", None)
            env.options = dict(self._options)

    def _past_midnight(self, line: str) -> bool:
        """Whether a day that was set ended with midnight: then the line waits, for it was typed for that day."""
        env = self._env
        if env.today == self._today:
            return False
        self._today, was = env.today, self._day
        self._day = None
        env.say_aside("shell.new_day", day=self._today)
        if was is None:
            return False
        env.err(env.say("shell.day_ended", day=was))
        self._pending = line.strip()
        return True

    # --- what they mean

    def _do(self, meaning: Meaning) -> None:
        match meaning:
            case Run(words):
                self._command(words)
            case QuickEntry():
                self._check_name(meaning)
                self._command(meaning.words())
            case Fix():
                self._fix(meaning)
            case Which(choices):
                chosen = self._env.choose("shell.which", [told_choice(self._env, each) for each in choices])
                if chosen is None:
                    self._env.say_aside("shell.nothing")
                else:
                    self._do(choices[chosen])
            case Expanded(line, name):
                self._pending = line
                self._remember(line)  # Up brings it, to be changed
                self._env.err(self._env.say("shell.expanded", name=name, line=line))
            case Turn(day):
                self._turn(day)
            case By(name):
                self._by(name)
            case Help():
                self._env.show(sheet.table(self._env.words))
            case Leave():
                self._left = True

    def _check_name(self, entry: QuickEntry) -> None:
        """Refuse a line that begins with another program's word for a command: it is no new customer's name."""
        first = entry.name.split(maxsplit=1)[0] if entry.name.strip() else ""
        if "--new" in entry.options or Customers(self._env).party(entry.handle).how is not Certainty.NOBODY:
            return
        if is_near(first) and len(entry.name.split()) > 1:
            raise unknown_command(first, registry.COMMANDS)

    def _command(self, words: Sequence[str]) -> None:
        env = self._env
        places = plain_places(words)
        name = words[places[0]] if places else "status"
        entry = registry.COMMANDS.get(name)
        if (entry is not None and not entry.in_shell) or (name == "import" and "-" in words):
            raise Misused(what="in_shell", command=name)
        if self._day and entry is not None and entry.dated:
            env.options |= {"on": self._day, "day_set": True}
        try:
            found = answer(words, env, self._khata)
        except (Refused, ClickException) as e:
            told_wrong(env, e)
            self._hint(words, places)
            return
        if not isinstance(found, Reply):
            return
        self._elsewhere.heed(env, told(found.data))
        tell(env, found)

    def _hint(self, words: Sequence[str], places: Sequence[int]) -> None:
        """`doctor sahab 450` is the command doctor. If Doctor Sahab is a customer, how is that written?"""
        known = Customers(self._env)
        for last in range(len(places), 1, -1):
            name = " ".join(words[place] for place in places[:last])
            if known.party(name).how is Certainty.EXACT:
                self._env.say_aside("shell.customer", name=name)
                return

    def _fix(self, fix: Fix) -> None:
        """A correction; where no entry was named, of this counter's last one."""
        env = self._env
        if fix.entry is None:
            for option in fix.options:
                if option.startswith("--by="):
                    env.options["by"] = option.partition("=")[2]
            env.ask_views(wait=True)
            row = last_own(env, env.till)
            if not self._elsewhere.is_own(row.entry):  # typed in another window, or before this shell began
                env.agree("shell.fix", **shown(env, row))
            fix = replace(fix, entry=row.entry)
        self._command(fix.words())

    def _turn(self, day: Day | None) -> None:
        """The day of the lines that follow."""
        env = self._env
        if day is not None and day > self._today:
            raise FutureDay(on=day, today=self._today)
        if day is not None:
            ago = (date.fromisoformat(self._today) - date.fromisoformat(day)).days
            if ago > LONG_AGO_DAYS:
                self._env.agree("ask.long_ago", on=day, days=ago)
            self._day = day if day != self._today else None
        if self._day is None:
            env.say_aside("shell.today", day=self._today)
            return
        days = (date.fromisoformat(self._today) - date.fromisoformat(self._day)).days
        env.say_aside("shell.day_long_ago" if days > LONG_AGO_DAYS else "shell.day", day=self._day, days=days)

    def _by(self, name: str) -> None:
        """Who records from here on."""
        env = self._env
        if not name:
            env.say_aside("shell.by_now", name=env.till.name)
            return
        name = clean_text(name, what="counter", longest=LONGEST_NAME)
        views = env.ask_views()
        by = entries.counter_named(views, name)
        self._options["by"] = (entries.counter_name(views, by) if by else None) or name
        env.say_aside("shell.by" if by else "shell.by_new", name=self._options["by"])
