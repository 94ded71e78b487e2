"""What random histories need beyond one period: series for windows of days, bills, balances brought in.

Owns: events that several periods or the time before the agreement depend on. Does not own: one period's events.
"""

from __future__ import annotations

from fractions import Fraction

from malus.model import events as told
from malus.model.clauses import Clause
from malus.model.conditions import (
    CalendarDays,
    CalendarMonths,
    OccurrencesInWindow,
    OnePeriod,
    Promise,
    Span,
    TotalInWindow,
    TrailingTime,
)
from malus.model.events import Transition
from malus.model.indicators import Occurrences
from malus.model.money import Money

from tests.properties.choices import Choices
from tests.properties.telling import DAY, HOUR, Teller, nudge
from tests.reference.civil import period_at, shifted
from tests.reference.windows import grounds
from tests.reference.world import World


def tell_series(teller: Teller, world: World, place: int, clause: Clause) -> None:
    """Outages so far apart that they stand exactly on the edges of a window."""
    choices, terms = teller.choices, world.terms[place]
    condition = choices.pick(
        [one for _, one in grounds(clause) if isinstance(one, OccurrencesInWindow | TotalInWindow)]
    )
    indicator = terms.indicator(condition.indicator)
    if isinstance(indicator, Occurrences) and indicator.judged_by is not None:
        return
    length = HOUR
    if isinstance(condition, TotalInWindow):
        length = int(condition.total.value) // choices.pick([1, 2])
    elif isinstance(indicator, Occurrences) and indicator.each is not None:
        length = int(indicator.each.value) + 1
    at = world.starts(place) + choices.between(1, 20) * DAY + choices.pick([0, choices.between(0, 23)]) * HOUR
    for _ in range(choices.between(2, 4)):
        exact = length + choices.pick([0, 0, 1, -1])
        if isinstance(indicator, Occurrences) and indicator.origin == "incidents":
            name = f"i{len(teller.told) + 1:03}"
            about = {"incident_id": name, "service": indicator.service}
            teller.tell(told.Incident, transition=Transition.OPENED, at=at, **about)
            teller.tell(told.Incident, transition=Transition.RESOLVED, at=at + HOUR, **about)
        else:
            teller.tell(
                told.Outage,
                outage_id=f"s{len(teller.told)}",
                service=indicator.service,
                start=at,
                end=at + exact,
            )
        at = max(as_far_on(choices, condition.span, at, exact, terms.timezone) + nudge(choices), at + HOUR)


def as_far_on(choices: Choices, span: Span, at: int, length: int, zone: str) -> int:
    """Where an occurrence would stand exactly on the edge of a window, or well inside of it."""
    if not isinstance(span, CalendarMonths) and choices.chance(40):
        return at + choices.pick([DAY, 2 * DAY, 2 * HOUR])
    match span:
        case CalendarDays():
            return at + (span.days - choices.pick([0, 1])) * DAY
        case CalendarMonths():
            return shifted(at, zone, months=span.months)
        case OnePeriod():
            return period_at(span.cycle, at, zone)[1] - choices.pick([0, length, HOUR, length // 2])
        case TrailingTime():
            return at + span.microseconds - choices.pick([0, 0, DAY])


def tell_bills(teller: Teller, world: World) -> None:
    """Bills for what comes as events: whole months, or halves of them."""
    choices, terms = teller.choices, world.terms[0]
    at = period_at(terms.charge("usage").cycle, world.starts(0), terms.timezone)[0]
    for _ in range(2):
        start, end = period_at(terms.charge("usage").cycle, at, terms.timezone)
        at = end
        if choices.chance(35):
            amount = Money(amount=Fraction(choices.pick([500, 12_345, 0])), currency=terms.currency)
            teller.tell(told.Charge, item="usage", start=start, end=end, amount=amount)


def tell_openings(teller: Teller, world: World) -> None:
    """Balances from before the first terms: misses, and what caps had credited."""
    choices, terms, first = teller.choices, world.terms[0], world.starts(0)
    promises = [one for one in terms.clauses if isinstance(one.condition, Promise)]
    if choices.chance(25):
        clause = choices.pick(promises)
        assert isinstance(clause.condition, Promise)
        cycle = terms.indicator(clause.condition.indicator).cycle
        start, end = period_at(cycle, first - 1, terms.timezone)
        named = choices.pick([clause.name, clause.condition.indicator])
        teller.tell(told.Opening, start=start, end=min(end, first), missed=named)
    for cap in terms.caps:
        if cap.window.kind in {"rolling", "term"} and choices.chance(50):
            months = choices.pick([1, 2, 6])
            start = shifted(first, terms.timezone, months=-months)
            used = Money(amount=Fraction(choices.pick([100, 400, 0])), currency=terms.currency)
            charged = Money(amount=Fraction(1000 * months), currency=terms.currency)
            teller.tell(told.Opening, start=start, end=first, cap=cap.name, used=used, charged=charged)
