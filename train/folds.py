"""Scores of texts by weights that were made without their family: the honest ones."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from train.fit import Linear
from train.heads import Mask, Scores, learned, made, scored
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


def left_out(
    texts: Sequence[Text], rows: Rows, told: Callable[[str], None] = lambda line: None
) -> tuple[Scores, Scores]:
    """The scores of each text of the given set, of wide windows and of narrow ones. Texts of the project's own families are in every
    training, and score nothing.
    """
    wide, narrow = np.full(len(texts), np.nan), np.full(len(texts), np.nan)
    for group, linear in models(texts, rows, told):
        out = _are(texts, group)
        tested = rows.of(np.flatnonzero(out[rows.text]))
        for scores, mine in zip((wide, narrow), scored(linear.scores(tested), tested, len(texts)), strict=True):
            scores[out] = mine[out]
    return wide, narrow


def models(
    texts: Sequence[Text], rows: Rows, told: Callable[[str], None] = lambda line: None
) -> Iterator[tuple[tuple[str, ...], Linear]]:
    """The names of families, and weights that were made without them."""
    mine = learned(texts)
    for group in _groups(sorted({text.family for text in texts})):
        yield group, made(texts, rows, mine & ~_are(texts, group))
        told(f"made without {', '.join(group)}")


def _are(texts: Sequence[Text], group: tuple[str, ...]) -> Mask:
    return np.array([text.family in group for text in texts])


def _groups(families: list[str]) -> list[tuple[str, ...]]:
    """Families that no group names are left out one by one."""
    named = {family for group in TOGETHER for family in group}
    rest = [(family,) for family in families if family not in named and not family.startswith("own:")]
    return [group for group in TOGETHER if set(group) & set(families)] + rest
