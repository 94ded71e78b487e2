"""The parts of a file that compiled, before it is known whether all of it did: what lint looks at.

Owns: nothing but the bundle. Does not own: the whole Terms (model.agreement).
"""

from __future__ import annotations

from dataclasses import dataclass

from malus.model.agreement import (
    ChargeTerms,
    ExclusionTerms,
    MoneyRule,
    PartyTerms,
    Review,
    Service,
    Settlement,
)
from malus.model.clauses import Cap, ClaimStep, Clause, OneOf
from malus.model.indicators import Indicator
from malus.rulefiles.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Sound parts by name, in the order of the file; a part with a fault is left out or None."""

    scope: Scope
    parties: tuple[PartyTerms, ...] | None
    services: tuple[Service, ...]
    charges: tuple[ChargeTerms, ...]
    exclusions: tuple[ExclusionTerms, ...]
    money: MoneyRule | None
    review: Review | None
    indicators: dict[str, Indicator]
    clauses: dict[str, Clause]
    one_of: dict[str, OneOf]
    caps: dict[str, Cap]
    claims: tuple[ClaimStep, ...] | None
    settlement: Settlement | None
