"""S11: every route of both listeners with hosts that another parser might take for a part of the path: none is answered."""

import socket

import pytest

from tests.e2e.plant import Plant

ROUTES = {
    "data": [
        ("POST", "/v1/chat/completions"),
        ("POST", "/v1/completions"),
        ("POST", "/v1/messages"),
        ("POST", "/v1/messages/count_tokens"),
        ("POST", "/v1beta/models/best@openai:generateContent"),
        ("POST", "/api/chat"),
        ("POST", "/api/generate"),
        ("POST", "/openai/deployments/best@openai/chat/completions"),
        ("GET", "/v1/models"),
        ("GET", "/v1/models/best@openai"),
        ("GET", "/v1beta/models"),
        ("GET", "/api/tags"),
        ("GET", "/livez"),
        ("GET", "/readyz"),
        ("HEAD", "/"),
    ],
    "admin": [("GET", "/livez"), ("GET", "/readyz"), ("GET", "/metrics")],
}
HOSTS = [
    "a/v1/public?",
    "a/livez?",
    "a/livez#",
    "a?/livez",
    "user@a",
    "a:80/livez",
    "a\\livez",
    "a livez",
    "[::1]/livez?",
]


def status(port: int, method: str, path: str, host: str, credential: str) -> int:
    head = f"{method} {path} HTTP/1.1\r\nhost: {host}\r\nx-api-key: {credential}\r\nconnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        client.sendall(head.encode())
        return int(client.makefile("rb").read().split()[1])


@pytest.mark.parametrize("listener", ROUTES)
@pytest.mark.parametrize("credential", ["good", "lg-wrong"])
def test_S11_no_route_answers_a_host_that_could_be_a_path(plant: Plant, listener: str, credential: str) -> None:
    gateway = plant.gateway
    port = gateway.port if listener == "data" else int(gateway.admin.rpartition(":")[2])
    key = gateway.key if credential == "good" else credential

    found = {
        (method, path, host): status(port, method, path, host, key)
        for method, path in ROUTES[listener]
        for host in HOSTS
    }

    assert found == dict.fromkeys(found, 400)
    path = ROUTES[listener][0][1]
    assert status(port, "GET", path, "gw", key) != 400
