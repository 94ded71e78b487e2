"""Owns earn-backs: which later periods earn a credit back, and where its return stands.

Does not own: the credit itself, which stands as it is (crediting), nor whether enough periods were kept (matching).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from malus.evaluation.following import count_fact
from malus.evaluation.in_force import clause_lineages
from malus.evaluation.judging import JudgedPeriod
from malus.evaluation.triggers import Follower, Trigger
from malus.model.afterwards import Returned
from malus.model.agreement import Terms
from malus.model.assessment import CreditState, EarnBack, EarnBackState, Finality, ServiceCredit
from malus.model.clauses import Clause, ReturnTerms
from malus.model.explanation import Explanation, FollowsFrom, Step, Window, WindowFact
from malus.model.instants import Instant
from malus.model.money import Money, zero
from malus.model.quantities import Edge, Limit, Outcome, Unit, limit_text


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stands:
    """Where a return stands: a pending one has no amount, and says what it waits for."""

    state: EarnBackState
    amount: Money | None
    pending_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarnBacks:
    """What the returns of an agreement's credits are told from; `fired` are the windows that came true."""

    terms: tuple[Terms, ...]
    judged: Sequence[JudgedPeriod]
    fired: Sequence[Trigger]
    credits: Sequence[ServiceCredit]
    follower: Follower
    as_of: Instant

    def of(self, followed: Sequence[tuple[Trigger, Clause]]) -> list[EarnBack]:
        """The return of each credit that followed from a trigger and comes to anything, in the order given."""
        by_key = {credit.key: credit for credit in self.credits}
        found = []
        for trigger, clause in followed:
            credit = by_key.get(trigger.key(clause.name, "credit"))
            if credit is None or credit.state is CreditState.ACCRUING:
                continue
            if credit.amount is None or credit.amount.amount > 0:
                found.append(self._of(trigger, clause, credit))
        return found

    def _of(self, trigger: Trigger, clause: Clause, credit: ServiceCredit) -> EarnBack:
        returned = clause.returned
        assert returned is not None, "matching lets only a clause that returns its credit be earned back"
        later = self._later(trigger, clause, returned)
        kept = [_kept(item, returned) if item.complete else None for item in later]
        too_bad = _too_bad(trigger, returned)
        barred = too_bad or self._applied(trigger, returned, later)
        earned = not barred and self._is_enough(trigger, clause, kept.count(True))
        stands = _stands(credit, trigger, returned, kept, barred=bool(barred), earned=earned)
        steps: list[Step] = [FollowsFrom(fact=barred, clause="")] if barred else []
        steps.append(
            Window(
                what=f"{trigger.cycle.kind}s that earn the credit of {trigger.period.label} back",
                facts=tuple(_fact(item, counts=one is True) for item, one in zip(later, kept, strict=True)),
                reached=kept.count(True),
                needed=Limit(edge=Edge.AT_LEAST, value=Fraction(returned.periods), unit=Unit.COUNT),
                fired=earned,
            )
        )
        if stands.state is EarnBackState.DUE and credit.amount is not None and stands.amount is not None:
            steps.append(Returned(credited=credit.amount, result=stands.amount))
        deciding = None if stands.state is EarnBackState.PENDING else _deciding(later, kept, returned, bool(too_bad))
        final_from = _final_from(credit, deciding)
        final = credit.finality is Finality.FINAL and final_from is not None and final_from <= self.as_of
        return EarnBack(
            key=trigger.key(clause.name, "earn_back"),
            returns=credit.key,
            period=trigger.period,
            amount=stands.amount,
            pending_on=stands.pending_on,
            state=stands.state,
            finality=Finality.FINAL if final else Finality.PROVISIONAL,
            final_from=final_from,
            explanation=Explanation(
                clause=clause.name,
                source=clause.source,
                terms_effective=trigger.terms.effective.isoformat(),
                steps=tuple(steps),
                line=clause.line,
            ),
        )

    def _later(self, trigger: Trigger, clause: Clause, returned: ReturnTerms) -> list[JudgedPeriod]:
        """The judged periods that decide: the next ones of the same promise and subject, through all amendments."""
        lineages = clause_lineages(self.terms)
        wanted = lineages[trigger.place, clause.name]
        mine = [
            item
            for item in self.judged
            if lineages[item.place, item.clause.name] == wanted
            and item.verdict.whose == trigger.whose
            and item.verdict.period.start >= trigger.period.end
        ]
        return sorted(mine, key=lambda item: item.verdict.period.start)[: returned.periods]

    def _applied(self, trigger: Trigger, returned: ReturnTerms, later: Sequence[JudgedPeriod]) -> str:
        """Why nothing is returned because of the clause `not_when`; empty where it did not apply in that time."""
        if returned.not_when is None:
            return ""
        lineages = clause_lineages(self.terms)
        barring = lineages[trigger.place, returned.not_when]
        whole = len(later) == returned.periods
        until = min(self.as_of, later[-1].verdict.period.end) if whole else self.as_of
        for fired in self.fired:
            ordinal = dict(fired.fact.values)["clause"]
            named = next(item for item in fired.terms.clauses if item.ordinal == ordinal)
            is_its = fired.whose in ("", trigger.whose) and trigger.period.end <= fired.at <= until
            if lineages[fired.place, named.name] == barring and is_its:
                return f"{named.name}, which applied: the credit is not returned"
        return ""

    def _is_enough(self, trigger: Trigger, clause: Clause, kept: int) -> bool:
        following = self.follower.follows(trigger.place, (count_fact(clause, 0, kept),))[0]
        return any(item.part == "earn_back" for item in following.consequences)


def _kept(item: JudgedPeriod, returned: ReturnTerms) -> bool | None:
    """Whether a period that is over keeps what earns the credit back; None where that cannot be said."""
    verdict = item.verdict
    if returned.target is None or verdict.level is None:
        return None if verdict.outcome is Outcome.UNDETERMINED else verdict.outcome is Outcome.MET
    return bool(returned.target.holds(verdict.level))


def _too_bad(trigger: Trigger, returned: ReturnTerms) -> str:
    level = trigger.measurement.level
    if returned.floor is None or level is None or not returned.floor.holds(level):
        return ""
    return f"a level {limit_text(returned.floor)}: the credit is not returned"


def _stands(
    credit: ServiceCredit,
    trigger: Trigger,
    returned: ReturnTerms,
    kept: Sequence[bool | None],
    *,
    barred: bool,
    earned: bool,
) -> _Stands:
    if barred or False in kept:
        # Nothing is returned, also of a credit whose amount nobody knows yet.
        return _Stands(state=EarnBackState.LOST, amount=zero(trigger.terms.currency))
    if not earned:
        left, what = returned.periods - kept.count(True), trigger.cycle.kind
        waits = f"{left} more {what}{'' if left == 1 else 's'} that keep the promise"
        return _Stands(state=EarnBackState.PENDING, amount=None, pending_on=waits)
    if credit.amount is None:
        return _Stands(state=EarnBackState.PENDING, amount=None, pending_on=credit.pending_on)
    return _Stands(state=EarnBackState.DUE, amount=zero(credit.amount.currency) - credit.amount)


def _fact(item: JudgedPeriod, *, counts: bool) -> WindowFact:
    verdict = item.verdict
    return WindowFact(label=verdict.period.label, counts=counts, at=verdict.period.start, level=verdict.level)


def _deciding(
    later: Sequence[JudgedPeriod], kept: Sequence[bool | None], returned: ReturnTerms, too_bad: bool
) -> Sequence[JudgedPeriod] | None:
    """The later periods that a return which is due or lost rests on; None while not all of them have begun.

    None of them where the failure itself was too bad; the first that loses it; else each that could earn it, since a
    clause that bars may apply in any.
    """
    if too_bad:
        return ()
    if False in kept:
        return (later[kept.index(False)],)
    return later if len(later) == returned.periods else None


def _final_from(credit: ServiceCredit, deciding: Sequence[JudgedPeriod] | None) -> Instant | None:
    """From when a return cannot change: once the credit is final, and the periods that it rests on."""
    if deciding is None or credit.final_from is None:
        return None
    finals = [item.verdict.final_from for item in deciding]
    return None if None in finals else max([credit.final_from, *(final for final in finals if final is not None)])
