"""A gateway with every method on, and a client for each: what a right and a wrong credential of each kind looks like."""

import asyncio
import hashlib
import hmac
import itertools
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from lockgate.app.build import Ports, build
from lockgate.app.key_entries import key_snapshot
from lockgate.app.load import loads
from lockgate.auth.api_key import ApiKeys
from lockgate.auth.http_signature.fields import Inner, dictionary
from lockgate.auth.http_signature.message import Message, signature_base
from lockgate.core.audit import Books
from lockgate.core.http import Inbound, Reply
from lockgate.core.key_digest import Pepper
from lockgate.edge.asgi import asgi
from lockgate.edge.options import EdgeOptions
from lockgate.edge.server import Server
from lockgate.pipeline.serve import Gateway, serve
from tests.fakes import Notebook, Once, Script, StoppedClock
from tests.integration.front_door import refuse
from tests.key_tables import table
from tests.tokens import GOOD, ISSUER, NAMED, published, token

SECRET = "Zm9vYmFyIGJhciBiYXogcXV4IGhlbGxv"
OTHER = SECRET[::-1]
CONFIG = f"""\
version: 1
providers: {{up: {{kind: openai, base_url: "https://up.example/v1", api_key: {{env: UP}}}}}}
models: {{mine: {{targets: [{{provider: up}}]}}, theirs: {{targets: [{{provider: up}}]}}}}
teams: {{shop: {{models: [mine]}}, lab: {{models: [theirs]}}}}
keys: [{{name: web, team: shop, secret: {{env: KEY}}}}, {{name: other, team: lab, secret: {{env: OTHER}}}}]
rules: [{{name: birds, guard: {{kind: blocklist, words: [bluebird]}}, action: block}}]
server: {{tls: {{cert: c, key: k, client_ca: a, client_certificates: optional}}}}
auth:
  - {{kind: api_key, in_url: true}}
  - {{kind: jwt, issuers: [{{name: idp, issuer: "{ISSUER}", jwks_file: jwks.json, audience: [lockgate], team: shop}}]}}
  - {{kind: basic, users: [{{name: crm, team: shop, password: {{env: KEY}}}}]}}
  - {{kind: http_signature, keys: [{{id: ci, team: shop, algorithm: hmac-sha256, secret: {{env: KEY}}}}]}}
  - {{kind: hmac, keys: [{{name: job, team: shop, secret: {{env: KEY}}}}]}}
  - {{kind: mtls, principals: [{{name: svc, team: shop, dns: svc.example}}]}}
"""
ENVIRON = {"UP": "sk-upstream-canary", "KEY": SECRET, "OTHER": OTHER}
_numbers = itertools.count()


@dataclass
class House:
    """A whole gateway, plain and behind TLS, what it sent upstream, and what it wrote down."""

    plain: int
    secured: int
    trusts: dict[bool, ssl.SSLContext]
    """What a client with a known certificate uses, and one with another."""
    script: Script
    notebook: Notebook
    gateway: Gateway


def client(ours: trustme.CA, leaf: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.create_default_context()
    ours.configure_trust(context)
    leaf.configure_cert(context)
    return context


async def listening(server: Server, tls: ssl.SSLContext | None) -> int:
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    await server.start([sock], tls=tls)
    return int(sock.getsockname()[1])


@asynccontextmanager
async def house(folder: Path, config: str = CONFIG) -> AsyncIterator[House]:
    (folder / "jwks.json").write_bytes(published(*NAMED))
    ours, theirs, context = trustme.CA(), trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf = ours.issue_cert("localhost")
    leaf.cert_chain_pems[0].write_to_path(folder / "c")
    leaf.private_key_pem.write_to_path(folder / "k")
    theirs.cert_pem.write_to_path(folder / "a")
    loaded = loads(config.encode(), folder / "lockgate.yaml", ENVIRON)
    assert loaded.problems == ()
    pepper, script, notebook = Pepper(bytes(range(32))), Script(), Notebook()
    keys = ApiKeys(pepper, key_snapshot(loaded, pepper, table()))

    class Clock(StoppedClock):
        def wall(self) -> float:
            return time.time()

    gateway = build(loaded, Ports(script, Books(notebook), Clock(), keys, pepper, Once()))
    leaf.configure_cert(context)
    theirs.configure_trust(context)
    context.verify_mode = ssl.CERT_OPTIONAL

    async def answer(inbound: Inbound) -> Reply:
        return await serve(gateway, inbound)

    app, options = asgi(answer, refuse, EdgeOptions(tick=0.02)), EdgeOptions(tick=0.02)
    plain, secured = Server(app, options), Server(app, options)
    trusts = {
        good: client(ours, theirs.issue_cert("svc.example" if good else "nobody.example")) for good in (True, False)
    }
    try:
        yield House(await listening(plain, None), await listening(secured, context), trusts, script, notebook, gateway)
    finally:
        await plain.drain(0.5)
        await secured.drain(0.5)


def _jwt(good: bool) -> str:
    claims = GOOD | {"exp": int(time.time()) + 300, "aud": "lockgate" if good else "else"}
    return token(claims).decode()


def _basic(good: bool) -> str:
    return b64encode(f"crm:{SECRET if good else OTHER}".encode()).decode()


def _signed(method: str, target: str, body: bytes, *, good: bool) -> list[str]:
    digest = f"sha-256=:{b64encode(hashlib.sha256(body).digest()).decode()}:"
    fields = (
        f'("@method" "@target-uri" "content-digest");created={int(time.time())};keyid="ci";nonce="{next(_numbers)}"'
    )
    inner = dictionary((f"s={fields}".encode(),))["s"]
    assert isinstance(inner, Inner)
    path, _, query = target.partition("?")
    headers = ((b"host", b"localhost"), (b"content-digest", digest.encode()))
    base = signature_base(Message(method, "http", path, query, headers), inner)
    signature = b64encode(hmac.digest((SECRET if good else OTHER).encode(), base, "sha256")).decode()
    return [f"content-digest: {digest}", f"signature-input: s={fields}", f"signature: s=:{signature}:"]


def _plainly(method: str, target: str, body: bytes, *, good: bool) -> list[str]:
    now, nonce, digest = int(time.time()), f"n{next(_numbers)}", hashlib.sha256(body).hexdigest()
    text = f"v1\n{now}\n{nonce}\n{method}\n{target}\n{digest}".encode()
    mac = hmac.digest((SECRET if good else OTHER).encode(), text, "sha256").hex()
    return [f"x-lockgate-signature: k=job,t={now},n={nonce},d={digest},v1={mac}"]


CARRIERS = {
    "bearer": lambda *_, good: [f"authorization: Bearer {SECRET if good else 'wrong'}"],
    "x-api-key": lambda *_, good: [f"x-api-key: {SECRET if good else 'wrong'}"],
    "api-key": lambda *_, good: [f"api-key: {SECRET if good else 'wrong'}"],
    "x-goog-api-key": lambda *_, good: [f"x-goog-api-key: {SECRET if good else 'wrong'}"],
    "x-litellm-api-key": lambda *_, good: [f"x-litellm-api-key: Bearer {SECRET if good else 'wrong'}"],
    "?key=": lambda *_, good: [f"?key={SECRET if good else 'wrong'}"],
    "the same twice": lambda *_, good: [
        f"{name}{SECRET if good else 'wrong'}" for name in ("x-api-key: ", "api-key: ")
    ],
    "jwt": lambda *_, good: [f"authorization: Bearer {_jwt(good)}"],
    "jwt in x-api-key": lambda *_, good: [f"x-api-key: {_jwt(good)}"],
    "basic": lambda *_, good: [f"authorization: Basic {_basic(good)}"],
    "http_signature": _signed,
    "hmac": _plainly,
    "mtls": lambda *_, good: [],
}


async def asked(
    here: House, carrier: str, method: str, target: str, body: bytes, *, good: bool = True
) -> tuple[int, str]:
    """Status and body of one request."""
    lines = CARRIERS[carrier](method, target, body, good=good)
    if lines and lines[0].startswith("?"):
        target, lines = target + lines[0].replace("?", "&" if "?" in target else "?"), []
    head = [
        f"{method} {target} HTTP/1.1",
        "host: localhost",
        f"content-length: {len(body)}",
        "connection: close",
        *lines,
    ]
    if carrier == "mtls":
        way = asyncio.open_connection("127.0.0.1", here.secured, ssl=here.trusts[good], server_hostname="localhost")
    else:
        way = asyncio.open_connection("127.0.0.1", here.plain)
    reader, writer = await way
    writer.write("\r\n".join([*head, "", ""]).encode() + body)
    answer = await reader.read()
    writer.close()
    start, _, rest = answer.partition(b"\r\n\r\n")
    return int(start.split()[1]), rest.decode()
