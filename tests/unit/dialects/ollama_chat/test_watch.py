"""The watch over a stream that passes verbatim."""

from lockgate.core.answer import Usage
from lockgate.dialects.ollama_chat import plugin
from tests.unit.dialects.ollama_chat.drive import line, said


def test_the_watch_is_not_fooled_by_text() -> None:
    watch = plugin.watch()
    for frame in (said(content='{"done":true,"error":"x"}'), said(content="true"), b"true nonsense\n", b'{"error"\n'):
        watch.feed(frame)

    assert (watch.ended, watch.failed, watch.usage) == (False, None, None)


def test_the_watch_sees_an_end_whose_call_says_otherwise() -> None:
    watch = plugin.watch()
    watch.feed(
        line(
            message={"tool_calls": [{"function": {"name": "f", "arguments": {"done": False}}}]}, done=True, eval_count=2
        )
    )

    assert (watch.ended, watch.usage) == (True, Usage(0, 2))
