"""An accepted event that judges nothing gets a named outcome, never silence."""

from dataclasses import replace

import pytest
from malus.model.assessment import EventReason
from malus.model.event_corrections import Retraction

from tests.evaluation.written import (
    PROMISE,
    UPTIME,
    UPTIME_CREDIT,
    adjusted,
    at,
    charge,
    check,
    choice,
    claim,
    delivered,
    down_minutes,
    excused,
    fact,
    judge,
    money,
    notice,
    opening,
    outage,
    reading,
    reasons,
    settled,
    tally,
    written,
)

TWO = "{shop: {title: Shop}, mail: {title: Mail}}"
GIVEN = (
    "{}: {{measure: value, of: shop, from: readings, per: month, accepts: 0 % to 100 %, several: last, "
    "counted_in: period_of_start, no_data: met}}"
)
RATIO = "{}: {{measure: ratio, of: shop, from: tallies, per: month, counted_in: period_of_start, no_data: met}}"
CHOOSES = (
    "one_of: [{name: one, options: [uptime-credit, other], take: customer_chooses, per: month, source: a, "
    "choose: {within: 30 days, after: period_end, until: end_of_day, otherwise: first}}]"
)
CLAIMS = (
    "claims: [{step: claim, by: customer, within: 30 days, after: period_end, until: end_of_day, "
    "otherwise: lapses, source: b}]"
)
BILLED = "hosting: {from: events, per: month, absent: zero}"
CAP = (
    "caps: [{name: most, limits: [uptime-credit], at_most: 10.00 EUR, per: rolling 12 months, "
    "cut: pro_rata, counts: earned, source: c}]"
)
MONTH = ("2026-06-01", "2026-07-01")
SITES = "subjects: {delft: {kind: site}}"
EACH = "it: {measure: availability, of: shop, from: outages, per: month, ignore_up_to: 0 seconds, for_each: site}"


@pytest.mark.parametrize(
    ("reason", "terms", "events"),
    [
        ("unused", {}, [fact("I", "opened", "2026-06-03")]),
        ("unused", {}, [check("2026-06-03", "down")]),
        ("unused", {}, [tally(*MONTH, 1, 2)]),
        ("unused", {}, [reading("2026-06-03", "99")]),
        ("unused", {"services": TWO}, [down_minutes(5, service="mail")]),
        ("unused", {}, [charge("hosting", *MONTH, "1.00")]),
        ("unused", {}, [excused("2026-06-03", "2026-06-04", cause="customer")]),
        ("no-terms-in-force", {}, [down_minutes(5, "2025-06-03 10:00")]),
        ("outside-accepts", {"indicators": GIVEN.format("it")}, [reading("2026-06-03", "100.01")]),
        ("wrong-unit", {"indicators": GIVEN.format("it")}, [reading("2026-06-03", "99", "hours")]),
        ("unknown-service", {}, [down_minutes(5, service="shpo")]),
        ("unknown-service", {}, [excused("2026-06-03", "2026-06-04", service="shpo")]),
        ("service-missing", {"services": TWO}, [down_minutes(5)]),
        ("unknown-subject", {}, [down_minutes(5, subjects=("breda",))]),
        ("unknown-subject", {"indicators": EACH, "more": SITES}, [down_minutes(5, site="breda")]),
        ("subject-missing", {"indicators": EACH, "more": SITES}, [down_minutes(5)]),
        ("indicator-missing", {"indicators": RATIO.format("a") + "\n" + RATIO.format("b")}, [tally(*MONTH, 1, 2)]),
        ("unknown-name", {"indicators": RATIO.format("a")}, [tally(*MONTH, 1, 2, indicator="c")]),
        ("unknown-name", {}, [charge("hostng", *MONTH, "1.00")]),
        ("unknown-name", {}, [delivered("plan", "2026-06-03")]),
        ("unknown-name", {}, [notice("uptime-credit", "waives", "2026-06-03")]),
        ("unknown-name", {}, [opening("2025-01-01", "2025-02-01", cap="other", used=money("1"))]),
        ("unknown-name", {}, [opening("2025-01-01", "2025-02-01", missed="uptme")]),
        ("contradictory-facts", {}, [outage("2026-06-03", outage_id="o"), outage("2026-06-04", outage_id="o")]),
        ("incomplete-subject", {}, [outage(None, "2026-06-03", outage_id="o")]),
        ("incomplete-subject", {}, [fact("I", "resolved", "2026-06-03")]),
        ("claim-without-credit", {"more": CLAIMS}, [claim("2026-07-03")]),
        ("late-claim", {"more": CLAIMS}, [down_minutes(60), claim("2026-08-03")]),
        (
            "opening-straddles-window",
            {"more": CAP},
            [down_minutes(60), opening("2025-06-01", "2025-08-01", cap="most", used=money("1"))],
        ),
        (
            "wrong-currency",
            {"charges": BILLED},
            [replace(charge("hosting", "2026-06-01", "2026-07-01", "5"), amount=money("5", "USD"))],
        ),
        ("late-choice", {"more": CHOOSES}, [down_minutes(60), choice("uptime-credit", "2026-08-03", group="one")]),
        ("unsigned-adjustment", {}, [down_minutes(60), adjusted("1", "2026-08-03", (None, "2026-08-03"))]),
        ("settled-too-much", {}, [down_minutes(60), settled("1200.01", "2026-08-03")]),
        ("corrected", {}, [down_minutes(5, id="a"), down_minutes(6, id="b", corrects="a")]),
        ("retracted", {}, [down_minutes(5, id="a"), Retraction(agreement="acme", id="b", corrects="a")]),
        ("corrects-nothing", {}, [Retraction(agreement="acme", id="b", corrects="a")]),
        ("unsigned-terms", {"signed": "{provider: 2025-12-12}"}, [down_minutes(5)]),
    ],
)
def test_what_became_of_the_event_is_named(reason, terms, events):
    chosen = dict(terms)
    indicators = chosen.pop("indicators", "")
    other = "other: {source: a, promise: {indicator: uptime, at_least: 10 %}, credit: {each: period, amount: 1.00 EUR}}"
    answer = judge(written(f"{UPTIME}\n{indicators}", f"{UPTIME_CREDIT}\n{other}", **chosen), events)
    assert set(reasons(answer)) == {reason}


def test_every_reason_but_that_of_an_unknown_agreement_is_the_judgements_own():
    marks = test_what_became_of_the_event_is_named.pytestmark[0].args[1]
    # An agreement without any rule file never comes as far as a judgement.
    assert {row[0] for row in marks} == set(EventReason.__args__) - {"unknown-agreement"}


TIMED = (
    "it: {measure: elapsed, of: shop, from: incidents, per: month, starts: opened, ends: resolved, calendar: always, "
    "pauses: [], counted_in: COUNTED, while_open: OPEN, reopened: gap_counts, by: BY, where: {priority: [high, low]}}"
)
LATE = "late: {source: a, promise: {indicator: it, at_most: 4 hours}, credit: {each: incident, amount: 1.00 EUR}}"


def timed(by, counted="period_of_start", open_ones="runs"):
    text = TIMED.replace("COUNTED", counted).replace("OPEN", open_ones).replace("BY", by)
    return written(f"{UPTIME}\n{text}", f"{UPTIME_CREDIT}\n{LATE}")


SOLVED = fact("I", "resolved", "2026-06-03 20:00")


@pytest.mark.parametrize(
    ("by", "facts", "when"),
    [
        ("at_end", [fact("I", "opened", "2026-06-03"), SOLVED], "up to its end"),
        ("at_end", [fact("I", "opened", "2026-06-03")], "up to now"),
        (
            "at_start",
            [fact("I", "opened", "2026-06-03"), fact("I", "priority_changed", "2026-06-04", "high")],
            "when its time starts",
        ),
        (
            "each_its_part",
            [fact("I", "opened", "2026-06-03"), fact("I", "priority_changed", "2026-06-04", "high")],
            "for a part of its time",
        ),
    ],
)
def test_an_incident_without_the_priority_that_decides_about_it_is_remarked_and_not_passed_over(by, facts, when):
    [remark] = judge(timed(by), facts).remarks
    assert (remark.reason, remark.message) == (
        "incomplete-subject",
        f"no priority is known {when}, which decides about `it`: send it",
    )


@pytest.mark.parametrize(
    ("terms", "facts"),
    [
        (timed("at_end"), [fact("I", "opened", "2026-06-03", "high")]),
        (timed("at_end"), [fact("I", "opened", "2026-06-03", "none-of-them")]),
        (timed("at_end", open_ones="waits"), [fact("I", "opened", "2026-06-03")]),
        (timed("at_end", counted="period_of_end"), [fact("I", "opened", "2026-06-03")]),
        (
            timed("at_end"),
            [fact("I", "opened", "2026-06-03"), fact("I", "priority_changed", "2026-06-04", "high")],
        ),
    ],
)
def test_an_incident_whose_priority_is_known_or_not_yet_needed_gets_no_remark(terms, facts):
    assert judge(terms, facts).remarks == ()


COUNTED = (
    "big: {measure: occurrences, of: shop, from: incidents, per: month, counted_in: period_of_start, "
    "where: {priority: high}}"
)


def test_an_incident_without_a_priority_is_remarked_where_only_some_priorities_are_counted():
    few = "few: {source: a, promise: {indicator: big, at_most: 1 incident}, credit: {each: period, amount: 1.00 EUR}}"
    terms = written(f"{UPTIME}\n{COUNTED}", f"{UPTIME_CREDIT}\n{few}")
    [remark] = judge(terms, [fact("I", "opened", "2026-06-03")]).remarks
    assert (remark.reason, "`big`" in remark.message) == ("incomplete-subject", True)


# June breaks; the right arises on 1 July, can be cured through July and exercised through September.
LEAVE = (
    f"leave: {{source: art. 8, {PROMISE}, right: {{kind: termination, of: customer, "
    "cure: {within: 30 days, after: arisen, until: end_of_day}, "
    "exercise: {within: 60 days, after: cure, until: end_of_day}}}"
)
PLAN = (
    f"repair: {{source: art. 7, {PROMISE}, obligation: {{deliver: plan, by: provider, within: 10 days, "
    "after: breach, until: end_of_day}}"
)
OWING = written(clauses=f"{UPTIME_CREDIT}\n{LEAVE}\n{PLAN}")


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ([notice("leave", "exercises", "2026-06-20")], "the right was not open at that moment: it had not arisen yet"),
        (
            [notice("leave", "exercises", "2026-07-20")],
            "the right was not open at that moment: it could still be cured",
        ),
        (
            [notice("leave", "exercises", "2026-10-20")],
            "the right was not open at that moment: the time to exercise it was over",
        ),
        (
            [notice("leave", "waives", "2026-08-20"), notice("leave", "exercises", "2026-08-21")],
            "an earlier notice had decided the right",
        ),
        ([delivered("leave", "2026-07-20"), notice("leave", "waives", "2026-08-20")], "the right had been cured"),
        ([delivered("leave", "2026-07-20"), delivered("leave", "2026-07-21")], "the right had been cured"),
        ([delivered("leave", "2026-08-20")], "the time to cure the right was over"),
        ([delivered("leave", "2026-06-20")], "the right had not arisen yet, so there was nothing to cure"),
        (
            [notice("leave", "waives", "2026-08-20", "2026-05-10")],
            "no right of `leave` that it could speak of has arisen",
        ),
        ([delivered("plan", "2026-06-20")], "nothing was owed at that moment"),
        ([delivered("plan", "2026-07-05", "2026-05-10")], "nothing was owed at that moment"),
        (
            [delivered("plan", "2026-07-05"), delivered("plan", "2026-07-06")],
            "what was owed had been delivered before",
        ),
    ],
)
def test_a_notice_or_delivery_that_decides_nothing_is_remarked_with_the_reason(events, why):
    answer = judge(OWING, [down_minutes(60), *events])
    assert [(remark.reason, remark.message) for remark in answer.remarks] == [("unused", why)]


@pytest.mark.parametrize(
    "events",
    [
        [notice("leave", "exercises", "2026-08-20")],
        [delivered("leave", "2026-07-20")],
        [delivered("plan", "2026-07-05")],
        # Too late to fulfil, and told as late with the obligation itself.
        [delivered("plan", "2026-07-25")],
    ],
)
def test_a_notice_or_delivery_that_decides_something_gets_no_remark(events):
    assert judge(OWING, [down_minutes(60), *events]).remarks == ()


def test_a_notice_that_decides_one_of_two_rights_gets_no_remark_for_the_other():
    events = [down_minutes(60), down_minutes(60, "2026-07-03 10:00"), notice("leave", "exercises", "2026-08-20")]
    assert judge(OWING, events).remarks == ()


REPORT = "sent: {measure: delivered, per: month, due: {within: 5 days, after: period_end, until: end_of_day}}"
REPORTED = written(
    f"{UPTIME}\n{REPORT}",
    f"{UPTIME_CREDIT}\nreports: {{source: a, promise: {{indicator: sent, at_least: 1 delivery}}, "
    "credit: {each: period, amount: 1.00 EUR}}",
)


@pytest.mark.parametrize(
    ("events", "as_of", "count"),
    [
        ([delivered("sent", "2026-07-03", "2026-06-10")], "2026-08-01", 0),
        ([delivered("sent", "2026-07-30", "2026-06-10")], "2026-08-01", 0),
        ([delivered("sent", "2026-06-20", "2026-06-10")], "2026-06-25", 0),
        (
            [delivered("sent", "2026-07-03", "2026-06-10"), delivered("sent", "2026-07-04", "2026-06-10")],
            "2026-08-01",
            1,
        ),
        ([delivered("sent", "2026-07-03", "2025-06-10")], "2026-08-01", 1),
        ([delivered("sent", "2026-07-03")], "2026-08-01", 1),
    ],
)
def test_a_report_that_settles_no_period_is_remarked(events, as_of, count):
    assert reasons(judge(REPORTED, events, as_of=as_of)) == ["unused"] * count


def test_an_event_that_is_used_gets_no_remark():
    events = [
        down_minutes(60),
        excused("2026-06-10", "2026-06-11", "2026-05-01"),
        opening("2025-12-01", "2026-01-01", missed="uptime"),
    ]
    assert judge(written(), events).remarks == ()


def test_the_remark_names_the_event_and_where_it_was_read():
    [remark] = judge(written(), [down_minutes(5, service="shpo", id="e-1", evidence="outages.csv:7")]).remarks
    assert (remark.event, remark.evidence) == ("e-1", "outages.csv:7")
    assert "shop" in remark.message


def test_an_event_of_a_service_that_a_later_text_drops_is_judged_by_the_text_of_its_time():
    later = written(UPTIME.replace("shop", "mail"), services="{mail: {title: Mail}}", effective="2026-07-01")
    answer = judge(
        [written(), later], [down_minutes(60, service="shop"), down_minutes(5, "2026-07-03 10:00", service="shop")]
    )
    assert reasons(answer) == ["unknown-service"]
    assert len(answer.credits) == 1


def test_facts_that_lie_ahead_are_not_remarked():
    events = [
        down_minutes(60),
        outage(None, "2026-06-20", outage_id="o"),
        fact("I", "opened", "2026-06-03"),
        check("2026-06-03", "up"),
        reading("2026-06-03", "1"),
        tally(*MONTH, 1, 2),
        charge("x", *MONTH, "1.00"),
        claim("2026-06-03"),
        notice("x", "waives", "2026-06-03"),
        delivered("x", "2026-06-03"),
        excused("2026-06-03", "2026-06-04", cause="customer"),
        opening("2026-06-03", "2026-06-04", missed="x"),
    ]
    assert judge(written(), events, as_of=at("2026-06-03") - 1).remarks == ()
