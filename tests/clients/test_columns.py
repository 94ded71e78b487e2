"""Many events in columns: cut into calls, exact, and each row with its result."""

from decimal import Decimal
from typing import Any

import grpc
import pytest
from malus_client import CallError, Client
from malus_client.calls import Caller
from malus_client.columns import MOST_ROWS, columns_of
from malus_client.event_rows import RowError

from tests.edge.serving import Wire, serving

NOON = 1_780_315_200_000_000
WHOSE = {"source": "gates", "agreement": "acme"}


def _client(wire: Wire) -> Client:
    return Client(grpc.insecure_channel(f"127.0.0.1:{wire.server.port}"), Caller(20))


def _tallies(count: int) -> dict[str, Any]:
    starts = [NOON + place for place in range(count)]
    return {"start": starts, "end": starts, "good": [1] * count, "total": [2] * count}


def test_rows_beyond_one_call_are_two_and_are_numbered_on() -> None:
    with serving() as wire, _client(wire) as client:
        told = {**WHOSE, "id_prefix": "g", "first_number": 7}
        sent = client.send_columns("tally", _tallies(MOST_ROWS + 1), **told)
        assert [len(asked[1]) for asked in wire.operations.asked] == [MOST_ROWS, 1]
        assert {result.outcome for result in sent.results} == {"accepted"}
        assert [(sent.results[place].row, sent.results[place].id) for place in (0, -1)] == [
            (0, "g-7"),
            (5000, "g-5007"),
        ]
        again = client.send_columns("tally", _tallies(2), **told)
        assert [(result.id, result.outcome) for result in again.results] == [("g-7", "duplicate"), ("g-8", "duplicate")]


def test_numbers_keep_their_digits_and_moments_are_read() -> None:
    columns: Any = {"id": ["a", "b"], "at": ["2026-06-01T12:00:00Z", NOON], "value": [Decimal("99.5"), "-0.001"]}
    with serving() as wire, _client(wire) as client:
        client.send_columns("reading", columns, unit="%", service="shop", **WHOSE)
        ((_, events, _),) = wire.operations.asked
    assert [event.value for event in events] == [Decimal("99.5"), Decimal("-0.001")]
    assert [(event.start, event.unit, event.service) for event in events] == [(NOON, "%", "shop")] * 2


def test_a_bad_row_is_told_by_its_place_and_the_others_are_kept() -> None:
    columns: Any = {"id": ["a", "b"], "at": [NOON, 10**18], "state": ["up", "down"]}
    with serving() as wire, _client(wire) as client:
        sent = client.send_columns("check", columns, **WHOSE)
        assert [result.outcome for result in sent.results] == ["accepted", "rejected"]
        assert sent.results[1].violations[0].field == "columns[0].checks.at[1]"
        with pytest.raises(CallError) as refused:
            client.send_columns("check", columns, source="", agreement="acme")
        assert refused.value.violations[0].field == "columns[0].source"


def test_long_ids_are_cut_into_more_calls() -> None:
    ids = [f"{place:0200}" for place in range(MOST_ROWS)]
    cut = list(columns_of("tally", {"id": ids, **_tallies(MOST_ROWS)}, WHOSE, first_number=None))
    assert len(cut) > 1
    assert max(message.ByteSize() for message in cut) < 1 << 20


@pytest.mark.parametrize(
    ("kind", "columns", "named"),
    [
        ("outage", {"start": [1]}, "kind"),
        ("tally", {"start": [1], "end": [1, 2]}, "start"),
        ("tally", {"start": [1], "site": ["x"]}, "site"),
        ("reading", {"at": [1], "value": [0.5]}, "value"),
        ("reading", {"at": [1], "value": ["1e3"]}, "value"),
        ("check", {"at": ["noon"], "state": ["up"]}, "at"),
        ("check", {"at": [1], "state": ["broken"]}, "state"),
    ],
)
def test_what_cannot_be_written_exactly_is_refused_before_anything_is_sent(
    kind: str, columns: dict[str, Any], named: str
) -> None:
    with pytest.raises(RowError) as fault:
        list(columns_of(kind, columns, WHOSE, first_number=None))
    assert fault.value.column == named
