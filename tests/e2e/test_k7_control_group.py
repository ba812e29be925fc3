"""K7 within a control group that kills: a gateway that is given more than fits refuses in time, and nobody is killed."""

import http.client
import json
import select
from pathlib import Path

from tests.cgroups import MEMORY, group
from tests.e2e.plant import FAMILIES, config
from tests.e2e.process import Line, Running, eventually, running
from tests.e2e.upstream import Mark, Upstream

MEGABYTES = 200
LARGE = 2**20
"""Characters of a prompt; twice that is held for a request that waits for its upstream."""
PACE = 0.03
"""Seconds between two requests when little is left: the gateway looks four times a second."""
FREE = "tester, metadata: {priority: free}"


def begun(gateway: Running, mark: Mark) -> http.client.HTTPConnection:
    """A large request whose answer nobody reads yet."""
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=20)
    body = {"model": "best@openai", "messages": [{"role": "user", "content": mark.text + " " + "x" * LARGE}]}
    connection.request("POST", "/v1/chat/completions", json.dumps(body), {"x-api-key": gateway.key})
    return connection


def answered(connection: http.client.HTTPConnection, seconds: float) -> bool:
    return bool(select.select([connection.sock], [], [], seconds)[0])


def test_K7_in_a_control_group_it_refuses_before_the_kernel_kills(tmp_path: Path) -> None:
    env = {f"UP_{name.upper()}": "sk-up" for name in FAMILIES}
    with group(MEMORY) as small, Upstream() as upstream:
        small.limit(MEMORY, str(MEGABYTES << 20), str(MEGABYTES << 20))
        text = config(upstream.port).replace("tester", FREE)
        with running(tmp_path, text, env=env, within=small.within) as gateway:
            processes = set(gateway.children)
            mark = upstream.mark("head")
            held: list[http.client.HTTPConnection] = []
            while len(held) < MEGABYTES:  # more than fits
                one = begun(gateway, mark)
                eventually(lambda one=one: upstream.calls(mark) > len(held) or answered(one, 0))
                if answered(one, PACE if small.memory > MEGABYTES * 0.7 * 2**20 else 0):
                    break
                held.append(one)

            refused = one.getresponse()
            said = json.loads(refused.read())
            assert (refused.status, said["error"]["code"]) == (503, "overloaded")
            upstream.open(mark)
            assert {connection.getresponse().status for connection in held} == {200}
            for connection in (one, *held):
                connection.close()
            eventually(lambda: Line(gateway).ask("best@openai", upstream.mark("chat").text).status == 200)
            assert (small.killed, set(gateway.children)) == (0, processes)
            assert gateway.stderr.count("of the memory is used") == 2
