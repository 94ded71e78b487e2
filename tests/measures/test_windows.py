import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from malus.measures.segments import merge_stretches
from malus.measures.windows import first_window_reaching, window_counts

from tests.measures import build, obvious


@settings(max_examples=300)
@given(st.lists(st.integers(-5, 30), max_size=12).map(sorted), st.integers(0, 40), st.booleans())
def test_a_trailing_window_counts_what_lies_in_it(instants, width, closed):
    expected = [
        sum(t - width < other <= t or (closed and other == t - width) for other in instants) for t in instants
    ]
    assert window_counts(instants, width, closed=closed) == expected
    assert window_counts([t + 2**63 for t in instants], width, closed=closed) == expected


def test_an_old_event_exactly_a_window_ago_counts_only_with_a_closed_edge():
    assert window_counts([0, 30], 30, closed=True) == [1, 2]
    assert window_counts([0, 30], 30, closed=False) == [1, 1]


def test_a_window_wider_than_64_bits_holds_everything():
    assert window_counts([0, 1, 2**60], 2**64, closed=False) == [1, 2, 3]


@settings(max_examples=400)
@given(build.stretches(8), st.integers(1, 30), st.integers(1, 32))
def test_the_first_window_that_reaches_a_limit_is_found_to_the_microsecond(outages, width, reach):
    merged = merge_stretches(*build.columns(outages))
    expected = obvious.first_reach(merged, width, reach) if merged else None
    assert first_window_reaching(merged, width, reach, above=False) == expected
    assert first_window_reaching(merged, width, reach - 1, above=True) == expected
    far = [(start + 2**63, end + 2**63) for start, end in merged]
    moved = None if expected is None else expected + 2**63
    assert first_window_reaching(far, width, reach, above=False) == moved


def test_above_needs_one_microsecond_more_than_at_least():
    assert first_window_reaching([(10, 40)], 100, 20, above=False) == 30
    assert first_window_reaching([(10, 40)], 100, 20, above=True) == 31
    assert first_window_reaching([(10, 40)], 100, 30, above=True) is None


def test_limits_beyond_64_bits_are_exact():
    assert first_window_reaching([(0, 2**60)], 2**61, 2**70, above=False) is None
    assert first_window_reaching([(0, 2**64)], 2**64, 2**63, above=True) == 2**63 + 1
    assert first_window_reaching([(-(2**62), 2**62)], 2**63, 2**63, above=False) == 2**62
    assert first_window_reaching([(-(2**61), 2**61)], 2**61, 2**61, above=False) == 0


def test_a_limit_that_no_time_at_all_reaches_is_refused():
    with pytest.raises(ValueError, match="always reached"):
        first_window_reaching([(0, 5)], 10, 0, above=False)
    assert first_window_reaching([(0, 5)], 10, 0, above=True) == 1


@pytest.mark.parametrize("stretches", [[(0, 5), (5, 9)], [(6, 9), (0, 5)], [(3, 3)]])
def test_stretches_that_are_not_merged_are_refused(stretches):
    with pytest.raises(ValueError, match="merged"):
        first_window_reaching(stretches, 10, 1, above=False)


def test_unsorted_instants_and_negative_widths_are_refused():
    for instants in ([2, 1], [2**64, 1]):
        with pytest.raises(ValueError, match="sorted"):
            window_counts(instants, 5, closed=True)
    with pytest.raises(ValueError, match="negative"):
        window_counts([1], -1, closed=True)
