"""A small book and the evidence that can leave it, by name, and the same in each run.

`GOOD` holds. What does not is in tampered.py.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from khata.events import codec
from khata.events.base import Recorded
from khata.events.registry import KINDS
from khata.log import note as notes
from khata.log.chain import leaf
from khata.log.checkpoint import PROOF, Checkpoint
from khata.log.merkle import inclusion, pruned, root_by_inclusion, root_by_pruned, root_of
from khata.log.note import VerifierKey
from khata.log.packed import packed
from khata.units import At, Day, Seq

Json = dict[str, Any]

BOOK = "2f6a1c0de9b84b7fa3d7e51c9a0836d7"
ORIGIN = f"khata/{BOOK}"
STATEMENT, BALANCE = "khata/statement-proof@v1", "khata/balance-proof@v1"
SEEN = 1_795_809_600
"""An instant at which it is 27 November 2026 in London, and 28 November in India."""


class Key:
    """A private key: what it is called, of which kind, and what it is made from."""

    def __init__(self, name: str, kind: int = notes.ED25519, seed: str = "") -> None:
        self.private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256((seed or name).encode()).digest())
        self.key = VerifierKey(name, kind, self.private.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)

    def line(self, text: str, at: int = SEEN) -> str:
        """Its signature under a text."""
        return notes.sign(text, self, at).line()

    def __str__(self) -> str:
        return str(self.key)


SHOP = Key(ORIGIN)
WITNESS = Key("mehta-ca", notes.COSIGNATURE)
OTHER_WITNESS = Key("gupta-ca", notes.COSIGNATURE)
INTRODUCED = Key(ORIGIN, notes.WITH_ITS_KEY)
OTHER_KEY = Key(ORIGIN, seed="of somebody else, by the same name")
OTHER_BOOK = Key("khata/" + "ab" * 16)


def hexes(of: object, length: int) -> str:
    return hashlib.sha256(str(of).encode()).hexdigest()[:length]


def base64(blob: bytes) -> str:
    return b64encode(blob).decode()


def compact(value: Any) -> str:
    """JSON as khata writes it; nothing is sorted."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@dataclass
class Book:
    """Bodies and details as they are written, without a disk."""

    bodies: list[str] = field(default_factory=list)
    details: dict[int, str] = field(default_factory=dict)
    openings: dict[int, tuple[str, str]] = field(default_factory=dict)

    @property
    def leaves(self) -> list[bytes]:
        return [leaf(body.encode()) for body in self.bodies]

    def prev(self) -> str:
        return self.leaves[-1].hex() if self.bodies else "0" * 64

    def add(self, kind: str, data: Json, words: Json | str | None = None, on: str = "2026-11-22", v: int = 1) -> None:
        """The next entry. A kind that khata knows is written by khata; another one in the same way."""
        seq = len(self.bodies) + 1
        if words is not None:
            text = words if isinstance(words, str) else codec.detail_body(words).decode()
            salt = hexes(("salt", seq), 32)
            data = data | {"detail": codec.commitment(bytes.fromhex(salt), text.encode())}
            self.details[seq] = compact({"entry": seq, "salt": salt, "body": text})
        if (kind, v) in KINDS:
            event = codec._event(kind, v, data, later=False)
            recorded = Recorded(
                Seq(seq), At("2026-11-22T04:30:00.000000Z"), Day(on), "c0ffee00", hexes(("id", seq), 32), event
            )
            body = codec.encode(recorded, self.prev()).decode()
        else:
            body = written(envelope(self, kind, data) | {"on": on, "v": v})
        self.bodies.append(body)


def envelope(book: Book, kind: str, data: Json) -> Json:
    """What stands around the facts of the next entry of a book."""
    seq = len(book.bodies) + 1
    return {
        "@prev": book.prev(),
        "@seq": seq,
        "@v": 1,
        "at": "2026-11-22T04:30:00.000000Z",
        "by": "c0ffee00",
        "data": data,
        "id": hexes(("id", seq), 32),
        "kind": kind,
        "on": "2026-11-22",
        "v": 1,
    }


def written(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def party_id(book: Book, seq: int) -> str:
    return str(json.loads(book.bodies[seq - 1])["id"])


def balance_text(book: Book, seq: int, paise: int) -> str:
    """The leaf of the customer whom an entry declares."""
    return written(
        {
            "as_on": "2026-11-21",
            "balance_paise": paise,
            "entry": 8,
            "party": party_id(book, seq),
            "salt": hexes(seq, 64),
        }
    )


def day_of_business() -> Book:
    """Two customers and the counter, on one day; the balances are sealed in entry 11, and two entries follow."""
    book = Book()
    opened = {"book": BOOK, "counter": "c0ffee00", "shop": "Sharma Kirana Store", "lang": "hi", "currency": "INR"}
    book.add("book_opened", opened | {"zone": "+05:30", "min_reader": 1, "min_writer": 1}, {"counter": "Raju"})
    book.add("party_added", {"party": 1}, {"aliases": ["रमेश"], "name": "Ramesh Kumar"})
    paid = [{"amount_paise": 20000, "mode": "upi"}]
    book.add("sale_recorded", {"amount_paise": 45000, "paid": paid, "party": 1}, {"note": 'उधार, "कल" \u2028\\'})
    book.add("sale_recorded", {"amount_paise": 9950, "paid": [{"amount_paise": 9950, "mode": "cash"}]})
    book.add("party_added", {"party": 2}, {"name": "सीता देवी"}, on="2026-11-21")
    book.add("sale_recorded", {"amount_paise": 123456700, "party": 2}, on="2026-11-21")
    book.add("payment_received", {"amount_paise": 10000, "discount_paise": 500, "mode": "cash", "party": 1})
    book.add("entry_reversed", {"entry": 3}, {"reason": "typed twice"})
    book.add("entry_reversed", {"entry": 4})
    book.add("opening_recorded", {"amount_paise": 5, "party": 2, "side": "give"})
    book.add("balances_sealed", sealed(balances(book)), "{}")
    book.add("money_refunded", {"amount_paise": 100000, "mode": "bank", "party": 2}, on="2026-11-23")
    book.add("party_added", {"party": 3})
    return book


def balances(book: Book) -> list[str]:
    """Leaves of a tree over balances: what one owes, what one is owed, and two that fill it up."""
    return [balance_text(book, 2, 125000), balance_text(book, 5, -5), balance_text(book, 1, 0), "filled up"]


def sealed(leaves: Sequence[str]) -> Json:
    """The data of the entry that seals balances."""
    made = root_of([leaf(text.encode()) for text in leaves])
    return {"as_on": "2026-11-21", "leaves": len(leaves), "root": made.hex(), "upto": 10}


def checkpoint_text(leaves: Sequence[bytes], origin: str = ORIGIN) -> str:
    return Checkpoint(origin, len(leaves), root_of(leaves)).text()


@dataclass(frozen=True)
class Proof:
    """A proof in its parts, before it is a text; `signers` sign the checkpoint as it is then."""

    first: str
    bodies: tuple[str, ...]
    parts: tuple[str, ...]
    checkpoint: str
    details: tuple[str, ...] = ()
    key: str = str(SHOP)
    index: str = ""
    path: tuple[str, ...] = ()
    leaf: str = ""
    signers: tuple[Key, ...] = (SHOP,)

    def excerpt(self) -> str:
        lines = [f"key {self.key}", *self.bodies, *self.details, "parts", *self.parts]
        return "".join(f"{line}\n" for line in lines)

    def note(self) -> str:
        return self.checkpoint + "\n" + "".join(each.line(self.checkpoint) for each in self.signers)

    def text(self) -> str:
        path = "".join(f"{line}\n" for line in (f"index {self.index}", *self.path))
        if self.first == PROOF:
            return f"{PROOF}\nextra {base64(self.excerpt().encode())}\n{path}\n{self.note()}"
        if self.first == BALANCE:
            head, _, parts = self.excerpt().partition("parts\n")
            return f"{BALANCE}\n{head}{self.leaf}\n{path}parts\n{parts}\n{self.note()}"
        return f"{self.first}\n{self.excerpt()}\n{self.note()}"


def subtree_of(leaves: Sequence[bytes]) -> Callable[[int, int], bytes]:
    return lambda first, end: root_of(leaves[first:end])


def proof(book: Book, first: str, shown: Sequence[int], *, details: bool = True, size: int = 0) -> Proof:
    """A proof with these entries; the first of them is the one that a proof of an entry is of."""
    leaves = book.leaves[: size or None]
    parts = pruned(subtree_of(leaves), [seq - 1 for seq in shown], len(leaves))
    path = inclusion(subtree_of(leaves), shown[0] - 1, len(leaves))
    opened = tuple(book.details[seq] for seq in sorted(shown) if details and seq in book.details)
    return Proof(
        first,
        tuple(book.bodies[seq - 1] for seq in sorted(shown)),
        tuple(map(base64, parts)),
        checkpoint_text(leaves),
        opened,
        index=str(shown[0] - 1),
        path=tuple(map(base64, path)),
    )


def balance_proof(book: Book, leaves: Sequence[str], at: int, seq: int = 11) -> Proof:
    """A proof of the balance at a place of the tree of balances that an entry seals."""
    tree = [leaf(text.encode()) for text in leaves]
    path = inclusion(subtree_of(tree), at, len(tree))
    made = replace(proof(book, BALANCE, [seq], details=False), index=str(at), path=tuple(map(base64, path)))
    return replace(made, leaf=leaves[at])


def large_balance(entries: int, customers: int) -> Proof:
    """A proof that holds in a book of so many entries and customers (a power of two), which are made up."""
    leaf_text, at = balance_text(THE_BOOK, 2, 125000), customers - 1
    path = [hashlib.sha256(b"balances %d" % place).digest() for place in range((customers - 1).bit_length())]
    root = root_by_inclusion(leaf(leaf_text.encode()), at, customers, path)
    data = {"as_on": "2026-11-21", "leaves": customers, "root": root.hex(), "upto": entries - 1}
    data |= {"detail": hexes("detail", 64)}
    body = written(envelope(THE_BOOK, "balances_sealed", data) | {"@prev": hexes("prev", 64), "@seq": entries})
    parts = [hashlib.sha256(b"entries %d" % place).digest() for place in range((entries - 1).bit_count())]
    made = Checkpoint(ORIGIN, entries, root_by_pruned({entries - 1: leaf(body.encode())}, entries, parts))
    lines = tuple(map(base64, parts))
    return Proof(BALANCE, (body,), lines, made.text(), index=str(at), path=tuple(map(base64, path)), leaf=leaf_text)


def lines_of(book: Book, *, details: bool = True) -> str:
    """A book as a file of lines."""
    said = [book.details[seq] for seq in sorted(book.details)] if details else []
    last = compact({"head": book.prev(), "size": len(book.bodies)})
    return "".join(f"{line}\n" for line in [*book.bodies, *said, last])


@dataclass(frozen=True)
class Sample:
    """Files and keys as they are given to a checker, and what a checker of good ones says."""

    name: str
    files: tuple[str | bytes, ...]
    keys: tuple[str, ...] = ()
    says: tuple[str, ...] = ()


THE_BOOK = day_of_business()
BALANCES = balances(THE_BOOK)
SALE = proof(THE_BOOK, PROOF, [3, 2])
REVERSAL = proof(THE_BOOK, PROOF, [8, 3, 2])
RAMESH = proof(THE_BOOK, STATEMENT, [2, 3, 7, 8])
OWES = balance_proof(THE_BOOK, BALANCES, 0)
CHECKPOINT = proof(THE_BOOK, PROOF, [1]).note()
LARGE = large_balance(1 << 20, 1 << 17)
"""Each way is as long as it can be among a million entries and a hundred thousand customers."""


def _good() -> Iterator[Sample]:
    own = "own key"
    edge, long = (Book(THE_BOOK.bodies[:2], {2: THE_BOOK.details[2]}) for _ in range(2))
    deepest: Json = {"amount_paise": 2**53 - 1, "party": 1, "x_": [[[[[[-1, True, "\x7f\u2028é\x00"]]]]]]}
    edge.bodies.append(written(envelope(edge, "sale_recorded", deepest)))
    room = 65535 - len(written(envelope(long, "sale_recorded", {"amount_paise": 5, "party": 1, "x_": ""})).encode())
    long.bodies.append(written(envelope(long, "sale_recorded", {"amount_paise": 5, "party": 1, "x_": "x" * room})))
    rows: list[tuple[str, Proof, tuple[str, ...]]] = [
        ("eight levels, the largest number", proof(edge, PROOF, [3, 2]), ("Rs. 9,00,71,99,25,47,409.91",)),
        ("65,535 bytes", proof(long, PROOF, [3, 2]), ("Rs. 0.05",)),
        ("a sale", SALE, ("Entry 3", "sale recorded", "2026-11-22", "Rs. 450.00", "Ramesh Kumar", "up to entry 13:")),
        ("a sale whose words stay closed", replace(SALE, details=()), ("Entry 3", "Rs. 450.00")),
        ("a sale with half of the words", replace(SALE, details=SALE.details[:1]), ("Ramesh Kumar",)),
        ("a sale at the counter", proof(THE_BOOK, PROOF, [4]), ("Rs. 99.50",)),
        ("a large sale", proof(THE_BOOK, PROOF, [6, 5]), ("Rs. 12,34,567.00", "सीता देवी")),
        ("an entry that cancels", REVERSAL, ("cancels entry 3", "Rs. 450.00", "Ramesh Kumar")),
        ("an entry that cancels one at the counter", proof(THE_BOOK, PROOF, [9, 4]), ("cancels entry 4",)),
        ("five paise", proof(THE_BOOK, PROOF, [10, 5]), ("Rs. 0.05, owed by the shop",)),
        ("the first entry", proof(THE_BOOK, PROOF, [1]), ("Entry 1", "book opened")),
        ("the last entry, a customer", proof(THE_BOOK, PROOF, [13]), ("Entry 13", "party added")),
        ("a book of one entry", proof(THE_BOOK, PROOF, [1], size=1), ("up to entry 1:",)),
        ("a book of three entries", proof(THE_BOOK, PROOF, [3, 2], size=3), ("up to entry 3:",)),
        ("a book of four entries", proof(THE_BOOK, PROOF, [3, 2], size=4), ("up to entry 4:",)),
        ("a statement", RAMESH, ("Rs. 450.00", "Rs. 100.00", "cancels entry 3", "Ramesh Kumar", "left out")),
        ("a statement without words", replace(RAMESH, details=()), ("Rs. 100.00",)),
        ("a statement of two khatas of one person", proof(THE_BOOK, STATEMENT, [2, 3, 5, 6]), ("सीता देवी",)),
        ("what is owed", OWES, ("Rs. 1,250.00", "owed the shop", "2026-11-21", "entry 8", party_id(THE_BOOK, 2))),
        ("what the shop owes", balance_proof(THE_BOOK, BALANCES, 1), ("Rs. 0.05", "the shop owed")),
        ("nothing is owed", balance_proof(THE_BOOK, BALANCES, 2), ("Rs. 0.00",)),
    ]
    for name, made, says in rows:
        yield Sample(f"{name}, {own}", (made.text(),), (), (*says, str(SHOP), "came with the file"))
        yield Sample(f"{name}, the shop's key", (made.text(),), (str(SHOP),), says)
    witnessed = replace(SALE, signers=(INTRODUCED, SHOP, OTHER_WITNESS, WITNESS))
    seen = ("mehta-ca", "2026-11-28")
    yield Sample("witnessed, own key", (witnessed.text(),), (str(WITNESS),), (*seen, "came with the file"))
    yield Sample("witnessed", (witnessed.text(),), (str(WITNESS), str(SHOP)), seen)
    twice = witnessed.text() + WITNESS.line(SALE.checkpoint, SEEN - 86400)
    yield Sample("witnessed twice", (twice,), (str(WITNESS),), ("mehta-ca", "2026-11-28"))
    yield Sample("the file's key is not asked", (replace(SALE, key=str(OTHER_KEY)).text(),), (str(SHOP),))
    yield Sample("a checkpoint", (CHECKPOINT,), (str(SHOP),), ("up to entry 13:",))
    yield Sample("a checkpoint, seen", (witnessed.note(),), (str(WITNESS), str(SHOP)), ("mehta-ca",))
    yield Sample("a balance of a large book, packed", (packed(LARGE.text()),), (str(SHOP),), ("Rs. 1,250.00",))
    yield Sample("a sale, packed by somebody", (gzip.compress(SALE.text().encode(), 1),), (str(SHOP),))
    root = base64(root_of(THE_BOOK.leaves))
    yield Sample("a whole book", (lines_of(THE_BOOK),), (), (root, "13 entries"))
    yield Sample("a whole book without words", (lines_of(THE_BOOK, details=False),), (), (root, "13 entries"))
    yield Sample("against a checkpoint", (lines_of(THE_BOOK), CHECKPOINT), (str(SHOP),), (root, str(SHOP)))
    earlier = proof(THE_BOOK, PROOF, [3], size=5).note()
    of_five = base64(root_of(THE_BOOK.leaves[:5]))
    yield Sample("against an earlier one", (lines_of(THE_BOOK), earlier), (), (of_five, "was not checked"))
    yield Sample("against a witnessed one", (lines_of(THE_BOOK), witnessed.note()), (str(WITNESS),), seen)


GOOD = list(_good())

LONG_MESSAGE = (
    "08b8b2b733424243760fe426a4b54908632110a66c2f6591eabd3345e3e4eb98fa6e264bf09efe12ee50f8f54e9f77b1e355f6c50544"
    "e23fb1433ddf73be84d879de7c0046dc4996d9e773f4bc9efe5738829adb26c81b37c93a1b270b20329d658675fc6ea534e0810a4432"
    "826bf58c941efb65d57a338bbd2e26640f89ffbc1a858efcb8550ee3a5e1998bd177e93a7363c344fe6b199ee5d02e82d522c4feba15"
    "452f80288a821a579116ec6dad2b3b310da903401aa62100ab5d1a36553e06203b33890cc9b832f79ef80560ccb9a39ce767967ed628"
    "c6ad573cb116dbefefd75499da96bd68a8a97b928a8bbc103b6621fcde2beca1231d206be6cd9ec7aff6f6c94fcd7204ed3455c68c83"
    "f4a41da4af2b74ef5c53f1d8ac70bdcb7ed185ce81bd84359d44254d95629e9855a94a7c1958d1f8ada5d0532ed8a5aa3fb2d17ba70e"
    "b6248e594e1a2297acbbb39d502f1a8c6eb6f1ce22b3de1a1f40cc24554119a831a9aad6079cad88425de6bde1a9187ebb6092cf67bf"
    "2b13fd65f27088d78b7e883c8759d2c4f5c65adb7553878ad575f9fad878e80a0c9ba63bcbcc2732e69485bbc9c90bfbd62481d9089b"
    "eccf80cfe2df16a2cf65bd92dd597b0707e0917af48bbb75fed413d238f5555a7a569d80c3414a8d0859dc65a46128bab27af87a7131"
    "4f318c782b23ebfe808b82b0ce26401d2e22f04d83d1255dc51addd3b75a2b1ae0784504df543af8969be3ea7082ff7fc9888c144da2"
    "af58429ec96031dbcad3dad9af0dcbaaaf268cb8fcffead94f3c7ca495e056a9b47acdb751fb73e666c6c655ade8297297d07ad1ba5e"
    "43f1bca32301651339e22904cc8c42f58c30c04aafdb038dda0847dd988dcda6f3bfd15c4b4c4525004aa06eeff8ca61783aacec57fb"
    "3d1f92b0fe2fd1a85f6724517b65e614ad6808d6f6ee34dff7310fdc82aebfd904b01e1dc54b2927094b2db68d6f903b68401adebf5a"
    "7e08d78ff4ef5d63653a65040cf9bfd4aca7984a74d37145986780fc0b16ac451649de6188a7dbdf191f64b5fc5e2ab47b57f7f7276c"
    "d419c17a3ca8e1b939ae49e488acba6b965610b5480109c8b17b80e1b7b750dfc7598d5d5011fd2dcc5600a32ef5b52a1ecc820e308a"
    "a342721aac0943bf6686b64b2579376504ccc493d97e6aed3fb0f9cd71a43dd497f01f17c0e2cb3797aa2a2f256656168e6c496afc5f"
    "b93246f6b1116398a346f1a641f3b041e989f7914f90cc2c7fff357876e506b50d334ba77c225bc307ba537152f3f1610e4eafe595f6"
    "d9d90d11faa933a15ef1369546868a7f3a45a96768d40fd9d03412c091c6315cf4fde7cb68606937380db2eaaa707b4c4185c32eddcd"
    "d306705e4dc1ffc872eeee475a64dfac86aba41c0618983f8741c5ef68d3a101e8a3b8cac60c905c15fc910840b94c00a0b9d0"
)
RFC_8032: list[tuple[str, str, str, str]] = [
    (
        "1",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "2",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "3",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
    (
        "1024",
        "278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e",
        LONG_MESSAGE,
        (
            "0aab4c900501b3e24d7cdf4663326a3a87df5e4843b2cbdb67cbf6e460fec350"
            "aa5371b1508f9f4528ecea23c436d94b5e8fcd4f681e30a6ac00a9704a188a03"
        ),
    ),
    (
        "SHA(abc)",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        hashlib.sha512(b"abc").hexdigest(),
        (
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
            "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
        ),
    ),
]
"""Of RFC 8032, section 7.1: which test, the public key, the message, the signature."""
