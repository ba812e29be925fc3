"""Log probabilities: Google's `logprobsResult` and OpenAI's `logprobs`, which is the canonical form."""

import msgspec
from msgspec import Raw, Struct

from lockgate.dialects.gemini_generate import wire


class _Token(Struct, frozen=True, gc=False, rename="camel"):
    token: str | None = None
    log_probability: float | None = None


class _Step(Struct, frozen=True):
    candidates: list[_Token] | None = None


class _Result(Struct, frozen=True, rename="camel"):
    chosen_candidates: list[_Token] | None = None
    top_candidates: list[_Step] | None = None


class _Other(Struct, frozen=True, gc=False):
    token: str = ""
    logprob: float = 0.0
    bytes: list[int] | None = None


class _Chosen(Struct, frozen=True):
    token: str = ""
    logprob: float = 0.0
    bytes: list[int] | None = None
    top_logprobs: list[_Other] = []


class _Logprobs(Struct, frozen=True):
    content: list[_Chosen] | None = None


_result = msgspec.json.Decoder(_Result)
_logprobs = msgspec.json.Decoder(_Logprobs)


def decode(raw: Raw) -> Raw:
    """Empty when there is nothing to read."""
    if not wire.present(raw):
        return wire.ABSENT
    try:
        result = _result.decode(raw)
    except msgspec.MsgspecError:
        return wire.ABSENT
    steps = [step.candidates or [] for step in result.top_candidates or []]
    chosen = result.chosen_candidates or []
    steps += [[]] * (len(chosen) - len(steps))
    content = [
        _Chosen(one.token or "", one.log_probability or 0.0, _bytes(one.token), [_other(other) for other in steps[i]])
        for i, one in enumerate(chosen)
    ]
    return Raw(wire.encode(_Logprobs(content)))


def encode(raw: Raw) -> Raw:
    """Empty when there is nothing to write."""
    if not wire.present(raw):
        return wire.ABSENT
    try:
        content = _logprobs.decode(raw).content or []
    except msgspec.MsgspecError:
        return wire.ABSENT
    chosen = [_Token(one.token, one.logprob) for one in content]
    top = [_Step([_Token(other.token, other.logprob) for other in one.top_logprobs]) for one in content]
    return Raw(wire.encode(_Result(chosen, top)))


def _other(token: _Token) -> _Other:
    return _Other(token.token or "", token.log_probability or 0.0, _bytes(token.token))


def _bytes(token: str | None) -> list[int]:
    return list((token or "").encode())
