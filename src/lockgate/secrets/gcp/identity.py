"""Who asks Google: a service account with a key file, which signs for its token (RFC 7523), one
that somebody else's token stands for, or that of the machine.
"""

import time
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import msgspec
from msgspec import Struct

from lockgate.clouds.web import LIMIT, NO_DOCUMENT, Silent, ask
from lockgate.core.secret_source import NoSecret, Surroundings
from lockgate.secrets.gcp.federation import SCOPE, Federated, federated

if TYPE_CHECKING:
    from lockgate.secrets.gcp import GcpRef

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
MINUTES = 5
METADATA = "metadata.google.internal"
FLAVOUR = {"metadata-flavor": "Google"}


class Identity(Struct, frozen=True):
    """A token, and the project that is meant where none is named."""

    token: str
    project: str


class KeyFile(Struct, frozen=True):
    """As Google makes it for a service account; other kinds of credentials look alike and are refused by `type`."""

    type: str
    client_email: str = ""
    private_key: str = ""
    private_key_id: str = ""
    token_uri: str = "https://oauth2.googleapis.com/token"  # noqa: S105  an address
    project_id: str = ""


class _Typed(Struct):
    type: str


class _Token(Struct):
    access_token: str


class _Error(Struct):
    error: str = ""


def identity(ref: "GcpRef", around: Surroundings) -> Identity:
    """Raises `Silent`, and `NoSecret` where there is no key file."""
    found = _of_machine(ref, around) if ref.identity == "metadata" else _of_file(ref, around)
    around.hold("google access token", found.token)
    return found


def _of_machine(ref: "GcpRef", around: Surroundings) -> Identity:
    base = f"http://{around.environ.get('GCE_METADATA_HOST', METADATA)}/computeMetadata/v1"
    told = ask("GET", f"{base}/instance/service-accounts/default/token", FLAVOUR)
    if told.status != 200:
        raise Silent(f"the machine has no account: its metadata service answered with status {told.status}")
    project = ref.project or ""
    if not project:
        named = ask("GET", f"{base}/project/project-id", FLAVOUR)
        project = named.body.decode("latin-1") if named.status == 200 and len(named.body) < 64 else ""
    return Identity(told.read(_Token).access_token, project)


def _of_file(ref: "GcpRef", around: Surroundings) -> Identity:
    name = ref.key or around.environ.get("GOOGLE_APPLICATION_CREDENTIALS", "")
    if not name:
        raise NoSecret(
            f"{ref.secret} in Google Secret Manager, and no account that asks for it",
            "`key`, GOOGLE_APPLICATION_CREDENTIALS, or `identity: metadata`",
        )
    file, ca = _key_file(around.folder / name), around.folder / ref.ca if ref.ca else None
    if isinstance(file, Federated):
        return Identity(federated(file, around, ca), ref.project or "")
    body = urlencode({"grant_type": GRANT, "assertion": _assertion(file, around)}).encode()
    told = ask("POST", file.token_uri, {"content-type": "application/x-www-form-urlencoded"}, body, ca=ca)
    if told.status != 200:
        wrong = told.error(_Error, _Error()).error
        why = (
            "the key is not valid any more, or the clock is wrong" if wrong == "invalid_grant" else "no token is given"
        )
        raise Silent(f"{why}: status {told.status}")
    return Identity(told.read(_Token).access_token, ref.project or file.project_id)


def _key_file(path: Path) -> KeyFile | Federated:
    try:
        with path.open("rb") as file:
            raw = file.read(LIMIT)
    except OSError:
        raise Silent(f"the key file {path} cannot be read") from None
    try:
        if msgspec.json.decode(raw, type=_Typed).type == "external_account":
            return msgspec.json.decode(raw, type=Federated)
        made = msgspec.json.decode(raw, type=KeyFile)
    except NO_DOCUMENT:
        raise Silent(f"{path} is no key file of a service account") from None
    if made.type != "service_account" or not made.private_key or not made.client_email:
        raise Silent(f"{path} is no key file of a service account")
    return made


def _assertion(file: KeyFile, around: Surroundings) -> str:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415  heavy, and only here
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import padding, rsa  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    try:
        key = load_pem_private_key(file.private_key.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise Silent("the private key in the key file cannot be used")
    around.hold(f"key of {file.client_email}", file.private_key)
    now = int(time.time())
    claims = {"iss": file.client_email, "scope": SCOPE, "aud": file.token_uri, "iat": now, "exp": now + MINUTES * 60}
    head = {"alg": "RS256", "typ": "JWT", **({"kid": file.private_key_id} if file.private_key_id else {})}
    text = b".".join(urlsafe_b64encode(msgspec.json.encode(part)).rstrip(b"=") for part in (head, claims))
    signature = urlsafe_b64encode(key.sign(text, padding.PKCS1v15(), hashes.SHA256())).rstrip(b"=")
    return f"{text.decode()}.{signature.decode()}"
