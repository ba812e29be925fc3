"""The bedrock_guardrails guard's own tests: what goes over the wire, signed, and what is made of the answer."""

import hashlib
import hmac
from typing import Any

import pytest

from lockgate.core.guard import Finding
from lockgate.core.remote_guard import NoVerdict
from lockgate.guards.bedrock_guardrails import plugin
from tests.detector import KEY, KEY_VALUE, detector
from tests.integration.scripted import Request

USAGE = {"topicPolicyUnits": 1, "contentPolicyUnits": 1}


def settings(url: str, **more: Any) -> plugin:
    return plugin(
        guardrail="abc123", region="eu-central-1", access_key=KEY, secret_key=KEY, url=url, version="3", **more
    )


def said(*assessments: dict[str, Any], action: str = "GUARDRAIL_INTERVENED") -> dict[str, Any]:
    return {"usage": USAGE, "action": action, "outputs": [{"text": "Sorry."}], "assessments": list(assessments)}


def signature(request: Request) -> str:
    """Signature Version 4 as its documentation has it, written down once more."""
    given = dict(
        pair.split("=", 1) for pair in request.header(b"authorization")[0].decode().partition(" ")[2].split(", ")
    )
    names = given["SignedHeaders"].split(";")
    lines = "".join(f"{name}:{request.header(name.encode())[0].decode()}\n" for name in names)
    digest = hashlib.sha256(request.body).hexdigest()
    canonical = f"{request.method}\n{request.target}\n\n{lines}\n{given['SignedHeaders']}\n{digest}"
    when = request.header(b"x-amz-date")[0].decode()
    scope = f"{when[:8]}/eu-central-1/bedrock/aws4_request"
    assert given["Credential"] == f"{KEY_VALUE}/{scope}"
    text = f"AWS4-HMAC-SHA256\n{when}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = b"AWS4" + KEY_VALUE.encode()
    for part in (when[:8], "eu-central-1", "bedrock", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    assert {"host", "x-amz-date"} <= set(names)
    assert given["Signature"] == hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    return when


async def test_a_request_is_signed_and_says_which_way_a_text_goes() -> None:
    async with detector(settings) as asked:
        asked.says = lambda request: (200, said(action="NONE"))

        assert await asked.find("hello") == [[]]
        assert await asked.find("hello", direction="response", place="assistant") == [[]]

    first, second = asked.requests
    assert (first.method, first.target) == ("POST", "/guardrail/abc123/version/3/apply")
    assert signature(first) == "20260101T000000Z"
    signature(second)
    assert asked.documents == [
        {"source": "INPUT", "content": [{"text": {"text": "hello"}}]},
        {"source": "OUTPUT", "content": [{"text": {"text": "hello"}}]},
    ]


async def test_keys_that_are_lent_bring_their_token() -> None:
    async with detector(lambda url: settings(url, session_token=KEY)) as asked:
        asked.says = lambda request: (200, said(action="NONE"))

        await asked.find("hello")

    (request,) = asked.requests
    assert request.header(b"x-amz-security-token") == [KEY_VALUE.encode()]
    assert b"x-amz-security-token" in request.header(b"authorization")[0]
    signature(request)


PII = {"piiEntities": [{"match": "Ada", "type": "NAME", "action": "ANONYMIZED"}], "regexes": []}
FILTERS = [{"type": "VIOLENCE", "confidence": "HIGH", "action": "BLOCKED"}]


@pytest.mark.parametrize(
    ("assessment", "found"),
    [
        ({"sensitiveInformationPolicy": PII}, [Finding(0, 3, "NAME"), Finding(8, 11, "NAME")]),
        (
            {
                "sensitiveInformationPolicy": {
                    "piiEntities": [],
                    "regexes": [{"name": "id", "match": "and", "action": "BLOCKED"}],
                }
            },
            [Finding(4, 7, "id")],
        ),
        (
            {"wordPolicy": {"customWords": [{"match": "AND", "action": "BLOCKED"}], "managedWordLists": []}},
            [Finding(4, 7, "word")],
        ),
        (
            {"wordPolicy": {"customWords": [{"match": "elsewhere", "action": "BLOCKED"}], "managedWordLists": []}},
            [Finding(0, 11, "word")],
        ),
        ({"contentPolicy": {"filters": FILTERS}}, [Finding(0, 11, "VIOLENCE")]),
        (
            {"topicPolicy": {"topics": [{"name": "money", "type": "DENY", "action": "BLOCKED"}]}},
            [Finding(0, 11, "money")],
        ),
        (
            {"contentPolicy": {"filters": [{"type": "HATE", "confidence": "LOW", "action": "NONE"}, *FILTERS]}},
            [Finding(0, 11, "VIOLENCE")],
        ),
        ({"brandNewPolicy": {}}, [Finding(0, 11, "guardrail")]),
    ],
)
async def test_what_the_guardrail_found(assessment: dict[str, Any], found: list[Finding]) -> None:
    async with detector(settings, lambda request: (200, said(assessment))) as asked:
        assert await asked.find("Ada and Ada") == [found]


@pytest.mark.parametrize("document", [{}, {"action": "NONE"}, said(action="MAYBE"), {"message": "denied"}])
async def test_anything_else_is_no_verdict(document: object) -> None:
    async with detector(settings, lambda request: (200, document)) as asked:
        with pytest.raises(NoVerdict, match="bad_answer"):
            await asked.find("x")
