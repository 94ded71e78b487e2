import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from malus.measures.measure import observed_states
from malus.measures.segments import cut_segments

from tests.measures import build, obvious

CHECKS = st.lists(st.tuples(st.integers(-10, 45), st.integers(0, 2)), max_size=10).map(
    lambda checks: sorted(checks, key=lambda check: check[0])
)


@settings(max_examples=400)
@given(CHECKS, build.disjoint(), build.stretches(4), st.integers(-1, 9), st.integers(-5, 60))
def test_a_state_holds_until_the_next_check_or_its_time_is_up(checks, periods, exclusions, hold, until):
    segments = cut_segments(*build.columns(periods), *build.columns(exclusions))
    expected = obvious.states(checks, periods, exclusions, hold, until)
    assert observed_states(*build.columns(checks), segments, hold=hold, until=until) == expected
    shift = 2**63
    far = cut_segments(
        *([number + shift for number in c] for c in build.columns(periods)),
        *([number + shift for number in c] for c in build.columns(exclusions)),
    )
    moved = [instant + shift for instant, _ in checks]
    codes = [code for _, code in checks]
    assert observed_states(moved, codes, far, hold=hold, until=until + shift) == expected


def test_the_state_before_a_period_comes_from_the_last_check_before_it():
    month = cut_segments([100], [200])
    assert observed_states([10, 20], [0, 1], month, hold=-1, until=500) == [(100, 0, 100)]
    assert observed_states([10, 20], [0, 1], month, hold=80, until=500) == [(0, 0, 0)]
    assert observed_states([10, 20], [0, 1], month, hold=81, until=500) == [(1, 0, 1)]


def test_of_two_checks_at_one_instant_the_later_row_holds():
    month = cut_segments([0], [10])
    assert observed_states([2, 2], [1, 2], month, hold=-1, until=10) == [(0, 8, 8)]
    assert observed_states([2, 2], [2, 1], month, hold=-1, until=10) == [(8, 0, 8)]


def test_a_time_as_of_beyond_64_bits_is_exact():
    month = cut_segments([0], [10])
    assert observed_states([2], [1], month, hold=-1, until=2**70) == [(8, 0, 8)]
    ages = cut_segments([-(2**62)], [2**62])
    assert observed_states([-(2**62)], [2], ages, hold=-1, until=2**62) == [(0, 2**63, 2**63)]
    assert observed_states([2], [1], month, hold=2**70, until=50) == [(8, 0, 8)]


@pytest.mark.parametrize(("instants", "codes"), [([5, 3], [0, 0]), ([2**64, 3], [0, 0])])
def test_checks_out_of_order_are_refused(instants, codes):
    with pytest.raises(ValueError, match="sorted"):
        observed_states(instants, codes, cut_segments([0], [10]), hold=-1, until=10)


@pytest.mark.parametrize("code", [-1, 3, 2**62])
@pytest.mark.parametrize("instant", [1, 2**64])
def test_an_unknown_state_is_refused(instant, code):
    with pytest.raises(ValueError, match="0 up, 1 down or 2 degraded"):
        observed_states([instant], [code], cut_segments([0], [10]), hold=-1, until=10)
