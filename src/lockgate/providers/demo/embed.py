"""Vectors of texts, as platform.openai.com/docs/api-reference/embeddings shows them: the same text has always the same one."""

from array import array
from base64 import b64encode
from hashlib import shake_128
from sys import byteorder
from typing import Any

import msgspec

from lockgate.core.body import Tree
from lockgate.providers.demo.speaker import Turn
from lockgate.providers.demo.wanted import Prompt, Wanted, count, items, word, wrong

DIMENSIONS = 16
MOST = 4096
INPUTS = 2048
_encode = msgspec.json.Encoder().encode


def read(body: Tree, turn: Turn) -> Wanted:
    prompt = Prompt()
    for each in _inputs(body):
        prompt.heard(each if isinstance(each, str) else "token" * len(each))
    return Wanted(model=turn.model, stream=False, characters=prompt.characters)


def whole(body: Tree, turn: Turn, tokens: int) -> bytes:
    size = min(count(body.get("dimensions"), "dimensions") or DIMENSIONS, MOST)
    form = word(body.get("encoding_format"), "encoding_format") or "float"
    if form not in ("float", "base64"):
        raise wrong("encoding_format", "must be float or base64")
    data = [
        {"object": "embedding", "index": i, "embedding": _base64(vector) if form == "base64" else vector.tolist()}
        for i, vector in enumerate(_vector(each, size) for each in _inputs(body))
    ]
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return _encode({"object": "list", "data": data, "model": turn.model, "usage": usage})


def _inputs(body: Tree) -> list[Any]:
    given = body.get("input")
    if isinstance(given, str) and given:
        return [given]
    listed = items(given, "input")
    if listed and all(isinstance(each, int) for each in listed):
        return [listed]
    if not listed or len(listed) > INPUTS or not all(each and isinstance(each, str | list) for each in listed):
        raise wrong("input", f"must be a text, or up to {INPUTS} of them, none of them empty")
    return listed


def _vector(given: Any, size: int) -> "array[float]":
    """Numbers between -1 and 1."""
    drawn = shake_128(_encode(given)).digest(2 * size)
    return array("f", [int.from_bytes(drawn[at : at + 2]) / 32768 - 1 for at in range(0, 2 * size, 2)])


def _base64(vector: "array[float]") -> str:
    """Little-endian floats of four bytes."""
    if byteorder == "big":
        vector = array("f", vector)
        vector.byteswap()
    return b64encode(vector.tobytes()).decode()
