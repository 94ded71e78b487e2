"""What a row must hold to be an event, and everything that is said about one that is none."""

from fractions import Fraction

import pytest
from malus.model.event_corrections import Retraction
from malus.model.event_fields import COLUMNS, COMMON, FORMS
from malus.model.event_rows import FieldFault, event_from_row
from malus.model.events import (
    Act,
    Cause,
    Charge,
    Check,
    CheckState,
    Claim,
    Event,
    Exclusion,
    Incident,
    Notice,
    Obligation,
    Opening,
    Outage,
    Reading,
    Tally,
    Transition,
)
from malus.model.instants import parse_instant
from malus.model.money import Money

ZONE = "Europe/Amsterdam"


def at(text: str) -> int:
    return parse_instant(text, ZONE)


def read(**row: str | int | None) -> tuple[Event, ...]:
    found = event_from_row({"agreement": "a", **row}, zone=ZONE, index=7, evidence="f:8")
    assert not any(isinstance(item, FieldFault) for item in found), found
    return tuple(item for item in found if not isinstance(item, FieldFault))


def refused(zone: str | None = ZONE, **row: object) -> list[tuple[str, str]]:
    found = event_from_row({"agreement": "a", **row}, zone=zone, index=7, evidence="f:8")  # type: ignore[dict-item]
    faults = [item for item in found if isinstance(item, FieldFault)]
    assert faults, found
    assert len(faults) == len(found)
    assert all(fault.index == 7 and fault.what and fault.hint for fault in faults)
    return [(fault.field, fault.reason) for fault in faults]


def test_every_kind_is_read_with_civil_times_in_the_agreements_zone() -> None:
    june = {"start": at("2026-06-01"), "end": at("2026-07-01")}
    hour = {"start": at("2026-06-03 10:00"), "end": at("2026-06-03 11:00")}
    written = {"start": "2026-06-03 10:00", "end": "2026-06-03T09:00:00Z"}
    common = {"agreement": "a", "evidence": "f:8"}
    assert read(kind="outage", outage_id="O", severity="high", **written) == (
        Outage(**common, outage_id="O", severity="high", **hour),
    )
    assert read(kind="check", at="2026-06-03", state="degraded") == (
        Check(**common, at=at("2026-06-03 00:00"), state=CheckState.DEGRADED),
    )
    assert read(kind="reading", value="99.95", unit="%", at="2026-06-03") == (
        Reading(**common, start=at("2026-06-03"), end=at("2026-06-03"), value=Fraction("99.95"), unit="%"),
    )
    assert read(kind="tally", good="4", total="5", **written) == (Tally(**common, good=4, total=5, **hour),)
    assert read(kind="incident", incident_id="I", transition="paused", reason="customer", at="2026-06-03") == (
        Incident(**common, incident_id="I", transition=Transition.PAUSED, at=at("2026-06-03"), reason="customer"),
    )
    assert read(kind="exclusion", cause="maintenance", announced_at="2026-05-01", **written) == (
        Exclusion(**common, cause=Cause.MAINTENANCE, announced_at=at("2026-05-01"), **hour),
    )
    euros = Money(amount=Fraction(1000), currency="EUR")
    assert read(kind="charge", item="h", period="2026-06", amount="1000.00 EUR") == (
        Charge(**common, item="h", amount=euros, **june),
    )
    assert read(kind="obligation", name="report", at="2026-06-03", period="2026-Q2") == (
        Obligation(**common, name="report", at=at("2026-06-03"), period=at("2026-04-01")),
    )
    assert read(kind="claim", clause="c", at="2026-06-03", period="2026") == (
        Claim(**common, clause="c", at=at("2026-06-03"), period=at("2026-01-01")),
    )
    assert read(kind="notice", clause="c", act="waives", at="2026-06-03") == (
        Notice(**common, clause="c", act=Act.WAIVES, at=at("2026-06-03")),
    )
    assert read(kind="opening", cap="m", used="1000", currency="EUR", period="2026-06") == (
        Opening(**common, cap="m", used=euros, **june),
    )
    assert read(kind="opening", missed="uptime", period="2026-06") == (Opening(**common, missed="uptime", **june),)


def test_what_every_event_carries_is_read_for_every_kind() -> None:
    (event,) = read(
        kind="outage", start="2026-06-03", id="e1", source="monitor", sequence="-3", recorded_at="2026-06-04"
    )
    assert (event.id, event.source, event.sequence, event.recorded_at) == ("e1", "monitor", -3, at("2026-06-04"))


def test_typed_integers_are_instants_in_microseconds_and_names_as_they_print() -> None:
    opened, resolved = read(kind="incident", incident_id="I", start=0, end=5, priority=1)
    assert isinstance(opened, Incident)
    assert isinstance(resolved, Incident)
    assert (opened.at, opened.priority, resolved.at) == (0, "1", 5)


def test_empty_text_and_none_are_the_same_as_not_said() -> None:
    assert read(kind="outage", start="2026-06-03", end="", service=None) == read(kind="outage", start="2026-06-03")


def test_an_outage_told_in_parts_may_leave_out_its_start_only_with_its_name() -> None:
    assert read(kind="outage", outage_id="O", end="2026-06-03")
    assert refused(kind="outage", end="2026-06-03") == [("start", "missing-field")]
    assert refused(kind="outage", outage_id="O") == [("start", "missing-field")]


def test_a_whole_incident_becomes_its_transitions_and_the_opening_carries_the_priority() -> None:
    facts = read(
        kind="incident",
        id="T-9",
        start="2026-06-03 10:00",
        responded="2026-06-03 10:30",
        end="2026-06-03 12:00",
        priority="high",
        service="web",
    )
    incidents = [fact for fact in facts if isinstance(fact, Incident)]
    assert [(fact.id, fact.transition.value, fact.priority) for fact in incidents] == [
        ("T-9#opened", "opened", "high"),
        ("T-9#responded", "responded", None),
        ("T-9#resolved", "resolved", None),
    ]
    assert {(fact.incident_id, fact.service) for fact in incidents} == {("T-9", "web")}


def test_an_incident_without_any_id_is_named_by_its_content_whatever_the_order_of_rows() -> None:
    rows = [{"start": "2026-06-03", "priority": "1"}, {"start": "2026-06-04"}, {"start": "2026-06-03", "priority": "1"}]

    def names(order: list[dict[str, str]]) -> set[str]:
        seen: dict[tuple[str, str], int] = {}
        found = [
            event_from_row(
                {"kind": "incident", "agreement": "a", **row}, zone=ZONE, index=0, evidence="", occurrences=seen
            )
            for row in order
        ]
        return {item.incident_id for facts in found for item in facts if isinstance(item, Incident)}

    assert names(rows) == names(rows[::-1])
    assert len(names(rows)) == 3


def test_names_made_of_content_never_meet_whatever_characters_the_values_hold() -> None:
    first = read(kind="incident", start="2026-06-03", priority="1,service=b")
    second = read(kind="incident", start="2026-06-03", priority="1", service="b")
    numbered = read(kind="incident", start="2026-06-03", priority="1#2")
    names = {fact.incident_id for fact in (*first, *second, *numbered) if isinstance(fact, Incident)}
    assert len(names) == 3


def test_every_fault_of_a_row_is_told_at_once_in_the_order_of_the_row() -> None:
    assert refused(kind="tally", start="2026-06-03", end="2026-06-02", good="x", total="-1", gud="1", priority="1") == [
        ("end", "end-before-start"),
        ("good", "malformed-number"),
        ("total", "negative-number"),
        ("gud", "unknown-field"),
        ("priority", "unknown-field"),
    ]


def test_a_misspelt_kind_or_field_gets_the_nearest_spelling() -> None:
    (fault,) = event_from_row({"agreement": "a", "kind": "outtage"}, zone=None, index=0, evidence="")
    assert isinstance(fault, FieldFault)
    assert (fault.reason, fault.hint) == ("unknown-kind", "did you mean outage?")
    row = {"agreement": "a", "kind": "outage", "start": "2026-06-03T00:00:00Z", "servce": "web"}
    (fault,) = event_from_row(row, zone=None, index=0, evidence="")
    assert isinstance(fault, FieldFault)
    assert (fault.field, fault.hint) == ("servce", "did you mean service?")


def test_a_correction_is_no_kind_of_its_own_and_the_hint_says_what_to_write() -> None:
    (fault,) = event_from_row({"agreement": "a", "kind": "correction"}, zone=ZONE, index=0, evidence="")
    assert isinstance(fault, FieldFault)
    assert (fault.reason, "in `corrects`" in fault.hint) == ("unknown-kind", True)


def test_a_retraction_names_what_it_takes_back() -> None:
    (event,) = read(kind="retraction", id="r-1", corrects="o-1", corrects_source="monitor", reason="a false alarm")
    assert event == Retraction(
        agreement="a", id="r-1", corrects="o-1", corrects_source="monitor", reason="a false alarm", evidence="f:8"
    )
    assert refused(kind="retraction", id="r-1") == [("corrects", "missing-field")]


def test_a_correction_has_an_id_and_never_corrects_itself() -> None:
    outage = {"kind": "outage", "start": "2026-06-03"}
    assert refused(**outage, corrects="o-1") == [("id", "missing-field")]
    assert refused(**outage, id="o-1", corrects="o-1") == [("corrects", "corrects-itself")]
    assert refused(**outage, id="o-1", source="a", corrects="o-1", corrects_source="a") == [
        ("corrects", "corrects-itself")
    ]
    assert refused(**outage, id="o-1", corrects_source="a") == [("corrects", "missing-field")]
    (event,) = read(**outage, id="o-1", source="desk", corrects="o-1", corrects_source="monitor")
    assert (event.corrects, event.corrects_source) == ("o-1", "monitor")


@pytest.mark.parametrize(
    "number",
    ["1e5", "NaN", "Infinity", "+1", "1,5", "٣", "1_000", " 1", "0x1", "1.", ".5", "1" * 19, "1." + "1" * 13],
)
def test_a_number_is_digits_a_point_and_decimals_and_nothing_else(number: str) -> None:
    assert ("value", "malformed-number") in refused(kind="reading", at="2026-06-03", unit="%", value=number)


def test_the_longest_number_is_read_exactly() -> None:
    (event,) = read(kind="reading", at="2026-06-03", unit="count", value="-" + "9" * 18 + "." + "9" * 12)
    assert isinstance(event, Reading)
    assert event.value == -Fraction(10**30 - 1, 10**12)


@pytest.mark.parametrize("value", [99.95, True, ["1"], {"x": 1}, b"1"])
def test_values_that_are_neither_text_nor_integer_are_refused(value: object) -> None:
    (fault,) = refused(kind="reading", at="2026-06-03", unit="%", value=value)
    assert fault in {("value", "inexact-number"), ("value", "wrong-type")}


def test_good_may_equal_total_and_never_pass_it() -> None:
    stretch = {"kind": "tally", "start": "2026-06-03", "end": "2026-06-04"}
    assert read(**stretch, good="5", total="5")
    assert refused(**stretch, good="6", total="5") == [("good", "good-above-total")]


def test_an_end_may_be_the_start_of_an_outage_and_not_of_a_charge() -> None:
    assert read(kind="outage", start="2026-06-03", end="2026-06-03")
    charge = {"kind": "charge", "item": "h", "amount": "1 EUR", "start": "2026-06-03", "end": "2026-06-03"}
    assert refused(**charge) == [("end", "end-before-start")]


def test_a_civil_time_that_comes_twice_or_never_is_refused_with_its_reason() -> None:
    assert refused(kind="outage", start="2026-10-25 02:30") == [("start", "ambiguous-civil-time")]
    assert refused(kind="outage", start="2026-03-29 02:30") == [("start", "void-civil-time")]
    assert refused(zone=None, kind="outage", start="2026-06-03 02:30") == [("start", "malformed-instant")]
    assert refused(kind="outage", start=10**18) == [("start", "malformed-instant")]


def test_a_period_that_the_calendar_lacks_or_that_has_no_zone_is_refused() -> None:
    claim = {"kind": "claim", "clause": "c", "at": "2026-06-03T00:00:00Z"}
    for period in ("2026-13", "2026-W54", "2026-02-30", "June", "2026-Q5"):
        assert refused(**claim, period=period) == [("period", "malformed-period")]
    assert refused(zone=None, **claim, period="2026-06") == [("period", "malformed-period")]


def test_a_charge_says_its_currency_once_and_a_known_one() -> None:
    charge = {"kind": "charge", "item": "h", "period": "2026-06"}
    assert refused(**charge, amount="10") == [("amount", "unknown-currency")]
    assert refused(**charge, amount="10 EUR", currency="USD") == [("amount", "unknown-currency")]
    assert refused(**charge, amount="10 EUX") == [("amount", "unknown-currency")]
    assert refused(**charge, amount="10", currency="eur") == [("currency", "unknown-currency")]
    assert refused(**charge, amount="-10 EUR") == [("amount", "negative-number")]
    assert read(**charge, amount="10", currency="EUR") == read(**charge, amount="10.00 EUR", currency="EUR")


def test_a_charge_is_for_a_period_or_from_start_to_end_and_not_both() -> None:
    charge = {"kind": "charge", "item": "h", "amount": "10 EUR"}
    assert refused(**charge) == [("period", "missing-field")]
    assert refused(**charge, start="2026-06-01") == [("end", "missing-field")]
    assert refused(**charge, start="2026-06-01", period="2026-06") == [("start", "unknown-field")]


def test_a_reading_is_at_an_instant_or_over_a_stretch_and_not_both() -> None:
    reading = {"kind": "reading", "value": "1", "unit": "hours"}
    assert read(**reading, start="2026-06-01", end="2026-06-02")
    assert refused(**reading) == [("at", "missing-field")]
    assert refused(**reading, end="2026-06-02") == [("start", "missing-field")]
    assert refused(**reading, at="2026-06-01", end="2026-06-02") == [("end", "unknown-field")]
    assert refused(kind="reading", value="1", unit="months", at="2026-06-01") == [("unit", "unknown-value")]


def test_a_pause_has_a_reason_and_nothing_else_has_one() -> None:
    fact = {"kind": "incident", "incident_id": "I", "at": "2026-06-03"}
    assert refused(**fact, transition="paused") == [("reason", "missing-field")]
    assert refused(**fact, transition="opened", reason="x") == [("reason", "unknown-field")]


def test_a_transition_is_no_whole_incident() -> None:
    fact = {"kind": "incident", "incident_id": "I", "transition": "opened", "at": "2026-06-03"}
    assert refused(**fact, end="2026-06-04") == [("end", "unknown-field")]
    whole = {"kind": "incident", "incident_id": "I", "start": "2026-06-03"}
    assert refused(**whole, at="2026-06-04") == [("at", "unknown-field")]
    assert refused(**whole, responded="2026-06-02") == [("responded", "end-before-start")]


def test_an_opening_balance_is_about_a_cap_or_about_a_missed_period() -> None:
    opening = {"kind": "opening", "period": "2026-06"}
    assert refused(**opening) == [("cap", "missing-field")]
    assert refused(**opening, cap="m") == [("used", "missing-field")]
    assert refused(**opening, cap="m", missed="u", used="1 EUR") == [("cap", "missing-field")]
    assert refused(**opening, missed="u", used="1 EUR") == [("used", "unknown-field")]


@pytest.mark.parametrize("name", ["x" * 201, " a", "a\n", "a\x00b", "a\x1b[31m"])
def test_a_name_prints_on_one_line(name: str) -> None:
    assert refused(kind="outage", start="2026-06-03", service=name) == [("service", "malformed-name")]


def test_the_table_names_every_field_of_every_event_once() -> None:
    for form in FORMS:
        names = [field.name for field in (*COMMON, *form.fields)]
        assert len(names) == len(set(names)), form.called
        assert all(field.meaning for field in form.fields)
    assert {"agreement", "kind", "start", "end", "good", "total", "priority"} <= COLUMNS


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("2026-06-03 10:00", "2026-06-03 09:00", "`end` 2026-06-03 09:00 is before `start` 2026-06-03 10:00"),
        (
            "2026-06-03T10:00:00Z",
            "2026-06-03T11:00:00+02:00",
            "`end` 2026-06-03T09:00:00Z is before `start` 2026-06-03T10:00:00Z",
        ),
    ],
)
def test_an_end_before_its_start_is_told_on_the_clocks_that_the_row_was_written_by(start, end, said):
    [fault] = event_from_row(
        {"kind": "outage", "agreement": "a", "start": start, "end": end}, zone="Europe/Amsterdam", index=1, evidence=""
    )
    assert (fault.reason, fault.what) == ("end-before-start", said)
