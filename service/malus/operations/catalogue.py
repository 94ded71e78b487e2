"""Owns which agreements are served, by which terms: loaded from rule files once, each agreement for itself.

Does not own: compiling (rulefiles) or judging. A faulty agreement is there by name and does not serve; the others do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from malus.model.agreement import Terms, shape_of
from malus.model.calendars import HorizonFault
from malus.model.canonical import digest
from malus.model.faults import Diagnostic, MalusError, Place, Severity
from malus.model.instants import DAY, SECOND, Instant
from malus.operations.agreements import LoadedAgreement, LoadedRules, load_agreements
from malus.operations.compiled_files import CompiledFiles
from malus.operations.ports import Judge

# Long enough for a first period to end, so that the rules over its verdict are tried too.
_TRIED_OVER: int = 40 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedAgreement:
    """An agreement by name; `terms` is empty where it does not serve, and `diagnostics` say why.

    `texts`: the rule file of each terms as it was written, by the terms' digest.
    """

    name: str
    terms: tuple[Terms, ...]
    texts: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...]
    loaded_at: Instant | None

    @property
    def is_serving(self) -> bool:
        return bool(self.terms)

    @property
    def is_faulty(self) -> bool:
        return any(item.severity is Severity.ERROR for item in self.diagnostics)


class Catalogue:
    """What is served, by tenant and agreement; does not change once it is made."""

    def __init__(self, tenants: Mapping[str, Mapping[str, ServedAgreement]], checked_at: Instant) -> None:
        self._tenants = {tenant: dict(sorted(served.items())) for tenant, served in tenants.items()}
        self.checked_at = checked_at

    @property
    def tenants(self) -> tuple[str, ...]:
        """Every tenant with rule files, by name."""
        return tuple(sorted(self._tenants))

    def agreements(self, tenant: str) -> tuple[ServedAgreement, ...]:
        """The agreements of a tenant by name, those that do not serve too."""
        return tuple(self._tenants.get(tenant, {}).values())

    def found(self, tenant: str, agreement: str) -> ServedAgreement | None:
        """The agreement of that name, whether it serves or not."""
        return self._tenants.get(tenant, {}).get(agreement)

    def named(self, tenant: str, agreement: str) -> ServedAgreement:
        """The agreement of that name; MalusError `unknown-agreement` where there is none."""
        found = self.found(tenant, agreement)
        if found is None:
            raise unknown_agreement(agreement)
        return found

    def serving(self, tenant: str, agreement: str) -> ServedAgreement:
        """The agreement of that name, which serves; MalusError `unknown-agreement` or `agreement-not-serving`."""
        found = self.named(tenant, agreement)
        if not found.is_serving:
            raise not_serving(agreement)
        return found

    def generation(self, tenant: str) -> str:
        """SHA-256 in hexadecimal over the digests of all terms that serve."""
        return digest([(item.name, sorted(item.texts)) for item in self.agreements(tenant) if item.is_serving])


def load_catalogue(
    rules: Mapping[str, Sequence[Path]], *, judge: Judge, now: Instant, remembered: CompiledFiles | None = None
) -> Catalogue:
    """Load the rule files of each tenant, and try the rules of each agreement once.

    Agreements that say the same apart from whose they are share one trial. `remembered`: see `load_agreements`.
    An agreement whose files have an error, or whose rules do not pass their trial, is there and does not serve.
    Raises MalusError `no-rule-files` or `unreadable-file` where a path cannot be read at all.
    """
    today = datetime.fromtimestamp(now // SECOND, UTC).date()
    tenants: dict[str, dict[str, ServedAgreement]] = {}
    for tenant, paths in rules.items():
        loaded = load_agreements(paths, today=today, remembered=remembered)
        found = _by_file(loaded.diagnostics)
        trials: dict[object, Diagnostic | None] = {}
        tenants[tenant] = {item.name: _served(item, loaded, found, trials, judge, now) for item in loaded.agreements}
    return Catalogue(tenants, now)


def unknown_agreement(agreement: str) -> MalusError:
    """The fault of a name that no rule file declares; another tenant's answers the same."""
    what = f"there is no agreement {agreement}: check its spelling, or load its rule files"
    return MalusError("unknown-agreement", what, {"agreement": agreement})


def not_serving(agreement: str) -> MalusError:
    """The fault of an agreement without sound terms."""
    what = f"the rule files of {agreement} have errors, so nothing of it is judged: correct them and start again"
    return MalusError("agreement-not-serving", what, {"agreement": agreement})


def _by_file(diagnostics: Sequence[Diagnostic]) -> Mapping[str, Sequence[Diagnostic]]:
    found: dict[str, list[Diagnostic]] = defaultdict(list)
    for said in diagnostics:
        found[said.place.path].append(said)
    return found


def _served(
    item: LoadedAgreement,
    loaded: LoadedRules,
    diagnostics: Mapping[str, Sequence[Diagnostic]],
    trials: dict[object, Diagnostic | None],
    judge: Judge,
    now: Instant,
) -> ServedAgreement:
    found = tuple(said for file in item.files for said in diagnostics.get(file, ()))
    refused = None
    if item.terms:
        shape = tuple(shape_of(terms) for terms in item.terms)
        if shape not in trials:
            trials[shape] = _refusal(item, judge)
        refused = trials[shape]
        if refused is not None:
            refused = replace(refused, place=replace(refused.place, path=item.files[0]))
    terms = () if refused is not None else item.terms
    return ServedAgreement(
        name=item.name,
        terms=terms,
        texts={entry.digest(): loaded.contents[entry.path].decode() for entry in terms},
        diagnostics=found if refused is None else (*found, refused),
        loaded_at=now if terms else None,
    )


def _refusal(item: LoadedAgreement, judge: Judge) -> Diagnostic | None:
    # Nothing of it was judged yet, so the trial comes before the first event and not with it.
    try:
        judge(item.terms, (), as_of=item.terms[-1].starts() + _TRIED_OVER, known_at=None)
    except HorizonFault:
        return None  # of that moment alone; whoever asks for it is told
    except MalusError as fault:
        place = Place(path=item.files[0], line=1, column=1)
        return Diagnostic(code=fault.reason, severity=Severity.ERROR, place=place, span=0, what=fault.message)
    return None
