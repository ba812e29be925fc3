"""How well the guards find: precision, recall and F1 by type, on labelled texts beside the project (`../shared/data`)."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from lockgate.core.guard import Engine, Failed, Finding

DATA = next(
    (up / "shared" / "data" for up in Path(__file__).parents if (up / "shared" / "data").is_dir()), Path("nowhere")
)
TYPES = {
    "EMAIL": {"email"}, "PHONE": {"phone"}, "CREDIT_CARD": {"credit_card"}, "IBAN": {"iban"}, "IP": {"ip_address"},
    "US_SSN": {"us_ssn"}, "FI_PIC": {"fi_number"}, "TH_ID": {"th_id"}, "IN_AADHAAR": {"in_aadhaar"}, "IN_PAN": {"in_pan"},
    "IT_FISCAL_CODE": {"it_fiscal_code"}, "AU_MEDICARE": {"au_medicare"}, "US_PASSPORT": {"passport"}, "IN_PASSPORT": {"passport"},
    "US_DRIVER_LICENSE": {"driver_license"}, "PERSON": {"person"}, "ADDRESS": {"address"},
}  # fmt: skip
STRUCTURED = (
    "EMAIL",
    "PHONE",
    "CREDIT_CARD",
    "IBAN",
    "IP",
    "US_SSN",
    "FI_PIC",
    "TH_ID",
    "IN_AADHAAR",
    "IN_PAN",
    "IT_FISCAL_CODE",
)
PII, SECRETS = 0, 1
BOTH = frozenset((PII, SECRETS))


@dataclass(slots=True)
class Count:
    """`wrong`: found, and nothing that is marked is there."""

    found: int = 0
    marked: int = 0
    right: int = 0
    wrong: int = 0

    def line(self, name: str) -> str:
        recall = self.found / self.marked if self.marked else 1.0
        claimed = self.right + self.wrong
        precision = self.right / claimed if claimed else 1.0
        both = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return f"  {name:26s} recall {recall:.3f}  precision {precision:.3f}  F1 {both:.3f}  of {self.marked}"


@dataclass(slots=True)
class Score:
    types: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    sources: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    clean: int = 0
    kinds: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    touched: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)


def rows(name: str) -> list[dict[str, Any]]:
    """A labelled set; nothing where it is not there."""
    path = DATA / name
    return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def scored(engine: Engine, documents: Sequence[dict[str, Any]]) -> Score:
    score = Score()
    for document in documents:
        findings = list(_found(engine, document["text"]))
        spans = document.get("spans", [])
        for span in spans:
            if span["type"] == "SECRET" or span["type"] in TYPES:
                _recall(score, document, span, findings)
        for number, finding in findings:
            _precision(score, spans, number, finding)
        if not spans:
            score.clean += 1
            score.kinds[document.get("kind", "")].marked += 1
            score.kinds[document.get("kind", "")].wrong += bool(findings)
            score.touched.update(
                {"all", *("pii" if number == PII else "secrets" for number, _ in findings)} if findings else ()
            )
            score.labels.update({finding.label for _, finding in findings})
    return score


def _found(engine: Engine, text: str) -> Iterator[tuple[int, Finding]]:
    for number, verdict in engine.look(text, BOTH).items():
        if isinstance(verdict, Failed):
            raise RuntimeError(verdict.error)  # noqa: TRY004  it is no mistake of a type
        yield from ((number, finding) for finding in verdict)


def _recall(score: Score, document: dict[str, Any], span: dict[str, Any], found: Sequence[tuple[int, Finding]]) -> None:
    """Found is what covers at least half of it."""
    half = (span["end"] - span["start"]) / 2
    hit = any(min(f.end, span["end"]) - max(f.start, span["start"]) >= half for _, f in found)
    for count in (
        score.types[span["type"]],
        score.sources[f"{document['source']} {'secrets' if span['type'] == 'SECRET' else 'pii'}"],
    ):
        count.marked += 1
        count.found += hit


def _precision(score: Score, spans: Sequence[dict[str, Any]], number: int, finding: Finding) -> None:
    right = any(min(finding.end, s["end"]) > max(finding.start, s["start"]) for s in spans)
    kinds = [kind for kind, labels in TYPES.items() if finding.label in labels] if number == PII else ["SECRET"]
    for kind in kinds[:1] or ["other personal data"]:
        score.types[kind].right += right
        score.types[kind].wrong += not right


def told(score: Score) -> Iterator[str]:
    """As lines."""
    yield "by type (found: at least half of it is covered)"
    for name, count in sorted(score.types.items()):
        yield count.line(name)
    structured = Count()
    for name in STRUCTURED:
        for part in ("found", "marked", "right", "wrong"):
            setattr(structured, part, getattr(structured, part) + getattr(score.types[name], part))
    yield structured.line("STRUCTURED, together")
    yield "by source"
    for name, count in sorted(score.sources.items()):
        yield f"  {name:34s} recall {count.found / count.marked:.3f}  of {count.marked}"
    yield from clean(score)


def clean(score: Score) -> Iterator[str]:
    touched = ", ".join(f"{name} {1000 * count / score.clean:.1f}" for name, count in sorted(score.touched.items()))
    yield f"false alarms per 1,000 of {score.clean} texts without a mark: {touched or 'none'}"
    yield f"  most of them: {', '.join(f'{name} {count}' for name, count in score.labels.most_common(8))}"
    kinds = sorted(score.kinds.items())
    yield f"  touched, by kind of text: {', '.join(f'{kind} {each.wrong} of {each.marked}' for kind, each in kinds)}"
