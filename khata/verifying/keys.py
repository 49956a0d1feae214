"""Which key signs for a book at which of its entries, as the book says it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from khata.events.evidence import KeyLost, KeyRotated, rotation_text
from khata.log.note import Note, NoteError, NoteSignature, VerifierKey, base64, read_key
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.verifying.stored import of_kind
from khata.verifying.tally import KeyChange, Tally


class KeyHistory:
    """The keys of a book, one after the other.

    Args:
        changes: what the book says of them, in any order.
    """

    def __init__(self, changes: Iterable[KeyChange]) -> None:
        self.changes = sorted(changes)

    def at(self, size: int) -> str | None:
        """The verifier key that signs trees of so many entries; "" if the book had one and does not say which.

        None where the book says nothing of keys: then it is whoever's the shop says.
        """
        if not self.changes:
            return None
        key = self.changes[0][1]
        for seq, _, new, _ in self.changes:
            if seq <= size:
                key = new
        return key

    def allowed(self, size: int, own: Sequence[VerifierKey]) -> list[VerifierKey]:
        """The keys whose signature counts under a tree of so many entries; `own` where the book says nothing."""
        said = self.at(size)
        if not said:
            replaced = {new for _, _, new, _ in self.changes}
            return [each for each in own if str(each) not in replaced]
        try:
            return [read_key(said)]
        except NoteError:
            return []

    def all(self) -> list[VerifierKey]:
        """Every key that the book names."""
        found = []
        for text in dict.fromkeys(text for _, old, new, _ in self.changes for text in (old, new) if text):
            try:
                found.append(read_key(text))
            except NoteError:
                continue
        return found


def history_of(pages: ReadOnlyBook, last: int) -> KeyHistory:
    """The keys of a book, as its entries up to one say it."""
    rotated, lost = of_kind(pages, 1, last, KeyRotated), of_kind(pages, 1, last, KeyLost)
    changes: list[KeyChange] = [(seq, event.old, event.new, event.signature) for seq, _, event in rotated]
    return KeyHistory([*changes, *((seq, event.old or "", event.new, "") for seq, _, event in lost)])


def check_keys(tally: Tally, book: str) -> None:
    """Hold each change against the one before it: it names the key that signed until then, and a rotation is signed.

    Args:
        tally: of the whole book.
        book: 32 hex.
    """
    current = ""
    for seq, old, new, signature in sorted(tally.keys):
        if current and old != current:
            tally.fault("chain", seq, "key_not_current")
        elif not _is_a_key(new, book) or (signature and not _is_signed(book, old, new, signature)):
            tally.fault("chain", seq, "key_not_signed")
        current = new


def _is_a_key(text: str, book: str) -> bool:
    try:
        return read_key(text).name == f"khata/{book}"
    except NoteError:
        return False


def _is_signed(book: str, old: str, new: str, signature: str) -> bool:
    try:
        key, blob = read_key(old), base64(signature)
        line = NoteSignature(key.name, blob[:4], blob[4:])
        return Note(rotation_text(book, old, new), (line,)).seen(key) is not None and key.name == f"khata/{book}"
    except NoteError:
        return False
