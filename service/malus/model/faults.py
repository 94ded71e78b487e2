"""Faults as values and as exceptions: what a rule file's author and a caller get told.

Owns the words in which a fault is stated and where it is: `Diagnostic` for what is wrong in a rule file
(a value, all of them collected), `MalusError` for what a caller did wrong (an exception, its reason stable).
Does not own how either is shown (rulefiles.frames prints, the edge maps reasons to status codes).
"""

import enum
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

_KEBAB = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


class Severity(enum.Enum):
    """How much a diagnostic weighs: an error keeps the file from being used, the others never do."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A character in a file: line and column count from 1, columns in characters (not bytes, not cells)."""

    path: str
    line: int
    column: int

    def __post_init__(self) -> None:
        if self.line < 1 or self.column < 1:
            raise ValueError(f"a place counts from 1, got line {self.line}, column {self.column}")

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One thing to say about a rule file, where it is, and what to write instead.

    `code` is stable and kebab-case. `span` is the number of characters to underline from `place`, never past
    the end of its line; 0 underlines nothing. `source` is the article of the paper the place came from,
    `money` what the fault means in money, `also` further places with a label each.
    """

    code: str
    severity: Severity
    place: Place
    span: int
    what: str
    hint: str = ""
    source: str = ""
    money: str = ""
    also: tuple[tuple[Place, str], ...] = ()

    def __post_init__(self) -> None:
        if not _KEBAB.fullmatch(self.code):
            raise ValueError(f"a diagnostic's code is kebab-case, got {self.code!r}")
        if self.span < 0:
            raise ValueError(f"a span is at least 0 characters, got {self.span}")
        if not self.what:
            raise ValueError("a diagnostic says what is wrong")

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Reading order: path, line, column, code; then the words, so that no two different faults tie."""
        return (self.place.path, self.place.line, self.place.column, self.code, self.what)


class MalusError(Exception):
    """A caller's fault: a stable kebab-case reason, a sentence for people, and the facts by name."""

    def __init__(self, reason: str, message: str, metadata: Mapping[str, str] | None = None) -> None:
        if not _KEBAB.fullmatch(reason):
            raise ValueError(f"an error's reason is kebab-case, got {reason!r}")
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.metadata: Mapping[str, str] = MappingProxyType(dict(metadata or {}))

    def __reduce__(self) -> tuple[type["MalusError"], tuple[str, str, dict[str, str]]]:
        """Survive a process boundary: batch workers hand their errors back by pickling."""
        return (type(self), (self.reason, self.message, dict(self.metadata)))


def in_reading_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sort by path, line, column and code, and say each thing once."""
    return tuple(sorted(dict.fromkeys(diagnostics), key=lambda diagnostic: diagnostic.sort_key))
