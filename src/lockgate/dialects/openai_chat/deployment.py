"""The model that is asked: what the body says, or on Azure's paths the deployment that the path names.

Azure OpenAI REST reference, "Chat completions" and "Embeddings": a deployment is asked, and the body's `model` has no say.
"""

import re

import msgspec

from lockgate.core.body import Headed
from lockgate.core.dialect import Target
from lockgate.core.problem import Kind, Problem

_model = msgspec.json.Decoder(str)


def path(operation: str) -> re.Pattern[str]:
    return re.compile(rf"/openai/deployments/(?P<model>[^/]+)/{operation}")


def model(target: Target, body: Headed) -> str:
    """Raises `Problem(INVALID)` where nobody names one, or somebody in a way that another reader might take for the name."""
    if deployment := target.names.get("model"):
        if any(key != "model" and key.casefold() == "model" for key in body.top):
            raise Problem(Kind.INVALID, "the body has a key that differs from model only in case", where="model")
        return deployment
    try:
        named = _model.decode(body.top["model"])
    except (KeyError, msgspec.DecodeError) as error:
        raise _unnamed() from error
    if not named:
        raise _unnamed()
    return named


def _unnamed() -> Problem:
    return Problem(Kind.INVALID, "model must be the name of a model", where="model")
