"""The README's commands say what the README says they say."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"^```\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
SHOWN = [
    (block, BLOCKS[place + 1])
    for place, block in enumerate(BLOCKS)
    if re.search("uv run malus (evaluate|explain)", block)
]


@pytest.mark.parametrize("shown", SHOWN, ids=["evaluate", "explain"])
def test_a_command_of_the_readme_prints_what_stands_under_it(shown):
    command, output = shown
    words = shlex.split(command.rpartition("uv run malus")[2])

    ran = subprocess.run([sys.executable, "-m", "malus", *words], cwd=ROOT, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.rstrip() == output.rstrip()


def test_the_demo_prints_what_stands_under_it():
    ran = subprocess.run(
        [sys.executable, "-m", "malus", "demo"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=240
    )

    assert ran.returncode == 0, ran.stderr
    # The port and the folder of the ledger are the machine's; what is left out is marked.
    ours = [line for line in BLOCKS[1].splitlines() if line and "…" not in line and line != "..."]
    assert [line for line in ours if line not in ran.stdout.splitlines()] == []


def test_the_readme_names_its_two_commands():
    assert BLOCKS[0].startswith("pip install uv && uv run malus ")
    assert "uv run pytest\n" in BLOCKS
