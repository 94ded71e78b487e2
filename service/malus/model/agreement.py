"""Owns the Terms: the whole text of an agreement in force over a date range, compiled and immutable.

Does not own: reading rule files, or judging anything by the terms.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from itertools import zip_longest
from operator import attrgetter
from typing import Final, Literal

from malus.model.calendars import Calendar
from malus.model.canonical import ASIDE, digest
from malus.model.clauses import Cap, ClaimStep, Clause, Due, OneOf, Party
from malus.model.conditions import Promise
from malus.model.credits import BlockCredit, LostTimeCredit
from malus.model.deadlines import Deadline
from malus.model.durations import Duration
from malus.model.events import Cause
from malus.model.exchange import Exchange
from malus.model.indicators import Indicator
from malus.model.instants import Instant, start_of_day
from malus.model.money import Money, RoundingMode
from malus.model.periods import Cycle
from malus.model.subjects import Subjects

#: Later than anything an agreement can speak of.
FAR_AWAY: Final = 2**61


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Someone who can be reached: by which channels, in which hours."""

    name: str
    phone: str | None
    email: str | None
    calendar: Calendar | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What the customer must do in time; missing it is a fact, not a remedy. `name`: what indicators call it."""

    report: Literal["outages", "incidents"]
    due: Due
    source: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyTerms:
    """A party: its name, the people to reach, its duties."""

    party: Party
    name: str
    contacts: tuple[Contact, ...] = ()
    duties: tuple[Duty, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InService:
    """When a service is in service: from one civil day to another, both inside, or as deployment events tell it.

    A day that is None: since ever, until further notice.
    """

    from_events: bool = False
    first: datetime.date | None = None
    last: datetime.date | None = None

    def __post_init__(self) -> None:
        if self.from_events and (self.first is not None or self.last is not None):
            raise ValueError("the time in service is told by days or by events, not by both")
        if self.first is not None and self.last is not None and self.last < self.first:
            raise ValueError("a service goes out of service after it came into it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What is delivered, with the hours and channels of its support; `in_service` None: all the time."""

    name: str
    title: str = ""
    description: str = ""
    support_calendar: Calendar | None = None
    support_by: tuple[str, ...] = ()
    in_service: InService | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeTerms:
    """A charge: a fixed amount per cycle, or what `charge` events bill (`amount` None).

    `absent`: what a period without a charge event means; only for charges that come as events. `for_each`: a kind of
    subject, each of which is charged by itself: all the same `amount`, or what `amounts` says by name or class.
    """

    name: str
    amount: Money | None
    cycle: Cycle
    absent: Literal["pending", "zero"] = "pending"
    for_each: str | None = None
    amounts: tuple[tuple[str, Money], ...] = ()

    @property
    def is_billed(self) -> bool:
        """Whether its amounts come as events."""
        return self.amount is None and not self.amounts

    def amount_for(self, subject: str, of_class: str) -> Money | None:
        """The fixed amount of a subject: by its name, else by its class, else that of all; None where none is fixed."""
        by_whom = dict(self.amounts)
        return by_whom.get(subject, by_whom.get(of_class, self.amount))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionTerms:
    """A cause that is excused.

    `announced`: the least notice. `budget_microseconds` per `budget_cycle`: the most that is excused, the earliest
    windows first.
    """

    name: str
    cause: Cause
    source: str
    announced: Duration | None = None
    announced_calendar: Calendar | None = None
    budget_microseconds: int | None = None
    budget_cycle: Cycle | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """How often the agreement is looked at again, and when it last was."""

    every: Duration
    source: str
    held: tuple[datetime.date, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """How credits are settled; `grace` is the time after the claims in which late facts still change an answer."""

    settled_as: str
    rest: Literal["carried_over", "paid_out", "lapses"]
    grace: Deadline | None
    grace_after: Literal["claims", "period_end"] = "claims"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyRule:
    """How amounts are rounded to the minor unit, and whether each remedy is or only what is left after caps."""

    mode: RoundingMode
    when: Literal["each_remedy", "after_caps"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The whole text in force from `effective` (a civil day in `timezone`) until the next terms or `ends`.

    `ends` is the last civil day inside. Terms without both signatures are never in force. `restates` names periods,
    judged before, that these terms judge again; `not_modelled` the articles that no clause carries out, each with the
    reason. `exchange`: the rates at which charges in another currency count; None where they do not. `amended`: whether
    a period that is running when these terms take effect is finished under the earlier ones (`by_start`), or is `split`
    into two, each judged by its own. `data_versions` names the holiday and time-zone data that the calendars were
    worked out with.
    """

    agreement: str
    title: str
    document: str
    language: str
    effective: datetime.date
    ends: datetime.date | None
    signed_provider: datetime.date | None
    signed_customer: datetime.date | None
    timezone: str
    currency: str
    money: MoneyRule
    business_days: Calendar | None
    review: Review | None
    parties: tuple[PartyTerms, ...]
    services: tuple[Service, ...]
    charges: tuple[ChargeTerms, ...]
    exclusions: tuple[ExclusionTerms, ...]
    indicators: tuple[Indicator, ...]
    clauses: tuple[Clause, ...]
    caps: tuple[Cap, ...]
    claims: tuple[ClaimStep, ...]
    settlement: Settlement | None
    one_of: tuple[OneOf, ...] = ()
    exchange: Exchange | None = None
    amended: Literal["by_start", "split"] = "by_start"
    restates: tuple[str, ...] = ()
    not_modelled: tuple[tuple[str, str], ...] = ()
    data_versions: tuple[str, ...] = ()
    subjects: Subjects = field(default_factory=Subjects)
    path: str = field(default="", metadata=ASIDE)
    # Worked out once: every judgement and every answer names the terms by it, and every event asks when they hold.
    _digest: str = field(init=False, repr=False, compare=False, metadata=ASIDE)
    _starts: Instant = field(init=False, repr=False, compare=False, metadata=ASIDE)
    _stops: Instant | None = field(init=False, repr=False, compare=False, metadata=ASIDE)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_digest", digest(self))
        object.__setattr__(self, "_starts", start_of_day(self.effective, self.timezone))
        over = None if self.ends is None else start_of_day(self.ends + datetime.timedelta(days=1), self.timezone)
        object.__setattr__(self, "_stops", over)

    def __hash__(self) -> int:
        """Of the digest: equal terms have equal ones, and what is remembered of terms is found at once."""
        return hash(self._digest)

    def digest(self) -> str:
        """SHA-256 over the meaning of the terms: comments, layout and positions do not count."""
        return self._digest

    def is_signed(self) -> bool:
        """Whether both parties signed."""
        return self.signed_provider is not None and self.signed_customer is not None

    def known_from(self) -> Instant | None:
        """The start of the day on which the last party signed; None for unsigned terms."""
        if self.signed_provider is None or self.signed_customer is None:
            return None
        return start_of_day(max(self.signed_provider, self.signed_customer), self.timezone)

    def starts(self) -> Instant:
        """The first instant in force."""
        return self._starts

    def stops(self) -> Instant | None:
        """The instant at which the agreement is over; None where it has no end."""
        return self._stops

    def indicator(self, name: str) -> Indicator:
        """The indicator of that name; the compiler has made sure that it exists."""
        return next(item for item in self.indicators if item.name == name)

    def pays_each_outage(self, indicator: str) -> bool:
        """Whether a clause on an indicator pays for each outage by itself, so that each must be measured."""
        return any(
            isinstance(clause.credit, BlockCredit | LostTimeCredit)
            and clause.credit.measured_on == "each_outage"
            and isinstance(clause.condition, Promise)
            and clause.condition.indicator == indicator
            for clause in self.clauses
        )

    def charge(self, name: str) -> ChargeTerms:
        """The charge of that name; the compiler has made sure that it exists."""
        return next(item for item in self.charges if item.name == name)


def spans_in_force(terms: Sequence[Terms]) -> list[tuple[Instant, Instant]]:
    """From when until before when each text is in force; one that is followed by none and has no end, for ever."""
    spans = []
    for text, following in zip_longest(terms, terms[1:]):
        later = FAR_AWAY if following is None else following.starts()
        stops = text.stops()
        spans.append((text.starts(), later if stops is None else min(stops, later)))
    return spans


def shape_of(terms: Terms) -> tuple[object, ...]:
    """What a text says apart from whose agreement it is: texts of one shape differ in names and signatures only.

    Parts are compared by identity, which costs nothing: texts of one wording that were loaded together share them.
    Two shapes that differ may still say the same.
    """
    return tuple([part if isinstance(part, _SAID_BY_VALUE) else id(part) for part in _parts_of_shape(terms)])


_WHOSE: Final = frozenset(
    {"agreement", "title", "document", "language", "signed_provider", "signed_customer", "parties", "path"}
)
_SAID_BY_VALUE: Final = (str, datetime.date, type(None))
_parts_of_shape: Final = attrgetter(*(each.name for each in fields(Terms) if each.init and each.name not in _WHOSE))
