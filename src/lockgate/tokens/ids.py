"""What a token is, whatever it was written like: its kind and its number, or the letters and digits of its form."""

import re

from lockgate.tokens.formats import FORMATS, form_id

LITERAL = "TEXT"
"""The kind of what the client wrote that looks like a token of its own conversation."""
LONGEST = 24
_OTHER = re.compile(r"%5F|&#95;|\\U005F|[^A-Z0-9]+")
"""What is no letter and no digit, escaped lines among it."""
_LABEL = re.compile(r"<([A-Z0-9_]+)_([0-9]+)>").fullmatch


def kind_of(label: str) -> str:
    """A finding's label as it stands in a token. It does not end in a digit: the number begins there."""
    kind = _OTHER.sub("_", label.upper()).strip("_")[:LONGEST].strip("_") or "VALUE"
    return f"{kind}_NO" if kind[-1].isdigit() else kind


def labelled(kind: str, number: str) -> str:
    """The id of a token with a label, from what was written of both."""
    return _OTHER.sub("", kind.upper()) + "_" + number.lstrip("0")


def token_id(token: str) -> str:
    label = _LABEL(token)
    return labelled(label[1], label[2]) if label else form_id(token)


def kinds(token: str) -> tuple[str, ...]:
    """What a token may stand for. One that has a form may be of several kinds that share it."""
    if label := _LABEL(token):
        return (label[1],)
    return tuple(kind for kind, form in FORMATS.items() if re.fullmatch(form.pattern, token))
