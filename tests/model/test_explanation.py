"""Events in an explanation: named up to a hundred, counted and digested beyond, the same in any order."""

from malus.model.events import (
    Act,
    Charge,
    Check,
    CheckState,
    Incident,
    Notice,
    Outage,
    Reading,
    Transition,
    event_name,
    happened_at,
)
from malus.model.explanation import NAMED_EVENTS_LIMIT
from malus.model.measurement import events_used
from malus.model.money import zero


def outages(count: int) -> list[Outage]:
    return [
        Outage(agreement="a", id=f"o{number:03}", start=number, end=number + 1, evidence=f"row {number}")
        for number in range(count)
    ]


def test_a_hundred_events_are_named_and_one_more_is_counted_and_digested():
    few = events_used("outages", outages(NAMED_EVENTS_LIMIT))
    assert (few.count, len(few.named), few.named[0]) == (100, 100, "o000")
    many = events_used("outages", outages(NAMED_EVENTS_LIMIT + 1))
    assert (many.count, many.named, len(many.evidence)) == (101, (), 100)
    assert few.set_digest != many.set_digest


def test_the_set_has_one_digest_in_any_order_and_wherever_it_was_read():
    events = outages(5)
    moved = [Outage(agreement="a", id=event.id, start=event.start, end=event.end) for event in reversed(events)]
    assert events_used("outages", moved).set_digest == events_used("outages", events).set_digest
    assert events_used("outages", moved).named == events_used("outages", events).named


def test_an_event_is_called_by_its_id_its_subject_or_its_kind_and_time():
    assert event_name(Outage(agreement="a", id="e", outage_id="o", start=0)) == "e"
    assert event_name(Outage(agreement="a", outage_id="o", start=0)) == "o"
    assert event_name(Outage(agreement="a", start=0)) == "outage 1970-01-01T00:00:00Z"
    assert event_name(Incident(agreement="a", incident_id="I", transition=Transition.OPENED, at=0)) == "I"
    assert event_name(Check(agreement="a", at=0, state=CheckState.UP)) == "check 1970-01-01T00:00:00Z"


def test_an_event_is_placed_by_the_first_instant_it_speaks_of():
    assert happened_at(Outage(agreement="a", start=5, end=9)) == 5
    assert happened_at(Outage(agreement="a", end=9, outage_id="o")) == 9
    assert happened_at(Outage(agreement="a", outage_id="o")) == 0
    assert happened_at(Notice(agreement="a", clause="c", act=Act.WAIVES, at=7)) == 7
    assert happened_at(Reading(agreement="a", start=3, end=4, value=1, unit="%")) == 3
    assert happened_at(Charge(agreement="a", item="i", start=2, end=4, amount=zero("EUR"))) == 2
