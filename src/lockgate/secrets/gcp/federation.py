"""Workload identity federation: a token of somebody else's, kept fresh in a file, is exchanged for one of Google (RFC 8693)."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
from msgspec import Struct

from lockgate.clouds.web import LIMIT, Silent, ask
from lockgate.core.secret_source import Surroundings

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
WANTED = "urn:ietf:params:oauth:token-type:access_token"


class _Form(Struct, frozen=True):
    type: str = "text"
    subject_token_field_name: str = ""


class _Source(Struct, frozen=True):
    """Other places that Google's own clients know (`url`, `executable`, `environment_id`, `certificate`) are not read."""

    file: str = ""
    format: _Form = _Form()


class Federated(Struct, frozen=True):
    """A credential configuration of the type `external_account`, as `gcloud` makes it. There is no secret in it."""

    audience: str
    subject_token_type: str
    token_url: str
    credential_source: _Source
    service_account_impersonation_url: str = ""


class _Token(Struct):
    access_token: str


class _Lent(Struct, rename="camel"):
    access_token: str


class _Error(Struct):
    error: str = ""


def federated(made: Federated, around: Surroundings, ca: Path | None) -> str:
    """An access token. Raises `Silent`."""
    subject = _subject(made.credential_source, around.folder)
    around.hold(f"token for {made.audience}", subject)
    form = {
        "grant_type": GRANT,
        "audience": made.audience,
        "scope": SCOPE,
        "requested_token_type": WANTED,
        "subject_token": subject,
        "subject_token_type": made.subject_token_type,
    }
    headers = {"content-type": "application/x-www-form-urlencoded"}
    told = ask("POST", made.token_url, headers, urlencode(form).encode(), ca=ca)
    if told.status != 200:
        wrong = told.error(_Error, _Error()).error
        whys = {
            "invalid_grant": "the token in the file is not valid now",
            "invalid_target": "there is no such provider",
        }
        raise Silent(f"{whys.get(wrong, 'no token is given')}: status {told.status}")
    token = told.read(_Token).access_token
    url = made.service_account_impersonation_url
    return _of_account(url, token, around, ca) if url else token


def _of_account(url: str, token: str, around: Surroundings, ca: Path | None) -> str:
    """The token of the service account that the federated identity may speak for."""
    around.hold("google federated token", token)
    body = msgspec.json.encode({"scope": [SCOPE], "lifetime": "3600s"})
    headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}
    told = ask("POST", url, headers, body, ca=ca)
    if told.status != 200:
        raise Silent(f"the service account is not to be had (Workload Identity User): status {told.status}")
    return told.read(_Lent).access_token


def _subject(source: _Source, folder: Path) -> str:
    if not source.file:
        raise Silent("its `credential_source` is no file, and others are not read here")
    try:
        with (folder / source.file).open() as file:
            text = file.read(LIMIT).strip()
    except (OSError, UnicodeDecodeError):
        raise Silent(f"the token file {source.file} cannot be read") from None
    if source.format.type == "json":
        try:
            found: Any = msgspec.json.decode(text, type=dict[str, Any]).get(source.format.subject_token_field_name)
        except msgspec.MsgspecError:
            found = None
        text = found if isinstance(found, str) else ""
    if not text:
        raise Silent(f"there is no token in {source.file}")
    return text
