"""Random levels made of other levels.

Owns: how parts are put together. Does not own: the parts (`promises`).
"""

from __future__ import annotations

from typing import Any

from tests.properties.choices import Choices

Document = dict[str, Any]

#: What can be added up before it is divided, by its measure.
RATIOS = ("availability", "ratio", "time_share", "share")
#: A way to cut time that lies inside of another one.
INSIDE = {"month": "week", "quarter": "month", "year": "month", "week": "day"}


def _adds_up(part: Document) -> bool:
    if part["measure"] == "combined":
        return bool(part["takes"] == "ratio_of_sums")
    return part["measure"] in RATIOS and part.get("weighted_by") != "share"


def combined(choices: Choices, parts: dict[str, Document], cycle: str, limit: str) -> Document:
    """The mean, the sum or the best or worst of several levels, each of them the measure of an indicator."""
    names = list(parts)
    takes = takes_of(parts, limit)
    indicator: Document = {"measure": "combined"}
    if len(names) > 1:
        indicator |= {"from": "indicators", "indicators": names}
    else:
        indicator |= {"from": "periods", "indicator": names[0]}
        if cycle != parts[names[0]]["per"]:
            indicator["over"] = "inside"
        else:
            indicator["over"] = f"last {choices.pick([2, 2, 3])}"
            indicator["fewer"] = choices.pick(["counts", "no_data"])
    indicator["per"] = cycle
    indicator["takes"] = choices.pick(takes)
    indicator["missing"] = choices.pick(["left_out", "undetermined"])
    return indicator


def takes_of(parts: dict[str, Document], limit: str) -> list[str]:
    """What can be made of parts whose levels are held against such a limit."""
    takes = ["mean", "highest", "lowest"]
    if not limit.endswith("%"):
        takes.append("sum")
    elif all(_adds_up(one) for one in parts.values()):
        takes += ["ratio_of_sums", "ratio_of_sums"]
    return takes
