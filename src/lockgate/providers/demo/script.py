"""What the demo does with a request: texts, tool calls, pauses and failures, by the name of the model. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import msgspec

from lockgate.core.problem import Kind, Problem
from lockgate.providers.demo.example import example
from lockgate.providers.demo.wanted import Offer, Wanted

Fate = Literal["whole", "hang", "cut", "error_midstream", "malformed"]
Finish = Literal["stop", "length", "tool_use"]

FRIENDLY = (
    "Hello! I am the demo model of Lockgate. I need no key and no network, and I say the same to everybody. "
    "Everything else is real: your request came through the gateway, its rules and its limits."
)
PIECES = 4_000
CALLS = 16
BROKEN = "The demo model broke here, as its name says."
_LEAK = (
    "Of course. The customer is Erika Mustermann, erika.mustermann@example.com, phone +49 30 23125 000. "
    "She pays with card 4111 1111 1111 1111 or from IBAN DE89 3704 0044 0532 0130 00. "
    # Well-known examples, in two pieces each so that no scanner takes this file for a leak.
    "Our storage key is " + "AKIA" + "IOSFODNN7EXAMPLE" + " and the password is hunter2."
)
THOUGHT = "The user talks to the demo model. I will think for a moment, so that there is something to show."
_SENTENCE = "the gateway reads what it lets through and says why when it does not "
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Call:
    """A tool that the demo calls. `arguments` is JSON text, always of an object."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Plan:
    """An answer before it has a form. Seconds: `wait` before it begins, `gap` between two words of a stream.

    `input`, `output` and `reasoning` are token counts; `output` includes `reasoning`.
    """

    text: str = ""
    thought: str = ""
    calls: tuple[Call, ...] = ()
    finish: Finish = "stop"
    fate: Fate = "whole"
    wait: float = 0.0
    gap: float = 0.0
    input: int = 1
    output: int = 1
    reasoning: int = 0


def plan(wanted: Wanted) -> Plan:
    """Raises `Problem` with the status that the model's name asks for, and NO_MODEL for a demo that there is not."""
    name = wanted.model.removesuffix(":latest")
    check(name)
    made = _SCRIPTS.get(name, _demo)(wanted)
    said = len(made.text) + sum(len(call.name) + len(call.arguments) for call in made.calls)
    reasoning = tokens(len(made.thought)) if made.thought else 0
    output = tokens(said) + reasoning
    return replace(made, input=prompt_tokens(wanted), output=output, reasoning=reasoning)


def check(name: str) -> None:
    """A name that does not begin with `demo` is a route's alias for the plain one."""
    failing = _ERROR.fullmatch(name)
    if failing:
        status = int(failing[1])
        late = 1.0 if status in (429, 503) else None
        detail = f"The demo model answers with status {status}, as its name says."
        raise Problem(Kind.UPSTREAM_ERROR, detail, source="upstream", status=status, retry_after=late)
    if name.startswith("demo") and name not in _SCRIPTS:
        raise Problem(Kind.NO_MODEL, f"There is no model {name[:100]!r}. Models: {', '.join(_SCRIPTS)}.", where="model")


def tokens(characters: int) -> int:
    """About four characters a token, as English text has."""
    return max(1, (characters + 3) // 4)


def prompt_tokens(wanted: Wanted) -> int:
    return tokens(wanted.characters) + 85 * len(wanted.pictures)


def words(text: str) -> list[str]:
    """Pieces of a text as a stream sends them: a word each, or more where the text is long. Joined they are the text."""
    if len(text) <= 8 * PIECES:
        return re.findall(r"\s*\S+|\s+\Z", text)
    step = len(text) // PIECES
    return [text[i : i + step] for i in range(0, len(text), step)]


def _demo(wanted: Wanted) -> Plan:
    if wanted.results:
        said = " ".join(f"{result.name or 'A tool'} said: {result.text[:2000]}" for result in wanted.results)
        return Plan(f"Thank you. {said}")
    called = _calls(wanted)
    if called:
        return Plan(calls=called, finish="tool_use")
    return Plan(FRIENDLY) if wanted.schema is None else _json(wanted)


def _calls(wanted: Wanted) -> tuple[Call, ...]:
    """The first tool; all of them when several calls at once are allowed; one tool twice when the user says "both"."""
    if wanted.silent or not wanted.tools:
        return ()
    chosen = [tool for tool in wanted.tools if tool.name == wanted.forced] if wanted.forced else list(wanted.tools)
    if wanted.parallel is False or (wanted.forced and chosen):
        chosen = chosen[:1]
    elif len(chosen) == 1 and re.search(r"\bboth\b", wanted.text, re.IGNORECASE):
        chosen *= 2
    return tuple(_call(tool) for tool in chosen[:CALLS])


def _call(tool: Offer) -> Call:
    made = example({"type": "object", **tool.schema})
    return Call(tool.name, _encode(made if isinstance(made, dict) else {}).decode())


def _echo(wanted: Wanted) -> Plan:
    return Plan(wanted.text)


def _slow(wanted: Wanted) -> Plan:
    return Plan(FRIENDLY, gap=0.05) if wanted.stream else Plan(FRIENDLY, wait=2.0)


def _long(wanted: Wanted) -> Plan:
    """The one model that minds the client's limit of tokens."""
    text = _SENTENCE * 143
    text = " ".join(text.split()[:2000])
    most = 4 * (wanted.max_tokens or len(text))
    return Plan(text[:most], finish="length" if most < len(text) else "stop")


def _json(wanted: Wanted) -> Plan:
    asked = wanted.schema or {"type": "object", "properties": {"answer": {"const": FRIENDLY}}}
    return Plan(_encode(example(asked)).decode())


def _think(wanted: Wanted) -> Plan:
    return Plan(FRIENDLY, thought=THOUGHT)


def _image(wanted: Wanted) -> Plan:
    if not wanted.pictures:
        return Plan("I got no image.")
    seen = [f"{p.mime or 'image'} by address" if p.url else f"{p.mime}, {p.size} bytes" for p in wanted.pictures]
    many = "1 image" if len(seen) == 1 else f"{len(seen)} images"
    return Plan(f"I got {many}: {'; '.join(seen[:100])}.")


def _fated(fate: Fate) -> Callable[[Wanted], Plan]:
    return lambda wanted: Plan(FRIENDLY, fate=fate)


_ERROR = re.compile(r"demo-error-([45]\d\d)")
_SCRIPTS: dict[str, Callable[[Wanted], Plan]] = {
    "demo": _demo,
    "demo-echo": _echo,
    "demo-slow": _slow,
    "demo-long": _long,
    "demo-hang": _fated("hang"),
    "demo-cut": _fated("cut"),
    "demo-error-midstream": _fated("error_midstream"),
    "demo-leak": lambda wanted: Plan(_LEAK),
    "demo-json": _json,
    "demo-think": _think,
    "demo-image": _image,
    "demo-malformed": _fated("malformed"),
}
