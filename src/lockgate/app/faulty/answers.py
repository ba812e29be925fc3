"""A sound answer in the dialect of the request: whole or in pieces, with the nonce in each, and its true token counts."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from lockgate.app.faulty.asked import Asked
from lockgate.app.faulty.peer import Headers
from lockgate.core.problem import Problem
from lockgate.providers.demo import answers
from lockgate.providers.demo.script import Plan, prompt_tokens, tokens
from lockgate.providers.demo.speaker import Speaker, Turn

WORDS = 12
JSON: Headers = ((b"content-type", b"application/json"),)
MODELS = b'{"object":"list","data":[]}'


@dataclass(frozen=True, slots=True)
class Sound:
    """`pieces` is the stream, if one was asked for; else it is the whole body alone. `whole` is the body in any case."""

    speaker: Speaker
    turn: Turn
    status: int
    headers: Headers
    pieces: tuple[bytes, ...]
    whole: bytes
    whole_headers: Headers
    input: int = 0
    output: int = 0

    @property
    def stream(self) -> bool:
        return self.turn.stream

    @property
    def body(self) -> bytes:
        return b"".join(self.pieces)

    def failure(self, status: int, words: str) -> bytes:
        """An error body in the words of the dialect."""
        return self.speaker.failure(status, words, self.turn)

    def planned(self, plan: Plan) -> "Sound":
        """The same with another text."""
        whole = answers.whole_of(plan, self.speaker, self.turn)
        made = answers.streamed_of(plan, self.speaker, self.turn) if self.stream else whole
        return replace(
            self, headers=made.headers, pieces=made.pieces, whole=whole.pieces[0], input=plan.input, output=plan.output
        )


def sound(asked: Asked, number: int, now: int, words: Callable[[str], str]) -> Sound:
    """The answer of an upstream that is well, or its refusal of what is no request."""
    request = answers.Request(asked.method, asked.path, asked.query, asked.body)
    speaker = answers.speaker_of(asked.path)
    turn = Turn(number=number, created=now, array=answers.is_array(request))
    if asked.method == "GET" and asked.path.endswith("/models"):  # as health checks ask
        return Sound(speaker, turn, 200, JSON, (MODELS,), MODELS, JSON)
    try:
        read = answers.asked_of(request, speaker, turn)
        wanted = read.speaker.read(read.tree, read.turn)
    except Problem as problem:
        refused = answers.refusal(problem, speaker, turn)
        return Sound(speaker, turn, refused.status, refused.headers, refused.pieces, refused.pieces[0], refused.headers)
    text = words(asked.nonce)
    plan = Plan(text, input=prompt_tokens(wanted), output=tokens(len(text)))
    whole = answers.whole_of(plan, speaker, read.turn)
    made = Sound(speaker, read.turn, 200, whole.headers, whole.pieces, whole.pieces[0], whole.headers)
    return made.planned(plan)


def echoed(nonce: str) -> str:
    """A text whose every word holds the nonce."""
    return " ".join(f"{nonce}-{i}" for i in range(WORDS))
