"""Owns one call: its deadline, its repeats while the service cannot be reached, and the one exception it ends in.

Does not own: which call. Every call of malus may be repeated after any failure: events are known by their ids, times to
be reached and places acknowledged are stated as such.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import grpc
from google.rpc import error_details_pb2, status_pb2

from malus_client.answers import Violation

_FIRST_WAIT_SECONDS: Final = 0.1
_LONGEST_WAIT_SECONDS: Final = 5.0
_DETAILS: Final = "grpc-status-details-bin"


class CallError(Exception):
    """A call that failed: `reason` (kebab-case), `message`, `metadata`, all `violations`, and the gRPC `code`.

    The reason is the service's own, e.g. `unknown-agreement`, or the code in kebab-case where no malus answered,
    e.g. `unavailable`.
    """

    def __init__(
        self,
        reason: str,
        message: str,
        metadata: Mapping[str, str] | None = None,
        *,
        code: str = "",
        violations: tuple[Violation, ...] = (),
    ) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason = reason
        self.message = message
        self.metadata = dict(metadata or {})
        self.code = code
        self.violations = violations


class Caller:
    """Makes calls that end within `deadline_seconds`, repeats included."""

    def __init__(
        self,
        deadline_seconds: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._deadline_seconds = deadline_seconds
        self._clock = clock
        self._sleep = sleep

    def call(self, method: Callable[..., Any], request: object, *, more_seconds: float = 0) -> Any:
        """The answer, or CallError.

        Repeated while the service is unavailable, or says that it has too much to do and when to try again; after the
        time it names, else after twice the wait before, never past the deadline. `more_seconds`: what the call itself
        is asked to wait.
        """
        until = self._clock() + self._deadline_seconds + more_seconds
        wait = _FIRST_WAIT_SECONDS
        while True:
            try:
                # Even a call without time left is made: its error says more than ours could.
                return method(request, timeout=max(until - self._clock(), 0.001))
            except grpc.RpcError as error:
                status = _status_of(error)
                after = _retry_after(error, status, wait)
                if after is None or self._clock() + after >= until:
                    raise _call_error(error, status) from None
            self._sleep(after)
            wait = min(2 * wait, _LONGEST_WAIT_SECONDS)


def _retry_after(error: Any, status: status_pb2.Status, wait: float) -> float | None:
    """How long to wait before the call is made again; None where a repeat would not help."""
    named = _detail(status, error_details_pb2.RetryInfo())
    if error.code() is grpc.StatusCode.UNAVAILABLE or (
        error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED and named is not None
    ):
        least = 0.0 if named is None else named.retry_delay.seconds + named.retry_delay.nanos / 1_000_000_000
        # Spread, so that all who were turned away do not come back together.
        return max(least, wait) * random.uniform(1.0, 1.25)  # noqa: S311 - no secret
    return None


def _call_error(error: Any, status: status_pb2.Status) -> CallError:
    info = _detail(status, error_details_pb2.ErrorInfo())
    request = _detail(status, error_details_pb2.BadRequest())
    code: str = error.code().name
    return CallError(
        (info.reason if info is not None else code).replace("_", "-").lower(),
        error.details() or "the service did not say why",
        dict(info.metadata) if info is not None else {},
        code=code,
        violations=() if request is None else tuple(Violation.of(item) for item in request.field_violations),
    )


def _status_of(error: Any) -> status_pb2.Status:
    for key, value in error.trailing_metadata() or ():
        if key == _DETAILS:
            return status_pb2.Status.FromString(value)
    return status_pb2.Status()


def _detail(status: status_pb2.Status, into: Any) -> Any:
    return next((into for detail in status.details if detail.Is(into.DESCRIPTOR) and detail.Unpack(into)), None)
