"""Owns the sentences of what becomes of a credit after it was worked out: options, agreements, disputes, invoices.

Does not own: the sentences of measuring and paying (render_steps), or any figure.
"""

from __future__ import annotations

from typing import assert_never

from malus.model.afterwards import Adjusted, Disputed, OptionTaken, Returned, SettledBy
from malus.model.money import money_text
from malus.operations.render_words import amount_text, listed, moment_text, spoken

_HOW = {
    "highest_total": "the highest total is paid",
    "first": "the first that pays anything is paid",
    "chosen": "the customer chose",
    "only_one": "only one pays anything",
    "not_chosen": "the customer did not choose in time, so none is paid",
}


def later_text(step: OptionTaken | Adjusted | Disputed | SettledBy | Returned, zone: str) -> str:
    """The sentence of a step; civil times are those of `zone`."""
    match step:
        case OptionTaken():
            return _option(step)
        case Adjusted():
            before = "" if step.before is None else f"{amount_text(step.before)} -> "
            signed = f"signed by both on {moment_text(step.signed_at, zone)}"
            return f"agreed ({step.event}, {signed}): {step.reason}: {before}{money_text(step.result)}"
        case Returned():
            return f"earned back: {amount_text(step.credited)} -> {money_text(step.result)}"
        case Disputed():
            ended = "" if step.ended_at is None else f", until {moment_text(step.ended_at, zone)}"
            return f"disputed from {moment_text(step.raised_at, zone)}{ended}"
        case SettledBy():
            rest = f"; {amount_text(step.rest)} left, {spoken(step.becomes)}" if step.rest.amount else ""
            return f"settled: {money_text(step.taken)} taken by {listed(step.invoices)}{rest}"
        case _:
            assert_never(step)


def _option(step: OptionTaken) -> str:
    totals = ", ".join(f"{' + '.join(option.clauses)} {amount_text(option.total)}" for option in step.options)
    tied = ", the first of equal ones" if step.tied else ""
    article = f", {step.source}" if step.source else ""
    taken = "" if step.taken == 0 else f": {' + '.join(step.options[step.taken - 1].clauses)}"
    left = "" if step.mine == step.taken else f": {amount_text(step.before)} -> {money_text(step.result)}"
    return f"one of {step.group}{article} ({totals}), {_HOW[step.how]}{tied}{taken}{left}"
