"""`tokens`, and the rules that need them."""

from collections.abc import Iterator

from lockgate.app.mistake import Wrong, quoted
from lockgate.app.parts import Parts
from lockgate.app.settings import TokenSettings
from lockgate.core.duration import seconds
from lockgate.core.remote_guard import RemoteGuardConfig

LEAST = 60.0


def mistakes(parts: Parts) -> Iterator[Wrong]:
    for number, rule in parts.rules.items():
        if rule.action != "tokenize":
            continue
        if isinstance(rule.guard, RemoteGuardConfig):
            why = "it is asked when tokens have been given already, and what it finds would go on without one"
            yield Wrong(("rules", number, "action"), "tokenize, with a guard elsewhere", f"flag, mask or block: {why}")
        if "response" in rule.places:
            yield Wrong(
                ("rules", number, "on", *([rule.on.index("response")] if rule.on else [])),
                "'response' with `action: tokenize`",
                "request, system, tool_arguments, tool_results: tokens go to models; for answers `action: mask` or `block`",
            )
    if parts.tokens is not None:
        yield from _section(parts.tokens)


def _section(tokens: TokenSettings) -> Iterator[Wrong]:
    if seconds(tokens.ttl) < LEAST:
        yield Wrong(("tokens", "ttl"), quoted(tokens.ttl), "at least 1m")
    if tokens.store.remote and tokens.key is None:
        yield Wrong(
            ("tokens", "key"), "nothing, with a store that gateways share", "the secret that all of them seal with"
        )
