"""New terms are matched in a child process first; what kills the child is a refusal and nothing worse."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from malus.matching.guard import MOST_TRIALS_A_CHILD, Refusal, TrialGate
from malus.matching.trial import trial_facts, try_each
from malus.model.rules import Fact, RuleSet, canonical_text

from tests.matching.builders import LAST, credit, rule, rule_set, when
from tests.matching.oracle import meets

TRY = "from malus.matching.trial import try_each; try_each(sys.stdin, sys.stdout)"


def child(program: str) -> tuple[str, ...]:
    start = f"import os, sys, time; sys.path[:] = {[entry for entry in sys.path if entry]!r}; "
    return (sys.executable, "-c", start + program)


def table(row: int) -> RuleSet:
    return rule_set(rule("verdict", when("row", "at_least", row), then=(credit(1, row),)))


CIRCLE = rule_set(
    rule("state", when("step", "equals", 1), derives=(Fact.of("state", step=2),)),
    rule("state", when("step", "equals", 2), derives=(Fact.of("state", step=1),)),
)


def test_terms_that_the_engine_takes_are_accepted() -> None:
    gate = TrialGate()
    assert gate.accept(table(1)) is None
    assert gate.accept(rule_set()) is None


def test_a_child_that_crashes_is_a_refusal_with_a_reason() -> None:
    refusal = TrialGate(command=child("os.abort()")).accept(table(1))
    assert refusal == Refusal(digest=table(1).digest, reason="the trial was ended by signal 6 (Aborted)")


def test_a_child_that_hangs_is_a_refusal_after_the_time_limit() -> None:
    refusal = TrialGate(command=child("time.sleep(60)"), time_limit_seconds=1).accept(table(1))
    assert refusal is not None
    assert refusal.reason == "the trial did not end within 1 s"


def test_a_child_that_ends_without_an_answer_is_a_refusal_with_its_last_words() -> None:
    refusal = TrialGate(command=child("sys.exit('no engine here')")).accept(table(1))
    assert refusal is not None
    assert refusal.reason == "the trial ended with status 1 and no answer: no engine here"
    silent = TrialGate(command=child("print('trial passed')")).accept(table(1))
    assert silent is not None
    assert silent.reason == "the trial ended with status 0 and no answer"


def test_a_child_that_cannot_be_started_is_a_refusal(tmp_path: Path) -> None:
    refusal = TrialGate(command=(str(tmp_path / "nothing"),)).accept(table(1))
    assert refusal is not None
    assert refusal.reason == "the trial could not be started: No such file or directory"


def test_a_fault_in_the_trial_is_a_refusal_that_names_it() -> None:
    passed, refusal, passed_too = TrialGate().accept_all((table(1), CIRCLE, table(2)))
    assert (passed, passed_too) == (None, None)
    assert refusal is not None
    assert refusal.digest == CIRCLE.digest
    assert refusal.reason.startswith("AssertionError: facts derive from each other in a circle")


@pytest.mark.parametrize(("end", "reason"), [("os.abort()", "signal 6"), ("time.sleep(60)", "did not end within 2 s")])
def test_one_rule_set_that_kills_its_child_takes_no_other_along(end: str, reason: str) -> None:
    deadly = table(666)
    program = (
        "import io\n"
        "from malus.matching.trial import try_each\n"
        "for line in sys.stdin:\n"
        f"    if '666' in line: {end}\n"
        "    try_each(io.StringIO(line), sys.stdout)\n"
    )
    command = (*child("")[:2], child("")[2] + "\n" + program)
    gate = TrialGate(command=command, time_limit_seconds=2)
    sets = (table(1), deadly, table(2), deadly, table(3))
    answers = gate.accept_all(sets)
    assert [answer is None for answer in answers] == [True, False, True, False, True]
    assert answers[1] is not None
    assert answers[1].digest == deadly.digest
    assert reason in answers[1].reason


def test_a_thousand_equal_agreements_pay_for_one_child(tmp_path: Path) -> None:
    count = tmp_path / "children"
    gate = TrialGate(command=child(f"open({str(count)!r}, 'a').write('x'); {TRY}"))
    assert set(gate.accept_all([table(1)] * 1000)) == {None}
    assert {gate.accept(table(1)) for _ in range(1000)} == {None}
    assert count.read_text() == "x"


def test_a_refusal_is_not_remembered(tmp_path: Path) -> None:
    busy = tmp_path / "busy"
    busy.touch()
    gate = TrialGate(command=child(f"os.path.exists({str(busy)!r}) and os.abort(); {TRY}"))
    assert gate.accept(table(1)) is not None
    busy.unlink()
    assert gate.accept(table(1)) is None


def test_many_rule_sets_share_children(tmp_path: Path) -> None:
    count = tmp_path / "children"
    gate = TrialGate(command=child(f"open({str(count)!r}, 'a').write('x'); {TRY}"))
    sets = [table(row) for row in range(MOST_TRIALS_A_CHILD + 1)]
    assert set(gate.accept_all(sets)) == {None}
    assert count.read_text() == "xx"


def test_what_the_engine_prints_is_no_answer() -> None:
    gate = TrialGate(command=child(f"sys.stdout.write('trial 0 half a line'); {TRY}"))
    assert gate.accept(table(1)) is None


def test_the_answer_is_one_line_by_digest_whatever_the_fault_quotes() -> None:
    answers = StringIO()
    quoting = json.dumps([json.dumps({"kind": 'a "kind"', "when": [], "then": [], "derives": []})])
    try_each(StringIO(f"{quoting}\n{canonical_text(table(1))}\n"), answers)
    first, second = (line for line in answers.getvalue().splitlines() if line)
    assert first.endswith(""" "ValueError: kind 'a ?kind?' is none of verdict, aggregate, state\"""")
    assert second == f'trial {table(1).digest} "passed"'


def test_a_trial_asks_a_fact_that_meets_each_rule() -> None:
    rules = rule_set(
        rule("verdict", when("row", "at_least", 3), when("row", "below", 9), then=(credit(1),)),
        rule("verdict", when("row", "above", 3), when("outcome", "equals", "missed"), then=(credit(2),)),
        rule("aggregate", when("total", "at_most", -LAST), then=(credit(3),)),
        rule("aggregate", when("total", "below", LAST), then=(credit(4),)),
        rule("state", then=(credit(5),)),
    )
    facts = list(trial_facts(rules))
    assert [fact.kind for fact in facts[:3]] == ["verdict", "aggregate", "state"]
    assert all(meets(each, fact) for each, fact in zip(rules.rules, facts[3:], strict=True))


def test_a_trial_of_a_rule_that_nothing_meets_stays_inside_the_integers() -> None:
    rules = rule_set(
        rule("state", when("step", "above", LAST), then=(credit(1),)),
        rule("state", when("step", "below", -LAST), then=(credit(1),)),
    )
    assert [dict(fact.values).get("step") for fact in trial_facts(rules)][3:] == [LAST, -LAST]


def test_the_child_imports_nothing_that_matching_does_not_need() -> None:
    program = "from malus.matching import guard, trial; import json; print(json.dumps(sorted(sys.modules)))"
    loaded = subprocess.run(child(program), check=True, capture_output=True, text=True).stdout
    packages = {name.partition(".")[0] for name in json.loads(loaded)}
    assert "durable" in packages
    assert not packages & {"numpy", "numba", "pyarrow", "grpc", "yaml", "sqlalchemy", "typer", "holidays"}


def test_a_trial_needs_at_least_a_second() -> None:
    with pytest.raises(ValueError, match="at least a second"):
        TrialGate(time_limit_seconds=0)
