"""What a first configuration can use on this machine: credentials in the environment, and an Ollama that answers."""

import http.client
import re
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from lockgate.app.secret_sources import NoSecret, fetch
from lockgate.app.settings import SecretRef
from lockgate.core.provider import Provider

OLLAMA = "http://127.0.0.1:11434"
_PATIENCE = 0.3
_LIMIT = 1024 * 1024
_SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}")
"""What another process says is written into a file: only names that mean nothing else in YAML."""


class OllamaModel(Struct, frozen=True):
    name: str


class OllamaTags(Struct, frozen=True):
    """The answer to `GET /api/tags`, as far as it matters here (Ollama's API reference, "List models")."""

    models: tuple[OllamaModel, ...] = ()


_decode = msgspec.json.Decoder(OllamaTags).decode


def credentials(providers: Mapping[str, Provider], environ: Mapping[str, str]) -> dict[str, str]:
    """By provider, the first of its variables that holds a credential. The variables' names, never the values."""
    found: dict[str, str] = {}
    for name, provider in sorted(providers.items()):
        variable = next((each for each in provider.environment if _usable(each, environ)), None)
        if variable is not None and provider.base_url and not provider.keyless:
            found[name] = variable
    return found


def ollama_models(host: str = "127.0.0.1", port: int = 11434) -> tuple[str, ...] | None:
    """The models of a local Ollama, at most five; None when none answers within 300 ms."""
    connection = http.client.HTTPConnection(host, port, timeout=_PATIENCE)
    try:
        connection.request("GET", "/api/tags")
        response = connection.getresponse()
        if response.status != 200:
            return None
        tags = _decode(response.read(_LIMIT))
    except (OSError, ValueError, http.client.HTTPException, msgspec.MsgspecError):
        return None
    finally:
        connection.close()
    return tuple(model.name for model in tags.models if _SANE.fullmatch(model.name))[:5]


def _usable(variable: str, environ: Mapping[str, str]) -> bool:
    try:
        return bool(fetch(SecretRef(env=variable), environ, Path()))
    except NoSecret:
        return False
