"""What the reader of a line may ask, and what Tab offers: the commands, and the customers of the open book."""

from __future__ import annotations

from khata.api.naming import by_number, number_of, persons_called
from khata.cli import registry, spoken
from khata.cli.completing import entries_beginning, names_beginning
from khata.cli.env import Env
from khata.grammar.meaning import Certainty, Found
from khata.grammar.quick import SHELL_WORDS, spelt
from khata.questions import parties
from khata.questions.parties import PartyRow
from khata.rules.refused import UnknownParty

_HOW = {parties.How.EXACT: Certainty.EXACT, parties.How.WORD: Certainty.ONE}


class Customers:
    """The commands and the customers. The book is asked at the first name, not before."""

    def __init__(self, env: Env) -> None:
        self._env = env
        self._found: dict[str, Found] = {}

    def command(self, word: str) -> str | None:
        """The command that a word means."""
        return spoken.find(word, self._env.words.language)

    def said(self, what: str) -> frozenset[str]:
        """The words for something that is said in a line, of all languages."""
        return spoken.said(what)

    def verb(self, word: str) -> str | None:
        """The command that a word between a name and a sum means; None for a command that does not stand there."""
        name = self.command(word)
        return name if name is not None and registry.COMMANDS[name].between else None

    def party(self, text: str) -> Found:
        """Whom a name means, as far as it can be recorded for. Raises BookError."""
        if text not in self._found:
            self._found[text] = self._look(text)
        return self._found[text]

    def _look(self, text: str) -> Found:
        views = self._env.ask_views() if not self._found else self._env.cache.connection
        number = number_of(text)
        if number is not None:
            try:
                return _one(by_number(views, number), Certainty.EXACT)
            except UnknownParty:
                return Found(Certainty.NOBODY, text, text)
        match = persons_called(views, text)
        if match is None:
            return Found(Certainty.NOBODY, text, text)
        if len(match.parties) > 1:
            return Found(Certainty.SEVERAL, text, text)
        return _one(match.parties[0], _HOW.get(match.how, Certainty.LOOSER))


def _one(row: PartyRow, how: Certainty) -> Found:
    return Found(how, f"@{row.party}", row.name or f"@{row.party}")


def offers(env: Env, line: str) -> list[str]:
    """What Tab may make of a line: commands, customers, and numbers of entries where a command wants one."""
    try:
        return _offers(env, line)
    finally:
        env.let_go()


def _offers(env: Env, line: str) -> list[str]:
    known = Customers(env)
    first, blank, rest = line.partition(" ")
    command = known.command(first)
    if not blank:
        words = [*registry.COMMANDS, *SHELL_WORDS, *spoken.every(env.words.language)]
        found = [f"{word} " for word in dict.fromkeys(words) if first and word.startswith(first)]
        return [*(f"{spelt(name, known)} " for name in names_beginning(env, line.removeprefix("@"))), *found]
    after: list[str] = []
    about = registry.COMMANDS[command].about if command else ""
    if about == registry.ENTRY and (rest.isdigit() or not rest):
        after = entries_beginning(env, rest)
    elif about == registry.NAME or first == "fix":
        after = names_beginning(env, rest)
    if command:
        return [f"{first} {each} " for each in after]
    return [f"{spelt(name, known)} " for name in names_beginning(env, line.removeprefix("@"))]
