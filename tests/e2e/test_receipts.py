"""S63: what was asked, what the upstream said and what was delivered, by their hashes; and the client's receipt for it."""

import hashlib
import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e import warm
from tests.e2e.looking import Looking, config, looking
from tests.e2e.process import Running, Told, request, running
from tests.e2e.test_audit_log import ask

RECEIPT = "x-lockgate-receipt"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("receipts")
    upstream: Looking
    with looking(lambda: folder / "data" / "audit") as upstream, running(folder, config(upstream.port)) as gateway:
        yield gateway


def asked(gateway: Running, *, stream: bool = False) -> tuple[str, Told]:
    """With the header; the body that was sent, and the answer."""
    body = {"model": "m", "stream": stream, "messages": [{"role": "user", "content": secrets.token_hex(8)}]}
    headers = {"x-api-key": gateway.key, RECEIPT: "1"}
    return json.dumps(body), request(gateway.url, "POST", "/v1/chat/completions", body, headers)


def checked(gateway: Running, folder: Path, receipt: str, sent: str, came: bytes) -> tuple[int, str]:
    """By the command, with nothing but the public key."""
    for name, content in (("receipt", receipt.encode()), ("sent", sent.encode()), ("came", came)):
        (folder / name).write_bytes(content)
    line = ["audit", "verify-receipt", str(folder / "receipt")]
    line += ["--public-key", str(gateway.data / "audit-signing.pub")]
    line += ["--request", str(folder / "sent"), "--response", str(folder / "came")]
    done = warm.run(line, gateway.env, folder)
    return done.returncode, done.stdout + done.stderr


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_a_receipt_comes_with_a_whole_answer(gateway: Running, tmp_path: Path) -> None:
    sent, told = asked(gateway)

    code, said = checked(gateway, tmp_path, told.headers[RECEIPT], sent, told.body)

    assert code == 0, said
    assert f"request   {told.id}" in said
    assert "upstream  up" in said


def test_a_receipt_of_a_stream_is_in_the_log(gateway: Running, tmp_path: Path) -> None:
    sent, told = asked(gateway, stream=True)
    assert told.headers[RECEIPT] == "pending"

    code, said = checked(gateway, tmp_path, gateway.command("audit", "receipt", told.id), sent, told.body)

    assert code == 0, said


def test_the_receipt_of_the_log_is_the_one_that_came(gateway: Running) -> None:
    from base64 import b64decode

    _, told = asked(gateway)

    assert gateway.command("audit", "receipt", told.id) == b64decode(told.headers[RECEIPT]).decode()


@pytest.mark.parametrize("harm", ["sent", "came", "receipt"])
def test_another_body_or_receipt_is_found_out(gateway: Running, tmp_path: Path, harm: str) -> None:
    sent, told = asked(gateway)
    receipt, came = told.headers[RECEIPT], told.body
    if harm == "sent":
        sent += " "
    elif harm == "came":
        came += b" "
    else:
        receipt = receipt[:100] + ("A" if receipt[100] != "A" else "B") + receipt[101:]

    code, said = checked(gateway, tmp_path, receipt, sent, came)

    assert (code, "bad:" in said) == (1, True)


@pytest.mark.parametrize("stream", [False, True])
def test_S63_what_was_delivered_is_what_the_record_says(gateway: Running, stream: bool) -> None:
    sent, told = asked(gateway, stream=stream)

    hashes = gateway.outcome(told.id)["hashes"]

    assert (hashes["request"], hashes["response"]) == (sha(sent.encode()), sha(told.body))
    assert hashes["upstream"] == hashes["response"]  # nothing of the same dialect is changed


def test_without_being_asked_nothing_is_hashed_and_there_is_no_receipt(gateway: Running) -> None:
    told = ask(gateway)

    assert RECEIPT not in told.headers
    assert "hashes" not in gateway.outcome(told.id)


def test_the_operator_may_have_hashes_in_every_record(tmp_path: Path) -> None:
    upstream: Looking
    with (
        looking(lambda: tmp_path / "data" / "audit") as upstream,
        running(tmp_path, config(upstream.port, "{hashes: true}")) as gateway,
    ):
        told = ask(gateway)

        assert RECEIPT not in told.headers
        assert gateway.outcome(told.id)["hashes"]["response"] == sha(told.body)
        assert told.id in gateway.command("audit", "receipt", told.id)


def test_a_request_that_reached_no_upstream_has_no_receipt(gateway: Running) -> None:
    headers = {"x-api-key": gateway.key, RECEIPT: "1"}

    told = request(gateway.url, "POST", "/v1/chat/completions", {"model": "nowhere", "messages": []}, headers)

    assert (told.status, RECEIPT in told.headers) == (404, False)
