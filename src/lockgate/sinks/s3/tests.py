"""What holds for S3: signatures as in AWS's own examples, one object a batch, the same one when it comes again."""

import hashlib
from pathlib import Path

import pytest

from lockgate.clouds.sigv4 import Account, path, signed
from lockgate.core.problem import Kind, Problem
from lockgate.core.secret import Secret
from lockgate.core.secret_ref import SecretRef
from lockgate.core.sink import Place, SinkError
from lockgate.sinks.s3 import plugin
from tests.fakes import Post

ID, KEY = SecretRef(env="ID"), SecretRef(env="KEY")
EXAMPLE = Account("AKIAIOSFODNN7EXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), "us-east-1")
NOON = 1_369_353_600.0
"""2013-05-24T00:00:00Z, of the examples in the page "Signature Calculations for the Authorization Header"."""


@pytest.mark.parametrize(
    ("method", "name", "headers", "body", "signature"),
    [
        (
            "PUT",
            "test$file.text",
            {"date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"},
            b"Welcome to Amazon S3.",
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ),
        (
            "GET",
            "test.txt",
            {"range": "bytes=0-9"},
            b"",
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
    ],
)
def test_signatures_are_those_of_the_examples(
    method: str, name: str, headers: dict[str, str], body: bytes, signature: str
) -> None:
    whole = signed(
        EXAMPLE, "s3", method, path(name), {"host": "examplebucket.s3.amazonaws.com", **headers}, body=body, at=NOON
    )

    assert whole["authorization"].endswith(f"Signature={signature}")


def place(post: Post) -> Place:
    secrets = {ID: Secret("AKID"), KEY: Secret("s3cret")}
    return Place(Path(), "w0", lambda: NOON, post, secrets.__getitem__)


def test_a_batch_is_one_object_and_the_same_one_again() -> None:
    post = Post(503, 200)
    sink = plugin(bucket="logs", access_key=ID, secret_key=KEY, region="eu-central-1").build(place(post))
    lines = b'{"seq":57,"ts":"x"}\n{"seq":58}\n'
    with pytest.raises(SinkError, match="answered 503"):
        sink.write(lines)

    sink.write(lines)

    assert [(sent.method, sent.target, sent.body) for sent in post.sent] == [
        ("PUT", "/lockgate/w0/0000000000000000057.jsonl", lines)
    ] * 2
    assert post.sent[0].origin.host == "logs.s3.eu-central-1.amazonaws.com"
    headers = dict(post.sent[0].headers)
    assert headers[b"x-amz-content-sha256"] == hashlib.sha256(lines).hexdigest().encode()
    assert b"Credential=AKID/20130524/eu-central-1/s3/aws4_request" in headers[b"authorization"]
    assert b"s3cret" not in b"".join(headers.values())
    assert b"host" not in headers


def test_another_server_has_the_bucket_in_its_path() -> None:
    post = Post(200)
    endpoint = "http://127.0.0.1:9000"

    plugin(bucket="logs", access_key=ID, secret_key=KEY, endpoint=endpoint).build(place(post)).write(b'{"seq":1,}\n')

    assert post.sent[0].target == "/logs/lockgate/w0/0000000000000000001.jsonl"
    assert post.sent[0].origin.port == 9000


@pytest.mark.parametrize("answer", [403, 301, Problem(Kind.UNREACHABLE, "no", source="upstream"), TimeoutError()])
def test_what_is_not_confirmed_is_not_written(answer: int | Exception) -> None:
    with pytest.raises(SinkError, match="s3 logs"):
        plugin(bucket="logs", access_key=ID, secret_key=KEY).build(place(Post(answer))).write(b'{"seq":1,}\n')


def test_settings_that_cannot_work_are_refused() -> None:
    with pytest.raises(ValueError, match=r".+"):
        plugin(bucket="logs", access_key=ID, secret_key=KEY, endpoint="minio").check()
    with pytest.raises(ValueError, match="between"):
        plugin(bucket="logs", access_key=ID, secret_key=KEY, timeout="1h").check()
    plugin(bucket="logs", access_key=ID, secret_key=KEY).check()
