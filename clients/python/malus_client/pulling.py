"""Owns the taking of decisions by cursor: page by page, resumed where it stopped.

Does not own: what is done with them, or where a consumer keeps its cursor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from malus.v1 import decision_service_pb2

from malus_client.answers import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Decisions in the order of their sequence, and the cursor to go on after them.

    `chain_head`: number and link of the last decision of the ledger; who keeps it can have the ledger held against it.
    """

    decisions: tuple[Decision, ...]
    cursor: str
    chain_head: tuple[int, str]


class Pull:
    """An iterator over decisions. `cursor` is where to go on: it moves only once a whole page was taken.

    So nothing is ever missed: who stops inside a page gets that page again, and knows each decision by its name.
    """

    def __init__(
        self,
        asked: Callable[[str], decision_service_pb2.PullDecisionsResponse],
        acknowledge: Callable[[str], None] | None,
        after: str,
    ) -> None:
        self._asked = asked
        self._acknowledge = acknowledge
        self.cursor = after

    def pages(self) -> Iterator[Page]:
        """Page by page, to the end of what there is; the next page is asked for when this one was dealt with."""
        while True:
            answer = self._asked(self.cursor)
            if answer.decisions:
                yield Page(
                    decisions=tuple(Decision.of(message) for message in answer.decisions),
                    cursor=answer.cursor,
                    chain_head=(answer.chain_head.sequence, answer.chain_head.link),
                )
            self.cursor = answer.cursor
            if self._acknowledge is not None:
                self._acknowledge(answer.cursor)
            if not answer.more:
                return

    def __iter__(self) -> Iterator[Decision]:
        for page in self.pages():
            yield from page.decisions
