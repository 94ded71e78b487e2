"""Random corrections: what was told wrong and put right, put right twice, taken back, and told after all.

Owns: which events are corrected, and when each part of that was learnt of. Does not own: what happened (`histories`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

from malus.model import events as told
from malus.model.event_corrections import Retraction
from malus.model.event_incidents import whole_incident
from malus.model.indicators import Elapsed
from malus.model.money import Money

from tests.properties.choices import Choices
from tests.properties.telling import DAY, HOUR, Teller, moment
from tests.reference.verdicts import Judgement
from tests.reference.world import World

#: The fields of events that hold an instant.
INSTANTS = ("start", "end", "at", "due", "sent", "done", "announced_at", "reported_at")
#: How events move when they are told wrong: by a little, by a day, into another month.
APART = (1, -1, HOUR, -HOUR, DAY, -2 * DAY, 31 * DAY)


def tell_corrections(teller: Teller, world: World) -> None:
    """Correct or take back some of what happened, once or twice."""
    _whole_incidents(teller, world)
    _correct(teller, often=55)


def correct_acts(teller: Teller, world: World, judged: Sequence[Judgement]) -> list[int]:
    """Correct or take back some of what the parties did about it."""
    _correct(teller, often=25)
    return []


def _correct(teller: Teller, *, often: int) -> None:
    choices = teller.choices
    named = {one.corrects for one in teller.told}
    for one in list(teller.told):
        plain = one.id is not None and one.corrects is None and one.id not in named
        if plain and not isinstance(one, Retraction) and "#" not in one.id and choices.chance(often):
            _put_right(teller, one)
    if choices.chance(15) and teller.told:
        _of_nothing(teller)


def _put_right(teller: Teller, one: Any) -> None:
    """Tell one event and what became of it, a step after another, each learnt of at a moment of its own."""
    choices = teller.choices
    told_at = told.happened_at(one) + choices.pick([0, HOUR, DAY])
    dated = choices.chance(60)
    teller.told[teller.told.index(one)] = last = replace(one, recorded_at=told_at if dated else None)
    steps = choices.pick(
        [
            ("right",),
            ("right", "right"),
            ("back",),
            ("back", "back"),
            ("back", "too"),
            ("right", "back"),
            ("right", "right", "back"),
            ("back", "back", "back"),
            ("back", "back", "right"),
            ("right", "back", "right"),
        ]
    )
    naming = last
    # What puts a second one in the place of what was taken back is learnt of after that, or both would stand.
    later = [0, 1, HOUR, DAY, 20 * DAY, *([] if "right" in steps[1:] else [-HOUR])]
    for number, step in enumerate(steps):
        if step in {"right", "too"} and isinstance(naming, Retraction):
            # What was taken back and told after all is the first one again, and may be corrected as that.
            naming = last
        told_at += choices.pick(later)
        about: dict[str, Any] = {"id": f"{one.id}-{number + 1}", "recorded_at": told_at if dated else None}
        if choices.chance(20):
            # Another source has ids of its own: its correction may be called as what it corrects.
            about |= {"source": "desk", "corrects_source": naming.source}
            about["id"] = choices.pick([about["id"], naming.id]) if naming.source != "desk" else about["id"]
        if step == "too":
            # Taken back by two: that is one thing said twice.
            _told(teller, _taking_back(last, about))
        elif step == "back":
            naming = _told(teller, _taking_back(naming, about))
        else:
            naming = _told(teller, _otherwise(choices, naming, about))
    if choices.chance(15):
        teller.told.append(teller.told[-1])


def _told(teller: Teller, event: Any) -> Any:
    teller.told.append(event)
    return event


def _taking_back(one: Any, about: dict[str, Any]) -> Retraction:
    values = {"source": one.source, "corrects": one.id, **about}
    return Retraction(agreement=one.agreement, reason="told in error", evidence=f"of {one.id}", **values)


def _otherwise(choices: Choices, one: Any, about: dict[str, Any]) -> Any:
    """The same event told otherwise, in the place of the first."""
    values = {"corrects": one.id, "corrects_source": "", "evidence": f"of {one.id}", **about}
    has = {field.name for field in fields(one)}
    by = choices.pick(APART)
    what = choices.pick(["all", "one", "more"])
    instants = [name for name in INSTANTS if name in has and getattr(one, name) is not None]
    if isinstance(one, told.Opening):
        # What was brought in lies before the first terms, however it is told.
        what, instants = "more", []
    if what == "one" and len(instants) > 1 and "due" not in has:
        # Only the later end moves, outwards, so that nothing ends before it begins.
        values[instants[-1]] = getattr(one, instants[-1]) + abs(by)
        if instants[-1] in {"announced_at", "reported_at"}:
            values[instants[-1]] = getattr(one, instants[-1]) + by
    elif what == "all" or not _more(choices, one, has, values):
        values |= {name: getattr(one, name) + by for name in instants}
    return replace(one, **values)


def _more(choices: Choices, one: Any, has: set[str], values: dict[str, Any]) -> bool:
    """Change something else than when it was."""
    if "good" in has:
        values["good"] = max(0, one.good - choices.pick([1, 10, 100]))
    elif isinstance(one, told.Reading):
        values["value"] = one.value * choices.pick([Fraction(1, 2), Fraction(99, 100)])
    elif isinstance(one, told.Charge):
        values["amount"] = Money(amount=one.amount.amount + 1, currency=one.amount.currency)
    elif isinstance(one, told.Opening):
        values["used"] = None if one.used is None else Money(amount=one.used.amount + 1, currency=one.used.currency)
    elif isinstance(one, told.Check):
        values["state"] = choices.pick(list(told.CheckState))
    elif isinstance(one, told.Notice):
        values["act"] = choices.pick(list(told.Act))
    elif isinstance(one, told.Incident) and one.transition == "opened":
        values["priority"] = choices.pick(["critical", "high", "low", None])
    elif isinstance(one, told.Outage):
        values["severity"] = choices.pick(["major", "minor"])
    else:
        return False
    return True


def _of_nothing(teller: Teller) -> None:
    """Name an event that nobody told, of this source or of another."""
    choices = teller.choices
    first = next((one for one in teller.told if one.id is not None and one.corrects is None), None)
    if first is None:
        return
    # Each names a thing of its own: two that name one thing could not both be right.
    lost = f"lost-{len(teller.told)}"
    unknown = {"id": f"{lost}-1", "corrects": lost, "corrects_source": ""}
    if choices.chance(50):
        unknown |= {"corrects": lost, "corrects_source": "elsewhere"}
    if choices.chance(50):
        teller.told.append(_taking_back(first, {**unknown, "recorded_at": first.recorded_at}))
    elif not isinstance(first, Retraction):
        teller.told.append(replace(first, evidence="of nothing", **unknown))


def _whole_incidents(teller: Teller, world: World) -> None:
    """Whole incidents told in one row each, corrected or taken back by another row, whole or a fact of it alone."""
    choices = teller.choices
    for chain in world.indicators:
        cuts = [cut for cut in world.periods(chain) if isinstance(chain.members[cut.place], Elapsed)]
        if not cuts or getattr(chain.members[cuts[0].place], "origin", "") != "incidents" or not choices.chance(70):
            continue
        cut = choices.pick(cuts)
        at = moment(choices, cut)
        row: dict[str, Any] = {
            "agreement": "random",
            "source": "test",
            "id": f"row-{len(teller.told)}",
            "incident_id": f"w{len(teller.told)}",
            "service": chain.members[cut.place].service,
            "priority": choices.pick(["critical", "high", "low"]),
            "start": at,
            "end": at + choices.pick([HOUR, 4 * HOUR, 26 * HOUR]),
        }
        row["accepted"] = row["responded"] = at + choices.pick([0, HOUR])
        facts = list(whole_incident(row, f"row {row['id']}", None))
        teller.told += facts
        told_at = row["end"] if choices.chance(60) else None
        teller.told[-len(facts) :] = facts = [replace(one, recorded_at=told_at) for one in facts]
        _put_row_right(teller, row, told_at)


def _put_row_right(teller: Teller, row: dict[str, Any], told_at: int | None) -> None:
    choices = teller.choices
    shape = choices.pick(["row", "row", "row back", "row twice", "fact", "row then back", "fact of the last"])
    later = None if told_at is None else told_at + choices.pick([1, DAY])
    latest = None if later is None else later + choices.pick([0, DAY])
    again = {**row, "id": f"{row['id']}-1", "corrects": row["id"], "recorded_at": later}
    again["start" if choices.chance(50) else "end"] += choices.pick([-1, 1]) if choices.chance(50) else 0
    again["end"] += choices.pick([0, 2 * HOUR])
    back = {"agreement": "random", "source": "test", "id": f"{row['id']}-back"}
    if shape == "row back":
        teller.told.append(Retraction(**back, corrects=row["id"], recorded_at=later))
    elif shape == "fact":
        fact = f"{row['id']}#resolved"
        teller.told.append(Retraction(**back, corrects=fact, recorded_at=later))
    else:
        teller.told += whole_incident(again, "row again", None)
    if shape == "row twice":
        third = {**again, "id": f"{row['id']}-2", "corrects": again["id"], "recorded_at": latest}
        third["end"] += HOUR
        teller.told += whole_incident(third, "row a third time", None)
    elif shape in {"row then back", "fact of the last"}:
        named = again["id"] if shape == "row then back" else f"{again['id']}#responded"
        teller.told.append(Retraction(**back, corrects=named, recorded_at=latest))
