"""Clients that share no line of code with the service: buf curl by reflection, JavaScript by the .proto files."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.tree import ROOT
from tests.clients.running import running

EVENT = {
    "id": "buf-out-1",
    "source": "buf",
    "agreement": "agreements/it-hosting",
    "outage": {
        "outageId": "BUF-1",
        "interval": {"startTime": "2026-06-11T04:00:00Z", "endTime": "2026-06-11T16:30:00Z"},
        "reportedAt": "2026-06-11T06:00:00Z",
    },
}


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with running(tmp_path, "it-hosting", reflect=True) as (_, address):
        yield address


def _buf_curl(address: str, *words: str, data: object = None) -> str:
    beside = Path(sys.executable).parent / "buf"
    buf = str(beside) if beside.exists() else shutil.which("buf")
    assert buf, "buf comes with the development tools: uv sync"
    given = ["--data", json.dumps(data)] if data is not None else []
    spoken = [buf, "curl", "--protocol", "grpc", "--http2-prior-knowledge", "--reflect", *given]
    url, *options = words
    ended = subprocess.run(
        [*spoken, *options, f"http://{address}{url}"], capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_buf_lists_the_services_by_reflection(address: str) -> None:
    listed = _buf_curl(address, "", "--list-services").split()
    assert {f"malus.v1.{name}Service" for name in ("Agreement", "Decision", "Evaluation")} <= set(listed)


def test_buf_sends_an_event_and_reads_the_decision_that_follows(address: str) -> None:
    request = {"events": [EVENT], "asOf": "2026-07-02T00:00:00Z"}
    sent: Any = json.loads(_buf_curl(address, "/malus.v1.EvaluationService/EvaluateEvents", data=request))
    assert sent["results"][0]["outcome"] == "OUTCOME_ACCEPTED"
    (name,) = (decision["name"] for decision in sent["decisions"] if decision["key"]["clause"] == "uptime-credit")
    read: Any = json.loads(_buf_curl(address, "/malus.v1.DecisionService/GetDecision", data={"name": name}))
    assert read["amount"] == {"currencyCode": "EUR", "units": "2000"}
    pulled: Any = json.loads(
        _buf_curl(address, "/malus.v1.DecisionService/PullDecisions", data={"consumer": "buf", "afterCursor": "c1-0"})
    )
    assert name in [decision["name"] for decision in pulled["decisions"]]


@pytest.mark.skipif(shutil.which("node") is None or shutil.which("npm") is None, reason="node is not installed here")
def test_javascript_sends_an_event_and_reads_the_decision_that_follows(address: str) -> None:
    page = ROOT / "clients" / "node"
    # Kept from run to run, by what is asked for.
    wanted = (page / "package.json").read_bytes()
    folder = Path(tempfile.gettempdir()) / f"malus-node-{os.getuid()}-{hashlib.sha256(wanted).hexdigest()[:12]}"
    folder.mkdir(exist_ok=True)
    (folder / "package.json").write_bytes(wanted)
    if not (folder / "node_modules" / "@grpc" / "proto-loader" / "package.json").exists():
        install = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel", "error"]
        ended = subprocess.run(install, cwd=folder, capture_output=True, text=True, timeout=280, check=False)
        assert ended.returncode == 0, ended.stdout + ended.stderr
    shutil.copy(page / "send_and_read.js", folder)
    spec = find_spec("google.type")
    assert spec is not None
    assert spec.submodule_search_locations
    google = Path(next(iter(spec.submodule_search_locations))).parents[1]
    ended = subprocess.run(
        ["node", "send_and_read.js", address, str(ROOT / "proto"), str(google)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    lines = ended.stdout.splitlines()
    assert lines[0] == "node-out-1: OUTCOME_ACCEPTED"
    assert lines[1].endswith(": claim_open, 2000.00 EUR")
    assert "  25 % x 8,000.00 = 2,000.00 EUR" in lines
