"""Additional headers through real sockets: demanded, added, forwarded; proxies, CORS, hosts and what every reply says."""

import secrets
from collections.abc import Iterator

import pytest

from tests.e2e.process import Running, Told, request, running
from tests.e2e.upstream import Upstream

CONFIG = """\
version: 1
server:
  trusted_proxies: [127.0.0.1]
  deny_ips: [198.51.100.0/24]
  allowed_hosts: [127.0.0.1, gw.example.com]
  cors: {{origins: ["https://app.example.com"]}}
data: ./data
headers:
  unknown: pass
  add: {{x-team: {{from: team}}, x-request: {{from: request_id}}}}
  response: {{add: {{x-served-by: {{const: lockgate}}}}, remove: [server-timing]}}
providers:
  openai:
    kind: openai
    base_url: "http://127.0.0.1:{port}/openai/v1"
    api_key: {{env: UP}}
    headers: {{openai-project: {{const: proj_1}}}}
  anthropic: {{kind: anthropic, base_url: "http://127.0.0.1:{port}/anthropic", api_key: {{env: UP}}}}
models:
  here: {{targets: [{{provider: openai}}]}}
  fall: {{targets: [{{provider: openai, model: here}}, {{provider: anthropic}}]}}
  strict: {{targets: [{{provider: openai}}], headers: {{require: {{x-case: {{pattern: "[A-Z]{{2}}-[0-9]+"}}}}, unknown: refuse}}}}
teams:
  all: {{models: ["*"]}}
  near: {{models: ["*"], ips: [203.0.113.0/24]}}
keys:
  - {{name: tester, team: all, secret: {{env: KEY}}, metadata: {{cost-center: "17"}}}}
  - {{name: near, team: near, secret: {{env: NEAR}}}}
"""
NEAR = "lg-" + secrets.token_urlsafe(40)


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream() as one:
        yield one


@pytest.fixture(scope="module")
def gateway(upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    env = {"UP": "sk-upstream-" + secrets.token_hex(16), "NEAR": NEAR}
    with running(tmp_path_factory.mktemp("headers"), CONFIG.format(port=upstream.port), env=env) as one:
        yield one


def ask(gateway: Running, model: str, text: str, key: str = "", **headers: str) -> Told:
    body = {"model": model, "messages": [{"role": "user", "content": text}]}
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return request(gateway.url, "POST", "/v1/chat/completions", body, {"x-api-key": key or gateway.key, **more})


def test_headers_are_added_to_every_attempt_and_the_clients_own_never_win(gateway: Running, upstream: Upstream) -> None:
    mark = upstream.mark(".openai=503", "chat")

    answer = ask(
        gateway, "fall", mark.text, x_team="lie", x_experiment="1", x_auth_token="canary", openai_project="mine"
    )

    first, second = (dict(got.headers) for got in upstream.received(mark, 2))
    for got in (first, second):
        assert (got["x-team"], got["x-request"], got["x-request-id"]) == ("all", answer.id, answer.id)
        assert got["x-experiment"] == "1"
        assert "x-auth-token" not in got
    assert first["openai-project"] == "proj_1"
    assert "openai-project" not in second


def test_a_demanded_header(gateway: Running, upstream: Upstream) -> None:
    mark = upstream.mark("chat")

    missing = ask(gateway, "strict", mark.text)
    wrong = ask(gateway, "strict", mark.text, x_case="ab-1")
    unknown = ask(gateway, "strict", mark.text, x_case="AB-1", x_other="1")
    right = ask(gateway, "strict", mark.text, x_case="AB-1")

    assert [each.status for each in (missing, wrong, unknown, right)] == [400, 400, 400, 200]
    assert [each.json["error"]["param"] for each in (missing, wrong)] == ["headers.x-case"] * 2
    assert "x-other" in unknown.json["error"]["message"]
    (got,) = upstream.received(mark)
    assert "x-case" not in dict(got.headers)


@pytest.mark.parametrize("path", ["/v1/models", "/v1/nothing"])
@pytest.mark.parametrize("key", ["good", "lg-wrong"])
def test_every_reply_of_the_pipeline_is_dressed(gateway: Running, path: str, key: str) -> None:
    told = request(gateway.url, "GET", path, None, {"x-api-key": gateway.key if key == "good" else key})

    assert told.headers["x-served-by"] == "lockgate"
    assert "server-timing" not in told.headers


def test_what_the_pipeline_never_saw_is_dressed_too(gateway: Running) -> None:
    headers = {"x-api-key": gateway.key, "content-length": "99999999999"}

    told = request(gateway.url, "POST", "/v1/messages", None, headers)

    assert (told.status, told.headers["x-served-by"]) == (413, "lockgate")


@pytest.mark.parametrize("path", ["/v1/models", "/v1/nothing", "/livez", "/v1/../x"])
def test_what_every_reply_says_to_a_browser(gateway: Running, path: str) -> None:
    told = request(gateway.url, "GET", path)

    assert told.headers["x-content-type-options"] == "nosniff"
    assert told.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert told.headers["referrer-policy"] == "no-referrer"
    assert told.headers["cache-control"] == "no-store"


def test_addresses_behind_a_trusted_proxy_are_those_of_clients(gateway: Running, upstream: Upstream) -> None:
    mark = upstream.mark("chat")

    def status(forwarded: str, key: str = NEAR) -> int:
        return ask(gateway, "here", mark.text, key, x_forwarded_for=forwarded).status

    assert status("203.0.113.5") == 200
    assert status("203.0.113.5, 127.0.0.1") == 200
    assert status("203.0.113.5, 9.9.9.9") == 403  # what stands in front was made up by 9.9.9.9
    assert status("9.9.9.9") == 403
    assert ask(gateway, "here", mark.text, NEAR).status == 403
    assert status("9.9.9.9", gateway.key) == 200
    assert status("198.51.100.7", gateway.key) == 403  # the gateway's own list


def test_s51_cors_answers_the_page_it_knows(gateway: Running) -> None:
    page = {"origin": "https://app.example.com", "access-control-request-method": "POST"}
    asked = {**page, "access-control-request-headers": "authorization,content-type"}

    allowed = request(gateway.url, "OPTIONS", "/v1/chat/completions", None, asked)
    evil = request(gateway.url, "OPTIONS", "/v1/chat/completions", None, {**asked, "origin": "https://evil.example"})
    reply = request(gateway.url, "GET", "/v1/models", None, {"origin": "https://app.example.com"})
    plain = request(gateway.url, "OPTIONS", "/v1/chat/completions", None, {"x-api-key": gateway.key})

    assert (allowed.status, allowed.headers["access-control-allow-origin"]) == (204, "https://app.example.com")
    assert "content-length" not in allowed.headers
    assert (evil.status, evil.headers.get("access-control-allow-origin")) == (403, None)
    assert (reply.status, reply.headers["access-control-allow-origin"]) == (401, "https://app.example.com")
    assert plain.status == 405
    for each in (allowed, evil, reply, plain):
        assert each.headers["vary"] == "origin"
        assert "access-control-allow-credentials" not in each.headers


def test_I12_a_preflight_is_written_down_as_it_was_answered(gateway: Running) -> None:
    asked = {"access-control-request-method": "POST", "origin": "https://app.example.com"}

    allowed = request(gateway.url, "OPTIONS", "/v1/chat/completions", None, asked)
    evil = request(gateway.url, "OPTIONS", "/v1/chat/completions", None, {**asked, "origin": "https://evil.example"})
    unknown = request(gateway.url, "OPTIONS", "/v1/chat/completions", None, {**asked, "x-forwarded-for": "unknown"})

    kept = [gateway.outcome(each.id) for each in (allowed, evil)]
    assert [(one["operation"], one["status"], one["code"], one["end"]) for one in kept] == [
        ("preflight", 204, "", "complete"),
        ("preflight", 403, "permission_denied", "refused"),
    ]
    assert unknown.status == gateway.outcome(unknown.id)["status"] == 400


def test_s11_hosts_of_the_configuration_are_the_only_ones(gateway: Running) -> None:
    statuses = [
        request(gateway.url, "GET", "/livez", None, {"host": host}).status
        for host in (
            "gw.example.com",
            "GW.example.com:8080",
            "127.0.0.1",
            "evil.example",
            "gw.example.com.evil.example",
        )
    ]

    assert statuses == [200, 200, 200, 421, 421]
    admin = [
        request(gateway.admin, "GET", "/livez", None, {"host": host}).status
        for host in ("gw.example.com", "localhost:8081", "127.0.0.1", "evil.example")
    ]
    assert admin == [200, 200, 200, 421]


def test_s36_a_header_that_connection_names_leaves_our_own_intact(gateway: Running, upstream: Upstream) -> None:
    mark = upstream.mark("chat")

    answer = ask(gateway, "here", mark.text, connection="keep-alive, x-team, authorization, x-request-id", x_team="lie")

    assert answer.status == 200
    (got,) = upstream.received(mark)
    headers = dict(got.headers)
    assert headers["x-team"] == "all"
    assert headers["authorization"].startswith("Bearer sk-upstream-")
    assert headers["x-request-id"] == answer.id


@pytest.mark.parametrize("name", ["traceparent", "x-forwarded-proto", "openai-project", "anthropic-version"])
def test_s36_a_second_value_of_a_single_field_is_refused(gateway: Running, name: str) -> None:
    import socket

    head = f"GET /v1/models HTTP/1.1\r\nhost: 127.0.0.1\r\n{name}: a\r\n{name}: b\r\nconnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=5) as client:
        client.sendall(head.encode())
        answer = client.makefile("rb").read()

    assert answer.startswith(b"HTTP/1.1 400")
    assert f"the header {name} is there twice".encode() in answer


@pytest.mark.parametrize("stream", [False, True])
def test_s51_no_answer_is_for_a_cache(gateway: Running, upstream: Upstream, stream: bool) -> None:
    body = {"model": "here", "stream": stream, "messages": [{"role": "user", "content": upstream.mark("chat").text}]}

    told = request(gateway.url, "POST", "/v1/chat/completions", body, {"x-api-key": gateway.key})

    assert told.status == 200
    assert "no-store" in told.headers["cache-control"].split(", ")
