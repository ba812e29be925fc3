"""U10 to U17: answers that are not what they should be."""

import resource
from pathlib import Path

import pytest

from tests.faults.rig import Rig, broken, errors, well

streams = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
dialects = pytest.mark.parametrize("dialect", ["openai", "anthropic", "ollama"])
SOUND = [
    "bare-cr",
    "bytewise",
    "no-space",
    "comments",
    "bom",
    "twice-begun",
    "twice-ended",
    "usage-null",
    "empty-frames",
]


@dialects
@pytest.mark.parametrize("fault", SOUND)
def test_U10_frames_that_can_be_read_are_read(upstreams: Rig, fault: str, dialect: str) -> None:
    told = upstreams.ask(f"u10-{fault}@openai", stream=True, dialect=dialect)

    assert well(told, dialect, stream=True)


@dialects
@pytest.mark.parametrize("family", ["openai", "anthropic"])
@pytest.mark.parametrize("fault", ["no-blank", "garbage"])
def test_U10_frames_that_cannot_be_read_are_an_error_event(
    upstreams: Rig, fault: str, family: str, dialect: str
) -> None:
    """Of the same dialect whole frames go through as they came: what is no JSON in them is for the client to say."""
    told = upstreams.ask(f"u10-{fault}@{family}", stream=True, dialect=dialect)

    verbatim = fault == "garbage" and family == dialect
    assert well(told, dialect, stream=True) if verbatim else broken(told, dialect)


BAD = {
    **dict.fromkeys(("u10-html", "u11-malformed", "u11-half", "u11-empty", "u11-204", "u11-302"), "bad_upstream"),
    **dict.fromkeys(("u12-cut-gzip", "u12-no-gzip", "u17-fields", "u17-not-http", "u17-100-30"), "bad_upstream"),
    "u11-error": "upstream_error",
}


@streams
@pytest.mark.parametrize("fault", BAD)
def test_U11_U12_U17_nonsense_is_a_bad_upstream_and_is_not_repeated(
    upstreams: Rig, fault: str, *, stream: bool
) -> None:
    told = upstreams.ask(f"{fault}@openai", stream=stream)

    assert (told.status, errors(told)) == (502, BAD[fault])
    assert b"Welcome" not in told.body
    outcome = upstreams.gateway.outcome(told.id)
    assert (outcome["code"], outcome["end"], len(outcome["attempts"])) == (BAD[fault], "upstream_error", 1)


@streams
@dialects
@pytest.mark.parametrize("fault", BAD)
def test_U10_U11_U12_U17_and_the_next_one_answers(upstreams: Rig, fault: str, dialect: str, *, stream: bool) -> None:
    told = upstreams.ask(f"{fault}@openai+", stream=stream, dialect=dialect)

    assert well(told, dialect, stream=stream)
    assert upstreams.attempts(told)[0][1:] == (0, BAD[fault])


@pytest.mark.parametrize(
    ("fault", "stream"),
    [("late-error", False), ("u14-plain", False), ("u14-binary", True), ("u17-short", False)],
    ids=["late-error", "plain", "binary", "short"],
)
def test_U11_U14_U17_and_what_only_one_kind_is_no_answer_to(upstreams: Rig, fault: str, *, stream: bool) -> None:
    assert well(upstreams.ask(f"{fault}@anthropic+", stream=stream), "openai", stream=stream)


@pytest.mark.parametrize("fault", ["u12-bomb", "u13-huge", "u13-endless"])
def test_U12_U13_what_is_too_large_is_not_taken(upstreams: Rig, fault: str) -> None:
    before = memory(upstreams)

    told = upstreams.ask(f"{fault}@openai")

    assert (told.status, errors(told)) == (502, "bad_upstream")
    assert memory(upstreams) - before < 16 * 1024 * 1024


@dialects
def test_U13_a_stream_without_an_end_is_ended(upstreams: Rig, dialect: str) -> None:
    told = upstreams.ask("u13-endless@openai", stream=True, dialect=dialect)

    assert broken(told, dialect)
    assert upstreams.gateway.outcome(told.id)["code"] in ("upstream_timeout", "bad_upstream")
    assert upstreams.seen(told)[0]["ended"] == "client_gone"


@streams
@dialects
def test_U14_a_whole_answer_to_who_wanted_a_stream(upstreams: Rig, dialect: str, *, stream: bool) -> None:
    assert well(upstreams.ask("u14-whole@openai", stream=stream, dialect=dialect), dialect, stream=stream)


def test_U14_other_content_types(upstreams: Rig) -> None:
    assert well(upstreams.ask("u14-plain@openai", stream=True), "openai", stream=True)
    assert errors(upstreams.ask("u14-plain@openai")) == "bad_upstream"
    assert errors(upstreams.ask("u14-binary@openai", stream=True)) == "bad_upstream"


@pytest.mark.parametrize("place", ["expired", "other-name", "self-signed", "old"])
def test_U15_tls_that_is_not_sound(upstreams: Rig, place: str) -> None:
    told = upstreams.ask(f"tls-{place}")

    assert (told.status, errors(told)) == (502, "upstream_tls")
    assert not upstreams.upstream.seen(told.id)


def test_U15_a_handshake_that_stalls(upstreams: Rig) -> None:
    told = upstreams.ask("tls-stalled", headers={"x-request-timeout": "0.5"})

    assert (told.status, errors(told)) == (504, "upstream_timeout")


def test_U15_and_one_that_is_sound(upstreams: Rig) -> None:
    assert well(upstreams.ask("tls"), "openai")


@streams
@pytest.mark.parametrize("fault", ["u17-100-3", "u17-103", "u17-trailers"])
def test_U17_what_http_allows_is_taken(upstreams: Rig, fault: str, *, stream: bool) -> None:
    assert well(upstreams.ask(f"{fault}@openai", stream=stream), "openai", stream=stream)


def test_U17_a_length_that_is_not_the_truth(upstreams: Rig) -> None:
    assert errors(upstreams.ask("u17-long@openai")) == "upstream_reset"
    assert errors(upstreams.ask("u17-short@openai")) == "bad_upstream"
    assert broken(upstreams.ask("u17-short@openai", stream=True), "openai")
    after = upstreams.ask("u17-103@openai")
    assert well(after, "openai")  # what was too much did not become somebody's answer


def memory(upstreams: Rig) -> int:
    pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in upstreams.gateway.children]
    return max(pages) * resource.getpagesize()
