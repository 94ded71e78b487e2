"""Owns the outermost layer of each call: its id, its caller, its one log line, and that no fault shows its text.

Does not own: the error table (status), or who a caller is. grpcio by itself would tell a caller the text of any
exception; here a known fault becomes its status and everything else INTERNAL with a fixed text.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any, Final, TypeAlias

import grpc
import structlog
from google.protobuf.message import DecodeError
from grpc_status import rpc_status

from malus.edge.interceptors.call import CURRENT, Call, CallerOf
from malus.edge.status import CODES, internal_fault, status_of
from malus.edge.violations import FieldViolation, MalformedRequestError
from malus.model.faults import MalusError

Behaviour: TypeAlias = Callable[[Any, grpc.ServicerContext], Any]
_OURS: Final = "/malus."


class Outermost(grpc.ServerInterceptor):
    """Wraps every call of malus; others, such as health, pass."""

    def __init__(self, caller_of: CallerOf) -> None:
        self._caller_of = caller_of
        self._log = structlog.get_logger("malus.edge")

    def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], grpc.RpcMethodHandler[Any, Any] | None],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Any, Any] | None:
        handler = continuation(handler_call_details)
        if handler is None or not handler_call_details.method.startswith(_OURS):
            return handler
        behaviour, read = handler.unary_unary, handler.request_deserializer
        assert behaviour is not None, "every call of malus has one request and one response"
        assert read is not None, "every request of malus is a message"
        # The request is read inside, so that bytes that are no message are the caller's fault and not ours.
        return grpc.unary_unary_rpc_method_handler(
            self._answering(handler_call_details.method, behaviour, read),
            request_deserializer=None,
            response_serializer=handler.response_serializer,
        )

    def _answering(self, method: str, behaviour: Behaviour, read: Callable[[bytes], Any]) -> Behaviour:
        def answer(request: bytes, context: grpc.ServicerContext) -> object:
            call = Call(id=uuid.uuid4().hex, method=method)
            CURRENT.set(call)  # the call has a context of its own, so there is nothing to set back
            began = time.perf_counter_ns()
            fault: MalusError | None = None
            try:
                context.send_initial_metadata((("call-id", call.id),))
                call.tenant = self._caller_of(context, method)
                return behaviour(_message(read, request), context)
            except MalusError as told:
                fault = told if told.reason in CODES else self._unforeseen(call)
            except grpc.RpcError:  # raised by grpcio itself where the caller has gone
                fault = MalusError("cancelled", "the caller hung up before anything was kept")
            except Exception:  # noqa: BLE001 - a caller must not read what went wrong inside
                fault = self._unforeseen(call)
            finally:
                self._log_line(call, fault, time.perf_counter_ns() - began)
            context.abort_with_status(rpc_status.to_status(status_of(fault)))
            raise AssertionError("abort_with_status raises")

        return answer

    def _unforeseen(self, call: Call) -> MalusError:
        self._log.exception("call_failed", call_id=call.id, method=call.method)
        return internal_fault(call.id)

    def _log_line(self, call: Call, fault: MalusError | None, nanoseconds: int) -> None:
        self._log.info(
            "call_answered",
            call_id=call.id,
            method=call.method,
            tenant=call.tenant,
            code="OK" if fault is None else CODES[fault.reason].name,
            reason="" if fault is None else fault.reason,
            duration_us=nanoseconds // 1000,
            **call.said,
        )


def _message(read: Callable[[bytes], Any], request: bytes) -> object:
    try:
        return read(request)
    except DecodeError:
        what = "the bytes are no message of this call"
        violation = FieldViolation(field="", reason="malformed-message", description=what)
        raise MalformedRequestError([violation]) from None
