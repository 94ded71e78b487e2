"""Kernels must run wherever the package lies, and cost nothing where none is asked for."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import malus.measures
import pytest

SOURCE = Path(malus.measures.__file__).parent
ASK = """
from malus.measures import compiled
from malus.measures.measure import covered_time
from malus.measures.segments import cut_segments
import sys
print(covered_time([10, 20], [20, 30], cut_segments([0], [25])), compiled.__file__)
"""


def run(code: str, root: Path, **environment: str) -> str:
    started = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert started.returncode == 0, started.stderr
    return started.stdout


@pytest.fixture
def install(tmp_path: Path) -> Path:
    """A copy of the package where no cache can be written: a file stands where each folder would be.

    Permissions would not do: the tests may run as a user whom none of them holds back.
    """
    package = tmp_path / "site" / "malus"
    shutil.copytree(SOURCE, package / "measures", ignore=shutil.ignore_patterns("__pycache__"))
    (package / "__init__.py").write_text("")
    (package / "measures" / "__pycache__").write_text("")
    return tmp_path / "site"


def test_kernels_run_where_no_cache_can_be_written(install, tmp_path):
    nowhere = tmp_path / "file"
    nowhere.write_text("")
    no_folder = {"HOME": str(nowhere), "XDG_CACHE_HOME": str(nowhere), "NUMBA_CACHE_DIR": str(nowhere)}
    answer = run(ASK, install, **no_folder)
    assert answer.startswith("[15]")
    assert str(install) in answer
    assert not list(tmp_path.rglob("*.nbi"))


def test_compiled_kernels_are_kept_in_the_folder_that_the_process_was_given(install, tmp_path):
    answer = run(ASK, install, NUMBA_CACHE_DIR=str(tmp_path / "kept"))
    assert answer.startswith("[15]")
    kept = {path.name.split("-")[0] for path in (tmp_path / "kept").rglob("*.nbi")}
    assert "kernels.fold_outages" in kept


@pytest.mark.parametrize("module", ["malus.measures", "malus.measures.bounds", "malus.measures.exact"])
def test_what_needs_no_kernel_does_not_load_the_compiler(module):
    code = f"import sys, {module}; print('numba' in sys.modules)"
    assert run(code, SOURCE.parent.parent).strip() == "False"
