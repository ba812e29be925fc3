"""The store of limits of a worker, whatever becomes of the log that it is restored from."""

from pathlib import Path

from lockgate.app.limit_keeper import LimitKeeper
from lockgate.app.settings import Config
from lockgate.app.settings.limits import LimitSettings
from lockgate.core.alert import Alert
from lockgate.core.limit import Claim, Shape


def nobody(alert: Alert) -> None:
    raise AssertionError(alert)


async def test_a_log_that_cannot_be_read_holds_up_limits_and_ends_no_worker(tmp_path: Path) -> None:
    in_the_way = tmp_path / "audit" / "w0-00000001.jsonl"
    in_the_way.mkdir(parents=True)
    keeper = LimitKeeper(tmp_path, 1, nobody)
    config = Config(version=1, limits=(LimitSettings("requests", 10, "1m"),))
    admission = keeper.admission(config, {})
    assert admission is not None

    await keeper.tick(0)
    assert keeper.down

    in_the_way.rmdir()
    await keeper.tick(2)
    assert not keeper.down
    assert (await admission.store.reserve([Claim(bytes(16), Shape("sliding", 1, 60_000_000), 1)])).lease
    await keeper.aclose()


async def test_a_line_of_the_log_whose_time_is_none_holds_up_limits_and_ends_no_worker(tmp_path: Path) -> None:
    (tmp_path / "audit").mkdir()
    line = '{"kind":"intent","ts":"yesterday","request_id":"a"}\n'
    (tmp_path / "audit" / "w0-00000001.jsonl").write_text(line)
    keeper = LimitKeeper(tmp_path, 1, nobody)
    keeper.admission(Config(version=1, limits=(LimitSettings("requests", 10, "1m"),)), {})

    await keeper.tick(0)

    assert keeper.down
    await keeper.aclose()
