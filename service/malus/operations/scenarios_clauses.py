"""Owns the comparison of what a line expects of a clause with its verdicts and credits.

Does not own: rights, obligations and ladders (scenarios_compared), or where a figure parts (scenarios_parting).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from malus.model.agreement import Terms
from malus.model.assessment import Assessment, ServiceCredit, Verdict
from malus.model.money import Money, RoundingMode, money_text, round_to
from malus.model.periods import Period
from malus.model.quantities import Level, Outcome, Unit, value_text
from malus.operations.render_words import level_exactly
from malus.operations.scenarios_differences import Differences
from malus.operations.scenarios_parting import parting
from malus.rulefiles.scenarios_expect_forms import NONE, RoundedLevel
from malus.rulefiles.scenarios_expected import ExpectedClause


def credits_expected(item: ExpectedClause, assessment: Assessment) -> tuple[ServiceCredit, ...]:
    """The credits that a line speaks of, where it states anything of a credit; otherwise none."""
    said = (item.credit, item.before_cap, item.state, item.pending_on)
    return _credits(item, assessment) if any(part is not None for part in said) else ()


def compare_clause(
    item: ExpectedClause, assessment: Assessment, terms: Sequence[Terms], differences: Differences
) -> None:
    """Compare whatever a line states of a clause in one period.

    Without a subject the credits of all subjects are added up, and states and verdicts must be the same for all. A
    credit of zero is also no credit at all, where the promise was judged; where it was not, nothing is not zero. The
    finality is the credit's, and the verdict's where there is no credit.
    """
    _Clause(assessment=assessment, terms=terms, differences=differences).clause(item)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clause:
    """One comparison, and where its differences go."""

    assessment: Assessment
    terms: Sequence[Terms]
    differences: Differences

    def clause(self, item: ExpectedClause) -> None:
        verdicts = [
            entry
            for entry in self.assessment.verdicts
            if entry.clause == item.clause and _is_at(item, entry.period, (entry.subject, entry.whose))
        ]
        credits = _credits(item, self.assessment)
        what = " ".join(filter(None, (item.clause, item.period.label if item.period else None, item.subject)))
        periods = {entry.period.label for entry in verdicts} | {entry.period.label for entry in credits}
        unlisted = not periods and item.subject is not None and any(entry.whose for entry in self._of(item))
        if len(periods) != 1 and (periods or unlisted or item.credit != NONE):
            got = f"{len(periods)} periods: {', '.join(sorted(periods)[:6])}" if periods else self._unjudged(item)
            self.differences.add(item.line, what, "one period", got)
            return
        self._verdicts(item, what, verdicts)
        self._amounts(item, what, verdicts, credits)
        self._standing(item, what, verdicts, credits)

    def _of(self, item: ExpectedClause) -> list[Verdict]:
        return [entry for entry in self.assessment.verdicts if entry.clause == item.clause]

    def _unjudged(self, item: ExpectedClause) -> str:
        known = {entry.subject for entry in self._of(item)} - {""}
        if item.subject is None or not known:
            return "nothing was judged"
        return f"nothing was judged for it; judged were {', '.join(sorted(known)[:6])}"

    def _verdicts(self, item: ExpectedClause, what: str, verdicts: Sequence[Verdict]) -> None:
        outcomes = sorted({entry.outcome.value for entry in verdicts})
        if item.verdict is not None and outcomes != [item.verdict.value]:
            why = parting(verdicts, (), None, self.terms, self.assessment.timezone)
            self.differences.add(
                item.line, f"{what} verdict", item.verdict.value, ", ".join(outcomes) or "no verdict", why
            )
        levels = [entry.level for entry in verdicts if entry.level is not None]
        if item.value_rounded is not None:
            self._rounded(item.line, what, item.value_rounded, levels)
        if item.value is None:
            return
        value, unit, text = item.value
        if len(levels) != 1:
            got = "no level" if not levels else f"{len(levels)} levels: name the subject"
            self.differences.add(item.line, f"{what} value", text, got)
        elif levels[0].exact() != value or unit not in (None, levels[0].unit):
            apart = _level_apart(levels[0].exact() - value, levels[0].unit) if unit in (None, levels[0].unit) else ""
            self.differences.add(item.line, f"{what} value", text, level_exactly(levels[0]), apart=apart)

    def _rounded(self, line: int, what: str, wanted: RoundedLevel, levels: Sequence[Level]) -> None:
        number, unit, places, text = wanted
        scale = 100 if unit is Unit.PERCENT else 1
        got = [round_to(level.exact() * scale, places, RoundingMode.HALF_UP) for level in levels]
        if len(levels) != 1:
            told = "no level" if not levels else f"{len(levels)} levels: name the subject"
            self.differences.add(line, f"{what} value_rounded", text, told)
        elif got[0] != number or levels[0].unit is not unit:
            self.differences.add(line, f"{what} value_rounded", text, level_exactly(levels[0]))

    def _amounts(
        self, item: ExpectedClause, what: str, verdicts: Sequence[Verdict], credits: Sequence[ServiceCredit]
    ) -> None:
        zone = self.assessment.timezone
        if item.credit is not None:
            self._credit(item, what, item.credit, verdicts, credits)
        if item.before_cap is not None:
            before = [entry.before_cap for entry in credits if entry.before_cap is not None]
            if not before and item.before_cap.amount:
                self.differences.add(item.line, f"{what} before_cap", money_text(item.before_cap), "none")
            elif before:
                got = sum(before[1:], before[0])
                why = parting(verdicts, credits, item.before_cap, self.terms, zone)
                self.differences.money(item.line, f"{what} before_cap", item.before_cap, got, why)

    def _credit(
        self,
        item: ExpectedClause,
        what: str,
        wanted: Money | str,
        verdicts: Sequence[Verdict],
        credits: Sequence[ServiceCredit],
    ) -> None:
        amounts = [entry.amount for entry in credits if entry.amount is not None]
        waiting = [entry.pending_on for entry in credits if entry.amount is None]
        amount = None if isinstance(wanted, str) else wanted
        why = parting(verdicts, credits, amount, self.terms, self.assessment.timezone)
        if amount is None:
            if credits:
                got = "; ".join([*(money_text(entry) for entry in amounts), *(f"pending: {on}" for on in waiting)])
                self.differences.add(item.line, what, "no credit", got, why)
        elif waiting:
            self.differences.add(item.line, what, money_text(amount), f"pending: {'; '.join(waiting)}", why)
        elif amounts:
            self.differences.money(item.line, what, amount, sum(amounts[1:], amounts[0]), why)
        elif amount.amount or any(entry.outcome is Outcome.UNDETERMINED for entry in verdicts):
            # Nothing at all stands for zero only where something was judged.
            self.differences.add(item.line, what, money_text(amount), "no credit", why)

    def _standing(
        self, item: ExpectedClause, what: str, verdicts: Sequence[Verdict], credits: Sequence[ServiceCredit]
    ) -> None:
        states = sorted({entry.state.value for entry in credits})
        if item.state is not None and states != [item.state.value]:
            self.differences.add(item.line, f"{what} state", item.state.value, ", ".join(states) or "no credit")
        finalities = sorted({entry.finality.value for entry in credits or verdicts})
        if item.finality is not None and finalities != [item.finality.value]:
            self.differences.add(item.line, f"{what} finality", item.finality.value, ", ".join(finalities))
        waiting = sorted({entry.pending_on for entry in credits if entry.pending_on})
        if item.pending_on is not None and waiting != [item.pending_on]:
            self.differences.add(item.line, f"{what} pending_on", item.pending_on, "; ".join(waiting) or "nothing")
        for name, expected, ends in (
            ("claim_until", item.claim_until, {entry.claim_until for entry in credits}),
            ("choice_until", item.choice_until, {entry.choice_until for entry in credits}),
        ):
            if expected is not None:
                until = next(iter(ends)) if len(ends) == 1 else None
                self.differences.last_moment(item.line, f"{what} {name}", expected, until)
        settled = [entry.settled for entry in credits if entry.settled is not None]
        if item.settled is not None and (not settled or sum(settled[1:], settled[0]) != item.settled):
            found = money_text(sum(settled[1:], settled[0])) if settled else "nothing"
            self.differences.add(item.line, f"{what} settled", money_text(item.settled), found)


def _credits(item: ExpectedClause, assessment: Assessment) -> tuple[ServiceCredit, ...]:
    return tuple(
        entry
        for entry in assessment.credits
        if entry.key.clause == item.clause and _is_at(item, entry.period, (entry.key.subject, entry.key.occasion))
    )


def _is_at(item: ExpectedClause, period: Period, called: Sequence[str]) -> bool:
    """Whether a line speaks of an entry: an incident may be called by its own name, or by the subject it is for."""
    is_it = item.subject is None or item.subject in called
    return (item.period is None or item.period.label == period.label) and is_it


def _level_apart(apart: Fraction, unit: Unit) -> str:
    return f"{'+' if apart > 0 else ''}{value_text(apart, unit)}"
