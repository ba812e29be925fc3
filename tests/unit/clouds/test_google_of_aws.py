"""Google's federation for a workload on AWS, and with a token that is fetched: what is shown is what Google could verify."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

import pytest

from lockgate.core.secret_source import NoSecret, Surroundings
from lockgate.secrets.gcp import GcpRef, plugin
from tests.cloud_server import Answer, Asked, Cloud, cloud
from tests.google_server import FEDERATED, POOL, federation, google

VERIFIES = "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15"
KEY = "canary/secret+key"
ENVIRON = {"AWS_ACCESS_KEY_ID": "AKIDGOOD", "AWS_SECRET_ACCESS_KEY": KEY, "AWS_REGION": "eu-central-1"}
LENT = {"AccessKeyId": "AKIDGOOD", "SecretAccessKey": KEY, "Token": "canary-token=="}


def verified(token: str, session: str | None) -> bool:
    """As AWS does it with the request that Google sends: the signature is made anew of what arrives."""
    sent = json.loads(unquote(token))
    headers = {each["key"].lower(): each["value"] for each in sent["headers"]}
    assert (sent["method"], sent["url"]) == ("POST", VERIFIES.replace("{region}", "eu-central-1"))
    assert (headers["host"], headers["x-goog-cloud-target-resource"]) == ("sts.eu-central-1.amazonaws.com", POOL)
    assert headers.get("x-amz-security-token") == session
    _, _, rest = headers["authorization"].partition(" ")
    parts = dict(part.split("=", 1) for part in rest.split(", "))
    access, *scope = parts["Credential"].split("/")
    names = parts["SignedHeaders"].split(";")
    assert names == sorted(names)
    assert {"host", "x-amz-date", "x-goog-cloud-target-resource"} <= set(names)
    lines = [f"{name}:{headers[name]}" for name in names]
    canonical = [
        "POST",
        "/",
        sent["url"].partition("?")[2],
        *lines,
        "",
        ";".join(names),
        hashlib.sha256(b"").hexdigest(),
    ]
    text = [
        "AWS4-HMAC-SHA256",
        headers["x-amz-date"],
        "/".join(scope),
        hashlib.sha256("\n".join(canonical).encode()).hexdigest(),
    ]
    key = ("AWS4" + KEY).encode()
    for word in (*scope, "\n".join(text)):
        key = hmac.new(key, word.encode(), hashlib.sha256).digest()
    return (access, scope[1:], key.hex()) == ("AKIDGOOD", ["eu-central-1", "sts", "aws4_request"], parts["Signature"])


def answering(session: str | None) -> Callable[[Asked], Answer]:
    def answer(asked: Asked) -> Answer:
        if asked.target == "/v1/token":
            form = {name: value for name, (value,) in parse_qs(asked.body.decode(), strict_parsing=True).items()}
            if form["subject_token_type"] != "urn:ietf:params:aws:token-type:aws4_request":
                return google(asked)
            assert verified(form["subject_token"], session)
            return 200, {"access_token": FEDERATED, "token_type": "Bearer", "expires_in": 3599}
        if asked.target == "/latest/api/token":
            assert (asked.method, asked.headers["x-aws-ec2-metadata-token-ttl-seconds"]) == ("PUT", "60")
            return 200, b"canary-word"
        if asked.target.startswith("/latest/"):
            assert asked.headers["x-aws-ec2-metadata-token"] == "canary-word"
            return {
                "/latest/zone": (200, b"eu-central-1a"),
                "/latest/keys": (200, b"node"),
                "/latest/keys/node": (200, LENT),
            }[asked.target]
        if asked.target == "/of-somebody":
            return (
                (200, {"token": "canary.of.cluster"}) if asked.headers.get("metadata") == "true" else (403, b"canary")
            )
        return google(asked)

    return answer


@pytest.fixture
def playing() -> Callable[[str | None], AbstractContextManager[Cloud]]:
    @contextmanager
    def made(session: str | None) -> Iterator[Cloud]:
        with cloud(answering(session)) as one:
            yield one

    return made


Playing = Callable[[str | None], AbstractContextManager[Cloud]]


def opened(
    one: Cloud, folder: Path, source: dict[str, Any], environ: dict[str, str], **other: Any
) -> tuple[str, set[str]]:
    held: dict[str, str] = {}
    name = federation(folder, one, source, **other)
    ref = GcpRef(secret="openai", key=name, project="shop-1", endpoint=one.url)
    return plugin.open(ref, Surroundings(environ, folder, str, str, held.__setitem__)), set(held.values())


SIGNED = {"subject_token_type": "urn:ietf:params:aws:token-type:aws4_request"}


def test_a_workload_on_aws_signs_with_the_keys_of_its_environment(playing: Playing, tmp_path: Path) -> None:
    source = {"environment_id": "aws1", "regional_cred_verification_url": VERIFIES}
    with playing(None) as one:
        text, held = opened(one, tmp_path, source, ENVIRON, **SIGNED)
    with playing("canary-token==") as one:
        opened(one, tmp_path, source, {**ENVIRON, "AWS_SESSION_TOKEN": "canary-token=="}, **SIGNED)

    assert text == "s3cret"
    assert {KEY, FEDERATED} <= held


def test_or_with_those_that_its_machine_lends(playing: Playing, tmp_path: Path) -> None:
    with playing("canary-token==") as one:
        places = {"region_url": f"{one.url}/latest/zone", "url": f"{one.url}/latest/keys"}
        places["imdsv2_session_token_url"] = f"{one.url}/latest/api/token"
        source = {"environment_id": "aws1", "regional_cred_verification_url": VERIFIES, **places}

        text, held = opened(one, tmp_path, source, {}, **SIGNED)

        assert (text, {KEY, "canary-token=="} <= held) == ("s3cret", True)
        assert [asked.target for asked in one.seen].count("/latest/api/token") == 1


def test_a_token_may_be_at_an_address(playing: Playing, tmp_path: Path) -> None:
    form = {"type": "json", "subject_token_field_name": "token"}
    with playing(None) as one:
        source: dict[str, Any] = {"url": f"{one.url}/of-somebody", "headers": {"metadata": "true"}, "format": form}

        assert opened(one, tmp_path, source, {})[0] == "s3cret"
        with pytest.raises(NoSecret, match="no token is to be had at its address: status 403"):
            opened(one, tmp_path, {**source, "headers": {}}, {})


@pytest.mark.parametrize(
    "url",
    ["https://evil.example?Action=GetCallerIdentity&Version=2011-06-15", "http://sts.eu-central-1.amazonaws.com?x", ""],
)
def test_a_signed_request_is_for_aws_alone(playing: Playing, tmp_path: Path, url: str) -> None:
    source = {"environment_id": "aws1", "regional_cred_verification_url": url}
    with playing(None) as one, pytest.raises(NoSecret, match="is not AWS's"):
        opened(one, tmp_path, source, ENVIRON, **SIGNED)
