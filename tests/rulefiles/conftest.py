"""How the rendered texts beside the bad files are renewed: `pytest tests/rulefiles --rewrite-rendered`.

The option writes what is rendered now; whoever uses it reads the difference before keeping it.
"""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite-rendered", action="store_true", help="write the rendered text beside each bad rule file"
    )


@pytest.fixture(scope="session")
def rewrites(pytestconfig: pytest.Config) -> bool:
    """Whether the rendered texts are written instead of compared; never without the option."""
    return bool(pytestconfig.getoption("--rewrite-rendered", default=False))
