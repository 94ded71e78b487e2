"""Owns the playing of scenarios: files and folders in, what differs from what is expected out. Start here.

Does not own: how a scenario is read (rulefiles.scenarios), compared (scenarios_compared) or shown (scenarios_text), nor
the judgement: it is the one that every other command uses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from malus.model.agreement import Terms
from malus.model.assessment import Assessment
from malus.model.calendars import HorizonFault
from malus.model.faults import Diagnostic, MalusError, Severity
from malus.operations.agreements import LoadedRules, load_agreements
from malus.operations.evaluate import Judge
from malus.operations.scenarios_compared import compared, faults_compared
from malus.operations.scenarios_differences import Difference
from malus.rulefiles.scenarios import CompiledScenario, Scenario, compile_scenario, terms_label
from malus.rulefiles.scenarios_expected import ExpectedFault

#: The folder, beside an agreement's rule files, that holds its scenarios.
SCENARIOS: Final = "scenarios"
_SUFFIXES: Final = (".yaml", ".yml")
#: Told while playing: the file that is next, how many are done, how many there are.
PlayProgress: TypeAlias = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedScenario:
    """One scenario: passed where nothing differs and its own file has no fault.

    `line` is that of the first difference, else of the scenario. `faults` and `lines` are the scenario file's own.
    """

    path: str
    line: int
    title: str
    agreement: str
    differences: tuple[Difference, ...]
    faults: tuple[Diagnostic, ...]
    lines: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.differences and not self.faults


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundScenario:
    """A scenario file and the rule files that it is played by: an agreement's folder, or one file."""

    path: Path
    rules: Path


def play_scenarios(
    paths: Sequence[Path], *, judge: Judge, progress: PlayProgress | None = None
) -> tuple[PlayedScenario, ...]:
    """Play every scenario of some files and folders, each against the terms of the agreement that it lies beside.

    A path is a scenario file, an agreement's folder, or a folder of such, to any depth. Raises MalusError
    `no-scenarios` where a path holds none, `unreadable-file` where one cannot be read.
    """
    return play([found for path in paths for found in find_scenarios(path)], judge=judge, progress=progress)


def assessed_scenario(path: Path, *, judge: Judge) -> tuple[Assessment, tuple[Terms, ...]]:
    """What follows from what a scenario tells, whatever it expects, and the terms that say so.

    Raises MalusError `no-scenarios`, `unreadable-file`, `unknown-label`; `scenario-not-judged` where the file or its
    rule files have errors, which `malus test` shows in full.
    """
    (found,) = find_scenarios(path)
    data = _bytes_of(path)
    label = terms_label(data, str(path))
    rules = load_agreements([found.rules if label is None else _labelled(found, label)])
    terms = rules.agreements[0].terms
    compiled = compile_scenario(data, str(path), terms)
    faults = [item for item in (*rules.diagnostics, *compiled.diagnostics) if item.severity is Severity.ERROR]
    if compiled.scenario is None or not terms:
        first = f"{faults[0].place} {faults[0].what}" if faults else "there are no terms"
        what = f"{path} cannot be judged: {first}: `malus test {path}` shows every fault"
        raise MalusError("scenario-not-judged", what, {"path": str(path)})
    told = compiled.scenario
    return judge(terms, told.events(), as_of=told.as_of, known_at=told.known_at), terms


def find_scenarios(path: Path) -> tuple[FoundScenario, ...]:
    """The scenario files beneath a path, in order of their names, each with its agreement's folder."""
    files = [path] if path.is_file() else sorted(entry for entry in path.rglob("*") if _is_visible(entry, path))
    found = [FoundScenario(path=file, rules=rules) for file in files if (rules := _folder_of(file)) is not None]
    if not found:
        hint = f"scenarios lie in a folder `{SCENARIOS}` beside their agreement's rule files"
        raise MalusError("no-scenarios", f"{path} holds no scenario: {hint}", {"path": str(path)})
    return tuple(found)


def play(
    scenarios: Sequence[FoundScenario], *, judge: Judge, progress: PlayProgress | None = None
) -> tuple[PlayedScenario, ...]:
    """Play scenarios, each by the rule files named with it. The same rule files are loaded once."""
    shelf = _Shelf()
    played = []
    unique = list(dict.fromkeys(scenarios))
    for place, found in enumerate(unique):
        if progress is not None:
            progress(str(found.path), place, len(unique))
        played.append(_played(found, shelf, judge))
    if progress is not None:
        progress("", len(unique), len(unique))
    return tuple(played)


@dataclass(slots=True)
class _Shelf:
    """Rule files by path, each loaded once."""

    loaded: dict[Path, LoadedRules] = field(default_factory=dict)

    def rules(self, path: Path) -> LoadedRules:
        if path not in self.loaded:
            self.loaded[path] = load_agreements([path])
        return self.loaded[path]


def _is_visible(entry: Path, beneath: Path) -> bool:
    hidden = any(part.startswith(".") for part in entry.relative_to(beneath).parts)
    return entry.suffix in _SUFFIXES and not hidden


def _folder_of(path: Path) -> Path | None:
    """The agreement's folder that a scenario file lies beneath."""
    near = next((parent.parent for parent in path.parents if parent.name == SCENARIOS), None)
    # A path given from inside the folder does not name it.
    return near or next((parent.parent for parent in path.resolve().parents if parent.name == SCENARIOS), None)


def _played(found: FoundScenario, shelf: _Shelf, judge: Judge) -> PlayedScenario:
    path, data = str(found.path), _bytes_of(found.path)
    try:
        label = terms_label(data, path)
        rules = shelf.rules(found.rules if label is None else _labelled(found, label))
    except MalusError as fault:
        # One scenario without its rule files keeps none of the others from being played.
        lost = Difference(line=1, what="rule files", expected="terms", got=fault.message)
        return _told(compile_scenario(data, path, ()), found.rules.name, (lost,))
    agreement = rules.agreements[0]
    compiled = compile_scenario(data, path, agreement.terms)
    differences = () if compiled.scenario is None else _differences(compiled.scenario, rules, agreement.terms, judge)
    return _told(compiled, agreement.name, differences)


def _told(compiled: CompiledScenario, agreement: str, differences: tuple[Difference, ...]) -> PlayedScenario:
    # What nobody expected stands at the scenario itself, and a line that expects something is the better place.
    places = sorted({item.line for item in differences}, key=lambda line: (line <= 1, line))
    faults = tuple(item for item in compiled.diagnostics if item.severity is Severity.ERROR)
    return PlayedScenario(
        path=compiled.path,
        line=[*places, *(item.place.line for item in faults), 1][0],
        title=compiled.title,
        agreement=agreement,
        differences=differences,
        faults=faults,
        lines=compiled.lines,
    )


def _labelled(found: FoundScenario, label: str) -> Path:
    """The rule file called `<effective date>-<label>`."""
    files = sorted(file for file in found.rules.iterdir() if file.suffix in _SUFFIXES)
    labels = {file.stem[11:]: file for file in files}
    if label not in labels:
        known = ", ".join(sorted(labels)) or "none"
        raise MalusError(
            "unknown-label", f"{found.path}: no rule file is labelled `{label}`; there are {known}", {"label": label}
        )
    return labels[label]


def _differences(
    scenario: Scenario, rules: LoadedRules, terms: tuple[Terms, ...], judge: Judge
) -> tuple[Difference, ...]:
    faults = faults_compared(scenario, rules.diagnostics)
    others = [item for item in scenario.expected if not isinstance(item, ExpectedFault)]
    if not terms:
        expects_faults = len(others) < len(scenario.expected)
        if expects_faults and not others:
            return faults
        errors = [item for item in rules.diagnostics if item.severity is Severity.ERROR]
        got = "; ".join(f"{item.place} {item.code}" for item in errors[:5])
        return (*faults, Difference(line=scenario.line, what="rule files", expected="no error", got=got))
    if not others and not scenario.nothing_else:
        return faults
    try:
        assessment = judge(terms, scenario.events(), as_of=scenario.as_of, known_at=scenario.known_at)
    except HorizonFault as fault:
        return (*faults, _not_judged(scenario, str(fault)))
    except MalusError as fault:
        return (*faults, _not_judged(scenario, fault.message))
    return (*faults, *compared(scenario, assessment, terms))


def _not_judged(scenario: Scenario, why: str) -> Difference:
    return Difference(line=scenario.line, what="the agreement", expected="an answer", got=f"none: {why}")


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        why = fault.strerror or "it cannot be read"
        raise MalusError("unreadable-file", f"{path}: {why}: check its rights", {"path": str(path)}) from None
