"""What stands of all that was told: corrected by nothing, taken back by nothing.

Owns: who names whom, and rivals. Does not own: what was known by a moment (`world`), or what any event means.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from malus.model import events as told
from malus.model.event_corrections import Retraction

#: A source and the id of an event there, or of the row that told it.
Name = tuple[str, str]


class RivalsError(Exception):
    """Corrections that cannot all be right: nobody can say what stands."""


class Standing:
    """What counts of events that were told once each.

    `kept`: the events that count. `remarks`: the id of each that does not, or that names what nobody told, with what
    is said of it. `edges`: the boundaries that were met on the way.
    """

    def __init__(self, events: Iterable[Any]) -> None:
        self.edges: set[str] = set()
        self.remarks: dict[str, list[str]] = {}
        events = list(events)
        self._rows: dict[Name, list[Any]] = {}
        for one in events:
            if one.id is not None:
                self._rows.setdefault(_row_of(one), []).append(one)
        self._all = {name for one in events if one.id is not None for name in _names_of(one)}
        self._known: dict[Name, bool | None] = {}
        for name in {_target(one) for one in events if one.corrects is not None} - self._all:
            self._refuse_rivals(name, self._naming({name}, None))
        self.kept = [one for one in events if self._counts(one)]

    def _counts(self, one: Any) -> bool:
        if one.id is None:
            return True
        naming, corrections = self._refuse_rivals(one.id, self._naming_event(one))
        self._met(one, naming, corrections)
        if naming:
            self.remarks.setdefault(one.id, []).append("corrected" if corrections else "retracted")
        if one.corrects is not None and _target(one) not in self._all:
            self._edge("a correction of what nobody told", when=not isinstance(one, Retraction))
            self._edge("a taking back of what nobody told", when=isinstance(one, Retraction))
            self.remarks.setdefault(one.id, []).append("corrects-nothing")
        return not naming and not isinstance(one, Retraction)

    def _refuse_rivals(self, what: Any, naming: list[Name]) -> tuple[list[Name], list[Name]]:
        """Of the rows that name an event those that stand, and of these the corrections."""
        naming = [name for name in naming if self._stands(name)]
        corrections = [name for name in naming if not self._takes_back(name)]
        if len(corrections) > 1 or (corrections and len(naming) > len(corrections)):
            raise RivalsError(what, naming)
        return naming, corrections

    def _stands(self, row: Name) -> bool:
        """Whether some of what a row told is not taken back."""
        if row in self._known:
            answer = self._known[row]
            if answer is None:
                raise RivalsError(row)
            return answer
        self._known[row] = None
        self._known[row] = any(not self._taken_back(one) for one in self._rows[row])
        return bool(self._known[row])

    def _taken_back(self, one: Any) -> bool:
        return any(self._takes_back(name) and self._stands(name) for name in self._naming_event(one))

    def _naming_event(self, one: Any) -> list[Name]:
        """The rows that name an event, or the row that told it."""
        return self._naming(_names_of(one), _row_of(one))

    def _naming(self, names: set[Name], own: Name | None) -> list[Name]:
        return sorted(
            name
            for name, facts in self._rows.items()
            if name != own and any(fact.corrects is not None and _target(fact) in names for fact in facts)
        )

    def _takes_back(self, row: Name) -> bool:
        return any(isinstance(one, Retraction) for one in self._rows[row])

    def _met(self, one: Any, naming: Sequence[Name], corrections: Sequence[Name]) -> None:
        back = [name for name in self._naming_event(one) if name not in naming]
        by_row = any(_target(fact) != (one.source, one.id) for name in naming for fact in self._rows[name])
        self._edge("an event is corrected", when=bool(corrections) and one.corrects is None)
        self._edge("a correction is corrected", when=bool(corrections) and one.corrects is not None)
        self._edge("an event is taken back", when=bool(naming) and not corrections and one.corrects is None)
        self._edge("a whole row is corrected", when=bool(corrections) and by_row)
        self._edge("a whole row is taken back", when=bool(naming) and not corrections and by_row)
        self._edge("a taking back is taken back", when=any(self._takes_back(name) for name in back))
        self._edge("a correction is taken back", when=any(not self._takes_back(name) for name in back))
        self._edge("corrected by another source", when=any(name[0] != one.source for name in naming))
        self._edge("taken back twice", when=len(naming) > 1)

    def _edge(self, name: str, *, when: bool) -> None:
        if when:
            self.edges.add(name)


def _row_of(one: Any) -> Name:
    """The row of a whole incident, of whose transitions each is a fact of its own; any other event is a row."""
    end = f"#{one.transition}" if isinstance(one, told.Incident) else ""
    return (one.source, one.id.removesuffix(end) if end else one.id)


def _names_of(one: Any) -> set[Name]:
    return {(one.source, one.id), _row_of(one)}


def _target(one: Any) -> Name:
    return (one.corrects_source or one.source, one.corrects)
