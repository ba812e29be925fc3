"""Whatever is called an id names something, at any depth; but for what is known to name nothing."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.dialect import Dialect
from lockgate.core.named_fields import NamedFields, _known, folded
from lockgate.core.naming import NOTHING, Named
from lockgate.core.problem import Problem
from lockgate.core.public_address import public
from lockgate.dialects import anthropic_messages, gemini_generate, openai_chat, openai_embeddings
from lockgate.dialects.openai_chat.plain import PLAIN
from tests.unit.pipeline.naming import FREE, NAMED

FIELDS = NamedFields(
    free=frozenset(("callid",)),
    also=frozenset(("container", "fileuri")),
    whole=frozenset(("thread",)),
    own=frozenset(("metadata",)),
    below=frozenset(("audio",)),
    addresses=frozenset(("url",)),
    builtin=frozenset((("skillid", "everybodys"),)),
    dispensable=frozenset(("previousid",)),
)
DIALECTS: dict[str, Dialect] = {
    "openai": openai_chat.plugin,
    "anthropic": anthropic_messages.plugin,
    "gemini": gemini_generate.plugin,
    "embeddings": openai_embeddings.plugin,
}


def named(tree: dict[str, Any], fields: NamedFields = FIELDS) -> list[str]:
    """All that it names, in order."""
    found = list[str]()

    def noted(id_: str) -> str:
        found.append(id_)
        return id_

    assert fields.opened(tree, noted) == (tree, ())
    return found


@pytest.mark.parametrize(
    "key",
    ["file_id", "fileId", "fileID", "FILE_ID", "file-id", "file_ids", "fileIds", "fileIDs", "ids", "uuid", "my_uuid", "myUUID", "_id", "a\n_id"],
)  # fmt: skip
def test_an_id_however_it_is_spelled(key: str) -> None:
    assert named({"a": [{"b": {key: "x"}}]}) == ["x"]
    assert named({key: ["x", ["y"], None, True, 3, {"c_id": "z"}]}) == ["x", "y", "3", "z"]


@pytest.mark.parametrize(
    "key", ["grid", "valid", "Paid", "idea", "ids_of", "identity", "call_id", "CallId", "video", "id"]
)
def test_no_id(key: str) -> None:
    assert named({"a": [{key: "x"}]}) == []


@pytest.mark.parametrize(
    ("tree", "found"),
    [
        ({"container": "c"}, ["c"]),
        (
            {
                "container": {
                    "id": "c",
                    "skills": [{"type": "own", "skill_id": "s"}, {"type": "everybodys", "skill_id": "p"}],
                }
            },
            ["s"],
        ),
        ({"audio": {"id": "a"}}, ["a"]),
        ({"audio": [{"id": "a"}]}, ["a"]),
        ({"audio": {"b": {"id": "a"}}}, []),
        ({"thread": {"type": "create"}}, ["thread"]),
        ({"Thread": 1}, ["Thread"]),
        ({"thread": None}, []),
        ({"metadata": {"file_id": "x"}}, []),
        ({"url": "https://pictures.example/"}, []),
        ({"url": "gs://x"}, ["gs://x"]),
        ({"url": {"file_id": "x"}}, ["x"]),
        ({"url": ["gs://x", "https://pictures.example/", {"file_id": "y"}]}, ["gs://x", "y"]),
        ({"url": ""}, []),
        ({"file_id": ""}, []),
        ({"fileUri": "x", "file_uri": "y"}, ["x", "y"]),
        ({"skill_id": "p", "type": ["everybodys"]}, ["p"]),
    ],
)
def test_what_names(tree: dict[str, Any], found: list[str]) -> None:
    assert named(tree) == found


def test_what_is_not_needed_is_left_out_and_told() -> None:
    tree = {"a": {"previous_id": "theirs"}, "previous_id": None}

    assert FIELDS.opened(tree, lambda id_: None) == (
        {"a": {"previous_id": None}, "previous_id": None},
        ("previous_id",),
    )
    assert FIELDS.opened(tree, str.upper) == ({"a": {"previous_id": "THEIRS"}, "previous_id": None}, ())
    with pytest.raises(Problem):
        FIELDS.opened({"previous_id": ["theirs"]}, lambda id_: None)


def test_a_refusal_says_where_and_not_what() -> None:
    with pytest.raises(Problem, match=r"^a\.0\.b\.file_id names something that an upstream keeps") as caught:
        FIELDS.opened({"a": [{"b": {"file_id": "secret"}}]}, lambda id_: None)

    assert caught.value.where == "a.0.b.file_id"
    assert "secret" not in str(caught.value)
    assert "held.shared" in str(caught.value)


BODIES = {case: (case.partition(" ")[0], tree) for case, tree in (NAMED | FREE).items()}
KEYS = st.sampled_from(
    [
        "file_id", "agentIds", "memory_uuid", "id", "x", "cached_content", "fileUri", "url", "type", "container", "voice", "audio",
        "input", "image_url", "source", "caller", "thread", "preset", "ids", "session_id", "response", "generationConfig",
        "parts", "content", "tool_calls", "function", "arguments", "cache_control", "stream_options", "reasoning",
        "citations", "annotations", "diagnostics", "previous_message_id", "reasoning_details", "function_call", "task_budget",
        "toolConfig", "executableCode", "usage",
    ]
)  # fmt: skip
THINGS = st.sampled_from(
    [
        '"theirs"', '["theirs"]', '{"id":"theirs"}', '{"b":[{"c_id":"theirs"}]}', '"files/theirs"', "17", "null",
        '{"url":"gs://x"}', '{"type":"text","x_id":"y"}', '[{"file_id":"z"}]',
    ]
)  # fmt: skip


@given(st.sampled_from(sorted(BODIES)), st.data())
def test_the_first_look_passes_nothing_that_names_something(case: str, data: st.DataObject) -> None:
    """Wherever something is put, known or not, at any depth of any request."""
    name, tree = BODIES[case]
    naming, body = DIALECTS[name].naming, json.loads(json.dumps(tree))
    for _ in range(data.draw(st.integers(1, 3))):
        place, thing = data.draw(st.sampled_from(list(nodes(body)))), json.loads(data.draw(THINGS))
        if isinstance(place, dict):
            place[data.draw(KEYS)] = thing
        else:
            place.append(thing)
    found = list[str]()
    assert naming is not None

    def noted(id_: str) -> str:
        found.append(id_)
        return id_

    naming.opened(body, noted)

    assert naming.look(body).names or not found


@pytest.mark.parametrize("case", [case for case in FREE if case.endswith((" turn", " texts", " tokens", " calls"))])
def test_what_most_requests_are_passes_at_the_first_look(case: str) -> None:
    naming = DIALECTS[case.partition(" ")[0]].naming

    assert naming is not None
    assert not naming.look(FREE[case]).names or case == "openai calls"


@given(
    st.from_regex(PLAIN)
    | st.builds(
        "https://{}{}{}".format,
        st.sampled_from(["", "x.", "storage.", "generativelanguage."]),
        st.sampled_from(["googleapis.com", "googleapis.com.", "pictures.example", "notgoogleapis.com", "pictures.example:443", "a@b.example"]),
        st.sampled_from(["", "/", "/cat.png", "/v1beta/files/x", "/a/V1/files", "/v%31/files/x", "/upload/v1/x", "/?a=/v1/files/x", "/\n"]),
    )
)  # fmt: skip
def test_what_passes_as_plain_is_a_public_address(address: str) -> None:
    assert public(address) or not re.search(PLAIN, address)


def nodes(node: Any) -> Iterator[dict[str, Any] | list[Any]]:
    if isinstance(node, dict | list):
        yield node
        for inner in node.values() if isinstance(node, dict) else node:
            yield from nodes(inner)


def test_a_name_is_folded() -> None:
    assert {folded(each) for each in ("fileUri", "file_uri", "FILE-URI")} == {"fileuri"}


def test_tools_that_run_at_the_provider_make_no_second_look_and_may_hand_something_out() -> None:
    naming = anthropic_messages.plugin.naming
    assert naming is not None

    hosted = {**FREE["anthropic turn"], "tools": [{"type": "web_search_20260318", "name": "web_search", "max_uses": 3}]}
    assert naming.look(hosted) == Named(names=False, makes=True)
    assert naming.look({**hosted, "container": "c"}) == Named(names=True, makes=True)
    assert naming.look({**hosted, "tools": [{"type": "new", "name": "n", "store_id": "x"}]}) == Named(
        names=True, makes=True
    )
    assert naming.look(FREE["anthropic turn"]) == NOTHING


def test_a_long_name_is_read_and_not_remembered() -> None:
    key = "a" * 100 + "_id"

    assert named({key: "x"}) == ["x"]
    assert key not in _known
