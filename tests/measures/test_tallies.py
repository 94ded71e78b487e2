import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from malus.measures import exact
from malus.measures.measure import tally_sums

from tests.measures import build

ANY_INT64 = st.integers(-(2**63), 2**63 - 1)


@settings(max_examples=400)
@given(st.lists(st.tuples(st.integers(-5, 45), ANY_INT64, ANY_INT64), max_size=12), build.disjoint())
def test_sums_are_exact_for_any_64_bit_counts(rows, periods):
    columns = [[row[column] for row in rows] for column in range(3)]
    by_start = [
        tuple(sum(row[column] for row in rows if start <= row[0] < end) for column in (1, 2)) for start, end in periods
    ]
    by_end = [
        tuple(sum(row[column] for row in rows if start < row[0] <= end) for column in (1, 2)) for start, end in periods
    ]
    assert tally_sums(*columns, tuple(periods)) == by_start
    assert tally_sums(*columns, tuple(periods), by="end") == by_end
    assert exact.tallied(columns[0], columns[1], periods, closing=False) == [good for good, _ in by_start]
    assert exact.tallied(columns[0], columns[2], periods, closing=True) == [total for _, total in by_end]


def test_an_end_at_the_end_of_a_period_belongs_to_the_period_that_it_closes():
    months = ((0, 10), (10, 20))
    assert tally_sums([10], [1], [2], months, by="end") == [(1, 2), (0, 0)]
    assert tally_sums([10], [1], [2], months, by="start") == [(0, 0), (1, 2)]
    assert tally_sums([0, 20], [1, 1], [2, 2], months, by="end") == [(0, 0), (1, 2)]
    assert tally_sums([0, 20], [1, 1], [2, 2], months, by="start") == [(1, 2), (0, 0)]


def test_sums_beyond_64_bits_are_exact():
    most = 2**63 - 1
    assert tally_sums([1] * 1000, [most] * 1000, [2**62] * 1000, ((0, 10),)) == [(most * 1000, 2**62 * 1000)]
    assert tally_sums([1, 2], [2**64, 1], [2**80, 1], ((0, 10),)) == [(2**64 + 1, 2**80 + 1)]
    assert tally_sums([-(2**63)], [1], [1], ((-(2**63), 0),), by="start") == [(1, 1)]
    assert tally_sums([-(2**63)], [1], [1], ((-(2**63), 0),), by="end") == [(0, 0)]
    assert tally_sums([2**63 - 1], [1], [1], ((0, 2**63 - 1),), by="end") == [(1, 1)]


def test_no_periods_and_no_tallies_give_no_sums():
    assert tally_sums([1], [1], [1], ()) == []
    assert tally_sums([], [], [], ((0, 1),)) == [(0, 0)]


def test_columns_of_different_length_are_refused():
    with pytest.raises(ValueError, match="every tally"):
        tally_sums([1, 2], [1], [1, 2], ((0, 10),))
