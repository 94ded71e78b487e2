"""Checks tables of bands: gaps, overlaps, dead and unpayable rows, disagreement with the promise.

Owns: the sentences about tables, and what a fault means in money. Does not own: the arithmetic (band_table).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from malus.model.clauses import Cap, Clause
from malus.model.conditions import Promise
from malus.model.credits import JUDGED, Band, BandCredit, ChargeBase, Slope
from malus.model.faults import Place
from malus.model.indicators import DeliveryTime, Elapsed
from malus.model.money import Money, decimal_text, money_text, zero
from malus.model.quantities import Edge, Limit, Unit, limit_text, value_text
from malus.rulefiles import forms_clauses as forms
from malus.rulefiles.band_table import Stretch, both, levels_of, overlaps, union, without
from malus.rulefiles.drafts import Draft
from malus.rulefiles.findings import Part, part_of
from malus.rulefiles.forms import Given
from malus.rulefiles.forms_indicators import PROMISED
from malus.rulefiles.moves_terms import most_moved
from malus.rulefiles.nodes import Node
from malus.rulefiles.paid_terms import tables_as_paid
from malus.rulefiles.scalars import CURRENCY

_HIGHER_IS_BETTER: Final = (Edge.ABOVE, Edge.AT_LEAST)


def lint_tables(draft: Draft) -> None:
    """Report what is wrong with each sound table of the file."""
    for named in draft.scope.top.get("clauses", forms.CLAUSES) or ():
        clause = draft.clauses.get(named.name)
        if clause is None or named.value is None or not isinstance(clause.condition, Promise):
            continue
        if isinstance(clause.credit, BandCredit):
            table = named.value.must("credit", forms.CREDIT)
            rows = tuple(item.node for item in table.must("bands", forms.BANDS))
            Table(draft, clause, clause.credit, clause.condition, named.value, table, rows).lint()
        if clause.points is not None and clause.points.table is not None:
            table = named.value.must("points", forms.POINTS)
            rows = tuple(item.node for item in table.must("bands", forms.POINTS_ROWS))
            Table(draft, clause, clause.points.table, clause.condition, named.value, table, rows).lint()


class Table:
    """One table with what is needed to speak of it."""

    def __init__(
        self,
        draft: Draft,
        clause: Clause,
        credit: BandCredit,
        promise: Promise,
        given: Given,
        table: Given,
        rows: tuple[Node, ...],
    ) -> None:
        self.draft, self.clause, self.credit, self.given, self.rows = draft, clause, credit, table, rows
        self.indicator = indicator = draft.indicators[credit.rows_by or promise.indicator]
        edges = [limit.value for band in credit.bands for limit in band.limits]
        moved = most_moved(promise.moves, promise.limits, draft.indicators[promise.indicator])
        self.limits = limits = [] if credit.rows_by is not None else [item.limit for item in moved]
        self.levels = levels_of(indicator, (*edges, *(limit.value for limit in limits)))
        self.promise = given.must("promise", PROMISED)
        #: Whether the rows agree with the promise about which levels pay.
        self.agrees = True
        self.ascending = bool(limits) and limits[0].edge in _HIGHER_IS_BETTER
        # By priority, a level is missed where it is for any: the table is one for all of them.
        self.missed = union(part for limit in limits for part in without(self.levels.whole(), self.levels.of((limit,))))
        if credit.rows_by is not None:
            # Which levels the other indicator has where the promise is missed, nobody can say: any.
            self.missed = self.levels.whole()
        self.kept = union(part for limit in limits for part in self.levels.of((limit,)))
        self.covered = union(part for band in credit.bands for part in self.levels.of(band.limits))
        #: The tables that there are: one, or one for each subject that is paid otherwise.
        self.as_paid = tables_as_paid(credit, indicator.for_each, draft.scope.subjects)

    def lint(self) -> None:
        """Report everything about this table."""
        if self.credit.overlap == "refuse":
            self.overlaps()
        self.agrees = self.credit.rows_by is not None or self.given.has("pays") or self._agrees()
        if self.credit.gaps == "refused":
            self.gaps()
        self.dead_rows()
        for cap in self.draft.caps.values():
            if cap.holds == "credits" and self.clause.name in cap.limits:
                self.unpayable_rows(cap)

    def overlaps(self) -> None:
        for earlier, later, shared in overlaps(self.levels, self.credit.bands):
            rows = f"rows {earlier.row} and {later.row} of `{self.clause.name}`"
            what = f"{rows} both match {self.levels.text(shared)}"
            hint = "change an edge, or say which row pays: `overlap: highest_credit` or `first_row`"
            self.given.reading.error(
                "table-overlap",
                self._node(later),
                what,
                hint=hint,
                also=((self._place(earlier), "matches too"),),
            )

    def _agrees(self) -> bool:
        kept = without(self.levels.whole(), self.missed)
        paid_though_kept = both(self.covered, kept)
        # A gap that the author accepts in writing may lie right beside the promise.
        unpaid = both(self._good_end(), self.missed) if self.credit.gaps == "refused" else ()
        if not paid_though_kept and not unpaid:
            return True
        also = ((part_of(self.rows[0]).place, "the first row"),)
        node = self.promise.at(next(edge for edge in Edge if self.promise.has(edge.value)).value)
        if paid_though_kept:
            text = self.levels.text(paid_though_kept[0])
            what = f"levels {text} keep the promise of `{self.clause.name}`, and a row pays for them"
            hint = "write `pays: only_when_missed` or `pays: whenever_a_row_matches` beside `bands`"
        else:
            text = self.levels.text(unpaid[0])
            what = f"levels {text} miss the promise of `{self.clause.name}`, and no row pays for them"
            hint = "add a row, or write `pays: whenever_a_row_matches` beside `bands` if nothing is due there"
        self.given.reading.error("promise-disagrees", node, what, hint=hint, also=also)
        return False

    def gaps(self) -> None:
        for hole in self.holes():
            lower = next((band for band in self.credit.bands if self._touches(band, hole, lower=True)), None)
            upper = next((band for band in self.credit.bands if self._touches(band, hole, lower=False)), None)
            beside = upper or lower or self.credit.bands[0]
            also: tuple[tuple[Place, str], ...] = ()
            if lower is not None and upper is not None:
                also = ((self._place(lower), "ends here"), (self._place(upper), "starts here"))
            self.given.reading.error(
                "table-gap",
                # The labels beside the rows point well enough.
                Part(place=self._place(beside), span=0) if also else self._node(beside),
                f"`{self.clause.name}` has no row {self.levels.text(hole)}",
                hint="add a row, or write `gaps: undetermined` beside `bands` if the paper has this gap",
                money=self._gap_money(hole, lower, upper),
                also=also,
            )

    @property
    def paying(self) -> tuple[Stretch, ...]:
        """The levels that may pay where the table agrees with the promise."""
        return self.missed if self.credit.pays == "only_when_missed" else self.levels.whole()

    def holes(self) -> tuple[Stretch, ...]:
        """The levels without a row that the paper must speak of."""
        holes = without(self.levels.whole(), self.covered)
        if not self.agrees or self.credit.pays == "whenever_a_row_matches":
            holes = without(holes, self._good_end())
        return both(holes, self.paying) if self.agrees else holes

    def _gap_money(self, hole: Stretch, lower: Band | None, upper: Band | None) -> str:
        level = value_text(self.levels.sample(hole), self.levels.unit)
        judged = f"a {self.indicator.cycle.kind}"
        if isinstance(self.indicator, Elapsed | DeliveryTime):
            judged = "an incident" if isinstance(self.indicator, Elapsed) else "a delivery"
        subject = f"nobody knows what {judged} at {level} pays"
        paid = [self._pay_text(band.row) for band in (lower, upper) if band is not None]
        if not paid:
            return subject
        currency = paid[-1].rpartition(" ")[2]
        if len(paid) == 2 and currency != "%":
            paid[0] = paid[0].removesuffix(f" {currency}")
        return f"{subject}; its {'neighbours pay' if len(paid) == 2 else 'neighbour pays'} {' and '.join(paid)}"

    def dead_rows(self) -> None:
        for band in self.credit.bands:
            reach = self.levels.of(band.limits)
            if not reach:
                self._dead(band, "no level is on both sides of its edges")
                continue
            if self.agrees:
                reach = both(reach, self.paying)
                if not reach:
                    does = "misses" if self.paying is self.kept else "keeps"
                    self._dead(band, f"every level of it {does} the promise")
                    continue
            if band.slope is not None and not both(reach, self._sloped(band.slope)):
                what = f"the slope of row {band.row} of `{self.clause.name}` pays nothing"
                start = band.slope.start
                where = f"{start.value} the promise" if isinstance(start, Edge) else limit_text(start)
                why = f"no level of the row is {where}"
                self.given.reading.warning(
                    "dead-row", self._node(band), f"{what}: {why}", hint="change where the slope starts, or its side"
                )
            if self.credit.overlap == "refuse":
                continue
            stronger = [
                other
                for place, other in enumerate(self.credit.bands)
                if all(self._goes_before(table.bands[place], table.bands[band.row - 1]) for table in self.as_paid)
            ]
            taken = union(part for other in stronger for part in self.levels.of(other.limits))
            if not without(reach, taken):
                takers = [other for other in stronger if both(reach, self.levels.of(other.limits))]
                rows = " and ".join(f"row {other.row} (line {other.line})" for other in takers)
                text = self.levels.text(reach[0])
                self._dead(band, f"{rows} {'takes' if len(takers) == 1 else 'take'} everything {text}")

    def _sloped(self, slope: Slope) -> tuple[Stretch, ...]:
        """The levels beyond the start of a slope, for any of the promises that there may be."""
        if isinstance(slope.start, Limit):
            return self.levels.of((slope.start,))
        return union(part for limit in self.limits for part in self.levels.of((slope.from_promise(limit),)))

    def _dead(self, band: Band, why: str) -> None:
        what = f"no level reaches row {band.row} of `{self.clause.name}`: {why}"
        self.given.reading.warning("dead-row", self._node(band), what, hint="change its edges, or take it out")

    def _goes_before(self, other: Band, band: Band) -> bool:
        if other.row == band.row:
            return False
        if self.credit.overlap == "first_row":
            return other.row < band.row
        left, right = self._worth(other), self._worth(band)
        if left is None or right is None or left[0] != right[0]:
            return False
        return left[1] > right[1] or (left[1] == right[1] and other.row < band.row)

    def _worth(self, band: Band) -> tuple[str, Fraction] | None:
        paid = self._pay(band)
        if band.slope is not None:
            return None
        if band.points is not None:
            return "points", band.points
        if paid is not None:
            return "money", paid.amount
        return None if band.rate is None else ("rate", band.rate)

    def unpayable_rows(self, cap: Cap) -> None:
        for band in self.credit.bands:
            over = next(filter(None, (self._over(table.bands[band.row - 1], cap) for table in self.as_paid)), "")
            if over:
                row = f"row {band.row} of `{self.clause.name}`"
                what = f"the cap `{cap.name}` makes {row} unpayable in full: {over}"
                place = Place(path=self.given.reading.path, line=cap.line, column=1)
                self.given.reading.warning(
                    "unpayable-row",
                    self._node(band),
                    what,
                    hint="lower the row, or raise the cap",
                    also=((place, "the cap"),),
                )

    def _over(self, band: Band, cap: Cap) -> str:
        """How a row is more than its cap, as far as both are known before anything is billed; else empty."""
        same_cycle = cap.window.kind in ("each_incident", "each_period") or cap.window.cycle == self.indicator.cycle
        base = self.credit.base
        if cap.amount is None and not same_cycle:
            return ""
        if cap.goods is not None and cap.rate is not None:
            over = cap.goods == base and band.rate is not None and band.rate > cap.rate
            return f"{_percent(band.rate)} > {_percent(cap.rate)}" if over and band.rate is not None else ""
        paid, most = self._pay(band), cap.amount
        if most is None and cap.rate is not None:
            charged = self._charged(cap.charges)
            most = None if charged is None else charged.times(cap.rate)
        if paid is not None and most is not None:
            return f"{money_text(paid)} > {money_text(most)}" if paid.amount > most.amount else ""
        if (
            cap.rate is None
            or band.rate is None
            or base is None
            or base.charges != cap.charges
            or base.less
            or not _is_plain(base)
        ):
            return ""
        same = base.period == JUDGED and band.rate > cap.rate
        return f"{_percent(band.rate)} > {_percent(cap.rate)}" if same else ""

    def _pay_text(self, row: int) -> str:
        """What a row pays, in words: the least and the most where it differs by subject."""
        rows = [table.bands[row - 1] for table in self.as_paid]
        texts = list(dict.fromkeys(self._row_text(band) for band in sorted(rows, key=self._sum_of)))
        if len(texts) == 1:
            return texts[0]
        unit = texts[-1].rpartition(" ")[2]
        return f"{texts[0].removesuffix(f' {unit}')} to {texts[-1]}"

    @staticmethod
    def _sum_of(band: Band) -> Fraction:
        return band.rate or (Fraction(0) if band.amount is None else band.amount.amount)

    def _row_text(self, band: Band) -> str:
        paid = self._pay(band)
        if band.slope is not None:
            return "what its slope says"
        if band.points is not None:
            return f"{decimal_text(band.points)} points"
        if paid is not None:
            return money_text(paid)
        return "nothing" if band.rate is None else _percent(band.rate)

    def _pay(self, band: Band) -> Money | None:
        if band.amount is not None:
            return band.amount
        base = self.credit.base
        if base is None or band.rate is None or not _is_plain(base):
            return None
        charged, less = self._charged(base.charges), self._charged(base.less)
        return None if charged is None or less is None else (charged - less).times(band.rate)

    def _charged(self, names: tuple[str, ...]) -> Money | None:
        """What one period is charged, where that stands in the file for the very cycle of the indicator."""
        charges = {charge.name: charge for charge in self.draft.charges}
        fixed = next((charge.amount.currency for charge in self.draft.charges if charge.amount is not None), None)
        own = self.draft.scope.top.get("currency", CURRENCY) or fixed
        total: Money | None = None
        for name in names:
            charge = charges.get(name)
            if charge is None or charge.amount is None or charge.cycle != self.indicator.cycle:
                return None
            if charge.amount.currency != own:
                return None
            total = charge.amount if total is None else total + charge.amount
        if total is not None:
            return total
        return None if own is None or fixed is None else zero(own)

    def _good_end(self) -> tuple[Stretch, ...]:
        """The levels without a row on the side of the promise that keeps it."""
        whole = self.levels.whole()
        end = self.levels.last if self.ascending else self.levels.first
        holes = without(whole, self.covered)
        return tuple(hole for hole in holes if end in hole)

    def _touches(self, band: Band, hole: Stretch, *, lower: bool) -> bool:
        return any((part[1] == hole[0]) if lower else (part[0] == hole[1]) for part in self.levels.of(band.limits))

    def _node(self, band: Band) -> Node:
        return self.rows[band.row - 1]

    def _place(self, band: Band) -> Place:
        return part_of(self._node(band)).place


def _is_plain(base: ChargeBase) -> bool:
    """Whether a base is nothing but charges of one period, so that it is known before anything is judged."""
    other = base.day_of_fee or base.fixed or base.pool or base.value_of
    return base.period.kind in ("judged", "previous", "next") and not other


def _percent(rate: Fraction) -> str:
    return value_text(rate, Unit.PERCENT)
