"""The Merkle tree of RFC 6962: roots while it grows, proofs that a leaf is in it, and their check."""

import hashlib
from collections.abc import Iterable, Sequence
from itertools import islice

EMPTY = hashlib.sha256(b"").digest()


def leaf(entry: bytes) -> bytes:
    return hashlib.sha256(b"\0" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


class Growing:
    """A tree that only grows: the roots of its perfect subtrees, the largest first."""

    __slots__ = ("_roots", "size")

    def __init__(self) -> None:
        self.size = 0
        self._roots: list[bytes] = []

    def add(self, leaf_hash: bytes) -> None:
        """As many subtrees become one as the size has ones at its end."""
        self._roots.append(leaf_hash)
        rest = self.size
        while rest & 1:
            right = self._roots.pop()
            self._roots.append(node(self._roots.pop(), right))
            rest >>= 1
        self.size += 1

    def root(self) -> bytes:
        if not self._roots:
            return EMPTY
        root = self._roots[-1]
        for left in reversed(self._roots[:-1]):
            root = node(left, root)
        return root


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over all leaf hashes, as the RFC defines it."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else EMPTY
    half = _half(len(leaves))
    return node(root(leaves[:half]), root(leaves[half:]))


def path(index: int, size: int, leaves: Iterable[bytes]) -> list[bytes]:
    """The proof that the leaf with this index is in the tree of the first `size` leaves: siblings, from the leaf up.

    The leaves are taken one by one and not kept. `ValueError` when there are fewer.
    """
    if not 0 <= index < size:
        raise ValueError("the index is not in the tree")
    wanted = _siblings(index, size)
    trees, current, taken = {begin: Growing() for begin, _ in wanted}, Growing(), 0
    for each in islice(leaves, size):
        current = trees.get(taken, current)
        if taken != index:
            current.add(each)
        taken += 1
    if taken != size:
        raise ValueError("the tree has fewer leaves")
    return [trees[begin].root() for begin, _ in wanted]


def _siblings(index: int, size: int) -> list[tuple[int, int]]:
    """Where the subtrees begin and end that the proof is made of, from the leaf up: all leaves are in one, but that with the index."""
    begin, end, found = 0, size, list[tuple[int, int]]()
    while end - begin > 1:
        middle = begin + _half(end - begin)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((begin, middle))
            begin = middle
    return found[::-1]


def root_by(index: int, size: int, leaf_hash: bytes, proof: Sequence[bytes]) -> bytes:
    """The root that the proof leads to. `ValueError` when it cannot be a proof for this place in a tree of this size."""
    if not 0 <= index < size:
        raise ValueError("the index is not in the tree")
    place, last, current = index, size - 1, leaf_hash
    for sibling in proof:
        if last == 0:
            raise ValueError("the proof is too long")
        if place & 1 or place == last:
            current = node(sibling, current)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            current = node(current, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise ValueError("the proof is too short")
    return current


def _half(size: int) -> int:
    """The largest power of two below the size."""
    return 1 << ((size - 1).bit_length() - 1)
