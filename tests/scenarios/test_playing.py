"""Playing scenarios: what a failure shows, which terms are used, and how the command ends."""

import json
from pathlib import Path

import pytest
from malus.command_line.app import app
from malus.composition import judge
from malus.operations.scenarios import PlayedScenario, find_scenarios, play_scenarios
from malus.operations.scenarios_text import scenario_text
from typer.testing import CliRunner

AGREEMENTS = Path(__file__).parents[2] / "rules" / "agreements"
IT_HOSTING, AIRPORT = AGREEMENTS / "it-hosting", AGREEMENTS / "airport-terminal"
JUNE = """scenario: Five hours down in June
as_of: 2026-07-15
events:
  - {outage: portal, outage_id: OUT-1, from: 2026-06-03 10:00, to: 2026-06-03 15:00}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of an agreement's rule files, without its scenarios."""
    copy = tmp_path / "it-hosting"
    (copy / "scenarios").mkdir(parents=True)
    for file in IT_HOSTING.glob("*.yaml"):
        (copy / file.name).write_bytes(file.read_bytes())
    return copy


def played(folder: Path, text: str) -> PlayedScenario:
    (folder / "scenarios" / "one.yaml").write_text(text)
    (result,) = play_scenarios([folder], judge=judge())
    return result


def test_every_difference_is_told_at_once_with_both_sides_and_where_they_part(folder: Path) -> None:
    result = played(
        folder,
        JUNE
        + """expect:
  - {clause: uptime-credit, period: 2026-06, verdict: missed, credit: 400.00 EUR, state: due}
  - {right: termination, state: open}
  - {total: 900.00 EUR}
""",
    )
    text = scenario_text(result).replace(str(folder), "")
    assert text == (
        "FAIL /scenarios/one.yaml:6  Five hours down in June\n"
        "  uptime-credit 2026-06         expected 400.00 EUR   got 800.00 EUR   +400.00 EUR\n"
        "  uptime-credit 2026-06 state   expected due          got claim_open\n"
        "  right termination             expected open         got none\n"
        "  total                         expected 900.00 EUR   got 800.00 EUR   -100.00 EUR\n"
        "  they part at uptime-credit, row 2 (line 80, art. 4.2):"
        " 99.306 % pays 10 %; 400.00 would be row 1 (5 %)\n"
    )


WRONG = {
    "{clause: uptime-credit, period: 2026-06, value: 714/720}": ("714/720", "715/720 = 99.306 %"),
    "{clause: uptime-credit, period: 2026-06, verdict: met}": ("met", "missed"),
    "{clause: uptime-credit, period: 2026-06, credit: none}": ("no credit", "800.00 EUR"),
    "{clause: uptime-credit, period: 2026-05, credit: 1.00 EUR}": ("1.00 EUR", "no credit"),
    "{clause: uptime-credit, period: 2026-06, before_cap: 801.00 EUR}": ("801.00 EUR", "800.00 EUR"),
    "{clause: uptime-credit, period: 2026-06, state: lapsed}": ("lapsed", "claim_open"),
    "{clause: uptime-credit, period: 2026-06, finality: final}": ("final", "provisional"),
    "{clause: uptime-credit, period: 2026-06, pending_on: a bill}": ("a bill", "nothing"),
    "{clause: uptime-credit, period: 2026-06, claim_until: 2026-07-29 end_of_day}": (
        "2026-07-29, end of the day", "2026-07-30, end of the day",
    ),
    "{clause: uptime-credit, credit: 800.00 EUR}": (
        "one period", "7 periods: 2026-01, 2026-02, 2026-03, 2026-04, 2026-05, 2026-06",
    ),
    "{clause: late-response, period: 2026-06, credit: 0.00 EUR}": ("one period", "nothing was judged"),
    "{right: termination, state: forfeited}": ("forfeited", "none"),
    "{obligation: improvement-plan, state: due}": ("due", "none"),
    "{escalation: late-response, step: 1, state: raised}": ("raised", "none"),
    "{duty: report outages, subject: OUT-1, state: none}": ("none", "missed"),
    "{event: OUT-1, refused: unknown-service}": ("refused: unknown-service", "it was taken"),
    "{fault: table-gap}": ("table-gap", "nothing found"),
    "{total: 0.00 EUR, period: 2026-06}": ("0.00 EUR", "800.00 EUR"),
}  # fmt: skip


@pytest.mark.parametrize("line", WRONG)
def test_whatever_a_line_states_wrongly_is_a_difference(line: str, folder: Path) -> None:
    (difference,) = played(folder, f"{JUNE}expect: [{line}]\n").differences
    assert (difference.expected, difference.got) == WRONG[line]


def test_nothing_else_names_every_remedy_and_every_event_that_nobody_expected(folder: Path) -> None:
    text = JUNE + (
        "  - {incident: INC-1, priority: critical, opened: 2026-06-08 10:00, responded: 2026-06-08 14:30}\n"
        "  - {outage: portl, id: LOST, from: 2026-06-09 10:00, to: 2026-06-09 11:00}\n"
        "expect: [{clause: uptime-credit, period: 2026-06, verdict: missed}]\n"
    )
    assert played(folder, text).passed
    others = [item.what for item in played(folder, text + "nothing_else: true\n").differences]
    assert others == [
        "uptime-credit 2026-06",
        "late-response 2026-06 INC-1",
        "escalation-1 late-response INC-1",
        "escalation-2 late-response INC-1",
        "event LOST",
    ]


def test_nothing_else_names_the_period_of_a_bonus_and_where_what_waits_for_a_bill_stands(tmp_path: Path) -> None:
    (tmp_path / "scenarios").mkdir()
    for file in AIRPORT.glob("*.yaml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    events = "events: [{reading: score, at: 2026-04-10, service: terminal, value: %s}]\n"
    said = "expect: [{clause: satisfaction, period: 2026-01, verdict: undetermined}]\nnothing_else: true\n"
    for score, what, got in (
        ("5", "bonus satisfaction 2026-04", "accruing"),
        ("2", "satisfaction 2026-04", "accruing: the charge `airport-charges` of 2026-04"),
    ):
        text = "scenario: April still runs\nas_of: 2026-04-20\n" + events % score + said
        assert [(item.what, item.got) for item in played(tmp_path, text).differences] == [(what, got)]


def test_no_credit_is_zero_only_where_something_was_judged(folder: Path) -> None:
    # Two ends of one outage: the month is undetermined.
    text = JUNE + "  - {outage: portal, outage_id: OUT-1, from: 2026-06-03 10:00, to: 2026-06-03 16:00}\n"
    result = played(folder, f"{text}expect: [{{clause: uptime-credit, period: 2026-06, credit: 0.00 EUR}}]\n")
    assert [item.got for item in result.differences] == ["no credit"]
    assert played(folder, f"{text}expect: [{{clause: uptime-credit, period: 2026-05, credit: 0.00 EUR}}]\n").passed


def test_a_cut_by_a_cap_is_named_where_the_uncut_amount_was_expected(folder: Path) -> None:
    text = JUNE.replace(
        "events:", "opening: [{cap: yearly, from: 2025-07-01, to: 2026-01-01, used: 5500.00 EUR}]\nevents:"
    )
    result = played(folder, f"{text}expect: [{{clause: uptime-credit, period: 2026-06, credit: 800.00 EUR}}]\n")
    (difference,) = result.differences
    assert difference.apart == "-300.00 EUR"
    assert difference.parting.endswith("the cap `yearly` (art. 4.7) takes 300.00 off 800.00")


def test_a_label_asks_for_one_of_the_rule_files(folder: Path) -> None:
    october = (
        "as_of: 2026-11-15\n"
        "events: [{outage: portal, from: 2026-10-08 10:00, to: 2026-10-08 10:30}]\n"
        "expect: [{clause: uptime-credit, period: 2026-10, verdict: met}]\n"
    )
    assert played(folder, f"scenario: by the first text\nterms: first\n{october}").passed
    assert not played(folder, f"scenario: by both texts\n{october}").passed
    (difference,) = played(folder, f"scenario: by no text\nterms: frist\n{october}").differences
    assert difference.what == "rule files"
    assert difference.got.endswith("no rule file is labelled `frist`; there are first, sharper")


def test_a_fault_of_the_rule_files_can_be_expected_and_otherwise_fails(folder: Path) -> None:
    first = folder / "2026-01-01-first.yaml"
    first.write_text(first.read_text().replace("promise: {indicator: uptime", "promise: {indicator: uptme"))
    assert played(folder, "scenario: s\nas_of: 2026-07-15\nexpect: [{fault: unknown-indicator}]\n").passed
    (difference,) = played(folder, f"{JUNE}expect: [{{total: 0.00 EUR}}]\n").differences
    assert (difference.what, difference.expected) == ("rule files", "no error")
    assert "2026-01-01-first.yaml:73:26 unknown-indicator" in difference.got


THREE_MONTHS = """scenario: February, March and April missed, each with its plan
as_of: 2026-05-15
events:
  - {outage: portal, from: 2026-02-10 10:00, to: 2026-02-10 15:00}
  - {outage: portal, from: 2026-03-10 10:00, to: 2026-03-10 15:00}
  - {outage: portal, from: 2026-04-10 10:00, to: 2026-04-10 15:00}
  - {obligation: improvement-plan, at: 2026-04-10}
"""


def test_one_of_several_is_picked_by_its_moment_or_its_period(folder: Path) -> None:
    several = played(folder, f"{THREE_MONTHS}expect: [{{obligation: improvement-plan, state: due}}]\n")
    assert [item.expected for item in several.differences] == ["one: say which by `due`"]
    assert played(
        folder,
        THREE_MONTHS
        + """expect:
  - {obligation: improvement-plan, state: fulfilled, due: 2026-04-16 end_of_day}
  - {obligation: improvement-plan, period: 2026-04, state: due}
""",
    ).passed


WRONG_MOMENTS = {
    "{right: termination, state: curing, arisen: 2026-05-02}": ("2026-05-02", "2026-05-01"),
    "{right: termination, state: open}": ("open", "curing"),
    "{right: termination, state: curing, cure_until: 2026-05-31 end_of_day}": (
        "2026-05-31, end of the day", "2026-05-30, end of the day",
    ),
    "{right: termination, state: curing, ends_service: 2026-08-01}": ("2026-08-01", "none"),
    "{right: termination, state: curing, finality: final}": ("final", "provisional"),
}  # fmt: skip


@pytest.mark.parametrize("line", WRONG_MOMENTS)
def test_a_rights_state_and_moments_are_compared_one_by_one(line: str, folder: Path) -> None:
    (difference,) = played(folder, f"{THREE_MONTHS}expect: [{line}]\n").differences
    assert (difference.expected, difference.got) == WRONG_MOMENTS[line]


def test_a_faulty_scenario_shows_its_faults_and_keeps_no_other_from_being_played(folder: Path) -> None:
    (folder / "scenarios" / "sound.yaml").write_text(f"{JUNE}expect: [{{total: 800.00 EUR}}]\n")
    (folder / "scenarios" / "faulty.yaml").write_text(f"{JUNE}expects: [{{total: 800.00 EUR}}]\n")
    faulty, sound = play_scenarios([folder], judge=judge())
    assert sound.passed
    assert not faulty.passed
    text = scenario_text(faulty)
    assert ":5:1: error[unknown-key] `expects` is no key of a scenario\n" in text
    assert "^^^^^^^ did you mean `expect`?\n" in text


def test_beyond_the_known_holidays_a_scenario_fails_with_the_reason(folder: Path) -> None:
    for file in folder.glob("*.yaml"):
        file.write_text(file.read_text().replace("ends: 2028-12-31\n", ""))
    far = """scenario: an incident long after the last known holiday
as_of: 2060-01-01
events: [{incident: INC-1, priority: critical, opened: 2059-06-03 16:00, responded: 2059-06-05 16:00}]
expect: [{escalation: late-response, step: 3, subject: INC-1, state: raised}]
"""
    (difference,) = played(folder, far).differences
    assert (difference.what, difference.expected) == ("the agreement", "an answer")
    assert "office" in difference.got


def test_scenarios_are_found_from_a_file_their_folder_the_agreement_and_above(folder: Path) -> None:
    played(folder, f"{JUNE}expect: [{{total: 800.00 EUR}}]\n")
    file = folder / "scenarios" / "one.yaml"
    for path in (file, file.parent, folder, folder.parent):
        (found,) = find_scenarios(path)
        assert (found.path, found.rules) == (file, folder)


def test_the_command_ends_with_0_1_or_2_and_json_keeps_every_field(folder: Path) -> None:
    run = CliRunner()
    played(folder, f"{JUNE}expect: [{{total: 800.00 EUR}}]\n")
    passed = run.invoke(app, ["test", str(folder)])
    assert passed.exit_code == 0
    assert passed.stdout.endswith("1 scenario: 1 passed\n")
    played(folder, f"{JUNE}expect: [{{total: 801.00 EUR}}]\n")
    failed = run.invoke(app, ["test", str(folder), "--format", "json"])
    assert failed.exit_code == 1
    (scenario,) = json.loads(failed.stdout)["scenarios"]
    assert scenario["differences"] == [
        {
            "line": 5,
            "what": "total",
            "expected": "801.00 EUR",
            "got": "800.00 EUR",
            "difference": "-1.00 EUR",
            "parting": "",
        }
    ]
    (folder / "scenarios" / "one.yaml").unlink()
    assert run.invoke(app, ["test", str(folder)]).exit_code == 2


CENTRES = IT_HOSTING.parent / "health-centres" / "2016-01-16-support.yaml"
PARKED = """scenario: A ticket of one centre was parked for three hours
as_of: 2016-02-17
events:
  - incident: T-1
    priority: P2
    site: VALME
    opened: 2016-01-18 08:00
    accepted: 2016-01-18 08:00
    responded: 2016-01-18 11:00
    resolved: 2016-01-18 11:00
expect:
"""


def test_a_failure_names_the_subject_and_the_one_that_nobody_listed(tmp_path: Path) -> None:
    (tmp_path / "centres" / "scenarios").mkdir(parents=True)
    (tmp_path / "centres" / CENTRES.name).write_bytes(CENTRES.read_bytes())
    result = played(
        tmp_path / "centres",
        PARKED
        + """  - {clause: k06-centre-p2, period: 2016-01-16, subject: valme, value_rounded: 99.99 %}
  - {clause: k06-centre-p2, period: 2016-01-16, subject: valme, credit: 2000.00 EUR}
  - {clause: k06-centre-p2, period: 2016-01-16, subject: osuna, credit: none}
  - {right: k06-again, subject: valme, state: none}
  - {total: 2000.00 EUR, subject: valme}
""",
    )
    told = [(item.what, item.expected, item.got) for item in result.differences]
    assert told == [
        ("k06-centre-p2 2016-01-16 valme value_rounded", "99.99 %", "100 %"),
        ("k06-centre-p2 2016-01-16 valme", "2,000.00 EUR", "3,000.00 EUR"),
        (
            "k06-centre-p2 2016-01-16 osuna",
            "one period",
            "nothing was judged for it; judged were puerta-blanca, valme, virgen-del-rocio",
        ),
        ("total valme", "2,000.00 EUR", "3,000.00 EUR"),
    ]


LATE = """scenario: A ticket of five hours whose pauses overlap
as_of: 2016-02-17
events:
  - incident: T-1
    priority: P2
    site: VALME
    opened: 2016-01-18 08:00
    accepted: 2016-01-18 08:00
    pauses:
      - {from: 2016-01-18 09:00, to: 2016-01-18 11:00, reason: waiting-for-user}
      - {from: 2016-01-18 10:00, to: 2016-01-18 12:00, reason: REASON}
    responded: 2016-01-18 13:00
    resolved: 2016-01-18 13:00
expect:
  - {clause: k06-centre-p2, period: 2016-01-16, subject: valme, verdict: met, credit: none}
"""


def test_overlapping_pauses_of_a_line_are_the_time_that_any_takes_and_two_reasons_at_once_a_fault(
    tmp_path: Path,
) -> None:
    (tmp_path / "centres" / "scenarios").mkdir(parents=True)
    (tmp_path / "centres" / CENTRES.name).write_bytes(CENTRES.read_bytes())
    assert played(tmp_path / "centres", LATE.replace("REASON", "waiting-for-user")).passed
    two = played(tmp_path / "centres", LATE.replace("REASON", "lunch"))
    assert ":10:7: error[contradictory-facts]" in scenario_text(two)


def test_where_nothing_gave_a_level_they_part_at_what_the_terms_take_it_for(folder: Path) -> None:
    rules = folder / "2026-01-01-first.yaml"
    text = rules.read_text()
    assert text.count("\nclauses:\n") == text.count("\nindicators:\n") == 1
    ratio = "{measure: ratio, of: portal, from: tallies, per: month, counted_in: period_of_start, no_data: met}"
    clause = "{source: a, promise: {indicator: booked, at_least: 99 %}, credit: {each: period, amount: 1.00 EUR}}"
    text = text.replace("\nindicators:\n", f"\nindicators:\n  booked: {ratio}\n")
    rules.write_text(text.replace("\nclauses:\n", f"\nclauses:\n  booked: {clause}\n"))
    result = played(folder, JUNE + "expect:\n  - {clause: booked, period: 2026-06, credit: 1.00 EUR}\n")
    assert "(line 72, a): nothing gave a level, which the terms take for kept, so no credit follows" in scenario_text(
        result
    )
