"""Log probabilities: a list of tokens here, OpenAI's form in the canonical one."""

from collections.abc import Sequence

import msgspec
from msgspec import Raw, Struct

from lockgate.dialects.ollama_chat.losses import Losses


class Alternative(Struct, frozen=True, gc=False):
    token: str
    logprob: float
    bytes: list[int] | None = None


class Token(Struct, frozen=True):
    token: str
    logprob: float
    bytes: list[int] | None = None
    top_logprobs: list[Alternative] | None = None


class Content(Struct, frozen=True):
    content: list[Token] | None = None
    refusal: list[Token] | None = None


_tokens = msgspec.json.Decoder(list[Token] | None)
_content = msgspec.json.Decoder(Content | None)
_encode = msgspec.json.Encoder().encode


def decode(raw: Raw) -> bytes:
    """OpenAI's form; nothing for what is not there or not to be read. Never raises."""
    if not bytes(raw):
        return b""
    try:
        tokens = _tokens.decode(raw)
    except (ValueError, RecursionError):
        return b""
    if not tokens:
        return b""
    return _encode(Content([msgspec.structs.replace(token, top_logprobs=token.top_logprobs or []) for token in tokens]))


def encode(raw: Raw, lost: Losses) -> Sequence[Token]:
    """Ollama's form; a loss where another dialect's is not OpenAI's."""
    try:
        found = _content.decode(raw)
    except (ValueError, RecursionError):
        lost.add("logprobs")
        return ()
    return ((found.content or ()) or (found.refusal or ())) if found else ()
