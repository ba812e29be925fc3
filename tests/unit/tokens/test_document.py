"""What is remembered of a conversation: numbers are given once, what is over is forgotten, and what a client wrote is nobody's."""

from hypothesis import given
from hypothesis import strategies as st

from lockgate.tokens.document import MOST, MOST_RESERVED, Document, Value, granted
from lockgate.tokens.formats import FORMATS
from lockgate.tokens.ids import kind_of, token_id

TTL = 800.0


def tokens(document: Document) -> dict[str, str]:
    return {entry.value: entry.token for entry in document.entries}


def test_the_same_value_has_the_same_token_and_nothing_is_written_for_it() -> None:
    first = granted(Document(), [Value("a@x", "EMAIL"), Value("b@x", "EMAIL"), Value("1", "PHONE")], (), 0, TTL)

    assert tokens(first) == {"a@x": "<EMAIL_1>", "b@x": "<EMAIL_2>", "1": "<PHONE_1>"}
    assert granted(first, [Value("b@x", "PERSON"), Value("a@x", "EMAIL")], (), 10, TTL) is first
    assert tokens(granted(first, [Value("b@x", "EMAIL"), Value("c@x", "EMAIL")], (), 10, TTL))["c@x"] == "<EMAIL_3>"


def test_a_number_is_not_given_again_when_its_value_is_forgotten() -> None:
    first = granted(Document(), [Value("a@x", "EMAIL")], (), 0, TTL)

    assert tokens(granted(first.live(TTL, TTL), [Value("b@x", "EMAIL")], (), TTL, TTL)) == {"b@x": "<EMAIL_2>"}


def test_who_is_seen_again_lives_longer() -> None:
    first = granted(Document(), [Value("a@x", "EMAIL"), Value("b@x", "EMAIL")], (), 0, TTL)
    second = granted(first, [Value("a@x", "EMAIL")], (), TTL / 2, TTL)

    assert tokens(second.live(TTL, TTL)) == {"a@x": "<EMAIL_1>"}


def test_what_the_client_wrote_is_never_given() -> None:
    document = granted(Document(), [Value("a@x", "EMAIL")], {"EMAIL_1", "EMAIL_3"}, 0, TTL)

    assert tokens(granted(document, [Value("b@x", "EMAIL")], (), 0, TTL)) == {"a@x": "<EMAIL_2>", "b@x": "<EMAIL_4>"}


def test_what_the_client_wrote_is_bounded_and_still_not_given_now() -> None:
    literals = {f"EMAIL_{number}" for number in range(1, 2 * MOST_RESERVED)}

    document = granted(Document(), [Value("a@x", "EMAIL")], literals, 0, TTL)

    assert tokens(document) == {"a@x": f"<EMAIL_{2 * MOST_RESERVED}>"}
    assert len(document.reserved) == MOST_RESERVED


def test_the_ones_that_were_not_seen_for_longest_go_first() -> None:
    document = granted(Document(), [Value(f"old{n}", "X") for n in range(MOST)], (), 0, TTL)
    document = granted(document, [Value("new", "X"), Value("old7", "X")], (), TTL / 2, TTL)

    assert len(document.entries) == MOST
    assert {"new", "old7"} <= tokens(document).keys()


@given(st.lists(st.tuples(st.text(min_size=1, max_size=5), st.sampled_from(["EMAIL", "PHONE", "X"]), st.sampled_from(["label", "format"]))))  # fmt: skip
def test_two_values_never_share_a_token(given: list[tuple[str, str, str]]) -> None:
    document = Document()
    for at in range(0, len(given), 3):
        wanted = [Value(text, kind, style) for text, kind, style in given[at : at + 3]]  # type: ignore[arg-type]
        document = granted(document, wanted, (), at, 10_000)

    found = tokens(document)
    assert found.keys() == {text for text, _, _ in given}
    assert len({token_id(token) for token in found.values()}) == len(found)
    assert all(token != value for value, token in found.items())


def test_a_label_of_anybody_is_a_kind() -> None:
    assert [kind_of(label) for label in ("email", "us ssn", "größe", "日本", "a-b_c", "x" * 50, "sha256", "77")] == [
        *("EMAIL", "US_SSN", "GR_SSE", "VALUE", "A_B_C", "X" * 24, "SHA256_NO", "77_NO")
    ]


def test_cards_and_accounts_have_true_check_digits() -> None:
    for number in range(1, 2000, 37):
        digits = [int(digit) for digit in FORMATS["CARD"].make(number, "")]
        doubled = [digit * 2 - 9 * (digit > 4) if at % 2 == 0 else digit for at, digit in enumerate(digits)]
        account = FORMATS["IBAN"].make(number, "")

        assert sum(doubled) % 10 == 0
        assert int("".join(str(int(char, 36)) for char in account[4:] + account[:4])) % 97 == 1
