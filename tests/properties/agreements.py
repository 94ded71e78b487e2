"""Random agreements as the text of rule files: one to three terms, every construct of the language.

Owns: the frame of a file and how terms are amended. Does not own: indicators and clauses (`promises`), what follows
from windows, caps and claims (`remedies_written`), events (`histories`).
"""

from __future__ import annotations

import copy
import datetime
from typing import Any

from tests.properties.amounts import money
from tests.properties.choices import Choices
from tests.properties.focuses import Focus
from tests.properties.naming import called_anew
from tests.properties.points_written import write_points
from tests.properties.promises import write_promise
from tests.properties.remedies_written import (
    write_caps,
    write_claims,
    write_options,
    write_settlement,
    write_together,
    write_windows,
)
from tests.properties.subjects_written import write_subjects

Document = dict[str, Any]

ZONES = (
    "Europe/Amsterdam",
    "UTC",
    "America/New_York",
    "Africa/Cairo",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
)
CURRENCIES = ("EUR", "EUR", "USD", "JPY", "KWD")
EFFECTIVE = ("2026-01-01", "2026-03-01", "2026-10-01", "2026-02-15", "2026-01-31")


def write_agreement(choices: Choices, *, most_promises: int = 3, focus: Focus | None = None) -> list[str]:
    """The texts of one agreement's rule files, the earliest first."""
    first = _document(choices, most_promises, focus)
    documents = [first]
    while len(documents) < 3 and choices.chance(25 if focus is None else focus.amended):
        documents.append(_amended(choices, documents[-1], len(documents), focus))
    return [as_yaml(document) for document in documents]


def _document(choices: Choices, most_promises: int, focus: Focus | None) -> Document:
    currency = choices.pick(CURRENCIES)
    services = ["shop"] if choices.chance(75) else ["shop", "mail"]
    document: Document = {
        "format": "1",
        "agreement": "random",
        "title": "A random agreement",
        "document": "SLA 1",
        "language": "en",
        "effective": choices.pick(EFFECTIVE),
        "signed": {"provider": "2025-12-01", "customer": "2025-12-02"},
        "review": {"every": "12 months", "source": "art. 9"},
        "timezone": choices.pick(ZONES),
        "currency": currency,
        "money": {
            "round": choices.pick(["half_up", "half_even", "half_down", "up", "down"]),
            "when": choices.pick(["each_remedy", "after_caps"]),
        },
        "business_days": "office",
        "parties": _parties(choices),
        "services": {name: {"title": name} for name in services},
        "charges": _charges(choices, currency),
        "calendars": _calendars(choices),
        "exclusions": _exclusions(choices),
        "indicators": {},
        "clauses": {},
    }
    if choices.chance(20):
        document["ends"] = _later(document["effective"], choices.pick([58, 80, 120, 150]))
    written = [
        write_promise(choices, document, f"promise-{number}", choices.pick(services))
        for number in range(1, 1 + min(most_promises, choices.pick([1, 2, 1, 3])))
    ]
    written += write_points(choices, document, written)
    write_windows(choices, document, written)
    write_together(choices, document, written)
    write_options(choices, document, written)
    write_caps(choices, document, written)
    write_claims(choices, document, written)
    write_settlement(choices, document)
    if focus is not None:
        focus.write(choices, document, written)
    write_subjects(choices, document)
    return document


def _parties(choices: Choices) -> Document:
    customer: Document = {"name": "Customer"}
    if choices.chance(30):
        duty = {
            "report": "outages",
            "within": "3 business days",
            "after": "outage_start",
            "until": "end_of_day",
        }
        if choices.chance(40):
            duty = {"report": "outages", "within": "4 hours", "after": "outage_end", "calendar": "office"}
        customer["duties"] = [{**duty, "source": "art. 6"}]
    desk = {"phone": '"+31 20 555 0100"', "email": "desk@provider.example", "calendar": "always"}
    return {"provider": {"name": "Provider", "contacts": {"desk": desk}}, "customer": customer}


def _charges(choices: Choices, currency: str) -> Document:
    return {
        "hosting": {
            "amount": money(choices.pick([1_200_000, 0, 999_999, 100_001]), currency),
            "per": choices.pick(["month", "month", "quarter", "week"]),
        },
        "support": {"amount": money(choices.pick([33_333, 50_000]), currency), "per": "month"},
        "usage": {"from": "events", "per": "month", "absent": choices.pick(["pending", "zero"])},
    }


def _calendars(choices: Choices) -> Document:
    office: Document = {"days": "mon-fri", "hours": "08:00-18:00", "holidays": "none"}
    if choices.chance(10):
        office["holidays"] = "NL"
    if choices.chance(30):
        office["also_closed"] = ["2026-03-30", "2026-10-23"]
    if choices.chance(15):
        office["timezone"] = "Asia/Tokyo"
    split = {"days": ["mon", "wed", "sat"], "hours": ["00:00-02:30", "13:00-24:00"], "holidays": "none"}
    return {"office": office, "split": split}


def _exclusions(choices: Choices) -> Document:
    maintenance: Document = {"cause": "maintenance"}
    if choices.chance(70):
        maintenance["announced"] = choices.pick(["at least 5 business days", "at least 48 hours", "at least 2 days"])
    if choices.chance(40):
        maintenance["at_most"] = choices.pick(["8 hours per month", "2 hours per week", "10 hours per quarter"])
        maintenance["first"] = "earliest"
    maintenance["source"] = "art. 3"
    return {"maintenance": maintenance, "force-majeure": {"cause": "force_majeure", "source": "art. 11"}}


def _amended(choices: Choices, before: Document, number: int, focus: Focus | None) -> Document:
    document = copy.deepcopy(before)
    document["document"] = f"SLA {number + 1}"
    document["effective"] = _later(before["effective"], choices.pick([31, 45, 60, 28]))
    if "ends" in document and document["ends"] <= document["effective"]:
        del document["ends"]
    if choices.chance(15):
        document["signed"] = {"provider": "2025-12-01"}
    elif choices.chance(30):
        document["signed"] = {"provider": "2026-02-20", "customer": "2026-02-25"}
    if choices.chance(40):
        document["charges"]["support"]["amount"] = money(choices.pick([40_000, 12_345]), document["currency"])
    if choices.chance(40):
        _renamed(document)
    if choices.chance(30):
        document["money"]["round"] = choices.pick(["half_up", "down", "up"])
    if focus is not None:
        focus.amend(choices, document)
    return document


def _renamed(document: Document) -> None:
    """Call the first indicator and its clause something else, wherever they are named."""
    clause, first = next(iter(document["clauses"].items()))
    for name, others in ((first["promise"]["indicator"], "indicators"), (clause, "clauses")):
        called_anew(document, name, others)


def as_yaml(node: Any, depth: int = 0) -> str:
    """The text of a document: maps indented, lists of maps inline, scalars as they stand."""
    lines = []
    for key, value in node.items():
        margin = "  " * depth
        if isinstance(value, dict) and value and depth < 2:
            lines.append(f"{margin}{key}:\n{as_yaml(value, depth + 1)}")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            items = "".join(f"{margin}  - {_inline(item)}\n" for item in value)
            lines.append(f"{margin}{key}:\n{items}")
        else:
            lines.append(f"{margin}{key}: {_inline(value)}\n")
    return "".join(lines)


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_inline(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_inline(item) for item in value) + "]"
    return f'"{value}"' if "[" in value else str(value)


def _later(day: str, days: int) -> str:
    return str(datetime.date.fromisoformat(day) + datetime.timedelta(days=days))
