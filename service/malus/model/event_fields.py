"""Owns the one table of what an event row may hold: every kind, its fields, their types and what they mean.

Does not own: how a value is read (event_values), how a row becomes events (event_rows), or any file format.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from malus.model.delivery_fields import DELIVERY_FIELDS, EXTENSION_FIELDS
from malus.model.field_types import Field, FieldType


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One way to tell an event of a kind; a kind with two forms names them apart for messages."""

    kind: str
    called: str
    meaning: str
    fields: tuple[Field, ...]


def _field(name: str, of: FieldType, meaning: str, *, required: bool = False) -> Field:
    return Field(name=name, type=of, meaning=meaning, required=required)


_SERVICE: Final = _field("service", "name", "the service; may be left out where the agreement has only one")
_SITE: Final = _field("site", "name", "the site")
_SUBJECT: Final = _field("subject", "name", "the incident, delivery or listed subject that it is for")
_SUBJECTS: Final = _field("subjects", "names", "the listed subjects that it speaks of")
_PERIOD: Final = _field("period", "period", "the period it is for")
_INDICATOR: Final = _field("indicator", "name", "the indicator it is for")
_CURRENCY: Final = _field("currency", "currency", "the currency of amounts that do not name one")
_DELIVERY: Final = _field("delivery_id", "name", "the delivery it belongs to, where it belongs to one")

#: What every row may hold, whatever its kind (`kind` itself apart).
COMMON: Final[tuple[Field, ...]] = (
    _field("id", "name", "the event's own id, unique per source; left out of a file, every row counts"),
    _field("source", "name", "the system that tells the event"),
    _field("sequence", "order", "the source's own order of facts at one instant"),
    _field("recorded_at", "instant", "when we learned of it; filters what was known, judges nothing"),
    _field("agreement", "name", "the agreement it belongs to", required=True),
    _field("corrects", "name", "the id of the event in whose place this one stands"),
    _field("corrects_source", "name", "the source of that event; left out, the source of this one"),
)

OUTAGE: Final = Form(
    kind="outage",
    called="an outage",
    meaning="a service was down from start to end; without an end it lasts on",
    fields=(
        _field("outage_id", "name", "the outage, where several rows tell of one"),
        _SERVICE,
        _field("start", "instant", "when it began"),
        _field("end", "instant", "when it was over, itself no longer down"),
        _field("severity", "name", "how severe"),
        _SITE,
        _SUBJECTS,
        _field("reported_at", "instant", "when the customer reported it"),
        _field("share", "share", "the part of the service that was hit"),
        _field("affected", "whole", "how many users, sites or lines were hit"),
    ),
)
DEPLOYMENT: Final = Form(
    kind="deployment",
    called="a deployment",
    meaning="a service was in service from start to end; without an end it lasts on",
    fields=(
        _field("deployment_id", "name", "the deployment, where several rows tell of one"),
        _SERVICE,
        _field("start", "instant", "when it came into service"),
        _field("end", "instant", "when it went out of service, itself no longer in it"),
        _SITE,
        _SUBJECTS,
    ),
)
CHECK: Final = Form(
    kind="check",
    called="a check",
    meaning="a monitor saw a service in one state at an instant",
    fields=(
        _SERVICE,
        _field("at", "instant", "when", required=True),
        _field("state", "state", "what the monitor saw", required=True),
        _SITE,
        _SUBJECTS,
    ),
)
READING: Final = Form(
    kind="reading",
    called="a reading",
    meaning="a number given as such, at an instant or from start to end",
    fields=(
        _INDICATOR,
        _SERVICE,
        _field("at", "instant", "when, for a reading at an instant"),
        _field("start", "instant", "from when"),
        _field("end", "instant", "until when"),
        _field("value", "number", "the number, in its unit", required=True),
        _field("unit", "unit", "%, count, or a unit of time up to hours", required=True),
        _SITE,
        _SUBJECTS,
        _DELIVERY,
    ),
)
TALLY: Final = Form(
    kind="tally",
    called="a tally",
    meaning="good and total counts from start to end",
    fields=(
        _INDICATOR,
        _SERVICE,
        _field("start", "instant", "from when", required=True),
        _field("end", "instant", "until when", required=True),
        _field("good", "whole", "how many were good", required=True),
        _field("total", "whole", "how many there were", required=True),
        _SITE,
        _SUBJECTS,
        _DELIVERY,
    ),
)
INCIDENT_FACT: Final = Form(
    kind="incident",
    called="one transition of an incident",
    meaning="what happened to an incident at an instant",
    fields=(
        _field("incident_id", "name", "the incident", required=True),
        _field("transition", "transition", "what happened to it", required=True),
        _field("at", "instant", "when", required=True),
        _field("priority", "name", "its priority from then on"),
        _field("reason", "name", "why it was paused"),
        _SERVICE,
        _SITE,
        _SUBJECTS,
    ),
)
INCIDENT_SUMMARY: Final = Form(
    kind="incident",
    called="a whole incident in one row",
    meaning="an incident from its opening (start) to its resolution (end; empty while it is open)",
    fields=(
        _field("incident_id", "name", "the incident; left out, each row is an incident of its own"),
        _field("start", "instant", "when it was opened", required=True),
        _field("end", "instant", "when it was resolved; empty while it is open"),
        _field("accepted", "instant", "when it was accepted"),
        _field("responded", "instant", "when it was answered"),
        _field("workaround", "instant", "when a workaround was in place"),
        _field("priority", "name", "its priority"),
        _SERVICE,
        _SITE,
        _SUBJECTS,
    ),
)
DELIVERY: Final = Form(
    kind="delivery",
    called="a delivery",
    meaning="goods or work owed; what becomes known later is told again with its delivery_id",
    fields=DELIVERY_FIELDS,
)
EXTENSION: Final = Form(
    kind="extension",
    called="an extension",
    meaning="more time was granted for a delivery; several add up",
    fields=EXTENSION_FIELDS,
)
EXCLUSION: Final = Form(
    kind="exclusion",
    called="an exclusion",
    meaning="a time that may be excused, with its cause",
    fields=(
        _field("cause", "cause", "why it is excused", required=True),
        _field("start", "instant", "from when", required=True),
        _field("end", "instant", "until when; empty while it lasts"),
        _field("announced_at", "instant", "when it was announced"),
        _field("service", "name", "the service; left out, it holds for every service"),
        _field("subjects", "names", "the listed subjects that it holds for; left out, every one"),
        _field("delivery_id", "name", "the delivery; left out, it holds for everything"),
    ),
)
CHARGE: Final = Form(
    kind="charge",
    called="a charge",
    meaning="what was billed for an item, net of tax",
    fields=(
        _field("item", "name", "the charge's name in the agreement", required=True),
        _field("period", "stretch", "what it was billed for, or start and end instead"),
        _field("start", "instant", "from when"),
        _field("end", "instant", "until when"),
        _field("amount", "money", "how much", required=True),
        _CURRENCY,
        _field("subjects", "names", "the listed subject that is billed, where each is billed by itself"),
    ),
)
OBLIGATION: Final = Form(
    kind="obligation",
    called="an obligation",
    meaning="a plan, a report or a cure was delivered",
    fields=(
        _field("name", "name", "the indicator or clause that asks for it", required=True),
        _field("at", "instant", "when it was delivered", required=True),
        _PERIOD,
        _SUBJECT,
    ),
)
CLAIM: Final = Form(
    kind="claim",
    called="a claim",
    meaning="a step of a claim was taken",
    fields=(
        _field("clause", "name", "the clause whose credit is claimed", required=True),
        _field("at", "instant", "when", required=True),
        _field("step", "name", "the step, where the agreement has several"),
        _PERIOD,
        _SUBJECT,
    ),
)
NOTICE: Final = Form(
    kind="notice",
    called="a notice",
    meaning="a party exercises or waives a right",
    fields=(
        _field("clause", "name", "the clause that gives the right", required=True),
        _field("act", "act", "exercises or waives", required=True),
        _field("at", "instant", "when", required=True),
        _PERIOD,
        _SUBJECT,
    ),
)
CHOICE: Final = Form(
    kind="choice",
    called="a choice",
    meaning="the customer picks one of several options",
    fields=(
        _field("group", "name", "the group of options", required=True),
        _field("option", "name", "a clause of the option that is picked", required=True),
        _field("at", "instant", "when", required=True),
        _PERIOD,
        _SUBJECT,
    ),
)
SETTLEMENT: Final = Form(
    kind="settlement",
    called="a settlement",
    meaning="an invoice took so much of a credit",
    fields=(
        _field("clause", "name", "the clause of the credit", required=True),
        _field("at", "instant", "when", required=True),
        _field("amount", "money", "how much the invoice took", required=True),
        _CURRENCY,
        _field("invoice", "name", "the invoice"),
        _PERIOD,
        _SUBJECT,
    ),
)
DISPUTE: Final = Form(
    kind="dispute",
    called="a dispute",
    meaning="a party disputes a credit, or the dispute is over",
    fields=(
        _field("clause", "name", "the clause of the credit", required=True),
        _field("act", "dispute_act", "raises or ends", required=True),
        _field("at", "instant", "when", required=True),
        _PERIOD,
        _SUBJECT,
    ),
)
ADJUSTMENT: Final = Form(
    kind="adjustment",
    called="an adjustment",
    meaning="both parties agree what a credit amounts to; it counts once both have signed",
    fields=(
        _field("clause", "name", "the clause of the credit", required=True),
        _field("at", "instant", "when it was agreed", required=True),
        _field("amount", "money", "what the credit amounts to", required=True),
        _CURRENCY,
        _field("reason", "name", "why", required=True),
        _field("provider_signed_at", "instant", "when the provider signed it"),
        _field("customer_signed_at", "instant", "when the customer signed it"),
        _PERIOD,
        _SUBJECT,
    ),
)
OPENING: Final = Form(
    kind="opening",
    called="an opening balance",
    meaning="what an agreement brings along when it moves in: a cap partly used, or a period that was missed",
    fields=(
        _field("period", "stretch", "the time it speaks of, or start and end instead"),
        _field("start", "instant", "from when"),
        _field("end", "instant", "until when"),
        _field("cap", "name", "the cap that was used"),
        _field("used", "money", "what had been credited under the cap"),
        _field("charged", "money", "what had been charged in that time"),
        _field("missed", "name", "the indicator or clause that was missed"),
        _CURRENCY,
        _field("subjects", "names", "the listed subject whose cap or miss it is"),
    ),
)
RETRACTION: Final = Form(
    kind="retraction",
    called="a retraction",
    meaning="the event that it corrects is taken back, as if it had never been told",
    fields=(_field("reason", "name", "why"),),
)

FORMS: Final[tuple[Form, ...]] = (
    OUTAGE,
    DEPLOYMENT,
    CHECK,
    READING,
    TALLY,
    INCIDENT_FACT,
    INCIDENT_SUMMARY,
    DELIVERY,
    EXTENSION,
    EXCLUSION,
    CHARGE,
    OBLIGATION,
    CLAIM,
    NOTICE,
    CHOICE,
    SETTLEMENT,
    DISPUTE,
    ADJUSTMENT,
    OPENING,
    RETRACTION,
)
#: Every kind of event, in the order of the table.
KINDS: Final[tuple[str, ...]] = tuple(dict.fromkeys(form.kind for form in FORMS))
#: Every column that any kind may have, `kind` included.
COLUMNS: Final[frozenset[str]] = frozenset(
    {"kind", *(field.name for field in COMMON), *(field.name for form in FORMS for field in form.fields)}
)


def fields_of(form: Form) -> tuple[Field, ...]:
    """All fields of a form, those that every event carries first."""
    return (*COMMON, *form.fields)
