"""One answer after another out of a connection's bytes, however they were cut: no sockets, no clock."""

from typing import Final, final

import httptools

from lockgate.transports.http.decoding import Inflater, inflater
from lockgate.transports.http.failures import Broken
from lockgate.transports.http.response import ResponseBody

HEAD_BYTES: Final = 64 * 1024
HEAD_FIELDS: Final = 256
_SLICE: Final = 16 * 1024
"""Bytes that are parsed before counts are looked at again."""
_NO_BODY: Final = frozenset({204, 304})
_FRAMING: Final = frozenset({b"content-length", b"transfer-encoding", b"content-encoding"})
_LOST_IN_DECODING: Final = frozenset({b"content-length", b"content-encoding"})
_INTERIM: Final = 8
"""Answers of 100 to 199 before the one that counts."""
STEP: Final = 1024
"""Bytes of content that count as progress; fewer do when a line ends in them. A byte now and then is none."""
_WRAPPING: Final = 16
"""Bytes of chunk framing for one of content; what is far beyond is no answer but a way to keep us busy."""


@final
class ResponseParser:
    """Fills the body it was told to `expect`. `feed` and `end` raise `Broken` for what is not one sound answer.

    `heard`: bytes of the answer came. `moved`: it made progress; for the connection to look at and to take back.
    `finished`: it is whole. `reusable`: the next one may come on the same connection.
    Methods that begin with `on_` are called by httptools.
    """

    __slots__ = (
        "_bare",
        "_bodiless",
        "_body",
        "_fields",
        "_framing",
        "_inflater",
        "_interims",
        "_max",
        "_noted",
        "_parser",
        "_raw",
        "_reason",
        "_received",
        "_seen",
        "_unseen",
        "_until_close",
        "finished",
        "moved",
        "reusable",
    )

    def __init__(self) -> None:
        self._parser: httptools.HttpResponseParser | None = httptools.HttpResponseParser(self)
        self._fields: list[tuple[bytes, bytes]] = []
        self._framing: list[tuple[bytes, bytes]] = []
        self._inflater: Inflater | None = None
        self._reason = ""
        self._raw = 0
        self._unseen = _SLICE
        self._until_close = False
        self.finished = True

    def expect(self, body: ResponseBody, max_bytes: int, *, bodiless: bool) -> None:
        """The next answer goes to `body`; `bodiless` as those to HEAD are."""
        self._body = body
        self._max = max_bytes
        self._bodiless = bodiless
        self._fields = []
        self._framing = []
        self._inflater = None
        self._interims = self._raw = self._received = self._noted = self._seen = self._bare = 0
        self.moved = False
        self._unseen = _SLICE
        self._until_close = self.finished = self.reusable = False

    @property
    def heard(self) -> bool:
        return self._raw > 0

    def feed(self, data: bytes) -> None:
        self._raw += len(data)
        parser = self._parser
        if parser is None:
            return
        try:
            if len(data) <= _SLICE:
                parser.feed_data(data)
            else:
                self._feed_slices(parser, data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self.reusable = False
            if not self.finished:
                raise Broken(self._reason or f"broken HTTP from the upstream: {error}") from error
        if self._raw > self._unseen and not self.finished:
            self._check_share()
            self._unseen = self._raw + _SLICE

    def end(self, *, clean: bool) -> bool:
        """The connection has ended. Whether that makes the answer whole: only a clean end of one without a length does."""
        self._parser = None  # it holds us by our methods: a cycle
        if not (clean and self._until_close):
            return False
        if self._inflater is not None:
            self._inflater.end()
        return True

    def on_message_begin(self) -> None:
        if self.finished:
            self._refuse("bytes after the answer")

    def on_header(self, name: bytes, value: bytes) -> None:
        field = (name.lower(), value.rstrip())
        if field[0] in _FRAMING:
            self._framing.append(field)
        self._fields.append(field)

    def on_headers_complete(self) -> None:
        parser = self._parser
        assert parser is not None
        status = parser.get_status_code()
        fields = self._fields
        self._fields = []  # from here on they are trailers: counted, and dropped
        if self._raw > _SLICE or len(fields) > HEAD_FIELDS:
            self._check_head(fields)
        if not 200 <= status < 600:
            self._skip(status)
            return
        body = self._body
        if self._bodiless:
            # httptools cannot be told that no body follows, so this connection is not used again.
            self.finished = True
        else:
            self.reusable = parser.should_keep_alive()
            if status not in _NO_BODY:
                self._frame()
                if self._inflater is not None:
                    fields = [field for field in fields if field[0] not in _LOST_IN_DECODING]
        self.moved = True
        body.headers = tuple(fields)
        body.status = status

    def on_body(self, data: bytes) -> None:
        if self.finished:
            return
        self._received += len(data)
        if self._received > self._max:
            self._refuse("the answer is larger than may be taken")
        if self._inflater is not None:
            try:
                data = self._inflater.feed(data)
            except Broken as error:
                self._refuse(str(error))
        if data:
            self._body.push(data)
            if b"\n" in data or self._received - self._noted >= STEP:
                self.moved = True
                self._noted = self._received

    def on_message_complete(self) -> None:
        if not self._body.status:
            return
        if self._inflater is not None and not self.finished:
            try:
                self._inflater.end()
            except Broken as error:
                self._refuse(str(error))
        self.finished = True

    def _check_head(self, fields: list[tuple[bytes, bytes]]) -> None:
        if len(fields) > HEAD_FIELDS:
            self._refuse("the answer has too many header fields")
        if self._raw > HEAD_BYTES and sum(len(name) + len(value) + 4 for name, value in fields) > HEAD_BYTES:
            self._refuse("the answer's header is too large")

    def _skip(self, status: int) -> None:
        """An answer before the answer, such as 103: not more than a few."""
        self._interims += 1
        self._framing = []
        if not 100 <= status < 200:
            self._refuse("the answer has no status that HTTP knows")
        if status == 101 or self._interims > _INTERIM:
            self._refuse("the answer does not come to its point")

    def _frame(self) -> None:
        """Takes down what the header says about the body's end and form."""
        self._until_close = True
        codings = []
        for name, value in self._framing:
            if name == b"content-encoding":
                codings.append(value)
            elif (
                name == b"content-length"
            ):  # httptools saw to it that there is one at most, a number, and no coding with it
                self._until_close = False
                if int(value) > self._max:
                    self._refuse("the answer is larger than may be taken")
            elif value.lower() == b"chunked" and self._until_close:
                self._until_close = False
            else:
                self._refuse("the answer has a transfer encoding that was not asked for")
        if codings:
            try:
                self._inflater = inflater(codings, self._max)
            except Broken as error:
                self._refuse(str(error))

    def _feed_slices(self, parser: httptools.HttpResponseParser, data: bytes) -> None:
        """As `feed_data`, but a header of very many fields is noticed before all of them are kept."""
        view = memoryview(data)
        for start in range(0, len(data), _SLICE):
            parser.feed_data(view[start : start + _SLICE])
            if len(self._fields) > HEAD_FIELDS:
                self._refuse("the answer has too many header fields")

    def _check_share(self) -> None:
        if len(self._fields) > HEAD_FIELDS:
            raise Broken("the answer has too many header fields")
        raw = self._raw
        if raw > HEAD_BYTES and not self._body.status:
            raise Broken("the answer's header is too large")
        received = self._received
        if received > self._seen:
            self._seen, self._bare = received, raw
        # However much content there was: a field behind it is put together anew with each piece of it that comes.
        if raw > 2 * HEAD_BYTES + (_WRAPPING + 1) * received or raw - self._bare > 2 * HEAD_BYTES:
            raise Broken("the answer is more framing than content")

    def _refuse(self, reason: str) -> None:
        """Stops httptools, which turns the exception of a callback into one of its own."""
        self._reason = reason
        raise Broken(reason)
