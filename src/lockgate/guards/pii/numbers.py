"""National numbers: what each looks like, its check, and the words that stand before it.

A number of digits alone is one only after such a word: one in ten passes a check of one digit.
"""

import re

from lockgate.guards.pii import ids_europe as eu
from lockgate.guards.pii import ids_world as world
from lockgate.guards.pii.sums import EIGHT, luhn, mod_11_10, verhoeff
from lockgate.patterns.kinds import LEAST, Check, Kind

_ID = r"id(?:entity)? ?(?:card|number|no)|national (?:id|number)|personal (?:number|code|id)|citizen"
_TAX = r"tax(?:payer)? ?(?:id|number|no|file)?|vat"

ROWS: tuple[tuple[str, str, Check, float, str], ...] = (
    ("us_ssn", r"\d{3}-\d{2}-\d{4}", world.us_ssn, 0.85, r"ssn|social"),
    ("us_ssn", r"\d{3} \d{2} \d{4}|\d{9}|\d{3}\.\d{2}\.\d{4}", world.us_ssn, 0.2, r"ssn|social sec"),
    ("us_ein", r"\d{2}-\d{7}", lambda text: len(set(text)) > 3, 0.2, r"ein\b|fein\b|employer id"),
    ("us_itin", r"9\d{2}[- ]?\d{2}[- ]?\d{4}", world.us_itin, 0.4, rf"itin|{_TAX}"),
    ("ca_sin", r"\d{3}[- ]\d{3}[- ]\d{3}|\d{9}", world.il_id, 0.3, r"sin\b|social insurance|nas\b"),
    ("uk_nino", r"[A-CEGHJ-PR-TW-Za-ceghj-pr-tw-z][A-CEGHJ-NPR-TW-Za-ceghj-npr-tw-z] ?\d{2} ?\d{2} ?\d{2} ?[A-Da-d]",
     lambda text: text[:2].upper() not in ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ"), 0.75, "national insurance|nino"),
    ("uk_nhs", r"\d{3}[- ]\d{3}[- ]\d{4}|\d{10}", eu.uk_nhs, 0.3, r"nhs|health service"),
    ("de_tax_id", r"\d{2} ?\d{3} ?\d{3} ?\d{3}", eu.de_tax, 0.3, r"steuer|idnr|tin\b|" + _TAX),
    ("de_pension_number", r"\d{2} ?\d{6} ?[A-Z] ?\d{3}", eu.de_pension, 0.5, r"rentenvers|sozialvers|vsnr|versicherungsnummer"),
    ("fr_nir", r"[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}", eu.fr_nir, 0.8, "sécu|nir|insee"),
    ("es_dni", r"\d{8}[- ]?[A-HJ-NP-TV-Za-hj-np-tv-z]", eu.es_id, 0.75, r"dni|nif|documento"),
    ("es_nie", r"[XYZxyz][- ]?\d{7}[- ]?[A-HJ-NP-TV-Za-hj-np-tv-z]", eu.es_id, 0.8, r"nie|extranjero"),
    ("it_fiscal_code", r"[A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPR-T][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]",
     eu.it_code, 0.9, "codice"),
    ("pt_nif", r"[1235689]\d{2} ?\d{3} ?\d{3}", eu.pt_nif, 0.2, r"nif|contribuinte|" + _TAX),
    ("nl_bsn", r"\d{9}|\d{4}\.\d{2}\.\d{3}", eu.nl_bsn, 0.2, r"bsn|burger|sofi"),
    ("be_number", r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}", eu.be_number, 0.9, "rijks|registre"),
    ("be_number", r"\d{11}", eu.be_number, 0.2, r"rijksregister|registre national|insz|niss"),
    ("at_svnr", r"[1-9]\d{3} ?(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}", eu.at_svnr, 0.3, r"svnr|sozialvers|sv-nr|versicherungsnummer"),
    ("ch_ahv", r"756\.\d{4}\.\d{4}\.\d{2}", eu.ch_ahv, 0.9, "ahv"),
    ("ch_ahv", r"756\d{10}", eu.ch_ahv, 0.55, r"ahv|avs"),
    ("se_number", r"(?:19|20)?\d{6}[-+]\d{4}", eu.se_number, 0.6, r"person"),
    ("se_number", r"(?:19|20)?\d{10}", eu.se_number, 0.2, r"personnummer|pnr|samordning"),
    ("no_number", r"(?:0[1-9]|[1-7]\d)[0-9]{4} ?\d{5}", eu.no_number, 0.55, r"fødsels|fodsels|personnummer|d-nummer"),
    ("dk_cpr", r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}-\d{4}", eu.dk_cpr, 0.5, r"cpr"),
    ("fi_number", r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}[-+A-FU-Ya-fu-y]\d{3}[0-9A-FHJ-NPR-Ya-fhj-npr-y]", eu.fi_number, 0.9, "hetu"),
    ("pl_pesel", r"\d{11}", eu.pl_pesel, 0.3, "pesel"),
    ("cz_number", r"\d{2}[0-35-8]\d[0-3]\d/\d{3,4}", eu.cz_number, 0.8, r"rodn"),
    ("ro_cnp", r"[1-9]\d{12}", eu.ro_cnp, 0.3, r"cnp|cod numeric"),
    ("bg_egn", r"\d{10}", eu.bg_egn, 0.2, r"egn|егн"),
    ("hr_oib", r"\d{11}", mod_11_10, 0.2, r"oib"),
    ("ee_lt_number", r"[1-6]\d{10}", eu.baltic, 0.3, r"isikukood|asmens kod|" + _ID),
    ("emso", r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])[09]\d{8}", eu.emso, 0.4, r"em[sš]o|jmbg"),
    ("hu_taj", r"\d{3}[- ]?\d{3}[- ]?\d{3}", eu.hu_taj, 0.2, r"taj\b|tajsz"),
    ("gr_amka", r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{7}", eu.gr_amka, 0.3, r"amka|αμκα"),
    ("ie_pps", r"\d{7}[A-Wa-w][A-IWa-iw]?", eu.ie_pps, 0.4, r"pps|public service"),
    ("ru_snils", r"\d{3}-\d{3}-\d{3}[- ]\d{2}", eu.ru_snils, 0.85, r"снилс|snils"),
    ("ru_inn", r"\d{12}", eu.ru_inn, 0.2, r"инн|inn\b"),
    ("ua_number", r"\d{10}", eu.ua_number, 0.1, r"рнокпп|іпн|ідентифікаційн"),
    ("br_cpf", r"\d{3}\.\d{3}\.\d{3}-\d{2}", world.br_cpf, 0.95, "cpf"),
    ("br_cpf", r"\d{11}|\d{9}-\d{2}", world.br_cpf, 0.3, "cpf"),
    ("br_cnpj", r"\d{14}", world.br_cnpj, 0.3, "cnpj"),
    ("br_cnpj", r"\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}", world.br_cnpj, 0.9, "cnpj"),
    ("cl_rut", r"\d{1,2}\.\d{3}\.\d{3}-[\dkK]", world.cl_rut, 0.9, "rut"),
    ("cl_rut", r"\d{7,8}-?[\dkK]", world.cl_rut, 0.3, r"rut\b|run\b"),
    ("ar_cuit", r"(?:20|2[347]|3[034])\d{9}", world.ar_cuit, 0.2, r"cui[tl]"),
    ("ar_cuit", r"(?:20|2[347]|3[034])-\d{8}-\d", world.ar_cuit, 0.85, r"cui[tl]"),
    ("mx_curp", r"[A-Z][AEIOUX][A-Z]{2}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[HMX][A-Z]{2}[B-DF-HJ-NP-TV-Z]{3}[0-9A-Z]\d", world.mx_curp, 0.95, "curp"),
    ("in_aadhaar", r"[2-9]\d{3}(?: \d{4} |-\d{4}-|:\d{4}:)\d{4}", verhoeff, 0.55, "aadhaar|uidai|आधार"),
    ("in_aadhaar", r"[2-9]\d{11}", verhoeff, 0.4, r"aadhaar|aadhar|adhaar|uid\b|uidai|आधार"),
    ("in_pan", r"[A-Z]{3}[ABCFGHLJPT][A-Z]\d{4}[A-Z]", lambda text: True, 0.8, r"pan\b|permanent account"),
    ("cn_id", r"[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]", world.cn_id, 0.9, r"身份证"),
    ("tw_id", r"[A-Z][12]\d{8}", world.tw_id, 0.6, r"身分證|taiwan"),
    ("kr_rrn", r"\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-[1-8]\d{6}", world.kr_rrn, 0.85, r"주민"),
    ("jp_number", r"\d{4}[- ]?\d{4}[- ]?\d{4}", world.jp_number, 0.2, r"my ?number|マイナンバー|個人番号"),
    ("sg_fin", r"[STFGM]\d{7}[A-Z]", world.sg_fin, 0.8, r"nric|fin\b"),
    ("hk_id", r"[A-Z]{1,2}\d{6}\([0-9A]\)", world.hk_id, 0.9, r"hkid"),
    ("th_id", r"[1-8](?:-\d{4}-\d{5}-\d{2}-| \d{4} \d{5} \d{2} )\d", world.th_id, 0.9, r"thai"),
    ("th_id", r"[1-8]\d{12}", world.th_id, 0.4, r"thai|tnin|ไทย|บัตรประชาชน|เลขประจำตัว|" + _ID),
    ("my_nric", r"\d{6}-\d{2}-\d{4}", world.my_nric, 0.6, r"mykad|nric|kad pengenalan"),
    ("my_nric", r"\d{12}", world.my_nric, 0.2, r"mykad|nric|kad pengenalan|no\. ?kp|ic n"),
    ("id_nik", r"\d{16}", world.id_nik, 0.2, r"nik\b|ktp"),
    ("au_tfn", r"\d{3} ?\d{3} ?\d{3}", world.au_tfn, 0.2, r"tfn|tax file"),
    ("au_medicare", r"[2-6]\d{3} \d{5} \d(?:[ /]\d)?", world.au_medicare, 0.6, r"medicare"),
    ("au_medicare", r"[2-6]\d{3} ?\d{5} ?\d(?:[ /]?\d)?", world.au_medicare, 0.4, r"medicare"),
    ("au_abn", r"\d{2} ?\d{3} ?\d{3} ?\d{3}", world.au_abn, 0.2, r"abn\b|australian business"),
    ("nz_ird", r"\d{2,3}-?\d{3}-?\d{3}", world.nz_ird, 0.2, r"ird\b"),
    ("tr_number", r"[1-9]\d{10}", world.tr_number, 0.4, r"t\.?c\.?|kimlik|tckn"),
    ("il_id", r"\d{9}|\d{8}-\d", world.il_id, 0.2, r"teudat|תעודת|israeli"),
    ("za_id", r"\d{6} \d{4} \d{2} \d", world.za_id, 0.4, r"south africa|rsa id|" + _ID),
    ("za_id", r"\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{4}[01]\d{2}", world.za_id, 0.4, r"south africa|rsa id|" + _ID),
    ("it_iva", r"(?:IT)?\d{11}", world.sa_id, 0.2, r"partita iva|p\. ?iva"),
    ("pl_nip", r"\d{3}-\d{3}-\d{2}-\d{2}|\d{3}-\d{2}-\d{2}-\d{3}|\d{10}", eu.pl_nip, 0.2, r"nip\b"),
    ("lv_number", r"(?:0[1-9]|[12]\d|3[012])\d{4}-?[0-2]\d{4}", lambda text: len(set(text)) > 3, 0.2, r"personas kods|personas kodu"),
    ("ec_ci", r"(?:0[1-9]|1\d|2[0-4]|30)[0-5]\d{6}-?\d", luhn, 0.2, r"cédula|cedula|ecuador"),
    ("pk_cnic", r"[1-7]\d{4}-\d{7}-\d", lambda text: len(set(text)) > 3, 0.6, r"cnic|nadra"),
    ("ae_id", r"784-(?:19|20)\d{2}-\d{7}-\d", luhn, 0.8, r"emirates"),
    ("vn_id", r"0\d{11}", lambda text: len(set(text)) > 3, 0.2, r"cccd|căn cước|cmnd|chứng minh"),
    ("ph_id", r"\d{2}-\d{7}-\d|\d{4}-\d{4}-\d{4}-\d{4}|\d{3}-\d{3}-\d{3}(?:-\d{3,5})?", lambda text: len(set(text)) > 3, 0.2, r"sss\b|philsys|philid|psn\b|pcn\b|tin\b"),
    ("ng_nin", r"\d{11}", lambda text: len(set(text)) > 3, 0.2, r"nin\b|nigeria"),
    ("mx_rfc", r"[A-Z]{4}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[A-Z0-9]{2}[0-9A]", lambda text: True, 0.3, r"rfc\b|contribuyente"),
    ("sa_id", r"[12]\d{9}", world.sa_id, 0.2, r"iqama|saudi|الهوية"),
)  # fmt: skip


_GROUPED = frozenset(("in_aadhaar", "au_medicare"))
_GROUPS = r"(?:\d[ :-]|\d\d [A-Z]{4} )\Z"
"""Groups of digits in front say that these are the last of a longer number: an IBAN, a card, an address of a network."""


def kinds() -> list[Kind]:
    return [_kind(label, expression, check, least, words) for label, expression, check, least, words in ROWS]


def _kind(label: str, expression: str, check: Check, least: float, words: str) -> Kind:
    seek = EIGHT if least < LEAST and not re.search(r"[A-Za-ce-z]", expression) else ""
    return Kind(
        label,
        rf"(?<![\w.+/-])(?:{expression})(?![\w/-]|\.\d)",
        least,
        check,
        words=words,
        told=max(least, 0.85),
        unless=_GROUPS if label in _GROUPED else "",
        seek=seek,
        signed=not seek,
    )
