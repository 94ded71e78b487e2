"""The kinds of scalar that keys take, each described once for reading and for the schema.

Owns: names, free text, contact data, and the kinds that wrap the quantities. Does not own: the keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeVar

from malus.model.clauses import Party
from malus.model.events import Cause
from malus.model.indicators import NoData
from malus.model.instants import ZoneFault, zone_named
from malus.model.money import RoundingMode
from malus.rulefiles import charge_text
from malus.rulefiles import quantities_text as written
from malus.rulefiles.documents import ByShape, ListOf, Malformed, Named, NamesTo, Text, Words
from malus.rulefiles.findings import Reading, did_you_mean

T = TypeVar("T")

_KEBAB: Final = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
_LONGEST_NAME: Final = 64


def _name(text: str, reading: Reading) -> str:
    del reading
    if re.fullmatch(_KEBAB, text) is None or len(text) > _LONGEST_NAME:
        hint = "write small letters, digits and hyphens, a letter first, at most 64: `uptime-credit`"
        raise Malformed("malformed-name", f"`{text[:60]}` is no name", hint)
    return text


def _word(text: str, reading: Reading) -> str:
    del reading
    if re.fullmatch(r"[a-z][a-z0-9_-]{0,63}", text) is None:
        raise Malformed("malformed-name", f"`{text[:60]}` is no word", "write small letters: `next_invoice`")
    return text


def _free(most: int) -> Callable[[str, Reading], str]:
    def parse(text: str, reading: Reading) -> str:
        del reading
        if not text.strip():
            raise Malformed("malformed-text", "this text is empty")
        if len(text) > most:
            raise Malformed("malformed-text", f"this text has {len(text)} characters", f"write at most {most}")
        return text.strip()

    return parse


def _matching(pattern: str, code: str, what: str) -> Callable[[str, Reading], str]:
    def parse(text: str, reading: Reading) -> str:
        del reading
        if re.fullmatch(pattern, text) is None:
            raise Malformed(code, f"`{text[:60]}` is no {what}")
        return text

    return parse


def _zone(text: str, reading: Reading) -> str:
    del reading
    try:
        zone_named(text)
    except ZoneFault:
        from zoneinfo import available_timezones  # a long list, read only where a name is wrong

        hint = did_you_mean(text, tuple(sorted(available_timezones()))) or "write a name like `Europe/Amsterdam`"
        raise Malformed("unknown-value", f"`{text[:60]}` is no IANA time zone", hint) from None
    return text


def _only(word: str) -> Words[str]:
    return Words(choices=((word, word),))


def words(*choices: T) -> Words[T]:
    """A closed list of words that stand for themselves."""
    return Words(choices=tuple((str(choice), choice) for choice in choices))


NAME: Final = Text(says="a name in small letters, digits and hyphens: `uptime-credit`", parse=_name, pattern=_KEBAB)
SUBJECT_WORD: Final = Text(
    says="a subject, a class of them, or one with another: `north`, `small`, `north/high`",
    parse=_matching(f"{_KEBAB}(?:/{_KEBAB})*", "malformed-name", "name of a subject or class"),
    pattern=f"{_KEBAB}(?:/{_KEBAB})*",
)
NAMES: Final = ListOf(of=NAME)
NAMES_OR_NONE: Final = ListOf(of=NAME, least=0)
NAME_OR_NAMES: Final = ListOf(of=NAME, single=True)
WORD: Final = Text(says="a word in small letters: `next_invoice`", parse=_word, pattern="[a-z][a-z0-9_-]*")
FREE: Final = Text(says="text", parse=_free(2_000), numeric=True)
SOURCE: Final = Text(says="where the paper says so: `art. 4.2`", parse=_free(200), numeric=True)
VALUE: Final = Text(says="a value as the events carry it", parse=_free(100), numeric=True)
VALUES: Final = ListOf(of=VALUE, single=True)
LANGUAGE: Final = Text(
    says="a language of two letters: `nl`",
    parse=_matching("[a-z]{2}", "malformed-language", "language of two letters"),
    pattern="[a-z]{2}",
)
PHONE: Final = Text(
    says='a telephone number in quotes: `"+31 20 555 0100"`',
    parse=_matching(r"\+?[0-9][0-9 ()./-]{2,38}", "malformed-phone", "telephone number"),
    numeric=True,
)
EMAIL: Final = Text(
    says="an address: `desk@polder.example`",
    parse=_matching(r"[^@\s]{1,64}@[^@\s]{1,190}", "malformed-email", "address for mail"),
)
ZONE: Final = Text(says="an IANA time zone: `Europe/Amsterdam`", parse=_zone)
CURRENCY: Final = Text(says="an ISO 4217 code: `EUR`", parse=written.currency, pattern="[A-Z]{3}")
DATE: Final = Text(says="a date: `2026-01-31`", parse=written.day, pattern="[0-9]{4}-[0-9]{2}-[0-9]{2}")
DATES: Final = ListOf(of=DATE)
MONEY: Final = Text(says="an amount: `250.00 EUR`", parse=written.money, pattern=rf"{written.NUMBER} [A-Z]{{3}}")
ANY_MONEY: Final = Text(
    says="an amount: `250.00 EUR`; in another currency where `exchange` has its rate",
    parse=written.any_money,
    pattern=rf"{written.NUMBER} [A-Z]{{3}}",
)
WORTH: Final = Text(says="what one is worth: `0.92 EUR`", parse=written.worth, pattern=rf"{written.NUMBER} [A-Z]{{3}}")
AMOUNT_OR_RATE: Final = Text(
    says="an amount or a rate: `75.00 EUR`, `5 %`", parse=written.money_or_percent, pattern=".+ (%|[A-Z]{3})"
)
PERCENT: Final = Text(says="a percentage: `5 %`", parse=written.percent, pattern=rf"{written.NUMBER} %")
FACTOR: Final = Text(says="a plain number above nothing: `2`", parse=written.factor, numeric=True)
WHOLE: Final = Text(says="a whole number above nothing: `2`", parse=written.whole, pattern="[0-9]+", numeric=True)
QUANTITY: Final = Text(says="number, blank, unit: `99.9 %`", parse=written.quantity, numeric=True)
DURATION: Final = Text(says="a length of time: `30 days`", parse=written.duration, pattern=rf"{written.NUMBER} [a-z ]+")
ELAPSED_TIME: Final = Text(
    says="elapsed time: `4 hours`", parse=written.elapsed_time, pattern=rf"{written.NUMBER} [a-z]+"
)
BLOCK_TIME: Final = Text(
    says="elapsed time, or days of a lateness: `1 hour`, `7 days`",
    parse=written.block_time,
    pattern=rf"{written.NUMBER} [a-z]+",
)
EDGE_AND_TIME: Final = Text(
    says="an edge and a time: `above 30 minutes`",
    parse=written.edge_and_time,
    pattern=r"(below|at most|above|at least) .+",
)
NOTICE_TIME: Final = Text(
    says="the least notice: `at least 5 business days`", parse=written.notice_time, pattern="at least .+"
)
TIME_PER_CYCLE: Final = Text(
    says="time per stretch: `8 hours per month`", parse=written.time_per_cycle, pattern=".+ per .+"
)
WINDOW: Final = Text(says="a window: `any 6 months`", parse=written.any_window, pattern="any .+")
SHARE_OF_PROMISE: Final = Text(
    says="a share of the promised time: `80 % of promise`, or `promise`",
    parse=written.share_of_promise,
    pattern="(.+ % of )?promise",
)
CYCLE: Final = Text(
    says="how time is cut: `month`, `quarter`, `year`, `week`, `day`, `month from day 16`",
    parse=written.cut,
    pattern="(day|week|month|quarter|year)( from (day [0-9]{1,2}|month [0-9]{1,2}( day [0-9]{1,2})?))?",
)
CAP_WINDOW: Final = Text(
    says="a cycle, `incident`, `outage`, `delivery`, `period`, `rolling 12 months` or `term`",
    parse=charge_text.cap_window,
)
CHARGED_PERIOD: Final = Text(
    says="`judged`, `previous`, `next`, `preceding 30 days`, or the cycle that it ends in: `quarter`",
    parse=charge_text.charged_period,
    pattern="(judged|previous|next|preceding [0-9]+ days|(day|week|month|quarter|year)( from (day|month) [0-9]{1,2})?)",
)
SLOPE: Final = Text(
    says="so much for each unit beyond a level: `2 % per percentage point below 98 %`",
    parse=charge_text.slope,
    pattern=".+ per .+ (below|above) .+",
)
CAP_LIMIT: Final = Text(
    says="`30 % of hosting`, `10 % of value_of_delivery`, or an amount: `1000.00 EUR`", parse=charge_text.cap_limit
)
ACCEPTED_RANGE: Final = Text(says="a range: `0 % to 100 %`", parse=written.accepted_range, pattern=".+ to .+")
LEVEL_ROUNDING: Final = Text(
    says="a rounding: `2 places half_up`", parse=written.level_rounding, pattern="[0-9]+ places? [a-z_]+"
)
LIMIT: Final[ByShape[written.Quantity | tuple[Named[written.Quantity], ...]]] = ByShape(
    scalar=QUANTITY, mapping=NamesTo(name=VALUE, of=QUANTITY)
)

PARTY: Final[Words[Party]] = Words(choices=(("provider", "provider"), ("customer", "customer")))
CHANNELS: Final = ListOf(of=words("phone", "email"))
NO_DATA: Final = words(*NoData)
ROUNDING_MODE: Final = words(*RoundingMode)
CAUSE: Final = words(*Cause)
FORMAT: Final = _only("1")
EARLIEST: Final = _only("earliest")
LAPSES: Final = _only("lapses")
