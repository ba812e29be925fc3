"""Numbers of persons outside of Europe, each with the check that its office publishes."""

from lockgate.guards.pii.sums import day, digits, luhn, weighted

_TAIWANESE = {letter: 10 + at for at, letter in enumerate("ABCDEFGHJKLMNPQRSTUVXYWZIO")}
_SINGAPORE = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "F": "XWUTRQPNMLK", "G": "XWUTRQPNMLK", "M": "KLJNPQRTUWX"}
_MEXICAN = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"


def us_ssn(text: str) -> bool:
    """There is no check digit; there are numbers that were never given, and those that advertisements made known."""
    n = "".join(map(str, digits(text)))
    if n[:3] in ("000", "666") or n[0] == "9" or n[3:5] == "00" or n[5:] == "0000":
        return False
    return n not in ("123456789", "078051120", "219099999") and len(set(n)) > 1


def us_itin(text: str) -> bool:
    n = digits(text)
    group = n[3] * 10 + n[4]
    return n[0] == 9 and (50 <= group <= 65 or 70 <= group <= 88 or 90 <= group <= 92 or 94 <= group <= 99)


def br_cpf(text: str) -> bool:
    n = digits(text)
    if len(set(n)) == 1:
        return False
    first = weighted(n, range(10, 1, -1)) * 10 % 11 % 10
    return first == n[9] and weighted(n, range(11, 1, -1)) * 10 % 11 % 10 == n[10]


def br_cnpj(text: str) -> bool:
    n = digits(text)
    weights = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
    checks = [0 if (rest := weighted(n, weights[1 - at :]) % 11) < 2 else 11 - rest for at in (0, 1)]
    return checks == n[12:14] and len(set(n)) > 1


def cl_rut(text: str) -> bool:
    plain = text.upper().replace(".", "").replace("-", "")
    total = sum(int(char) * (2 + at % 6) for at, char in enumerate(reversed(plain[:-1])))
    return "0K987654321"[total % 11] == plain[-1]


def ar_cuit(text: str) -> bool:
    n = digits(text)
    check = 11 - weighted(n, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return {11: 0, 10: 9}.get(check, check) == n[10]


def mx_curp(text: str) -> bool:
    total = sum(_MEXICAN.index(char) * (18 - at) for at, char in enumerate(text.upper()[:17]))
    return (10 - total % 10) % 10 == int(text[17])


def cn_id(text: str) -> bool:
    n = digits(text[:17])
    month, date = n[10] * 10 + n[11], n[12] * 10 + n[13]
    check = weighted(n, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)) % 11
    return day(0, month, date) and "10X98765432"[check] == text[17].upper()


def tw_id(text: str) -> bool:
    letter = _TAIWANESE[text[0].upper()]
    n = [letter // 10, letter % 10, *digits(text[1:])]
    return weighted(n, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)) % 10 == 0


def kr_rrn(text: str) -> bool:
    n = digits(text)
    check = (11 - weighted(n, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)) % 11) % 10
    random_since = n[0] >= 2 and n[6] in (3, 4, 7, 8)  # who was born in 2020 or later has a number without a check
    return day(0, n[2] * 10 + n[3], n[4] * 10 + n[5]) and (check == n[12] or random_since)


def jp_number(text: str) -> bool:
    n = digits(text)
    total = sum(d * (at + 1 if at <= 6 else at - 5) for at, d in enumerate(reversed(n[:11]), start=1))
    return (0 if total % 11 <= 1 else 11 - total % 11) == n[11]


def sg_fin(text: str) -> bool:
    plain = text.upper()
    shift = {"S": 0, "F": 0, "T": 4, "G": 4, "M": 3}[plain[0]]
    rest = (weighted(digits(plain), (2, 7, 6, 5, 4, 3, 2)) + shift) % 11
    return _SINGAPORE[plain[0]][10 - rest if plain[0] == "M" else rest] == plain[8]


def hk_id(text: str) -> bool:
    plain = text.upper().replace("(", "").replace(")", "")
    letters = [36] * (9 - len(plain)) + [int(char, 36) for char in plain[:-1]]
    check = 10 if plain[-1] == "A" else int(plain[-1])
    return (weighted(letters, range(9, 1, -1)) + check) % 11 == 0


def th_id(text: str) -> bool:
    n = digits(text)
    return 0 < n[0] < 9 and (11 - weighted(n, range(13, 1, -1)) % 11) % 10 == n[12]


def my_nric(text: str) -> bool:
    n = digits(text)
    return day(0, n[2] * 10 + n[3], n[4] * 10 + n[5])


def id_nik(text: str) -> bool:
    n = digits(text)
    return 1 <= n[0] <= 9 and day(0, n[8] * 10 + n[9], (n[6] * 10 + n[7]) % 40)


def au_tfn(text: str) -> bool:
    return weighted(digits(text), (1, 4, 3, 7, 5, 8, 6, 9, 10)) % 11 == 0


def au_medicare(text: str) -> bool:
    n = digits(text)
    return 2 <= n[0] <= 6 and weighted(n, (1, 3, 7, 9, 1, 3, 7, 9)) % 10 == n[8]


def au_abn(text: str) -> bool:
    n = digits(text)
    return (weighted(n, (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)) - 10) % 89 == 0


def nz_ird(text: str) -> bool:
    n = digits(text)
    n = [0] * (9 - len(n)) + n
    check = -weighted(n, (3, 2, 7, 6, 5, 4, 3, 2)) % 11
    if check == 10:
        check = -weighted(n, (7, 4, 3, 2, 5, 2, 7, 6)) % 11
    return check == n[8]


def tr_number(text: str) -> bool:
    n = digits(text)
    tenth = (sum(n[0:9:2]) * 7 - sum(n[1:8:2])) % 10
    return n[0] != 0 and tenth == n[9] and sum(n[:10]) % 10 == n[10]


def il_id(text: str) -> bool:
    return luhn(text) and len(set(digits(text))) > 2


def za_id(text: str) -> bool:
    n = digits(text)
    return day(0, n[2] * 10 + n[3], n[4] * 10 + n[5]) and luhn(text)


def sa_id(text: str) -> bool:
    return luhn(text)
