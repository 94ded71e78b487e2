"""A batch answers as the one judgement does: byte for byte where rows are folded, and by it where they are not."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from malus.batch.answers import explained, write_batch
from malus.batch.folding import OUTAGE_BUDGET
from malus.batch.running import Batch
from malus.command_line.batch_events import FromFiles, Told
from malus.command_line.batching import judged_batch
from malus.composition import judge, matcher_of
from malus.model.agreement import Terms
from malus.model.assessment import Assessment
from malus.model.canonical import canonical_text
from malus.model.explanation import EventsUsed
from malus.model.faults import MalusError
from malus.operations.agreements import LoadedRules, load_agreements
from malus.rulefiles.compiler import compile_terms

from tests.batch.plain_world import AS_OF, chance_of, identified, random_rows, write_rows, write_rules

#: Rows of an agreement that is judged from its events although nothing is wrong with them.
_SOUND = ("sums beyond 64 bits", "a severity", "another kind of event", "a time before the terms")
JUDGE = judge()
MOMENT = int(AS_OF.timestamp()) * 1_000_000


def without_events(value: Any) -> Any:
    """A value whose explanations name no event: what a fold knows of them is how many there were."""
    if isinstance(value, EventsUsed):
        return replace(value, named=(), set_digest="", evidence=())
    if isinstance(value, tuple):
        return tuple(without_events(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {each.name: without_events(getattr(value, each.name)) for each in fields(value) if each.init}
        return replace(value, **changed)
    return value


def rules_in(folder: Path) -> LoadedRules:
    loaded = load_agreements([folder])
    assert [item.what for item in loaded.diagnostics if item.severity.value == "error"] == []
    return loaded


def batch_of(
    loaded: LoadedRules, files: list[Path], out: Path, budget: int = OUTAGE_BUDGET
) -> tuple[Batch, Told, list[Assessment]]:
    texts: Mapping[str, tuple[Terms, ...]] = loaded.judged()
    batch, told = judged_batch(texts, files, MOMENT, JUDGE, budget)
    write_batch(batch, out, texts, lambda text: loaded.contents[text.path].decode())
    said = explained(out, (), lambda text: compile_terms(text, "").terms, matcher_of(JUDGE))
    return batch, told, said


def one_by_one(loaded: LoadedRules, files: list[Path]) -> Mapping[str, Assessment]:
    return FromFiles(loaded.judged(), files, MOMENT, JUDGE)(dict.fromkeys(sorted(loaded.judged()), 0))


@settings(max_examples=25)
@given(seed=st.integers(0, 10**6), count=st.sampled_from([0, 3, 40, 300]), has_ids=st.booleans())
def test_a_batch_says_byte_for_byte_what_the_judgement_says_of_each_agreement(
    seed: int, count: int, has_ids: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("world")
    chance = chance_of(seed)
    names = ["acme", "bolt", "cove"][: chance.randrange(1, 4)]
    loaded = rules_in(write_rules(folder / "rules", names, chance))
    rows = random_rows(names, count, chance)
    if has_ids:
        rows = identified(rows, chance)
    files = write_rows(folder / "events", rows, group=chance.choice([7, 50]))
    batch, _, said = batch_of(loaded, files, folder / "out")
    expected = one_by_one(loaded, files)
    for assessment in said:
        told = expected[assessment.agreement]
        if assessment.agreement in batch.folded:
            told = without_events(told)
        assert canonical_text(assessment) == canonical_text(told)
    assert sum(batch.strangers.values()) == 0
    assert batch.events == len(rows)


def test_rows_that_are_all_plain_are_folded(tmp_path: Path) -> None:
    loaded = rules_in(write_rules(tmp_path / "rules", ["acme", "bolt", "cove"], chance_of(5)))
    rows = [row for row in random_rows(["acme", "bolt", "cove"], 300, chance_of(7)) if row.get("priority") != "none"]
    batch, _, _ = batch_of(loaded, write_rows(tmp_path / "events", rows), tmp_path / "out")
    assert batch.folded == ("acme", "bolt", "cove")
    assert batch.assessments == {}


@pytest.mark.parametrize(
    ("name", "odd"),
    [
        ("a severity", {"kind": "outage", "severity": "high"}),
        ("a service that is not theirs", {"kind": "outage", "service": "elsewhere"}),
        ("a time before the terms", {"kind": "outage", "start": datetime(2025, 12, 1, tzinfo=UTC)}),
        ("an end before its start", {"kind": "outage", "end": datetime(2026, 1, 20, tzinfo=UTC)}),
        ("more good than there are", {"kind": "tally", "good": 2, "total": 1}),
        ("a count that is missing", {"kind": "tally", "good": 2}),
        ("a count that is no count", {"kind": "tally", "good": -1, "total": 1}),
        ("counts on an outage", {"kind": "outage", "good": 1, "total": 1}),
        ("a priority on a tally", {"kind": "tally", "good": 1, "total": 1, "priority": "high"}),
        ("an incident without a priority", {"kind": "incident"}),
        ("another kind of event", {"kind": "exclusion"}),
        ("no kind of event", {"kind": "outge"}),
        ("no kind at all", {"kind": None}),
        ("no start", {"kind": "outage", "start": None}),
        ("sums beyond 64 bits", {"kind": "tally", "good": 10**18 - 1, "total": 10**18 - 1}),
    ],
)
def test_an_agreement_with_a_row_that_is_not_plain_is_judged_from_its_events(
    name: str, odd: dict[str, object], tmp_path: Path
) -> None:
    loaded = rules_in(write_rules(tmp_path / "rules", ["acme", "bolt"], chance_of(11)))
    start = datetime(2026, 3, 1, tzinfo=UTC)
    row = {"agreement": "acme", "start": start, "end": start + timedelta(hours=1), **odd}
    rows = [*random_rows(["acme", "bolt"], 60, chance_of(3)), *[row] * (12 if "sums" in name else 1)]
    files = write_rows(tmp_path / "events", rows)
    batch, asked, said = batch_of(loaded, files, tmp_path / "out")
    assert (batch.folded, sorted(batch.assessments)) == (("bolt",), ["acme"])
    expected = one_by_one(loaded, files)
    assert canonical_text(said[0]) == canonical_text(expected["acme"])
    assert canonical_text(said[1]) == canonical_text(without_events(expected["bolt"]))
    is_fault = any(fault.row for fault in asked.faults)
    assert is_fault or expected["acme"].remarks or name in _SOUND


def test_the_order_of_rows_row_groups_and_a_small_budget_change_nothing(tmp_path: Path) -> None:
    loaded = rules_in(write_rules(tmp_path / "rules", ["acme", "bolt", "cove"], chance_of(21)))
    rows = random_rows(["acme", "bolt", "cove"], 500, chance_of(22))
    by_agreement = sorted(rows, key=lambda row: (row["agreement"], row["start"]))
    answers = []
    for number, (mine, group, budget) in enumerate(
        [(rows, 50, OUTAGE_BUDGET), (rows[::-1], 7, 100), (by_agreement, 1000, 0)]
    ):
        files = write_rows(tmp_path / f"events-{number}", mine, group=group)
        batch, _, _ = batch_of(loaded, files, tmp_path / f"out-{number}", budget)
        answers.append([table.to_pylist() for table in (batch.verdicts, batch.credits, batch.rights)])
    assert answers[0] == answers[1] == answers[2]


def test_rows_of_agreements_that_nobody_knows_are_counted_by_name(tmp_path: Path) -> None:
    loaded = rules_in(write_rules(tmp_path / "rules", ["acme"], chance_of(1)))
    rows = random_rows(["acme"], 10, chance_of(1))
    rows += [{**rows[0], "agreement": "zz"}, {**rows[0], "agreement": "zz"}, {**rows[0], "agreement": None}]
    batch, _, _ = batch_of(loaded, write_rows(tmp_path / "events", rows), tmp_path / "out")
    assert batch.strangers == {"zz": 2, "": 1}


def plain_rows(names: list[str], count: int) -> list[dict[str, object]]:
    rows = [row for row in random_rows(names, count, chance_of(7)) if row.get("priority") != "none"]
    return [{**row, "id": f"e{number}"} for number, row in enumerate(rows)]


def tables_of(batch: Batch) -> list[list[dict[str, Any]]]:
    return [table.to_pylist() for table in (batch.verdicts, batch.credits, batch.rights)]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string()), pa.int64()])
def test_rows_with_ids_of_their_own_and_the_only_service_are_folded_to_the_same_answer(
    kind: pa.DataType, tmp_path: Path
) -> None:
    loaded = rules_in(write_rules(tmp_path / "rules", ["acme", "bolt"], chance_of(5)))
    rows = plain_rows(["acme", "bolt"], 300)
    without = [{name: value for name, value in row.items() if name != "id"} for row in rows]
    expected, _, _ = batch_of(loaded, write_rows(tmp_path / "events", without), tmp_path / "out")
    files = write_rows(tmp_path / "told", [{**row, "service": "gateway", "severity": ""} for row in rows])
    count = 0
    for file in files:
        table = pq.read_table(file)
        ids = [f"{number}" for number in range(count, count + table.num_rows)]
        count += table.num_rows
        own = pa.array(ids).cast(kind) if not pa.types.is_dictionary(kind) else pa.array(ids).dictionary_encode()
        pq.write_table(table.set_column(table.schema.get_field_index("id"), "id", own), file, row_group_size=50)
    batch, _, _ = batch_of(loaded, files, tmp_path / "again", budget=100)
    assert (batch.folded, batch.assessments) == (("acme", "bolt"), {})
    assert tables_of(batch) == tables_of(expected)


@pytest.mark.parametrize("budget", [OUTAGE_BUDGET, 100])
def test_an_id_that_comes_twice_has_its_agreement_judged_from_its_events_where_it_counts_once(
    budget: int, tmp_path: Path
) -> None:
    loaded = rules_in(write_rules(tmp_path / "rules", ["acme", "bolt"], chance_of(5)))
    rows = plain_rows(["acme", "bolt"], 300)
    once, _, _ = batch_of(loaded, write_rows(tmp_path / "once", rows), tmp_path / "out", budget)
    repeat = next(row for row in rows if row["agreement"] == "acme" and row["kind"] == "tally")
    files = write_rows(tmp_path / "twice", [*rows, repeat])
    batch, asked, said = batch_of(loaded, files, tmp_path / "again", budget)
    assert (batch.folded, sorted(batch.assessments)) == (("bolt",), ["acme"])
    assert asked.duplicates == 1
    assert canonical_text(said[0]) == canonical_text(one_by_one(loaded, files)["acme"])
    assert tables_of(batch)[1] == tables_of(once)[1]


@pytest.mark.parametrize("own", [None, "", " e", "e e", "é", "e1#opened", "e,priority=high", "x" * 201])
def test_an_id_that_is_no_plain_word_has_its_agreement_judged_from_its_events(own: str | None, tmp_path: Path) -> None:
    loaded = rules_in(write_rules(tmp_path / "rules", ["acme", "bolt"], chance_of(5)))
    rows = plain_rows(["acme", "bolt"], 60)
    next(row for row in rows if row["agreement"] == "acme")["id"] = own
    files = write_rows(tmp_path / "events", rows)
    batch, _, said = batch_of(loaded, files, tmp_path / "out")
    assert batch.folded == ("bolt",)
    assert canonical_text(said[0]) == canonical_text(one_by_one(loaded, files)["acme"])


def test_an_agreement_with_a_correction_or_a_retraction_is_judged_from_its_events(tmp_path: Path) -> None:
    loaded = rules_in(write_rules(tmp_path / "rules", ["acme", "bolt", "cove"], chance_of(5)))
    rows = plain_rows(["acme", "bolt", "cove"], 200)
    wrong = next(row for row in rows if (row["agreement"], row["kind"]) == ("acme", "outage"))
    right = {**wrong, "id": "right", "corrects": wrong["id"]}
    gone = next(row for row in rows if (row["agreement"], row["kind"]) == ("bolt", "tally"))
    back = {"kind": "retraction", "agreement": "bolt", "id": "back", "corrects": gone["id"]}
    files = write_rows(tmp_path / "events", [*rows, right, back])
    batch, _, said = batch_of(loaded, files, tmp_path / "out")
    assert (batch.folded, sorted(batch.assessments)) == (("cove",), ["acme", "bolt"])
    expected = one_by_one(loaded, files)
    assert [canonical_text(item) for item in said[:2]] == [canonical_text(expected[name]) for name in ("acme", "bolt")]
    once = write_rows(tmp_path / "once", [row for row in rows if row is not gone])
    assert tables_of(batch)[1] == tables_of(batch_of(loaded, once, tmp_path / "again")[0])[1]


def test_an_id_that_two_agreements_have_is_told_as_it_is_everywhere(tmp_path: Path) -> None:
    loaded = rules_in(write_rules(tmp_path / "rules", ["acme", "bolt", "cove"], chance_of(5)))
    rows = plain_rows(["acme", "bolt", "cove"], 100)
    mine, other = (next(row for row in rows if row["agreement"] == name) for name in ("acme", "bolt"))
    other["id"] = mine["id"]
    batch, asked, _ = batch_of(loaded, write_rows(tmp_path / "events", rows), tmp_path / "out")
    assert batch.folded == ("cove",)
    assert [fault.reason for fault in asked.faults] == ["event-id-conflict"]


def test_a_service_that_is_in_service_for_a_time_only_is_judged_from_its_events(tmp_path: Path) -> None:
    folder = write_rules(tmp_path / "rules", ["acme"], chance_of(5))
    (file,) = (folder / "acme").iterdir()
    file.write_text(file.read_text().replace("gateway: {}", "gateway: {in_service: {from: 2026-02-10}}"))
    loaded = rules_in(folder)
    files = write_rows(tmp_path / "events", plain_rows(["acme"], 100))
    batch, _, said = batch_of(loaded, files, tmp_path / "out")
    assert batch.folded == ()
    assert canonical_text(said[0]) == canonical_text(one_by_one(loaded, files)["acme"])


OWED_BESIDE = """
  up-bonus:
    source: art. 5
    promise: {indicator: up, at_least: 50 %}
    bonus:
      of: {charge: fee, period: judged, part_period: pro_rata}
      settled: apart
      bands: [{at_least: 60 %, rate: 1 %}]
      overlap: refuse
      gaps: undetermined
  up-plan:
    source: art. 6
    promise: {indicator: up, at_least: 100 %}
    obligation: {deliver: plan, by: provider, within: 5 days, after: breach, until: end_of_day}
    credit: {each: period, amount: 10.00 EUR}
    returned: {if_met_in: each of the next 2 CYCLE}
"""


def test_bonuses_returned_credits_and_obligations_are_written_as_the_judgement_tells_them(tmp_path: Path) -> None:
    folder = write_rules(tmp_path / "rules", ["acme"], chance_of(5))
    (file,) = (folder / "acme").iterdir()
    text = file.read_text()
    cycle = next(word for word in ("month", "week", "quarter", "day") if f"from: outages, per: {word}" in text)
    file.write_text(text.replace("\nclauses:\n", f"\nclauses:{OWED_BESIDE.replace('CYCLE', f'{cycle}s')}"))
    loaded = rules_in(folder)
    files = write_rows(tmp_path / "events", plain_rows(["acme"], 100))
    _, _, (said,) = batch_of(loaded, files, tmp_path / "out")
    tables = {
        name: pq.read_table(tmp_path / "out" / f"{name}.parquet").to_pylist()
        for name in ("bonuses", "earn_backs", "obligations")
    }
    assert {name: len(rows) for name, rows in tables.items()} == {
        "bonuses": len(said.bonuses), "earn_backs": len(said.earn_backs), "obligations": len(said.obligations),
    }  # fmt: skip
    assert all(tables.values())
    assert {row["clause"] for row in tables["bonuses"]} == {"up-bonus"}
    assert all(row["amount"].startswith("-") for row in tables["bonuses"])
    assert {row["deliver"] for row in tables["obligations"]} == {"plan"}


def test_amounts_that_were_changed_in_the_folder_are_not_explained(tmp_path: Path) -> None:
    loaded = rules_in(write_rules(tmp_path / "rules", ["acme"], chance_of(1)))
    rows = [row for row in random_rows(["acme"], 200, chance_of(7)) if row.get("priority") != "none"]
    batch_of(loaded, write_rows(tmp_path / "events", rows), tmp_path / "out")
    table = pq.read_table(tmp_path / "out" / "credits.parquet")
    changed = pa.array(["1000000.00"] * table.num_rows).dictionary_encode()
    pq.write_table(
        table.set_column(table.schema.get_field_index("amount"), "amount", changed),
        tmp_path / "out" / "credits.parquet",
    )
    with pytest.raises(MalusError) as caught:
        explained(tmp_path / "out", ["acme"], lambda text: compile_terms(text, "").terms, matcher_of(JUDGE))
    assert caught.value.reason == "decisions-differ"
