"""The tree agrees with RFC 6962 computed the slow way."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from serai.kernel.merkle import EMPTY_ROOT, Frontier, hash_leaf, root_of


def slow_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + slow_root(leaves[:split]) + slow_root(leaves[split:])).digest()


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_frontier_gives_the_root_of_rfc_6962(data: list[bytes]) -> None:
    leaves = [hash_leaf(item) for item in data]

    assert root_of(leaves) == slow_root(leaves)


@given(st.lists(st.binary(max_size=8), max_size=40), st.lists(st.binary(max_size=8), max_size=40))
def test_frontier_goes_on_after_being_stored(first: list[bytes], second: list[bytes]) -> None:
    frontier = Frontier()
    for item in first:
        frontier.append(hash_leaf(item))

    frontier = Frontier.load(frontier.size, frontier.dump())
    for item in second:
        frontier.append(hash_leaf(item))

    assert frontier.root() == slow_root([hash_leaf(item) for item in first + second])


def test_empty_tree_has_the_hash_of_nothing() -> None:
    assert root_of([]) == EMPTY_ROOT
