"""nginx, twice: as the scripted upstream that answers at once, and as the plain proxy that everything is compared with."""

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import bodies, process


@dataclass(frozen=True, slots=True)
class Nginx:
    """A running one. `streams` is the port that proxies to the stream upstream without buffering."""

    pid: int
    port: int
    streams: int = 0


_COMMON = """
daemon off;
master_process off;
pid {home}/{name}.pid;
error_log {home}/{name}.error warn;
events {{ worker_connections 8192; }}
http {{
  access_log off;
  default_type application/json;
  keepalive_requests 100000000;
  keepalive_timeout 300s;
  client_body_buffer_size 64k;
  client_max_body_size 16m;
  client_body_temp_path {home}/{name}.body;
  proxy_temp_path {home}/{name}.proxy;
  fastcgi_temp_path {home}/{name}.fastcgi;
  uwsgi_temp_path {home}/{name}.uwsgi;
  scgi_temp_path {home}/{name}.scgi;
{servers}
}}
"""
_UPSTREAM = """
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location = /v1/chat/completions {{ return 200 '{openai}'; }}
    location = /v1/messages {{ return 200 '{anthropic}'; }}
    location / {{ return 404 '{{"error":{{"message":"no such path"}}}}'; }}
  }}
"""
_PROXY = """
  upstream {name} {{ server 127.0.0.1:{target}; keepalive 4096; keepalive_requests 100000000; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{
      proxy_pass http://{name};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering {buffering};
    }}
  }}
"""


def found() -> str | None:
    """Debian puts it where a user's PATH does not look."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


@contextlib.contextmanager
def upstream(program: str, home: Path) -> Iterator[Nginx]:
    """Answers chat requests of OpenAI's and Anthropic's form with a fixed text, on the load's core."""
    port = process.free_port()
    servers = _UPSTREAM.format(port=port, openai=bodies.openai_answer(), anthropic=bodies.anthropic_answer())
    with _running(program, home, "upstream", servers, core=process.LOAD_CORE, port=port) as pid:
        yield Nginx(pid, port)


@contextlib.contextmanager
def proxy(program: str, home: Path, target: int, streams: int) -> Iterator[Nginx]:
    """A plain proxy on the gateway's core; what a proxy costs that does nothing."""
    port, unbuffered = process.free_port(), process.free_port()
    servers = _PROXY.format(name="plain", port=port, target=target, buffering="on")
    servers += _PROXY.format(name="streams", port=unbuffered, target=streams, buffering="off")
    with _running(program, home, "proxy", servers, core=process.GATEWAY_CORE, port=port) as pid:
        yield Nginx(pid, port, unbuffered)


@contextlib.contextmanager
def _running(program: str, home: Path, name: str, servers: str, *, core: int, port: int) -> Iterator[int]:
    config, log = home / f"{name}.conf", home / f"{name}.log"
    config.write_text(_COMMON.format(home=home, name=name, servers=servers))
    command = [program, "-p", str(home), "-e", str(log), "-c", str(config)]
    with process.running(command, core, log=home / f"{name}.out") as nginx:
        process.await_answer(nginx, port, log)
        yield nginx.pid


def version(program: str) -> str:
    said = subprocess.run([program, "-v"], capture_output=True, text=True, check=False, timeout=10)
    return said.stderr.strip().rpartition("/")[2]
