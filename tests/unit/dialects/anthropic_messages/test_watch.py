"""The look at verbatim frames sees what the decoder sees."""

from pathlib import Path

import pytest

from lockgate.core.answer import Usage
from lockgate.core.events import Ended
from lockgate.dialects.anthropic_messages import plugin
from tests.unit.dialects.anthropic_messages.wires import decoded, frames, golden


@pytest.mark.parametrize("path", golden("stream.txt"), ids=lambda path: path.name)
def test_it_agrees_with_the_decoder(path: Path) -> None:
    watch = plugin.watch()
    for frame in frames(path.read_bytes()):
        watch.feed(frame)

    if "error" in path.name:
        assert (watch.ended, watch.failed and watch.failed.status) == (False, 529)
        assert watch.usage == Usage(25, 1)
        return
    last = decoded(path.read_bytes())[-1]
    assert isinstance(last, Ended)
    assert (watch.usage, watch.ended, watch.failed) == (last.usage, True, None)


@pytest.mark.parametrize(
    "frame",
    [
        b'event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"text":"message_stop"}}\n\n',
        b'data: {"type":"content_block_delta","delta":{"type":"text_delta","text":"\\"usage\\" message_stop error"}}\n\n',
        b'data: {"type":"message_start","message":null,"x":"usage"}\n\n',
        b'data: {"type":"message_start","x":"message_stop"}\n\n',
        b'data: {"type":"message_delta","usage":null}\n\n',
        b'data: {"type":"message_start","message":{"usage":null}}\n\n',
        b"data: error\n\n",
        b": error\n\n",
        b"",
    ],
)
def test_words_within_a_text_are_not_events(frame: bytes) -> None:
    watch = plugin.watch()

    watch.feed(frame)

    assert (watch.usage, watch.ended, watch.failed) == (None, False, None)


def test_an_end_in_the_name_only() -> None:
    watch = plugin.watch()

    watch.feed(b"event: message_stop\ndata: {}\n\n")

    assert watch.ended
