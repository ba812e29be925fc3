"""Asks Azure Key Vault for a secret (`GET /secrets/NAME/VERSION`), with a token of Entra ID."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from lockgate.clouds.web import Silent, ask, picked
from lockgate.core.secret_source import NoSecret, Surroundings
from lockgate.secrets.azure.clouds import cloud_of
from lockgate.secrets.azure.identity import token

if TYPE_CHECKING:
    from lockgate.secrets.azure import AzureRef

API = "7.4"


class _Bundle(Struct, frozen=True):
    value: str


class _Inner(Struct, frozen=True):
    code: str = ""


class _Error(Struct, frozen=True):
    code: str = ""
    innererror: _Inner | None = None


class _Failed(Struct, frozen=True):
    error: _Error = _Error()


_ROLE = "the role Key Vault Secrets User, or `get` for secrets in the vault's access policy"
_CODES: Mapping[str, tuple[str, str]] = {
    "SecretNotFound": ("which does not exist there", "its name, its version, its vault"),
    "SecretDisabled": ("which is disabled", "one that is enabled"),
    "ForbiddenByFirewall": ("whose vault does not let this machine in", "an exception in the vault's firewall"),
    "ForbiddenByConnection": ("whose vault does not let this machine in", "its private endpoint, or an exception"),
    "ForbiddenByRbac": ("which may not be read", _ROLE),
    "ForbiddenByPolicy": ("which may not be read", _ROLE),
    "AccessDenied": ("which may not be read", _ROLE),
    "Forbidden": ("which may not be read", _ROLE),
    "Unauthorized": ("which Azure refuses: the token is not for it", "an identity of the vault's own tenant"),
    "BadParameter": ("which Azure takes for no name of a secret", "its name, its version"),
    "Throttled": ("which cannot be read now: Azure is asked too often", "fewer requests"),
}


def read(ref: "AzureRef", around: Surroundings) -> str:
    """The secret's text."""
    place = f"{ref.secret} in the Azure key vault {ref.vault}"
    base, cloud = cloud_of(ref.vault)
    try:
        bearer = token(ref, cloud, around)
        around.hold("azure access token", bearer)
        url = f"{base}/secrets/{ref.secret}{f'/{ref.version}' if ref.version else ''}?api-version={API}"
        ca = around.folder / ref.ca if ref.ca else None
        told = ask("GET", url, {"authorization": f"Bearer {bearer}"}, ca=ca)
        if told.status == 200:
            return picked(told.read(_Bundle).value, ref.field)
    except Silent as error:
        raise NoSecret(f"{place}, which cannot be read: {error}", "a secret that can be read") from None
    found, expected = _why(told.error(_Failed, _Failed()).error)
    raise NoSecret(f"{place}, {found or f'which cannot be read: status {told.status}'}", expected)


def _why(error: _Error) -> tuple[str, str]:
    inner = error.innererror.code if error.innererror is not None else ""
    return _CODES.get(inner) or _CODES.get(error.code) or ("", "a secret that can be read")
