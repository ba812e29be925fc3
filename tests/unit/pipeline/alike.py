"""A gateway whose answers are given to questions that mean the same, with vectors that are known by heart."""

from collections.abc import Mapping
from typing import Any

from lockgate.core.cache import CachePolicy
from lockgate.stores.answers.embeddings import normal
from lockgate.stores.answers.similar import SimilarAnswers
from tests.unit.pipeline.gateway import openai_answer, told
from tests.unit.pipeline.kept import COLD, House, said

FIRST = "How do I reset my password?"
AGAIN = "What is the way to reset my password?"
OTHER = "How do I bake sourdough bread at home?"
VECTORS: Mapping[str, tuple[float, ...]] = {FIRST: (1, 0, 0), AGAIN: (0.99, 0.1, 0), OTHER: (0, 1, 0)}


class Meanings:
    """Knows some vectors by heart; others are all the same, so that nothing but the guard tells them apart."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.away = False
        self.length = 3

    async def vector(self, text: str) -> bytes:
        self.asked.append(text)
        return b"" if self.away else normal([*VECTORS.get(text, (1, 0, 0)), *(0,) * (self.length - 3)])


class Alike(House):
    def __init__(self, *answers: Any, policy: CachePolicy = COLD, **more: Any) -> None:
        super().__init__(*answers, policy=policy, **more)
        self.meanings = Meanings()
        self.index = SimilarAnswers(self.answers, self.meanings, 0.95)
        self.similar = {"kept": self.index}

    async def say(self, text: str, *headers: tuple[bytes, bytes], **more: Any) -> tuple[bytes, bytes, bytes]:
        """Outcome, similarity, body."""
        more = {"messages": [{"role": "user", "content": text}], **more}
        reply, body = await self.ask(*headers, **more)
        await self.index.settled()
        return said(reply), told(reply, b"x-lockgate-cache-similarity"), body


def house(**more: Any) -> Alike:
    return Alike(openai_answer("one"), openai_answer("two"), openai_answer("three"), **more)
