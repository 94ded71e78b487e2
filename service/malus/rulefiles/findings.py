"""Collects what is wrong with a rule file, each thing at its place and with the article it speaks of.

Owns: turning a node into a place to underline. Does not own: any rule of the language, the look of a fault.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from malus.model.faults import Diagnostic, Place, Severity, in_reading_order
from malus.rulefiles.nodes import Mapping, Node, Scalar
from malus.rulefiles.spelling import alike, nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of one line: where it starts and how many characters it takes."""

    place: Place
    span: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One run over one file: the faults so far, and what is known where the reader stands.

    `currency` is the agreement's, None while it is unknown. `label` is the key under which the present node
    stands, `source` the article of the paper that it carries out.
    """

    path: str
    currency: str | None = None
    label: Scalar | None = None
    source: str = ""
    found: list[Diagnostic] = field(default_factory=list)

    def beneath(self, label: Scalar | None, source: str = "") -> Reading:
        """The same run one level down."""
        return replace(self, label=label, source=source or self.source)

    def error(
        self,
        code: str,
        at: Node | Part,
        what: str,
        *,
        hint: str = "",
        money: str = "",
        also: tuple[tuple[Place, str], ...] = (),
    ) -> None:
        """Something because of which nothing is loaded from the file."""
        self._say(Severity.ERROR, code, at, what, hint, money, also)

    def warning(
        self,
        code: str,
        at: Node | Part,
        what: str,
        *,
        hint: str = "",
        also: tuple[tuple[Place, str], ...] = (),
    ) -> None:
        """Something that is loaded and most likely not meant."""
        self._say(Severity.WARNING, code, at, what, hint, "", also)

    def note(self, code: str, at: Node | Part, what: str, *, hint: str = "") -> None:
        """An assumption that the author may put in writing."""
        self._say(Severity.NOTE, code, at, what, hint, "", ())

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Everything found, in the order of the file, each thing once."""
        return in_reading_order(self.found)

    def _say(
        self,
        severity: Severity,
        code: str,
        at: Node | Part,
        what: str,
        hint: str,
        money: str,
        also: tuple[tuple[Place, str], ...],
    ) -> None:
        part = at if isinstance(at, Part) else part_of(at)
        self.found.append(
            Diagnostic(
                code=code,
                severity=severity,
                place=part.place,
                span=part.span,
                what=what,
                hint=hint,
                source=self.source,
                money=money,
                also=also,
            )
        )


def part_of(node: Node) -> Part:
    """What a caret underlines for a node: a scalar itself, a list's or mapping's beginning."""
    if isinstance(node, Scalar):
        return Part(place=node.place, span=node.span)
    if isinstance(node, Mapping) and node.entries and not node.flow:
        return part_of(node.entries[0].key)
    return Part(place=node.place, span=1 if node.flow else 0)


def word_in(scalar: Scalar, word: str) -> Part:
    """The place of a word inside a scalar; the whole scalar where quotes or line breaks hide its column."""
    at = scalar.text.find(word)
    if at < 0 or not word or scalar.quoted or scalar.span != len(scalar.text):
        return part_of(scalar)
    place = Place(path=scalar.place.path, line=scalar.place.line, column=scalar.place.column + at)
    return Part(place=place, span=len(word))


def did_you_mean(word: str, candidates: tuple[str, ...]) -> str:
    """`did you mean ...?` for the nearest candidate, else the candidates themselves where they are few."""
    found = nearest(word, candidates)
    if found is not None:
        return f"did you mean `{found}`?"
    if 0 < len(candidates) <= 12:
        return f"write {one_of(candidates)}"
    return ""


def did_you_mean_key(word: str, keys: tuple[str, ...]) -> str:
    """The same for a key, of which a form may have many: those that look most alike, else all of them."""
    near = alike(word, keys)
    return did_you_mean(word, keys) or (f"the nearest are {one_of(near)}" if near else f"its keys are {one_of(keys)}")


def one_of(words: tuple[str, ...]) -> str:
    """The choices as prose: `a`, `b` or `c`."""
    quoted = [f"`{word}`" for word in words]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
