"""Owns promises that are missed together: how many of a clause's list were, in one period or by one incident.

Does not own: whether that is enough (matching), or what follows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from malus.evaluation.following import count_fact
from malus.evaluation.in_force import clause_lineages
from malus.evaluation.judging import JudgedPeriod
from malus.evaluation.triggers import Follower, Trigger
from malus.model.agreement import Terms
from malus.model.assessment import NearMiss
from malus.model.clauses import Clause
from malus.model.conditions import MissedTogether, single_conditions
from malus.model.explanation import Explanation, Window, WindowFact
from malus.model.instants import utc_text
from malus.model.measurement import Measurement
from malus.model.quantities import Edge, Limit, Outcome, Unit
from malus.remedies.claims import settled_from

#: A verdict with what the terms that look at it call its promise.
_Told = tuple[str, JudgedPeriod, Trigger]


def missed_together(
    terms: Sequence[Terms], judged: Sequence[JudgedPeriod], verdicts: Sequence[Trigger], follower: Follower
) -> tuple[list[Trigger], list[NearMiss]]:
    """A trigger for each period or incident in which enough of a clause's promises were missed.

    `verdicts` are the triggers of `judged`, in the same order. A promise that is missed for several incidents of one
    period counts once. It holds from the miss that makes it enough, by the terms that this miss is judged by: an
    incident may be counted under one text for one promise and under the next for another, where the promises may have
    other names. Beside that, how near the last period came.
    """
    lineages = clause_lineages(terms)
    triggers: list[Trigger] = []
    nearly: list[NearMiss] = []
    for place, text in enumerate(terms):
        for clause in text.clauses:
            for part, condition in single_conditions(clause.condition):
                if isinstance(condition, MissedTogether):
                    called = {lineages[place, name]: name for name in condition.clauses}
                    told = [
                        (called[lineages[item.place, item.clause.name]], item, trigger)
                        for item, trigger in zip(judged, verdicts, strict=True)
                        if lineages[item.place, item.clause.name] in called
                    ]
                    groups = [
                        group for group in _groups(told, condition) if any(item.place == place for _, item, _ in group)
                    ]
                    found = [_looked_at(place, clause, part, condition, group, follower) for group in groups]
                    triggers += [trigger for trigger, _ in found if trigger is not None]
                    if found and found[-1][0] is None and found[-1][1].reached and place == len(terms) - 1:
                        nearly.append(_near(text, clause, found[-1][1]))
    return triggers, nearly


def _groups(told: Sequence[_Told], condition: MissedTogether) -> list[list[_Told]]:
    """The verdicts on a condition's promises that stand together, in order of time."""
    groups: dict[tuple[str, str], list[_Told]] = defaultdict(list)
    for name, item, trigger in told:
        if condition.by == "period":
            groups[utc_text(trigger.period.start), trigger.whose].append((name, item, trigger))
        elif item.measurement.subject:
            groups[item.measurement.subject, trigger.whose].append((name, item, trigger))
    return list(groups.values())


def _looked_at(
    place: int, clause: Clause, part: int, condition: MissedTogether, group: Sequence[_Told], follower: Follower
) -> tuple[Trigger | None, Window]:
    missed: dict[str, _Told] = {}
    for name, item, trigger in sorted(group, key=lambda told: told[2].at):
        if item.verdict.outcome is Outcome.MISSED:
            missed.setdefault(name, (name, item, trigger))
    enough = [trigger for _, _, trigger in missed.values()][: condition.count]
    first = next(trigger for _, item, trigger in group if item.place == place)
    fact = count_fact(clause, part, len(missed))
    holds = follower.holds(place, fact) and enough[-1].place == place
    window = Window(
        what=f"promises missed {'in' if condition.by == 'period' else 'by'} {_called(condition, group)}",
        facts=tuple(_fact(name, group, missed) for name in condition.clauses),
        reached=len(missed),
        needed=Limit(edge=Edge.AT_LEAST, value=Fraction(condition.count), unit=Unit.COUNT),
        fired=holds,
    )
    if not holds:
        return None, window
    last = max((trigger for _, _, trigger in missed.values()), key=lambda trigger: trigger.period.end)
    # The verdict on what still runs is not final, although it can only become worse.
    finals = [None if item.measurement.is_open else trigger.final_from for _, item, trigger in group]
    measured = last.measurement
    trigger = Trigger(
        place=place,
        terms=first.terms,
        fact=fact,
        period=last.period,
        cycle=last.cycle,
        subject=measured.subject if condition.by == "incident" else first.whose,
        whose=first.whose,
        occasion=measured.subject if condition.by == "incident" else utc_text(last.period.start),
        at=enough[-1].at,
        closes_day=enough[-1].closes_day,
        complete=last.complete and all(one.complete for one in enough),
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
    _, item, trigger = group[0]
    return trigger.period.label if condition.by == "period" else item.measurement.subject


def _fact(name: str, group: Sequence[_Told], missed: dict[str, _Told]) -> WindowFact:
    """A promise and whether it was missed; one that was not judged there was not missed."""
    called, item, trigger = missed.get(name) or next((told for told in group if told[0] == name), group[0])
    if called != name:
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
