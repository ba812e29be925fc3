"""The canonical chat request: only built when client and upstream speak different dialects."""

from typing import Literal

from msgspec import Raw, Struct

Role = Literal["system", "developer", "user", "assistant"]
MediaKind = Literal["image", "audio", "video", "file"]


class Text(Struct, frozen=True, gc=False, tag="text"):
    """`cache` is a cache marker behind this block: "" for none, else its lifetime ("5m", "1h")."""

    text: str
    cache: str = ""


class Media(Struct, frozen=True, gc=False, tag="media"):
    """An image, sound, film or document: inline as base64 `data`, or by `url`, or by the upstream's `file_id`.

    `mime` is "" when unknown; `detail` is OpenAI's image detail; `text` is a plain-text document's own content.
    """

    kind: MediaKind
    mime: str = ""
    data: str = ""
    url: str = ""
    file_id: str = ""
    name: str = ""
    detail: str = ""
    text: str = ""
    cache: str = ""


class Thinking(Struct, frozen=True, gc=False, tag="thinking"):
    """What the model thought. `signature` proves to its maker that it was not changed; `redacted` is an opaque block."""

    text: str = ""
    signature: str = ""
    redacted: str = ""


class ToolCall(Struct, frozen=True, gc=False, tag="tool_call"):
    """`arguments` is JSON text, as the model wrote it; `signature` is Gemini's thought signature on a call."""

    id: str
    name: str
    arguments: str
    signature: str = ""
    cache: str = ""


class ToolResult(Struct, frozen=True, tag="tool_result"):
    """What a tool said, as texts and media. `name` is the tool's, where the dialect has it."""

    call_id: str
    content: tuple[Text | Media, ...]
    name: str = ""
    error: bool = False
    cache: str = ""


class Refusal(Struct, frozen=True, gc=False, tag="refusal"):
    """The model declined, in its own words."""

    text: str


Block = Text | Media | Thinking | ToolCall | ToolResult | Refusal


class Message(Struct, frozen=True):
    """One turn. A tool's results are blocks of a user's message. `name` is the speaker's, where one is given."""

    role: Role
    blocks: tuple[Block, ...]
    name: str = ""


class Tool(Struct, frozen=True):
    """A function the model may call. `schema` is a JSON Schema, as the client wrote it."""

    name: str
    description: str = ""
    schema: Raw = Raw(b'{"type":"object","properties":{}}')
    strict: bool | None = None
    cache: str = ""


class ToolChoice(Struct, frozen=True):
    """`mode` "tool" demands the tool called `name`; `allowed` narrows to some of the tools."""

    mode: Literal["auto", "none", "required", "tool"]
    name: str = ""
    allowed: tuple[str, ...] = ()


class Format(Struct, frozen=True):
    """How the answer must look: any JSON, or JSON of this `schema`."""

    kind: Literal["json", "schema"]
    schema: Raw = Raw(b"{}")
    name: str = "answer"
    description: str = ""
    strict: bool | None = None


class Reasoning(Struct, frozen=True):
    """How much the model should think: an effort word, or a `budget` in tokens. `enabled` False switches it off.

    `shown`: whether the thoughts are wanted in the answer; None leaves it to the upstream.
    """

    enabled: bool = True
    effort: str = ""
    budget: int | None = None
    shown: bool | None = None


class Chat(Struct, frozen=True, kw_only=True):
    """A whole request. `unsaid` names what the client said and this form has no word for: a loss, never silent."""

    model: str
    messages: tuple[Message, ...]
    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice | None = None
    parallel_tools: bool | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    n: int = 1
    logprobs: bool = False
    top_logprobs: int | None = None
    format: Format | None = None
    reasoning: Reasoning | None = None
    metadata: dict[str, str] = {}
    user: str = ""
    stream: bool = False
    unsaid: tuple[str, ...] = ()


def refers(chat: Chat) -> bool:
    """Something in it is there by an id or an address only."""
    return any(map(_refers, (block for message in chat.messages for block in message.blocks)))


def _refers(block: Block) -> bool:
    if type(block) is Media:
        return bool(block.file_id or block.url)
    return type(block) is ToolResult and any(map(_refers, block.content))
