"""Events in columns are the events that their rows say; every fault is told at once, by array and row."""

from collections.abc import Iterable
from typing import Any

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from malus.edge.from_wire_columns import ColumnRow, from_wire_columns
from malus.edge.from_wire_events import from_wire_event
from malus.edge.requests import ROWS_LIMIT, Fields
from malus.edge.to_wire_values import to_wire_instant
from malus.edge.violations import FieldViolation, MalformedRequestError
from malus.model.event_values import EARLIEST_INSTANT, LARGEST_COUNT, LATEST_INSTANT
from malus.v1 import error_reason_pb2, evaluation_service_pb2, event_columns_pb2, event_pb2

from tests.edge.serving import Wire, refusal

Columns = event_columns_pb2.EventColumns
Request = evaluation_service_pb2.EvaluateColumnsRequest
Result = evaluation_service_pb2.EventResult
NOON = 1_780_315_200_000_000
MINUTE = 60_000_000
WHOSE = {"source": "monitoring", "agreement": "agreements/acme"}


def tallies(*good: int, **told: Any) -> Columns:
    """Tallies of one minute each, of ten in all."""
    starts = [NOON + place * MINUTE for place in range(len(good))]
    spans = {"starts": starts, "ends": [start + MINUTE for start in starts], "total": [10] * len(good)}
    ids = {} if "id_prefix" in told else {"ids": [f"t{place}" for place in range(len(good))]}
    return Columns(**{**WHOSE, **ids, **told}, tallies={**spans, "good": good})


def read(*columns: Columns) -> list[ColumnRow]:
    fields = Fields(Request())
    rows = from_wire_columns(fields, columns, "columns")
    fields.settle()
    return rows


def refused(*columns: Columns) -> dict[str, str]:
    with pytest.raises(MalformedRequestError) as told:
        read(*columns)
    found = [(violation.field, violation.reason) for violation in told.value.violations]
    assert len(found) == len(dict(found))
    return dict(found)


def wrong(rows: Iterable[ColumnRow]) -> list[list[tuple[str, str]]]:
    """What is wrong with each row: where, and why."""
    return [[(one.field, one.reason) for one in row.read] if isinstance(row.read, tuple) else [] for row in rows]


_INSTANTS = st.integers(EARLIEST_INSTANT, LATEST_INSTANT)
_COUNTS = st.integers(0, LARGEST_COUNT)


@given(st.lists(st.tuples(_INSTANTS, _INSTANTS, _COUNTS, _COUNTS), min_size=1, max_size=4), st.booleans())
def test_tallies_in_columns_are_the_events_that_their_messages_are(
    told: list[tuple[int, int, int, int]], ordered: bool
) -> None:
    rows = [(*sorted(row[:2]), *sorted(row[2:])) for row in told]
    starts, ends, good, total = zip(*rows, strict=True)
    columns = tallies(*good, subjects=["b", "a"], service="shop")
    columns.tallies.MergeFrom(event_columns_pb2.TallyColumns(indicator="orders", delivery_id="D"))
    columns.tallies.ClearField("total")
    columns.tallies.ClearField("starts")
    columns.tallies.ClearField("ends")
    columns.tallies.MergeFrom(event_columns_pb2.TallyColumns(starts=starts, ends=ends, total=total))
    if ordered:
        columns.sequences.extend(-place for place in range(len(rows)))
    for place, row in enumerate(read(columns)):
        message = event_pb2.Event(id=f"t{place}", **WHOSE, subjects=["b", "a"])
        if ordered:
            message.sequence = -place
        message.tally.MergeFrom(event_pb2.Tally(indicator="orders", delivery_id="D", service="shop"))
        message.tally.interval.start_time.CopyFrom(to_wire_instant(starts[place]))
        message.tally.interval.end_time.CopyFrom(to_wire_instant(ends[place]))
        message.tally.good, message.tally.total = good[place], total[place]
        assert row == ColumnRow("monitoring", f"t{place}", from_wire_event(message, "event"))


@given(st.lists(st.tuples(_INSTANTS, st.integers(-(10**18) + 1, 10**18 - 1)), min_size=1, max_size=4))
@pytest.mark.parametrize("decimals", [0, 2, 12])
def test_readings_in_columns_have_the_value_that_their_digits_say(decimals: int, told: list[tuple[int, int]]) -> None:
    at, values = zip(*told, strict=True)
    detail = {"indicator": "score", "unit": "%", "at": at, "values": values, "decimals": decimals}
    for place, row in enumerate(read(Columns(**WHOSE, id_prefix="r", first_number=7, readings=detail))):
        message = event_pb2.Event(id=f"r-{7 + place}", **WHOSE, reading={"indicator": "score", "unit": "%"})
        message.reading.at.CopyFrom(to_wire_instant(at[place]))
        digits = str(abs(values[place])).rjust(decimals + 1, "0")
        text = f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits
        message.reading.value.value = f"{'-' if values[place] < 0 else ''}{text}"
        assert row.read == from_wire_event(message, "event")
        assert not isinstance(row.read, tuple)


def test_checks_and_readings_over_spans_are_read_too() -> None:
    checks = Columns(**WHOSE, ids=["a", "b"], checks={"at": [NOON, NOON + 1], "states": ["STATE_UP", "STATE_DEGRADED"]})
    spans = {"unit": "seconds", "starts": [NOON], "ends": [NOON + MINUTE], "values": [-15], "decimals": 1}
    readings = Columns(**WHOSE, ids=["c"], site="north", readings=spans)
    rows = read(checks, readings)
    assert [type(row.read).__name__ for row in rows] == ["Check", "Check", "Reading"]
    message = event_pb2.Event(id="c", **WHOSE, reading={"unit": "seconds", "site": "north", "value": {"value": "-1.5"}})
    message.reading.interval.start_time.CopyFrom(to_wire_instant(NOON))
    message.reading.interval.end_time.CopyFrom(to_wire_instant(NOON + MINUTE))
    assert rows[2].read == from_wire_event(message, "event")


def test_every_row_that_is_no_event_is_told_by_array_and_place_and_the_others_are_read() -> None:
    columns = tallies(3, 11, -1, 10)
    columns.tallies.ends[0] = columns.tallies.starts[0] - 1
    columns.tallies.starts[1] = LATEST_INSTANT + 1
    columns.ids[2] = " t"
    columns.sequences.extend([0, 0, 0, 10**18])
    assert wrong(read(columns, tallies(10))) == [
        [("columns[0].tallies.ends[0]", "end-before-start")],
        [("columns[0].tallies.starts[1]", "malformed-instant"), ("columns[0].tallies.good[1]", "good-above-total")],
        [("columns[0].ids[2]", "malformed-name"), ("columns[0].tallies.good[2]", "negative-number")],
        [("columns[0].sequences[3]", "malformed-number")],
        [],
    ]


def test_a_state_that_is_none_and_an_id_that_is_missing_are_told() -> None:
    columns = Columns(**WHOSE, ids=["", "b", "c"], checks={"at": [NOON] * 3, "states": [1, 0, 9]})
    assert wrong(read(columns)) == [
        [("columns[0].ids[0]", "missing-field")],
        [("columns[0].checks.states[1]", "missing-field")],
        [("columns[0].checks.states[2]", "unknown-value")],
    ]


def test_a_value_of_more_than_eighteen_digits_is_refused() -> None:
    detail = {"unit": "%", "at": [NOON] * 3, "values": [10**18 - 1, 10**18, -(10**18)]}
    bad = wrong(read(Columns(**WHOSE, ids=["a", "b", "c"], readings=detail)))
    place = "columns[0].readings.values"
    assert bad == [[], [(f"{place}[1]", "malformed-number")], [(f"{place}[2]", "malformed-number")]]


def test_arrays_of_unequal_length_are_all_named_at_once() -> None:
    columns = tallies(1, 2, 3)
    del columns.ids[2], columns.tallies.ends[1:], columns.tallies.total[:]
    columns.sequences.append(1)
    assert refused(columns) == dict.fromkeys(
        ["columns[0].ids", "columns[0].sequences", "columns[0].tallies.ends", "columns[0].tallies.total"],
        "unequal-columns",
    )


def test_what_is_wrong_with_all_rows_refuses_the_call_with_everything_at_once() -> None:
    first = Columns(ids=["a"], subjects=["x;y"], service=" s", readings={"at": [NOON], "values": [1], "unit": "parsec"})
    second = Columns(**WHOSE, ids=["a"])
    third = tallies(1, id_prefix="p")
    fourth = Columns(**WHOSE, checks={})
    both = {"at": [NOON], "starts": [NOON], "ends": [NOON], "values": [1], "unit": "%", "decimals": 13}
    fifth = Columns(**WHOSE, ids=["a"], id_prefix="p", first_number=-1, readings=both)
    assert refused(first, second, third, fourth, fifth) == {
        "columns[0].source": "missing-field",
        "columns[0].agreement": "malformed-name",
        "columns[0].subjects": "malformed-name",
        "columns[0].service": "malformed-name",
        "columns[0].readings.unit": "unknown-value",
        "columns[1].detail": "missing-field",
        "columns[2].first_number": "missing-field",
        "columns[3].checks.at": "missing-field",
        "columns[3].ids": "missing-field",
        "columns[4].ids": "unknown-field",
        "columns[4].first_number": "malformed-number",
        "columns[4].readings.starts": "unknown-field",
        "columns[4].readings.ends": "unknown-field",
        "columns[4].readings.decimals": "malformed-number",
    }


def test_a_number_without_a_prefix_and_a_prefix_that_grows_too_long_are_refused() -> None:
    assert refused(tallies(1, first_number=4)) == {"columns[0].first_number": "unknown-field"}
    assert refused(tallies(1, 2, id_prefix="p" * 198, first_number=9)) == {"columns[0].id_prefix": "malformed-name"}
    assert [row.id for row in read(tallies(1, 2, id_prefix="p" * 197, first_number=98))][1][-3:] == "-99"


def test_a_field_that_this_version_does_not_know_refuses_the_call() -> None:
    later = Columns.FromString(tallies(1).SerializeToString() + b"\xa8\x06\x01")
    assert refused(later) == {"columns[0].detail": "unknown-field"}


def answered(wire: Wire, *columns: Columns, **more: Any) -> Any:
    return wire.evaluation.EvaluateColumns(Request(columns=columns, **more))


def outcomes(answer: Any) -> list[str]:
    return [Result.Outcome.Name(outcome).removeprefix("OUTCOME_") for outcome in answer.outcomes]


def test_each_row_has_its_outcome_and_more_is_said_of_those_of_which_there_is_more(wire: Wire) -> None:
    answered(wire, tallies(5, id_prefix="q", first_number=1))
    other = tallies(9, 6, id_prefix="q", first_number=1)
    stranger = tallies(7)
    stranger.agreement = "agreements/nobody"
    answer = answered(wire, other, tallies(11), stranger, tallies(5, id_prefix="q", first_number=1))
    assert outcomes(answer) == ["CONFLICT", "ACCEPTED", "REJECTED", "REJECTED", "DUPLICATE"]
    assert [(told.index, told.source, told.id) for told in answer.results] == [
        (0, "monitoring", "q-1"),
        (1, "monitoring", "q-2"),
        (2, "monitoring", "t0"),
        (3, "monitoring", "t0"),
        (4, "monitoring", "q-1"),
    ]
    reasons = [error_reason_pb2.ErrorReason.Name(told.reason).removeprefix("ERROR_REASON_") for told in answer.results]
    assert reasons == ["EVENT_ID_CONFLICT", "UNSPECIFIED", "MALFORMED_FIELD", "UNKNOWN_AGREEMENT", "UNSPECIFIED"]
    assert [violation.field for violation in answer.results[2].violations] == ["columns[1].tallies.good[0]"]
    assert answer.results[1].remarks[0].reason == error_reason_pb2.ERROR_REASON_UNUSED
    assert [decision.sequence for decision in answer.decisions] == [2]


def test_a_row_in_columns_is_a_duplicate_of_its_message(wire: Wire) -> None:
    message = event_pb2.Event(id="t0", **WHOSE, tally={"good": 5, "total": 10})
    message.tally.interval.start_time.CopyFrom(to_wire_instant(NOON))
    message.tally.interval.end_time.CopyFrom(to_wire_instant(NOON + MINUTE))
    wire.evaluation.EvaluateEvents(evaluation_service_pb2.EvaluateEventsRequest(events=[message]))
    assert outcomes(answered(wire, tallies(5), tallies(6))) == ["DUPLICATE", "CONFLICT"]


def test_a_call_of_bad_rows_alone_asks_for_nothing(wire: Wire) -> None:
    assert outcomes(answered(wire, tallies(11, 12))) == ["REJECTED", "REJECTED"]
    assert wire.operations.asked == []


def test_a_call_without_rows_or_with_a_fault_beyond_a_row_is_refused_and_nothing_is_stored(wire: Wire) -> None:
    for columns, where in (((), "columns"), ((tallies(1), Columns(**WHOSE, ids=["a"])), "columns[1].detail")):
        with pytest.raises(grpc.RpcError) as told:
            answered(wire, *columns, as_of={"nanos": 1})
        bad = refusal(told.value).bad_request
        assert bad is not None
        assert [violation.field for violation in bad.field_violations] == ["as_of", where]
    assert wire.operations.asked == []


def test_more_rows_than_a_call_may_have_are_refused_whole(wire: Wire) -> None:
    half = tallies(*[1] * (ROWS_LIMIT // 2), id_prefix="a", first_number=0)
    more = tallies(*[1] * (ROWS_LIMIT // 2 + 1), id_prefix="b", first_number=0)
    with pytest.raises(grpc.RpcError) as told:
        answered(wire, half, more)
    info = refusal(told.value).info
    assert info is not None
    assert (info.reason, dict(info.metadata)) == ("LIMIT_EXCEEDED", {"what": "rows", "limit": "5000", "given": "5001"})
    assert wire.operations.asked == []
    assert len(answered(wire, half).outcomes) == ROWS_LIMIT // 2


def test_violations_are_values() -> None:
    (row,) = read(tallies(11))
    assert row.read == (
        FieldViolation(
            field="columns[0].tallies.good[0]",
            reason="good-above-total",
            description="11 good of 10 in all: write at most as many as `total`",
        ),
    )
