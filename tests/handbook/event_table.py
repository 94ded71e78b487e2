"""Owns the look of the handbook's table of events, drawn from the one table that rows are read by.

Does not own: the columns (model.event_fields), or how a scenario's line is read.
"""

from __future__ import annotations

from typing import Final

from malus.model.event_fields import COMMON, FORMS
from malus.model.field_types import Field, FieldType

FORM_WORDS: Final[dict[FieldType, str]] = {
    "name": "name",
    "instant": "instant",
    "period": "period",
    "stretch": "period",
    "whole": "count",
    "order": "whole number",
    "number": "number",
    "money": "amount",
    "unit": "unit",
    "share": "share",
    "currency": "currency",
    "state": "up, down or degraded",
    "transition": "transition",
    "cause": "cause",
    "act": "exercises or waives",
    "names": "names",
    "dispute_act": "raises or ends",
    "length": "length",
}
_WHOLE_INCIDENT: Final = (
    "{incident: INC-7, priority: critical, opened: 2026-06-03 10:00, responded: 2026-06-03 11:00, "
    "pauses: [{from: 2026-06-03 10:20, to: 2026-06-03 10:40, reason: waiting-for-customer}], "
    "priority_changes: [{at: 2026-06-03 10:50, to: high}], resolved: 2026-06-03 12:00}"
)
#: A scenario's line for each form, by what the form is called.
LINES: Final[dict[str, tuple[str, ...]]] = {
    "an outage": ("{outage: shop, outage_id: OUT-1, from: 2026-06-03 10:00, to: 2026-06-03 15:00, severity: major}",),
    "a deployment": ("{deployment: shop, deployment_id: D-1, from: 2026-06-10, to: 2026-06-20}",),
    "a check": ("{check: shop, at: 2026-06-03 10:00, state: down}",),
    "a reading": ("{reading: satisfaction, from: 2026-06-01, to: 2026-07-01, value: 7.5}",),
    "a tally": ("{tally: shop, from: 2026-06-01, to: 2026-07-01, good: 9990, total: 10000}",),
    "one transition of an incident": ("{incident: INC-7, responded: 2026-06-03 11:00}",),
    "a whole incident in one row": (_WHOLE_INCIDENT,),
    "a delivery": (
        "{delivery: D-7, due: 2026-06-03, done: 2026-06-05, item: beds, value: 8000.00 EUR}",
        "{delivery: D-7, quantity: 20, good_quantity: 19, good_value: 7600.00 EUR}",
    ),
    "an extension": ("{extension: D-7, at: 2026-05-20, by: 20 days}",),
    "an exclusion": (
        "{exclusion: maintenance, from: 2026-06-15 06:00, to: 2026-06-15 08:00, announced: 2026-06-08 06:00}",
    ),
    "a charge": ("{charge: usage, period: 2026-06, amount: 1000.00 EUR}",),
    "an obligation": ("{obligation: monthly-report, period: 2026-06, at: 2026-07-05}",),
    "a claim": ("{claim: uptime-credit, period: 2026-06, at: 2026-07-06}",),
    "a notice": ("{notice: chronic, act: exercises, at: 2026-09-15}",),
    "a choice": ("{choice: one-remedy, option: delay-credit, period: 2026-06, at: 2026-07-06}",),
    "a settlement": ("{settlement: uptime-credit, period: 2026-06, amount: 800.00 EUR, at: 2026-07-31}",),
    "a dispute": ("{dispute: uptime-credit, act: raises, period: 2026-06, at: 2026-07-10}",),
    "an adjustment": (
        "{adjustment: uptime-credit, period: 2026-06, amount: 900.00 EUR, reason: counted twice, at: 2026-07-20}",
    ),
    "an opening balance": (
        "{cap: yearly, from: 2025-01-01, to: 2026-01-01, used: 11.01 EUR, charged: 110.00 EUR}",
        "{missed: uptime, period: 2025-12}",
    ),
    "a retraction": ("{retraction: OUT-1, id: R-1, reason: a false alarm}",),
}


def event_table() -> str:
    """The table of columns, a form of event at a time, in the order in which the handbook shows it."""
    rows = ["| event | column | form | required | what it says |", "|---|---|---|---|---|"]
    rows.append("| **every event** | `kind` | the word in the first column | yes | which kind of event the row tells |")
    rows += [_row(field) for field in COMMON]
    for form in FORMS:
        lines = "<br>".join(f"`{line}`" for line in LINES[form.called])
        rows.append(f"| **`{form.kind}`** | {form.called} | | | {form.meaning}. In a scenario: {lines} |")
        rows += [_row(field) for field in form.fields]
    return "\n".join(rows) + "\n"


def _row(field: Field) -> str:
    required = "yes" if field.required else ""
    return f"| | `{field.name}` | {FORM_WORDS[field.type]} | {required} | {field.meaning} |"
