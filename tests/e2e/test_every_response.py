"""Every response has an id and tells the gateway's own time: answers, refusals at every layer, health, both listeners."""

import re
import socket

import pytest

from tests.e2e.plant import Plant
from tests.e2e.process import Line, request

OK = '{"model":"best@openai","messages":[{"role":"user","content":"act=chat id=0000000000000000"}]}'


def post(path: str, body: str, *fields: str) -> str:
    lines = (f"POST {path} HTTP/1.1", "host: gw", f"content-length: {len(body)}", *fields, "connection: close")
    return "\r\n".join(lines) + "\r\n\r\n" + body


def get(path: str, *fields: str, method: str = "GET") -> str:
    return "\r\n".join((f"{method} {path} HTTP/1.1", "host: gw", *fields, "connection: close")) + "\r\n\r\n"


OTHERS = ("/healthz", "/health/liveness", "/health/liveliness", "/health/readiness")
"""What probes ask that were written for another gateway."""
CASES = {
    "answer": (200, post("/v1/chat/completions", OK, "x-api-key: KEY")),
    "models": (200, get("/v1/models", "x-api-key: KEY")),
    "livez": (200, get("/livez")),
    "readyz": (200, get("/readyz")),
    **{path: (200, get(path)) for path in OTHERS},
    **{path: (200, get(path, "x-api-key: KEY")) for path in ("/models", "/openai/v1/models", "/openai/v1/models/gone")},
    "without /v1": (200, post("/chat/completions", OK, "x-api-key: KEY")),
    "below /openai": (200, post("/openai/v1/chat/completions", OK, "x-api-key: KEY")),
    "head of livez": (200, get("/livez", method="HEAD")),
    "head of nothing": (200, get("/", method="HEAD")),
    "no key": (401, post("/v1/chat/completions", OK)),
    "wrong key": (401, post("/v1/messages", OK, "x-api-key: lg-wrong")),
    "two keys": (401, post("/api/chat", OK, "x-api-key: KEY", "authorization: Bearer other")),
    "no path": (404, get("/v1/nothing", "x-api-key: KEY")),
    "no model": (404, post("/v1/messages", OK.replace("best@openai", "x"), "x-api-key: KEY")),
    "wrong method": (405, get("/v1/chat/completions", "x-api-key: KEY")),
    "not JSON": (400, post("/v1/chat/completions", "{", "x-api-key: KEY")),
    "blocked": (400, post("/v1/chat/completions", OK.replace("act=", "bluebird act="), "x-api-key: KEY")),
    "an encoding": (415, post("/v1/chat/completions", OK, "x-api-key: KEY", "content-encoding: gzip")),
    "unreachable": (502, post("/v1/chat/completions", OK.replace("best@openai", "gone"), "x-api-key: KEY")),
    "too large": (413, get("/v1/messages", "x-api-key: KEY", "content-length: 99999999999", method="POST")),
    "no host": (400, "GET /livez HTTP/1.1\r\n\r\n"),
    "no HTTP": (400, "hello\r\n\r\n"),
    "long line": (414, get("/" + "a" * 9000)),
    "large head": (431, get("/", *(f"h{i}: {'a' * 900}" for i in range(60)))),
    "many fields": (431, get("/", *(f"h{i}: a" for i in range(150)))),
}
ADMIN = {
    "livez": (200, get("/livez")),
    "readyz": (200, get("/readyz")),
    **{path: (200, get(path)) for path in OTHERS},
    "metrics": (200, get("/metrics")),
    "no path": (404, get("/nothing")),
    "wrong method": (405, get("/livez", method="DELETE")),
    "no host": (400, "GET /livez HTTP/1.1\r\n\r\n"),
}


def answer(port: int, raw: str) -> tuple[int, list[str], list[str]]:
    """The status, and the values of the two headers."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        client.sendall(raw.encode())
        head = client.makefile("rb").read().decode().partition("\r\n\r\n")[0]
    found = [re.findall(rf"^{name}: (.*?)\r?$", head, re.MULTILINE) for name in ("x-request-id", "server-timing")]
    return int(head.split()[1]), found[0], found[1]


def expect(status: int, got: tuple[int, list[str], list[str]]) -> None:
    code, ids, timings = got
    assert code == status
    assert [bool(re.fullmatch(r"[A-Za-z0-9_-]{8,128}", each)) for each in ids] == [True]
    assert [each.startswith("lockgate;dur=") for each in timings] == [True]


@pytest.mark.parametrize("case", CASES)
def test_the_data_plane(plant: Plant, case: str) -> None:
    status, raw = CASES[case]

    expect(status, answer(plant.gateway.port, raw.replace("KEY", plant.gateway.key)))


@pytest.mark.parametrize("case", ADMIN)
def test_the_admin_listener(plant: Plant, case: str) -> None:
    status, raw = ADMIN[case]

    expect(status, answer(int(plant.gateway.admin.rpartition(":")[2]), raw))


def test_a_stream_and_an_upstreams_error_have_them_too(plant: Plant) -> None:
    for act in ("chat", "429", "reset"):
        stream = Line(plant.gateway).begin("best@openai", plant.upstream.mark(act).text)
        assert stream.headers["x-request-id"]
        assert stream.headers["server-timing"].startswith("lockgate;dur=")


def test_a_clients_own_id_comes_back_if_it_is_sane(plant: Plant) -> None:
    for given, same in (("a-Sane_id-1", True), ("a b", False), ('"><script>', False), ("x" * 200, False)):
        told = request(plant.gateway.url, "GET", "/v1/models", None, {"x-api-key": "no", "x-request-id": given})
        assert (told.id == given) is same
