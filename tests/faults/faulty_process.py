"""`lockgate faulty` as a process, and its control port."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.e2e import warm
from tests.e2e.process import PATIENCE, eventually, request


@dataclass
class FaultyProcess:
    """Where it answers and where it is told what to do."""

    url: str
    control: str

    @property
    def places(self) -> dict[str, str]:
        """Addresses that are faults in themselves."""
        found = request(self.control, "GET", "/places").json
        assert isinstance(found, dict)
        return found

    def play(self, fault: str, model: str = "*", times: int = 0) -> None:
        told = request(self.control, "POST", "/play", {"fault": fault, "model": model, "times": times})
        assert told.status == 200, told.body

    def seen(self, request_id: str) -> list[dict[str, Any]]:
        """What it saw of a request."""
        found = request(self.control, "GET", f"/history?request_id={request_id}").json
        assert isinstance(found, list)
        return found

    def ended(self, request_id: str) -> list[dict[str, Any]]:
        """The same, when all of it is over."""

        def over() -> list[dict[str, Any]]:
            seen = self.seen(request_id)
            return seen if all(entry["ended"] for entry in seen) else []

        return eventually(over)


@contextmanager
def faulty(pace: float = 1.0) -> Iterator[FaultyProcess]:
    process = warm.start(["faulty", "--port", "0", "--control", "0", "--pace", str(pace)], os.environ, 2)
    try:
        said = [process.stdout.readline().strip() for _ in range(2)]
        assert all("listening on" in words for words in said), said
        yield FaultyProcess(*(words.rpartition(" ")[2] for words in said))
    finally:
        process.terminate()
        assert process.wait(PATIENCE) == 0
        process.stdout.close()


def nonces(body: bytes, nonce: str) -> int:
    """How often the nonce is in an answer, escaped or not."""
    return json.dumps(body.decode("utf-8", "replace")).count(nonce)
