"""The benchmark of a start at a tiny size: every agreement serves, remembered or not; no test of time."""

import pytest

from benchmarks import startup
from tests.benchmarks.test_over_the_wire import check_shape


def test_startup_tells_figures_of_every_size_and_the_largest_one_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    one = {"ours": 1.0, "memory_mb": 9, "short_of": ["5 s: 6.0 s"]}
    monkeypatch.setattr(startup, "compared", lambda agreements, _: {**one, "agreements": agreements})
    figures = startup.measure(full=True)
    assert figures["agreements"] == 10_000
    assert set(figures["sizes"]) == {"1", "1000", "10000"}
    assert figures["short_of"][2] == "10000 agreements: 5 s: 6.0 s"


def test_startup_serves_every_agreement_and_tells_seconds_and_memory() -> None:
    figures = startup.compared(2, 1)
    check_shape(figures, set(), 0)
    assert figures["agreements"] == 2
    assert min(figures["cold_seconds"], figures["cpu_seconds"], figures["cold_memory_mb"]) > 0
