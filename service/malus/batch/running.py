"""Owns a whole batch: terms and events in, the tables of what follows out.

Does not own: reading rule files, the work that grows with the events (a caller's `fold` and `one_by_one`), or writing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from malus.batch.asking import Dated, dated_of
from malus.batch.folding import Folded
from malus.batch.judging import judged_group
from malus.batch.lanes import Lanes, lanes_of
from malus.batch.other_tables import BONUSES, EARN_BACKS, OBLIGATIONS, other_tables
from malus.batch.plain_terms import PlainTerms, plain_terms
from malus.batch.tables import CREDITS, RIGHTS, VERDICTS, assessment_tables, group_tables
from malus.evaluation.following import Matcher
from malus.model.agreement import Terms, shape_of
from malus.model.assessment import Assessment
from malus.model.faults import MalusError
from malus.model.instants import Instant


class Fold(Protocol):
    """Folds the rows of all agreements; `names` are theirs in the order of their numbers in `lanes`."""

    def __call__(self, names: Sequence[str], lanes: Lanes, as_of: Instant) -> Folded: ...


class OneByOne(Protocol):
    """Judges agreements from their events, one by one; `rows`: about how many each of them has."""

    def __call__(self, rows: Mapping[str, int]) -> Mapping[str, Assessment]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What follows for every agreement.

    `verdicts` to `obligations`: rows by agreement, then as an assessment lists them. `folded`: the agreements whose
    rows were folded; `assessments`: those that were judged from their events. `strangers`: rows by agreements that
    nobody knows, "" where a row names none.
    """

    as_of: Instant
    verdicts: pa.Table
    credits: pa.Table
    rights: pa.Table
    bonuses: pa.Table
    earn_backs: pa.Table
    obligations: pa.Table
    folded: tuple[str, ...]
    assessments: Mapping[str, Assessment]
    strangers: Mapping[str, int]
    events: int


def judge_batch(
    texts: Mapping[str, tuple[Terms, ...]],
    *,
    as_of: Instant,
    matcher: Matcher,
    fold: Fold,
    one_by_one: OneByOne,
) -> Batch:
    """Judge every agreement by its events, as of a moment, with all that is known.

    Agreements of plain terms whose rows are all plain are folded; the others go through `one_by_one`. The answer is
    the same. Where and how the events are read is the business of these two.
    """
    names = sorted(texts)
    plain, shapes = _shapes(names, texts, as_of)
    lanes = lanes_of(plain, shapes)
    with ThreadPoolExecutor(1) as beside:
        # New rules pass a trial in a process of their own, and dates ask for no event: time enough for both meanwhile.
        asked = beside.submit(lambda: [_dates(item, as_of, matcher) for item in plain])
        folded = fold(names, lanes, as_of)
        dates = asked.result()
    one = np.array(shapes) < 0
    one |= folded.odd > 0
    if folded.unfolded:
        one[:] = True
    tables: list[tuple[pa.Table, pa.Table, pa.Table]] = []
    order: list[str] = []
    for number, item in enumerate(plain):
        mine = np.flatnonzero((np.array(shapes) == number) & ~one)
        if not mine.size:
            continue
        figures = folded.figures[mine]
        dated = dates[number] or dated_of(item, as_of, matcher)
        group = judged_group(item, figures, dated, as_of, matcher)
        if group is None:
            one[mine] = True
            continue
        called = [names[place] for place in mine.tolist()]
        tables.append(group_tables(group, called, figures))
        order += called
    assessments = one_by_one(_rows_of(np.flatnonzero(one), names, folded)) if one.any() else {}
    tables += [assessment_tables(assessments[name], texts[name]) for name in sorted(assessments)]
    verdicts, credits, rights = (
        _together([each[place] for each in tables], schema, names)
        for place, schema in enumerate((VERDICTS, CREDITS, RIGHTS))
    )
    # Whatever may earn a bonus, or owe a plan, is not folded.
    others = [other_tables(assessments[name]) for name in sorted(assessments)]
    bonuses, earn_backs, obligations = (
        _together([each[place] for each in others], schema, names)
        for place, schema in enumerate((BONUSES, EARN_BACKS, OBLIGATIONS))
    )
    return Batch(
        as_of=as_of,
        verdicts=verdicts,
        credits=credits,
        rights=rights,
        bonuses=bonuses,
        earn_backs=earn_backs,
        obligations=obligations,
        folded=tuple(sorted(order)),
        assessments=assessments,
        strangers=folded.strangers,
        events=folded.events,
    )


def _dates(item: PlainTerms, as_of: Instant, matcher: Matcher) -> Dated | None:
    try:
        return dated_of(item, as_of, matcher)
    except MalusError:
        return None  # whoever asks for these terms in earnest is told of the refusal


def _shapes(
    names: Sequence[str], texts: Mapping[str, tuple[Terms, ...]], as_of: Instant
) -> tuple[list[PlainTerms], list[int]]:
    """The plain terms of each shape, and the shape of each agreement, -1 where its terms are not plain."""
    plain: list[PlainTerms] = []
    by_parts: dict[object, int] = {}
    by_digest: dict[str, int] = {}
    shapes = []
    for name in names:
        parts = tuple(shape_of(text) for text in texts[name])
        number = by_parts.get(parts)
        if number is None:
            number = -1
            item = plain_terms(texts[name], as_of)
            if item is not None:
                # Texts that were not loaded together share no parts, and may say the same word for word.
                said = replace(item.terms, agreement="", title="", document="", language="", parties=()).digest()
                number = by_digest.setdefault(said, len(plain))
                if number == len(plain):
                    plain.append(item)
            by_parts[parts] = number
        shapes.append(number)
    return plain, shapes


def _rows_of(places: Any, names: Sequence[str], folded: Folded) -> dict[str, int]:
    """How many rows each of these agreements has."""
    # Rows of files that were not folded are nobody's yet: each agreement is taken to have its part of them.
    part = (folded.events - int(folded.rows.sum())) // max(1, len(names))
    return {names[place]: int(folded.rows[place]) + part for place in places.tolist()}


def _together(tables: Sequence[pa.Table], schema: pa.Schema, names: Sequence[str]) -> pa.Table:
    """The rows of all tables in the order of agreements' names; each table has its own rows in order."""
    if not tables:
        return schema.empty_table()
    whole = pa.concat_tables(tables).unify_dictionaries().combine_chunks()
    if not whole.num_rows:
        return whole
    column = whole["agreement"].chunk(0)
    places = {name: place for place, name in enumerate(names)}
    ranks = np.array([places[name] for name in column.dictionary.to_pylist()], dtype=np.int32)
    return whole.take(pa.array(np.argsort(ranks[column.indices.to_numpy()], kind="stable")))
