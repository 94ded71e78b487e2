"""Owns the compiling of many rule files at once, on every core that this process may use.

Does not own: what a file is compiled to (rulefiles), or which files are read. A child compiles its share and hands it
back; the share of one that cannot is compiled here, so where a file was compiled is never seen in the answer.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import BinaryIO, Final

from malus.rulefiles.compiler import Compiled, compile_terms

#: A child costs about what it takes to compile this many files.
FEWEST_A_CHILD: Final = 50

# The child finds its modules where this process found them, without a word from the environment.
_PROGRAM: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from malus.operations.compiling import compile_share; compile_share(sys.stdin.buffer, sys.stdout.buffer)"
)

#: A rule file: its path and its bytes.
RuleFile = tuple[str, bytes]


def compile_all(
    files: Sequence[RuleFile], *, told: Callable[[str], None], children: int | None = None
) -> list[Compiled]:
    """What each file is compiled to, in the order given, without its lines.

    `told`: is called with the path of each file that is next here. `children`: how many processes help, None: as many
    as there are other cores, and none for a few files.
    """
    helpers = min(_other_cores(), len(files) // FEWEST_A_CHILD) if children is None else children
    shares = [files[number :: helpers + 1] for number in range(helpers + 1)]
    started = [_started(share) for share in shares[1:]]
    try:
        compiled = [_each(shares[0], told)]
        for process, share in zip(started, shares[1:], strict=True):
            compiled.append(_answer(process, share) or _each(share, told))
    finally:
        for process in started:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
    together: list[Compiled | None] = [None] * len(files)
    for number, share_of in enumerate(compiled):
        together[number :: helpers + 1] = share_of
    return [each for each in together if each is not None]


def compile_share(source: BinaryIO, target: BinaryIO) -> None:
    """Compile the files that a parent hands over; run by a child."""
    files: list[RuleFile] = pickle.load(source)  # noqa: S301 - our own parent's words
    pickle.dump(_each(files, lambda _: None), target, pickle.HIGHEST_PROTOCOL)


def _each(files: Iterable[RuleFile], told: Callable[[str], None]) -> list[Compiled]:
    compiled = []
    for path, content in files:
        told(path)
        compiled.append(replace(compile_terms(content, path), lines=()))
    return compiled


def _started(share: Sequence[RuleFile]) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-c", _PROGRAM, json.dumps([entry for entry in sys.path if entry])]
    # Our own interpreter and our own program.
    process = subprocess.Popen(  # noqa: S603
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdin is not None
    try:
        pickle.dump(share, process.stdin, pickle.HIGHEST_PROTOCOL)
        process.stdin.close()
    except OSError:
        process.kill()  # its share is compiled here
    process.stdin = None
    return process


def _answer(process: subprocess.Popen[bytes], share: Sequence[RuleFile]) -> list[Compiled] | None:
    told, _ = process.communicate()
    if process.returncode != 0:
        return None
    try:
        compiled: list[Compiled] = pickle.loads(told)  # noqa: S301 - our own child's answer
    except (EOFError, pickle.UnpicklingError):
        return None
    return compiled if len(compiled) == len(share) else None


def _other_cores() -> int:
    return len(os.sched_getaffinity(0)) - 1
