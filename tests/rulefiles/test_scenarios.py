"""Scenario files: their lines become events and expectations, and all that is wrong with them is told at once."""

from fractions import Fraction
from pathlib import Path

import pytest
from malus.model.agreement import Terms
from malus.model.event_rows import event_from_row
from malus.model.events import Charge, Event, Incident, Opening, Outage, Reading, Transition
from malus.model.instants import parse_instant
from malus.model.money import Money
from malus.rulefiles.compiler import compile_terms
from malus.rulefiles.scenarios import CompiledScenario, Scenario, compile_scenario, terms_label
from malus.rulefiles.scenarios_expected import ExpectedClause, ExpectedRight

ZONE = "Europe/Amsterdam"
WEBSHOP = Path(__file__).parent / "good" / "noordzee-webshop.yaml"
HEAD = "scenario: what it proves\nas_of: 2026-07-15\n"
EXPECT = "expect:\n  - {clause: uptime-credit, period: 2026-06, credit: none}\n"


@pytest.fixture(scope="module")
def terms() -> tuple[Terms, ...]:
    compiled = compile_terms(WEBSHOP.read_bytes(), WEBSHOP.name).terms
    assert compiled is not None
    return (compiled,)


def at(text: str) -> int:
    return parse_instant(text, ZONE)


def found(compiled: CompiledScenario) -> list[tuple[int, int, str]]:
    return [(item.place.line, item.place.column, item.code) for item in compiled.diagnostics]


def sound(text: str, terms: tuple[Terms, ...]) -> Scenario:
    compiled = compile_scenario(text, "s.yaml", terms)
    assert compiled.scenario is not None, compiled.diagnostics
    return compiled.scenario


def events(lines: str, terms: tuple[Terms, ...]) -> tuple[Event, ...]:
    return sound(f"{HEAD}events:\n{lines}{EXPECT}", terms).events()


LINES = {
    "{outage: webshop, outage_id: O-1, from: 2026-06-03 10:00, to: 2026-06-03 15:00, severity: high}": {
        "kind": "outage", "service": "webshop", "outage_id": "O-1", "start": "2026-06-03 10:00",
        "end": "2026-06-03 15:00", "severity": "high",
    },
    "{outage: webshop, from: 2026-06-03 10:00, reported: 2026-06-04}": {
        "kind": "outage", "service": "webshop", "start": "2026-06-03 10:00", "reported_at": "2026-06-04",
    },
    "{check: webshop, at: 2026-06-03 10:00, state: down, sequence: 3}": {
        "kind": "check", "service": "webshop", "at": "2026-06-03 10:00", "state": "down", "sequence": "3",
    },
    "{tally: webshop, from: 2026-06-01, to: 2026-07-01, good: 9, total: 10, indicator: ok}": {
        "kind": "tally", "service": "webshop", "start": "2026-06-01", "end": "2026-07-01", "good": "9",
        "total": "10", "indicator": "ok",
    },
    "{reading: uptime, at: 2026-06-30, value: 99.7 %}": {
        "kind": "reading", "indicator": "uptime", "at": "2026-06-30", "value": "99.7", "unit": "%",
    },
    "{exclusion: maintenance, from: 2026-06-03 10:00, to: 2026-06-03 11:00, announced: 2026-05-20}": {
        "kind": "exclusion", "cause": "maintenance", "start": "2026-06-03 10:00", "end": "2026-06-03 11:00",
        "announced_at": "2026-05-20",
    },
    "{charge: hosting, period: 2026-06, amount: 1000.00 EUR, recorded: 2026-07-03}": {
        "kind": "charge", "item": "hosting", "period": "2026-06", "amount": "1000.00 EUR", "recorded_at": "2026-07-03",
    },
    "{obligation: chronic, at: 2026-06-03, subject: INC-1}": {
        "kind": "obligation", "name": "chronic", "at": "2026-06-03", "subject": "INC-1",
    },
    "{claim: uptime-credit, period: 2026-06, at: 2026-07-06, step: claim}": {
        "kind": "claim", "clause": "uptime-credit", "period": "2026-06", "at": "2026-07-06", "step": "claim",
    },
    "{notice: chronic, act: waives, at: 2026-07-06}": {
        "kind": "notice", "clause": "chronic", "act": "waives", "at": "2026-07-06",
    },
}  # fmt: skip


@pytest.mark.parametrize("line", LINES)
def test_a_line_tells_the_same_event_as_the_row_of_a_file(line: str, terms: tuple[Terms, ...]) -> None:
    row = {**LINES[line], "agreement": terms[0].agreement}
    told = event_from_row(row, zone=ZONE, index=1, evidence="s.yaml:4:5")
    assert events(f"  - {line}\n", terms) == told


def test_what_an_incident_went_through_becomes_its_transitions(terms: tuple[Terms, ...]) -> None:
    told = events(
        """
  - incident: INC-7
    id: T-1
    priority: high
    opened: 2026-06-03 10:00
    responded: 2026-06-03 11:00
    resolved: [2026-06-03 12:00, 2026-06-04 12:00]
    reopened: 2026-06-04 09:00
    pauses: [{from: 2026-06-03 10:10, to: 2026-06-03 10:20, reason: waiting-for-customer}]
    priority_changes: [{at: 2026-06-03 10:30, to: low}]
""".lstrip("\n"),
        terms,
    )
    assert [
        (fact.id, fact.transition, fact.at, fact.priority, fact.reason) for fact in told if isinstance(fact, Incident)
    ] == [
        ("T-1#opened", Transition.OPENED, at("2026-06-03 10:00"), "high", None),
        ("T-1#responded", Transition.RESPONDED, at("2026-06-03 11:00"), None, None),
        ("T-1#resolved", Transition.RESOLVED, at("2026-06-03 12:00"), None, None),
        ("T-1#resolved-2", Transition.RESOLVED, at("2026-06-04 12:00"), None, None),
        ("T-1#reopened", Transition.REOPENED, at("2026-06-04 09:00"), None, None),
        ("T-1#paused", Transition.PAUSED, at("2026-06-03 10:10"), None, "waiting-for-customer"),
        ("T-1#resumed", Transition.RESUMED, at("2026-06-03 10:20"), None, None),
        ("T-1#priority_changed", Transition.PRIORITY_CHANGED, at("2026-06-03 10:30"), "low", None),
    ]


def test_charges_and_opening_balances_stand_beside_the_events(terms: tuple[Terms, ...]) -> None:
    scenario = sound(
        HEAD
        + """charges: [{charge: hosting, period: 2026-06, amount: 10.00 EUR}]
opening:
  - {cap: monthly, from: 2025-01-01, to: 2026-01-01, used: 5.00 EUR, charged: 50.00 EUR}
  - {missed: uptime, period: 2025-12}
"""
        + EXPECT,
        terms,
    )
    charge, balance, missed = scenario.events()
    assert isinstance(charge, Charge)
    assert charge.amount == Money(amount=Fraction(10), currency="EUR")
    assert isinstance(balance, Opening)
    assert (balance.cap, balance.start, balance.end) == ("monthly", at("2025-01-01"), at("2026-01-01"))
    assert isinstance(missed, Opening)
    assert (missed.missed, missed.start, missed.end) == ("uptime", at("2025-12-01"), at("2026-01-01"))


def test_a_reading_without_a_unit_is_a_count(terms: tuple[Terms, ...]) -> None:
    (reading,) = events("  - {reading: score, at: 2026-06-30, value: 7.5}\n", terms)
    assert isinstance(reading, Reading)
    assert (reading.value, reading.unit) == (Fraction(15, 2), "count")


def test_a_date_is_the_start_of_its_day_in_the_agreements_zone(terms: tuple[Terms, ...]) -> None:
    scenario = sound(HEAD + "known_at: 2026-07-01 12:00\n" + EXPECT, terms)
    assert scenario.as_of == parse_instant("2026-07-14T22:00:00Z", None)
    assert scenario.known_at == parse_instant("2026-07-01T10:00:00Z", None)


@pytest.mark.parametrize(
    ("written", "exact"),
    [
        ("715/720", Fraction(715, 720)),
        ("99.306 %", Fraction(99306, 100000)),
        ("4 hours", Fraction(4 * 3_600_000_000)),
        ("3", Fraction(3)),
    ],
)
def test_a_level_is_expected_exactly(written: str, exact: Fraction, terms: tuple[Terms, ...]) -> None:
    (line,) = sound(HEAD + f"expect: [{{clause: uptime-credit, value: {written}}}]\n", terms).expected
    assert isinstance(line, ExpectedClause)
    assert line.value is not None
    assert line.value[0] == exact


def test_a_last_instant_says_whether_its_day_counts_to_the_end(terms: tuple[Terms, ...]) -> None:
    (line,) = sound(
        HEAD + "expect: [{right: chronic, state: open, cure_until: 2026-03-29 end_of_day}]\n", terms
    ).expected
    assert isinstance(line, ExpectedRight)
    assert line.cure_until == at("2026-03-30") - 1
    bare = compile_scenario(HEAD + "expect: [{right: chronic, state: open, cure_until: 2026-03-29}]\n", "s.yaml", terms)
    assert found(bare) == [(3, 52, "malformed-instant")]
    assert bare.diagnostics[0].hint == "write `2026-03-29 end_of_day`, or a date and time"


FAULTY = """scenario: many slips
as_of: 2026-13-15
evnts: []
events:
  - {outge: webshop, from: 2026-06-03 15:00, to: 2026-06-03 10:00}
  - {check: webshop, state: dwn}
  - {incident: INC-1}
  - {incident: INC-2, opened: 2026-03-29 02:30, pauses: [{from: 2026-03-29 04:00}]}
  - {foo: bar}
  - 3
opening:
  - {cap: monthly, used: 10.00 EUR}
expect:
  - {clause: uptme-credit, period: 2026-6, credit: 12 USD, verdict: mst}
  - {right: chronic, state: opn, cure_until: 2026-05-30}
  - {escalation: late-response, step: 0, state: raised}
  - {event: NOPE, refused: unused}
  - {total: 12}
"""


def test_every_fault_of_a_file_is_told_in_one_run_at_its_own_place(terms: tuple[Terms, ...]) -> None:
    compiled = compile_scenario(FAULTY, "s.yaml", terms)
    assert compiled.scenario is None
    assert found(compiled) == [
        (2, 8, "malformed-instant"),
        (3, 1, "unknown-key"),
        (5, 6, "unknown-key"),
        (5, 50, "end-before-start"),
        (6, 6, "missing-field"),
        (6, 29, "unknown-value"),
        (7, 6, "missing-field"),
        (8, 31, "void-civil-time"),
        (8, 58, "missing-field"),
        (9, 5, "missing-key"),
        (9, 6, "unknown-key"),
        (10, 5, "wrong-type"),
        (12, 6, "missing-field"),
        (14, 14, "unknown-clause"),
        (14, 36, "malformed-period"),
        (14, 52, "wrong-unit"),
        (14, 69, "unknown-value"),
        (15, 29, "unknown-value"),
        (15, 46, "malformed-instant"),
        (16, 39, "out-of-range"),
        (17, 13, "unknown-event"),
        (18, 13, "wrong-unit"),
    ]


def test_a_misspelt_word_is_answered_with_the_nearest_one(terms: tuple[Terms, ...]) -> None:
    hints = {item.code: item.hint for item in compile_scenario(FAULTY, "s.yaml", terms).diagnostics}
    assert hints["unknown-clause"] == "did you mean `uptime-credit`?"
    assert hints["unknown-value"] == "did you mean `open`?"


def test_a_fault_speaks_of_the_key_that_the_author_wrote(terms: tuple[Terms, ...]) -> None:
    text = HEAD + "events: [{tally: webshop, from: 2026-06-01, good: 1, total: 2}]\n" + EXPECT
    (fault,) = compile_scenario(text, "s.yaml", terms).diagnostics
    assert fault.what == "`to` is missing: a tally needs it"


def test_nothing_happens_to_an_incident_before_the_opening_told_beside_it(terms: tuple[Terms, ...]) -> None:
    text = HEAD + "events: [{incident: INC-1, opened: 2026-06-03 10:00, responded: 2026-06-03 09:59}]\n" + EXPECT
    compiled = compile_scenario(text, "s.yaml", terms)
    assert found(compiled) == [(3, 65, "end-before-start")]
    assert compiled.diagnostics[0].what == "the incident was responded before it was opened"


def test_a_line_that_is_expected_to_be_refused_is_no_fault_of_the_file(terms: tuple[Terms, ...]) -> None:
    line = "events: [{outage: webshop, id: O, from: 2026-06-03, to: 2026-06-02}]\n"
    assert found(compile_scenario(HEAD + line + EXPECT, "s.yaml", terms)) == [(3, 57, "end-before-start")]
    for name in ("O", "1"):
        scenario = sound(HEAD + line + f"expect: [{{event: {name}, refused: end-before-start}}]\n", terms)
        assert scenario.events() == ()
        assert [item.fault.reason for item in scenario.line_called(name)[0].faults] == ["end-before-start"]


def test_two_events_on_one_line_of_the_file_are_told_apart(terms: tuple[Terms, ...]) -> None:
    outages = "{outage: webshop, from: 2026-06-03, to: 2026-06-04}, {outage: webshop, from: 2026-06-05}"
    text = f"events: [{outages}]\n"
    first, second = sound(HEAD + text + EXPECT, terms).events()
    assert isinstance(first, Outage)
    assert first.evidence != second.evidence


def test_without_terms_only_the_scenario_itself_is_read() -> None:
    compiled = compile_scenario(HEAD + "expect: [{fault: table-gap}, {clause: anything, verdict: met}]\n", "s.yaml", ())
    assert compiled.scenario is not None


@pytest.mark.parametrize("text", ["", "- 1\n", "scenario: [\n", "\x00", "expect: 3\n", "terms: {a: b}\n"])
def test_whatever_the_text_it_is_answered_with_faults(text: str, terms: tuple[Terms, ...]) -> None:
    compiled = compile_scenario(text, "s.yaml", terms)
    assert compiled.scenario is None
    assert compiled.diagnostics
    assert terms_label(text, "s.yaml") is None
