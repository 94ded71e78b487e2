"""Owns what the fields of a row mean together: which exclude or need each other, and the event they make.

Does not own: the table of fields (event_fields), the reading of one value (event_values), or a row's form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

from malus.model.durations import Duration
from malus.model.event_corrections import Retraction
from malus.model.event_deliveries import Delivery, Extension
from malus.model.event_fields import (
    ADJUSTMENT,
    CHARGE,
    CHECK,
    CHOICE,
    CLAIM,
    DELIVERY,
    DEPLOYMENT,
    DISPUTE,
    EXCLUSION,
    EXTENSION,
    INCIDENT_FACT,
    INCIDENT_SUMMARY,
    NOTICE,
    OBLIGATION,
    OPENING,
    OUTAGE,
    READING,
    RETRACTION,
    SETTLEMENT,
    TALLY,
    Form,
)
from malus.model.event_incidents import TRANSITIONS, Occurrences, whole_incident
from malus.model.events import (
    Adjustment,
    Charge,
    Check,
    Choice,
    Claim,
    Deployment,
    Dispute,
    Event,
    Exclusion,
    Incident,
    Notice,
    Obligation,
    Opening,
    Outage,
    Reading,
    Settlement,
    Tally,
    Transition,
)
from malus.model.field_types import LOOKS
from malus.model.instants import Instant, civil_text, utc_text
from malus.model.money import Money
from malus.model.periods import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFault:
    """What is wrong with one field of a row: `index` is the row's, `reason` a stable kebab-case word."""

    index: int
    field: str
    reason: str
    what: str
    hint: str


_OFFSET: Final = re.compile(r":.*(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})$")


@dataclass(slots=True)
class RowReading:
    """A row on its way: the values that could be read, and the faults found so far."""

    index: int
    form: Form
    evidence: str
    occurrences: Occurrences | None
    zone: str | None
    said: Mapping[str, str | int]
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[FieldFault] = field(default_factory=list)

    def fault(self, name: str, reason: str, what: str, hint: str) -> None:
        self.faults.append(FieldFault(index=self.index, field=name, reason=reason, what=what, hint=hint))

    def moment(self, name: str) -> str:
        """A field's instant as it was written: on the clocks of the row's zone, or in UTC if it has an offset."""
        instant: Instant = self.values[name]
        has_offset = _OFFSET.search(str(self.said.get(name, ""))) is not None
        return utc_text(instant) if self.zone is None or has_offset else civil_text(instant, self.zone)

    def has_fault(self, name: str) -> bool:
        return any(fault.field == name for fault in self.faults)

    def missing(self, name: str, hint: str) -> None:
        self.fault(name, "missing-field", f"`{name}` is missing: {self.form.called} needs it", hint)


def events_of(reading: RowReading) -> tuple[Event, ...]:
    """The events that the values of a row make, or nothing where it has a fault, told in `faults`."""
    return _BUILDERS[reading.form.called](reading)


def _check_order(reading: RowReading, first: str, then: str, *, empty: bool = True) -> None:
    start, end = reading.values.get(first), reading.values.get(then)
    if start is None or end is None or start < end or (empty and start == end):
        return
    what = f"`{then}` {reading.moment(then)} is before `{first}` {reading.moment(first)}"
    if start == end:
        what = f"`{then}` {reading.moment(then)} is the same instant as `{first}`"
    reading.fault(then, "end-before-start", what, f"write a later `{then}`, or correct `{first}`")


def _built(reading: RowReading, event: Callable[..., Event], values: Mapping[str, Any]) -> tuple[Event, ...]:
    return () if reading.faults else (event(evidence=reading.evidence, **values),)


def _as_it_stands(event: Callable[..., Event]) -> Callable[[RowReading], tuple[Event, ...]]:
    def build(reading: RowReading) -> tuple[Event, ...]:
        return _built(reading, event, reading.values)

    return build


def _with_amount(event: Callable[..., Event]) -> Callable[[RowReading], tuple[Event, ...]]:
    def build(reading: RowReading) -> tuple[Event, ...]:
        return _built(reading, event, _in_currency(reading, dict(reading.values), ("amount",)))

    return build


def _outage(reading: RowReading) -> tuple[Event, ...]:
    said = reading.values
    if "start" not in said and not reading.has_fault("start") and not ("end" in said and "outage_id" in said):
        reading.missing(
            "start",
            "write when it began; only a part told later, with its outage_id, may leave it out",
        )
    _check_order(reading, "start", "end")
    return _built(reading, Outage, said)


def _deployment(reading: RowReading) -> tuple[Event, ...]:
    said = reading.values
    if "start" not in said and not reading.has_fault("start") and not ("end" in said and "deployment_id" in said):
        reading.missing("start", "write when it began; only a part told later, with its deployment_id, may lack it")
    _check_order(reading, "start", "end")
    return _built(reading, Deployment, said)


def _delivery(reading: RowReading) -> tuple[Event, ...]:
    said = set(reading.values) | {fault.field for fault in reading.faults}
    if not said & {"due", "sent", "done", "delivery_id"}:
        what = "write when it is `due`; only a part told later, with its delivery_id, may leave it out"
        reading.missing("due", what)
    _check_order(reading, "sent", "done")
    values = _in_currency(reading, dict(reading.values), ("value", "good_value"))
    for part, whole in (("good_quantity", "quantity"), ("good_value", "value")):
        _check_part(reading, values, part, whole)
    return _built(reading, Delivery, values)


def _check_part(reading: RowReading, values: Mapping[str, Any], part: str, whole: str) -> None:
    """Refuse amounts below nothing, and a part that came as agreed above what was owed."""
    for name in (part, whole):
        if isinstance(values.get(name), Fraction) and values[name] < 0:
            reading.fault(name, "negative-number", f"`{name}` is below zero", "write 0 or more")
    some, all_of_it = values.get(part), values.get(whole)
    if some is None or all_of_it is None or type(some) is not type(all_of_it):
        return
    if isinstance(some, Money):
        if some.currency != all_of_it.currency:
            what = f"`{part}` is in {some.currency} and `{whole}` in {all_of_it.currency}"
            reading.fault(part, "unknown-currency", what, "name one currency")
            return
        some, all_of_it = some.amount, all_of_it.amount
    if some > all_of_it:
        what = f"`{part}` is more than `{whole}`"
        reading.fault(part, "good-above-total", what, f"write at most as much as `{whole}`")


def _extension(reading: RowReading) -> tuple[Event, ...]:
    values = dict(reading.values)
    granted: Duration | None = values.pop("by", None)
    if granted is not None:
        if granted.is_exact:
            values["microseconds"] = granted.exact_microseconds
        else:
            values["days"] = granted.whole_number * (7 if granted.unit == "weeks" else 1)
    return _built(reading, Extension, values)


def _exclusion(reading: RowReading) -> tuple[Event, ...]:
    _check_order(reading, "start", "end")
    return _built(reading, Exclusion, reading.values)


def _reading(reading: RowReading) -> tuple[Event, ...]:
    values = dict(reading.values)
    at: Instant | None = values.pop("at", None)
    if at is not None:
        for name in ("start", "end"):
            if name in values:
                reading.fault(
                    name,
                    "unknown-field",
                    f"a reading `at` an instant has no `{name}`",
                    "write one or the other",
                )
        values |= {"start": at, "end": at}
    elif not reading.has_fault("at"):
        _need_stretch(reading, "at")
        _check_order(reading, "start", "end")
    return _built(reading, Reading, values)


def _tally(reading: RowReading) -> tuple[Event, ...]:
    _check_order(reading, "start", "end")
    good, total = reading.values.get("good"), reading.values.get("total")
    if good is not None and total is not None and good > total:
        reading.fault("good", "good-above-total", f"{good} good of {total} in all", "write at most as many as `total`")
    return _built(reading, Tally, reading.values)


def _incident_fact(reading: RowReading) -> tuple[Event, ...]:
    transition = reading.values.get("transition")
    if transition is Transition.PAUSED and "reason" not in reading.values and not reading.has_fault("reason"):
        reading.missing("reason", "write why it was paused: the agreement allows some reasons and not others")
    if "reason" in reading.values and transition is not None and transition is not Transition.PAUSED:
        reading.fault("reason", "unknown-field", f"{transition.value} has no `reason`", "only paused has one")
    return _built(reading, Incident, reading.values)


def _incident_summary(reading: RowReading) -> tuple[Event, ...]:
    for column, _ in TRANSITIONS[1:]:
        _check_order(reading, "start", column)
    if reading.faults:
        return ()
    return whole_incident(reading.values, reading.evidence, reading.occurrences)


def _charge(reading: RowReading) -> tuple[Event, ...]:
    values = _over_a_stretch(reading)
    return _built(reading, Charge, _in_currency(reading, values, ("amount",)))


def _opening(reading: RowReading) -> tuple[Event, ...]:
    values = _in_currency(reading, _over_a_stretch(reading), ("used", "charged"))
    said = set(values) | {fault.field for fault in reading.faults}
    if ("cap" in said) == ("missed" in said):
        what = "an opening balance speaks of one thing: a `cap` that was used, or something `missed`"
        reading.fault("cap", "missing-field", what, "write exactly one of `cap` and `missed`")
    elif "cap" in said and not said & {"used", "charged"}:
        reading.missing("used", "write what had been credited under the cap: 0.00 EUR if nothing")
    elif "missed" in said:
        for name in sorted(said & {"used", "charged"}):
            reading.fault(name, "unknown-field", f"a missed period has no `{name}`", "only a `cap` has one")
    return _built(reading, Opening, values)


def _over_a_stretch(reading: RowReading) -> dict[str, Any]:
    """Values with start and end, taken from the period where that is what the row says."""
    values = dict(reading.values)
    period: Period | None = values.pop("period", None)
    if period is not None:
        for name in ("start", "end"):
            if name in values:
                reading.fault(name, "unknown-field", f"`{name}` beside a `period`", "write one or the other")
        values |= {"start": period.start, "end": period.end}
    elif not reading.has_fault("period"):
        _need_stretch(reading, "period")
        _check_order(reading, "start", "end", empty=False)
    return values


def _need_stretch(reading: RowReading, instead: str) -> None:
    said = [name for name in ("start", "end") if name in reading.values or reading.has_fault(name)]
    if not said:
        reading.missing(instead, f"write `{instead}`, or `start` and `end`")
    for name in ("start", "end"):
        if said and name not in said:
            reading.missing(name, f"write `start` and `end`, or `{instead}`")


def _in_currency(reading: RowReading, values: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Values with their amounts as money: in the currency that each names, or in the row's."""
    code: str | None = values.pop("currency", None)
    for name in names:
        amount: Money | Fraction | None = values.get(name)
        match amount:
            case Fraction() if code is not None:
                values[name] = Money(amount=amount, currency=code)
            case Fraction() if not reading.has_fault("currency"):
                what = f"`{name}` names no currency"
                reading.fault(name, "unknown-currency", what, f"write {LOOKS['money']}, or fill `currency`")
            case Money(currency=other) if code is not None and other != code:
                what = f"`{name}` is in {other} and the row in {code}"
                reading.fault(name, "unknown-currency", what, "name one currency")
            case _:
                pass
    return values


_BUILDERS: Final[dict[str, Callable[[RowReading], tuple[Event, ...]]]] = {
    OUTAGE.called: _outage,
    DEPLOYMENT.called: _deployment,
    CHECK.called: _as_it_stands(Check),
    READING.called: _reading,
    TALLY.called: _tally,
    INCIDENT_FACT.called: _incident_fact,
    INCIDENT_SUMMARY.called: _incident_summary,
    DELIVERY.called: _delivery,
    EXTENSION.called: _extension,
    EXCLUSION.called: _exclusion,
    CHARGE.called: _charge,
    OBLIGATION.called: _as_it_stands(Obligation),
    CLAIM.called: _as_it_stands(Claim),
    NOTICE.called: _as_it_stands(Notice),
    CHOICE.called: _as_it_stands(Choice),
    SETTLEMENT.called: _with_amount(Settlement),
    DISPUTE.called: _as_it_stands(Dispute),
    ADJUSTMENT.called: _with_amount(Adjustment),
    OPENING.called: _opening,
    RETRACTION.called: _as_it_stands(Retraction),
}
