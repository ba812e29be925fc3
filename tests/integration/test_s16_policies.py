"""S16: policies of organization, team and headers hold for every way in: keys in each header, tokens, passwords, signatures, certificates."""

import json
from pathlib import Path

import pytest

from tests.fakes import Answered
from tests.integration.all_methods import CARRIERS, CONFIG, asked, house

TEAM = "shop: {models: [mine]}"
TOOLS = [{"type": "function", "function": {"name": "shell", "parameters": {"type": "object"}}}]
CHAT = json.dumps({"model": "mine", "messages": [{"role": "user", "content": "hi"}], "tools": TOOLS}).encode()
ANSWER = b'{"id":"a","object":"chat.completion","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}'
POLICIES = {
    "nothing more": ("models: [mine]", 200),
    "an endpoint": ("models: [mine], endpoints: [list_models]", 403),
    "a denied endpoint": ("models: [mine], deny: {endpoints: [chat]}", 403),
    "an address": ("models: [mine], ips: [10.0.0.0/8]", 403),
    "a denied address": ("models: [mine], deny: {ips: [127.0.0.0/8]}", 403),
    "an hour": ("models: [mine], times: []", 403),
    "a tool": ("models: [mine], tools: [search]", 403),
    "a provider": ("models: [mine], deny: {providers: [up]}", 404),
    "a denied model": ("models: [mine], deny: {models: [m*]}", 404),
    "a team above": ("parent: lab, models: [mine]", 404),
    "an organization": ("organization: o, models: [mine]", 403),
    "a header": ("models: [mine], headers: {require: {x-case: {}}}", 400),
}


@pytest.mark.parametrize("case", POLICIES)
async def test_S16_a_policy_is_the_same_for_every_way_in(tmp_path: Path, case: str) -> None:
    team, status = POLICIES[case]
    config = CONFIG.replace(TEAM, f"shop: {{{team}}}") + "organizations: {o: {deny: {tools: [sh*]}}}\n"
    async with house(tmp_path, config) as here:
        answers = {}
        for carrier in CARRIERS:
            here.script.answers = [Answered(200, [ANSWER])]
            answers[carrier] = await asked(here, carrier, "POST", "/v1/chat/completions", CHAT)

    assert {code for code, _ in answers.values()} == {status}, answers
    assert len({text for _, text in answers.values()}) == 1, answers
    assert len(here.script.sent) == (len(CARRIERS) if status == 200 else 0)


async def test_S16_what_is_added_upstream_is_the_same_for_every_way_in(tmp_path: Path) -> None:
    added = "headers: {add: {x-team: {from: team}, x-org: {from: organization}}}"
    config = CONFIG.replace(TEAM, f"shop: {{organization: o, models: [mine], {added}}}") + "organizations: {o: {}}\n"
    async with house(tmp_path, config) as here:
        for carrier in CARRIERS:
            here.script.answers = [Answered(200, [ANSWER])]
            assert (await asked(here, carrier, "POST", "/v1/chat/completions", CHAT))[0] == 200

    got = [{name: value for name, value in sent.headers if name in (b"x-team", b"x-org")} for sent in here.script.sent]
    assert got == [{b"x-team": b"shop", b"x-org": b"o"}] * len(CARRIERS)
