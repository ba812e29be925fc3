"""What holds for the webhook: a batch counts when it was confirmed, and only then; the credential goes along."""

from pathlib import Path

import pytest

from lockgate.core.problem import Kind, Problem
from lockgate.core.secret import Secret
from lockgate.core.secret_ref import SecretRef
from lockgate.core.sink import Place, SinkError
from lockgate.sinks.webhook import plugin
from tests.fakes import Post

REF = SecretRef(env="TOKEN")


def place(post: Post) -> Place:
    return Place(Path(), "w0", lambda: 1.0, post, {REF: Secret("t0p")}.__getitem__)


def test_lines_are_posted_with_the_credential() -> None:
    post = Post(204)

    plugin(url="https://log.example/in", token=REF).build(place(post)).write(b"a\nb\n")

    (sent,) = post.sent
    assert (sent.origin.host, sent.method, sent.body) == ("log.example", "POST", b"a\nb\n")
    assert sent.target == "/in"
    assert (b"authorization", b"Bearer t0p") in sent.headers


@pytest.mark.parametrize("answer", [500, 404, 301, Problem(Kind.UNREACHABLE, "no", source="upstream"), TimeoutError()])
def test_what_is_not_confirmed_is_not_written(answer: int | Exception) -> None:
    with pytest.raises(SinkError, match=r"webhook log\.example"):
        plugin(url="https://log.example/in").build(place(Post(answer))).write(b"a\n")


@pytest.mark.parametrize("url", ["log.example", "ftp://log.example", "https://"])
def test_an_address_has_to_be_one(url: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        plugin(url=url).check()


def test_a_timeout_has_to_be_sane() -> None:
    with pytest.raises(ValueError, match="between"):
        plugin(url="https://a.example", timeout="5m").check()
