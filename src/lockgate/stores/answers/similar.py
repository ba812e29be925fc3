"""Questions that were answered, in buckets: all of a bucket differ in their last text alone, and are of one key."""

import asyncio
import logging
from collections.abc import Sequence
from typing import final

import msgspec
import numpy as np
from msgspec import Struct

from lockgate.core.cache import Answers
from lockgate.core.near_miss import Signature, alike
from lockgate.core.similar import Asked, Likeness, Nearest
from lockgate.stores.answers.embeddings import Meaning

MOST = 64
"""Questions of a bucket; the oldest leave."""
PENDING = 64
"""Questions of this process that wait to be kept; more are not."""

log = logging.getLogger("lockgate.cache")


class Entry(Struct, frozen=True, array_like=True):
    """A question that was answered. `end` is when its answer's time is over; `key` is where that lies."""

    vector: bytes
    signature: Signature
    key: bytes
    end: float


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[Entry, ...]).decode


@final
class SimilarAnswers:
    """The port `Similar`. Buckets lie sealed beside the answers. Two that keep at the same time may lose one: it is asked again."""

    def __init__(self, answers: Answers, meaning: Meaning, threshold: float) -> None:
        self._answers, self._meaning, self._threshold = answers, meaning, threshold
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()

    async def nearest(self, asked: Asked, wall: float) -> Nearest:
        """Nobody is asked for a vector when no kept text may share its answer with this one."""
        entries = [each for each in await self._bucket(asked.bucket, wall) if alike(each.signature, asked.signature)]
        if not entries:
            return Nearest()
        vector = await self._meaning.vector(asked.text)
        if not vector:
            return Nearest(failed=True)
        scores = similarities(vector, [each.vector for each in entries])
        found = [
            Likeness(score, each.key) for score, each in zip(scores, entries, strict=True) if score >= self._threshold
        ]
        return Nearest(sorted(found, key=lambda each: -each.similarity), vector)

    def add(self, asked: Asked, vector: bytes, key: bytes, end: float, seconds: float) -> None:
        if len(self._tasks) >= PENDING:
            return
        task = asyncio.get_running_loop().create_task(self._add(asked, vector, key, end, seconds))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """Returns when what was added before is kept, or is not going to be."""
        await asyncio.gather(*self._tasks)

    async def _add(self, asked: Asked, vector: bytes, key: bytes, end: float, seconds: float) -> None:
        try:
            vector = vector or await self._meaning.vector(asked.text)
            if not vector:
                return
            async with self._turn:
                before = await self._bucket(asked.bucket, end - seconds)
                kept = [each for each in before if each.key != key][-(MOST - 1) :]
                entries = (*kept, Entry(vector, asked.signature, key, end))
                self._answers.write(asked.bucket, _encode(entries), seconds)
        except Exception:
            log.exception("a question is not kept: an error of ours")

    async def _bucket(self, name: bytes, wall: float) -> Sequence[Entry]:
        opened = await self._answers.read(name)
        if opened is None:
            return ()
        try:
            return [each for each in _decode(opened) if each.end > wall]
        except (msgspec.MsgspecError, ValueError):
            return ()


def similarities(vector: bytes, others: Sequence[bytes]) -> Sequence[float]:
    """Cosines. One of another length means nothing: -1."""
    same = [number for number, each in enumerate(others) if len(each) == len(vector)]
    scores = [-1.0] * len(others)
    if same:
        rows = np.frombuffer(b"".join([others[number] for number in same]), "<f2").astype(np.float32)
        cosines = rows.reshape(len(same), -1) @ np.frombuffer(vector, "<f2").astype(np.float32)
        for number, cosine in zip(same, cosines.tolist(), strict=True):
            scores[number] = min(1.0, cosine)
    return scores
