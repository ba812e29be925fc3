"""The personal data guard's own tests."""

import time
from collections.abc import Sequence

import pytest

from lockgate.core.guard import Failed, Finding
from lockgate.guards.pii import Own, plugin
from lockgate.patterns.looking import Looking
from lockgate.patterns.plain import find
from tests.automata import CACHE

ENGINE = Looking([plugin().build()], CACHE)
ONE = frozenset((0,))


def found(text: str, engine: Looking = ENGINE) -> Sequence[Finding]:
    verdict = engine.look(text, ONE).get(0, [])
    assert not isinstance(verdict, Failed)
    return verdict


def named(text: str, engine: Looking = ENGINE) -> list[tuple[str, str]]:
    return [(each.label, text[each.start : each.end]) for each in found(text, engine)]


@pytest.mark.parametrize(
    ("text", "label", "value"),
    [
        ("write to jo.doe+x@mail.example.org now", "email", "jo.doe+x@mail.example.org"),
        ("müller@bücher.example is hers", "email", "müller@bücher.example"),
        ("call +49 30 1234567 please", "phone", "+49 30 1234567"),
        ("call (212) 555-0187 please", "phone", "(212) 555-0187"),
        ("card 4111 1111 1111 1111.", "credit_card", "4111 1111 1111 1111"),
        ("amex 378282246310005", "credit_card", "378282246310005"),
        ("IBAN DE89 3704 0044 0532 0130 00", "iban", "DE89 3704 0044 0532 0130 00"),
        ("from 203.0.113.9:443", "ip_address", "203.0.113.9"),
        ("at 2001:db8::8a2e:370:7334", "ip_address", "2001:db8::8a2e:370:7334"),
        ("mac 00:1b:44:11:3a:b7", "mac_address", "00:1b:44:11:3a:b7"),
        ("SSN 219-09-9998", "us_ssn", "219-09-9998"),
        ("cpf 529.982.247-25", "br_cpf", "529.982.247-25"),
        ("DNI 12345678Z", "es_dni", "12345678Z"),
        ("cf RSSMRA85T10A562S", "it_fiscal_code", "RSSMRA85T10A562S"),
        ("hetu 131052-308T", "fi_number", "131052-308T"),
        ("BSN 111222333", "nl_bsn", "111222333"),
        ("PESEL 44051401359", "pl_pesel", "44051401359"),
        ("NHS 943 476 5919", "uk_nhs", "943 476 5919"),
        ("AHV 756.9217.0769.85", "ch_ahv", "756.9217.0769.85"),
        ("personnummer 19811218-9876", "se_number", "19811218-9876"),
        ("rut 12.345.678-5", "cl_rut", "12.345.678-5"),
        ("身份证 11010519491231002X", "cn_id", "11010519491231002X"),
        ("NRIC S1234567D", "sg_fin", "S1234567D"),
        ("5821 3370 4631", "in_aadhaar", "5821 3370 4631"),
        ("her number 7914-0028-6159 is there", "in_aadhaar", "7914-0028-6159"),
        ("aadhar no. 582133704631", "in_aadhaar", "582133704631"),
        ("it says 6 1043 00572 18 4 there", "th_id", "6 1043 00572 18 4"),
        ("TNIN: 3905106284712", "th_id", "3905106284712"),
        ("card 4950 73127 1 of hers", "au_medicare", "4950 73127 1"),
        ("Medicare 5836190481", "au_medicare", "5836190481"),
        ("iban: gb82 west 1234 5698 7654 32 bic", "iban", "gb82 west 1234 5698 7654 32"),
        ("cc 4222222222222 please", "credit_card", "4222222222222"),
        ("pay with 3782.822463.10005 now", "credit_card", "3782.822463.10005"),
        ("Mobil: 93740790", "phone", "93740790"),
        ("téléphone: 018/84475563288 805.252 2 62@Bearer |56134/72 352969 89:1:3", "phone", "56134/72 352969"),
        ("Τηλ: 2100137236", "phone", "2100137236"),
        ("携帯 090-1234-5678", "phone", "090-1234-5678"),
        ("soita (+358) 884442518", "phone", "(+358) 884442518"),
        ("link/ether 001b.44ab.3ab7", "mac_address", "001b.44ab.3ab7"),
        ("dns server 1.1.1.1", "ip_address", "1.1.1.1"),
        ("1.2.3.4 - - [27/Nov/2026] GET /", "ip_address", "1.2.3.4"),
        ("<td>8.8.8.8</td> http://8.8.8.8/x host=8.8.8.8", "ip_address", "8.8.8.8"),
        ("blocked 1.2.3.4 again, and 10.0.0.0 not", "ip_address", "1.2.3.4"),
        ("EIN 12-3456789", "us_ein", "12-3456789"),
        ("Rentenversicherungsnummer 15070649C103", "de_pension_number", "15070649C103"),
        ("Tel:030 1234567", "phone", "030 1234567"),
        ("電話：０９０－１２３４－５６７８", "phone", "０９０－１２３４－５６７８"),  # noqa: RUF001
        ("mail _jo@example.org_ now", "email", "_jo@example.org"),
        ("call _+49 30 1234567_ now", "phone", "+49 30 1234567"),
        ("card _4111 1111 1111 1111_, __203.0.113.9__", "credit_card", "4111 1111 1111 1111"),
        ("card _4111 1111 1111 1111_, __203.0.113.9__", "ip_address", "203.0.113.9"),
        ("it is _219-09-9998_ there", "us_ssn", "219-09-9998"),
        ("P.IVA: 07643520567", "it_iva", "07643520567"),
        ("NIP: 123-456-32-18", "pl_nip", "123-456-32-18"),
        ("Personas kods: 161175-19997", "lv_number", "161175-19997"),
        ("CNIC 35202-1234567-1", "pk_cnic", "35202-1234567-1"),
        ("Số CCCD: 001203004567", "vn_id", "001203004567"),
        ("PhilSys 1234-5678-9012-3456", "ph_id", "1234-5678-9012-3456"),
        ("NIN: 12345678901", "ng_nin", "12345678901"),
        ("born on 12/05/1984 in", "birth_date", "12/05/1984"),
        ("passport number X1234567", "passport", "X1234567"),
        ("BTC 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "bitcoin_address", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"),
        ("vin 1HGCM82633A004352", "vin", "1HGCM82633A004352"),
        ("My name is Ann-Marie de Vries and", "person", "Ann-Marie de Vries"),
        ("lives at 12 Long Oak Street, Springfield, IL 62704", "address", "12 Long Oak Street, Springfield, IL 62704"),
        ("at the corner of Östbygatan 14 and", "address", "Östbygatan 14"),
    ],
)
def test_finds_the_value_and_nothing_around_it(text: str, label: str, value: str) -> None:
    assert (label, value) in named(text)


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112",
        "step_4111111111111111_x, run_203.0.113.9_b",
        "版本号 10.2.3.40 已发布",
        "contact failed 2015-10-18, call on 18.10.2015",
        "key identifier 8F:3A:90:C1:D2:7B:4E:65",
        "Dear Avid Reader,",
        "IBAN DE89 3704 0044 0532 0130 01",
        "see 1.2.3.4 and Chrome/120.0.0.0, section 10.4.30.2, oid 1.3.6.1.4.1.311",
        "1.2.3.4 Scope of this document\n2.1.1.3 Words",
        "update from 4.2.1.0, Python 3.1.2.0, foo==1.2.3.4, log4j@2.17.1.0",
        "2001 World Trade Center Attacks, 2005 Tsunami",
        "write to your.email@example.com",
        "curl --mail-from src@gmail.com --mail-rcpt dst@gmail.com, foo@example.com",
        "Mobilă între 1600-1800, mobile 20240101",
        "version 10.2.75.149 of the driver",
        "EAN 4686414955928, SKU 50115839, lot 330168",
        "at 1767225600 it was 1767225600123",
        "order number 1711-422-65 was shipped",
        "logo@2x.png",
        "std::vector<int> a::b",
        "12:30:45 and 2026-11-26 20:11:09",
        "request 941522a7-983b-0455-e3d8-fbc26d6ec266",
        "Dear customer, Dear Sir or Madam,",
        "123-45-6789",
        "pi is 3.14159265358979",
        "081111 053932 21163 INFO dfs.DataNode",
        "078-05-1120 is one of the numbers that were never given out",
        "phone 1702  3694",
        "5821 3370 4632 and 582133704631",
        "GB29 5821 3370 4631",
        "NL91 ABNA 5821 3370 4631",
        "684d:1111:5821:3370:4631:77",
        "3905106284712 units, part 4950731271, 4950 73128 1",
        "MAC address aa:bb:cc:dd:ee:ff or 00:00:00:00:00:00",
        "RS35 2600 0560 1001 6113 70",
        "license: {'name': 'MIT License'}",
        "name: Finding Documentation",
        '{"name": "John Doe", "email": "",',
    ],
)
def test_what_only_looks_like_it_is_nothing(text: str) -> None:
    assert not named(text)


def test_a_name_in_a_record_of_a_person_is_one() -> None:
    assert named('{"name": "Ann Lee", "email": null}') == [("person", "Ann Lee")]
    assert named("'user': {'name': 'Ann Lee'}") == [("person", "Ann Lee")]


def test_a_quote_before_an_address_is_no_part_of_it() -> None:
    assert named("to='jo@example.org'") == [("email", "jo@example.org")]


def test_entities_and_groups_narrow_it() -> None:
    engine = Looking([plugin(entities=("email", "national_id")).build()], CACHE)

    assert named("jo@example.org 203.0.113.9 SSN 219-09-9998", engine) == [
        ("email", "jo@example.org"),
        ("us_ssn", "219-09-9998"),
    ]


def test_thresholds_say_how_sure_it_has_to_be() -> None:
    bold, shy = (
        Looking([plugin(entities=("person",), thresholds={"person": least}).build()], CACHE) for least in (0.4, 0.8)
    )

    assert named("ask Dr. Ann Lee", bold) == [("person", "Ann Lee")]
    assert not named("ask Dr. Ann Lee")
    assert not named("Dear Ann Lee,", shy)


def test_what_is_allowed_is_nothing() -> None:
    engine = Looking([plugin(allow=("@example.org", "203.0.113.9")).build()], CACHE)

    assert named("jo@example.org jo@example.net 203.0.113.9", engine) == [("email", "jo@example.net")]


def test_own_entities_have_checks_and_words() -> None:
    member = Own("member", r"M-\d{6}", words=("member", "card no"))
    checked = Own("customer", r"\d{8}", check="luhn")
    engine = Looking([plugin(entities=("member", "customer"), own=(member, checked)).build()], CACHE)

    assert named("member M-123456", engine) == [("member", "M-123456")]
    assert not named("see M-123456", engine)
    assert named("12345674 12345675", engine) == [("customer", "12345674")]


@pytest.mark.parametrize(
    "settings",
    [
        plugin(entities=("nothing",)),
        plugin(thresholds={"email": 2}),
        plugin(thresholds={"nothing": 0.5}),
        plugin(entities=("email",), thresholds={"email": 1.0}),
        plugin(own=(Own("x", r"(a)\1"),)),
        plugin(own=(Own("x", "a+", check="nothing"),)),
    ],
)
def test_refuses_nonsense_before_traffic(settings: plugin) -> None:
    with pytest.raises(ValueError, match=r"`entities`|`thresholds`|instead of|`check`"):
        settings.build()


def test_the_engine_finds_what_its_plain_twin_finds() -> None:
    text = "Call +49 30 1234567 or jo@example.org; SSN 219-09-9998, card 4111111111111111, from 203.0.113.9, IBAN DE89370400440532013000"

    assert list(found(text)) == list(find(plugin().build(), text))


@pytest.mark.parametrize(
    "text",
    [
        "a" * 100_000 + "!",
        "1 " * 50_000,
        "a@" * 50_000,
        "1.1.1." * 16_000,
        "(0)1 " * 20_000,
        "Ann Lee " * 12_000,
        "0" * 100_000,
    ],
)
def test_S49_no_text_makes_it_slow(text: str) -> None:
    started = time.process_time()
    ENGINE.look(text, ONE)

    assert time.process_time() - started < 1.5
