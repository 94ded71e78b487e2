"""Owns how many calls are answered at once: a bounded number of slots, a quarter of them for those that wait.

Does not own: threads, or connections. Who finds no slot is told at once to come again (RetryInfo); nobody queues, so
a flood costs the others no time. Health has a pool of its own and always gets through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any, Final

import grpc

from malus.model.faults import MalusError

_OURS: Final = "/malus."
_HEALTH_CHECK: Final = "/grpc.health.v1.Health/Check"


class Slots:
    """The slots of one server: `most` calls at once, of them at most a quarter waiting for something to come."""

    def __init__(self, most: int) -> None:
        assert most >= 4, "a quarter of the slots is at least one"
        self.most = most
        self._all = BoundedSemaphore(most)
        self._waiting = BoundedSemaphore(most // 4)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Hold a slot; MalusError `overloaded` where none is free."""
        with _held(self._all, self.most):
            yield

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Hold one of the slots for calls that wait, besides the call's own; MalusError `overloaded` as above."""
        with _held(self._waiting, self.most // 4):
            yield


class ConcurrencyLimit(grpc.ServerInterceptor):
    """Gives each call of malus a slot while it is answered, and the health check its own pool."""

    def __init__(self, slots: Slots, health_pool: ThreadPoolExecutor) -> None:
        self._slots = slots
        self._health_pool = health_pool

    def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], grpc.RpcMethodHandler[Any, Any] | None],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Any, Any] | None:
        handler = continuation(handler_call_details)
        method = handler_call_details.method
        if handler is None or handler.unary_unary is None:
            return handler
        behaviour = handler.unary_unary

        def in_a_slot(request: Any, context: grpc.ServicerContext) -> object:
            with self._slots.answering():
                return behaviour(request, context)

        def on_its_own_pool(request: Any, context: grpc.ServicerContext) -> object:
            return behaviour(request, context)

        # grpcio picks the pool by this attribute of the function.
        on_its_own_pool.experimental_thread_pool = self._health_pool  # type: ignore[attr-defined]
        if method.startswith(_OURS):
            behaviour_of_ours = in_a_slot
        elif method == _HEALTH_CHECK:
            behaviour_of_ours = on_its_own_pool
        else:
            return handler
        return grpc.unary_unary_rpc_method_handler(
            behaviour_of_ours,
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )


@contextmanager
def _held(semaphore: BoundedSemaphore, most: int) -> Iterator[None]:
    if not semaphore.acquire(blocking=False):
        raise MalusError("overloaded", f"{most} calls are being answered already; try again", {"limit": str(most)})
    try:
        yield
    finally:
        semaphore.release()
