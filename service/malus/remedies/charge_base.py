"""Owns what a rate applies to: the charges of a span of time, from the terms or from charge events.

Does not own: the rate, or when a charge is paid.
"""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from malus.model.agreement import ChargeTerms, Terms, spans_in_force
from malus.model.credits import DayOfFee
from malus.model.events import Charge, Opening
from malus.model.exchange import Exchanged, exchanged
from malus.model.explanation import BaseSum, ChargePart
from malus.model.instants import Instant, civil_day, civil_text, start_of_day
from malus.model.money import Money, zero
from malus.model.periods import Period, period_containing

PartRule = Literal["pro_rata", "full"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A base that cannot be worked out yet, and what it waits for."""

    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeBook:
    """Every charge of an agreement: the terms in force, in order, with what was billed and brought in.

    `terms` are signed and known, ascending by effective date, and all of one currency and zone. `charges` and
    `openings` are those known and so by the moment the question is asked for.
    """

    terms: tuple[Terms, ...]
    charges: tuple[Charge, ...]
    openings: tuple[Opening, ...]
    #: Clauses and caps of one period ask for the same sums.
    _sums: dict[object, BaseSum | Waiting] = field(init=False, default_factory=dict, compare=False, repr=False)

    def sum_between(
        self,
        items: Sequence[str],
        less: Sequence[str],
        start: Instant,
        end: Instant,
        part_rule: PartRule | None,
        whose: str = "",
    ) -> BaseSum | Waiting:
        """The charges of [start, end), those of `less` taken off.

        Of what each subject is charged by itself counts the charge of `whose`, of the whole that it is part of, or of
        its own parts; without such a subject the charges of all of them.

        A charge period that lies wholly inside counts whole; of one that lies partly inside, `pro_rata` counts its
        civil days inside over all its days, `full` all of it.
        """
        asked = (tuple(items), tuple(less), start, end, part_rule, whose)
        if asked not in self._sums:
            self._sums[asked] = self._sum(*asked)
        return self._sums[asked]

    def _sum(
        self, items: Sequence[str], less: Sequence[str], start: Instant, end: Instant, rule: PartRule | None, whose: str
    ) -> BaseSum | Waiting:
        parts: list[ChargePart] = []
        for item, taken_off in [(name, False) for name in items] + [(name, True) for name in less]:
            found = self._item(item, taken_off, start, end, rule, whose)
            if isinstance(found, Waiting):
                return found
            parts += found
        return added_up(parts, self.terms[0].currency)

    def day_of_fee(
        self, items: Sequence[str], less: Sequence[str], start: Instant, over: DayOfFee, whose: str = ""
    ) -> BaseSum | Waiting:
        """What one day costs: of each item the fee of the charge period that holds `start`, over its days or over 30.

        Nothing for an item whose charge period was over before the agreement began, or that is not charged then.
        """
        parts: list[ChargePart] = []
        for item, taken_off in [(name, False) for name in items] + [(name, True) for name in less]:
            at = max(start, self.terms[0].starts())
            terms = self._in_force(at)
            charge, zone = _charge(terms, item), terms.timezone
            cycle_period = None if charge is None else period_containing(charge.cycle, start, zone)
            if charge is None or cycle_period is None or cycle_period.end <= at:
                continue
            # A fixed charge has its price of that day; of a bill nobody knows what a day of it was.
            first, last = (cycle_period.start, cycle_period.end)
            if not charge.is_billed:
                day = civil_day(at, zone)
                first, last = (start_of_day(each, zone) for each in (day, day + datetime.timedelta(days=1)))
            found = self._item(item, taken_off, first, last, "pro_rata", whose)
            if isinstance(found, Waiting):
                return found
            days = _days(cycle_period.start, cycle_period.end, zone)
            whole = Fraction(1 if charge.is_billed else days)
            divisor = days if over == "share_of_calendar_month" else 30
            parts += [replace(part, part=part.part * whole / divisor) for part in found]
        return added_up(parts, self.terms[0].currency)

    def holder(self, whose: str, kind: str | None, at: Instant) -> str:
        """The subject of a kind that a subject is, or is part of, by the terms of an instant; empty without a kind."""
        if kind is None or not whose:
            return ""
        return next(iter(self._in_force(at).subjects.at_or_above(whose, kind)), "")

    def sum_with_brought_in(
        self,
        cap: str,
        items: Sequence[str],
        start: Instant,
        end: Instant,
        part_rule: PartRule | None,
        whose: str = "",
    ) -> BaseSum | Waiting:
        """The charges of [start, end) since the first terms, and what balances of a cap say was charged before them.

        Of the charge period that the first terms cut, only the part that follows counts.
        """
        since = self.sum_between(items, (), max(start, self.terms[0].starts()), end, part_rule, whose)
        if isinstance(since, Waiting):
            return since
        return added_up([*since.parts, *self._brought_in(cap, start, end, whose)], self.terms[0].currency)

    def _item(
        self, item: str, less: bool, start: Instant, end: Instant, part_rule: PartRule | None, whose: str
    ) -> list[ChargePart] | Waiting:
        parts: list[ChargePart] = []
        at: Instant | None = max(start, self.terms[0].starts())
        is_first = True
        while at is not None and at < end:
            terms = self._in_force(at)
            charge = _charge(terms, item)
            cycle_period = None if charge is None else period_containing(charge.cycle, at, terms.timezone)
            stops = terms.stops()
            if charge is None or cycle_period is None or (stops is not None and cycle_period.start >= stops):
                at = min((text.starts() for text in self.terms if text.starts() > at), default=None)
                continue
            following = cycle_period.end
            if charge.is_billed:
                for name in self._charged(charge, max(cycle_period.start, self.terms[0].starts()), whose):
                    found = self._billed(charge, cycle_period, less, start, end, part_rule, terms.timezone, name)
                    if isinstance(found, Waiting):
                        return found
                    # What reaches in from an earlier charge period was counted with that one, if that was looked at.
                    parts += [part for since, part in found if is_first or since >= cycle_period.start]
            else:
                first, last = self._priced_alike(cycle_period, at)
                whole = (cycle_period.start, cycle_period.end)
                touched = (
                    self._priced_alike(cycle_period, max(start, whole[0]))[0],
                    self._priced_alike(cycle_period, min(end, whole[1]) - 1)[1],
                )
                share = _share(whole, touched, (first, last), (start, end), part_rule, terms.timezone)
                if share is None:
                    return _unstated(item)
                # An amendment in the middle of a charge period does not change what was charged at its start, unless
                # it splits the period. Terms that were over by then price nothing.
                begins = max(first, self.terms[0].starts())
                then = self._in_force(begins)
                over = then.stops()
                priced = _charge(terms if over is not None and over <= begins else then, item)
                following = last
                for name in self._charged(charge, begins, whose):
                    of_class = then.subjects.class_of(name)
                    amount = None if priced is None else priced.amount_for(name, of_class)
                    amount = charge.amount_for(name, of_class) if amount is None else amount
                    assert amount is not None, "the compiler gives every subject of a fixed charge its amount"
                    changed = self._changed(amount, *self._charged_for(first, last))
                    if isinstance(changed, Waiting):
                        return changed
                    parts.append(
                        ChargePart(
                            item=item,
                            period=cycle_period.label,
                            amount=amount if changed is None else changed.result(),
                            part=share,
                            less=less,
                            subject=name,
                            exchanged=changed,
                        )
                    )
            at, is_first = following, False
        return parts

    def _charged(self, charge: ChargeTerms, begins: Instant, whose: str) -> tuple[str, ...]:
        """Whom a charge is for, by the terms of the instant at which what it is for begins; one empty name for all."""
        if charge.for_each is None:
            return ("",)
        return self._in_force(begins).subjects.concerned(whose, charge.for_each)

    def _priced_alike(self, charged: Period, at: Instant) -> tuple[Instant, Instant]:
        """The part of a charge period around an instant between the amendments that split it; all of it without one."""
        splits = [text.starts() for text in self.terms[1:] if text.amended == "split"]
        first = max(charged.start, *(split for split in splits if split <= at), charged.start)
        return first, min(charged.end, *(split for split in splits if split > at), charged.end)

    def _charged_for(self, first: Instant, last: Instant) -> tuple[Instant, Instant]:
        """The first and last instants of [first, last) in which terms are in force: else nobody is charged."""
        inside = [
            (max(first, start), min(last, end))
            for start, end in spans_in_force(self.terms)
            if max(first, start) < min(last, end)
        ]
        return (inside[0][0], inside[-1][1]) if inside else (first, last)

    def _in_force(self, at: Instant) -> Terms:
        return self.terms[max(0, bisect_right([text.starts() for text in self.terms], at) - 1)]

    def _billed(
        self,
        charge: ChargeTerms,
        cycle_period: Period,
        less: bool,
        start: Instant,
        end: Instant,
        part_rule: PartRule | None,
        zone: str,
        subject: str,
    ) -> list[tuple[Instant, ChargePart]] | Waiting:
        """The charge events of a subject for what [start, end) has of one charge period, as far as they fall into it.

        Each with the instant from which it was billed. A charge period that was only billed in a currency without any
        rate waits for a bill, whatever `absent` says.
        """
        first, last = max(start, cycle_period.start), min(end, cycle_period.end)
        here = [
            event
            for event in self.charges
            if event.item == charge.name
            and max(event.start, first) < min(event.end, last)
            and (not subject or subject in event.subjects)
        ]
        billed = len(here)
        if not any(text.exchange is not None for text in self.terms):
            here = [event for event in here if event.amount.currency == self.terms[0].currency]
        if not here and (billed or charge.absent == "pending"):
            of_whom = f" for {subject}" if subject else ""
            return Waiting(what=f"the charge `{charge.name}` of {cycle_period.label}{of_whom}")
        parts = []
        for event in sorted(here, key=lambda event: (event.start, event.end, event.amount.amount)):
            billed_for = (event.start, event.end)
            share = _share(billed_for, billed_for, billed_for, (start, end), part_rule, zone)
            if share is None:
                return _unstated(charge.name)
            changed = self._changed(event.amount, *self._charged_for(event.start, event.end))
            if isinstance(changed, Waiting):
                return changed
            part = ChargePart(
                item=charge.name,
                period=cycle_period.label,
                amount=event.amount if changed is None else changed.result(),
                part=share,
                less=less,
                subject=subject,
                exchanged=changed,
            )
            parts.append((event.start, part))
        return parts

    def _changed(self, amount: Money, start: Instant, end: Instant) -> Exchanged | Waiting | None:
        """What was charged for [start, end) in the agreement's currency; None where it is in it already.

        Which day's rate counts say the terms in force when that time starts; the rate those in force on that day, which
        a later text may bring.
        """
        own, charged_by = self.terms[0].currency, self._in_force(start)
        if amount.currency == own:
            return None
        said = charged_by.exchange
        moment = end - 1 if said is not None and said.at == "period_end" else start
        at = self._in_force(moment)
        day = civil_day(moment, at.timezone)
        rate = None if said is None or at.exchange is None else at.exchange.rate_of(amount.currency, own, day)
        if said is None or rate is None:
            return Waiting(what=f"a rate of {amount.currency} on {day.isoformat()}")
        return exchanged(amount, rate, said.round)

    def _brought_in(self, cap: str, start: Instant, end: Instant, whose: str) -> list[ChargePart]:
        return [
            ChargePart(
                item="brought in",
                period=f"{civil_text(event.start, self.terms[0].timezone)}..",
                amount=event.charged,
            )
            for event in sorted(self.openings, key=lambda event: (event.start, event.end))
            if event.cap == cap
            and event.charged is not None
            and start <= event.start
            and event.end <= end
            and (not whose or whose in event.subjects)
        ]


def _charge(terms: Terms, item: str) -> ChargeTerms | None:
    return next((charge for charge in terms.charges if charge.name == item), None)


def added_up(parts: Sequence[ChargePart], currency: str) -> BaseSum:
    """The sum of the parts, less those that are taken off."""
    total = zero(currency)
    for part in parts:
        share = part.amount.times(part.part)
        total = total - share if part.less else total + share
    return BaseSum(parts=tuple(parts), total=total)


def _share(
    charged: tuple[Instant, Instant],
    touched: tuple[Instant, Instant],
    alike: tuple[Instant, Instant],
    within: tuple[Instant, Instant],
    part_rule: PartRule | None,
    zone: str,
) -> Fraction | None:
    """What part of a charge for `charged` falls into the time `within`, of its stretch `alike` of one price.

    None where the terms do not say. `touched`: from the first price that the time touches to the end of the last; a
    charge that counts in full counts once, each of these prices by its days.
    """
    start, end = within
    if start <= charged[0] and charged[1] <= end:
        return Fraction(_days(*alike, zone), _days(*charged, zone))
    match part_rule:
        case "full":
            return Fraction(_days(*alike, zone), _days(*touched, zone))
        case "pro_rata":
            return Fraction(_days(max(alike[0], start), min(alike[1], end), zone), _days(*charged, zone))
        case None:
            return None


def _days(first: Instant, last: Instant, zone: str) -> int:
    """Civil days that [first, last) touches; both ends are day boundaries where periods are cut."""
    return (civil_day(last - 1, zone) - civil_day(first, zone) + datetime.timedelta(days=1)).days


def _unstated(item: str) -> Waiting:
    return Waiting(what=f"the terms to say `part_period` for `{item}`: only part of its charge period is judged")
