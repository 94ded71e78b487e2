"""What is installed is the whole product: its command answers, and the generated wire is inside."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

SOURCES = (
    "proto",
    "service",
    "clients",
    "rules",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    ".gitignore",
)


def _uv(*words: str, folder: Path) -> str:
    """Run uv in the folder and return what it printed; its complaint stands in the failure."""
    # `uv run` names itself to what it runs; whoever runs pytest by hand has it on the path.
    uv = os.environ.get("UV") or shutil.which("uv")
    assert uv, "uv builds the wheel: pip install uv"
    ended = subprocess.run([uv, *words], cwd=folder, capture_output=True, text=True, timeout=240, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from a copy of the sources without the generated code, as a fresh clone has them."""
    folder = tmp_path_factory.mktemp("clone")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)
    shutil.rmtree(folder / "service" / "malus" / "v1", ignore_errors=True)
    # Through the source archive, so that it is whole too.
    _uv("build", "--quiet", "--out-dir", str(folder / "built"), folder=folder)
    (built,) = (folder / "built").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that holds the wheel and what it asks for, and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    _uv("venv", "--quiet", "--python", sys.executable, "here", folder=folder)
    # The image's own install step, so that it is tried where no container engine is at hand.
    lock = str(ROOT / "requirements.lock")
    _uv("pip", "install", "--quiet", "--python", "here", "--constraint", lock, str(wheel), folder=folder)
    return folder / "here" / "bin"


def _said(*words: str, folder: Path) -> str:
    ended = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_the_installed_command_answers_from_any_folder(environment: Path, tmp_path: Path) -> None:
    assert "malus" in _said(str(environment / "malus"), "--help", folder=tmp_path)


def test_the_installed_wire_can_carry_an_event(environment: Path, tmp_path: Path) -> None:
    program = (
        "from malus.v1 import error_reason_pb2, event_pb2\n"
        "told = event_pb2.Event(id='e-1', outage=event_pb2.Outage(outage_id='o-1', service='webshop'))\n"
        "print(event_pb2.Event.FromString(told.SerializeToString()).outage.service)\n"
        "print(error_reason_pb2.ErrorReason.Name(1))\n"
    )
    said = _said(str(environment / "python"), "-W", "error", "-c", program, folder=tmp_path)
    assert said.split() == ["webshop", "ERROR_REASON_EVENT_ID_CONFLICT"]


def test_the_wheel_holds_the_package_its_client_and_nothing_beside_them(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"malus", "malus_client"}
    assert {"malus/py.typed", "malus_client/py.typed", "malus/v1/__init__.py", "malus/v1/event_pb2.pyi"} <= set(names)


def test_the_image_installs_as_the_tests_do() -> None:
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "uv build --wheel" in image
    assert "uv pip install --no-cache --python /opt/malus --constraint requirements.lock /tmp/wheel/*.whl" in image


def test_the_generated_wire_is_never_committed() -> None:
    asked = ["git", "check-ignore", "--no-index", "service/malus/v1/event_pb2.py"]
    if (ROOT / ".git").exists():
        ended = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
        assert ended.stdout.split() == ["service/malus/v1/event_pb2.py"], ended.stderr
    assert "/service/malus/v1/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_the_lock_pins_every_package_by_hash_and_names_no_index() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = [line for line in lock.splitlines() if line and not line.startswith((" ", "#"))]
    assert pins
    assert [line for line in pins if "==" not in line or not line.endswith("\\")] == []
    assert "://" not in lock
    assert "index-url" not in lock
