"""Who has a counter of their own: everybody that a claim can name."""

from lockgate.pipeline.applies import counter
from tests.unit.pipeline.limited import a_limit


def test_any_text_that_a_claim_may_hold_has_a_counter_of_its_own() -> None:
    """JSON of a token may hold half of a surrogate pair."""
    limit = a_limit("requests", 10)

    assert len({counter(limit, value) for value in ("\ud800", "\ud801", "\udc80", "\x80", "?")}) == 5
