"""A decision that is told to several calls is written once, as it would be written each time."""

from dataclasses import replace

from malus.edge import decision_messages
from malus.edge.decision_messages import MOST_HELD, DecisionMessages
from malus.edge.to_wire import to_wire_decision

from tests.edge.builders import decision as built


def test_a_decision_is_written_once_for_each_view(monkeypatch):
    written = []

    def counted(numbered, *, full):
        written.append((numbered.sequence, full))
        return to_wire_decision(numbered, full=full)

    monkeypatch.setattr(decision_messages, "to_wire_decision", counted)
    told, decision = DecisionMessages(), built(1)
    for full in (False, True):
        assert told.of(decision, full=full) == to_wire_decision(decision, full=full)
        assert told.of(decision, full=full) is told.of(decision, full=full)
    assert written == [(decision.sequence, False), (decision.sequence, True)]
    others = [replace(decision, sequence=number) for number in range(2, MOST_HELD + 2)]
    assert [told.of(other, full=False).sequence for other in others] == [other.sequence for other in others]
    told.of(decision, full=True)
    assert written[-1] == (decision.sequence, True)
