"""What is known and in force: facts cut at the moment of asking, subjects folded together, terms by date.

Owns: the filters, the folding of outages, and which indicator or clause continues which across terms.
Does not own: any level or remedy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from malus.model import events as told
from malus.model.agreement import Terms
from malus.model.availability import Weights
from malus.model.canonical import digest
from malus.model.clauses import Clause
from malus.model.event_corrections import Retraction
from malus.model.indicators import (
    Availability,
    Excursion,
    GivenValue,
    Indicator,
    IntervalMean,
    Ratio,
    Sample,
    Statistic,
    TimeShare,
    Where,
)

from tests.reference.civil import HOUR, Span, day_start, period_at
from tests.reference.found import Found
from tests.reference.known import cut_at, once_each
from tests.reference.reported import as_reported
from tests.reference.spans import overlap, united
from tests.reference.standing import Standing
from tests.reference.subjects import counted, of_kind, told_of

#: What all facts about one outage tell alike, as far as they tell it, beside its start and end.
ALIKE = ("service", "severity", "site", "share", "affected")


@dataclass
class Subject:
    """One outage with every fact that was told of it."""

    name: str
    service: str | None
    severity: str | None
    site: str | None
    starts: list[int]
    ends: list[int]
    reported: list[int]
    facts: list[told.Outage]
    share: Fraction | None = None
    affected: int | None = None
    named: frozenset[str] = frozenset()

    def contradicts(self) -> bool:
        if len(self.starts) > 1 or len(self.ends) > 1 or any(len(self.said(name)) > 1 for name in ALIKE):
            return True
        return bool(self.starts and self.ends and self.ends[0] < self.starts[0])

    def said(self, name: str) -> set[Any]:
        return {getattr(one, name) for one in self.facts} - {None}

    def matches(self, where: tuple[Where, ...]) -> bool:
        """Whether its fields are among those that are measured, or may be where its facts disagree."""
        if self.contradicts():
            return all(self.said(one.field_name) & set(one.values) for one in where)
        return matches(self, where)

    def first(self) -> int:
        return min(self.starts or self.ends)


@dataclass
class Stretch:
    """Outages of one service that touch or overlap, as one."""

    start: int
    end: int
    still_open: bool


@dataclass
class Chain:
    """One indicator or clause through the terms: what each of them (by place) calls it."""

    names: set[str]
    members: dict[int, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Cut:
    """A period of an indicator: clipped, whole, and the place of the terms that judge it."""

    start: int
    end: int
    whole: Span
    place: int
    whose: str = ""

    @property
    def span(self) -> Span:
        return (self.start, self.end)


class World:
    """The facts as of a moment, and the terms in force."""

    def __init__(self, terms: Sequence[Terms], events: Iterable[told.Event], as_of: int, known_at: int | None) -> None:
        self.as_of = as_of
        self.edges: set[str] = set()
        #: What was measured already, by the indicator's chain, the period's start and the subject.
        self.found: dict[tuple[int, int, str], Found] = {}
        #: Likewise what is late or rejected, by the place of the terms, the indicator that counts it and the subject.
        self.bad: dict[tuple[int, str, str], list[Any]] = {}
        signed = [one for one in terms if one.signed_provider is not None and one.signed_customer is not None]
        if known_at is not None:
            signed = [one for one in signed if _known_from(one) <= known_at]
            events = list(events)
            unknown = [one for one in events if one.recorded_at is not None and one.recorded_at > known_at]
            back = [isinstance(one, Retraction) for one in unknown if one.corrects is not None]
            self.edge("a taking back not known yet", when=any(back))
            self.edge("a correction not known yet", when=not all(back))
            events = [one for one in events if one not in unknown]
        self.terms = sorted(signed, key=lambda one: one.effective)
        #: What stands of all that is known, before anything else is asked about it.
        self.standing = Standing(once_each(events))
        self.edges |= self.standing.edges
        facts = [cut for cut in (cut_at(one, as_of) for one in self.standing.kept) if cut is not None]
        self.facts = facts
        self.outages = folded([one for one in facts if isinstance(one, told.Outage)])
        self.indicators = chains([one.indicators for one in self.terms])
        self.clauses = chains([one.clauses for one in self.terms])

    def of_kind(self, kind: type[Any]) -> list[Any]:
        return [one for one in self.facts if isinstance(one, kind)]

    def edge(self, name: str, *, when: bool = True) -> None:
        """Remember that a boundary was met exactly."""
        if when:
            self.edges.add(name)

    def starts(self, place: int) -> int:
        return day_start(self.terms[place].effective, self.terms[place].timezone)

    def stops(self, place: int) -> int | None:
        ends = self.terms[place].ends
        if ends is None:
            return None
        return day_start(ends.fromordinal(ends.toordinal() + 1), self.terms[place].timezone)

    def in_force(self, instant: int) -> int | None:
        """The place of the terms in force at an instant."""
        begun = [place for place in range(len(self.terms)) if self.starts(place) <= instant]
        if not begun:
            return None
        stops = self.stops(begun[-1])
        return None if stops is not None and instant >= stops else begun[-1]

    def periods(self, chain: Chain) -> list[Cut]:
        """Every period of an indicator that has begun, each with the terms that judge it as a whole."""
        cuts: list[Cut] = []
        if not self.terms:
            return cuts
        instant: int | None = self.starts(0)
        while instant is not None and instant < self.as_of:
            place = self.in_force(instant)
            if place is None or place not in chain.members:
                later = [self.starts(one) for one in range(len(self.terms)) if self.starts(one) > instant]
                instant = min(later) if later else None
                continue
            terms, indicator = self.terms[place], chain.members[place]
            whole = period_at(indicator.cycle, instant, terms.timezone)
            stops = self.stops(place)
            end = whole[1] if stops is None else min(whole[1], stops)
            cutting = [at for at in self.splits((instant, end)) if at > instant]
            self.edge("a period is split", when=bool(cutting))
            end = min([end, *cutting])
            cuts.append(Cut(instant, end, whole, place))
            self.edge("part period", when=(instant, end) != whole)
            self.edge("period with a clock change", when=(end - instant) % (24 * HOUR) != 0)
            instant = end
        return cuts

    def splits(self, span: Span) -> list[int]:
        """Where terms take effect inside of [start, end) that end whatever runs then."""
        begun = [self.starts(place) for place, one in enumerate(self.terms) if place and one.amended == "split"]
        return [at for at in begun if span[0] < at < span[1]]

    def indicator_chain(self, place: int, name: str) -> Chain:
        return next(one for one in self.indicators if place in one.members and one.members[place].name == name)

    def clause_chain(self, place: int, name: str) -> Chain:
        return next(one for one in self.clauses if place in one.members and one.members[place].name == name)

    def service_of(self, named: str | None, instant: int) -> str | None:
        """The service that an event speaks of, or None where the terms leave a choice."""
        if named is not None:
            return named
        # What began before the agreement is told in the words of its first terms.
        place = self.in_force(max(instant, self.starts(0)))
        if place is None or len(self.terms[place].services) != 1:
            self.edge("service missing", when=place is not None)
            return None
        return self.terms[place].services[0].name

    def speaks_of(self, event: Any, chain: Chain, cut: Cut) -> bool:
        """Whether a tally or reading is for this indicator, and for the subject that is judged."""
        return self.is_for(event, chain, cut) and self.counts(told_of(event), chain.members[cut.place], cut)

    def is_for(self, event: Any, chain: Chain, cut: Cut) -> bool:
        """Whether a tally or reading is for this indicator, whatever subject it names."""
        indicator = chain.members[cut.place]
        if self.service_of(event.service, event.start) != indicator.service:
            return False
        if event.indicator is not None:
            # As the terms that judge the period call it, or those under which it was told.
            then = self.in_force(event.start)
            begun = [place for place in range(len(self.terms)) if event.start < self.starts(place) < event.end]
            then = then if then is not None or not begun else min(begun)
            named = [indicator, *([chain.members[then]] if then in chain.members else [])]
            words = {word for one in named for word in _words(one)}
            self.edge("told by an earlier name", when=event.indicator in words - _words(named[-1]))
            return event.indicator in words
        place = self.in_force(max(event.start, self.starts(0)))
        if place is None:
            return False
        same = [
            one
            for one in self.terms[place].indicators
            if type(event) in _measured_from(one) and one.service == indicator.service
        ]
        # Where all of them read one name, there is nothing that it would have to say.
        self.edge("indicator missing", when=len({read_name(one) for one in same}) > 1)
        self.edge("several indicators read one name", when=1 == len({read_name(one) for one in same}) < len(same))
        return len({read_name(one) for one in same}) == 1 and chain.members.get(place) in same

    def each(self, chain: Chain, cut: Cut) -> list[Cut]:
        """A period once for each subject that is judged by itself, or as it stands."""
        kind = chain.members[cut.place].for_each
        return [cut] if kind is None else [replace(cut, whose=one) for one in of_kind(self.terms[cut.place], kind)]

    def measures(self, chain: Chain, cut: Cut) -> bool:
        """Whether the terms of a period measure an indicator for a subject; else it has no level then."""
        kind = chain.members[cut.place].for_each
        found = cut.whose == "" if kind is None else cut.whose in of_kind(self.terms[cut.place], kind)
        self.edge("a period in which a subject was not listed", when=not found)
        return found

    def counts(self, named: Iterable[str], indicator: Indicator, cut: Cut) -> bool:
        """Whether what names these counts for the subject that is judged."""
        if indicator.for_each is None:
            return True
        found = counted(self.terms[cut.place], named, indicator.for_each)
        self.edge("one fact counts for several subjects", when=len(found) > 1)
        self.edge("a fact of a subject that nobody listed", when=bool(named) and not found)
        self.edge("a fact that names no subject", when=not named)
        return cut.whose in found

    def stretches(self, indicator: Any, cut: Cut) -> list[Stretch]:
        """The consistent outages of a service, merged; a stretch is open while one of its outages is."""
        told_of = self.consistent(indicator, cut)
        spans = [(one.starts[0], one.ends[0] if one.ends else self.as_of) for one in told_of]
        still_open = {one.starts[0] for one in told_of if not one.ends}
        merged = united(spans)
        self.edge("outages overlap", when=any(a[0] < b[1] and b[0] < a[1] for a, b in pairs(spans)))
        self.edge("outages touch", when=any(a[1] == b[0] for a in spans for b in spans if a != b))
        # One that begins at the very moment of asking touches what ends there, though it has no length yet.
        return [Stretch(a, b, any(a <= start <= b for start in still_open)) for a, b in merged]

    def consistent(self, indicator: Any, cut: Cut) -> list[Subject]:
        """The outages of a service whose facts agree, as they count by their report."""
        return [one for one in self.counting(indicator, cut) if one.starts and not one.contradicts()]

    def counting(self, indicator: Any, cut: Cut) -> list[Subject]:
        """The outages that an indicator measures, each from when it counts."""
        mine = [one for one in self.outages if self.selected(one, indicator, cut)]
        return [counts for one in mine if (counts := as_reported(self, one, indicator)) is not None]

    def doubtful(self, indicator: Any, cut: Cut) -> bool:
        """Whether an outage whose facts disagree, or that never began, leaves a period open."""
        for one in self.counting(indicator, cut):
            span = cut.span
            if one.contradicts():
                instants = [*one.starts, *one.ends, *([] if one.ends else [self.as_of])]
                start, end = overlap(span, (min(instants), max(instants)))
                if start < end or (min(instants) == max(instants) and span[0] <= min(instants) < span[1]):
                    return True
            elif not one.starts and span[0] <= one.ends[0] < span[1]:
                return True
        return False

    def selected(self, outage: Subject, indicator: Any, cut: Cut) -> bool:
        """Whether an outage is one of those that an indicator measures."""
        return (
            self.concerns(outage, indicator.service)
            and outage.matches(indicator.where)
            and self.counts(outage.named, indicator, cut)
        )

    def concerns(self, outage: Subject, service: str | None) -> bool:
        first, last = outage.first(), max([*outage.ends, *([] if outage.ends else [self.as_of])])
        if first >= self.starts(0) and self.in_force(first) is None:
            later = [self.starts(place) for place in range(len(self.terms)) if first < self.starts(place) <= last]
            if not later:
                # It touches what lasts up to the end of the terms, and is none of theirs all the same.
                self.edge("outage that begins after the terms ended")
                return False
            # What begins without terms and lasts into some is told in their words.
            first = min(later)
        return self.service_of(outage.service, first) == service


def read_name(indicator: Any) -> str:
    """The name by which an event with a figure calls what it is for."""
    return getattr(indicator, "reads", "") or str(indicator.name)


def _words(indicator: Any) -> set[str]:
    """Every name by which events speak of an indicator: its own, now and before, or what it reads instead."""
    name = read_name(indicator)
    return {name, *indicator.formerly} if name == indicator.name else {name}


def _measured_from(indicator: Indicator) -> tuple[type[Any], ...]:
    """The kinds of event with a figure that an indicator takes, where there could be several such indicators."""
    match indicator:
        case Ratio() | IntervalMean() | Sample():
            return (told.Tally,)
        case GivenValue() | Statistic(times=None) | TimeShare() | Excursion():
            return (told.Reading,)
        case Availability(weights=Weights(by="affected", total=None)):
            return (told.Reading,)
        case _:
            return ()


def folded(facts: list[told.Outage]) -> list[Subject]:
    """One subject for each outage id; an outage without one stands by itself."""
    groups: dict[str, list[told.Outage]] = {}
    for number, one in enumerate(facts):
        groups.setdefault(one.outage_id if one.outage_id is not None else f"row {number}", []).append(one)
    return [
        Subject(
            name=facts[0].outage_id or facts[0].id or facts[0].evidence,
            service=_first(one.service for one in facts),
            severity=_first(one.severity for one in facts),
            site=_first(one.site for one in facts),
            starts=sorted({one.start for one in facts if one.start is not None}),
            ends=sorted({one.end for one in facts if one.end is not None}),
            reported=sorted(one.reported_at for one in facts if one.reported_at is not None),
            facts=facts,
            share=_first(one.share for one in facts),
            affected=_first(one.affected for one in facts),
            named=frozenset(told_of(*facts)),
        )
        for facts in groups.values()
    ]


def matches(subject: Any, where: tuple[Where, ...]) -> bool:
    """Whether an event's fields are among those that are measured; priority is judged elsewhere."""
    return all(getattr(subject, one.field_name, None) in one.values for one in where if one.field_name != "priority")


def chains(listed: Sequence[Sequence[Indicator] | Sequence[Clause]]) -> list[Chain]:
    """Follow each name through the terms: the same name, or one that says what it was called."""
    found: list[Chain] = []
    for place, items in enumerate(listed):
        for item in items:
            known = {item.name, *item.formerly}
            chain = next((one for one in found if one.names & known and place not in one.members), None)
            if chain is None:
                chain = Chain(set())
                found.append(chain)
            chain.names |= known
            chain.members[place] = item
    return found


def in_period(kind: str, span: Span, start: int, end: int) -> bool:
    """Placed by the start in [start, end), or by the end in (start, end]."""
    if kind == "period_of_end" and start != end:
        return span[0] < end <= span[1]
    return span[0] <= start < span[1]


def event_order(event: Any) -> tuple[int, str]:
    return (event.sequence or 0, event.id or digest(event))


def pairs(items: Sequence[Any]) -> list[tuple[Any, Any]]:
    return [(a, b) for number, a in enumerate(items) for b in items[number + 1 :]]


def _first(values: Iterable[Any]) -> Any:
    return next((value for value in values if value is not None), None)


def _known_from(terms: Terms) -> int:
    assert terms.signed_provider is not None
    assert terms.signed_customer is not None
    return day_start(max(terms.signed_provider, terms.signed_customer), terms.timezone)
