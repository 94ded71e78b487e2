"""Owns the client: one method for each thing to ask of a malus service. Start here.

Does not own: the words of events (event_rows), repeats and errors (calls), or what answers hold (answers).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import partial
from types import TracebackType
from typing import Any, Final, Self

import grpc
from google.protobuf.duration_pb2 import Duration
from google.type.date_pb2 import Date
from malus.v1 import (
    agreement_service_pb2,
    agreement_service_pb2_grpc,
    decision_pb2,
    decision_service_pb2,
    decision_service_pb2_grpc,
    evaluation_service_pb2,
    evaluation_service_pb2_grpc,
    event_pb2,
    quantity_pb2,
    rule_file_pb2,
)

from malus_client.answers import Agreement, Assessment, Decision, EventResult, Explained, Sent, Simulated, Violation
from malus_client.batches import batches
from malus_client.calls import Caller, CallError
from malus_client.columns import Column, columns_of
from malus_client.event_rows import Row, RowError, is_civil, messages_of
from malus_client.event_times import timestamp_of
from malus_client.pulling import Pull

#: A moment: RFC 3339 text, a datetime with its zone, or whole microseconds since 1970.
Moment = str | int | datetime

_OPTIONS: Final = (
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 5_000),
    ("grpc.enable_retries", 0),  # repeats are ours, with the service's own word on when
    ("grpc.max_receive_message_length", -1),  # an answer with every step may be long; the service is trusted
)


def connect(address: str, *, deadline_seconds: float, credentials: grpc.ChannelCredentials | None = None) -> Client:
    """A client of the service at `host:port`; nothing is sent before the first call.

    Every call ends within `deadline_seconds`, repeats included. Without credentials the connection is in plain text,
    which the service takes on its own machine only, unless it was told otherwise.
    """
    channel = (
        grpc.insecure_channel(address, options=_OPTIONS)
        if credentials is None
        else grpc.secure_channel(address, credentials, options=_OPTIONS)
    )
    return Client(channel, Caller(deadline_seconds))


class Client:
    """A connection to a malus service; every method raises CallError where the call as a whole fails."""

    def __init__(self, channel: grpc.Channel, caller: Caller) -> None:
        self._channel = channel
        self._call = caller.call
        self._evaluation: Any = evaluation_service_pb2_grpc.EvaluationServiceStub(channel)  # type: ignore[no-untyped-call]
        self._decision: Any = decision_service_pb2_grpc.DecisionServiceStub(channel)  # type: ignore[no-untyped-call]
        self._agreement: Any = agreement_service_pb2_grpc.AgreementServiceStub(channel)  # type: ignore[no-untyped-call]
        self._zones: dict[str, str | CallError] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._channel.close()

    def send(self, events: Iterable[Row], *, as_of: Moment | None = None, explain: bool = False) -> Sent:
        """Send events and learn what became of each, and what follows.

        A row has the columns of event files; civil times are read in its agreement's zone, which the service is asked
        for once. Rows are cut into calls of at most 1,000 events and 1 MiB, each kept or refused as one; a row that
        cannot be written as a message is refused here, the others are sent. `as_of` (default: now) holds for every call
        and may not lie behind the ledger clock. `explain`: decisions come with their steps.

        After a CallError the calls before it are kept. Sending everything again is safe: ids are known, and what was
        kept is answered as duplicate, with the names of the decisions that it led to.
        """
        results: list[EventResult] = []
        decisions: list[Decision] = []
        rows: list[int] = []

        def written() -> Iterator[event_pb2.Event]:
            for place, row in enumerate(events):
                try:
                    messages = messages_of(row, self._zone_for(row))
                except (RowError, _NoZoneError) as fault:
                    results.append(_unwritten(place, row, fault))
                    continue
                rows.extend([place] * len(messages))
                yield from messages

        done = 0
        for batch in batches(written()):
            request = evaluation_service_pb2.EvaluateEventsRequest(events=batch, view=_view(explain=explain))
            if as_of is not None:
                request.as_of.CopyFrom(timestamp_of(as_of, None))
            answer = self._call(self._evaluation.EvaluateEvents, request)
            results.extend(EventResult.of(item, rows[done + item.index]) for item in answer.results)
            decisions.extend(Decision.of(item) for item in answer.decisions)
            done += len(batch)
        return Sent(results=tuple(sorted(results, key=lambda item: item.row)), decisions=tuple(decisions))

    def send_columns(
        self,
        kind: str,
        columns: Mapping[str, Column],
        *,
        source: str,
        agreement: str,
        first_number: int | None = None,
        as_of: Moment | None = None,
        explain: bool = False,
        **alike: Any,
    ) -> Sent:
        """Send many checks, readings or tallies of one source about one agreement, in the columns of event files.

        Times have an offset or are whole microseconds since 1970; numbers are int, Decimal or text. Ids are a column
        `id`, or made of `id_prefix` and the source's own running number, which is `first_number` in the first row.
        `alike` is what every row says: service, site, subjects, indicator, unit, delivery_id, id_prefix. Rows are cut
        into calls of at most 5,000 rows and 1 MiB. Repeats are safe as with `send`. Raises CallError, with what is
        wrong with more than one row, and RowError before anything is sent.
        """
        alike |= {"source": source, "agreement": _agreement(agreement)}
        results: list[EventResult] = []
        decisions: list[Decision] = []
        for message in [*columns_of(kind, columns, alike, first_number=first_number)]:
            request = evaluation_service_pb2.EvaluateColumnsRequest(columns=[message], view=_view(explain=explain))
            if as_of is not None:
                request.as_of.CopyFrom(timestamp_of(as_of, None))
            answer = self._call(self._evaluation.EvaluateColumns, request)
            results.extend(EventResult.of_columns(message, answer, len(results)))
            decisions.extend(Decision.of(item) for item in answer.decisions)
        return Sent(results=tuple(results), decisions=tuple(decisions))

    def advance(self, agreement: str | None, as_of: Moment, *, explain: bool = False) -> tuple[Decision, ...]:
        """Move the ledger clock of an agreement (None: of all) on to a moment; what time alone brought."""
        request = evaluation_service_pb2.AdvanceRequest(
            agreement=_agreement(agreement or "-"), as_of=timestamp_of(as_of, None), view=_view(explain=explain)
        )
        answer = self._call(self._evaluation.Advance, request)
        return tuple(Decision.of(item) for item in answer.decisions)

    def simulate(
        self,
        agreement: str,
        events: Iterable[Row] = (),
        *,
        on_ledger: bool,
        known_at: Moment | None = None,
        rule_files: Mapping[str, bytes] | None = None,
        as_of: Moment | None = None,
        explain: bool = False,
    ) -> Simulated:
        """What would follow, for one agreement; nothing is stored.

        `on_ledger`: the events (at most 1,000) are added to what the ledger holds, as known at `known_at` where that is
        given; else only they count. `rule_files`: drafts by name, in place of the terms that are served. Unlike `send`,
        one faulty event fails the call: an answer that leaves out a fact would be no answer.
        """
        base = evaluation_service_pb2.SimulateRequest.BASE_LEDGER
        if not on_ledger:
            base = evaluation_service_pb2.SimulateRequest.BASE_EMPTY
        request = evaluation_service_pb2.SimulateRequest(
            agreement=_agreement(agreement), base=base, view=_view(explain=explain)
        )
        for place, row in enumerate(events):
            try:
                request.events.extend(messages_of(row, self._zone_for(row)))
            except RowError as fault:
                raise _row_error(place, fault) from None
            except _NoZoneError as fault:
                raise fault.why from None
        request.rule_files.extend(
            rule_file_pb2.RuleFile(path=name, content=content) for name, content in (rule_files or {}).items()
        )
        if known_at is not None:
            request.known_at.CopyFrom(timestamp_of(known_at, None))
        if as_of is not None:
            request.as_of.CopyFrom(timestamp_of(as_of, None))
        answer = self._call(self._evaluation.Simulate, request)
        return Simulated(assessment=Assessment.of(answer.assessment), diagnostics=tuple(answer.diagnostics))

    def decisions(
        self, agreement: str | None = None, *, clause: str = "", show_withdrawn: bool = False, explain: bool = False
    ) -> Iterator[Decision]:
        """The latest revision of every decision, by agreement, clause, slot, subject and occasion."""
        request = decision_service_pb2.ListDecisionsRequest(
            parent=_agreement(agreement or "-"),
            clause=clause,
            show_withdrawn=show_withdrawn,
            page_size=1000,
            view=_view(explain=explain),
        )
        for answer in self._pages(self._decision.ListDecisions, request):
            yield from (Decision.of(item) for item in answer.decisions)

    def decision(self, name: str) -> Decision:
        """One decision with its steps; without `@revision` in its name, the latest."""
        request = decision_service_pb2.GetDecisionRequest(name=name)
        message: decision_pb2.Decision = self._call(self._decision.GetDecision, request)
        return Decision.of(message)

    def explain(self, name: str) -> Explained:
        """One decision with its steps, and as sentences that a clerk can check."""
        request = decision_service_pb2.ExplainDecisionRequest(name=name)
        answer = self._call(self._decision.ExplainDecision, request)
        return Explained(decision=Decision.of(answer.decision), sentences=tuple(answer.sentences))

    def pull(
        self,
        consumer: str,
        after: str | None = None,
        *,
        final_only: bool = False,
        agreement: str | None = None,
        acknowledge: bool = False,
        wait_seconds: int = 0,
        page_size: int = 500,
        explain: bool = False,
    ) -> Pull:
        """Decisions in the order in which they were written, after a cursor (None: what the consumer acknowledged).

        Iterate over it, or over its `pages()`, and keep its `cursor`. `acknowledge`: the service remembers each page
        once it was taken. `wait_seconds` (up to 30): how long to wait where nothing is left, before the iteration ends.
        With `final_only`, `delta` still speaks of the revision before, which may have been passed over: book by
        `amount`.
        """
        request = decision_service_pb2.PullDecisionsRequest(
            consumer=consumer,
            max_decisions=page_size,
            final_only=final_only,
            agreement=_agreement(agreement) if agreement else "",
            wait=Duration(seconds=wait_seconds),
            view=_view(explain=explain),
        )

        def asked(cursor: str) -> decision_service_pb2.PullDecisionsResponse:
            request.after_cursor = cursor
            answer: decision_service_pb2.PullDecisionsResponse = self._call(
                self._decision.PullDecisions, request, more_seconds=wait_seconds
            )
            return answer

        return Pull(asked, partial(self.acknowledge, consumer) if acknowledge else None, after or "")

    def acknowledge(self, consumer: str, cursor: str) -> None:
        """Have the service remember how far a consumer has come; it never goes back."""
        self._call(
            self._decision.AckDecisions, decision_service_pb2.AckDecisionsRequest(consumer=consumer, cursor=cursor)
        )

    def agreements(self) -> Iterator[Agreement]:
        """All agreements that are served, by name."""
        request = agreement_service_pb2.ListAgreementsRequest(page_size=1000)
        for answer in self._pages(self._agreement.ListAgreements, request):
            yield from (Agreement.of(item) for item in answer.agreements)

    def agreement(self, name: str) -> Agreement:
        """One agreement."""
        request = agreement_service_pb2.GetAgreementRequest(name=_agreement(name))
        return Agreement.of(self._call(self._agreement.GetAgreement, request))

    def terms(self, agreement: str, on: date, *, with_text: bool = False) -> agreement_service_pb2.Terms:
        """The terms in force on a civil day of the agreement's zone; with the rule file's text if it is asked for."""
        request = agreement_service_pb2.GetTermsRequest(
            agreement=_agreement(agreement),
            date=Date(year=on.year, month=on.month, day=on.day),
            view=_view(explain=with_text),
        )
        message: agreement_service_pb2.Terms = self._call(self._agreement.GetTerms, request)
        return message

    def _zone_for(self, row: Row) -> str | None:
        """The zone of the row's agreement, asked for once; None where the row needs none and none is known yet."""
        agreement = str(row.get("agreement") or "").removeprefix("agreements/")
        if agreement not in self._zones:
            if not agreement or not is_civil(row):
                return None
            try:
                self._zones[agreement] = self.agreement(agreement).timezone
            except CallError as fault:
                if fault.reason not in {"unknown-agreement", "malformed-field"}:
                    raise
                self._zones[agreement] = fault
        zone = self._zones[agreement]
        if isinstance(zone, CallError):
            raise _NoZoneError(zone)
        return zone

    def _pages(self, method: Callable[..., Any], request: Any) -> Iterator[Any]:
        while True:
            answer = self._call(method, request)
            yield answer
            if not answer.next_page_token:
                return
            request.page_token = answer.next_page_token


def _agreement(name: str) -> str:
    return name if name.startswith("agreements/") else f"agreements/{name}"


def _view(*, explain: bool) -> quantity_pb2.View:
    return quantity_pb2.VIEW_FULL if explain else quantity_pb2.VIEW_BASIC


class _NoZoneError(Exception):
    """Civil times of an agreement that the service does not know."""

    def __init__(self, why: CallError) -> None:
        super().__init__(why.message)
        self.why = why


def _unwritten(place: int, row: Row, fault: RowError | _NoZoneError) -> EventResult:
    violations: tuple[Violation, ...]
    if isinstance(fault, RowError):
        violations = (Violation(field=fault.column, reason="malformed-field", description=fault.what),)
        reason, message = "malformed-field", "it cannot be written as a message"
    else:
        violations, reason, message = fault.why.violations, fault.why.reason, fault.why.message
    return EventResult(
        row=place,
        source=str(row.get("source") or ""),
        id=str(row.get("id") or ""),
        outcome="rejected",
        reason=reason,
        message=message,
        violations=violations,
    )


def _row_error(place: int, fault: RowError) -> CallError:
    violation = Violation(field=f"events[{place}].{fault.column}", reason="malformed-field", description=fault.what)
    message = f"event {place} cannot be written as a message: {fault}"
    return CallError("malformed-field", message, {"row": str(place), "field": fault.column}, violations=(violation,))
