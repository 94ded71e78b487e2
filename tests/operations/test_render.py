"""How an assessment reads: the look is held to the letter, the figures are its own and add up."""

import re
from dataclasses import replace
from fractions import Fraction
from typing import get_args

import pytest
from malus.model import explanation, paying_steps
from malus.model.afterwards import Adjusted, Disputed, Option, OptionTaken, Returned, SettledBy
from malus.model.assessment import (
    CreditState,
    Escalation,
    EventRemark,
    Finality,
    MissedDuty,
    NearMiss,
    ObligationDue,
    ObligationState,
    RemedyKey,
    Right,
    RightState,
    StepState,
)
from malus.model.exchange import Exchanged
from malus.model.explanation import (
    BlocksOfTime,
    BlocksPay,
    ChargePart,
    EventsUsed,
    FollowsFrom,
    Lapsed,
    Margin,
    Measured,
    NotPaidBelow,
    Rounded,
    Step,
    TimeExcluded,
    TimeLimit,
    Undetermined,
    Window,
    WindowFact,
)
from malus.model.instants import HOUR, MINUTE, SECOND
from malus.model.money import Money, RoundingMode
from malus.model.quantities import Edge, Limit, Outcome, Unit
from malus.operations.render import REMARKS_SHOWN, assessment_text, closing_text
from malus.operations.render_steps import base_text, margin_amount, step_text, window_fact_text
from malus.operations.render_words import (
    amount_text,
    counted,
    last_moment_text,
    level_exactly,
    moment_text,
    occasion_text,
)

from tests.operations.assessed import (
    BASE,
    OCTOBER,
    ZONE,
    assessment,
    at,
    credit,
    cut,
    euros,
    explained,
    october,
    percent,
    verdict,
)
from tests.operations.test_render_deliveries import DELIVERED
from tests.operations.test_render_measured import MEASURED
from tests.operations.test_render_time_shares import INSIDE


def test_a_period_is_one_line_with_its_money_and_what_was_missed() -> None:
    assert assessment_text(october()) == (
        "acme  as of 2027-01-01 Europe/Amsterdam  terms 2026-07-01  total 4,800.00 EUR\n"
        "  2026-10          4,800.00 EUR  missed uptime-credit 98.196 %, late-response 3 of 4\n"
    )


def test_many_assessments_end_with_what_they_come_to_in_each_currency() -> None:
    francs = replace(assessment(agreement="bolt"), currency="CHF")
    owing = assessment(agreement="dune", credits=(credit("7", state=CreditState.ACCRUING), credit("200.5")))
    assert closing_text([october(), francs, owing]) == (
        "1 agreement, 0 with credits  total 0.00 CHF\n"
        "2 agreements, 2 with credits  total 5,000.50 EUR  accruing 7.00 EUR\n"
    )
    assert closing_text([october()]) == ""


def test_an_explained_period_reads_as_the_authors_page_shows_it() -> None:
    assert assessment_text(october(), explain=True).splitlines()[2:8] == [
        "acme 2026-10  terms 2026-07-01  total 4,800.00 EUR",
        "      4,000.00  uptime-credit row 2, art. 7.2b      43,717/44,520 = 98.196 %; 10 % x 40,000.00",
        "                2 h excluded: maintenance MW-881, art. 7.4 (announced 6 business days ahead, 5 needed)",
        "      1,500.00  late-response, art. 8.1             3 incidents x 500.00 (INC-7, INC-9, INC-12)",
        "       -700.00  monthly cap, art. 9.1               5,500.00 > 12 % x 40,000.00 = 4,800.00",
        "           met  late-response, art. 7.2b            1 of 4 (INC-8)",
    ]


def amounts_and_total(text: str) -> tuple[Fraction, Fraction]:
    heading = re.search(r"^acme 2026-10 .* total ([\d,.]+) EUR", text, re.MULTILINE)
    assert heading is not None
    lines = re.findall(r"^ +(-?[\d,]+\.\d+)  ", text, re.MULTILINE)
    figures = [Fraction(figure.replace(",", "")) for figure in (*lines, heading[1])]
    return sum(figures[:-1], Fraction(0)), figures[-1]


@pytest.mark.parametrize("full", [False, True])
def test_the_lines_of_a_period_add_up_to_its_total_with_caps_lapses_and_late_rounding(full: bool) -> None:
    lapse = Lapsed(step="claim", last_instant=at("2026-12-01") - 1, before=euros("900"), result=euros("0"))
    after_caps = Rounded(before=euros("10.005"), mode=RoundingMode.HALF_UP, result=euros("10.01"))
    whole = october()
    more = (
        credit("0", before="900", clause="other", state=CreditState.LAPSED, steps=(lapse,)),
        credit("10.01", before="10.005", clause="rounded-late", steps=(after_caps,)),
    )
    text = assessment_text(replace(whole, credits=(*whole.credits, *more)), explain=True, full=full)
    added, total = amounts_and_total(text)
    assert added == total == Fraction("4810.01")


def test_full_shows_every_step_of_every_credit_once() -> None:
    text = assessment_text(october(), full=True)
    for told in (
        "measured from 2 outages: O-1, O-2",
        "uptime 43,717/44,520 = 98.196 %",
        "promised at least 99.9 %: missed",
        "row 2 of 3: below 99 %",
        "base: hosting 2026-10 40,000.00 EUR",
        "10 % x 40,000.00 = 4,000.00 EUR",
        "shared pro rata: 4,000.00 - 509.09 = 3,490.91 EUR",
        "just over 1 min 12 s more downtime moves it to row 1",
    ):
        assert text.count(told) == 1, told
    assert text.count("500.00 EUR for each incident") == 3


def test_pending_accruing_open_and_lapsed_credits_say_what_they_wait_for_and_until_when() -> None:
    lapse = Lapsed(step="claim", last_instant=at("2026-12-01") - 1, before=euros("5"), result=euros("0"))
    text = assessment_text(
        assessment(
            verdicts=(verdict(finality=Finality.PROVISIONAL),),
            credits=(
                credit(None, clause="a", state=CreditState.PENDING, pending_on="the charge hosting 2026-10"),
                credit("7", clause="b", state=CreditState.ACCRUING),
                credit("6", clause="c", state=CreditState.CLAIM_OPEN),
                credit("0", clause="d", before="5", state=CreditState.LAPSED, steps=(lapse,)),
            ),
        )
    )
    assert "total 6.00 EUR  accruing 7.00 EUR  1 credit pending" in text
    assert "a pending: waits for the charge hosting 2026-10" in text
    assert "b accruing: if nothing more happens" in text
    assert "c claim by 2026-11-30, end of the day" in text
    assert "d lapsed: no claim by 2026-11-30, end of the day" in text
    assert text.splitlines()[1].endswith("provisional")


def test_an_undetermined_period_says_why_and_names_the_facts() -> None:
    reason = Undetermined(reason="two facts of one outage cannot both be true", named=("E-1", "E-2"))
    odd = verdict(outcome=Outcome.UNDETERMINED, level=None, steps=(reason,))
    assert "undetermined uptime-credit" in assessment_text(assessment(verdicts=(odd,)))
    text = assessment_text(assessment(verdicts=(odd,)), explain=True)
    assert "undetermined  uptime-credit, art. 7.2b" in text
    assert "two facts of one outage cannot both be true (E-1, E-2)" in text


def window(*facts: WindowFact, reached: int = 2) -> Window:
    needed = Limit(edge=Edge.AT_LEAST, value=Fraction(3), unit=Unit.COUNT)
    return Window(what="missed months", facts=facts, reached=reached, needed=needed, fired=False)


def test_what_has_not_begun_is_not_near_and_is_still_explained() -> None:
    none = NearMiss(clause="chronic", source="art. 8", explanation=explained("chronic", "art. 8", window(reached=0)))
    whole = assessment(verdicts=(verdict(),), nearly=(none,))
    assert "chronic" not in assessment_text(whole)
    assert "chronic, art. 8, did not arise" in assessment_text(whole, full=True)


def near() -> NearMiss:
    lacks = Margin(direction="more", what="downtime", towards="missed", microseconds=375 * SECOND)
    stays = Margin(direction="less", what="downtime", towards="row 1", microseconds=1 * HOUR)
    facts = (
        WindowFact(label="2026-10", counts=True, at=OCTOBER.end, level=percent(98196, 100000), margin=stays),
        WindowFact(label="2026-08", counts=False, at=OCTOBER.end, level=percent(99014, 100000), margin=lacks),
    )
    return NearMiss(
        clause="termination", source="art. 10.2", explanation=explained("termination", "art. 10.2", window(*facts))
    )


def test_what_is_near_is_one_line_and_why_not_names_each_fact_with_what_it_lacked() -> None:
    whole = assessment(verdicts=(verdict(),), nearly=(near(),))
    assert "  nearly: termination, art. 10.2: 2 of 3 missed months\n" in assessment_text(whole)
    assert assessment_text(whole, full=True).splitlines()[-4:] == [
        "  termination, art. 10.2, did not arise:",
        "    - 2 of 3 missed months",
        "    - 2026-10 yes, 98.196 %",
        "    - 2026-08 NO, 99.014 %: 6 min 15 s more downtime and it would have",
    ]


def test_a_fact_that_a_window_used_up_is_told_as_such_and_without_what_it_lacked() -> None:
    less = Margin(direction="less", what="downtime", towards="met", microseconds=1 * HOUR)
    fact = WindowFact(label="2026-06", counts=True, at=0, level=percent(98196, 100000), margin=less)
    assert window_fact_text(fact) == "2026-06 yes, 98.196 %: 1 h less downtime and it would not have"
    assert window_fact_text(replace(fact, used=True)) == "2026-06 used before, 98.196 %"


@pytest.mark.parametrize(
    ("count", "direction", "what", "said"),
    [
        (1, "less", "late incidents", "1 fewer late incident"),
        (1, "more", "incidents within the limit", "1 more incident within the limit"),
        (2, "less", "late incidents", "2 fewer late incidents"),
        (1, "more", "failures", "1 more failure"),
    ],
)
def test_a_margin_counts_in_singular_and_plural(count, direction, what, said) -> None:
    assert margin_amount(Margin(direction=direction, what=what, towards="met", count=count)) == said


def test_a_moment_that_ends_a_day_and_an_occasion_are_told_on_the_clocks_of_the_agreement() -> None:
    assert moment_text(at("2026-07-01") - 1, ZONE) == "2026-06-30, end of the day"
    assert moment_text(at("2026-07-01"), ZONE) == "2026-07-01"
    assert occasion_text("2026-06-30T22:00:00Z", ZONE) == "2026-07-01"
    assert occasion_text("2026-06-03T08:00:00Z", ZONE) == "2026-06-03 10:00"
    assert occasion_text("INC-7", ZONE) == "INC-7"


KEY = RemedyKey(clause="chronic", slot="right", subject="", occasion="2026-08-01")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (RightState.CURING, "remedy by 2026-11-30, end of the day"),
        (RightState.OPEN, "open, exercise by 2026-12-31, end of the day"),
        (RightState.FORFEITED, "forfeited, not exercised by 2026-12-31, end of the day"),
        (RightState.EXERCISED, "exercised, the service ends 2027-02-01"),
        (RightState.CURED, "cured"),
        (RightState.WAIVED, "waived"),
    ],
)
def test_a_right_says_whose_it_is_since_when_and_until_when(state: RightState, said: str) -> None:
    right = Right(
        key=KEY,
        kind="partial_termination",
        holder="customer",
        arisen_at=at("2026-11-01"),
        cure_until=at("2026-12-01") - 1,
        exercise_until=at("2027-01-01") - 1,
        ends_service_at=at("2027-02-01"),
        state=state,
        finality=Finality.PROVISIONAL,
        final_from=None,
        explanation=explained("chronic", "art. 10.2", window()),
    )
    text = assessment_text(assessment(rights=(right,)))
    assert f"right: partial termination by the customer (chronic, art. 10.2) arose 2026-11-01: {said}\n" in text
    assert "2 of 3 missed months" in assessment_text(assessment(rights=(right,)), full=True)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (ObligationState.DUE, "due by 2026-11-30 17:00"),
        (ObligationState.MISSED, "missed, was due by 2026-11-30 17:00"),
        (ObligationState.FULFILLED, "fulfilled 2026-11-02 (due by 2026-11-30 17:00)"),
    ],
)
def test_an_obligation_says_what_is_owed_by_whom_and_when(state: ObligationState, said: str) -> None:
    obligation = ObligationDue(
        key=KEY,
        deliver="plan",
        by="provider",
        due_until=at("2026-11-30 17:00"),
        fulfilled_at=at("2026-11-02") if state is ObligationState.FULFILLED else None,
        state=state,
        finality=Finality.PROVISIONAL,
        final_from=None,
        explanation=explained("chronic", "art. 10.3"),
    )
    text = assessment_text(assessment(obligations=(obligation,)))
    assert f"obligation: plan by the provider (chronic, art. 10.3): {said}\n" in text


def test_steps_of_a_ladder_are_named_while_they_come_and_counted_once_raised() -> None:
    def step(number: int, state: StepState, due: str) -> Escalation:
        return Escalation(
            key=RemedyKey(clause="late", slot="escalation", subject="INC-7", occasion="INC-7"),
            step=number,
            due_at=at(due),
            notify="service-desk",
            by=("phone", "email"),
            state=state,
            explanation=explained("late", "art. 5.1"),
        )

    ladder = (
        step(1, StepState.RAISED, "2026-10-02 10:00"),
        step(2, StepState.RAISED, "2026-10-02 12:00"),
        step(3, StepState.COMING, "2026-10-02 16:00"),
    )
    text = assessment_text(assessment(escalations=ladder))
    assert "escalation coming: late step 3, INC-7: 2026-10-02 16:00, service-desk by phone, email\n" in text
    assert "2 escalation steps raised, the last 2026-10-02 12:00\n" in text
    assert assessment_text(assessment(escalations=ladder), full=True).count("escalation raised: late") == 2


def test_missed_duties_and_remarks_stand_beneath_and_remarks_beyond_a_screen_are_counted() -> None:
    duty = MissedDuty(
        duty="report outages",
        subject="O-1",
        source="art. 6.1",
        due_until=at("2026-10-04") - 1,
        done_at=at("2026-10-05"),
    )
    remarks = tuple(
        EventRemark(event=f"e{number}", reason="unused", message=f"nothing needs {number // 2}", evidence="f:1")
        for number in range(2 * REMARKS_SHOWN + 30)
    )
    text = assessment_text(assessment(missed_duties=(duty,), remarks=remarks))
    assert "report outages O-1, art. 6.1: by 2026-10-03, end of the day, done 2026-10-05\n" in text
    assert text.count("remark[unused] e") == REMARKS_SHOWN
    assert "  remark[unused] e0 (f:1) and 1 other: nothing needs 0\n" in text
    assert "remark[unused] 30 more events\n" in text


STEPS: dict[str, tuple[Step, str]] = {
    "EventsUsed": (
        EventsUsed(kind="tallies", count=2000, named=("T1",) * 100, set_digest="abcdef0123456789"),
        f"measured from 2,000 tallies, the first 100 being {', '.join(['T1'] * 100)}; all of them are set abcdef012345",
    ),
    "TimeExcluded": (
        TimeExcluded(exclusion="maintenance", source="art. 3", event="M1", microseconds=HOUR, refused="told too late"),
        "1 h not excluded: maintenance M1, art. 3: told too late",
    ),
    "Measured": (
        Measured(indicator="uptime", level=percent(1, 3), rounded=percent(333, 1000)),
        "uptime 1/3 = 33.333 %, rounded to 33.3 %",
    ),
    "Judged": (october().verdicts[0].explanation.steps[3], "promised at least 99.9 %: missed"),
    "Undetermined": (Undetermined(reason="no level", named=("a",)), "no level (a)"),
    "RowHit": (
        explanation.RowHit(
            row=2,
            limits=(
                Limit(edge=Edge.AT_LEAST, value=Fraction(99, 100), unit=Unit.PERCENT),
                Limit(edge=Edge.BELOW, value=Fraction(999, 1000), unit=Unit.PERCENT),
            ),
            rows_in_all=3,
            others=(1,),
        ),
        "row 2 of 3: at least 99 % and below 99.9 %; it also falls in row 1",
    ),
    "BaseSum": (
        explanation.BaseSum(
            parts=(
                ChargePart(item="hosting", period="2026-10", amount=euros("310"), part=Fraction(16, 31)),
                ChargePart(item="support", period="2026-10", amount=euros("10"), less=True),
            ),
            total=euros("150"),
        ),
        "base: hosting 2026-10 310.00 x 16/31 less support 2026-10 10.00 = 150.00 EUR",
    ),
    "RateTimes": (
        explanation.RateTimes(rate=Fraction(1, 8), base=euros("10"), result=euros("1.25")),
        "12.5 % x 10.00 = 1.25 EUR",
    ),
    "PoolDrawn": (
        paying_steps.PoolDrawn(
            pool="at-risk",
            rate=Fraction(1, 10),
            share=Fraction(3, 2),
            base=euros("1000"),
            result=euros("150"),
        ),
        "pool at-risk: 150 % of 10 % x 1,000.00 = 150.00 EUR",
    ),
    "BaseRounded": (
        paying_steps.BaseRounded(before=euros("100/3"), mode=RoundingMode.HALF_UP, result=euros("33.33")),
        "base rounded half up: 100/3 (about 33.3333) -> 33.33 EUR",
    ),
    "UnitsBeyond": (
        paying_steps.UnitsBeyond(
            level=percent(29, 30),
            start=Limit(edge=Edge.BELOW, value=Fraction(98, 100), unit=Unit.PERCENT),
            per=Fraction(1, 100),
            part="pro_rata",
            units=Fraction(4, 3),
        ),
        (
            "96.667 % lies 4/3 (about 1.333333) percentage points below 98 %, in units of 1 percentage point, "
            "a started unit counts for its part: 4/3 (about 1.333333)"
        ),
    ),
    "CountTimes": (
        explanation.CountTimes(count=Fraction(3), each=euros("2"), what="occurrence", result=euros("6")),
        "3 occurrences x 2.00 = 6.00 EUR",
    ),
    "BlocksOfTime": (
        BlocksOfTime(time=5 * HOUR, after=HOUR, block=30 * MINUTE, part="counts", blocks=Fraction(8)),
        "5 h less 1 h in blocks of 30 min, a started block counts: 8 blocks",
    ),
    "BlocksPay": (
        BlocksPay(blocks=Fraction(3), first=euros("5"), rate=Fraction(1, 50), each=euros("2"), result=euros("9")),
        "3 blocks x 2.00 (2 % of the base), the first 5.00 = 9.00 EUR",
    ),
    "PointsAdded": (
        paying_steps.PointsAdded(
            parts=(
                paying_steps.PointsGiven(clause="uptime", period="2026-05", subject="", points=Fraction(3)),
                paying_steps.PointsGiven(
                    clause="reply",
                    period="2026-06",
                    subject="INC-1",
                    points=Fraction(1),
                    times=Fraction(2),
                    added=Fraction(1, 2),
                    again="2026-05",
                ),
            ),
            total=Fraction(11, 2),
        ),
        "points: 3 (uptime 2026-05) + 2 x 1 + 0.5 (reply 2026-06 INC-1, missed again after 2026-05) = 5.5",
    ),
    "RepeatedMiss": (
        paying_steps.RepeatedMiss(period="2026-05", times=Fraction(2), before=euros("5"), result=euros("10")),
        "missed again, after 2026-05: 2 x 5.00 = 10.00 EUR",
    ),
    "InTurn": (
        paying_steps.InTurn(
            what="incident", period="2026-06", number=2, earlier=("INC-1",), amounts=(euros("75"), euros("100"))
        ),
        (
            "the second incident of 2026-06 that misses its promise, by their start, after INC-1: 75.00 for the first, "
            "100.00 for each further one"
        ),
    ),
    "PaidAs": (paying_steps.PaidAs(subject="mill-lane", word="domestic"), "mill-lane is paid as domestic"),
    "LostTime": (
        paying_steps.LostTime(
            time=35 * MINUTE,
            after=5 * MINUTE,
            charged_for=720 * HOUR,
            times=Fraction(50),
            base=euros("432"),
            result=euros("15"),
        ),
        "50 x 432.00 x 30/43,200 min = 15.00 EUR (the charge for the lost time, 35 min less 5 min)",
    ),
    "Rounded": (
        Rounded(before=euros("1/3"), mode=RoundingMode.HALF_UP, result=euros("0.33")),
        "rounded half up: 1/3 (about 0.3333) -> 0.33 EUR",
    ),
    "NotPaidBelow": (
        NotPaidBelow(edge="at_least", least=euros("1"), before=euros("0.8"), result=euros("0")),
        "not paid: 0.80 is not at least 1.00 EUR",
    ),
    "CapCut": (
        replace(cut("3000", "0"), wanted=euros("3000"), used=euros("100")),
        "monthly cap, art. 9.1: 3,000.00 is within 12 % x 40,000.00 = 4,800.00, 100.00 used before",
    ),
    "Margin": (
        Margin(direction="less", what="failures", towards="met", count=1200),
        "1,200 fewer failures moves it to met",
    ),
    "Window": (
        Window(
            what="down in 30 days",
            facts=(),
            reached=23 * HOUR,
            needed=Limit(edge=Edge.ABOVE, value=Fraction(24 * HOUR), unit=Unit.DURATION),
            fired=False,
        ),
        "23 h down in 30 days, above 24 h needed",
    ),
    "TimeLimit": (
        TimeLimit(
            name="claim", runs_from=at("2026-11-01"), last_instant=at("2026-12-01") - 1, done_at=at("2026-12-01")
        ),
        "claim by 2026-11-30, end of the day (runs from 2026-11-01): done 2026-12-01, too late",
    ),
    "Lapsed": (
        Lapsed(step="claim", last_instant=at("2026-12-01") - 1, before=euros("9"), result=euros("0")),
        "lapsed: no claim by 2026-11-30, end of the day; 9.00 EUR would have been due",
    ),
    "OptionTaken": (
        OptionTaken(
            group="one-remedy",
            source="art. 4.5",
            options=(Option(clauses=("a", "b"), total=euros("240")), Option(clauses=("c",), total=euros("100"))),
            how="highest_total",
            taken=1,
            tied=False,
            mine=2,
            before=euros("100"),
            result=euros("0"),
        ),
        "one of one-remedy, art. 4.5 (a + b 240.00, c 100.00), the highest total is paid: a + b: 100.00 -> 0.00 EUR",
    ),
    "Adjusted": (
        Adjusted(event="A-1", reason="counted twice", signed_at=at("2026-12-01"), before=euros("9"), result=euros("5")),
        "agreed (A-1, signed by both on 2026-12-01): counted twice: 9.00 -> 5.00 EUR",
    ),
    "Disputed": (
        Disputed(raised_at=at("2026-12-01"), ended_at=at("2026-12-05")),
        "disputed from 2026-12-01, until 2026-12-05",
    ),
    "SettledBy": (
        SettledBy(invoices=("F-1", "F-2"), taken=euros("5"), rest=euros("4"), becomes="carried_over"),
        "settled: 5.00 EUR taken by F-1, F-2; 4.00 left, carried over",
    ),
    "Returned": (Returned(credited=euros("9"), result=euros("-9")), "earned back: 9.00 -> -9.00 EUR"),
    "OwedByCustomer": (
        paying_steps.OwedByCustomer(settled="netted", before=euros("9"), result=euros("-9")),
        "a bonus: the customer owes 9.00 EUR, set off against credits: -9.00 EUR",
    ),
    "FollowsFrom": (FollowsFrom(fact="critical-default", clause="severe"), "follows from critical-default, by severe"),
}


def test_every_kind_of_step_has_its_sentence() -> None:
    told = STEPS | MEASURED | DELIVERED | INSIDE
    assert set(told) == {kind.__name__ for kind in get_args(explanation.Step)}
    for step, sentence in told.values():
        assert step_text(step, ZONE) == sentence


def test_a_charge_of_another_currency_shows_what_it_was_and_whose_rate_changed_it() -> None:
    dollars = Money(amount=Fraction(100), currency="USD")
    changed = Exchanged(billed=dollars, one="USD", worth=euros("0.92"), since="2026-01-01", source="art. 7")
    inverse = Money(amount=Fraction("1.25"), currency="USD")
    rounded = Exchanged(
        billed=dollars, one="EUR", worth=inverse, since="2026-02-01", source="art. 8", mode=RoundingMode.HALF_UP
    )
    parts = (
        ChargePart(item="usage", period="2026-10", amount=euros("92"), part=Fraction(1, 2), exchanged=changed),
        ChargePart(item="seats", period="2026-10", amount=euros("80"), exchanged=rounded),
    )
    assert base_text(explanation.BaseSum(parts=parts, total=euros("126"))) == (
        "base: usage 2026-10 92.00 (= 100.00 USD x 0.92 EUR, from 2026-01-01, art. 7) x 1/2"
        " + seats 2026-10 80.00 (= 100.00 USD / 1.25 USD, rounded half up, from 2026-02-01, art. 8) = 126.00 EUR"
    )


def test_several_facts_of_one_incident_are_counted_and_the_incident_is_named() -> None:
    step = EventsUsed(kind="incident facts", count=3, named=("INC-1",), set_digest="e" * 64)
    assert step_text(step, ZONE) == "measured from 3 incident facts of INC-1"
    assert step_text(EventsUsed(kind="outages", count=0, named=(), set_digest=""), ZONE) == "no outages"


def test_words_are_exact_and_say_about_where_a_figure_is_for_reading_only() -> None:
    assert level_exactly(percent(715 * HOUR, 720 * HOUR)) == "715/720 = 99.306 %"
    assert level_exactly(percent(999, 1000)) == "999/1,000 = 99.9 %"
    assert amount_text(euros("1/3")) == "1/3 (about 0.3333)"
    assert [counted(number, "tally") for number in (0, 1, 2)] == ["0 tallies", "1 tally", "2 tallies"]
    assert counted(1, "outages") == "1 outage"
    assert counted(Fraction(5, 2), "block") == "2.5 blocks"


def test_a_last_instant_reads_as_the_end_of_its_day_also_where_midnight_is_skipped() -> None:
    assert last_moment_text(at("2026-07-31") - 1, ZONE) == "2026-07-30, end of the day"
    assert last_moment_text(at("2026-07-30 17:00"), ZONE) == "2026-07-30 17:00"
    assert moment_text(at("2026-07-30"), ZONE) == "2026-07-30"
    assert BASE.total == euros("40000")
