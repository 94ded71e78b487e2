"""Compiles groups of options: credits of which one option is paid.

Owns: which clauses may stand in an option. Does not own: which option is taken.
"""

from __future__ import annotations

from functools import partial

from malus.model.clauses import INCIDENT, ChoiceTerms, OneOf
from malus.rulefiles import forms_caps as forms
from malus.rulefiles.deadline_terms import due_terms
from malus.rulefiles.documents import Item, Unsound, built, sure
from malus.rulefiles.forms import Given
from malus.rulefiles.forms_clauses import CLAUSES
from malus.rulefiles.scalars import CYCLE, NAME, SOURCE
from malus.rulefiles.scope import Scope
from malus.rulefiles.subject_terms import kind_of, kind_told


def option_groups(scope: Scope) -> dict[str, OneOf]:
    """Every group of options without a fault, by name, in the order in which they are looked at."""
    groups: dict[str, OneOf] = {}
    for item in scope.top.get("one_of", forms.ONE_OF) or ():
        name = item.value.get("name", NAME)
        if name is not None and name in groups:
            what = f"two groups are called `{name}`"
            item.value.reading.error("duplicate-name", item.value.at("name"), what, hint="give each a name of its own")
        group = built(partial(_group, item.value, scope))
        if group is not None:
            groups[group.name] = group
    return groups


def _group(given: Given, scope: Scope) -> OneOf:
    options = built(lambda: _options(given, scope))
    take = given.must("take", forms.TAKE)
    if (take == "customer_chooses") != given.has("choose"):
        if given.has("choose"):
            what = "nobody chooses here, so no choice has a deadline"
            given.reading.error("unknown-key", given.key_node("choose"), what, hint="leave `choose` out")
        else:
            given.lacks("choose", "until when the customer chooses, and what is paid otherwise")
        raise Unsound
    return OneOf(
        name=given.must("name", NAME),
        source=given.must("source", SOURCE),
        options=sure(options),
        take=take,
        cycle=given.must("per", CYCLE),
        for_each=_for_each(given, scope),
        choice=_choice(given.must("choose", forms.CHOICE), scope) if given.has("choose") else None,
    )


def _for_each(given: Given, scope: Scope) -> str | None:
    if kind_told(given) == INCIDENT:
        return INCIDENT
    return kind_of(given, scope)


def _choice(given: Given, scope: Scope) -> ChoiceTerms:
    due = due_terms(given, forms.PERIOD_END, scope)
    return ChoiceTerms(due=due, otherwise=given.must("otherwise", forms.NOT_CHOSEN))


def _options(given: Given, scope: Scope) -> tuple[tuple[str, ...], ...]:
    told = given.must("options", forms.OPTIONS)
    clauses = {named.name: named.value for named in scope.top.get("clauses", CLAUSES) or ()}
    seen: set[str] = set()
    options: list[tuple[str, ...]] = []
    for option in told:
        for item in option.value:
            scope.refer("clause", item.value, item.node, given.reading)
            clause = clauses.get(item.value)
            if clause is not None and not clause.has("credit"):
                what = f"`{item.value}` credits nothing, so there is nothing to choose"
                given.reading.error("option-of-nothing", item.node, what, hint="leave it out, or add its `credit`")
            _once(item, seen, given)
        options.append(tuple(item.value for item in option.value))
    return tuple(options)


def _once(item: Item[str], seen: set[str], given: Given) -> None:
    if item.value in seen:
        what = f"`{item.value}` stands in two options"
        hint = "write it once: what is paid either way is no option"
        given.reading.error("duplicate-name", item.node, what, hint=hint)
    seen.add(item.value)
