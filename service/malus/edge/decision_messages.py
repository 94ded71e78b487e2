"""Owns the messages of the decisions that were told last: those of one commit are told to every call that it answered.

Does not own: what a message says (to_wire). A decision never changes, so neither does its message.
"""

from __future__ import annotations

from typing import Final

from malus.edge.to_wire import to_wire_decision
from malus.model.ledger_values import NumberedDecision
from malus.v1 import decision_pb2

#: The most messages that are held; the oldest goes first.
MOST_HELD: Final = 100


class DecisionMessages:
    """The messages by the very decisions; safe to use from any thread, and none of them may be changed."""

    def __init__(self) -> None:
        # Held with its message, a decision keeps its identity, and looking it up costs no comparison of steps.
        self._held: dict[tuple[int, bool], tuple[NumberedDecision, decision_pb2.Decision]] = {}

    def of(self, numbered: NumberedDecision, *, full: bool) -> decision_pb2.Decision:
        """The message of a decision, with its steps where the view is full."""
        key = (id(numbered), full)
        held = self._held.get(key)
        if held is not None and held[0] is numbered:
            return held[1]
        message = to_wire_decision(numbered, full=full)
        self._held[key] = (numbered, message)
        for oldest in list(self._held)[: len(self._held) - MOST_HELD]:
            self._held.pop(oldest, None)
        return message
