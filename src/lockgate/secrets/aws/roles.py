"""Roles to assume, asked of AWS's Security Token Service: with keys (AssumeRole), or with a token of a cluster (IRSA)."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

from msgspec import Struct

from lockgate.clouds.sigv4 import Account, signed
from lockgate.clouds.web import LIMIT, Silent, Told, ask, host_of
from lockgate.core.secret import Secret
from lockgate.core.secret_source import Surroundings

SESSION = "lockgate"
VERSION = "2011-06-15"
_FORM = "application/x-www-form-urlencoded; charset=utf-8"
_WHYS: Mapping[str, str] = {
    "AccessDenied": "the role may not be assumed: its trust policy, or sts:AssumeRole of who asks",
    "ExpiredTokenException": "the token of the cluster, or the session, is over",
    "InvalidIdentityToken": "AWS does not take the cluster's token: the identity provider of the role's account",
    "IDPRejectedClaim": "AWS does not take the cluster's token: the identity provider of the role's account",
    "InvalidClientTokenId": "AWS does not know the access key",
    "SignatureDoesNotMatch": "the signature does not fit: the secret key, the region, or the clock",
    "RegionDisabledException": "the Security Token Service is switched off for this region in the account",
    "ValidationError": "AWS takes something for malformed: the role's ARN, its external id",
}


class Lent(Struct, rename="pascal"):
    """Keys for a while, as lenders say them in JSON; without a token, for good."""

    access_key_id: str
    secret_access_key: str
    token: str


@dataclass(frozen=True, slots=True)
class Service:
    """Where roles are asked for."""

    region: str
    url: str
    ca: Path | None


def service(region: str, environ: Mapping[str, str], ca: Path | None) -> Service:
    """The region's own, as AWS's clients have it; `AWS_ENDPOINT_URL_STS` says another one."""
    domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    url = environ.get("AWS_ENDPOINT_URL_STS") or f"https://sts.{region}.{domain}"
    return Service(region, url.rstrip("/") + "/", ca)


def held(lent: Lent, region: str, around: Surroundings) -> Account:
    """Who asks with these keys, which are guarded from now on."""
    around.hold(f"aws secret key of {lent.access_key_id}", lent.secret_access_key)
    if lent.token:
        around.hold(f"aws session token of {lent.access_key_id}", lent.token)
    token = Secret(lent.token) if lent.token else None
    return Account(lent.access_key_id, Secret(lent.secret_access_key), region, token)


def assumed(at: Service, role: str, external_id: str | None, asking: Account, session: str = SESSION) -> Lent:
    """The role's keys, for who has keys already. Raises `Silent`."""
    form = {"Action": "AssumeRole", "Version": VERSION, "RoleArn": role, "RoleSessionName": session}
    form |= {"ExternalId": external_id} if external_id else {}
    body = urlencode(form).encode()
    given = {"host": host_of(at.url), "content-type": _FORM}
    headers = signed(asking, "sts", "POST", "/", given, body=body, at=time.time())
    return _lent(ask("POST", at.url, headers, body, ca=at.ca))


def of_cluster(at: Service, around: Surroundings) -> Lent:
    """IAM roles for service accounts: what the pod is told in its environment. Nothing is signed, the token says it all."""
    environ = around.environ
    role, path = environ.get("AWS_ROLE_ARN"), environ.get("AWS_WEB_IDENTITY_TOKEN_FILE")
    if not role or not path:
        raise Silent("the pod has no role: AWS_ROLE_ARN or AWS_WEB_IDENTITY_TOKEN_FILE is not set")
    return by_token(at, role, path, environ.get("AWS_ROLE_SESSION_NAME") or SESSION, around)


def by_token(at: Service, role: str, path: str, session: str, around: Surroundings) -> Lent:
    """The role's keys, for the token of somebody else that is in the file."""
    try:
        with Path(path).open() as file:
            token = file.read(LIMIT).strip()
    except (OSError, UnicodeDecodeError):
        raise Silent("the file of the web identity token (AWS_WEB_IDENTITY_TOKEN_FILE) cannot be read") from None
    around.hold("aws web identity token", token)
    form = {"Action": "AssumeRoleWithWebIdentity", "Version": VERSION, "RoleArn": role, "WebIdentityToken": token}
    form["RoleSessionName"] = session
    return _lent(ask("POST", at.url, {"content-type": _FORM}, urlencode(form).encode(), ca=at.ca))


def _lent(told: Told) -> Lent:
    text = told.body.decode("utf-8", "replace")
    if told.status != 200:
        code = _field(text, "Code")
        raise Silent(f"no role: {_WHYS.get(code, f'status {told.status}')}")
    lent = Lent(*(_field(text, name) for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")))
    if not (lent.access_key_id and lent.secret_access_key and lent.token):
        raise Silent("the answer of AWS's Security Token Service is not what its documentation says")
    return lent


def _field(text: str, name: str) -> str:
    """Of the XML that it answers, in which each of these stands once and holds text. No parser has to be trusted for that."""
    found = re.search(f"<{name}>([^<]*)</{name}>", text)
    return unescape(found[1]).strip() if found else ""
