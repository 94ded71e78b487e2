"""The first chapter can be followed to the letter: every command says what the handbook shows."""

from pathlib import Path

import pytest

from tests.handbook.blocks import HANDBOOK, blocks_of
from tests.handbook.first_clause import followed
from tests.handbook.refresh import refreshed


def test_every_command_says_what_the_handbook_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    handbook = HANDBOOK.read_text()
    assert followed(handbook, tmp_path) == handbook


def test_the_first_chapter_shows_each_command_and_both_ways_a_scenario_ends() -> None:
    shown = [block.text for block in blocks_of(HANDBOOK.read_text()) if block.kind == "console"]
    words = {text.split()[2] for text in shown}
    assert {"lint", "test", "evaluate", "explain"} <= words
    assert any("\nFAIL " in text for text in shown)
    assert any("\nPASS " in text and "\nFAIL " not in text for text in shown)


def test_a_handbook_whose_outputs_and_columns_are_stale_is_written_anew() -> None:
    handbook = HANDBOOK.read_text()
    stale = handbook.replace("2 scenarios: 2 passed", "3 scenarios: 3 passed").replace(
        "| | `outage_id` |", "| | `outage` |"
    )
    assert stale != handbook
    assert refreshed(stale) == handbook
