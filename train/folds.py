"""Scores of texts by heads that were made without their family: the honest ones."""

from collections.abc import Callable, Sequence

import numpy as np

from train.heads import Scores, for_head, made, scored
from train.rows import Rows
from train.texts import Text

TOGETHER: tuple[tuple[str, ...], ...] = (
    ("s-labs", "loghub", "tldrsec_docs"),
    ("neuralchemy", "codealpaca_out"),
    ("hackaprompt", "gpteacher_roleplay"),
    ("llmail_inject", "llmail_benign", "codealpaca"),
    ("inthewild_jailbreak_llms", "clinc_oos", "prompts_chat"),
    ("yanismiraoui", "belle", "multilingual_sift"),
    ("bipia", "toolalpaca", "tau_airline"),
    ("deepset", "self_instruct", "mt_vicuna_bench"),
    ("pyrit_jailbreak", "giskard", "bfcl_mt", "toolbench", "prompts_chat_zh", "xquad"),
    ("jailbreakchat", "authored", "safeguard_xtram1", "gpteacher_code", "gpteacher_roleplay_out"),
)
"""Families that are left out at the same time, to save time: of each group there is one large family of attacks."""


def left_out(texts: Sequence[Text], rows: Rows, head: str, told: Callable[[str], None] = lambda line: None) -> Scores:
    """The score of each text of the given set. Texts of the project's own families are in every training, and score nothing."""
    families = np.array([text.family for text in texts])
    permissive = np.array([text.permissive for text in texts])
    mine = for_head(texts, head)
    scores = np.full(len(texts), np.nan)
    for group in _groups(sorted(set(families.tolist()))):
        out = np.isin(families, group)
        linear = made(texts, rows, ~out & permissive & mine)
        tested = rows.of(np.flatnonzero(out[rows.text]))
        scores[out] = scored(linear.scores(tested), tested, len(texts))[out]
        told(f"{head}: scored {', '.join(group)}")
    return scores


def _groups(families: list[str]) -> list[tuple[str, ...]]:
    """Families that no group names are left out one by one."""
    named = {family for group in TOGETHER for family in group}
    rest = [(family,) for family in families if family not in named and not family.startswith("own:")]
    return [group for group in TOGETHER if set(group) & set(families)] + rest
