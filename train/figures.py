"""AUROC, recall at false alarms, by family, kind and language, out of scores."""

from collections.abc import Iterator, Sequence

import numpy as np

from train.heads import Scores
from train.texts import Text

RATES = (0.03, 0.01, 0.001)
HARD = frozenset(("hard_negative", "document_about_security"))


def auroc(attacks: Scores, benign: Scores) -> float:
    both = np.concatenate([attacks, benign])
    _, place, count = np.unique(both, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[place]
    pairs = attacks.size * benign.size
    return float((rank[: attacks.size].sum() - attacks.size * (attacks.size + 1) / 2) / pairs) if pairs else 1.0


def threshold(benign: Scores, rate: float) -> float:
    """So many of the benign texts score more."""
    return float(np.sort(benign)[::-1][min(benign.size - 1, int(rate * benign.size))])


def table(texts: Sequence[Text], scores: Scores, thresholds: Sequence[float]) -> Iterator[str]:
    """Markdown lines: all, then by family, kind and language. Families of few texts are in the mean like others."""
    told = [(text, score) for text, score in zip(texts, scores.tolist(), strict=True) if not np.isnan(score)]
    attacks = np.array([score for text, score in told if text.label])
    benign = np.array([score for text, score in told if not text.label])
    yield "| left out | texts | AUROC | recall at 1 % | recall at 0.1 % |"
    yield "|---|--:|--:|--:|--:|"
    at = (thresholds[1], thresholds[2])
    yield _line("**all attacks**", attacks, benign, at)
    families = _by(told, "family")
    means = [np.mean([float((own > limit).mean()) for own in families.values()]) for limit in at]
    yield f"| **mean over families** | {len(families)} | | {means[0]:.3f} | {means[1]:.3f} |"
    for group in ("family", "kind", "lang"):
        for name, own in sorted(_by(told, group).items()):
            if own.size >= 5:
                yield _line(f"{group} {name}", own, benign, at)
    yield ""
    yield "| benign | texts | false alarms at 1 % | at 0.1 % |"
    yield "|---|--:|--:|--:|"
    yield _wrong("**all**", benign, at)
    yield _wrong("hard negatives", np.array([s for t, s in told if not t.label and t.kind in HARD]), at)
    for name, own in sorted(_by(told, "kind", label=0).items()):
        yield _wrong(f"kind {name}", own, at)


def _by(told: Sequence[tuple[Text, float]], field: str, label: int = 1) -> dict[str, Scores]:
    out: dict[str, list[float]] = {}
    for text, score in told:
        if text.label == label:
            out.setdefault(getattr(text, field), []).append(score)
    return {name: np.array(own) for name, own in out.items()}


def _line(name: str, own: Scores, benign: Scores, at: tuple[float, float]) -> str:
    recalls = " | ".join(f"{float((own > limit).mean()):.3f}" for limit in at)
    return f"| {name} | {own.size} | {auroc(own, benign):.3f} | {recalls} |"


def _wrong(name: str, own: Scores, at: tuple[float, float]) -> str:
    rates = " | ".join(f"{float((own > limit).mean()):.4f}" if own.size else "" for limit in at)
    return f"| {name} | {own.size} | {rates} |"
