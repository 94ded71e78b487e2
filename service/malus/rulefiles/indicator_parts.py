"""Reads what every indicator says: its name, service, cycle, rounding, selection and exclusions.

Owns: those shared keys. Does not own: any measure's own keys (indicator_terms, incident_indicators).
"""

from __future__ import annotations

from typing import TypedDict

from malus.model.indicator_parts import ReportedInTime
from malus.model.indicators import FewSamples, NoData, Where
from malus.model.periods import Cycle
from malus.model.quantities import LevelRounding
from malus.rulefiles.documents import Unsound, built
from malus.rulefiles.findings import did_you_mean
from malus.rulefiles.forms import Form, Given
from malus.rulefiles.forms_measures import FEW, FEW_SAYS, NOT_KEPT, REPORTING, WHOLE, WHOLE_OR_NONE
from malus.rulefiles.scalars import (
    CYCLE,
    LEVEL_ROUNDING,
    NAME,
    NAME_OR_NAMES,
    NAMES_OR_NONE,
    NO_DATA,
    SOURCE,
    VALUES,
)
from malus.rulefiles.scope import Scope
from malus.rulefiles.subject_terms import kind_of, kind_told


class CommonParts(TypedDict):
    """What every indicator is built with."""

    name: str
    cycle: Cycle
    service: str | None
    for_each: str | None
    no_data: NoData | None
    round: LevelRounding | None
    formerly: tuple[str, ...]
    source: str
    line: int


def common_parts(name: str, given: Given, cycle: Cycle | None = None) -> CommonParts:
    """What every indicator is built with; `cycle` where the form need not say it."""
    keys = {key.name for key in given.form.keys}
    service = given.must("of", NAME) if "of" in keys else None
    return CommonParts(
        name=name,
        cycle=cycle or given.must("per", CYCLE),
        service=service,
        for_each=kind_told(given),
        no_data=given.get("no_data", NO_DATA) if "no_data" in keys else None,
        round=given.get("round", LEVEL_ROUNDING),
        formerly=tuple(sorted({item.value for item in given.get("formerly", NAME_OR_NAMES) or ()})),
        source=given.get("source", SOURCE) or "",
        line=given.line,
    )


def refer_to_names(given: Given, scope: Scope) -> None:
    """Report a service or a kind of subject that the file lacks, before anything else of the indicator is read."""
    built(lambda: kind_of(given, scope))
    if given.has("of"):
        name = given.get("of", NAME)
        if name is not None:
            scope.refer("service", name, given.at("of"), given.reading)


def reported_in_time(given: Given, scope: Scope) -> ReportedInTime | None:
    """The customer's duty on which it depends how an outage counts; None where all count alike."""
    told = given.get("reporting", REPORTING)
    if told is None:
        if given.faulty("reporting"):
            raise Unsound
        return None
    name = told.must("duty", NAME)
    duty = scope.duties.get(name)
    if duty is None:
        hint = did_you_mean(name, tuple(scope.duties)) if scope.duties else f"give the duty its name: `name: {name}`"
        told.reading.error("unknown-duty", told.at("duty"), f"`{name}` is no duty of the customer", hint=hint)
        raise Unsound
    if duty.report != "outages":
        what = f"`{name}` is no duty to report outages"
        told.reading.error("wrong-measure", told.at("duty"), what, hint="write `after: outage_start` at the duty")
        raise Unsound
    return ReportedInTime(
        duty=name,
        source=duty.source,
        deadline=duty.due.deadline,
        after="outage_end" if duty.due.after == "outage_end" else "outage_start",
        not_kept=told.must("not_kept", NOT_KEPT),
    )


def selection(given: Given, form: Form) -> tuple[Where, ...]:
    """The fields that events must have, by name; empty where every event counts."""
    if given.faulty("where"):
        raise Unsound
    told = given.get("where", form)
    if told is None:
        return ()
    return tuple(
        Where(
            field_name=key.name,
            values=tuple(sorted({item.value for item in told.must(key.name, VALUES)})),
        )
        for key in sorted(form.keys, key=lambda key: key.name)
        if told.has(key.name)
    )


def few_terms(given: Given) -> FewSamples | None:
    """What a small total says, where the indicator tells it."""
    if not given.has("few"):
        return None
    told = given.must("few", FEW)
    if told.faulty("missed_after"):
        raise Unsound
    return FewSamples(
        below=told.must("below", WHOLE),
        says=told.must("says", FEW_SAYS),
        missed_after=told.get("missed_after", WHOLE_OR_NONE),
    )


def excused_by(given: Given, scope: Scope) -> tuple[str, ...]:
    """The exclusions that excuse what is measured, by name."""
    names = given.get("excluding", NAMES_OR_NONE) or ()
    referred = scope.refer_all("exclusion", given, "excluding", tuple((item.value, item.node) for item in names))
    return tuple(sorted(referred))
