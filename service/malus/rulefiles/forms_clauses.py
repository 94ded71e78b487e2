"""The keys of clauses, and of the money that follows from a promise or condition: credits, bonuses and points.

Owns: the description that checks those keys and makes their schema. Does not own: what they compile to.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from malus.model.credits import MeasuredOn, Settled, Units, ValueOf
from malus.rulefiles.documents import ListOf, NamesTo, Words
from malus.rulefiles.forms import ByKey, Form, may, needs
from malus.rulefiles.forms_conditions import FIRES, WHEN
from malus.rulefiles.forms_consequences import OBLIGATION, RETURNED, RIGHT, STEPS
from malus.rulefiles.forms_indicators import PROMISED
from malus.rulefiles.forms_subjects import AMOUNT, FIRSTS, LENGTH, RATE
from malus.rulefiles.scalars import (
    CHARGED_PERIOD,
    ELAPSED_TIME,
    FACTOR,
    MONEY,
    NAME,
    NAME_OR_NAMES,
    NAMES,
    PERCENT,
    QUANTITY,
    ROUNDING_MODE,
    SLOPE,
    SOURCE,
    WHOLE,
    words,
)

PART_PERIOD: Final[Words[Literal["pro_rata", "full"]]] = words("pro_rata", "full")
OVERLAP: Final[Words[Literal["highest_credit", "first_row", "refuse"]]] = words("highest_credit", "first_row", "refuse")
PAYS: Final[Words[Literal["only_when_missed", "whenever_a_row_matches"]]] = words(
    "only_when_missed", "whenever_a_row_matches"
)
GAPS: Final[Words[Literal["undetermined"]]] = words("undetermined")
COMPARED: Final[Words[Literal["before_rounding", "after_rounding"]]] = words("before_rounding", "after_rounding")
EACH: Final[Words[Literal["incident", "delivery", "occurrence", "outage", "period", "point"]]] = words(
    "incident", "delivery", "occurrence", "outage", "period", "point"
)
VALUE_OF: Final[Words[ValueOf]] = words("delivery", "deliveries", "non_compliant")
UNITS: Final[Words[Units]] = words("quantity_of_delivery")
Before: TypeAlias = Literal["period_start", "period_end", "subject_start"]
BEFORE: Final[Words[Before]] = words("period_start", "period_end", "subject_start")
DAY_OF_FEE: Final[Words[Literal["share_of_calendar_month", "thirtieth"]]] = words(
    "share_of_calendar_month", "thirtieth"
)
PART: Final[Words[Literal["counts", "ignored", "pro_rata"]]] = words("counts", "ignored", "pro_rata")
MEASURED_ON: Final[Words[MeasuredOn]] = words("period_total", "each_outage", "each_incident", "each_delivery")

_ROUND: Final = may("round", ROUNDING_MODE, "the base is rounded to the minor unit before a rate is taken of it")
CHARGED: Final = Form(
    name="the charge base",
    says="what a rate is taken of: `{charge: hosting, period: judged}`",
    keys=(
        may("charge", NAME, "the charge"),
        may("charges", NAMES, "the charges, added up"),
        may("less", NAMES, "charges that are taken off"),
        needs("period", CHARGED_PERIOD, "the period whose charges count"),
        may("before", BEFORE, "what `preceding` days end before: the day of it is not counted"),
        may("day_of_fee", DAY_OF_FEE, "the base is one day's fee: a month's by its calendar days, or a thirtieth"),
        may("part_period", PART_PERIOD, "what a part of a period is charged, where the terms cut one"),
        _ROUND,
    ),
)
POOLED: Final = Form(
    name="the share of a pool",
    says="what a rate is taken of: `{pool: at-risk, share: 50 %}`",
    keys=(
        needs("pool", NAME, "the cap that is the at-risk pool"),
        needs("share", PERCENT, "the part of the pool that is allocated here; parts may add up to more than the pool"),
        _ROUND,
    ),
)
FIXED: Final = Form(
    name="the fixed base",
    says="what a rate is taken of: `{amount: 250000.00 EUR}`",
    keys=(needs("amount", MONEY, "a sum that the paper states, such as the contract value"),),
)
VALUED: Final = Form(
    name="the value base",
    says="what a rate is taken of: `{value_of: delivery}`",
    keys=(needs("value_of", VALUE_OF, "the delivery judged, all of the period, or what did not come as agreed"),),
)
BASE: Final = ByKey(
    name="the charge base",
    forms=(("charge", CHARGED), ("charges", CHARGED), ("pool", POOLED), ("amount", FIXED), ("value_of", VALUED)),
)
BAND: Final = Form(
    name="a row",
    says="one or two edges and what they pay: `{below: 99.9 %, rate: 5 %}`",
    keys=(
        may("below", QUANTITY, "levels below this"),
        may("at_most", QUANTITY, "levels up to this"),
        may("above", QUANTITY, "levels above this"),
        may("at_least", QUANTITY, "levels from this on"),
        may("rate", RATE, "the share of the charge base that the row pays; by subject where that differs"),
        may("amount", AMOUNT, "the amount that the row pays; by name or class of the subject where that differs"),
        may(
            "slope",
            SLOPE,
            "what it pays for each unit beyond a level: `2 % per percentage point below 98 %`, `… below the promise`",
        ),
        may("part", PART, "what a unit of the slope that is begun counts as"),
    ),
)
BANDS: Final = ListOf(of=BAND)
PREVIOUS_PERIOD: Final[Words[str]] = words("previous_period")
_MISSED_IN: Final = needs("missed_in", PREVIOUS_PERIOD, "the period just before the judged one was missed too")
_TIMES: Final = may("times", FACTOR, "then it is worth so many times, however many misses follow each other")
AGAIN: Final = Form(
    name="a repeated miss",
    says="`{missed_in: previous_period, times: 2}`",
    keys=(
        _MISSED_IN,
        _TIMES,
        may("rate", PERCENT, "then this share of the charge base is paid on top"),
        may("amount", MONEY, "then this is paid on top"),
    ),
)
_AGAIN: Final = may("again", AGAIN, "what a miss right after another is worth more")
POINTS_AGAIN: Final = Form(
    name="a repeated miss that gives points",
    says="`{missed_in: previous_period, times: 2}`",
    keys=(
        _MISSED_IN,
        may("times", WHOLE, "then it weighs so many times, however many misses follow each other"),
        may("points", WHOLE, "then so many points are given on top"),
    ),
)
_POINTS_AGAIN: Final = may("again", POINTS_AGAIN, "what a miss right after another is worth more")
PAID_ONLY_IF: Final = Form(
    name="the least credit",
    says="a credit that does not pass this is not paid: `{above: 1.00 USD, compared: after_rounding}`",
    keys=(
        may("above", MONEY, "paid above this"),
        may("at_least", MONEY, "paid from this on"),
        needs("compared", COMPARED, "whether the exact or the rounded amount is compared"),
    ),
)
_LEAST: Final = may("paid_only_if", PAID_ONLY_IF, "a credit that does not pass this is not paid")
_OF: Final = may("of", BASE, "what rates are taken of")
_UNITS: Final = may("units", UNITS, "the sum is paid for each unit that the delivery held")
TABLE: Final = Form(
    name="a credit by table",
    says="rows by level: `{bands: [...], of: ..., overlap: highest_credit}`",
    keys=(
        needs("bands", BANDS, "the rows"),
        _OF,
        needs("overlap", OVERLAP, "which row pays where several match"),
        may("pays", PAYS, "whether a row pays although the promise is kept"),
        may("rows_by", NAME, "the indicator whose level picks the row, where it is not the promised one"),
        may("gaps", GAPS, "levels without a row are accepted, and undetermined"),
        _AGAIN,
        _LEAST,
    ),
)
SUM: Final = Form(
    name="a fixed credit",
    says="a sum or rate for each: `{each: incident, amount: 250.00 EUR}`",
    keys=(
        needs("each", EACH, "what it is paid for"),
        may("amount", AMOUNT, "what is paid for each; by name or class of the subject where that differs"),
        may("rate", RATE, "the share of the charge base that is paid for each; by subject where that differs"),
        may("first", FIRSTS, "what the first one of a period pays, or a list of what the first ones pay in order"),
        _OF,
        _UNITS,
        _AGAIN,
        _LEAST,
    ),
)
BLOCKS: Final = Form(
    name="a credit by blocks",
    says="a sum or rate for each block of time: `{block: 1 hour, after: 4 hours, ...}`",
    keys=(
        needs("block", LENGTH, "how long a block is; by name or class of the subject where that differs"),
        needs("after", LENGTH, "the time for which nothing is paid; by subject where that differs"),
        needs("part", PART, "what a started block counts as"),
        needs("measured_on", MEASURED_ON, "the time that is cut into blocks"),
        may("amount", AMOUNT, "what each block pays; by name or class of the subject where that differs"),
        may("rate", RATE, "the share of the charge base that each block pays; by subject where that differs"),
        _OF,
        may("first", AMOUNT, "what the first block pays, where it differs; by subject where that differs too"),
        _UNITS,
        _AGAIN,
        _LEAST,
    ),
)
LOST_TIME: Final = Form(
    name="a credit for lost time",
    says="the charge for the lost time, so many times: `{times: 50, after: 0 minutes, measured_on: each_outage, ...}`",
    keys=(
        needs("times", FACTOR, "how many times the charge for the lost time is paid"),
        needs("after", ELAPSED_TIME, "the time for which nothing is paid"),
        needs("measured_on", MEASURED_ON, "the time that was lost"),
        _OF,
        _AGAIN,
        _LEAST,
    ),
)
CREDIT: Final = ByKey(name="a credit", forms=(("bands", TABLE), ("each", SUM), ("block", BLOCKS), ("times", LOST_TIME)))

SETTLED: Final[Words[Settled]] = words("netted", "apart")
BONUS: Final = Form(
    name="a bonus",
    says="what the customer owes: `{bands: [...], of: ..., overlap: refuse, settled: apart}`",
    keys=(
        needs("bands", BANDS, "the rows, all of levels that keep the promise"),
        _OF,
        needs("overlap", OVERLAP, "which row pays where several match: `highest_credit` is the one that pays most"),
        needs("settled", SETTLED, "whether it is set off against credits on the invoice, or owed by itself"),
        may("gaps", GAPS, "levels between or past the rows are accepted, and undetermined"),
        may("paid_only_if", PAID_ONLY_IF, "a bonus that does not pass this is not owed"),
    ),
)

POINTS_ROW: Final = Form(
    name="a row of points",
    says="one or two edges and the points: `{below: 99 %, points: 2}`",
    keys=(
        *(key for key in BAND.keys if key.name in ("below", "at_most", "above", "at_least")),
        needs("points", WHOLE, "the service points of a level in this row"),
    ),
)
POINTS_ROWS: Final = ListOf(of=POINTS_ROW)
POINTS_TABLE: Final = Form(
    name="points by table",
    says="rows by level: `{bands: [{below: 99 %, points: 2}], overlap: refuse}`",
    keys=(
        needs("bands", POINTS_ROWS, "the rows"),
        needs("overlap", OVERLAP, "which row counts where several match: `highest_credit` is the one with most points"),
        may("gaps", GAPS, "levels without a row are accepted, and undetermined"),
        _POINTS_AGAIN,
    ),
)
POINTS_EACH: Final = Form(
    name="points for each",
    says="so many for each miss: `{each: 5}`",
    keys=(needs("each", WHOLE, "the service points of each miss"), _POINTS_AGAIN),
)
POINTS: Final = ByKey(name="the service points", forms=(("bands", POINTS_TABLE), ("each", POINTS_EACH)))

CLAUSE: Final = Form(
    name="a clause",
    says="source, condition and what follows",
    keys=(
        needs("source", SOURCE, "where the paper says so"),
        may("promise", PROMISED, "the objective: an indicator and its limit"),
        may("when", WHEN, "the condition, where it is no promise"),
        may("fires", FIRES, "how often a condition over a window yields its remedy"),
        may("credit", CREDIT, "the credit that follows"),
        may("bonus", BONUS, "what the customer owes for more than was promised"),
        may("points", POINTS, "the service points that a miss gives, for an indicator of points"),
        may("returned", RETURNED, "when later periods give the credit back"),
        may("right", RIGHT, "the right that arises"),
        may("obligation", OBLIGATION, "what must be delivered then"),
        may("escalation", STEPS, "who is told when, in order"),
        may("declares", NAME, "a fact that other clauses use"),
        may("formerly", NAME_OR_NAMES, "its name in earlier terms"),
    ),
)
CLAUSES: Final = NamesTo(name=NAME, of=CLAUSE)
