"""The keys of an agreement's file, but for indicators and clauses: who, what, how much, which hours.

Owns: the description that checks those keys and makes their schema. Does not own: what they compile to.
"""

from __future__ import annotations

from typing import Final, Literal

from malus.rulefiles.documents import ByShape, Item, ListOf, NamesTo, Words
from malus.rulefiles.forms import ByKey, Form, Given, may, needs
from malus.rulefiles.forms_caps import CAPS, CLAIMS, ONE_OF, SETTLEMENT
from malus.rulefiles.forms_clauses import CLAUSES
from malus.rulefiles.forms_deadlines import deadline_keys
from malus.rulefiles.forms_exchange import EXCHANGE
from malus.rulefiles.forms_indicators import INDICATORS
from malus.rulefiles.forms_subjects import CHARGED, SUBJECTS, for_each
from malus.rulefiles.scalars import (
    CAUSE,
    CHANNELS,
    CURRENCY,
    CYCLE,
    DATE,
    DATES,
    DURATION,
    EARLIEST,
    EMAIL,
    FORMAT,
    FREE,
    LANGUAGE,
    NAME,
    NAME_OR_NAMES,
    NOTICE_TIME,
    PHONE,
    ROUNDING_MODE,
    SOURCE,
    TIME_PER_CYCLE,
    VALUE,
    ZONE,
    words,
)
from malus.rulefiles.weekly_hours import DAYS, HOURS

MONEY_WHEN: Final[Words[Literal["each_remedy", "after_caps"]]] = words("each_remedy", "after_caps")
ABSENT: Final[Words[Literal["pending", "zero"]]] = words("pending", "zero")
REPORTED: Final[Words[Literal["incidents", "outages"]]] = words("incidents", "outages")
DUTY_AFTER: Final[Words[str]] = words("outage_start", "outage_end", "incident_start")
FROM_EVENTS: Final = words("events")

SIGNED: Final = Form(
    name="the signatures",
    says="the day on which each party signed: `{provider: 2025-12-12, customer: 2025-12-15}`",
    keys=(
        may("provider", DATE, "the day on which the provider signed"),
        may("customer", DATE, "the day on which the customer signed"),
    ),
)
REVIEW: Final = Form(
    name="the review",
    says="how often the agreement is looked at again: `{every: 12 months, source: art. 9}`",
    keys=(
        needs("every", DURATION, "how often: `12 months`"),
        needs("source", SOURCE, "where the paper says so"),
        may("held", DATES, "the days on which a review was held"),
    ),
)
MONEY_RULE: Final = Form(
    name="the rounding of money",
    says="how amounts are rounded: `{round: half_up, when: each_remedy}`",
    keys=(
        needs("round", ROUNDING_MODE, "how an amount between two minor units is rounded"),
        needs("when", MONEY_WHEN, "whether each remedy is rounded, or what is left after caps"),
    ),
)
CONTACT: Final = Form(
    name="a contact",
    says='how to reach someone: `{phone: "+31 20 555 0100", email: desk@polder.example, calendar: office}`',
    keys=(
        may("phone", PHONE, "the number, in quotes"),
        may("email", EMAIL, "the address for mail"),
        may("calendar", NAME, "the hours in which the contact can be reached"),
    ),
)
CONTACTS: Final = NamesTo(name=NAME, of=CONTACT)
DUTY: Final = Form(
    name="a duty",
    says="what the customer reports in time",
    keys=(
        may("name", NAME, "what indicators call it, where an outage that is reported later counts for less"),
        needs("report", REPORTED, "what must be reported"),
        *deadline_keys(DUTY_AFTER, "what the time runs from"),
        needs("source", SOURCE, "where the paper says so"),
    ),
)
DUTIES: Final = ListOf(of=DUTY)
PROVIDER: Final = Form(
    name="the provider",
    says="the party that delivers",
    keys=(
        needs("name", FREE, "the party's name as the paper has it"),
        may("contacts", CONTACTS, "people to reach, by name"),
    ),
)
CUSTOMER: Final = Form(
    name="the customer",
    says="the party that is served",
    keys=(*PROVIDER.keys, may("duties", DUTIES, "what the customer must report, and by when")),
)
PARTIES: Final = Form(
    name="the parties",
    says="`provider` and `customer`",
    keys=(
        needs("provider", PROVIDER, "the party that delivers"),
        needs("customer", CUSTOMER, "the party that is served"),
    ),
)
SUPPORT: Final = Form(
    name="the support",
    says="the hours and channels of support: `{calendar: always, by: [email, phone]}`",
    keys=(
        needs("calendar", NAME, "the hours of support"),
        needs("by", CHANNELS, "the channels of support"),
    ),
)
IN_SERVICE_DAYS: Final = Form(
    name="the days in service",
    says="the first and the last day in service, both inside: `{from: 2026-06-10, until: 2026-06-19}`",
    keys=(
        may("from", DATE, "the first day in service; left out: it was in service before"),
        may("until", DATE, "the last day in service; left out: until further notice"),
    ),
)
IN_SERVICE: Final[ByShape[str | Given]] = ByShape(scalar=words("deployments"), mapping=IN_SERVICE_DAYS)
SERVICE: Final = Form(
    name="a service",
    says="what is delivered: `{title: Web shop}`",
    keys=(
        may("title", FREE, "its title, for reports"),
        may("description", FREE, "what it is, in a sentence"),
        may("support", SUPPORT, "the hours and channels of its support"),
        may("in_service", IN_SERVICE, "when it is in service: days, or `deployments` where events tell it"),
    ),
)
SERVICES: Final = NamesTo(name=NAME, of=SERVICE)
FIXED_CHARGE: Final = Form(
    name="a fixed charge",
    says="an amount per stretch of time: `{amount: 12000.00 EUR, per: month}`",
    keys=(
        needs("amount", CHARGED, "what is charged; by name or class of the subject where that differs"),
        needs("per", CYCLE, "how often it is charged"),
        for_each("the kind of subject of which each is charged by itself: `line`"),
    ),
)
BILLED_CHARGE: Final = Form(
    name="a billed charge",
    says="what events bill: `{from: events, per: month, absent: pending}`",
    keys=(
        needs("from", FROM_EVENTS, "the amounts come as events"),
        needs("per", CYCLE, "how often it is charged"),
        needs("absent", ABSENT, "what a period without such an event means: wait for it, or nothing was charged"),
        for_each("the kind of subject of which each is billed by itself: `line`"),
    ),
)
CHARGES: Final = NamesTo(
    name=NAME, of=ByKey(name="a charge", forms=(("amount", FIXED_CHARGE), ("from", BILLED_CHARGE)))
)
HOLIDAYS: Final[ByShape[str | tuple[Item[object], ...]]] = ByShape(scalar=VALUE, sequence=DATES)
CALENDAR: Final = Form(
    name="a calendar",
    says="the hours that count: `{days: mon-fri, hours: 08:00-18:00, holidays: NL}`",
    keys=(
        needs("days", DAYS, "the days of the week: `mon-fri`, or `[mon, wed]`"),
        needs("hours", HOURS, "the hours of each day: `08:00-18:00`, or a list of such; a day ends at `24:00`"),
        may("holidays", HOLIDAYS, "a country (`NL`), a country's region (`DE-BY`), `none`, or a list of dates"),
        may("also_closed", DATES, "further days that do not count"),
        may("timezone", ZONE, "the zone of its hours; the agreement's where it is left out"),
    ),
)
CALENDARS: Final = NamesTo(name=NAME, of=CALENDAR)
EXCLUSION: Final = Form(
    name="an exclusion",
    says="a cause that is excused: `{cause: force_majeure, source: art. 11}`",
    keys=(
        needs("cause", CAUSE, "the cause, as events name it"),
        may("announced", NOTICE_TIME, "the least notice: `at least 5 business days`"),
        may("calendar", NAME, "the calendar of that notice"),
        may("at_most", TIME_PER_CYCLE, "the most that is excused: `8 hours per month`"),
        may("first", EARLIEST, "which windows are excused first, where there is a most"),
        needs("source", SOURCE, "where the paper says so"),
    ),
)
EXCLUSIONS: Final = NamesTo(name=NAME, of=EXCLUSION)
NOT_MODELLED: Final = NamesTo(name=SOURCE, of=FREE)
AMENDED: Final[Words[Literal["by_start", "split"]]] = words("by_start", "split")
RESTATED: Final = ListOf(of=VALUE)

AGREEMENT: Final = Form(
    name="the agreement",
    says="the whole of the terms from one date on",
    keys=(
        needs("format", FORMAT, "the version of this language: `1`"),
        needs("agreement", NAME, "the agreement's name, the same in all of its files"),
        needs("title", FREE, "the agreement's title"),
        needs("document", FREE, "the paper that this file carries out"),
        needs("language", LANGUAGE, "the language of explanations and reports; keys stay English"),
        needs("effective", DATE, "the first day in force"),
        may("ends", DATE, "the last day in force; left out: until further notice"),
        needs("signed", SIGNED, "the day on which each party signed; unsigned terms are never in force"),
        needs("review", REVIEW, "how often the agreement is looked at again"),
        needs("timezone", ZONE, "the zone in which days and periods are cut"),
        needs("currency", CURRENCY, "the one currency of this agreement"),
        needs("money", MONEY_RULE, "how amounts are rounded"),
        may("business_days", NAME, "the calendar that `business days` means where no other is named"),
        needs("parties", PARTIES, "who agreed"),
        needs("services", SERVICES, "what is delivered, by name"),
        may("subjects", SUBJECTS, "the sites, lines or others that are judged one by one, by name"),
        may("charges", CHARGES, "what is paid for it, by name"),
        may("exchange", EXCHANGE, "the rates at which charges in another currency count"),
        may("calendars", CALENDARS, "which hours count, by name; `always` is round the clock"),
        may("exclusions", EXCLUSIONS, "what is excused, by name"),
        needs("indicators", INDICATORS, "what is measured, by name"),
        needs("clauses", CLAUSES, "what was promised and what follows, by name, in the order of the paper"),
        may("one_of", ONE_OF, "groups of options of which one is paid, in the order in which they are looked at"),
        may("caps", CAPS, "the most that is credited, in the order in which they cut"),
        may("claims", CLAIMS, "the steps without which a credit lapses; left out: credits are automatic"),
        may("settlement", SETTLEMENT, "how credits are settled, and when an answer is final"),
        may("not_modelled", NOT_MODELLED, "articles that no clause carries out, each with the reason"),
        may("formerly", NAME_OR_NAMES, "the agreement's name in earlier terms"),
        may("amended", AMENDED, "what becomes of a period that runs when these terms take effect; left out: by_start"),
        may("restates", RESTATED, "periods, already judged, that these terms judge again"),
    ),
)
