"""What a request wants, from its top-level keys; and what no chat can be asked for, refused by its name."""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Raw

from lockgate.core.body import Body, Headed, Tree
from lockgate.core.dialect import Ask, Offered, Target
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_chat import deployment, streamed

_value = msgspec.json.Decoder()
_REFUSED = {
    "suffix": "an answer cannot be fitted in front of a text here: leave it out",
    "echo": "an answer is what the model wrote, without the prompt: leave it out, or say false",
    "logprobs": "log probabilities are not told in this format here: use /v1/chat/completions",
}
_EMPTY = frozenset((b"null", b"false", b'""'))
"""What says as much as nothing."""
_NONE = Raw(b"null")
_TEXT = ord('"')


def ask(target: Target, body: Headed) -> Ask:
    model = deployment.model(target, body)
    for key, why in _REFUSED.items():
        if key in body.top and bytes(body.top[key]) not in _EMPTY:
            raise _refused(key, f"{key}: {why}")
    best = body.top.get("best_of", _NONE)
    if best != _NONE and _value.decode(best) != (_value.decode(body.top.get("n", _NONE)) or 1):
        raise _refused("best_of", "best_of: no answer is left out here: leave it out, and say n for more than one")
    said = body.top.get("prompt", _NONE)
    if memoryview(said)[0] != _TEXT or len(said) == len(b'""'):
        prompt(_value.decode(said))
    return streamed.asked(model, body)


def prompt(said: Any) -> str:
    """The one text. Raises `Problem(INVALID)` for many, for none, and for what nobody here can read."""
    texts = said if isinstance(said, list) else [said]
    if len(texts) > 1 and all(isinstance(text, str) for text in texts):
        raise _refused("prompt", "prompt must be one text: send each in a request of its own")
    if any(isinstance(text, int | float | list) and not isinstance(text, bool) for text in texts):
        raise _refused("prompt", "prompt must be a text: tokens cannot be read here")
    if len(texts) != 1 or not isinstance(texts[0], str) or not texts[0]:
        raise _refused("prompt", "prompt must be a text")
    return texts[0]


def rename(body: Body, model: str) -> Body:
    return body.set("model", model)


def tools(tree: Tree) -> Iterator[Offered]:
    """There are none: a field of that name is not carried over."""
    return iter(())


def _refused(where: str, detail: str) -> Problem:
    return Problem(Kind.INVALID, detail, where=where)
