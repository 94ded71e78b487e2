"""Imports go down only, each library has one home, and floors 0 to 2 are pure and exact."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.floors import LEAVES, OUTSIDE_WORLD, faults
from tests.architecture.tree import SOURCE_ROOT, modules, place

HEAVY = ("numba", "pyarrow", "sqlalchemy", "grpc")


def test_every_module_keeps_to_its_floor() -> None:
    found = [
        f"{place(path)}:{what}" for path in modules() for what in faults(place(path), path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_every_leave_is_still_taken_up() -> None:
    idle = {path for path, names in LEAVES.items() if not names <= OUTSIDE_WORLD}
    for path, names in LEAVES.items():
        text = (SOURCE_ROOT / path).read_text(encoding="utf-8")
        idle |= {f"{path} {name}" for name in names if f"import {name}" not in text and f"from {name}" not in text}
    assert idle == set()


@pytest.mark.parametrize(
    ("path", "text", "what"),
    [
        ("malus/model/x.py", "import malus.rulefiles.reader", "model [0] imports rulefiles [1]"),
        ("malus/model/x.py", "def f():\n    from malus.edge import server", "2: model [0] imports edge [4]"),
        ("malus/model/x.py", "from malus import remedies", "model [0] imports remedies [1]"),
        ("malus/model/x.py", "from ..measures import kernels", "model [0] imports measures [1]"),
        ("malus/model/x.py", "import numpy", "numpy is not of the standard library"),
        ("malus/measures/x.py", "from malus.remedies import caps", "measures [1] imports remedies [1]"),
        (
            "malus/evaluation/x.py",
            "from malus.matching import durable",
            "evaluation [2] imports matching [2]",
        ),
        (
            "malus/operations/x.py",
            "from malus.command_line import app",
            "operations [3] imports command_line [5]",
        ),
        ("malus/operations/x.py", "from malus.batch import scan", "operations [3] imports batch [3]"),
        ("malus/helpers/x.py", "", "helpers stands on no floor"),
        ("malus/model/x.py", "import malus.common", "malus.common stands on no floor"),
        ("malus/edge/x.py", "from service.malus import model", "the package is malus"),
        ("malus/evaluation/x.py", "from durable import engine", "durable is imported only in matching"),
        ("malus/operations/x.py", "import durable.lang", "durable is imported only in matching"),
        ("malus/operations/x.py", "from sqlalchemy import text", "sqlalchemy is imported only in ledger"),
        ("malus/command_line/x.py", "import grpc", "grpc is imported only in edge"),
        ("malus/batch/x.py", "import pyspark.sql", "pyspark is imported only in malus/batch/spark.py"),
        ("malus/ledger/x.py", "from malus.v1 import event_pb2", "malus.v1 is imported only in edge"),
        ("malus/evaluation/x.py", "from malus import v1", "malus.v1 is imported only in edge"),
        ("malus/remedies/x.py", "import time", "time reaches outside"),
        (
            "malus/remedies/x.py",
            "from datetime import datetime\nNOW = datetime.now()",
            "2: .now reads a clock",
        ),
        ("malus/model/x.py", "import datetime\nD = datetime.date.today()", "2: .today reads a clock"),
        ("malus/rulefiles/x.py", "from pathlib import Path", "pathlib reaches outside"),
        ("malus/rulefiles/x.py", "text = open('a.yaml').read()", "open() reaches outside"),
        ("malus/rulefiles/x.py", "def f(path): return path.read_text()", "read_text() reaches outside"),
        ("malus/evaluation/x.py", "import socket", "socket reaches outside"),
        ("malus/evaluation/x.py", "import urllib.request", "urllib reaches outside"),
        ("malus/matching/x.py", "from os import environ", "os reaches outside"),
        ("malus/matching/x.py", "import subprocess", "subprocess reaches outside"),
        ("malus/measures/x.py", "import logging", "logging reaches outside"),
        ("malus/measures/x.py", "print('seen')", "print() reaches outside"),
        ("malus/remedies/x.py", "RATE = 0.05", "0.05 is a binary floating-point literal"),
        ("malus/remedies/x.py", "LIMIT = 1e6", "1000000.0 is a binary floating-point literal"),
        ("malus/remedies/x.py", "def f(x): return float(x)", "float() leaves exact numbers"),
        ("malus/measures/x.py", "import numpy as np\nT = np.float64", "2: .float64 is a binary"),
        ("malus/model/x.py", "from decimal import Decimal\nd = Decimal(0.1)", "2: Decimal() of something"),
        (
            "malus/model/x.py",
            "import decimal\ndef f(a, b): return decimal.Decimal(a / b)",
            "2: Decimal() of something",
        ),
        ("malus/ledger/x.py", "RATE = 0.05", "0.05 is a binary floating-point literal"),
    ],
)
def test_a_module_that_leaves_its_floor_is_found(path: str, text: str, what: str) -> None:
    assert any(what in fault for fault in faults(path, text)), list(faults(path, text))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("malus/evaluation/x.py", "from malus.model.money import Money\nfrom malus.remedies import caps"),
        ("malus/matching/x.py", "from durable import engine\nfrom malus.matching.shards import split"),
        ("malus/ledger/x.py", "import os, time\nimport sqlalchemy\nopen('ledger')\nNOW = time.time()"),
        (
            "malus/edge/x.py",
            "import grpc\nfrom malus.v1 import event_pb2\nfrom malus.operations import simulate",
        ),
        ("malus/command_line/x.py", "from malus import composition\nSECONDS = 0.5\nprint(float(SECONDS))"),
        (
            "malus/model/x.py",
            "from decimal import Decimal\nfrom fractions import Fraction\nD = Decimal('0.1')",
        ),
        ("malus/v1/event_pb2.py", "import grpc\nX = 0.5"),
        ("malus/batch/spark.py", "def f():\n    from pyspark.sql import functions"),
    ],
)
def test_a_module_on_its_floor_is_left_alone(path: str, text: str) -> None:
    assert list(faults(path, text)) == []


def _loaded_by(statements: str, folder: Path) -> tuple[int, list[str], str]:
    """Run the statements in a process of their own; return its exit code, what it loaded, what it said."""
    told = folder / "loaded.txt"
    program = (
        "import atexit, pathlib, sys\n"
        f"told = pathlib.Path({str(told)!r})\n"
        f"atexit.register(lambda: told.write_text(' '.join(set({HEAVY}) & set(sys.modules))))\n{statements}"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=SOURCE_ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return ended.returncode, sorted(told.read_text(encoding="utf-8").split()), ended.stdout + ended.stderr


def test_reading_a_rule_file_loads_no_kernel_store_or_wire(tmp_path: Path) -> None:
    code, loaded, said = _loaded_by("import malus.rulefiles.reader", tmp_path)
    assert (code, loaded) == (0, []), said


@pytest.mark.parametrize("words", [["--help"], ["lint", "--help"]])
def test_asking_what_malus_can_do_loads_no_kernel_store_or_wire(words: list[str], tmp_path: Path) -> None:
    start = f"sys.argv = {['malus', *words]}\nfrom malus.__main__ import main\nmain()"
    code, loaded, said = _loaded_by(start, tmp_path)
    assert (code, loaded) == (0, []), said


def test_linting_loads_no_kernel_store_or_wire(tmp_path: Path) -> None:
    faulty = tmp_path / "2026-01-01-first.yaml"
    faulty.write_text("format: 1\nagreement: acme\n", encoding="utf-8")
    start = f"sys.argv = {['malus', 'lint', str(faulty)]}\nfrom malus.__main__ import main\nmain()"
    code, loaded, said = _loaded_by(start, tmp_path)
    # A file that says nearly nothing has findings; 2 would be wrong usage, and no lint.
    assert (code, loaded) == (1, []), said
    assert "error[" in said
    assert "Traceback" not in said


def test_a_heavy_import_is_seen(tmp_path: Path) -> None:
    assert _loaded_by("import numba", tmp_path)[:2] == (0, ["numba"])
