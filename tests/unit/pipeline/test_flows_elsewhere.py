"""Turns that a client does not send, because its provider has them, are what nobody can vouch for."""

from tests.unit.pipeline.test_flow_rules import FLOW, asked, without_results
from tests.unit.pipeline.test_tools import called


async def test_turns_that_lie_with_the_provider_are_untrusted() -> None:
    body = {**without_results("gemini"), "cachedContent": "cachedContents/abc"}

    reply, _, _, _ = await asked(called("send_mail"), "gemini", body, flows=(FLOW,))

    assert reply.status == 400
