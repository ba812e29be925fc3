"""AWS Secrets Manager over real sockets, played by a server of ours that computes every signature anew, in its own way."""

import base64
import hashlib
import hmac
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trustme

from lockgate.core.secret_source import NoSecret, PlainRef, Surroundings
from lockgate.secrets.aws import AwsRef, plugin
from tests.cloud_server import Answer, Asked, Cloud, cloud

KEYS = {
    "AKIDGOOD": "canary/secret+key",
    "ASIALENT": "canary/lent",
    "ASIANODE": "canary/node",
    "AKIDPOOR": "canary/poor",
}
TOKENS = {"ASIALENT": "canary//token==", "ASIANODE": "canary-node-token"}
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
    if (algorithm, region, service, end) != ("AWS4-HMAC-SHA256", "eu-central-1", "secretsmanager", "aws4_request"):
        return complaint(400, "InvalidSignatureException")
    drift = abs((datetime.now(UTC) - datetime.strptime(when, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)).total_seconds())
    if drift > 300 or not when.startswith(day):
        return complaint(400, "InvalidSignatureException")
    names = parts["SignedHeaders"].split(";")
    needed = {"host", "x-amz-date", "x-amz-target", "content-type"}
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


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("aws")


@pytest.fixture(scope="module", params=["http", "https"])
def aws(request: pytest.FixtureRequest, roots: Path) -> Iterator[Cloud]:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(roots / "ca.pem"))
    with cloud(manager, context if request.param == "https" else None) as one:
        yield one


ENVIRON = {
    "AWS_ACCESS_KEY_ID": "AKIDGOOD",
    "AWS_SECRET_ACCESS_KEY": "canary/secret+key",
    "AWS_REGION": "eu-central-1",
    "POOR": "AKIDPOOR",
    "POOR_KEY": "canary/poor",
    "STRANGE": "AKIDSTRANGE",
}


def opened(
    aws: Cloud, roots: Path, environ: dict[str, str] | None = None, **settings: Any
) -> tuple[str, dict[str, str]]:
    held: dict[str, str] = {}
    known = ENVIRON if environ is None else environ
    around = Surroundings(known, roots, str, lambda ref: known[ref.env or ""], held.__setitem__)
    return plugin.open(AwsRef(**settings, endpoint=aws.url, ca="ca.pem"), around), held


ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/openai-AbCdEf"


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"secret": "shop/openai"}, "s3cret"),
        ({"secret": ARN}, "s3cret"),
        ({"secret": "pair", "field": "password"}, "p4ss"),
        ({"secret": "bytes"}, "of-bytes"),
    ],
)
def test_a_value_is_read_with_a_signature_that_fits(aws: Cloud, roots: Path, settings: Any, text: str) -> None:
    assert opened(aws, roots, **settings) == (text, {"aws secret key of AKIDGOOD": "canary/secret+key"})


def test_the_region_is_in_the_arn(aws: Cloud, roots: Path) -> None:
    environ = {name: value for name, value in ENVIRON.items() if name != "AWS_REGION"}

    assert opened(aws, roots, environ, secret=ARN)[0] == "s3cret"
    assert opened(aws, roots, {**environ, "AWS_REGION": "us-east-1"}, secret=ARN)[0] == "s3cret"
    with pytest.raises(NoSecret, match="region is not known"):
        opened(aws, roots, environ, secret="shop/openai")


def test_a_container_and_a_machine_lend_their_keys(aws: Cloud, roots: Path, tmp_path: Path) -> None:
    (tmp_path / "word").write_text("task-word\n")
    region = {"AWS_REGION": "eu-central-1"}
    told = {**region, "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{aws.url.replace('https', 'http')}/creds"}
    node = {**region, "AWS_EC2_METADATA_SERVICE_ENDPOINT": aws.url}
    if aws.url.startswith("https"):
        return  # both are asked over http, and this server is not
    for word in (
        {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(tmp_path / "word")},
        {"AWS_CONTAINER_AUTHORIZATION_TOKEN": "task-word"},
    ):
        text, held = opened(aws, roots, {**told, **word}, secret="shop/openai", identity="container")
        assert text == "s3cret"
        assert set(held.values()) == {"canary/lent", "canary//token=="}

    text, held = opened(aws, roots, node, secret="shop/openai", identity="instance")
    assert text == "s3cret"
    assert set(held.values()) == {"canary/node", "canary-node-token"}


@pytest.mark.parametrize(
    "uri", ["", "http://10.0.0.1/creds", "http://127.0.0.1.evil.example/creds", "ftp://127.0.0.1/creds"]
)
def test_keys_are_borrowed_of_nobody_else(aws: Cloud, roots: Path, uri: str) -> None:
    environ = {"AWS_REGION": "eu-central-1", "AWS_CONTAINER_CREDENTIALS_FULL_URI": uri}

    with pytest.raises(NoSecret, match="no address of a lender"):
        opened(aws, roots, environ, secret="shop/openai", identity="container")


POOR = {"access_key": PlainRef(env="POOR"), "secret_key": PlainRef(env="POOR_KEY")}
STRANGE = {"access_key": PlainRef(env="STRANGE"), "secret_key": PlainRef(env="POOR_KEY")}
WRONG = {"access_key": PlainRef(env="AWS_ACCESS_KEY_ID"), "secret_key": PlainRef(env="POOR_KEY")}


@pytest.mark.parametrize(
    ("settings", "found", "expected"),
    [
        ({"secret": "gone"}, "does not exist there", "region"),
        ({"secret": "shop/openai", "stage": "AWSPREVIOUS"}, "does not exist there", "region"),
        ({"secret": "shop/openai", **POOR}, "may not be read", "secretsmanager:GetSecretValue"),
        ({"secret": "shop/openai", **STRANGE}, "does not know the access key", "active"),
        ({"secret": "shop/openai", **WRONG}, "signature does not fit", "clock"),
        ({"secret": "shop/openai", "region": "us-east-1"}, "signature does not fit", "right region"),
        ({"secret": "dying"}, "going to be deleted", "in use"),
        ({"secret": "locked"}, "key may not be used", "kms:Decrypt"),
        ({"secret": "page"}, "status 503", ""),
        ({"secret": "moved"}, "status 302", ""),
        ({"secret": "fenced"}, "AWS refuses", "keys that are valid"),
        ({"secret": "binary"}, "binary", "text"),
        ({"secret": "odd"}, "", ""),
        ({"secret": "pair", "field": "none"}, "no text in the field 'none'", ""),
        ({"secret": "shop/openai", "field": "none"}, "no JSON object", ""),
    ],
)
def test_s04_what_is_no_secret_and_what_to_do(
    aws: Cloud, roots: Path, settings: Any, found: str, expected: str
) -> None:
    if settings["secret"] == "odd":
        assert opened(aws, roots, **settings)[0] == ""  # which is refused as empty where all secrets are
        return

    with pytest.raises(NoSecret) as caught:
        opened(aws, roots, **settings)

    assert found in caught.value.found
    assert expected in caught.value.expected
    for said in (caught.value.found, caught.value.expected):
        assert not [word for word in ("canary", "s3cret", "p4ss", "arn:aws:iam") if word in said]


@pytest.mark.parametrize(
    "settings",
    [
        {"secret": "a b"},
        {"secret": ""},
        {"secret": "a", "access_key": {"env": "A"}},
        {"secret": "a", "session_token": {"env": "A"}},
        {"secret": "a", "access_key": {"env": "A"}, "secret_key": {"env": "B"}, "identity": "instance"},
        {"secret": ARN, "region": "us-east-1"},
        {"secret": "a", "region": "eu-central-1/../x"},
        {"secret": "a", "endpoint": "ftp://x"},
        {"secret": "a", "identity": "anybody"},
    ],
)
def test_settings_that_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(settings, AwsRef)
