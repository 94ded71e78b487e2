"""The random agreements reach every construct of the language and every boundary, exactly, more than once."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

import pytest
from malus.model import events as told

from tests.properties.choices import Seeded
from tests.properties.responses import write_case
from tests.reference.answer import with_edges

AGREEMENTS = 850

NO_DATA = ("met", "missed", "previous", "undetermined")
FIRES = ("once_while_true", "on_each_new_fact", "facts_used_once")
MODES = ("half_up", "half_even", "half_down", "up", "down")
#: Class, field, values: all that a file can choose between.
CHOICES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Cycle", "kind", ("day", "week", "month", "quarter", "year")),
    ("Availability", "excluded_time", ("counts_as_up", "leaves_the_base")),
    ("CheckedAvailability", "excluded_time", ("counts_as_up", "leaves_the_base")),
    ("CheckedAvailability", "unobserved", ("counts_as_up", "counts_as_down", "leaves_the_base")),
    ("CheckedAvailability", "degraded", ("counts_as_up", "counts_as_down")),
    ("CheckedAvailability", "no_data", NO_DATA),
    ("WholeMinutes", "each", ("outage", "period", "clock_minute")),
    ("WholeMinutes", "part", ("counts", "ignored")),
    ("Weights", "by", ("share", "affected")),
    ("Weights", "total", ("None", "100")),
    ("Weights", "overlapping", ("added_up", "highest")),
    ("FixedBase", "part_period", ("full", "its_own_time")),
    ("InService", "from_events", ("True", "False")),
    ("IntervalMean", "empty_interval", ("good", "bad", "leaves_the_mean")),
    ("IntervalMean", "share_of", ("good", "errors")),
    ("IntervalMean", "no_data", NO_DATA),
    ("Ratio", "no_data", NO_DATA),
    ("GivenValue", "no_data", NO_DATA),
    ("Share", "no_data", NO_DATA),
    ("Ratio", "counted_in", ("period_of_start", "period_of_end")),
    ("GivenValue", "counted_in", ("period_of_start", "period_of_end")),
    ("Elapsed", "counted_in", ("period_of_start", "period_of_end")),
    ("Share", "counted_in", ("period_of_start", "period_of_end")),
    ("Occurrences", "counted_in", ("period_of_start", "period_of_end")),
    ("GivenValue", "several", ("last", "mean", "refused")),
    ("GivenValue", "unit", ("percent", "count", "duration")),
    ("Elapsed", "by", ("at_start", "at_end", "highest", "each_its_part")),
    ("Elapsed", "while_open", ("runs", "waits")),
    ("Elapsed", "reopened", ("gap_counts", "gap_is_paused")),
    ("Elapsed", "origin", ("incidents", "outages")),
    ("DeliveryTime", "starts", ("due", "sent")),
    ("DeliveryTime", "while_open", ("runs", "waits")),
    ("DeliveryTime", "counted_in", ("period_of_start", "period_of_end")),
    ("DaysCounted", "day", ("24_hours", "calendar_day", "business_day")),
    ("DaysCounted", "part_day", ("counts", "ignored", "exact")),
    ("DaysCounted", "due_day", ("counts", "does_not_count")),
    ("DaysCounted", "done_day", ("counts", "does_not_count")),
    ("BlockCredit", "units", ("quantity_of_delivery",)),
    ("AmountCredit", "units", ("quantity_of_delivery",)),
    ("ChargeBase", "value_of", ("delivery",)),
    ("Elapsed", "starts", ("opened", "accepted")),
    ("Elapsed", "ends", ("responded", "resolved", "workaround")),
    ("Share", "good", ("True", "False")),
    ("Occurrences", "origin", ("outages", "incidents")),
    ("Where", "field_name", ("priority", "severity", "site")),
    ("LevelRounding", "mode", MODES),
    ("Limit", "edge", ("below", "at_most", "above", "at_least")),
    ("Limit", "unit", ("percent", "count", "duration")),
    ("BandCredit", "overlap", ("highest_credit", "first_row", "refuse")),
    ("BandCredit", "pays", ("only_when_missed", "whenever_a_row_matches")),
    ("BandCredit", "gaps", ("refused", "undetermined")),
    ("AmountCredit", "each", ("incident", "outage", "delivery", "occurrence", "period")),
    ("BlockCredit", "part", ("counts", "ignored", "pro_rata")),
    ("BlockCredit", "measured_on", ("period_total", "each_outage", "each_incident", "each_delivery")),
    ("PaidOnlyIf", "edge", ("above", "at_least")),
    ("PaidOnlyIf", "compared", ("before_rounding", "after_rounding")),
    ("ChargedPeriod", "kind", ("judged", "previous", "next", "cycle", "preceding")),
    ("ChargeBase", "part_period", ("pro_rata", "full")),
    ("ChargeBase", "before", ("period_start", "period_end", "subject_start")),
    ("ChargeBase", "day_of_fee", ("share_of_calendar_month", "thirtieth")),
    ("ChargeBase", "round", ("half_up", "half_even", "down")),
    ("LostTimeCredit", "measured_on", ("period_total", "each_outage", "each_incident")),
    ("Slope", "part", ("counts", "ignored", "pro_rata")),
    ("ChargeTerms", "absent", ("pending", "zero")),
    ("CapWindow", "kind", ("each_incident", "each_period", "period", "rolling", "term")),
    ("Cap", "cut", ("pro_rata", "in_order")),
    ("Cap", "counts", ("earned", "claimed")),
    ("Cap", "base", ("same_window", "judged_period")),
    ("MissedPeriods", "fires", FIRES),
    ("MissedTogether", "by", ("period", "incident")),
    ("MissedTogether", "count", ("1", "2")),
    ("OccurrencesInWindow", "fires", FIRES),
    ("OccurrencesInWindow", "placed_at", ("start", "end")),
    ("OccurrencesInWindow", "at_the_edge", ("inside", "outside")),
    ("TotalInWindow", "fires", ("once_while_true",)),
    ("RightTerms", "kind", ("termination", "partial_termination", "step_in")),
    ("Deadline", "until", ("end_of_day", "same_instant")),
    ("Due", "after", ("arisen", "cure", "breach", "promise", "claim", "period_end")),
    ("Due", "after", ("incident_start", "incident_end", "outage_start", "outage_end")),
    ("Due", "after", ("delivery_due", "delivery_done")),
    ("Duration", "unit", ("business days", "days", "weeks", "months", "hours")),
    ("ExclusionTerms", "cause", ("maintenance", "force_majeure")),
    ("MoneyRule", "mode", MODES),
    ("MoneyRule", "when", ("each_remedy", "after_caps")),
    ("Money", "currency", ("EUR", "JPY", "KWD", "USD")),
    ("Settlement", "grace_after", ("claims", "period_end")),
    ("Terms", "signed_customer", ("None",)),
    ("Terms", "timezone", ("Europe/Amsterdam", "Africa/Cairo", "Australia/Lord_Howe")),
)
CONSTRUCTS = (
    "AnyOf",
    "CalendarMonths",
    "OnePeriod",
    "Again",
    "PoolShare",
    "Season",
    "TrailingTime",
    "CalendarDays",
    "Delivered",
    "Downtime",
    "Declared",
    "NotFulfilled",
    "AtShare",
    "BeforePromise",
    "AfterStart",
    "Duty",
)
#: What random histories do not tell: what becomes of a credit has examples of its own.
UNTOLD = {"Choice", "Dispute", "Adjustment"}
EVENTS = sorted({kind.__name__ for kind in told.EventBase.__subclasses__()} - UNTOLD)
TERMS = ("terms 1", "terms 2", "terms 3", "asked as known at a moment")

EDGES = (
    "a base is rounded before its rate",
    "a credit for MissedPeriods",
    "a credit for MissedTogether",
    "a day of fee, share_of_calendar_month",
    "a day of fee, thirtieth",
    "a part of a unit of a slope counts",
    "a part of a unit of a slope ignored",
    "a part of a unit of a slope pro_rata",
    "a period that runs into another season",
    "a period that starts on the first day of a season",
    "a rate for each",
    "a rate of a sum that the file states",
    "a rate of the charges of cycle",
    "a rate of the charges of judged",
    "a rate of the charges of next",
    "a rate of the charges of preceding",
    "a rate of the charges of previous",
    "a row pays although the promise is met",
    "a share of a pool",
    "a whole number of units of a slope",
    "amount exactly the least that is paid",
    "announced exactly in time",
    "announced one microsecond late",
    "cap cuts in_order",
    "cap cuts per each_incident",
    "cap cuts per each_period",
    "cap cuts per period",
    "cap cuts per rolling",
    "cap cuts per term",
    "cap cuts pro_rata",
    "cap reached exactly",
    "charge for lost time",
    "checks contradict each other",
    "claimed at the last instant",
    "claimed one microsecond late",
    "condition stays true",
    "cured at the last instant",
    "cured one microsecond late",
    "day excused from end to end",
    "day excused in part",
    "declared fact used",
    "delivered at the last instant",
    "delivered before it was due",
    "delivered exactly when due",
    "delivered later on the day it was due",
    "delivered one microsecond late",
    "delivery contradicts itself",
    "delivery that came before it was sent",
    "delivery whose clock has not started",
    "exactly a whole number of days late",
    "exactly a whole number of minutes",
    "exclusion budget used up",
    "incident across a period's boundary",
    "incident contradicts itself",
    "incident ended exactly when a step was due",
    "incident ended one microsecond after a step was due",
    "incident in several parts",
    "incident of a priority without a limit",
    "incident whose clock has not started",
    "incident without an opening",
    "indicator missing",
    "interval cut short by its period",
    "intervals still to come",
    "level exactly at a row's edge",
    "level exactly at above",
    "level exactly at at_least",
    "level exactly at at_most",
    "level exactly at below",
    "level one microsecond above a limit",
    "level one microsecond below a limit",
    "missed again",
    "missed again after a miss brought in",
    "missed in a gap of the table",
    "missed period brought in",
    "missed period just out of the window",
    "missed periods exactly as many as needed",
    "missed periods fire facts_used_once",
    "missed periods fire on_each_new_fact",
    "missed periods fire once_while_true",
    "missed without a level to look up",
    "more time down than the base has",
    "no bill counts as zero",
    "no data: met",
    "no data: missed",
    "no data: previous",
    "no data: undetermined",
    "no total at the start of a period",
    "nothing left under a cap",
    "nothing of a period in service",
    "notice at the last instant",
    "notice one microsecond late",
    "obligation met at the last instant",
    "obligation met one microsecond late",
    "obligation not fulfilled",
    "occurrence at the edge of its calendar days",
    "occurrence exactly so many months ago",
    "occurrence just before the period that counts",
    "occurrence exactly at the edge, inside",
    "occurrence exactly at the edge, outside",
    "occurrence one microsecond beside the edge",
    "occurrences fire facts_used_once",
    "occurrences fire on_each_new_fact",
    "occurrences fire once_while_true",
    "one microsecond into another block",
    "one microsecond into another day late",
    "one microsecond into another minute",
    "one promise too few missed by one incident",
    "one promise too few missed by one period",
    "open incident runs",
    "open incident waits",
    "opening counts in a window",
    "opening straddles a window",
    "outage across a period's boundary",
    "outage inside of excluded time",
    "outage wholly excluded",
    "outage without a weight",
    "outages at one time added_up",
    "outages at one time highest",
    "outages at one time hit more than there is",
    "outages overlap",
    "outages touch",
    "part of a charge",
    "part of a fixed base: full",
    "part of a fixed base: its_own_time",
    "part of a period in service",
    "part period",
    "pause never resumed",
    "period with a clock change",
    "previous level taken",
    "promises missed together by one incident",
    "promises missed together by one period",
    "reading exactly at the end of what is accepted",
    "reading in another unit",
    "reading outside of what is accepted",
    "report not yet due",
    "reported at the last instant",
    "reported one microsecond late",
    "rolling window begins before the first terms",
    "rounding changes an amount",
    "rounding changes the outcome",
    "service missing",
    "several extensions",
    "several readings refused",
    "several misses of one promise count once",
    "several rows match",
    "several tallies of one interval",
    "state held exactly as long as it may",
    "step AfterStart coming",
    "step AfterStart raised",
    "step AtShare coming",
    "step AtShare raised",
    "step BeforePromise raised",
    "still in service",
    "stretch exactly as long as is ignored",
    "tally exactly of an interval",
    "tally or reading across a boundary",
    "tally or reading that ends with its period",
    "tally over two intervals",
    "time exactly a whole number of blocks",
    "too little to be paid",
    "total that changes within a period",
    "total time in days reached",
    "two outages in one minute of the clock",
    "time down over the end of a period that counts",
    "total time in days reached",
    "total time in one period reached",
    "two grounds rest on the same fact",
    "waits for a bill",
    "waits for the value of a delivery",
)
WANTED = (
    *(f"{name}.{field}={value}" for name, field, values in CHOICES for value in values),
    *CONSTRUCTS,
    *EVENTS,
    *TERMS,
    *EDGES,
)


@cache
def reached() -> Counter[str]:
    """How many of the agreements of a fixed seed reach each construct and each boundary."""
    counts: Counter[str] = Counter()
    for seed in range(AGREEMENTS):
        case = write_case(Seeded(seed))
        found = {f"terms {len(case.terms)}", *(type(event).__name__ for event in case.events)}
        if case.known_at is not None:
            found.add("asked as known at a moment")
        for terms in case.terms:
            _walk(terms, found)
        _, edges = with_edges(case.terms, case.events, case.as_of, case.known_at)
        counts.update(found | edges)
    return counts


def _walk(value: Any, found: set[str]) -> None:
    if isinstance(value, tuple):
        for item in value:
            _walk(item, found)
    elif is_dataclass(value):
        name = type(value).__name__
        found.add(name)
        for field in fields(value):
            item = getattr(value, field.name)
            found.add(f"{name}.{field.name}={item}" if not isinstance(item, tuple) else name)
            _walk(item, found)


@pytest.mark.parametrize("wanted", WANTED)
def test_random_agreements_reach(wanted: str) -> None:
    assert reached()[wanted] > 0
