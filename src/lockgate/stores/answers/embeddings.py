"""Asks an embeddings server what a text means: OpenAI's `POST /v1/embeddings`, which Ollama, vLLM and others speak, too."""

import asyncio
import logging
import time
from collections.abc import Sequence
from math import isfinite
from typing import Protocol, final

import numpy as np
from msgspec import Struct

from lockgate.core.fuse import Fuse, Patience
from lockgate.core.http import Headers, Transport
from lockgate.core.inquiry import Inquiry
from lockgate.core.problem import Kind, Problem
from lockgate.core.remote_guard import NoVerdict

log = logging.getLogger("lockgate.cache")

LONGEST = 8192
"""Numbers of a vector, at most."""


class Place(Struct, frozen=True):
    """Where to ask for what, and for how many seconds."""

    url: str
    model: str
    headers: Headers = ()
    allow_private: bool = False
    deadline: float = 0.3


class Question(Struct, frozen=True):
    model: str
    input: str
    encoding_format: str = "float"


class Datum(Struct, frozen=True):
    embedding: Sequence[float]


class Said(Struct, frozen=True):
    data: Sequence[Datum]


class Meaning(Protocol):
    async def vector(self, text: str) -> bytes:
        """Of length 1, in half precision. Empty when there is none to be had."""
        ...


@final
class Embeddings:
    """The port `Meaning`. A server that failed five times in a row is not asked for ten seconds."""

    def __init__(self, place: Place, transport: Transport) -> None:
        self._place = place
        self._inquiry = Inquiry(transport, place.url, "/embeddings", place.headers, allow_private=place.allow_private)
        self._fuse = Fuse(Patience())

    async def vector(self, text: str) -> bytes:
        if not self._fuse.admits(time.monotonic()):
            return b""
        vector: bytes | None = None
        try:
            vector = await self._asked(text)
        except (NoVerdict, TimeoutError):
            vector = b""
        except Problem as problem:
            if problem.kind is not Kind.BLOCKED:  # else a secret of ours was in the text, and it went nowhere
                vector = b""
        except Exception as error:  # noqa: BLE001  whatever it is, it is no vector
            # Not the traceback: the text may stand in it.
            log.error("asking for a vector failed: %s", type(error).__name__)  # noqa: TRY400
            vector = b""
        finally:
            self._fuse.ended(time.monotonic(), well=None if vector is None else bool(vector))
        return vector or b""

    async def _asked(self, text: str) -> bytes:
        async with asyncio.timeout(self._place.deadline):
            said = await self._inquiry.ask(Question(self._place.model, text), Said)
        return normal(said.data[0].embedding) if len(said.data) == 1 else b""


def normal(numbers: Sequence[float]) -> bytes:
    """Of length 1, in half precision. Empty for what has no direction."""
    if not 1 <= len(numbers) <= LONGEST or not all(map(isfinite, numbers)):
        return b""
    vector = np.asarray(numbers, np.float64)
    length = float(np.linalg.norm(vector))
    return (vector / length).astype("<f2").tobytes() if isfinite(length) and length > 0 else b""
