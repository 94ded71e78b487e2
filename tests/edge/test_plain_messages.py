"""A message that is plainly well formed is built as it stands, and is the very event that a closer look makes of it."""

from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from google.type.decimal_pb2 import Decimal
from google.type.interval_pb2 import Interval
from hypothesis import given, settings
from hypothesis import strategies as st
from malus.edge.from_wire_events import from_wire_event
from malus.edge.plain_messages import plain_event
from malus.model.event_values import LARGEST_COUNT
from malus.v1 import event_pb2

from tests.edge.builders import END, outage_message

FAULTY = ["", " a", "a ", "a\n", "a" * 201, "a;b", "acme"]
NAMES = st.sampled_from(["a", "web", "a b", "é", "a" * 200, *FAULTY])
AGREEMENTS = st.sampled_from(["agreements/acme", "agreements/a", "acme", "", "agreements/"])
MOMENTS = st.builds(
    Timestamp,
    seconds=st.sampled_from([0, 1, END // 10**6, -(10**10), 10**11]),
    nanos=st.sampled_from([0, 0, 1000, 999, 10**9 - 1000]),
)
SPANS = st.one_of(
    st.none(),
    MOMENTS.map(lambda at: Interval(start_time=at)),
    st.builds(Interval, start_time=MOMENTS, end_time=MOMENTS),
)
COUNTS = st.sampled_from([0, 1, 2, -1, LARGEST_COUNT, LARGEST_COUNT + 1])


def given_or_not(**fields: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


OUTAGES = given_or_not(
    outage_id=NAMES,
    interval=SPANS,
    service=NAMES,
    site=NAMES,
    severity=NAMES,
    reported_at=MOMENTS,
    share=st.just(Decimal(value="0.5")),
    affected=COUNTS,
).map(lambda fields: {"outage": event_pb2.Outage(**fields)})
TALLIES = given_or_not(
    indicator=NAMES, service=NAMES, site=NAMES, interval=SPANS, good=COUNTS, total=COUNTS, delivery_id=NAMES
).map(lambda fields: {"tally": event_pb2.Tally(**fields)})
CHECKS = st.just({"check": event_pb2.Check(at=Timestamp(seconds=1), state=event_pb2.Check.STATE_UP)})
ENVELOPES = st.fixed_dictionaries(
    {"id": st.sampled_from(["e1", "e1", *FAULTY]), "source": NAMES, "agreement": AGREEMENTS},
    optional={"sequence": COUNTS, "subjects": st.just(["north"]), "corrects": NAMES},
)


@settings(max_examples=500)
@given(envelope=ENVELOPES, detail=st.one_of(OUTAGES, TALLIES, CHECKS, st.just({})))
def test_what_is_built_as_it_stands_is_what_a_closer_look_makes_of_it(
    envelope: dict[str, Any], detail: dict[str, Any]
) -> None:
    message = event_pb2.Event(**envelope, **detail)
    plain = plain_event(message)
    assert plain is None or plain == from_wire_event(message, "events[0]")


def test_usual_messages_are_plain():
    tally = event_pb2.Tally(interval=Interval(start_time=Timestamp(), end_time=Timestamp(seconds=1)), good=0, total=2)
    usual = event_pb2.Event(id="e", source="s", agreement="agreements/acme", tally=tally, sequence=3)
    assert plain_event(usual) == from_wire_event(usual, "events[0]") is not None
    assert plain_event(outage_message()) == from_wire_event(outage_message(), "events[0]")
    assert plain_event(outage_message()) is not None
