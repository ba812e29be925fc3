"""What clients got, and what was left lying about: I1, I7, I8."""

import json
import re
from collections.abc import Iterator

from tests.checker.histories import Asked, Histories

NONCE = re.compile(rb"nx[0-9a-f]{12}")
"""How every nonce looks, so that one which nobody should have is seen, whoever's it is."""
ENDS = {
    "openai": rb"data: \[DONE\]",
    "anthropic": rb"event: message_stop",
    "gemini": rb'"finishReason": ?"',
    "ollama": rb'"done": ?true',
}
ERRORS = {
    "openai": rb'data: \{"error"',
    "anthropic": rb"event: error",
    "gemini": rb'\{"error"',
    "ollama": rb'\{"error"',
}


def isolation(run: Histories) -> Iterator[str]:
    """I1: nobody gets another's nonce, and who gets a whole answer gets its own."""
    for asked in run.clients:
        found = {each.decode() for each in NONCE.findall(asked.body)}
        if found - {asked.nonce}:
            yield f"{asked.id} got {sorted(found - {asked.nonce})}"
        whole = asked.status == 200 and not asked.left and not _failed(asked)
        if whole and asked.nonce not in found:
            yield f"{asked.id} got an answer without its own nonce"


def secrecy(run: Histories) -> Iterator[str]:
    """I7: no secret is in anything that was written or sent."""
    for canary in run.canaries:
        for name, content in run.artefacts.items():
            if canary.encode() in content:
                yield f"a secret that begins with {canary[:4]} is in {name}"
        for asked in run.clients:
            if canary.encode() in asked.body:
                yield f"a secret that begins with {canary[:4]} was sent to {asked.id}"


def ends(run: Histories) -> Iterator[str]:
    """I8: who stays hears how it ended: by the end of the dialect or by an error, and not by both; else a whole document."""
    for asked in run.clients:
        if asked.left:
            continue
        if asked.status == 0:
            yield f"{asked.id} got no answer at all"
        elif asked.stream and asked.status == 200:
            ended = re.search(ENDS[asked.dialect], asked.body) is not None
            if ended == _failed(asked):
                yield f"{asked.id} got a stream with {'both ends' if ended else 'no end'}: {asked.body[-120:]!r}"
        elif not _document(asked.body):
            yield f"{asked.id} got a body that is cut: {asked.body[-120:]!r}"


def _failed(asked: Asked) -> bool:
    return asked.stream and re.search(ERRORS[asked.dialect], asked.body) is not None


def _document(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except ValueError:
        return False
