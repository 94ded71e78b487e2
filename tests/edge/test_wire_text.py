"""The text of the wire keeps its own rules: no binary floating point, no open-ended messages, one shape of call."""

from collections.abc import Iterator

from google.protobuf.descriptor import FieldDescriptor, MethodDescriptor
from malus.edge.operations_port import EventOutcome, Operations
from malus.edge.server import SERVICES
from malus.v1 import (
    agreement_service_pb2,
    assessment_pb2,
    decision_pb2,
    decision_service_pb2,
    evaluation_service_pb2,
    event_columns_pb2,
    event_pb2,
    explanation_pb2,
    quantity_pb2,
    remedy_pb2,
    rule_file_pb2,
)

SERVICE_FILES = (evaluation_service_pb2, decision_service_pb2, agreement_service_pb2)
FILES = (
    *SERVICE_FILES,
    assessment_pb2,
    decision_pb2,
    event_columns_pb2,
    event_pb2,
    explanation_pb2,
    quantity_pb2,
    remedy_pb2,
    rule_file_pb2,
)
FLOATS = (FieldDescriptor.TYPE_DOUBLE, FieldDescriptor.TYPE_FLOAT)
OPEN = ("google.protobuf.Any", "google.protobuf.Struct", "google.protobuf.Value")


def fields() -> Iterator[FieldDescriptor]:
    left = [message for file in FILES for message in file.DESCRIPTOR.message_types_by_name.values()]
    assert left
    while left:
        message = left.pop()
        left += message.nested_types
        yield from message.fields


def methods() -> Iterator[MethodDescriptor]:
    for file in SERVICE_FILES:
        for service in file.DESCRIPTOR.services_by_name.values():
            assert service.full_name in SERVICES
            yield from service.methods


def test_no_field_is_a_binary_floating_point_number() -> None:
    assert [field.full_name for field in fields() if field.type in FLOATS] == []


def test_no_field_takes_anything_at_all() -> None:
    found = [f.full_name for f in fields() if f.message_type is not None and f.message_type.full_name in OPEN]
    assert found == []


def test_every_call_has_one_request_and_one_response() -> None:
    found = list(methods())
    assert len(found) == 15
    assert [method.full_name for method in found if method.client_streaming or method.server_streaming] == []


def test_there_is_one_operation_for_each_call_and_events_in_columns_are_events() -> None:
    operations = [name for name in vars(Operations) if not name.startswith("_")]
    assert len(operations) == len([method for method in methods() if method.name != "EvaluateColumns"])


def test_what_becomes_of_an_event_has_the_same_words_on_both_sides() -> None:
    values = evaluation_service_pb2.EventResult.Outcome.DESCRIPTOR.values_by_name
    words = {name.removeprefix("OUTCOME_").lower() for name in values} - {"unspecified"}
    assert words == {outcome.value for outcome in EventOutcome}
