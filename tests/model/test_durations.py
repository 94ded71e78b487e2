from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from malus.model.durations import Duration, duration_text, parse_duration
from malus.model.instants import HOUR, MINUTE, SECOND


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [
        ("4 hours", 4 * HOUR),
        ("1 hour", HOUR),
        ("1.5 hours", 90 * MINUTE),
        ("0 seconds", 0),
        ("0.000001 seconds", 1),
        ("250 milliseconds", 250_000),
        ("1 microsecond", 1),
        ("43200 minutes", 720 * HOUR),
    ],
)
def test_hours_and_shorter_are_elapsed_time(text: str, microseconds: int) -> None:
    duration = parse_duration(text)
    assert duration.is_exact
    assert duration.exact_microseconds == microseconds


@pytest.mark.parametrize("unit", ["day", "week", "month", "quarter", "year", "business day"])
def test_days_and_longer_have_no_length_of_their_own(unit: str) -> None:
    duration = parse_duration(f"5 {unit}s")
    assert (duration.whole_number, duration.unit) == (5, f"{unit}s")
    assert not duration.is_exact
    with pytest.raises(ValueError, match=f"5 {unit}s has no length of its own"):
        _ = duration.exact_microseconds


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("4hours", "number, one blank, unit"),
        ("4  hours", "number, one blank, unit"),
        ("04 hours", "number, one blank, unit"),
        ("-4 hours", "number, one blank, unit"),
        ("1 hour 30 minutes", "number, one blank, unit"),
        ("1e3 hours", "number, one blank, unit"),
        ("4 hours\n", "number, one blank, unit"),
        ("٤ hours", "number, one blank, unit"),
        ("4 h", "'h' is no unit of time: write one of microseconds"),
        ("4 working days", "'working days' is no unit of time"),
        ("1.5 months", "is not a whole number of months"),
        ("0.5 business days", "is not a whole number of business days"),
        ("0.0000001 seconds", "is not a whole number of microseconds"),
        ("201 years", "longer than 200 years"),
        ("1752001 hours", "longer than 200 years"),
    ],
)
def test_a_malformed_duration_is_refused_with_a_plain_sentence(text: str, advice: str) -> None:
    with pytest.raises(ValueError, match=advice):
        parse_duration(text)


@pytest.mark.parametrize("text", ["200 years", "2400 months", "73000 business days", "1752000 hours"])
def test_the_longest_duration_is_still_one(text: str) -> None:
    assert str(parse_duration(text)) == text


def test_a_duration_is_never_negative_and_has_a_known_unit() -> None:
    with pytest.raises(ValueError, match="not negative"):
        Duration(number=-1, unit="hours")
    with pytest.raises(ValueError, match="no unit of time"):
        Duration(number=1, unit="fortnights")  # type: ignore[arg-type]


def test_equal_durations_have_one_spelling() -> None:
    written = parse_duration("4.0 hours")
    assert written == Duration(number=Fraction(4), unit="hours") == Duration(number=4, unit="hours")
    assert type(written.number) is int
    assert str(written) == "4 hours"


@pytest.mark.parametrize("text", ["1 month", "5 business days", "1.5 hours", "0.25 seconds", "0 seconds"])
def test_a_duration_is_written_as_it_is_read(text: str) -> None:
    assert str(parse_duration(text)) == text


def test_a_duration_without_a_decimal_is_written_as_a_fraction() -> None:
    third = Duration(number=Fraction(1, 3), unit="hours")
    assert third.exact_microseconds == 20 * MINUTE
    assert str(third) == "1/3 hours"
    with pytest.raises(ValueError, match="not a whole number of hours"):
        _ = third.whole_number


@pytest.mark.parametrize(
    ("microseconds", "text"),
    [
        (43 * MINUTE + 12 * SECOND, "43 min 12 s"),
        (MINUTE + 12 * SECOND, "1 min 12 s"),
        (2 * HOUR, "2 h"),
        (0, "0 s"),
        (1, "1 µs"),
        (1_500, "1 ms 500 µs"),
        (26 * HOUR + SECOND, "26 h 1 s"),
        (-MINUTE, "-1 min"),
    ],
)
def test_elapsed_time_is_printed_as_people_read_it(microseconds: int, text: str) -> None:
    assert duration_text(microseconds) == text


@given(st.integers(min_value=0, max_value=10**18))
def test_printed_elapsed_time_loses_nothing(microseconds: int) -> None:
    size = {"h": HOUR, "min": MINUTE, "s": SECOND, "ms": 1_000, "µs": 1}
    words = duration_text(microseconds).split()
    assert sum(int(count) * size[unit] for count, unit in zip(words[::2], words[1::2], strict=True)) == microseconds
