"""The client library against a real service: events in, decisions out, to the cent."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from malus_client import CallError, Client

from tests.clients.running import UNTIL, rows_of, running

OUTAGE: Any = {
    "id": "out-1",
    "source": "tests",
    "agreement": "it-hosting",
    "kind": "outage",
    "start": "2026-06-11 06:00",
    "end": "2026-06-11 18:30",
    "reported_at": "2026-06-11 08:00",
}
JULY = "2026-07-05T00:00:00Z"


def test_an_outage_becomes_a_credit_that_explains_itself(client: Client) -> None:
    sent = client.send([OUTAGE], as_of=JULY)
    assert [result.outcome for result in sent.results] == ["accepted"]
    (credit,) = (item for item in sent.decisions if item.clause == "uptime-credit")
    assert (credit.amount, credit.delta, credit.currency) == (Decimal("2000.00"), Decimal("2000.00"), "EUR")
    assert (credit.state, credit.period, credit.source) == ("claim_open", "2026-06", "art. 4.2")
    assert credit.as_of == datetime(2026, 7, 5, tzinfo=UTC)
    assert credit.message.remedy.service_credit.explanation.steps == []
    explained = client.explain(credit.name)
    assert explained.decision.name == credit.name
    assert "25 % x 8,000.00 = 2,000.00 EUR" in explained.sentences
    assert client.decision(credit.key).message.remedy.service_credit.explanation.steps
    assert client.send([OUTAGE | {"id": "out-2"}], as_of=JULY, explain=True).results[0].is_kept


def test_a_repeat_is_a_duplicate_that_names_what_its_first_call_decided(client: Client) -> None:
    first = client.send([OUTAGE], as_of=JULY)
    again = client.send([OUTAGE], as_of=JULY)
    assert again.results[0].outcome == "duplicate"
    assert again.decisions == ()
    assert [name.rpartition("@")[0] or name for name in again.results[0].decisions] == [
        item.key for item in first.decisions
    ]
    assert again.refused == ()


def test_good_events_are_kept_beside_bad_ones_and_each_says_what_became_of_it(client: Client) -> None:
    rows = [
        OUTAGE,
        OUTAGE | {"start": "2026-06-11 07:00"},
        OUTAGE | {"id": "out-3", "start": "yesterday"},
        OUTAGE | {"id": "out-4", "end": "2026-06-10 00:00", "source": ""},
        OUTAGE
        | {"id": "out-5", "agreement": "nobody", "start": "2026-06-11T06:00:00Z", "end": "", "reported_at": None},
        OUTAGE | {"id": "out-6", "agreement": "nobody"},
    ]
    sent = client.send(rows, as_of=JULY)
    assert [(result.row, result.outcome, result.reason) for result in sent.results] == [
        (0, "accepted", ""),
        (1, "conflict", "event-id-conflict"),
        (2, "rejected", "malformed-field"),
        (3, "rejected", "malformed-field"),
        (4, "rejected", "unknown-agreement"),
        (5, "rejected", "unknown-agreement"),
    ]
    assert sent.results[2].violations[0].field == "start"
    assert {violation.field for violation in sent.results[3].violations} == {
        "events[2].source",
        "events[2].outage.interval.end_time",
    }
    assert len(sent.refused) == 5


def test_time_alone_brings_decisions_and_the_clock_never_goes_back(client: Client) -> None:
    client.send([OUTAGE], as_of=JULY)
    brought = client.advance("it-hosting", "2026-08-15T00:00:00Z")
    (credit,) = (item for item in brought if item.clause == "uptime-credit")
    assert (credit.state, credit.amount, credit.delta) == ("lapsed", Decimal("0.00"), Decimal("-2000.00"))
    assert (credit.reason, credit.revision, credit.supersedes) == ("time_passed", 2, 1)
    assert client.advance(None, "2026-08-15T00:00:00Z") == ()
    with pytest.raises(CallError) as refused:
        client.advance("it-hosting", JULY)
    assert refused.value.reason == "as-of-in-the-past"


def test_a_pull_goes_on_where_it_stopped_and_skips_and_repeats_nothing(client: Client) -> None:
    client.send(rows_of("it-hosting"), as_of=UNTIL)
    everything = list(client.pull("billing"))
    assert [item.sequence for item in everything] == list(range(1, len(everything) + 1))
    assert len(everything) > 6
    taken, after = [], None
    while True:
        page = next(client.pull("other", after, page_size=3).pages(), None)
        if page is None:
            break
        taken += page.decisions
        after = page.cursor
    assert [item.name for item in taken] == [item.name for item in everything]


def test_a_page_that_was_not_finished_comes_again(client: Client) -> None:
    client.send(rows_of("it-hosting"), as_of=UNTIL)
    pull = client.pull("billing", page_size=4, acknowledge=True)
    decisions = iter(pull)
    seen = [next(decisions) for _ in range(6)]
    resumed = list(client.pull("billing", pull.cursor))
    assert [item.name for item in resumed[:2]] == [item.name for item in seen[4:]]
    # The service remembers as much: without a cursor the consumer goes on after the first page.
    assert next(iter(client.pull("billing"))).name == seen[4].name


def test_deltas_of_all_revisions_add_up_to_what_stands(client: Client) -> None:
    for row in rows_of("it-hosting"):
        client.send([row], as_of=UNTIL)
    pulled = list(client.pull("billing"))
    owed = sum((item.delta for item in pulled if item.delta is not None), Decimal(0))
    stands = client.simulate("it-hosting", on_ledger=True, as_of=UNTIL).assessment
    assert owed == stands.total == Decimal("6500.00")
    latest = {item.key: item.amount for item in pulled}
    assert {item.key: item.amount for item in client.decisions("it-hosting", show_withdrawn=True)} == latest


def test_a_history_simulated_from_nothing_is_the_answer_that_stands(client: Client) -> None:
    client.send(rows_of("it-hosting"), as_of=UNTIL)
    unique = list({row["id"]: row for row in rows_of("it-hosting")}.values())
    stands = client.simulate("it-hosting", on_ledger=True, as_of=UNTIL).assessment
    again = client.simulate("it-hosting", unique, on_ledger=False, as_of=UNTIL).assessment
    assert again.digest == stands.digest
    with pytest.raises(CallError) as refused:
        client.simulate("it-hosting", [OUTAGE, {"kind": "outage", "start": 1.5}], on_ledger=False)  # type: ignore[dict-item]
    assert refused.value.metadata == {"row": "1", "field": "start"}


def test_agreements_and_their_terms_are_told(client: Client) -> None:
    (agreement,) = client.agreements()
    assert (agreement.name, agreement.timezone, agreement.currency) == ("it-hosting", "Europe/Amsterdam", "EUR")
    assert [entry[0] for entry in agreement.terms] == [date(2026, 1, 1), date(2026, 10, 1)]
    terms = client.terms("it-hosting", date(2026, 9, 30), with_text=True)
    assert terms.text.startswith("format: 1")
    assert terms.digest == agreement.terms[0][1]
    assert client.agreement("it-hosting") == agreement
    with pytest.raises(CallError) as refused:
        client.agreement("nobody")
    assert (refused.value.reason, refused.value.code) == ("unknown-agreement", "NOT_FOUND")


def test_civil_times_are_read_in_the_zone_of_each_agreement(tmp_path: Path) -> None:
    with running(tmp_path, "it-hosting", "aws-ec2-region") as (client, _):
        rows = [OUTAGE, OUTAGE | {"id": "out-2", "agreement": "aws-ec2-region"}]
        assert client.send(rows, as_of=JULY).refused == ()
        same = [
            OUTAGE
            | {"start": "2026-06-11T04:00:00Z", "end": "2026-06-11T16:30:00Z", "reported_at": "2026-06-11T06:00:00Z"},
            rows[1]
            | {"start": "2026-06-11T06:00:00Z", "end": "2026-06-11T18:30:00Z", "reported_at": "2026-06-11T08:00:00Z"},
        ]
        assert [result.outcome for result in client.send(same, as_of=JULY).results] == ["duplicate", "duplicate"]
