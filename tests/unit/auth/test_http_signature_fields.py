"""Half a signature is told by the name of the field that is not there."""

import pytest

from lockgate.core.auth import Presented
from tests.unit.auth.test_http_signature import presented, refused


@pytest.mark.parametrize("name", [b"signature", b"signature-input"])
async def test_one_of_the_two_fields_alone_is_told_by_name(name: bytes) -> None:
    good = presented()
    headers = tuple(each for each in good.headers if each[0] != name)

    assert f"the header {name.decode()} is missing" in await refused(
        Presented(good.method, good.path, good.query, headers)
    )
