"""Owns promises that are missed together: how many of a clause's list were, in one period or by one incident.

Does not own: whether that is enough (matching), or what follows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from malus.evaluation.following import count_fact
from malus.evaluation.judging import JudgedPeriod
from malus.evaluation.missed_windows import settled_from
from malus.evaluation.triggers import Follower, Trigger
from malus.model.agreement import Terms
from malus.model.assessment import NearMiss
from malus.model.clauses import Clause
from malus.model.conditions import MissedTogether, single_conditions
from malus.model.explanation import Explanation, Window, WindowFact
from malus.model.instants import utc_text
from malus.model.measurement import Measurement
from malus.model.quantities import Edge, Limit, Outcome, Unit

_Told = tuple[JudgedPeriod, Trigger]


def missed_together(
    terms: Sequence[Terms], judged: Sequence[JudgedPeriod], verdicts: Sequence[Trigger], follower: Follower
) -> tuple[list[Trigger], list[NearMiss]]:
    """A trigger for each period or incident in which enough of a clause's promises were missed.

    `verdicts` are the triggers of `judged`, in the same order. A promise that is missed for several incidents of one
    period counts once. It holds from the miss that makes it enough. Beside that, how near the last period came.
    """
    triggers: list[Trigger] = []
    nearly: list[NearMiss] = []
    for place, text in enumerate(terms):
        here = [item for item in zip(judged, verdicts, strict=True) if item[0].place == place]
        for clause in text.clauses:
            for part, condition in single_conditions(clause.condition):
                if isinstance(condition, MissedTogether):
                    found = [_looked_at(clause, part, condition, group, follower) for group in _groups(here, condition)]
                    triggers += [trigger for trigger, _ in found if trigger is not None]
                    if found and found[-1][0] is None and found[-1][1].reached and place == len(terms) - 1:
                        nearly.append(_near(text, clause, found[-1][1]))
    return triggers, nearly


def _groups(told: Sequence[_Told], condition: MissedTogether) -> list[list[_Told]]:
    """The verdicts on a condition's promises that stand together, in order of time."""
    groups: dict[tuple[str, str], list[_Told]] = defaultdict(list)
    for item, trigger in told:
        if item.clause.name in condition.clauses:
            if condition.by == "period":
                groups[utc_text(trigger.period.start), trigger.whose].append((item, trigger))
            elif item.measurement.subject:
                groups[item.measurement.subject, trigger.whose].append((item, trigger))
    return list(groups.values())


def _looked_at(
    clause: Clause, part: int, condition: MissedTogether, group: Sequence[_Told], follower: Follower
) -> tuple[Trigger | None, Window]:
    missed: dict[str, _Told] = {}
    for item, trigger in sorted(group, key=lambda told: told[1].at):
        if item.verdict.outcome is Outcome.MISSED:
            missed.setdefault(item.clause.name, (item, trigger))
    first = group[0][1]
    fact = count_fact(clause, part, len(missed))
    holds = follower.holds(first.place, fact)
    window = Window(
        what=f"promises missed {'in' if condition.by == 'period' else 'by'} {_called(condition, group)}",
        facts=tuple(_fact(name, group, missed) for name in condition.clauses),
        reached=len(missed),
        needed=Limit(edge=Edge.AT_LEAST, value=Fraction(condition.count), unit=Unit.COUNT),
        fired=holds,
    )
    if not holds:
        return None, window
    enough = [trigger for _, trigger in list(missed.values())[: condition.count]]
    last = max((trigger for _, trigger in missed.values()), key=lambda trigger: trigger.period.end)
    finals = [trigger.final_from for _, trigger in group]
    measured = last.measurement
    trigger = Trigger(
        place=first.place,
        terms=first.terms,
        fact=fact,
        period=last.period,
        cycle=last.cycle,
        subject=measured.subject if condition.by == "incident" else first.whose,
        whose=first.whose,
        occasion=measured.subject if condition.by == "incident" else utc_text(last.period.start),
        at=enough[-1].at,
        closes_day=enough[-1].closes_day,
        complete=all(one.complete for one in enough),
        stands=all(one.stands for one in enough),
        final_from=settled_from(finals),
        measurement=Measurement(
            period=last.period,
            level=None,
            subject=measured.subject if condition.by == "incident" else "",
            starts=measured.starts,
            ends=measured.ends,
            whose=measured.whose,
            of_class=measured.of_class,
        ),
        steps=(window,),
    )
    return trigger, window


def _called(condition: MissedTogether, group: Sequence[_Told]) -> str:
    item, trigger = group[0]
    return trigger.period.label if condition.by == "period" else item.measurement.subject


def _fact(name: str, group: Sequence[_Told], missed: dict[str, _Told]) -> WindowFact:
    """A promise and whether it was missed; one that was not judged there was not missed."""
    item, trigger = missed.get(name) or next((told for told in group if told[0].clause.name == name), group[0])
    if item.clause.name != name:
        return WindowFact(label=name, counts=False, at=trigger.period.start)
    return WindowFact(
        label=name, counts=name in missed, at=trigger.period.start, level=item.verdict.level, margin=item.margin
    )


def _near(terms: Terms, clause: Clause, window: Window) -> NearMiss:
    return NearMiss(
        clause=clause.name,
        source=clause.source,
        explanation=Explanation(
            clause=clause.name,
            source=clause.source,
            terms_effective=terms.effective.isoformat(),
            steps=(window,),
            line=clause.line,
        ),
    )
