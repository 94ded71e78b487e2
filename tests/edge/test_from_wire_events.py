"""An event message becomes the fact that it states, or everything that is wrong with it is told at once."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date
from google.type.interval_pb2 import Interval
from google.type.money_pb2 import Money as WireMoney
from hypothesis import given
from hypothesis import strategies as st
from malus.edge.from_wire_events import from_wire_event
from malus.edge.from_wire_values import from_wire_date, from_wire_money_text
from malus.edge.to_wire_values import to_wire_instant, to_wire_money
from malus.model.event_corrections import Retraction
from malus.model.event_deliveries import Delivery, Extension
from malus.model.event_fields import FORMS, INCIDENT_SUMMARY, Form
from malus.model.event_values import UnreadableError
from malus.model.events import (
    Act,
    Adjustment,
    Cause,
    Charge,
    Check,
    CheckState,
    Choice,
    Claim,
    Deployment,
    Dispute,
    DisputeAct,
    Event,
    Exclusion,
    Incident,
    Notice,
    Obligation,
    Opening,
    Outage,
    Reading,
    Settlement,
    Tally,
    Transition,
)
from malus.model.money import MINOR_DIGITS, Money
from malus.v1 import event_pb2

from tests.edge.builders import END, START, euros, outage_message

SPAN = Interval(start_time=to_wire_instant(START), end_time=to_wire_instant(END))
AT = to_wire_instant(START + 1)
ENVELOPE = {"id": "e1", "source": "monitoring", "agreement": "acme", "sequence": 3}

KINDS: list[tuple[dict[str, Any], Event]] = [
    (
        {
            "outage": event_pb2.Outage(
                outage_id="o1", interval=SPAN, service="web", site="north", severity="major", reported_at=AT
            )
        },
        Outage(
            **ENVELOPE,
            outage_id="o1",
            start=START,
            end=END,
            service="web",
            site="north",
            severity="major",
            reported_at=START + 1,
        ),
    ),
    (
        {"outage": event_pb2.Outage(outage_id="o1", interval=Interval(end_time=to_wire_instant(END)))},
        Outage(**ENVELOPE, outage_id="o1", end=END),
    ),
    (
        {"outage": event_pb2.Outage(interval=SPAN, share={"value": "12.5"}, affected=0)},
        Outage(**ENVELOPE, start=START, end=END, share=Fraction(1, 8), affected=0),
    ),
    (
        {"deployment": event_pb2.Deployment(deployment_id="d1", service="web", site="n", interval=SPAN)},
        Deployment(**ENVELOPE, deployment_id="d1", service="web", site="n", start=START, end=END),
    ),
    (
        {"check": event_pb2.Check(service="web", site="n", at=AT, state="STATE_DEGRADED")},
        Check(**ENVELOPE, service="web", site="n", at=START + 1, state=CheckState.DEGRADED),
    ),
    (
        {"reading": event_pb2.Reading(indicator="latency", at=AT, value={"value": "-12.50"}, unit="seconds")},
        Reading(
            **ENVELOPE, indicator="latency", start=START + 1, end=START + 1, value=Fraction(-25, 2), unit="seconds"
        ),
    ),
    (
        {
            "reading": event_pb2.Reading(
                service="web", site="n", interval=SPAN, value={"value": "99.5"}, unit="%", delivery_id="d1"
            )
        },
        Reading(
            **ENVELOPE,
            service="web",
            site="n",
            start=START,
            end=END,
            value=Fraction(199, 2),
            unit="%",
            delivery_id="d1",
        ),
    ),
    (
        {"tally": event_pb2.Tally(indicator="requests", service="w", site="n", interval=SPAN, good=7, total=9)},
        Tally(**ENVELOPE, indicator="requests", service="w", site="n", start=START, end=END, good=7, total=9),
    ),
    (
        {"tally": event_pb2.Tally(interval=SPAN, delivery_id="d1")},
        Tally(**ENVELOPE, start=START, end=END, good=0, total=0, delivery_id="d1"),
    ),
    (
        {
            "incident": event_pb2.Incident(
                incident_id="i1",
                transition="TRANSITION_PAUSED",
                at=AT,
                service="w",
                site="n",
                priority="P1",
                reason="c",
            )
        },
        Incident(
            **ENVELOPE,
            incident_id="i1",
            transition=Transition.PAUSED,
            at=START + 1,
            service="w",
            site="n",
            priority="P1",
            reason="c",
        ),
    ),
    (
        {
            "delivery": event_pb2.Delivery(
                delivery_id="d1",
                service="w",
                due=to_wire_instant(START),
                sent=to_wire_instant(START),
                done=AT,
                quantity={"value": "20.5"},
                good_quantity={"value": "20"},
                value=to_wire_money(euros("1000.05")),
                good_value=to_wire_money(euros("900")),
                item="beds",
                site="n",
            )
        },
        Delivery(
            **ENVELOPE,
            delivery_id="d1",
            service="w",
            due=START,
            sent=START,
            done=START + 1,
            quantity=Fraction(41, 2),
            good_quantity=Fraction(20),
            value=euros("1000.05"),
            good_value=euros("900"),
            item="beds",
            site="n",
        ),
    ),
    (
        {"extension": event_pb2.Extension(delivery_id="d1", at=AT, by="2 weeks")},
        Extension(**ENVELOPE, delivery_id="d1", at=START + 1, days=14),
    ),
    (
        {"exclusion": event_pb2.Exclusion(interval=SPAN, cause="CAUSE_CUSTOMER", delivery_id="d1")},
        Exclusion(**ENVELOPE, start=START, end=END, cause=Cause.CUSTOMER, delivery_id="d1"),
    ),
    (
        {"exclusion": event_pb2.Exclusion(interval=SPAN, cause="CAUSE_FORCE_MAJEURE", service="w", announced_at=AT)},
        Exclusion(**ENVELOPE, start=START, end=END, cause=Cause.FORCE_MAJEURE, service="w", announced_at=START + 1),
    ),
    (
        {"charge": event_pb2.Charge(item="hosting", interval=SPAN, amount=to_wire_money(euros("1000.05")))},
        Charge(**ENVELOPE, item="hosting", start=START, end=END, amount=euros("1000.05")),
    ),
    (
        {"obligation": event_pb2.Obligation(name="report", at=AT, period=to_wire_instant(START), subject="i1")},
        Obligation(**ENVELOPE, name="report", at=START + 1, period=START, subject="i1"),
    ),
    (
        {"claim": event_pb2.Claim(clause="uptime", at=AT, step="file", period=AT, subject="i1")},
        Claim(**ENVELOPE, clause="uptime", at=START + 1, step="file", period=START + 1, subject="i1"),
    ),
    (
        {"notice": event_pb2.Notice(clause="exit", act="ACT_WAIVES", at=AT, period=AT, subject="i1")},
        Notice(**ENVELOPE, clause="exit", act=Act.WAIVES, at=START + 1, period=START + 1, subject="i1"),
    ),
    (
        {"choice": event_pb2.Choice(group="one", option="uptime", at=AT, period=AT, subject="i1")},
        Choice(**ENVELOPE, group="one", option="uptime", at=START + 1, period=START + 1, subject="i1"),
    ),
    (
        {
            "settlement": event_pb2.Settlement(
                clause="uptime", at=AT, amount=to_wire_money(euros("7.50")), invoice="F-1", period=AT, subject="i1"
            )
        },
        Settlement(
            **ENVELOPE,
            clause="uptime",
            at=START + 1,
            amount=euros("7.5"),
            invoice="F-1",
            period=START + 1,
            subject="i1",
        ),
    ),
    (
        {"dispute": event_pb2.Dispute(clause="uptime", act="ACT_ENDS", at=AT, period=AT, subject="i1")},
        Dispute(**ENVELOPE, clause="uptime", act=DisputeAct.ENDS, at=START + 1, period=START + 1, subject="i1"),
    ),
    (
        {"corrects": "o-1", "retraction": event_pb2.Retraction(reason="a false alarm")},
        Retraction(**ENVELOPE, corrects="o-1", reason="a false alarm"),
    ),
    (
        {
            "adjustment": event_pb2.Adjustment(
                clause="uptime",
                at=AT,
                amount={"currency_code": "EUR"},
                reason="agreed",
                provider_signed_at=AT,
                customer_signed_at=AT,
                period=AT,
                subject="i1",
            )
        },
        Adjustment(
            **ENVELOPE,
            clause="uptime",
            at=START + 1,
            amount=euros("0"),
            reason="agreed",
            provider_signed_at=START + 1,
            customer_signed_at=START + 1,
            period=START + 1,
            subject="i1",
        ),
    ),
    (
        {
            "opening": event_pb2.Opening(
                interval=SPAN, cap="year", used=to_wire_money(euros("5")), charged={"currency_code": "EUR"}
            )
        },
        Opening(**ENVELOPE, start=START, end=END, cap="year", used=euros("5"), charged=euros("0")),
    ),
    (
        {"opening": event_pb2.Opening(interval=SPAN, missed="uptime")},
        Opening(**ENVELOPE, start=START, end=END, missed="uptime"),
    ),
]


def message(**told: Any) -> event_pb2.Event:
    envelope = {"id": "e1", "source": "monitoring", "agreement": "agreements/acme", "sequence": 3}
    return event_pb2.Event(**{**envelope, **told})


def wrong(event: event_pb2.Event) -> dict[str, str]:
    """What is wrong with a message, as path and reason; it must be wrong."""
    read = from_wire_event(event, "events[3]")
    assert isinstance(read, tuple), read
    assert all(violation.field.startswith("events[3].") and violation.description for violation in read)
    return {violation.field.removeprefix("events[3]."): violation.reason for violation in read}


@pytest.mark.parametrize(("told", "event"), KINDS, ids=[f"{n}-{next(iter(told))}" for n, (told, _) in enumerate(KINDS)])
def test_every_kind_of_event_is_read_whole(told: dict[str, Any], event: Event) -> None:
    sent = event_pb2.Event.FromString(message(**told).SerializeToString())
    assert from_wire_event(sent, "events[0]") == event


def test_the_table_above_has_every_kind_with_every_field_set_somewhere() -> None:
    told: dict[str, set[str]] = {}
    for given_fields, _ in KINDS:
        details = {kind: given for kind, given in given_fields.items() if not isinstance(given, str)}
        for kind, detail in details.items():
            told.setdefault(kind, set()).update(field.name for field, _ in detail.ListFields())
    whole = {
        field.name: set(field.message_type.fields_by_name)
        for field in event_pb2.Event.DESCRIPTOR.oneofs_by_name["detail"].fields
    }
    assert told == whole


def test_everything_that_is_wrong_is_told_at_once() -> None:
    event = event_pb2.Event(agreement="acme", tally=event_pb2.Tally(good=5, total=3))
    event.tally.interval.start_time.nanos = 1
    assert wrong(event) == {
        "id": "missing-field",
        "source": "missing-field",
        "agreement": "malformed-name",
        "tally.interval.start_time": "malformed-instant",
        "tally.interval.end_time": "missing-field",
        "tally.good": "good-above-total",
    }


def _without(**told: Any) -> Callable[[], event_pb2.Event]:
    return lambda: message(**told)


def _charged(**money: Any) -> Callable[[], event_pb2.Event]:
    return lambda: message(charge=event_pb2.Charge(item="h", interval=SPAN, amount=WireMoney(**money)))


def _read(value: str) -> Callable[[], event_pb2.Event]:
    return lambda: message(reading=event_pb2.Reading(at=AT, value={"value": value}, unit="%"))


def _checked(at: Timestamp) -> Callable[[], event_pb2.Event]:
    return lambda: message(check=event_pb2.Check(at=at, state="STATE_UP"))


@pytest.mark.parametrize(
    ("event", "field", "reason"),
    [
        (_without(), "detail", "missing-field"),
        (_without(agreement="agreements/a/b", outage=KINDS[0][0]["outage"]), "agreement", "malformed-name"),
        (_without(agreement="agreements/", outage=KINDS[0][0]["outage"]), "agreement", "malformed-name"),
        (_without(id="x" * 201, outage=KINDS[0][0]["outage"]), "id", "malformed-name"),
        (_without(id=" x", outage=KINDS[0][0]["outage"]), "id", "malformed-name"),
        (_without(source="a\u202eb", outage=KINDS[0][0]["outage"]), "source", "malformed-name"),
        (_without(sequence=10**18, outage=KINDS[0][0]["outage"]), "sequence", "malformed-number"),
        (_without(outage=event_pb2.Outage(service="web")), "outage.interval.start_time", "missing-field"),
        (
            _without(outage=event_pb2.Outage(interval=Interval(start_time=SPAN.end_time, end_time=SPAN.start_time))),
            "outage.interval.end_time",
            "end-before-start",
        ),
        (_without(check=event_pb2.Check(at=AT)), "check.state", "missing-field"),
        (_without(check=event_pb2.Check(state="STATE_UP")), "check.at", "missing-field"),
        (_without(check=event_pb2.Check(at=AT, state=99)), "check.state", "unknown-value"),
        (_checked(Timestamp(seconds=1, nanos=1_001)), "check.at", "malformed-instant"),
        (_checked(Timestamp(seconds=1, nanos=-1)), "check.at", "malformed-instant"),
        (_checked(Timestamp(seconds=1, nanos=1_000_000_000)), "check.at", "malformed-instant"),
        (_checked(Timestamp(seconds=7_289_654_400)), "check.at", "malformed-instant"),
        (_checked(Timestamp(seconds=-2_208_988_801)), "check.at", "malformed-instant"),
        (_read(""), "reading.value", "missing-field"),
        (_read("NaN"), "reading.value", "malformed-number"),
        (_read("1e99999999"), "reading.value", "malformed-number"),
        (_read("1_000"), "reading.value", "malformed-number"),
        (_read("+1"), "reading.value", "malformed-number"),
        (_read("١٢"), "reading.value", "malformed-number"),
        (_read("1.1234567890123"), "reading.value", "malformed-number"),
        (_read("1" * 19), "reading.value", "malformed-number"),
        (_read("1\n"), "reading.value", "malformed-number"),
        (_without(reading=event_pb2.Reading(at=AT, value={"value": "1"})), "reading.unit", "missing-field"),
        (_without(reading=event_pb2.Reading(value={"value": "1"}, unit="%")), "reading.at", "missing-field"),
        (_without(tally=event_pb2.Tally(interval=SPAN, good=-1, total=1)), "tally.good", "negative-number"),
        (_without(tally=event_pb2.Tally(interval=SPAN, total=10**18)), "tally.total", "malformed-number"),
        (
            _without(incident=event_pb2.Incident(incident_id="i", at=AT, transition="TRANSITION_PAUSED")),
            "incident.reason",
            "missing-field",
        ),
        (
            _without(incident=event_pb2.Incident(incident_id="i", at=AT, transition="TRANSITION_OPENED", reason="r")),
            "incident.reason",
            "unknown-field",
        ),
        (_without(exclusion=event_pb2.Exclusion(interval=SPAN)), "exclusion.cause", "missing-field"),
        (_without(charge=event_pb2.Charge(item="h", interval=SPAN)), "charge.amount", "missing-field"),
        (
            _without(charge=event_pb2.Charge(item="h", amount=to_wire_money(euros("1")))),
            "charge.interval",
            "missing-field",
        ),
        (_charged(units=1), "charge.amount", "unknown-currency"),
        (_charged(units=1, currency_code="eur"), "charge.amount", "unknown-currency"),
        (_charged(units=1, nanos=-1, currency_code="EUR"), "charge.amount", "malformed-money"),
        (_charged(units=-1, nanos=1, currency_code="EUR"), "charge.amount", "malformed-money"),
        (_charged(nanos=1_000_000_000, currency_code="EUR"), "charge.amount", "malformed-money"),
        (_charged(nanos=1_000_000, currency_code="EUR"), "charge.amount", "malformed-money"),
        (_charged(nanos=10_000_000, currency_code="JPY"), "charge.amount", "malformed-money"),
        (_charged(units=-1, currency_code="EUR"), "charge.amount", "negative-number"),
        (_charged(units=10**18, currency_code="EUR"), "charge.amount", "malformed-number"),
        (_without(notice=event_pb2.Notice(clause="c", at=AT)), "notice.act", "missing-field"),
        (_without(opening=event_pb2.Opening(interval=SPAN)), "opening.cap", "missing-field"),
        (_without(opening=event_pb2.Opening(missed="c")), "opening.interval", "missing-field"),
    ],
)
def test_a_fault_is_told_with_the_path_of_its_field(
    event: Callable[[], event_pb2.Event], field: str, reason: str
) -> None:
    assert wrong(event()) == {field: reason}


def _later(number: int) -> event_pb2.Event:
    # A message of a later version, as its bytes come in: one field of that number, of no content.
    tag, length = number << 3 | 2, b"\x00"
    coded = bytes([tag]) if tag < 128 else bytes([tag & 127 | 128, tag >> 7])
    envelope = event_pb2.Event(id="e1", source="s", agreement="agreements/acme")
    return event_pb2.Event.FromString(envelope.SerializeToString() + coded + length)


def test_a_correction_and_a_retraction_name_their_event() -> None:
    envelope = {"id": "e2", "source": "desk", "agreement": "agreements/acme", "corrects": "e1", "corrects_source": "s"}
    read = from_wire_event(event_pb2.Event(**envelope, retraction={"reason": "a false alarm"}), "events[0]")
    assert read == Retraction(
        agreement="acme", id="e2", source="desk", corrects="e1", corrects_source="s", reason="a false alarm"
    )
    check = event_pb2.Check(at={"seconds": 1_780_000_000}, state=event_pb2.Check.STATE_UP)
    read = from_wire_event(event_pb2.Event(**envelope, check=check), "events[0]")
    assert (read.corrects, read.corrects_source) == ("e1", "s")


def test_a_retraction_of_nothing_and_a_correction_of_itself_are_refused() -> None:
    envelope = {"id": "e2", "source": "desk", "agreement": "agreements/acme"}
    assert wrong(event_pb2.Event(**envelope, retraction={})) == {"corrects": "missing-field"}
    assert wrong(event_pb2.Event(**envelope, corrects="e2", retraction={})) == {"corrects": "corrects-itself"}
    assert wrong(event_pb2.Event(**envelope, corrects=" e1", retraction={})) == {"corrects": "malformed-name"}


def test_a_field_that_nobody_knows_is_never_passed_over() -> None:
    assert wrong(_later(77)) == {"detail": "unknown-field"}
    event = outage_message()
    event.outage.MergeFromString(b"\x98\x06\x01")  # field 99 of the outage: 1
    event.outage.interval.MergeFromString(b"\x98\x06\x01")
    assert wrong(event) == {"outage": "unknown-field", "outage.interval": "unknown-field"}


def test_an_enum_of_a_later_version_names_what_this_one_knows() -> None:
    read = from_wire_event(message(check=event_pb2.Check(at=AT, state=99)), "events[0]")
    assert isinstance(read, tuple)
    assert read[0].description == "99 is no value of it: write up, down, degraded"


@given(cents=st.integers(-(10**16), 10**16), currency=st.sampled_from(["EUR", "JPY", "KWD", "CLF"]))
def test_money_is_read_to_the_last_minor_unit(cents: int, currency: str) -> None:
    money = Money(amount=Fraction(cents, 10 ** MINOR_DIGITS[currency]), currency=currency)
    number, code = from_wire_money_text(to_wire_money(money)).split()
    assert (Fraction(number), code) == (money.amount, currency)


@given(instant=st.integers(-2_208_988_800_000_000, 7_289_654_399_999_999))
def test_an_instant_is_read_to_the_microsecond(instant: int) -> None:
    read = from_wire_event(message(check=event_pb2.Check(at=to_wire_instant(instant), state="STATE_UP")), "e")
    assert isinstance(read, Check)
    assert read.at == instant


@pytest.mark.parametrize(
    "day", [Date(), Date(year=2026), Date(year=2026, month=2, day=30), Date(year=1, month=1, day=1)]
)
def test_a_date_is_a_whole_day_of_the_calendar(day: Date) -> None:
    with pytest.raises(UnreadableError):
        from_wire_date(day)


@pytest.mark.parametrize("form", [form for form in FORMS if form is not INCIDENT_SUMMARY], ids=lambda form: form.kind)
def test_the_wire_and_files_have_the_same_names(form: Form) -> None:
    """A span is `start` and `end` in a file; money names its currency itself; only files know spans by a period.

    The subjects stand in the event itself, beside its id.
    """
    detail = event_pb2.Event.DESCRIPTOR.fields_by_name[form.kind].message_type
    wire = set(detail.fields_by_name)
    columns = {field.name for field in form.fields if field.type not in ("currency", "stretch", "names")}
    assert (wire - {"interval"}) | ({"start", "end"} if "interval" in wire else set()) == columns
