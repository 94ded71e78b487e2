"""Owns how played scenarios are shown: a line for each, its differences in columns, the count; and as plain values.

Does not own: any comparison, or the frames of a faulty file (rulefiles.frames).
"""

from __future__ import annotations

from collections.abc import Sequence

from malus.operations.scenarios import PlayedScenario
from malus.operations.scenarios_differences import Difference
from malus.rulefiles.frames import JsonValue, as_json, render


def scenario_text(played: PlayedScenario) -> str:
    """`PASS` or `FAIL` with the file and what the scenario proves; beneath a failure, everything that differs."""
    if played.passed:
        return f"PASS {played.path}  {played.title}\n"
    lines = [f"FAIL {played.path}:{played.line}  {played.title}".rstrip()]
    lines += _columns(played.differences)
    for why in dict.fromkeys(item.parting for item in played.differences if item.parting):
        lines.append(f"  {why}")
    if played.faults:
        frames = render(played.faults, {played.path: played.lines})
        lines += [f"  {line}".rstrip() for line in frames.splitlines()]
    return "\n".join(lines) + "\n"


def totals_text(played: Sequence[PlayedScenario]) -> str:
    """`12 scenarios: 11 passed, 1 failed`."""
    failed = sum(not item.passed for item in played)
    said = f"{len(played)} scenario{'s' if len(played) != 1 else ''}: {len(played) - failed} passed"
    return f"{said}, {failed} failed\n" if failed else f"{said}\n"


def scenarios_json(played: Sequence[PlayedScenario]) -> dict[str, JsonValue]:
    """Every field of every played scenario, as plain values that JSON can hold."""
    failed = sum(not item.passed for item in played)
    return {
        "scenarios": [
            {
                "path": item.path,
                "line": item.line,
                "title": item.title,
                "agreement": item.agreement,
                "passed": item.passed,
                "differences": [_difference_json(entry) for entry in item.differences],
                "faults": list(as_json(item.faults)),
            }
            for item in played
        ],
        "passed": len(played) - failed,
        "failed": failed,
    }


def _columns(differences: Sequence[Difference]) -> list[str]:
    named = max((len(item.what) for item in differences), default=0)
    wanted = max((len(item.expected) for item in differences), default=0)
    got = max((len(item.got) for item in differences if item.apart), default=0)
    return [
        f"  {item.what.ljust(named)}   expected {item.expected.ljust(wanted)}   got {item.got.ljust(got)}"
        f"   {item.apart}".rstrip()
        for item in differences
    ]


def _difference_json(item: Difference) -> JsonValue:
    return {
        "line": item.line,
        "what": item.what,
        "expected": item.expected,
        "got": item.got,
        "difference": item.apart,
        "parting": item.parting,
    }
