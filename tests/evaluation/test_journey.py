"""The journey that service/README.md lists is the one that an evaluation takes."""

import re
import sys
from pathlib import Path

import pytest
from malus.evaluation.evaluate import assess
from malus.matching.durable import DurableMatcher

from tests.evaluation.written import PROMISE, TENTH, UPTIME, at, down_minutes, excused, fact, written

README = Path(__file__).parents[2] / "service" / "README.md"
LISTED = re.compile(r"^#+ Journey of an evaluation\n.*?^```\w*\n(?P<lines>.*?)^```", re.MULTILINE | re.DOTALL)

# Every part of an agreement that the list speaks of, each once.
TERMS = written(
    UPTIME.replace("per: month", "per: month, excluding: [maintenance], excluded_time: leaves_the_base")
    + "\nweight: {measure: points, clauses: [uptime-credit], per: month}",
    f"uptime-credit: {{source: a, {PROMISE}, {TENTH}, points: {{each: 1}}}}\n"
    "few: {source: e, promise: {indicator: weight, at_most: 3 points}, credit: {each: point, amount: 1.00 EUR}}\n"
    "chronic: {source: b, when: {missed: uptime, at_least: 1 month, within: any 2 months}, fires: once_while_true, "
    "right: {kind: termination, of: customer}}",
    "caps: [{name: most, limits: [uptime-credit], at_most: 500.00 EUR, per: month, cut: pro_rata, "
    "counts: earned, source: c}]\n"
    "claims: [{step: claim, by: customer, within: 30 days, after: period_end, until: end_of_day, "
    "otherwise: lapses, source: d}]",
)
EVENTS = [down_minutes(60), excused("2026-06-10", "2026-06-11", "2026-05-01"), fact("I", "opened", "2026-06-03")]


@pytest.fixture(scope="module")
def listed():
    found = LISTED.search(README.read_text(encoding="utf-8"))
    assert found is not None, "service/README.md has no list under `Journey of an evaluation`"
    return [line.split()[0] for line in found["lines"].splitlines() if line.strip()]


@pytest.fixture(scope="module")
def passed():
    """(function, its caller's module) of every first call into malus, in order."""
    seen: dict[str, str] = {}

    def note(frame, event, _):
        module = frame.f_globals.get("__name__", "")
        if event == "call" and module.startswith("malus."):
            caller = frame.f_back.f_globals.get("__name__", "") if frame.f_back else ""
            seen.setdefault(f"{module}.{frame.f_code.co_qualname}".removeprefix("malus."), caller)

    matcher = DurableMatcher()
    before = sys.getprofile()
    sys.setprofile(note)
    try:
        assess([TERMS], EVENTS, as_of=at("2026-07-15"), matcher=matcher)
    finally:
        sys.setprofile(before)
    return seen


def test_an_evaluation_passes_every_listed_function_in_the_listed_order(listed, passed):
    order = {name: place for place, name in enumerate(passed)}
    assert [name for name in listed if name not in order] == []
    assert listed == sorted(listed, key=order.__getitem__)


def test_every_stage_that_the_judgement_calls_itself_is_listed(listed, passed):
    stages = [
        name
        for name, caller in passed.items()
        if caller == "malus.evaluation.evaluate" and re.fullmatch(r"evaluation\.\w+\.[a-z]\w*", name)
    ]
    assert "evaluation.intake.facts_of" in stages
    assert [name for name in stages if name not in listed] == []


def test_every_module_of_evaluation_that_an_evaluation_enters_is_listed(listed, passed):
    entered = {name.split(".")[1] for name in passed if name.startswith("evaluation.")}
    named = {name.split(".")[1] for name in listed if name.startswith("evaluation.")}
    # Parts of the listed ones, in files of their own for their length.
    assert entered - named <= {
        "chains",
        "drafts",
        "event_owners",
        "facts",
        "combined_levels",
        "measuring_deliveries",
        "missed_windows",
        "promised",
        "reporting",
        "subject_facts",
        "subject_remarks",
        "settling",
        "told_facts",
        "rows_levels",
        "turns",
        "window_facts",
    }
