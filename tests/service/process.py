"""`malus serve` as a process of its own, which can be made to die at a named moment."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]

#: The command as it is, but that the ledger kills the process when a moment of a call comes for the n-th time.
_DYING = """
import functools, os, signal, sys
from malus.ledger import ledger

where, turn = sys.argv.pop(1), int(sys.argv.pop(1))
seen = 0

def failpoint(name):
    global seen
    if name == where:
        seen += 1
        if seen == turn:
            os.kill(os.getpid(), signal.SIGKILL)

ledger.open_ledger = functools.partial(ledger.open_ledger, failpoint=failpoint)
sys.argv[0] = "malus"
from malus.__main__ import main
main()
"""


class Process:
    """A running `malus serve`; `said` grows with what it writes to standard error."""

    def __init__(self, words: list[str], dies: tuple[str, int] | None, environment: dict[str, str]) -> None:
        program = ["-m", "malus"] if dies is None else ["-c", _DYING, dies[0], str(dies[1])]
        path = os.pathsep.join([str(ROOT / "service"), *filter(None, [os.environ.get("PYTHONPATH")])])
        self.popen = subprocess.Popen(
            [sys.executable, *program, "serve", *words],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": path} | environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said: list[str] = []
        self._ready = threading.Event()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    @property
    def port(self) -> int:
        """The port it listens on, once it says that it serves."""
        assert self._ready.wait(60), "".join(self.said)
        found = re.search(r"malus serves \d+ agreements? on \S+:(\d+)", "".join(self.said))
        assert found is not None, "".join(self.said)
        return int(found[1])

    def kill(self) -> None:
        self.popen.send_signal(signal.SIGKILL)
        self.ended()

    def terminate(self) -> int:
        self.popen.send_signal(signal.SIGTERM)
        return self.ended()

    def ended(self, seconds: int = 60) -> int:
        code = self.popen.wait(timeout=seconds)
        self._reader.join()
        return code

    def _read(self) -> None:
        assert self.popen.stderr is not None
        with self.popen.stderr as stream:
            for line in stream:
                self.said.append(line)
                if "malus serves" in line:
                    self._ready.set()
        self._ready.set()


@contextmanager
def serving(*words: str, dies: tuple[str, int] | None = None, **environment: str) -> Iterator[Process]:
    process = Process(list(words), dies, environment)
    try:
        yield process
    finally:
        if process.popen.poll() is None:
            process.kill()
        process.ended()


def words_for(rules: Path, ledger: Path) -> list[str]:
    return ["--rules", str(rules), "--ledger", str(ledger), "--address", "127.0.0.1:0", "--tick-seconds", "0"]
