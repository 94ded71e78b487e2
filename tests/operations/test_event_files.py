"""What is read from a file of events: every row counted, every fault with its place, nothing guessed."""

import dataclasses
import decimal
import json
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from malus.model.events import Event, Incident, Outage, Reading, Tally
from malus.operations import event_files
from malus.operations.event_files import EventsRead, read_events
from malus.operations.render_input import fault_lines

ZONE = "Europe/Amsterdam"
HEADER = "agreement,kind,start,end,good,total,priority"


def read(path: Path, text: str | bytes, zone: event_files.Zone = ZONE) -> EventsRead:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_events(path, zone)


def places(read_so: EventsRead) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.field, fault.reason) for fault in read_so.faults]


def contents(events: tuple[Event, ...]) -> list[str]:
    return sorted(repr(dataclasses.replace(event, evidence="")) for event in events)


def test_rows_of_a_csv_file_without_ids_all_count_and_name_their_place(tmp_path: Path) -> None:
    row = "a,outage,2026-06-03 10:00,2026-06-03 15:00,,,\n"
    found = read(tmp_path / "june.csv", f"{HEADER}\n{row}{row}")
    assert [event.evidence for event in found.events] == [f"{tmp_path}/june.csv:2", f"{tmp_path}/june.csv:3"]
    assert (found.rows, found.duplicates, found.faults) == (2, 0, ())


def test_good_rows_are_kept_beside_bad_ones_that_are_named_by_row_and_field(tmp_path: Path) -> None:
    found = read(
        tmp_path / "june.csv",
        f"{HEADER}\na,outage,2026-06-03,,,,\na,tally,2026-06-03,2026-06-04,6,5,\na,outage,x,y,,,\na,outage\n",
    )
    assert len(found.events) == 1
    assert places(found) == [
        (3, "good", "good-above-total"),
        (4, "start", "malformed-instant"),
        (4, "end", "malformed-instant"),
        (5, "", "malformed-csv"),
    ]


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        (HEADER.replace("start", "strat"), ("strat", "unknown-field")),
        (HEADER + ",start", ("start", "malformed-csv")),
        (HEADER.replace("kind,", ""), ("kind", "missing-field")),
        (HEADER.replace(",", ";"), ("", "malformed-csv")),
    ],
)
def test_a_csv_file_with_a_faulty_header_is_not_read_at_all(
    tmp_path: Path, header: str, fault: tuple[str, str]
) -> None:
    found = read(tmp_path / "june.csv", f"{header}\na,outage,2026-06-03,,,,\n")
    assert found.events == ()
    assert (1, *fault) in places(found)


def test_a_csv_file_as_spreadsheets_write_it_is_read(tmp_path: Path) -> None:
    text = f'\ufeff{HEADER}\r\n"a",outage,"2026-06-03 10:00",,,,\r\n\r\n'
    assert len(read(tmp_path / "june.csv", text).events) == 1


def test_what_is_not_utf8_or_has_no_end_is_said_and_never_raised(tmp_path: Path) -> None:
    row = f"{HEADER}\na,outage,2026-06-03,,,,\n".encode()
    assert places(read(tmp_path / "a.csv", row + b"\xff,outage\n")) == [(3, "", "malformed-file")]
    assert places(read(tmp_path / "b.csv", row + b'"never closed')) == [(3, "", "malformed-csv")]
    assert places(read(tmp_path / "c.jsonl", b"x" * (event_files.LONGEST_LINE + 1))) == [(1, "", "malformed-file")]
    assert places(read(tmp_path / "d.jsonl", b"[" * 100_000)) == [(1, "", "malformed-json")]
    assert places(read(tmp_path / "e.parquet", b"PAR1 not really PAR1")) == [(0, "", "malformed-file")]
    assert read(tmp_path / "f.csv", b"").rows == 0


def test_numbers_of_json_keep_the_digits_they_are_written_with(tmp_path: Path) -> None:
    line = '{"agreement":"a","kind":"reading","at":"2026-06-03","unit":"%","value":99.950000000001}'
    (event,) = read(tmp_path / "june.jsonl", line).events
    assert isinstance(event, Reading)
    assert event.value == Fraction("99.950000000001")


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e2", "true", "[1]", '{"x":1}'])
def test_what_json_calls_a_number_and_nobody_can_write_exactly_is_refused(tmp_path: Path, value: str) -> None:
    line = f'{{"agreement":"a","kind":"reading","at":"2026-06-03","unit":"%","value":{value}}}'
    found = read(tmp_path / "june.jsonl", line)
    assert found.events == ()
    assert len(found.faults) == 1


def test_lines_that_are_no_object_or_name_a_field_twice_are_faults(tmp_path: Path) -> None:
    found = read(tmp_path / "june.jsonl", '[1]\n"x"\n{"kind":"outage","kind":"check"}\n{\n\n')
    assert places(found) == [(line, "", "malformed-json") for line in (1, 2, 3, 4)]


def test_no_control_character_of_a_file_reaches_a_message(tmp_path: Path) -> None:
    wild = "\x1b[31mred"
    lines = [
        json.dumps({"agreement": "a", "kind": wild}),
        json.dumps({"agreement": wild, "kind": "outage", wild: wild}),
    ]
    found = read(tmp_path / "june.jsonl", "\n".join(lines))
    (tmp_path / "june.csv").write_text(f"{HEADER},{wild}\n")
    faults = (*found.faults, *read_events(tmp_path / "june.csv", ZONE).faults)
    assert len(faults) == 5
    assert all((fault.what + fault.hint + fault.field).isprintable() for fault in faults)


def outage(event_id: str | None, start: str, **more: str) -> str:
    row = {"agreement": "a", "kind": "outage", "start": start, **more}
    return json.dumps(row if event_id is None else {"id": event_id, **row})


def test_a_row_that_repeats_an_id_word_for_word_is_dropped_and_counted(tmp_path: Path) -> None:
    lines = [outage("1", "2026-06-03"), outage("1", "2026-06-03"), outage("1", "2026-06-03", source="other")]
    found = read(tmp_path / "june.jsonl", "\n".join(lines))
    assert (len(found.events), found.duplicates, found.faults) == (2, 1, ())


def test_a_row_with_a_known_id_and_other_content_is_a_conflict_and_the_first_counts(tmp_path: Path) -> None:
    found = read(tmp_path / "june.jsonl", "\n".join([outage("1", "2026-06-03"), outage("1", "2026-06-04")]))
    assert places(found) == [(2, "id", "event-id-conflict")]
    assert "june.jsonl:1" in found.faults[0].what
    assert len(found.events) == 1


def test_ids_hold_across_files_and_a_repeat_is_known_from_its_earliest_telling(tmp_path: Path) -> None:
    early, late = (outage("1", "2026-06-03", recorded_at=day) for day in ("2026-06-04", "2026-06-05"))
    for first, second in ((early, late), (late, early)):
        (tmp_path / "a.jsonl").write_text(first)
        (tmp_path / "b.jsonl").write_text(second)
        found = read_events(tmp_path, "UTC")
        assert found.duplicates == 1
        assert [event.recorded_at for event in found.events] == [
            int(datetime(2026, 6, 4, tzinfo=UTC).timestamp()) * 10**6
        ]


def test_a_file_gives_every_row_an_id_or_none(tmp_path: Path) -> None:
    mixed = [outage("1", "2026-06-03"), outage(None, "2026-06-03")]
    assert places(read(tmp_path / "a.jsonl", "\n".join(mixed))) == [(2, "id", "missing-field")]
    assert places(read(tmp_path / "b.jsonl", "\n".join(mixed[::-1]))) == [(2, "id", "unknown-field")]


def test_civil_times_are_read_in_the_zone_of_the_rows_own_agreement(tmp_path: Path) -> None:
    lines = [outage(None, "2026-06-03 10:00").replace('"a"', f'"{name}"') for name in ("east", "west")]
    zones = {"east": "Asia/Tokyo", "west": "America/New_York"}
    found = read(tmp_path / "june.jsonl", "\n".join(lines), zones.get)
    starts = [event.start for event in found.events if isinstance(event, Outage)]
    assert starts[1] is not None
    assert starts[0] is not None
    assert starts[1] - starts[0] == 13 * 3_600_000_000


def test_a_missing_file_and_an_unknown_suffix_are_faults_of_the_file(tmp_path: Path) -> None:
    found = read_events([tmp_path / "none.csv", tmp_path / "x.xls", tmp_path], ZONE)
    assert [(fault.row, fault.reason) for fault in found.faults] == [
        (0, "unreadable-file"),
        (0, "unknown-file-type"),
        (0, "no-event-files"),
    ]


def test_reading_tells_how_far_it_is_up_to_the_end(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    path = tmp_path / "june.csv"
    path.write_text(HEADER + "\n" + "a,outage,2026-06-03,,,,\n" * 12_000)
    read_events(path, ZONE, progress=lambda _, done, total: told.append((done, total)))
    size = path.stat().st_size
    assert told == sorted(told)
    assert told[-1] == (size, size)
    assert len(told) > 2


# The same rows as text and as typed columns: values that meet every fault and every edge of the direct way.
INSTANTS = st.sampled_from(
    [None, *(datetime(2026, 6, 3, hour, tzinfo=UTC) for hour in (0, 1, 2)), datetime(1850, 1, 1, tzinfo=UTC)]
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "agreement": st.sampled_from(["a", "b", "", " x", None]),
            "kind": st.sampled_from(["outage", "tally", "check", "incident", "charge", "outge", None]),
            "start": INSTANTS,
            "end": INSTANTS,
            "at": INSTANTS,
            "good": st.sampled_from([None, 0, 4, 5, -1]),
            "total": st.sampled_from([None, 0, 5, 10**18]),
            "priority": st.sampled_from([None, 1, 2]),
            "state": st.sampled_from([None, None, "up", "dwon"]),
            "transition": st.sampled_from([None, None, "opened", "paused"]),
            "incident_id": st.sampled_from([None, "I"]),
            "reason": st.sampled_from([None, None, "r"]),
            "source": st.sampled_from([None, "s"]),
        }
    ),
    max_size=12,
)
SCHEMA = pa.schema(
    [
        *((name, pa.timestamp("us", "UTC")) for name in ("start", "end", "at")),
        *((name, pa.int64()) for name in ("good", "total")),
        ("priority", pa.int8()),
        *((name, pa.dictionary(pa.int16(), pa.string())) for name in ("agreement", "kind")),
        *((name, pa.string()) for name in ("state", "transition", "incident_id", "reason", "source")),
    ]
)


@settings(max_examples=300)
@given(rows=ROWS, has_ids=st.booleans())
def test_parquet_gives_the_events_and_faults_that_the_same_rows_give_as_text(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, object]], has_ids: bool
) -> None:
    folder = tmp_path_factory.mktemp("same")
    schema = SCHEMA
    if has_ids:
        rows = [{**row, "id": f"e{place // 2}"} for place, row in enumerate(rows)]
        schema = schema.append(pa.field("id", pa.string()))
    pq.write_table(pa.Table.from_pylist(rows, schema), folder / "rows.parquet")
    lines = [
        json.dumps({name: v.isoformat() if isinstance(v, datetime) else v for name, v in row.items()}) for row in rows
    ]
    (folder / "rows.jsonl").write_text("\n".join(lines))
    typed, text = (read_events(folder / f"rows.{suffix}", "UTC") for suffix in ("parquet", "jsonl"))
    assert contents(typed.events) == contents(text.events)
    assert (typed.rows, typed.duplicates) == (text.rows, text.duplicates)
    assert {(f.row, f.field, f.reason) for f in typed.faults} == {(f.row, f.field, f.reason) for f in text.faults}


def table(path: Path, **columns: pa.Array) -> EventsRead:
    pq.write_table(pa.table(columns), path)
    return read_events(path, ZONE)


def moments(*hours: int) -> pa.Array:
    return pa.array([datetime(2026, 6, 3, hour, tzinfo=UTC) for hour in hours], pa.timestamp("us", "UTC"))


def test_columns_that_no_event_has_are_left_aside_and_named_once(tmp_path: Path) -> None:
    names = pa.array(["a", "a"])
    found = table(
        tmp_path / "x.parquet", agreement=names, kind=pa.array(["outage"] * 2), start=moments(1, 2), host=names
    )
    assert len(found.events) == 2
    (note,) = found.notes
    assert "host" in note


def test_a_column_of_binary_floating_point_numbers_is_refused_whole(tmp_path: Path) -> None:
    names = pa.array(["a"])
    found = table(
        tmp_path / "x.parquet",
        agreement=names,
        kind=pa.array(["tally"]),
        start=moments(1),
        end=moments(2),
        good=pa.array([5.0]),
        total=pa.array([5]),
    )
    assert found.events == ()
    assert places(found) == [(0, "good", "wrong-type")]


def test_decimals_civil_times_dates_and_coarser_timestamps_of_parquet_are_read_exactly(tmp_path: Path) -> None:
    civil = pa.array([datetime(2026, 6, 3, 10)], pa.timestamp("ms"))  # noqa: DTZ001 - civil on purpose
    found = table(
        tmp_path / "x.parquet",
        agreement=pa.array(["a"]),
        kind=pa.array(["reading"]),
        start=civil,
        end=moments(9).cast(pa.timestamp("s", "UTC")),
        value=pa.array([decimal.Decimal("99.9500")]),
        unit=pa.array(["%"]),
    )
    (event,) = found.events
    assert isinstance(event, Reading)
    assert (event.end - event.start, event.value) == (3_600_000_000, Fraction("99.95"))


def test_rows_of_parquet_count_from_one_through_all_batches(tmp_path: Path) -> None:
    count = 140_000
    found = table(
        tmp_path / "x.parquet",
        agreement=pa.array(["a"] * count),
        kind=pa.array(["tally"] * (count - 1) + ["tolly"]),
        start=pa.array([0] * count, pa.timestamp("us", "UTC")),
        end=pa.array([0] * count, pa.timestamp("us", "UTC")),
        good=pa.array([0] * count),
        total=pa.array([1] * count),
    )
    assert places(found) == [(count, "kind", "unknown-kind")]
    assert found.events[-1].evidence.endswith(f":{count - 1}")
    assert all(isinstance(event, Tally) for event in found.events)


def test_equal_incidents_without_ids_are_told_apart_across_files_and_batches(tmp_path: Path) -> None:
    for name in ("x", "y"):
        table(
            tmp_path / f"{name}.parquet",
            agreement=pa.array(["a"] * 2),
            kind=pa.array(["incident"] * 2),
            start=moments(1, 1),
            end=moments(2, 2),
        )
    found = read_events(tmp_path, ZONE)
    names = {event.incident_id for event in found.events if isinstance(event, Incident)}
    assert len(names) == 4


def test_a_file_that_is_refused_whole_says_so_and_a_faulty_row_does_not(tmp_path: Path) -> None:
    refused = read(tmp_path / "june.csv", "agreement,kind,start,ende\na,outage,2026-06-03,\n")
    assert [fault.whole_file for fault in refused.faults] == [True]
    one_row = read(tmp_path / "july.csv", f"{HEADER}\na,outage,x,,,,\n")
    assert [fault.whole_file for fault in one_row.faults] == [False]
    assert [fault.whole_file for fault in read_events(tmp_path / "none.csv", ZONE).faults] == [True]
    assert fault_lines([*refused.faults, *one_row.faults])[-2:] == [
        f"1 fault in {tmp_path}/june.csv; the whole file was refused and judged nothing",
        "1 fault in 1 row; these rows judged nothing",
    ]
