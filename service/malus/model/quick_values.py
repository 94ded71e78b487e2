"""Owns how values that a call brings by the thousand are made: their slots are filled by themselves.

Does not own: any value. A frozen dataclass sets every field by a call that finds it by its name once more, which takes
most of the time of making one; the functions here are written out, as `dataclasses` writes out its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any, TypeVar

T = TypeVar("T")


def quickly_made(kind: type[T]) -> type[T]:
    """A frozen dataclass with slots whose fields are given by name, none of them made by a factory, none checked."""
    given = fields(kind)  # type: ignore[arg-type] # a dataclass
    assert all(one.init and one.default_factory is MISSING for one in given), f"{kind.__name__} is made otherwise"
    assert not hasattr(kind, "__post_init__"), f"{kind.__name__} is checked"
    defaults = {f"default_{one.name}": one.default for one in given if one.default is not MISSING}
    asked = [f"{one.name}=default_{one.name}" if one.default is not MISSING else one.name for one in given]
    filled = [f"set_{one.name}(self, {one.name})" for one in given]
    kind.__init__ = _written(kind, f"self, *, {', '.join(asked)}", filled, defaults)  # type: ignore[method-assign]
    return kind


def copying_but_for(kind: type[T], name: str) -> Callable[[T, Any], T]:
    """What makes a copy of a frozen dataclass with slots that has another value in one field."""
    values = [(one.name, "value" if one.name == name else f"old.{one.name}") for one in fields(kind)]  # type: ignore[arg-type] # as above
    filled = [f"set_{field}(self, {value})" for field, value in values]
    making = {"new": object.__new__, "kind": kind}
    return _written(kind, "old, value", ["self = new(kind)", *filled, "return self"], making)


def _written(kind: type, asked: str, lines: list[str], known: dict[str, Any]) -> Callable[..., Any]:
    setting = {f"set_{one.name}": getattr(kind, one.name).__set__ for one in fields(kind)}
    space: dict[str, Any] = {**setting, **known}
    body = "\n    ".join(lines)
    exec(f"def made({asked}):\n    {body}", space)  # noqa: S102 - names of our own fields and nothing else
    made: Callable[..., Any] = space["made"]
    return made
