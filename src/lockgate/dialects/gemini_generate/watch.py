"""A cheap look at frames that pass verbatim: counts, the end, an error."""

import msgspec

from lockgate.core.answer import Usage
from lockgate.core.problem import Problem
from lockgate.dialects.gemini_generate import decoder, problem, usage, wire

_SIGNS = (b'"finishReason"', b'"promptFeedback"', b'"error"', b'"groundingMetadata"')


class Watch:
    """Never raises. Does not know which form the stream has, so it looks for itself."""

    __slots__ = ("ended", "failed", "usage")
    over = False  # only the end of the connection is one

    def __init__(self) -> None:
        self.usage: Usage | None = None
        self.ended = False
        self.failed: Problem | None = None

    def feed(self, frame: bytes) -> None:
        if b'"usageMetadata"' not in frame and not any(sign in frame for sign in _SIGNS):
            self.ended = self.ended and b'"candidates"' not in frame
            return
        seen, payload = _peek(frame)
        if seen is None:
            return
        if seen.error is not wire.ABSENT and wire.present(seen.error):
            self.failed = problem.read(200, payload)
        if seen.usage_metadata is not None:
            self.usage = usage.later(self.usage, seen.usage_metadata)
        if seen.candidates:
            if found := usage.searches(seen.candidates):
                self.usage = usage.with_searches(self.usage or Usage(), found)
            # Only the last chunk counts: some servers give a finish reason with every one.
            self.ended = any(candidate.finish_reason for candidate in seen.candidates)
        if seen.prompt_feedback is not None and seen.prompt_feedback.block_reason:
            self.ended = True


def _peek(frame: bytes) -> tuple[wire.Peek | None, bytes]:
    """What can be read of a frame, in whichever form; None when that is nothing."""
    try:
        if frame.startswith(b"data: {"):  # one line, as Google sends it; white space behind it is still JSON
            return wire.peek.decode(frame[6:]), frame[6:]
    except (ValueError, RecursionError, msgspec.MsgspecError):
        pass
    payload = decoder.read(frame, array=frame.lstrip(b"\xef\xbb\xbf \t\r\n,")[:1] in (b"[", b"{"))
    payload = payload.rstrip(b"] \t\r\n")  # a lone error may come as an array of one
    try:
        return wire.peek.decode(payload), payload
    except (ValueError, RecursionError, msgspec.MsgspecError):
        return None, b""
