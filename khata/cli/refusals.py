"""What only the command line can refuse: words in the wrong place, and questions that were not answered."""

from khata.rules.refused import Refused


class AmountComesLast(Refused):
    """The last word is not an amount, or there is no name before it."""

    code = "amount_comes_last"


class NotAgreed(Refused):
    """A question was answered with no, or could not be asked here."""

    code = "not_agreed"


class NextLine(Exception):  # noqa: N818 - no error
    """In the shell, a question was answered with what is neither yes nor no, but the next line: `line`."""

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line


class ShopNameMissing(Refused):
    """A new book wants the shop's name."""

    code = "shop_name_missing"


class BookInUse(Refused):
    """There is a book already; another one must be asked for."""

    code = "book_in_use"


class UnknownLanguage(Refused):
    """There is no catalog for that language."""

    code = "unknown_language"


class NothingToUndo(Refused):
    """This counter has recorded nothing today that still stands."""

    code = "nothing_to_undo"


class PayIsKept(Refused):
    """`pay` is kept for suppliers."""

    code = "pay_is_kept"


class UnknownFormat(Refused):
    """There is no such format."""

    code = "unknown_format"


class BadKnownAt(Refused):
    """Nothing counted at that moment: it has not come, or the book had no entry (`what` says which). Fact: `value`."""

    code = "bad_known_at"


class UnknownChoice(Refused):
    """An option takes one of a few words."""

    code = "unknown_choice"


class Misused(Refused):
    """The words of the command do not fit together."""

    code = "misused"


class NotCertified(Refused):
    """What is not as it was written is not certified."""

    code = "not_certified"


class BadJson(Refused):
    """A line is no JSON object."""

    code = "bad_json"


class CutOff(Refused):
    """The last line of a stream has no end: of what somebody wrote, a part may be missing."""

    code = "cut_off"


class NewBookMissing(Refused):
    """A log makes a new book, and that wants a name."""

    code = "new_book_missing"


class EntryMissing(Refused):
    """An entry must be named by its number."""

    code = "entry_missing"


class NoAccounts(Refused):
    """Nobody has an account to be handed out."""

    code = "no_accounts"


class NoReceipt(Refused):
    """An entry with which neither goods nor money moved has no receipt."""

    code = "no_receipt"


class TwoNames(Refused):
    """Two customers are wanted, and where one name ends and the other begins cannot be told."""

    code = "two_names"


class WordsApart(Refused):
    """The words of a name stand on both sides of an option: one of them may belong to the option."""

    code = "words_apart"


def broken_at(entry: int | None) -> dict[str, object]:
    """Where a file is broken, as facts of a refusal: at an entry, or as a whole."""
    return {"entry": entry} if entry else {"what": "unreadable"}


class BackupBroken(Refused):
    """The copy does not verify, and so neither does the book: it is not kept."""

    code = "backup_broken"


class CopyBroken(Refused):
    """The copy that was to be restored does not verify."""

    code = "copy_broken"


class OtherBook(Refused):
    """Another shop's book stands where the copy was to go."""

    code = "other_book"


class OtherHistory(Refused):
    """The book and the copy say something else of one entry."""

    code = "other_history"


class NothingToRestore(Refused):
    """The book is whole, and has all that the copy has."""

    code = "nothing_to_restore"


class DamagedHoldsMore(Refused):
    """The damaged book has more entries that hold than the copy has."""

    code = "damaged_holds_more"


class NothingToSalvage(Refused):
    """The book holds, or nothing of it does."""

    code = "nothing_to_salvage"
