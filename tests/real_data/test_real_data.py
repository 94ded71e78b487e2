"""Two logs that real operations left behind are judged to the second and to the cent.

The figures typed here were worked out apart from the engine; every other month is held against a plain script.
`MALUS_REAL_DATA` names the folder of the logs.
"""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from malus.composition import judge
from malus.model.assessment import Assessment, CreditState, Finality, StepState
from malus.model.quantities import Level, Outcome
from malus.operations.evaluate import EvaluateAnswer, evaluate

from tests.real_data import plain
from tests.real_data.adapter import SERVICE_DESK, Prepared, name_of, prepare

pytestmark = pytest.mark.skipif(
    "MALUS_REAL_DATA" not in os.environ,
    reason="MALUS_REAL_DATA is not set: it names the folder of the two logs, which are not part of the project",
)

#: The first month of each log's terms, and the month after the last one that is judged.
UPTIME_SPAN = ("2024-04", "2026-07")
DESK_SPAN = ("2016-02", "2017-03")
SECOND = 1_000_000
#: What the judging of 27 months of one service's checks may take; it takes less than a tenth of it.
SECONDS_ALLOWED = 5

UPTIME_FIGURES = [
    ("2024-05", 49_227, 2_678_400, "98.162074", "25.00"),
    ("2024-06", 127_879, 2_592_000, "95.066397", "25.00"),
    ("2024-07", 1_573, 2_678_400, "99.941271", "0.00"),
    ("2024-12", 489_067, 2_678_400, "81.740330", "100.00"),
    ("2025-01", 10_951, 2_678_400, "99.591136", "10.00"),
    ("2025-05", 2_661, 2_678_400, "99.900650", "0.00"),
    ("2025-10", 27_149, 2_678_400, "98.986372", "25.00"),
]
DESK_FIGURES = [
    ("1 - Critical", "2016-03", 8, 1, "12.5"),
    ("2 - High", "2016-03", 18, 6, "33.3333"),
    ("3 - Moderate", "2016-03", 316, 115, "36.3924"),
    ("4 - Low", "2016-03", 27, 24, "88.8889"),
]
SHARE_CLAUSES = {
    "1 - Critical": "critical-share",
    "2 - High": "high-share",
    "3 - Moderate": "moderate-share",
    "4 - Low": "low-share",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Both logs as event files, and what malus made of them."""

    logs: Path
    prepared: Prepared
    uptime: EvaluateAnswer
    desk: EvaluateAnswer


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    logs = Path(os.environ["MALUS_REAL_DATA"])
    prepared = prepare(logs, tmp_path_factory.mktemp("real"))
    services = [folder.name for folder in prepared.rules.iterdir() if folder.name != SERVICE_DESK]
    checks, incidents = prepared.events / "checks.csv", prepared.events / "incidents.csv"
    return Judged(
        logs=logs,
        prepared=prepared,
        uptime=judge_file(prepared, checks, services, UPTIME_SPAN[1]),
        desk=judge_file(prepared, incidents, [SERVICE_DESK], DESK_SPAN[1]),
    )


@pytest.mark.parametrize(("month", "down", "base", "level", "credit"), UPTIME_FIGURES)
def test_the_stated_months_of_the_game_host_come_out_to_the_second_and_the_cent(
    judged: Judged, month: str, down: int, base: int, level: str, credit: str
) -> None:
    worked = uptime_of(assessment_of(judged.uptime, "toro-dynmap"))[month]
    assert (worked.down, worked.seconds, worked.credit) == (down, base, Fraction(credit))
    assert round(worked.level * 100, 6) == Fraction(level)


def test_every_service_and_month_has_the_plain_figures(judged: Judged) -> None:
    expected = plain.uptime_months(judged.logs, *UPTIME_SPAN)
    services = {service for service, _ in expected}
    assert len(services) == 15
    assert len(expected) == 15 * 27
    found = {
        (service, month): figures
        for service in services
        for month, figures in uptime_of(assessment_of(judged.uptime, name_of(service))).items()
    }
    assert found == expected


def test_a_month_is_met_from_the_promise_on_and_then_owes_nothing(judged: Judged) -> None:
    promise = Fraction("0.999")
    outcomes = set()
    for assessment in judged.uptime.assessments:
        owing = {credit.period.label for credit in assessment.credits}
        for verdict in assessment.verdicts:
            assert verdict.level is not None
            is_met = verdict.level.exact() >= promise
            assert verdict.outcome is (Outcome.MET if is_met else Outcome.MISSED)
            assert verdict.finality is Finality.FINAL
            assert (verdict.period.label in owing) is not is_met
            outcomes.add(verdict.outcome)
        assert {credit.state for credit in assessment.credits} <= {CreditState.DUE}
    assert outcomes == {Outcome.MET, Outcome.MISSED}


@pytest.mark.parametrize(("priority", "month", "resolved", "in_time", "level"), DESK_FIGURES)
def test_the_stated_shares_of_the_service_desk_come_out_to_the_incident(
    judged: Judged, priority: str, month: str, resolved: int, in_time: int, level: str
) -> None:
    worked = shares_of(assessment_of(judged.desk, SERVICE_DESK))[priority, month]
    assert worked == (resolved, in_time)
    assert round(Fraction(worked.in_time, worked.resolved) * 100, 4) == Fraction(level)


def test_every_priority_and_month_has_the_plain_figures(judged: Judged) -> None:
    incidents = plain.desk_incidents(judged.logs, DESK_SPAN[1])
    expected = plain.desk_months(incidents, *DESK_SPAN)
    assert len(expected) == 4 * 13
    assert sum(month.resolved for month in expected.values()) == 429
    assert shares_of(assessment_of(judged.desk, SERVICE_DESK)) == expected


def test_every_resolved_incident_has_the_plain_time_to_the_second_in_the_plain_month(judged: Judged) -> None:
    expected = {
        item.number: (item.month, item.seconds, plain.in_time(item))
        for item in plain.desk_incidents(judged.logs, DESK_SPAN[1])
        if item.month is not None
    }
    found = {}
    for verdict in assessment_of(judged.desk, SERVICE_DESK).verdicts:
        if verdict.clause == "each-in-time":
            assert verdict.level is not None
            seconds, rest = divmod(verdict.level.numerator, SECOND)
            assert rest == 0
            found[verdict.subject] = (verdict.period.label, seconds, verdict.outcome is Outcome.MET)
    assert len(found) == 429
    assert found == expected


def test_the_manager_is_told_of_every_incident_whose_time_ran_out_also_of_those_never_resolved(
    judged: Judged,
) -> None:
    late = [item for item in plain.desk_incidents(judged.logs, DESK_SPAN[1]) if not plain.in_time(item)]
    assert {item.month is None for item in late} == {True, False}
    steps = assessment_of(judged.desk, SERVICE_DESK).escalations
    assert {step.state for step in steps} == {StepState.RAISED}
    assert sorted(step.key.subject for step in steps) == sorted(item.number for item in late)


def test_every_row_of_the_logs_is_used_and_nothing_is_found_wrong(judged: Judged) -> None:
    assert judged.prepared.checks == 5_245
    for answer, rows in (
        (judged.uptime, judged.prepared.checks),
        (judged.desk, judged.prepared.incident_facts),
    ):
        assert answer.events == rows
        assert answer.duplicates == 0
        assert (answer.faults, answer.remarks, answer.diagnostics, answer.not_judged) == ((), (), (), ())
        assert [assessment.remarks for assessment in answer.assessments if assessment.remarks] == []


def test_the_answer_is_the_same_when_the_rows_come_in_the_opposite_order(judged: Judged, tmp_path: Path) -> None:
    services = [assessment.agreement for assessment in judged.uptime.assessments]
    for answer, name, agreements, until in (
        (judged.uptime, "checks.csv", services, UPTIME_SPAN[1]),
        (judged.desk, "incidents.csv", [SERVICE_DESK], DESK_SPAN[1]),
    ):
        header, *rows = (judged.prepared.events / name).read_text(encoding="utf-8").splitlines()
        turned = tmp_path / name
        turned.write_text("\n".join([header, *reversed(rows)]) + "\n", encoding="utf-8")
        again = judge_file(judged.prepared, turned, agreements, until)
        assert digests(again) == digests(answer)


def test_the_checks_of_27_months_are_judged_in_seconds(judged: Judged) -> None:
    before = time.perf_counter()
    answer = judge_file(judged.prepared, judged.prepared.events / "checks.csv", ["toro-dynmap"], UPTIME_SPAN[1])
    took = time.perf_counter() - before
    assert len(assessment_of(answer, "toro-dynmap").verdicts) == 27
    assert took < SECONDS_ALLOWED


def test_the_command_line_says_the_same_figures(judged: Judged) -> None:
    as_of = f"{UPTIME_SPAN[1]}-01T00:00:00Z"
    said = said_by_command_line(judged.prepared, "--as-of", as_of, "--format", "json")
    assessments = {item["agreement"]: item for item in said["assessments"]}
    assert len(assessments) == 15 + 1
    uptime = digests(judged.uptime)
    assert {name: item["digest"] for name, item in assessments.items() if name in uptime} == uptime
    credits = {item["period"]["label"]: item["amount"] for item in assessments["toro-dynmap"]["credits"]}
    levels = {item["period"]["label"]: item["level"] for item in assessments["toro-dynmap"]["verdicts"]}
    for month, down, base, _, credit in UPTIME_FIGURES:
        assert levels[month]["denominator"] == base * SECOND
        assert levels[month]["denominator"] - levels[month]["numerator"] == down * SECOND
        assert credits.get(month, {"amount": "0.00", "currency": "EUR"}) == {"amount": credit, "currency": "EUR"}
    shares = {
        (item["clause"], item["period"]["label"]): item["level"] for item in assessments[SERVICE_DESK]["verdicts"]
    }
    for priority, month, resolved, in_time, _ in DESK_FIGURES:
        level = shares[SHARE_CLAUSES[priority], month]
        assert (level["denominator"], level["numerator"]) == (resolved, in_time)


def judge_file(prepared: Prepared, events: Path, agreements: list[str], until: str) -> EvaluateAnswer:
    return evaluate([prepared.rules], [events], as_of=f"{until}-01T00:00:00Z", agreements=agreements, judge=judge())


def said_by_command_line(prepared: Prepared, *options: str) -> dict[str, Any]:
    asked = ["evaluate", str(prepared.rules), "--events", str(prepared.events), *options]
    ended = subprocess.run(
        [sys.executable, "-m", "malus", *asked], capture_output=True, text=True, timeout=120, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    said = json.loads(ended.stdout)
    assert isinstance(said, dict)
    return said


def assessment_of(answer: EvaluateAnswer, agreement: str) -> Assessment:
    return next(item for item in answer.assessments if item.agreement == agreement)


def digests(answer: EvaluateAnswer) -> dict[str, str]:
    return {assessment.agreement: assessment.digest() for assessment in answer.assessments}


def uptime_of(assessment: Assessment) -> dict[str, plain.UptimeMonth]:
    """Each month's figures in whole seconds; a fraction of a second would be a fault of its own."""
    owed: dict[str, Fraction] = {}
    for credit in assessment.credits:
        assert credit.amount is not None
        assert credit.amount.currency == "EUR"
        owed[credit.period.label] = owed.get(credit.period.label, Fraction(0)) + credit.amount.amount
    found = {}
    for verdict in assessment.verdicts:
        level = verdict.level
        assert level is not None
        down, rest = divmod(level.denominator - level.numerator, SECOND)
        seconds, rest_of_base = divmod(level.denominator, SECOND)
        assert (rest, rest_of_base) == (0, 0)
        credit_of_month = owed.pop(verdict.period.label, Fraction(0))
        found[verdict.period.label] = plain.UptimeMonth(down, seconds, level.exact(), credit_of_month)
    assert owed == {}
    return found


def shares_of(assessment: Assessment) -> dict[tuple[str, str], plain.DeskMonth]:
    """Resolved and in time by priority and month; a month without any resolution has no level."""
    priorities = {clause: priority for priority, clause in SHARE_CLAUSES.items()}
    return {
        (priorities[verdict.clause], verdict.period.label): counted(verdict.level)
        for verdict in assessment.verdicts
        if verdict.clause in priorities
    }


def counted(level: Level | None) -> plain.DeskMonth:
    return plain.DeskMonth(0, 0) if level is None else plain.DeskMonth(level.denominator, level.numerator)
