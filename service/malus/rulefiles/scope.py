"""Knows every name that a file declares, and answers each reference to one or reports it.

Owns: names, whether something uses them, and the calendars that are built from them. A name whose declaration
is faulty is still known. Does not own: what indicators and clauses mean.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Final, Literal

from malus.model.agreement import Duty
from malus.model.calendars import Calendar
from malus.model.exchange import Exchange
from malus.model.faults import Place
from malus.model.subjects import Subjects
from malus.rulefiles.documents import NamesTo, Unsound
from malus.rulefiles.findings import Part, Reading, did_you_mean, part_of
from malus.rulefiles.forms import Given
from malus.rulefiles.forms_agreement import (
    CALENDARS,
    CHARGES,
    CONTACTS,
    CUSTOMER,
    EXCLUSIONS,
    PARTIES,
    PROVIDER,
    SERVICES,
)
from malus.rulefiles.forms_clauses import CLAUSES
from malus.rulefiles.forms_indicators import INDICATORS
from malus.rulefiles.forms_subjects import SUBJECTS
from malus.rulefiles.nodes import Node, Scalar
from malus.rulefiles.scalars import NAME
from malus.rulefiles.spelling import nearest

Sort = Literal["service", "subject", "charge", "calendar", "exclusion", "indicator", "clause", "contact"]
ALWAYS: Final = "always"


@dataclass(slots=True, kw_only=True)
class Scope:
    """The names of one file. A sort that is None could not be read, so nothing is said about its names."""

    top: Given
    zone: str
    declared: dict[Sort, dict[str, Scalar] | None]
    calendars: dict[str, Calendar] = field(default_factory=dict)
    subjects: Subjects = field(default_factory=Subjects)
    exchange: Exchange | None = None
    duties: dict[str, Duty] = field(default_factory=dict)
    used: set[tuple[Sort, str]] = field(default_factory=set)

    def refer(self, sort: Sort, name: str, at: Node | Part, reading: Reading) -> bool:
        """Whether the name is declared; a reference that is not gets its fault."""
        names = self.declared[sort]
        self.used.add((sort, name))
        if names is None or name in names:
            return True
        known = tuple(names)
        meant = nearest(name, known)
        hint = did_you_mean(name, known)
        also: tuple[tuple[Place, str], ...] = ()
        if meant is not None and names[meant].place.path:
            # The name that was meant is used, so nothing else is said about it.
            self.used.add((sort, meant))
            hint += f" declared on line {names[meant].place.line}"
            also = ((names[meant].place, "declared here"),)
        elif not known:
            hint = f"this file declares no {sort}"
        article = "an" if sort[0] in "aei" else "a"
        reading.error(f"unknown-{sort}", at, f"`{name}` is not {article} {sort}", hint=hint, also=also)
        return False

    def refer_all(self, sort: Sort, given: Given, key: str, names: tuple[tuple[str, Node], ...]) -> tuple[str, ...]:
        """The names of a list in its order; unknown ones and repeated ones are faults."""
        seen: list[str] = []
        for name, node in names:
            self.refer(sort, name, node, given.reading)
            if name in seen:
                hint = "write each name once"
                given.reading.error("duplicate-name", node, f"`{name}` stands twice in `{key}`", hint=hint)
            else:
                seen.append(name)
        return tuple(seen)

    def calendar(self, given: Given, key: str = "calendar") -> Calendar:
        """The calendar that a key names; Unsound where it is unknown or faulty."""
        name = given.must(key, NAME)
        self.refer("calendar", name, given.at(key), given.reading)
        return self.calendar_named(name)

    def calendar_named(self, name: str) -> Calendar:
        """A calendar of the file, or `always`; Unsound where it is unknown or faulty."""
        if name == ALWAYS:
            return always(self.zone)
        if name not in self.calendars:
            raise Unsound
        return self.calendars[name]

    def business_days(self, given: Given, what: str) -> Calendar:
        """The calendar of business days: the one beside them, else the file's; a fault without either."""
        if given.has("calendar"):
            return self.calendar(given)
        if not self.top.has("business_days"):
            hint = "add `calendar:` here, or `business_days:` for the whole file"
            fault = f"{what} need a calendar that says which days those are"
            given.reading.error("missing-key", given.label, fault, hint=hint)
            raise Unsound
        return self.calendar_named(self.top.must("business_days", NAME))


def declared_names(top: Given) -> dict[Sort, dict[str, Scalar] | None]:
    """Every declared name by sort; reports `always` where it is declared, and contacts of both parties."""
    declared: dict[Sort, dict[str, Scalar] | None] = {
        "service": _keys(top, "services", SERVICES),
        "subject": _keys(top, "subjects", SUBJECTS),
        "charge": _keys(top, "charges", CHARGES),
        "calendar": _keys(top, "calendars", CALENDARS),
        "exclusion": _keys(top, "exclusions", EXCLUSIONS),
        "indicator": _keys(top, "indicators", INDICATORS),
        "clause": _keys(top, "clauses", CLAUSES),
        "contact": _contacts(top),
    }
    calendars = declared["calendar"]
    if calendars is not None:
        if ALWAYS in calendars:
            hint = "`always` is round the clock, and needs no declaration"
            top.reading.error("duplicate-name", calendars[ALWAYS], "`always` cannot be declared", hint=hint)
        nowhere = Place(path="", line=1, column=1)
        calendars.setdefault(ALWAYS, Scalar(text=ALWAYS, place=nowhere, span=0))
    return declared


def always(zone: str) -> Calendar:
    """The predefined calendar that is open round the clock."""
    return Calendar(name=ALWAYS, zone=zone, always=True, horizon_start=datetime.date.min, horizon_end=datetime.date.max)


def _keys(given: Given, key: str, kind: NamesTo[Given]) -> dict[str, Scalar] | None:
    if given.faulty(key):
        return None
    return {named.name: named.key for named in given.get(key, kind) or ()}


def _contacts(top: Given) -> dict[str, Scalar] | None:
    parties = top.get("parties", PARTIES)
    if parties is None:
        return None
    both = [parties.get("provider", PROVIDER), parties.get("customer", CUSTOMER)]
    names: dict[str, Scalar] = {}
    unread = False
    for party in both:
        keys = None if party is None else _keys(party, "contacts", CONTACTS)
        unread = unread or keys is None
        for name, key in (keys or {}).items():
            if name in names:
                part = part_of(names[name])
                top.reading.error(
                    "duplicate-name",
                    key,
                    f"`{name}` is a contact of both parties",
                    hint="a step names a contact, so each needs a name of its own",
                    also=((part.place, "the other one"),),
                )
            names.setdefault(name, key)
    return None if unread else names
