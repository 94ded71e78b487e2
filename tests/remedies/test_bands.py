"""Tables: which row takes a level, and what change would lead elsewhere."""

from fractions import Fraction

import pytest
from malus.model.credits import Band, BandCredit
from malus.model.money import Money
from malus.model.quantities import Edge, Level, Limit, Unit
from malus.remedies.bands import limits_of, nearest_change, rows_for


def limit(edge, percent):
    return Limit(edge=Edge(edge), value=Fraction(percent) / 100, unit=Unit.PERCENT)


def band(row, *limits, rate=None, amount=None):
    return Band(
        row=row,
        limits=limits,
        rate=None if rate is None else Fraction(rate) / 100,
        amount=None if amount is None else Money(amount=Fraction(amount), currency="EUR"),
    )


def table(*bands, overlap="highest_credit"):
    return BandCredit(base=None, overlap=overlap, pays="only_when_missed", bands=bands)


def percent(value):
    exact = Fraction(value) / 100
    return Level(numerator=exact.numerator, denominator=exact.denominator, unit=Unit.PERCENT)


PROMISE = limit("at_least", "99.9")
THREE = (
    band(1, limit("below", "99.9"), rate=5),
    band(2, limit("below", "99.5"), rate=10),
    band(3, limit("below", "99"), rate=25),
)


@pytest.mark.parametrize(
    ("overlap", "level", "hit", "matching"),
    [
        ("highest_credit", "98.9", 3, (1, 2, 3)),
        ("highest_credit", "99", 2, (1, 2)),
        ("first_row", "98.9", 1, (1, 2, 3)),
        ("refuse", "98.9", None, (1, 2, 3)),
        ("refuse", "99.5", 1, (1,)),
        ("highest_credit", "99.9", None, ()),
    ],
)
def test_the_row_that_decides_is_the_one_that_the_terms_name(overlap, level, hit, matching):
    rows = rows_for(table(*THREE, overlap=overlap), percent(level), PROMISE)
    assert (rows.hit.row if rows.hit else None, rows.matching) == (hit, matching)


def test_the_highest_credit_may_stand_in_any_row_and_the_first_of_equals_is_taken():
    unordered = table(band(1, limit("below", "99"), rate=25), band(2, limit("below", "99.9"), rate=5))
    assert rows_for(unordered, percent("98"), PROMISE).hit.row == 1
    equal = table(band(1, limit("below", "99.9"), amount=50), band(2, limit("below", "99"), amount=50))
    assert rows_for(equal, percent("98"), PROMISE).hit.row == 1


def answer(level):
    hit = rows_for(table(*THREE), level, PROMISE).hit
    return f"row {hit.row}" if hit else "no credit"


def test_the_nearest_change_leads_to_the_next_row_one_unit_beyond_its_edge():
    level = Level(numerator=992, denominator=1000, unit=Unit.PERCENT)
    assert nearest_change(level, limits_of(THREE), answer, less=True) == (3, "row 3")
    assert nearest_change(level, limits_of(THREE), answer, less=False) == (3, "row 1")


def test_an_edge_at_which_nothing_changes_is_passed_over():
    level = Level(numerator=989, denominator=1000, unit=Unit.PERCENT)
    assert nearest_change(level, [*limits_of(THREE), limit("below", "50")], answer, less=True) is None
    same = [limit("below", "98.95"), *limits_of(THREE)]
    assert nearest_change(level, same, answer, less=False) == (1, "row 2")


def test_a_level_is_never_asked_to_go_below_nothing():
    level = Level(numerator=0, denominator=1000, unit=Unit.PERCENT)
    assert nearest_change(level, limits_of(THREE), answer, less=True) is None
