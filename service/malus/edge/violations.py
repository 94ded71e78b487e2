"""Owns what is wrong with a request: field by field, all of it at once.

Does not own: how it is put on the wire (status), or what a field may hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from google.rpc import error_details_pb2

from malus.model.faults import MalusError


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldViolation:
    """One field: its path (`events[3].outage.interval.end_time`), a stable kebab-case reason, what to write."""

    field: str
    reason: str
    description: str


class MalformedRequestError(MalusError):
    """A request that is refused whole, with everything that is wrong with it."""

    def __init__(self, violations: Iterable[FieldViolation]) -> None:
        self.violations = tuple(violations)
        assert self.violations, "a refusal names what is wrong"
        first, more = self.violations[0], len(self.violations) - 1
        others = f", and {more} more" if more else ""
        super().__init__("malformed-field", f"{first.field}: {first.description}{others}")

    def __reduce__(self) -> tuple[type[MalformedRequestError], tuple[tuple[FieldViolation, ...]]]:  # type: ignore[override]
        return (type(self), (self.violations,))


def to_wire_violation(violation: FieldViolation) -> error_details_pb2.BadRequest.FieldViolation:
    """The message of a violation; its reason in upper case, as AIP-193 writes them."""
    return error_details_pb2.BadRequest.FieldViolation(
        field=violation.field,
        reason=violation.reason.replace("-", "_").upper(),
        description=violation.description,
    )
