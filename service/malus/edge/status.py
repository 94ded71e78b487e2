"""Owns the one table from the reason of a fault to what the caller gets: code, ErrorInfo, BadRequest, RetryInfo.

Does not own: when a fault is raised, or its words. The reason on the wire is the name of an ErrorReason without its
prefix (AIP-193), the domain is `malus`, and every value that varies stands in the metadata.
"""

from __future__ import annotations

from typing import Final

import grpc
from google.protobuf.any_pb2 import Any
from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2, status_pb2

from malus.edge.violations import FieldViolation, MalformedRequestError, to_wire_violation
from malus.model.faults import MalusError

DOMAIN: Final = "malus"

#: Reason of a call's fault -> code. Reasons that only ever stand beside one event are not here.
CODES: Final[dict[str, grpc.StatusCode]] = {
    "malformed-field": grpc.StatusCode.INVALID_ARGUMENT,
    "malformed-page-token": grpc.StatusCode.INVALID_ARGUMENT,
    "malformed-cursor": grpc.StatusCode.INVALID_ARGUMENT,
    "limit-exceeded": grpc.StatusCode.INVALID_ARGUMENT,
    "faulty-rule-file": grpc.StatusCode.INVALID_ARGUMENT,
    "event-id-conflict": grpc.StatusCode.ALREADY_EXISTS,
    "rival-corrections": grpc.StatusCode.ALREADY_EXISTS,
    "unknown-agreement": grpc.StatusCode.NOT_FOUND,
    "unknown-decision": grpc.StatusCode.NOT_FOUND,
    "no-terms-in-force": grpc.StatusCode.NOT_FOUND,
    "cursor-beyond-end": grpc.StatusCode.OUT_OF_RANGE,
    "as-of-in-the-past": grpc.StatusCode.FAILED_PRECONDITION,
    "agreement-not-serving": grpc.StatusCode.FAILED_PRECONDITION,
    "beyond-horizon": grpc.StatusCode.FAILED_PRECONDITION,
    "changed-after-final": grpc.StatusCode.FAILED_PRECONDITION,
    "unauthenticated": grpc.StatusCode.UNAUTHENTICATED,
    "permission-denied": grpc.StatusCode.PERMISSION_DENIED,
    "cancelled": grpc.StatusCode.CANCELLED,
    "deadline-exceeded": grpc.StatusCode.DEADLINE_EXCEEDED,
    "overloaded": grpc.StatusCode.RESOURCE_EXHAUSTED,
    "store-unavailable": grpc.StatusCode.UNAVAILABLE,
    "shutting-down": grpc.StatusCode.UNAVAILABLE,
    "internal": grpc.StatusCode.INTERNAL,
}
#: What a caller reads of a fault of ours; the rest is in the log, under the call's id.
INTERNAL_TEXT: Final = "this is a fault of the service; its log names it by the call's id"

_RETRYABLE: Final = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED)
_RETRY_AFTER_MILLISECONDS: Final = {"overloaded": 250, "store-unavailable": 1000, "shutting-down": 1000}
# The status travels in the trailers, and clients refuse more than 8 KiB of those; base64 takes a third on top.
_VIOLATIONS_BYTES: Final = 3000
_MESSAGE_CHARACTERS: Final = 400
_VALUE_CHARACTERS: Final = 200


def status_of(fault: MalusError) -> status_pb2.Status:
    """The status of a fault whose reason is in `CODES`.

    BadRequest lists as many violations as fit into the trailers; the metadata say how many there are and how many
    are listed.
    """
    code = CODES[fault.reason]
    metadata = {name: value[:_VALUE_CHARACTERS] for name, value in fault.metadata.items()}
    bad_request = None
    if isinstance(fault, MalformedRequestError):
        bad_request = _bad_request(fault.violations)
        metadata["violations"] = str(len(fault.violations))
        metadata["listed"] = str(len(bad_request.field_violations))
    status = status_pb2.Status(code=code.value[0], message=fault.message[:_MESSAGE_CHARACTERS])
    reason = fault.reason.replace("-", "_").upper()
    status.details.append(_any(error_details_pb2.ErrorInfo(reason=reason, domain=DOMAIN, metadata=metadata)))
    if bad_request is not None:
        status.details.append(_any(bad_request))
    if code in _RETRYABLE:
        delay = Duration()
        delay.FromMilliseconds(_RETRY_AFTER_MILLISECONDS[fault.reason])
        status.details.append(_any(error_details_pb2.RetryInfo(retry_delay=delay)))
    return status


def internal_fault(call_id: str) -> MalusError:
    """What a caller gets for a fault of ours: always the same words, and the id to look for."""
    return MalusError("internal", INTERNAL_TEXT, {"call_id": call_id})


def _bad_request(violations: tuple[FieldViolation, ...]) -> error_details_pb2.BadRequest:
    listed = error_details_pb2.BadRequest()
    for violation in violations:
        listed.field_violations.append(to_wire_violation(violation))
        if listed.ByteSize() > _VIOLATIONS_BYTES and len(listed.field_violations) > 1:
            del listed.field_violations[-1]
            break
    return listed


def _any(detail: error_details_pb2.ErrorInfo | error_details_pb2.BadRequest | error_details_pb2.RetryInfo) -> Any:
    packed = Any()
    packed.Pack(detail)
    return packed
