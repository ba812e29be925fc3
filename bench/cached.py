"""An answer from memory, timed: the pipeline with a model that keeps its answers, asked the same again."""

import asyncio
import atexit
import tempfile
from dataclasses import replace
from pathlib import Path

from bench import bodies, pipeline
from lockgate.caches.lmdb.store import LmdbCache
from lockgate.core.cache import CachePolicy
from lockgate.core.http import Inbound
from lockgate.core.key_digest import Pepper
from lockgate.pipeline.question import Caching
from lockgate.pipeline.serve import Gateway, serve
from lockgate.stores.answers import SealedAnswers

YEAR = 365 * 86_400.0
ROOM = 16 << 20


class Memory:
    """A gateway that has the answer already; `ask` gets it, and fails if it came from anywhere else."""

    def __init__(self, size: int) -> None:
        folder = tempfile.TemporaryDirectory(prefix="lockgate-bench-cache-")
        atexit.register(folder.cleanup)
        store = LmdbCache(Path(folder.name), ROOM, lambda: pipeline.Standing().wall())
        self._gateway = _keeping(SealedAnswers(store, Pepper(b"p" * 32)))
        self._inbound = _request(size)
        pipeline.finished(pipeline.answered(self._gateway, self._inbound))
        asyncio.run(store.written())

    def ask(self) -> None:
        reply = pipeline.finished(serve(self._gateway, self._inbound))
        assert (b"x-lockgate-cache", b"hit") in reply.headers


def _keeping(answers: SealedAnswers) -> Gateway:
    routes = {name: replace(route, cache=CachePolicy(YEAR)) for name, route in pipeline.routes().items()}
    return replace(pipeline.gateway(), policies=pipeline.policies(routes), caching=Caching(answers, "bench"))


def _request(size: int) -> Inbound:
    """Without chance: others are not kept."""
    return pipeline.inbound(bodies.chat("same", size).replace(b'"temperature": 0.7', b'"temperature": 0.0'))
