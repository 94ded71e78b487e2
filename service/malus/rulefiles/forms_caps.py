"""The keys of caps, claims and settlement: the most that is credited, the steps to it, how it is paid.

Owns: the description that checks those keys and makes their schema. Does not own: what they compile to.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from malus.rulefiles.documents import ListOf, Words
from malus.rulefiles.forms import Form, may, needs
from malus.rulefiles.forms_clauses import PART_PERIOD
from malus.rulefiles.forms_deadlines import deadline_form, deadline_keys
from malus.rulefiles.forms_subjects import for_each
from malus.rulefiles.scalars import CAP_LIMIT, CAP_WINDOW, CYCLE, LAPSES, NAME, NAMES, PARTY, SOURCE, WORD, words

CapBase: TypeAlias = Literal["same_window", "judged_period", "as_credited"]
CAP_BASE: Final[Words[CapBase]] = words("same_window", "judged_period", "as_credited")
CUT: Final[Words[Literal["pro_rata", "in_order"]]] = words("pro_rata", "in_order")
COUNTS: Final[Words[Literal["earned", "claimed"]]] = words("earned", "claimed")

CAP: Final = Form(
    name="a cap",
    says="`{name: monthly, limits: [uptime-credit], at_most: 30 % of hosting, per: month, ...}`",
    keys=(
        needs("name", NAME, "its name"),
        may("limits", NAMES, "the clauses whose credits it holds together"),
        may("limits_bonuses", NAMES, "the clauses whose bonuses it holds together, in place of credits"),
        needs("at_most", CAP_LIMIT, "the most they come to: `30 % of hosting` or `1000.00 EUR`"),
        needs("per", CAP_WINDOW, "the time over which they are added up"),
        may(
            "base",
            CAP_BASE,
            "the charges of the whole window, of the period that a credit judges, or those that it was taken of",
        ),
        for_each("the kind of subject of which each has a cap of its own: `line`"),
        needs("cut", CUT, "who loses what: all in proportion, or the later clauses first"),
        may("counts", COUNTS, "whether a credit that lapsed has used the cap up"),
        may("part_period", PART_PERIOD, "what a part of a period is charged, where the terms cut one"),
        needs("source", SOURCE, "where the paper says so"),
    ),
)
CAPS: Final = ListOf(of=CAP)
CLAIM: Final = Form(
    name="a claim step",
    says="`{step: claim, by: customer, within: 30 days, after: period_end, otherwise: lapses, ...}`",
    keys=(
        needs("step", NAME, "its name; a later step may run from it"),
        needs("by", PARTY, "who takes it"),
        *deadline_keys(WORD, "`period_end`, `incident_start`, `outage_end`, `delivery_due` …, or an earlier step"),
        needs("otherwise", LAPSES, "what becomes of a credit without it"),
        may("clauses", NAMES, "the clauses whose credits need it; left out: every credit"),
        needs("source", SOURCE, "where the paper says so"),
    ),
)
CLAIMS: Final = ListOf(of=CLAIM)
TAKE: Final[Words[Literal["highest_total", "first", "customer_chooses"]]] = words(
    "highest_total", "first", "customer_chooses"
)
NOT_CHOSEN: Final[Words[Literal["highest_total", "first", "lapses"]]] = words("highest_total", "first", "lapses")
PERIOD_END: Final[Words[str]] = words("period_end")
CHOICE: Final = Form(
    name="the choice",
    says="`{within: 30 days, after: period_end, until: end_of_day, otherwise: highest_total}`",
    keys=(
        *deadline_keys(PERIOD_END, "the time runs from the end of the period"),
        needs("otherwise", NOT_CHOSEN, "what is paid if the customer says nothing"),
    ),
)
OPTIONS: Final = ListOf(of=ListOf(of=NAME, single=True), least=2)
ONE_OF_GROUP: Final = Form(
    name="a group of options",
    says="`{name: one-remedy, options: [[uptime-credit, repair-credit], [delay-credit]], take: highest_total, ...}`",
    keys=(
        needs("name", NAME, "its name"),
        needs("options", OPTIONS, "the options: each a clause, or several whose credits add up"),
        needs("take", TAKE, "which option is paid; of equal totals the first in this list"),
        needs("per", CYCLE, "the period in which they stand against each other"),
        for_each("`incident`, or the kind of listed subjects: one option for each of them by itself"),
        may("choose", CHOICE, "until when the customer chooses, and what is paid otherwise"),
        needs("source", SOURCE, "where the paper says so"),
    ),
)
ONE_OF: Final = ListOf(of=ONE_OF_GROUP)
GRACE_AFTER: Final[Words[Literal["claims", "period_end"]]] = words("claims", "period_end")
GRACE: Final = deadline_form("the grace", GRACE_AFTER, "what the time runs from")
Rest: TypeAlias = Literal["carried_over", "paid_out", "lapses"]
REST: Final[Words[Rest]] = words("carried_over", "paid_out", "lapses")
SETTLEMENT: Final = Form(
    name="the settlement",
    says="`{as: next_invoice, rest: carried_over, grace: {within: 5 business days, after: claims}}`",
    keys=(
        needs("as", WORD, "how a credit is paid: `next_invoice`, `payment`"),
        needs("rest", REST, "what becomes of what an invoice does not take"),
        may("grace", GRACE, "the time in which late facts still change an answer"),
    ),
)
