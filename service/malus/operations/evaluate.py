"""Owns the question "what follows for these agreements from these events": files in, assessments out.

Does not own: the judgement (evaluation), the reading of files (event_files, agreements), or how it is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Protocol

from malus.model.agreement import Terms
from malus.model.assessment import Assessment, EventRemark
from malus.model.calendars import HorizonFault
from malus.model.events import Event, event_name
from malus.model.faults import Diagnostic, MalusError
from malus.model.instants import CivilTimeFault, Instant, parse_instant
from malus.operations.agreements import LoadedRules, LoadProgress, load_agreements
from malus.operations.compiled_files import CompiledFiles
from malus.operations.event_files import EventFault, Progress, read_events


class Judge(Protocol):
    """The one judgement: terms and events in, an assessment out; the same wherever it is asked."""

    def __call__(
        self, terms: Sequence[Terms], events: Sequence[Event], *, as_of: Instant, known_at: Instant | None
    ) -> Assessment: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NotJudged:
    """An agreement without an answer, and why."""

    agreement: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateAnswer:
    """The assessments, by agreement, and everything that kept something out of them.

    `not_judged`: agreements whose rule files have errors (reason `rule-faults`) or that could not be worked
    out. `faults`: rows that are no events. `remarks`: events of agreements that no rule file declares; what
    became of other events stands in the assessments. `duplicates` counts repeated rows.
    """

    assessments: tuple[Assessment, ...]
    terms: Mapping[str, tuple[Terms, ...]]
    not_judged: tuple[NotJudged, ...]
    faults: tuple[EventFault, ...]
    remarks: tuple[EventRemark, ...]
    diagnostics: tuple[Diagnostic, ...]
    lines: Mapping[str, tuple[str, ...]]
    events: int
    duplicates: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Who is told how far the work is; each may be left out."""

    loading: LoadProgress | None = None
    reading: Progress | None = None
    judging: Callable[[str, int, int], None] | None = None


def evaluate(
    rule_paths: Sequence[Path],
    event_paths: Sequence[Path],
    *,
    as_of: str | Instant,
    known_at: str | Instant | None = None,
    agreements: Collection[str] = (),
    judge: Judge,
    watch: Watch | None = None,
    remembered: CompiledFiles | None = None,
) -> EvaluateAnswer:
    """Judge every agreement of the rule files by the events, as of a moment and as known at a moment.

    Moments are instants, RFC 3339, or civil text in the agreements' time zone where all share one.
    `agreements` names the only ones to judge (empty: all). An agreement with a rule error is not
    judged, the others are; one without events is judged all the same. Events are held in memory, all at once.
    `remembered`: see `load_agreements`.
    Raises MalusError: `no-rule-files`, `malformed-moment`, `unknown-agreement` (one asked for by name).
    """
    watch = watch or Watch()
    rules = load_agreements(rule_paths, progress=watch.loading, remembered=remembered)
    known = {item.name for item in rules.agreements}
    for name in agreements:
        if name not in known:
            raise MalusError("unknown-agreement", _unknown(name, known), {"agreement": name})
    moment = moment_of(as_of, rules, "as-of", agreements)
    known_moment = None if known_at is None else moment_of(known_at, rules, "known-at", agreements)
    # An unknown agreement is remarked as such below; its civil times must not be a fault before that.
    zones = {item.name: item.timezone or "UTC" for item in rules.agreements}
    read = read_events(event_paths, lambda name: zones.get(name, "UTC"), progress=watch.reading)
    by_agreement: dict[str, list[Event]] = {}
    for event in read.events:
        by_agreement.setdefault(event.agreement, []).append(event)
    wanted = {name: terms for name, terms in rules.judged().items() if not agreements or name in agreements}
    assessments: list[Assessment] = []
    not_judged = [
        _refused(item.name)
        for item in rules.agreements
        if item.is_refused and (not agreements or item.name in agreements)
    ]
    for place, (name, terms) in enumerate(wanted.items()):
        if watch.judging is not None:
            watch.judging(name, place, len(wanted))
        try:
            assessments.append(judge(terms, by_agreement.get(name, ()), as_of=moment, known_at=known_moment))
        except HorizonFault as fault:
            not_judged.append(NotJudged(agreement=name, reason="beyond-horizon", message=str(fault)))
        except MalusError as fault:
            not_judged.append(NotJudged(agreement=name, reason=fault.reason, message=fault.message))
    if watch.judging is not None:
        watch.judging("", len(wanted), len(wanted))
    return EvaluateAnswer(
        assessments=tuple(assessments),
        terms=wanted,
        not_judged=tuple(not_judged),
        faults=read.faults,
        remarks=_strangers(by_agreement, known),
        diagnostics=rules.diagnostics,
        lines=rules.lines,
        events=len(read.events),
        duplicates=read.duplicates,
        notes=read.notes,
    )


def moment_of(moment: str | Instant, rules: LoadedRules, called: str, agreements: Collection[str] = ()) -> Instant:
    """The instant of a moment that a person wrote: RFC 3339, or civil where all agreements share a time zone.

    Raises MalusError `malformed-moment` saying what to write; `called` is the name the moment goes by.
    """
    if isinstance(moment, int):
        return moment
    zones = {
        item.timezone
        for item in rules.agreements
        if item.timezone is not None and (not agreements or item.name in agreements)
    }
    try:
        return parse_instant(moment, next(iter(zones)) if len(zones) == 1 else None)
    except CivilTimeFault as fault:
        why = f"; these agreements lie in {len(zones)} time zones" if len(zones) > 1 else ""
        raise MalusError("malformed-moment", f"{called}: {fault}{why}", {called: moment}) from None


def _unknown(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, sorted(known), n=1)
    hint = f"did you mean {near[0]}?" if near else "these rule files declare " + _some(known)
    return f"no rule file declares the agreement {name!r}: {hint}"


def _some(names: Collection[str]) -> str:
    ordered = sorted(names)
    return ", ".join(ordered[:5]) + (f" and {len(ordered) - 5} more" if len(ordered) > 5 else "")


def _refused(name: str) -> NotJudged:
    message = "its rule files have errors, so nothing of it was judged; correct them and ask again"
    return NotJudged(agreement=name, reason="rule-faults", message=message)


def _strangers(by_agreement: Mapping[str, Sequence[Event]], known: Collection[str]) -> tuple[EventRemark, ...]:
    """A remark for each agreement that events name and no rule file declares."""
    remarks = []
    for name in sorted(set(by_agreement) - set(known)):
        events = by_agreement[name]
        first = min(events, key=event_name)
        rows = len({event.evidence for event in events})  # a whole incident in one row is several facts
        counted = f"{rows} event{'s' if rows > 1 else ''} judged nothing: "
        remarks.append(
            EventRemark(
                event=event_name(first),
                reason="unknown-agreement",
                message=counted + _unknown(name, known),
                evidence=first.evidence,
            )
        )
    return tuple(remarks)
