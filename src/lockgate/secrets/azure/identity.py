"""Who asks Azure: an application with a secret or a certificate, a pod with a token of its cluster, or a machine's own identity."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from msgspec import Struct

from lockgate.clouds.web import LIMIT, Silent, Told, ask
from lockgate.core.secret_source import PlainRef, Surroundings
from lockgate.secrets.azure.clouds import Cloud

if TYPE_CHECKING:
    from lockgate.secrets.azure import AzureRef

MACHINE = "http://169.254.169.254"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class _Token(Struct):
    access_token: str


class _Failed(Struct, frozen=True):
    error: str = ""
    error_codes: tuple[int, ...] = ()


_CODES: Mapping[int, str] = {
    7000215: "the client secret is wrong",
    7000222: "the client secret has expired",
    700016: "there is no such application in the tenant",
    90002: "there is no such tenant",
    900023: "there is no such tenant",
    700027: "the application knows no such certificate",
    700024: "the pod's token is not valid now",
    70021: "the application knows no federated credential of this pod",
    700211: "the application knows no federated credential of this pod",
    700213: "the application knows no federated credential of this pod",
}


def token(ref: "AzureRef", cloud: Cloud, around: Surroundings) -> str:
    """Raises `Silent`."""
    told = _managed(ref, cloud, around.environ) if ref.identity == "managed" else _application(ref, cloud, around)
    if told.status == 200:
        return told.read(_Token).access_token
    failed = told.error(_Failed, _Failed())
    whys = [_CODES[code] for code in failed.error_codes if code in _CODES]
    if ref.identity == "managed" and failed.error == "invalid_request":
        whys.append("the machine has no such identity")
    raise Silent(f"no token is given: {whys[0] if whys else f'status {told.status}'}")


def _application(ref: "AzureRef", cloud: Cloud, around: Surroundings) -> Told:
    """The OAuth 2.0 client credentials grant: with a secret, or with an assertion of the cluster (RFC 7523)."""
    environ = around.environ
    tenant = ref.tenant or environ.get("AZURE_TENANT_ID", "")
    client = ref.client_id or environ.get("AZURE_CLIENT_ID", "")
    if not tenant or not client or set(tenant) & set("/?#"):
        raise Silent("`tenant` or `client_id` is not set, and neither is AZURE_TENANT_ID or AZURE_CLIENT_ID")
    authority = environ.get("AZURE_AUTHORITY_HOST", cloud.authority).rstrip("/")
    url = f"{authority}/{tenant}/oauth2/v2.0/token"
    form = {"grant_type": "client_credentials", "client_id": client, "scope": f"{cloud.resource}/.default"}
    if ref.identity == "workload":
        form |= {"client_assertion_type": ASSERTION, "client_assertion": _of_pod(environ)}
    elif ref.identity == "certificate":
        form |= {"client_assertion_type": ASSERTION, "client_assertion": _certified(ref, client, url, around)}
    else:
        form["client_secret"] = around.plain(ref.client_secret or PlainRef(env="AZURE_CLIENT_SECRET"))
        around.hold(f"azure client secret of {client}", form["client_secret"])
    headers = {"content-type": "application/x-www-form-urlencoded"}
    ca = around.folder / ref.ca if ref.ca else None
    return ask("POST", url, headers, urlencode(form).encode(), ca=ca)


def _certified(ref: "AzureRef", client: str, url: str, around: Surroundings) -> str:
    from lockgate.secrets.azure.certificate import assertion  # noqa: PLC0415  only where there is one

    if not (name := ref.certificate or around.environ.get("AZURE_CLIENT_CERTIFICATE_PATH", "")):
        raise Silent("there is no certificate: neither `certificate` nor AZURE_CLIENT_CERTIFICATE_PATH is set")
    return assertion(around.folder / name, client, url, around)


def _of_pod(environ: Mapping[str, str]) -> str:
    try:
        with Path(environ.get("AZURE_FEDERATED_TOKEN_FILE", "")).open() as file:
            return file.read(LIMIT).strip()
    except (OSError, UnicodeDecodeError):
        raise Silent("the pod has no token: AZURE_FEDERATED_TOKEN_FILE is not set, or cannot be read") from None


def _managed(ref: "AzureRef", cloud: Cloud, environ: Mapping[str, str]) -> Told:
    """App Service and its kin say where, in the environment; machines have the metadata service."""
    wanted = {"resource": cloud.resource} | ({"client_id": ref.client_id} if ref.client_id else {})
    endpoint, word = environ.get("IDENTITY_ENDPOINT"), environ.get("IDENTITY_HEADER")
    if endpoint and word:
        query = urlencode({"api-version": "2019-08-01", **wanted})
        return ask("GET", f"{endpoint}?{query}", {"x-identity-header": word})
    service = environ.get("AZURE_POD_IDENTITY_AUTHORITY_HOST", MACHINE).rstrip("/")
    query = urlencode({"api-version": "2018-02-01", **wanted})
    return ask("GET", f"{service}/metadata/identity/oauth2/token?{query}", {"metadata": "true"})
