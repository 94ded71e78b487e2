"""The listed subjects of an agreement: whom a fact counts for, who is part of what, and whose limit or amount holds.

Owns: its own reading of the list that the terms give, pairs of two kinds among them. Does not own: what is measured or
paid for any of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

from malus.model.agreement import ChargeTerms, Terms

PRIORITY = "priority"


def kinds_in(kind: str) -> list[str]:
    """The single kinds of which one is made: `line and priority` is every line with every priority."""
    return kind.split(" and ")


def of_kind(terms: Terms, kind: str) -> list[str]:
    """Every subject of a kind, by name; of two kinds every pair."""
    single = [[one.name for one in terms.subjects.listed if one.kind == part] for part in kinds_in(kind)]
    return sorted("/".join(pair) for pair in product(*single))


def meant(terms: Terms, text: str | None) -> str | None:
    """The subject, or pair of them, that an event means by a name of its own."""
    if text is not None and "/" in text:
        members = [meant(terms, part) for part in text.split("/")]
        return "/".join(one for one in members if one) if all(members) else None
    return next((one.name for one in terms.subjects.listed if text in {one.name, *one.known_as}), None)


def at_or_above(terms: Terms, name: str, kind: str) -> list[str]:
    """Those of a kind that a subject is, or that it is part of, however far up; a pair is part of its members."""
    if len(kinds_in(kind)) > 1:
        return ["/".join(pair) for pair in product(*(at_or_above(terms, name, part) for part in kinds_in(kind)))]
    reached = set(name.split("/"))
    while True:
        more = {whole for one in terms.subjects.listed if one.name in reached for whole in one.part_of}
        if more <= reached:
            break
        reached |= more
    return sorted(one.name for one in terms.subjects.listed if one.name in reached and one.kind == kind)


def counted(terms: Terms, texts: Iterable[str], kind: str) -> set[str]:
    """The subjects of a kind that facts naming these count for: those named, and what they are part of."""
    named = [name for text in texts if (name := meant(terms, text)) is not None]
    single = [{above for name in named for above in at_or_above(terms, name, part)} for part in kinds_in(kind)]
    return {"/".join(pair) for pair in product(*single)}


def told_of(*facts: Any) -> set[str]:
    """What facts about one thing name together, in their own words."""
    named = {text for one in facts for text in (*one.subjects, getattr(one, "site", None))}
    return named - {None}


def excuses(terms: Terms, event: Any, whose: str, single: Sequence[str] = ()) -> bool:
    """Whether an exclusion holds for a subject: it names nobody, the subject, or what the subject is part of.

    It holds too for one incident or delivery all of whose subjects (`single`) it holds for.
    """
    if not event.subjects:
        return True
    named = {meant(terms, text) for text in event.subjects} - {None}
    if whose and named & ({whose} | _all_above(terms, whose)):
        return True
    return bool(single) and all(named & _all_above(terms, name) for name in single)


def concerning(terms: Terms, texts: Iterable[str], kind: str | None, whose: str) -> list[str]:
    """The subjects that one incident or delivery names, without those that belong to another than is judged."""
    members = set(whose.split("/"))
    named = sorted({name for text in texts if (name := meant(terms, text)) is not None})
    elsewhere = {
        name
        for name in named
        for part in ([] if kind is None else kinds_in(kind))
        if (above := set(at_or_above(terms, name, part))) and not above & members
    }
    return [name for name in named if name not in elsewhere]


def charged_for(terms: Terms, item: ChargeTerms, whose: str) -> list[str]:
    """Those whose charges count: the subject or its wholes, else its parts, else all of the kind."""
    assert item.for_each is not None
    everyone = of_kind(terms, item.for_each)
    if not whose:
        return everyone
    above = [one for one in everyone if one in at_or_above(terms, whose, item.for_each)]
    return above or [one for one in everyone if whose in _all_above(terms, one)] or everyone


def _all_above(terms: Terms, name: str) -> set[str]:
    return {above for kind in {one.kind for one in terms.subjects.listed} for above in at_or_above(terms, name, kind)}


def held_by(terms: Terms, kind: str | None, whose: str) -> str:
    """The subject of a cap's kind, or of an option's, under which a credit falls; all together where it has none."""
    if kind is None or not whose:
        return ""
    return next(iter(at_or_above(terms, whose, kind)), "")


def names(terms: Terms, told: str | None, whose: str, incident: str = "") -> bool:
    """Whether what an act names is a subject or its incident; one that names nobody speaks of any."""
    if told is None or told in {whose, incident} - {""}:
        return True
    return bool(whose) and meant(terms, told) == whose


def for_subject(entries: Sequence[tuple[str | None, Any]], terms: Terms, whose: str) -> Any:
    """What holds for a subject: what is said of its name, else of its class, else of all.

    Of a pair: its own name, a pair with a class in it, a member alone, the class of one.
    """
    by_whom = dict(entries)
    members = whose.split("/")
    classes = [next((one.of_class for one in terms.subjects.listed if one.name == name), "") for name in members]
    keys = [whose, *("/".join(pair) for pair in product(*zip(members, classes, strict=True))), *members, *classes]
    return next((by_whom[key] for key in keys if key and key in by_whom), by_whom.get(None))
