"""What of a stream's frame is text: the deltas, what is said again where parts and items end, and all that is not known."""

from collections.abc import Iterator

from lockgate.core.body import Path, Tree
from lockgate.core.dialect import Place, Slot
from lockgate.core.slots import apart, walk

_APART = frozenset(("logprobs", "obfuscation"))
"""Log probabilities say a text again, token by token; the other is a filling that hides lengths."""
_WORDS = frozenset(("type", "item_id", "id", "call_id", "status", "role", "object", "model", "encrypted_content"))
_FRAMES: dict[str, Place] = {
    "response.output_text.delta": "assistant",
    "response.refusal.delta": "assistant",
    "response.reasoning_summary_text.delta": "thinking",
    "response.reasoning_text.delta": "thinking",
    "response.function_call_arguments.delta": "tool_arguments",
    "response.custom_tool_call_input.delta": "tool_arguments",
}


def joined(tree: Tree) -> Iterator[Slot]:
    kind = tree.get("type")
    delta = _FRAMES.get(kind) if isinstance(kind, str) else None

    def place(path: Path) -> Place | None:
        if path == ("delta",) and delta is not None:
            return delta
        return None if path[-1] in _WORDS else "opaque"

    return apart(walk(tree, place), _APART)
