"""The analysis of tables against a slow count over every level of a small grid."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from malus.model.credits import Band
from malus.model.indicators import CountedIn, GivenValue, NoData
from malus.model.money import RoundingMode
from malus.model.periods import Cycle
from malus.model.quantities import Edge, Level, LevelRounding, Limit, Unit
from malus.rulefiles.band_table import Stretch, levels_of, overlaps, union, without

LEAST, MOST = 0, 8


def indicator(rounding: LevelRounding | None = None) -> GivenValue:
    return GivenValue(
        name="score",
        cycle=Cycle(kind="month"),
        no_data=NoData.MET,
        round=rounding,
        unit=Unit.COUNT,
        accepts_from=Fraction(LEAST),
        accepts_to=Fraction(MOST),
        several="last",
        counted_in=CountedIn.PERIOD_OF_START,
    )


def limit(edge: Edge, value: Fraction) -> Limit:
    return Limit(edge=edge, value=value, unit=Unit.COUNT)


HALVES = st.integers(LEAST * 2, MOST * 2).map(lambda number: Fraction(number, 2))
LIMITS = st.builds(limit, st.sampled_from(list(Edge)), HALVES)
ROWS = st.lists(st.lists(LIMITS, min_size=1, max_size=2), min_size=1, max_size=5)


def every_level(step: Fraction) -> list[Fraction]:
    return [LEAST + step * number for number in range(int((MOST - LEAST) / step) + 1)]


def matches(limits: list[Limit], value: Fraction) -> bool:
    level = Level(numerator=value.numerator, denominator=value.denominator, unit=Unit.COUNT)
    return all(item.holds(level) for item in limits)


def inside(stretches: tuple[Stretch, ...], value: Fraction) -> bool:
    return any(low <= (value, 0) < high for low, high in stretches)


@given(ROWS)
def test_on_the_continuum_a_level_has_no_row_exactly_where_the_holes_say(rows: list[list[Limit]]) -> None:
    levels = levels_of(indicator(), [item.value for row in rows for item in row])
    holes = without(levels.whole(), union(part for row in rows for part in levels.of(row)))
    # Edges lie on halves, so quarters reach every stretch between two of them.
    for value in every_level(Fraction(1, 4)):
        assert inside(holes, value) == (not any(matches(row, value) for row in rows))


@given(ROWS)
def test_on_the_rounded_grid_only_its_own_levels_can_lack_a_row(rows: list[list[Limit]]) -> None:
    rounded = indicator(LevelRounding(places=0, mode=RoundingMode.HALF_UP))
    levels = levels_of(rounded, [item.value for row in rows for item in row])
    holes = without(levels.whole(), union(part for row in rows for part in levels.of(row)))
    lacking = [value for value in every_level(Fraction(1)) if not any(matches(row, value) for row in rows)]
    assert [value for value in every_level(Fraction(1)) if inside(holes, value)] == lacking
    assert bool(holes) == bool(lacking)


@given(ROWS)
def test_rows_overlap_exactly_where_both_take_a_level(rows: list[list[Limit]]) -> None:
    levels = levels_of(indicator(), [])
    bands = tuple(
        Band(row=place, limits=tuple(row), rate=Fraction(1, place), amount=None)
        for place, row in enumerate(rows, start=1)
    )
    found = {(earlier.row, later.row) for earlier, later, _ in overlaps(levels, bands)}
    counted = {
        (one + 1, two + 1)
        for two in range(len(rows))
        for one in range(two)
        if any(matches(rows[one], value) and matches(rows[two], value) for value in every_level(Fraction(1, 4)))
    }
    assert found == counted


@given(ROWS)
def test_the_level_shown_for_a_hole_lies_in_it(rows: list[list[Limit]]) -> None:
    for rounding in (None, LevelRounding(places=1, mode=RoundingMode.HALF_UP)):
        levels = levels_of(indicator(rounding), [item.value for row in rows for item in row])
        for hole in without(levels.whole(), union(part for row in rows for part in levels.of(row))):
            assert not any(matches(row, levels.sample(hole)) for row in rows)
