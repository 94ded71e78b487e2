"""A bar appears only for somebody who waits."""

import pytest
from malus.command_line import waiting


def test_nobody_is_shown_a_bar_in_the_first_second(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100]
    monkeypatch.setattr(waiting.time, "monotonic", lambda: now[0])
    bar = waiting.Bar(is_watched=True)
    bar.tell("rows", 1, 10)
    assert bar.shown == ()
    now[0] += 2
    bar.tell("rows", 5, 10)
    assert bar.shown == ("rows",)
    bar.close()


def test_a_bar_that_nobody_watches_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100]
    monkeypatch.setattr(waiting.time, "monotonic", lambda: now[0])
    bar = waiting.Bar(is_watched=False)
    now[0] += 60
    bar.tell("rows", 5, 10)
    assert bar.shown == ()
    bar.close()
