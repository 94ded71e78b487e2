"""Clients stand outside the service: they import its wire, gRPC and the standard library, and nothing else of it."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import ROOT

ALLOWED = {"malus_client", "grpc", "google"}


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports by dots"
            yield str(node.module)


def test_clients_import_the_wire_grpc_and_the_standard_library_only() -> None:
    found = sorted((ROOT / "clients").rglob("*.py"))
    assert len(found) > 8
    strangers = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in found
        for name in _imports(path)
        if name != "malus.v1"
        and name.partition(".")[0] not in ALLOWED
        and name.partition(".")[0] not in sys.stdlib_module_names
    }
    assert strangers == set()


def test_no_amount_in_a_client_is_a_binary_float() -> None:
    for path in (ROOT / "clients" / "python" / "malus_client").glob("*.py"):
        words = {
            node.id for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Name)
        }
        # Only deadlines and waits are floats, in calls and client; elsewhere the word is there to refuse them.
        assert "float" not in words or path.name in {"calls.py", "client.py", "event_rows.py"}, path
