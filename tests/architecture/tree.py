"""Which files are ours to read: the modules under the source root, less what is generated."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE_ROOT = ROOT / "service"
GENERATED = SOURCE_ROOT / "malus" / "v1"


def modules() -> list[Path]:
    """Return every module of malus, sorted; none at all is a failure, so no test passes on an empty tree."""
    found = sorted(path for path in (SOURCE_ROOT / "malus").rglob("*.py") if GENERATED not in path.parents)
    assert found, f"no modules under {SOURCE_ROOT}"
    return found


def place(path: Path) -> str:
    """Return the path beneath the source root with forward slashes, e.g. "malus/model/money.py"."""
    return path.relative_to(SOURCE_ROOT).as_posix()
