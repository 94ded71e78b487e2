"""Owns the whole judgement of one agreement, in reading order: start here.

One pure function: (terms by date, accepted events, as-of, known-at) -> Assessment. It knows no clock, file or store;
the order of events, of batches and of arrival changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from malus.evaluation.bonuses import bonuses_of
from malus.evaluation.crediting import credits_of
from malus.evaluation.earning_back import EarnBacks
from malus.evaluation.escalating import breach_step, escalations_of, missed_duties
from malus.evaluation.facts import Facts
from malus.evaluation.following import Matcher
from malus.evaluation.in_force import Thread, known_terms, threads_of
from malus.evaluation.intake import facts_of
from malus.evaluation.judging import JudgedPeriod, judged_order, judged_periods
from malus.evaluation.measuring import Measures
from malus.evaluation.pointing import Repeats, awards_of
from malus.evaluation.remarks import remark_unused
from malus.evaluation.standing_remedies import not_fulfilled, obligation_of, right_of
from malus.evaluation.together import missed_together
from malus.evaluation.told_facts import ToldFacts
from malus.evaluation.triggers import Follower, Trigger, verdict_triggers
from malus.evaluation.turns import Turns, waiting_of
from malus.evaluation.windows import WindowClauses
from malus.model.agreement import Terms
from malus.model.assessment import (
    Assessment,
    Bonus,
    Escalation,
    EventReason,
    EventRemark,
    ObligationDue,
    ObligationState,
    Right,
    ServiceCredit,
)
from malus.model.clauses import Clause
from malus.model.events import Event, event_name
from malus.model.faults import MalusError
from malus.model.indicators import Points
from malus.model.instants import Instant
from malus.model.rules import Consequence
from malus.remedies.charge_base import ChargeBook
from malus.remedies.rights import Heard


def assess(
    terms: Sequence[Terms],
    events: Iterable[Event],
    *,
    as_of: Instant,
    known_at: Instant | None = None,
    matcher: Matcher,
) -> Assessment:
    """What an agreement owes as of a moment, as far as was known at a moment.

    `terms` are all texts of one agreement, signed or not; `events` those accepted for it, in any order. `as_of` is
    inclusive: later facts are not yet so. `known_at` (None: everything) leaves out events and terms learned of later.
    `matcher` says which consequences follow from which facts.
    Raises MalusError `no-terms` where there is no text at all, `mixed-terms` where texts differ in agreement, currency
    or zone. Where no signed text is known the answer is empty but for a remark on every event.
    """
    _check(terms)
    in_force = known_terms(terms, known_at)
    if not in_force:
        return _without_terms(terms, events, as_of, known_at)
    digests = [text.digest() for text in in_force]
    unsigned = [text for text in terms if not text.is_signed()]
    facts = facts_of(in_force, unsigned, events, as_of, known_at)
    threads = threads_of(in_force, digests, as_of)
    return assessed(Measures(facts=facts, told=ToldFacts(facts=facts), threads=threads), known_at, matcher)


def assessed(measures: Measures, known_at: Instant | None, matcher: Matcher) -> Assessment:
    """What follows from levels, however they were measured: the judgement behind `assess`, from the verdicts on."""
    facts, threads = measures.facts, measures.threads
    in_force, as_of = facts.terms, facts.as_of
    follower = Follower.of(matcher, in_force)
    judged, verdicts, repeats = _judged(threads, measures, follower, as_of)
    fired, nearly = WindowClauses(
        terms=in_force,
        threads=threads,
        judged=judged,
        measures=measures,
        openings=facts.openings,
        follower=follower,
        as_of=as_of,
    ).worked_through()
    together, nearly_together = missed_together(in_force, judged, verdicts, follower)
    followed = followed_from([*verdicts, *fired, *together], follower, facts)
    book = ChargeBook(terms=in_force, charges=tuple(facts.charges), openings=tuple(facts.openings))
    credits = credits_of(followed.credits, book, facts, repeats, Turns.of(judged, waiting_of(threads, measures)))
    bonuses = bonuses_of(followed.bonuses, book, facts)
    returned = EarnBacks(
        terms=in_force, judged=judged, fired=fired, credits=credits, follower=follower, as_of=as_of
    ).of(followed.earn_backs)
    remark_unused(facts, judged, followed.heard)
    used = sorted({(item.terms.effective.isoformat(), item.verdict.terms_digest) for item in judged})
    return Assessment(
        agreement=in_force[0].agreement,
        as_of=as_of,
        known_at=known_at,
        timezone=in_force[0].timezone,
        currency=in_force[0].currency,
        terms=tuple(used),
        verdicts=tuple(item.verdict for item in judged),
        credits=tuple(sorted(credits, key=_credit_order(judged))),
        bonuses=tuple(sorted(bonuses, key=_credit_order(judged))),
        rights=tuple(
            sorted(
                followed.rights,
                key=lambda right: (right.arisen_at, right.key.clause, right.key.occasion, right.key.subject),
            )
        ),
        obligations=tuple(
            sorted(
                followed.obligations,
                key=lambda owed: (owed.due_until, owed.key.clause, owed.key.occasion, owed.key.subject),
            )
        ),
        escalations=tuple(sorted([*followed.escalations, *escalations_of(facts, measures, follower)], key=_step_order)),
        missed_duties=tuple(missed_duties(facts)),
        nearly=(*nearly, *nearly_together),
        remarks=tuple(sorted(facts.remarks, key=lambda remark: (remark.event, remark.reason, remark.message))),
        earn_backs=tuple(
            sorted(returned, key=lambda item: (item.period.start, item.key.clause, item.key.subject, item.key.occasion))
        ),
    )


@dataclass(slots=True)
class Followed:
    """What follows from all triggers, sorted out by the part of the clause."""

    credits: list[tuple[Trigger, Consequence]] = field(default_factory=list)
    bonuses: list[tuple[Trigger, Consequence]] = field(default_factory=list)
    earn_backs: list[tuple[Trigger, Clause]] = field(default_factory=list)
    rights: list[Right] = field(default_factory=list)
    obligations: list[ObligationDue] = field(default_factory=list)
    escalations: list[Escalation] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)


def followed_from(triggers: Sequence[Trigger], follower: Follower, facts: Facts) -> Followed:
    """Ask what follows from each trigger; a missed obligation is itself a further trigger.

    Several conditions may lead to one remedy of one occasion: it follows once, from the one that came first.
    """
    followed = Followed()
    waiting = sorted(triggers, key=lambda trigger: trigger.at)
    once: set[tuple[str, str, int, str, str, str]] = set()
    while waiting:
        trigger = waiting.pop(0)
        for consequence in follower.follows(trigger.place, (trigger.fact,))[0].consequences:
            clause = trigger.terms.clauses[consequence.clause]
            key = _remedy_of(trigger, clause, consequence)
            if key in once:
                continue
            once.add(key)
            match consequence.part:
                case "credit":
                    followed.credits.append((trigger, consequence))
                case "bonus":
                    followed.bonuses.append((trigger, consequence))
                case "points":
                    # They were counted before, since verdicts may be about them.
                    pass
                case "earn_back":
                    followed.earn_backs.append((trigger, clause))
                case "right":
                    arisen = right_of(trigger, clause, facts)
                    if arisen is not None:
                        followed.rights.append(arisen[0])
                        followed.heard += arisen[1]
                case "obligation":
                    waiting += _obliged(trigger, clause, facts, followed)
                case "escalation":
                    # An incident's ladder is asked for step by step: a step may be due before the breach.
                    step = breach_step(facts, trigger, clause, consequence.row)
                    followed.escalations += [step] if step is not None else []
    return followed


def _judged(
    threads: Sequence[Thread], measures: Measures, follower: Follower, as_of: Instant
) -> tuple[list[JudgedPeriod], list[Trigger], Repeats]:
    """Every verdict, with the trigger that it is: first those about levels, then those about the points they gave."""
    terms, openings = measures.facts.terms, measures.facts.openings
    weighed = [thread for thread in threads if any(isinstance(run.indicator, Points) for run in thread.runs)]
    judged = judged_periods([thread for thread in threads if thread not in weighed], measures, as_of)
    triggers = verdict_triggers(judged, measures)
    repeats = Repeats(terms=terms, threads=threads, judged=judged, openings=openings)
    if not weighed:
        return judged, triggers, repeats
    measures.awards = awards_of(terms, triggers, judged, follower, repeats)
    judged = sorted([*judged, *judged_periods(weighed, measures, as_of)], key=judged_order)
    return (
        judged,
        verdict_triggers(judged, measures),
        Repeats(terms=terms, threads=threads, judged=judged, openings=openings),
    )


def _obliged(trigger: Trigger, clause: Clause, facts: Facts, followed: Followed) -> list[Trigger]:
    """Add what a party owes; the trigger that its being missed is, where it is."""
    owed = obligation_of(trigger, clause, facts)
    if owed is None:
        return []
    followed.obligations.append(owed[0])
    followed.heard += owed[1]
    is_missed = owed[0].state is ObligationState.MISSED
    return [not_fulfilled(owed[0], trigger, clause, facts.as_of)] if is_missed else []


def _remedy_of(trigger: Trigger, clause: Clause, consequence: Consequence) -> tuple[str, str, int, str, str, str]:
    step = consequence.row if consequence.part == "escalation" else 0
    return (clause.name, consequence.part, step, trigger.whose, trigger.subject, trigger.occasion)


def _check(terms: Sequence[Terms]) -> None:
    if not terms:
        raise MalusError("no-terms", "no rule file of this agreement was given: name its folder", {})
    first = terms[0]
    for text in terms[1:]:
        for name in ("agreement", "currency", "timezone"):
            ours, theirs = getattr(first, name), getattr(text, name)
            if ours != theirs:
                raise MalusError(
                    "mixed-terms",
                    f"the texts of one agreement differ in {name}: {ours} and {theirs}",
                    {"name": name, "first": str(ours), "second": str(theirs)},
                )


def _without_terms(
    terms: Sequence[Terms], events: Iterable[Event], as_of: Instant, known_at: Instant | None
) -> Assessment:
    unsigned = any(not text.is_signed() for text in terms)
    reason: EventReason = "unsigned-terms" if unsigned else "no-terms-in-force"
    message = (
        "only unsigned terms cover this time: both parties sign them first"
        if unsigned
        else "no terms were known at that moment"
    )
    remarks = {
        EventRemark(event=event_name(event), reason=reason, message=message, evidence=event.evidence)
        for event in events
    }
    return Assessment(
        agreement=terms[0].agreement,
        as_of=as_of,
        known_at=known_at,
        timezone=terms[0].timezone,
        currency=terms[0].currency,
        terms=(),
        verdicts=(),
        credits=(),
        rights=(),
        obligations=(),
        escalations=(),
        missed_duties=(),
        nearly=(),
        remarks=tuple(sorted(remarks, key=lambda remark: (remark.event, remark.evidence))),
    )


def _credit_order(
    judged: Sequence[JudgedPeriod],
) -> Callable[[ServiceCredit | Bonus], tuple[int, int, str, str, str]]:
    """Credits and bonuses are listed as verdicts are: by period, clause order in the file, subject."""
    ordinals = {item.clause.name: item.clause.ordinal for item in judged}

    def order(credit: ServiceCredit | Bonus) -> tuple[int, int, str, str, str]:
        key = credit.key
        place = ordinals.get(key.clause, len(ordinals))
        return (credit.period.start, place, key.clause, key.subject, key.occasion)

    return order


def _step_order(step: Escalation) -> tuple[Instant, str, int, str, str]:
    """Steps of ladders are listed by the moment they are due."""
    return (step.due_at, step.key.clause, step.step, step.key.subject, step.key.occasion)
