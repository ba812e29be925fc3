"""K3: SIGTERM while two hundred streams run: nobody is cut, readiness is off at once, and the code is 0.

LOCKGATE_STREAM is for how many seconds a stream goes on: about 3 in the suite, 20 on demand.
"""

import asyncio
import json
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

from tests.e2e.process import Running, eventually, request, running
from tests.faults.faulty_process import faulty

STREAMS = 200
SECONDS = float(os.environ.get("LOCKGATE_STREAM", "2.6"))
PIECES = 13
CONFIG = """\
version: 1
server: {{workers: 2, drain_seconds: 25}}
data: ./data
audit: {{patience: 10s}}
providers: {{up: {{kind: openai_compatible, base_url: "{url}/v1"}}}}
models: {{m: {{targets: [{{provider: up, model: faulty-paced-{pace}}}]}}}}
teams: {{all: {{models: ["*"]}}}}
keys: [{{name: tester, team: all, secret: {{env: KEY}}}}]
"""


class Streams:
    """Clients who each read one stream to its end; the gateway is told to stop when all have something of theirs."""

    def __init__(self, gateway: Running) -> None:
        self._gateway = gateway
        self.begun = 0
        self._all = asyncio.Event()
        self.told = False

    async def run(self) -> Sequence[bytes]:
        stopping = asyncio.create_task(self._stop())
        got = await asyncio.gather(*(self._read(number) for number in range(STREAMS)))
        await stopping
        return got

    async def _read(self, number: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._gateway.port)
        messages = [{"role": "user", "content": f"nonce=k3-{number}"}]
        body = json.dumps({"model": "m", "stream": True, "messages": messages}).encode()
        head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: gw\r\nauthorization: Bearer {self._gateway.key}\r\n"
        writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
        got = await reader.readuntil(b"data: ")
        self.begun += 1
        if self.begun == STREAMS:
            self._all.set()
        got += await reader.readuntil(b"0\r\n\r\n")
        writer.close()
        return got

    async def _stop(self) -> None:
        await self._all.wait()
        self._gateway.process.send_signal(signal.SIGTERM)
        ready = await asyncio.to_thread(eventually, self._unready, 2.0)
        self.told = ready

    def _unready(self) -> bool:
        return request(self._gateway.admin, "GET", "/readyz").status == 503


def test_K3_two_hundred_streams_end_whole(tmp_path: Path) -> None:
    with (
        faulty() as upstream,
        running(tmp_path, CONFIG.format(url=upstream.url, pace=int(SECONDS / PIECES * 1000))) as gateway,
    ):
        streams = Streams(gateway)
        got = asyncio.run(streams.run())
        ended = time.monotonic()

        assert gateway.process.wait(15) == 0
        assert time.monotonic() - ended < 10
        assert streams.told
        for number, body in enumerate(got):
            assert all(f"k3-{number}-{word}".encode() in body for word in range(12))
            assert b"data: [DONE]" in body
        outcomes = [line["end"] for line in gateway.lines() if line["kind"] == "outcome"]
        assert outcomes == ["complete"] * STREAMS


def test_K3_who_comes_before_balancers_have_looked_is_served(tmp_path: Path) -> None:
    text = CONFIG.format(url="http://127.0.0.1:9", pace=1).replace(
        "drain_seconds: 25", "drain_seconds: 25, drain_delay_seconds: 1"
    )
    text = text.replace("{provider: up, model: faulty-paced-1}", "{provider: demo}").replace(
        "providers: {", "providers: {demo: {kind: demo}, "
    )
    with running(tmp_path, text) as gateway:
        begun = time.monotonic()
        gateway.process.send_signal(signal.SIGTERM)

        for address in (gateway.admin, gateway.url):
            eventually(lambda: request(address, "GET", "/readyz").status == 503, 0.9)  # noqa: B023
        assert request(gateway.url, "GET", "/livez").status == 200
        body = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
        headers = {"authorization": f"Bearer {gateway.key}"}
        told = [request(gateway.url, "POST", "/v1/chat/completions", body, headers).status for _ in range(4)]
        assert told == [200] * 4 or time.monotonic() - begun > 1
        assert gateway.process.wait(15) == 0
        assert time.monotonic() - begun >= 1
