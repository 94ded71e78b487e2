"""Owns how `malus demo` plays a year: which fact is told when, and the calls that tell them and move time on.

Does not own: the service, what is shown, or any judging; everything here goes through the client library.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

from malus.model.faults import MalusError
from malus.model.instants import CivilTimeFault, Instant, civil_day, parse_instant, start_of_day

if TYPE_CHECKING:
    from malus_client import Client, EventResult

#: Columns that hold moments: a fact without `recorded_at` is told at the last of them.
_MOMENTS: Final = ("start", "end", "accepted", "responded", "workaround", "at", "announced_at", "reported_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A row of an event file and the moment at which it is told; `place` is file and line."""

    at: Instant
    row: Mapping[str, str]
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What became of the facts, by outcome; in how many calls; and those that were refused, with their places."""

    rows: int
    outcomes: Mapping[str, int]
    calls: int
    months: int
    refused: tuple[tuple[str, EventResult], ...]


def told_in(folder: Path, zones: Mapping[str, str]) -> tuple[Told, ...]:
    """The rows of the CSV files of a folder, in the order in which they are told; of equal moments, as they stand.

    A fact is told at its `recorded_at`, else at the last moment it names: nobody tells of an outage before its end.
    Raises MalusError `no-event-files`.
    """
    rows = [read for path in sorted(folder.glob("*.csv")) for read in _rows_of(path)]
    heard = [_told_at(row, zones.get(row.get("agreement", ""), "UTC")) for row, _ in rows]
    first = min((at for at in heard if at is not None), default=None)
    if first is None:
        what = f"{folder} holds no event that says when: name a folder of .csv files"
        raise MalusError("no-event-files", what, {"folder": str(folder)})
    # A row without a moment that can be read is told first: the service says what is wrong with it.
    facts = [
        Told(at=first if at is None else at, row=row, place=place) for at, (row, place) in zip(heard, rows, strict=True)
    ]
    return tuple(sorted(facts, key=lambda fact: fact.at))


def play(
    client: Client,
    facts: Sequence[Told],
    agreements: Sequence[str],
    until: Instant,
    tell: Callable[[str, int, int], None],
) -> Played:
    """Tell the facts month by month, and at the end of each move every agreement's clock there, up to `until`.

    A call carries what one agreement heard in one month, judged as of the last of it. Facts told later than `until` are
    left out.
    """
    months = tuple(_month_ends(facts[0].at, until))
    outcomes: Counter[str] = Counter()
    refused: list[tuple[str, EventResult]] = []
    begun, calls = facts[0].at, 0
    for place, end in enumerate(months):
        tell(f"months up to {civil_day(until - 1, 'UTC'):%Y-%m}", place, len(months))
        heard = [fact for fact in facts if begun <= fact.at < end]
        for _, group in groupby(sorted(heard, key=_agreement_of), key=_agreement_of):
            own = list(group)
            sent = client.send([fact.row for fact in own], as_of=own[-1].at)
            outcomes.update(result.outcome for result in sent.results)
            refused += [(own[result.row].place, result) for result in sent.refused]
            calls += 1
        for agreement in agreements:
            client.advance(agreement, end)
            calls += 1
        begun = end
    return Played(
        rows=sum(fact.at < until for fact in facts),
        outcomes=outcomes,
        calls=calls,
        months=len(months),
        refused=tuple(refused),
    )


def _rows_of(path: Path) -> Iterator[tuple[dict[str, str], str]]:
    with path.open(encoding="utf-8", newline="") as file:
        # Cells beyond the header are left out: what is wrong with a row, the service says.
        for number, row in enumerate(csv.DictReader(file, restkey="", restval=""), start=2):
            row.pop("", None)
            yield row, f"{path}:{number}"


def _told_at(row: Mapping[str, str], zone: str) -> Instant | None:
    named = [row["recorded_at"]] if row.get("recorded_at") else [row[name] for name in _MOMENTS if row.get(name)]
    moments = []
    for text in named:
        try:
            moments.append(parse_instant(text, zone))
        except CivilTimeFault:
            continue  # refused with its reason, whenever it is told
    return max(moments, default=None)


def _month_ends(first: Instant, until: Instant) -> Iterator[Instant]:
    """The first instants of the months after `first`, in UTC, and `until` as the last."""
    day = civil_day(first, "UTC")
    while True:
        day = day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1, day=1)
        end = start_of_day(day, "UTC")
        if end >= until:
            yield until
            return
        yield end


def _agreement_of(fact: Told) -> str:
    return fact.row.get("agreement", "")
