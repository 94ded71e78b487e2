"""Owns what was read of events: those accepted, each once, and the faults of all others with file and row.

Does not own: file formats (event_files, event_parquet), or how a row is read (model.event_rows).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from malus.model.event_rows import FieldFault, Occurrences, Row, event_from_row
from malus.model.events import Event

#: The time zone of civil times in a row: one for all, or by agreement; None where only offsets will do.
Zone: TypeAlias = str | Callable[[str], str | None] | None
#: Told while reading: the file, how much of it is done, and how much there is (bytes, or rows of Parquet).
Progress: TypeAlias = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFault:
    """What is wrong with a row of a file; nothing of that row was accepted.

    `row` counts as the file shows it: lines of JSON Lines, rows of a spreadsheet with its header as row 1,
    rows of Parquet from 1; 0 is the file as a whole. `field` is empty where it is the whole row. `whole_file`: no row
    of the file was read, as for a faulty header.
    """

    path: str
    row: int
    field: str
    reason: str
    what: str
    hint: str
    whole_file: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsRead:
    """All that was read: events without repeats, faults in reading order, and how much there was.

    `duplicates` counts rows that repeat an earlier one of the same source and id word for word. `notes` says
    what was left aside, such as columns of Parquet that no event has.
    """

    events: tuple[Event, ...]
    faults: tuple[EventFault, ...]
    rows: int
    duplicates: int
    notes: tuple[str, ...]


@dataclass(slots=True)
class EventSink:
    """Takes rows and typed events of one reading, over as many files as belong together."""

    zone: Zone
    progress: Progress | None = None
    occurrences: Occurrences = field(default_factory=dict)
    rows: int = 0
    duplicates: int = 0
    notes: list[str] = field(default_factory=list)
    faults: list[EventFault] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    # Where the events of a source's id begin in `events`, and how many they are.
    _places: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    def take_row(self, path: str, number: int, row: Mapping[str, object], *, has_ids: bool) -> None:
        """Read one row and accept its events, or keep its faults."""
        self.rows += 1
        own_id = row.get("id")
        if has_ids and own_id in (None, ""):
            what = "`id` is missing, and the other rows of this file have one"
            self.fault(path, number, "missing-field", what, "give every row an id, or none", field_name="id")
            return
        read = event_from_row(
            cast("Row", row),  # values of other types are refused there, one by one
            zone=self._zone_of(row),
            index=number,
            evidence=f"{path}:{number}",
            occurrences=self.occurrences,
        )
        events: list[Event] = []
        for item in read:
            if isinstance(item, FieldFault):
                self.fault(path, number, item.reason, item.what, item.hint, field_name=item.field)
            else:
                events.append(item)
        if not events:
            return
        if has_ids:
            self.take_once(path, number, str(own_id), tuple(events))
        else:
            self.events += events

    def take_once(self, path: str, number: int, own_id: str, events: tuple[Event, ...]) -> None:
        """Accept a row's events by its source and own id: the first time only, and never with other content."""
        identity = (events[0].source, own_id)
        place = self._places.get(identity)
        if place is None:
            self._places[identity] = (len(self.events), len(events))
            self.events += events
            return
        start, count = place
        earlier = self.events[start : start + count]
        if [_content(event) for event in earlier] == [_content(event) for event in events]:
            self.duplicates += 1
            # Whichever row is read first: what was known is known from the earliest telling on.
            self.events[start : start + count] = [
                min(pair, key=_known_first) for pair in zip(earlier, events, strict=True)
            ]
            return
        source = f" of {identity[0]}" if identity[0] else ""
        what = f"the id {own_id!r}{source} was told before with other content, at {earlier[0].evidence}"
        hint = "the first one counts; give a new event an id of its own"
        self.fault(path, number, "event-id-conflict", what, hint, field_name="id")

    def take_events(self, events: Iterable[Event]) -> None:
        """Accept events without ids as they are: every one counts."""
        self.events.extend(events)

    def fault(
        self,
        path: str,
        number: int,
        reason: str,
        what: str,
        hint: str,
        *,
        field_name: str = "",
        whole_file: bool | None = None,
    ) -> None:
        """Keep what is wrong with a row, or with the file as a whole: row 0 (unless it says otherwise), its header."""
        self.faults.append(
            EventFault(
                path=path,
                row=number,
                field=field_name,
                reason=reason,
                what=what,
                hint=hint,
                whole_file=number == 0 if whole_file is None else whole_file,
            )
        )

    def tell(self, path: str, done: int, total: int) -> None:
        """Tell how far the reading of a file is."""
        if self.progress is not None:
            self.progress(path, done, total)

    def finished(self) -> EventsRead:
        """All that was read so far."""
        return EventsRead(
            events=tuple(self.events),
            faults=tuple(self.faults),
            rows=self.rows,
            duplicates=self.duplicates,
            notes=tuple(self.notes),
        )

    def _zone_of(self, row: Mapping[str, object]) -> str | None:
        if callable(self.zone):
            agreement = row.get("agreement")
            return self.zone(agreement) if isinstance(agreement, str) else None
        return self.zone


def _content(event: Event) -> Event:
    return dataclasses.replace(event, evidence="", recorded_at=None)


def _known_first(event: Event) -> tuple[bool, int, str]:
    recorded = event.recorded_at
    return (recorded is not None, recorded or 0, event.evidence)
