"""Diagnostics as people read them: the place, its line, a caret beneath the very text, what to write.

Owns the plain text and its columns, and the lossless form for programs. Does not own colour (the command
line's), nor the words of any diagnostic.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from malus.model.faults import Diagnostic, Place, Severity, in_reading_order

WIDEST_LINE = 160  # cells of a source line that are shown; a longer one is cut around its caret
_KEPT_BEFORE = 60  # cells shown before the caret of a line that is cut
_TAB = "    "

JsonValue = str | int | list["JsonValue"] | dict[str, "JsonValue"]


def render(diagnostics: Iterable[Diagnostic], lines_of: Mapping[str, Sequence[str]]) -> str:
    """Show diagnostics in reading order, one frame each, and count them in a closing line.

    lines_of: the lines of each file by the path that places name; without them a file is only named.
    No diagnostics: the empty text. Otherwise the text ends with a line feed. Control characters in the files
    cannot reach a terminal: they are shown as signs.
    """
    ordered = in_reading_order(diagnostics)
    if not ordered:
        return ""
    frames = [line for diagnostic in ordered for line in frame(diagnostic, lines_of)]
    return "\n".join([*frames, count_line(ordered)]) + "\n"


def frame(diagnostic: Diagnostic, lines_of: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The lines of one diagnostic: its heading, the source lines it points at, the hint and the money."""
    source = f" ({diagnostic.source})" if diagnostic.source else ""
    kind = f"{diagnostic.severity.value}[{diagnostic.code}]"
    heading = f"{diagnostic.place}: {kind} {diagnostic.what}{source}"
    shown = _shown_lines(diagnostic, lines_of)
    gutter = max((len(str(line.place.line)) for line in shown), default=0)
    body = [text for line in shown for text in line.texts(gutter)]
    hint_is_shown = any(mark.label == diagnostic.hint for line in shown for mark in line.marks)
    closing = [] if hint_is_shown or not diagnostic.hint else [diagnostic.hint]
    closing += [f"{place}: {label}" for place, label in diagnostic.also if _line_at(place, lines_of) is None]
    closing += [diagnostic.money] if diagnostic.money else []
    rest = [f"{' ' * gutter} = {text}" for text in closing]
    return tuple(_visible(text) for text in (heading, *body, *rest))


def count_line(diagnostics: Iterable[Diagnostic]) -> str:
    """`3 errors, 1 warning in 2 files`: what there is of each severity, and in how many files."""
    seen = list(diagnostics)
    counts = Counter(diagnostic.severity for diagnostic in seen)
    parts = [_counted(counts[severity], severity.value) for severity in Severity if counts[severity]]
    files = len({diagnostic.place.path for diagnostic in seen})
    return f"{', '.join(parts) or 'nothing found'} in {_counted(files, 'file')}"


def as_json(diagnostics: Iterable[Diagnostic]) -> list[dict[str, JsonValue]]:
    """Every field of every diagnostic, in reading order, as plain values that JSON can hold."""
    return [
        {
            "code": diagnostic.code,
            "severity": diagnostic.severity.value,
            **_place_as_json(diagnostic.place),
            "span": diagnostic.span,
            "what": diagnostic.what,
            "hint": diagnostic.hint,
            "source": diagnostic.source,
            "money": diagnostic.money,
            "also": [{**_place_as_json(place), "label": label} for place, label in diagnostic.also],
        }
        for diagnostic in in_reading_order(diagnostics)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    """A stretch of characters to underline with `sign`, and what is said behind it."""

    column: int
    span: int
    sign: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _ShownLine:
    """A source line with what is said behind it (`aside`) and beneath it (`marks`)."""

    place: Place
    arrow: str
    text: str
    aside: str
    marks: tuple[_Mark, ...]

    def texts(self, gutter: int) -> list[str]:
        window = _window(self.text, self.place.column)
        aside = f"   <- {self.aside}" if self.aside else ""
        texts = [self.arrow] if self.arrow else []
        texts.append(f"{self.place.line:>{gutter}} | {window.shown}{aside}".rstrip())
        for mark in self.marks:
            under = " " * window.cell_of(mark.column) + mark.sign * window.cells_of(mark)
            texts.append(f"{' ' * gutter} | {under} {mark.label}".rstrip())
        return texts


def _shown_lines(diagnostic: Diagnostic, lines_of: Mapping[str, Sequence[str]]) -> list[_ShownLine]:
    """The primary line and the others, each once, in the file's order; lines of other files come after."""
    here = diagnostic.place
    places = {(here.path, here.line): here} if diagnostic.span else {}
    for place, _ in diagnostic.also:
        places.setdefault((place.path, place.line), place)
    shown = []
    for path, number in sorted(places, key=lambda key: (key[0] != here.path, key)):
        place = places[path, number]
        text = _line_at(place, lines_of)
        if text is None:
            continue
        others = [(at, label) for at, label in diagnostic.also if (at.path, at.line) == (path, number)]
        is_primary = bool(diagnostic.span) and (path, number) == (here.path, here.line)
        # On the primary line a second place has its own underline; elsewhere words behind the line do.
        marks = [_Mark(column=at.column, span=1, sign="-", label=label) for at, label in others]
        caret = _Mark(column=here.column, span=diagnostic.span, sign="^", label=diagnostic.hint)
        aside = "" if is_primary else "; ".join(label for _, label in others)
        arrow = f"  --> {place}" if path != here.path else ""
        under = tuple([*marks, caret] if is_primary else [])
        shown.append(_ShownLine(place=place, arrow=arrow, text=text, aside=aside, marks=under))
    return shown


def _line_at(place: Place, lines_of: Mapping[str, Sequence[str]]) -> str | None:
    lines = lines_of.get(place.path, ())
    return lines[place.line - 1] if place.line <= len(lines) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """The part of a source line that is shown. `cells[i]` is the cell at which its character i begins."""

    shown: str
    first: int
    cells: tuple[int, ...]

    def cell_of(self, column: int) -> int:
        return self.cells[min(max(column - 1 - self.first, 0), len(self.cells) - 1)]

    def cells_of(self, mark: _Mark) -> int:
        return max(self.cell_of(mark.column + mark.span) - self.cell_of(mark.column), 1)


def _window(line: str, column: int) -> _Window:
    """Cut a line that is too wide to `WIDEST_LINE` cells around a column; `…` stands for what is left out."""
    first = 0
    # A character takes at most four cells (a tab), so a short line needs no measuring.
    if len(line) * len(_TAB) > WIDEST_LINE and sum(map(_cells, line[: WIDEST_LINE + 1])) > WIDEST_LINE:
        first = max(min(column - 1, len(line)) - _KEPT_BEFORE, 0)
    shown = "…" if first else ""
    cells = [len(shown)]
    for character in line[first:]:
        if cells[-1] + _cells(character) > WIDEST_LINE:
            shown += "…"
            break
        shown += _TAB if character == "\t" else _visible(character)
        cells.append(cells[-1] + _cells(character))
    return _Window(shown=shown, first=first, cells=tuple(cells))


def _cells(character: str) -> int:
    """How many cells of a terminal a character takes: two for wide ones, none for marks set on another."""
    if character == "\t":
        return len(_TAB)
    if unicodedata.category(character) in {"Mn", "Me"} or character in _JOINERS:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


_JOINERS = {"\u200c", "\u200d"}


def _visible(text: str) -> str:
    """A text that says what it holds: no character in it can move a cursor, hide or reorder the others."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_sign, text))


def _sign(character: str) -> str:
    number = ord(character)
    if number < 0x20:
        return chr(0x2400 + number)
    if number == 0x7F:
        return "\u2421"
    hidden = unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return "\ufffd" if hidden and character not in _JOINERS else character


def _place_as_json(place: Place) -> dict[str, JsonValue]:
    return {"path": place.path, "line": place.line, "column": place.column}


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
