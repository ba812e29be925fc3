"""S05: without authentication, Lockgate serves this machine only, says so loudly, and there is still a named principal."""

import signal
import subprocess
from pathlib import Path

import pytest
from openai import OpenAI

from tests.e2e.process import eventually, request, running
from tests.e2e.warm import COMMAND, ROOT

CONFIG = """\
version: 1
server: {drain_seconds: 1}
providers: {demo: {kind: demo}}
models: {demo: {targets: [{provider: demo}]}}
teams: {me: {models: [demo]}}
auth: [{kind: insecure_no_auth, team: me}]
"""
BODY = {"model": "demo", "messages": [{"role": "user", "content": "hi"}]}


def test_S05_a_client_on_this_machine_is_one_named_principal(tmp_path: Path) -> None:
    with running(tmp_path, CONFIG) as gateway:
        with OpenAI(base_url=f"{gateway.url}/v1", api_key="sk-anything") as client:
            done = client.chat.completions.create(model="demo", messages=[{"role": "user", "content": "hi"}])
            assert done.choices[0].message.content
        assert request(gateway.url, "POST", "/v1/chat/completions", BODY).status == 200
        lines = eventually(lambda: [line for line in gateway.lines() if line["kind"] == "outcome"])

        assert {(line["key_id"], line["team"]) for line in lines} == {("insecure_no_auth", "me")}
        assert "AUTHENTICATION IS OFF" in gateway.stderr


@pytest.mark.parametrize("name", ["host", "origin"])
def test_S05_a_web_page_in_a_browser_of_this_machine_gets_nothing(tmp_path: Path, name: str) -> None:
    evil = {"host": "evil.example", "origin": "https://evil.example"}[name]
    with running(tmp_path, CONFIG) as gateway:
        assert request(gateway.url, "POST", "/v1/chat/completions", BODY, {name: evil}).status == 401


def test_S05_a_reload_cannot_open_a_listener_that_others_reach(tmp_path: Path) -> None:
    """The file says loopback; the command line said otherwise, and it still counts."""
    keys = CONFIG.replace("auth: [{kind: insecure_no_auth, team: me}]", "auth: [{kind: api_key}]")
    with running(tmp_path, keys, "--listen", "0.0.0.0:0") as gateway:
        gateway.file.write_text(CONFIG)
        gateway.process.send_signal(signal.SIGHUP)

        assert eventually(lambda: "was not reloaded: found 'insecure_no_auth'" in gateway.stderr)
        address = f"http://127.0.0.1:{gateway.port}"
        assert request(address, "POST", "/v1/chat/completions", BODY).status == 401


@pytest.mark.parametrize("where", ["file", "command line"])
def test_S05_off_loopback_it_does_not_start(tmp_path: Path, where: str) -> None:
    wide = "0.0.0.0:0"
    listen, options = (f'listen: "{wide}", ', []) if where == "file" else ("", ["--listen", wide])
    (tmp_path / "lockgate.yaml").write_text(CONFIG.replace("server: {", f"server: {{{listen}"))
    line = [*COMMAND, "serve", "--config", str(tmp_path / "lockgate.yaml"), "--admin", "127.0.0.1:0", *options]

    ended = subprocess.run(
        line, env={"PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True, timeout=20, check=False
    )

    assert ended.returncode == 1
    assert "insecure_no_auth" in ended.stderr
    assert "listening" not in ended.stdout
