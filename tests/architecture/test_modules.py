"""Each module owns one thing, says which, and has a name that says it too."""

import ast
from pathlib import Path

import pytest

from tests.architecture.tree import modules, place

LINES = 350
NAMELESS = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc", "shared"}


def shape_faults(path: str, text: str) -> list[str]:
    """Return what is wrong with the module at that path beneath the source root, in words."""
    tree = ast.parse(text)
    found = []
    if len(text.splitlines()) > LINES:
        found.append(f"{path}: {len(text.splitlines())} lines, at most {LINES}")
    if not (ast.get_docstring(tree) or "").strip():
        found.append(f"{path}: does not say what it owns")
    if Path(path).name == "__init__.py" and len(tree.body) > 1:
        found.append(f"{path}: holds more than a docstring")
    found += [
        f"{path}: `{word}` says nothing of what it owns"
        for part in Path(path).with_suffix("").parts
        for word in dict.fromkeys((part, *part.split("_")))
        # A charge_base is a word of agreements; a module that is called base is not.
        if word in NAMELESS or word == part == "base"
    ]
    return found


def test_every_module_is_short_named_and_says_what_it_owns() -> None:
    found = [what for path in modules() for what in shape_faults(place(path), path.read_text(encoding="utf-8"))]
    assert found == []


def test_every_folder_of_modules_is_a_package() -> None:
    without = {place(path.parent) for path in modules() if not (path.parent / "__init__.py").exists()}
    assert without == set()


@pytest.mark.parametrize(
    ("path", "text", "what"),
    [
        ("malus/model/x.py", '"""Owns x."""\n' + "\n" * LINES, "351 lines"),
        ("malus/model/x.py", "X = 1\n", "does not say what it owns"),
        ("malus/model/x.py", '""" """\n', "does not say what it owns"),
        (
            "malus/model/__init__.py",
            '"""Floor 0."""\nfrom malus.model import money\n',
            "more than a docstring",
        ),
        ("malus/model/__init__.py", "", "does not say what it owns"),
        ("malus/model/date_utils.py", '"""Owns x."""\n', "`utils` says nothing"),
        ("malus/common/x.py", '"""Owns x."""\n', "`common` says nothing"),
        ("malus/ledger/base.py", '"""Owns x."""\n', "`base` says nothing"),
    ],
)
def test_a_module_out_of_shape_is_found(path: str, text: str, what: str) -> None:
    assert any(what in fault for fault in shape_faults(path, text))


def test_a_module_in_shape_is_left_alone() -> None:
    assert shape_faults("malus/remedies/charge_base.py", '"""Owns x."""\n' + "\n" * (LINES - 1)) == []
