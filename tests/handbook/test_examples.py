"""Every rule file and every scenario that the handbook shows is played, just as its reader would play it."""

from pathlib import Path

import pytest
from malus.composition import judge
from malus.model.faults import Severity
from malus.operations.agreements import load_agreements
from malus.operations.scenarios import play_scenarios
from malus.operations.scenarios_text import scenario_text
from malus.rulefiles.frames import render

from tests.handbook.blocks import HANDBOOK
from tests.handbook.first_clause import as_it_ends
from tests.handbook.pieces import Example, examples_of, laid_out

TEXT = HANDBOOK.read_text()
FIRST = as_it_ends(TEXT, "webshop/2026-01-01-first.yaml")
RULES, SCENARIOS = examples_of(TEXT, FIRST)


def called(example: Example) -> str:
    return f"line {example.line}, {example.section}"


@pytest.mark.parametrize("example", RULES, ids=called)
def test_a_piece_fits_into_the_file_of_the_first_chapter(example: Example, tmp_path: Path) -> None:
    loaded = load_agreements([laid_out(example, tmp_path)])
    # A piece leaves what it does not show as it was, so a name may stay unused; nothing else may be said.
    found = [fault for fault in loaded.diagnostics if not fault.code.startswith(("unused-", "clause-without-effect"))]
    assert render(tuple(found), loaded.lines) == ""
    assert not any(fault.severity is Severity.ERROR for fault in loaded.diagnostics)


@pytest.mark.parametrize("example", SCENARIOS, ids=called)
def test_a_scenario_of_the_handbook_passes(example: Example, tmp_path: Path) -> None:
    (played,) = play_scenarios([laid_out(example, tmp_path)], judge=judge())
    assert played.passed, scenario_text(played)


def test_a_scenario_that_states_something_else_would_fail(tmp_path: Path) -> None:
    example = next(example for example in SCENARIOS if "credit: 600.00 EUR" in example.scenario)
    folder = laid_out(example, tmp_path)
    file = folder / "scenarios" / "example.yaml"
    file.write_text(file.read_text().replace("credit: 600.00 EUR", "credit: 601.00 EUR"))
    (played,) = play_scenarios([folder], judge=judge())
    assert not played.passed
