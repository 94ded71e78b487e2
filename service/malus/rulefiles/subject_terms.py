"""Compiles the subjects that a file lists: sites, lines, priorities, customers, each with its kind and class.

Owns: their names, that no event could mean two of them, and what is part of what; which words name subjects of a kind.
Does not own: what is measured or charged for each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from malus.model.subjects import Subject, Subjects, single_kinds, together
from malus.rulefiles.documents import Item, Named, Unsound, sure
from malus.rulefiles.findings import did_you_mean
from malus.rulefiles.forms import Given
from malus.rulefiles.forms_subjects import SUBJECTS
from malus.rulefiles.scalars import FREE, NAME, NAME_OR_NAMES, VALUES
from malus.rulefiles.scope import Scope
from malus.rulefiles.subject_pairs import by_pair

T = TypeVar("T")


def subject_terms(scope: Scope) -> Subjects:
    """The listed subjects, by name; a faulty one is left out."""
    listed: list[Subject] = []
    called: dict[str, str] = {}
    for named in scope.top.get("subjects", SUBJECTS) or ():
        given = named.value
        if given is None:
            continue
        known_as = tuple(item.value for item in given.get("known_as", VALUES) or ())
        for text in dict.fromkeys((named.name, *known_as)):
            if text in called:
                what = f"`{text}` is what events call `{called[text]}` too: nobody knows which one they mean"
                at = given.at("known_as") if text in known_as else named.key
                given.reading.error("duplicate-name", at, what, hint="give each subject words of its own")
            called.setdefault(text, named.name)
        kind = given.get("kind", NAME)
        if kind is not None:
            listed.append(
                Subject(
                    name=named.name,
                    kind=kind,
                    title=given.get("title", FREE) or "",
                    of_class=given.get("class", NAME) or "",
                    part_of=_part_of(given, scope),
                    known_as=tuple(sorted(set(known_as) - {named.name})),
                )
            )
    subjects = Subjects(listed=tuple(sorted(listed, key=lambda subject: subject.name)))
    _refuse_circles(scope, subjects)
    return subjects


def kind_of(given: Given, scope: Scope) -> str | None:
    """The kind that `for_each` names, None where it is left out; Unsound where no subject is of that kind."""
    if not given.has("for_each"):
        return None
    told = given.must("for_each", NAME_OR_NAMES)
    kinds, sound = scope.subjects.kinds(), True
    for item in told:
        scope.used |= {("subject", name) for name in scope.subjects.of_kind(item.value)}
        if item.value not in kinds:
            sound = False
            if not scope.top.faulty("subjects"):
                example = f"list them: `subjects: {{rotterdam: {{kind: {item.value}}}}}`"
                what = f"no subject is of the kind `{item.value}`"
                hint = did_you_mean(item.value, kinds) if kinds else example
                given.reading.error("unknown-subject", item.node, what, hint=hint)
    if not sound or not told or not _are_apart(told, given, scope.subjects):
        raise Unsound
    return together(item.value for item in told)


def kind_told(given: Given) -> str | None:
    """The kind that `for_each` names, several as one, whatever the file lists."""
    if not given.has("for_each"):
        return None
    told = given.must("for_each", NAME_OR_NAMES)
    if not told:
        raise Unsound
    return together(item.value for item in told)


def by_subject(
    told: Sequence[Named[T]], kind: str | None, given: Given, key: str, scope: Scope
) -> tuple[tuple[str, T], ...]:
    """What a key says by name or class of the subjects of a kind: names first, each in the order of the alphabet.

    Every listed subject of the kind must be spoken of, so that none is left out in silence.
    """
    if kind is None:
        hint = "write `for_each:` with the kind of the subjects"
        given.reading.error(
            "missing-key", given.key_node(key), f"`{key}` differs by subject, and there is none", hint=hint
        )
        raise Unsound
    subjects, names = scope.subjects, scope.subjects.of_kind(kind)
    if len(single_kinds(kind)) > 1:
        return by_pair(told, kind, given, key, subjects)
    classes = {subjects.class_of(name) for name in names} - {""}
    sound = True
    for item in told:
        if item.name not in names and item.name not in classes:
            hint = did_you_mean(item.name, (*names, *sorted(classes)))
            what = f"`{item.name}` is neither a {kind} nor a class of them"
            given.reading.error("unknown-subject", item.key, what, hint=hint)
            sound = False
    words = {item.name for item in told}
    silent = [name for name in names if name not in words and subjects.class_of(name) not in words]
    if silent and sound:
        what = f"`{key}` says nothing for {len(silent)} of them: " + ", ".join(f"`{name}`" for name in silent[:5])
        given.reading.error("missing-key", given.key_node(key), what, hint="add them, by name or by class")
        sound = False
    if not sound or any(item.value is None for item in told):
        raise Unsound
    ordered = sorted(told, key=lambda item: (item.name not in names, item.name))
    return tuple((item.name, sure(item.value)) for item in ordered)


def _are_apart(told: Sequence[Item[str]], given: Given, subjects: Subjects) -> bool:
    """Whether kinds can be paired: each once, and none of them part of another, for then a pair says nothing new."""
    kinds = [item.value for item in told]
    for place, item in enumerate(told):
        if item.value in kinds[:place]:
            hint = "write each kind once"
            given.reading.error("duplicate-name", item.node, f"`{item.value}` stands twice in `for_each`", hint=hint)
            return False
        for other in kinds[:place]:
            for part, whole in ((item.value, other), (other, item.value)):
                name = next((name for name in subjects.of_kind(part) if subjects.at_or_above(name, whole)), None)
                if name is not None:
                    what = f"`{name}` is part of a {whole} already, so a {part} has no other {whole}"
                    given.reading.error("out-of-range", item.node, what, hint=f"write `for_each: {part}`")
                    return False
    return True


def _part_of(given: Given, scope: Scope) -> tuple[str, ...]:
    told = given.get("part_of", NAME_OR_NAMES) or ()
    names = scope.refer_all("subject", given, "part_of", tuple((item.value, item.node) for item in told))
    return tuple(sorted(names))


def _refuse_circles(scope: Scope, subjects: Subjects) -> None:
    for named in scope.top.get("subjects", SUBJECTS) or ():
        if named.value is not None and subjects.lies_in_itself(named.name):
            what = f"`{named.name}` is part of itself"
            at = named.value.at("part_of")
            named.value.reading.error("out-of-range", at, what, hint="name what is larger")
