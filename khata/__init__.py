"""khata: a shop's ledger that is only ever added to, and that anybody can check.

    from khata import open_book             docs/API.md shows what can be done with it

One sale walks through the folders in this order:

    cli       words typed -> a command          grammar, names: what people type
    api       names -> parties; the same for Python
    writing   lock, decide, append, commit      rules: decide(command, facts) -> events, or a refusal
    events    an event <-> its canonical bytes  log: bytes + the hash before -> an entry of the chain
    store     an entry -> a row in the book     views: the cache catches up; questions: what is asked of it
    postings  what an event does to accounts    render, i18n: answers -> words, tables, JSON
"""

TYPE_CHECKING = False  # typing takes longer to load than all that stands here
if TYPE_CHECKING:
    from khata.api.book import OpenedBook as OpenedBook
    from khata.api.book import open_book as open_book
    from khata.api.commands import AddParty as AddParty
    from khata.api.commands import ChangeParty as ChangeParty
    from khata.api.commands import ChangeShop as ChangeShop
    from khata.api.commands import Charge as Charge
    from khata.api.commands import Correct as Correct
    from khata.api.commands import Discount as Discount
    from khata.api.commands import MergeParties as MergeParties
    from khata.api.commands import Opening as Opening
    from khata.api.commands import PartParties as PartParties
    from khata.api.commands import Receive as Receive
    from khata.api.commands import Refund as Refund
    from khata.api.commands import Return as Return
    from khata.api.commands import Reverse as Reverse
    from khata.api.commands import Sale as Sale
    from khata.api.commands import Transfer as Transfer
    from khata.api.commands import WriteOff as WriteOff
    from khata.api.done import Done as Done
    from khata.log.errors import BookError as BookError
    from khata.rules.refused import Refused as Refused

__version__ = "0.1.0"

_PUBLIC = {
    **dict.fromkeys(("open_book", "OpenedBook"), "khata.api.book"),
    "Done": "khata.api.done",
    "Refused": "khata.rules.refused",
    "BookError": "khata.log.errors",
}
"""Where each public name is. Nothing is loaded before it is asked for: the command line starts here, too."""


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    if name[:1].isupper() and name in _commands():
        return _commands()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _commands() -> dict[str, object]:
    from khata.api.commands import PUBLIC

    return dict(PUBLIC)


def __dir__() -> list[str]:
    return sorted([*globals(), *_PUBLIC, *_commands()])
