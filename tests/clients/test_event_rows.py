"""A row means on the wire what it means in a file, and what has no exact reading is refused before it is sent."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from malus.edge.from_wire_events import from_wire_event
from malus.model.canonical import canonical_text
from malus.model.event_rows import event_from_row
from malus.model.instants import parse_instant
from malus.model.periods import Cycle, period_labelled
from malus_client.event_rows import RowError, messages_of, shared
from malus_client.event_times import datetime_of, period_of, timestamp_of

from tests.clients.running import AGREEMENTS, rows_of

ZONES = {"it-hosting": "Europe/Amsterdam", "healthcare": "Europe/Berlin", "aws-ec2-region": "UTC"}
OF_EACH_KIND: list[dict[str, Any]] = [
    {"kind": "outage", "outage_id": "O", "start": "2026-06-03 10:00", "severity": "major", "site": "north"},
    {"kind": "outage", "outage_id": "O", "end": "2026-06-03 11:00", "sequence": "7"},
    {"kind": "check", "at": "2026-06-03 10:00:00.000001", "state": "degraded", "service": "shop"},
    {"kind": "reading", "at": "2026-06-03 10:00", "value": "99.950", "unit": "%", "indicator": "score"},
    {"kind": "reading", "start": "2026-06-01", "end": "2026-07-01", "value": "-3", "unit": "seconds"},
    {"kind": "tally", "start": "2026-06-01", "end": "2026-06-02", "good": "998", "total": "1000"},
    {"kind": "incident", "incident_id": "I", "transition": "paused", "at": "2026-06-03 10:00", "reason": "waiting"},
    {"kind": "incident", "start": "2026-06-03 10:00", "responded": "2026-06-03 10:05", "priority": "high"},
    {"kind": "exclusion", "cause": "force_majeure", "start": "2026-06-03 10:00"},
    {"kind": "charge", "item": "hosting", "period": "2026-Q2", "amount": "1000.05 EUR"},
    {"kind": "charge", "item": "hosting", "start": "2026-06-01", "end": "2026-07-01", "amount": "7", "currency": "JPY"},
    {"kind": "obligation", "name": "plan", "at": "2026-06-03 10:00", "period": "2026-W23", "subject": "I"},
    {"kind": "claim", "clause": "credit", "at": "2026-06-03 10:00", "period": "2026-05", "step": "claim"},
    {"kind": "claim", "clause": "credit", "at": "2026-06-03 10:00", "period": "2026-05-03 12:00"},
    {"kind": "notice", "clause": "termination", "act": "exercises", "at": "2026-06-03T10:00:00+02:00"},
    {"kind": "choice", "group": "one", "option": "credit", "at": "2026-06-03 10:00", "period": "2026-05"},
    {"kind": "settlement", "clause": "credit", "at": "2026-06-03", "amount": "10.50 EUR", "period": "2026-05"},
    {"kind": "settlement", "clause": "credit", "at": "2026-06-03", "amount": "10", "currency": "EUR", "subject": "I"},
    {"kind": "dispute", "clause": "credit", "act": "raises", "at": "2026-06-03 10:00", "period": "2026-05"},
    {
        "kind": "adjustment",
        "clause": "credit",
        "at": "2026-06-03",
        "amount": "0 EUR",
        "reason": "agreed",
        "provider_signed_at": "2026-06-03",
        "customer_signed_at": "2026-06-04 12:00",
        "period": "2026-05",
    },
    {"kind": "opening", "period": "2025", "cap": "yearly", "used": "10", "charged": "90.50", "currency": "EUR"},
    {"kind": "opening", "period": "2025-12", "missed": "uptime"},
]


def _both(row: dict[str, Any], zone: str) -> tuple[list[object], list[object]]:
    in_file = [canonical_text(event) for event in event_from_row(row, zone=zone, index=0, evidence="")]  # type: ignore[arg-type]
    on_wire = [canonical_text(from_wire_event(message, "event")) for message in messages_of(row, zone)]  # type: ignore[arg-type]
    return in_file, on_wire


@pytest.mark.parametrize("row", OF_EACH_KIND, ids=lambda row: row["kind"])
def test_a_row_of_each_kind_means_on_the_wire_what_it_means_in_a_file(row: dict[str, Any]) -> None:
    in_file, on_wire = _both({"id": "e-1", "source": "tests", "agreement": "acme", **row}, "Europe/Amsterdam")
    assert on_wire == in_file


@pytest.mark.parametrize("agreement", AGREEMENTS)
def test_every_row_of_the_example_year_means_on_the_wire_what_it_means_in_its_file(agreement: str) -> None:
    rows = rows_of(agreement)
    assert len(rows) > 20
    for row in rows:
        in_file, on_wire = _both(row, ZONES[agreement])
        assert on_wire == in_file


def test_a_whole_incident_in_one_row_becomes_a_fact_for_each_step_it_tells() -> None:
    row = {"kind": "incident", "id": "i", "start": "2026-06-03 10:00", "end": "2026-06-03 11:00", "priority": "high"}
    opened, resolved = messages_of(row, "UTC")
    assert (opened.id, opened.incident.incident_id, opened.incident.priority) == ("i#opened", "i", "high")
    assert (resolved.id, resolved.incident.incident_id, resolved.incident.priority) == ("i#resolved", "i", "")


def test_a_shared_fact_is_told_once_for_each_agreement_under_an_id_of_its_own() -> None:
    told = list(shared({"id": "out-1", "kind": "outage", "source": "m"}, ["acme", "borg"]))
    assert [(row["id"], row["agreement"]) for row in told] == [("out-1/acme", "acme"), ("out-1/borg", "borg")]


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ({"kind": "outge"}, "kind", "'outge' is no kind of event"),
        ({}, "kind", "is no kind of event"),
        ({"kind": "outage", "started": "2026-06-03"}, "started", "has no such column"),
        ({"kind": "outage", "start": "2026-03-29 02:30"}, "start", "twice or never"),
        ({"kind": "outage", "start": "2026-10-25 02:30"}, "start", "twice or never"),
        ({"kind": "outage", "start": "3 June"}, "start", "is no instant"),
        ({"kind": "outage", "start": "2026-06-31"}, "start", "is no instant"),
        ({"kind": "reading", "value": 99.95}, "value", "not exact"),
        ({"kind": "charge", "amount": "1e3 EUR"}, "amount", "is no amount"),
        ({"kind": "charge", "amount": "1000.00"}, "amount", "with its currency"),
        ({"kind": "charge", "period": "June"}, "period", "names no period"),
        ({"kind": "tally", "good": "9.5"}, "good", "no whole number"),
        ({"kind": "check", "state": "gone"}, "state", "none of up, down, degraded"),
    ],
)
def test_what_has_no_exact_reading_is_refused_with_its_column(row: dict[str, Any], column: str, says: str) -> None:
    with pytest.raises(RowError, match=says) as refused:
        messages_of(row, "Europe/Amsterdam")
    assert refused.value.column == column


def test_civil_time_without_a_zone_is_refused() -> None:
    with pytest.raises(RowError, match="no zone is known"):
        messages_of({"kind": "outage", "start": "2026-06-03 10:00"}, None)


@given(st.datetimes(min_value=datetime(1901, 1, 1), max_value=datetime(2200, 1, 1)), st.integers(-12, 14))  # noqa: DTZ001
def test_an_instant_is_the_same_microsecond_as_text_as_a_datetime_and_back(moment: datetime, hours: int) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(hours=hours)))
    stamp = timestamp_of(aware, None)
    assert stamp == timestamp_of(aware.isoformat(), None)
    assert datetime_of(stamp) == aware.astimezone(UTC)
    assert stamp.seconds * 1_000_000 + stamp.nanos // 1000 == parse_instant(aware.isoformat(), None)


@pytest.mark.parametrize("zone", ["Europe/Amsterdam", "America/New_York", "Asia/Kolkata", "America/Sao_Paulo", "UTC"])
@pytest.mark.parametrize(
    ("kind", "label"),
    [
        ("year", "2017"),
        ("quarter", "2026-Q4"),
        ("month", "2018-11"),
        ("month", "2026-12"),
        ("week", "2026-W53"),
        ("day", "2018-11-04"),
    ],
)
def test_a_period_begins_and_ends_where_the_model_says(zone: str, kind: Any, label: str) -> None:
    period = period_labelled(Cycle(kind=kind), label, zone)
    start, end = period_of(label, zone)
    assert (start.ToMicroseconds(), end.ToMicroseconds()) == (period.start, period.end)


def test_numbers_may_be_exact_python_numbers() -> None:
    row = {"kind": "reading", "at": datetime(2026, 6, 3, tzinfo=UTC), "value": Decimal("1E+2"), "unit": "count"}
    (message,) = messages_of(row, None)
    assert message.reading.value.value == "100"
