# ruff: noqa: RUF001  letters that look like others are what this is about
"""S61: raised, small and other forms of a letter are read as the letter."""

import unicodedata

import pytest

from lockgate.patterns.disguise import undisguised


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("ᵇˡᵘᵉᵇⁱʳᵈ", "bluebird"),
        ("ᴮᴸᵁᴱ ʷˣʸᶻ ⱼᵢᵣ ſo", "BLUE wxyz jir so"),
        ("jo﹫mail﹒example", "jo@mail.example"),
        ("a︓b﹣c︳d", "a:b-c_d"),
    ],
)
def test_S61_what_is_a_letter_or_a_sign_of_an_address_in_another_form_is_read_as_one(text: str, plain: str) -> None:
    view = undisguised(text)

    assert view is not None
    assert view.text == plain


def test_S61_every_small_and_raised_form_of_a_letter_is_read_as_the_letter() -> None:
    forms = [
        chr(c)
        for start, end in ((0x2B0, 0x2E4), (0x1D2C, 0x1DBF), (0x2070, 0x209F), (0xFE50, 0xFE6B))
        for c in range(start, end + 1)
    ]
    for form in forms:
        said = unicodedata.normalize("NFKC", form)
        if said != form and said.isascii() and said.strip():
            view = undisguised(form)
            assert view is not None, form
            assert view.text == said
