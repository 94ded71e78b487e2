"""Owns what time alone brings: a clock moved on purpose, and the transitions that have come due.

Does not own: what the time is, or how often somebody looks (composition).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from malus.model.decisions import Decision
from malus.model.faults import MalusError
from malus.model.instants import DAY, Instant
from malus.model.ledger_values import NumberedDecision
from malus.operations.catalogue import Catalogue, ServedAgreement
from malus.operations.judging_again import check_not_past, judge_again
from malus.operations.ports import Judge, Ledger
from malus.operations.service_values import CheckWanted
from malus.operations.store_faults import told_to_callers


def advance(
    tenant: str,
    agreement: str | None,
    as_of: Instant,
    *,
    now: Instant,
    catalogue: Catalogue,
    ledger: Ledger,
    judge: Judge,
    check_wanted: CheckWanted,
) -> tuple[NumberedDecision, ...]:
    """Move the clock of an agreement (None: of all that serve) to a moment, in one transaction.

    What followed comes by sequence; a moment that is reached already decides nothing. Raises MalusError
    `unknown-agreement`, `agreement-not-serving` (one named), `as-of-in-the-past`, `beyond-horizon`,
    `store-unavailable` and what `check_wanted` raises.
    """
    if agreement is None:
        moved: Sequence[ServedAgreement] = [item for item in catalogue.agreements(tenant) if item.is_serving]
    else:
        moved = [catalogue.serving(tenant, agreement)]
    check_wanted()
    with told_to_callers(), ledger.writing(tenant) as writing:
        decisions: list[Decision] = []
        for served in moved:
            check_not_past(served.name, as_of, writing.clock_of(served.name))
        for served in moved:
            before = writing.events_of(served.name)
            check_wanted()
            again = judge_again(writing, served, before=before, events=before, as_of=as_of, judge=judge)
            decisions += again.decisions
        check_wanted()
        return writing.add_decisions(decisions, now) if decisions else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """What a look at the clock came to.

    `held`: the clock has jumped, so nothing was judged. `failed`: agreements that could not be judged, with why.
    """

    decisions: int
    held: bool
    failed: tuple[tuple[str, str, MalusError], ...] = ()


class Ticking:
    """Looks at the clock again and again, and judges what has come due; a jump of the clock waits for an operator."""

    def __init__(self, *, catalogue: Catalogue, ledger: Ledger, judge: Judge) -> None:
        self._catalogue = catalogue
        self._ledger = ledger
        self._judge = judge
        self._last: Instant | None = None

    def tick(self, now: Instant) -> Ticked:
        """Judge every agreement whose next transition has come by `now`, each in a transaction of its own.

        A clock that goes back is ignored. One that is more than a day after the last look (after a start: after the
        newest ledger clock) is refused until an operator, or an event, has moved a ledger clock to within a day of it:
        a wrong machine clock may delay a transition, never bring one too early. Raises MalusError `store-unavailable`.
        """
        if self._last is not None and now < self._last:
            return Ticked(decisions=0, held=False)
        with told_to_callers():
            clocks = {tenant: self._ledger.clocks(tenant) for tenant in self._catalogue.tenants}
        reached = [clock.as_of for held in clocks.values() for clock in held.values()]
        last = self._last if self._last is not None else max(reached, default=now)
        if now - last > DAY and not any(abs(now - moment) <= DAY for moment in reached):
            return Ticked(decisions=0, held=True)
        self._last = now
        decisions = 0
        failed: list[tuple[str, str, MalusError]] = []
        for tenant, those in clocks.items():
            for agreement, clock in those.items():
                served = self._catalogue.found(tenant, agreement)
                due = clock.next_transition is not None and clock.next_transition <= now
                if served is None or not served.is_serving or not due:
                    continue
                try:
                    decisions += self._transition(tenant, served, now)
                except MalusError as fault:
                    failed.append((tenant, agreement, fault))
        return Ticked(decisions=decisions, held=False, failed=tuple(failed))

    def _transition(self, tenant: str, served: ServedAgreement, now: Instant) -> int:
        with told_to_callers(), self._ledger.writing(tenant) as writing:
            clock = writing.clock_of(served.name)
            if clock is None or clock.as_of > now:
                return 0  # a call has moved it on since it was looked at
            before = writing.events_of(served.name)
            again = judge_again(writing, served, before=before, events=before, as_of=now, judge=self._judge)
            return len(writing.add_decisions(again.decisions, now)) if again.decisions else 0
