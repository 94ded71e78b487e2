"""Owns the server: where it listens, its limits, health, reflection, and how it goes down without losing a call.

Does not own: what calls do (servicers), what they pass (interceptors), certificates, or when the process ends.
"""

from __future__ import annotations

import ipaddress
import re
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event as Signal
from typing import Final

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from malus.edge.agreement_servicer import AgreementServicer
from malus.edge.decision_servicer import DecisionServicer
from malus.edge.evaluation_servicer import EvaluationServicer
from malus.edge.interceptors.call import CallerOf
from malus.edge.interceptors.outermost import Outermost
from malus.edge.interceptors.slots import ConcurrencyLimit, Slots
from malus.edge.operations_port import Operations
from malus.model.faults import MalusError
from malus.v1 import (
    agreement_service_pb2,
    agreement_service_pb2_grpc,
    decision_service_pb2,
    decision_service_pb2_grpc,
    evaluation_service_pb2,
    evaluation_service_pb2_grpc,
)

#: The services of malus by their full names, as health and reflection know them.
SERVICES: Final[tuple[str, ...]] = tuple(
    service.full_name
    for file in (evaluation_service_pb2, decision_service_pb2, agreement_service_pb2)
    for service in file.DESCRIPTOR.services_by_name.values()
)
_ADDRESS: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):([0-9]{1,9})", re.ASCII)
_KIBI: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one server takes; units last in the names.

    `slots`: calls of malus that are answered at once, a quarter of them waiting. `threads`: calls whose request is
    still on its way hold one too, so there are more of them than slots. `calls`: a last bound, health included.
    """

    message_bytes: int = _KIBI * _KIBI
    metadata_bytes: int = 8 * _KIBI
    slots: int = 64
    threads: int = 1000
    calls: int = 2000
    streams_per_connection: int = 100
    handshake_seconds: int = 5
    connection_age_seconds: int = 30 * 60
    connection_grace_seconds: int = 60
    connection_idle_seconds: int = 15 * 60
    keepalive_seconds: int = 60
    keepalive_timeout_seconds: int = 20


class Serving:
    """A server that runs. `port` is the one it listens on, also where 0 was asked for."""

    def __init__(self, server: grpc.Server, servicer: health.HealthServicer, draining: Signal, port: int) -> None:
        self._server = server
        self._health = servicer
        self._draining = draining
        self.port = port

    def set_serving(self, agreement: str, *, serving: bool) -> None:
        """Say by health whether an agreement is served, under the name `agreements/{agreement}`."""
        self._say(f"agreements/{agreement}", serving=serving)

    def set_clock_ticking(self, *, ticking: bool) -> None:
        """Say by health, under the name `clock`, whether time alone brings transitions: not while a jump waits."""
        self._say("clock", serving=ticking)

    def _say(self, name: str, *, serving: bool) -> None:
        status = health_pb2.HealthCheckResponse
        self._health.set(name, status.SERVING if serving else status.NOT_SERVING)

    def drain(self, *, notice_seconds: float, grace_seconds: float) -> bool:
        """Go down: say NOT_SERVING, go on for `notice_seconds` so that others see it, then take no more calls.

        Calls under way have `grace_seconds` to end and are cancelled then. Returns whether all had ended.
        """
        self._health.enter_graceful_shutdown()
        self._draining.set()
        time.sleep(notice_seconds)
        began = time.monotonic()
        self._server.stop(grace_seconds).wait()
        return time.monotonic() - began < grace_seconds

    def wait(self) -> None:
        """Block until the server is down."""
        self._server.wait_for_termination()


def start_server(
    operations: Operations,
    *,
    address: str,
    caller_of: CallerOf,
    credentials: grpc.ServerCredentials | None = None,
    plaintext_anywhere: bool = False,
    reflect: bool = False,
    limits: Limits | None = None,
) -> Serving:
    """Listen on `host:port` (port 0: any that is free) and answer.

    Without credentials only a loopback address is taken, or any where `plaintext_anywhere` says so. `reflect`: whether
    the services can be listed. Raises MalusError `malformed-address`, `plaintext-off-loopback`, `address-unusable`.
    """
    limits = limits or Limits()
    host, _ = _checked(address)
    if credentials is None and not plaintext_anywhere and not _is_loopback(host):
        what = f"{address} is not loopback and there is no certificate: give one, or allow plaintext by its flag"
        raise MalusError("plaintext-off-loopback", what, {"address": address})
    slots, draining = Slots(limits.slots), Signal()
    health_pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="health")
    server = grpc.server(
        ThreadPoolExecutor(max_workers=limits.threads, thread_name_prefix="call"),
        interceptors=[Outermost(caller_of), ConcurrencyLimit(slots, health_pool)],
        options=_options(limits),
        maximum_concurrent_rpcs=limits.calls,
    )
    evaluation_service_pb2_grpc.add_EvaluationServiceServicer_to_server(EvaluationServicer(operations), server)  # type: ignore[no-untyped-call]
    decisions = DecisionServicer(operations, slots, draining)
    decision_service_pb2_grpc.add_DecisionServiceServicer_to_server(decisions, server)  # type: ignore[no-untyped-call]
    agreement_service_pb2_grpc.add_AgreementServiceServicer_to_server(AgreementServicer(operations), server)  # type: ignore[no-untyped-call]
    servicer = health.HealthServicer(experimental_non_blocking=True, experimental_thread_pool=health_pool)
    for name in SERVICES:
        servicer.set(name, health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    if reflect:
        reflection.enable_server_reflection((*SERVICES, health.SERVICE_NAME, reflection.SERVICE_NAME), server)
    port = _bound(server, address, credentials)
    server.start()
    return Serving(server, servicer, draining, port)


def _options(limits: Limits) -> Sequence[tuple[str, int]]:
    return (
        ("grpc.max_receive_message_length", limits.message_bytes),  # also of what a compressed one comes to
        ("grpc.max_metadata_size", limits.metadata_bytes),
        ("grpc.absolute_max_metadata_size", limits.metadata_bytes),  # else refused by chance between the two
        ("grpc.max_concurrent_streams", limits.streams_per_connection),
        ("grpc.server_handshake_timeout_ms", limits.handshake_seconds * 1000),
        ("grpc.max_connection_age_ms", limits.connection_age_seconds * 1000),
        ("grpc.max_connection_age_grace_ms", limits.connection_grace_seconds * 1000),
        ("grpc.max_connection_idle_ms", limits.connection_idle_seconds * 1000),
        ("grpc.keepalive_time_ms", limits.keepalive_seconds * 1000),
        ("grpc.keepalive_timeout_ms", limits.keepalive_timeout_seconds * 1000),
        ("grpc.so_reuseport", 0),  # with it a second server takes the same port and half of the calls, silently
    )


def _checked(address: str) -> tuple[str, int]:
    written = _ADDRESS.fullmatch(address)
    port = int(written[2]) if written is not None else -1
    if written is None or port > 65535:  # grpcio takes a port modulo 65536
        what = f"{address!r} is no address: write host:port with a port up to 65535, e.g. 127.0.0.1:50051"
        raise MalusError("malformed-address", what, {"address": address})
    return written[1].strip("[]"), port


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _bound(server: grpc.Server, address: str, credentials: grpc.ServerCredentials | None) -> int:
    try:
        port: int = (
            server.add_insecure_port(address) if credentials is None else server.add_secure_port(address, credentials)
        )
    except RuntimeError:
        port = 0
    if port == 0:
        what = f"{address} cannot be listened on: another service may hold it, or it is not this machine's"
        raise MalusError("address-unusable", what, {"address": address})
    return port
