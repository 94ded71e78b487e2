"""Object storage, case by case: whole months of five-minute tallies, from a file to the amount that is paid."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from malus.composition import judge
from malus.model.instants import MINUTE, parse_instant, utc_text
from malus.model.money import money_text
from malus.operations.evaluate import evaluate

RULES = Path(__file__).parents[2] / "rules" / "agreements" / "object-storage"

#: The case, its month, its class, and so many intervals with so many errors of so many requests: what it pays.
CASES = (
    ("S3-01", "2026-06", "standard", ((12, 1, 1),), "20.00 USD"),
    ("S3-02", "2026-06", "standard", ((8, 1, 1), (1, 64, 100)), None),
    ("S3-03", "2026-06", "standard", ((8, 1, 1), (1, 65, 100)), "20.00 USD"),
    ("S3-04", "2026-07", "standard", ((8, 1, 1), (1, 92, 100)), None),
    ("S3-05", "2026-06", "standard", ((1, 1, 2), (8639, 0, 0)), None),
    ("S3-06", "2026-06", "infrequent", ((1728, 1, 10),), "20.00 USD"),
    ("S3-07", "2026-06", "standard", ((10, 900, 1000), (8630, 0, 1)), "20.00 USD"),
)


def month_of(path: Path, month: str, service: str, intervals: Sequence[tuple[int, int, int]]) -> Path:
    """A file with one tally for each interval from the month's first on, and the month's charges."""
    start = parse_instant(f"{month}-01", "UTC")
    rows = ["kind,agreement,service,start,end,good,total,item,period,amount"]
    rows += [f"charge,object-storage,,,,,,{item},{month},200.00 USD" for item in ("standard", "infrequent")]
    place = 0
    for count, errors, requests in intervals:
        for _ in range(count):
            first, last = start + place * 5 * MINUTE, start + (place + 1) * 5 * MINUTE
            span = f"{utc_text(first)},{utc_text(last)}"
            rows.append(f"tally,object-storage,{service},{span},{requests - errors},{requests},,,")
            place += 1
    path.write_text("\n".join(rows) + "\n")
    return path


@pytest.mark.parametrize(("case", "month", "service", "intervals", "pays"), CASES, ids=[case[0] for case in CASES])
def test_a_month_of_intervals_pays_what_the_source_reckons(
    case: str,
    month: str,
    service: str,
    intervals: Sequence[tuple[int, int, int]],
    pays: str | None,
    tmp_path: Path,
) -> None:
    events = month_of(tmp_path / f"{case}.csv", month, service, intervals)
    answer = evaluate([RULES], [events], as_of="2026-08-15", judge=judge())
    assert (answer.faults, answer.remarks, answer.not_judged) == ((), (), ())
    (assessment,) = answer.assessments
    assert assessment.remarks == ()
    paid = [(item.period.label, item.amount and money_text(item.amount)) for item in assessment.credits]
    assert paid == ([] if pays is None else [(month, pays)])
