"""Time inside a trailing window, against microseconds counted one by one."""

from hypothesis import given, settings
from hypothesis import strategies as st
from malus.measures.segments import merge_stretches
from malus.measures.trailing import reached_instants, time_inside

from tests.measures import build, obvious


@settings(max_examples=400)
@given(build.stretches(8), st.integers(1, 30), st.integers(1, 32))
def test_every_instant_at_which_a_window_comes_to_a_limit_is_found_to_the_microsecond(outages, width, reach):
    merged = merge_stretches(*build.columns(outages))
    found = reached_instants(merged, width, reach, used_once=False)
    assert [at for at, _ in found] == obvious.reached(merged, width, reach)
    for at, oldest in found:
        assert oldest == min(obvious.microseconds(merged) & set(range(at - width, at)))


@settings(max_examples=200)
@given(build.stretches(8), st.integers(1, 30), st.integers(1, 32))
def test_time_that_was_used_never_counts_again(outages, width, reach):
    merged = merge_stretches(*build.columns(outages))
    used = -10
    for at, oldest in reached_instants(merged, width, reach, used_once=True):
        fresh = {moment for moment in obvious.microseconds(merged) if used <= moment}
        assert len(fresh & set(range(at - width, at))) == reach
        assert oldest >= used
        used = at


@settings(max_examples=200)
@given(build.stretches(8), st.integers(1, 60), st.integers(-20, 80))
def test_the_time_inside_is_what_lies_between_both_edges(outages, width, at):
    merged = merge_stretches(*build.columns(outages))
    assert time_inside(merged, width, at) == len(obvious.microseconds(merged) & set(range(at - width, at)))


def test_a_window_that_is_wider_than_64_bits_is_exact():
    assert reached_instants([(0, 2**64)], 2**65, 2**63 + 1, used_once=False) == [(2**63 + 1, 0)]


def test_no_time_down_reaches_nothing():
    assert reached_instants([], 10, 1, used_once=False) == []
    assert time_inside([], 10, 5) == 0
