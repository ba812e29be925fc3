"""The audit log at the admin listener: what is asked for and nothing else, and an answer to whatever is asked."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.app.audit_route import NAMES, _Log, audit_routes
from lockgate.app.desk import Desk, answers
from lockgate.core.http import Inbound, Reply
from lockgate.core.permission import BUILT_IN, Permissions
from tests.fakes import inbound
from tests.unit.audit.test_tree_verify import Log


async def auditor(inbound: Inbound) -> Permissions:
    return BUILT_IN["auditor"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    log = Log(tmp_path_factory.mktemp("audited") / "audit")
    log.write(rounds=2)
    log.write(rounds=1, records=5, status=503)
    return log.folder


async def ask(folder: Path, path: str, query: str = "", method: str = "GET") -> Reply:
    serve = answers(Desk(0, lambda: None), auditor, audit_routes(folder))
    return await serve(msgspec.structs.replace(inbound(path, method=method), query=query))


async def asked(folder: Path, path: str, query: str = "") -> Any:
    reply = await ask(folder, path, query)
    assert isinstance(reply.body, bytes)
    return reply.status, msgspec.json.decode(reply.body)


async def test_a_page_says_where_the_next_one_begins(folder: Path) -> None:
    status, first = await asked(folder, "/api/audit", "status=5xx&limit=7")
    _, second = await asked(folder, "/api/audit", f"status=5xx&limit=7&cursor={first['next']}")

    ids = [each["request_id"] for page in (first, second) for each in page["records"]]
    assert (status, first["more"], second["more"]) == (200, True, False)
    assert sorted(ids) == sorted(f"w{writer}-{number}" for writer in (0, 1) for number in range(5))
    assert (await asked(folder, "/api/audit", f"cursor={second['next']}"))[1]["records"] == []


async def test_a_record_is_the_line_as_it_stands_in_the_log(folder: Path) -> None:
    _, shown = await asked(folder, "/api/audit/w0-7")

    reply = await ask(folder, "/api/audit/w0-7")
    assert isinstance(reply.body, bytes)
    for row, seq, leaf in zip(shown["records"], (8, 28), (0, 2), strict=True):
        (line,) = (x for x in (folder / "w0-00000001.jsonl").read_bytes().splitlines() if b'{"seq":%d,' % seq in x)
        assert line in reply.body
        assert (row["segment"], row["leaf"], row["signed"]) == ("w0-00000001.jsonl", leaf, True)
        assert row["record"]["seal"]


@pytest.mark.parametrize("path", ["/api/audit/nobody", "/api/audit/", "/api/audit/%2e%2e", "/api/audit/w0-7/more"])
async def test_what_is_not_there_is_not_found(folder: Path, path: str) -> None:
    assert (await ask(folder, path)).status == 404


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("since=soon", "since: a date"),
        ("limit=0", "limit"),
        ("kind=outcomes", "kind"),
        ("status=5x", "status"),
        ("limit=1001", "limit"),
        ("limit=²", "limit"),
        ("cursor=../x", "cursor"),
        ("caller=x", "no parameter 'caller'"),
        ("team=shop&team=lab", "'team' is there twice"),
        ("since=1h&until=2h", "later than until"),
    ],
)
async def test_what_is_not_clear_is_refused(folder: Path, query: str, word: str) -> None:
    status, document = await asked(folder, "/api/audit", query)

    assert status == document["status"] == 400
    assert word in document["title"]


@given(st.dictionaries(st.sampled_from((*NAMES, "more")), st.text(max_size=20), max_size=5), st.text(max_size=30))
def test_whatever_is_asked_there_is_an_answer(folder: Path, query: dict[str, str], word: str) -> None:
    from urllib.parse import quote, urlencode

    for path, text in (("/api/audit", urlencode(query)), ("/api/audit", word), (f"/api/audit/{quote(word)}", "")):
        reply = asyncio.run(ask(folder, path, text))
        assert reply.status in (200, 400, 404)


async def test_damage_is_said_and_the_log_is_read_by_one_at_a_time(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "w0-00000001.jsonl").write_bytes(b"nothing of the log\n")
    serve = answers(Desk(0, lambda: None), auditor, audit_routes(tmp_path))

    replies = await asyncio.gather(*(serve(inbound("/api/audit", method="GET")) for _ in range(2)))

    assert sorted(reply.status for reply in replies) == [500, 503]
    assert any(b"audit verify" in reply.body for reply in replies if isinstance(reply.body, bytes))
    assert (await ask(folder, "/api/audit", method="POST")).status == 405


async def test_who_leaves_is_still_the_one_until_his_thread_is_done(tmp_path: Path) -> None:
    log, begun, go = _Log(tmp_path), threading.Event(), threading.Event()

    def slow() -> Reply:
        begun.set()
        go.wait(20)
        return Reply(200, (), b"")

    first = asyncio.ensure_future(log._read(slow))
    await asyncio.to_thread(begun.wait, 20)
    first.cancel()
    await asyncio.wait([first])

    assert (await log._read(slow)).status == 503
    go.set()
    async with log.one:
        pass
    assert (await log._read(slow)).status == 200
