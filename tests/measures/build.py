"""Hypothesis strategies for small histories in which every edge meets every other."""

from hypothesis import strategies as st

Stretch = tuple[int, int]


def stretches(most: int = 8, span: int = 40) -> st.SearchStrategy[list[Stretch]]:
    """Intervals in any order that overlap, touch and nest."""
    return st.lists(
        st.tuples(st.integers(-5, span), st.integers(1, 12)).map(lambda pair: (pair[0], pair[0] + pair[1])),
        max_size=most,
    )


def disjoint(most: int = 5, span: int = 40) -> st.SearchStrategy[list[Stretch]]:
    """Ascending stretches with a gap or a common edge between them."""

    def cut(edges: list[int]) -> list[Stretch]:
        return [(low, high) for low, high in zip(edges[::2], edges[1::2], strict=False) if low < high]

    return st.lists(st.integers(0, span), min_size=2, max_size=2 * most).map(sorted).map(cut)


def columns(pairs: list[Stretch]) -> tuple[list[int], list[int]]:
    return [first for first, _ in pairs], [second for _, second in pairs]
