"""YAML events become located nodes, one at a time, within limits.

Owns what good YAML may do and a rule file may not: equal keys, anchors, aliases, tags, merge keys, keys
that are no words, values that a comma cut in two. Each is a fault, and the nodes are built as the author
most likely meant them, so that one slip brings no further faults. Does not own the text or its syntax.
"""

import re
from dataclasses import dataclass, field

import yaml

from malus.model.faults import Diagnostic, Place, Severity
from malus.rulefiles.characters import MOST_FAULTS, unseen_in, without_unseen
from malus.rulefiles.nodes import Entry, Mapping, Node, Scalar, Sequence
from malus.rulefiles.syntax_faults import shortened

DEEPEST = 20  # lists and mappings inside each other
MOST_NODES = 50_000
LONGEST_SCALAR = 10_000  # characters

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_REST_OF_NUMBER = re.compile(r"([0-9]+)(?:\.[0-9]+)?(?: .*)?")


class LimitPassed(Exception):  # noqa: N818 - it stops the reading and is no fault of ours; the fault is noted
    """A limit is passed, its fault is among the others, and nothing more is to be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Built:
    """A finished node, the nodes it counts for (`size`) and its levels of lists and mappings (`height`)."""

    node: Node
    size: int = 1
    height: int = 0


@dataclass(slots=True, kw_only=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    event: yaml.CollectionStartEvent
    place: Place
    items: list[Node] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    key: Scalar | None = None
    awaits_value: bool = False
    merged: list[Mapping] = field(default_factory=list)
    size: int = 1
    height: int = 1


@dataclass(slots=True, kw_only=True)
class NodeBuilder:
    """Takes events in their order: `root` is the finished node at the top, `faults` all that was said."""

    path: str
    lines: tuple[str, ...]
    faults: list[Diagnostic]
    root: Node | None = None
    _first_line: int = 0
    _nodes: int = 0
    _open: list[_Open] = field(default_factory=list)
    _anchored: dict[str, _Built] = field(default_factory=dict)
    _top_keys: dict[str, Scalar] = field(default_factory=dict)
    _joined: set[Place] = field(default_factory=set)

    def begin_part(self, first_line: int) -> None:
        """From here on events count their lines from `first_line` (from 0), and nothing is open."""
        self._first_line = first_line
        self._open.clear()

    def place(self, event: yaml.Event) -> Place:
        """The place of an event's first character."""
        mark = event.start_mark
        assert mark is not None, "the parser marks every event"
        return Place(path=self.path, line=mark.line + self._first_line + 1, column=mark.column + 1)

    def fault(
        self,
        code: str,
        place: Place,
        span: int,
        what: str,
        hint: str = "",
        *,
        also: tuple[tuple[Place, str], ...] = (),
    ) -> None:
        """State an error; past the most faults of a file, say so and stop by `LimitPassed`."""
        severity = Severity.ERROR
        self.note(Diagnostic(code=code, severity=severity, place=place, span=span, what=what, hint=hint, also=also))

    def note(self, diagnostic: Diagnostic) -> None:
        """Keep a diagnostic made elsewhere; the same limit holds."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(diagnostic)
            return
        what = f"more than {MOST_FAULTS} faults; the rest of the file is not judged"
        place, severity = diagnostic.place, Severity.ERROR
        self.faults.append(Diagnostic(code="too-many-faults", severity=severity, place=place, span=0, what=what))
        raise LimitPassed

    def scalar(self, event: yaml.ScalarEvent) -> None:
        place, span, text = self.place(event), self._span(event), event.value
        self._refuse_anchor_and_tag(event, place)
        # What the characters' own check could not see: an escape that makes something invisible.
        if event.style == '"' and (unseen := unseen_in(text)):
            what = f"an escape makes {unseen}, which nobody can see"
            self.fault("invisible-character", place, span, what, "take it out")
        if len(text) > LONGEST_SCALAR:
            what = f"a text of {len(text):,} characters; at most {LONGEST_SCALAR:,} are read"
            self.fault("text-too-long", place, span, what, "shorten it")
            text = text[:LONGEST_SCALAR]
        quoted = event.style in {"'", '"', "|", ">"}
        built = _Built(node=Scalar(text=without_unseen(text), place=place, span=span, quoted=quoted))
        self._count(1, place)
        self._remember(event.anchor, built)
        self._add(built)

    def alias(self, event: yaml.AliasEvent) -> None:
        """An alias is a fault; what it stands for stands in its place all the same, counted every time."""
        place, span = self.place(event), self._span(event)
        hint = "write out what it stands for, or put the text in quotes if it is one"
        self.fault("alias", place, span, f"`*{shortened(event.anchor or '')}` is an alias", hint)
        built = self._anchored.get(event.anchor or "", _Built(node=Scalar(text="", place=place, span=span)))
        if isinstance(built.node, Scalar):
            text, quoted = built.node.text, built.node.quoted
            built = _Built(node=Scalar(text=text, place=place, span=span, quoted=quoted))
        if len(self._open) + built.height > DEEPEST:
            self._refuse_depth(place)
        self._count(built.size, place)
        self._add(built)

    def begin(self, event: yaml.CollectionStartEvent) -> None:
        place = self.place(event)
        self._refuse_anchor_and_tag(event, place)
        if len(self._open) >= DEEPEST:
            self._refuse_depth(place)
        self._count(1, place)
        self._open.append(_Open(event=event, place=place))

    def end(self) -> None:
        closed = self._open.pop()
        flow = bool(closed.event.flow_style)
        node: Node
        if isinstance(closed.event, yaml.SequenceStartEvent):
            node = Sequence(items=tuple(closed.items), place=closed.place, flow=flow)
        else:
            for mapping in closed.merged:
                for entry in mapping.entries:
                    closed.entries.setdefault(entry.key.text, entry)
            node = Mapping(entries=tuple(closed.entries.values()), place=closed.place, flow=flow)
        built = _Built(node=node, size=closed.size, height=closed.height)
        self._remember(closed.event.anchor, built)
        self._add(built)

    def _span(self, event: yaml.Event) -> int:
        start, end = event.start_mark, event.end_mark
        assert start is not None and end is not None, "the parser marks every event"
        if start.line == end.line:
            return int(end.column - start.column)
        number = start.line + self._first_line
        first = self.lines[number] if number < len(self.lines) else ""
        return max(len(first.rstrip()) - start.column, 0)

    def _refuse_anchor_and_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, place: Place) -> None:
        if event.anchor is not None:
            what = f"`&{shortened(event.anchor)}` is an anchor; a rule file says everything where it holds"
            self.fault("anchor", place, len(event.anchor) + 1, what, "take it out")
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!", 1)
            what = f"`{shortened(tag)}` is a tag; a text stays text until a field takes it"
            self.fault("tag", place, 1, what, "take it out, or put the text in quotes")

    def _refuse_depth(self, place: Place) -> None:
        self.fault("too-deep", place, 1, f"more than {DEEPEST} lists or keys inside each other")
        raise LimitPassed

    def _count(self, size: int, place: Place) -> None:
        self._nodes += size
        if self._nodes > MOST_NODES:
            self.fault("too-many-nodes", place, 0, f"more than {MOST_NODES:,} keys and values in one file")
            raise LimitPassed

    def _remember(self, anchor: str | None, built: _Built) -> None:
        if anchor is not None:
            self._anchored[anchor] = built

    def _add(self, built: _Built) -> None:
        if not self._open:
            self.root = built.node
            return
        parent = self._open[-1]
        parent.size += built.size
        parent.height = max(parent.height, built.height + 1)
        if isinstance(parent.event, yaml.SequenceStartEvent):
            parent.items.append(built.node)
        elif not parent.awaits_value:
            parent.awaits_value = True
            parent.key = self._key(parent, built.node)
        else:
            parent.awaits_value = False
            if parent.key is not None:
                self._entry(parent, parent.key, built.node)

    def _key(self, parent: _Open, node: Node) -> Scalar | None:
        """The key as it may be used, or None where its entry is left out and the reason noted."""
        if not isinstance(node, Scalar):
            hint = "write a word; put a text that begins with a bracket in quotes"
            self.fault("key-is-no-word", node.place, 1, "a key must be a word", hint)
            return None
        if node.is_absent:
            what = "no key stands before this colon"
            self.fault("missing-key", node.place, 1, what, "write a key before it")
            return None
        at_top = len(self._open) == 1
        first = parent.entries.get(node.text)
        # A key at the top is also looked for in the parts that a syntax error broke off.
        earlier = first.key if first else self._top_keys.get(node.text) if at_top else None
        if earlier is not None:
            what = f"`{shortened(node.text)}` is written twice"
            also = ((earlier.place, "first written here"),)
            self.fault("duplicate-key", node.place, node.span, what, "keep one of the two", also=also)
            return None
        if at_top:
            self._top_keys[node.text] = node
        return node

    def _entry(self, parent: _Open, key: Scalar, value: Node) -> None:
        if key.text == "<<" and not key.quoted:
            hint = "write out what it stands for"
            self.fault("merge-key", key.place, key.span, "`<<` would merge keys from elsewhere", hint)
            sources = value.items if isinstance(value, Sequence) else (value,)
            parent.merged.extend(source for source in sources if isinstance(source, Mapping))
        elif parent.event.flow_style and self._lacks_colon(key, value):
            if self._joins_number(parent, key):
                return
            what = f"`{shortened(key.text)}` has no value: a comma within {{ }} begins the next key"
            hint = "write a blank behind a colon, thousands without a comma, and a text with a comma in quotes"
            self.fault("missing-value", key.place, key.span, what, hint)
        else:
            parent.entries[key.text] = Entry(key=key, value=value)

    def _joins_number(self, parent: _Open, key: Scalar) -> bool:
        """Whether a key is the rest of a number with a comma; that is said, and the number read as it is meant."""
        before = next(reversed(parent.entries.values()), None)
        number = before.value if before is not None else None
        if before is None or not isinstance(number, Scalar) or number.quoted or key.quoted:
            return False
        place, span = number.place, number.span + 1 + key.span
        touches = place.line == key.place.line and place.column + number.span + 1 == key.place.column
        rest = _REST_OF_NUMBER.fullmatch(key.text)
        if not touches or rest is None or _NUMBER.fullmatch(number.text) is None:
            return False
        if place not in self._joined:
            what = f"`{shortened(f'{number.text},{key.text}')}` has a comma"
            hint = "write a decimal point and no thousands separators: `12000.00`"
            self.fault("malformed-quantity", place, span, what, hint)
            self._joined.add(place)
        # Three digits are thousands, unless they are parts of a percentage.
        point = "" if len(rest[1]) == 3 and not key.text.endswith("%") else "."
        meant = Scalar(text=f"{number.text}{point}{key.text}", place=place, span=span)
        parent.entries[before.key.text] = Entry(key=before.key, value=meant)
        return True

    def _lacks_colon(self, key: Scalar, value: Node) -> bool:
        """Whether `{amount: 12,000.00 EUR}` made a key of the rest of a value."""
        if not isinstance(value, Scalar) or not value.is_absent:
            return False
        behind = self.lines[key.place.line - 1][key.place.column - 1 + key.span :]
        if value.place.line == key.place.line:
            behind = behind[: value.place.column - key.place.column - key.span]
        return not behind.lstrip().startswith(":")
