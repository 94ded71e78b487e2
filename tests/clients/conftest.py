"""A client of a service of its own, for each test that asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from malus_client import Client

from tests.clients.running import running


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with running(tmp_path, "it-hosting") as (client, _):
        yield client
