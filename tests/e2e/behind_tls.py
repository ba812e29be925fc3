"""A gateway with the demo upstream behind TLS, and the ways to ask it: one connection, one request, `openssl s_client`."""

import http.client
import json
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import trustme

from tests.e2e.process import Running, Told, running

CONFIG = """\
version: 1
server: {{drain_seconds: 5, {tls}}}
data: ./data
audit: {{patience: 30s}}
providers: {{demo: {{kind: demo}}}}
models: {{demo: {{targets: [{{provider: demo}}]}}, demo-slow: {{targets: [{{provider: demo}}]}}}}
teams: {{all: {{models: ["*"]}}}}
keys:
  - {{name: tester, team: all, secret: {{env: KEY}}}}
"""


def written(folder: Path, leaf: trustme.LeafCert, name: str = "tls") -> None:
    """The pair as `NAME.crt` and `NAME.key`, each put in its place as a whole."""
    for end, text in (("crt", leaf.cert_chain_pems[0].bytes()), ("key", leaf.private_key_pem.bytes())):
        draft = folder / f"{name}.{end}.new"
        draft.write_bytes(text)
        draft.replace(folder / f"{name}.{end}")


@contextmanager
def secured(folder: Path, tls: str, *options: str) -> Iterator[Running]:
    with running(folder, CONFIG.format(tls=tls), *options) as gateway:
        yield gateway


def trusting(authority: trustme.CA | None = None, client: trustme.LeafCert | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if authority is None:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    else:
        authority.configure_trust(context)
    if client is not None:
        client.configure_cert(context)
    return context


def connected(address: str, context: ssl.SSLContext) -> http.client.HTTPSConnection:
    port = int(address.rpartition(":")[2])
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=10, context=context)
    try:
        connection.connect()
    except OSError:
        connection.close()
        raise
    return connection


def ask(connection: http.client.HTTPSConnection, key: str, model: str = "demo", *, stream: bool = False) -> Told:
    body = {"model": model, "stream": stream, "messages": [{"role": "user", "content": "hi"}]}
    connection.request("POST", "/v1/chat/completions", json.dumps(body), {"authorization": f"Bearer {key}"})
    response = connection.getresponse()
    return Told(response.status, response.read(), {k.lower(): v for k, v in response.getheaders()})


def serial(address: str, context: ssl.SSLContext) -> str:
    """Of the certificate that a new connection is shown."""
    connection = connected(address, context)
    try:
        shown = connection.sock.getpeercert()
        assert shown is not None
        return str(shown["serialNumber"])
    finally:
        connection.close()


def s_client(gateway: Running, *options: str) -> tuple[bool, str]:
    """Whether the handshake stood, and what openssl says of it."""
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{gateway.port}", *options]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20, check=False)
    return done.returncode == 0 and "Cipher is (NONE)" not in done.stdout, done.stdout + done.stderr
