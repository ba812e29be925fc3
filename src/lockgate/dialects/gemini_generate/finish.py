"""Why an answer ended: `finishReason` and `blockReason`, both ways."""

from lockgate.core.answer import Finish

_FILTERS = (
    "SAFETY",
    "RECITATION",
    "LANGUAGE",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "IMAGE_SAFETY",
    "IMAGE_PROHIBITED_CONTENT",
    "IMAGE_RECITATION",
    "MODEL_ARMOR",
    "ESCALATION",
    "PUP_LIMITED_DISABLED",
)
_FINISH: dict[str, Finish] = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "CONTINUATION": "length",
    **dict.fromkeys(_FILTERS, "filtered"),
}
REASON: dict[Finish, str] = {
    "stop": "STOP",
    "tool_use": "STOP",
    "length": "MAX_TOKENS",
    "filtered": "SAFETY",
    "error": "OTHER",
}


def decode(reason: str, *, called: bool) -> Finish:
    """They say STOP when the model called tools, too. What has no word (MALFORMED_FUNCTION_CALL …) is an error."""
    finish = _FINISH.get(reason, "error")
    return "tool_use" if called and finish == "stop" else finish
