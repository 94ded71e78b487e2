"""From files to assessments: what is judged, what stays out, and what is said of either."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from malus.composition import judge
from malus.model.agreement import Terms
from malus.model.assessment import Assessment
from malus.model.calendars import HorizonFault
from malus.model.events import Event
from malus.model.faults import MalusError
from malus.model.instants import Instant
from malus.model.money import money_text
from malus.operations.evaluate import EvaluateAnswer, Watch, evaluate
from malus.operations.explain import check_clause, check_period, check_subject, narrowed
from malus.operations.render import periods_of
from malus.operations.render_input import FAULTS_SHOWN, fault_lines, input_text

from tests.operations.assessed import assessment, at
from tests.operations.rule_text import write_agreement, write_events

JUNE = (
    "acme|outage|2026-06-03 10:00|2026-06-03 15:00|-|-|-|-|-|-",
    "acme|incident|2026-06-10 10:00|2026-06-10 20:00|INC-1|2026-06-10 15:00|-|-|-|-",
    "acme|claim|-|-|-|-|uptime-credit|2026-07-06|2026-06|-",
)


class Seen:
    """A judge that remembers what it was asked and gives an empty answer."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int, Instant, Instant | None]] = []

    def __call__(
        self, terms: Sequence[Terms], events: Sequence[Event], *, as_of: Instant, known_at: Instant | None
    ) -> Assessment:
        self.asked.append((terms[0].agreement, len(events), as_of, known_at))
        return assessment(agreement=terms[0].agreement, as_of=as_of)


def ask(tmp_path: Path, *rows: str, as_of: str = "2026-07-15", judged_by: Seen | None = None) -> EvaluateAnswer:
    events = write_events(tmp_path / "events.csv", *rows)
    return evaluate([tmp_path / "rules"], [events], as_of=as_of, judge=judged_by or Seen())


def test_june_is_judged_to_the_cent_from_files(tmp_path: Path) -> None:
    write_agreement(tmp_path / "rules")
    events = write_events(tmp_path / "june.csv", *JUNE)
    answer = evaluate([tmp_path / "rules"], [events], as_of="2026-07-15", judge=judge())
    (acme,) = answer.assessments
    paid = {item.key.clause: money_text(item.amount) for item in acme.credits if item.amount is not None}
    # 1,200.00 and 250.00 share the cap of 1,440.00; the last cent goes to the larger remainder.
    assert paid == {"uptime-credit": "1,191.72 EUR", "late-response": "248.28 EUR"}
    assert (answer.faults, answer.remarks, answer.not_judged) == ((), (), ())


def test_an_agreement_without_events_is_judged_all_the_same(tmp_path: Path) -> None:
    write_agreement(tmp_path / "rules", name="acme")
    write_agreement(tmp_path / "rules", name="bolt")
    seen = Seen()
    ask(tmp_path, *JUNE, judged_by=seen)
    assert [(name, count) for name, count, *_ in seen.asked] == [("acme", 5), ("bolt", 0)]


def test_events_of_an_unknown_agreement_are_remarked_once_by_name_with_the_nearest_spelling(tmp_path: Path) -> None:
    write_agreement(tmp_path / "rules")
    rows = [row.replace("acme", "acne") for row in JUNE]
    answer = ask(tmp_path, *rows)
    (remark,) = answer.remarks
    assert remark.reason == "unknown-agreement"
    assert "3 events judged nothing" in remark.message
    assert "did you mean acme?" in remark.message


def test_a_faulty_agreement_is_not_judged_and_the_others_are(tmp_path: Path) -> None:
    write_agreement(tmp_path / "rules", name="acme", more="nonsense: 1\n")
    write_agreement(tmp_path / "rules", name="bolt")
    answer = ask(tmp_path, *JUNE)
    assert [item.agreement for item in answer.assessments] == ["bolt"]
    assert [(item.agreement, item.reason) for item in answer.not_judged] == [("acme", "rule-faults")]
    assert answer.remarks == ()
    assert "acme: not judged [rule-faults]" in input_text(answer)


def test_a_judgement_that_cannot_be_worked_out_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    write_agreement(tmp_path / "rules", name="acme")
    write_agreement(tmp_path / "rules", name="bolt")

    def fails(
        terms: Sequence[Terms], events: Sequence[Event], *, as_of: Instant, known_at: Instant | None
    ) -> Assessment:
        if terms[0].agreement == "acme":
            raise HorizonFault("office", "no holidays are known for 2040")
        return assessment(agreement="bolt")

    answer = evaluate([tmp_path / "rules"], [], as_of="2026-07-15", judge=fails)
    assert [(item.agreement, item.reason) for item in answer.not_judged] == [("acme", "beyond-horizon")]
    assert [item.agreement for item in answer.assessments] == ["bolt"]


def test_civil_moments_are_in_the_zone_that_all_agreements_share_and_refused_where_they_differ(tmp_path: Path) -> None:
    write_agreement(tmp_path / "rules", name="acme")
    seen = Seen()
    ask(tmp_path, as_of="2026-07-15", judged_by=seen)
    assert seen.asked[0][2] == at("2026-07-15")
    write_agreement(tmp_path / "rules", name="bolt", zone="Asia/Tokyo")
    with pytest.raises(MalusError) as caught:
        ask(tmp_path, as_of="2026-07-15")
    assert caught.value.reason == "malformed-moment"
    assert "2 time zones" in caught.value.message
    ask(tmp_path, as_of="2026-07-15T00:00:00Z", judged_by=seen)
    only = evaluate(
        [tmp_path / "rules"], [], as_of="2026-07-15", known_at="2026-07-01", agreements=["bolt"], judge=seen
    )
    assert [item.agreement for item in only.assessments] == ["bolt"]
    assert seen.asked[-1][2] - (seen.asked[-1][3] or 0) == 14 * 86_400_000_000


def test_asking_for_an_agreement_that_is_not_there_names_the_nearest(tmp_path: Path) -> None:
    write_agreement(tmp_path / "rules")
    with pytest.raises(MalusError, match="did you mean acme"):
        evaluate([tmp_path / "rules"], [], as_of="2026-07-15", agreements=["acmee"], judge=Seen())


def test_every_stage_tells_how_far_it_is(tmp_path: Path) -> None:
    write_agreement(tmp_path / "rules")
    events = write_events(tmp_path / "june.csv", *JUNE)
    told: list[str] = []
    evaluate(
        [tmp_path / "rules"],
        [events],
        as_of="2026-07-15",
        judge=Seen(),
        watch=Watch(
            loading=lambda *_: told.append("loading"),
            reading=lambda *_: told.append("reading"),
            judging=lambda *_: told.append("judging"),
        ),
    )
    assert list(dict.fromkeys(told)) == ["loading", "reading", "judging"]


def test_faults_beyond_a_screen_are_counted_by_reason_and_each_shown_one_says_where_what_and_what_to_do(
    tmp_path: Path,
) -> None:
    write_agreement(tmp_path / "rules")
    answer = ask(tmp_path, *["acme|outage|x|-|-|-|-|-|-|-"] * (FAULTS_SHOWN + 5))
    lines = fault_lines(answer.faults)
    assert lines[0].startswith(f"{tmp_path}/events.csv:2: error[malformed-instant] `start`: 'x' is no instant; write")
    assert lines[-2] == f"{tmp_path}/events.csv: error[malformed-instant] 5 more faults in `start`"
    assert lines[-1] == "25 faults in 25 rows; these rows judged nothing"


def test_a_question_about_a_clause_a_period_or_a_subject_leaves_the_rest_out(tmp_path: Path) -> None:
    write_agreement(tmp_path / "rules")
    events = write_events(tmp_path / "june.csv", *JUNE)
    answer = evaluate([tmp_path / "rules"], [events], as_of="2026-07-15", judge=judge())
    (acme,) = answer.assessments
    late = narrowed(acme, clause="late-response", periods=["2026-06"])
    assert {item.clause for item in late.verdicts} == {"late-response"}
    assert {item.key.clause for item in late.credits} == {"late-response"}
    assert [period.label for period in periods_of(narrowed(acme, periods=["2026-05", "2026-06"]))] == [
        "2026-05",
        "2026-06",
    ]
    assert [item.subject for item in narrowed(acme, subject="INC-1").verdicts] == ["INC-1"]
    assert narrowed(acme) == acme


def test_a_question_about_what_is_not_there_names_what_is(tmp_path: Path) -> None:
    write_agreement(tmp_path / "rules")
    events = write_events(tmp_path / "june.csv", *JUNE)
    answer = evaluate([tmp_path / "rules"], [events], as_of="2026-07-15", judge=judge())
    check_clause("chronic", answer.terms["acme"])
    check_period("2026-06", answer.assessments)
    check_subject("INC-1", answer.assessments)
    with pytest.raises(MalusError, match="did you mean late-response"):
        check_clause("late-respons", answer.terms["acme"])
    with pytest.raises(MalusError, match="did you mean 2026-07"):
        check_period("2027-07", answer.assessments)
    with pytest.raises(MalusError, match="there are INC-1"):
        check_subject("x", answer.assessments)
