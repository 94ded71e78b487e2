"""Generates service/malus/v1 from malus/v1/*.proto when the package is built, installed or synchronised.

Owns the call of protoc. What the messages mean is in the .proto files, what may change in README.md.
"""

import importlib.util
import shutil
from pathlib import Path
from typing import Any

from grpc_tools import protoc
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = Path("malus/v1")
INIT = '"""Generated from proto/malus/v1 when the package is built; never edited."""\n'


class GenerateMessages(BuildHookInterface[Any]):
    """Runs before each wheel, editable ones too, so that generated code is never older than its source."""

    PLUGIN_NAME = "generate-messages"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 (the builder's signature)
        """Write service/malus/v1 anew: messages, their types, and stubs of the services there are."""
        generate(Path(self.root) / "proto", Path(self.root) / "service")


def generate(proto: Path, service: Path) -> None:
    """Write proto's malus/v1 as a package under service; RuntimeError where protoc refuses a file."""
    target = service / PACKAGE
    shutil.rmtree(target, ignore_errors=True)  # a message that was removed must not live on
    target.mkdir(parents=True)
    (target / "__init__.py").write_text(INIT, encoding="utf-8")
    sources = sorted((proto / PACKAGE).glob("*.proto"))
    services = [source for source in sources if source.stem.endswith("_service")]
    _run([f"--python_out={service}", f"--pyi_out={service}"], proto, sources)
    if services:
        _run([f"--grpc_python_out={service}"], proto, services)


def _run(outputs: list[str], proto: Path, sources: list[Path]) -> None:
    includes = [proto, _folder_of("grpc_tools") / "_proto", _folder_of("google.type").parents[1]]
    arguments = ["protoc", *(f"-I{folder}" for folder in includes), *outputs, *map(str, sources)]
    if protoc.main(arguments) != 0:
        # protoc has printed file, line and column by itself.
        message = f"protoc refused one of {', '.join(source.name for source in sources)}"
        raise RuntimeError(message)


def _folder_of(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        message = f"{package} is not among the build requirements"
        raise RuntimeError(message)
    return Path(next(iter(spec.submodule_search_locations)))
