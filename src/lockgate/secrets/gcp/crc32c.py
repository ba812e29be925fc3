"""CRC-32C (Castagnoli, RFC 3720 B.4): how Google says that a secret arrived as it was."""


def _row(number: int) -> int:
    for _ in range(8):
        number = number >> 1 ^ (0x82F63B78 if number & 1 else 0)
    return number


_TABLE = tuple(_row(number) for number in range(256))


def crc32c(data: bytes) -> int:
    """Of all of it."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF
