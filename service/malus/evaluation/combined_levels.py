"""Owns which levels a combined indicator takes: of which periods, indicators or subjects, under whatever names.

Does not own: the arithmetic (measures.combining), nor the measuring of the parts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from malus.evaluation.in_force import Run, Thread
from malus.evaluation.settling import settled
from malus.measures.combining import Part, combined_level
from malus.model.combined import Combined
from malus.model.indicators import Indicator
from malus.model.measurement import Measurement
from malus.model.periods import Period
from malus.model.quantities import Level
from malus.model.subjects import Subjects


@dataclass(slots=True, kw_only=True)
class CombinedLevels:
    """The levels of every indicator that others are made of, each measured once, through all amendments.

    `measured` measures a run for one subject (empty: the whole).
    """

    threads: Sequence[Thread]
    measured: Callable[[Run, str], list[Measurement]]
    _told: dict[tuple[int, str], list[Part]] = field(default_factory=dict)

    def levels(self, run: Run, indicator: Combined, whose: str, subjects: Subjects) -> list[Measurement]:
        """The level of each period of a run."""
        named = [run.terms.indicator(name) for name in indicator.indicators]
        sources = [self.history(run.place, part, whose) for part in named if indicator.over != "subjects"]
        if indicator.over == "subjects":
            kind = named[0].for_each or ""
            sources = [
                [_called(part, subject) for part in self.history(run.place, named[0], subject)]
                for subject in subjects.of_kind(kind)
            ]
        elif indicator.over == "indicators":
            sources = [
                [_called(part, name) for part in parts]
                for name, parts in zip(indicator.indicators, sources, strict=True)
            ]
        return [self._level(indicator, period, sources) for period in run.periods]

    def _level(self, indicator: Combined, period: Period, sources: Sequence[Sequence[Part]]) -> Measurement:
        if indicator.over == "periods" and indicator.last is not None:
            past = [part for part in sources[0] if part.measurement.period.start < period.end]
            parts = past[-indicator.last :]
            too_few = indicator.fewer == "no_data" and len(parts) < indicator.last
            return combined_level(indicator, period, parts, too_few=too_few)
        inside = [
            part for source in sources for part in source if period.start <= part.measurement.period.start < period.end
        ]
        return combined_level(indicator, period, inside, too_few=False)

    def history(self, place: int, indicator: Indicator, whose: str) -> Sequence[Part]:
        """Every level that an indicator of the terms at a place has had, in order of time, each called by its period.

        None yet where its periods under these terms are still to come, and it had none before.
        """
        name = (place, indicator.name)
        number = next((number for number, thread in enumerate(self.threads) if name in thread.named), None)
        if number is None:
            return ()
        if (number, whose) not in self._told:
            parts: list[Part] = []
            previous: Level | None = None
            for run in self.threads[number].runs:
                if not _measured_for(run, whose):
                    continue
                for measurement in self.measured(run, whose):
                    held, exact = settled(run.indicator, measurement, previous)
                    previous = exact if exact is not None else previous
                    parts.append(Part(name=held.period.label, measurement=held, exact=exact))
            self._told[number, whose] = parts
        return self._told[number, whose]


def _measured_for(run: Run, whose: str) -> bool:
    """Whether the terms of a run measure an indicator for a subject; where they do not, it has no level under them."""
    kind = run.indicator.for_each
    return whose in run.terms.subjects.of_kind(kind) if kind is not None else not whose


def _called(part: Part, name: str) -> Part:
    return Part(name=name, measurement=part.measurement, exact=part.exact)
