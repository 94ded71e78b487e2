"""The benchmark of a start at a tiny size: every agreement serves, remembered or not; no test of time."""

from benchmarks import startup
from tests.benchmarks.test_over_the_wire import check_shape


def test_startup_serves_every_agreement_and_tells_seconds_and_memory() -> None:
    figures = startup.compared(2, 1)
    check_shape(figures, set(), 0)
    assert figures["agreements"] == 2
    assert figures["cold_seconds"] > 0
