"""A request as it came over the wire: read by hand, for nothing may stand between the faults and the socket."""

import asyncio
import re
from dataclasses import dataclass

BODY_LIMIT = 64 * 1024 * 1024
_GEMINI = re.compile(r"/models/([^:]+):")
_MODEL = re.compile(rb'"model"\s*:\s*"([^"\\]{1,200})"')
_NONCE = re.compile(rb"nonce[=:]\s*([A-Za-z0-9_-]{1,64})")


class NotHttpError(Exception):
    """What came is no request that this server reads."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`target` is path and query. Header names are lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    @property
    def model(self) -> str:
        """The name in the path, as Gemini has it, or in the body."""
        named = _GEMINI.search(self.path)
        if named:
            return named[1]
        found = _MODEL.search(self.body)
        return found[1].decode("latin-1") if found else ""

    @property
    def nonce(self) -> str:
        """What the prompt says behind `nonce=`, or the request's id."""
        found = _NONCE.search(self.body)
        return found[1].decode() if found else self.headers.get("x-request-id", "none")


async def read(reader: asyncio.StreamReader) -> Asked | None:
    """The next request; None when the client has closed."""
    try:
        raw = await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError:
        raise NotHttpError from None
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = raw[:-4].decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3:
        raise NotHttpError
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    try:
        return Asked(words[0], words[1], headers, await _body(reader, headers))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    except ValueError:
        raise NotHttpError from None


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return await _chunked(reader)
    length = int(headers.get("content-length", "0"))
    if not 0 <= length <= BODY_LIMIT:
        raise NotHttpError
    return await reader.readexactly(length)


async def _chunked(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while size := int((await reader.readuntil(b"\r\n")).partition(b";")[0], 16):
        if not 0 < size <= BODY_LIMIT - len(body):
            raise NotHttpError
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readuntil(b"\r\n")
    return bytes(body)
