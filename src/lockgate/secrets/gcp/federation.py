"""Workload identity federation: a token of somebody else's, from a file, an address or AWS, is exchanged for one of Google
(RFC 8693).
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
from msgspec import Struct

from lockgate.clouds.web import LIMIT, NO_DOCUMENT, Silent, ask
from lockgate.core.secret_source import Surroundings
from lockgate.secrets.gcp import of_aws

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
WANTED = "urn:ietf:params:oauth:token-type:access_token"


class _Form(Struct, frozen=True):
    type: str = "text"
    subject_token_field_name: str = ""


class _Source(Struct, frozen=True):
    """Other places that Google's own clients know (`executable`, which runs a command, and `certificate`) are not read."""

    file: str = ""
    url: str = ""
    headers: dict[str, str] = {}
    environment_id: str = ""
    region_url: str = ""
    regional_cred_verification_url: str = ""
    imdsv2_session_token_url: str = ""
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
    subject = _subject(made, around, ca)
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
            "invalid_grant": f"the token {'in the file ' if made.credential_source.file else ''}is not valid now",
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


def _subject(made: Federated, around: Surroundings, ca: Path | None) -> str:
    source = made.credential_source
    if source.environment_id == of_aws.VERSION:
        asked = source.region_url, source.url, source.imdsv2_session_token_url, source.regional_cred_verification_url
        return of_aws.subject(of_aws.Places(*asked), made.audience, around)
    if source.environment_id or not (source.file or source.url):
        raise Silent("its `credential_source` is neither a file, an address nor AWS, and others are not read here")
    where = source.file or "what is at its address"
    text = _file(source.file, around.folder) if source.file else _fetched(source, ca)
    if source.format.type == "json":
        try:
            found: Any = msgspec.json.decode(text, type=dict[str, Any]).get(source.format.subject_token_field_name)
        except NO_DOCUMENT:
            found = None
        text = found if isinstance(found, str) else ""
    if not text:
        raise Silent(f"there is no token in {where}")
    return text


def _file(name: str, folder: Path) -> str:
    try:
        with (folder / name).open() as file:
            return file.read(LIMIT).strip()
    except (OSError, UnicodeDecodeError):
        raise Silent(f"the token file {name} cannot be read") from None


def _fetched(source: _Source, ca: Path | None) -> str:
    told = ask("GET", source.url, source.headers, ca=ca)
    if told.status != 200:
        raise Silent(f"no token is to be had at its address: status {told.status}")
    return told.body.decode("utf-8", "replace").strip()
