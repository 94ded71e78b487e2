"""How every test runs: a property test is the same on each CI run, and a slow machine fails none of them.

`pytest --rewrite-rendered` writes the texts that tests compare (beside the bad rule files, the arithmetic of the
handbook's examples) as they are rendered now; whoever uses it reads the difference before keeping it.
"""

import os
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, settings

# A shared machine stalls now and then; a stall says nothing about the property.
ALWAYS = settings(deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])

settings.register_profile("explore", ALWAYS)
settings.register_profile("ci", ALWAYS, derandomize=True)
# Every test compiles for itself; those of what is remembered name a folder of their own.
os.environ["MALUS_CACHE"] = ""

settings.load_profile("ci" if os.environ.get("CI") else "explore")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-rendered", action="store_true", help="write the rendered texts instead of comparing")


@pytest.fixture(scope="session")
def rewrites(pytestconfig: pytest.Config) -> bool:
    """Whether the rendered texts are written instead of compared; never without the option."""
    return bool(pytestconfig.getoption("--rewrite-rendered"))


@pytest.fixture(autouse=True)
def logs_as_at_the_start() -> Iterator[None]:
    """What a test makes of the process's logs is gone when the next one begins, whichever that is."""
    yield
    structlog.reset_defaults()
