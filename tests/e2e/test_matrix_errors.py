"""Each official client gets its own typed exceptions, whichever family is behind: our refusals and the upstream's errors."""

import pytest

from tests.e2e.clients import Client
from tests.e2e.plant import FAMILIES, Plant


def test_a_wrong_key_is_an_authentication_error(plant: Plant, sdk: Client) -> None:
    stranger = type(sdk)(plant.gateway.url, "lg-wrong")
    mark = plant.upstream.mark("chat")

    with pytest.raises(sdk.errors[401]) as refused:
        stranger.chat("best@openai", mark.text)
    stranger.close()

    assert sdk.status(refused.value) == 401
    assert plant.upstream.calls(mark) == 0


def test_an_unknown_model_is_not_found(plant: Plant, sdk: Client) -> None:
    with pytest.raises(sdk.errors[404]) as refused:
        sdk.chat("nowhere", "hi")

    assert sdk.status(refused.value) == 404


@pytest.mark.parametrize("family", FAMILIES)
def test_what_a_rule_blocks_is_a_bad_request_and_stays_here(plant: Plant, sdk: Client, family: str) -> None:
    mark = plant.upstream.mark("chat")

    with pytest.raises(sdk.errors[400], match="no-bluebird") as refused:
        sdk.chat(f"best@{family}", f"{mark.text} the bluebird")

    assert sdk.status(refused.value) == 400
    assert "bluebird" not in str(refused.value).replace("no-bluebird", "")
    assert plant.upstream.calls(mark) == 0


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("status", [429, 500, 529])
@pytest.mark.parametrize("family", FAMILIES)
def test_an_upstreams_error_is_the_clients_own(
    plant: Plant, sdk: Client, family: str, status: int, *, stream: bool
) -> None:
    mark = plant.upstream.mark(str(status))

    with pytest.raises(sdk.errors[status], match="upstream says no") as refused:
        list(sdk.stream(f"best@{family}", mark.text) if stream else sdk.chat(f"best@{family}", mark.text))

    assert sdk.status(refused.value) == status
    assert plant.upstream.calls(mark) == 1


@pytest.mark.parametrize("family", FAMILIES)
def test_an_upstream_that_refuses_our_credential_is_not_the_clients_fault(
    plant: Plant, sdk: Client, family: str
) -> None:
    mark = plant.upstream.mark("401")

    with pytest.raises(sdk.errors[502]) as refused:
        sdk.chat(f"best@{family}", mark.text)

    assert sdk.status(refused.value) == 502
    assert plant.credentials[family] not in str(refused.value)


@pytest.mark.parametrize("broken", ["reset", "cut"])
@pytest.mark.parametrize("family", FAMILIES)
def test_a_stream_that_breaks_is_an_exception_and_never_a_clean_end(
    plant: Plant, sdk: Client, family: str, broken: str
) -> None:
    mark = plant.upstream.mark(broken)
    got: list[str] = []

    with pytest.raises(sdk.broken):
        got.extend(sdk.stream(f"best@{family}", mark.text))

    assert "".join(got) == "The "
