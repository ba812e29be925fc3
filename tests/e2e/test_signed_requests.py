"""Signed requests against the command as a process, with two workers: once is once, whichever of them is asked."""

import hashlib
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lockgate.auth.http_signature.fields import Inner, dictionary
from lockgate.auth.http_signature.message import Message, signature_base
from tests.e2e.process import Running, eventually, running

KEY = Ed25519PrivateKey.generate()
BODY = b'{"model":"demo","messages":[{"role":"user","content":"hi"}]}'
PATH = "/v1/chat/completions"
CONFIG = """\
version: 1
server: {drain_seconds: 1, workers: 2}
providers: {demo: {kind: demo}}
models: {demo: {targets: [{provider: demo}]}}
teams: {shop: {models: [demo]}}
auth:
  - {kind: http_signature, keys: [{id: ci, team: shop, algorithm: ed25519, public_key_file: ci.pem}]}
  - {kind: hmac, keys: [{name: nightly, team: shop, secret: {env: KEY}}]}
"""


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("signed")
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    (folder / "ci.pem").write_bytes(KEY.public_key().public_bytes(encoding, form))
    with running(folder, CONFIG) as here:
        yield here


def signed(gateway: Running, nonce: str) -> dict[str, str]:
    digest = f"sha-256=:{b64encode(hashlib.sha256(BODY).digest()).decode()}:"
    covered = f'("@method" "@target-uri" "content-digest");created={int(time.time())};keyid="ci";nonce="{nonce}"'
    inner = dictionary((f"s={covered}".encode(),))["s"]
    assert isinstance(inner, Inner)
    host = gateway.url.removeprefix("http://")
    headers = ((b"host", host.encode()), (b"content-digest", digest.encode()))
    signature = KEY.sign(signature_base(Message("POST", "http", PATH, "", headers), inner))
    return {
        "content-digest": digest,
        "signature-input": f"s={covered}",
        "signature": f"s=:{b64encode(signature).decode()}:",
    }


def plainly_signed(gateway: Running, nonce: str) -> dict[str, str]:
    page: dict[str, object] = {}
    text = Path("src/lockgate/auth/hmac/README.md").read_text()
    exec(text.partition("```python\n")[2].partition("```")[0], page)
    made: str = page["signature"]("nightly", gateway.key, "POST", PATH, BODY)  # type: ignore[operator]
    return {"x-lockgate-signature": made}


def asked(gateway: Running, headers: dict[str, str], body: bytes = BODY) -> tuple[int, str]:
    answer = httpx.post(gateway.url + PATH, content=body, headers={"content-type": "application/json", **headers})
    return answer.status_code, "" if answer.status_code == 200 else answer.json()["error"]["message"]


@pytest.mark.parametrize("sign", [signed, plainly_signed])
def test_a_signature_is_taken_once_by_all_workers_together(gateway: Running, sign: object) -> None:
    headers = sign(gateway, "n-1")  # type: ignore[operator]

    with ThreadPoolExecutor(16) as pool:
        answers = Counter(pool.map(lambda _: asked(gateway, headers), range(48)))

    used = "the signature is not valid: it was used before"
    assert answers == Counter({(200, ""): 1, (401, used): 47})


def test_both_workers_took_part_and_the_record_names_the_signer(gateway: Running) -> None:
    for number in range(20):
        assert asked(gateway, signed(gateway, f"m-{number}")) == (200, "")

    lines = eventually(
        lambda: [line for line in gateway.lines() if line["kind"] == "outcome" and line["status"] == 200]
    )
    assert {line["key_id"] for line in lines} <= {"http_signature:ci", "hmac:nightly"}
    assert len({line["file"] for line in gateway.lines()}) == 2


def test_another_body_under_a_good_signature_reaches_nobody(gateway: Running) -> None:
    status, message = asked(gateway, signed(gateway, "b"), BODY.replace(b"hi", b"ho"))

    assert (status, message) == (401, "the body is not the one that was signed")
    outcome = eventually(lambda: [line for line in gateway.lines() if line["status"] == 401 and not line["model"]])[-1]
    assert outcome["attempts"] == []


def test_a_refusal_says_what_would_be_taken(gateway: Running) -> None:
    answer = httpx.post(gateway.url + PATH, content=BODY, headers={"authorization": "Bearer sk-anything"})

    assert answer.status_code == 401
    assert answer.headers.get_list("www-authenticate") == [
        'Signature realm="lockgate"',
        'Lockgate-HMAC realm="lockgate"',
    ]
    assert "HTTP message signature" in answer.json()["error"]["message"]
