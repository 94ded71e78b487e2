"""The client library of malus: events in, decisions out, over gRPC.

    from malus_client import connect

    with connect("127.0.0.1:7070", deadline_seconds=10) as malus:
        malus.send([{"id": "out-1", "source": "monitoring", "agreement": "it-hosting", "kind": "outage",
                     "start": "2026-06-11 06:00", "end": "2026-06-11 18:30"}])
        for decision in malus.pull("billing"):
            print(decision.name, decision.delta, decision.currency)

Start at `client`. Amounts are Decimal, made of whole numbers; a float is refused wherever it would stand for money.
"""

from malus_client.answers import (
    Agreement,
    Assessment,
    Credit,
    Decision,
    EventResult,
    Explained,
    Sent,
    Simulated,
    Violation,
)
from malus_client.calls import CallError
from malus_client.client import Client, connect
from malus_client.event_rows import shared
from malus_client.pulling import Page, Pull

__all__ = [
    "Agreement",
    "Assessment",
    "CallError",
    "Client",
    "Credit",
    "Decision",
    "EventResult",
    "Explained",
    "Page",
    "Pull",
    "Sent",
    "Simulated",
    "Violation",
    "connect",
    "shared",
]
