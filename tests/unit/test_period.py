"""Periods: calendars with all that clocks do at midnight, and windows without a gap."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from lockgate.app.zone import zone
from lockgate.core.period import SECOND, Calendar, Unit, Window, calendar, rolling

ZONES = (
    *("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns"),
    *("America/Sao_Paulo", "America/Havana", "Asia/Beirut", "Pacific/Apia", "Africa/Casablanca", "America/Toronto"),
)
UNITS: tuple[Unit, ...] = ("day", "week", "month")
instants = some.integers(-(10**15), 4 * 10**15)  # 1938 to 2096
zones = some.sampled_from(ZONES).map(ZoneInfo)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * SECOND


def local(zone: tzinfo, now: int) -> date:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=now)).astimezone(zone).date()


TABLE = {
    # clocks go forward: a day of 23 hours; back: one of 25
    "spring": ("day", "Europe/Berlin", "2026-03-29T12:00+02:00", "2026-03-29", "2026-03-29T00:00+01:00", 23),
    "autumn": ("day", "Europe/Berlin", "2026-10-25T12:00+01:00", "2026-10-25", "2026-10-25T00:00+02:00", 25),
    "a week with a change": ("week", "Europe/Berlin", "2026-03-27T00:00Z", "2026-W13", "2026-03-23T00:00+01:00", 167),
    "a month with a change": ("month", "Europe/Berlin", "2026-10-03T00:00Z", "2026-10", "2026-10-01T00:00+02:00", 745),
    "the week of a year's end": ("week", "UTC", "2027-01-01T00:00Z", "2026-W53", "2026-12-28T00:00Z", 168),
    "a leap day": ("day", "UTC", "2028-02-29T23:59Z", "2028-02-29", "2028-02-29T00:00Z", 24),
    "a leap month": ("month", "UTC", "2028-02-29T00:00Z", "2028-02", "2028-02-01T00:00Z", 29 * 24),
    "a month that is none": ("month", "UTC", "2026-02-28T23:00Z", "2026-02", "2026-02-01T00:00Z", 28 * 24),
    "December": ("month", "America/New_York", "2027-01-01T04:59Z", "2026-12", "2026-12-01T00:00-05:00", 31 * 24),
    # midnight does not exist: the day begins at one o'clock
    "no midnight": ("day", "America/Sao_Paulo", "2018-11-04T12:00-02:00", "2018-11-04", "2018-11-04T03:00Z", 23),
    # midnight is there twice: the day begins at the first
    "two midnights": ("day", "America/Havana", "2026-11-01T12:00-05:00", "2026-11-01", "2026-11-01T04:00Z", 25),
    # 23:30 becomes 00:30: the day begins there
    "half of the first hour": ("day", "America/Toronto", "1919-03-31T12:00-04:00", "1919-03-31", "1919-03-31T04:30Z", 23.5),
    # 00:01 becomes 23:01 of the day before, which is over all the same
    "yesterday once more": ("day", "America/St_Johns", "2006-10-28T23:30-03:30", "2006-10-29", "2006-10-29T02:30Z", 25),
    # Samoa left out the 30th
    "a day that was not": ("day", "Pacific/Apia", "2011-12-30T10:00Z", "2011-12-31", "2011-12-30T10:00Z", 24),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_a_window_of_the_calendar(name: str) -> None:
    unit, zone, now, id_, start, hours = TABLE[name]

    window = calendar(unit, ZoneInfo(zone), at(now))  # type: ignore[arg-type]

    assert (window.id, window.start) == (id_, at(start))
    assert (window.end - window.start) / SECOND / 3600 == hours


@given(some.sampled_from(UNITS), zones, instants)
@example("day", ZoneInfo("America/Toronto"), at("1919-03-31T04:29:59Z"))
@example("month", ZoneInfo("Pacific/Apia"), at("2011-12-30T09:59:59Z"))
def test_an_instant_is_in_one_window_and_windows_touch(unit: Unit, zone: ZoneInfo, now: int) -> None:
    window = calendar(unit, zone, now)

    assert window.holds(now)
    assert calendar(unit, zone, window.start) == calendar(unit, zone, window.end - 1) == window
    after, before = calendar(unit, zone, window.end), calendar(unit, zone, window.start - 1)
    assert (after.start, before.end) == (window.end, window.start)
    assert before.id < window.id < after.id


@given(some.sampled_from(UNITS), zones, instants)
def test_a_window_begins_where_its_first_date_does(unit: Unit, zone: ZoneInfo, now: int) -> None:
    window = calendar(unit, zone, now)

    first, before = local(zone, window.start), local(zone, window.start - 1)
    assert first > before
    if unit == "day":
        assert first.isoformat() == window.id
    elif unit == "month":
        assert first.isoformat()[:7] == window.id
        assert (first.day, (first - before).days) in ((1, 1), (1, 2), (2, 2))
    else:
        assert first.weekday() in (0, 1)
        assert "{}-W{:02d}".format(*first.isocalendar()[:2]) == window.id


@given(some.sampled_from(UNITS), zones, some.lists(instants, min_size=1, max_size=20))
def test_a_calendar_that_remembers_says_the_same(unit: Unit, zone: ZoneInfo, moments: list[int]) -> None:
    remembering = Calendar(unit, zone)

    assert [remembering.window(now) for now in moments] == [calendar(unit, zone, now) for now in moments]


@given(instants, some.integers(0, 10**8), some.integers(0, 10**8))
def test_who_waits_for_the_reset_is_not_too_early(start: int, length: int, later: int) -> None:
    window = Window("", start, start + length)

    seconds = window.reset(start + later)

    assert start + later + seconds * SECOND >= window.end
    assert seconds == 0 or start + later + (seconds - 1) * SECOND < window.end


@given(some.integers(1, 10**15), instants)
def test_a_rolling_window_is_as_long_as_it_says_and_ends_now(per: int, now: int) -> None:
    window = rolling(per, now)

    assert window.holds(now)
    assert not window.holds(now + 1)
    assert (window.end - window.start, window.holds(now - per)) == (per, False)


@pytest.mark.parametrize("name", ["Europe/Berlim", "", "../../etc/passwd", "/etc/localtime", "Europe", "a\0b"])
def test_a_zone_that_is_not_known_is_a_value_error(name: str) -> None:
    with pytest.raises(ValueError, match="time zone"):
        zone(name)


def test_utc_needs_no_table() -> None:
    assert zone("UTC") is UTC
    assert zone("Europe/Berlin") == ZoneInfo("Europe/Berlin")
