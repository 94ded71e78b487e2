"""Benchmarks of the wire at tiny sizes: they check their answers and say what they promise to say; no test of time."""

import json
from typing import Any

import pytest
from malus.v1 import evaluation_service_pb2 as wire

from benchmarks import online, single, steady
from benchmarks._serving import check_accepted, request


def check_shape(figures: dict[str, Any], rivals: set[str], events: int) -> None:
    assert json.loads(json.dumps(figures)) == figures
    assert {"ours", "rivals", "ratio", "events", "memory_mb", "short_of"} <= set(figures)
    assert set(figures["rivals"]) == set(figures["ratio"]) == rivals
    assert figures["events"] == events
    assert figures["ours"] > 0
    assert figures["memory_mb"] > 0


def test_online_tells_the_figures_of_every_size_and_the_largest_one_is_its_own() -> None:
    figures = online.compared({1: 1, 2: 1}, {2: 1})
    check_shape(figures, {"empty-handler", "bare-inserts"}, 2)
    assert {size: part["events"] for size, part in figures["events_a_call"].items()} == {"1": 1, "2": 2}
    assert figures["ours"] == figures["events_a_call"]["2"]["seconds"]

    assert figures["rows_a_call"]["2"]["rows"] == 2
    assert figures["rows_a_call"]["2"]["as_messages_per_second"] > 0


def test_steady_tells_rate_and_memory_of_every_part() -> None:
    figures = steady.compared(2, 0.5, agreements=2, events_a_call=3)
    check_shape(figures, set(), figures["events"])
    assert [set(part) for part in figures["parts"]] == [{"events", "events_per_second", "memory_mb"}] * 2
    assert all(part["events_per_second"] > 0 and part["memory_mb"] > 0 for part in figures["parts"])


def test_memory_that_grows_in_the_second_half_falls_short() -> None:
    assert steady._shortfalls([200, 300, 310]) == []
    assert steady._shortfalls([200, 300, 340]) != []


def test_single_tells_rate_and_percentiles_of_both_servers() -> None:
    figures = single.compared(2, 1)
    check_shape(figures, {"empty-handler"}, 2)
    for name in ("malus", "empty-handler"):
        assert figures[name]["p99_ms"] >= figures[name]["p50_ms"] > 0
        assert figures[name]["calls_per_second"] > 0


def test_an_answer_that_stores_less_than_was_sent_is_refused() -> None:
    sent = request(0, 2)
    answer = wire.EvaluateEventsResponse()
    for event in sent.events:
        answer.results.add(id=event.id, outcome=wire.EventResult.OUTCOME_ACCEPTED)
    check_accepted(sent, answer)
    answer.results[1].outcome = wire.EventResult.OUTCOME_DUPLICATE
    with pytest.raises(AssertionError):
        check_accepted(sent, answer)
    del answer.results[1]
    with pytest.raises(AssertionError):
        check_accepted(sent, answer)
