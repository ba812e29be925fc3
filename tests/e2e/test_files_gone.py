"""A file beside the configuration goes away under a running gateway, and something else changes: nobody dies of it."""

import secrets
import signal
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.e2e.process import Running, eventually, request, running

CONFIG = """\
version: 1
server: {workers: 2}
data: ./data
providers: {demo: {kind: demo}}
models: {demo: {targets: [{provider: demo}]}}
teams: {all: {models: ["*"]}}
keys: [{name: tester, team: all, secret: {file: tester.key}}]
auth:
  - {kind: api_key}
  - {kind: http_signature, keys: [{id: ci, team: all, algorithm: ed25519, public_key_file: ci.pem}]}
"""


def _status(gateway: Running, key: str) -> int:
    return request(gateway.url, "GET", "/v1/models", headers={"x-api-key": key}).status


def test_a_secret_changes_while_a_public_key_is_away(tmp_path: Path) -> None:
    old, new = secrets.token_urlsafe(40), secrets.token_urlsafe(40)
    public = ed25519.Ed25519PrivateKey.generate().public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "ci.pem").write_bytes(pem)
    (tmp_path / "tester.key").write_text(old)
    with running(tmp_path, CONFIG) as gateway:
        before = sorted(gateway.children)
        (tmp_path / "ci.pem").unlink()
        (tmp_path / "tester.key").write_text(new)
        eventually(lambda: gateway.stderr.count("stay as they were") == 2)

        assert [_status(gateway, key) for key in (old, new)] == [200, 401]
        assert "ci.pem" in gateway.stderr

        (tmp_path / "ci.pem").write_bytes(pem)
        gateway.process.send_signal(signal.SIGHUP)
        eventually(lambda: {_status(gateway, new) for _ in range(8)} == {200})

        assert _status(gateway, old) == 401
        assert sorted(gateway.children) == before
        assert "Traceback" not in gateway.stderr
