"""An accepted event that judges nothing gets a named outcome, never silence."""

import pytest
from malus.model.assessment import EventReason

from tests.evaluation.written import (
    UPTIME,
    at,
    charge,
    check,
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
    tally,
    written,
)

TWO = "{shop: {title: Shop}, mail: {title: Mail}}"
GIVEN = (
    "{}: {{measure: value, of: shop, from: readings, per: month, accepts: 0 % to 100 %, several: last, "
    "counted_in: period_of_start, no_data: met}}"
)
RATIO = "{}: {{measure: ratio, of: shop, from: tallies, per: month, counted_in: period_of_start, no_data: met}}"
CLAIMS = (
    "claims: [{step: claim, by: customer, within: 30 days, after: period_end, until: end_of_day, "
    "otherwise: lapses, source: b}]"
)
CAP = (
    "caps: [{name: most, limits: [uptime-credit], at_most: 10.00 EUR, per: rolling 12 months, "
    "cut: pro_rata, counts: earned, source: c}]"
)
MONTH = ("2026-06-01", "2026-07-01")


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
        ("unsigned-terms", {"signed": "{provider: 2025-12-12}"}, [down_minutes(5)]),
    ],
)
def test_what_became_of_the_event_is_named(reason, terms, events):
    chosen = dict(terms)
    indicators = chosen.pop("indicators", "")
    answer = judge(written(f"{UPTIME}\n{indicators}", **chosen), events)
    assert set(reasons(answer)) == {reason}


def test_every_reason_but_that_of_an_unknown_agreement_is_the_judgements_own():
    marks = test_what_became_of_the_event_is_named.pytestmark[0].args[1]
    # An agreement without any rule file never comes as far as a judgement.
    assert {row[0] for row in marks} == set(EventReason.__args__) - {"unknown-agreement"}


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
