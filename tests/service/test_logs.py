"""The log holds one line a fact, for machines where nobody watches, and no value that a traceback could give away."""

import json

import pytest
import structlog
from malus import logs


def test_a_line_is_json_with_its_level_and_time(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up()
    structlog.get_logger("malus.test").info("transitions_decided", decisions=2)
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["level"], line["decisions"]) == ("transitions_decided", "info", 2)
    assert line["timestamp"].endswith("Z")


def test_what_is_below_the_level_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(level="warning")
    structlog.get_logger("malus.test").info("call_answered")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("as_json", [True, False])
def test_a_traceback_shows_no_local_values(as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(as_json=as_json)
    amount = "12,345" + ".67"
    try:
        raise ValueError(len(amount))
    except ValueError:
        structlog.get_logger("malus.test").exception("call_failed")
    said = capsys.readouterr().err
    assert "ValueError: 9" in said
    assert "12,345.67" not in said
