import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from malus.measures.clocks import ALWAYS, Pauses, due_instants, open_hours, working_times

from tests.measures import build, obvious

HOUR = 3_600_000_000
CASES = st.lists(
    st.tuples(st.integers(-5, 45), st.integers(-2, 40), build.stretches(4).map(sorted)),
    min_size=1,
    max_size=4,
)
HOURS = build.disjoint(6, 45).filter(bool)


def pauses_of(cases, shift=0):
    offsets = [0]
    rows = []
    for _, _, pauses in cases:
        rows += [(start + shift, end + shift) for start, end in pauses]
        offsets.append(len(rows))
    starts, ends = build.columns(rows)
    return Pauses(offsets=offsets, starts=starts, ends=ends)


@settings(max_examples=300)
@given(CASES, HOURS)
def test_working_time_is_open_time_less_pauses(cases, hours):
    expected = [obvious.worked(start, start + more, hours, pauses) for start, more, pauses in cases]
    for shift in (0, 2**63):
        calendar = open_hours(*([number + shift for number in c] for c in build.columns(hours)))
        starts = [start + shift for start, _, _ in cases]
        ends = [start + more + shift for start, more, _ in cases]
        assert working_times(starts, ends, calendar, pauses_of(cases, shift)) == expected


@settings(max_examples=300)
@given(CASES, HOURS)
def test_a_clock_is_due_at_the_earliest_instant_at_which_the_time_has_passed(cases, hours):
    expected = [obvious.due(start, allowed, hours, pauses) for start, allowed, pauses in cases]
    for shift in (0, 2**63):
        calendar = open_hours(*([number + shift for number in c] for c in build.columns(hours)))
        starts = [start + shift for start, _, _ in cases]
        due = due_instants(starts, [allowed for _, allowed, _ in cases], calendar, pauses_of(cases, shift))
        assert due == [None if instant is None else instant + shift for instant in expected]


@settings(max_examples=200)
@given(CASES, HOURS)
def test_the_working_time_until_a_due_instant_is_the_time_allowed(cases, hours):
    calendar = open_hours(*build.columns(hours))
    starts = [start for start, _, _ in cases]
    pauses = pauses_of(cases)
    due = due_instants(starts, [allowed for _, allowed, _ in cases], calendar, pauses)
    horizon = hours[-1][1]
    ends = [horizon if instant is None else instant for instant in due]
    for (_, allowed, _), instant, worked in zip(cases, due, working_times(starts, ends, calendar, pauses), strict=True):
        assert worked == max(0, allowed) if instant is not None else worked < allowed


def test_a_clock_that_fills_a_day_is_due_at_its_close_not_at_the_next_opening():
    calendar = open_hours([9 * HOUR, 33 * HOUR], [17 * HOUR, 41 * HOUR])
    assert due_instants([9 * HOUR], [8 * HOUR], calendar) == [17 * HOUR]
    assert due_instants([9 * HOUR], [8 * HOUR + 1], calendar) == [33 * HOUR + 1]
    assert due_instants([9 * HOUR], [16 * HOUR], calendar) == [41 * HOUR]
    assert due_instants([9 * HOUR], [16 * HOUR + 1], calendar) == [None]


def test_an_instant_just_before_the_epoch_is_an_answer_like_any_other():
    assert due_instants([-10], [9], ALWAYS) == [-1]


def test_a_pause_without_an_end_stops_the_clock_for_good():
    pauses = Pauses(offsets=[0, 1], starts=[50], ends=[2**61])
    assert due_instants([0], [50], ALWAYS, pauses) == [50]
    assert due_instants([0], [51], ALWAYS, pauses) == [None]


def test_no_time_allowed_is_due_at_once_even_while_closed():
    assert due_instants([5], [0], open_hours([100], [200])) == [5]


def test_working_time_at_and_beyond_64_bits_is_exact():
    limit = 2**61
    assert working_times([-limit], [limit], ALWAYS) == [2**62]
    assert due_instants([-limit], [limit], ALWAYS) == [0]
    assert working_times([-(2**62)], [2**62], open_hours([-(2**62)], [2**62])) == [2**63]
    assert due_instants([0], [2**63 - 1], open_hours([-limit], [limit])) == [None]
    wide = open_hours([-(2**63)], [2**63 - 1])
    assert working_times([-(2**63)], [2**63 - 1], wide) == [2**64 - 1]
    assert due_instants([0], [2**62], wide) == [2**62]
    assert due_instants([0], [2**64], open_hours([0], [2**64])) == [2**64]


def test_pauses_that_do_not_fit_their_cases_are_refused():
    for offsets in ([0], [1, 2], [0, 1], [0, 3]):
        with pytest.raises(ValueError, match="offsets"):
            working_times([0], [9], ALWAYS, Pauses(offsets=offsets, starts=[1, 2], ends=[3, 4]))


def test_unsorted_pauses_are_refused_but_each_case_may_begin_anew():
    with pytest.raises(ValueError, match="sorted"):
        working_times([0, 0], [9, 9], ALWAYS, Pauses(offsets=[0, 2, 2], starts=[4, 1], ends=[5, 2]))
    split = Pauses(offsets=[0, 1, 2], starts=[4, 1], ends=[5, 2])
    assert working_times([0, 0], [9, 9], ALWAYS, split) == [8, 8]


@pytest.mark.parametrize(("starts", "ends"), [([0, 5], [6, 9]), ([3], [3])])
def test_open_hours_that_overlap_or_are_empty_are_refused(starts, ends):
    with pytest.raises(ValueError, match="open hours"):
        open_hours(starts, ends)


def test_a_case_without_its_second_number_is_refused():
    with pytest.raises(ValueError, match="both its numbers"):
        working_times([0, 1], [9], ALWAYS)
