"""Asks Vault over its HTTP API (`/v1/MOUNT/data/PATH`): one or two short requests, when the configuration is read."""

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from lockgate.clouds.web import NO_DOCUMENT, Silent, ask
from lockgate.core.secret_source import NoSecret, PlainRef, Surroundings

if TYPE_CHECKING:
    from lockgate.secrets.vault import VaultRef


class _Auth(Struct):
    client_token: str


class _Login(Struct):
    auth: _Auth


class _Version(Struct):
    data: dict[str, object] | None


class _Read(Struct):
    data: _Version


def read(ref: "VaultRef", around: Surroundings) -> str:
    """The field's text."""
    address = ref.address or around.environ.get("VAULT_ADDR", "")
    place = f"{ref.field} of {ref.mount}/{ref.path} in Vault"
    if not address.startswith(("http://", "https://")):
        raise NoSecret(f"{place}, whose address is not known", "`address`, or VAULT_ADDR, as in https://vault:8200")
    try:
        token = _token(ref, address, around)
        raw = _asked(ref, address, "GET", f"{ref.mount}/data/{ref.path}", around, token=token)
        found = msgspec.json.decode(raw, type=_Read).data.data or {}
    except Silent as error:
        raise NoSecret(f"{place}, which cannot be read: {error}", "a Vault that answers, and may be read") from None
    except NO_DOCUMENT:
        raise NoSecret(f"{place}, which is no secret of the KV engine's second version", "one that is") from None
    text = found.get(ref.field)
    if not isinstance(text, str) or not text.strip():
        raise NoSecret(f"{place}, which is no text or empty", "a field with the secret as text")
    return text


def _token(ref: "VaultRef", address: str, around: Surroundings) -> str:
    if ref.secret_id is not None:
        secret_id = around.plain(ref.secret_id)
        around.hold("vault secret_id", secret_id)
        body = msgspec.json.encode({"role_id": ref.role_id, "secret_id": secret_id})
        raw = _asked(ref, address, "POST", f"auth/{ref.approle}/login", around, body=body)
        try:
            token = msgspec.json.decode(raw, type=_Login).auth.client_token
        except NO_DOCUMENT:
            raise Silent("the login gave no token") from None
    else:
        token = around.plain(ref.token or PlainRef(env="VAULT_TOKEN"))
    around.hold("vault token", token)
    return token


def _asked(
    ref: "VaultRef",
    address: str,
    method: str,
    path: str,
    around: Surroundings,
    *,
    token: str = "",
    body: bytes | None = None,
) -> bytes:
    """The body of a 200; no redirect is followed, for the token would go along."""
    headers = {"X-Vault-Request": "true"}
    if token:
        headers["X-Vault-Token"] = token
    if ref.namespace:
        headers["X-Vault-Namespace"] = ref.namespace
    ca = around.folder / ref.ca if ref.ca else None
    told = ask(method, f"{address.rstrip('/')}/v1/{path}", headers, body, ca=ca)
    if told.status != 200:
        raise Silent(f"it answered with status {told.status}")
    return told.body
