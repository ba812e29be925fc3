"""Vault's KV engine over real sockets, played by a server of ours as its API documentation has it."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest
import trustme

from lockgate.core.secret_source import NoSecret, PlainRef, Surroundings
from lockgate.secrets.vault import VaultRef, plugin
from tests.threaded import serving


class Vault(BaseHTTPRequestHandler):
    """One secret, one token, one role."""

    seen: ClassVar[list[dict[str, str]]] = []

    def do_GET(self) -> None:
        Vault.seen.append({"path": self.path, **{k.lower(): v for k, v in self.headers.items()}})
        if self.headers["X-Vault-Token"] not in ("hvs.canary", "hvs.fresh"):
            self.answer(403, {"errors": ["permission denied"]})
        elif self.path == "/v1/secret/data/shop/openai":
            data = {"data": {"value": "s3cret", "other": "0ther", "number": 7, "empty": ""}, "metadata": {"version": 2}}
            self.answer(200, {"request_id": "r", "lease_id": "", "renewable": False, "data": data})
        elif self.path == "/v1/secret/data/moved":
            self.send_response(302)
            self.send_header("location", "/v1/secret/data/shop/openai")
            self.end_headers()
        elif self.path == "/v1/secret/data/deep":
            self.say(200, b'{"data":' * 9_000 + b"1" + b"}" * 9_000)
        elif self.path == "/v1/secret/data/old":
            self.answer(200, {"data": {"value": "of the first version"}})
        else:
            self.answer(404, {"errors": []})

    def do_POST(self) -> None:
        body = msgspec.json.decode(self.rfile.read(int(self.headers["content-length"])))
        good = self.path == "/v1/auth/approle/login" and body == {"role_id": "gateway", "secret_id": "s-id"}
        if good:
            self.answer(200, {"auth": {"client_token": "hvs.fresh", "lease_duration": 60}, "data": None})
        else:
            self.answer(400, {"errors": ["invalid role or secret ID"]})

    def answer(self, status: int, document: Any) -> None:
        self.say(status, json.dumps(document).encode())

    def say(self, status: int, raw: bytes) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module", params=["http", "https"])
def address(request: pytest.FixtureRequest, authority: trustme.CA) -> Iterator[str]:
    import ssl

    server = ThreadingHTTPServer(("127.0.0.1", 0), Vault)
    if request.param == "https":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    with serving(server):
        yield f"{request.param}://127.0.0.1:{server.server_port}"


PLAIN = {"TOKEN": "hvs.canary", "VAULT_TOKEN": "hvs.canary", "BAD": "hvs.bad", "SECRET_ID": "s-id"}


def opened(folder: Path, authority: trustme.CA, **settings: Any) -> tuple[str, dict[str, str]]:
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    held: dict[str, str] = {}
    around = Surroundings({}, folder, str, lambda ref: PLAIN[ref.env or ""], held.__setitem__)
    return plugin.open(VaultRef(**settings, ca="ca.pem"), around), held


def test_a_field_is_read_with_the_token(tmp_path: Path, authority: trustme.CA, address: str) -> None:
    first, held = opened(tmp_path, authority, path="shop/openai", address=address, namespace="teams/a")
    other, _ = opened(
        tmp_path, authority, path="shop/openai", field="other", address=address, token=PlainRef(env="TOKEN")
    )

    assert (first, other) == ("s3cret", "0ther")
    assert held == {"vault token": "hvs.canary"}
    assert Vault.seen[-2]["x-vault-namespace"] == "teams/a"
    assert Vault.seen[-2]["x-vault-request"] == "true"


def test_a_role_logs_in(tmp_path: Path, authority: trustme.CA, address: str) -> None:
    settings = {"path": "shop/openai", "address": address, "role_id": "gateway", "secret_id": PlainRef(env="SECRET_ID")}

    text, held = opened(tmp_path, authority, **settings)

    assert text == "s3cret"
    assert held == {"vault secret_id": "s-id", "vault token": "hvs.fresh"}


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"path": "gone"}, "status 404"),
        ({"path": "moved"}, "status 302"),
        ({"path": "old"}, "second version"),
        ({"path": "deep"}, "second version"),
        ({"path": "shop/openai", "field": "number"}, "no text or empty"),
        ({"path": "shop/openai", "field": "empty"}, "no text or empty"),
        ({"path": "shop/openai", "field": "none"}, "no text or empty"),
        ({"path": "shop/openai", "token": PlainRef(env="BAD")}, "status 403"),
        ({"path": "shop/openai", "role_id": "other", "secret_id": PlainRef(env="SECRET_ID")}, "status 400"),
    ],
)
def test_s04_what_is_no_secret(
    tmp_path: Path, authority: trustme.CA, address: str, settings: dict[str, Any], found: str
) -> None:
    with pytest.raises(NoSecret) as caught:
        opened(tmp_path, authority, address=address, **settings)

    assert found in caught.value.found
    assert "canary" not in caught.value.found + caught.value.expected


def test_one_that_nobody_answers_for_or_that_is_not_trusted(
    tmp_path: Path, authority: trustme.CA, address: str
) -> None:
    with pytest.raises(NoSecret, match="does not answer"):
        opened(tmp_path, authority, path="a", address="http://127.0.0.1:9")
    with pytest.raises(NoSecret, match="address is not known"):
        opened(tmp_path, authority, path="a")
    if address.startswith("https"):
        with pytest.raises(NoSecret, match="its TLS is not acceptable"):
            opened(tmp_path, trustme.CA(), path="shop/openai", address=address)


@pytest.mark.parametrize(
    "settings",
    [
        {"path": "../sys/seal"},
        {"path": "a b"},
        {"path": "a?b"},
        {"path": "a", "role_id": "x"},
        {"path": "a", "role_id": "x", "secret_id": {"env": "S"}, "token": {"env": "T"}},
        {"path": "a", "token": {"env": "T", "file": "f"}},
        {"path": "a", "address": "ftp://x"},
    ],
)
def test_settings_that_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(settings, VaultRef)
