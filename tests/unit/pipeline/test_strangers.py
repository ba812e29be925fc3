"""I12: whoever has no key can not fill the log, and every one of their refusals is in it all the same: as a record, or as a number."""

from collections import Counter
from dataclasses import replace

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.address import one_client
from lockgate.core.audit import Books
from lockgate.core.problem import Kind, Problem
from lockgate.pipeline import aside
from lockgate.pipeline.serve import serve
from lockgate.pipeline.strangers import ALL, FIRST, FLOOD, OTHERS, ROWS, Strangers
from tests.fakes import Notebook, Script, inbound
from tests.unit.pipeline.gateway import KEY, chat, gateway, openai_answer

ADDRESSES = st.sampled_from([f"203.0.113.{number}" for number in range(60)] + ["2001:db8::1", "2001:db8::2", ""])
REASONS = st.sampled_from(["invalid_api_key", "ambiguous_credentials"])
RUNS = st.tuples(st.tuples(ADDRESSES, REASONS) | st.none(), st.integers(1, 2 * FIRST))
CAME = st.lists(RUNS, max_size=40).map(lambda runs: [one for one, times in runs for _ in range(times if one else 1)])


@given(CAME)
def test_I12_each_is_a_record_or_in_the_numbers_and_never_both(came: list[tuple[str, str] | None]) -> None:
    strangers = Strangers()
    recorded, numbers, second = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
    for one in [*came, None]:
        if one is None:  # a second is over
            told = strangers.told()
            assert len({client for client, _, _ in told} - {OTHERS}) <= ROWS
            assert all(number > 0 for _, _, number in told)
            for _, reason, number in told:
                numbers[reason] += number
            assert second.total() <= ALL
            assert all(number <= FIRST for number in second.values())
            second.clear()
        elif not strangers.counted(*one):
            recorded[one[1]] += 1
            second[one_client(one[0]), one[1]] += 1

    for reason in ("invalid_api_key", "ambiguous_credentials"):
        assert recorded[reason] + numbers[reason] == sum(one is not None and one[1] == reason for one in came)
    assert strangers.told() == []


def test_networks_of_one_client_are_one_row_and_too_many_rows_are_others() -> None:
    strangers = Strangers()
    for number in range(100):
        strangers.counted(f"2001:db8::{number:x}", "invalid_api_key")
    assert strangers.told() == [("2001:db8::", "invalid_api_key", 100 - FIRST)]

    for number in range(100_000):
        strangers.counted(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", "invalid_api_key")
    told = strangers.told()
    assert len(told) <= ROWS + 1
    assert sum(number for _, _, number in told) == 100_000 - ROWS - FIRST
    assert told[-1][0] == OTHERS


async def test_I12_who_is_not_known_is_told_no_and_counted_and_who_is_known_has_every_record() -> None:
    notebook, strangers = Notebook(), Strangers()
    script = Script(*[openai_answer("hello")] * 10)
    made = replace(gateway(script, notebook), books=Books(notebook, (), strangers))
    body = msgspec.json.encode(chat("fast"))

    refused = [await serve(made, inbound("/v1/chat/completions", body)) for _ in range(FIRST + 20)]
    hidden = msgspec.json.encode(chat("hidden"))
    for _ in range(10):
        assert (await serve(made, inbound("/v1/chat/completions", body, KEY))).status == 200
        assert (await serve(made, inbound("/v1/chat/completions", hidden, KEY))).status == 404

    assert [(reply.status, reply.shed) for reply in refused] == [(401, None)] * FIRST + [(401, FLOOD)] * 20
    codes = Counter(record.code for record in notebook.records if record.kind == "outcome")
    assert codes == {"invalid_api_key": FIRST, "": 10, "model_not_found": 10}
    assert [(reason, number) for _, reason, number in strangers.told()] == [("invalid_api_key", 20)]


def test_I12_what_never_was_a_request_is_counted_by_its_address() -> None:
    notebook, strangers = Notebook(), Strangers()
    for number in range(FIRST + 20):
        aside.noted(Books(notebook, (), strangers), Problem(Kind.INVALID, "no"), str(number), "203.0.113.7")

    assert [record.code for record in notebook.records] == ["invalid_request"] * FIRST
    assert strangers.told() == [("203.0.113.7", "invalid_request", 20)]


def test_all_addresses_together_have_only_so_many_records_in_a_second() -> None:
    strangers = Strangers()
    assert sum(not strangers.counted(f"203.0.113.{number % 20}", "x") for number in range(2000)) == ALL
    strangers.told()
    assert sum(not strangers.counted("203.0.113.1", "x") for _ in range(2000)) == FIRST
