"""Which terms judge what: amendments, gaps, signatures, what was known when, and names that changed."""

from dataclasses import replace

import pytest
from malus.model.faults import MalusError
from malus.model.instants import MINUTE
from malus.model.quantities import Outcome

from tests.evaluation.written import (
    PROMISE,
    UPTIME,
    UPTIME_CREDIT,
    amounts,
    at,
    credit,
    down_minutes,
    excused,
    fact,
    judge,
    money,
    outage,
    reasons,
    verdict,
    written,
)

PAID = UPTIME_CREDIT.replace("period: judged", "period: judged, part_period: pro_rata")
FIFTH = PAID.replace("10 %", "20 %")
JUNE = down_minutes(60)


def text(clauses=PAID, **more):
    return written(clauses=clauses, **more)


def test_a_month_that_began_under_the_old_terms_is_judged_whole_by_them():
    texts = [text(), text(FIFTH, effective="2026-06-16")]
    answer = judge(texts, [down_minutes(60, "2026-06-20 10:00"), down_minutes(60, "2026-07-03 10:00")])
    assert amounts(answer) == ["1200", "2400"]
    assert [item.explanation.terms_effective for item in answer.credits] == ["2026-01-01", "2026-06-16"]
    assert verdict(answer, "2026-06").level.denominator == 43_200 * MINUTE


def test_the_order_in_which_texts_are_given_changes_nothing():
    texts = [text(), text(FIFTH, effective="2026-07-01")]
    assert judge(texts, [JUNE]).digest() == judge(reversed(texts), [JUNE]).digest()


def test_the_assessment_names_the_texts_it_used():
    old, new = text(), text(FIFTH, effective="2026-07-01")
    assert judge([old, new]).terms == (("2026-01-01", old.digest()), ("2026-07-01", new.digest()))


def test_the_first_period_begins_with_the_terms_and_its_base_with_them():
    answer = judge(text(effective="2026-06-16"), [JUNE, down_minutes(60, "2026-06-20 10:00")])
    [first] = [item for item in answer.verdicts if item.period.start == at("2026-06-16")]
    assert (first.level.denominator, first.level.denominator - first.level.numerator) == (
        15 * 1440 * MINUTE,
        60 * MINUTE,
    )
    assert amounts(answer) == ["600"]
    assert reasons(answer) == ["no-terms-in-force"]


def test_the_last_period_ends_with_the_agreement():
    ended = text(more="ends: 2026-06-10")
    answer = judge(ended, [down_minutes(600), down_minutes(60, "2026-06-20 10:00")])
    last = answer.verdicts[-1]
    assert (last.period.end, last.level.denominator) == (at("2026-06-11"), 10 * 1440 * MINUTE)
    assert amounts(answer) == ["400"]
    assert reasons(answer) == ["no-terms-in-force"]


def test_a_gap_between_two_texts_is_judged_by_none():
    texts = [text(more="ends: 2026-05-31"), text(FIFTH, effective="2026-07-01")]
    answer = judge(texts, [JUNE, down_minutes(60, "2026-07-03 10:00")])
    labels = [item.period.label for item in answer.verdicts]
    assert "2026-06" not in labels
    assert "2026-07" in labels
    assert reasons(answer) == ["no-terms-in-force"]
    assert amounts(answer) == ["2400"]


def test_an_outage_that_began_in_a_gap_counts_from_the_first_instant_of_the_next_terms():
    texts = [text(more="ends: 2026-05-31"), text(FIFTH, effective="2026-07-01")]
    answer = judge(texts, [outage("2026-06-30 22:00", "2026-07-01 02:00")])
    found = verdict(answer, "2026-07")
    assert found.level.denominator - found.level.numerator == 120 * MINUTE
    assert answer.remarks == ()


def test_an_outage_that_began_before_the_first_terms_counts_from_their_start():
    found = verdict(judge(text(), [outage("2025-12-31 22:00", "2026-01-01 02:00")]), "2026-01")
    assert found.level.denominator - found.level.numerator == 120 * MINUTE


UNSIGNED = "{provider: 2025-12-12}"


def test_unsigned_terms_are_never_in_force():
    texts = [text(), text(FIFTH, effective="2026-06-01", signed=UNSIGNED)]
    assert amounts(judge(texts, [JUNE])) == ["1200"]


def test_an_event_that_only_unsigned_terms_cover_is_told_so():
    texts = [text(effective="2026-07-01"), text(FIFTH, effective="2026-06-01", signed=UNSIGNED)]
    assert reasons(judge(texts, [JUNE])) == ["unsigned-terms"]


def test_without_any_signed_text_nothing_is_judged_and_every_event_is_told_so():
    answer = judge(text(signed=UNSIGNED), [JUNE, fact("I", "opened", "2026-06-03")])
    assert (answer.verdicts, answer.credits, answer.terms) == ((), (), ())
    assert reasons(answer) == ["unsigned-terms", "unsigned-terms"]


LATER = "{provider: 2026-06-20, customer: 2026-06-25}"


def test_terms_are_known_from_the_day_on_which_the_last_party_signed():
    texts = [text(), text(FIFTH, effective="2026-06-01", signed=LATER)]
    assert amounts(judge(texts, [JUNE], known_at=at("2026-06-25"))) == ["2400"]
    assert amounts(judge(texts, [JUNE], known_at=at("2026-06-25") - 1)) == ["1200"]


def test_before_any_text_was_known_nothing_is_judged():
    answer = judge(text(), [JUNE], known_at=at("2025-12-01"))
    assert answer.verdicts == ()
    assert reasons(answer) == ["no-terms-in-force"]


def test_of_two_texts_for_one_date_the_one_signed_last_holds():
    texts = [text(FIFTH, signed=LATER), text()]
    assert amounts(judge(texts, [JUNE])) == ["2400"]
    assert amounts(judge(texts, [JUNE], known_at=at("2026-06-20"))) == ["1200"]


def test_an_event_that_was_learned_of_later_was_not_known():
    late = down_minutes(60, recorded_at=at("2026-07-10"))
    assert amounts(judge(text(), [late], known_at=at("2026-07-10"))) == ["1200"]
    assert amounts(judge(text(), [late], known_at=at("2026-07-10") - 1)) == []


def test_a_later_copy_of_an_event_never_hides_the_earlier_one():
    early = down_minutes(60, id="o", recorded_at=at("2026-07-01"))
    copy = down_minutes(60, id="o", recorded_at=at("2026-08-01"))
    for events in ([early, copy], [copy, early]):
        assert amounts(judge(text(), events, known_at=at("2026-07-05"))) == ["1200"]


def test_an_indicator_under_a_new_name_goes_on_where_the_old_one_stopped():
    indicators = UPTIME.replace("per: month", "per: quarter")
    renamed = written(
        indicators.replace("uptime: {", "reachable: {formerly: uptime, "),
        PAID.replace("indicator: uptime", "indicator: reachable"),
        effective="2026-05-01",
    )
    answer = judge([written(indicators, PAID), renamed])
    labels = [item.period.label for item in answer.verdicts]
    assert labels == ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]
    assert [item.indicator for item in answer.verdicts] == ["uptime", "uptime", "reachable", "reachable"]


def test_an_indicator_that_is_new_begins_with_the_terms_that_bring_it():
    both = written(
        UPTIME + "\nmore: " + UPTIME.removeprefix("uptime: "),
        f"{PAID}\nother: {{source: b, promise: {{indicator: more, at_least: 99 %}}, "
        "credit: {each: period, amount: 5.00 EUR}}",
        effective="2026-07-01",
    )
    answer = judge([text(), both], [down_minutes(600), down_minutes(600, "2026-07-03 10:00")])
    assert next(item.period.label for item in answer.verdicts if item.clause == "other") == "2026-07"
    assert credit(answer, "2026-07", "other").amount == money("5")


def test_an_indicator_that_the_new_terms_dropped_ends_after_its_running_period():
    other = written(
        "elsewhere: " + UPTIME.removeprefix("uptime: "),
        PAID.replace("uptime-credit", "other").replace("indicator: uptime", "indicator: elsewhere"),
        effective="2026-06-16",
    )
    answer = judge([text(), other], as_of="2026-08-01")
    assert [item.period.label for item in answer.verdicts if item.clause == "uptime-credit"][-1] == "2026-06"
    mine = [item.period for item in answer.verdicts if item.clause == "other"]
    assert mine[0].start == at("2026-06-16")


def test_previous_levels_are_taken_through_an_amendment():
    leaves = UPTIME.replace(
        "per: month", "per: month, no_data: previous, excluding: [force], excluded_time: leaves_the_base"
    )
    force = "force: {cause: force_majeure, source: a}"
    texts = [
        written(leaves, PAID, exclusions=force),
        written(leaves, FIFTH, exclusions=force, effective="2026-07-01"),
    ]
    answer = judge(texts, [JUNE, excused("2026-07-01", "2026-08-01", cause="force_majeure")])
    assert verdict(answer, "2026-07").outcome is Outcome.MISSED
    assert amounts(answer) == ["1200", "2400"]


def test_charges_of_a_quarter_follow_the_terms_of_each_month():
    quarterly = UPTIME.replace("per: month", "per: quarter")
    dear = "hosting: {amount: 20000.00 EUR, per: month}"
    texts = [written(quarterly, PAID), written(quarterly, PAID, charges=dear, effective="2026-06-01")]
    assert amounts(judge(texts, [down_minutes(600)])) == [str((12000 + 12000 + 20000) // 10)]


def test_no_text_at_all_is_refused():
    with pytest.raises(MalusError) as fault:
        judge([], [JUNE])
    assert fault.value.reason == "no-terms"


@pytest.mark.parametrize("name", ["currency", "timezone", "agreement"])
def test_texts_of_different_agreements_currencies_or_zones_are_refused(name):
    other = replace(
        text(effective="2026-07-01"), **{name: {"currency": "USD", "timezone": "UTC", "agreement": "b"}[name]}
    )
    with pytest.raises(MalusError) as fault:
        judge([text(), other], [JUNE])
    assert (fault.value.reason, fault.value.metadata["name"]) == ("mixed-terms", name)


def test_a_promise_without_remedy_is_judged_all_the_same():
    terms = written(
        clauses=(
            f"bare: {{source: a, {PROMISE}, declares: bad}}\nuse: {{source: b, when: {{declared: bad}}, "
            "credit: {each: period, amount: 1.00 EUR}}"
        )
    )
    assert verdict(judge(terms, [JUNE]), "2026-06", "bare").outcome is Outcome.MISSED
