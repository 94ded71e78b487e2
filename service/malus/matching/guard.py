"""Owns the gate that new terms pass before they are matched here: their first cycle runs in a child process.

The engine under matching is C: a rule set that crashes or hangs it takes its process along. A child that dies
or does not answer means that the rule set is refused with a reason, and its agreement keeps its last good
terms. Does not own what the child does (`trial`), nor what becomes of a refused file.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from malus.matching.trial import ANSWER, PASSED
from malus.model.rules import RuleSet, canonical_text

# Trials of one child are lost together with it and begun again, so they are not heaped without limit.
MOST_TRIALS_A_CHILD: Final = 256
_MOST_REMEMBERED: Final = 100_000

# The child finds its modules where this process found them, without a word from the environment.
_PROGRAM: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from malus.matching.trial import try_each; try_each(sys.stdin, sys.stdout)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A rule set that must not be matched, by its digest, and why."""

    digest: str
    reason: str


class TrialGate:
    """Tries rule sets and remembers which ones passed, so that a thousand equal agreements pay once."""

    def __init__(self, *, command: Sequence[str] | None = None, time_limit_seconds: int = 20) -> None:
        """Start each child with `command` (default: this interpreter on `malus.matching.trial`).

        The limit holds for a rule set tried by itself, the start of the child included.
        """
        if time_limit_seconds < 1:
            raise ValueError("a trial needs at least a second")
        self._command = (
            tuple(command)
            if command is not None
            else (sys.executable, "-c", _PROGRAM, json.dumps([entry for entry in sys.path if entry]))
        )
        self._time_limit_seconds = time_limit_seconds
        self._passed: dict[str, None] = {}

    def accept(self, rules: RuleSet) -> Refusal | None:
        """None once the rule set has passed its trial, else why not. Never raises for what the child does."""
        return self.accept_all((rules,))[0]

    def accept_all(self, rule_sets: Sequence[RuleSet]) -> tuple[Refusal | None, ...]:
        """Try many rule sets in as few children as possible, answers in the order given.

        A child that fails while others waited behind the first is no verdict on the one it was at: that one
        is the first of the next child and has the whole time limit. Refusals are not remembered: a machine
        may be busy.
        """
        waiting = {rules.digest: rules for rules in rule_sets if rules.rules and rules.digest not in self._passed}
        refused: dict[str, Refusal] = {}
        while waiting:
            batch = list(waiting.values())[:MOST_TRIALS_A_CHILD]
            answers, ending = self._run_child(batch)
            verdicts = {rules.digest: answers[rules.digest] for rules in batch if rules.digest in answers}
            # A child without a single answer failed at the first rule set, which it had to itself until then.
            for digest, verdict in (verdicts or {batch[0].digest: ending}).items():
                del waiting[digest]
                if verdict == PASSED:
                    self._remember(digest)
                else:
                    refused[digest] = Refusal(digest=digest, reason=verdict)
        return tuple(refused.get(rules.digest) for rules in rule_sets)

    def _run_child(self, batch: Sequence[RuleSet]) -> tuple[dict[str, str], str]:
        """The answers of one child by digest, fewer than rule sets if it failed, and how it ended."""
        text = "".join(f"{canonical_text(rules)}\n" for rules in batch)
        try:
            child = subprocess.run(  # noqa: S603 - the command is ours, the rule sets go in as text
                self._command,
                input=text.encode("ascii"),
                capture_output=True,
                timeout=self._time_limit_seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as expired:
            ending = f"the trial did not end within {self._time_limit_seconds} s"
            return _answers(expired.stdout or b""), ending
        except OSError as fault:
            return {}, f"the trial could not be started: {fault.strerror}"
        return _answers(child.stdout), _ending(child.returncode, child.stderr)

    def _remember(self, digest: str) -> None:
        if len(self._passed) >= _MOST_REMEMBERED:
            self._passed.clear()
        self._passed[digest] = None


def _answers(output: bytes) -> dict[str, str]:
    # A line that the child did not finish is no answer, and what the engine prints is none either.
    whole_lines = output.decode("ascii", "replace").split("\n")[:-1]
    found = (ANSWER.fullmatch(line) for line in whole_lines)
    return {match["digest"]: match["verdict"] for match in found if match is not None}


def _ending(status: int, errors: bytes) -> str:
    if status < 0:
        return f"the trial was ended by signal {-status} ({signal.strsignal(-status)})"
    last_words = errors.decode("utf-8", "replace").strip().rpartition("\n")[2][:200]
    return f"the trial ended with status {status} and no answer{': ' if last_words else ''}{last_words}"
