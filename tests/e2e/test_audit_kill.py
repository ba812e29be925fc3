"""K2: the whole gateway is killed at any moment. No request reached an upstream without a record, and it starts again.

Five times in the suite; LOCKGATE_KILLS says how often instead, as in `LOCKGATE_KILLS=200 pytest tests/e2e/test_audit_kill.py`.
"""

import os
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from lockgate.audit import key_file, signing
from lockgate.audit.verify import Trust, verify
from tests.e2e.looking import Looking, config, looking
from tests.e2e.process import Running, running
from tests.e2e.test_audit_log import ask, stopped

KILLS = int(os.environ.get("LOCKGATE_KILLS", "5"))
CLIENTS = 8


def killed_under_load(gateway: Running, after: float) -> None:
    over = threading.Event()

    def client(number: int) -> None:
        while not over.is_set():
            with suppress(OSError, ValueError, EOFError):
                ask(gateway, stream=number % 2 == 0)

    with ThreadPoolExecutor(CLIENTS) as pool:
        for number in range(CLIENTS):
            pool.submit(client, number)
        time.sleep(after)
        os.killpg(gateway.process.pid, signal.SIGKILL)
        gateway.process.wait()
        over.set()


def intents(gateway: Running) -> set[str]:
    return {line["request_id"] for line in gateway.lines() if line["kind"] == "intent"}


def checked(gateway: Running, upstream: Looking) -> None:
    assert upstream.early == []
    assert set(upstream.seen) <= intents(gateway)


def test_K2_killed_at_any_moment_no_intent_is_missing_and_it_starts_again(tmp_path: Path) -> None:
    dice = random.Random(2)
    with looking(lambda: tmp_path / "data" / "audit") as upstream:
        for _ in range(KILLS):
            began = time.monotonic()
            with running(tmp_path, config(upstream.port, "{checkpoint: 200ms}", workers=2)) as gateway:
                assert time.monotonic() - began < 3 or os.getloadavg()[0] > 2
                killed_under_load(gateway, dice.uniform(0.05, 0.8))
                checked(gateway, upstream)
        with running(tmp_path, config(upstream.port, workers=2)) as gateway:
            assert ask(gateway).status == 200
            stopped(gateway)
            checked(gateway, upstream)
            data = gateway.data

    verdict = verify(data / "audit", Trust(key_file.known(data), signing.verifiers(data)))
    assert verdict.bad == ()
    assert verdict.covered == verdict.records
    assert verdict.signed == verdict.leaves
    assert len(upstream.seen) > KILLS
