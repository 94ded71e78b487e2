"""Owns rule files that a caller sends: what is wrong with them, and the terms that they give.

Does not own: compiling or lint (rulefiles). Nothing of a draft is kept.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from malus.model.agreement import Terms
from malus.model.faults import Diagnostic, Severity, in_reading_order
from malus.operations.service_values import DraftFile
from malus.rulefiles.compiler import compile_terms
from malus.rulefiles.lint_folder import lint_agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledDrafts:
    """The terms by effective date, none where any file has an error, and all that is to be said about the files."""

    terms: tuple[Terms, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """What keeps the drafts from being used."""
        return tuple(item for item in self.diagnostics if item.severity is Severity.ERROR)


def compiled_drafts(files: Sequence[DraftFile], today: datetime.date | None) -> CompiledDrafts:
    """Compile the rule files of one agreement, and look at them together; `today` is for findings about dates."""
    compiled = [compile_terms(file.content, file.path) for file in files]
    found = [said for entry in compiled for said in entry.diagnostics]
    diagnostics = in_reading_order([*found, *lint_agreement(compiled, today)])
    terms = [entry.terms for entry in compiled if entry.terms is not None]
    is_sound = all(item.severity is not Severity.ERROR for item in diagnostics)
    return CompiledDrafts(
        terms=tuple(sorted(terms, key=lambda item: item.effective)) if is_sound else (),
        diagnostics=diagnostics,
    )
