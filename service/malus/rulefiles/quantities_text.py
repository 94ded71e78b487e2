"""Reads what an author writes as a quantity: number, blank, unit; and the phrases built from quantities.

Owns: the one way to write a number, money, a percentage, a length of time, a cycle, and the refusals that say
what to write instead. Does not own: whether a quantity fits the indicator that it is used with.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from malus.model.durations import Duration, parse_duration
from malus.model.instants import DAY, FIRST_YEAR, LAST_YEAR
from malus.model.money import MINOR_DIGITS, Money, RoundingMode
from malus.model.periods import Cycle, CycleKind
from malus.model.quantities import Edge, LevelRounding
from malus.rulefiles.documents import Malformed
from malus.rulefiles.findings import Reading, did_you_mean

#: Every number of a rule file, refused before anything converts it: at most 18 digits and 12 decimals, ASCII.
NUMBER: Final = r"-?[0-9]{1,18}(?:\.[0-9]{1,12})?"
_NUMBER: Final = re.compile(NUMBER)
_GLUED: Final = re.compile(rf"({NUMBER})([^\s0-9.,].*)")
_QUANTITY: Final = re.compile(rf"({NUMBER})(?: (\S.*))?")
_EDGES: Final = {edge.value.replace("_", " "): edge for edge in Edge}
LONGEST_YEARS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number and the words after it, as written; `unit` is empty for a plain number."""

    number: Fraction
    unit: str
    text: str


def quantity(text: str, reading: Reading) -> Quantity:
    """Number, blank, unit; or a plain number."""
    del reading
    written = _QUANTITY.fullmatch(text)
    if written is None:
        raise _no_quantity(text)
    return Quantity(number=Fraction(written[1]), unit=written[2] or "", text=text)


def factor(text: str, reading: Reading) -> Fraction:
    """A plain number above nothing: how many times something is paid."""
    read = quantity(text, reading)
    if read.unit:
        raise Malformed("wrong-unit", f"`{short(text)}` is no plain number", "write `2`")
    if read.number <= 0:
        raise Malformed("out-of-range", f"`{short(text)}` is no number of times", "write a number above nothing")
    return read.number


def whole(text: str, reading: Reading) -> Fraction:
    """A whole number above nothing."""
    number = factor(text, reading)
    if number.denominator != 1:
        raise Malformed("out-of-range", f"`{short(text)}` is no whole number", "write `2`")
    return number


def percent(text: str, reading: Reading) -> Fraction:
    """A percentage of at least nothing, as a part of one: `5 %` is 1/20."""
    read = quantity(text, reading)
    if read.unit != "%":
        raise Malformed("wrong-unit", f"`{short(text)}` is no percentage", "write number, blank, `%`: `5 %`")
    if read.number < 0:
        raise Malformed("out-of-range", f"`{short(text)}` is below nothing", "a rate is never negative")
    return read.number / 100


def money(text: str, reading: Reading) -> Money:
    """An amount of at least nothing in the agreement's currency: `250.00 EUR`."""
    read = quantity(text, reading)
    if read.unit not in MINOR_DIGITS:
        hint = "write number, blank, currency: `250.00 EUR`"
        raise Malformed("wrong-unit", f"`{short(text)}` names no ISO 4217 currency", hint)
    if reading.currency is not None and read.unit != reading.currency:
        what = f"`{read.unit}` is not the agreement's currency, which is {reading.currency}"
        raise Malformed("wrong-unit", what, "money never mixes currencies")
    if read.number < 0:
        raise Malformed("out-of-range", f"`{short(text)}` is below nothing", "write what is paid without a sign")
    return Money(amount=read.number, currency=read.unit)


def money_or_percent(text: str, reading: Reading) -> Money | Fraction:
    """An amount in the agreement's currency, or a percentage as a part of one."""
    return percent(text, reading) if text.endswith("%") else money(text, reading)


def any_money(text: str, reading: Reading) -> Money:
    """An amount of at least nothing in whatever currency: `250.00 USD`."""
    return money(text, replace(reading, currency=None))


def worth(text: str, reading: Reading) -> Money:
    """What one unit of a currency is worth, above nothing, in whatever other one: `0.92 EUR`."""
    read = any_money(text, reading)
    if not read.amount:
        raise Malformed(
            "out-of-range", f"`{short(text)}` is no rate of exchange", "write what one is worth: `0.92 EUR`"
        )
    return read


def currency(text: str, reading: Reading) -> str:
    """An ISO 4217 code in capitals."""
    del reading
    if text not in MINOR_DIGITS:
        hint = did_you_mean(text.upper(), tuple(MINOR_DIGITS)) or "write its code in capitals: `EUR`"
        raise Malformed("unknown-value", f"`{short(text)}` is no ISO 4217 currency", hint)
    return text


def duration(text: str, reading: Reading) -> Duration:
    """A length of time in any unit: `4 hours`, `30 days`, `5 business days`."""
    read = quantity(text, reading)
    if not read.unit:
        raise Malformed("wrong-unit", f"`{short(text)}` has no unit", "write the unit of time: `4 hours`, `30 days`")
    try:
        return parse_duration(text)
    except ValueError as fault:
        code = "out-of-range" if "200 years" in str(fault) else "wrong-unit"
        raise Malformed(code, f"`{short(text)}` is no duration", _sentence(fault)) from None


def elapsed_time(text: str, reading: Reading) -> int:
    """A length of elapsed time in microseconds: hours and shorter units."""
    read = duration(text, reading)
    if not read.is_exact:
        what = f"`{short(text)}` has no length of its own"
        raise Malformed("wrong-unit", what, "write it in hours, minutes or seconds")
    return read.exact_microseconds


def whole_number(text: str, reading: Reading) -> int:
    """A whole number, nothing or more: how many are forgiven."""
    read = quantity(text, reading)
    if read.unit or read.number.denominator != 1 or read.number < 0:
        raise Malformed("out-of-range", f"`{short(text)}` is no whole number", "write `2`, or `0`")
    return read.number.numerator


def whole_total(text: str, reading: Reading) -> int:
    """A whole number above nothing: how many there are in all."""
    read = quantity(text, reading)
    if read.unit or read.number.denominator != 1 or read.number < 1:
        raise Malformed("out-of-range", f"`{short(text)}` is no whole number above nothing", "write `100`")
    return read.number.numerator


def block_time(text: str, reading: Reading) -> tuple[int, bool]:
    """The length of a block in microseconds, and whether it is written in days, which then are 24 hours each."""
    read = duration(text, reading)
    if read.unit in ("days", "weeks"):
        return read.whole_number * (7 if read.unit == "weeks" else 1) * DAY, True
    return elapsed_time(text, reading), False


def last_periods(text: str, reading: Reading) -> int:
    """`last 12`: how many periods are taken, the one itself among them."""
    del reading
    written = re.fullmatch(r"last ([0-9]{1,3})", text)
    if written is None or not 1 <= int(written[1]) <= 400:
        raise Malformed("out-of-range", f"`{short(text)}` is no number of periods", "write `last 12`, at most 400")
    return int(written[1])


def at_most_time(text: str, reading: Reading) -> int:
    """`at most 15 minutes`, in microseconds."""
    return elapsed_time(_after(text, "at most ", "`at most 15 minutes`"), reading)


def notice_time(text: str, reading: Reading) -> Duration:
    """`at least 5 business days`."""
    return duration(_after(text, "at least ", "`at least 5 business days`"), reading)


def edge_and_time(text: str, reading: Reading) -> tuple[Edge, int]:
    """`above 30 minutes`: an edge in words and an elapsed time in microseconds."""
    for words, edge in _EDGES.items():
        if text.startswith(f"{words} "):
            return edge, elapsed_time(text.removeprefix(f"{words} "), reading)
    what = f"`{short(text)}` does not say on which side of the limit it stands"
    raise Malformed("malformed-quantity", what, "write `above 30 minutes` or `at least 30 minutes`")


def time_per_cycle(text: str, reading: Reading) -> tuple[int, Cycle]:
    """`8 hours per month`: elapsed time in microseconds, and the cycle in which it is used up."""
    time, parted, cycle = text.partition(" per ")
    if not parted:
        what = f"`{short(text)}` does not say per which stretch of time"
        raise Malformed("malformed-quantity", what, "write `8 hours per month`")
    return elapsed_time(time, reading), cut(cycle, reading)


def any_window(text: str, reading: Reading) -> Quantity:
    """`any 6 months`: how wide a window over the past is."""
    read = quantity(_after(text, "any ", "`any 6 months`"), reading)
    if read.number.denominator != 1 or read.number < 0:
        raise Malformed("out-of-range", f"`{short(text)}` is no whole window", "write `any 6 months`")
    return read


def next_periods(text: str, reading: Reading) -> Quantity:
    """`each of the next 3 months`: how many later periods decide, at least one."""
    read = quantity(_after(text, "each of the next ", "`each of the next 3 months`"), reading)
    if read.number.denominator != 1 or read.number < 1:
        hint = "write `each of the next 3 months`"
        raise Malformed("out-of-range", f"`{short(text)}` is no number of periods", hint)
    return read


def share_of_promise(text: str, reading: Reading) -> Fraction:
    """`promise`, or `80 % of promise`, as a part of one above nothing."""
    if text == "promise":
        return Fraction(1)
    rate, parted, of = text.partition(" of ")
    if not parted or of != "promise":
        raise Malformed("malformed-quantity", f"`{short(text)}` is no share of the promised time",
                        "write `80 % of promise` or `promise`")  # fmt: skip
    share = percent(rate, reading)
    if not 0 < share <= 1:
        raise Malformed("out-of-range", f"`{short(text)}` is not within the promised time",
                        "write above 0 % and at most 100 %")  # fmt: skip
    return share


def cut(text: str, reading: Reading) -> Cycle:
    """How time is cut: `month`, `month from day 16`, `quarter from month 2`, `year from month 4 day 6`, `day`."""
    del reading
    written = re.fullmatch(
        r"(day|week|month|quarter|year)(?: from (?:day ([0-9]{1,2})|month ([0-9]{1,2})(?: day ([0-9]{1,2}))?))?", text
    )
    if written is None:
        hint = "write `month`, `quarter`, `year`, `week`, `day`, `month from day 16` or `year from month 4`"
        raise Malformed("malformed-cycle", f"`{short(text)}` is no way to cut time", hint)
    kinds: dict[str, CycleKind] = {
        "day": "day",
        "week": "week",
        "month": "month",
        "quarter": "quarter",
        "year": "year",
    }
    kind, month, day = kinds[written[1]], int(written[3] or 1), int(written[2] or written[4] or 1)
    plain = written[2] is None and written[3] is None
    anchored = kind == "month" if written[2] is not None else kind in ("quarter", "year")
    if (plain or anchored) and 1 <= month <= 12 and 1 <= day <= 31:
        return Cycle(kind=kind, month_day=day, first_month=month)
    hint = "months start `from day 1` to 31, quarters and years `from month 1` to 12, also `from month 4 day 6`"
    raise Malformed("malformed-cycle", f"no {kind} starts{text.removeprefix(kind)}", hint)


def accepted_range(text: str, reading: Reading) -> tuple[Quantity, Quantity]:
    """`0 % to 100 %`: the first and the last value that is accepted, in one unit."""
    first, parted, last = text.partition(" to ")
    if not parted:
        raise Malformed("malformed-quantity", f"`{short(text)}` is no range", "write `0 % to 100 %`")
    low, high = quantity(first, reading), quantity(last, reading)
    if low.unit.removesuffix("s") != high.unit.removesuffix("s"):
        raise Malformed("wrong-unit", f"`{short(text)}` has two units", "write both ends in one unit")
    if low.number >= high.number:
        raise Malformed("out-of-range", f"`{short(text)}` holds nothing", "write the lower end first")
    return low, high


def level_rounding(text: str, reading: Reading) -> LevelRounding:
    """`2 places half_up`."""
    del reading
    modes = "|".join(mode.value for mode in RoundingMode)
    written = re.fullmatch(rf"([0-9]|1[0-2]) places? ({modes})", text)
    if written is None:
        hint = f"write `2 places half_up`; the modes are {', '.join(mode.value for mode in RoundingMode)}"
        raise Malformed("malformed-rounding", f"`{short(text)}` is no rounding", hint)
    return LevelRounding(places=int(written[1]), mode=RoundingMode(written[2]))


def day(text: str, reading: Reading) -> datetime.date:
    """A civil day, `2026-01-31`."""
    del reading
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is None:
        raise Malformed("malformed-date", f"`{short(text)}` is no date", "write year-month-day: `2026-01-31`")
    try:
        read = datetime.date.fromisoformat(text)
    except ValueError:
        raise Malformed("malformed-date", f"the calendar has no day {text}", "write a day that exists") from None
    if not FIRST_YEAR <= read.year < LAST_YEAR:
        hint = f"write a year from {FIRST_YEAR} to {LAST_YEAR - 1}"
        raise Malformed("malformed-date", f"{text} is out of reach", hint)
    return read


def _no_quantity(text: str) -> Malformed:
    shown, code = short(text), "malformed-quantity"
    glued = _GLUED.fullmatch(text)
    if glued is not None and not glued[2].startswith(("e", "E")):
        return Malformed(code, f"`{shown}` has no blank before its unit", f"write `{glued[1]} {short(glued[2])}`")
    if "," in text and re.fullmatch(r"[0-9.,]+( .*)?", text):
        hint = "write a decimal point and no thousands separators: `12000.00`"
        return Malformed(code, f"`{shown}` has a comma", hint)
    number = text.split(" ", 1)[0]
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", number, re.ASCII) and not _NUMBER.fullmatch(number):
        hint = "write at most 18 digits and 12 decimals"
        return Malformed("out-of-range", f"`{shown}` has too many digits", hint)
    return Malformed(code, f"`{shown}` is no quantity", "write number, blank, unit, as in `99.9 %` or `4 hours`")


def _after(text: str, start: str, example: str) -> str:
    if not text.startswith(start):
        raise Malformed("malformed-quantity", f"`{short(text)}` lacks `{start.strip()}`", f"write {example}")
    return text.removeprefix(start)


def short(text: str) -> str:
    """A text on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:57]}..."


def _sentence(fault: ValueError) -> str:
    return str(fault)
