"""S17: what an upstream keeps for one caller is nobody else's, with the official clients of three providers."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import anthropic
import openai
import pytest
from google import genai
from google.genai import errors, types

from tests.e2e.held_answers import ALICE, BOB, CAROL, A, B
from tests.e2e.keeping import Keeping, keeping
from tests.e2e.process import Running, running

CONFIG = """\
version: 1
server: {{drain_seconds: 5, workers: 2}}
data: ./data
audit: {{patience: 30s}}
providers:
  claude: {{kind: anthropic, base_url: "http://127.0.0.1:{port}", api_keys: [{{env: A}}, {{env: B}}], held: {{shared: [file_shared, "skill_*"]}}}}
  team: {{kind: anthropic, base_url: "http://127.0.0.1:{port}", api_key: {{env: A}}, held: {{scope: team}}}}
  sound: {{kind: openai, base_url: "http://127.0.0.1:{port}/v1", api_keys: [{{env: A}}, {{env: B}}]}}
  google: {{kind: gemini, base_url: "http://127.0.0.1:{port}", api_key: {{env: B}}, held: {{shared: ["gs://shared/*", cachedContents/shared]}}}}
models:
  turns: {{balance: {{kind: weighted}}, targets: [{{provider: claude}}]}}
  ours: {{targets: [{{provider: team}}]}}
  sounds: {{balance: {{kind: weighted}}, targets: [{{provider: sound}}]}}
  google: {{targets: [{{provider: google}}]}}
teams: {{shop: {{models: ["*"]}}, other: {{models: ["*"]}}}}
keys:
  - {{name: alice, team: shop, secret: {{env: ALICE}}}}
  - {{name: bob, team: shop, secret: {{env: BOB}}}}
  - {{name: carol, team: other, secret: {{env: CAROL}}}}
"""
CODE: list[Any] = [{"type": "code_execution_20260521", "name": "code_execution"}]
HI: list[Any] = [{"role": "user", "content": "hi"}]
FILE = "https://generativelanguage.googleapis.com/v1beta/files/theirs"


class Plant(NamedTuple):
    gateway: Running
    upstream: Keeping


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    env = {"A": A, "B": B, "ALICE": ALICE, "BOB": BOB, "CAROL": CAROL}
    with (
        keeping() as upstream,
        running(tmp_path_factory.mktemp("named"), CONFIG.format(port=upstream.server_port), env=env) as gateway,
    ):
        yield Plant(gateway, upstream)


def claude(plant: Plant, key: str, model: str, *, stream: bool = False, **more: Any) -> Any:
    with anthropic.Anthropic(base_url=plant.gateway.url, api_key=key, max_retries=0) as client:
        asked = {"model": model, "max_tokens": 9, "messages": HI, **more}
        if not stream:
            return client.beta.messages.create(**asked)
        with client.beta.messages.stream(**asked) as events:
            return events.get_final_message()


def sounded(plant: Plant, key: str, turns: list[Any], *, stream: bool = False, **more: Any) -> Any:
    """The sound's id."""
    with openai.OpenAI(base_url=plant.gateway.url + "/v1", api_key=key, max_retries=0) as client:
        asked: dict[str, Any] = {"model": "sounds", "messages": turns, "modalities": ["text", "audio"],
                 "audio": {"voice": "alloy", "format": "wav"}, **more}  # fmt: skip
        if not stream:
            return client.chat.completions.create(**asked).choices[0].message.audio.id
        with client.chat.completions.create(**asked, stream=True) as chunks:
            sounds = [chunk.choices[0].delta.audio for chunk in chunks]
        return next(sound.id for sound in sounds if sound is not None and sound.id)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_S17_a_container_is_its_callers(plant: Plant, *, stream: bool) -> None:
    """Over turns between two credentials and two workers."""
    used = set[str]()
    while used != {A, B}:
        first = claude(plant, ALICE, "turns", tools=CODE, stream=stream)
        turn = [block.model_dump(mode="json", exclude_none=True) for block in first.content]
        second = claude(plant, ALICE, "turns", tools=CODE, container=first.container.id, stream=stream,
                        messages=[*HI, {"role": "assistant", "content": turn}, *HI])  # fmt: skip

        key, _, sent = plant.upstream.asked[-1]
        used.add(key)
        assert second.container.id == first.container.id
        assert plant.upstream.kept[sent["container"]] == key
        assert plant.upstream.kept[sent["messages"][1]["content"][0]["content"]["content"][0]["file_id"]] == key

    before, plain = len(plant.upstream.asked), first.container.id.partition("_lg")[0]
    for stranger, id_ in (
        (BOB, first.container.id),
        (CAROL, first.container.id),
        (ALICE, plain),
        (ALICE, first.container.id[:-1]),
    ):
        with pytest.raises(anthropic.BadRequestError, match="container names something that an upstream keeps"):
            claude(plant, stranger, "turns", tools=CODE, container=id_, stream=stream)
        with pytest.raises(anthropic.BadRequestError, match="nothing that this key got"):
            claude(plant, stranger, "turns", container={"id": id_, "skills": []}, stream=stream)
    assert len(plant.upstream.asked) == before


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_S17_a_file_that_code_made_is_its_callers(plant: Plant, *, stream: bool) -> None:
    made = claude(plant, ALICE, "ours", tools=CODE, stream=stream).content[0].content.content[0].file_id

    def asked(key: str, id_: str) -> Any:
        document: Any = {"type": "document", "source": {"type": "file", "file_id": id_}}
        return claude(plant, key, "ours", messages=[{"role": "user", "content": [document]}], stream=stream)

    asked(ALICE, made)
    assert plant.upstream.kept[plant.upstream.last["messages"][0]["content"][0]["source"]["file_id"]] == A
    asked(BOB, made)
    for stranger, id_ in ((CAROL, made), (ALICE, made.partition("_lg")[0]), (ALICE, "file_of_somebody")):
        with pytest.raises(anthropic.BadRequestError, match="keeps"):
            asked(stranger, id_)


def test_what_the_operator_shares_is_everybodys(plant: Plant) -> None:
    document: Any = {"type": "document", "source": {"type": "file", "file_id": "file_shared"}}
    skills: Any = {"skills": [{"type": "custom", "skill_id": "skill_ours", "version": "latest"}]}

    claude(plant, CAROL, "turns", messages=[{"role": "user", "content": [document]}])
    assert plant.upstream.last["messages"][0]["content"][0] == document
    with pytest.raises(anthropic.NotFoundError):  # this upstream takes nothing but a container's id
        claude(plant, CAROL, "turns", container="skill_ours")
    with pytest.raises(anthropic.BadRequestError, match="keeps"):
        claude(plant, CAROL, "ours", container=skills)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_S17_a_sound_is_its_callers(plant: Plant, *, stream: bool) -> None:
    used = set[str]()
    while used != {A, B}:
        sound = sounded(plant, ALICE, HI, stream=stream)
        turns = [*HI, {"role": "assistant", "audio": {"id": sound}}, *HI]
        sounded(plant, ALICE, turns, stream=stream)
        used.add(plant.upstream.asked[-1][0])

    before = len(plant.upstream.asked)
    for stranger, id_ in ((BOB, sound), (CAROL, sound), (ALICE, sound.partition("_lg")[0])):
        with pytest.raises(openai.BadRequestError, match=r"messages\.1\.audio\.id names something") as caught:
            sounded(plant, stranger, [*HI, {"role": "assistant", "audio": {"id": id_}}, *HI], stream=stream)
        assert caught.value.param == "messages.1.audio.id"
    assert len(plant.upstream.asked) == before


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize(
    ("uri", "cache", "shared"),
    [
        (FILE, None, False),
        ("gs://theirs/a.pdf", None, False),
        ("gs://shared/a.pdf", None, True),
        (None, "cachedContents/theirs", False),
        (None, "cachedContents/shared", True),
        ("https://www.youtube.com/watch?v=abc", None, True),
    ],
)
def test_S17_what_google_keeps_is_named_by_nobody(
    plant: Plant, uri: str | None, cache: str | None, *, shared: bool, stream: bool
) -> None:
    part = types.Part(text="hi") if uri is None else types.Part.from_uri(file_uri=uri, mime_type="application/pdf")
    before = len(plant.upstream.asked)
    with genai.Client(api_key=ALICE, http_options={"base_url": plant.gateway.url}) as client:
        ask = client.models.generate_content_stream if stream else client.models.generate_content
        asked: dict[str, Any] = {"model": "google", "contents": [part], "config": {"cached_content": cache}}
        if shared:
            assert (list(ask(**asked))[-1] if stream else ask(**asked)).text == "hi"
        else:
            with pytest.raises(errors.ClientError, match="keeps") as caught:
                list(ask(**asked))
            assert caught.value.code == 400
    assert len(plant.upstream.asked) - before == shared
