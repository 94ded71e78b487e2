"""A server for each test that asks for one."""

from collections.abc import Iterator

import pytest

from tests.edge.serving import Wire, serving


@pytest.fixture
def wire() -> Iterator[Wire]:
    with serving() as running:
        yield running
