"""A streamed answer, as events: Started, then deltas per choice, Finished once per choice, Ended once."""

from msgspec import Raw, Struct

from lockgate.core.answer import Finish, Usage
from lockgate.core.chat import Media


class Started(Struct, frozen=True, gc=False):
    """The first event of every stream. `usage` is what the upstream has counted by now."""

    id: str
    model: str
    created: int = 0
    usage: Usage = Usage()


class TextDelta(Struct, frozen=True, gc=False):
    """`block`: which of the texts goes on, where several go on beside each other. Those that follow one another are one, 0."""

    text: str
    choice: int = 0
    block: int = 0


class ThinkingDelta(Struct, frozen=True, gc=False):
    """`block` is as with texts."""

    text: str
    choice: int = 0
    block: int = 0


class Abreast(Struct, frozen=True, gc=False):
    """From here on texts of a choice go on beside each other: that one goes on does not mean that another is over."""

    choice: int = 0


class ThinkingSigned(Struct, frozen=True, gc=False):
    """Closes the thinking before it: its signature. With `redacted`, a whole opaque block of its own."""

    signature: str = ""
    redacted: str = ""
    choice: int = 0


class RefusalDelta(Struct, frozen=True, gc=False):
    text: str
    choice: int = 0


class ToolStarted(Struct, frozen=True, gc=False):
    """A call begins. `call` numbers the calls of a choice from 0; calls may interleave. `spelt` is the name that some clients
    read, who put together what an upstream sent as pieces of the same call; empty where that is the name itself.
    """

    call: int
    id: str
    name: str
    choice: int = 0
    signature: str = ""
    spelt: str = ""


class ToolDelta(Struct, frozen=True, gc=False):
    """More of the JSON text of a call's arguments."""

    call: int
    arguments: str
    choice: int = 0


class ToolPieces(Struct, frozen=True, gc=False):
    """Pieces of a call's arguments are in this frame, or will be in others: all of them come as one `ToolDelta` when it is over."""

    call: int
    name: str
    choice: int = 0


class RunStarted(Struct, frozen=True):
    """A tool that the provider runs by itself: its call begins, or what it said. `run` numbers them in a choice from 0.

    `name` is the tool as policies know it: of an MCP server, the server. `kind` is the dialect's word for the block, and `head`
    the block as that dialect (`form`) writes it, without the text that the deltas bring.
    """

    run: int
    name: str
    kind: str
    form: str
    head: Raw
    choice: int = 0


class RunDelta(Struct, frozen=True, gc=False):
    """More of what such a tool is called with: JSON text, or code."""

    run: int
    text: str
    choice: int = 0


class RunOutput(Struct, frozen=True, gc=False):
    """More of what such a tool said."""

    run: int
    text: str
    choice: int = 0


class BlockGiven(Struct, frozen=True):
    """A block that only its own dialect (`form`) has, whole: a `result` of such a tool, or what nobody here knows."""

    kind: str
    form: str
    block: Raw
    result: bool
    choice: int = 0


class Stray(Struct, frozen=True, gc=False):
    """Words of a stream that no event is for: they are looked at, and stay where they are in their frame. What has one number is
    one text.
    """

    part: int
    text: str
    choice: int = 0


class MediaGiven(Struct, frozen=True, gc=False):
    """A whole picture or sound in the answer."""

    media: Media
    choice: int = 0


class LogProbs(Struct, frozen=True, gc=False):
    """Log probabilities of the text just before, in OpenAI's form."""

    raw: Raw
    choice: int = 0


class Finished(Struct, frozen=True, gc=False):
    """A choice is complete. `stop` is the stop sequence that ended it, where known."""

    finish: Finish
    choice: int = 0
    stop: str = ""


class Ended(Struct, frozen=True, gc=False):
    """The last event of every stream that was not cut."""

    usage: Usage = Usage()


Event = (
    Started
    | TextDelta
    | ThinkingDelta
    | Abreast
    | ThinkingSigned
    | RefusalDelta
    | ToolStarted
    | ToolDelta
    | ToolPieces
    | RunStarted
    | RunDelta
    | RunOutput
    | BlockGiven
    | Stray
    | MediaGiven
    | LogProbs
    | Finished
    | Ended
)
