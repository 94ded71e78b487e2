import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from malus.measures import exact
from malus.measures.measure import covered_time
from malus.measures.segments import cut_segments, merge_stretches

from tests.measures import build, obvious

MINUTE = 60_000_000
JUNE = (1_780_264_800_000_000, 1_782_856_800_000_000)  # June 2026 in Amsterdam


@settings(max_examples=300)
@given(build.stretches(), build.disjoint(), build.stretches(4), st.integers(0, 6))
def test_outages_count_each_microsecond_of_a_period_once(outages, periods, exclusions, ignore_up_to):
    segments = cut_segments(*build.columns(periods), *build.columns(exclusions))
    expected = obvious.covered(outages, periods, exclusions, ignore_up_to)
    assert covered_time(*build.columns(outages), segments, ignore_up_to) == expected


@settings(max_examples=300)
@given(build.disjoint(), build.stretches(5))
def test_counted_and_excluded_time_add_up_to_the_period(periods, exclusions):
    segments = cut_segments(*build.columns(periods), *build.columns(exclusions))
    excluded = obvious.microseconds(exclusions)
    assert segments.excluded == [len(obvious.microseconds([period]) & excluded) for period in periods]
    lengths = [end - start for start, end in periods]
    assert [sum(pair) for pair in zip(segments.counted, segments.excluded, strict=True)] == lengths


@settings(max_examples=200)
@given(build.stretches(), build.disjoint(), build.stretches(4), st.integers(0, 6), st.sampled_from([62, 63, 70]))
def test_the_compiled_and_the_exact_path_agree(outages, periods, exclusions, ignore_up_to, power):
    near = cut_segments(*build.columns(periods), *build.columns(exclusions))

    def far(pairs):
        return [[number + 2**power for number in column] for column in build.columns(pairs)]

    beyond = cut_segments(*far(periods), *far(exclusions))
    assert near.columns is not None
    assert not periods or beyond.columns is None
    assert (beyond.counted, beyond.excluded) == (near.counted, near.excluded)
    figures = covered_time(*build.columns(outages), near, ignore_up_to)
    assert covered_time(*far(outages), beyond, ignore_up_to) == figures
    stretches = exact.merged(*build.columns(outages), ignore_up_to)
    assert [exact.overlap(stretches, pieces) for pieces in near.pieces] == figures


def test_touching_outages_are_one_stretch_and_one_microsecond_apart_they_are_two():
    month = cut_segments([0], [100])
    assert covered_time([10, 15], [15, 20], month, ignore_up_to=9) == [10]
    assert covered_time([10, 16], [15, 21], month, ignore_up_to=9) == [0]


def test_a_stretch_of_exactly_the_ignored_length_counts_nothing_and_a_microsecond_more_counts_whole():
    month = cut_segments([0], [100])
    assert covered_time([10], [15], month, ignore_up_to=5) == [0]
    assert covered_time([10], [16], month, ignore_up_to=5) == [6]


def test_the_ignored_length_is_that_of_the_stretch_before_periods_and_exclusions_cut_it():
    month = cut_segments([0], [100], [50], [60])
    assert covered_time([-20, 55], [2, 62], month, ignore_up_to=6) == [2 + 2]


def test_an_outage_across_midnight_of_the_month_is_shared_without_loss():
    months = cut_segments([JUNE[0], JUNE[1]], [JUNE[1], JUNE[1] + 31 * 24 * 60 * MINUTE])
    assert covered_time([JUNE[1] - MINUTE], [JUNE[1] + 2 * MINUTE], months) == [MINUTE, 2 * MINUTE]


def test_time_at_and_beyond_64_bits_is_exact():
    edge = 2**63 - 1
    assert covered_time([0], [2**62], cut_segments([0], [2**62])) == [2**62]
    assert covered_time([-edge], [edge], cut_segments([-edge], [edge])) == [2 * edge]
    assert covered_time([-(2**80)], [2**80], cut_segments([-(2**80)], [2**80], [0], [1])) == [2**81 - 1]
    assert covered_time([-(2**62)], [2**62], cut_segments([-(2**62)], [2**62])) == [2**63]
    limit = 2**61
    assert covered_time([-limit], [limit], cut_segments([-limit], [limit])) == [2**62]
    assert covered_time([-limit], [limit], cut_segments([-limit], [limit]), 2**70) == [0]
    assert covered_time([-limit], [limit], cut_segments([-limit], [limit]), 2**62 - 1) == [2**62]


def test_outages_in_any_order_and_type_of_integer_column_give_the_same_figures():
    month = cut_segments([0], [100])
    starts, ends = [70, 10, 12], [80, 20, 25]
    expected = [25]
    assert covered_time(starts, ends, month) == expected
    assert covered_time(np.array(starts), np.array(ends), month) == expected
    assert covered_time(np.array(starts, dtype=np.uint8), np.array(ends, dtype=np.int32), month) == expected
    assert covered_time(np.array([0, *starts])[1:], np.array(ends * 2)[:3], month) == expected
    assert covered_time(np.repeat(starts, 2)[::2], np.repeat(ends, 2)[::2], month) == expected


def test_columns_that_may_not_be_written_to_are_read_all_the_same():
    starts, ends = np.array([10, 12, 70]), np.array([20, 25, 80])
    starts.flags.writeable = ends.flags.writeable = False
    assert covered_time(starts, ends, cut_segments([0], [100])) == [25]


@pytest.mark.parametrize("column", [[1.5], ["1"], [True], np.array([1.5])])
def test_numbers_that_are_no_integers_are_refused_not_truncated(column):
    with pytest.raises(TypeError, match="integers"):
        covered_time(column, [5], cut_segments([0], [100]))


@pytest.mark.parametrize("shift", [0, 2**64])
def test_an_interval_that_ends_before_it_starts_is_refused(shift):
    with pytest.raises(ValueError, match="ends before it starts"):
        merge_stretches([9 + shift], [8 + shift])


@pytest.mark.parametrize(("starts", "ends"), [([0, 5], [6, 9]), ([5, 0], [9, 5]), ([3], [3])])
def test_periods_that_overlap_fall_back_or_are_empty_are_refused(starts, ends):
    with pytest.raises(ValueError, match="periods must ascend"):
        cut_segments(starts, ends)


def test_merged_stretches_are_the_same_on_both_paths():
    starts, ends = [5, 1, 9, 20], [9, 3, 11, 21]
    assert merge_stretches(starts, ends) == [(1, 3), (5, 11), (20, 21)]
    assert merge_stretches(starts, ends, 2) == [(5, 11)]
    far = [[number + 2**63 for number in column] for column in (starts, ends)]
    assert merge_stretches(*far, 2) == [(5 + 2**63, 11 + 2**63)]
    assert merge_stretches([], []) == []
