"""The transport alone against nginx on loopback: requests/s and CPU µs of this process for one send and read.

taskset -c 0 python bench/transport_alone.py [requests] [at once]
"""

import asyncio
import contextlib
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import uvloop

from lockgate.core.http import Origin, Outbound
from lockgate.transports.http import HttpTransport

BODY = b'{"model":"gpt-5-mini","messages":[{"role":"user","content":"' + b"x" * 1040 + b'"}]}'
REPLY = '{"id":"c","choices":[{"message":{"role":"assistant","content":"Hello"}}],"usage":{"total_tokens":18}}'
HEADERS = (
    (b"content-type", b"application/json"),
    (b"authorization", b"Bearer " + b"a" * 48),
    (b"accept", b"application/json"),
    (b"idempotency-key", b"abc-123"),
)
NGINX = """
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 1000000000; client_body_buffer_size 128k; default_type application/json;
  client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
  uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
  server {{ listen 127.0.0.1:{port}; location / {{ return 200 '{reply}'; }} }}
}}
"""


@contextlib.contextmanager
def nginx() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "nginx.conf"
        config.write_text(NGINX.format(folder=folder, port=port, reply=REPLY))
        with subprocess.Popen(["nginx", "-p", folder, "-e", f"{folder}/error.log", "-c", str(config)]) as server:
            try:
                yield port
            finally:
                server.terminate()


async def measure(port: int, requests: int, at_once: int) -> None:
    transport = HttpTransport()
    origin = Origin("http", "127.0.0.1", port, literal=True)

    async def client(count: int) -> None:
        for _ in range(count):
            arrival = await transport.send(Outbound(origin, "POST", "/v1/chat/completions", HEADERS, BODY))
            assert len(await arrival.body.read()) == len(REPLY)

    await asyncio.sleep(0.3)
    await asyncio.gather(*(client(20) for _ in range(at_once)))
    began, cpu = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    await asyncio.gather(*(client(requests // at_once) for _ in range(at_once)))
    took, used = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF)
    done = requests // at_once * at_once
    micros = (used.ru_utime - cpu.ru_utime + used.ru_stime - cpu.ru_stime) / done * 1e6
    print(f"{at_once:3} at once: {done / took:8.0f} requests/s, {micros:5.1f} µs CPU a request")
    await transport.aclose()


if __name__ == "__main__":
    total, width = (int(text) for text in [*sys.argv[1:], "40000", "32"][:2])
    with nginx() as where:
        uvloop.run(measure(where, total, width))
