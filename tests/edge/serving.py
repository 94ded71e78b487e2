"""A server in this process on a port of its own, and what a caller has in hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import grpc
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status
from malus.edge.server import Limits, Serving, start_server
from malus.v1 import agreement_service_pb2_grpc, decision_service_pb2_grpc, evaluation_service_pb2_grpc

from tests.edge.fake_operations import FakeOperations


@dataclass(kw_only=True)
class Wire:
    """A running server, its operations, and a caller's stubs."""

    server: Serving
    operations: FakeOperations
    channel: grpc.Channel

    def __post_init__(self) -> None:
        self.evaluation: Any = evaluation_service_pb2_grpc.EvaluationServiceStub(self.channel)
        self.decision: Any = decision_service_pb2_grpc.DecisionServiceStub(self.channel)
        self.agreement: Any = agreement_service_pb2_grpc.AgreementServiceStub(self.channel)


def anybody(context: grpc.ServicerContext, method: str) -> str:
    return "default"


@contextmanager
def serving(*, limits: Limits | None = None, reflect: bool = False, caller_of: Any = anybody) -> Iterator[Wire]:
    operations = FakeOperations()
    server = start_server(operations, address="127.0.0.1:0", caller_of=caller_of, limits=limits, reflect=reflect)
    with grpc.insecure_channel(f"127.0.0.1:{server.port}", options=[("grpc.use_local_subchannel_pool", 1)]) as channel:
        try:
            yield Wire(server=server, operations=operations, channel=channel)
        finally:
            server.drain(notice_seconds=0, grace_seconds=0)


@dataclass(kw_only=True)
class Refusal:
    """What a refused caller reads."""

    code: grpc.StatusCode
    message: str
    info: error_details_pb2.ErrorInfo | None = None
    bad_request: error_details_pb2.BadRequest | None = None
    retry: error_details_pb2.RetryInfo | None = None


def refusal(error: grpc.RpcError) -> Refusal:
    """Read a status with all of its details; each kind of detail comes at most once."""
    read = Refusal(code=error.code(), message=error.details() or "")
    status = rpc_status.from_call(error) or status_pb2.Status()
    kinds = {"info": error_details_pb2.ErrorInfo, "bad_request": error_details_pb2.BadRequest}
    kinds |= {"retry": error_details_pb2.RetryInfo}
    for detail in status.details:
        name = next(name for name, kind in kinds.items() if detail.Is(kind.DESCRIPTOR))
        assert getattr(read, name) is None
        message = kinds[name]()
        detail.Unpack(message)
        setattr(read, name, message)
    return read
