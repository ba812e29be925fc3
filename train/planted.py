"""Short orders in real documents: found by weights that never saw the order's family, at the thresholds that ship."""

from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random

import numpy as np

from lockgate.guards.injection.artifact import LEVELS, Model, quantised, read
from lockgate.guards.injection.classifier import Classifier
from lockgate.guards.injection.features import SIZE
from train.documents import Document, documents
from train.fit import Linear
from train.folds import models
from train.generators import own
from train.generators.planted import beside
from train.make import LEAST
from train.rows import rows
from train.texts import Text, labelled

KINDS = frozenset(("direct_injection", "indirect_injection", "multilingual_injection", "prompt_extraction"))
SHORT = range(30, 251)
"""Characters."""
OF_A_FAMILY = 150
Case = tuple[str, str]
"""The family of the order, and the document with it."""


def main() -> int:
    given = labelled()
    texts = [*given, *own()]
    table = rows([text.text for text in texts], LEAST)
    hosts = [document for document in documents() if document.measured]
    cases = list(planted(given, hosts, Random(3)))
    found: Counter[tuple[str, str]] = Counter()
    alarms: Counter[str] = Counter()
    asked = 0
    for group, linear in models(texts, table):
        classifier = Classifier(as_shipped(linear))
        own_cases = [case for case in cases if case[0] in group]
        for family, text in own_cases:
            found.update((family, level) for level in _levels(classifier, text))
        if own_cases:
            asked += len(hosts)
            for host in hosts:
                alarms.update(_levels(classifier, host.text))
        print(f"made without {', '.join(group)}: {len(own_cases)} orders", flush=True)
    for line in _lines(cases, found):
        print(line)
    print("false alarms on the documents without an order:", _shares(alarms, asked))
    return 0


def planted(texts: Sequence[Text], hosts: Sequence[Document], random: Random) -> Iterator[Case]:
    """Orders of each family, each in another document, at one of its breaks."""
    chosen: list[Text] = []
    for family in sorted({text.family for text in texts}):
        short = [text for text in texts if text.family == family and _is_short(text)]
        random.shuffle(short)
        chosen += short[:OF_A_FAMILY]
    random.shuffle(chosen)
    shuffled = random.sample(hosts, len(hosts))
    for number, text in enumerate(chosen):
        yield text.family, beside(text.text, shuffled[number % len(shuffled)].text, random)


def _is_short(text: Text) -> bool:
    return bool(text.label) and text.kind in KINDS and len(text.text) in SHORT and "\n\n" not in text.text


def as_shipped(linear: Linear) -> Model:
    weights, worth = quantised(linear.table(SIZE))
    model = read()
    return Model(weights, np.array(worth, dtype=np.float32), linear.bias, model.wide, model.narrow)


def _levels(classifier: Classifier, text: str) -> list[str]:
    """At which the text raises an alarm as a tool's result."""
    model = classifier.model
    wide, narrow = classifier.score(text)
    return [
        level
        for level, one, other in zip(LEVELS, model.wide, model.narrow, strict=True)
        if wide > one or narrow > other
    ]


def _lines(cases: Sequence[Case], found: Counter[tuple[str, str]]) -> Iterator[str]:
    sizes = Counter(family for family, _ in cases)
    for family, size in sorted(sizes.items()):
        mine = Counter({level: found[family, level] for level in LEVELS})
        yield f"{family}: of {size} orders found {_shares(mine, size)}"
    every = Counter({level: sum(found[family, level] for family in sizes) for level in LEVELS})
    yield f"of all {len(cases)} orders found {_shares(every, len(cases))}"


def _shares(counts: Counter[str], size: int) -> str:
    return ", ".join(f"{counts[level] / max(1, size):.4f} at `{level}`" for level in LEVELS)
