"""How much answer a request wants, and the same request with a limit on it. Both spellings of a name are read."""

from typing import Any

import msgspec

from lockgate.core.body import Body, Headed
from lockgate.core.wanted import Wanted, amount

_value = msgspec.json.Decoder()
_CONFIG = ("generationConfig", "generation_config")
_LIMIT = ("maxOutputTokens", "max_output_tokens")
_ANSWERS = ("candidateCount", "candidate_count")


def wanted(body: Headed) -> Wanted:
    limits, answers = [], [1]
    for name in _CONFIG:
        config = _config(body, name)
        limits += [most for key in _LIMIT if (most := amount(config.get(key), f"{name}.{key}")) is not None]
        answers += [most for key in _ANSWERS if (most := amount(config.get(key), f"{name}.{key}")) is not None]
    return Wanted(max(limits, default=None), max(answers))


def at_most(body: Body, tokens: int) -> Body:
    top = body.top if isinstance(body, Headed) else body.tree
    for name in [key for key in _CONFIG if key in top] or [_CONFIG[0]]:
        config = _config(body, name)
        limits = [key for key in _LIMIT if key in config] or [_LIMIT[0]]
        body = body.set(name, {**config, **dict.fromkeys(limits, tokens)})
    return body


def _config(body: Body, name: str) -> dict[str, Any]:
    """What is no object is refused elsewhere, or by the upstream."""
    if isinstance(body, Headed):
        config = _value.decode(body.top[name]) if name in body.top else None
    else:
        config = body.tree.get(name)
    return config if isinstance(config, dict) else {}
