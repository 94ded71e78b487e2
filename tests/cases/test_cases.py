"""Published service level agreements, case by case: the figures are typed from each source's own reckoning."""

import re
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
#: Cases that an agreement of our own words so, and those that only a made-up one does.
CASE = re.compile(r"[A-Z]+[A-Z0-9]*(-[A-Z]+)?-[0-9]{2}(?![0-9])")
GALLERY = tuple(found for found in find_scenarios(AGREEMENTS) if CASE.match(found.path.stem))
MADE_UP = tuple(
    found
    for name in (
        "at-risk-pools-of-the-whole",
        "colocation-cage",
        "content-delivery",
        "delay-damages-a-tenth-of-a-percent",
        "delay-damages-by-the-day",
        "delay-damages-by-the-week",
        "fragile-goods",
        "fragile-goods-in-seconds",
        "late-goods-begun-days-count",
        "late-goods-lower-cap",
        "late-goods-whole-days",
        "late-invoice",
        "late-order-discount",
        "late-order-discount-in-pounds",
        "managed-network",
        "managed-support",
        "network-repair",
        "on-time-in-full",
        "payment-gateway",
        "security-monitoring",
        "software-support",
        "on-time-in-full-by-the-year",
        "points-printed-to-one-decimal",
        "points-printed-to-one-decimal-half-up",
        "points-printed-to-one-decimal-truncated",
        "tenth-in-jpy-half-even",
        "tenth-in-jpy-half-up",
        "tenth-in-kwd-half-even",
        "tenth-in-kwd-half-up",
        "violations-in-a-window",
    )
    for found in find_scenarios(HERE / name)
)
CASES = (*EC2, *ACCORD, *GALLERY, *MADE_UP)
#: How many cases there are of each family.
FAMILIES = {
    "EB": 2,
    "AP-FG": 8,
    "AP-LDP": 8,
    "AP-LI": 2,
    "AP-MLDC": 3,
    "AP-PO": 6,
    "AP-SLA": 7,
    "CUR": 4,
    "DIR": 3,
    "EC2": 12,
    "GV": 7,
    "LD": 6,
    "MSA": 5,
    "OG": 4,
    "OT": 3,
    "PA": 4,
    "PK": 5,
    "R12": 4,
    "RS": 5,
    "SC": 5,
    "SE": 4,
    "ST": 1,
    "TL": 4,
    "UP": 3,
    "VZ": 9,
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.path.stem)
def test_the_case_gives_the_figures_of_its_source(case: FoundScenario) -> None:
    (played,) = play([case], judge=judge())
    assert played.passed, scenario_text(played)


def test_every_case_of_these_families_is_played() -> None:
    expected = {f"{family}-{number:02}" for family, count in FAMILIES.items() for number in range(1, count + 1)}
    expected |= {"MSP-03"}
    assert {told[0] for case in CASES if (told := CASE.match(case.path.stem))} == expected
