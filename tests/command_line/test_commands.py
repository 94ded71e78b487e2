"""What the commands print, where, and how they end."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from malus.command_line.app import app
from malus.command_line.exits import Exit
from typer.testing import CliRunner, Result

from tests.batch.plain_world import chance_of, random_rows, write_rows, write_rules
from tests.operations.rule_text import write_agreement, write_events

ROWS = (
    "acme|outage|2026-06-03 10:00|2026-06-03 15:00|-|-|-|-|-|-",
    "acme|incident|2026-06-10 10:00|2026-06-10 20:00|INC-1|2026-06-10 15:00|-|-|-|-",
    "acme|incident|2026-06-11 10:00|2026-06-11 20:00|INC-2|2026-06-11 11:00|-|-|-|-",
)


@pytest.fixture
def rules(tmp_path: Path) -> str:
    return str(write_agreement(tmp_path / "rules"))


@pytest.fixture
def events(tmp_path: Path) -> str:
    return str(write_events(tmp_path / "june.csv", *ROWS))


def run(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def test_evaluate_prints_a_line_for_each_period_with_its_money_and_ends_with_nothing_to_say(
    rules: str, events: str
) -> None:
    ended = run("evaluate", rules, "--events", events, "--as-of", "2026-07-15")
    assert ended.exit_code == Exit.NOTHING_TO_SAY, ended.output
    lines = ended.stdout.splitlines()
    assert lines[0] == "acme  as of 2026-07-15 Europe/Amsterdam  terms 2026-01-01  total 1,440.00 EUR"
    assert [line.split()[0] for line in lines[1:8]] == [f"2026-0{month}" for month in range(1, 8)]
    assert lines[6].startswith("  2026-06          1,440.00 EUR  missed uptime-credit 99.306 %, late-response 1 of 2")
    assert "claim by 2026-07-30, end of the day" in lines[6]
    assert ended.stderr == ""


def test_evaluate_of_one_period_explained_adds_up(rules: str, events: str) -> None:
    ended = run("evaluate", rules, "-e", events, "--as-of", "2026-07-15", "-p", "2026-06", "--explain")
    assert "acme 2026-06  terms 2026-01-01  total 1,440.00 EUR" in ended.stdout
    assert "1,200.00  uptime-credit row 2, art. 4.2" in ended.stdout
    assert "715/720 = 99.306 %; 10 % x 12,000.00" in ended.stdout
    assert "-10.00  monthly cap, art. 4.6" in ended.stdout
    assert "acme 2026-05" not in ended.stdout


def test_evaluate_as_json_holds_the_whole_answer(rules: str, events: str) -> None:
    ended = run("evaluate", rules, "-e", events, "--as-of", "2026-07-15", "--format", "json")
    answer = json.loads(ended.stdout)
    (acme,) = answer["assessments"]
    paid = [item["amount"] for item in acme["credits"]]
    assert paid == [{"amount": "1191.72", "currency": "EUR"}, {"amount": "248.28", "currency": "EUR"}]
    assert len(acme["digest"]) == 64
    assert answer["faults"] == []
    assert run("evaluate", rules, "--as-of", "2026-07-15", "--format", "json", "-p", "2026-06").exit_code == 2


def test_rows_that_are_no_events_are_told_on_standard_error_and_the_rest_is_judged(rules: str, tmp_path: Path) -> None:
    path = write_events(tmp_path / "mixed.csv", *ROWS, "acme|outge|2026-06-03|-|-|-|-|-|-|-")
    ended = run("evaluate", rules, "-e", str(path), "--as-of", "2026-07-15")
    assert ended.exit_code == Exit.FINDINGS
    assert "total 1,440.00 EUR" in ended.stdout
    assert f"{path}:5: error[unknown-kind] `kind`: 'outge' is no kind of event; did you mean outage?" in ended.stderr
    assert "error[" not in ended.stdout


def test_events_of_an_unknown_agreement_are_a_finding(rules: str, tmp_path: Path) -> None:
    path = write_events(tmp_path / "other.csv", ROWS[0].replace("acme", "acne"))
    ended = run("evaluate", rules, "-e", str(path), "--as-of", "2026-07-15")
    assert ended.exit_code == Exit.FINDINGS
    assert "remark[unknown-agreement]" in ended.stderr
    assert "did you mean acme?" in ended.stderr


def test_a_faulty_agreement_is_shown_with_its_frame_and_nothing_of_it_is_judged(tmp_path: Path) -> None:
    write_agreement(tmp_path, name="acme", more="nonsense: 1\n")
    write_agreement(tmp_path, name="bolt")
    ended = run("evaluate", str(tmp_path), "--as-of", "2026-07-15")
    assert ended.exit_code == Exit.FINDINGS
    assert "error[unknown-key]" in ended.stderr
    assert "^^^^^^^^" in ended.stderr
    assert "acme: not judged [rule-faults]" in ended.stderr
    assert ended.stdout.startswith("bolt  as of")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--as-of", "yesterday"), "error[malformed-moment] as-of: 'yesterday' is no instant"),
        (("--as-of", "2026-07-15", "-a", "acne"), "error[unknown-agreement]"),
        (("--as-of", "2026-07-15", "-p", "2027-06"), "error[unknown-period]"),
        (("--as-of", "2026-07-15", "--events", "none.csv"), "none.csv"),
        ((), "--as-of"),
    ],
)
def test_wrong_usage_says_what_to_write_and_ends_with_two(rules: str, words: tuple[str, ...], said: str) -> None:
    ended = run("evaluate", rules, *words)
    assert ended.exit_code == Exit.WRONG_USAGE
    assert said in ended.stderr


def test_explain_shows_the_arithmetic_step_by_step_and_why_not(rules: str, events: str) -> None:
    ended = run("explain", rules, "-e", events, "--as-of", "2026-07-15", "--period", "2026-06")
    assert ended.exit_code == Exit.NOTHING_TO_SAY, ended.output
    for told in (
        "- uptime 715/720 = 99.306 %",
        "- promised at least 99.9 %: missed",
        "- row 2 of 3: below 99.5 %; it also falls in row 1",
        "- 10 % x 12,000.00 = 1,200.00 EUR",
        "> 12 % x 12,000.00 = 1,440.00, shared pro rata: 1,200.00 - 8.28 = 1,191.72 EUR",
        "chronic, art. 8.3, did not arise:",
        "- 1 of 2 missed months",
        "NO, 100 %: just over 44 min 38 s 400 ms more downtime and it would have",
    ):
        assert told in ended.stdout, told


def test_explain_of_a_clause_and_a_subject_leaves_the_rest_out(rules: str, events: str) -> None:
    ended = run("explain", rules, "-e", events, "--as-of", "2026-07-15", "-c", "late-response", "-s", "INC-2")
    assert "INC-2" in ended.stdout
    assert "INC-1" not in ended.stdout
    assert "uptime" not in ended.stdout
    wrong = run("explain", rules, "-e", events, "--as-of", "2026-07-15", "-c", "late-respons")
    assert (wrong.exit_code, "did you mean late-response?" in wrong.stderr) == (Exit.WRONG_USAGE, True)


def test_lint_ends_with_one_for_a_warning_and_with_zero_for_notes_alone(tmp_path: Path) -> None:
    place = write_agreement(tmp_path)
    ended = run("lint", str(place), "--today", "2026-06-01")
    assert (ended.exit_code, "warning[unpayable-row]" in ended.stdout) == (Exit.FINDINGS, True)
    (file,) = place.iterdir()
    file.write_text(file.read_text().replace("12 % of", "50 % of").replace("until: end_of_day, otherwise", "otherwise"))
    ended = run("lint", str(place), "--today", "2026-06-01")
    assert (ended.exit_code, "note[until-assumed]" in ended.stdout) == (Exit.NOTHING_TO_SAY, True)
    file.write_text(file.read_text().replace("otherwise: lapses", "until: end_of_day, otherwise: lapses"))
    assert run("lint", str(place), "--today", "2026-06-01").stdout == "nothing found in 1 file\n"


def test_lint_names_the_agreements_that_its_errors_keep_out(tmp_path: Path) -> None:
    write_agreement(tmp_path, more="nonsense: 1\n")
    ended = run("lint", str(tmp_path), "--today", "2026-06-01")
    assert ended.exit_code == Exit.FINDINGS
    assert ended.stdout.endswith("acme cannot be judged until its errors are corrected\n")


def test_lint_for_programs_keeps_every_field_and_for_github_marks_lines(tmp_path: Path) -> None:
    write_agreement(tmp_path, more="nonsense: 1\n")
    found = json.loads(run("lint", str(tmp_path), "--today", "2026-06-01", "--format", "json").stdout)
    (unknown,) = [item for item in found if item["code"] == "unknown-key"]
    marks = run("lint", str(tmp_path), "--today", "2026-06-01", "--format", "github").stdout
    assert f"::error file={unknown['path']},line={unknown['line']},col=1,title=unknown-key::" in marks
    assert "\n\n" not in marks


def test_a_review_is_overdue_only_after_its_day(tmp_path: Path) -> None:
    write_agreement(tmp_path)
    assert "review-overdue" in run("lint", str(tmp_path), "--today", "2027-06-01").stdout
    assert "review-overdue" not in run("lint", str(tmp_path), "--today", "2026-06-01").stdout


def test_help_says_what_malus_is_for_and_each_command_what_it_answers() -> None:
    text = " ".join(run("--help").stdout.split())
    assert "What a service level agreement costs when it is not kept" in text
    for command in ("lint", "test", "evaluate", "explain"):
        assert "Exit codes: 0 nothing to say" in " ".join(run(command, "--help").stdout.split())
        assert command in text


def child(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False, timeout=120)


def test_a_process_prints_answers_on_standard_output_and_no_bar_where_nobody_watches(rules: str, events: str) -> None:
    ended = child("-m", "malus", "evaluate", rules, "-e", events, "--as-of", "2026-07-15T00:00:00+02:00")
    assert ended.returncode == 0, ended.stderr
    assert "total 1,440.00 EUR" in ended.stdout
    assert ended.stderr == ""


def test_a_process_ends_with_two_for_wrong_usage() -> None:
    assert child("-m", "malus", "evaluate").returncode == 2


def test_commands_that_judge_nothing_import_neither_numba_nor_pyarrow_nor_the_rule_engine(rules: str) -> None:
    program = (
        "import sys\n"
        "from malus.command_line.app import app\n"
        f"app(['lint', {rules!r}, '--today', '2026-06-01'], standalone_mode=False)\n"
        "heavy = {'numba', 'numpy', 'pyarrow', 'durable', 'durable_rules_engine'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)\n"
    )
    ended = child("-c", program)
    assert ended.returncode == 0, ended.stderr


def test_every_command_that_takes_paths_names_them_alike() -> None:
    usage = [run(command, "--help").output.split("Usage:")[1].split("\n")[0] for command in ("lint", "test")]
    assert all("{PATHS...}" in line for line in usage), usage


def test_a_batch_is_written_and_explained_from_its_folder_as_from_its_events(tmp_path: Path) -> None:
    rules = write_rules(tmp_path / "rules", ["acme", "bolt"], chance_of(5))
    rows = [row for row in random_rows(["acme", "bolt"], 200, chance_of(7)) if row.get("priority") != "none"]
    write_rows(tmp_path / "events", rows)
    out, moment = tmp_path / "out", "2026-07-10T12:00:00Z"
    asked = [str(rules), "--events", str(tmp_path / "events"), "--as-of", moment]
    ended = run("evaluate", *asked, "--out", str(out), "--format", "json")
    assert ended.exit_code == Exit.NOTHING_TO_SAY, ended.output
    assert ended.stdout.startswith(f"{len(rows)} events, 2 agreements (0 judged event by event): ")
    assert {file.name for file in out.iterdir()} == {
        "agreements.jsonl",
        *(
            f"{table}.{kind}"
            for table in ("verdicts", "credits", "rights", "bonuses", "earn_backs", "obligations")
            for kind in ("jsonl", "parquet")
        ),
    }
    (first, *_) = (out / "credits.jsonl").read_text().splitlines()
    assert {"agreement", "clause", "period", "before_cap", "amount", "state"} <= json.loads(first).keys()
    from_folder = run("explain", "--decisions", str(out), "-a", "acme")
    from_events = run("explain", *asked, "-a", "acme")
    assert from_folder.exit_code == Exit.NOTHING_TO_SAY, from_folder.output
    assert without_names(from_folder.stdout) == without_names(from_events.stdout)


def without_names(text: str) -> list[str]:
    """The lines of an explanation that do not name single events: a batch knows how many there were."""
    named = ("tallies", "outages", "incident")
    return [line for line in text.splitlines() if not any(word in line for word in named)]


SCENARIO = """\
scenario: Five hours down
as_of: 2026-07-15
events:
  - {outage: web, from: 2026-06-03 10:00, to: 2026-06-03 15:00}
expect:
  - {clause: uptime-credit, period: 2026-06, credit: 0.00 EUR}
"""


def test_a_scenario_is_explained_by_what_it_tells_whatever_it_expects(rules: str, tmp_path: Path) -> None:
    folder = next(Path(rules).rglob("*.yaml")).parent
    file = folder / "scenarios" / "five-hours.yaml"
    file.parent.mkdir()
    file.write_text(SCENARIO)
    ended = run("explain", "--scenario", str(file), "--period", "2026-06", "--clause", "uptime-credit")
    assert ended.exit_code == Exit.NOTHING_TO_SAY, ended.output
    assert "715/720 = 99.306 %" in ended.stdout
    assert "1,200.00 EUR" in ended.stdout
    rows = write_events(tmp_path / "same.csv", ROWS[0])
    asked = run("explain", rules, "-e", str(rows), "--as-of", "2026-07-15", "-p", "2026-06", "-c", "uptime-credit")
    assert asked.stdout.splitlines()[1:] == ended.stdout.splitlines()[1:]


def test_a_scenario_with_faults_is_sent_to_the_command_that_shows_them_all(rules: str, tmp_path: Path) -> None:
    folder = next(Path(rules).rglob("*.yaml")).parent
    file = folder / "scenarios" / "slip.yaml"
    file.parent.mkdir()
    file.write_text(SCENARIO.replace("as_of", "as_off"))
    ended = run("explain", "--scenario", str(file))
    assert ended.exit_code == Exit.WRONG_USAGE or "malus test" in ended.output
    assert "as_off" in ended.output
    assert run("explain", rules, "--scenario", str(file)).exit_code == Exit.WRONG_USAGE
    lost = tmp_path / "alone.yaml"
    lost.write_text(SCENARIO)
    assert "scenarios" in run("explain", "--scenario", str(lost)).output


def test_a_batch_asks_for_parquet_and_explains_no_other_folder(rules: str, events: str, tmp_path: Path) -> None:
    ended = run("evaluate", rules, "-e", events, "--as-of", "2026-07-15", "--out", str(tmp_path / "out"))
    assert (ended.exit_code, "Parquet" in ended.stderr) == (Exit.WRONG_USAGE, True)
    ended = run("explain", "--decisions", str(tmp_path))
    assert (ended.exit_code, "holds no decisions" in ended.stderr) == (Exit.WRONG_USAGE, True)
    assert run("explain").exit_code == Exit.WRONG_USAGE


@pytest.mark.parametrize("damage", ["no parquet at all", "cut off", "a page is lost"])
def test_a_batch_names_a_file_that_is_no_parquet_or_damaged_and_writes_nothing(tmp_path: Path, damage: str) -> None:
    rules = write_rules(tmp_path / "rules", ["acme"], chance_of(5))
    events = tmp_path / "events"
    write_rows(events, [row for row in random_rows(["acme"], 200, chance_of(7)) if row.get("priority") != "none"])
    good = min(events.iterdir()).read_bytes()
    bad = events / "z.parquet"
    bad.write_bytes(
        {
            "no parquet at all": b"kind,agreement,start\noutage,acme,2026-06-01\n",
            "cut off": good[: len(good) // 2],
            "a page is lost": good[:4] + b"\xff" * 400 + good[404:],
        }[damage]
    )
    asked = [str(rules), "--events", str(events), "--as-of", "2026-07-10T12:00:00Z"]
    ended = run("evaluate", *asked, "--out", str(tmp_path / "out"))
    assert ended.exit_code == Exit.WRONG_USAGE, ended.output
    assert ended.stderr.startswith(f"error[malformed-file] {bad} is no readable Parquet file: ")
    assert ended.stderr.endswith(": write it again, or leave it out; nothing was judged\n")
    assert not (tmp_path / "out").exists()
