"""What every random history needs: a teller of events, and the places where limits have their edges.

Owns: names and left-out services, instants, levels, lengths, exclusions with their notice. Does not own: any story.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from malus.model import events as told
from malus.model.agreement import Terms
from malus.model.conditions import Promise
from malus.model.credits import BandCredit, BlockCredit
from malus.model.events import Cause
from malus.model.indicators import Combined, Occurrences, Statistic
from malus.model.quantities import Limit

from tests.properties.choices import Choices
from tests.reference.civil import EXACT, business_shift, shifted
from tests.reference.world import Cut

HOUR = EXACT["hours"]
MINUTE = EXACT["minutes"]
DAY = 24 * HOUR


@dataclass
class Teller:
    """Collects events and names them; some rows have no id."""

    choices: Choices
    told: list[Any] = field(default_factory=list)

    def tell(self, kind: type[Any], **values: Any) -> Any:
        number = len(self.told) + 1
        values.setdefault("id", None if self.choices.chance(8) and kind is not told.Reading else f"e{number:03}")
        event = kind(agreement="random", source="test", evidence=f"row {number}", **values)
        self.told.append(event)
        return event

    def service(self, terms: Terms, named: str | None) -> str | None:
        """Left out now and then where there is only one."""
        return None if self.choices.chance(20 if len(terms.services) == 1 else 4) else named


def moment(choices: Choices, cut: Cut) -> int:
    """An instant of a period: an hour of one of its days, or its very edges."""
    if choices.chance(15):
        return choices.pick([cut.start, cut.end - 1, cut.start + 1, cut.end - HOUR])
    hours = (cut.end - cut.start) // HOUR
    return cut.start + choices.between(0, max(0, hours - 1)) * HOUR


def levels_of(terms: Terms, name: str) -> list[Fraction]:
    """Every level at which a promise or a row of a table has its edge, also one about a figure of many such times."""
    values: list[Fraction] = []
    names = {name}
    for one in terms.indicators:
        if isinstance(one, Statistic) and one.times in names:
            names.add(one.name)
        if isinstance(one, Combined) and names.intersection(one.indicators):
            names.add(one.name)
        if isinstance(one, Occurrences) and one.judged_by in names and one.each is not None:
            values.append(one.each.value)
    for clause in terms.clauses:
        if not isinstance(clause.condition, Promise):
            continue
        judged = clause.condition.indicator in names
        if judged:
            values += [value for one in clause.condition.limits for value in _moved(clause.condition, one.limit)]
        for table in (clause.credit, clause.bonus and clause.bonus.table):
            if isinstance(table, BandCredit) and (judged if table.rows_by is None else table.rows_by in names):
                values += [limit.value for row in table.bands for limit in row.limits]
    return values


def _moved(promise: Promise, limit: Limit) -> list[Fraction]:
    """A limit, and where it lies after the first moves of its own."""
    values = [limit.value]
    if promise.moves is not None and promise.moves.move.by is not None:
        for _ in range(3):
            limit = promise.moves.move.moved(limit, None)
            values.append(limit.value)
    return values


def blocks_of(terms: Terms, name: str) -> list[int]:
    """Lengths that are a whole number of blocks."""
    return [
        after + block * count
        for clause in terms.clauses
        if isinstance(clause.condition, Promise)
        and clause.condition.indicator == name
        and isinstance(clause.credit, BlockCredit)
        for block in _lengths(clause.credit.block, clause.credit.differs.blocks)
        for after in _lengths(clause.credit.after, clause.credit.differs.afters)
        for count in (1, 2, 5)
    ]


def _lengths(for_all: int, by_subject: tuple[tuple[str, int], ...]) -> list[int]:
    return [length for _, length in by_subject] or [for_all]


def nudge(choices: Choices) -> int:
    return choices.pick([0, 0, 1, -1])


def exclude(teller: Teller, terms: Terms, indicator: Any, start: int, length: int) -> None:
    choices = teller.choices
    accepted = choices.pick([one for one in terms.exclusions if one.name in indicator.excluding])
    start += choices.pick([0, -HOUR, length // 2, 0])
    announced = None
    if accepted.announced is not None and not choices.chance(10):
        announced = _latest(terms, accepted, start) + choices.pick([0, 0, 1, -DAY, HOUR])
    end = start + max(HOUR, length) + choices.pick([0, -HOUR, HOUR, 9 * HOUR])
    teller.tell(
        told.Exclusion,
        cause=accepted.cause if not choices.chance(10) else Cause.CUSTOMER,
        start=start,
        end=None if choices.chance(8) else max(end, start + MINUTE),
        announced_at=announced,
        service=choices.pick([None, indicator.service]),
    )


def _latest(terms: Terms, accepted: Any, start: int) -> int:
    notice = accepted.announced
    if notice.unit in EXACT:
        return start - int(notice.number * EXACT[notice.unit])
    if notice.unit == "business days":
        calendar = accepted.announced_calendar or terms.business_days
        return business_shift(calendar, start, -int(notice.number), calendar.zone)
    return shifted(start, terms.timezone, days=-int(notice.number))
