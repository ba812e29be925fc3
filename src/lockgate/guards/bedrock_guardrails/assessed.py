"""What Bedrock answers, and the findings that it means."""

from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

from lockgate.core.guard import Finding
from lockgate.core.inquiry import whole
from lockgate.core.remote_guard import Piece

NONE = "NONE"


class Matched(Struct, frozen=True):
    """A part of the text: personal data, a regular expression's, a word."""

    action: str
    match: str = ""
    type: str = ""
    name: str = ""


class Judged(Struct, frozen=True):
    """A verdict on all of the text: a topic, a filter of content, how well an answer is grounded."""

    action: str
    type: str = ""
    name: str = ""


class Sensitive(Struct, frozen=True, rename="camel"):
    pii_entities: Sequence[Matched] = ()
    regexes: Sequence[Matched] = ()


class Wordy(Struct, frozen=True, rename="camel"):
    custom_words: Sequence[Matched] = ()
    managed_word_lists: Sequence[Matched] = ()


class Topics(Struct, frozen=True):
    topics: Sequence[Judged] = ()


class Filters(Struct, frozen=True):
    filters: Sequence[Judged] = ()


class Assessment(Struct, frozen=True, rename="camel"):
    topic_policy: Topics | None = None
    content_policy: Filters | None = None
    word_policy: Wordy | None = None
    sensitive_information_policy: Sensitive | None = None
    contextual_grounding_policy: Filters | None = None


class Said(Struct, frozen=True):
    action: Literal["NONE", "GUARDRAIL_INTERVENED"]
    assessments: Sequence[Assessment]


def findings(piece: Piece, said: Said) -> Sequence[Finding]:
    """Nothing where the guardrail let it pass. What it intervened for and does not say is on all of the text."""
    if said.action == NONE:
        return ()
    found = [each for assessment in said.assessments for each in _of(piece, assessment)]
    return found or whole(piece, "guardrail")


def _of(piece: Piece, assessment: Assessment) -> Iterator[Finding]:
    sensitive, words = assessment.sensitive_information_policy or Sensitive(), assessment.word_policy or Wordy()
    for matched in (*sensitive.pii_entities, *sensitive.regexes, *words.custom_words, *words.managed_word_lists):
        if matched.action != NONE:
            yield from _spans(piece, matched.match, matched.type or matched.name or "word")
    topics, content = assessment.topic_policy or Topics(), assessment.content_policy or Filters()
    grounding = assessment.contextual_grounding_policy or Filters()
    for judged in (*topics.topics, *content.filters, *grounding.filters):
        if judged.action != NONE:
            yield from whole(piece, judged.name or judged.type or "guardrail")


def _spans(piece: Piece, match: str, label: str) -> Iterator[Finding]:
    """It says what it found, and not where: everywhere, then. What is not there in these letters is all of the text."""
    text, word = piece.text, match
    if word not in text and len(text.lower()) == len(text):
        text, word = text.lower(), word.lower()
    start = text.find(word) if word else -1
    if start < 0:
        yield from whole(piece, label)
    while start >= 0:
        yield Finding(start, start + len(word), label)
        start = text.find(word, start + len(word))
