# ruff: noqa: RUF001  other scripts are what this is about
"""The language guard's own tests."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.core.events import TextDelta
from lockgate.core.guard import Failed, Rule, Rules
from lockgate.guards.language import plugin
from lockgate.patterns.following import Following
from lockgate.pipeline.decide import Text, decided, filled
from lockgate.pipeline.hold import Holdback
from lockgate.pipeline.ledger import Ledger

ONE = frozenset((0,))
TEXTS = {
    "en": "The committee met on Tuesday to discuss the budget for the coming year, and it was agreed to look at it again.",
    "de": "Der Ausschuss hat sich am Dienstag getroffen, um über den Haushalt zu sprechen, und es wird noch einmal geprüft.",
    "fr": "Le comité s'est réuni mardi pour parler du budget de l'année qui vient, et il a décidé de le revoir avec nous.",
    "es": "El comité se reunió el martes para hablar del presupuesto del año que viene, y se decidió revisarlo otra vez.",
    "it": "Il comitato si è riunito martedì per parlare del bilancio dell'anno che viene, e ha deciso di rivederlo con noi.",
    "pt": "O comitê se reuniu na terça para falar do orçamento do ano que vem, e foi decidido que ele será revisto com você.",
    "nl": "De commissie kwam op dinsdag bij elkaar om over de begroting van het jaar te spreken, en die wordt nog herzien.",
    "sv": "Utskottet träffades på tisdagen för att tala om budgeten för det år som kommer, och det ska ses över en gång till.",
    "pl": "Komisja spotkała się we wtorek, aby mówić o budżecie na przyszły rok, i nie jest to jeszcze to, co może być dla nas.",
    "cs": "Výbor se sešel v úterý, aby mluvil o rozpočtu na příští rok, ale ještě to není to, co by pro nás bylo, a je to tak.",
    "tr": "Komite gelecek yılın bütçesi için salı günü bir araya geldi ve bu konu daha sonra bir kez daha ele alınacak, ama çok zor.",
    "fi": "Valiokunta kokoontui tiistaina ja puhui ensi vuoden budjetista, mutta se ei ole vielä valmis, kun kaikki on auki.",
    "ru": "Комитет собрался во вторник, чтобы говорить о бюджете, но это ещё не всё, и он будет на нём работать, если так.",
    "uk": "Комітет зібрався у вівторок, щоб говорити про бюджет, але це ще не все, і він буде над ним працювати, якщо так.",
    "el": "Η επιτροπή συνεδρίασε την Τρίτη για να συζητήσει τον προϋπολογισμό του επόμενου έτους.",
    "ja": "委員会は火曜日に来年の予算について話し合い、もう一度検討することになりました。皆さんの意見をお待ちしています。",
    "zh": "委员会星期二开会讨论明年的预算，并决定再次审议。几位委员问为什么数字从春天以来发生了变化，财务主管解释说物价上涨。",
    "ar": "اجتمعت اللجنة يوم الثلاثاء لمناقشة ميزانية العام المقبل، واتفق على النظر فيها مرة أخرى.",
    "th": "คณะกรรมการประชุมกันในวันอังคารเพื่อหารือเกี่ยวกับงบประมาณสำหรับปีหน้า",
    "ko": "위원회는 화요일에 모여 내년 예산에 대해 논의하였으며 다시 한번 검토하기로 하였습니다. 여러 위원들이 물었습니다.",
}


def engine(*allow: str) -> Following:
    return Following([plugin(allow=allow).build()])


def labels(text: str, *allow: str) -> list[str]:
    verdict = engine(*allow).look(text, ONE).get(0, [])
    assert not isinstance(verdict, Failed)
    return [finding.label for finding in verdict]


@pytest.mark.parametrize("language", TEXTS)
def test_a_language_that_is_allowed_is_let_through(language: str) -> None:
    assert labels(TEXTS[language], language) == []
    assert labels(TEXTS[language] * 5, language, "en") == []


@pytest.mark.parametrize("language", [each for each in TEXTS if each != "en"])
def test_a_language_that_is_not_allowed_is_found(language: str) -> None:
    assert len(labels(TEXTS[language], "en")) == 1


def test_a_finding_says_what_was_seen() -> None:
    assert labels(TEXTS["es"], "en", "de") == ["language_es"]
    assert labels(TEXTS["th"], "en") == ["language_thai"]
    assert labels(TEXTS["ru"], "uk") == ["language_ru"]
    assert labels(TEXTS["en"], "ru") == ["language_en"]


@pytest.mark.parametrize(
    "text",
    [
        "Hola, ¿qué tal?",
        "def la(el): return el.de(que) + los[en]  # por y para: se usa con el que no es de la lista",
        "Los Angeles, El Paso, La Jolla, San Jose, Santa Fe, Las Vegas, Sacramento, Del Mar, Monterey",
        "AKIAQ3EGTWFX7BKMN2PD 0123456789 0123456789 0123456789 0123456789 0123456789",
        "In the word «конечно» the letter ч is said as ш; this is one of the exceptions that one has to know.",
        "",
    ],
)
def test_what_is_short_or_code_or_a_quotation_is_not_judged(text: str) -> None:
    assert labels(text, "en") == []


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from([*TEXTS.values(), "x", " ok. ", "\n"]), max_size=8), st.data())
def test_S62_any_cutting_shows_the_same(texts: list[str], data: st.DataObject) -> None:
    whole = "".join(texts)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(whole)), max_size=12)))
    rules = Rules([Rule("r", 0, "mask", frozenset(("response",)))], ENGINE, "response")
    hold = Holdback(rules, Ledger("", 0, 0))
    pieces = [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    out = [e for piece in pieces for release in hold.feed(None, [TextDelta(piece)]) for e in release.events]
    out += [e for release in hold.end() for e in release.events]

    expected = filled(whole, decided(Text(whole, "assistant", ""), ENGINE.look(whole, ONE), rules, Ledger("", 0, 0)))
    assert "".join(event.text for event in out if isinstance(event, TextDelta)) == expected


ENGINE = engine("en", "ja")


@pytest.mark.parametrize("allow", [(), ("xx",)])
def test_refuses_nonsense_before_traffic(allow: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="`allow`"):
        plugin(allow=allow).build()
