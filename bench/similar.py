"""How often an answer to a question that means the same is the right one: precision and recall on labelled pairs.

Says what the near-miss guard rejects by itself, and, with an embeddings server, what guard and threshold do together.
"""

import asyncio
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from lockgate.core import address
from lockgate.core.inquiry import bearer
from lockgate.core.near_miss import alike, signature
from lockgate.core.secret import Secret
from lockgate.stores.answers.embeddings import Embeddings, Place
from lockgate.stores.answers.similar import similarities
from lockgate.transports.http import HttpTransport

PAIRS = Path(__file__).parents[1] / "tests" / "unit" / "similar_pairs.txt"
THRESHOLDS = (0.80, 0.85, 0.90, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99)


class Pair(Struct, frozen=True):
    """`same`: they may share an answer. `passed`: the near-miss guard lets meaning decide."""

    one: str
    other: str
    same: bool

    @property
    def passed(self) -> bool:
        one, other = signature(self.one), signature(self.other)
        return one is not None and other is not None and alike(one, other)


def pairs(path: Path = PAIRS) -> Sequence[Pair]:
    return list(_pairs(path))


def _pairs(path: Path) -> Iterator[Pair]:
    for line in path.read_text().splitlines():
        if line[:2] in ("= ", "! "):
            one, _, other = line[2:].partition(" | ")
            yield Pair(one, other, line[0] == "=")


def guard_line(all_pairs: Sequence[Pair]) -> str:
    near = [each for each in all_pairs if not each.same]
    same = [each for each in all_pairs if each.same]
    stopped, lost = (sum(not each.passed for each in some) for some in (near, same))
    return (
        f"the guard alone: rejects {stopped} of {len(near)} near misses, and {lost} of {len(same)} paraphrases, "
        "which are asked again"
    )


def scored(all_pairs: Sequence[Pair], cosines: Sequence[float], *, guarded: bool) -> Iterator[str]:
    rows = [(each, cosine) for each, cosine in zip(all_pairs, cosines, strict=True) if not guarded or each.passed]
    wanted = sum(each.same for each in all_pairs)
    for threshold in THRESHOLDS:
        given = [each for each, cosine in rows if cosine >= threshold]
        right = sum(each.same for each in given)
        precision = f"{right / len(given):.3f}" if given else "    -"
        yield f"  {threshold:.2f}  precision {precision}  recall {right / wanted:.3f}  wrong {len(given) - right:3d}"


async def measured(url: str, model: str, key: str, all_pairs: Sequence[Pair]) -> Sequence[float]:
    """The cosine of each pair. `ValueError` when the server gives no vector."""
    transport = HttpTransport()
    headers = bearer(Secret(key) if key else None)
    server = Embeddings(Place(url, model, headers, allow_private=True, deadline=1.5), transport)
    try:
        cosines: list[float] = []
        for each in all_pairs:
            one, other = await _vector(server, each.one), await _vector(server, each.other)
            if not one or not other:
                raise ValueError(f"{url} gives no vector of {model!r} within 1.5 s")
            cosines += similarities(one, [other])
        return cosines
    finally:
        await transport.aclose()


async def _vector(server: Embeddings, text: str) -> bytes:
    """A server that has just started may be slow at first."""
    return await server.vector(text) or await server.vector(text)


def main(url: str, model: str) -> int:
    """The key of a server that wants one comes from `EMBEDDINGS_API_KEY`."""
    all_pairs = pairs()
    print(guard_line(all_pairs))
    if not url:
        return 0
    try:
        address.upstream(url)
        cosines = asyncio.run(measured(url, model, os.environ.get("EMBEDDINGS_API_KEY", ""), all_pairs))
    except ValueError as error:
        print(f"bench: {error}")
        return 1
    for guarded in (True, False):
        print(f"\n{model}, {'guard and threshold' if guarded else 'threshold alone'}:")
        print("\n".join(scored(all_pairs, cosines, guarded=guarded)))
    return 0
