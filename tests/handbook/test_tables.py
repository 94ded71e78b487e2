"""The handbook's tables say what the code says: columns of events, lines of scenarios, codes of the linter."""

import ast
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TypeGuard, get_args

import pytest
from malus.model.assessment import EventReason
from malus.model.event_fields import FORMS
from malus.model.field_types import LOOKS
from malus.rulefiles.scenarios import compile_scenario
from malus.rulefiles.scenarios_expect_forms import EXPECTATION
from malus.rulefiles.scope import Sort

from tests.handbook.blocks import HANDBOOK
from tests.handbook.event_table import FORM_WORDS, LINES, event_table

TEXT = HANDBOOK.read_text()
PACKAGE = Path(__file__).parents[2] / "service" / "malus"
LINTING = sorted(file for file in (PACKAGE / "rulefiles").glob("*.py") if not file.name.startswith("scenarios"))
ROWS = (
    *(PACKAGE / "model" / f"event_{name}.py" for name in ("rows", "forms", "values", "incidents")),
    PACKAGE / "model" / "instants.py",
    *(PACKAGE / "operations" / f"event_{name}.py" for name in ("files", "parquet", "sink", "columns")),
)
#: Hyphens between small letters; digits may follow, and `utf-8` is none of it.
KEBAB = re.compile(r"[a-z]+(-[a-z]+)*-[a-z]+[0-9]?")
SAYS = ("error", "warning", "note", "fault", "Malformed", "_fault", "_here")


def chapter(title: str) -> str:
    """The text of a chapter, from its heading to the next one."""
    start = re.search(rf"^#+ .*{re.escape(title)}$", TEXT, re.MULTILINE)
    assert start is not None, f"the handbook has no chapter {title}"
    end = re.search(r"^##+ ", TEXT[start.end() :], re.MULTILINE)
    return TEXT[start.end() :][: end.start() if end else None]


def codes_shown(title: str) -> list[str]:
    return re.findall(r"^\| `([a-z0-9-]+)` \|", chapter(title), re.MULTILINE)


def codes_in(files: Iterable[Path]) -> set[str]:
    """Every word of some modules in kebab-case: nothing else there is written so."""
    nodes = (node for file in files for node in ast.walk(ast.parse(file.read_text())))
    texts = (node.value for node in nodes if isinstance(node, ast.Constant))
    return {text for text in texts if isinstance(text, str) and KEBAB.fullmatch(text)}


def short_codes_in(files: Iterable[Path]) -> set[str]:
    """The codes of one word: the first thing that a fault is told, or that a fault in three parts begins with."""
    told: set[str] = set()
    for node in (node for file in files for node in ast.walk(ast.parse(file.read_text()))):
        match node:
            case ast.Call(args=[*arguments], func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in SAYS:
                told |= {item.value for item in arguments[:2] if isinstance(item, ast.Constant) and is_word(item.value)}
            case ast.Return(value=ast.Tuple(elts=[ast.Constant(value=word), _, _])) if is_word(word):
                told.add(word)
    return told


def is_word(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and re.fullmatch("[a-z]+", value) is not None


def test_the_table_of_events_is_the_one_that_rows_are_read_by() -> None:
    assert event_table() in chapter("Every kind of event")


def test_the_handbook_shows_what_each_form_of_value_looks_like() -> None:
    text = chapter("Every kind of event")
    missing = [looks for field, looks in LOOKS.items() if f"| {FORM_WORDS[field]} | {looks} |" not in text]
    assert missing == []


@pytest.mark.parametrize("line", [line for form in FORMS for line in LINES[form.called]])
def test_the_scenario_line_of_a_kind_of_event_is_read(line: str) -> None:
    key = "opening" if line.startswith(("{cap", "{missed")) else "events"
    text = f"scenario: a line\nas_of: 2026-12-01\n{key}:\n  - {line}\nexpect: [{{total: 0.00 EUR}}]\n"
    compiled = compile_scenario(text, "line.yaml", ())
    assert compiled.diagnostics == ()
    assert compiled.scenario is not None
    assert compiled.scenario.events()


def test_the_list_of_codes_is_what_the_linter_can_say() -> None:
    told = codes_in(LINTING) | short_codes_in(LINTING)
    told |= {f"unknown-{sort}" for sort in get_args(Sort)}
    told |= {f"unused-{sort}" for sort in ("indicator", "calendar", "charge", "exclusion", "subject")}
    shown = codes_shown("What the linter says")
    assert sorted(shown) == sorted(told)


def test_the_list_of_faults_of_rows_is_what_a_row_can_be_told() -> None:
    told = codes_in(ROWS) | set(get_args(EventReason))
    assert sorted(codes_shown("What is said about an event")) == sorted(told)


def test_every_line_that_a_scenario_may_expect_is_explained() -> None:
    text = chapter("What a scenario may expect")
    missing = [key.name for _, form in EXPECTATION.forms for key in form.keys if f"`{key.name}`" not in text]
    assert missing == []
