"""What an answer says on the wire is what it is: every field of every value, exact, there and back."""

from fractions import Fraction
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from malus.edge.to_wire import (
    to_wire_assessment,
    to_wire_decision,
    to_wire_diagnostic,
    to_wire_reason,
    to_wire_remedy,
    to_wire_step,
)
from malus.edge.to_wire_values import enum_number, fill, to_wire_money
from malus.model.assessment import (
    EventReason,
    MissedDuty,
    NearMiss,
    Remedy,
    Verdict,
)
from malus.model.decisions import Decision, Reason
from malus.model.explanation import Rounded, Step, WindowFact
from malus.model.money import Money, RoundingMode
from malus.v1 import (
    assessment_pb2,
    decision_pb2,
    error_reason_pb2,
    explanation_pb2,
    remedy_pb2,
)

from tests.edge.builders import EXPLANATION, assessment, credit, decision, euros, revised
from tests.edge.fake_operations import ERROR
from tests.edge.reading_back import any_value, read_back

STEPS = get_args(Step)
REMEDIES = get_args(Remedy)


@pytest.mark.parametrize("step_type", STEPS, ids=lambda step: step.__name__)
@given(data=st.data())
@settings(max_examples=25)
def test_every_step_comes_back_as_it_was(step_type: type, data: st.DataObject) -> None:
    described = explanation_pb2.DESCRIPTOR.message_types_by_name[step_type.__name__]
    step = data.draw(any_value(step_type, described))
    sent = explanation_pb2.Step.FromString(to_wire_step(step).SerializeToString())
    field = sent.WhichOneof("step")
    assert read_back(getattr(sent, field), step_type) == step


def test_there_is_one_field_for_each_step_and_none_for_anything_else() -> None:
    fields = {field.message_type.name for field in explanation_pb2.Step.DESCRIPTOR.fields}
    assert fields == {step.__name__ for step in STEPS}


@pytest.mark.parametrize("remedy_type", REMEDIES, ids=lambda remedy: remedy.__name__)
@given(data=st.data())
@settings(max_examples=25)
def test_every_remedy_comes_back_as_it_was(remedy_type: type, data: st.DataObject) -> None:
    described = remedy_pb2.DESCRIPTOR.message_types_by_name[remedy_type.__name__]
    remedy = data.draw(any_value(remedy_type, described, explanation=EXPLANATION))
    sent = remedy_pb2.Remedy.FromString(to_wire_remedy(remedy, full=True).SerializeToString())
    told = getattr(sent, sent.WhichOneof("remedy"))
    assert read_back(told, remedy_type, explanation=EXPLANATION) == remedy


@pytest.mark.parametrize(
    ("value_type", "message", "settled"),
    [
        (Verdict, assessment_pb2.Verdict, {"explanation": EXPLANATION}),
        (NearMiss, assessment_pb2.NearMiss, {"explanation": EXPLANATION}),
        (MissedDuty, assessment_pb2.MissedDuty, {}),
        (WindowFact, explanation_pb2.WindowFact, {}),
    ],
    ids=["Verdict", "NearMiss", "MissedDuty", "WindowFact"],
)
@given(data=st.data())
@settings(max_examples=25)
def test_every_other_part_of_an_answer_comes_back(
    value_type: type, message: Any, settled: dict[str, Any], data: st.DataObject
) -> None:
    whole = data.draw(any_value(value_type, message.DESCRIPTOR, **settled))
    sent = message.FromString(fill(message(), whole, without=settled).SerializeToString())
    assert read_back(sent, value_type, **settled) == whole


def test_an_assessment_tells_every_list_and_the_digest_of_the_whole() -> None:
    whole = assessment()
    told = to_wire_assessment(whole, full=True)
    assert told.agreement == "agreements/acme"
    assert told.digest == whole.digest()
    assert [(used.effective_date, used.digest) for used in told.terms] == [("2026-01-01", "d1")]
    lists = ("verdicts", "credits", "rights", "obligations", "escalations", "missed_duties", "nearly", "remarks")
    assert all(len(getattr(told, name)) == len(getattr(whole, name)) == 1 for name in lists)
    assert told.verdicts[0].level.text == "99.900 %"
    assert told.remarks[0].reason == error_reason_pb2.ERROR_REASON_UNUSED
    assert (told.rights[0].kind, told.obligations[0].deliver) == ("terminate", "root-cause report")
    assert list(told.escalations[0].by) == ["phone", "email"]
    assert not told.HasField("known_at")
    assert to_wire_assessment(assessment(known_at=5), full=True).known_at.nanos == 5000
    assert [step.WhichOneof("step") for step in told.credits[0].explanation.steps] == ["rate_times", "rounded"]
    assert told.credits[0].explanation.line == 17


def test_without_its_steps_an_answer_has_the_same_digest() -> None:
    full, basic = to_wire_assessment(assessment(), full=True), to_wire_assessment(assessment(), full=False)
    assert basic.digest == full.digest
    assert list(basic.credits[0].explanation.steps) == []
    assert basic.credits[0].explanation.source == "Art. 4"
    assert basic.credits[0].amount == full.credits[0].amount


def test_every_list_of_an_assessment_has_a_field() -> None:
    told = set(assessment_pb2.Assessment.DESCRIPTOR.fields_by_name) - {"digest", "currency_code"} | {"currency"}
    assert told == {field.name for field in assessment().__dataclass_fields__.values()}


def test_a_decision_tells_its_name_number_money_and_remedy() -> None:
    told = to_wire_decision(revised(decision(7), 9), full=False)
    assert told.name == "agreements/acme/decisions/uptime~credit~INC-7~2026-06-01T00:00:00Z@2"
    assert (told.sequence, told.revision, told.supersedes) == (9, 2, 1)
    assert (told.delta.units, told.delta.nanos, told.delta.currency_code) == (33, 330_000_000, "EUR")
    assert told.reason == decision_pb2.DECISION_REASON_FIRST
    assert told.state == "due"
    assert told.remedy.service_credit.key.subject == "INC-7"
    assert list(told.remedy.service_credit.explanation.steps) == []


def test_a_first_decision_supersedes_nothing() -> None:
    assert not to_wire_decision(decision(1), full=False).HasField("supersedes")


def test_a_decision_leaves_out_nothing_that_it_holds() -> None:
    fields = set(decision_pb2.Decision.DESCRIPTOR.fields_by_name)
    # The agreement is in the name.
    assert set(Decision.__dataclass_fields__) - {"agreement"} == fields - {"name", "sequence", "recorded_at"}


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_of_a_decision_has_a_number(reason: Reason) -> None:
    assert enum_number(decision_pb2.DecisionReason.DESCRIPTOR, reason.value) > 0


@pytest.mark.parametrize("reason", get_args(EventReason))
def test_every_remark_on_an_event_has_a_named_outcome(reason: str) -> None:
    name = error_reason_pb2.ErrorReason.Name(to_wire_reason(reason))
    assert name == "ERROR_REASON_" + reason.replace("-", "_").upper()


def test_a_diagnostic_tells_both_places() -> None:
    told = to_wire_diagnostic(ERROR)
    assert (told.code, told.place.line, told.place.column, told.span) == ("band-gap", 3, 5, 4)
    assert (told.hint, told.money, told.source) == ("write a row", "up to 50.00 EUR", "Art. 4")
    assert [(also.place.path, also.label) for also in told.also] == [("b.yaml", "the other row")]


@pytest.mark.parametrize(
    ("amount", "units", "nanos"),
    [("0", 0, 0), ("12.34", 12, 340_000_000), ("-0.05", 0, -50_000_000), ("-7.5", -7, -500_000_000)],
)
def test_units_and_nanos_of_an_amount_have_one_sign(amount: str, units: int, nanos: int) -> None:
    money = to_wire_money(euros(amount))
    assert (money.units, money.nanos) == (units, nanos)


def test_an_amount_that_cannot_be_paid_is_never_rounded_on_its_way_out() -> None:
    with pytest.raises(AssertionError, match="100/3 EUR is not payable"):
        to_wire_money(euros("100/3"))


def test_a_fraction_that_no_decimal_tells_stays_a_fraction() -> None:
    told = to_wire_step(EXPLANATION.steps[0]).rate_times
    assert (told.rate.numerator, told.rate.denominator, told.rate.text) == ("1", "30", "1/30")
    assert told.result.text == "100/3 EUR"


def test_an_amount_beyond_64_bits_keeps_every_digit() -> None:
    amount = Money(amount=Fraction(10**40 + 1, 7), currency="EUR")
    step = to_wire_step(Rounded(before=amount, mode=RoundingMode.HALF_UP, result=amount))
    assert step.rounded.before.amount.numerator == str(10**40 + 1)


def test_a_value_whose_message_lacks_a_field_stops_the_call() -> None:
    with pytest.raises(AssertionError, match="RemedyKey has no field for ServiceCredit"):
        fill(remedy_pb2.RemedyKey(), credit())


def test_a_word_without_a_number_stops_the_call() -> None:
    with pytest.raises(AssertionError, match="no value for 'lent'"):
        enum_number(remedy_pb2.CreditState.DESCRIPTOR, "lent")
