"""Owns calls that wait for the one writer of a ledger: those that wait together are stored and judged together.

Does not own: what becomes of them (evaluate_events). A commit waits for the disk, and a judgement costs as much for
thirty events as for one, so who comes while a call is written joins the next one, where both ask for the same moment.
No call depends on its neighbours: where they cannot be answered together each is answered by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event as Signal
from threading import Lock
from typing import Final, TypeAlias

from malus.operations.service_values import EventsAnswer, EventsCall

#: Answers calls of one tenant that ask for one moment, in one transaction and in their order; raises where not all of
#: them can be answered so.
Answering: TypeAlias = Callable[[str, Sequence[EventsCall]], Sequence[EventsAnswer]]

#: The most events that wait for one commit, beyond those of the first call.
MOST_EVENTS: Final = 2000


@dataclass(slots=True, kw_only=True)
class _Waiting:
    """A call in the queue. `turn` is set when it is answered, or when it is to answer those that wait."""

    call: EventsCall
    turn: Signal = field(default_factory=Signal)
    answer: EventsAnswer | None = None
    fault: BaseException | None = None

    def is_answered(self) -> bool:
        return self.answer is not None or self.fault is not None


class Gathering:
    """The calls of every tenant that wait to be written; safe to use from any thread, and without a thread of its own.

    The first to come answers for all that wait with it, then hands over to the first of those that came meanwhile.
    """

    def __init__(self, answering: Answering) -> None:
        self._answering = answering
        self._lock = Lock()
        self._queues: defaultdict[str, list[_Waiting]] = defaultdict(list)
        self._led: set[str] = set()

    def answered(self, tenant: str, call: EventsCall) -> EventsAnswer:
        """The answer to a call, durable; raises what `check_wanted` or the answering raises for this call alone."""
        mine = _Waiting(call=call)
        with self._lock:
            self._queues[tenant].append(mine)
            if tenant not in self._led:
                self._led.add(tenant)
                mine.turn.set()
        mine.turn.wait()
        if not mine.is_answered():
            together = self._taken(tenant)
            try:
                self._answer(tenant, together)
            finally:
                self._hand_over(tenant, together)
        if mine.fault is not None:
            raise mine.fault
        assert mine.answer is not None, "a call that was answered without a fault has an answer"
        return mine.answer

    def _taken(self, tenant: str) -> list[_Waiting]:
        """Those at the head of the queue that ask for one moment, as many as one transaction takes."""
        with self._lock:
            queue = self._queues[tenant]
            most, events, as_of = 0, 0, queue[0].call.as_of
            for waiting in queue:
                events += len(waiting.call.events)
                if most and (events > MOST_EVENTS or waiting.call.as_of != as_of):
                    break
                most += 1
            together, self._queues[tenant] = queue[:most], queue[most:]
        return together

    def _answer(self, tenant: str, together: Sequence[_Waiting]) -> None:
        wanted = [one for one in together if _is_wanted(one)]
        if not wanted:
            return
        try:
            answers = self._answering(tenant, [one.call for one in wanted])
        except BaseException as fault:  # noqa: BLE001 - it is raised in the thread of the call that it belongs to
            if len(wanted) == 1:
                wanted[0].fault = fault
                return
            for one in wanted:
                self._answer(tenant, [one])
        else:
            for one, answer in zip(wanted, answers, strict=True):
                one.answer = answer

    def _hand_over(self, tenant: str, together: Sequence[_Waiting]) -> None:
        with self._lock:
            if self._queues[tenant]:
                self._queues[tenant][0].turn.set()
            else:
                del self._queues[tenant]
                self._led.discard(tenant)
        for one in together:
            one.turn.set()


def _is_wanted(waiting: _Waiting) -> bool:
    try:
        waiting.call.check_wanted()
    except BaseException as fault:  # noqa: BLE001 - as above
        waiting.fault = fault
        return False
    return True
