"""Notes, keys, checkpoints and proofs, against the examples of C2SP and against everything that is nearly one."""

from __future__ import annotations

from base64 import b64encode
from contextlib import suppress
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from khata.log import checkpoint as cp
from khata.log import note as notes
from khata.log.checkpoint import Checkpoint, InclusionProof, SignedCheckpoint, WitnessRequest
from khata.log.note import Note, NoteError, VerifierKey

EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE_NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
"""Of https://c2sp.org/signed-note, CC BY 4.0."""

CHECKPOINT = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)
"""Of https://c2sp.org/tlog-cosignature, CC BY 4.0."""


class Own:
    """A private key of Ed25519, and what it is called."""

    def __init__(self, name: str = "khata/" + "ab" * 16, kind: int = notes.ED25519, seed: bytes = bytes(32)) -> None:
        self.private = Ed25519PrivateKey.from_private_bytes(seed)
        self.key = VerifierKey(name, kind, self.private.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)


def signed(*signers: Own, checkpoint: Checkpoint | None = None, at: int = 1_800_000_000) -> SignedCheckpoint:
    made = checkpoint or Checkpoint("khata/" + "ab" * 16, 5, bytes(range(32)))
    return SignedCheckpoint(made, Note(made.text(), tuple(notes.sign(made.text(), each, at) for each in signers)))


def test_the_example_of_c2sp_holds() -> None:
    key = notes.read_key(EXAMPLE_KEY)
    note = notes.read_note(EXAMPLE_NOTE.encode())
    assert (str(key), key.id.hex(), note.seen(key)) == (EXAMPLE_KEY, "530d903a", 0)
    assert note.encoded() == EXAMPLE_NOTE


def test_another_text_under_the_same_signature_is_forged() -> None:
    note = notes.read_note(EXAMPLE_NOTE.replace("an example", "another").encode())
    with pytest.raises(NoteError, match="forged"):
        note.seen(notes.read_key(EXAMPLE_KEY))


def test_a_note_is_not_signed_by_who_is_not_under_it() -> None:
    assert notes.read_note(EXAMPLE_NOTE.encode()).seen(Own().key) is None


def test_a_checkpoint_with_a_cosignature_is_read_and_written_as_it_is() -> None:
    read = cp.read_checkpoint(CHECKPOINT.encode())
    assert read.checkpoint[:2] == ("example.com/behind-the-sofa", 20852163)
    assert (read.note.encoded(), read.checkpoint.text()) == (CHECKPOINT, CHECKPOINT.partition("\n\n")[0] + "\n")
    assert [each.name for each in read.note.signatures] == ["example.com/behind-the-sofa", "witness.example.com/w1"]
    stamp = read.note.signatures[1].said[:8]
    assert int.from_bytes(stamp, "big") == 1679315147  # the time that the page names
    assert read.checkpoint.book == ""


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"text\n",
        b"text\n\n",
        b"text\n\nno dash AAAAAAAA\n",
        EXAMPLE_NOTE[:-1].encode(),
        EXAMPLE_NOTE.replace("\n\n", "\n").encode(),
        EXAMPLE_NOTE.replace("foo Uw", "foo  Uw").encode(),
        EXAMPLE_NOTE.replace("example.com/foo", "exa+mple").encode(),
        EXAMPLE_NOTE.replace("example.com/foo", "exa\u00a0mple").encode(),
        EXAMPLE_NOTE.replace("eyaQM=", "eyaQM").encode(),
        EXAMPLE_NOTE.replace("eyaQM=", "eyaQN=").encode(),  # other bits where none should be
        EXAMPLE_NOTE.replace("This", "Th\x07s").encode(),
        EXAMPLE_NOTE.replace("This", "Th\rs").encode(),
        EXAMPLE_NOTE.encode("utf-16"),
        EXAMPLE_NOTE.encode() + b"\xff",
        b"x" * (notes.LONGEST + 1),
        "text\n\n— name AAAA\n".encode(),  # four bytes: a key id and no signature
    ],
)
def test_what_is_nearly_a_note_is_none(given: bytes) -> None:
    with pytest.raises(NoteError, match="not_a_note"):
        notes.read_note(given)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("", "not_a_key"),
        ("name+00000000", "not_a_key"),
        (EXAMPLE_KEY.replace("530d903a", "530d903b"), "not_a_key"),
        (EXAMPLE_KEY.replace("example.com/foo", "example.com/fou"), "not_a_key"),
        (EXAMPLE_KEY.replace("AekyeR", "AukyeR"), "key_kind"),  # ECDSA
        ("n+00000000+/" + "A" * 43, "key_kind"),
        ("n+00000000+" + b64encode(b"\xff" + bytes(32)).decode(), "key_kind"),
        ("n+00000000+" + b64encode(b"\x01" + bytes(31)).decode(), "not_a_key"),
    ],
)
def test_what_is_nearly_a_key_is_none(given: str, code: str) -> None:
    with pytest.raises(NoteError, match=code):
        notes.read_key(given)


@pytest.mark.parametrize("sign", [0, 0x80])
@pytest.mark.parametrize("point", sorted(notes._SMALL_ORDER))
def test_a_key_under_which_anything_is_signed_is_none(point: bytes, sign: int) -> None:
    weak = VerifierKey("khata/" + "ab" * 16, notes.ED25519, point[:-1] + bytes((point[-1] | sign,)))
    with pytest.raises(NoteError, match="not_a_key"):
        notes.read_key(str(weak))
    assert order_of(int.from_bytes(point, "little") % (2**255 - 19)) in (1, 2, 4, 8)


def order_of(y: int) -> int:
    """The order of a point with this y, on the curve of RFC 8032; 0 if it is larger than 8."""
    p = 2**255 - 19
    d = -121665 * pow(121666, -1, p) % p
    xx = (y * y - 1) * pow(d * y * y + 1, -1, p) % p
    x = pow(xx, (p + 3) // 8, p)
    x = x if x * x % p == xx else x * pow(2, (p - 1) // 4, p) % p

    def added(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
        (a, b), (e, f) = one, other
        product = d * a * b * e * f
        return (a * f + b * e) * pow(1 + product, -1, p) % p, (b * f + a * e) * pow(1 - product, -1, p) % p

    found, order = (x, y), 1
    while found != (0, 1) and order <= 8:
        found, order = added(found, (x, y)), order + 1
    return order if order <= 8 else 0


def test_a_cosignature_says_when_and_is_over_that_too() -> None:
    witness = Own("sharma-ca", notes.COSIGNATURE)
    made = signed(Own(), witness)
    assert made.note.seen(witness.key) == 1_800_000_000
    at_another_time = made.note.signatures[1]._replace(said=bytes(8) + made.note.signatures[1].said[8:])
    with pytest.raises(NoteError, match="forged"):
        Note(made.note.text, (at_another_time,)).seen(witness.key)


def test_a_signature_of_the_log_is_no_cosignature_and_the_other_way_round() -> None:
    log, witness = Own("one"), Own("one", notes.COSIGNATURE)
    made = signed(log, witness)
    swapped = tuple(
        each._replace(id=other.id)
        for each, other in zip(made.note.signatures, reversed(made.note.signatures), strict=True)
    )
    for each in (log, witness):
        with pytest.raises(NoteError, match="forged"):
            Note(made.note.text, swapped).seen(each.key)


def test_a_key_introduces_itself_and_is_another_key_than_the_one_it_introduces() -> None:
    own = Own(kind=notes.WITH_ITS_KEY)
    made = signed(Own(), own)
    introduced = made.note.introduced()
    assert introduced == Own().key
    assert made.note.seen(introduced) == 0
    with pytest.raises(NoteError, match="forged"):
        Note(made.note.text + "more\n", made.note.signatures).introduced()
    assert signed(Own()).note.introduced() is None


def test_ml_dsa_44_where_the_library_has_it() -> None:
    mldsa = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.mldsa")
    private = mldsa.MLDSA44PrivateKey.generate()

    class Quantum(Own):
        def __init__(self) -> None:
            self.key = VerifierKey("sharma-ca", notes.ML_DSA_44, private.public_key().public_bytes_raw())

        def sign(self, message: bytes) -> bytes:
            assert message.startswith(b"subtree/v1\n\0\x09sharma-ca")
            found: bytes = private.sign(message)
            return found

    made = signed(Own(), Quantum())
    assert made.note.seen(Quantum().key) == 1_800_000_000
    assert notes.read_key(str(Quantum().key)) == Quantum().key
    with pytest.raises(NoteError, match="forged"):
        Note(made.note.text.replace("5\n", "6\n"), made.note.signatures).seen(Quantum().key)


def test_a_note_with_further_signatures_has_each_once() -> None:
    made, other = signed(Own()).note, Own("other", seed=b"\1" * 32)
    more = notes.sign(made.text, other)
    assert made.with_signatures(more).with_signatures(more, *made.signatures).signatures == (*made.signatures, more)


@pytest.mark.parametrize("size", ["-1", "05", "", "1e3", "٣", "9" * 17, str(1 << 53)])
def test_a_size_is_a_plain_number(size: str) -> None:
    with pytest.raises(NoteError):
        cp.read_checkpoint(signed(Own()).note.encoded().replace("\n5\n", f"\n{size}\n").encode())


@pytest.mark.parametrize("root", ["", "AAAA", "x" * 44, b64encode(bytes(33)).decode()])
def test_a_root_is_32_bytes(root: str) -> None:
    encoded = signed(Own()).note.encoded()
    with pytest.raises(NoteError):
        cp.read_checkpoint(encoded.replace(encoded.split("\n")[2], root).encode())


def test_a_proof_and_a_request_are_read_as_they_are_written() -> None:
    path = (bytes(32), b"\1" * 32)
    for extra in (b"", b"\xffanything"):
        proof = InclusionProof(extra, 3, path, signed(Own()))
        assert cp.read_proof(proof.encoded().encode()) == proof
    request = WitnessRequest(4, path, signed(Own()))
    assert cp.read_request(request.encoded().encode()) == request
    assert cp.read_answer(request.signed.note.signatures[0].line().encode()) == request.signed.note.signatures


def test_what_is_too_long_is_refused_and_not_cut() -> None:
    """An answer whose lines beyond the limit were passed over could leave out the one that mattered."""
    line = notes.sign("a text\n", Own("w" * 18, notes.COSIGNATURE), 5).line()
    assert len(line.encode()) == 128, "so that the limit lies between two lines"
    fits = line * (notes.LONGEST // 128)
    assert len(cp.read_answer(fits.encode())) == notes.LONGEST // 128
    request = WitnessRequest(0, (), cp.read_checkpoint(CHECKPOINT.encode())).encoded()
    room = (notes.LONGEST - len(request.encode())) // 128
    request = request.replace("sofa", "sofa" + "a" * ((notes.LONGEST - len(request.encode())) % 128), 1)
    for read, text in ((cp.read_answer, fits + line), (cp.read_request, request + line * (room + 1))):
        with pytest.raises(NoteError):
            read(text.encode())


def test_the_proof_of_the_page_of_c2sp_has_this_form() -> None:
    lines = InclusionProof(b"x", 73894, (bytes(32),), signed(Own())).encoded().split("\n")
    assert lines[:5] == ["c2sp.org/tlog-proof@v1", "extra eA==", "index 73894", "A" * 43 + "=", ""]
    assert lines[5].startswith("khata/")


@pytest.mark.parametrize("read", [cp.read_proof, cp.read_request, cp.read_checkpoint, cp.read_answer, notes.read_note])
@given(given=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_whatever_is_given_is_refused_by_its_code(read: Any, given: bytes) -> None:
    with pytest.raises(NoteError):
        read(given)


@given(st.data())
def test_a_proof_with_one_sign_changed_is_refused_or_says_something_else(data: st.DataObject) -> None:
    of = InclusionProof(b"extra", 3, (bytes(32), b"\1" * 32), signed(Own()))
    encoded = bytearray(of.encoded().encode())
    at = data.draw(st.integers(0, len(encoded) - 1))
    encoded[at] = data.draw(st.integers(0, 255).filter(lambda sign: sign != encoded[at]))
    with suppress(NoteError):
        assert cp.read_proof(bytes(encoded)) != of
