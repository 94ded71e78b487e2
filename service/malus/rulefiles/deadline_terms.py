"""Compiles deadlines: what a missing `until` means, and which calendar counts hours or business days.

Owns: the rules that make one shape of deadline definite. Does not own: the last instant (model.deadlines).
"""

from __future__ import annotations

from malus.model.calendars import Calendar
from malus.model.clauses import Due
from malus.model.deadlines import Deadline, Until
from malus.model.durations import Duration
from malus.rulefiles.documents import Kind, Unsound, built, sure
from malus.rulefiles.forms import Given
from malus.rulefiles.forms_deadlines import UNTIL
from malus.rulefiles.scalars import DURATION
from malus.rulefiles.scope import ALWAYS, Scope


def due_terms(given: Given, after: Kind[str], scope: Scope) -> Due:
    """The deadline of a form and the word for the moment it runs from."""
    deadline = deadline_terms(given, scope)
    return Due(after=given.must("after", after), deadline=deadline)


def deadline_terms(given: Given, scope: Scope) -> Deadline:
    """The deadline of a form.

    Hours and shorter end at an instant. Days and longer without `until` last to the end of the day, as
    Regulation 1182/71 article 3 counts; a note says that this was assumed.
    """
    within = given.must("within", DURATION)
    until = built(lambda: _until(given, within))
    calendar = calendar_of(given, within, scope)
    return Deadline(within=within, calendar=calendar, until=sure(until), zone=scope.zone)


def calendar_of(given: Given, length: Duration, scope: Scope) -> Calendar | None:
    """The calendar on which a length of time is counted; None where it runs through."""
    if length.unit == "business days":
        return scope.business_days(given, f"`{length}`")
    if not given.has("calendar"):
        return None
    calendar = scope.calendar(given)
    if not length.is_exact and calendar.name != ALWAYS:
        what = f"`{length}` run through: no calendar counts them"
        hint = f"leave `calendar` out, or write hours or business days instead of {length.unit}"
        given.reading.error("wrong-unit", given.at("calendar"), what, hint=hint)
        raise Unsound
    return calendar


def _until(given: Given, within: Duration) -> Until:
    until = given.get("until", UNTIL)
    if within.is_exact:
        if until == "end_of_day":
            hint = "leave `until` out: hours end at an instant"
            given.reading.error(
                "wrong-unit", given.at("until"), f"`{within}` does not last to the end of a day", hint=hint
            )
            raise Unsound
        return "same_instant"
    if until is None:
        if given.faulty("until"):
            raise Unsound
        what = f"`{within}` is taken to last until the end of the last day"
        hint = "write `until: end_of_day` or `until: same_instant`"
        given.reading.note("until-assumed", given.at("within"), what, hint=hint)
        return "end_of_day"
    return until
