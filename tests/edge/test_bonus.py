"""A bonus on the wire and in the ledger: a remedy of its own, below nothing, that nobody takes for a credit."""

from __future__ import annotations

from malus.edge.to_wire import to_wire_assessment, to_wire_remedy
from malus.evaluation.deciding import decided
from malus.ledger.typed_text import decision_from, text_of
from malus.model.decisions import Reason
from malus.v1 import explanation_pb2, remedy_pb2
from malus_client.answers import Assessment

from tests.evaluation.test_bonus import paying
from tests.evaluation.written import judge, money, reading

EVENTS = [reading("2026-05-03", "98"), reading("2026-06-03", "96")]


def test_a_bonus_is_sent_beside_credits_with_its_sign_and_how_it_is_settled() -> None:
    answer = judge(paying(settled="netted"), EVENTS)
    message = to_wire_assessment(answer, full=True)
    assert [credit.amount.units for credit in message.credits] == [2000]
    (bonus,) = message.bonuses
    assert (bonus.amount.units, bonus.key.slot) == (-1000, "bonus")
    assert bonus.settled == explanation_pb2.BONUS_SETTLED_NETTED
    assert bonus.state == remedy_pb2.BONUS_STATE_DUE
    assert bonus.explanation.steps[-1].WhichOneof("step") == "owed_by_customer"
    assert to_wire_remedy(answer.bonuses[0], full=True).WhichOneof("remedy") == "bonus"


def test_a_caller_has_credits_bonuses_and_their_net_apart() -> None:
    for settled, net in (("netted", 1000), ("apart", 2000)):
        told = Assessment.of(to_wire_assessment(judge(paying(settled=settled), EVENTS), full=False))
        assert (told.total, told.bonuses, told.net) == (2000, -1000, net), settled


def test_a_bonus_is_decided_once_its_period_is_over_and_taken_back_where_it_no_longer_follows() -> None:
    running = judge(paying(), EVENTS, as_of="2026-05-20")
    assert decided(running, {}, Reason.NEW_FACTS) == []
    over = judge(paying(), EVENTS, as_of="2026-06-02")
    (first,) = decided(over, {}, Reason.NEW_FACTS)
    assert (first.amount, first.delta, first.state) == (money("-1000"), money("-1000"), "due")
    assert decision_from(text_of(first)) == first
    (gone,) = decided(judge(paying(), [], as_of="2026-06-02"), {first.key: first}, Reason.NEW_FACTS)
    assert (gone.amount, gone.before_cap, gone.delta, gone.withdrawn) == (money("0"), money("0"), money("1000"), True)
