"""What is stored is read back equal, with every field, for every kind of event, remedy and step."""

import json
from dataclasses import replace
from fractions import Fraction
from typing import get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from malus.ledger.typed_text import decision_from, event_from, event_text, text_of
from malus.model.assessment import Remedy
from malus.model.canonical import canonical_text, digest
from malus.model.decisions import Decision
from malus.model.events import Event
from malus.model.explanation import Explanation, Margin, Step
from malus.model.faults import MalusError
from malus.model.money import MINOR_DIGITS, Money
from malus.model.periods import Period
from malus.model.quantities import Level, Unit

from tests.ledger.build import decision, outage

# Any text that UTF-8 can carry: NUL, quotes, line ends, right-to-left, emoji; no halves of surrogate pairs.
_TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
_FRACTIONS = st.builds(Fraction, st.integers(), st.integers(min_value=1))
_MONEY = st.builds(Money, amount=_FRACTIONS, currency=st.sampled_from(sorted(MINOR_DIGITS)))
_LEVELS = st.builds(Level, numerator=st.integers(), denominator=st.integers(min_value=1), unit=st.sampled_from(Unit))
_LENGTHS = st.integers(min_value=1, max_value=2**62)


@st.composite
def _periods(draw: st.DrawFn) -> Period:
    start, length = draw(st.integers(-(2**62), 2**62)), draw(_LENGTHS)
    whole = draw(st.none() | st.just((start - draw(_LENGTHS), start + length)))
    return Period(start=start, end=start + length, label=draw(_TEXTS), cut_from=whole)


_KNOWN = {str: _TEXTS, Fraction: _FRACTIONS, Money: _MONEY, Level: _LEVELS, Period: _periods()}


def _whole(kind: type) -> st.SearchStrategy[object]:
    """Values of a type with every field drawn, those with a default too."""
    hints = get_type_hints(kind)
    return st.builds(kind, **{name: st.deferred(lambda hint=hint: _drawn(hint)) for name, hint in hints.items()})


def _drawn(hint: object) -> st.SearchStrategy[object]:
    if hint in _KNOWN:
        return _KNOWN[hint]
    if isinstance(hint, type) and hasattr(hint, "__dataclass_fields__"):
        return _whole(hint)
    parts = get_args(hint)
    if getattr(hint, "__origin__", None) is tuple and parts[-1] is Ellipsis:
        return st.lists(_drawn(parts[0]), max_size=2).map(tuple)
    if getattr(hint, "__origin__", None) is tuple:
        return st.tuples(*(_drawn(part) for part in parts))
    if parts and not any(isinstance(part, str) for part in parts):
        return st.one_of(*(_drawn(part) for part in parts))
    return st.from_type(hint)


@pytest.mark.parametrize("kind", get_args(Event), ids=lambda kind: kind.__name__)
@given(data=st.data())
@settings(max_examples=40)
def test_every_kind_of_event_is_read_back_equal(kind: type, data: st.DataObject) -> None:
    event = data.draw(_whole(kind))
    assert event_from(event_text(event, canonical_text(event))) == event
    assert digest(event_from(event_text(event, canonical_text(event)))) == digest(event)


@pytest.mark.parametrize("kind", get_args(Step), ids=lambda kind: kind.__name__)
@given(data=st.data())
@settings(max_examples=25)
def test_every_kind_of_step_is_read_back_as_the_type_it_was(kind: type, data: st.DataObject) -> None:
    step = data.draw(_whole(kind))
    base = decision()
    explained = _with_steps(base, (step,), line=data.draw(st.integers()))
    read = decision_from(text_of(explained))
    assert read == explained
    assert type(read.remedy.explanation.steps[0]) is kind


@pytest.mark.parametrize("kind", get_args(Remedy), ids=lambda kind: kind.__name__)
@given(data=st.data())
@settings(max_examples=25)
def test_every_kind_of_remedy_is_read_back_with_its_decision(kind: type, data: st.DataObject) -> None:
    fields = {name: _drawn(hint) for name, hint in get_type_hints(Decision).items() if name != "remedy"}
    made = data.draw(st.builds(Decision, remedy=_whole(kind), **fields))
    assert decision_from(text_of(made)) == made


def _with_steps(base: Decision, steps: tuple[Step, ...], line: int) -> Decision:
    explanation = Explanation(clause="c", source="s", terms_effective="2026-01-01", steps=steps, line=line)
    return replace(base, remedy=replace(base.remedy, explanation=explanation))


def test_one_value_has_one_text() -> None:
    assert event_text(outage(1), canonical_text(outage(1))) == event_text(outage(1), canonical_text(outage(1)))
    assert json.loads(event_text(outage(1), canonical_text(outage(1))))["is"] == "Outage"


def test_what_is_no_part_of_the_meaning_is_kept_too() -> None:
    read = decision_from(text_of(decision()))
    assert read.remedy.explanation.line == 12


def test_a_field_that_was_added_since_has_its_default() -> None:
    plain = json.loads(event_text(outage(1), canonical_text(outage(1))))
    del plain["site"], plain["evidence"]
    assert event_from(json.dumps(plain)) == outage(1)


def _changed(**fields: object) -> str:
    return json.dumps({**json.loads(event_text(outage(1), canonical_text(outage(1)))), **fields})


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (_changed(**{"is": "Earthquake"}), "'Earthquake' at the whole"),
        (_changed(**{"is": None}), "None at the whole"),
        (_changed(**{"is": "Decision"}), "'Decision' at the whole"),
        (_changed(mood="bad"), "a field 'mood' at Outage"),
        (_changed(start="noon"), "'noon' at Outage.start"),
        (_changed(start=True), "True at Outage.start"),
        (_changed(start=1.5), "1.5 at Outage.start"),
        (_changed(agreement=None), "None at Outage.agreement"),
        ('{"is":"Outage"}', "no field 'agreement' at Outage"),
        ("[]", "[] at the whole"),
        ("nothing", "no JSON text at the whole"),
        ("[" * 100_000, "no JSON text at the whole"),
    ],
)
def test_a_text_that_is_not_known_is_refused_by_name(text: str, named: str) -> None:
    with pytest.raises(MalusError) as refused:
        event_from(text)
    assert refused.value.reason == "unreadable-text"
    assert named in refused.value.message


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("remedy", "explanation", "steps", 0, "is"), "Guess", "'Guess' at Explanation.steps"),
        (("remedy", "explanation", "steps"), "none", "'none' at Explanation.steps"),
        (("remedy", "is"), "Fine", "'Fine' at Decision.remedy"),
        (("amount", "amount"), "1/0", "'1/0' at Money.amount"),
        (("amount", "amount"), "0.5", "'0.5' at Money.amount"),
        (("amount", "amount"), 5, "5 at Money.amount"),
        (("amount", "currency"), "XXX", "what no Money can be"),
        (("amount",), "5 EUR", "'5 EUR' at Decision.amount"),
        (("period", "end"), 0, "what no Period can be"),
        (("period", "cut_from"), [1], "[1] at Period.cut_from"),
        (("reason",), "whim", "'whim' at Decision.reason"),
        (("terms", 0), ["2026-01-01"], "['2026-01-01'] at Decision.terms"),
    ],
)
def test_a_decision_that_is_not_known_is_refused_by_name(
    path: tuple[str | int, ...], value: object, named: str
) -> None:
    plain = json.loads(text_of(decision()))
    inner = plain
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with pytest.raises(MalusError) as refused:
        decision_from(json.dumps(plain))
    assert named in refused.value.message


def test_a_word_outside_a_fixed_choice_is_refused_by_name() -> None:
    text = text_of(_with_steps(decision(), (Margin(direction="more", what="downtime", towards="missed"),), line=0))
    with pytest.raises(MalusError, match=r"'sideways' at Margin\.direction"):
        decision_from(text.replace('"direction":"more"', '"direction":"sideways"'))


def test_a_value_outside_the_closed_set_has_no_text() -> None:
    with pytest.raises(AssertionError, match="dict has no lossless form"):
        text_of({"is": "Outage"})
