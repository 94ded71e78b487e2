"""Runs one benchmark by name. A benchmark is a module of this package with `measure(full) -> figures`."""

import argparse
import importlib
import json
import pkgutil
import sys
from pathlib import Path

import benchmarks


def main() -> int:
    """Runs the benchmark that was named and prints its figures; 1 where they fall short."""
    names = sorted(module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name[0] != "_")
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=benchmarks.__doc__)
    parser.add_argument("name", choices=names)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to this file")
    parser.add_argument("--full", action="store_true", help="the size of the published table, not a minute's")
    chosen = parser.parse_args()
    figures = importlib.import_module(f"benchmarks.{chosen.name}").measure(full=chosen.full)
    text = json.dumps(figures, indent=2)
    print(text)
    if chosen.json:
        chosen.json.write_text(text + "\n", encoding="utf-8")
    for shortfall in figures["short_of"]:
        print(f"fell short: {shortfall}", file=sys.stderr)
    return 1 if figures["short_of"] else 0


if __name__ == "__main__":
    sys.exit(main())
