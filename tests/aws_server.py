"""AWS Secrets Manager and the lenders of keys, as AWS documents them: every signature is computed anew, in its own way."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import parse_qs

import msgspec

from tests.cloud_server import Answer, Asked

KEYS = {
    "AKIDGOOD": "canary/secret+key",
    "ASIALENT": "canary/lent",
    "ASIANODE": "canary/node",
    "AKIDPOOR": "canary/poor",
    "ASIAROLE": "canary/role&",
    "ASIAPOD": "canary/pod",
}
TOKENS = {"ASIALENT": "canary//token==", "ASIANODE": "canary-node-token"}
TOKENS |= {"ASIAROLE": "canary-role-token==", "ASIAPOD": "canary-pod-token=="}
ROLE, OF_POD = "arn:aws:iam::123456789012:role/reader", "arn:aws:iam::123456789012:role/pods/gateway"
VALUES: dict[str, dict[str, Any]] = {
    "shop/openai": {"SecretString": "s3cret"},
    "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/openai-AbCdEf": {"SecretString": "s3cret"},
    "pair": {"SecretString": '{"user":"u","password":"p4ss"}'},
    "bytes": {"SecretBinary": base64.b64encode(b"of-bytes").decode()},
    "binary": {"SecretBinary": base64.b64encode(b"\xff\xfe").decode()},
    "odd": {"Name": 7},
}


def complaint(status: int, kind: str) -> Answer:
    return status, {"__type": kind, "message": "canary: User arn:aws:iam::1:user/x is not authorized"}


def refused(asked: Asked) -> Answer | None:
    """As AWS documents it: the canonical request is made of what arrived, and nothing of it may differ."""
    said = asked.headers["authorization"]
    algorithm, _, rest = said.partition(" ")
    parts = dict(part.split("=", 1) for part in rest.split(", "))
    access, *scope = parts["Credential"].split("/")
    day, region, service, end = scope
    when = asked.headers["x-amz-date"]
    if access not in KEYS:
        return complaint(400, "UnrecognizedClientException")
    meant = "secretsmanager" if "x-amz-target" in asked.headers else "sts"
    if (algorithm, region, service, end) != ("AWS4-HMAC-SHA256", "eu-central-1", meant, "aws4_request"):
        return complaint(400, "InvalidSignatureException")
    drift = abs((datetime.now(UTC) - datetime.strptime(when, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)).total_seconds())
    if drift > 300 or not when.startswith(day):
        return complaint(400, "InvalidSignatureException")
    names = parts["SignedHeaders"].split(";")
    needed = {"host", "x-amz-date", "content-type"} | ({"x-amz-target"} if meant == "secretsmanager" else set())
    needed |= {"x-amz-security-token"} if access in TOKENS else set()
    if names != sorted(names) or not needed <= set(names):
        return complaint(400, "IncompleteSignatureException")
    if asked.headers.get("x-amz-security-token") != TOKENS.get(access):
        return complaint(400, "ExpiredTokenException")
    canonical = [asked.method, asked.target, "", *(f"{name}:{asked.headers[name]}" for name in names), ""]
    canonical += [";".join(names), hashlib.sha256(asked.body).hexdigest()]
    digest = hashlib.sha256("\n".join(canonical).encode()).hexdigest()
    text = "\n".join([algorithm, when, "/".join(scope), digest])
    key = ("AWS4" + KEYS[access]).encode()
    for word in (*scope, text):
        key = hmac.new(key, word.encode(), hashlib.sha256).digest()
    return None if key.hex() == parts["Signature"] else complaint(400, "InvalidSignatureException")


ODD: dict[str, Answer] = {
    "page": (503, b"<html>canary"),
    "moved": (302, b""),
    "fenced": (403, b"<html>canary"),
    "dying": complaint(400, "InvalidRequestException"),
    "locked": complaint(400, "DecryptionFailure"),
}


def manager(asked: Asked) -> Answer:
    if (asked.method, asked.target) == ("GET", "/creds"):
        good = asked.headers.get("authorization") == "task-word"
        return (200, lent("ASIALENT")) if good else (401, b"canary")
    if asked.target.startswith("/latest/"):
        return machine(asked)
    assert (asked.method, asked.target) == ("POST", "/")
    if "x-amz-target" not in asked.headers:
        return roles(asked)
    assert asked.headers["content-type"] == "application/x-amz-json-1.1"
    assert asked.headers["x-amz-target"] == "secretsmanager.GetSecretValue"
    if no := refused(asked):
        return no
    wanted = msgspec.json.decode(asked.body)
    if "AKIDPOOR" in asked.headers["authorization"]:
        return complaint(400, "com.amazonaws.secretsmanager#AccessDeniedException")
    if wanted["SecretId"] in ODD:
        return ODD[wanted["SecretId"]]
    if wanted["SecretId"] not in VALUES or wanted["VersionStage"] != "AWSCURRENT":
        return complaint(400, "ResourceNotFoundException")
    return 200, {"Name": wanted["SecretId"], "VersionStages": ["AWSCURRENT"], **VALUES[wanted["SecretId"]]}


def roles(asked: Asked) -> Answer:
    """The Security Token Service, its query API of 2011-06-15."""
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded; charset=utf-8"
    form = {name: value for name, (value,) in parse_qs(asked.body.decode(), strict_parsing=True).items()}
    assert form.pop("Version") == "2011-06-15"
    action, name = form.pop("Action"), form.pop("RoleSessionName")
    if action == "AssumeRoleWithWebIdentity":
        assert "authorization" not in asked.headers
        if form.pop("WebIdentityToken") != "canary.of.pod":
            return stated("InvalidIdentityToken")
        return session(action, "ASIAPOD") if (form, name) == ({"RoleArn": OF_POD}, "pod-1") else stated("AccessDenied")
    assert (action, name) == ("AssumeRole", "lockgate")
    if refused(asked):
        return stated("SignatureDoesNotMatch")
    return session(action, "ASIAROLE") if form == {"RoleArn": ROLE, "ExternalId": "shop-1"} else stated("AccessDenied")


SPACE = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"'


def session(action: str, access: str) -> Answer:
    keys = {"SessionToken": TOKENS[access], "SecretAccessKey": KEYS[access], "AccessKeyId": access}
    fields = "".join(f"<{name}>{escape(value)}</{name}>\n" for name, value in keys.items())
    user = "<AssumedRoleUser><AssumedRoleId>AROA:x</AssumedRoleId></AssumedRoleUser>"
    result = f"{user}<Credentials>{fields}<Expiration>2030-01-01T00:00:00Z</Expiration></Credentials>"
    return 200, f"<{action}Response {SPACE}><{action}Result>{result}</{action}Result></{action}Response>".encode()


def stated(code: str) -> Answer:
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>canary: not authorized</Message></Error>"
    return 403, f"<ErrorResponse {SPACE}>{error}<RequestId>1</RequestId></ErrorResponse>".encode()


def lent(access: str) -> dict[str, str]:
    made = {"AccessKeyId": access, "SecretAccessKey": KEYS[access], "Token": TOKENS[access]}
    return {**made, "Expiration": "2030-01-01T00:00:00Z", "Code": "Success"}


def machine(asked: Asked) -> Answer:
    """IMDS in its second version."""
    if asked.method == "PUT":
        assert asked.headers["x-aws-ec2-metadata-token-ttl-seconds"] == "60"
        return 200, b"imds-token"
    if asked.headers.get("x-aws-ec2-metadata-token") != "imds-token":
        return 401, b""
    if asked.target == "/latest/meta-data/iam/security-credentials/":
        return 200, b"gateway-role"
    return (200, lent("ASIANODE")) if asked.target.endswith("/gateway-role") else (404, b"")
