"""Owns the loading of rule files: from files and folders to the terms of each agreement, and what was found.

Does not own: how a file is compiled or linted (rulefiles), or any judging. One agreement's fault never keeps
another one out.
"""

from __future__ import annotations

import datetime
import gc
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final, TypeAlias

from malus.model.agreement import Terms
from malus.model.faults import Diagnostic, MalusError, Place, Severity, in_reading_order
from malus.operations.compiled_files import CompiledFiles
from malus.operations.compiling import compile_all
from malus.rulefiles.characters import read_text
from malus.rulefiles.compiler import Compiled
from malus.rulefiles.lint_folder import lint_agreement

#: Told while loading: the file that is next, how many are done, how many there are.
LoadProgress: TypeAlias = Callable[[str, int, int], None]

_SUFFIXES: Final = (".yaml", ".yml")
_NO_RULE_FOLDERS: Final = ("scenarios",)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedAgreement:
    """One agreement: its terms in order of effective date, or none where any of its files has an error."""

    name: str
    files: tuple[str, ...]
    terms: tuple[Terms, ...]
    is_refused: bool
    timezone: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedRules:
    """All agreements of some files and folders; `lines` are those of files that something is said about.

    `contents`: the bytes of every file, as they were compiled.
    """

    agreements: tuple[LoadedAgreement, ...]
    diagnostics: tuple[Diagnostic, ...]
    lines: Mapping[str, tuple[str, ...]]
    files: int
    contents: Mapping[str, bytes]

    def judged(self) -> dict[str, tuple[Terms, ...]]:
        """The terms of each agreement that can be judged."""
        return {item.name: item.terms for item in self.agreements if not item.is_refused}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Files that belong to one agreement: of one folder, or named by hand and of the same agreement."""

    called: str
    compiled: tuple[tuple[str, Compiled], ...]

    def agreement(self) -> str:
        named = [entry.terms.agreement for _, entry in self.compiled if entry.terms is not None]
        return named[0] if named else self.called


def load_agreements(
    paths: Sequence[Path],
    *,
    today: datetime.date | None = None,
    progress: LoadProgress | None = None,
    remembered: CompiledFiles | None = None,
) -> LoadedRules:
    """The terms that rule files give, agreement by agreement, and all that is wrong with them.

    A path is a rule file, an agreement's folder (every rule file right in it belongs to one agreement), or a
    folder of such folders, to any depth; folders called `scenarios` and hidden ones are skipped. A file with
    an error keeps its whole agreement out. `today` (optional) is for findings about dates, such as a review that
    is overdue. `remembered` spares compiling what was compiled before; the answer is the same. Raises MalusError
    `no-rule-files` where a path is missing or holds no rule file.
    """
    with _nothing_collected():
        return _load(paths, today, progress or (lambda *_: None), remembered)


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Values of rule files hold each other in no circle: looking for some takes a third of the time of a start."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _load(
    paths: Sequence[Path], today: datetime.date | None, progress: LoadProgress, remembered: CompiledFiles | None
) -> LoadedRules:
    named = dict.fromkeys(file for path in paths for file in _files_of(path))
    contents = {path: _bytes_of(path) for _, path in named}
    entries = _compiled(contents, remembered, progress)
    compiled = [(folder, path, entries[path]) for folder, path in named]
    diagnostics: list[Diagnostic] = [found for *_, entry in compiled for found in entry.diagnostics]
    groups = _grouped(compiled)
    for group in groups:
        diagnostics += lint_agreement([entry for _, entry in group.compiled], today)
    diagnostics += _named_twice(groups)
    found = in_reading_order(diagnostics)
    faulty = {item.place.path for item in found if item.severity is Severity.ERROR}
    spoken_of = {item.place.path for item in found} | {place.path for item in found for place, _ in item.also}
    return LoadedRules(
        agreements=tuple(sorted((_loaded(group, faulty) for group in groups), key=lambda item: item.name)),
        diagnostics=found,
        lines=_Lines({path: contents[path] for _, path, _ in compiled if path in spoken_of}),
        files=len(compiled),
        contents=contents,
    )


@dataclass(frozen=True, slots=True)
class _Lines(Mapping[str, tuple[str, ...]]):
    """The lines of files by path, read where something is to be shown there."""

    contents: Mapping[str, bytes]

    def __getitem__(self, path: str) -> tuple[str, ...]:
        return read_text(self.contents[path], path).lines

    def __iter__(self) -> Iterator[str]:
        return iter(self.contents)

    def __len__(self) -> int:
        return len(self.contents)


def _compiled(
    contents: Mapping[str, bytes], remembered: CompiledFiles | None, progress: LoadProgress
) -> dict[str, Compiled]:
    """What each file is compiled to: as it is remembered, else anew."""
    compiled: dict[str, Compiled] = {}
    for path, content in contents.items():
        found = None if remembered is None else remembered.found(path, content)
        if found is not None:
            progress(path, len(compiled), len(contents))
            compiled[path] = found
    anew = [(path, content) for path, content in contents.items() if path not in compiled]
    done = count(len(compiled))
    answers = compile_all(anew, told=lambda path: progress(path, next(done), len(contents)))
    for (path, content), entry in zip(anew, answers, strict=True):
        compiled[path] = entry if remembered is None else remembered.keep(path, content, entry)
    if remembered is not None:
        remembered.save()
    progress("", len(contents), len(contents))
    return compiled


def _files_of(path: Path) -> list[tuple[str, str]]:
    """The rule files of a path, each after the folder that it belongs to, "" for one that is named by hand."""
    if path.is_dir():
        found = _in_folder(str(path))
        if not found:
            hint = "name a rule file (.yaml), an agreement's folder, or a folder of such folders"
            raise MalusError("no-rule-files", f"{path} holds no rule file: {hint}", {"path": str(path)})
        return found
    if not path.is_file():
        raise MalusError("no-rule-files", f"{path} does not exist: check its spelling", {"path": str(path)})
    return [("", str(path))]


def _in_folder(folder: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    # A scan tells folders from files as it reads their names; asking each one, and objects for paths, cost seconds for
    # ten thousand.
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.is_dir():
                if entry.name not in _NO_RULE_FOLDERS and not entry.name.startswith("."):
                    found += _in_folder(_beneath(folder, entry.name))
            elif entry.name.endswith(_SUFFIXES) and entry.name not in _SUFFIXES:
                found.append((folder, _beneath(folder, entry.name)))
    return found


def _beneath(folder: str, name: str) -> str:
    return name if folder == os.curdir else os.path.join(folder, name)  # noqa: PTH118 - see _in_folder


def _bytes_of(path: str) -> bytes:
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - see _in_folder
            return file.read()
    except OSError as fault:
        why = fault.strerror or "it cannot be read"
        raise MalusError("unreadable-file", f"{path}: {why}: check its rights", {"path": path}) from None


def _grouped(compiled: Iterable[tuple[str, str, Compiled]]) -> list[_Group]:
    groups: dict[tuple[str, str], list[tuple[str, Compiled]]] = {}
    for folder, path, entry in compiled:
        # Files named by hand belong together where they speak of one agreement; those of a folder always do.
        agreement = entry.terms.agreement if entry.terms is not None else Path(path).stem
        key = (folder, "") if folder else ("", agreement)
        groups.setdefault(key, []).append((path, entry))
    return [
        _Group(called=Path(folder).name if folder else name, compiled=tuple(entries))
        for (folder, name), entries in groups.items()
    ]


def _named_twice(groups: Sequence[_Group]) -> list[Diagnostic]:
    first: dict[str, str] = {}
    found: list[Diagnostic] = []
    for group in groups:
        path = group.compiled[0][0]
        earlier = first.setdefault(group.agreement(), path)
        if earlier != path:
            what = f"agreement `{group.agreement()}` has its terms in two places"
            hint = "keep all terms of an agreement in one folder, a file for each effective date"
            for here, there in ((path, earlier), (earlier, path)):
                found.append(
                    Diagnostic(
                        code="agreement-twice",
                        severity=Severity.ERROR,
                        place=Place(path=here, line=1, column=1),
                        span=0,
                        what=what,
                        hint=hint,
                        also=((Place(path=there, line=1, column=1), "the other place"),),
                    )
                )
    return found


def _loaded(group: _Group, faulty: set[str]) -> LoadedAgreement:
    files = tuple(path for path, _ in group.compiled)
    is_refused = bool(faulty & set(files))
    terms = sorted(
        (entry.terms for _, entry in group.compiled if entry.terms is not None),
        key=lambda item: item.effective,
    )
    return LoadedAgreement(
        name=group.agreement(),
        files=files,
        terms=() if is_refused else tuple(terms),
        is_refused=is_refused,
        timezone=terms[-1].timezone if terms else None,
    )
