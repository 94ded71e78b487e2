"""The demo is real: what it prints is what the command line answers, and one changed row moves exactly its cents."""

import re
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from malus.command_line import demo
from malus.command_line.app import app
from malus.composition import judge, start_service
from malus.model.instants import parse_instant
from malus.operations.evaluate import evaluate
from malus_client import connect
from typer.testing import CliRunner

from tests.architecture.tree import ROOT
from tests.clients.running import AGREEMENTS, RULES, UNTIL, YEAR, rows_of


def _demo(*words: str) -> tuple[int, str, str]:
    ended = CliRunner().invoke(app, ["demo", *words], catch_exceptions=False)
    return ended.exit_code, ended.stdout, ended.stderr


def _by_agreement(said: str) -> dict[str, str]:
    parts = re.split(r"^(?=\S+  \S.*\n  owed)", said, flags=re.MULTILINE)[1:]
    return {part.split()[0]: part.partition("\n\n")[0] for part in parts}


def _owed(part: str) -> Decimal:
    found = re.search(r"^  owed  (\S+) ", part, flags=re.MULTILINE)
    assert found, part
    return Decimal(found[1].replace(",", ""))


def _credits(part: str) -> dict[str, Decimal]:
    lines = re.findall(r"^ +([\d,]+\.\d\d)  (\S+ [^,]+),", part, flags=re.MULTILINE)
    assert lines
    return {what: Decimal(amount.replace(",", "")) for amount, what in lines}


def _digest(part: str) -> str:
    found = re.search(r"^  digest  ([0-9a-f]{64})$", part, flags=re.MULTILINE)
    assert found, part
    return found[1]


def _evaluated(events: Path) -> dict[str, str]:
    answer = evaluate([RULES / name for name in AGREEMENTS], [events], as_of=parse_instant(UNTIL, None), judge=judge())
    return {assessment.agreement: assessment.digest() for assessment in answer.assessments}


@pytest.fixture(scope="module")
def year() -> tuple[int, str, str]:
    return _demo()


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str, str], Path]:
    def copy(agreement: str, old: str, new: str) -> Path:
        folder = tmp_path_factory.mktemp("copied") / "events"
        shutil.copytree(YEAR, folder)
        path = folder / f"{agreement}.csv"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        return folder

    return copy


def test_the_demo_says_nothing_but_the_year(year: tuple[int, str, str]) -> None:
    code, said, complaint = year
    assert (code, complaint) == (0, "")
    assert list(_by_agreement(said)) == list(AGREEMENTS)
    rows = sum(len(rows_of(name)) for name in AGREEMENTS)
    assert rows >= 60
    assert f"{rows} rows of " in said


def test_its_digests_are_those_of_evaluate_on_the_same_files(year: tuple[int, str, str]) -> None:
    printed = {name: _digest(part) for name, part in _by_agreement(year[1]).items()}
    assert printed == _evaluated(YEAR)


def test_the_deltas_that_were_pulled_come_to_the_credits_that_are_shown(year: tuple[int, str, str]) -> None:
    for part in _by_agreement(year[1]).values():
        assert _owed(part) == sum(_credits(part).values()) > 0


def test_one_row_changed_in_a_copy_moves_exactly_its_cents(
    year: tuple[int, str, str], copied: Callable[[str, str, str], Path]
) -> None:
    folder = copied("aws-ec2-region", "17961.04 USD", "17961.14 USD")
    code, said, _ = _demo("--events", str(folder))
    assert code == 0
    before, after = _by_agreement(year[1]), _by_agreement(said)
    # 10 % of ten cents is a cent: 1,796.104 rounds to 1,796.10 and 1,796.114 to 1,796.11.
    assert _owed(after["aws-ec2-region"]) - _owed(before["aws-ec2-region"]) == Decimal("0.01")
    moved = {
        what: amount - _credits(before["aws-ec2-region"])[what]
        for what, amount in _credits(after["aws-ec2-region"]).items()
        if amount != _credits(before["aws-ec2-region"])[what]
    }
    assert moved == {"2026-02 region-credit": Decimal("0.01")}
    assert {name: after[name] for name in AGREEMENTS[:2]} == {name: before[name] for name in AGREEMENTS[:2]}
    assert {name: _digest(part) for name, part in after.items()} == _evaluated(folder)


def test_a_row_that_is_refused_is_named_with_its_place_and_the_rest_is_played(
    copied: Callable[[str, str, str], Path],
) -> None:
    folder = copied("aws-ec2-region", "2026-08-19 20:00:00", "2026-08-19 8pm")
    code, said, complaint = _demo("--events", str(folder))
    assert code == 1
    assert "aws-ec2-region.csv:16: rejected [malformed-field] start: '2026-08-19 8pm' is no instant" in complaint
    assert _owed(_by_agreement(said)["aws-ec2-region"]) == Decimal("7739.39")


def test_a_row_without_any_moment_is_refused_like_any_other(tmp_path: Path) -> None:
    lines = (YEAR / "aws-ec2-region.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "few.csv").write_text("".join(lines[:3]) + "x-1,tests,,aws-ec2-region,outage,,,,,,,,\n", "utf-8")
    code, said, complaint = _demo("--events", str(tmp_path))
    assert code == 1
    assert "few.csv:4: rejected [malformed-field]" in complaint
    assert "2 accepted, 1 rejected" in said
    assert "over 15 months" in said


def test_a_folder_without_events_is_said_in_one_sentence(tmp_path: Path) -> None:
    code, said, complaint = _demo("--events", str(tmp_path))
    assert code == 4
    assert complaint.startswith("error[no-event-files]")
    assert "owed" not in said


def test_a_ledger_that_is_kept_can_be_served_again(
    year: tuple[int, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo.tempfile, "tempdir", str(tmp_path))
    (tmp_path / "events").mkdir()
    shutil.copy(YEAR / "it-hosting.csv", tmp_path / "events")
    code, said, _ = _demo("--keep", "--events", str(tmp_path / "events"))
    assert code == 0
    (ledger,) = tmp_path.glob("malus-demo-*/ledger.db")
    assert f"--ledger {ledger}" in said
    service = start_service(
        rules={"default": [RULES / name for name in AGREEMENTS]},
        ledger_url=f"sqlite:///{ledger}",
        address="127.0.0.1:0",
    )
    try:
        with connect(f"127.0.0.1:{service.port}", deadline_seconds=30) as client:
            owed = {name: Decimal(0) for name in AGREEMENTS}
            for decision in client.pull("audit"):
                owed[decision.agreement] += decision.delta or 0
    finally:
        service.stop()
    assert owed == {name: _owed(part) for name, part in _by_agreement(said).items()}
    assert owed["it-hosting"] == _owed(_by_agreement(year[1])["it-hosting"])


def test_the_ledger_is_gone_unless_it_is_kept(year: tuple[int, str, str]) -> None:
    found = re.search(r"ledger in (\S+)$", year[1], flags=re.MULTILINE)
    assert found
    assert not Path(found[1]).exists()


def test_from_a_clone_the_examples_are_those_of_the_clone() -> None:
    assert demo.examples() == ROOT / "rules"
