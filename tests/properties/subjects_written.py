"""Random subjects: sites on lines, priorities and pairs of both, for which one clause is judged one by one.

Owns: the list, what is `for_each` of them, and what differs from one to the other. Does not own: the clauses
themselves, nor whom events name (`subject_histories`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.properties.amounts import money
from tests.properties.choices import Choices
from tests.properties.credits_written import BEYOND, PERCENT_BELOW

Document = dict[str, Any]

#: In how many of a hundred agreements subjects are judged one by one.
OFTEN = 14

SUBJECTS: Document = {
    "ring": {"kind": "line", "class": "main"},
    "spur": {"kind": "line", "class": "side"},
    "north": {"kind": "site", "class": "large", "part_of": "ring", "known_as": ["N-1"]},
    "east": {"kind": "site", "class": "small", "part_of": "spur"},
    "critical": {"kind": "priority", "class": "fast"},
    "high": {"kind": "priority", "class": "fast"},
    "low": {"kind": "priority", "class": "slow", "known_as": ["minor"]},
}
CLASSES = {"site": ("large", "small"), "line": ("main", "side"), "priority": ("fast", "slow")}
NAMES = {"site": ("north", "east"), "line": ("ring", "spur"), "priority": ("critical", "high", "low")}


def write_subjects(choices: Choices, document: Document) -> None:
    """Judge some of what was written for each subject of a kind."""
    if not choices.chance(OFTEN):
        return
    kind = choices.pick(["site", "site", "site", "line", "line", "priority", "priority", "pair"])
    chosen = [name for name, one in document["indicators"].items() if _may_be(document, one, kind)]
    chosen = [name for name in chosen if choices.chance(85)]
    if not chosen:
        return
    list_subjects(document)
    for name in [part for one in chosen for part in _with_parts(document, one)]:
        document["indicators"][name]["for_each"] = ["line", "priority"] if kind == "pair" else kind
    for clause in document["clauses"].values():
        if clause.get("promise", {}).get("indicator") in chosen:
            _differs(choices, document, clause, kind)
    charge_each(choices, document, kind)
    for limited in (*document.get("caps", ()), *document.get("one_of", ())):
        capped = limited.get("limits") or limited.get("limits_bonuses")
        named = capped or [name for one in limited["options"] for name in one]
        judged = {one for name in named for one in _judged_for(document, name)}
        if judged == {kind} and "for_each" not in limited and choices.chance(60):
            limited["for_each"] = choices.pick(wider(kind))


def list_subjects(document: Document) -> None:
    """Say who is judged one by one."""
    document["subjects"] = {name: dict(one) for name, one in SUBJECTS.items()}


def _may_be(document: Document, indicator: Document, kind: str) -> bool:
    """Whether an indicator can be measured for each of a kind; the times behind a share are those of all."""
    if indicator["measure"] == "points" or "for_each" in indicator:
        return False
    named = next(name for name, one in document["indicators"].items() if one is indicator)
    if named.startswith("moving"):
        # Where its target becomes a level, that is the level of all, or of those that it says itself.
        return False
    if any(document["indicators"][one].get("from") == "subjects" for one in _with_parts(document, named)):
        return False
    looked_up = [one for one in document["clauses"].values() if "rows_by" in one.get("credit", {})]
    # Two indicators of one clause are measured for the same subjects: `rows_written` says which.
    if any(named in {one["promise"]["indicator"], one["credit"]["rows_by"]} for one in looked_up):
        return False
    timing = indicator
    if indicator["measure"] == "share":
        timing = document["indicators"][
            next(indicator[key] for key in ("good_when", "bad_when") if key in indicator)["indicator"]
        ]
    elif not any(
        one.get("promise", {}).get("indicator") and document["indicators"][one["promise"]["indicator"]] is indicator
        for one in document["clauses"].values()
    ):
        return False
    if kind in {"priority", "pair"}:
        return "by" in timing
    return True


def _with_parts(document: Document, name: str) -> Iterator[str]:
    """An indicator and, where it is made of the levels of others, those."""
    yield name
    indicator = document["indicators"][name]
    if indicator["measure"] == "combined":
        for part in indicator.get("indicators") or [indicator["indicator"]]:
            yield from _with_parts(document, part)


def wider(kind: str) -> list[Any]:
    """The kinds of which each subject of a kind has exactly one."""
    return {"site": ["site", "line"], "pair": ["line", "priority", ["line", "priority"]]}.get(kind, [kind])


def _judged_for(document: Document, name: str) -> Iterator[str]:
    """The kinds for which a clause is judged, `` where it is the agreement as a whole."""
    clause = document["clauses"].get(name)
    if clause is None:
        yield from (
            one
            for other, each in document["clauses"].items()
            if each.get("promise", {}).get("indicator") == name
            for one in _judged_for(document, other)
        )
        return
    if "promise" in clause:
        kind = document["indicators"][clause["promise"]["indicator"]].get("for_each", "")
        yield "pair" if isinstance(kind, list) else kind
        return
    when = clause["when"]
    for one in [when.get("missed"), *when.get("all_of", ()), *when.get("some_of", ())]:
        if one is not None:
            yield from _judged_for(document, one)
    if "occurrences" in when or "total" in when:
        indicator = when.get("occurrences") or when.get("total")
        yield document["indicators"][indicator].get("for_each", "")
    if "any_of" in when or "declared" in when or "not_fulfilled" in when:
        yield ""


def words_for(choices: Choices, kind: str) -> list[str]:
    """Names or classes that speak of every subject of a kind."""
    if kind == "pair":
        return choices.pick(
            [["ring", "spur"], ["main", "side"], ["critical", "high", "low"], ["ring/fast", "ring/slow", "spur"]]
        )
    first, second = CLASSES[kind]
    if kind == "priority":
        return choices.pick([[first, second], ["critical", "high", second], list(NAMES[kind])])
    return choices.pick([[first, second], list(NAMES[kind]), [NAMES[kind][0], second], [NAMES[kind][0], first, second]])


def _differs(choices: Choices, document: Document, clause: Document, kind: str) -> None:
    """Promise, sum or rate by name or class."""
    edge, value = next((key, value) for key, value in clause["promise"].items() if key != "indicator")
    if isinstance(value, dict) and kind in {"priority", "pair"}:
        # What is promised by priority would speak of some subjects only.
        value = clause["promise"][edge] = next(iter(value.values()))
        if "bands" in clause.get("credit", {}):
            clause["credit"]["pays"] = "only_when_missed"
    less = {**PERCENT_BELOW, **BEYOND}.get(value if isinstance(value, str) else "")
    # A row of points may not lie where every subject keeps its promise.
    if less is not None and choices.chance(50) and "bands" not in clause.get("points", {}):
        words = words_for(choices, kind)
        clause["promise"][edge] = {word: choices.pick([value, less[0]]) for word in words}
        if "bands" in clause.get("credit", {}):
            clause["credit"]["pays"] = "only_when_missed"
    credit = clause.get("credit", {})
    if "bands" in credit or not choices.chance(50):
        return
    if "amount" in credit:
        credit["amount"] = _sums(choices, document, kind)
    elif "rate" in credit:
        credit["rate"] = {word: choices.pick(["2 %", "0.7 %"]) for word in words_for(choices, kind)}
    if "first" in credit and not {"each", "rate"} <= credit.keys():
        credit["first"] = _sums(choices, document, kind)


def _sums(choices: Choices, document: Document, kind: str) -> Document:
    return {word: money(choices.pick([25_000, 3_333, 0]), document["currency"]) for word in words_for(choices, kind)}


def charge_each(choices: Choices, document: Document, kind: str) -> None:
    """Charge some items for each subject of the kind, or of a wider one."""
    kinds = ["line", "priority"] if kind == "pair" else wider(kind)
    for name in ("hosting", "support"):
        if choices.chance(45) and "for_each" not in document["charges"][name]:
            charge, charged = document["charges"][name], choices.pick(kinds)
            charge["for_each"] = charged
            if choices.chance(60):
                words = words_for(choices, charged)
                charge["amount"] = {
                    word: money(choices.pick([120_000, 33_333, 50_001]), document["currency"]) for word in words
                }
    if choices.chance(40) and "for_each" not in document["charges"]["usage"]:
        document["charges"]["usage"]["for_each"] = choices.pick(kinds)
