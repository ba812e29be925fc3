"""Numbers of persons in Europe, each with the check that its office publishes."""

from lockgate.guards.pii.sums import day, digits, luhn, mod_11_10, weighted

_SPANISH = "TRWAGMYFPDXBNJZSQVHLCKE"
_FINNISH = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_IRISH = "WABCDEFGHIJKLMNOPQRSTUV"
_ITALIAN_ODD = dict(
    zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21,
        2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23), strict=True)
)  # fmt: skip


def de_tax(text: str) -> bool:
    numbers = digits(text)
    most = max(numbers[:10].count(n) for n in set(numbers[:10]))
    return numbers[0] != 0 and 2 <= most <= 3 and mod_11_10(text)


def de_pension(text: str) -> bool:
    """The letter is two digits; the digits of the products are summed."""
    plain = text.replace(" ", "").upper()
    numbers = digits(f"{plain[:8]}{ord(plain[8]) - 64:02d}{plain[9:11]}")
    products = [number * weight for number, weight in zip(numbers, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1), strict=True)]
    date = int(plain[2:4])
    return 1 <= date % 50 <= 31 and 1 <= int(plain[4:6]) <= 12 and sum(map(_crossed, products)) % 10 == int(plain[11])


def _crossed(number: int) -> int:
    return number // 10 + number % 10


def fr_nir(text: str) -> bool:
    plain = text.replace(" ", "").replace("2A", "19").replace("2B", "18")
    return int(plain[:13]) % 97 == 97 - int(plain[13:15])


def es_id(text: str) -> bool:
    plain = text.upper().replace("-", "").replace(" ", "").replace(".", "")
    number = plain[:-1].replace("X", "0").replace("Y", "1").replace("Z", "2")
    return plain[-1] == _SPANISH[int(number) % 23]


def it_code(text: str) -> bool:
    plain = text.upper()
    total = sum(
        _ITALIAN_ODD[c] if at % 2 == 0 else int(c, 36) - (10 if c.isalpha() else 0) for at, c in enumerate(plain[:15])
    )
    return chr(65 + total % 26) == plain[15]


def pt_nif(text: str) -> bool:
    numbers = digits(text)
    rest = weighted(numbers, range(9, 1, -1)) % 11
    return numbers[8] == (0 if rest < 2 else 11 - rest)


def nl_bsn(text: str) -> bool:
    return weighted(digits(text), (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0 and len(set(digits(text))) > 2


def be_number(text: str) -> bool:
    plain = "".join(map(str, digits(text)))
    base, check = plain[:9], int(plain[9:])
    return check in (97 - int(base) % 97, 97 - int("2" + base) % 97)


def at_svnr(text: str) -> bool:
    numbers = digits(text)
    return weighted(numbers, (3, 7, 9, 0, 5, 8, 4, 2, 1, 6)) % 11 == numbers[3]


def ch_ahv(text: str) -> bool:
    numbers = digits(text)
    return (10 - weighted(numbers, (1, 3) * 6) % 10) % 10 == numbers[12]


def se_number(text: str) -> bool:
    numbers = digits(text)[-10:]
    month, date = numbers[2] * 10 + numbers[3], numbers[4] * 10 + numbers[5]
    return day(0, month, date % 60) and luhn("".join(map(str, numbers)))


def no_number(text: str) -> bool:
    n = digits(text)
    first = (11 - weighted(n, (3, 7, 6, 1, 8, 9, 4, 5, 2)) % 11) % 11
    second = (11 - weighted(n, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11) % 11
    return (first, second) == (n[9], n[10])


def dk_cpr(text: str) -> bool:
    n = digits(text)
    return day(0, n[2] * 10 + n[3], n[0] * 10 + n[1])


def fi_number(text: str) -> bool:
    n = digits(text[:6])
    if not day(0, n[2] * 10 + n[3], n[0] * 10 + n[1]):
        return False
    return _FINNISH[int(text[:6] + text[7:10]) % 31] == text[10].upper()


def pl_pesel(text: str) -> bool:
    n = digits(text)
    return weighted(n, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0 and day(
        0, (n[2] * 10 + n[3]) % 20, n[4] * 10 + n[5]
    )


def pl_nip(text: str) -> bool:
    n = digits(text)
    return weighted(n, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11 == n[9] and len(set(n)) > 1


def cz_number(text: str) -> bool:
    n = digits(text)
    if not day(0, (n[2] * 10 + n[3]) % 50 % 20, n[4] * 10 + n[5]):
        return False
    if len(n) == 9:  # those born before 1954 have no check
        return n[0] * 10 + n[1] < 54
    return int("".join(map(str, n[:9]))) % 11 % 10 == n[9]


def ro_cnp(text: str) -> bool:
    n = digits(text)
    check = weighted(n, (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11
    return n[0] != 0 and day(0, n[3] * 10 + n[4], n[5] * 10 + n[6]) and (1 if check == 10 else check) == n[12]


def bg_egn(text: str) -> bool:
    n = digits(text)
    month = (n[2] * 10 + n[3]) % 20
    return day(0, month, n[4] * 10 + n[5]) and weighted(n, (2, 4, 8, 5, 10, 9, 7, 3, 6)) % 11 % 10 == n[9]


def baltic(text: str) -> bool:
    n = digits(text)
    check = weighted(n, (1, 2, 3, 4, 5, 6, 7, 8, 9, 1)) % 11
    if check == 10:
        check = weighted(n, (3, 4, 5, 6, 7, 8, 9, 1, 2, 3)) % 11 % 10
    return day(0, n[3] * 10 + n[4], n[5] * 10 + n[6]) and check == n[10]


def emso(text: str) -> bool:
    """Slovenia and the other countries of the former Yugoslavia."""
    n = digits(text)
    check = (11 - weighted(n, (7, 6, 5, 4, 3, 2) * 2) % 11) % 11
    return day(0, n[2] * 10 + n[3], n[0] * 10 + n[1]) and check == n[12]


def hu_taj(text: str) -> bool:
    n = digits(text)
    return weighted(n, (3, 7) * 4) % 10 == n[8]


def gr_amka(text: str) -> bool:
    n = digits(text)
    return day(0, n[2] * 10 + n[3], n[0] * 10 + n[1]) and luhn(text)


def ie_pps(text: str) -> bool:
    extra = (ord(text[8].upper()) - 64) * 9 if len(text) == 9 and text[8].upper() != "W" else 0
    return _IRISH[(weighted(digits(text[:7]), range(8, 1, -1)) + extra) % 23] == text[7].upper()


def uk_nhs(text: str) -> bool:
    n = digits(text)
    return (11 - weighted(n, range(10, 1, -1)) % 11) % 11 == n[9]


def ru_snils(text: str) -> bool:
    n = digits(text)
    return weighted(n, range(9, 0, -1)) % 101 % 100 == n[9] * 10 + n[10]


def ru_inn(text: str) -> bool:
    n = digits(text)
    first = weighted(n, (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10
    return first == n[10] and weighted(n, (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10 == n[11]


def ua_number(text: str) -> bool:
    n = digits(text)
    return weighted(n, (-1, 5, 7, 9, 4, 6, 10, 5, 7)) % 11 % 10 == n[9]
