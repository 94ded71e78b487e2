"""What is written is there after the file is opened again, once, whole and in order."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from malus.ledger.ledger import SCAN_LIMIT, SqlLedger
from malus.model.canonical import digest
from malus.model.faults import MalusError
from malus.model.ledger_values import AgreementClock, EventIdentity
from sqlalchemy import text

from tests.ledger.build import AGREEMENT, MIDNIGHT, TENANT, decision, identity, key, opened, outage

NOW = MIDNIGHT + 5


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqlLedger]:
    made = opened(tmp_path, patience_seconds=1)
    yield made
    made.close()


def test_everything_is_there_after_the_file_is_opened_again(ledger: SqlLedger, tmp_path: Path) -> None:
    clock = AgreementClock(as_of=NOW, next_transition=NOW + 9)
    with ledger.writing(TENANT) as writing:
        writing.add_events([outage(1)], NOW)
        writing.keep_terms({"d1": "format: 1"})
        writing.set_clock(AGREEMENT, clock)
        added = writing.add_decisions([decision(1)], NOW)
        writing.link_events([identity(outage(1))], [key(1)])
    ledger.acknowledge(TENANT, "billing", 1)
    ledger.close()

    again = opened(tmp_path)
    assert again.events_of(TENANT, AGREEMENT, None) == (replace(outage(1), recorded_at=NOW),)
    assert again.latest(TENANT, None) == added
    assert again.clocks(TENANT) == {AGREEMENT: clock}
    assert again.acknowledged(TENANT, "billing") == 1
    assert again.terms_text(TENANT, "d1") == "format: 1"
    assert again.verify(TENANT) == again.chain_head(TENANT)
    again.close()


def test_an_event_keeps_its_evidence_and_gets_the_moment_it_was_recorded(ledger: SqlLedger) -> None:
    told = replace(outage(1), evidence="outages.csv:3", recorded_at=1)
    with ledger.writing(TENANT) as writing:
        writing.add_events([told], NOW)
    assert ledger.events_of(TENANT, AGREEMENT, None) == (replace(told, recorded_at=NOW),)


def test_a_repeat_is_found_with_the_content_and_the_keys_of_its_first_call(ledger: SqlLedger) -> None:
    first, second, idle = outage(1), outage(2), outage(3)
    with ledger.writing(TENANT) as writing:
        writing.add_events([first, second, idle], NOW)
        writing.add_decisions([decision(2), decision(1)], NOW)
        writing.link_events([identity(first)], [key(2), key(1)])
        writing.link_events([identity(second)], [key(1)])
        writing.link_events([identity(idle)], [])
    with ledger.writing(TENANT) as writing:
        found = writing.stored([identity(first), identity(second), identity(idle), identity(outage(4))])
    assert found.keys() == {identity(first), identity(second), identity(idle)}
    assert found[identity(first)].content == digest(first)
    assert found[identity(first)].agreement == AGREEMENT
    assert found[identity(first)].recorded_at == NOW
    assert found[identity(first)].decision_keys == (key(2), key(1))
    assert found[identity(second)].decision_keys == (key(1),)
    assert found[identity(idle)].decision_keys == ()


def test_a_thousand_identities_of_several_sources_are_found_at_once(ledger: SqlLedger) -> None:
    events = [outage(number, source=f"probe {number % 2}") for number in range(1200)]
    with ledger.writing(TENANT) as writing:
        writing.add_events(events, NOW)
        found = writing.stored([identity(event) for event in events])
        assert len(found) == 1200
        assert writing.stored([EventIdentity(source="probe 1", id="e0")]) == {}
        assert writing.stored([]) == {}


def test_an_identity_is_stored_once_for_ever(ledger: SqlLedger) -> None:
    with ledger.writing(TENANT) as writing:
        writing.add_events([outage(1)], NOW)
    with pytest.raises(AssertionError, match="refused a statement"), ledger.writing(TENANT) as writing:
        writing.add_events([outage(2), outage(1, agreement="another", lasts=9)], NOW)
    assert [event.id for event in ledger.events_of(TENANT, AGREEMENT, None)] == ["e1"]
    assert ledger.events_of(TENANT, "another", None) == ()


def test_an_event_without_an_id_never_enters(ledger: SqlLedger) -> None:
    with pytest.raises(AssertionError, match="without an id"), ledger.writing(TENANT) as writing:
        writing.add_events([replace(outage(1), id=None)], NOW)


def test_tenants_never_see_each_other(ledger: SqlLedger) -> None:
    for tenant, euros in (("acme", 5), ("bolt", 7)):
        with ledger.writing(tenant) as writing:
            writing.add_events([outage(1)], NOW)
            writing.keep_terms({"d": tenant})
            writing.set_clock(AGREEMENT, AgreementClock(as_of=NOW, next_transition=None))
            assert [found.sequence for found in writing.add_decisions([decision(1, euros=euros)], NOW)] == [1]
            writing.link_events([identity(outage(1))], [key(1)])
        ledger.acknowledge(tenant, "billing", 1)
    for tenant, euros in (("acme", 5), ("bolt", 7)):
        assert len(ledger.events_of(tenant, AGREEMENT, None)) == 1
        assert [found.decision.amount.amount for found in ledger.latest(tenant, None)] == [euros]
        assert ledger.terms_text(tenant, "d") == tenant
    assert ledger.chain_head("acme").link != ledger.chain_head("bolt").link
    assert ledger.events_of("none", AGREEMENT, None) == ()
    assert ledger.latest("none", None) == ()
    assert ledger.revisions("none", AGREEMENT, key(1)) == ()
    assert ledger.clocks("none") == {}
    assert ledger.acknowledged("none", "billing") == 0
    assert ledger.terms_text("none", "d") is None
    assert ledger.decisions_after("none", 0, 10, lambda _: True) == ((), 0)
    assert ledger.verify("none").sequence == 0
    with ledger.writing("none") as writing:
        assert writing.stored([identity(outage(1))]) == {}
        assert writing.latest_decisions(AGREEMENT) == {}
        assert writing.clock_of(AGREEMENT) is None


def test_nothing_is_kept_of_a_block_that_raises(ledger: SqlLedger) -> None:
    def write() -> None:
        with ledger.writing(TENANT) as writing:
            writing.add_events([outage(1)], NOW)
            writing.add_decisions([decision(1)], NOW)
            writing.link_events([identity(outage(1))], [key(1)])
            writing.keep_terms({"d": "format: 1"})
            writing.set_clock(AGREEMENT, AgreementClock(as_of=NOW, next_transition=None))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()
    assert ledger.events_of(TENANT, AGREEMENT, None) == ()
    assert ledger.latest(TENANT, None) == ()
    assert ledger.terms_text(TENANT, "d") is None
    assert ledger.clocks(TENANT) == {}
    with ledger.writing(TENANT) as writing:
        writing.add_events([outage(1)], NOW)


def test_nothing_is_kept_of_a_block_that_lets_a_refusal_pass(ledger: SqlLedger) -> None:
    def write() -> None:
        with ledger.writing(TENANT) as writing:
            writing.add_events([outage(1)], NOW)
            with pytest.raises(AssertionError):
                writing.add_decisions([decision(1), decision(1)], NOW)
            with pytest.raises(AssertionError, match="refused a statement"):
                writing.events_of(AGREEMENT)

    with pytest.raises(AssertionError, match="refused a statement"):
        write()
    assert ledger.events_of(TENANT, AGREEMENT, None) == ()
    assert ledger.chain_head(TENANT).sequence == 0


def test_a_transaction_is_of_no_use_after_its_block(ledger: SqlLedger) -> None:
    with ledger.writing(TENANT) as writing:
        pass
    with pytest.raises(AssertionError, match="no use after its block"):
        writing.add_events([outage(1)], NOW)


def test_a_block_sees_what_it_wrote_and_readers_do_not_until_it_ends(ledger: SqlLedger) -> None:
    with ledger.writing(TENANT) as writing:
        writing.add_events([outage(1)], NOW)
        writing.add_events([outage(2)], NOW)
        assert [event.id for event in writing.events_of(AGREEMENT)] == ["e1", "e2"]
        assert ledger.events_of(TENANT, AGREEMENT, None) == ()
    assert len(ledger.events_of(TENANT, AGREEMENT, None)) == 2


@pytest.mark.parametrize("table", ["events", "decisions", "answers", "event_decisions", "terms_texts"])
@pytest.mark.parametrize(
    "change", ["DELETE FROM {0}", "UPDATE {0} SET tenant = 'other'", "REPLACE INTO {0} SELECT * FROM {0}"]
)
def test_what_is_only_ever_added_is_never_edited_or_taken_away(ledger: SqlLedger, table: str, change: str) -> None:
    with ledger.writing(TENANT) as writing:
        writing.add_events([outage(1)], NOW)
        writing.add_decisions([decision(1)], NOW)
        writing.link_events([identity(outage(1))], [key(1)])
        writing.keep_terms({"d": "format: 1"})
    with pytest.raises(Exception, match="are only ever added"), ledger._connections.writing() as connection:
        connection.execute(text(change.format(table)))
    assert len(ledger.events_of(TENANT, AGREEMENT, None)) == 1


def test_numbers_have_no_gap_and_no_repeat_under_eight_threads(ledger: SqlLedger) -> None:
    def add(thread: int) -> list[int]:
        numbers = []
        for turn in range(10):
            with ledger.writing(TENANT) as writing:
                first = 100 * thread + 2 * turn
                writing.add_events([outage(first)], NOW)
                added = writing.add_decisions([decision(first), decision(first + 1)], NOW)
                numbers += [found.sequence for found in added]
        return numbers

    with ThreadPoolExecutor(8) as threads:
        numbers = [number for told in threads.map(add, range(8)) for number in told]
    assert sorted(numbers) == list(range(1, 161))
    found, reached = ledger.decisions_after(TENANT, 0, 1000, lambda _: True)
    assert [numbered.sequence for numbered in found] == list(range(1, 161))
    assert reached == 160
    assert ledger.verify(TENANT).sequence == 160
    assert len(ledger.events_of(TENANT, AGREEMENT, None)) == 80


def test_a_rolled_back_block_leaves_no_gap_in_the_numbers(ledger: SqlLedger) -> None:
    def write() -> None:
        with ledger.writing(TENANT) as writing:
            assert writing.add_decisions([decision(1)], NOW)[0].sequence == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()
    with ledger.writing(TENANT) as writing:
        assert [added.sequence for added in writing.add_decisions([decision(1), decision(2)], NOW)] == [1, 2]
        assert [added.sequence for added in writing.add_decisions([decision(3)], NOW)] == [3]
        assert writing.add_decisions([], NOW) == ()


def test_the_latest_revision_of_every_decision_is_told_by_agreement_and_key(ledger: SqlLedger) -> None:
    with ledger.writing(TENANT) as writing:
        writing.add_decisions([decision(2), decision(1), decision(1, agreement="archive")], NOW)
        writing.add_decisions([decision(1, revision=2, euros=250)], NOW + 1)
        latest = writing.latest_decisions(AGREEMENT)
    assert {found.occasion: known.revision for found, known in latest.items()} == {"o000001": 2, "o000002": 1}
    assert latest[key(1)] == decision(1, revision=2, euros=250)
    everywhere = [(found.decision.agreement, found.sequence) for found in ledger.latest(TENANT, None)]
    assert everywhere == [("archive", 3), (AGREEMENT, 4), (AGREEMENT, 1)]
    assert [found.sequence for found in ledger.latest(TENANT, "archive")] == [3]


def test_every_revision_of_a_decision_is_told_first_to_last(ledger: SqlLedger) -> None:
    with ledger.writing(TENANT) as writing:
        writing.add_decisions([decision(1), decision(2), decision(1, revision=2)], NOW)
    told = ledger.revisions(TENANT, AGREEMENT, key(1))
    assert [(found.sequence, found.decision.revision) for found in told] == [(1, 1), (3, 2)]


def test_a_revision_is_written_once(ledger: SqlLedger) -> None:
    with pytest.raises(AssertionError, match="refused a statement"), ledger.writing(TENANT) as writing:
        writing.add_decisions([decision(1), decision(1, euros=9)], NOW)


def test_pages_of_wanted_decisions_skip_none_and_repeat_none(ledger: SqlLedger) -> None:
    with ledger.writing(TENANT) as writing:
        writing.add_decisions([decision(number, euros=number) for number in range(1, 1203)], NOW)
    pages, place = [], 0
    while True:
        page, reached = ledger.decisions_after(TENANT, place, 7, lambda found: found.amount.amount % 3 == 0)
        assert len(page) <= 7
        pages += [numbered.sequence for numbered in page]
        if reached == place:
            break
        place = reached
    assert pages == list(range(3, 1203, 3))
    assert place == 1202


def test_a_call_looks_at_so_many_decisions_at_most(ledger: SqlLedger) -> None:
    with ledger.writing(TENANT) as writing:
        writing.add_decisions([decision(number) for number in range(SCAN_LIMIT + 5)], NOW)
    assert ledger.decisions_after(TENANT, 0, 1, lambda _: False) == ((), SCAN_LIMIT)
    assert ledger.decisions_after(TENANT, SCAN_LIMIT, 1, lambda _: False) == ((), SCAN_LIMIT + 5)


def test_a_cursor_beyond_the_last_decision_is_refused(ledger: SqlLedger) -> None:
    with ledger.writing(TENANT) as writing:
        writing.add_decisions([decision(1)], NOW)
    assert ledger.decisions_after(TENANT, 1, 5, lambda _: True) == ((), 1)
    for place in (2, -1):
        with pytest.raises(MalusError) as refused:
            ledger.decisions_after(TENANT, place, 5, lambda _: True)
        assert refused.value.reason == "cursor-ahead"


def test_only_what_was_recorded_by_a_moment_is_known_at_it(ledger: SqlLedger) -> None:
    for number, recorded_at in ((1, 10), (2, 20), (3, 15)):
        with ledger.writing(TENANT) as writing:
            writing.add_events([outage(number)], recorded_at)

    def known(moment: int | None) -> list[str | None]:
        return [event.id for event in ledger.events_of(TENANT, AGREEMENT, moment)]

    assert known(9) == []
    assert known(10) == ["e1"]
    assert known(15) == ["e1", "e3"]
    assert known(20) == known(None) == ["e1", "e2", "e3"]


def test_an_acknowledgement_only_moves_forward(ledger: SqlLedger) -> None:
    with ledger.writing(TENANT) as writing:
        writing.add_decisions([decision(1), decision(2), decision(3)], NOW)
    assert ledger.acknowledged(TENANT, "billing") == 0
    for place, stands in ((2, 2), (1, 2), (2, 2), (3, 3)):
        ledger.acknowledge(TENANT, "billing", place)
        assert ledger.acknowledged(TENANT, "billing") == stands
    ledger.acknowledge(TENANT, "archive", 0)
    assert ledger.acknowledged(TENANT, "archive") == 0
    for place in (4, -1):
        with pytest.raises(MalusError) as refused:
            ledger.acknowledge(TENANT, "billing", place)
        assert refused.value.reason == "cursor-ahead"
    assert ledger.acknowledged(TENANT, "billing") == 3


def test_a_clock_never_goes_back(ledger: SqlLedger) -> None:
    with ledger.writing(TENANT) as writing:
        assert writing.clock_of(AGREEMENT) is None
        writing.set_clock(AGREEMENT, AgreementClock(as_of=NOW, next_transition=NOW + 5))
    with ledger.writing(TENANT) as writing:
        writing.set_clock(AGREEMENT, AgreementClock(as_of=NOW, next_transition=None))
        assert writing.clock_of(AGREEMENT) == AgreementClock(as_of=NOW, next_transition=None)
        writing.set_clock(AGREEMENT, AgreementClock(as_of=NOW + 1, next_transition=None))
        writing.set_clock("archive", AgreementClock(as_of=1, next_transition=None))
    with pytest.raises(MalusError) as refused, ledger.writing(TENANT) as writing:
        writing.set_clock(AGREEMENT, AgreementClock(as_of=NOW, next_transition=None))
    assert refused.value.reason == "clock-behind"
    assert {name: clock.as_of for name, clock in ledger.clocks(TENANT).items()} == {AGREEMENT: NOW + 1, "archive": 1}
    with pytest.raises(Exception, match="clocks never go back"), ledger._connections.writing() as connection:
        connection.execute(text("UPDATE clocks SET as_of = as_of - 1"))


def test_the_text_of_terms_stays_as_it_was_first_kept(ledger: SqlLedger) -> None:
    for body in ("format: 1", "format: 1  # again"):
        with ledger.writing(TENANT) as writing:
            writing.keep_terms({"d": body, f"e{len(body)}": body})
            writing.keep_terms({})
    assert ledger.terms_text(TENANT, "d") == "format: 1"
    assert ledger.terms_text(TENANT, "e18") == "format: 1  # again"
    assert ledger.terms_text(TENANT, "f") is None
