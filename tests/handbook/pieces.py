"""Owns what a piece of a rule file in the handbook stands for: the first chapter's file with that piece put in.

Does not own: whether the outcome is right. Within a section pieces add up; every section begins anew. A piece that
says `effective` begins a second file, a restated copy of the first with that piece put in.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from tests.handbook.blocks import Block, blocks_of

_FIRST: Final = "2026-01-01-first.yaml"
#: Keys whose values are names of our own: a piece adds to them and leaves the others.
_NAMED: Final = frozenset({"services", "charges", "calendars", "exclusions", "indicators", "clauses"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One scenario of the handbook and the rule files it is played by, each a text by its file name."""

    section: str
    line: int
    files: tuple[tuple[str, str], ...]
    scenario: str


class _Plain(yaml.BaseLoader):
    """Reads every scalar as text."""


class _Unquoted(yaml.SafeDumper):
    """Writes text in quotes only where it could not be read otherwise: nothing here looks like a number."""


_Unquoted.yaml_implicit_resolvers = {}


def examples_of(handbook: str, first: str) -> tuple[list[Example], list[Example]]:
    """The rule files that each piece leads to (without a scenario), and the scenarios with theirs.

    `first` is the text of the first chapter's rule file.
    """
    rules: list[Example] = []
    scenarios: list[Example] = []
    section = ""
    files: dict[str, Any] = {}
    for block in blocks_of(handbook):
        if block.kind != "yaml" or block.path:
            continue
        if block.section != section:
            section, files = block.section, {_FIRST: _read(first)}
        piece = _read(block.text)
        if "scenario" in piece:
            scenarios.append(_example(block, files, block.text))
            continue
        if "effective" in piece:
            files[f"{piece['effective']}-next.yaml"] = _read(_written(files[_FIRST]))
        last = next(reversed(files))
        files[last] = piece if "format" in piece else _joined(files[last], piece)
        rules.append(_example(block, files, ""))
    return rules, scenarios


def laid_out(example: Example, folder: Path) -> Path:
    """The agreement's folder with the example's files in it."""
    agreement = folder / "webshop"
    (agreement / "scenarios").mkdir(parents=True)
    for name, text in example.files:
        (agreement / name).write_text(text)
    if example.scenario:
        (agreement / "scenarios" / "example.yaml").write_text(example.scenario)
    return agreement


def _example(block: Block, files: dict[str, Any], scenario: str) -> Example:
    texts = tuple((name, _written(file)) for name, file in files.items())
    return Example(section=block.section, line=block.line, files=texts, scenario=scenario)


def _joined(file: dict[str, Any], piece: dict[str, Any]) -> dict[str, Any]:
    joined = dict(file)
    for key, value in piece.items():
        if key in _NAMED:
            joined[key] = {**file.get(key, {}), **value}
        elif key == "parties":
            joined[key] = {party: {**file[key][party], **value.get(party, {})} for party in file[key]}
        else:
            joined[key] = value
    return joined


def _read(text: str) -> dict[str, Any]:
    read = yaml.load(text, Loader=_Plain)  # noqa: S506 - this loader makes nothing but text
    assert isinstance(read, dict)
    return read


def _written(file: dict[str, Any]) -> str:
    return str(yaml.dump(file, Dumper=_Unquoted, sort_keys=False, width=10_000, allow_unicode=True))
