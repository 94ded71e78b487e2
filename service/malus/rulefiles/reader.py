"""A rule file's bytes become located nodes and diagnostics. Start here: `read_document`.

Owns what is asked of a rule file as YAML: text within limits, one document, keys and values at the top, and
that one syntax error does not hide the next. Does not own a single key of the language.

The library's C parser hands out events one by one and holds no tree, so a limit stops it in time. Its
composer is never used: it recurses without a limit and lets the last of two equal keys win.
"""

import contextlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

import yaml

from malus.model.faults import Diagnostic, Place, in_reading_order
from malus.rulefiles.characters import read_text
from malus.rulefiles.node_builder import LimitPassed, NodeBuilder
from malus.rulefiles.nodes import Mapping, Scalar, kind_of
from malus.rulefiles.syntax_faults import syntax_fault

MOST_RESTARTS = 20  # after a syntax error; each reads the rest of the file once more

_TOP_LEVEL_KEY = re.compile(r"[A-Za-z_][\w-]*:(?: |$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One rule file as it was read.

    `root` is None where the structure cannot be trusted (a syntax error, no mapping at the top, a limit
    passed); otherwise it stands for the whole file, even if `diagnostics` holds errors. `lines` are the
    file's own, for showing.
    """

    path: str
    root: Mapping | None
    diagnostics: tuple[Diagnostic, ...]
    lines: tuple[str, ...]


def read_document(data: bytes | str, path: str) -> Document:
    """Read a rule file without ever raising: whatever is wrong is in the diagnostics, in reading order.

    data: at most 1,048,576 bytes of UTF-8. path: the name to show in places; nothing is opened. Limits:
    lists and mappings at most 20 deep, 50,000 nodes, 10,000 characters in a scalar, 200 faults (then one
    that says so). After a syntax error the reading goes on at the next key in the first column.
    """
    read = read_text(data, path)
    builder = NodeBuilder(path=path, lines=read.lines, faults=list(read.faults))
    root = None
    if read.text is not None:
        with contextlib.suppress(LimitPassed):
            root = _root_of(read.text, builder)
    if root is None and not builder.faults:
        place = Place(path=path, line=1, column=1)
        builder.fault("empty-file", place, 0, "the file says nothing", "begin with `format: 1`")
    return Document(path=path, root=root, diagnostics=in_reading_order(builder.faults), lines=read.lines)


def _root_of(text: str, builder: NodeBuilder) -> Mapping | None:
    lines = text.split("\n")
    guessed = {fault.place.line for fault in builder.faults if fault.code in {"tab", "false-blank"}}
    first, broken = 0, False
    for _ in range(MOST_RESTARTS):
        builder.begin_part(first)
        try:
            _build(yaml.parse("\n".join(lines[first:]), Loader=yaml.CBaseLoader), builder)
            break
        except yaml.YAMLError as error:
            broken = True
            fault = syntax_fault(error, builder.path, builder.lines, first)
            # Behind a tab or a false blank the depth is anybody's guess, and that fault is said already.
            if fault.place.line not in guessed:
                builder.note(fault)
        following = _next_top_level_line(lines, fault.place.line)
        if following is None:
            break
        first = following
    root = builder.root
    if broken or root is None or (isinstance(root, Scalar) and root.is_absent):
        return None
    if not isinstance(root, Mapping):
        what = f"at the top of the file stands {kind_of(root)}, not keys with values"
        builder.fault("not-a-mapping", root.place, 1, what, "begin with `format: 1`")
        return None
    return root


def _next_top_level_line(lines: list[str], after: int) -> int | None:
    """The first line (from 0) behind line `after` (from 1) that begins with a key in the first column."""
    return next((line for line in range(after, len(lines)) if _TOP_LEVEL_KEY.match(lines[line])), None)


def _build(events: Iterable[yaml.Event], builder: NodeBuilder) -> None:
    documents = 0
    for event in events:
        match event:
            case yaml.ScalarEvent():
                builder.scalar(event)
            case yaml.CollectionStartEvent():
                builder.begin(event)
            case yaml.CollectionEndEvent():
                builder.end()
            case yaml.AliasEvent():
                builder.alias(event)
            case yaml.DocumentStartEvent():
                documents += 1
                if documents > 1:
                    hint = "put the other document in a file of its own"
                    builder.fault("second-document", builder.place(event), 3, "a second document begins", hint)
                    return
                if event.version or event.tags:
                    what = "a line that begins with `%` is a YAML directive"
                    builder.fault("directive", builder.place(event), 1, what, "take it out")
            case _:
                pass  # the ends of stream and document say nothing
