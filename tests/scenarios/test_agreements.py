"""Every scenario beside an agreement of ours holds, and one that expects something else says so."""

import re
from pathlib import Path

import pytest
from malus.composition import judge
from malus.operations.agreements import load_agreements
from malus.operations.scenarios import FoundScenario, find_scenarios, play
from malus.operations.scenarios_text import scenario_text
from malus.rulefiles.frames import render

AGREEMENTS = Path(__file__).parents[2] / "rules" / "agreements"
FOUND = find_scenarios(AGREEMENTS)


@pytest.mark.parametrize("found", FOUND, ids=[f"{found.rules.name}/{found.path.stem}" for found in FOUND])
def test_the_scenario_holds(found: FoundScenario) -> None:
    (played,) = play([found], judge=judge())
    assert played.passed, scenario_text(played)


def test_every_agreement_lints_clean_without_a_note_and_has_scenarios() -> None:
    loaded = load_agreements([AGREEMENTS])
    assert render(loaded.diagnostics, loaded.lines) == ""
    with_scenarios = {found.rules.name for found in FOUND}
    assert {item.name for item in loaded.agreements} == with_scenarios


#: A figure of the last `credit:` in a scenario; one cent more must be noticed.
CREDIT = re.compile(r"(?<=[ {]credit: )(\d+)\.(\d\d)")
PAYING = [found for found in FOUND if CREDIT.search(found.path.read_text())]


@pytest.mark.parametrize("found", PAYING, ids=[f"{found.rules.name}/{found.path.stem}" for found in PAYING])
def test_one_cent_more_than_the_right_credit_fails(found: FoundScenario, tmp_path: Path) -> None:
    def one_cent_more(figure: re.Match[str]) -> str:
        cents = int(figure[1] + figure[2]) + 1
        return f"{cents // 100}.{cents % 100:02}"

    wrong = tmp_path / found.path.name
    wrong.write_text(CREDIT.sub(one_cent_more, found.path.read_text(), count=1))
    (played,) = play([FoundScenario(path=wrong, rules=found.rules)], judge=judge())
    (difference,) = played.differences
    assert difference.apart.startswith("-0.01 ")
    assert difference.parting.startswith("they part at ")
