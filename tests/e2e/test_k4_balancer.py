"""K4 with a balancer in front: of two gateways one is replaced, then the other one goes, and no client sees a thing."""

import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from tests.e2e.one_model import config
from tests.e2e.process import Running, eventually, running
from tests.e2e.test_k4_rolling import Asking, begun
from tests.e2e.upstream import Upstream

NGINX = """\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log warn;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  upstream gateways {{ {servers} keepalive 8; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://gateways;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_next_upstream error http_503 non_idempotent;
    }}
  }}
}}
"""


@contextmanager
def balancer(folder: Path, ports: list[int]) -> Iterator[str]:
    """What is refused, and what is told to ask another, goes to the other; nothing is looked at beforehand."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    if not Path(program).exists():
        pytest.skip("nginx is not here")
    folder.mkdir()
    port = free_port()
    servers = " ".join(f"server 127.0.0.1:{each} max_fails=0;" for each in ports)
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, servers=servers, port=port))
    said = folder / "nginx.log"
    line = [program, "-p", str(folder), "-e", str(said), "-c", str(folder / "nginx.conf")]
    process = subprocess.Popen(line)
    try:
        eventually(lambda: answers(port))
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


@contextmanager
def instance(folder: Path, upstream: Upstream, key: str, port: int) -> Iterator[Running]:
    """One gateway, always at the same port."""
    folder.mkdir(exist_ok=True)
    text = config(upstream.port, workers=1, drain=10).replace("{env: KEY}", "{env: SHARED}")
    env = {"UP": "sk-up", "SHARED": key}
    with running(folder, text, "--listen", f"127.0.0.1:{port}", env=env) as gateway:
        yield gateway


def test_K4_two_gateways_behind_nginx_are_replaced_and_no_request_fails(tmp_path: Path) -> None:
    key = "lg-" + secrets.token_urlsafe(40)
    ports = [free_port(), free_port()]

    def started(number: int) -> ExitStack:
        stack = ExitStack()
        stack.enter_context(instance(tmp_path / str(number), upstream, key, ports[number]))
        return everything.enter_context(stack)

    with Upstream() as upstream, balancer(tmp_path / "nginx", ports) as url, ExitStack() as everything:
        with ThreadPoolExecutor(2) as starting:
            gateways = list(starting.map(started, (0, 1)))
        with Asking(url, key, upstream.mark("chat")) as asking:
            for number in (0, 1):
                held = upstream.mark("mid")
                connection, response, first = begun(url, key, held)
                answered = asking.answered
                eventually(lambda answered=answered: asking.answered > answered + 20)
                with ThreadPoolExecutor(1) as ending:  # with a stream under way, which nginx gave to one of the two
                    ended = ending.submit(gateways[number].close)
                    upstream.open(held)
                    whole = first + response.read()
                    ended.result(20)
                connection.close()
                assert whole.endswith(b"data: [DONE]\n\n")
                answered = asking.answered  # the other one serves all
                eventually(lambda answered=answered: asking.answered > answered + 20)
                if number == 0:  # and before the second one goes, the first is there again
                    gateways[number] = started(number)

    assert asking.wrong == []
