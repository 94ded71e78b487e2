"""Compiles credits: tables, sums or rates for each, and blocks of time, with the base that rates are taken of.

Owns: which credit fits which indicator. Does not own: rows (band_terms), bases (base_terms), or whether a table is
complete (band_table).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from malus.model.clauses import Cap, Holds
from malus.model.conditions import Condition, Promise
from malus.model.credits import (
    Again,
    AmountCredit,
    BandCredit,
    BlockCredit,
    Credit,
    LostTimeCredit,
    PaidOnlyIf,
    Units,
    ValueOf,
)
from malus.model.indicators import (
    Availability,
    DeliveryShare,
    DeliveryTime,
    Elapsed,
    Excursion,
    Indicator,
    Occurrences,
    Points,
    Sample,
    is_of_each,
)
from malus.rulefiles import forms_clauses as forms
from malus.rulefiles.band_terms import bands_of, rows_pay_rates
from malus.rulefiles.base_terms import base_terms
from malus.rulefiles.block_terms import length_terms
from malus.rulefiles.documents import Unsound, built
from malus.rulefiles.forms import Given
from malus.rulefiles.paid_terms import paid_terms
from malus.rulefiles.point_terms import again_terms
from malus.rulefiles.rows_terms import rows_by_terms
from malus.rulefiles.scalars import ELAPSED_TIME, FACTOR, MONEY
from malus.rulefiles.scope import Scope
from malus.rulefiles.turn_terms import firsts_terms

_FITS: Final = {
    "incident": "a promise on an indicator of measure `elapsed` from incidents",
    "outage": "a promise on an indicator of measure `elapsed` from outages",
    "delivery": "a promise that is judged for each delivery",
    "point": "a promise on `points`, or on an `excursion` that counts the worst",
    "occurrence": "a promise on `occurrences`, or on an `excursion` that counts readings",
    "period_total": "a promise on an indicator of measure `availability` from outages",
    "each_outage": "a promise on an indicator of measure `availability` or `elapsed` from outages",
    "each_incident": "a promise on an indicator of measure `elapsed` from incidents",
    "each_delivery": "a promise on an indicator of measure `elapsed` from deliveries",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """Whose credit is compiled: a clause's, under its condition; `judged` is its promise's indicator, if sound.

    `caps` are those of the file that are sound, since a rate may be taken of a pool that `holds` what is compiled.
    """

    clause: str
    condition: Condition | None
    judged: Indicator | None
    scope: Scope
    caps: Mapping[str, Cap]
    indicators: Mapping[str, Indicator]
    holds: Holds = "credits"

    @property
    def by_subject(self) -> bool:
        """Whether it is paid for each incident or outage, or may be: its indicator is not known."""
        return isinstance(self.condition, Promise) and (self.judged is None or isinstance(self.judged, Elapsed))

    def knows_value_of(self, of: ValueOf) -> bool:
        """Whether what is judged has goods of that kind."""
        if of == "delivery":
            return self.fits("delivery")
        return isinstance(self.condition, Promise) and (self.judged is None or isinstance(self.judged, DeliveryShare))

    def fits(self, word: str) -> bool:
        """Whether what is paid for, or measured on, is there under the condition of the clause."""
        if self.judged is None or not isinstance(self.condition, Promise):
            return isinstance(self.condition, Promise)
        timed = self.judged.origin if isinstance(self.judged, Elapsed) else None
        match word:
            case "incident" | "each_incident":
                return timed == "incidents"
            case "outage":
                return timed == "outages"
            case "each_outage":
                return timed == "outages" or isinstance(self.judged, Availability)
            case "period_total":
                return isinstance(self.judged, Availability)
            case "delivery":
                return is_of_each(self.judged) and not isinstance(self.judged, Elapsed)
            case "each_delivery":
                return isinstance(self.judged, DeliveryTime)
            case "point":
                far = isinstance(self.judged, Excursion) and self.judged.counts == "worst"
                return far or isinstance(self.judged, Points)
            case _:
                many = isinstance(self.judged, Excursion) and self.judged.counts == "readings"
                return many or isinstance(self.judged, Occurrences | Sample)


def credit_terms(given: Given, owed: Owed) -> Credit | None:
    """The credit of a clause, None where it has none."""
    if not given.has("credit"):
        return None
    credit = given.must("credit", forms.CREDIT)
    if credit.form is forms.TABLE:
        return table_terms(credit, owed)
    if credit.form is forms.SUM:
        return _for_each(credit, owed)
    if credit.form is forms.LOST_TIME:
        return _lost_time(credit, owed)
    return _blocks(credit, owed)


class _Parts:
    """The base and the least credit, each read by itself, so that a fault in one hides none elsewhere."""

    def __init__(self, given: Given, owed: Owed, *, pays_rates: bool) -> None:
        self.base = built(
            lambda: base_terms(
                given,
                owed.scope,
                owed.caps,
                clause=owed.clause,
                needed=pays_rates,
                by_subject=owed.by_subject,
                knows_value_of=owed.knows_value_of,
                holds=owed.holds,
            )
        )
        self.least = built(lambda: _paid_only_if(given))
        base_is_sound = self.base is not None or not (pays_rates or given.has("of"))
        self.sound = base_is_sound and (self.least is not None or not given.has("paid_only_if"))
        self.again: Again | None = None
        if any(key.name == "again" for key in given.form.keys) and given.has("again"):
            self.again = built(lambda: self._again(given, owed, pays_rates=pays_rates))
            self.sound = self.sound and self.again is not None

    def _again(self, given: Given, owed: Owed, *, pays_rates: bool) -> Again | None:
        if owed.condition is not None and not isinstance(owed.condition, Promise):
            what = "only a missed promise has a period just before it"
            given.reading.error("wrong-measure", given.key_node("again"), what, hint="write `promise:`")
            raise Unsound
        return again_terms(given, pays_rates=pays_rates)


def table_terms(given: Given, owed: Owed) -> BandCredit:
    """A table of rows with the base of its rates, that of a credit or of a bonus."""
    rows = given.must("bands", forms.BANDS)
    parts = _Parts(given, owed, pays_rates=rows_pay_rates(rows))
    if owed.condition is not None and not isinstance(owed.condition, Promise):
        hint = "a table looks up the level of a promise: write `promise:`, or a fixed credit"
        given.reading.error("wrong-measure", given.key_node("bands"), "this clause has no level to look up", hint=hint)
        raise Unsound
    looked_up = built(lambda: rows_by_terms(given, rows, owed.judged, owed.indicators, owed.scope))
    bands = built(lambda: bands_of(rows, owed.condition, looked_up, owed.scope))
    if bands is None or not parts.sound or given.faulty("pays") or given.faulty("gaps"):
        raise Unsound
    return BandCredit(
        base=parts.base,
        overlap=given.must("overlap", forms.OVERLAP),
        # A bonus says nothing of when it pays: only where the promise is kept.
        pays=(given.get("pays", forms.PAYS) if given.form is forms.TABLE else None) or "only_when_missed",
        bands=bands,
        gaps=given.get("gaps", forms.GAPS) or "refused",
        rows_by=None if looked_up is None or looked_up is owed.judged else looked_up.name,
        paid_only_if=parts.least,
        again=parts.again,
    )


def _for_each(given: Given, owed: Owed) -> Credit:
    parts = _Parts(given, owed, pays_rates=given.has("rate"))
    each = given.must("each", forms.EACH)
    if owed.condition is not None and each != "period":
        _check_fit(given, "each", each, fits=owed.fits(each))
    _check_pays_one(given, "each pays")
    units = _units(given, owed)
    paid = built(lambda: paid_terms(given, owed.condition, owed.judged, owed.scope))
    firsts = built(lambda: firsts_terms(given, owed.condition, owed.judged, owed.scope))
    if not parts.sound or paid is None or firsts is None:
        raise Unsound
    return AmountCredit(
        each=each,
        amount=paid.amount,
        rate=paid.rate,
        base=parts.base,
        first_amounts=firsts.amounts,
        first_rates=firsts.rates,
        units=units,
        differs=replace(paid.differs, firsts=firsts.differs),
        paid_only_if=parts.least,
        again=parts.again,
    )


def _blocks(given: Given, owed: Owed) -> Credit:
    parts = _Parts(given, owed, pays_rates=given.has("rate"))
    lengths = built(lambda: length_terms(given, owed.condition, owed.judged, owed.scope))
    _check_pays_one(given, "a block pays")
    measured = given.must("measured_on", forms.MEASURED_ON)
    if owed.condition is not None:
        _check_fit(given, "measured_on", measured, fits=owed.fits(measured))
    units = _units(given, owed)
    paid = built(lambda: paid_terms(given, owed.condition, owed.judged, owed.scope, blocks=True))
    if not parts.sound or paid is None or lengths is None:
        raise Unsound
    return BlockCredit(
        base=parts.base,
        block=lengths.block,
        after=lengths.after,
        part=given.must("part", forms.PART),
        measured_on=measured,
        rate=paid.rate,
        amount=paid.amount,
        first=paid.first,
        units=units,
        differs=replace(paid.differs, blocks=lengths.blocks, afters=lengths.afters),
        paid_only_if=parts.least,
        again=parts.again,
    )


def _units(given: Given, owed: Owed) -> Units | None:
    """Of what a sum is paid for each unit; a rate of a value holds every unit already."""
    if not given.has("units"):
        return None
    units = given.must("units", forms.UNITS)
    if owed.condition is not None:
        _check_fit(given, "units", "delivery", fits=owed.fits("delivery"))
    if given.has("rate"):
        what = "a rate is of the whole, so it has no units"
        given.reading.error("unknown-key", given.key_node("units"), what, hint="write `amount:`, or leave it out")
        raise Unsound
    return units


def _lost_time(given: Given, owed: Owed) -> Credit:
    parts = _Parts(given, owed, pays_rates=True)
    measured = given.must("measured_on", forms.MEASURED_ON)
    if owed.condition is not None:
        _check_fit(given, "measured_on", measured, fits=owed.fits(measured))
    base = parts.base
    if base is not None and base.day_of_fee is not None:
        what = "the charge for a lost time is spread over the time that it was charged for, not over a day"
        at = given.must("of", forms.BASE).key_node("day_of_fee")
        given.reading.error("unknown-key", at, what, hint="leave `day_of_fee` out")
        raise Unsound
    if base is None or not parts.sound:
        raise Unsound
    return LostTimeCredit(
        base=base,
        times=given.must("times", FACTOR),
        after=given.must("after", ELAPSED_TIME),
        measured_on=measured,
        paid_only_if=parts.least,
        again=parts.again,
    )


def _check_pays_one(given: Given, what: str) -> None:
    if given.has("rate") == given.has("amount"):
        code = "duplicate-name" if given.has("rate") else "missing-key"
        what = f"{what} {'two things' if given.has('rate') else 'nothing'}"
        given.reading.error(code, given.label, what, hint="write `rate:` or `amount:`")
        raise Unsound


def _check_fit(given: Given, key: str, word: str, *, fits: bool) -> None:
    if not fits:
        what = f"`{key}: {word}` does not fit this clause"
        given.reading.error("wrong-measure", given.at(key), what, hint=f"it needs {_FITS[word]}")
        raise Unsound


def _paid_only_if(given: Given) -> PaidOnlyIf | None:
    if not given.has("paid_only_if"):
        return None
    least = given.must("paid_only_if", forms.PAID_ONLY_IF)
    if least.has("above") == least.has("at_least"):
        code = "duplicate-name" if least.has("above") else "missing-key"
        least.reading.error(code, least.label, "one amount must be passed", hint="write `above:` or `at_least:`")
        raise Unsound
    return PaidOnlyIf(
        edge="above" if least.has("above") else "at_least",
        least=least.must("above" if least.has("above") else "at_least", MONEY),
        compared=least.must("compared", forms.COMPARED),
    )
