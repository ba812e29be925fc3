"""From a request's bytes to what is sent back, and how: the right dialect, its script, its failures. Pure."""

import re
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import parse_qs, unquote

import jiter

from lockgate.core.body import Tree
from lockgate.core.problem import Kind, Problem
from lockgate.providers.demo import (
    embed,
    script,
    speak_anthropic,
    speak_gemini,
    speak_ollama,
    speak_openai,
    speak_responses,
)
from lockgate.providers.demo.script import Plan, plan
from lockgate.providers.demo.speaker import Speaker, Turn
from lockgate.providers.demo.wanted import switch, word, wrong

GARBAGE = b'data: {"demo": [}, "\xff\xfe": \n\n'
_JSON = b"application/json"
_EMBEDDINGS = "/v1/embeddings"
_GEMINI_PREFIX = re.compile(r"/v1(?:beta|alpha)?/models/")
_GEMINI = re.compile(r"/v1(?:beta|alpha)?/models/([^/:]+(?:/[^/:]+)*):(generateContent|streamGenerateContent)")


@dataclass(frozen=True, slots=True)
class Answer:
    """What to send. `pieces` of a stream are sent one by one, `gap` seconds apart, after `wait` seconds.

    `ending` "hang": send nothing, ever; "cut": close after half of the pieces or of the whole body.
    """

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    pieces: tuple[bytes, ...]
    streamed: bool = False
    wait: float = 0.0
    gap: float = 0.0
    ending: Literal["whole", "hang", "cut"] = "whole"


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent. `path` is still percent-encoded, and without the query."""

    method: str
    path: str
    query: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was read: in which dialect, under which circumstances, and its body."""

    speaker: Speaker
    turn: Turn
    tree: Tree
    counting: bool = False
    embedding: bool = False


def answer(request: Request, number: int, now: int) -> Answer:
    """Never raises for what a client sent. `number` is for the ids, `now` in seconds since 1970."""
    speaker = speaker_of(request.path)
    turn = Turn(number=number, created=now, array=is_array(request))
    try:
        return _answered(asked_of(request, speaker, turn))
    except Problem as problem:
        return refusal(problem, speaker, turn)


def refusal(problem: Problem, speaker: Speaker, turn: Turn) -> Answer:
    """An error in the dialect's own words."""
    late = (b"retry-after", str(int(problem.retry_after)).encode()) if problem.retry_after else None
    headers = (*_headers(speaker, turn, _JSON), *((late,) if late else ()))
    return Answer(problem.status, headers, (speaker.failure(problem.status, problem.detail, turn),))


def speaker_of(path: str) -> Speaker:
    return speak_gemini.speaker if _GEMINI_PREFIX.match(path) else _PATHS.get(path, speak_openai.speaker)


def asked_of(request: Request, speaker: Speaker, turn: Turn) -> Asked:
    gemini = _GEMINI.fullmatch(request.path)
    if request.path not in _PATHS and not gemini:
        raise Problem(Kind.NOT_FOUND, "There is nothing at this path.")
    if request.method != "POST":
        raise Problem(Kind.METHOD, "Only POST is answered here.")
    tree = _tree(request.body)
    if gemini:
        stream = gemini[2] == "streamGenerateContent"
        return Asked(speaker, replace(turn, model=unquote(gemini[1]), stream=stream), tree)
    model = word(tree.get("model"), "model")
    if not model:
        raise wrong("model", "you must provide a model parameter")
    stream = switch(tree.get("stream"), "stream", default=speaker is speak_ollama.speaker)
    usage = speaker is speak_openai.speaker and speak_openai.include_usage(tree)
    turn = replace(turn, model=model, stream=stream, usage=usage)
    counting, embedding = request.path.endswith("/count_tokens"), request.path == _EMBEDDINGS
    return Asked(speaker, turn, tree, counting, embedding)


def is_array(request: Request) -> bool:
    """Gemini streams one JSON array unless events are asked for."""
    found = _GEMINI.fullmatch(request.path)
    return found is not None and found[2] == "streamGenerateContent" and parse_qs(request.query).get("alt") != ["sse"]


def _tree(body: bytes) -> Tree:
    """One JSON object without duplicate keys: which of two would count is no question to leave open."""
    try:
        tree = jiter.from_json(body, allow_inf_nan=False, catch_duplicate_keys=True)
    except (ValueError, RecursionError) as error:
        raise Problem(Kind.INVALID, f"The body is not valid JSON: {error}") from error
    if not isinstance(tree, dict):
        raise wrong("body", "must be an object")
    return tree


def _answered(asked: Asked) -> Answer:
    speaker, turn, tree = asked.speaker, asked.turn, asked.tree
    if asked.counting:
        script.check(turn.model)
        wanted = speak_anthropic.asked(tree, turn)
        counted = speak_anthropic.counted(script.prompt_tokens(wanted))
        return Answer(200, _headers(speaker, turn, _JSON), (counted,))
    if asked.embedding:
        planned = plan(embed.read(tree, turn))
        return whole_of(planned, replace(speaker, whole=lambda plan, turn: embed.whole(tree, turn, plan.input)), turn)
    planned = plan(speaker.read(tree, turn))
    return streamed_of(planned, speaker, turn) if turn.stream else whole_of(planned, speaker, turn)


def whole_of(planned: Plan, speaker: Speaker, turn: Turn) -> Answer:
    if planned.fate == "error_midstream":
        # Without a stream there is no middle: the whole call fails.
        return refusal(Problem(Kind.UPSTREAM_ERROR, script.BROKEN, status=500), speaker, turn)
    body = speaker.whole(planned, turn)
    if planned.fate == "malformed":
        body = body[: len(body) // 2] + GARBAGE
    return Answer(200, _headers(speaker, turn, _JSON), (body,), wait=planned.wait, ending=_ending(planned))


def streamed_of(planned: Plan, speaker: Speaker, turn: Turn) -> Answer:
    pieces = speaker.stream(planned, turn)
    half = pieces[: len(pieces) // 2]
    if planned.fate == "error_midstream":
        pieces = [*half, speaker.broken(turn)]
    elif planned.fate == "malformed":
        pieces = [*half, GARBAGE, *pieces[len(half) :]]
    headers = _headers(speaker, turn, speaker.stream_type(turn))
    return Answer(200, headers, tuple(pieces), True, planned.wait, planned.gap, _ending(planned))


def _ending(planned: Plan) -> Literal["whole", "hang", "cut"]:
    return planned.fate if planned.fate in ("hang", "cut") else "whole"


def _headers(speaker: Speaker, turn: Turn, media_type: bytes) -> tuple[tuple[bytes, bytes], ...]:
    return (b"content-type", media_type), (speaker.request_id, b"req_demo%d" % turn.number)


_PATHS = {
    _EMBEDDINGS: speak_openai.speaker,
    "/v1/chat/completions": speak_openai.speaker,
    "/v1/responses": speak_responses.speaker,
    "/v1/messages": speak_anthropic.speaker,
    "/v1/messages/count_tokens": speak_anthropic.speaker,
    "/api/chat": speak_ollama.speaker,
}
