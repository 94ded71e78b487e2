"""What each paying example of the handbook comes to, as a clerk reads it: a text that is followed with a calculator.

The texts stand in `arithmetic/`, one for each scenario of the handbook that pays.
"""

import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest
from malus.composition import judge
from malus.model import explanation
from malus.model.assessment import Assessment
from malus.model.recompute import recomputed
from malus.operations.agreements import load_agreements
from malus.operations.explain import narrowed
from malus.operations.render import assessment_text
from malus.rulefiles.scenarios import compile_scenario

from tests.handbook.pieces import Example, laid_out
from tests.handbook.test_examples import SCENARIOS, called

TEXTS = Path(__file__).parent / "arithmetic"
JUDGE = judge()
PAYING = [
    example
    for example in SCENARIOS
    if re.search(r"^ *- \{clause.*\b(credit|returned|state):", example.scenario, re.MULTILINE)
]


def name_of(example: Example) -> str:
    title = example.scenario.partition("\n")[0].removeprefix("scenario: ")
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:80].rstrip("-")


def judged(example: Example, folder: Path) -> Assessment:
    rules = laid_out(example, folder)
    terms = load_agreements([rules]).agreements[0].terms
    scenario = compile_scenario(example.scenario, "example.yaml", terms).scenario
    assert scenario is not None
    return JUDGE(terms, scenario.events(), as_of=scenario.as_of, known_at=scenario.known_at)


@pytest.mark.parametrize("example", PAYING, ids=called)
def test_the_arithmetic_of_an_example_is_written_out(example: Example, tmp_path: Path, rewrites: bool) -> None:
    assessment = judged(example, tmp_path)
    paid = (*assessment.credits, *assessment.bonuses, *assessment.earn_backs)
    text = assessment_text(narrowed(assessment, periods={item.period.label for item in paid}), full=True) + "\n"
    file = TEXTS / f"{name_of(example)}.txt"
    if rewrites:
        file.write_text(text)
    assert file.is_file(), (
        f"no text shows the arithmetic of line {example.line}: pytest tests/handbook --rewrite-rendered"
    )
    assert text == file.read_text()


def test_no_text_is_of_an_example_that_is_gone() -> None:
    assert {file.stem for file in TEXTS.iterdir()} == {name_of(example) for example in PAYING}


def test_every_way_to_pay_has_an_example_whose_steps_lead_to_its_amount(tmp_path: Path) -> None:
    ways = {kind for kind in get_args(explanation.Step) if "result" in {each.name for each in fields(kind)}}
    shown: set[type] = set()
    for place, example in enumerate(PAYING):
        assessment = judged(example, tmp_path / str(place))
        for remedy in (*assessment.credits, *assessment.bonuses, *assessment.earn_backs):
            shown |= {type(step) for step in remedy.explanation.steps}
            if remedy.amount is not None:
                assert recomputed(remedy.explanation) == remedy.amount
    assert {kind.__name__ for kind in ways - shown} == set()
