"""Assessments built by hand, so that what is rendered is known to the letter."""

from fractions import Fraction

from malus.model.assessment import (
    Assessment,
    CreditState,
    Finality,
    RemedyKey,
    ServiceCredit,
    Verdict,
)
from malus.model.explanation import (
    BaseSum,
    CapCut,
    ChargePart,
    CountTimes,
    EventsUsed,
    Explanation,
    Judged,
    Margin,
    Measured,
    RateTimes,
    RowHit,
    Step,
    TimeExcluded,
)
from malus.model.instants import MINUTE, parse_instant
from malus.model.money import Money
from malus.model.periods import Cycle, Period, period_labelled
from malus.model.quantities import Edge, Level, Limit, Outcome, Unit

ZONE = "Europe/Amsterdam"
OCTOBER = period_labelled(Cycle(kind="month"), "2026-10", ZONE)
PROMISE = Limit(edge=Edge.AT_LEAST, value=Fraction(999, 1000), unit=Unit.PERCENT)


def at(text: str) -> int:
    return parse_instant(text, ZONE)


def euros(amount: str) -> Money:
    return Money(amount=Fraction(amount), currency="EUR")


def percent(numerator: int, denominator: int) -> Level:
    return Level(numerator=numerator, denominator=denominator, unit=Unit.PERCENT)


def explained(clause: str, source: str, *steps: Step) -> Explanation:
    return Explanation(clause=clause, source=source, terms_effective="2026-07-01", steps=steps)


UPTIME = percent(43_717 * MINUTE, 44_520 * MINUTE)


def verdict(
    *,
    clause: str = "uptime-credit",
    subject: str = "",
    outcome: Outcome = Outcome.MISSED,
    level: Level | None = UPTIME,
    limit: Limit = PROMISE,
    period: Period = OCTOBER,
    finality: Finality = Finality.FINAL,
    steps: tuple[Step, ...] = (),
) -> Verdict:
    return Verdict(
        clause=clause,
        indicator="uptime",
        period=period,
        subject=subject,
        outcome=outcome,
        level=level,
        limit=limit,
        finality=finality,
        final_from=at("2026-12-09"),
        terms_digest="d" * 64,
        explanation=explained(clause, "art. 7.2b", *steps),
    )


def credit(
    amount: str | None,
    *,
    clause: str = "uptime-credit",
    source: str = "art. 7.2b",
    subject: str = "",
    before: str | None = None,
    state: CreditState = CreditState.DUE,
    period: Period = OCTOBER,
    pending_on: str = "",
    steps: tuple[Step, ...] = (),
) -> ServiceCredit:
    wanted = before if before is not None else amount
    return ServiceCredit(
        key=RemedyKey(clause=clause, slot="credit", subject=subject, occasion=subject or "2026-10-01"),
        period=period,
        before_cap=euros(wanted) if wanted is not None else None,
        amount=euros(amount) if amount is not None else None,
        pending_on=pending_on,
        state=state,
        finality=Finality.FINAL,
        final_from=at("2026-12-09"),
        claim_until=at("2026-11-30 23:59:59.999999"),
        explanation=explained(clause, source, *steps),
    )


def assessment(**parts: object) -> Assessment:
    whole: dict[str, object] = {
        "agreement": "acme",
        "as_of": at("2027-01-01"),
        "known_at": None,
        "timezone": ZONE,
        "currency": "EUR",
        "terms": (("2026-07-01", "d" * 64),),
        "verdicts": (),
        "credits": (),
        "rights": (),
        "obligations": (),
        "escalations": (),
        "missed_duties": (),
        "nearly": (),
        "remarks": (),
        **parts,
    }
    return Assessment(**whole)  # type: ignore[arg-type]


BASE = BaseSum(parts=(ChargePart(item="hosting", period="2026-10", amount=euros("40000")),), total=euros("40000"))


def cut(before: str, off: str) -> CapCut:
    return CapCut(
        cap="monthly",
        source="art. 9.1",
        rate=Fraction(12, 100),
        base=BASE,
        limit=euros("4800"),
        used=euros("0"),
        wanted=euros("5500"),
        before=euros(before),
        cut=euros(off),
        result=euros(before) - euros(off),
        shared="pro_rata",
    )


def october() -> Assessment:
    """Look 5 of the author's page: one credit by table, three by incident, a cap that cuts 700.00."""
    uptime_steps: tuple[Step, ...] = (
        EventsUsed(kind="outages", count=2, named=("O-1", "O-2"), set_digest="e" * 64),
        TimeExcluded(
            exclusion="maintenance",
            source="art. 7.4",
            event="MW-881",
            microseconds=120 * MINUTE,
            noticed="announced 6 business days ahead, 5 needed",
        ),
        Measured(indicator="uptime", level=UPTIME),
        Judged(limit=PROMISE, outcome=Outcome.MISSED),
        Margin(direction="more", what="downtime", towards="row 1", microseconds=72_000_001),
    )
    row = RowHit(row=2, limits=(Limit(edge=Edge.BELOW, value=Fraction(99, 100), unit=Unit.PERCENT),), rows_in_all=3)
    rate = RateTimes(rate=Fraction(1, 10), base=euros("40000"), result=euros("4000"))
    each = CountTimes(count=Fraction(1), each=euros("500"), what="incident", result=euros("500"))
    hours = Level(numerator=300 * MINUTE, denominator=1, unit=Unit.DURATION)
    limit = Limit(edge=Edge.AT_MOST, value=Fraction(240 * MINUTE), unit=Unit.DURATION)
    names = ("INC-7", "INC-9", "INC-12")
    late = {"clause": "late-response", "source": "art. 8.1"}
    return assessment(
        verdicts=(
            verdict(steps=uptime_steps),
            *(verdict(clause="late-response", subject=name, level=hours, limit=limit) for name in names),
            verdict(clause="late-response", subject="INC-8", level=hours, limit=limit, outcome=Outcome.MET),
        ),
        credits=(
            credit("3490.91", before="4000", steps=(row, BASE, rate, cut("4000", "509.09"))),
            credit("436.37", before="500", subject=names[0], steps=(each, cut("500", "63.63")), **late),
            credit("436.36", before="500", subject=names[1], steps=(each, cut("500", "63.64")), **late),
            credit("436.36", before="500", subject=names[2], steps=(each, cut("500", "63.64")), **late),
        ),
    )
