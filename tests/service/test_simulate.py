"""What would be: a stated base, events and drafts laid over it, and nothing stored."""

from pathlib import Path

import pytest
from malus.model.faults import MalusError
from malus.model.money import Money
from malus.operations.service_values import DraftFile, EmptyBase, LedgerBase

from tests.operations.rule_text import AGREEMENT
from tests.service.build import Desk, at, desk, outage

FIVE_HOURS = outage("o1", "2026-06-03 10:00", "2026-06-03 15:00")
TWO_MORE = outage("o2", "2026-06-04 10:00", "2026-06-04 12:30")
TEXT = AGREEMENT.format(name="acme", effective="2026-01-01", zone="Europe/Amsterdam")


def draft(text: str, path: str = "draft.yaml") -> DraftFile:
    return DraftFile(path=path, content=text.encode())


def total(service: Desk, **told: object) -> str:
    amounts = [item.amount for item in service.standing(**told).credits if item.amount]
    return str(sum((item.amount for item in amounts), start=Money(amount=0, currency="EUR").amount))


def test_with_nothing_added_the_answer_is_the_one_that_stands_to_the_digest(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-07-15") as service:
        service.send(FIVE_HOURS)
        standing = service.standing()
        kept = {item.decision.key: item.decision.content for item in service.pull().decisions}
        assert {credit.key for credit in standing.credits} == set(kept)
        assert service.advance("2026-07-15") == ()
        assert service.standing().digest() == standing.digest()
        assert service.standing(events=(FIVE_HOURS,)).digest() == standing.digest()


def test_events_are_added_to_the_ledger_and_none_of_them_stays(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-07-15") as service:
        service.send(FIVE_HOURS)
        assert total(service, events=(TWO_MORE,)) == "1440"
        assert total(service) == "1200"
        assert service.stored() == (FIVE_HOURS,)


def test_an_empty_base_knows_nothing_of_the_ledger(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-07-15") as service:
        service.send(FIVE_HOURS)
        assert total(service, base=EmptyBase()) == "0"
        assert total(service, base=EmptyBase(), events=(FIVE_HOURS,)) == "1200"


def test_the_ledger_as_known_at_a_moment_leaves_out_what_was_recorded_later(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-07-10") as service:
        service.send(FIVE_HOURS)
        service.moment.now = at("2026-07-12")
        service.send(TWO_MORE)
        assert total(service, base=LedgerBase(known_at=at("2026-07-11"))) == "1200"
        assert total(service) == "1440"


def test_drafts_stand_in_for_the_terms_and_need_no_signature(tmp_path: Path) -> None:
    dearer = TEXT.replace("rate: 10 %", "rate: 11 %").replace(
        "signed: {provider: 2025-12-12, customer: 2025-12-15}", "signed: {provider: 2025-12-12}"
    )
    with desk(tmp_path, now="2026-07-15") as service:
        service.send(FIVE_HOURS)
        assert total(service, drafts=(draft(dearer),)) == "1320"
        assert total(service, drafts=(draft(dearer),), base=LedgerBase(known_at=at("2026-07-15"))) == "1320"
        assert total(service) == "1200"


def test_drafts_of_an_agreement_that_is_not_served_yet_can_be_tried(tmp_path: Path) -> None:
    new = draft(TEXT.replace("agreement: acme", "agreement: newco"))
    event = outage("o1", "2026-06-03 10:00", "2026-06-03 15:00", agreement="newco")
    with desk(tmp_path, now="2026-07-15") as service:
        answer = service.standing("newco", drafts=(new,), base=EmptyBase(), events=(event,))
        assert [str(item.amount.amount) for item in answer.credits if item.amount] == ["1200"]


def test_a_faulty_draft_and_one_of_another_agreement_are_refused(tmp_path: Path) -> None:
    with desk(tmp_path) as service:
        for text, errors in (
            (TEXT.replace("currency: EUR", "currency: EURO"), None),
            (TEXT.replace("agreement: acme", "agreement: zeta"), "1"),
        ):
            with pytest.raises(MalusError) as told:
                service.standing(drafts=(draft(text),))
            assert (told.value.reason, told.value.metadata["path"]) == ("faulty-rule-file", "draft.yaml")
            assert errors in (None, told.value.metadata["errors"])


def test_an_added_event_may_not_contradict_the_base_nor_another_one(tmp_path: Path) -> None:
    rival = outage("o1", "2026-06-03 10:00", "2026-06-03 11:00")
    with desk(tmp_path, now="2026-07-15") as service:
        service.send(FIVE_HOURS)
        for told in ({"events": (rival,)}, {"events": (FIVE_HOURS, rival), "base": EmptyBase()}):
            with pytest.raises(MalusError) as fault:
                service.standing(**told)
            assert fault.value.reason == "event-id-conflict"
            assert fault.value.metadata == {"source": "monitor", "event": "o1"}


def test_an_unknown_agreement_is_refused(tmp_path: Path) -> None:
    with desk(tmp_path) as service, pytest.raises(MalusError) as told:
        service.standing("nobody")
    assert told.value.reason == "unknown-agreement"


def test_any_moment_may_be_asked_for_also_one_that_has_passed(tmp_path: Path) -> None:
    with desk(tmp_path, now="2026-07-15") as service:
        service.send(FIVE_HOURS)
        early = service.standing(as_of=at("2026-06-10"))
        assert [item.state.value for item in early.credits] == ["accruing"]
        assert service.ledger.clocks("default")["acme"].as_of == at("2026-07-15")
