"""The text of a scenario becomes what happens and what is expected, with every fault found in one run. Start here.

Owns: the journey of one file, and which faulty lines are meant to be refused. Does not own: the keys
(scenarios_forms), events (scenarios_events), expectations (scenarios_expected), or playing it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass

from malus.model.agreement import Terms
from malus.model.events import Event
from malus.model.faults import Diagnostic, Severity, in_reading_order
from malus.model.instants import CivilTimeFault, Instant, parse_instant
from malus.rulefiles.documents import Item, Kind, Unsound
from malus.rulefiles.findings import Reading
from malus.rulefiles.forms import Given
from malus.rulefiles.reader import read_document
from malus.rulefiles.scalars import FREE, SOURCE, VALUE
from malus.rulefiles.scenarios_events import EventLine, event_line, report
from malus.rulefiles.scenarios_expect_forms import EXPECTATIONS
from malus.rulefiles.scenarios_expected import Expectation, ExpectedRefusal, expectation
from malus.rulefiles.scenarios_forms import CHARGES, EVENTS, OPENINGS, SCENARIO, YES


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What happens, asked as of a moment, and what is expected of it.

    `lines` are all lines that tell events, those that are refused included; `line` is where the file's title stands.
    """

    path: str
    line: int
    title: str
    source: str
    as_of: Instant
    known_at: Instant | None
    lines: tuple[EventLine, ...]
    expected: tuple[Expectation, ...]
    nothing_else: bool

    def events(self) -> tuple[Event, ...]:
        """Every event that the lines tell, in the order of the file."""
        return tuple(event for line in self.lines for event in line.events)

    def line_called(self, name: str) -> tuple[EventLine, ...]:
        """The event lines that go by an id or a subject, or the one at a place among `events`."""
        named = tuple(line for line in self.lines if name in line.names)
        if named or not name.isdecimal():
            return named
        return tuple(line for line in self.lines if line.number == int(name))


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledScenario:
    """What became of a file: its scenario, None where there is any error, and everything there is to say."""

    path: str
    title: str
    scenario: Scenario | None
    diagnostics: tuple[Diagnostic, ...]
    lines: tuple[str, ...]


def terms_label(data: bytes | str, path: str) -> str | None:
    """The label of the one rule file that a scenario asks for; None where it asks for all, or cannot be read."""
    root = read_document(data, path).root
    node = None if root is None else root.get("terms")
    return None if node is None else VALUE.read(node, Reading(path=path))


def compile_scenario(data: bytes | str, path: str, terms: Sequence[Terms]) -> CompiledScenario:
    """The scenario of a file, and all of its faults in reading order. Never raises, whatever the text.

    `terms` are those it is played by: times are read in their zone, amounts in their currency, clauses must be theirs.
    With none (their files have errors) times are read as UTC and names are not checked. A line that its field faults
    keep from being an event is a fault of the file, unless an expectation names it as refused.
    """
    document = read_document(data, path)
    reading = Reading(path=path, currency=terms[0].currency if terms else None, found=list(document.diagnostics))
    top = None if document.root is None else SCENARIO.read(document.root, reading)
    scenario = None if top is None else _scenario(top, path, terms)
    faults = in_reading_order(reading.found)
    if any(fault.severity is Severity.ERROR for fault in faults):
        scenario = None
    return CompiledScenario(
        path=path,
        title="" if top is None else top.get("scenario", FREE) or "",
        scenario=scenario,
        diagnostics=faults,
        lines=document.lines,
    )


def _scenario(top: Given, path: str, terms: Sequence[Terms]) -> Scenario | None:
    zone = terms[0].timezone if terms else "UTC"
    agreement = terms[0].agreement if terms else "-"
    as_of, known_at = _moment(top, "as_of", zone), _moment(top, "known_at", zone)
    lines = [
        event_line(item.value, number, agreement=agreement, zone=zone)
        for number, item in enumerate(top.get("events", EVENTS) or (), start=1)
    ]
    beside: tuple[Kind[tuple[Item[Given], ...]], ...] = (CHARGES, OPENINGS)
    for key, kind in zip(("charges", "opening"), beside, strict=True):
        lines += [event_line(item.value, 0, agreement=agreement, zone=zone) for item in top.get(key, kind) or ()]
    clauses = tuple(dict.fromkeys(clause.name for text in terms for clause in text.clauses))
    expected: list[Expectation] = []
    for item in top.get("expect", EXPECTATIONS) or ():
        # A faulty line is reported already; the others are still read.
        with contextlib.suppress(Unsound):
            expected.append(expectation(item.value, zone=zone, clauses=clauses))
    scenario = Scenario(
        path=path,
        line=top.node.place.line,
        title=top.get("scenario", FREE) or "",
        source=top.get("source", SOURCE) or "",
        as_of=as_of or 0,
        known_at=known_at,
        lines=tuple(lines),
        expected=tuple(expected),
        nothing_else=top.get("nothing_else", YES) or False,
    )
    _report_unmeant(top, scenario)
    # Without its moment there is no scenario, but its lines have been read for what is wrong with them.
    return None if as_of is None else scenario


def _moment(top: Given, key: str, zone: str) -> Instant | None:
    text = top.get(key, VALUE)
    if text is None:
        return None
    try:
        return parse_instant(text, zone)
    except CivilTimeFault as fault:
        what, _, hint = fault.message.partition(": ")
        top.reading.error(fault.reason, top.at(key), what, hint=hint)
        return None


def _report_unmeant(top: Given, scenario: Scenario) -> None:
    """Report the faults of every line that no expectation names as refused, and refusals that name no line."""
    meant: set[str] = set()
    for item in scenario.expected:
        if not isinstance(item, ExpectedRefusal):
            continue
        lines = scenario.line_called(item.event)
        meant |= {line.evidence for line in lines}
        if not lines:
            node = next(
                given.value.at("event")
                for given in top.get("expect", EXPECTATIONS) or ()
                if given.value.node.place.line == item.line and given.value.has("event")
            )
            hint = "write its `id`, its subject, or its place among `events`, from 1"
            top.reading.error("unknown-event", node, f"no event line is called `{item.event}`", hint=hint)
    for line in scenario.lines:
        if line.evidence not in meant:
            report(line, top.reading)
