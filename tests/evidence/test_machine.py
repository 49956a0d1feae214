"""A witness in the hands of a shop that goes on, forks, cuts off and lies: it signs exactly what one history allows."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from khata.evidence.witness import NotSigned, Witness
from khata.log import merkle
from khata.log import note as notes
from khata.log.checkpoint import Checkpoint, SignedCheckpoint, WitnessRequest
from khata.log.note import Note
from tests.log.test_notes import Own

SHOP = Own()
ORIGIN = SHOP.key.name

Leaves = tuple[bytes, ...]


class Witnessing(RuleBasedStateMachine):
    """The model is one list: the leaves that the witness saw last."""

    histories: Bundle[Leaves] = Bundle("histories")

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.witness = Witness(Path(self.folder.name) / "witness")
        self.witness.make("ca")
        self.seen: Leaves = ()
        self.at = 1_800_000_000
        self.count = 0

    def teardown(self) -> None:
        self.folder.cleanup()

    @rule(target=histories)
    def opened(self) -> Leaves:
        return (self._leaf(),)

    @rule(target=histories, of=histories, more=st.integers(1, 9))
    def goes_on(self, of: Leaves, more: int) -> Leaves:
        return (*of, *(self._leaf() for _ in range(more)))

    @rule(target=histories, of=histories, share=st.floats(0, 1))
    def is_cut_off(self, of: Leaves, share: float) -> Leaves:
        return of[: max(1, int(len(of) * share))]

    @rule(target=histories, of=histories, share=st.floats(0, 1))
    def is_rewritten_from_somewhere(self, of: Leaves, share: float) -> Leaves:
        kept = int((len(of) - 1) * share)
        return (*of[:kept], *(self._leaf() for _ in of[kept:]))

    def _leaf(self) -> bytes:
        self.count += 1
        return sha256(b"%d" % self.count).digest()

    @rule(of=histories, old=st.none() | st.integers(0, 40), lie=st.sampled_from(["", "path", "root"]))
    def asked(self, of: Leaves, old: int | None, lie: str) -> None:
        """What was signed before is named as it is, or as anything; the path is right, or made up."""
        said = len(self.seen) if old is None else old
        path = merkle.consistency(_subtree(of), said, len(of)) if said <= len(of) else []
        root = merkle.root_of(of)
        if lie == "path":
            path = [*path[:-1], bytes(32)]
        if lie == "root":
            root = sha256(root).digest()
        checkpoint = Checkpoint(ORIGIN, len(of), root)
        text = checkpoint.text()
        introducing = Own(kind=notes.WITH_ITS_KEY)
        note = Note(text, (notes.sign(text, SHOP), notes.sign(text, introducing)))
        self.at += 60
        allowed = said == len(self.seen) and of[: len(self.seen)] == self.seen
        if lie == "path":  # of an empty path it is one hash too many, and from a tree to itself as well
            allowed = False
        if lie == "root":
            allowed = allowed and not self.seen  # the first root is believed: there is nothing to hold it against
            if allowed:
                return
        elif self.seen and of == self.seen:  # the very same again, whatever the request says of what was before
            allowed = True
        try:
            (line, _), _ = self.witness.sign(
                WitnessRequest(said, tuple(path), SignedCheckpoint(checkpoint, note)), self.at
            )
        except NotSigned:
            assert not allowed
            return
        assert allowed
        assert Note(text, (line,)).seen(self.witness.key().key) == self.at
        self.seen = of

    @invariant()
    def what_it_signed_is_on_its_disk(self) -> None:
        kept = [(each.size, each.root) for each in Witness(self.witness.folder).shops()]
        assert kept == ([(len(self.seen), merkle.root_of(self.seen))] if self.seen else [])


def _subtree(leaves: Leaves) -> merkle.Subtree:
    return lambda first, end: merkle.root_of(leaves[first:end])


TestWitnessing = Witnessing.TestCase
TestWitnessing.settings = settings(
    max_examples=30, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
