import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from malus.measures import kernels
from malus.measures.folding import CheckFold, OutageFold, TallyFold
from malus.measures.measure import covered_time, observed_states, tally_sums
from malus.measures.segments import cut_segments

from tests.measures import build

HOUR = 3_600_000_000
DAY = 24 * HOUR
MAY = 1_777_586_400_000_000  # 1 May 2026 in Amsterdam

# Facts every few hours around the days' edges, so that stretches run over them, a microsecond off at times.
INSTANT = st.builds(lambda hours, more: MAY + hours * 6 * HOUR + more, st.integers(-8, 40), st.integers(-1, 1))
LENGTH = st.one_of(st.integers(1, 3), st.integers(1, 40).map(lambda hours: hours * HOUR))
OUTAGE = st.builds(lambda start, length: (start, start + length), INSTANT, LENGTH)
CHECK = st.tuples(INSTANT, st.integers(0, 2), st.integers(0, 2))
TALLY = st.tuples(INSTANT, st.integers(-(2**63), 2**63 - 1), st.integers(-(2**63), 2**63 - 1))


@st.composite
def arrivals(draw, fact, most=14):
    """Facts in some order, cut into batches; some of them come and are taken back again."""
    kept = draw(st.lists(fact, max_size=most))
    passing = draw(st.lists(fact, max_size=3))
    steps = [("add", row) for row in draw(st.permutations(kept + passing))]
    for row in passing:
        # After its last arrival, so that there is one to take back.
        first = max(place for place, step in enumerate(steps) if step == ("add", row)) + 1
        steps.insert(draw(st.integers(first, len(steps))), ("remove", row))
    batches = []
    for step in steps:
        if batches and step[0] == "add" == batches[-1][0] and draw(st.booleans()):
            batches[-1][1].append(step[1])
        else:
            batches.append((step[0], [step[1]]))
    return kept, batches


@st.composite
def days(draw):
    """Periods of some hours, with gaps or common edges, and a few exclusions."""
    edges = sorted(draw(st.lists(st.integers(0, 60), min_size=2, max_size=8, unique=True)))
    starts = [MAY + edge * 5 * HOUR for edge in edges[:-1]]
    ends = [MAY + edge * 5 * HOUR for edge in edges[1:]]
    exclusions = draw(st.lists(OUTAGE, max_size=3))
    return cut_segments(starts, ends, *build.columns(exclusions))


def play(fold, batches):
    for verb, rows in batches:
        if verb == "add" and len(rows) > 1:
            fold.add_many(*(list(column) for column in zip(*rows, strict=True)))
        else:
            for row in rows:
                getattr(fold, verb)(*row)


@settings(max_examples=700)
@given(arrivals(OUTAGE), days(), st.one_of(st.integers(0, 4), st.integers(0, 12).map(lambda hours: hours * HOUR)))
def test_folded_outages_are_those_counted_at_once(history, segments, ignore_up_to):
    kept, batches = history
    fold = OutageFold(segments, ignore_up_to)
    play(fold, batches)
    expected = covered_time(*build.columns(kept), segments, ignore_up_to)
    assert [fold.value(period) for period in range(len(expected))] == expected


@settings(max_examples=700)
@given(
    arrivals(CHECK),
    days(),
    st.one_of(st.integers(-1, 3), st.integers(1, 30).map(lambda hours: hours * HOUR)),
    INSTANT.map(lambda instant: instant + DAY),
)
def test_folded_checks_are_those_counted_at_once(history, segments, hold, until):
    kept, batches = history
    fold = CheckFold(segments, hold)
    play(fold, [(verb, [(instant, code, order) for instant, order, code in rows]) for verb, rows in batches])
    instants, _, codes = (list(column) for column in zip(*sorted(kept), strict=True)) if kept else ([], [], [])
    expected = observed_states(instants, codes, segments, hold=hold, until=until)
    assert [fold.value(period, until) for period in range(len(expected))] == expected


@settings(max_examples=500)
@given(arrivals(TALLY), days(), st.sampled_from(["start", "end"]))
def test_folded_tallies_are_those_counted_at_once(history, segments, by):
    kept, batches = history
    fold = TallyFold(segments.periods, by)
    play(fold, batches)
    instants, good, total = (list(column) for column in zip(*kept, strict=True)) if kept else ([], [], [])
    expected = tally_sums(instants, good, total, segments.periods, by=by)
    assert [fold.value(period) for period in range(len(expected))] == expected


@pytest.fixture
def folded_rows(monkeypatch):
    """How many rows each call of the outage kernel is given."""
    given_rows = []
    compiled = kernels.fold_outages

    def counting(starts, *others):
        given_rows.append(starts.size)
        compiled(starts, *others)

    monkeypatch.setattr(kernels, "fold_outages", counting)
    return given_rows


def a_month_of_outages(fold):
    for day in range(30):
        for hour in range(24):
            fold.add(MAY + day * DAY + hour * HOUR, MAY + day * DAY + hour * HOUR + 60)


def test_an_outage_in_order_is_folded_alone(folded_rows):
    fold = OutageFold(cut_segments([MAY], [MAY + 30 * DAY]))
    a_month_of_outages(fold)
    assert set(folded_rows) == {1}
    assert len(folded_rows) == 720


def test_a_late_outage_counts_its_day_anew_and_the_next_one_whose_first_state_changed(folded_rows):
    fold = OutageFold(cut_segments([MAY], [MAY + 30 * DAY]))
    a_month_of_outages(fold)
    folded_rows.clear()
    fold.add(MAY + 9 * DAY + 30 * 60_000_000, MAY + 9 * DAY + 30 * 60_000_000 + 10)
    assert sum(folded_rows) <= 2 * 25, "the boundary state did not change"
    folded_rows.clear()
    fold.add(MAY + 10 * DAY - HOUR // 2, MAY + 10 * DAY + HOUR // 2)
    assert sum(folded_rows) <= 4 * 26, "one neighbour's boundary state changed"
    assert fold.value(0) == 720 * 60 + 10 + HOUR - 60


def test_a_fact_that_runs_over_many_days_changes_each_of_them():
    segments = cut_segments([MAY], [MAY + 30 * DAY])
    fold = OutageFold(segments)
    a_month_of_outages(fold)
    fold.add(MAY + 2 * DAY, MAY + 12 * DAY)
    assert fold.value(0) == 10 * DAY + 480 * 60
    fold.remove(MAY + 2 * DAY, MAY + 12 * DAY)
    assert fold.value(0) == 720 * 60


def test_a_fold_that_was_emptied_counts_earlier_facts_again():
    segments = cut_segments([0, 10 * DAY], [10 * DAY, 20 * DAY])
    outages = OutageFold(segments)
    checks = CheckFold(segments, hold=-1)
    outages.add(12 * DAY, 13 * DAY)
    outages.add(15 * DAY, 16 * DAY)
    checks.add(12 * DAY, 1)
    checks.add(15 * DAY, 1)
    for day in (15, 12):
        outages.remove(day * DAY, (day + 1) * DAY)
        checks.remove(day * DAY, 1)
    for day in (1, 3):
        outages.add(day * DAY, (day + 1) * DAY)
        checks.add(day * DAY, 1)
    assert [outages.value(0), outages.value(1)] == [2 * DAY, 0]
    assert checks.value(0, 20 * DAY) == (9 * DAY, 0, 9 * DAY)


def test_a_fact_taken_out_was_there_as_it_was_put_in():
    fold = OutageFold(cut_segments([0], [DAY]))
    fold.add(5, 9)
    for row in ((5, 8), (4, 9), (3 * DAY, 4 * DAY)):
        with pytest.raises(ValueError, match="taken out"):
            fold.remove(*row)
    fold.remove(5, 9)
    with pytest.raises(ValueError, match="taken out"):
        fold.remove(5, 9)
    assert fold.value(0) == 0


def test_facts_beyond_64_bits_fold_exactly():
    edge = 2**64
    fold = OutageFold(cut_segments([0], [edge]))
    fold.add(1, 11)
    fold.add_many([edge - 5, 5], [edge + 5, 15])
    assert fold.value(0) == 14 + 5
    fold.remove(1, 11)
    assert fold.value(0) == 10 + 5
    small = OutageFold(cut_segments([0], [100]))
    small.add(1, 11)
    small.add(90, edge)
    assert small.value(0) == 20
    many = OutageFold(cut_segments([0], [100]))
    many.add(1, 11)
    many.add_many([90], [edge])
    assert many.value(0) == 20
    checks = CheckFold(cut_segments([0], [edge]), hold=-1)
    checks.add(10, 1)
    assert checks.value(0, edge) == (edge - 10, 0, edge - 10)
    assert CheckFold(cut_segments([0], [9]), hold=-1).value(0, edge) == (0, 0, 0)


def test_checks_at_one_instant_follow_the_sequence_of_their_source():
    for order in ((0, 1), (1, 0)):
        fold = CheckFold(cut_segments([0], [100]), hold=-1)
        for sequence in order:
            fold.add(10, 1 if sequence == 0 else 2, sequence)
        assert fold.value(0, 100) == (0, 90, 90)


def test_a_faulty_batch_counts_nothing():
    outages = OutageFold(cut_segments([0], [100]))
    for starts, ends in (([1, 9], [5, 8]), ([1, 2**64], [5, 8])):
        with pytest.raises(ValueError, match="ends before"):
            outages.add_many(starts, ends)
    with pytest.raises(ValueError, match="ends before"):
        outages.add(9, 8)
    assert outages.value(0) == 0
    checks = CheckFold(cut_segments([0], [100]), hold=-1)
    for codes in ([1, 3], [1, 2**64]):
        with pytest.raises(ValueError, match="0 up, 1 down"):
            checks.add_many([1, 2], codes)
    with pytest.raises(ValueError, match="0 up, 1 down"):
        checks.add(1, -1)
    with pytest.raises(ValueError, match="length"):
        checks.add_many([1, 2, 3], [1, 1])
    assert checks.value(0, 100) == (0, 0, 0)
