"""Draws what `growth` measured, from the figures it wrote: `python -m benchmarks._growth_plot FIGURES.json OUT.svg`.

One picture, two panels: how many times the time each size takes that the base takes, and the memory it holds. A line
says what is promised. The same figures give the same bytes.
"""

import json
import sys
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from benchmarks.growth import MOST_GROWTH, MOST_MEMORY_GROWTH

_CALLED = {
    "base": "base",
    "events": "10 × the events",
    "agreements": "10 × the agreements",
    "history": "10 × the history",
    "shuffled": "base, rows in any order",
}
_WIDTH, _LEFT, _BAR, _STEP, _HEAD = 720, 190, 18, 28, 64
_ROOM = 80
_OURS, _PROMISE, _INK, _PAPER = "#2f6f9f", "#b3402a", "#222222", "#ffffff"


def drawn(figures: dict[str, Any]) -> str:
    """The picture as the text of an SVG file."""
    events, agreements, months = figures["sizes"]["base"]
    memory = figures["memory_mb_of"]
    panels = [
        ("time for the events, in times the base's", figures["growth"], MOST_GROWTH, ""),
        ("memory, in MB", memory, round(MOST_MEMORY_GROWTH * memory["base"]), " MB"),
    ]
    tall = _HEAD + len(_CALLED) * _STEP + 16
    size = f'width="{_WIDTH}" height="{2 * tall + 30}" viewBox="0 0 {_WIDTH} {2 * tall + 30}"'
    font = f'font-family="sans-serif" font-size="13" fill="{_INK}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font} role="img">',
        "<title>How a batch grows</title>",
        f'<rect width="100%" height="100%" fill="{_PAPER}"/>',
        _text(
            16,
            26,
            f"How a batch grows. Base: {events:,} events of {agreements:,} agreements over {months} months, "
            f"{figures['seconds']['base']:.2f} s.",
        ),
    ]
    for place, (title, values, promised, unit) in enumerate(panels):
        lines += _panel(30 + place * tall, title, values, promised, unit)
    return "\n".join([*lines, "</svg>", ""])


def _panel(top: int, title: str, values: dict[str, float], promised: float, unit: str) -> list[str]:
    scale = (_WIDTH - _LEFT - 90) / max(promised, *values.values())
    lines = [_text(16, top + 22, title, weight="bold")]
    for place, (name, called) in enumerate(_CALLED.items()):
        y = top + _HEAD + place * _STEP
        wide = max(1.0, values[name] * scale)
        lines += [
            _text(_LEFT - 10, y + 14, called, anchor="end"),
            f'<rect x="{_LEFT}" y="{y}" width="{wide:.1f}" height="{_BAR}" fill="{_OURS}"/>',
            _value(wide, y + 14, f"{values[name]:g}{unit}"),
        ]
    # What is promised is promised of ten times the events, so the line ends at that bar.
    x = _LEFT + promised * scale
    y = top + _HEAD + list(_CALLED).index("events") * _STEP
    lines += [
        f'<line x1="{x:.1f}" y1="{top + 46}" x2="{x:.1f}" y2="{y + _BAR + 4}" stroke="{_PROMISE}" stroke-width="2"/>',
        _text(x, top + 42, f"promised for 10 × the events: at most {promised:g}{unit}", anchor="end", fill=_PROMISE),
    ]
    return lines


def _value(wide: float, y: float, said: str) -> str:
    """What a bar says, in it where there is room."""
    if wide > _ROOM:
        return _text(_LEFT + wide - 6, y, said, anchor="end", fill=_PAPER)
    return _text(_LEFT + wide + 6, y, said)


def _text(x: float, y: float, said: str, *, anchor: str = "start", weight: str = "normal", fill: str = _INK) -> str:
    style = f'text-anchor="{anchor}" font-weight="{weight}" fill="{fill}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(said)}</text>'


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(drawn(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))), encoding="utf-8")
