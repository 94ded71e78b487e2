"""One of several options is paid: by the greater sum, by order, or by what the customer says in time."""

import pytest
from malus.model.clauses import ChoiceTerms, Due, OneOf
from malus.model.deadlines import Deadline
from malus.model.durations import parse_duration
from malus.model.periods import Cycle
from malus.remedies.options import Taken, taken

from tests.evaluation.written import ZONE, money

UNTIL = Due(after="period_end", deadline=Deadline(within=parse_duration("30 days"), until="end_of_day", zone=ZONE))


def group(take, otherwise="highest_total"):
    chosen_by = ChoiceTerms(due=UNTIL, otherwise=otherwise) if take == "customer_chooses" else None
    return OneOf(
        name="remedy",
        source="art. 1",
        options=(("fee",), ("goods",), ("time",)),
        take=take,
        cycle=Cycle(kind="month"),
        for_each=None,
        choice=chosen_by,
    )


def paid(take, *totals, chosen=None, may_choose=False, otherwise="highest_total"):
    sums = [money(total) for total in totals]
    return taken(group(take, otherwise), sums, chosen=chosen, may_choose=may_choose)


@pytest.mark.parametrize(
    ("totals", "option", "tied"),
    [((5, 9, 7), 2, False), ((5, 9, 9), 2, True), ((9, 9, 9), 1, True), ((0, 0, 7), 3, False), ((7, 0, 0), 1, False)],
)
def test_the_highest_total_is_paid_and_a_tie_goes_to_the_first_in_the_file(totals, option, tied):
    assert paid("highest_total", *totals) == Taken(option=option, how="highest_total", tied=tied)


def test_the_first_that_comes_to_something_is_paid_where_the_order_says_so():
    assert paid("first", 5, 9, 7) == Taken(option=1, how="first")
    assert paid("first", 0, 9, 7) == Taken(option=2, how="first")


@pytest.mark.parametrize("take", ["highest_total", "first", "customer_chooses"])
def test_options_of_nothing_are_no_choice(take):
    assert paid(take, 0, 0, 0, may_choose=True, otherwise="lapses") == Taken(option=1, how="highest_total", tied=True)
    assert paid(take, 0, 0) == Taken(option=1, how="highest_total", tied=True)
    assert paid(take, 0) == Taken(option=1, how="highest_total", tied=False)


def test_what_the_customer_chose_is_paid_however_small():
    assert paid("customer_chooses", 5, 9, 7, chosen=3, may_choose=True) == Taken(option=3, how="chosen")
    assert paid("customer_chooses", 5, 9, 0, chosen=3) == Taken(option=3, how="chosen")


def test_the_only_option_that_comes_to_something_waits_for_no_choice():
    assert paid("customer_chooses", 0, 9, 0, may_choose=True) == Taken(option=2, how="only_one")


def test_two_options_wait_as_long_as_the_customer_may_choose():
    assert paid("customer_chooses", 5, 9, 0, may_choose=True) is None


@pytest.mark.parametrize(
    ("otherwise", "answer"),
    [
        ("highest_total", Taken(option=2, how="highest_total")),
        ("first", Taken(option=1, how="first")),
        ("lapses", Taken(option=0, how="not_chosen")),
    ],
)
def test_without_a_word_from_the_customer_the_terms_say_what_is_paid(otherwise, answer):
    assert paid("customer_chooses", 5, 9, 7, otherwise=otherwise) == answer
