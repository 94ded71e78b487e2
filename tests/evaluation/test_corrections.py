"""An event told in error is corrected or taken back, and the answer is as if it had been told right at once."""

import itertools
from dataclasses import replace
from fractions import Fraction

import pytest
from malus.evaluation.corrections import refused_beside, standing_of
from malus.model.assessment import Assessment
from malus.model.event_corrections import Retraction
from malus.model.event_incidents import whole_incident
from malus.model.events import Event
from malus.model.faults import MalusError

from tests.evaluation.written import at, down_minutes, judge, reasons, verdict, written

WRONG = down_minutes(60, id="o-1", source="monitor")
RIGHT = down_minutes(30, id="o-2", source="monitor", corrects="o-1")
KEPT = down_minutes(90, "2026-07-05 10:00", id="o-3", source="monitor")


def retraction(of: str, own_id: str = "r-1", source: str = "monitor", **more: object) -> Retraction:
    return Retraction(agreement="acme", id=own_id, source=source, corrects=of, **more)  # type: ignore[arg-type]


def told(events: list[Event]) -> tuple[list[str], list[str]]:
    standing = standing_of(events)
    return [str(event.id) for event in standing.events], [str(item.event.id) for item in standing.aside]


def minutes_down(answer: Assessment) -> Fraction:
    """How many of June's 43,200 minutes the shop was down."""
    level = verdict(answer, "2026-06").level
    assert level is not None
    return 43_200 - Fraction(level.numerator, level.denominator) * 43_200


def same_but_for_remarks(*events: Event) -> str:
    return replace(judge(written(), events), remarks=()).digest()


def test_a_correction_stands_in_the_place_of_the_event_that_it_names():
    corrected = judge(written(), [WRONG, RIGHT])
    assert minutes_down(corrected) == 30
    assert reasons(corrected) == ["corrected"]
    assert corrected.remarks[0].event == "o-1"
    assert "o-2 stands in its place" in corrected.remarks[0].message


def test_a_retraction_takes_an_event_back_as_if_it_had_never_been_told():
    assert same_but_for_remarks(WRONG, KEPT, retraction("o-1")) == same_but_for_remarks(KEPT)
    assert reasons(judge(written(), [WRONG, KEPT, retraction("o-1")])) == ["retracted"]


def test_whichever_comes_first_the_correction_counts_and_the_corrected_does_not():
    events = [WRONG, RIGHT, KEPT, retraction("o-3")]
    answers = {judge(written(), order).digest() for order in itertools.permutations(events)}
    assert len(answers) == 1


def test_a_correction_is_corrected_in_turn_and_only_the_last_counts():
    last = down_minutes(15, id="o-4", source="monitor", corrects="o-2")
    assert told([WRONG, RIGHT, last]) == (["o-4"], ["o-1", "o-2"])


def test_a_correction_that_is_taken_back_leaves_the_first_event_as_it_was():
    assert told([WRONG, RIGHT, retraction("o-2")]) == (["o-1"], ["o-2"])


def test_a_retraction_that_is_taken_back_takes_nothing_back():
    assert told([WRONG, retraction("o-1"), retraction("r-1", "r-2")]) == (["o-1"], ["r-1"])


def test_a_correction_counts_from_when_it_was_known():
    known = [replace(WRONG, recorded_at=at("2026-07-01")), replace(RIGHT, recorded_at=at("2026-07-10"))]
    before = judge(written(), known, known_at=at("2026-07-09"))
    after = judge(written(), known, known_at=at("2026-07-10"))
    assert (minutes_down(before), minutes_down(after)) == (60, 30)


def test_an_event_that_is_corrected_to_a_later_time_is_not_yet_so():
    later = down_minutes(60, "2026-06-20 10:00", id="o-2", source="monitor", corrects="o-1")
    assert judge(written(), [WRONG, later], as_of="2026-06-15").credits == ()


def test_an_operator_corrects_what_a_monitor_told():
    by_hand = down_minutes(30, id="1", source="desk", corrects="o-1", corrects_source="monitor")
    assert told([WRONG, by_hand]) == (["1"], ["o-1"])
    assert told([WRONG, replace(by_hand, corrects_source="")]) == (["o-1", "1"], [])


def test_a_correction_of_what_nobody_told_counts_by_itself_and_is_named():
    answer = judge(written(), [RIGHT, retraction("o-9")])
    assert [(remark.event, remark.reason) for remark in answer.remarks] == [
        ("o-2", "corrects-nothing"),
        ("r-1", "corrects-nothing"),
    ]
    assert minutes_down(answer) == 30


OTHER = down_minutes(45, id="o-5", source="monitor", corrects="o-1")


@pytest.mark.parametrize(
    "rivals",
    [
        pytest.param([RIGHT, OTHER], id="two corrections"),
        pytest.param([RIGHT, retraction("o-1")], id="a correction and a retraction"),
    ],
)
@pytest.mark.parametrize("with_target", [True, False])
def test_corrections_that_cannot_all_be_right_stop_the_agreement_and_are_named(rivals, with_target):
    with pytest.raises(MalusError) as fault:
        judge(written(), [*([WRONG] if with_target else []), *rivals])
    assert fault.value.reason == "rival-corrections"
    assert all(str(event.id) in fault.value.message for event in rivals)


def test_of_rivals_the_right_one_is_kept_by_taking_the_other_back():
    assert told([WRONG, RIGHT, OTHER, retraction("o-5")]) == (["o-2"], ["o-1", "o-5"])


def test_two_retractions_of_one_event_say_the_same():
    assert told([WRONG, retraction("o-1"), retraction("o-1", "r-2")]) == ([], ["o-1"])


def test_corrections_in_a_circle_stop_the_agreement():
    one = down_minutes(30, id="a", corrects="b")
    other = down_minutes(45, id="b", corrects="a")
    with pytest.raises(MalusError, match=r"a of .* corrects b, b of .* corrects a"):
        judge(written(), [one, other, down_minutes(5, id="c")])


def summary(own_id: str, until: str, corrects: str | None = None) -> tuple[Event, ...]:
    values = {
        "agreement": "acme",
        "id": own_id,
        "incident_id": "INC-1",
        "start": at("2026-06-03 10:00"),
        "end": at(until),
        "corrects": corrects,
    }
    return whole_incident(values, "", None)


def test_a_row_of_a_whole_incident_is_corrected_and_taken_back_by_its_id():
    first, second = summary("7", "2026-06-03 12:00"), summary("8", "2026-06-03 11:00", "7")
    assert told([*first, *second]) == (["8#opened", "8#resolved"], ["7#opened", "7#resolved"])
    assert told([*first, retraction("7", source="")]) == ([], ["7#opened", "7#resolved"])
    third = summary("9", "2026-06-03 11:30", "7")
    assert standing_of([*first, *second, *third]).rivals


def test_one_fact_of_an_incident_is_corrected_alone_and_its_row_is_then_a_rival():
    first = summary("7", "2026-06-03 12:00")
    [alone] = [replace(fact, id="8", corrects="7#resolved") for fact in first if str(fact.id) == "7#resolved"]
    assert told([*first, alone]) == (["7#opened", "8"], ["7#resolved"])
    assert standing_of([alone, retraction("7", source="")]).rivals


def test_what_was_accepted_first_stands_beside_a_later_rival():
    assert refused_beside([WRONG, RIGHT], [KEPT]) == {}
    refused = refused_beside([WRONG, RIGHT], [KEPT, OTHER])
    assert list(refused) == [1]
    assert "o-2 of monitor corrects o-1" in refused[1]


def test_a_rival_cannot_come_back_by_taking_back_what_took_it_back():
    accepted = [WRONG, RIGHT, retraction("o-2"), OTHER]
    assert standing_of(accepted).rivals == ()
    assert list(refused_beside(accepted, [KEPT, retraction("r-1", "r-2")])) == [1]


def test_a_long_chain_of_corrections_comes_to_its_last():
    chain = [down_minutes(60, id="0")]
    chain += [down_minutes(60, id=str(number), corrects=str(number - 1)) for number in range(1, 5000)]
    assert told(chain)[0] == ["4999"]
