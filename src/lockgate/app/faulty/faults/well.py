"""No faults, or nearly none: sound answers, late ones, and refusals in the words of providers."""

import msgspec

from lockgate.app.faulty.play import Fault, Play

LONG = "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens."
LONG_ANTHROPIC = "prompt is too long: 9001 tokens > 8192 maximum"
LONG_GEMINI = "The input token count (9001) exceeds the maximum number of tokens allowed (8192)."
FILTERED = "The response was filtered due to the prompt triggering the content management policy."
_encode = msgspec.json.Encoder().encode


async def well(play: Play) -> bool:
    return await play.well()


async def slow(play: Play) -> bool:
    """`slow-800`: so many milliseconds before the first byte."""
    await play.pause(float(play.argument or 1000) / 1000)
    return await play.well()


async def sometimes(play: Play) -> bool:
    """`sometimes-800`: every twentieth request waits so many milliseconds."""
    if play.entry.number % 20 == 0:
        await play.pause(float(play.argument or 1000) / 1000)
    return await play.well()


async def paced(play: Play) -> bool:
    """`paced-50`: so many milliseconds between two pieces of a stream."""
    if not play.sound.stream:
        return await play.well()
    await play.begun()
    for piece in play.sound.pieces:
        await play.piece(piece)
        await play.pause(float(play.argument or 50) / 1000)
    await play.peer.send(b"0\r\n\r\n")
    play.entry.ended = "whole"
    return True


async def late(play: Play) -> bool:
    """200, and a stream that begins with an error; of a whole answer, an error with status 200."""
    sound = play.sound
    if sound.stream:
        await play.streamed((sound.speaker.broken(sound.turn),))
    else:
        await play.whole(200, sound.whole_headers, sound.failure(503, "The model is overloaded."))
    return True


async def context_length(play: Play) -> bool:
    """400: the prompt does not fit, as each provider says it."""
    sound = play.sound
    id_header = sound.speaker.request_id
    if id_header == b"request-id":
        body = sound.failure(400, LONG_ANTHROPIC)
    elif b'"error"' in (said := sound.failure(400, LONG)) and b'"param"' in said:
        error = {
            "message": LONG,
            "type": "invalid_request_error",
            "param": "messages",
            "code": "context_length_exceeded",
        }
        body = _encode({"error": error})
    else:
        body = sound.failure(400, LONG_GEMINI)
    await play.whole(400, sound.whole_headers, body)
    return True


async def content_filter(play: Play) -> bool:
    """400: the provider's own filter does not like the prompt, as Azure's OpenAI says it."""
    error = {"message": FILTERED, "type": None, "param": "prompt", "code": "content_filter", "status": 400}
    await play.whole(400, play.sound.whole_headers, _encode({"error": error}))
    return True


FAULTS: dict[str, Fault] = {
    "ok": well,
    "slow-": slow,
    "sometimes-": sometimes,
    "paced-": paced,
    "late-error": late,
    "context-length": context_length,
    "content-filter": content_filter,
}
