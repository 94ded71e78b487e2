"""Owns the wiring: what the judgement is made of. Does not own any decision of its own."""

from __future__ import annotations

from functools import partial

from malus.operations.evaluate import Judge


def judge() -> Judge:
    """The judgement as the whole product uses it, with one matcher for the process."""
    # On call: whoever judges nothing must not pay for the compiled kernels or the rule engine.
    from malus.evaluation.evaluate import assess
    from malus.matching.tried import TriedMatcher

    return partial(assess, matcher=TriedMatcher())
