"""The tree, against a naive one that is written as RFC 6962 says it, and against vectors that others made."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khata.log import merkle
from khata.log.merkle import DoesNotHoldError, Peaks

VECTORS = Path(__file__).parent.parent / "corpora" / "merkle" / "vectors.jsonl"
CASES = [json.loads(line) for line in VECTORS.read_text(encoding="utf-8").splitlines()]

SIZES = st.integers(0, 70)


def leaves(count: int) -> list[bytes]:
    return [sha256(b"\x00%d" % number).digest() for number in range(count)]


def mth(parts: Sequence[bytes]) -> bytes:
    """Section 2.1, word by word: k is the largest power of two smaller than n."""
    if not parts:
        return sha256(b"").digest()
    if len(parts) == 1:
        return parts[0]
    k = 1
    while k * 2 < len(parts):
        k *= 2
    return sha256(b"\x01" + mth(parts[:k]) + mth(parts[k:])).digest()


def subtree_of(all_leaves: Sequence[bytes]) -> merkle.Subtree:
    return lambda first, end: mth(all_leaves[first:end])


def decoded(case: dict[str, Any], *names: str) -> list[bytes]:
    return [b64decode(case[name] or "") for name in names]


@pytest.mark.parametrize(
    "case", [each for each in CASES if each["file"].startswith("inclusion")], ids=lambda case: case["file"]
)
def test_inclusion_as_the_public_vectors_have_it(case: dict[str, Any]) -> None:
    leaf, root = decoded(case, "leafHash", "root")
    path = [b64decode(each) for each in case["proof"] or ()]
    try:
        holds = merkle.root_by_inclusion(leaf, case["leafIdx"], case["treeSize"], path) == root and len(leaf) == 32
    except DoesNotHoldError:
        holds = False
    assert holds is not case["wantErr"]


@pytest.mark.parametrize(
    "case", [each for each in CASES if each["file"].startswith("consistency")], ids=lambda case: case["file"]
)
def test_consistency_as_the_public_vectors_have_it(case: dict[str, Any]) -> None:
    before, after = decoded(case, "root1", "root2")
    path = [b64decode(each) for each in case["proof"] or ()]
    assert merkle.goes_on(case["size1"], before, case["size2"], after, path) is not case["wantErr"]


@given(SIZES)
def test_a_root_is_that_of_the_rfc_however_it_is_made(size: int) -> None:
    of = leaves(size)
    peaks = Peaks()
    for leaf in of:
        peaks.add(leaf)
    assert peaks.root() == merkle.root_of(of) == mth(of)


@given(SIZES, st.sampled_from([2, 4, 8, 16]))
def test_whole_parts_may_be_added_at_once(size: int, block: int) -> None:
    of, peaks = leaves(size), Peaks()
    for first in range(0, size - size % block, block):
        peaks.add(mth(of[first : first + block]), block)
    for leaf in of[size - size % block :]:
        peaks.add(leaf)
    assert (peaks.root(), peaks.size) == (mth(of), size)


@given(st.data(), st.integers(1, 70))
def test_a_leaf_is_proven_and_no_other_one_in_its_place(data: st.DataObject, size: int) -> None:
    of, index = leaves(size), data.draw(st.integers(0, size - 1))
    path = merkle.inclusion(subtree_of(of), index, size)
    assert merkle.root_by_inclusion(of[index], index, size, path) == mth(of)
    other = data.draw(st.integers(0, size - 1))
    if other != index:
        assert _root(of[other], index, size, path) != mth(of)
        assert _root(of[index], other, size, path) != mth(of)
    assert _root(of[index], index, size, [*path, of[0]]) is None
    assert not path or _root(of[index], index, size, path[:-1]) is None


def _root(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    try:
        return merkle.root_by_inclusion(leaf, index, size, path)
    except DoesNotHoldError:
        return None


@given(st.data(), st.integers(1, 70))
def test_a_tree_goes_on_from_each_of_its_beginnings_and_from_nothing_else(data: st.DataObject, new: int) -> None:
    of, old = leaves(new), data.draw(st.integers(1, new))
    path = merkle.consistency(subtree_of(of), old, new)
    assert merkle.goes_on(old, mth(of[:old]), new, mth(of), path)
    forked = [sha256(b"another").digest(), *of[1:]]
    assert not merkle.goes_on(old, mth(forked[:old]), new, mth(of), path)
    assert not merkle.goes_on(old, mth(of[:old]), new, mth(forked), path)
    assert not merkle.goes_on(old, mth(of[:old]), new, mth(of), [*path, bytes(32)])
    assert not path or not merkle.goes_on(old, mth(of[:old]), new, mth(of), path[1:])
    assert old == new or not merkle.goes_on(new, mth(of), old, mth(of[:old]), path)


@given(st.data(), st.integers(1, 70))
def test_several_leaves_are_proven_together(data: st.DataObject, size: int) -> None:
    of = leaves(size)
    kept = data.draw(st.sets(st.integers(0, size - 1), min_size=1))
    parts = merkle.pruned(subtree_of(of), kept, size)
    chosen = {index: of[index] for index in kept}
    assert merkle.root_by_pruned(chosen, size, parts) == mth(of)
    with pytest.raises(DoesNotHoldError):
        merkle.root_by_pruned(chosen, size, [*parts, bytes(32)])
    if parts:
        with pytest.raises(DoesNotHoldError):
            merkle.root_by_pruned(chosen, size, parts[:-1])
    one = data.draw(st.sampled_from(sorted(kept)))
    assert merkle.root_by_pruned(chosen | {one: bytes(32)}, size, parts) != mth(of)


@pytest.mark.parametrize("outside", [-1, 3])
def test_a_leaf_outside_of_the_tree_is_proven_by_nothing(outside: int) -> None:
    with pytest.raises(DoesNotHoldError):
        merkle.root_by_pruned({outside: bytes(32)}, 3, [])
    with pytest.raises(DoesNotHoldError):
        merkle.root_by_inclusion(bytes(32), outside, 3, [])
