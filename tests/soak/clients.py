"""Clients of four dialects, some of whom leave early, read slowly, ask for what is forbidden, or have no money left."""

import http.client
import json
import random
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from tests.checker.histories import Asked
from tests.soak.ground import Ground

PAUSE = 0.1
DIALECTS = ("openai", "anthropic", "gemini", "ollama")
SHARED = tuple(f"nx{number:012x}" for number in range(5))
"""Questions that many ask, so that their answers come from memory."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A request that is to be made, and how its client behaves."""

    asked: Asked
    team: str
    model: str
    text: str
    slow: bool = False


def wish(number: int, draw: random.Random) -> Wish:
    nonce = "nx" + secrets.token_hex(6)
    asked = Asked(f"soak-{number}-{nonce}", nonce, DIALECTS[number % 4], stream=draw.random() < 0.6)
    plain = Wish(asked, "rich", "all", f"nonce={nonce}")
    kind = draw.random()
    if kind < 0.15:
        return replace(plain, asked=replace(asked, left=True))
    if kind < 0.2:
        return replace(plain, slow=True)
    if kind < 0.25:
        return replace(plain, text=f"{plain.text} bluebird")
    if kind < 0.35:
        shared = replace(asked, nonce=draw.choice(SHARED), dialect=DIALECTS[number % 2])
        return replace(plain, asked=shared, model="kept", text=f"nonce={shared.nonce}")
    if kind < 0.45:
        return replace(plain, team="poor")
    if kind < 0.55:
        return replace(plain, team="busy")
    if kind < 0.65:
        return replace(plain, model="breaks")
    return replace(plain, model="gone") if kind < 0.7 else plain


def put(wish: Wish, key: str) -> tuple[str, dict[str, str], Mapping[str, Any]]:
    """Path, headers and body in the words of the dialect."""
    asked, messages = wish.asked, [{"role": "user", "content": wish.text}]
    bearer = {"authorization": f"Bearer {key}", "x-request-id": asked.id, "content-type": "application/json"}
    chat = {"model": wish.model, "stream": asked.stream, "messages": messages}
    if asked.dialect == "openai":
        return "/v1/chat/completions", bearer, {**chat, "max_tokens": 99, "temperature": 0}
    if asked.dialect == "anthropic":
        return "/v1/messages", bearer, {**chat, "max_tokens": 99, "temperature": 0}
    if asked.dialect == "ollama":
        return "/api/chat", bearer, chat
    act = "streamGenerateContent?alt=sse" if asked.stream else "generateContent"
    contents = [{"role": "user", "parts": [{"text": wish.text}]}]
    return f"/v1beta/models/{wish.model}:{act}", bearer, {"contents": contents}


def made(wish: Wish, ground: Ground) -> Asked:
    """The request is made; what became of it."""
    path, headers, body = put(wish, ground.keys[wish.team])
    connection = http.client.HTTPConnection("127.0.0.1", ground.gateway.port, timeout=30)
    status, got = 0, bytearray()
    try:
        connection.request("POST", path, json.dumps(body), headers)
        response = connection.getresponse()
        status = response.status
        with suppress(http.client.IncompleteRead, ConnectionError):
            got += response.read(20) if wish.asked.left else b"".join(_pieces(response, slow=wish.slow))
    except (OSError, http.client.HTTPException):
        pass
    finally:
        connection.close()
    return replace(wish.asked, status=status, body=bytes(got))


def _pieces(response: http.client.HTTPResponse, *, slow: bool) -> Iterator[bytes]:
    while piece := response.read1(48 if slow else 65536):
        yield piece
        if slow:
            time.sleep(0.01)


class Crowd:
    """So many clients at once, each with a pause between two requests; `history` is what they were told."""

    def __init__(self, ground: Ground, size: int, seed: int) -> None:
        self.history: list[Asked] = []
        self._ground, self._over = ground, threading.Event()
        self._threads = [
            threading.Thread(target=self._ask, args=(number, size, random.Random(seed + number)))
            for number in range(size)
        ]

    def begin(self) -> None:
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, number: int, step: int, draw: random.Random) -> None:
        while not self._over.wait(PAUSE):
            self.history.append(made(wish(number, draw), self._ground))
            number += step
