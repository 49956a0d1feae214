"""The ways in which evidence can be changed or forged: `TAMPERED`, none of which may hold.

Here is what somebody without the shop's key can change on its way; what the shop itself can forge is in forged.py.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from base64 import b64decode
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from khata.log import note as notes
from khata.log.checkpoint import PROOF
from khata.log.note import VerifierKey
from khata.log.packed import packed
from tests.evidence import forged, made
from tests.evidence.forged import changed, flipped, loose
from tests.evidence.made import (
    ORIGIN,
    RAMESH,
    SALE,
    SHOP,
    STATEMENT,
    THE_BOOK,
    WITNESS,
    Book,
    Key,
    Proof,
    Sample,
    base64,
    hexes,
    proof,
    written,
)

ORDER = 2**252 + 27742317777372353535851937790883648493
"""Of the base point of Ed25519."""

_EIGHTH, _OTHER_EIGHTH = (
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03",
)
SMALL = [
    bytes.fromhex(point)
    for point in (
        "01" + "00" * 31,
        _EIGHTH + "05",
        "00" * 32,
        _OTHER_EIGHTH + "7a",
        "ec" + "ff" * 30 + "7f",
        _OTHER_EIGHTH + "fa",
        "00" * 31 + "80",
        _EIGHTH + "85",
    )
]
"""The points of a small order, encoded: each is the one before it and the second of them, added."""


def with_signatures(text: str, *lines: str) -> str:
    return "\n".join((text, "".join(lines)))


def said(key: Key | VerifierKey, blob: bytes) -> str:
    """A line of a signature, whatever it says."""
    own = key.key if isinstance(key, Key) else key
    return notes.NoteSignature(own.name, own.id, blob).line()


def weak(texts: Sequence[str]) -> Iterator[tuple[str, VerifierKey, bytes]]:
    """Each key of a small order, and a signature that holds for it over one of some texts, though nobody signed it."""
    for at, public in enumerate(SMALL):
        for text, (back, point) in product(texts, enumerate(SMALL)):
            hashed = hashlib.sha512(point + public + text.encode()).digest()
            # With s = 0 the point of a signature is what the key adds, times the hash, taken away.
            if (int.from_bytes(hashed, "little") % ORDER * at + back) % 8 == 0:
                yield text, VerifierKey(ORIGIN, notes.ED25519, public), point + bytes(32)
                break


def _notes() -> Iterator[tuple[str, str]]:
    """What stands in the place of the checkpoint of `SALE`, to be checked with the shop's key."""
    text, note = SALE.checkpoint, SALE.note()
    root, signature = text.split("\n")[2], note.split(" ")[-1].rstrip("\n")
    blob = b64decode(signature)[4:]
    higher = blob[:32] + (int.from_bytes(blob[32:], "little") + ORDER).to_bytes(32, "little")
    yield "the size changed", changed(note, "\n13\n", "\n14\n")
    yield "the root changed", changed(note, root, flipped(root))
    yield "of another book", changed(note, ORIGIN, made.OTHER_BOOK.key.name)
    yield "a signature changed", changed(note, signature, flipped(signature))
    yield "a signature in loose base64", changed(note, signature, loose(signature))
    yield "a signature without its padding", changed(note, signature, signature.rstrip("="))
    yield "signed by another key of that name", with_signatures(text, made.OTHER_KEY.line(text))
    yield "signed by another key as if by this", with_signatures(text, said(SHOP, made.OTHER_KEY.sign(text.encode())))
    yield "its key along, and no signature of it", with_signatures(text, made.INTRODUCED.line(text))
    yield "signed as a witness signs", with_signatures(text, Key(ORIGIN, notes.COSIGNATURE).line(text))
    yield "s above the order", with_signatures(text, said(SHOP, higher))
    yield "bytes before the signature", with_signatures(text, said(SHOP, bytes(8) + blob))
    yield "bytes after the signature", with_signatures(text, said(SHOP, blob + bytes(8)))
    yield "two signatures, the second false", note + said(SHOP, higher)
    yield "two signatures, the first false", with_signatures(text, said(SHOP, higher), SHOP.line(text))
    yield "no signature", with_signatures(text)
    yield "no dash", changed(note, "\u2014 ", "- ")
    yield "a signature with a word too many", note + "\u2014 stranger AAAAAAA= more\n"
    yield "a stranger without a dash", note + "- stranger AAAAAAA=\n"
    yield "no line end", note[:-1]
    yield "another sign for the line end", note[:-1] + "x"
    yield "a line more", note + "more\n"
    yield "an empty line more", note + "\n"
    yield "two empty lines", changed(note, "\n\n", "\n\n\n")
    yield "other line ends", note.replace("\n", "\r\n")
    yield "a bell in a name", note + "\u2014 be\x07ll AAAAAAA=\n"
    yield "a plus in a name", note + "\u2014 one+two AAAAAAA=\n"
    yield "a signature of nothing", note + "\u2014 name \n"
    for name, size in (("zero before it", "013"), ("a sign", "+13"), ("other digits", "1३"), ("nothing", "")):
        other = changed(text, "\n13\n", f"\n{size}\n")
        yield f"a size with {name}", with_signatures(other, SHOP.line(other))
    huge = changed(text, "\n13\n", f"\n{10**16}\n")
    yield "a size that no book has", with_signatures(huge, SHOP.line(huge))
    yield "an extension line", with_signatures(text + "more\n", SHOP.line(text + "more\n"))
    for name, of in (
        ("31 bytes", base64(bytes(31))),
        ("33 bytes", base64(bytes(33))),
        ("loose base64", loose(root)),
        ("hex", b64decode(root).hex()),
    ):
        other = changed(text, root, of)
        yield f"a root in {name}", with_signatures(other, SHOP.line(other))


def _keys() -> Iterator[Sample]:
    """Keys with which `SALE` must not hold, or no checkpoint may."""
    text = SALE.checkpoint
    witnessed = replace(SALE, signers=(SHOP, WITNESS))
    seen = with_signatures(text, SHOP.line(text), WITNESS.line(text))
    blob = b64decode(WITNESS.line(text).split(" ")[-1])[4:]
    yield Sample("not signed by the key that was given", (SALE.text(),), (str(made.OTHER_KEY),))
    yield Sample("the key of another book", (SALE.text(),), (str(made.OTHER_BOOK),))
    yield Sample("one of two keys is of another book", (SALE.text(),), (str(SHOP), str(made.OTHER_BOOK)))
    yield Sample("a mistake in the id of the key", (SALE.text(),), (changed(str(SHOP), str(SHOP)[39:47], "0" * 8),))
    yield Sample("a mistake in the key", (SALE.text(),), (str(SHOP)[:-1] + "B",))
    yield Sample("not a key", (SALE.text(),), ("khata/key",))
    as_if = with_signatures(text, said(SHOP, made.OTHER_KEY.sign(text.encode())))
    mixed = str(made.OTHER_KEY).replace(made.OTHER_KEY.key.id.hex(), SHOP.key.id.hex())
    yield Sample("a key with the id of another", (as_if,), (mixed,))
    both = with_signatures(text, SHOP.line(text), made.OTHER_BOOK.line(text))
    yield Sample("the key of another book, which has signed it", (both,), (str(made.OTHER_BOOK),))
    for kind, strange, line in _strangers(text):
        note = with_signatures(text, SHOP.line(text), line)
        yield Sample(f"a key of kind {kind}, which has signed it", (note,), (strange,))
        yield Sample(f"the file's own key is of kind {kind}", (with_note(replace(SALE, key=strange), note),))
    yield Sample("a key of another kind", (SALE.text(),), (str(VerifierKey(ORIGIN, notes.ML_DSA_44, bytes(1312))),))
    yield Sample("the file's own key is another", (replace(SALE, key=str(made.OTHER_KEY)).text(),))
    yield Sample("the file's own key is a witness's", (replace(witnessed, key=str(WITNESS)).text(),))
    yield Sample("the file's own key has a mistake", (replace(SALE, key=changed(str(SHOP), "+a", "+b")).text(),))
    yield Sample("no witness", (SALE.text(),), (str(SHOP), str(WITNESS)))
    yield Sample("another witness", (witnessed.text(),), (str(SHOP), str(made.OTHER_WITNESS)))
    yield Sample("no key for a checkpoint", (made.CHECKPOINT,))
    for name, other in (
        ("at another time", (made.SEEN + 1).to_bytes(8, "big") + blob[8:]),
        ("over nothing but the text", bytes(8) + WITNESS.sign(text.encode())),
        ("with a byte before the time", bytes(1) + blob),
        ("without a time", WITNESS.sign(witnessed_text(text))),
        ("changed", blob[:-40] + bytes([blob[-40] ^ 1]) + blob[-39:]),
    ):
        note = with_signatures(text, SHOP.line(text), said(WITNESS, other))
        yield Sample(f"a witness {name}", (with_note(SALE, note),), (str(SHOP), str(WITNESS)))
    loosely = WITNESS.line(text).replace(made.base64(WITNESS.key.id + blob), loose(made.base64(WITNESS.key.id + blob)))
    yield Sample("a witness in loose base64", (with_note(SALE, seen + loosely),), (str(WITNESS),))
    elsewhere = changed(text, ORIGIN, "example.com/log")
    yield Sample("a witness of another log", (with_signatures(elsewhere, WITNESS.line(elsewhere)),), (str(WITNESS),))
    for name, at in (("left", 1 << 62), ("of four digits", 260_000_000_000)):
        late = WITNESS.line(text, at)
        yield Sample(f"seen when there are no years {name}", (with_note(SALE, seen + late),), (str(WITNESS),))
    for short, key, signature in weak([proof(THE_BOOK, PROOF, [1], size=size).checkpoint for size in range(1, 14)]):
        note = with_signatures(short, said(key, signature))
        yield Sample(f"a key that signs anything, {key.public[:1].hex()}{key.public[31:].hex()}", (note,), (str(key),))
    for name, origin in (("another log", "example.com/log"), ("a book in capitals", ORIGIN.upper())):
        log, strange = Key(origin), changed(text, ORIGIN, origin)
        note = with_signatures(strange, log.line(strange))
        yield Sample(f"the checkpoint of {name}", (note,), (str(log),))
        yield Sample(f"a proof in {name}", (with_note(replace(SALE, key=str(log)), note),))


def _strangers(text: str) -> Iterator[tuple[int, str, str]]:
    """Keys of kinds that nobody has, and their signatures as such keys might make them."""
    for kind, name in ((0, ORIGIN), (2, ORIGIN), (5, "ca")):
        blob = bytes([kind]) + SHOP.key.public
        mark = hashlib.sha256(f"{name}\n".encode() + blob).digest()[:4]
        signed = SHOP.sign(text.encode()) if name == ORIGIN else bytes(8) + SHOP.sign(witnessed_text(text))
        yield kind, f"{name}+{mark.hex()}+{base64(blob)}", f"\u2014 {name} {base64(mark + signed)}\n"


def witnessed_text(text: str) -> bytes:
    """What a witness signs at the beginning of time."""
    return f"cosignature/v1\ntime 0\n{text}".encode()


def with_note(of: Proof, note: str) -> str:
    return of.text().removesuffix(of.note()) + note


def _entries() -> Iterator[tuple[str, str]]:
    """Proofs of an entry, changed."""
    kept, text = SALE, SALE.text()
    extra = base64(SALE.excerpt().encode())
    yield "another amount", replace(kept, bodies=(kept.bodies[0], changed(kept.bodies[1], "45000", "45001"))).text()
    yield "another index", replace(kept, index="3").text()
    yield "the index of its customer's entry", replace(kept, index="1").text()
    yield "an index with a zero before it", changed(text, "index 2", "index 02")
    yield "another word before the index", changed(text, "index ", "place ")
    yield "another word before the excerpt", changed(text, "extra ", "other ")
    yield "another sign at its end", changed(text, extra, base64(kept.excerpt().encode()[:-1] + b"x"))
    yield "no index", changed(text, "index 2\n", "")
    yield "no path", replace(kept, path=()).text()
    yield "half a path", replace(kept, path=kept.path[:-1]).text()
    yield "more than a path", replace(kept, path=(*kept.path, kept.path[0])).text()
    yield "a path in a book of one entry", replace(proof(THE_BOOK, PROOF, [1], size=1), path=kept.path[:1]).text()
    yield "a path from above", replace(kept, path=kept.path[::-1]).text()
    yield "a path changed", replace(kept, path=(flipped(kept.path[0]), *kept.path[1:])).text()
    yield "a path in loose base64", replace(kept, path=(loose(kept.path[0]), *kept.path[1:])).text()
    yield "a path of 31 bytes", replace(kept, path=(base64(bytes(31)), *kept.path[1:])).text()
    yield "no excerpt", changed(text, f"extra {extra}\n", "")
    yield (
        "an excerpt in loose base64",
        changed(text, extra, loose(extra)) if "=" in extra else changed(text, extra, "A"),
    )
    yield "an excerpt that is no text", changed(text, extra, base64(b"\xff" * 9))
    yield "an excerpt with another end", changed(text, extra, base64(kept.excerpt().encode()[:-1]))
    yield "an excerpt with an empty line", changed(text, extra, base64(kept.excerpt().encode() + b"\n"))
    yield "its customer is not there", proof(THE_BOOK, PROOF, [3]).text()
    yield "another customer is there", proof(THE_BOOK, PROOF, [3, 5]).text()
    yield "another customer is there too", proof(THE_BOOK, PROOF, [3, 2, 5]).text()
    yield "another entry of the customer is there too", proof(THE_BOOK, PROOF, [3, 2, 7]).text()
    yield "an entry of nobody is there too", proof(THE_BOOK, PROOF, [3, 2, 4]).text()
    yield "a customer of an entry of nobody", proof(THE_BOOK, PROOF, [4, 2]).text()
    yield "what is cancelled is not there", proof(THE_BOOK, PROOF, [8, 2]).text()
    yield "what is cancelled is not there, nor whose it was", proof(THE_BOOK, PROOF, [8]).text()
    yield "another entry in the place of what is cancelled", proof(THE_BOOK, PROOF, [8, 7, 2]).text()
    yield "whose it was is not there", proof(THE_BOOK, PROOF, [8, 3]).text()
    yield "the customer of somebody else's entry", replace(made.REVERSAL, index="1").text()
    yield "a statement in its place", changed(text, PROOF, STATEMENT)
    yield "another version", changed(text, PROOF, PROOF[:-1] + "2")


def _of_any(kept: Proof) -> Iterator[tuple[str, str | bytes]]:
    """What can be changed in any proof."""
    text = kept.text()
    yield "nothing after the first line", text.split("\n")[0] + "\n"
    yield "nothing before the checkpoint", "\n\n" + kept.note()
    yield "cut in the middle", text[: len(text) // 2]
    yield "in UTF-16", text.encode("utf-16")
    yield "with a mark at its beginning", "\ufeff" + text
    yield "no kind of proof that there is", "khata/note-proof@v1\n" + text.split("\n", 1)[1]
    yield "a key that is none", replace(kept, key="khata/key").text()
    yield from _excerpts(kept)


def _excerpts(kept: Proof) -> Iterator[tuple[str, str]]:
    """What can be changed in the excerpt of any proof."""
    yield "a part changed", replace(kept, parts=(flipped(kept.parts[0]), *kept.parts[1:])).text()
    yield "a part missing", replace(kept, parts=kept.parts[:-1]).text()
    yield "no parts", replace(kept, parts=()).text()
    yield "a part too many", replace(kept, parts=(*kept.parts, kept.parts[0])).text()
    yield "parts in another order", replace(kept, parts=(kept.parts[1], kept.parts[0], *kept.parts[2:])).text()
    yield "a part in loose base64", replace(kept, parts=(loose(kept.parts[0]), *kept.parts[1:])).text()
    yield "a part of 33 bytes", replace(kept, parts=(base64(bytes(33)), *kept.parts[1:])).text()
    yield "a part twice as long", replace(kept, parts=(base64(bytes(64)), *kept.parts[1:])).text()
    yield "no entry", replace(kept, bodies=()).text()
    yield "an entry twice", replace(kept, bodies=(kept.bodies[0], *kept.bodies)).text()
    yield "an entry less", replace(kept, bodies=kept.bodies[1:]).text()
    yield "a space in an entry", replace(kept, bodies=(changed(kept.bodies[0], ":", ": "), *kept.bodies[1:])).text()
    yield "no key", changed_excerpt(kept, f"key {kept.key}\n", "")
    yield "no word before the parts", changed_excerpt(kept, "\nparts\n", "\n")
    yield "another word before the key", changed_excerpt(kept, "key ", "yek ")
    yield "something before the key", changed_excerpt(kept, "key ", "\nkey ")
    if not kept.details:
        yield "words of an entry that is not there", replace(kept, details=(THE_BOOK.details[5],)).text()
        return
    first, *others = kept.details
    yield "words changed", replace(kept, details=(changed(first, "Ramesh", "Rameshh"), *others)).text()
    yield "the salt changed", replace(kept, details=(changed(first, '"salt":"', '"salt":"0')[:-1], *others)).text()
    yield "another salt", replace(kept, details=(changed(first, hexes(("salt", 2), 32), "0" * 32), *others)).text()
    yield "words twice", replace(kept, details=(first, *kept.details)).text()
    yield "words in another order", replace(kept, details=kept.details[::-1]).text()
    yield "words before entries", replace(kept, bodies=(first, *kept.bodies), details=tuple(others)).text()
    yield "words spelt in another way", replace(kept, details=(changed(first, "रमेश", "\\u0930मेश"), *others)).text()
    yield "words of another form", replace(kept, details=(first[:-1] + ',"form":0}', *others)).text()
    yield (
        "words of another entry",
        replace(kept, details=(changed(first, '"entry":2', '"entry":3'), *others[1:])).text(),
    )
    yield "words of an entry that is not there", replace(kept, details=(*kept.details, THE_BOOK.details[11])).text()
    yield "entries in another order", replace(kept, bodies=kept.bodies[::-1]).text()


def changed_excerpt(kept: Proof, old: str, new: str) -> str:
    """The text of a proof in whose excerpt one place was changed."""
    other = changed(kept.excerpt(), old, new)
    if kept.first == PROOF:
        return changed(kept.text(), base64(kept.excerpt().encode()), base64(other.encode()))
    return changed(kept.text(), old, new)


def _books() -> Iterator[Sample]:
    text, bodies = made.lines_of(THE_BOOK), THE_BOOK.bodies
    other = Book([*bodies[:12], written(json.loads(bodies[12]) | {"by": "ffffffff"})], THE_BOOK.details)
    for name, lines in (
        ("a byte changed", changed(text, "45000", "45001")),
        ("an entry less in the middle", changed(text, bodies[5] + "\n", "")),
        ("an entry less at the end", changed(text, bodies[12] + "\n", "")),
        ("an entry less at the beginning", changed(text, bodies[0] + "\n", "")),
        ("two entries in another order", changed(text, f"{bodies[3]}\n{bodies[4]}", f"{bodies[4]}\n{bodies[3]}")),
        ("another head", changed(text, THE_BOOK.prev(), hexes("head", 64))),
        ("another size", changed(text, '"size":13', '"size":12')),
        ("a line more", text + "\n"),
        ("no last line", text[: text.rindex("{")]),
        ("a space in the last line", changed(text, '"head":"', '"head": "')),
        ("no line end", text[:-1]),
        ("other line ends", text.replace("\n", "\r\n")),
        ("words changed", changed(text, "Ramesh", "Rameshh")),
        ("words twice", changed(text, THE_BOOK.details[11], f"{THE_BOOK.details[11]}\n{THE_BOOK.details[11]}")),
        ("words in another order", lines_with(THE_BOOK, [2, 1])),
        ("words of an entry that has none", changed(text, '{"entry":3,', '{"entry":4,')),
        ("words of a form that is not known", changed(text, '"}\n{"head"', '","form":1}\n{"head"')),
        ("a first entry that follows another", made.lines_of(Book([changed(bodies[0], "0" * 64, hexes(0, 64))]))),
    ):
        yield Sample(f"a book, {name}", (lines,))
    yield Sample("a book, words that are a list", (made.lines_of(forged.with_words('["Ramesh"]')),))
    yield Sample("a book, and a key without a checkpoint", (text,), (str(SHOP),))
    longer = SALE.checkpoint
    yield Sample(
        "another book of that name against a checkpoint", (made.lines_of(other), made.CHECKPOINT), (str(SHOP),)
    )
    yield Sample(
        "a book against a longer checkpoint", (made.lines_of(Book(bodies[:12])), made.CHECKPOINT), (str(SHOP),)
    )
    strange = changed(longer, ORIGIN, made.OTHER_BOOK.key.name)
    signed = with_signatures(strange, made.OTHER_BOOK.line(strange))
    yield Sample("a book against the checkpoint of another", (text, signed), (str(made.OTHER_BOOK),))
    false = changed(made.CHECKPOINT, longer.split("\n")[2], flipped(longer.split("\n")[2]))
    yield Sample("a book against another root", (text, false))
    yield Sample(
        "a book against a false checkpoint", (text, with_signatures(longer, said(SHOP, bytes(64)))), (str(SHOP),)
    )
    yield Sample("a book against a proof", (text, SALE.text()), (str(SHOP),))
    yield Sample("a book against two", (text, made.CHECKPOINT, made.CHECKPOINT), (str(SHOP),))
    yield Sample("a proof against a checkpoint", (SALE.text(), made.CHECKPOINT), (str(SHOP),))
    gap = changed(made.lines_of(Book(bodies[:6])), bodies[4] + "\n", "")
    yield Sample(
        "a book with a gap after the checkpoint",
        (gap, proof(THE_BOOK, PROOF, [1], size=3).note()),
        (str(SHOP),),
    )


def lines_with(book: Book, order: Sequence[int]) -> str:
    """A book as lines, with the details of some entries in that order."""
    details = {number: book.details[seq] for number, seq in enumerate(order)}
    return made.lines_of(Book(book.bodies, details))


def _tampered() -> Iterator[Sample]:
    for name, note in _notes():
        yield Sample(f"a checkpoint, {name}", (note,), (str(SHOP),))
        yield Sample(f"a sale, {name}", (with_note(SALE, note),), (str(SHOP),))
        yield Sample(f"a sale and its own key, {name}", (with_note(SALE, note),))
    yield from _keys()
    for kind, texts in (
        ("an entry", _entries()),
        ("the shop's own", forged.entries()),
        ("a statement", forged.statements()),
        ("a balance", forged.seals()),
        ("an entry", _of_any(SALE)),
        ("a statement", _of_any(RAMESH)),
        ("a balance", _of_any(made.OWES)),
    ):
        for name, text in texts:
            yield Sample(f"{kind}, {name}", (text,))
            yield Sample(f"{kind}, {name}, the shop's key", (text,), (str(SHOP),))
    for name, content in _packed():
        yield Sample(f"packed, {name}", (content,), (str(SHOP),))
    yield from _books()
    yield Sample("nothing", ("",))
    yield Sample("no text", (bytes(range(256)),))
    yield Sample("something else", ("<html></html>\n",))
    yield Sample("no file", ())


def _packed() -> Iterator[tuple[str, bytes]]:
    """Files that are packed, changed."""
    whole = packed(made.LARGE.text())
    yield "cut in the middle", whole[: len(whole) // 2]
    yield "without its last byte", whole[:-1]
    yield "a bit changed in the middle", bytes([*whole[:1000], whole[1000] ^ 1, *whole[1001:]])
    yield "a bit changed in its sum", bytes([*whole[:-8], whole[-8] ^ 1, *whole[-7:]])
    yield "something after its end", whole + b"x"
    yield "twice", gzip.compress(whole)
    yield "another balance", gzip.compress(made.LARGE.text().replace("125000", "12500").encode())
    yield "its first bytes alone", whole[:2]
    yield "more than a proof may have", gzip.compress(made.LARGE.text().encode() + b"\n" * (3 << 20))


TAMPERED = list(_tampered())
