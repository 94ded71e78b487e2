"""Owns what part of an assessment a question is about: a clause, a period, a subject, and nothing beside.

Does not own: the words of the answer (render), or any judging: what is left is left as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from difflib import get_close_matches

from malus.model.agreement import Terms
from malus.model.assessment import Assessment, Bonus, EarnBack, Remedy, RemedyKey, ServiceCredit, Verdict
from malus.model.faults import MalusError
from malus.model.instants import utc_text
from malus.operations.render import periods_of


def narrowed(
    assessment: Assessment,
    *,
    clause: str | None = None,
    periods: Collection[str] = (),
    subject: str | None = None,
) -> Assessment:
    """The part of an assessment about one clause, some periods (by label) and one subject; nothing asks for all.

    Rights and what is near lie in no period and stay; steps of a ladder go with the incident or the period that
    they are about, duties and remarks only with the whole. Its digest is not the whole answer's.
    """
    is_whole = clause is None and subject is None and not periods

    def is_in(item: Verdict | ServiceCredit | Bonus | EarnBack) -> bool:
        return not periods or item.period.label in periods

    def speaks(key: RemedyKey) -> bool:
        return clause in (None, key.clause) and subject in (None, key.subject, key.occasion)

    verdicts = tuple(
        item
        for item in assessment.verdicts
        if is_in(item) and clause in (None, item.clause) and subject in (None, item.subject, item.whose)
    )
    about = {
        (item.clause, name) for item in verdicts for name in (item.subject, item.whose, utc_text(item.period.start))
    }
    return replace(
        assessment,
        verdicts=verdicts,
        credits=tuple(item for item in assessment.credits if is_in(item) and speaks(item.key)),
        bonuses=tuple(item for item in assessment.bonuses if is_in(item) and speaks(item.key)),
        earn_backs=tuple(item for item in assessment.earn_backs if is_in(item) and speaks(item.key)),
        rights=tuple(item for item in assessment.rights if speaks(item.key)),
        obligations=tuple(item for item in assessment.obligations if speaks(item.key)),
        escalations=tuple(
            item
            for item in assessment.escalations
            if speaks(item.key) and (not periods or (item.key.clause, item.key.subject or item.key.occasion) in about)
        ),
        missed_duties=assessment.missed_duties if is_whole else (),
        nearly=tuple(
            item for item in assessment.nearly if clause in (None, item.clause) and subject in (None, item.subject)
        ),
        remarks=assessment.remarks if is_whole else (),
    )


def check_clause(clause: str, terms: Sequence[Terms], assessments: Sequence[Assessment] = ()) -> None:
    """Raise MalusError `unknown-clause`, with the nearest spelling, unless terms or assessments know that clause."""
    spoken_of = {item.clause for said in assessments for item in said.verdicts}
    spoken_of |= {item.clause for said in assessments for item in said.nearly}
    spoken_of |= {item.key.clause for said in assessments for item in said.rights}
    _check("clause", clause, spoken_of | {item.name for entry in terms for item in entry.clauses})


def check_period(period: str, assessments: Sequence[Assessment]) -> None:
    """Raise MalusError `unknown-period` unless some assessment speaks of a period with that label."""
    _check("period", period, {item.label for entry in assessments for item in periods_of(entry)})


def check_subject(subject: str, assessments: Sequence[Assessment]) -> None:
    """Raise MalusError `unknown-subject` unless something in the assessments is about that subject."""
    known = {name for entry in assessments for item in entry.verdicts for name in (item.subject, item.whose)}
    for entry in assessments:
        remedies: tuple[Remedy, ...] = (*entry.rights, *entry.obligations, *entry.escalations)
        known |= {item.key.subject for item in remedies} | {item.key.occasion for item in remedies}
    _check("subject", subject, known - {""})


def _check(called: str, name: str, known: Collection[str]) -> None:
    if name in known:
        return
    near = get_close_matches(name, sorted(known), n=1)
    some = sorted(known)
    listed = ", ".join(some[:8]) + (" …" if len(some) > 8 else "")
    hint = f"did you mean {near[0]}?" if near else f"there are {listed}" if some else "there is none"
    raise MalusError(f"unknown-{called}", f"there is no {called} {name!r} here: {hint}", {called: name})
