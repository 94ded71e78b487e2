"""The nearest spelling: what an author most likely meant by a word that the language does not know.

Owns the measure of closeness and the limit beyond which nothing is suggested. Knows no word of the language.
"""

from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST_WORD = 64  # of ours; comparing is quadratic, and no name in a rule file is longer


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """Name the candidate that `word` was meant to be, or None where none is close enough to say so.

    Close is one slip (a letter too many, too few, wrong or swapped with its neighbour) in a word of three
    to five letters, two up to eight, three beyond; capitals, `-`, `_` and blanks do not count as slips. A
    beginning of at least three letters that only one candidate has is close too (`prio`, `priority`). Ties
    go to the candidate with the same first letter, then the nearest length, then the alphabet: never to the
    order given.

    >>> nearest("uptme", ["response", "uptime"])
    'uptime'
    """
    plain = _plain(word)
    if not plain or len(plain) > _LONGEST_WORD:
        return None
    known = sorted(set(candidates))
    ranked = [
        (distance, other[:1] != plain[:1], abs(len(other) - len(plain)), candidate)
        for candidate in known
        if len(other := _plain(candidate)) <= _LONGEST_WORD
        and (distance := _slips(plain, other)) <= _slips_allowed(plain)
    ]
    if ranked:
        return min(ranked)[-1]
    longer = [candidate for candidate in known if len(plain) >= 3 and _plain(candidate).startswith(plain)]
    return longer[0] if len(longer) == 1 else None


def alike(word: str, candidates: Iterable[str]) -> tuple[str, ...]:
    """The candidates that look most like a word which is no slip of any, three at most, the likest first."""
    if len(word) > _LONGEST_WORD:
        return ()
    return tuple(get_close_matches(_plain(word), sorted(set(candidates))))


def _plain(word: str) -> str:
    return word.strip().casefold().replace("-", "_").replace(" ", "_")


def _slips_allowed(word: str) -> int:
    if len(word) < 3:
        return 0
    return 1 if len(word) <= 5 else 2 if len(word) <= 8 else 3


def _slips(word: str, other: str) -> int:
    """Count the letters to put in, take out, change or swap with a neighbour from word to word."""
    before_last: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(word, start=1):
        current = [row]
        for column, wanted in enumerate(other, start=1):
            cost = min(last[column] + 1, current[-1] + 1, last[column - 1] + (letter != wanted))
            if row > 1 and column > 1 and letter == other[column - 2] and word[row - 2] == wanted:
                cost = min(cost, before_last[column - 2] + 1)
            current.append(cost)
        before_last, last = last, current
    return last[-1]
