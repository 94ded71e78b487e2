"""Published service level agreements, case by case: the figures are typed from each source's own reckoning."""

from pathlib import Path

import pytest
from malus.composition import judge
from malus.operations.scenarios import FoundScenario, find_scenarios, play
from malus.operations.scenarios_text import scenario_text

HERE = Path(__file__).parent
AGREEMENTS = HERE.parents[1] / "rules" / "agreements"
EC2 = tuple(
    FoundScenario(path=path, rules=AGREEMENTS / "aws-ec2-region")
    for path in sorted((HERE / "aws-ec2-region" / "scenarios").glob("*.yaml"))
)
ACCORD = tuple(found for name in ("accord-schedule", "accord-schedule-high") for found in find_scenarios(HERE / name))
CASES = (*EC2, *ACCORD)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.path.stem)
def test_the_case_gives_the_figures_of_its_source(case: FoundScenario) -> None:
    (played,) = play([case], judge=judge())
    assert played.passed, scenario_text(played)


def test_every_case_of_both_agreements_is_played() -> None:
    expected = {f"EC2-{number:02}" for number in range(1, 13)} | {f"AP-SLA-{number:02}" for number in range(1, 8)}
    assert {case.path.stem for case in CASES} == expected
