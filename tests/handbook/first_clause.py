"""Owns following the first chapter to the letter: its files, its changes and its commands, in an empty folder.

Does not own: what the commands do. A block with a path is a file as it then stands; a `diff` block with a path
replaces one line by another; a `console` block is one command and what it says.
"""

from __future__ import annotations

import shlex
from pathlib import Path

from malus.command_line.app import app
from typer.testing import CliRunner

from tests.handbook.blocks import Block, blocks_of


def followed(handbook: str, folder: Path) -> str:
    """The handbook with the real output of every command; `folder` is empty and is the one the commands run in."""
    written, done = "", 0
    for block in blocks_of(handbook):
        if block.kind == "console":
            command = block.text.partition("\n")[0]
            written += handbook[done : block.start] + f"{command}\n{_output(command)}"
            done = block.end
        elif block.path:
            _put(block, folder / block.path)
    return written + handbook[done:]


def as_it_ends(handbook: str, path: str) -> str:
    """The text of a file of the chapter after every change to it."""
    text = ""
    for block in blocks_of(handbook):
        if block.path == path:
            text = _changed(text, block)
    return text


def _output(command: str) -> str:
    prompt, name, *words = shlex.split(command)
    assert (prompt, name) == ("$", "malus"), f"a command begins with `$ malus`: {command}"
    return CliRunner().invoke(app, words).output.strip("\n") + "\n"


def _put(block: Block, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_changed(path.read_text() if path.exists() else "", block))


def _changed(text: str, block: Block) -> str:
    if block.kind != "diff":
        return block.text
    old, new = (line[1:] for line in block.text.splitlines())
    assert text.count(f"{old}\n") == 1, f"line {block.line}: the file has that line once"
    return text.replace(f"{old}\n", f"{new}\n")
