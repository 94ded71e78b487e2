"""Owns a whole incident told in one row: the transitions it becomes, and the name of one that has none.

Does not own: the reading of the row's values (event_rows), or how transitions are judged.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any, Final, TypeAlias

from malus.model.events import Incident, Transition
from malus.model.instants import utc_text

#: How often a row without any id was seen, by agreement and content: equal rows are numbered.
Occurrences: TypeAlias = MutableMapping[tuple[str, str], int]

#: The columns of a whole incident that become transitions, in the order in which they are written.
TRANSITIONS: Final = (
    ("start", Transition.OPENED),
    ("accepted", Transition.ACCEPTED),
    ("responded", Transition.RESPONDED),
    ("workaround", Transition.WORKAROUND),
    ("end", Transition.RESOLVED),
)


def whole_incident(values: Mapping[str, Any], evidence: str, occurrences: Occurrences | None) -> tuple[Incident, ...]:
    """The transitions of a whole incident told in one row, from values that were read already.

    The incident is `incident_id`, else the row's `id`, else a name made of the content. With an id, its facts
    have the ids `<id>#opened`, `<id>#resolved` and so on; the opening carries the priority.
    """
    own_id = values.get("id")
    subject = values.get("incident_id") or own_id or _content_name(values, occurrences)
    return tuple(
        Incident(
            agreement=values["agreement"],
            id=f"{own_id}#{transition.value}" if own_id else None,
            source=values.get("source", ""),
            sequence=values.get("sequence"),
            recorded_at=values.get("recorded_at"),
            evidence=evidence,
            incident_id=subject,
            transition=transition,
            at=values[column],
            service=values.get("service"),
            priority=values.get("priority") if transition is Transition.OPENED else None,
            site=values.get("site"),
            subjects=values.get("subjects", ()),
            corrects=values.get("corrects"),
            corrects_source=values.get("corrects_source", ""),
        )
        for column, transition in TRANSITIONS
        if values.get(column) is not None
    )


def _content_name(values: Mapping[str, Any], occurrences: Occurrences | None) -> str:
    """A name for an incident that has none: its times and all else the row says, numbered from the second."""
    instants = ("accepted", "responded", "workaround", "recorded_at")
    end = values.get("end")
    parts = [f"{utc_text(values['start'])}..{'' if end is None else utc_text(end)}"]
    parts += [f"{name}={utc_text(values[name])}" for name in instants if values.get(name) is not None]
    parts += [
        f"{name}={_escaped(values[name])}"
        for name in ("priority", "service", "site", "source", "sequence", "corrects", "corrects_source")
        if values.get(name) not in (None, "")
    ]
    parts += [f"subjects={_escaped(';'.join(values['subjects']))}"] if values.get("subjects") else []
    name = ",".join(parts)
    if occurrences is None:
        return name
    key = (values["agreement"], name)
    seen = occurrences[key] = occurrences.get(key, 0) + 1
    return name if seen == 1 else f"{name}#{seen}"


def _escaped(value: object) -> str:
    # Two different rows must never share a name, whatever characters their values hold.
    return str(value).replace("%", "%25").replace(",", "%2C").replace("#", "%23")
