"""Rows of deliveries and extensions: what they must say, and that what cannot be is named and never a nought."""

import pytest
from malus.model.event_deliveries import Delivery, Extension
from malus.model.event_rows import FieldFault, event_from_row
from malus.model.instants import HOUR

DELIVERY = {"kind": "delivery", "agreement": "acme", "delivery_id": "D-1", "due": "2026-06-01"}
EXTENSION = {"kind": "extension", "agreement": "acme", "delivery_id": "D-1", "at": "2026-06-01", "by": "20 days"}


def read(row):
    return event_from_row(row, zone="Europe/Amsterdam", index=0, evidence="f:1")


def wrong(row):
    return {fault.field: fault.reason for fault in read(row) if isinstance(fault, FieldFault)}


def test_a_delivery_may_be_told_in_parts_and_one_that_says_nothing_is_refused():
    (event,) = read({"kind": "delivery", "agreement": "acme", "delivery_id": "D-1", "quantity": "20"})
    assert isinstance(event, Delivery)
    assert wrong({"kind": "delivery", "agreement": "acme", "item": "beds"}) == {"due": "missing-field"}


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        ({"sent": "2026-06-03", "done": "2026-06-02"}, {"done": "end-before-start"}),
        ({"quantity": "-1"}, {"quantity": "negative-number"}),
        ({"good_quantity": "-1"}, {"good_quantity": "negative-number"}),
        ({"quantity": "20", "good_quantity": "20.1"}, {"good_quantity": "good-above-total"}),
        ({"value": "-5.00 EUR"}, {"value": "negative-number"}),
        ({"value": "5.00"}, {"value": "unknown-currency"}),
        ({"value": "5.00 EUR", "good_value": "5.01 EUR"}, {"good_value": "good-above-total"}),
        ({"value": "5.00 EUR", "good_value": "5.00 USD"}, {"good_value": "unknown-currency"}),
    ],
)
def test_what_cannot_be_is_named(said, faults):
    assert wrong({**DELIVERY, **said}) == faults


def test_the_whole_may_be_good_and_nothing_may_be_worth_nothing():
    (event,) = read({**DELIVERY, "value": "0.00", "good_value": "0", "currency": "EUR", "quantity": "0"})
    assert isinstance(event, Delivery)


@pytest.mark.parametrize(
    ("by", "days", "microseconds"), [("20 days", 20, 0), ("2 weeks", 14, 0), ("1.5 hours", 0, 3 * HOUR // 2)]
)
def test_an_extension_is_civil_days_or_elapsed_time(by, days, microseconds):
    (event,) = read({**EXTENSION, "by": by})
    assert isinstance(event, Extension)
    assert (event.days, event.microseconds) == (days, microseconds)


@pytest.mark.parametrize("by", ["1 month", "3 business days", "0 days", "-2 days", "20", "soon", "2.5 days"])
def test_time_that_would_not_add_up_is_refused(by):
    assert wrong({**EXTENSION, "by": by}) == {"by": "malformed-length"}
