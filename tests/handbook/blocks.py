"""Owns the reading of the handbook: its fenced blocks with the section each stands in.

Does not own: what a block means (first_clause, pieces), or any table (event_table).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HANDBOOK: Final = Path(__file__).parents[2] / "rules" / "README.md"
_FENCED: Final = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$|^(#{2,3} [^\n]*)$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One fenced block: `kind` is the word behind the fence, `path` the file it shows, else empty.

    `line` counts from 1 and is the fence's; `start` and `end` are the places of `text` in the handbook.
    """

    section: str
    kind: str
    path: str
    text: str
    line: int
    start: int
    end: int


def blocks_of(handbook: str) -> tuple[Block, ...]:
    """Every fenced block in order, with the heading (of two or three signs) that it stands under."""
    section, found = "", []
    for match in _FENCED.finditer(handbook):
        if match[4] is not None:
            section = match[4].lstrip("# ")
            continue
        line = handbook.count("\n", 0, match.start()) + 1
        start, end = match.span(3)
        block = Block(
            section=section, kind=match[1], path=match[2] or "", text=match[3], line=line, start=start, end=end
        )
        found.append(block)
    return tuple(found)
