"""Asks Google Cloud Secret Manager for a version (`versions.access`), with the token of a service account."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from lockgate.clouds.web import Silent, ask, picked
from lockgate.core.secret_source import NoSecret, Surroundings
from lockgate.secrets.gcp.crc32c import crc32c
from lockgate.secrets.gcp.identity import Identity, identity

if TYPE_CHECKING:
    from lockgate.secrets.gcp import GcpRef

_ROLE = "the role Secret Manager Secret Accessor for the account"


class _Payload(Struct, rename={"check": "dataCrc32c"}):
    data: bytes
    check: str | None = None


class _Accessed(Struct):
    payload: _Payload


class _Error(Struct, frozen=True):
    status: str = ""


class _Failed(Struct, frozen=True):
    error: _Error = _Error()


_STATUSES: Mapping[str, tuple[str, str]] = {
    "NOT_FOUND": ("which does not exist there", "its name, version, project and, of a regional secret, `location`"),
    "PERMISSION_DENIED": ("which may not be read", f"{_ROLE}, and the Secret Manager API switched on in the project"),
    "UNAUTHENTICATED": ("which Google refuses: the token is not valid", "an account that is active"),
    "FAILED_PRECONDITION": ("whose version is disabled or destroyed", "a version that is enabled"),
    "INVALID_ARGUMENT": ("which Google takes for no name of a secret", "its name, its version, its project's id"),
    "RESOURCE_EXHAUSTED": ("which cannot be read now: Google is asked too often", "fewer requests"),
}


def read(ref: "GcpRef", around: Surroundings) -> str:
    """The secret's text."""
    place = f"{ref.secret} in Google Secret Manager"
    try:
        return picked(_accessed(ref, identity(ref, around), around, place).decode(), ref.field)
    except Silent as error:
        raise NoSecret(f"{place}, which cannot be read: {error}", "a secret that can be read") from None
    except UnicodeDecodeError:
        raise NoSecret(f"{place}, which is binary", "a secret that is text") from None


def _accessed(ref: "GcpRef", who: Identity, around: Surroundings, place: str) -> bytes:
    if not who.project:
        raise NoSecret(f"{place}, whose project is not known", "`project`")
    middle = f"/locations/{ref.location}" if ref.location else ""
    host = f"secretmanager.{ref.location}.rep.googleapis.com" if ref.location else "secretmanager.googleapis.com"
    base = (ref.endpoint or f"https://{host}").rstrip("/")
    url = f"{base}/v1/projects/{who.project}{middle}/secrets/{ref.secret}/versions/{ref.version}:access"
    ca = around.folder / ref.ca if ref.ca else None
    told = ask("GET", url, {"authorization": f"Bearer {who.token}"}, ca=ca)
    if told.status == 200:
        return _whole(told.read(_Accessed).payload)
    status = told.error(_Failed, _Failed()).error.status
    if status in _STATUSES:
        found, expected = _STATUSES[status]
        raise NoSecret(f"{place} (project {who.project}, version {ref.version}), {found}", expected)
    raise Silent(f"Google answered with status {told.status}")


def _whole(payload: _Payload) -> bytes:
    if payload.check is not None and payload.check != str(crc32c(payload.data)):
        raise Silent("its checksum is wrong: it was damaged on the way")
    return payload.data
