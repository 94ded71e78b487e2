"""Owns the columns that a batch's answers are written in: verdicts, credits and rights, however they were judged.

Does not own: files (answers), or any judging.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa

from malus.batch.columns import Longs
from malus.batch.judging import JudgedGroup
from malus.measures.bounds import INT64_MOST
from malus.model.agreement import Terms
from malus.model.assessment import Assessment, Right, ServiceCredit, Verdict
from malus.model.clauses import Clause
from malus.model.conditions import Promise
from malus.model.credits import BandCredit
from malus.model.instants import Instant
from malus.model.money import MINOR_DIGITS, Money, decimal_text
from malus.model.quantities import Level, Limit, Unit
from malus.remedies.bands import row_number

NAME: Final = pa.dictionary(pa.int32(), pa.string())
TIME: Final = pa.timestamp("us", "UTC")

VERDICTS: Final = pa.schema(
    [
        ("agreement", NAME), ("clause", NAME), ("indicator", NAME), ("subject", NAME), ("period", NAME),
        ("start", TIME), ("end", TIME), ("outcome", NAME), ("row", pa.int32()), ("numerator", pa.int64()),
        ("denominator", pa.int64()), ("unit", NAME), ("events", pa.int64()), ("finality", NAME),
        ("final_from", TIME),
    ]
)  # fmt: skip
CREDITS: Final = pa.schema(
    [
        ("agreement", NAME), ("clause", NAME), ("subject", NAME), ("occasion", NAME), ("period", NAME),
        ("start", TIME), ("end", TIME), ("before_cap", NAME), ("amount", NAME), ("currency", NAME),
        ("pending_on", NAME), ("state", NAME), ("finality", NAME), ("final_from", TIME), ("claim_until", TIME),
    ]
)  # fmt: skip
RIGHTS: Final = pa.schema(
    [
        ("agreement", NAME), ("clause", NAME), ("subject", NAME), ("occasion", NAME), ("kind", NAME),
        ("holder", NAME), ("arisen_at", TIME), ("cure_until", TIME), ("exercise_until", TIME),
        ("ends_service_at", TIME), ("state", NAME), ("finality", NAME), ("final_from", TIME),
    ]
)  # fmt: skip

#: Columns of small numbers that stand for the names or instants in a list, or are numbers already (None).
_Coded = tuple[Any, list[Any] | None]


def group_tables(group: JudgedGroup, names: Sequence[str], figures: Longs) -> tuple[pa.Table, pa.Table, pa.Table]:
    """The verdicts, credits and rights of a group; `names` and `figures` of its agreements, in its order."""
    plain = group.plain
    agreements, periods = group.patterns.shape
    promises = len(plain.promises)
    shape = (agreements, periods, promises)
    patterns = np.broadcast_to(group.patterns[:, :, None], shape)
    clause = np.broadcast_to(np.arange(promises, dtype=np.int32), shape)
    period = np.broadcast_to(np.arange(periods, dtype=np.int32)[None, :, None], shape)
    agreement = np.broadcast_to(np.arange(agreements, dtype=np.int32)[:, None, None], shape)
    lanes = [_lane(group, each) for each in plain.promises]
    levels = figures[:, :periods, lanes]

    def told(values: Sequence[Sequence[object]]) -> _Coded:
        """What each pattern says of each promise."""
        return _coded(values, (patterns, clause))

    def dated(values: Sequence[Sequence[object]]) -> _Coded:
        """What each promise says of each period."""
        return _coded(values, (clause, period))

    verdicts = [[verdict for verdict, _ in answer] for answer in group.answers]
    of_period = [("start", [item.start for item in plain.periods]), ("end", [item.end for item in plain.periods])]
    shared: dict[str, _Coded] = {
        "agreement": (agreement, list(names)),
        "clause": (clause, [item.name for item in plain.promises]),
        "subject": (np.zeros(shape, np.int32), [""]),
        "period": (period, [item.label for item in plain.periods]),
        **{name: (period, values) for name, values in of_period},
    }
    verdict_columns: dict[str, _Coded] = {
        **shared,
        "indicator": (clause, [_promise(item).indicator for item in plain.promises]),
        "outcome": told([[item.outcome.value for item in row] for row in verdicts]),
        "row": told(
            [
                [_row(plain.promises[place], item.level, item.limit) for place, item in enumerate(row)]
                for row in verdicts
            ]
        ),
        "numerator": (levels[..., 0], None),
        "denominator": (levels[..., 1], None),
        "events": (levels[..., 2], None),
        "unit": ((levels[..., 1] == 0).astype(np.int32), [Unit.PERCENT.value, None]),
        "finality": dated([[verdict.finality.value for verdict, _ in column] for column in group.dated]),
        "final_from": dated([[verdict.final_from for verdict, _ in column] for column in group.dated]),
    }
    credits = [[credit for _, credit in answer] for answer in group.answers]
    has_credit = np.array([[credit is not None for credit in row] for row in credits]).reshape(-1, promises)
    there = has_credit[patterns, clause]
    dates = [[credit for _, credit in column] for column in group.dated]
    credit_columns: dict[str, _Coded] = {
        **shared,
        "occasion": dated([[credit and credit.key.occasion for credit in row] for row in dates]),
        "before_cap": told(
            [[amount_text(None if credit is None else credit.before_cap) for credit in row] for row in credits]
        ),
        "amount": told([[amount_text(None if credit is None else credit.amount) for credit in row] for row in credits]),
        "currency": (np.zeros(shape, np.int32), [plain.terms.currency]),
        "pending_on": told([[credit and credit.pending_on for credit in row] for row in credits]),
        "state": told([[credit and credit.state.value for credit in row] for row in credits]),
        "finality": told([[credit and credit.finality.value for credit in row] for row in credits]),
        "final_from": dated([[credit and credit.final_from for credit in row] for row in dates]),
        "claim_until": dated([[credit and credit.claim_until for credit in row] for row in dates]),
    }
    return (
        _table(VERDICTS, verdict_columns, None),
        _table(CREDITS, credit_columns, there),
        rights_table([(names[place], right) for place, right in group.rights]),
    )


def assessment_tables(said: Assessment, terms: Sequence[Terms]) -> tuple[pa.Table, pa.Table, pa.Table]:
    """The verdicts, credits and rights of one assessment by `terms`, of which a table says which row was hit."""
    by_date = {text.effective.isoformat(): text for text in terms}
    verdicts = [
        {
            "agreement": said.agreement,
            "clause": item.clause,
            "indicator": item.indicator,
            "subject": item.subject,
            "period": item.period.label,
            "start": item.period.start,
            "end": item.period.end,
            "outcome": item.outcome.value,
            "row": _row_of(item, by_date[item.explanation.terms_effective]),
            **_level(item.level),
            "unit": None if item.level is None else item.level.unit.value,
            "events": None,
            "finality": item.finality.value,
            "final_from": item.final_from,
        }
        for item in said.verdicts
    ]
    credits = [_credit(said.agreement, said.currency, item) for item in said.credits]
    return (
        pa.Table.from_pylist(verdicts, VERDICTS),
        pa.Table.from_pylist(credits, CREDITS),
        rights_table([(said.agreement, right) for right in said.rights]),
    )


def rights_table(rights: Iterable[tuple[str, Right]]) -> pa.Table:
    """Rights with the agreement of each."""
    rows = [
        {
            "agreement": agreement,
            "clause": right.key.clause,
            "subject": right.key.subject,
            "occasion": right.key.occasion,
            "kind": right.kind,
            "holder": right.holder,
            "arisen_at": right.arisen_at,
            "cure_until": right.cure_until,
            "exercise_until": right.exercise_until,
            "ends_service_at": right.ends_service_at,
            "state": right.state.value,
            "finality": right.finality.value,
            "final_from": right.final_from,
        }
        for agreement, right in rights
    ]
    return pa.Table.from_pylist(rows, RIGHTS)


def _credit(agreement: str, currency: str, item: ServiceCredit) -> dict[str, object]:
    return {
        "agreement": agreement,
        "clause": item.key.clause,
        "subject": item.key.subject,
        "occasion": item.key.occasion,
        "period": item.period.label,
        "start": item.period.start,
        "end": item.period.end,
        "before_cap": amount_text(item.before_cap),
        "amount": amount_text(item.amount),
        "currency": currency,
        "pending_on": item.pending_on,
        "state": item.state.value,
        "finality": item.finality.value,
        "final_from": item.final_from,
        "claim_until": item.claim_until,
    }


def _level(level: Level | None) -> dict[str, int | None]:
    """The two numbers of a level, 0 where there is none; none where they pass 64 bits: its assessment has them."""
    if level is None:
        return {"numerator": 0, "denominator": 0}
    fits = max(abs(level.numerator), level.denominator) <= INT64_MOST
    return {"numerator": level.numerator if fits else None, "denominator": level.denominator if fits else None}


def _promise(clause: Clause) -> Promise:
    assert isinstance(clause.condition, Promise)
    return clause.condition


def _lane(group: JudgedGroup, clause: Clause) -> int:
    name = _promise(clause).indicator
    return next(place for place, item in enumerate(group.plain.lanes) if item is not None and item.name == name)


def _row_of(verdict: Verdict, terms: Terms) -> int | None:
    clause = next(clause for clause in terms.clauses if clause.name == verdict.clause)
    if verdict.level is None or verdict.limit is None or not isinstance(clause.credit, BandCredit):
        return None
    if clause.credit.rows_by is not None:
        # The level here is not the one that its rows are looked up by.
        return None
    table = clause.credit.paid_to(verdict.whose, terms.subjects.class_of(verdict.whose))
    return row_number(table, verdict.level, verdict.limit)


def _row(clause: Clause | None, level: Level | None, limit: Limit | None) -> int | None:
    if clause is None or level is None or limit is None or not isinstance(clause.credit, BandCredit):
        return None
    return row_number(clause.credit, level, limit)


def amount_text(money: Money | None) -> str | None:
    """An amount as it is written, with all the digits of its currency."""
    return None if money is None else decimal_text(money.amount, MINOR_DIGITS[money.currency])


def _coded(values: Sequence[Sequence[object]], places: tuple[Any, Any]) -> _Coded:
    known: dict[object, int] = {}
    codes = np.array([[known.setdefault(value, len(known)) for value in row] for row in values], dtype=np.int32)
    return codes[places], list(known)


def _table(schema: pa.Schema, columns: Mapping[str, _Coded], there: Any) -> pa.Table:
    arrays = []
    for entry in schema:
        codes, values = columns[entry.name]
        flat = codes.ravel() if there is None else codes[there]
        if values is None:
            arrays.append(pa.array(flat, entry.type))
        elif pa.types.is_dictionary(entry.type):
            none = values.index(None) if None in values else -1
            mask = flat == none if none >= 0 else None
            said = ["" if value is None else value for value in values]
            arrays.append(
                pa.DictionaryArray.from_arrays(pa.array(flat, pa.int32(), mask=mask), pa.array(said, pa.string()))
            )
        else:
            arrays.append(_numbers(flat, values, entry.type))
    return pa.table(arrays, schema=schema)


def _numbers(codes: Any, values: list[Instant | int | None], kind: pa.DataType) -> pa.Array:
    numbers = np.array([0 if value is None else value for value in values], dtype=np.int64)[codes]
    missing = np.array([value is None for value in values])[codes]
    return pa.array(numbers, pa.int64(), mask=missing if missing.any() else None).cast(kind)
