"""Owns the question "here is what happened, what follows": events stored and decided in one transaction.

Does not own: the judgement, or what an event's fields may hold (the wire has checked them).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Final

from malus.evaluation.corrections import checked_standing, refused_beside
from malus.model.assessment import Assessment, EventRemark, RemedyKey
from malus.model.decisions import Decision
from malus.model.event_base import content_of
from malus.model.events import Event
from malus.model.faults import MalusError
from malus.model.instants import Instant
from malus.model.ledger_values import EventIdentity, NumberedDecision, StoredEvent
from malus.operations.catalogue import Catalogue
from malus.operations.judging_again import check_not_past, judge_again, moment_for
from malus.operations.ports import Judge, Ledger, LedgerWriting
from malus.operations.service_values import DecisionName, EventAnswer, EventOutcome, EventsAnswer, EventsCall
from malus.operations.store_faults import told_to_callers

_ACCEPTED: Final = EventAnswer(outcome=EventOutcome.ACCEPTED)


def evaluate_events(
    tenant: str,
    calls: Sequence[EventsCall],
    *,
    now: Instant,
    catalogue: Catalogue,
    ledger: Ledger,
    judge: Judge,
) -> tuple[EventsAnswer, ...]:
    """Store the events of calls that ask for one moment and decide what follows: durable at return, all of it or none.

    Each call has its answer and in it each event, in the order given. An event with the id and content of an earlier
    one, of these calls too, is a duplicate; with other content a conflict. What the first call of an event decided is
    named with it, each decision once in an answer: with the first event that it belongs to. Those of an agreement that
    is unknown or does not serve are rejected. A correction beside another of the same event is a conflict where that
    one was accepted before; rivals in one call stop their agreement: nothing that the call tells of it is stored.
    No moment asked for: `now`, for each agreement never behind its clock. Calls that bring nothing new move no clock.
    Whether the calls are still wanted is asked before each judgement and before the commit.
    Raises MalusError `as-of-in-the-past`, `beyond-horizon`, `store-unavailable` and what a `check_wanted` raises.
    """
    events = [event for call in calls for event in call.events]
    (as_of,) = {call.as_of for call in calls}
    with told_to_callers(), ledger.writing(tenant) as writing:
        sorting = _sorted_out(tenant, events, catalogue, writing)
        _refuse_rivals(sorting, calls, writing)
        assessments: dict[str, Assessment] = {}
        decisions: list[Decision] = []
        written: dict[str, tuple[RemedyKey, ...]] = {}
        for agreement, new in sorted(sorting.new.items()):
            clock = writing.clock_of(agreement)
            if as_of is not None:
                check_not_past(agreement, as_of, clock)
            moment = as_of if as_of is not None else moment_for(now, clock)
            before = writing.events_of(agreement)
            writing.add_events(tuple(new.values()), now)
            _check_wanted(calls)
            served = catalogue.serving(tenant, agreement)
            again = judge_again(
                writing, served, before=before, events=writing.events_of(agreement), as_of=moment, judge=judge
            )
            assessments[agreement] = again.assessment
            decisions += again.decisions
            written[agreement] = tuple(item.key for item in again.decisions)
        _check_wanted(calls)
        numbered = writing.add_decisions(decisions, now) if decisions else ()
        for agreement, new in sorting.new.items():
            writing.link_events(tuple(new), written[agreement])
    told = {name: _Told.of(name, assessment, written[name]) for name, assessment in assessments.items()}
    answers = [
        told[event.agreement].completed(event, answer) if place in sorting.ours else answer
        for place, (event, answer) in enumerate(zip(events, sorting.answers, strict=True))
    ]
    return tuple(_answers_of(calls, answers, sorting.ours, numbered))


def _check_wanted(calls: Sequence[EventsCall]) -> None:
    for call in calls:
        call.check_wanted()


def _answers_of(
    calls: Sequence[EventsCall],
    answers: Sequence[EventAnswer],
    ours: AbstractSet[int],
    numbered: Sequence[NumberedDecision],
) -> Iterator[EventsAnswer]:
    """The answer to each call: its own events, and the decisions on the agreements that it told something new."""
    first = 0
    for call in calls:
        last = first + len(call.events)
        touched = {event.agreement for place, event in enumerate(call.events, first) if place in ours}
        yield EventsAnswer(
            events=_each_name_once(answers[first:last]),
            decisions=tuple(item for item in numbered if item.decision.agreement in touched),
        )
        first = last


@dataclass(slots=True)
class _Sorting:
    """What became of each event, the new ones of each agreement, all of these, and the places of those stored.

    An event that stands twice in the call is stored once, and both of its places are among them.
    """

    answers: list[EventAnswer] = field(default_factory=list)
    ours: set[int] = field(default_factory=set)
    new: dict[str, dict[EventIdentity, Event]] = field(default_factory=dict)
    accepted: dict[EventIdentity, Event] = field(default_factory=dict)


def _sorted_out(tenant: str, events: Sequence[Event], catalogue: Catalogue, writing: LedgerWriting) -> _Sorting:
    identities = [_identity(event) for event in events]
    stored = writing.stored(identities)
    sorting = _Sorting()
    # Asked once for each agreement of the call: its events are answered alike.
    firsts: dict[str, EventAnswer] = {}
    for place, (identity, event) in enumerate(zip(identities, events, strict=True)):
        earlier = stored.get(identity)
        if earlier is not None:
            answer = _repeated(event, earlier)
        elif identity in sorting.accepted:
            is_same = content_of(sorting.accepted[identity]) == content_of(event)
            answer = EventAnswer(outcome=EventOutcome.DUPLICATE) if is_same else _conflict(event)
            if is_same:
                sorting.ours.add(place)
        else:
            answer = firsts.get(event.agreement) or _first(tenant, event, catalogue)
            firsts[event.agreement] = answer
            if answer.outcome is EventOutcome.ACCEPTED:
                sorting.accepted[identity] = event
                sorting.ours.add(place)
                sorting.new.setdefault(event.agreement, {})[identity] = event
        sorting.answers.append(answer)
    return sorting


def _refuse_rivals(sorting: _Sorting, calls: Sequence[EventsCall], writing: LedgerWriting) -> None:
    """Answer corrections that cannot all be right, call by call, and take what is refused from what is new."""
    for agreement, new in list(sorting.new.items()):
        if all(event.corrects is None for event in new.values()):
            continue
        accepted = list(writing.events_of(agreement))
        left = dict(new)
        for call in calls:
            mine = [left[name] for name in dict.fromkeys(map(_identity, call.events)) if name in left]
            refused = _refused(accepted, mine)
            for identity in refused:
                del left[identity]
            accepted += [event for event in mine if _identity(event) not in refused]
            _answer_refused(sorting, calls, agreement, refused)
        sorting.new[agreement] = left
        if not left:
            del sorting.new[agreement]


def _refused(accepted: Sequence[Event], told: Sequence[Event]) -> dict[EventIdentity, EventAnswer]:
    try:
        checked_standing(told)
    except MalusError as fault:
        what = f"nothing that this call tells of the agreement was stored: {fault.message}"
        answer = EventAnswer(outcome=EventOutcome.REJECTED, reason=fault.reason, message=what)
        return dict.fromkeys(map(_identity, told), answer)
    return {
        _identity(told[place]): EventAnswer(outcome=EventOutcome.CONFLICT, reason="rival-corrections", message=why)
        for place, why in refused_beside(accepted, told).items()
    }


def _answer_refused(
    sorting: _Sorting, calls: Sequence[EventsCall], agreement: str, refused: Mapping[EventIdentity, EventAnswer]
) -> None:
    events = [event for call in calls for event in call.events]
    for place in sorted(sorting.ours):
        event = events[place]
        if event.agreement == agreement and _identity(event) in refused:
            sorting.answers[place] = refused[_identity(event)]
            sorting.ours.discard(place)


def _repeated(event: Event, earlier: StoredEvent) -> EventAnswer:
    if earlier.content != content_of(event):
        return _conflict(event)
    names = tuple(DecisionName(agreement=earlier.agreement, key=key) for key in earlier.decision_keys)
    return EventAnswer(outcome=EventOutcome.DUPLICATE, decisions=names)


def _conflict(event: Event) -> EventAnswer:
    what = (
        f"{event.id} of {event.source or 'an unnamed source'} was accepted with other content, which stays as it is: "
        "send what is new as an event with an id of its own"
    )
    return EventAnswer(outcome=EventOutcome.CONFLICT, reason="event-id-conflict", message=what)


def _first(tenant: str, event: Event, catalogue: Catalogue) -> EventAnswer:
    try:
        catalogue.serving(tenant, event.agreement)
    except MalusError as fault:
        return EventAnswer(outcome=EventOutcome.REJECTED, reason=fault.reason, message=fault.message)
    return _ACCEPTED


@dataclass(frozen=True, slots=True)
class _Told:
    """What is to be said of the new events of an agreement: the decisions they brought, the remarks on each."""

    accepted: EventAnswer
    remarks: Mapping[str, tuple[EventRemark, ...]]

    @classmethod
    def of(cls, agreement: str, assessment: Assessment, keys: Sequence[RemedyKey]) -> _Told:
        remarks: dict[str, tuple[EventRemark, ...]] = {}
        for remark in assessment.remarks:
            remarks[remark.event] = (*remarks.get(remark.event, ()), remark)
        names = tuple(DecisionName(agreement=agreement, key=key) for key in keys)
        return cls(replace(_ACCEPTED, decisions=names), remarks)

    def completed(self, event: Event, answer: EventAnswer) -> EventAnswer:
        if answer.outcome is not EventOutcome.ACCEPTED:
            return replace(answer, decisions=self.accepted.decisions)
        remarks = self.remarks.get(event.id or "")
        # Most events of a call are answered alike: by one value.
        return self.accepted if remarks is None else replace(self.accepted, remarks=remarks)


def _each_name_once(answers: Sequence[EventAnswer]) -> tuple[EventAnswer, ...]:
    # A thousand events of one call share its decisions: named with each of them they would outgrow any message.
    told: set[DecisionName] = set()
    repeated: dict[int, EventAnswer] = {}
    once = []
    for answer in answers:
        bare = repeated.get(id(answer))
        if bare is None:
            names = tuple([name for name in answer.decisions if name not in told])
            told.update(names)
            once.append(replace(answer, decisions=names))
            repeated[id(answer)] = replace(answer, decisions=())
        else:
            once.append(bare)
    return tuple(once)


def _identity(event: Event) -> EventIdentity:
    assert event.id is not None, "the wire refuses events without an id"
    return EventIdentity(event.source, event.id)
