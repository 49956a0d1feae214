"""What only the shop could forge: it has the key, and signs what no khata would have written.

It is the shop that a customer wants to be safe from. A proof may show that it lied; it may not be read in two ways.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from khata.events import codec
from khata.log.checkpoint import PROOF
from tests.evidence.made import (
    BALANCE,
    BALANCES,
    OWES,
    RAMESH,
    STATEMENT,
    THE_BOOK,
    Book,
    balance_proof,
    base64,
    compact,
    envelope,
    hexes,
    proof,
    sealed,
    written,
)


def changed(text: str, old: str, new: str) -> str:
    """A text with one place changed, which must be there: else a good sample would stand among these."""
    assert old in text, old
    return text.replace(old, new, 1)


def flipped(text: str) -> str:
    """Base64 of as many bytes, of which one differs."""
    blob = bytearray(b64decode(text))
    blob[len(blob) // 2] ^= 1
    return base64(bytes(blob))


def loose(text: str) -> str:
    """The same bytes in base64, with a bit set where nothing stands."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    bare = text.rstrip("=")
    found = bare[:-1] + letters[letters.index(bare[-1]) + 1] + text[len(bare) :]
    assert b64decode(found) == b64decode(text)
    return found


def forged(bodies: Sequence[str], first: str = PROOF, shown: Sequence[int] = (3, 2), **more: Any) -> str:
    """A proof that the shop makes of the first two entries of its book and others that no khata would have written."""
    book = Book([*THE_BOOK.bodies[:2], *bodies], {2: THE_BOOK.details[2]} | more.pop("details", {}))
    return replace(proof(book, first, shown), **more).text()


def sale(**changes: Any) -> dict[str, Any]:
    """The third entry with other facts, in its place."""
    book = Book(THE_BOOK.bodies[:2])
    return envelope(book, "sale_recorded", {"amount_paise": 45000, "party": 1} | changes)


def with_words(text: str, salt: bytes = bytes(16)) -> Book:
    """Two entries, of which the second has words that are committed to as they must be."""
    added = json.loads(THE_BOOK.bodies[1]) | {"data": {"detail": codec.commitment(salt, text.encode()), "party": 1}}
    words = compact({"entry": 2, "salt": salt.hex(), "body": text})
    return Book([THE_BOOK.bodies[0], written(added)], {2: words})


def entries() -> Iterator[tuple[str, str]]:
    """Entries that the shop signed, and that stand in no canonical form or in another's place."""
    plain = written(sale())
    for name, body in (
        ("a space", changed(plain, ",", ", ")),
        ("a key twice", changed(plain, '"kind":', '"kind":"payment_received","kind":')),
        ("keys in another order", changed(plain, '"@v":1,"at":"2026-11-22T04:30:00.000000Z"', '"at":"","@v":1')),
        ("a fraction", changed(plain, "45000", "45000.5")),
        ("an exponent", changed(plain, "45000", "1e5")),
        ("a null", changed(plain, '"party":1', '"party":1,"ref":null')),
        ("a number that not every reader holds", changed(plain, "45000", str(2**53))),
        ("minus zero", changed(plain, "45000", "-0")),
        ("a letter that is escaped", changed(plain, "sale_", "s\\u0061le_")),
        ("half a letter", changed(plain, "sale_", "\\ud800sale_")),
        ("a key that is not ASCII", written(sale(x_é=1))),
        ("nine levels", written(sale(x_={"x_": {"x_": {"x_": {"x_": {"x_": {"x_": {}}}}}}}))),
        ("a list of nine levels", written(sale(x_=[[[[[[[1]]]]]]]))),
        ("more than 65,535 bytes", written(sale(x_="x" * 65535))),
        ("no number", changed(plain, '"@seq":3', '"@seq":true')),
        ("the number of another", changed(plain, '"@seq":3', '"@seq":4')),
        ("not a number", changed(plain, '"@seq":3', '"@seq":"3"')),
        ("no kind", written({key: value for key, value in sale().items() if key != "kind"})),
        ("a kind that is no text", written(sale() | {"kind": 7})),
        ("no facts", written(sale() | {"data": [1]})),
        ("another amount than a number", written(sale(amount_paise="45000"))),
        ("an amount of true", written(sale(amount_paise=True))),
        ("a fraction where nobody looks", written(sale(x_=1)).replace('"x_":1', '"x_":1.5')),
        ("half a letter where nobody looks", written(sale(x_="?")).replace("?", "\\ud800")),
        ("a list for a day", written(sale() | {"on": ["2026-11-22"]})),
        ("a list for a kind", written(sale() | {"kind": ["sale_recorded"]})),
        ("a kind of two lines", written(sale() | {"kind": "sale\n"})),
        ("a kind that says more", written(sale() | {"kind": "sale, paid in full"})),
        ("no day", written(sale() | {"on": "2026-11-22, paid in full"})),
        ("a link to nowhere", written(sale() | {"@prev": "0" * 64})),
        ("a list", "[" + plain + "]"),
    ):
        yield f"an entry with {name}", forged([body])
    for name, entry in (("itself", 3), ("what moved no money", 2), ("true", True)):
        cancels = envelope(Book(THE_BOOK.bodies[:2]), "entry_reversed", {"entry": entry})
        yield f"an entry that cancels {name}", forged([written(cancels)])
    customer = written(json.loads(THE_BOOK.bodies[1]) | {"data": {"party": "one"}})
    strange = Book([THE_BOOK.bodies[0], customer])
    begun = Book([changed(THE_BOOK.bodies[0], "0" * 64, hexes(0, 64))])
    yield "a first entry that follows another", proof(begun, PROOF, [1]).text()
    yield "no facts at all", forged([written(sale() | {"data": []})], shown=(3,))
    nobody = Book([THE_BOOK.bodies[0], written(json.loads(THE_BOOK.bodies[1]) | {"data": {}})])
    yield "a customer who is nobody", proof(nobody, PROOF, [2]).text()
    yield "a customer without a number", proof(strange, PROOF, [2]).text()
    later = Book([*THE_BOOK.bodies[:2], written(sale(amount_paise=0))])
    yield "an amount to no known side", forged([written(sale(side="sideways"))])
    yield "an amount to two sides", forged([written(sale(side=["to", "from"]))])
    ahead = written(envelope(Book(THE_BOOK.bodies[:2]), "entry_reversed", {"entry": 4}))
    then = written(envelope(Book([*THE_BOOK.bodies[:2], ahead]), "sale_recorded", {"amount_paise": 5, "party": 1}))
    yield "an entry that cancels a later one", forged([ahead, then], shown=(3, 4, 2))
    yield "an amount of nothing", proof(later, PROOF, [3, 2]).text()
    for name, text in (
        ("a space", '{"name": "Ramesh"}'),
        ("a list", '["Ramesh"]'),
        ("a name of two", '{"name":["a","b"]}'),
    ):
        yield f"words with {name}", proof(with_words(text), PROOF, [2]).text()
    for length in (15, 17):
        yield (
            f"words with a salt of {length} bytes",
            proof(with_words('{"name":"A"}', bytes(length)), PROOF, [2]).text(),
        )
    yield "a statement of nobody", proof(THE_BOOK, STATEMENT, [4]).text()


def statements() -> Iterator[tuple[str, str]]:
    early = proof(THE_BOOK, STATEMENT, [2, 3], size=6)
    yield "an entry after the checkpoint", replace(early, bodies=(*early.bodies, THE_BOOK.bodies[6])).text()
    later = proof(THE_BOOK, STATEMENT, [2, 3, 7], size=7)
    yield "an entry right after the checkpoint", replace(later, bodies=(*later.bodies, THE_BOOK.bodies[7])).text()
    yield "no customer", proof(THE_BOOK, STATEMENT, [3, 7]).text()
    yield "another customer", proof(THE_BOOK, STATEMENT, [5, 3, 7]).text()
    yield "an entry of another customer", proof(THE_BOOK, STATEMENT, [2, 3, 6]).text()
    yield "an entry of nobody", proof(THE_BOOK, STATEMENT, [2, 3, 4]).text()
    yield "what is cancelled is not there", proof(THE_BOOK, STATEMENT, [2, 7, 8]).text()
    twice = written(envelope(Book(THE_BOOK.bodies[:3]), "party_added", {"party": 1}))
    yield "a customer twice", forged([THE_BOOK.bodies[2], twice], STATEMENT, (2, 3, 4))
    yield "a proof of an entry in its place", changed(RAMESH.text(), STATEMENT, PROOF)
    yield "a proof of a balance in its place", changed(RAMESH.text(), STATEMENT, BALANCE)


def seals() -> Iterator[tuple[str, str]]:
    """Balances that do not fit what seals them."""
    text = BALANCES[0]

    def other(
        changes: dict[str, Any], leaves: Sequence[str] = BALANCES, at: int = 0, kind: str = "balances_sealed"
    ) -> str:
        book = Book([*THE_BOOK.bodies[:10]])
        book.bodies.append(written(envelope(book, kind, sealed(leaves) | changes)))
        return balance_proof(book, leaves, at).text()

    def leaf_of(new: str) -> str:
        return other({}, [new, *BALANCES[1:]])

    yield "sealed on another day", other({"as_on": "2026-11-20"})
    yield "sealed by another kind", other({}, kind="balances_drawn")
    nowhere = [changed(text, "2026-11-21", "tomorrow"), *BALANCES[1:]]
    yield "sealed on no day", other({"as_on": "tomorrow"}, nowhere)
    two, book = BALANCES[:2], Book([*THE_BOOK.bodies[:10]])
    book.bodies.append(written(envelope(book, "balances_sealed", sealed(two))))
    beyond = replace(balance_proof(book, two, 0), index="2", path=(base64(bytes.fromhex(sealed(two)["root"])),))
    yield "the place after that of the last", replace(balance_proof(book, two, 1), index="2").text()
    yield "a place outside a tree of two, and the root as its path", beyond.text()
    yield "more leaves than it has", other({"leaves": 8})
    yield "fewer leaves than it has", other({"leaves": 2})
    yield "leaves that are no number", other({"leaves": True}, BALANCES[:1])
    yield "leaves that are no power of two", other({}, BALANCES[:3])
    yield "another root", other({"root": hexes("root", 64)})
    yield "a root in capitals", other({"root": sealed(BALANCES)["root"].upper()})
    yield "sealed up to true", other({"upto": True}, [changed(text, '"entry":8', '"entry":1'), *BALANCES[1:]])
    yield "sealed before it counts", other({"upto": 7})
    yield "sealed up to an entry to come", other({"upto": 11})
    yield "another balance", replace(OWES, leaf=changed(text, "125000", "125")).text()
    yield "the place of another", replace(OWES, index="1").text()
    yield "a place outside", replace(OWES, index="4").text()
    outside = replace(OWES, index="4", path=(base64(bytes.fromhex(sealed(BALANCES)["root"])),))
    yield "a place outside, and the root as its path", outside.text()
    yield "another word before the place", changed(OWES.text(), "index ", "place ")
    yield "a place with a zero before it", replace(OWES, index="00").text()
    yield "half a path", replace(OWES, path=OWES.path[:1]).text()
    yield "more than a path", replace(OWES, path=(*OWES.path, OWES.path[0])).text()
    yield "a path from above", replace(OWES, path=OWES.path[::-1]).text()
    yield "a path in loose base64", replace(OWES, path=(loose(OWES.path[0]), OWES.path[1])).text()
    yield (
        "another entry is there too",
        replace(proof(THE_BOOK, BALANCE, [10, 11], details=False), leaf=text, index="0", path=OWES.path).text(),
    )
    yield "words are there", replace(OWES, details=(THE_BOOK.details[11],)).text()
    yield "a space in the balance", leaf_of(changed(text, ":", ": "))
    yield "a key more in the balance", leaf_of(changed(text, '"salt"', '"paid":1,"salt"'))
    yield "a key less in the balance", leaf_of(changed(text, '"entry":8,', ""))
    yield "a fraction of a balance", leaf_of(changed(text, "125000", "125000.5"))
    yield "a balance of minus zero", leaf_of(changed(text, "125000", "-0"))
    yield "a balance in words", leaf_of(changed(text, "125000", '"125000"'))
    yield "a balance of true", leaf_of(changed(text, "125000", "true"))
    yield "a balance that not every reader holds", leaf_of(changed(text, "125000", str(2**53)))
    yield "up to no entry", leaf_of(changed(text, '"entry":8', '"entry":true'))
    yield "up to an entry that is not sealed", leaf_of(changed(text, '"entry":8', '"entry":12'))
    yield "of no customer", leaf_of(changed(text, '"party":"', '"party":"0'))
    yield "of a customer in capitals", leaf_of(changed(text, hexes(("id", 2), 32), hexes(("id", 2), 32).upper()))
    yield "with half a salt", leaf_of(changed(text, hexes(2, 64), hexes(2, 32)))
    yield "on no day", leaf_of(changed(text, "2026-11-21", "tomorrow"))
