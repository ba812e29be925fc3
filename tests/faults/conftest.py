"""One gateway before one faulty upstream, for all rows of a file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.rig import Rig, rig

SMALL = ", max_response_bytes: 100000"
FAULTS = {
    **dict.fromkeys(("u3-hang", "u4-hang", "u5-rst", "u5-rst-early", "u5-fin", "u5-fin-early", "u5-fin-clean"), ""),
    **dict.fromkeys(("u6-ms-50", "u6-seconds-1", "u6-date-30", "u6-huge", "u6-negative", "u6-garbage", "u7-429"), ""),
    **dict.fromkeys(("u8-500", "u8-502", "u8-503", "u8-529", "u9-drip", "late-error"), ""),
    **dict.fromkeys(("u10-no-blank", "u10-bare-cr", "u10-bytewise", "u10-no-space", "u10-comments", "u10-bom"), ""),
    **dict.fromkeys(("u10-twice-begun", "u10-twice-ended", "u10-usage-null", "u10-empty-frames", "u10-garbage"), ""),
    **dict.fromkeys(("u10-html", "u11-malformed", "u11-half", "u11-error", "u11-empty", "u11-204", "u11-302"), ""),
    **dict.fromkeys(("u12-cut-gzip", "u12-no-gzip"), ""),
    **dict.fromkeys(("u12-bomb", "u13-huge"), SMALL),
    "u13-endless": SMALL + ", max_stream_duration: 300ms",
    **dict.fromkeys(("u14-whole", "u14-plain", "u14-binary"), ""),
    **dict.fromkeys(("u17-long", "u17-short", "u17-100-3", "u17-100-30", "u17-103", "u17-trailers"), ""),
    **dict.fromkeys(("u17-fields", "u17-not-http", "context-length", "content-filter"), ""),
}
"""Those with a row, and settings of their providers beside small time-outs."""

MORE = """\
  refused: {kind: openai_compatible, base_url: "http://PLACE-refused/v1"}
  hole: {kind: openai_compatible, base_url: "http://PLACE-black-hole/v1", timeouts: {connect: 200ms}}
  tls: {kind: openai_compatible, base_url: "https://PLACE-tls/v1", tls: {ca: "PLACE-tls-ca"}}
  tls-expired: {kind: openai_compatible, base_url: "https://PLACE-tls-expired/v1", tls: {ca: "PLACE-tls-ca"}}
  tls-other-name: {kind: openai_compatible, base_url: "https://PLACE-tls-other-name/v1", tls: {ca: "PLACE-tls-ca"}}
  tls-self-signed: {kind: openai_compatible, base_url: "https://PLACE-tls-self-signed/v1"}
  tls-old: {kind: openai_compatible, base_url: "https://PLACE-tls-1.1/v1", tls: {ca: "PLACE-tls-ca"}}
  tls-stalled: {kind: openai_compatible, base_url: "https://PLACE-tls-stalled/v1", timeouts: {connect: 200ms}}
  limited-a: {kind: openai_compatible, base_url: "UPSTREAM/v1"}
  limited-b: {kind: anthropic, base_url: "UPSTREAM"}
---
  refused: {targets: [{provider: refused}], retry: {attempts: 1}}
  refused+: {targets: [{provider: refused}, {provider: well-anthropic, model: faulty-ok}]}
  hole: {targets: [{provider: hole}], retry: {attempts: 1}}
  hole+: {targets: [{provider: hole}, {provider: well-anthropic, model: faulty-ok}]}
  tls: {targets: [{provider: tls, model: faulty-ok}]}
  tls-expired: {targets: [{provider: tls-expired}]}
  tls-other-name: {targets: [{provider: tls-other-name}]}
  tls-self-signed: {targets: [{provider: tls-self-signed}]}
  tls-old: {targets: [{provider: tls-old}]}
  tls-stalled: {targets: [{provider: tls-stalled}]}
  limited: {targets: [{provider: limited-a, model: limited}], retry: {attempts: 3}}
  cold: {targets: [{provider: limited-a, model: faulty-u6-seconds-30}, {provider: limited-b, model: faulty-u6-seconds-30}]}
  too-long: {targets: [{provider: well-openai, model: faulty-context-length}, {provider: well-anthropic, model: faulty-ok}], fallback_on: [context_length]}
  unliked: {targets: [{provider: well-openai, model: faulty-content-filter}, {provider: well-gemini, model: faulty-ok}], fallback_on: [content_filter]}
"""


@pytest.fixture(scope="package")
def upstreams(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    folder: Path = tmp_path_factory.mktemp("faults")
    with rig(folder, FAULTS, more=MORE) as running:
        yield running
