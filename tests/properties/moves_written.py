"""Random promises whose target moves on fixed days.

Owns: a clause of its own for that, moved by so much, by a share, or to a level. Does not own: what is measured.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tests.properties.amounts import money
from tests.properties.choices import Choices
from tests.properties.credits_written import BEYOND, PERCENT_BELOW, charges_of, slope_beyond
from tests.properties.joined import join_clauses, join_indicator
from tests.properties.promises import Written

Document = dict[str, Any]

NAME = "moving"
CYCLES = ("month", "month", "month from day 16", "week", "day", "quarter")
MEASURES = ("outages", "outages", "downtime", "ratio", "value", "checks", "occurrences")
#: By the promise's value: a stride in its unit, the last target upwards, and downwards.
STRIDES = {
    "100 %": ("0.5 percentage points", "100 %", "90 %"),
    "99.9 %": ("0.5 percentage points", "99.95 %", "90 %"),
    "99 %": ("0.5 percentage points", "99.9 %", "90 %"),
    "95 %": ("3 percentage points", "99 %", "50 %"),
    "50 %": ("40 percentage points", "99 %", "10 %"),
    "4 hours": ("1 hour", "6 hours", "1 hour"),
    "30 minutes": ("10 minutes", "1 hour", "10 minutes"),
    "200 milliseconds": ("50 milliseconds", "300 milliseconds", "100 milliseconds"),
    "10": ("3", "20", "5"),
    "1 times": ("1 times", "3 times", "1 times"),
    "3 times": ("1 times", "5 times", "1 times"),
    "26 hours": ("2 hours", "30 hours", "12 hours"),
    "8 hours": ("1 hour", "12 hours", "4 hours"),
    "0 hours": ("1 hour", "6 hours", "0 hours"),
    "2 days": ("24 hours", "120 hours", "0 hours"),
    "1 day": ("24 hours", "120 hours", "0 hours"),
    "0 days": ("24 hours", "72 hours", "0 hours"),
}


def write_moves(choices: Choices, document: Document, written: Sequence[Written]) -> None:
    """Promise something that moves once or several times while the agreement runs."""
    cycle, measure = choices.pick(CYCLES), choices.pick(MEASURES)
    edge, value, better = join_indicator(choices, document, measure, NAME, cycle)
    moves = moves_of(choices, document, value, better, lambda: _becomes(choices, document, measure, cycle))
    limit: Any = value
    if "becomes" not in moves and choices.chance(20):
        less = {**PERCENT_BELOW, **BEYOND}[value][0]
        limit = {"march-august": value, "september-february": less}
    promise = {"indicator": NAME, edge: limit, "moves": moves}
    clause = {
        "source": "art. 4.9",
        "promise": promise,
        "credit": credit_for_moving(choices, document, measure, value, better),
    }
    join_clauses(choices, document, {f"{NAME}-clause": clause})


def moves_of(
    choices: Choices, document: Document, value: str, better: str, becomes: Callable[[], Document]
) -> Document:
    """How a promise of a value moves; `becomes` writes the level that it may become."""
    stride, highest, lowest = STRIDES[value]
    moves: Document = {
        "first": _first(choices, document),
        "every": choices.pick(["1 month", "2 months", "1 quarter", "12 months"]),
    }
    way = choices.pick(["rises", "falls", "becomes"])
    if value == "100 %" and way == "rises":
        way = "falls"
    if value.startswith("0 ") and way == "falls":
        way = "rises"
    if way == "becomes":
        moves |= becomes()
    else:
        moves[f"{way}_by"] = choices.pick(
            [stride, stride, "5 % of target", *(["10 % of rest"] if "%" in value else [])]
        )
    strict = highest if better == "higher" else lowest
    moves["never_beyond"] = {"rises": highest, "falls": lowest, "becomes": strict}[way]
    if choices.chance(35):
        moves["by_at_most"] = choices.pick([stride, "3 % of target"])
    by_share = any("of target" in str(one) or "of rest" in str(one) for one in moves.values())
    if by_share or way == "becomes" or choices.chance(30):
        moves["round"] = choices.pick(["2 places half_up", "1 places down", "exact"])
    return moves


def _first(choices: Choices, document: Document) -> str:
    year, month, day = (int(part) for part in document["effective"].split("-"))
    later = month + choices.pick([0, 1, 1, 2]) if day == 1 else month + choices.pick([1, 1, 2])
    return f"{year + (later - 1) // 12}-{(later - 1) % 12 + 1:02}-{choices.pick([1, 1, 16, 28]):02}"


def _becomes(choices: Choices, document: Document, measure: str, cycle: str) -> Document:
    """Become a level: of the last periods, of one period, or what a benchmark gave."""
    name = NAME
    if choices.chance(50):
        name = f"{NAME}-level"
        document["indicators"][name] = {
            "measure": "combined",
            "from": "periods",
            "indicator": NAME,
            "per": cycle,
            "over": f"last {choices.pick([2, 3])}",
            "fewer": choices.pick(["counts", "no_data"]),
            "takes": choices.pick(["mean", "highest", "lowest"]),
            "missing": choices.pick(["left_out", "undetermined"]),
            "no_data": "undetermined",
        }
    said = {"becomes": name, "looser": choices.pick(["stays", "follows"])}
    return {**said, "no_level": choices.pick(["stays", "undetermined"])}


def credit_for_moving(choices: Choices, document: Document, measure: str, value: str, better: str) -> Document:
    if choices.chance(50):
        return {"each": "period", "amount": money(choices.pick([25_000, 33_300]), document["currency"])}
    slope, part = slope_beyond(choices, document, value, better, by_rate=True)
    extreme = {"higher": "100 %", "lower": "0 milliseconds" if "milli" in value else "0 hours"}[better]
    if better == "lower" and value.split(maxsplit=1)[0] == value:
        extreme = "0"
    if "times" in value:
        extreme = "0 times"
    start = f" {'below' if better == 'higher' else 'above'} "
    return {
        "of": charges_of(choices, measure),
        "overlap": "refuse",
        "pays": "only_when_missed",
        "bands": [
            {
                {"higher": "at_most", "lower": "at_least"}[better]: extreme,
                "slope": slope.split(start)[0] + start + "the promise",
                "part": part,
            }
        ],
    }
