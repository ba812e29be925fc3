"""AWS Secrets Manager over real sockets, played by a server of ours."""

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trustme

from lockgate.core.secret_source import NoSecret, PlainRef, Surroundings
from lockgate.secrets.aws import AwsRef, plugin
from tests.aws_server import OF_POD, ROLE, manager
from tests.cloud_server import Cloud, cloud


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


WRONG = {"access_key": PlainRef(env="AWS_ACCESS_KEY_ID"), "secret_key": PlainRef(env="POOR_KEY")}
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


def of_pod(aws: Cloud, folder: Path, token: str = "canary.of.pod\n") -> dict[str, str]:
    (folder / "token").write_text(token)
    said = {"AWS_ROLE_ARN": OF_POD, "AWS_WEB_IDENTITY_TOKEN_FILE": str(folder / "token"), "AWS_REGION": "eu-central-1"}
    return {**said, "AWS_ROLE_SESSION_NAME": "pod-1", "AWS_ENDPOINT_URL_STS": aws.url}


def test_a_role_is_assumed_with_keys_or_with_the_token_of_a_cluster(aws: Cloud, roots: Path, tmp_path: Path) -> None:
    """Of what the service answers, too, `&` is written as XML has it."""
    keyed, pod = {**ENVIRON, "AWS_ENDPOINT_URL_STS": aws.url}, of_pod(aws, tmp_path)
    role = {"role": ROLE, "external_id": "shop-1"}

    text, held = opened(aws, roots, keyed, secret="shop/openai", **role)
    assert (text, held["aws secret key of ASIAROLE"]) == ("s3cret", "canary/role&")
    text, held = opened(aws, roots, pod, secret="shop/openai", identity="web_identity")
    assert (text, set(held.values())) == ("s3cret", {"canary.of.pod", "canary/pod", "canary-pod-token=="})
    text, held = opened(aws, roots, pod, secret="shop/openai", identity="web_identity", **role)
    assert (text, len(held)) == ("s3cret", 5)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (({"role": ROLE}, {}, ""), "the role may not be assumed"),
        (({"role": ROLE, "external_id": "shop-1", **WRONG}, {}, ""), "the signature does not fit"),
        (({"identity": "web_identity"}, {}, "another"), "does not take the cluster's token"),
        (({"identity": "web_identity"}, {"AWS_ROLE_ARN": ROLE}, "canary.of.pod"), "the role may not be assumed"),
        (({"identity": "web_identity"}, {"AWS_ROLE_ARN": ""}, "canary.of.pod"), "AWS_ROLE_ARN or"),
        (({"identity": "web_identity"}, {"AWS_WEB_IDENTITY_TOKEN_FILE": "/none"}, ""), "cannot be read"),
    ],
)
def test_a_role_that_is_not_given_and_what_to_do(
    aws: Cloud, tmp_path: Path, roots: Path, given: tuple[Any, dict[str, str], str], found: str
) -> None:
    settings, environ, token = given
    known = {**ENVIRON, **of_pod(aws, tmp_path, token), **environ}

    with pytest.raises(NoSecret) as caught:
        opened(aws, roots, known, secret="shop/openai", **settings)

    assert found in caught.value.found
    assert "canary" not in f"{caught.value.found}{caught.value.expected}"


@pytest.mark.parametrize(
    "uri", ["", "http://10.0.0.1/creds", "http://127.0.0.1.evil.example/creds", "ftp://127.0.0.1/creds"]
)
def test_keys_are_borrowed_of_nobody_else(aws: Cloud, roots: Path, uri: str) -> None:
    environ = {"AWS_REGION": "eu-central-1", "AWS_CONTAINER_CREDENTIALS_FULL_URI": uri}

    with pytest.raises(NoSecret, match="no address of a lender"):
        opened(aws, roots, environ, secret="shop/openai", identity="container")


POOR = {"access_key": PlainRef(env="POOR"), "secret_key": PlainRef(env="POOR_KEY")}
STRANGE = {"access_key": PlainRef(env="STRANGE"), "secret_key": PlainRef(env="POOR_KEY")}


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
        {"secret": "a", "external_id": "shop-1"},
        {"secret": "a", "role": "reader"},
    ],
)
def test_settings_that_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(settings, AwsRef)
