"""S10: text that would mean something to a database, as a key in every carrier, is an unknown key and nothing else."""

import http.client
import itertools
import json
from collections.abc import Iterator

import pytest

from tests.e2e.plant import Plant
from tests.e2e.process import eventually

CARRIERS = ("authorization", "x-api-key", "api-key", "x-goog-api-key", "query")
QUOTES = ("'", '"', "`", "\\'", "%27", "''", "')", "'))", "\\")
WORDS = (
    " OR 1=1", " OR '1'='1", " OR 1=1 LIMIT 1 OFFSET 1", " UNION SELECT NULL", " UNION SELECT token FROM keys",
    "; DROP TABLE keys", "; SELECT pg_sleep(5)", " AND SLEEP(5)", " WAITFOR DELAY '0:0:5'", "||(SELECT 1)||", " HAVING 1=1",
    "; ATTACH DATABASE 'x' AS y", " RETURNING *", " AND 1=CAST((SELECT version()) AS int)", "/**/OR/**/1=1",
)  # fmt: skip
ENDS = ("--", " -- -", "#", "/*", ";", "")
ATTACKS = ["".join(parts) for parts in itertools.product(QUOTES, WORDS, ENDS)][::8]


@pytest.fixture
def connection(plant: Plant) -> Iterator[http.client.HTTPConnection]:
    made = http.client.HTTPConnection("127.0.0.1", plant.gateway.port, timeout=5)
    yield made
    made.close()


def refusals(plant: Plant) -> int:
    """Those of somebody unknown in the log: a flood is there as numbers."""
    lines = [line for line in plant.gateway.lines() if line["code"] == "invalid_api_key"]
    return len(lines) + sum(int(each["details"]["requests"]) for each in plant.gateway.events("refused_unknown"))


@pytest.mark.parametrize("carrier", CARRIERS)
def test_S10_sql_in_every_carrier_is_an_unknown_key(
    plant: Plant, connection: http.client.HTTPConnection, carrier: str
) -> None:
    mark = plant.upstream.mark("chat")
    body = json.dumps({"model": "best@openai", "messages": [{"role": "user", "content": mark.text}]})
    ids, before = [], refusals(plant)
    for attack in (*ATTACKS, *("lg-" + attack for attack in ATTACKS)):
        path, headers = "/v1/chat/completions", {}
        if carrier == "query":
            path += "?key=" + attack.encode().hex("%").join(("%", ""))
        else:
            headers = {carrier: f"Bearer {attack}" if carrier == "authorization" else attack}
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        told = response.read()

        assert response.status == 401, attack
        assert json.loads(told)["error"]["code"] == "invalid_api_key"
        assert attack.encode() not in told
        ids.append(response.headers["x-request-id"])
    assert plant.upstream.calls(mark) == 0
    assert len(ids) > 200
    eventually(lambda: refusals(plant) - before >= len(ids))
    written = [line for line in plant.gateway.lines() if line["request_id"] in ids]
    assert {(line["end"], line["key_id"]) for line in written} <= {("refused", "")}


def test_S10_nothing_of_it_was_written(plant: Plant) -> None:
    audit = "".join(path.read_text() for path in (plant.gateway.data / "audit").iterdir())

    assert "SELECT" not in audit + plant.gateway.stderr
    assert "DROP TABLE" not in audit + plant.gateway.stderr
