"""S16: whatever carries a credential, the answer of every policy is the same, byte for byte; and nothing of it goes upstream."""

import json
from base64 import b64encode
from pathlib import Path

import pytest

from tests.fakes import Answered
from tests.integration.all_methods import CARRIERS, SECRET, asked, house


def chat(model: str, text: str = "hi", **more: object) -> bytes:
    return json.dumps({"model": model, "messages": [{"role": "user", "content": text}], **more}).encode()


ANSWER = b'{"id":"a","object":"chat.completion","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}'
CHAT = "/v1/chat/completions"
POLICIES = {
    "a model of the team": ("POST", CHAT, chat("mine"), 200),
    "a model of another team": ("POST", CHAT, chat("theirs"), 404),
    "a model that is nowhere": ("POST", CHAT, chat("none"), 404),
    "a rule that blocks": ("POST", CHAT, chat("mine", "a bluebird"), 400),
    "a body that is not JSON": ("POST", CHAT, b'{"model"', 400),
    "a key that stands twice": ("POST", CHAT, b'{"model":"mine","model":"theirs"}', 400),
    "no such path": ("POST", "/v1/nothing", b"{}", 404),
    "another method": ("PUT", CHAT, b"{}", 405),
    "the models of the team": ("GET", "/v1/models", b"", 200),
    "one of the team": ("GET", "/v1/models/mine", b"", 200),
    "one of another team": ("GET", "/v1/models/theirs", b"", 404),
    "another dialect": ("POST", "/v1/messages?beta=true", chat("theirs", max_tokens=5), 404),
}


async def test_S16_every_carrier_gets_the_same_answer_of_every_policy(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        for policy, (method, target, body, status) in POLICIES.items():
            answers = {}
            for carrier in CARRIERS:
                here.script.answers = [Answered(200, [ANSWER])]
                answers[carrier] = await asked(here, carrier, method, target, body)
            assert {answer[0] for answer in answers.values()} == {status}, (policy, answers)
            # `GET /v1/models` answers in the shape of the client that each header belongs to: there, what is in it counts.
            said = {("mine" in text, "theirs" in text) if method == "GET" else text for _, text in answers.values()}
            assert len(said) == 1, (policy, answers)

    sent = repr([(out.headers, out.target, out.body) for out in here.script.sent])
    assert len(here.script.sent) == len(CARRIERS)
    assert not [secret for secret in (SECRET, "eyJ", "v1=", b64encode(b"crm:").decode()[:5]) if secret in sent]
    assert {record.team for record in here.notebook.records} == {"shop"}
    assert len({record.key_id for record in here.notebook.records}) == 6


@pytest.mark.parametrize("carrier", CARRIERS)
async def test_S16_a_wrong_credential_opens_nothing_whatever_carries_it(tmp_path: Path, carrier: str) -> None:
    async with house(tmp_path) as here:
        for method, target, body, _ in POLICIES.values():
            status, answer = await asked(here, carrier, method, target, body, good=False)

            assert status == 401
            assert "mine" not in answer
    assert here.script.sent == []
