"""Cases about how a level is measured: each under its own name, played beside the agreement that words it so."""

from pathlib import Path

import pytest
from malus.composition import judge
from malus.operations.scenarios import FoundScenario, find_scenarios, play
from malus.operations.scenarios_text import scenario_text
from malus.rulefiles.compiler import compile_terms

HERE = Path(__file__).parent
AGREEMENTS = HERE.parents[1] / "rules" / "agreements"

#: Contracts that word it so, whose cases lie here and whose rule files lie among the agreements.
WORDED = ("virtual-machines", "virtual-machines-frozen", "office-suite", "managed-provider")
#: Variants that no contract has: rule file and cases both lie here.
VARIANTS = (
    "machines-in-zones",
    "maintenance-in-the-base",
    "maintenance-out-of-the-base",
    "fixed-base-line",
    "averaged-telephony",
    "managed-provider-as-printed",
    "managed-provider-cut",
)

CASES = (
    *(
        FoundScenario(path=path, rules=AGREEMENTS / name)
        for name in WORDED
        for path in sorted((HERE / name / "scenarios").glob("*.yaml"))
    ),
    *(found for name in VARIANTS for found in find_scenarios(HERE / name)),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.path.stem)
def test_the_case_gives_the_level_and_the_figures_of_its_source(case: FoundScenario) -> None:
    (played,) = play([case], judge=judge())
    assert played.passed, scenario_text(played)


def test_every_case_of_these_families_is_played() -> None:
    others = {"M365-01", "M365-02", "DEN-01", "DEN-02", "VZ-10", "TL-05", "TL-06", "MSP-01", "MSP-02"}
    expected = {f"AZ-{number:02}" for number in range(1, 5)} | others
    assert expected <= {case.path.stem for case in CASES}


def test_a_table_printed_to_two_decimals_has_a_hole_unless_levels_are_rounded_or_it_is_accepted() -> None:
    """MSP-01: the terms themselves are at fault, and the linter says so before anything is judged."""
    text = (HERE / "managed-provider-as-printed" / "2026-01-01-policy.yaml").read_text()
    found = compile_terms(text.replace("      gaps: undetermined\n", ""), "policy.yaml").diagnostics
    assert [item.code for item in found] == ["table-gap"] * 2
    assert any("above 98.99 % up to 99 %" in item.what for item in found)
