"""`thinkingConfig`, both ways.

Budgets are the earlier models' way, levels the later ones'; the figures between are those of Google's page on
OpenAI compatibility.
"""

from typing import Any

from lockgate.core.chat import Reasoning
from lockgate.dialects.gemini_generate.fields import Fields
from lockgate.dialects.gemini_generate.versions import is_modern

_LEAST = 128
"""The smallest budget of those that cannot do without."""
_BUDGETS = {"minimal": 1024, "low": 1024, "medium": 8192, "high": 24576}


def decode(config: Fields) -> Reasoning | None:
    thinking = config.child("thinkingConfig")
    if thinking is None:
        return None
    budget, effort = thinking.integer("thinkingBudget"), thinking.text("thinkingLevel").lower()
    shown = thinking.flag("includeThoughts")
    thinking.close()
    if effort == "thinking_level_unspecified":
        effort = ""
    # -1 leaves it to the model, which is what saying nothing does.
    return Reasoning(budget != 0, effort, budget if budget and budget > 0 else None, shown)


def encode(wanted: Reasoning | None, model: str, lost: list[str]) -> dict[str, Any]:
    if wanted is None:
        return {}
    said = _amount(wanted, model, lost)
    if wanted.shown is not None and wanted.enabled:
        said["includeThoughts"] = wanted.shown
    return said


def _amount(wanted: Reasoning, model: str, lost: list[str]) -> dict[str, Any]:
    modern = is_modern(model)
    if not wanted.enabled or wanted.effort == "none":
        if modern:
            lost.append("thinking switched off")
            return {"thinkingLevel": "low"}
        if "2.5-pro" in model:  # "0" is refused there: it always thinks
            lost.append("thinking switched off")
            return {"thinkingBudget": _LEAST}
        return {"thinkingBudget": 0}
    if wanted.budget is not None:
        return {"thinkingBudget": wanted.budget}
    if not wanted.effort:
        return {}
    effort = wanted.effort
    if effort not in _BUDGETS:
        lost.append("this reasoning effort")
        effort = "high"
    if modern and effort == "minimal" and "pro" in model:  # the large ones begin at low
        lost.append("this reasoning effort")
        effort = "low"
    return {"thinkingLevel": effort} if modern else {"thinkingBudget": _BUDGETS[effort]}
