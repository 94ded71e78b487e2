"""The keys of a scenario: what happens, line by line, and what is expected of it.

Owns: the description that checks those keys, but for those of `expect` (scenarios_expect_forms). Does not own: what an
event's values may be (model.event_rows), or the keys of an agreement.
"""

from __future__ import annotations

from typing import Final

from malus.rulefiles.documents import ListOf, Words
from malus.rulefiles.forms import ByKey, Form, Key, may, needs
from malus.rulefiles.scalars import FREE, SOURCE, VALUE, VALUES
from malus.rulefiles.scenarios_expect_forms import EXPECTATIONS

YES: Final[Words[bool]] = Words(choices=(("true", True),))

_COMMON: Final[tuple[Key, ...]] = (
    may("id", VALUE, "the event's own id; left out, every line counts"),
    may("sequence", VALUE, "the source's own order of facts at one instant"),
    may("recorded", VALUE, "when we learned of it; only filters what was known"),
    may("corrects", VALUE, "the id of the event in whose place this one stands"),
)
_FROM_TO: Final[tuple[Key, ...]] = (
    may("from", VALUE, "from when; a date is the start of that day"),
    may("to", VALUE, "until when, itself outside"),
)
_PERIOD: Final = may("period", VALUE, "the period it is for: `2026-06`")
_SUBJECT: Final = may("subject", VALUE, "the incident, delivery or listed subject that it is for")
_DELIVERY: Final = may("delivery", VALUE, "the delivery it belongs to, where it belongs to one")
_SITE: Final = may("site", VALUE, "the site")
_SUBJECTS: Final = may("subjects", VALUES, "the listed subjects that it speaks of: one name, or a list")
_AT: Final = may("at", VALUE, "when; a date is the start of that day")


def _event(word: str, says: str, subject: str, *keys: Key) -> tuple[str, Form]:
    """A line whose first key names the kind of event and what it is about."""
    return word, Form(name=f"the event `{word}`", says=says, keys=(needs(word, VALUE, subject), *keys, *_COMMON))


PAUSE: Final = Form(
    name="a pause",
    says="`{from: 2026-06-03 11:00, to: 2026-06-03 12:00, reason: waiting-for-customer}`",
    keys=(*_FROM_TO, may("reason", VALUE, "why the clock stood still")),
)
PAUSES: Final = ListOf(of=PAUSE)
PRIORITY_CHANGE: Final = Form(
    name="a change of priority",
    says="`{at: 2026-06-03 11:00, to: high}`",
    keys=(_AT, may("to", VALUE, "its priority from then on")),
)
PRIORITY_CHANGES: Final = ListOf(of=PRIORITY_CHANGE)
MOMENTS: Final = ListOf(of=VALUE, single=True)
INCIDENT: Final = _event(
    "incident",
    "`{incident: INC-7, priority: critical, opened: 2026-06-03 10:00, responded: 2026-06-03 11:00}`",
    "the incident's name",
    may("service", VALUE, "the service; may be left out where there is only one"),
    may("priority", VALUE, "its priority when it was opened"),
    may("opened", VALUE, "when it was opened"),
    may("accepted", VALUE, "when it was accepted"),
    may("responded", VALUE, "when it was answered"),
    may("workaround", VALUE, "when a workaround was in place"),
    may("resolved", MOMENTS, "when it was resolved; a list where it was reopened"),
    may("reopened", MOMENTS, "when it was reopened"),
    may("pauses", PAUSES, "when its clock stood still, and why"),
    may("priority_changes", PRIORITY_CHANGES, "when its priority changed, and to what"),
    _SITE,
    _SUBJECTS,
)
CHARGE: Final = _event(
    "charge",
    "`{charge: hosting, period: 2026-06, amount: 1000.00 EUR}`",
    "the charge's name",
    _PERIOD,
    *_FROM_TO,
    may("amount", VALUE, "how much was billed"),
    _SUBJECTS,
)
EVENT: Final = ByKey(
    name="an event",
    forms=(
        _event(
            "outage",
            "`{outage: webshop, from: 2026-06-03 10:00, to: 2026-06-03 15:00}`",
            "the service that was down",
            may("outage_id", VALUE, "the outage, where several lines tell of one"),
            *_FROM_TO,
            may("severity", VALUE, "how severe"),
            _SITE,
            _SUBJECTS,
            may("reported", VALUE, "when the customer reported it"),
            may("share", VALUE, "the part of the service that was hit: `50 %`"),
            may("affected", VALUE, "how many users, sites or lines were hit"),
        ),
        _event(
            "deployment",
            "`{deployment: machines, from: 2026-06-10, to: 2026-06-20}`",
            "the service that was in service",
            may("deployment_id", VALUE, "the deployment, where several lines tell of one"),
            *_FROM_TO,
            _SITE,
            _SUBJECTS,
        ),
        _event(
            "check",
            "`{check: webshop, at: 2026-06-03 10:00, state: down}`",
            "the service that a monitor saw",
            _AT,
            may("state", VALUE, "`up`, `down` or `degraded`"),
            _SITE,
            _SUBJECTS,
        ),
        _event(
            "tally",
            "`{tally: webshop, from: 2026-06-01, to: 2026-07-01, good: 9990, total: 10000}`",
            "the service that was counted",
            *_FROM_TO,
            may("good", VALUE, "how many were good"),
            may("total", VALUE, "how many there were"),
            may("indicator", VALUE, "the indicator, where the service has several"),
            _SITE,
            _SUBJECTS,
            _DELIVERY,
        ),
        _event(
            "reading",
            "`{reading: uptime, at: 2026-06-30, value: 99.7 %}`",
            "the indicator that was read",
            _AT,
            *_FROM_TO,
            may("value", VALUE, "the number with its unit; a count has none"),
            may("service", VALUE, "the service; may be left out where there is only one"),
            _SITE,
            _SUBJECTS,
            _DELIVERY,
        ),
        INCIDENT,
        _event(
            "exclusion",
            "`{exclusion: maintenance, from: ..., to: ..., announced: 2026-05-20}`",
            "the cause: `maintenance`, `force_majeure`, `customer` or `third_party`",
            *_FROM_TO,
            may("announced", VALUE, "when it was announced"),
            may("service", VALUE, "the service; left out, it holds for every service"),
            _SUBJECTS,
            may("delivery", VALUE, "the delivery; left out, it holds for everything"),
        ),
        CHARGE,
        _event(
            "obligation",
            "`{obligation: monthly-report, period: 2026-06, at: 2026-07-05}`",
            "the indicator or clause that asks for it, or whose right it cures",
            _PERIOD,
            _AT,
            _SUBJECT,
        ),
        _event(
            "claim",
            "`{claim: uptime-credit, period: 2026-06, at: 2026-07-06}`",
            "the clause whose credit is claimed",
            _PERIOD,
            _SUBJECT,
            _AT,
            may("step", VALUE, "the step, where the agreement has several"),
        ),
        _event(
            "notice",
            "`{notice: chronic, act: exercises, at: 2026-09-15}`",
            "the clause that gives the right",
            may("act", VALUE, "`exercises` or `waives`"),
            _AT,
            _PERIOD,
            _SUBJECT,
        ),
        _event(
            "choice",
            "`{choice: one-remedy, option: delay-credit, period: 2026-06, at: 2026-07-06}`",
            "the group of options",
            may("option", VALUE, "a clause of the option that is picked"),
            _PERIOD,
            _SUBJECT,
            _AT,
        ),
        _event(
            "settlement",
            "`{settlement: uptime-credit, period: 2026-06, amount: 800.00 EUR, invoice: F-2026-07, at: 2026-07-31}`",
            "the clause of the credit",
            may("amount", VALUE, "how much the invoice took"),
            may("invoice", VALUE, "the invoice"),
            _PERIOD,
            _SUBJECT,
            _AT,
        ),
        _event(
            "dispute",
            "`{dispute: uptime-credit, act: raises, period: 2026-06, at: 2026-07-10}`",
            "the clause of the credit",
            may("act", VALUE, "`raises` or `ends`"),
            _PERIOD,
            _SUBJECT,
            _AT,
        ),
        (
            "retraction",
            Form(
                name="the event `retraction`",
                says="`{retraction: OUT-1, id: R-1, reason: a false alarm}`",
                keys=(
                    needs("retraction", VALUE, "the id of the event that is taken back"),
                    may("reason", VALUE, "why"),
                    *(key for key in _COMMON if key.name != "corrects"),
                ),
            ),
        ),
        _event(
            "adjustment",
            "`{adjustment: uptime-credit, period: 2026-06, amount: 900.00 EUR, reason: ..., at: 2026-07-20, ...}`",
            "the clause of the credit",
            may("amount", VALUE, "what the credit amounts to"),
            may("reason", VALUE, "why"),
            may("provider_signed", VALUE, "when the provider signed it"),
            may("customer_signed", VALUE, "when the customer signed it"),
            _PERIOD,
            _SUBJECT,
            _AT,
        ),
        # Last, for other lines name the delivery that they belong to by the same word.
        _event(
            "delivery",
            "`{delivery: D-7, due: 2026-06-03, done: 2026-06-05, value: 1000.00 EUR}`",
            "the delivery's name",
            may("service", VALUE, "the service; may be left out where there is only one"),
            may("due", VALUE, "when it is owed, before any extension; a date is the start of that day"),
            may("sent", VALUE, "when it set out"),
            may("done", VALUE, "when it was there; left out while it is not"),
            may("quantity", VALUE, "how much was owed"),
            may("good_quantity", VALUE, "how much of it came as agreed"),
            may("value", VALUE, "what it is worth"),
            may("good_value", VALUE, "what the part that came as agreed is worth"),
            may("item", VALUE, "what was delivered"),
            _SITE,
            _SUBJECTS,
        ),
        _event(
            "extension",
            "`{extension: D-7, at: 2026-05-20, by: 20 days}`",
            "the delivery that is given more time",
            _AT,
            may("by", VALUE, "how much later it is due: `20 days`"),
        ),
    ),
)
_BALANCE: Final = (_PERIOD, *_FROM_TO, _SUBJECTS)
OPENING: Final = ByKey(
    name="an opening balance",
    forms=(
        (
            "cap",
            Form(
                name="an opening balance of a cap",
                says="`{cap: yearly, from: 2025-01-01, to: 2026-01-01, used: 11.01 EUR, charged: 110.00 EUR}`",
                keys=(
                    needs("cap", VALUE, "the cap that was used"),
                    *_BALANCE,
                    may("used", VALUE, "what had been credited under it"),
                    may("charged", VALUE, "what had been charged in that time"),
                    *_COMMON,
                ),
            ),
        ),
        (
            "missed",
            Form(
                name="an opening balance of a missed period",
                says="`{missed: uptime, period: 2025-12}`",
                keys=(needs("missed", VALUE, "the indicator or clause that was missed"), *_BALANCE, *_COMMON),
            ),
        ),
    ),
)
EVENTS: Final = ListOf(of=EVENT)
CHARGES: Final = ListOf(of=CHARGE[1])
OPENINGS: Final = ListOf(of=OPENING)


SCENARIO: Final = Form(
    name="a scenario",
    says="what happens and what is expected of it: `scenario`, `as_of`, `events`, `expect`",
    keys=(
        needs("scenario", FREE, "what it proves, in a sentence"),
        needs("as_of", VALUE, "the moment the question is asked for; a date is the start of that day"),
        may("known_at", VALUE, "leave out what was learnt, or signed, later"),
        may("terms", VALUE, "the label of the one file to use; left out, all files of the folder"),
        may("events", EVENTS, "what happened"),
        may("charges", CHARGES, "what was billed"),
        may("opening", OPENINGS, "what the agreement brings along"),
        needs("expect", EXPECTATIONS, "what follows"),
        may("nothing_else", YES, "`true`: nothing follows beyond what is expected"),
        may("source", SOURCE, "where the paper has this example"),
    ),
)
