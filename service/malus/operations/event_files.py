"""Owns the reading of event files (JSON Lines, CSV, Parquet): every row counted, every fault with its row.

Does not own: what a row means (model.event_rows), Parquet's columns (event_parquet), or any judging.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final, NoReturn

from malus.model.event_fields import COLUMNS
from malus.model.event_values import nearest_of, shown_name
from malus.operations.event_sink import EventFault, EventSink, EventsRead, Progress, Zone

__all__ = ["EventFault", "EventSink", "EventsRead", "Progress", "Zone", "read_events"]

#: A line longer than this is refused: no event is a mebibyte long.
LONGEST_LINE: Final = 1 << 20
_TELL_EVERY: Final = 5_000
_SUFFIXES: Final = (".jsonl", ".csv", ".parquet")


def read_events(paths: Path | Sequence[Path], zone: Zone, *, progress: Progress | None = None) -> EventsRead:
    """The events of files, or of all event files in folders, with the faults of rows that are none.

    By suffix: `.jsonl` (one JSON object a line), `.csv` (UTF-8, commas, a header), `.parquet`. A file without
    ids is a closed multiset: every row counts, and its evidence is `file:row`. With ids, a row that repeats
    an earlier one is dropped and counted, and one that says something else under the same id is a fault.
    JSON numbers are read as the text they are. Good rows are kept beside bad ones; a file whose header is
    faulty is not read at all. Never raises for what is in a file, nor for one that is missing.
    """
    sink = EventSink(zone, progress)
    for path in [paths] if isinstance(paths, Path) else paths:
        for file in _files_of(path, sink):
            try:
                _READERS[file.suffix](file, sink)
            except OSError as fault:
                sink.fault(str(file), 0, "unreadable-file", str(fault.strerror), "check the path and its rights")
    return sink.finished()


def _files_of(path: Path, sink: EventSink) -> list[Path]:
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix in _SUFFIXES)
        if not files:
            hint = f"name a folder with files that end in {', '.join(_SUFFIXES)}"
            sink.fault(str(path), 0, "no-event-files", "the folder holds no event files", hint)
        return files
    if path.suffix not in _SUFFIXES:
        what = f"{path.name} is no kind of event file"
        sink.fault(str(path), 0, "unknown-file-type", what, f"its name must end in {', '.join(_SUFFIXES)}")
        return []
    return [path]


def _read_json_lines(path: Path, sink: EventSink) -> None:
    has_ids: bool | None = None
    with path.open("rb") as file:
        for number, line in _lines(path, file, sink):
            if not line or line.isspace():
                continue
            try:
                row = json.loads(
                    line.decode(),
                    parse_float=str,
                    parse_int=str,
                    parse_constant=_refuse_constant,
                    object_pairs_hook=_once_each,
                )
            except UnicodeDecodeError:
                _not_utf8(path, number, sink)
                continue
            except (ValueError, RecursionError) as fault:
                what = f"the line is no JSON object: {str(fault).partition(':')[0] or 'nested too deeply'}"
                sink.fault(str(path), number, "malformed-json", what, "write one object a line, numbers in digits")
                continue
            if not isinstance(row, dict):
                what = "the line is no JSON object"
                sink.fault(str(path), number, "malformed-json", what, "write one object of names and values a line")
                continue
            if has_ids is None:
                has_ids = "id" in row
            if not has_ids and "id" in row:
                what = "the row has an `id`, and the first row of this file has none"
                sink.fault(str(path), number, "unknown-field", what, "give every row an id, or none", field_name="id")
                continue
            sink.take_row(str(path), number, row, has_ids=has_ids)


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    row = dict(pairs)
    if len(row) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"`{shown_name(twice)}` stands twice")
    return row


def _read_csv(path: Path, sink: EventSink) -> None:
    with path.open("rb") as file:
        rows = csv.reader(_text_lines(path, file, sink), strict=True)
        try:
            header = next(rows, None)
            if header is None or not _is_good_header(path, header, sink):
                return
            has_ids = "id" in header
            for number, cells in enumerate(rows, start=2):
                if not cells:
                    continue
                if len(cells) != len(header):
                    what = f"the row has {len(cells)} cells and the header {len(header)}"
                    hint = "quote a cell that holds a comma, and leave empty cells in place"
                    sink.fault(str(path), number, "malformed-csv", what, hint)
                    continue
                sink.take_row(str(path), number, dict(zip(header, cells, strict=True)), has_ids=has_ids)
        except csv.Error as fault:
            what = f"the rest is not read, from line {rows.line_num} on: {fault}"
            sink.fault(str(path), rows.line_num, "malformed-csv", what, "close the quotes; write plain UTF-8 text")


def _is_good_header(path: Path, header: list[str], sink: EventSink) -> bool:
    if len(header) == 1 and ";" in header[0]:
        what = "the columns are parted by semicolons; nothing of this file is read"
        sink.fault(str(path), 1, "malformed-csv", what, "save it with commas", whole_file=True)
        return False
    before = len(sink.faults)
    for place, name in enumerate(header):
        if name in header[:place]:
            what = f"the column `{name}` stands twice; nothing of this file is read"
            sink.fault(str(path), 1, "malformed-csv", what, "leave one of them out", field_name=name, whole_file=True)
        elif name not in COLUMNS:
            near = nearest_of(name, COLUMNS)
            what = f"`{shown_name(name)}` is no column of an event; nothing of this file is read"
            hint = f"did you mean {near}?" if near else "leave the column out"
            sink.fault(str(path), 1, "unknown-field", what, hint, field_name=shown_name(name), whole_file=True)
    for name in ("kind", "agreement"):
        if name not in header:
            what = f"the column `{name}` is missing; nothing of this file is read"
            sink.fault(
                str(path),
                1,
                "missing-field",
                what,
                "the first line names the columns",
                field_name=name,
                whole_file=True,
            )
    return len(sink.faults) == before


def _text_lines(path: Path, file: BinaryIO, sink: EventSink) -> Iterator[str]:
    for number, line in _lines(path, file, sink):
        try:
            yield line.decode()
        except UnicodeDecodeError:
            _not_utf8(path, number, sink)
            return


def _lines(path: Path, file: BinaryIO, sink: EventSink) -> Iterator[tuple[int, bytes]]:
    """The lines of a file, numbered from 1, while telling how many bytes are done."""
    total, done, number = path.stat().st_size, 0, 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        done += len(line)
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")  # spreadsheets put the mark in front of UTF-8
        if len(line) >= LONGEST_LINE:
            what = "the line is longer than a mebibyte; the rest of this file is not read"
            sink.fault(str(path), number, "malformed-file", what, "end every row with a line feed")
            break
        if number % _TELL_EVERY == 0:
            sink.tell(str(path), done, total)
        yield number, line
    sink.tell(str(path), total, total)


def _not_utf8(path: Path, number: int, sink: EventSink) -> None:
    sink.fault(str(path), number, "malformed-file", "the line is not UTF-8 text", "save the file as UTF-8")


def _read_parquet(path: Path, sink: EventSink) -> None:
    # Here and not above: pyarrow costs more to import than a small file takes to judge.
    from malus.operations.event_parquet import read_parquet

    read_parquet(path, sink)


_READERS: Final = {".jsonl": _read_json_lines, ".csv": _read_csv, ".parquet": _read_parquet}
