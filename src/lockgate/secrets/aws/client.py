"""Asks AWS Secrets Manager for a value: one signed request (`GetSecretValue`), when the secret is needed."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from lockgate.clouds.sigv4 import Account, signed
from lockgate.clouds.web import Silent, Told, ask, host_of, picked
from lockgate.core.secret_source import NoSecret, Surroundings
from lockgate.secrets.aws.identity import account

if TYPE_CHECKING:
    from lockgate.secrets.aws import AwsRef

SERVICE = "secretsmanager"
_JSON = "application/x-amz-json-1.1"


class _Value(Struct, rename={"text": "SecretString", "raw": "SecretBinary"}):
    text: str | None = None
    raw: bytes | None = None


class _Error(Struct, rename={"kind": "__type"}):
    kind: str = ""


_KEYS = ("which AWS refuses: it does not know the access key", "an access key that is active, of the right partition")
_SIGNED = (
    "which AWS refuses: the signature does not fit",
    "the secret key that belongs to the access key, the right region, and a clock that is right",
)
_OLD = ("which AWS refuses: the session is over", "a session token that is still valid")
_REFUSED = ("which AWS refuses", "keys that are valid, and secretsmanager:GetSecretValue in the identity's policy")
_DECRYPT = ("whose key may not be used", "kms:Decrypt for the key that it is encrypted with")
_CODES: Mapping[str, tuple[str, str]] = {
    "ResourceNotFoundException": ("which does not exist there", "its name or ARN, in the region where it is"),
    "AccessDeniedException": ("which may not be read", "secretsmanager:GetSecretValue for it in the identity's policy"),
    "InvalidRequestException": ("which is going to be deleted, or has no value", "one that is in use"),
    "InvalidParameterException": ("which AWS takes for no name of a secret", "a secret's name or ARN"),
    "DecryptionFailure": _DECRYPT,
    "DecryptionFailureException": _DECRYPT,
    "UnrecognizedClientException": _KEYS,
    "InvalidClientTokenId": _KEYS,
    "InvalidSignatureException": _SIGNED,
    "SignatureDoesNotMatch": _SIGNED,
    "IncompleteSignatureException": _SIGNED,
    "ExpiredTokenException": _OLD,
    "ExpiredToken": _OLD,
    "ThrottlingException": ("which cannot be read now: AWS is asked too often", "fewer requests"),
}


def read(ref: "AwsRef", around: Surroundings) -> str:
    """The secret's text."""
    place = f"{ref.secret} in AWS Secrets Manager"
    try:
        value = _asked(ref, account(ref, around), around, place).read(_Value)
        text = value.text if value.text is not None else (value.raw or b"").decode()
        return picked(text, ref.field)
    except Silent as error:
        raise NoSecret(f"{place}, which cannot be read: {error}", "a secret that can be read") from None
    except UnicodeDecodeError:
        raise NoSecret(f"{place}, which is binary", "a secret that is text") from None


def _asked(ref: "AwsRef", asking: Account, around: Surroundings, place: str) -> Told:
    region = asking.region
    body = msgspec.json.encode({"SecretId": ref.secret, "VersionStage": ref.stage})
    url = (ref.endpoint or f"https://{SERVICE}.{region}.{_domain(region)}").rstrip("/") + "/"
    given = {"host": host_of(url), "content-type": _JSON, "x-amz-target": f"{SERVICE}.GetSecretValue"}
    headers = signed(asking, SERVICE, "POST", "/", given, body=body, at=time.time())
    told = ask("POST", url, headers, body, ca=around.folder / ref.ca if ref.ca else None)
    if told.status == 200:
        return told
    kind = told.error(_Error, _Error()).kind.rpartition("#")[2]
    found, expected = _CODES.get(kind, _REFUSED if told.status in (401, 403) else ("", ""))
    if found:
        raise NoSecret(f"{place} ({region}), {found}", expected)
    raise Silent(f"AWS answered with status {told.status} in {region}")


def _domain(region: str) -> str:
    return "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
